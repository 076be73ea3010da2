//! Where a pattern has to be tried: at a literal it begins with, around one inside it, or at bytes that can begin it.

use regex_automata::Anchored;
use regex_automata::dfa::{Automaton, dense};
use regex_automata::nfa::thompson;
use regex_automata::util::start;
use regex_automata::{MatchKind, dfa};
use regex_syntax::hir::literal::{ExtractKind, Extractor, Seq};
use regex_syntax::hir::{Hir, HirKind};

use super::hir::bytes_of;
use crate::byteset::ByteSet;
use crate::detector::{Anchor, Reach};

/// An automaton over bytes.
pub(super) type Dfa = dense::DFA<Vec<u32>>;

/// Memory that the automaton of one pattern may take.
const LARGEST: usize = 4 << 20;
/// More literals than this are not rarer than single bytes.
const MOST_LITERALS: usize = 128;
const LEAST_LITERAL: usize = 3;
/// How far before a literal inside it a pattern may begin.
const FURTHEST_HEAD: usize = 128;

/// Where a pattern is tried.
pub(super) struct Plan {
    pub(super) anchors: Vec<Anchor>,
    /// For a literal inside: what stands before it.
    pub(super) head: Option<Head>,
}

/// The part of a pattern before a literal.
pub(super) struct Head {
    /// Runs backwards from the literal.
    pub(super) reverse: Dfa,
    pub(super) reach: Reach,
}

/// Compiles the automaton of a whole pattern.
pub(super) fn forward(hir: &Hir) -> Result<Dfa, String> {
    build(hir, false, MatchKind::LeftmostFirst)
}

/// Finds the rarest thing to look for.
pub(super) fn plan(hir: &Hir, dfa: &Dfa) -> Result<Plan, String> {
    if let Some(anchors) = literals(hir) {
        return Ok(Plan { anchors, head: None });
    }
    if let HirKind::Concat(parts) = hir.kind() {
        for at in 1..parts.len() {
            let (head, tail) = parts.split_at(at);
            if let Some(anchors) = literals(&Hir::concat(tail.to_vec())) {
                return Ok(Plan { anchors, head: Some(Head::new(&Hir::concat(head.to_vec()))?) });
            }
        }
    }
    Ok(Plan { anchors: vec![Anchor::Byte(first_bytes(dfa))], head: None })
}

impl Head {
    fn new(hir: &Hir) -> Result<Self, String> {
        let max = hir.properties().maximum_len().map_or(FURTHEST_HEAD, |max| max.min(FURTHEST_HEAD));
        let reach = if max == 0 { Reach::NONE } else { Reach { set: bytes_of(hir), max } };
        Ok(Self { reverse: build(hir, true, MatchKind::All)?, reach })
    }
}

/// Literals of which one begins every match, long and few enough to be rare.
fn literals(hir: &Hir) -> Option<Vec<Anchor>> {
    let mut seq: Seq = Extractor::new().kind(ExtractKind::Prefix).extract(hir);
    seq.keep_first_bytes(16);
    let mut words: Vec<Vec<u8>> = seq.literals()?.iter().map(|l| l.as_bytes().to_ascii_lowercase()).collect();
    words.sort();
    words.dedup();
    let good =
        !words.is_empty() && words.len() <= MOST_LITERALS && words.iter().all(|w| w.len() >= LEAST_LITERAL);
    good.then(|| words.into_iter().map(Anchor::Word).collect())
}

/// The bytes that can begin a match, whatever stands before it.
fn first_bytes(dfa: &Dfa) -> ByteSet {
    let before = [None, Some(b' '), Some(b'a'), Some(b'\n'), Some(b'\r')];
    let leads_on = |before: &Option<u8>, byte: u8| {
        start_at(dfa, *before).is_some_and(|state| !dfa.is_dead_state(dfa.next_state(state, byte)))
    };
    (0..=u8::MAX)
        .filter(|&byte| before.iter().any(|b| leads_on(b, byte)))
        .fold(ByteSet::EMPTY, |set, b| set.with(&[b]))
}

/// The state in which a search begins, given the byte beside it.
pub(super) fn start_at(dfa: &Dfa, beside: Option<u8>) -> Option<regex_automata::util::primitives::StateID> {
    dfa.start_state(&start::Config::new().anchored(Anchored::Yes).look_behind(beside)).ok()
}

fn build(hir: &Hir, reverse: bool, kind: MatchKind) -> Result<Dfa, String> {
    let config = thompson::Config::new()
        .utf8(false)
        .reverse(reverse)
        .nfa_size_limit(Some(LARGEST))
        .which_captures(thompson::WhichCaptures::None);
    let nfa = thompson::Compiler::new().configure(config).build_from_hir(hir).map_err(|e| too_large(&e))?;
    let config = dfa::dense::Config::new()
        .match_kind(kind)
        .start_kind(dfa::StartKind::Anchored)
        .dfa_size_limit(Some(LARGEST))
        .determinize_size_limit(Some(LARGEST));
    dense::Builder::new().configure(config).build_from_nfa(&nfa).map_err(|e| too_large(&e))
}

fn too_large(error: &dyn std::error::Error) -> String {
    let megabytes = LARGEST >> 20;
    format!(
        "cannot be compiled within {megabytes} MiB ({error}); try fewer repetitions, or ASCII classes with `(?-u)`"
    )
}
