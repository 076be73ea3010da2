//! Lists of words, told in any case.
//!
//! Numbers are everywhere, and each asks for the words beside it in many lists, of which they are mostly in none. All lists are one
//! table, made when the crate is compiled: a word is looked up once ([`Word::of`]) and knows which of them hold it.

use super::{dwelling, grid, india, postcode, street, unnumbered};

/// Words that say something about an address.
#[derive(Clone, Copy)]
pub(super) enum List {
    Types,
    /// Of the post of the United States, which seldom mean anything else.
    Suffixes,
    /// With them no postcode is needed.
    Strong,
    Leading,
    Last,
    Units,
    /// Before a number they say that somebody lives there: `Apt. 12`.
    Dwellings,
    /// What a house may be called: `Rose Cottage`.
    Houses,
    /// Before a number they say that it is no house's.
    Doubtful,
    Bare,
    Hungarian,
    Turkish,
    Prepositions,
    /// They lead where the number stands last alone, as in Germany and Poland: `226 IM Used`, `1, OS X`.
    BeforeTheName,
    Grid,
    DoubtfulDwellings,
    Counting,
    India,
    States,
    StateNames,
    Labels,
    Australia,
    Counted,
    Particles,
    Areas,
    Cities,
}

/// All of them, with their words: in lower case, with a space on either side of each.
const LISTS: [(List, &str); 26] = [
    (List::Types, street::TYPES),
    (List::Suffixes, street::SUFFIXES),
    (List::Strong, street::STRONG),
    (List::Leading, street::LEADING),
    (List::Last, street::LAST),
    (List::Units, street::UNITS),
    (List::Dwellings, street::DWELLINGS),
    (List::Houses, street::HOUSES),
    (List::Doubtful, street::DOUBTFUL),
    (List::Bare, street::BARE),
    (List::Hungarian, street::HUNGARIAN),
    (List::Turkish, street::TURKISH),
    (List::Prepositions, street::PREPOSITIONS),
    (List::BeforeTheName, street::BEFORE_THE_NAME),
    (List::Grid, grid::SHORT),
    (List::DoubtfulDwellings, dwelling::DOUBTFUL),
    (List::Counting, dwelling::COUNTING),
    (List::India, india::WORDS),
    (List::States, postcode::STATES),
    (List::StateNames, postcode::STATE_NAMES),
    (List::Labels, postcode::LABELS),
    (List::Australia, postcode::AUSTRALIA),
    (List::Counted, postcode::COUNTED),
    (List::Particles, postcode::PARTICLES),
    (List::Areas, unnumbered::AREAS),
    (List::Cities, unnumbered::CITIES),
];

/// The lists that hold a word, a bit for each.
#[derive(Clone, Copy, Default)]
pub(super) struct Lists(u32);

impl Lists {
    /// Of a word without a full stop.
    fn of(word: &[u8]) -> Self {
        if word.is_empty() || word.len() > LONGEST {
            return Self::default();
        }
        if word.is_ascii() {
            return TABLE.lists(word);
        }
        let mut room = [0; LONGEST];
        let word = std::str::from_utf8(word).ok().and_then(|word| lower(word, &mut room));
        word.map_or(Self::default(), |word| TABLE.lists(word))
    }

    const fn with(self, list: List) -> Self {
        Self(self.0 | 1 << list as u32)
    }

    fn has(self, list: List) -> bool {
        self.0 >> list as u32 & 1 == 1
    }
}

/// A word of a text, which a full stop may end.
#[derive(Clone, Copy)]
pub(super) struct Word<'t> {
    pub(super) text: &'t [u8],
    lists: Lists,
}

impl<'t> Word<'t> {
    /// Looks it up.
    pub(super) fn of(text: &'t [u8]) -> Self {
        Self::told(text, Lists::of(text.strip_suffix(b".").unwrap_or(text)))
    }

    /// The same where it was looked up before.
    pub(super) fn told(text: &'t [u8], lists: Lists) -> Self {
        Self { text, lists }
    }

    pub(super) fn lists(&self) -> Lists {
        self.lists
    }

    /// Whether the list holds it, its full stop aside.
    pub(super) fn is_in(&self, list: List) -> bool {
        self.lists.has(list)
    }

    /// Whether the list holds it, and no full stop ends it.
    pub(super) fn is_whole_in(&self, list: List) -> bool {
        self.is_in(list) && !self.text.ends_with(b".")
    }
}

/// In lower case, where it is then no longer than the words of the lists.
fn lower<'r>(word: &str, room: &'r mut [u8; LONGEST]) -> Option<&'r [u8]> {
    let mut length = 0;
    for (at, c) in word.char_indices() {
        // The one letter that is written otherwise at the end of a word.
        let is_last = at > 0 && at + c.len_utf8() == word.len();
        for c in if c == 'Σ' && is_last { 'ς' } else { c }.to_lowercase() {
            let slot = room.get_mut(length..).filter(|slot| slot.len() >= c.len_utf8())?;
            length += c.encode_utf8(slot).len();
        }
    }
    room.get(..length)
}

/* ===== the table ===== */

/// No word is longer, in bytes.
const LONGEST: usize = 19;
/// Slots of the table: more than twice as many as there are words, so that a search ends soon.
const SLOTS: usize = 4096;
const WORDS: usize = 1600;

