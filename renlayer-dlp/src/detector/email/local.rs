//! The part before the `@`.

use crate::detector::{ByteSet, Probe};

/// Every byte that may stand in a local part: the characters of RFC 5322's atoms, those beyond ASCII (RFC 6531), quotes.
pub(super) const SET: ByteSet = USUAL.with(b"!#$&*/=?^`{|}\"\\@");
/// RFC 5321: 64 octets.
pub(super) const MAX: usize = 64;

/// What local parts are made of in practice. The rest of what RFC 5322 allows separates fields in URLs and code.
const USUAL: ByteSet = ByteSet::ALNUM.with(b".%'+_~-").or(ByteSet::EMPTY.range(0x80, 0xff));
const EDGE: ByteSet = ByteSet::WORD.or(ByteSet::EMPTY.range(0x80, 0xff));

/// A local part that ends at the anchor.
pub(super) struct Local {
    pub(super) start: usize,
    /// Permitted, or nearly so, and hardly anybody's: a finding, and no more than that.
    pub(super) is_odd: bool,
}

pub(super) fn read(probe: &Probe<'_>) -> Option<Local> {
    let at = probe.at();
    match probe.before(at)? {
        b'"' => quoted(probe),
        _ => usual(probe).or_else(|| unusual(probe)),
    }
}

fn usual(probe: &Probe<'_>) -> Option<Local> {
    let at = probe.at();
    let run = probe.run_back(at, &USUAL, MAX);
    let mut start = boundary(probe, run, at);
    while start < at && !probe.is(start, &EDGE) {
        start += 1;
    }
    if start == at {
        return None;
    }
    // RFC 5322 has no empty atom; some providers gave such addresses out, and some archives write the rest of a name so.
    let has_empty_atom = probe.was(at, &ByteSet::EMPTY.with(b"."))
        || probe.slice(start..at).windows(2).any(|pair| pair == b"..");
    let is_too_long = at - start == MAX && probe.was(start, &ByteSet::ALNUM);
    Some(Local { start, is_odd: is_too_long || has_empty_atom || probe.before(start) == Some(b'.') })
}

/// Nothing but signs: `!#$%@corp.io`.
fn unusual(probe: &Probe<'_>) -> Option<Local> {
    let at = probe.at();
    let start = probe.run_back(at, &SET.without(b"\"\\@"), MAX);
    let stands_alone = !probe.was(start, &ByteSet::ALL.without(b" \t\r\n"));
    let is_signs = probe.slice(start..at).iter().all(|byte| !byte.is_ascii_alphanumeric());
    (at - start > 2 && is_signs && stands_alone).then_some(Local { start, is_odd: true })
}

/// The closing quote stands before the `@`. A stream holds no more than a word for it, so that with spaces inside, the last
/// word stands for the whole.
fn quoted(probe: &Probe<'_>) -> Option<Local> {
    let at = probe.at();
    let inside = USUAL.with(b"@\\");
    let mut start = probe.run_back(at - 1, &inside, MAX - 2);
    // A quote inside has a backslash.
    while probe.was(start, &ByteSet::EMPTY.with(b"\"")) && probe.before(start - 1) == Some(b'\\') {
        start = probe.run_back(start - 2, &inside, (MAX - 2).saturating_sub(at - start));
    }
    let start = boundary(probe, start, at - 1);
    match probe.before(start) {
        Some(b'"') if start + 1 < at => Some(Local { start: start - 1, is_odd: false }),
        Some(b' ') if start + 1 < at => {
            let behind = probe.behind(start, MAX);
            let line = behind.rsplit(|byte| *byte == b'\n').next().unwrap_or_default();
            line.contains(&b'"').then_some(Local { start, is_odd: false })
        }
        _ => None,
    }
}

/// Where in `run..at` the local part begins, as far as characters beyond ASCII tell: not before punctuation, and not in the
/// sentence of a script that needs no spaces, unless the part itself is written in it.
fn boundary(probe: &Probe<'_>, run: usize, at: usize) -> usize {
    let bytes = probe.slice(run..at);
    if bytes.is_ascii() {
        return run;
    }
    let cut = bytes.iter().take_while(|byte| (0x80..0xc0).contains(*byte)).count();
    let Ok(text) = std::str::from_utf8(bytes.get(cut..).unwrap_or_default()) else { return at };
    let is_unspaced = |c: char| ('\u{2e80}'..'\u{a000}').contains(&c) || c >= '\u{ac00}';
    let ends_unspaced = text.chars().next_back().is_some_and(is_unspaced);
    let stops = |c: char| {
        matches!(c, '\u{80}'..'\u{c0}' | '\u{2000}'..'\u{2070}' | '\u{3000}'..'\u{3020}' | '\u{fe00}'..='\u{ffff}')
            || (is_unspaced(c) && !ends_unspaced)
    };
    let kept = text.char_indices().rev().take_while(|(_, c)| !stops(*c)).last();
    kept.map_or(at, |(i, _)| run + cut + i)
}
