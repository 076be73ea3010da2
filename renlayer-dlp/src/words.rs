//! Context words: what stands shortly before a value and says what it is.

use crate::check::drawn;
use crate::detector::Probe;
use crate::head::Head;
use crate::openings::Openings;

/// How far back a word is looked for.
pub(crate) const REACH: usize = 64;

/// Words of which one, before a value, says what the value is. In lower case; they match in either ASCII case, as whole
/// words, and across `_`, `-` and camel case (`cardNumber` holds `card`), though not in an id that was drawn at random.
pub struct Words {
    words: &'static [&'static str],
    openings: Openings,
    /// Nothing where the list has a word of one byte, or more words than there is room for: then all are compared.
    rows: Option<Rows>,
    /// Each has a letter, or a byte outside ASCII.
    is_lettered: bool,
    /// Each begins with one.
    begin_with_letters: bool,
}

impl Words {
    /// A list of words.
    #[must_use]
    pub const fn new(words: &'static [&'static str]) -> Self {
        let (openings, rows) = (Openings::of(words), Rows::of(words));
        let (is_lettered, begin_with_letters) = (are_lettered(words), begin_with_letters(words));
        Self { words, openings, rows, is_lettered, begin_with_letters }
    }

    /// All of them.
    pub(crate) fn all(&self) -> &'static [&'static str] {
        self.words
    }

    /// Whether one of them stands in the 64 bytes before `start`.
    #[must_use]
    pub fn stand_behind(&self, probe: &Probe<'_>, start: usize) -> bool {
        self.stand_in(probe.behind(start, REACH))
    }

    /// One of them, for tests.
    #[cfg(test)]
    pub(crate) fn any(&self) -> &'static str {
        self.words.first().copied().unwrap_or_default()
    }

    /// Whether none stands where no letter does.
    #[cfg(test)]
    pub(crate) fn are_lettered(&self) -> bool {
        self.is_lettered
    }

    /// Whether one of them stands in `text`.
    #[must_use]
    pub fn stand_in(&self, text: &[u8]) -> bool {
        self.stand_at_a_begin(text)
    }
}

impl Words {
    /// Asks at the begins of words alone, and there only where one of ours may begin: most do not.
    fn stand_at_a_begin(&self, text: &[u8]) -> bool {
        if self.is_lettered && !has_letters(text) {
            return false;
        }
        if let Some(begins) = self.begin_with_letters.then(|| begins(text)).flatten() {
            return places(begins).any(|at| self.stands_at(text, at));
        }
        let mut rest = text;
        let mut before = None;
        while let Some((byte, tail)) = rest.split_first() {
            if !joins(before, Some(byte)) && self.stands_at(text, text.len() - rest.len()) {
                return true;
            }
            (before, rest) = (Some(byte), tail);
        }
        false
    }

    /// Whether one of them stands where a word begins.
    #[inline]
    fn stands_at(&self, text: &[u8], at: usize) -> bool {
        let rest = text.get(at..).unwrap_or_default();
        self.openings.may_begin(rest) && self.begins(rest) && !drawn::stands_at(text, at)
    }

    fn begins(&self, text: &[u8]) -> bool {
        let stands = |word: &&str| begins_with(text, word.as_bytes());
        match &self.rows {
            Some(rows) => rows.beginning(text).any(|at| self.words.get(at).is_some_and(stands)),
            None => self.words.iter().any(stands),
        }
    }
}

