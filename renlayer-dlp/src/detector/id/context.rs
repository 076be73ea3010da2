//! Which kinds of number the words before a place speak of: one look for all kinds.
//!
//! The words of all kinds, their countries and the general words (`id`, `tax`) are one sorted list. The 64 bytes before the
//! place are folded once: lower case, one space for whatever is between words, `taxId` as two words. Then each word of them
//! is looked up.

use super::super::Probe;
use super::Kind;
use crate::openings::Openings;
use crate::words::REACH;

/// How far back a word is looked for where letters are no ASCII.
const FAR: usize = 120;

/// The words of all kinds.
pub(super) struct Context {
    entries: Vec<Entry>,
    /// Which bytes begin an entry: most words end here.
    begins: Openings,
    /// The first two bytes of entries, and where the entries with them begin; in order.
    pairs: Vec<(u16, u16)>,
    /// The country of each kind, and whether general words suffice for it.
    countries: Vec<Option<u16>>,
    kinds: usize,
}

struct Entry {
    text: Vec<u8>,
    /// Whether the word may go on.
    goes_on: bool,
    speaks_of: Topic,
}

#[derive(Clone, Copy)]
enum Topic {
    Kind(u16),
    Country(u16),
    General,
}

/// What the words before a place say.
pub(super) struct Said {
    /// For each kind, where the last word that speaks of it ends; 0 where none does.
    kinds: Vec<u8>,
    countries: [u8; 64],
    general: bool,
    any: bool,
}

/// Words that, with the name of a country, speak of its numbers.
const GENERAL: &[&str] = &[
    "id",
    "ids",
    "identity",
    "identification",
    "national",
    "personal",
    "tax",
    "taxpayer",
    "fiscal",
    "tin",
    "social",
    "security",
    "insurance",
    "company",
    "business",
    "registration",
    "citizen",
    "resident",
    "vat",
    "ssn",
];

impl Context {
    pub(super) fn new(kinds: &[&'static Kind], countries: &[(&str, &[&str])]) -> Self {
        let mut entries = Vec::new();
        let mut add = |word: &str, speaks_of| {
            let (word, goes_on) = word.strip_suffix('*').map_or((word, false), |word| (word, true));
            entries.push(Entry { text: word.as_bytes().to_vec(), goes_on, speaks_of });
        };
        for (kind, i) in kinds.iter().zip(0..) {
            kind.words.iter().for_each(|word| add(word, Topic::Kind(i)));
        }
        for ((_, words), i) in countries.iter().zip(0..) {
            words.iter().for_each(|word| add(word, Topic::Country(i)));
        }
        GENERAL.iter().for_each(|word| add(word, Topic::General));
        entries.sort_by(|a, b| a.text.cmp(&b.text));
        let begins = entries.iter().fold(Openings::NONE, |begins, entry| begins.and(&entry.text));
        let mut pairs: Vec<(u16, u16)> = entries.iter().map(|entry| pair(&entry.text)).zip(0..).collect();
        pairs.dedup_by_key(|(pair, _)| *pair);
        let country = |kind: &&'static Kind| {
            let code = kind.class.split('.').nth(1)?;
            countries.iter().zip(0..).find(|((known, _), _)| *known == code).map(|(_, i)| i)
        };
        let general = |kind: &&'static Kind| country(kind).filter(|_| !kind.own_words_only);
        Self { entries, begins, pairs, countries: kinds.iter().map(general).collect(), kinds: kinds.len() }
    }

    /// What the words before `at` say.
    pub(super) fn before(&self, probe: &Probe<'_>, at: usize) -> Said {
        let mut said = Said { kinds: Vec::new(), countries: [0; 64], general: false, any: false };
        let mut folded = [b' '; 2 * FAR + 8];
        let near = probe.behind(at, REACH + 1);
        // Most characters of such a text take two or three bytes.
        let is_wide = near.len() > REACH && near.first().is_some_and(|byte| *byte >= 0x80);
        let reach = if is_wide { FAR } else { REACH };
        let behind = probe.behind(at, reach + 1);
        let length = fold(behind, behind.len() > reach, &mut folded);
        let text = folded.get(..length).unwrap_or_default();
        let mut from = 0;
        while let Some(rest) = text.get(from..).filter(|rest| rest.len() > 1) {
            if self.begins.may_begin(rest) && is_begin(text, from) {
                self.look_up(rest, from, &mut said);
            }
            from += 1;
        }
        said
    }

    fn look_up(&self, rest: &[u8], from: usize, said: &mut Said) {
        let Ok(slot) = self.pairs.binary_search_by_key(&pair(rest), |(pair, _)| *pair) else { return };
        let first = self.pairs.get(slot).map_or(0, |(_, first)| usize::from(*first));
        let after = self.pairs.get(slot + 1).map_or(self.entries.len(), |(_, next)| usize::from(*next));
        let known = self.entries.get(first..after).unwrap_or_default().iter();
        let goes_on_so = |entry: &&Entry| entry.text.get(2).is_none_or(|third| rest.get(2) == Some(third));
        for entry in known.filter(goes_on_so).filter(|entry| rest.starts_with(&entry.text)) {
            let end = entry.text.len();
            if entry.goes_on || is_end(rest, end) {
                said.note(entry.speaks_of, u8::try_from(from + end).unwrap_or(u8::MAX), self.kinds);
            }
        }
    }