static TABLE: Table = Table::new();

/// Words by their hash.
struct Table {
    /// The place of a word, counted from one, at the first free slot from its hash on; 0 where none is.
    slots: [u16; SLOTS],
    words: [Entry; WORDS],
}

/// Where a word stands first, and the lists that hold it.
#[derive(Clone, Copy)]
struct Entry {
    list: u8,
    begin: u16,
    lists: Lists,
}

impl Table {
    #[allow(clippy::indexing_slicing, reason = "evaluated by the compiler, which would refuse")]
    const fn new() -> Self {
        let none = Entry { list: 0, begin: 0, lists: Lists(0) };
        let (mut slots, mut words, mut count) = ([0; SLOTS], [none; WORDS], 0);
        let mut number = 0;
        while number < LISTS.len() {
            let (list, text) = LISTS[number];
            let (text, mut from, mut to) = (text.as_bytes(), 0, 0);
            while to < text.len() {
                if text[to] == b' ' {
                    let (_, rest) = text.split_at(from);
                    let (word, _) = rest.split_at(to - from);
                    assert!(word.len() <= LONGEST, "a word is too long for a list");
                    if !word.is_empty() {
                        let mut slot = hash(word);
                        while slots[slot] != 0 && !is_at(words[slots[slot] as usize - 1], word) {
                            slot = (slot + 1) % SLOTS;
                        }
                        if slots[slot] == 0 {
                            words[count] = Entry { list: number as u8, begin: from as u16, ..none };
                            count += 1;
                            slots[slot] = count as u16;
                        }
                        let entry = &mut words[slots[slot] as usize - 1];
                        entry.lists = entry.lists.with(list);
                    }
                    from = to + 1;
                }
                to += 1;
            }
            number += 1;
        }
        assert!(2 * count < SLOTS, "there are too many words for the table");
        Self { slots, words }
    }

    /// The lists of a word: of ASCII in any case, of other letters in lower case.
    #[inline]
    fn lists(&self, word: &[u8]) -> Lists {
        let mut slot = hash(word);
        while let Some(entry) = self.at(slot) {
            if is_at(*entry, word) {
                return entry.lists;
            }
            slot = (slot + 1) % SLOTS;
        }
        Lists::default()
    }

    fn at(&self, slot: usize) -> Option<&Entry> {
        let place = *self.slots.get(slot)?;
        self.words.get(usize::from(place).checked_sub(1)?)
    }
}

/// Whether `word`, in any ASCII case, is the one of an entry.
#[allow(clippy::indexing_slicing, reason = "the list is one of all, and the place is looked at before")]
const fn is_at(entry: Entry, word: &[u8]) -> bool {
    let (text, begin) = (LISTS[entry.list as usize].1.as_bytes(), entry.begin as usize);
    let end = begin + word.len();
    if end >= text.len() || text[end] != b' ' {
        return false;
    }
    let mut i = 0;
    while i < word.len() {
        if text[begin + i] != word[i].to_ascii_lowercase() || word[i] == b' ' {
            return false;
        }
        i += 1;
    }
    true
}

/// Of a word in any ASCII case, reduced to the number of slots: of its first and its last eight bytes.
const fn hash(word: &[u8]) -> usize {
    const FOLD: u64 = u64::from_le_bytes([0x20; 8]);
    let (first, last) = match (word.first_chunk(), word.last_chunk()) {
        (Some(first), Some(last)) => (u64::from_le_bytes(*first), u64::from_le_bytes(*last)),
        _ => (fewer(word), 0),
    };
    let mixed = ((first | FOLD) ^ (last | FOLD).rotate_left(27)).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    (mixed >> (u64::BITS - SLOTS.ilog2())) as usize
}

/// Fewer than eight bytes.
const fn fewer(word: &[u8]) -> u64 {
    let (mut bytes, mut rest) = (0, word);
    while let [byte, tail @ ..] = rest {
        (bytes, rest) = (bytes << 8 | *byte as u64, tail);
    }
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_holds_its_words_in_any_case_and_no_parts_of_them() {
        for word in ["rue", "RUE", "Av", "Allée", "ALLÉE", "pº", "ΟΔΌΣ", "travessa"] {
            assert!(Word::of(word.as_bytes()).is_whole_in(List::Leading), "{word}");
        }
        for word in ["ru", "a", "rue av", "", "Aléée", "ues", " ", "av ", "rues", "urbanizacióna"] {
            assert!(!Word::of(word.as_bytes()).is_in(List::Leading), "{word}");
        }
        assert!(Word::of(b"St.").is_in(List::Strong) && !Word::of(b"St.").is_whole_in(List::Strong));
    }

    #[test]
    fn each_word_knows_all_its_lists() {
        for (list, words) in LISTS {
            for word in words.split_ascii_whitespace() {
                assert!(Word::of(word.to_uppercase().as_bytes()).is_in(list) || !word.is_ascii(), "{word}");
                let told = Word::of(word.as_bytes());
                for (other, words) in LISTS {
                    let is_held = words.split_ascii_whitespace().any(|held| held == word);
                    assert_eq!(told.is_whole_in(other), is_held, "{word}");
                }
            }
        }
    }
}
