//! A local journal for traces that the store cannot take now.
//!
//! Segments of a directory, each a row of frames: length (four bytes, little endian), CRC-32 of length and payload,
//! payload. A process that dies while it writes leaves a torn last frame, which reading passes over; a frame whose
//! checksum does not fit is skipped. A segment is removed when all of it has been given back, so that after a crash some
//! of it is given back twice: whoever takes it must not mind.
//!
//! The journal never grows beyond its bound, and a disk that is full is an error, not a panic: what was written of the
//! failed frames is cut off again.

use std::collections::VecDeque;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Read as _, Write as _};
use std::path::{Path, PathBuf};

/// A segment is closed when it is this long, so that it can be given back and removed while others are written.
const SEGMENT_BYTES: u64 = 8 << 20;

/// No frame is longer; a length beyond it is not one of ours.
const MAX_FRAME: usize = 16 << 20;

const HEADER: usize = 8;

/// Frames on disk, in the order in which they came.
#[derive(Debug)]
pub struct Journal {
    /// Held as long as the journal lives: it belongs to one process.
    _lock: File,
    directory: PathBuf,
    max_bytes: u64,
    /// Closed segments, oldest first; the first may be given back in part.
    closed: VecDeque<Segment>,
    /// The segment that is written.
    open: Option<OpenSegment>,
    /// How far into the first closed segment frames have been given back.
    read: u64,
    next_number: u64,
}

#[derive(Debug)]
struct Segment {
    path: PathBuf,
    bytes: u64,
}

#[derive(Debug)]
struct OpenSegment {
    file: File,
    segment: Segment,
}

/// What [`Journal::peek`] found: payloads, and how much they take off the journal when they are taken.
#[derive(Debug, Default)]
pub struct Chunk {
    /// The payloads, in order.
    pub payloads: Vec<Vec<u8>>,
    /// Frames that could not be read, and are passed over.
    pub damaged: u64,
    until: u64,
    at_end: bool,
}

/// Why frames were not kept.
#[derive(Debug, thiserror::Error)]
pub enum JournalError {
    /// The bound is reached.
    #[error("the journal holds as much as it may")]
    Full,
    /// The disk is full, or fails.
    #[error("the journal cannot be written: {0}")]
    Io(io::ErrorKind),
}

impl Journal {
    /// Opens the journal in a directory, and makes the directory where there is none.
    ///
    /// # Errors
    /// [`WouldBlock`](io::ErrorKind::WouldBlock) where another process has it open.
    pub fn open(directory: &Path, max_bytes: u64) -> io::Result<Self> {
        fs::create_dir_all(directory)?;
        let lock =
            OpenOptions::new().create(true).write(true).truncate(false).open(directory.join("lock"))?;
        lock.try_lock().map_err(io::Error::from)?;
        let mut found: Vec<(u64, Segment)> = Vec::new();
        for entry in fs::read_dir(directory)? {
            let entry = entry?;
            if let Some(number) = number(&entry.path()) {
                found.push((number, Segment { path: entry.path(), bytes: entry.metadata()?.len() }));
            }
        }
        found.sort_by_key(|(number, _)| *number);
        let next_number = found.last().map_or(0, |(number, _)| number + 1);
        let closed = found.into_iter().map(|(_, segment)| segment).collect();
        Ok(Self {
            _lock: lock,
            directory: directory.to_owned(),
            max_bytes,
            closed,
            open: None,
            read: 0,
            next_number,
        })
    }

    /// Bytes on disk.
    pub fn bytes(&self) -> u64 {
        let open = self.open.as_ref().map_or(0, |open| open.segment.bytes);
        self.closed.iter().map(|segment| segment.bytes).sum::<u64>() + open
    }

    /// Whether there is nothing to give back.
    pub fn is_empty(&self) -> bool {
        self.closed.is_empty() && self.open.as_ref().is_none_or(|open| open.segment.bytes == 0)
    }

    /// Writes as many of the payloads as there is room for, through to the disk, and tells how many that were and why
    /// it were no more.
    pub fn append(&mut self, payloads: &[Vec<u8>]) -> (usize, Result<(), JournalError>) {
        let room = self.max_bytes.saturating_sub(self.bytes());
        let mut frames = Vec::new();
        let mut kept = 0;
        for payload in payloads {
            if (frames.len() + HEADER + payload.len()) as u64 > room || payload.len() > MAX_FRAME {
                break;
            }
            frame(payload, &mut frames);
            kept += 1;
        }
        if let Err(error) = self.write(&frames) {
            return (0, Err(JournalError::Io(error.kind())));
        }
        (kept, if kept < payloads.len() { Err(JournalError::Full) } else { Ok(()) })
    }