    /// Where the last word ends that speaks of this kind, or of its country's numbers.
    pub(super) fn speaks_of(&self, said: &Said, kind: usize) -> Option<u8> {
        if !said.any {
            return None;
        }
        let own = said.kinds.get(kind).copied().unwrap_or(0);
        let country = self.countries.get(kind).copied().flatten().filter(|_| said.general);
        let general = country.and_then(|i| said.countries.get(usize::from(i)).copied()).unwrap_or(0);
        Some(own.max(general)).filter(|place| *place > 0)
    }
}

impl Said {
    /// Whether a word of some kind is there.
    pub(super) fn speaks_of_a_kind(&self) -> bool {
        !self.kinds.is_empty()
    }

    fn note(&mut self, topic: Topic, end: u8, kinds: usize) {
        self.any = true;
        let slot = match topic {
            Topic::General => {
                self.general = true;
                return;
            }
            Topic::Kind(i) => {
                if self.kinds.is_empty() {
                    self.kinds = vec![0; kinds];
                }
                self.kinds.get_mut(usize::from(i))
            }
            Topic::Country(i) => self.countries.get_mut(usize::from(i)),
        };
        if let Some(slot) = slot {
            *slot = end.max(*slot);
        }
    }
}

/* ===== folding ===== */

/// The first two bytes, as a number in their order.
fn pair(text: &[u8]) -> u16 {
    match text {
        [a, b, ..] => u16::from_be_bytes([*a, *b]),
        [a] => u16::from_be_bytes([*a, 0]),
        [] => 0,
    }
}

/// Scripts that put no spaces between words: each of their characters may begin or end one.
fn is_unspaced(byte: u8) -> bool {
    byte >= 0xe0
}

fn is_begin(text: &[u8], at: usize) -> bool {
    let byte = text.get(at).copied().unwrap_or(b' ');
    byte != b' ' && (is_unspaced(byte) || at == 0 || text.get(at - 1) == Some(&b' '))
}

fn is_end(rest: &[u8], end: usize) -> bool {
    rest.get(end).is_none_or(|byte| *byte == b' ' || is_unspaced(*byte))
}

/// Folds `text` into `out` and gives the length. `cut` says that its first byte is only there to see whether a word begins
/// after it.
fn fold(text: &[u8], cut: bool, out: &mut [u8]) -> usize {
    let mut folded = Folded { out, length: 0 };
    let begun = text.iter().take_while(|byte| cut && is_letter(**byte)).count();
    let mut rest = text.get(begun..).unwrap_or_default();
    let mut before = b' ';
    while let [byte, after @ ..] = rest {
        let taken = match rest {
            // Typographic quotes and dashes, and the space that does not break.
            [0xe2, 0x80, _, ..] => folded.space(3),
            [0xc2, 0xa0, ..] => folded.space(2),
            [b'\\', b'n' | b'r' | b't', ..] => folded.space(2),
            [lead @ 0xc3..=0xd1, trail, ..] => folded.letter(&lower_pair(*lead, *trail)),
            _ if !is_letter(*byte) => folded.space(1),
            _ => {
                if before.is_ascii_lowercase() && byte.is_ascii_uppercase() {
                    folded.space(0);
                }
                folded.letter(&[byte.to_ascii_lowercase()])
            }
        };
        before = *byte;
        rest = after.get(taken.saturating_sub(1)..).unwrap_or_default();
    }
    folded.length
}

struct Folded<'o> {
    out: &'o mut [u8],
    length: usize,
}

impl Folded<'_> {
    /// One space, however many there are.
    fn space(&mut self, taken: usize) -> usize {
        let last = self.length.checked_sub(1).and_then(|last| self.out.get(last));
        if last.is_some_and(|byte| *byte != b' ') {
            self.put(b' ');
        }
        taken
    }

    fn letter(&mut self, bytes: &[u8]) -> usize {
        bytes.iter().for_each(|byte| self.put(*byte));
        bytes.len()
    }

    fn put(&mut self, byte: u8) {
        if let Some(slot) = self.out.get_mut(self.length) {
            *slot = byte;
            self.length += 1;
        }
    }
}

fn is_letter(byte: u8) -> bool {
    byte.is_ascii_alphabetic() || byte >= 0x80
}

/// A letter of two bytes in lower case: Latin, Greek, Cyrillic.
fn lower_pair(lead: u8, trail: u8) -> [u8; 2] {
    match (lead, trail) {
        (0xc3, 0x80..=0x9e) | (0xce, 0x91..=0x9f) | (0xd0, 0x90..=0x9f) => [lead, trail + 0x20],
        (0xce, 0xa0..=0xa9) | (0xd0, 0xa0..=0xaf) => [lead + 1, trail - 0x20],
        (0xd0, 0x80..=0x8f) => [lead + 1, trail + 0x10],
        (0xc4, 0x80..=0xb7) | (0xc5, 0x8a..=0xb7) if trail.is_multiple_of(2) => [lead, trail + 1],
        (0xc5, 0xb9 | 0xbb | 0xbd) => [lead, trail + 1],
        _ => [lead, trail],
    }
}
