//! The part after the `@`.

use crate::check::punycode;
use crate::detector::{ByteSet, Probe};

/// RFC 1035: 253 octets.
pub(super) const MAX: usize = 253;
const LABEL_MAX: usize = 63;
/// What a domain begins with, or an address in its place.
pub(super) const FIRST: ByteSet = NAME.with(b"[");
const NAME: ByteSet = ByteSet::ALNUM.with(b".-").or(ByteSet::EMPTY.range(0x80, 0xff));
/// RFC 5322: what may stand in brackets.
const LITERAL: ByteSet = ByteSet::EMPTY.range(0x21, 0x7e).without(b"[]\\");
const LITERAL_MAX: usize = 64;
/// The first part of a path that is looked for after a host.
pub(super) const PATH_MAX: usize = 40;

/// Endings of files that are no top-level domains: `icon@2x.png`.
const FILES: [&[u8]; 34] = [
    b"png",
    b"jpg",
    b"jpeg",
    b"gif",
    b"webp",
    b"svg",
    b"tgz",
    b"gz",
    b"js",
    b"jsx",
    b"tsx",
    b"json",
    b"html",
    b"htm",
    b"txt",
    b"yml",
    b"yaml",
    b"toml",
    b"css",
    b"exe",
    b"xml",
    b"csv",
    b"pdf",
    b"log",
    b"lock",
    b"scss",
    // Units of systemd: `getty@tty1.service`.
    b"service",
    b"socket",
    b"timer",
    b"mount",
    b"automount",
    b"slice",
    b"scope",
    b"swap",
];

/// Names that RFC 2606 and RFC 6761 keep for examples, and those that lead nowhere outside.
const RESERVED: [&[u8]; 12] = [
    b"example.com",
    b"example.org",
    b"example.net",
    b"example",
    b"test",
    b"invalid",
    b"local",
    b"localhost",
    b"arpa",
    b"onion",
    // What SSH names its algorithms by, RFC 4251.
    b"openssh.com",
    b"libssh.org",
];

/// A domain.
pub(super) struct Domain {
    pub(super) end: usize,
    /// How long it is in a message: labels beyond ASCII are encoded there (RFC 5890).
    pub(super) octets: usize,
    /// It is nobody's, or hardly can be: an address in brackets, a label that cannot be registered.
    pub(super) is_reserved: bool,
}

impl Domain {
    /// The domain that begins at `from`: at least two labels, the last of them letters.
    pub(super) fn read(probe: &Probe<'_>, from: usize) -> Option<Self> {
        if probe.get(from) == Some(b'[') {
            return literal(probe, from + 1);
        }
        let run = probe.run(from, &NAME, MAX + 1);
        // Mostly there is but one label.
        let name = Some(probe.slice(from..run)).filter(|run| run.contains(&b'.')).map(trimmed)?;
        let end = from + name.len();
        let (_, top) = name.rsplit_once('.')?;
        let labels_hold = name.len() <= MAX && name.split('.').all(is_label);
        let is_top = top.chars().count() >= 2
            && (top.bytes().all(|b| b.is_ascii_alphabetic()) || !top.is_ascii() || top.starts_with("xn--"))
            && !FILES.contains(&top.to_ascii_lowercase().as_bytes());
        let holds = labels_hold && is_top && !is_remote(probe, end);
        let octets = octets(name);
        let is_reserved = || is_reserved(name.as_bytes()) || octets > MAX || name.split('.').any(is_odd);
        holds.then(|| Self { end, octets, is_reserved: is_reserved() })
    }
}

/// Whether a path goes on after the host that ends at `end`: `git@host:org/repo`, `scp a joe@host:backup`. A colon and digits are a port
/// and change nothing. Where the address begins its line a word alone is a password, as lists of them are written (`bob@corp.io:rosebud`).
fn is_remote(probe: &Probe<'_>, end: usize) -> bool {
    const PATH: ByteSet = ByteSet::WORD.with(b".~-+%");
    if probe.get(end) != Some(b':') || !probe.is(end + 1, &ByteSet::ALPHA.with(b"/")) {
        return false;
    }
    let path = probe.run(end + 1, &PATH, PATH_MAX);
    let is_path = probe.get(path) == Some(b'/') || probe.slice(end + 1..path).ends_with(b".git");
    is_path || !begins_line(probe)
}