    /// The next frames, without taking them: at least one where there is one, and about `max_bytes`.
    pub fn peek(&mut self, max_bytes: usize) -> io::Result<Chunk> {
        if self.closed.is_empty() {
            self.close_open_segment();
        }
        let Some(first) = self.closed.front() else { return Ok(Chunk::default()) };
        let mut bytes = Vec::new();
        File::open(&first.path)?.read_to_end(&mut bytes)?;
        Ok(Chunk::read(&bytes, usize::try_from(self.read).unwrap_or(usize::MAX), max_bytes))
    }

    /// Takes what was peeked: it will not be given back again, unless the process dies before its segment is done.
    pub fn take(&mut self, chunk: &Chunk) -> io::Result<()> {
        self.read = chunk.until;
        if chunk.at_end
            && let Some(done) = self.closed.pop_front()
        {
            self.read = 0;
            fs::remove_file(&done.path)?;
        }
        Ok(())
    }

    fn write(&mut self, frames: &[u8]) -> io::Result<()> {
        if frames.is_empty() {
            return Ok(());
        }
        let open = match &mut self.open {
            Some(open) => open,
            None => self.open.insert(OpenSegment::create(&self.directory, &mut self.next_number)?),
        };
        if let Err(error) = open.write(frames) {
            // Whatever the disk kept of it is torn; the next frames go to a segment of their own.
            self.close_open_segment();
            return Err(error);
        }
        if open.segment.bytes >= SEGMENT_BYTES {
            self.close_open_segment();
        }
        Ok(())
    }

    fn close_open_segment(&mut self) {
        if let Some(open) = self.open.take() {
            self.closed.push_back(open.segment);
        }
    }
}

impl OpenSegment {
    fn create(directory: &Path, number: &mut u64) -> io::Result<Self> {
        let path = directory.join(format!("traces-{:012}.journal", *number));
        *number += 1;
        let mut options = OpenOptions::new();
        options.append(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        Ok(Self { file: options.open(&path)?, segment: Segment { path, bytes: 0 } })
    }

    fn write(&mut self, frames: &[u8]) -> io::Result<()> {
        let written = self.file.write_all(frames).and_then(|()| self.file.sync_data());
        match written {
            Ok(()) => self.segment.bytes += frames.len() as u64,
            Err(_) => {
                let _ = self.file.set_len(self.segment.bytes);
            }
        }
        written
    }
}

impl Chunk {
    /// Whether there was nothing.
    pub fn is_empty(&self) -> bool {
        self.payloads.is_empty() && !self.at_end
    }

