//! What must hold for any bytes that reach a parser: one function a parser, which panics where it does not.
//!
//! A [`Target`] is run by libFuzzer (`cargo xtask fuzz`) for as long as one likes, and by `cargo test` over its seeds,
//! pieces of them and random bytes, so that it neither rots nor waits for a fuzzing machine to catch a plain mistake.
//! Seeds are made by code: no file of the repository looks like a credential.
//!
//! | module | parsers |
//! |---|---|
//! | [`dlp`] | the scanner: bodies, redaction, streams, work per byte, patterns of one's own |
//! | [`wire`] | server-sent events, the dialects' bodies, streams under way, content encodings |
//! | [`framing`] | where HTTP/1 requests end |
//! | [`governance`] | configuration, policies, URL patterns, keys and addresses |
//! | [`trace`] | the journal and the record |
#![forbid(unsafe_code)]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a target says that something does not hold by panicking"
)]

pub mod dlp;
pub mod framing;
pub mod governance;
pub mod trace;
pub mod wire;

mod input;

/// One parser, and what must hold of it.
#[derive(Clone, Copy)]
pub struct Target {
    /// What it is called on the command line.
    pub name: &'static str,
    /// What holds, in one line.
    pub holds: &'static str,
    /// Panics where it does not hold.
    pub run: fn(&[u8]),
    /// Inputs to begin with.
    pub seeds: fn() -> Vec<Vec<u8>>,
    /// Words worth trying.
    pub words: &'static [&'static str],
}

impl Target {
    /// All of them.
    pub fn all() -> impl Iterator<Item = &'static Target> {
        [dlp::TARGETS, wire::TARGETS, framing::TARGETS, governance::TARGETS, trace::TARGETS]
            .into_iter()
            .flatten()
    }

    /// The one of that name.
    #[must_use]
    pub fn named(name: &str) -> Option<&'static Target> {
        Self::all().find(|target| target.name == name)
    }

    /// The words as a dictionary of libFuzzer.
    #[must_use]
    pub fn dictionary(&self) -> String {
        let escaped = |word: &&str| {
            let bytes = word.bytes().map(|byte| match byte {
                b'"' | b'\\' | 0..b' ' | 0x7f.. => format!("\\x{byte:02x}"),
                plain => char::from(plain).to_string(),
            });
            format!("\"{}\"\n", bytes.collect::<String>())
        };
        self.words.iter().map(escaped).collect()
    }
}
