//! Whole numbers as bytes, seven bits to a byte, the low ones first: most of a pot's numbers are small.

/// Numbers being written.
pub(super) struct Writer(Vec<u8>);

/// Numbers being read.
pub(super) struct Reader<'a>(&'a [u8]);

impl Writer {
    pub(super) fn new(version: u8) -> Self {
        Self(vec![version])
    }

    #[allow(clippy::cast_possible_truncation, reason = "seven bits fit")]
    pub(super) fn put(&mut self, mut number: u64) {
        while number >= 0x80 {
            self.0.push(number as u8 | 0x80);
            number >>= 7;
        }
        self.0.push(number as u8);
    }

    /// A time; those before 1970 are taken for 1970.
    pub(super) fn put_time(&mut self, at: i64) {
        self.put(u64::try_from(at).unwrap_or(0));
    }

    pub(super) fn finish(self) -> Vec<u8> {
        self.0
    }
}

impl<'a> Reader<'a> {
    /// None where the bytes are of another version.
    pub(super) fn new(bytes: &'a [u8], version: u8) -> Option<Self> {
        bytes.split_first().filter(|(first, _)| **first == version).map(|(_, rest)| Self(rest))
    }

    pub(super) fn take(&mut self) -> Option<u64> {
        let mut number = 0;
        for shift in (0..u64::BITS).step_by(7) {
            let (byte, rest) = self.0.split_first()?;
            self.0 = rest;
            number |= u64::from(byte & 0x7f) << shift;
            if byte & 0x80 == 0 {
                return Some(number);
            }
        }
        None
    }

    pub(super) fn take_time(&mut self) -> Option<i64> {
        i64::try_from(self.take()?).ok()
    }

    /// How many of something follow, each of which takes a byte at least.
    pub(super) fn take_len(&mut self) -> Option<usize> {
        usize::try_from(self.take()?).ok().filter(|len| *len <= self.0.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_read_back_as_they_were_written() {
        let numbers = [0, 1, 127, 128, 300, u64::from(u32::MAX), u64::MAX - 1, u64::MAX];
        let mut writer = Writer::new(1);
        numbers.into_iter().for_each(|number| writer.put(number));
        let bytes = writer.finish();
        let mut reader = Reader::new(&bytes, 1).unwrap();
        for number in numbers {
            assert_eq!(reader.take(), Some(number));
        }
        assert_eq!(reader.take(), None);
        assert!(Reader::new(&bytes, 2).is_none() && Reader::new(&[], 1).is_none());
        assert_eq!(Reader::new(&[1, 0xff, 0xff], 1).unwrap().take(), None, "cut off");
        assert_eq!(Reader::new(&[1, 9, 0], 1).unwrap().take_len(), None, "more than there can be");
    }
}