/// Several lists, of which one look at a text says which have a word in it: names are asked in many of them.
///
/// Their words are those of [`Words`], of two bytes or more, and begin with a letter.
pub(crate) struct Lists<const ALL: usize> {
    words: [&'static str; ALL],
    /// What each is told from most others by.
    heads: [Head; ALL],
    /// The list of each.
    of: [u8; ALL],
    openings: Openings,
    rows: Option<Rows>,
}

/// Which of the lists have a word in a text, a bit for each.
#[derive(Clone, Copy, Default)]
pub(crate) struct Standing(u32);

impl Standing {
    /// Whether the list of that number has one.
    #[inline]
    pub(crate) const fn has(self, list: usize) -> bool {
        self.0 >> list & 1 == 1
    }
}

impl<const ALL: usize> Lists<ALL> {
    /// Of lists that have so many words.
    #[allow(clippy::indexing_slicing, reason = "evaluated by the compiler, which would refuse")]
    pub(crate) const fn new(lists: &[&[&'static str]]) -> Self {
        let (mut words, mut of, mut count, mut list) = ([""; ALL], [0; ALL], 0, 0);
        let mut heads = [Head::of_word("").folded(); ALL];
        while list < lists.len() {
            let mut i = 0;
            while i < lists[list].len() {
                (words[count], of[count]) = (lists[list][i], list as u8);
                heads[count] = Head::of_word(words[count]).folded();
                (count, i) = (count + 1, i + 1);
            }
            list += 1;
        }
        assert!(count == ALL && list <= u32::BITS as usize && begin_with_letters(&words));
        let (openings, rows) = (Openings::of(&words), Rows::of(&words));
        assert!(rows.is_some(), "a word of one byte, or too many words");
        Self { words, heads, of, openings, rows }
    }

    /// Which of them have a word in `text`.
    pub(crate) fn standing_in(&self, text: &[u8]) -> Standing {
        let mut standing = Standing::default();
        match begins(text) {
            Some(begins) => places(begins).for_each(|at| self.stand_at(text, at, &mut standing)),
            None => {
                let is_begin =
                    |at: &usize| !joins(at.checked_sub(1).and_then(|at| text.get(at)), text.get(*at));
                (0..text.len()).filter(is_begin).for_each(|at| self.stand_at(text, at, &mut standing));
            }
        }
        standing
    }

    /// Adds those that have a word where one begins.
    #[inline]
    fn stand_at(&self, text: &[u8], at: usize, standing: &mut Standing) {
        let rest = text.get(at..).unwrap_or_default();
        let Some(rows) = self.rows.as_ref().filter(|_| self.openings.may_begin(rest)) else { return };
        let head = Head::of(rest).folded();
        let stands = |i: &usize| {
            self.heads.get(*i).is_some_and(|ours| ours.may_begin(head))
                && self.words.get(*i).is_some_and(|word| begins_with(rest, word.as_bytes()))
        };
        let lists = rows.beginning(rest).filter(stands).filter_map(|i| self.of.get(i));
        let here = lists.fold(0, |here, list| here | 1 << list);
        if here & !standing.0 != 0 && !drawn::stands_at(text, at) {
            standing.0 |= here;
        }
    }
}

/// The words of a list by their first two bytes, of which five bits count, so that ASCII letters are the same in either case: the
/// place of the first of each row, and after each word the next of its row; counted from one.
pub(crate) struct Rows {
    first: [u16; ROWS],
    next: [u16; MOST_WORDS],
}

const ROWS: usize = 128;
const MOST_WORDS: usize = 320;

impl Rows {
    #[allow(clippy::indexing_slicing, reason = "the places are in the list, its words and the rows")]
    pub(crate) const fn of(words: &[&str]) -> Option<Self> {
        let mut rows = Self { first: [0; ROWS], next: [0; MOST_WORDS] };
        if words.len() > MOST_WORDS {
            return None;
        }
        let mut i = words.len();
        while i > 0 {
            let word = words[i - 1].as_bytes();
            if word.len() < 2 {
                return None;
            }
            let row = row(word[0], word[1]);
            rows.next[i - 1] = rows.first[row];
            rows.first[row] = i as u16;
            i -= 1;
        }
        Some(rows)
    }

    /// The places of the words that begin like `text`, in their order.
    pub(crate) fn beginning(&self, text: &[u8]) -> impl Iterator<Item = usize> {
        let first = match text {
            [first, second, ..] => self.first.get(row(*first, *second)).copied(),
            _ => None,
        };
        let after = |at: &u16| self.next.get(usize::from(*at).wrapping_sub(1)).copied();
        let all = std::iter::successors(first, after).take_while(|at| *at > 0);
        all.map(|at| usize::from(at) - 1)
    }
}

const fn row(first: u8, second: u8) -> usize {
    ((first & 31) as usize * 11 + (second & 31) as usize) % ROWS
}

#[allow(clippy::indexing_slicing, reason = "the places are in the list and its words")]
const fn are_lettered(words: &[&str]) -> bool {
    let mut i = 0;
    while i < words.len() {
        let word = words[i].as_bytes();
        let mut at = 0;
        while at < word.len() && !is_letter(word[at]) {
            at += 1;
        }
        if at == word.len() {
            return false;
        }
        i += 1;
    }
    true
}

#[allow(clippy::indexing_slicing, reason = "the places are in the list")]
const fn begin_with_letters(words: &[&str]) -> bool {
    let mut i = 0;
    while i < words.len() {
        match words[i].as_bytes() {
            [first, ..] if is_letter(*first) => i += 1,
            _ => return false,
        }
    }
    true
}

const ONES: u64 = u64::from_ne_bytes([1; 8]);
const HIGH: u64 = ONES << 7;

/// A bit for each place where a word begins; nothing is told of a text that is too long, or not ASCII.
#[inline]
#[allow(clippy::indexing_slicing, reason = "of two halves, one bit tells which")]
pub(crate) fn begins(text: &[u8]) -> Option<u128> {
    if text.len() > u128::BITS as usize {
        return None;
    }
    let (mut letters, mut lower) = ([0_u64; 2], [0_u64; 2]);
    let (words, rest) = text.as_chunks::<8>();
    let mut last = [0; 8];
    last.iter_mut().zip(rest).for_each(|(slot, byte)| *slot = *byte);
    let words = words.iter().chain((!rest.is_empty()).then_some(&last));
    let mut is_foreign = 0;
    for (word, nth) in words.zip(0..) {
        let word = u64::from_le_bytes(*word);
        is_foreign |= word & HIGH;
        let folded = word | ONES << 5;
        let from_a = (folded & !HIGH) + ONES * (0x80 - b'a' as u64);
        let after_z = (folded & !HIGH) + ONES * (0x7f - b'z' as u64);
        let is_letter = from_a & !after_z & HIGH;
        let (half, place) = (nth / 8 % 2, nth % 8 * 8);
        letters[half] |= u64::from(gather(is_letter)) << place;
        lower[half] |= u64::from(gather(is_letter & word << 2)) << place;
    }
    let whole = |[low, high]: [u64; 2]| u128::from(low) | u128::from(high) << 64;
    let (letters, lower) = (whole(letters), whole(lower));
    let humps = letters & !lower & lower << 1;
    (is_foreign == 0).then_some(letters & !(letters << 1) | humps)
}

/// The high bits of eight bytes.
#[inline]
fn gather(bytes: u64) -> u8 {
    (((bytes & HIGH) >> 7).wrapping_mul(0x0102_0408_1020_4080) >> 56) as u8
}

/// The places of the bits that are set, the lowest first.
#[inline]
pub(crate) fn places(bits: u128) -> impl Iterator<Item = usize> {
    let next = |bits: &u128| Some(bits & bits.wrapping_sub(1));
    std::iter::successors(Some(bits), next)
        .take_while(|bits| *bits != 0)
        .map(|bits| bits.trailing_zeros() as usize)
}

/// Whether there is a letter in `text`, or a byte outside ASCII: where numbers stand in rows, no word needs to be looked for.
pub(crate) fn has_letters(text: &[u8]) -> bool {
    let (words, rest) = text.as_chunks::<8>();
    let has = |word: &[u8; 8]| {
        let word = u64::from_ne_bytes(*word);
        let low = (word | ONES << 5) & !HIGH;
        let (from_a, after_z) = (low + ONES * (0x80 - b'a' as u64), low + ONES * (0x7f - b'z' as u64));
        (from_a & !after_z | word) & HIGH != 0
    };
    words.iter().any(has) || rest.iter().any(|byte| is_letter(*byte))
}

#[inline]
fn begins_with(text: &[u8], word: &[u8]) -> bool {
    let (Some(first), Some(ours)) = (text.first(), word.first()) else { return false };
    first.eq_ignore_ascii_case(ours)
        && text.get(..word.len()).is_some_and(|there| there.eq_ignore_ascii_case(word))
        && ends_a_word(text, word.len())
}

/// Whether a word of `text` ends after that many bytes: `card` in `cardNumber` and `SSN` in `SSNNumber`, and not `PGP` in
/// `PGPASSWORD`.
fn ends_a_word(text: &[u8], length: usize) -> bool {
    let (last, next) = (text.get(..length).and_then(<[u8]>::last), text.get(length));
    let begins_hump = || {
        let is_upper = |byte: Option<&u8>| byte.is_some_and(u8::is_ascii_uppercase);
        is_upper(last) && is_upper(next) && text.get(length + 1).is_some_and(u8::is_ascii_lowercase)
    };
    !joins(last, next) || begins_hump()
}

/// Whether two neighbouring bytes belong to one word. Scripts whose characters take three bytes put no spaces between words:
/// each character may begin one, and end the one before.
fn joins(left: Option<&u8>, right: Option<&u8>) -> bool {
    let (Some(left), Some(right)) = (left, right) else { return false };
    let camel = left.is_ascii_lowercase() && right.is_ascii_uppercase();
    let is_unspaced = *right >= 0xe0;
    is_letter(*left) && is_letter(*right) && !camel && !is_unspaced
}

const fn is_letter(byte: u8) -> bool {
    byte.is_ascii_alphabetic() || byte >= 0x80
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn words_begin_where_letters_do(text in "([a-c]{0,2}[A-C]{0,2}[ -~]{0,3}){0,20}") {
            let bytes = text.as_bytes();
            prop_assume!(bytes.len() <= 128);
            let before = |at: usize| at.checked_sub(1).and_then(|before| bytes.get(before));
            let is_begin = |at: usize| bytes[at].is_ascii_alphabetic() && !joins(before(at), bytes.get(at));
            let told = begins(bytes).unwrap();
            prop_assert!((0..bytes.len()).all(|at| (told >> at & 1 == 1) == is_begin(at)), "{}", text);
            let listed: Vec<usize> = (0..bytes.len()).filter(|at| is_begin(*at)).collect();
            prop_assert_eq!(places(told).collect::<Vec<_>>(), listed);
        }

        /// Words are told by where they may begin, or at each byte.
        #[test]
        fn words_stand_where_they_begin(text in "([a-d ]|tax id|Card|CVV|[A-Z_#.-]|é){0,40}") {
            const LETTERS: Words = Words::new(&["card", "cvv", "tax id", "ab"]);
            const SIGNS: Words = Words::new(&["card", "cvv", "tax id", "ab", "-§"]);
            const { assert!(LETTERS.begin_with_letters && !SIGNS.begin_with_letters) };
            prop_assert_eq!(LETTERS.stand_in(text.as_bytes()), SIGNS.stand_in(text.as_bytes()));
        }

        /// One look at several lists says of each what it says itself.
        #[test]
        fn lists_stand_where_each_of_them_does(text in "([a-d ]|tax id|Card|CVV|[A-Z_#.-]|é|电话){0,40}") {
            const LISTS: [&[&str]; 3] = [&["card", "cvv"], &["tax id", "card", "电话"], &["ab", "tax"]];
            const EACH: [Words; 3] = [Words::new(LISTS[0]), Words::new(LISTS[1]), Words::new(LISTS[2])];
            const ALL: Lists<7> = Lists::new(&LISTS);
            let standing = ALL.standing_in(text.as_bytes());
            for (words, list) in EACH.iter().zip(0..) {
                prop_assert_eq!(standing.has(list), words.stand_in(text.as_bytes()), "{} in {:?}", list, text);
            }
        }
    }

    #[test]
    fn letters_are_seen_wherever_they_stand() {
        for byte in 0..=u8::MAX {
            for at in 0..20 {
                let mut text = *b"0@[`{ 12-34@[`{ 56~/";
                text[at] = byte;
                assert_eq!(has_letters(&text), is_letter(byte), "{byte} at {at}");
            }
        }
    }

    #[test]
    fn all_words_are_in_their_rows() {
        const FEW: Words = Words::new(&["card", "CVV", "電話", "no"]);
        const MANY: Words = Words::new(&["key"; MOST_WORDS + 1]);
        const SHORT: Words = Words::new(&["§", "n"]);
        assert!(FEW.rows.is_some() && MANY.rows.is_none() && SHORT.rows.is_none());
        for (words, text) in
            [(&FEW, "Card"), (&FEW, "cvv"), (&FEW, "電話"), (&FEW, "NO"), (&MANY, "Key"), (&SHORT, "n 1")]
        {
            assert!(words.stand_in(text.as_bytes()), "{text}");
        }
    }

    #[test]
    fn words_stand_whole_in_either_case_and_in_names() {
        const WORDS: Words = Words::new(&["card", "tax id", "電話"]);
        for text in [
            "Card 1",
            "card_number",
            "cardNumber:",
            "CARDNumber",
            "my-card",
            "the Tax ID is",
            "私の電話番号は",
        ] {
            assert!(WORDS.stand_in(text.as_bytes()), "{text}");
        }
        for text in ["cardinal", "CARDINAL", "discard", "taxid", "écard", "", "qX7CardP0zk"] {
            assert!(!WORDS.stand_in(text.as_bytes()), "{text}");
        }
    }
}
