//! The marks that this project leaves in place of a value: what they say is no name.

use crate::detector::{ByteSet, Probe};

/// `[REDACTED:secret.generic]` and `[TOKEN:pii.email:k7m2q9x4tz01]` stand for what was there: whatever else begins so is none.
pub(super) fn is_ours(probe: &Probe<'_>) -> bool {
    const KINDS: [&[u8]; 2] = [b"[TOKEN:", b"[REDACTED:"];
    let at = probe.at();
    // What either kind ends with, or begins with.
    match probe.behind(at, 1) {
        b"[" => begins(probe, at),
        b":" => KINDS.into_iter().any(|kind| probe.behind(at, 10).ends_with(kind)) && ends(probe, at),
        _ => false,
    }
}

/// Whether such a mark is what stands behind a `[`.
pub(super) fn begins(probe: &Probe<'_>, at: usize) -> bool {
    const KINDS: [&[u8]; 2] = [b"TOKEN:", b"REDACTED:"];
    let kind = || KINDS.into_iter().find(|kind| probe.looking_at(at, kind));
    probe.was(at, &ByteSet::EMPTY.with(b"[")) && kind().is_some_and(|kind| ends(probe, at + kind.len()))
}

/// Whether a class stands there, and what ends a mark after it.
fn ends(probe: &Probe<'_>, class: usize) -> bool {
    const CLASS: ByteSet = ByteSet::LOWER.or(ByteSet::DIGIT).with(b"._");
    let end = probe.run(class, &CLASS, 64);
    let is_numbered = probe.is(end, &ByteSet::EMPTY.with(b":"));
    let close = if is_numbered { probe.run(end + 1, &ByteSet::LOWER.or(ByteSet::DIGIT), 16) } else { end };
    probe.slice(class..end).contains(&b'.') && probe.is(close, &ByteSet::EMPTY.with(b"]"))
}