/// Whether the local part of an address begins its line, and is no user of a host of repositories.
fn begins_line(probe: &Probe<'_>) -> bool {
    const LOCAL: ByteSet = ByteSet::WORD.with(b".+-");
    let start = probe.run_back(probe.at(), &LOCAL, PATH_MAX);
    let is_shared = matches!(probe.slice(start..probe.at()), b"git" | b"hg");
    !is_shared && probe.before(start).is_none_or(|byte| byte == b'\n')
}

/// `[192.168.0.1]`, `[IPv6:2001:db8::1]`, `[tag:content]`; no class of characters, `[a-z]`.
fn literal(probe: &Probe<'_>, from: usize) -> Option<Domain> {
    let end = probe.run(from, &LITERAL, LITERAL_MAX);
    // RFC 5321: an address, or a tag and what it says.
    let names_a_host = probe.slice(from..end).iter().any(|byte| matches!(byte, b'.' | b':'));
    let holds = names_a_host && end - from >= 3;
    (holds && probe.get(end) == Some(b']')).then_some(Domain {
        end: end + 1,
        octets: end + 2 - from,
        is_reserved: true,
    })
}

/// What of `run` is a name: letters and digits of any script, up to where the sentence goes on.
fn trimmed(run: &[u8]) -> &str {
    let valid = match std::str::from_utf8(run) {
        Ok(text) => text,
        Err(error) => run.get(..error.valid_up_to()).and_then(|r| std::str::from_utf8(r).ok()).unwrap_or(""),
    };
    let belongs =
        |c: char| c.is_alphabetic() || c.is_ascii_digit() || matches!(c, '.' | '-' | '\u{900}'..'\u{e80}');
    let end = valid.find(|c| !belongs(c)).unwrap_or(valid.len());
    let name = valid.get(..end).unwrap_or_default();
    let name = name.trim_end_matches(['.', '-']);
    // "corp.io请": the last label is written in letters of one script.
    let top = name.rfind('.').map_or(0, |dot| dot + 1);
    let ascii = name.get(top..).unwrap_or_default().find(|c: char| !c.is_ascii()).unwrap_or(0);
    let name = if ascii >= 2 { name.get(..top + ascii).unwrap_or_default() } else { name };
    // "corp.io--she said": of top-level domains those that are encoded alone have two hyphens.
    match name.get(top..).and_then(|top| top.find("--")) {
        Some(dash) if name.get(top..top + dash).is_some_and(|label| !label.eq_ignore_ascii_case("xn")) => {
            name.get(..top + dash).unwrap_or_default()
        }
        _ => name,
    }
}

fn is_label(label: &str) -> bool {
    (1..=LABEL_MAX).contains(&label.len()) && !label.starts_with('-') && !label.ends_with('-')
}

/// A label that IDNA does not let be registered: hyphens in the third and fourth place without the prefix for them, or too
/// long once encoded.
fn is_odd(label: &str) -> bool {
    let is_tagged = label.get(2..4) == Some("--");
    let is_encoded = label.get(..4).is_some_and(|tag| tag.eq_ignore_ascii_case("xn--")) && label.len() > 6;
    (is_tagged && !is_encoded) || (!label.is_ascii() && encoded(label) > LABEL_MAX)
}

fn octets(name: &str) -> usize {
    name.split('.').map(|label| encoded(label) + 1).sum::<usize>() - 1
}

/// The octets of a label, with its prefix where it is encoded.
fn encoded(label: &str) -> usize {
    if label.is_ascii() { label.len() } else { 4 + punycode::length(label) }
}

fn is_reserved(domain: &[u8]) -> bool {
    let lower = domain.to_ascii_lowercase();
    let is = |name: &[u8]| lower == name || lower.strip_suffix(name).is_some_and(|rest| rest.ends_with(b"."));
    RESERVED.into_iter().any(is)
}
