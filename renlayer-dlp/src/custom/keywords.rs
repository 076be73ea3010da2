//! A list of words as a detector.

use aho_corasick::Anchored;
use aho_corasick::automaton::Automaton;
use aho_corasick::nfa::contiguous::NFA;

use crate::byteset::ByteSet;
use crate::detector::{About, Anchor, Detector, Match, Probe};
use crate::{Evidence, Keywords, SettingsError};

/// A compiled word list: an automaton, entered where the first bytes of a word stand.
pub(crate) struct WordList {
    about: About,
    words: Vec<Vec<u8>>,
    automaton: NFA,
    case_sensitive: bool,
    whole_words: bool,
    longest: usize,
}

/// A byte of a word. Bytes of non-ASCII characters are taken for letters.
const WORD: ByteSet = ByteSet::WORD.range(0x80, 0xff);
/// How much of a word is its anchor.
const ANCHOR: usize = 8;
const MOST_WORDS: usize = 20_000;

impl WordList {
    pub(crate) fn compile(keywords: &Keywords, place: &str) -> Result<Self, SettingsError> {
        let about = super::about("words of the list", place, &keywords.name, keywords.severity)?;
        let refuse = |place: String, reason: &str| {
            SettingsError::new(place, format!("list `{}`: {reason}", keywords.name))
        };
        if keywords.words.is_empty() || keywords.words.len() > MOST_WORDS {
            return Err(refuse(format!("{place}.words"), "needs 1 to 20000 words"));
        }
        if let Some(i) = keywords.words.iter().position(|word| word.trim().is_empty() || word.len() > 256) {
            return Err(refuse(format!("{place}.words[{i}]"), "a word has 1 to 256 bytes"));
        }
        let words: Vec<Vec<u8>> =
            keywords.words.iter().flat_map(|word| cases(word, keywords.case_sensitive)).collect();
        let automaton = NFA::builder().ascii_case_insensitive(!keywords.case_sensitive).build(&words);
        let automaton = automaton.map_err(|e| refuse(format!("{place}.words"), &e.to_string()))?;
        Ok(Self {
            about,
            automaton,
            case_sensitive: keywords.case_sensitive,
            whole_words: keywords.whole_words,
            longest: words.iter().map(Vec::len).max().unwrap_or_default(),
            words,
        })
    }

    /// The end of the longest word that begins at `at` and stands as it has to.
    fn longest_at(&self, probe: &Probe<'_>, start: usize) -> Option<usize> {
        let mut state = self.automaton.start_state(Anchored::Yes).ok()?;
        let mut best = None;
        for at in start.. {
            let Some(byte) = probe.get(at) else { break };
            state = self.automaton.next_state(Anchored::Yes, state, byte);
            if self.automaton.is_dead(state) {
                break;
            }
            let end = at + 1;
            if self.has_word(state, end - start) && self.stands(probe, start, end) {
                best = Some(end);
            }
        }
        best
    }

    /// Whether a word of this length ends in this state; others that end here began later.
    fn has_word(&self, state: aho_corasick::automaton::StateID, length: usize) -> bool {
        self.automaton.is_match(state)
            && (0..self.automaton.match_len(state))
                .any(|i| self.automaton.pattern_len(self.automaton.match_pattern(state, i)) == length)
    }

    fn stands(&self, probe: &Probe<'_>, start: usize, end: usize) -> bool {
        let joined = |i: usize| probe.was(i, &WORD) && probe.is(i, &WORD);
        !self.whole_words || !(joined(start) || joined(end))
    }
}

/// The ways a word is written. ASCII case is the automaton's business, that of other letters is listed.
fn cases(word: &str, case_sensitive: bool) -> Vec<Vec<u8>> {
    let mut cases = vec![word.to_owned()];
    if !case_sensitive && !word.is_ascii() {
        let (lower, upper) = (word.to_lowercase(), word.to_uppercase());
        let title = lower.chars().take(1).flat_map(char::to_uppercase).chain(lower.chars().skip(1)).collect();
        cases.extend([lower, upper, title]);
        cases.sort();
        cases.dedup();
    }
    cases.into_iter().map(String::into_bytes).collect()
}

impl Detector for WordList {
    fn about(&self) -> About {
        self.about.clone()
    }

    fn anchors(&self) -> Vec<Anchor> {
        let anchor = |word: &Vec<u8>| match word.get(..ANCHOR.min(word.len())).unwrap_or_default() {
            short @ ([] | [_] | [_, _]) => {
                let first = short.get(..1).unwrap_or_default();
                let set = ByteSet::EMPTY.with(first);
                Anchor::Byte(if self.case_sensitive {
                    set
                } else {
                    set.with(&first.to_ascii_uppercase()).with(&first.to_ascii_lowercase())
                })
            }
            long if self.case_sensitive => Anchor::literal(long),
            long => Anchor::word(long),
        };
        let mut anchors: Vec<Anchor> = self.words.iter().map(anchor).collect();
        anchors.dedup();
        anchors
    }

    fn ahead(&self) -> usize {
        self.longest + 1
    }

    fn verify(&self, probe: &Probe<'_>) -> Option<Match> {
        let start = probe.at();
        let end = self.longest_at(probe, start)?;
        Some(Match::new(start..end, 1.0).with(Evidence::STRUCTURE))
    }
}