    fn read(segment: &[u8], from: usize, max_bytes: usize) -> Self {
        let mut chunk = Self::default();
        let mut rest = segment.get(from..).unwrap_or_default();
        let mut taken = 0;
        while !rest.is_empty() && taken < max_bytes {
            let Some((payload, after)) = next_frame(rest) else {
                // Torn: what follows cannot be told apart any more.
                chunk.damaged += 1;
                rest = &[];
                break;
            };
            match payload {
                Some(payload) => {
                    taken += payload.len();
                    chunk.payloads.push(payload.to_vec());
                }
                None => chunk.damaged += 1,
            }
            rest = after;
        }
        chunk.until = (segment.len() - rest.len()) as u64;
        chunk.at_end = rest.is_empty();
        chunk
    }
}

fn frame(payload: &[u8], out: &mut Vec<u8>) {
    let length = u32::try_from(payload.len()).unwrap_or(u32::MAX).to_le_bytes();
    out.extend(length);
    out.extend(checksum(length, payload).to_le_bytes());
    out.extend(payload);
}

/// The length counts too: zeros, which a disk may leave where a write was lost, are no empty frame.
fn checksum(length: [u8; 4], payload: &[u8]) -> u32 {
    let mut hasher = crc32fast::Hasher::new();
    hasher.update(&length);
    hasher.update(payload);
    hasher.finalize()
}

/// The payload, unless its checksum does not fit, and what follows; nothing where no whole frame stands.
fn next_frame(bytes: &[u8]) -> Option<(Option<&[u8]>, &[u8])> {
    let (header, rest) = bytes.split_first_chunk::<4>()?;
    let (crc, rest) = rest.split_first_chunk::<4>()?;
    let length = usize::try_from(u32::from_le_bytes(*header)).ok().filter(|length| *length <= MAX_FRAME)?;
    let (payload, rest) = rest.split_at_checked(length)?;
    let fits = checksum(*header, payload) == u32::from_le_bytes(*crc);
    // A length of nothing that is wrong leads nowhere.
    (fits || length > 0).then(|| (fits.then_some(payload), rest))
}

fn number(path: &Path) -> Option<u64> {
    path.file_name()?.to_str()?.strip_prefix("traces-")?.strip_suffix(".journal")?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn payloads(texts: &[&str]) -> Vec<Vec<u8>> {
        texts.iter().map(|text| text.as_bytes().to_vec()).collect()
    }

    fn drain(journal: &mut Journal) -> (Vec<String>, u64) {
        let (mut texts, mut damaged) = (Vec::new(), 0);
        loop {
            let chunk = journal.peek(8).unwrap();
            if chunk.is_empty() {
                return (texts, damaged);
            }
            texts.extend(chunk.payloads.iter().map(|bytes| String::from_utf8(bytes.clone()).unwrap()));
            damaged += chunk.damaged;
            journal.take(&chunk).unwrap();
        }
    }

    fn segments(directory: &Path) -> Vec<PathBuf> {
        let paths = fs::read_dir(directory).unwrap().map(|entry| entry.unwrap().path());
        paths.filter(|path| number(path).is_some()).collect()
    }

    fn only_segment(directory: &Path) -> PathBuf {
        let mut segments = segments(directory);
        assert_eq!(segments.len(), 1);
        segments.remove(0)
    }

    #[test]
    fn what_went_in_comes_out_in_order_and_leaves_nothing() {
        let directory = tempfile::tempdir().unwrap();
        let mut journal = Journal::open(directory.path(), 1 << 20).unwrap();
        for texts in [&["a", "b"][..], &["", "c"]] {
            let (kept, result) = journal.append(&payloads(texts));
            assert!(result.is_ok());
            assert_eq!(kept, 2);
        }
        assert_eq!(drain(&mut journal), (vec!["a".into(), "b".into(), "".into(), "c".into()], 0));
        assert!(journal.is_empty());
        assert!(segments(directory.path()).is_empty());
    }

    #[test]
    fn zeros_are_one_torn_frame() {
        let directory = tempfile::tempdir().unwrap();
        let path = {
            let mut journal = Journal::open(directory.path(), 1 << 20).unwrap();
            journal.append(&payloads(&["kept"])).1.unwrap();
            only_segment(directory.path())
        };
        let mut bytes = fs::read(&path).unwrap();
        bytes.resize(bytes.len() + 4096, 0);
        fs::write(&path, bytes).unwrap();
        let mut journal = Journal::open(directory.path(), 1 << 20).unwrap();
        assert_eq!(drain(&mut journal), (vec!["kept".into()], 1));
    }

    #[test]
    fn a_journal_is_found_again_with_every_torn_tail_passed_over() {
        let whole = {
            let directory = tempfile::tempdir().unwrap();
            let mut journal = Journal::open(directory.path(), 1 << 20).unwrap();
            journal.append(&payloads(&["first", "second"])).1.unwrap();
            fs::read(only_segment(directory.path())).unwrap()
        };
        for length in 0..=whole.len() {
            let directory = tempfile::tempdir().unwrap();
            fs::write(directory.path().join("traces-000000000007.journal"), &whole[..length]).unwrap();
            let mut journal = Journal::open(directory.path(), 1 << 20).unwrap();
            journal.append(&payloads(&["third"])).1.unwrap();
            let (texts, damaged) = drain(&mut journal);
            let expected: &[&str] = match length {
                0..13 => &["third"],
                13..27 => &["first", "third"],
                _ => &["first", "second", "third"],
            };
            assert_eq!(texts, expected, "cut at {length}");
            assert_eq!(damaged, u64::from(![0, 13, 27].contains(&length)), "cut at {length}");
        }
    }

    #[test]
    fn a_flipped_bit_costs_one_frame() {
        let directory = tempfile::tempdir().unwrap();
        let mut journal = Journal::open(directory.path(), 1 << 20).unwrap();
        journal.append(&payloads(&["first", "second"])).1.unwrap();
        let path = only_segment(directory.path());
        let mut bytes = fs::read(&path).unwrap();
        bytes[HEADER] ^= 1;
        fs::write(&path, bytes).unwrap();
        assert_eq!(drain(&mut journal), (vec!["second".into()], 1));
    }

    #[test]
    fn the_bound_holds() {
        let directory = tempfile::tempdir().unwrap();
        let mut journal = Journal::open(directory.path(), 30).unwrap();
        let (kept, result) = journal.append(&payloads(&["0123456789", "0123456789", "x"]));
        assert_eq!(kept, 1);
        assert!(matches!(result, Err(JournalError::Full)));
        assert_eq!(journal.bytes(), 18);
        assert_eq!(drain(&mut journal).0, ["0123456789"]);
        assert_eq!(journal.append(&payloads(&["0123456789"])).0, 1, "there is room again");
    }

    #[test]
    fn a_disk_that_fails_is_an_error() {
        let directory = tempfile::tempdir().unwrap();
        let mut journal = Journal::open(directory.path(), 1 << 20).unwrap();
        fs::remove_dir_all(directory.path()).unwrap();
        let (kept, result) = journal.append(&payloads(&["a"]));
        assert_eq!(kept, 0);
        assert!(matches!(result, Err(JournalError::Io(_))));
    }
}
