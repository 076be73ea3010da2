//! Provider tokens: one verifier, and a table of rows per provider family.
//!
//! A row says how a token is written: its prefixes, what follows them, and the checksum where it is known. To add one, add a
//! row to the table of its family (`token!` writes one in a line); to add a family, add a file with `pub(super) const ROWS` and
//! name it in `rows`. Every
//! row is tested by itself: a token made from the row is found (in text, in JSON, in a stream), and one that is a character
//! short, or glued to a word, is not. Values without a prefix, known by the name they are assigned to, are rows of
//! `named`.
//!
//! A value that only begins like a token, and is not written as its provider writes it, is `LOW` at most: where nothing else begins
//! so, where the row says how it is written exactly, and as a secret of no known kind (see `prefix`).
//!
//! So is a token whose prefix says that it opens a sandbox.
//!
//! Known mistakes: providers do not publish all lengths; a row's bounds are those seen in use.

/// A row in one line: detector (which is also the class, unless another follows `in`), what it finds, prefixes, body.
macro_rules! token {
    ($name:literal in $class:literal, $finds:literal, $prefixes:expr, $body:expr) => {
        Token::new($name, concat!("secret.", $class), $finds, &$prefixes, $body)
    };
    ($name:literal, $finds:literal, $prefixes:expr, $body:expr) => {
        token!($name in $name, $finds, $prefixes, $body)
    };
}

mod agent;
mod ai;
mod aws;
mod azure;
mod build;
mod cloud;
mod code;
mod database;
mod der;
mod device;
mod github;
mod gitlab;
mod google;
mod host;
mod identity;
mod mail;
mod market;
mod office;
mod ops;
mod part;
mod pay;
mod placeholder;
mod prefix;
mod published;
mod renlayer;
mod saas;
mod service;
mod social;
mod talk;
#[cfg(test)]
pub(super) mod tests;
mod watch;
mod webhook;

use super::{About, Anchor, ByteSet, Detector, Match, Need, Page, Probe, Reach, Start, shortest};
use crate::check::{base62, entropy};
use crate::engine::{LONGEST_ESCAPE, ends_escape};
use crate::words::Words;
use crate::{Evidence, Severity};
use part::end_of_token;
pub(super) use part::{Part, end_of, longest, unbroken};
pub(super) use part::{UUID, alnum, alnums, any_hex, base64, digits, hex, is, lower, upper, url64, url64s};
pub(super) use placeholder::{is_for_a_key as is_placeholder_key, is_one as is_placeholder};
pub(super) use prefix::{is_misshapen, is_misshapen_under};

/// One kind of token.
pub(crate) struct Token {
    name: &'static str,
    class: &'static str,
    severity: Severity,
    finds: &'static str,
    lead: Option<Lead>,
    prefixes: &'static [&'static str],
    body: &'static [Part],
    exact: Option<&'static [Part]>,
    check: Check,
    context: Option<&'static Words>,
    confidence: f32,
    mistakes: &'static str,
    is_apart: bool,
    is_phrase: bool,
    shown: &'static [&'static str],
}

/// Characters of the token before its prefix, which then stands in its middle.
#[derive(Clone, Copy)]
struct Lead {
    set: ByteSet,
    min: usize,
    max: usize,
    is_secret: bool,
}

/// The checksum or the mark inside a token.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Check {
    /// None that is public.
    None,
    /// The last six characters after the prefix are the CRC-32, in base62, of those before them.
    Crc32Base62,
    /// The last eight characters after the prefix are the CRC-32, in lower-case hexadecimal, of those before them.
    Crc32Hex,
    /// These characters stand in the middle of the body; without them it is another provider's token, or none.
    Holds(&'static str),
    /// The same, and without them the finding is only doubtful.
    MayHold(&'static str),
}

/// The rows of all families.
fn rows() -> impl Iterator<Item = &'static Token> {
    [
        renlayer::ROWS,
        aws::ROWS,
        google::ROWS,
        azure::ROWS,
        cloud::ROWS,
        github::ROWS,
        gitlab::ROWS,
        code::ROWS,
        ai::ROWS,
        pay::ROWS,
        talk::ROWS,
        ops::ROWS,
        saas::ROWS,
        service::ROWS,
        host::ROWS,
        build::ROWS,
        agent::ROWS,
        database::ROWS,
        identity::ROWS,
        watch::ROWS,
        market::ROWS,
        mail::ROWS,
        social::ROWS,
        webhook::ROWS,
        office::ROWS,
        device::ROWS,
        der::ROWS,
    ]
    .into_iter()
    .flatten()
}

/// A detector for each row.
pub(super) fn all() -> impl Iterator<Item = Box<dyn Detector>> {
    rows().map(|row| Box::new(row) as Box<dyn Detector>)
}

/* ===== a row, written ===== */

impl Token {
    /// A token of `class` that begins with one of `prefixes` (three bytes or more) and goes on as `body` says.
    const fn new(
        name: &'static str,
        class: &'static str,
        finds: &'static str,
        prefixes: &'static [&'static str],
        body: &'static [Part],
    ) -> Self {
        Self {
            name,
            class,
            severity: Severity::Critical,
            finds,
            lead: None,
            prefixes,
            body,
            exact: None,
            check: Check::None,
            context: None,
            confidence: 0.9,
            mistakes: "",
            is_apart: false,
            is_phrase: false,
            shown: &[],
        }
    }

    /// With a severity other than [`Severity::Critical`].
    const fn severity(mut self, severity: Severity) -> Self {
        self.severity = severity;
        self
    }

    /// With `min` to `max` characters of `set` before the prefix.
    const fn lead(mut self, set: ByteSet, min: usize, max: usize) -> Self {
        self.lead = Some(Lead { set, min, max, is_secret: true });
        self
    }

    /// The same where what leads to the prefix gives nothing away: the match begins at the prefix, and a stream need not
    /// hold every word that might lead to one.
    const fn led_by(mut self, set: ByteSet, min: usize, max: usize) -> Self {
        self.lead = Some(Lead { set, min, max, is_secret: false });
        self
    }

    /// With a checksum: right makes the finding certain, wrong makes it doubtful, since documentation makes tokens up.
    const fn check(mut self, check: Check) -> Self {
        self.check = check;
        self
    }

    /// Written exactly like this by its provider: what only looks alike is cut or made up, and `LOW`.
    const fn exactly(mut self, parts: &'static [Part]) -> Self {
        self.exact = Some(parts);
        self
    }

    /// Only where one of `words` stands shortly before: for prefixes that occur elsewhere.
    const fn after(mut self, words: &'static Words) -> Self {
        self.context = Some(words);
        self
    }

    /// Only where no sign of base64 stands before it: of a long run of base64 only the begin is the begin of a token, so that no
    /// other place in it is walked from.
    const fn apart(mut self) -> Self {
        self.is_apart = true;
        self
    }

    /// With a prefix that is a sentence, and none of the token: the match begins after it.
    const fn phrase(mut self) -> Self {
        self.is_phrase = true;
        self
    }

    /// Where one of these stands shortly before, whoever opens the page is shown it.
    const fn shown(mut self, places: &'static [&'static str]) -> Self {
        self.shown = places;
        self
    }

    /// With a confidence other than 0.9, for prefixes that say less.
    const fn confidence(mut self, confidence: f32) -> Self {
        self.confidence = confidence;
        self
    }

    /// With what is known to go wrong.
    const fn mistakes(mut self, mistakes: &'static str) -> Self {
        self.mistakes = mistakes;
        self
    }
}

/* ===== the verifier ===== */

impl Detector for &'static Token {
    fn about(&self) -> About {
        About::new(self.name, self.class, self.severity, self.finds)
    }

    fn page(&self) -> Page {
        let basis = match self.check {
            _ if self.context.is_some() => "prefix, length and a word before it",
            Check::None => "prefix, alphabet and length",
            Check::Crc32Base62 | Check::Crc32Hex => "prefix, length and CRC-32",
            Check::Holds(_) | Check::MayHold(_) => "prefix and the provider's mark inside",
        };
        Page { basis, mistakes: self.mistakes }
    }

    fn anchors(&self) -> Vec<Anchor> {
        shortest(self.prefixes.iter().flat_map(|prefix| self.anchors_of(prefix)))
    }

    fn need(&self) -> Need {
        let is_unbroken = |prefix: &&str| !prefix.bytes().any(|byte| ByteSet::BREAK.has(byte));
        match self.prefixes.iter().map(|prefix| prefix.len()).min() {
            Some(prefix) if self.prefixes.iter().all(is_unbroken) => {
                let least = unbroken(self.body);
                let is_signed = self.prefixes.iter().any(|prefix| self.is_signed(prefix));
                let length = if is_signed { least.min(SHORTEST_MISSHAPEN) } else { least };
                Need::Run { length: prefix + length, within: 0 }
            }
            _ => Need::Nothing,
        }
    }

    fn reach(&self) -> Reach {
        self.lead
            .filter(|lead| lead.is_secret)
            .map_or(Reach::NONE, |lead| Reach { set: lead.set, max: lead.max })
    }

    fn start(&self) -> Start {
        match self.lead {
            Some(lead) => Start::Led { set: lead.set, min: lead.min },
            None => Start::Word,
        }
    }

    fn ahead(&self) -> usize {
        self.longest_prefix() + longest(self.body).max(LONGEST_MISSHAPEN) + 2 + LONGER
    }

    fn verify(&self, probe: &Probe<'_>) -> Option<Match> {
        // The run that would follow is known to be too short or too long.
        let is_none = probe.at() + self.longest_prefix() < probe.known();
        if is_none && self.lead.is_some() {
            return None;
        }
        let start = self.first_byte(probe)?;
        let led = start..probe.at();
        let start = if self.lead.is_some_and(|lead| lead.is_secret) { start } else { probe.at() };
        probe.begins(start);
        let prefix = self.prefix_at(probe)?;
        let body = probe.at() + prefix.len();
        let in_context = || self.context.is_none_or(|words| words.stand_behind(probe, start));
        // The words before it take longer to read than what follows, for which a stream waits where they are there alone.
        let has_arrived = probe.arrived(probe.at(), self.ahead()).is_some();
        if !has_arrived && !in_context() {
            return None;
        }
        let end = if is_none { None } else { end_of_token(self.body, probe, body) };
        let Some(end) = end else {
            return self.misshapen(probe, prefix, body).filter(|_| !has_arrived || in_context());
        };
        if has_arrived && !in_context() {
            return None;
        }
        let is_exact = self.exact.is_none_or(|parts| end_of(parts, probe, body) == Some(end));
        if is_unmarked(prefix) && is_inside_base64(probe, start, end) {
            return None;
        }
        let start = if self.is_phrase { body } else { start };
        // A prefix in the middle leaves two parts of which the longer one is the secret.
        let body = if led.len() > end - body { led } else { body..end };
        let found = self.weigh(start..end, probe.slice(body))?;
        let is_whole = is_exact && !goes_on(probe, end);
        let is_secret = is_whole && !is_of_a_sandbox(prefix.as_bytes()) && !self.is_shown(probe, start);
        let found = if is_secret { found } else { found.harmless() };
        Some(if self.context.is_some() { found.with(Evidence::CONTEXT) } else { found })
    }
}

impl Token {
    /// The first character of the token, where nothing is glued to it.
    fn first_byte(&self, probe: &Probe<'_>) -> Option<usize> {
        let at = probe.at();
        let start = match self.lead {
            None => at,
            Some(lead) => {
                Some(probe.run_back(at, &lead.set, lead.max)).filter(|begin| at - begin >= lead.min)?
            }
        };
        let glued = match () {
            () if self.is_apart && probe.was(start, &BASE64_SIGNS) => true,
            () if !probe.is(start, &ByteSet::WORD) => false,
            // The host of an address may have more labels.
            () if self.is_address() => probe.was(start, &ByteSet::WORD),
            () => is_glued(probe, start),
        };
        (!glued).then_some(start)
    }

    /// A prefix as short as `st.` is in many words: where few characters may follow, it is looked for with each of them.
    fn anchors_of(&self, prefix: &str) -> Vec<Anchor> {
        let whole = || vec![Anchor::literal(prefix)];
        let Some(Part::Run(set, 1.., _)) = self.body.first() else { return whole() };
        if prefix.len() > 3 || set.iter().count() > 22 {
            return whole();
        }
        set.iter().map(|next| Anchor::literal([prefix.as_bytes(), &[next]].concat())).collect()
    }

    fn longest_prefix(&self) -> usize {
        self.prefixes.iter().map(|prefix| prefix.len()).max().unwrap_or_default()
    }

    fn is_shown(&self, probe: &Probe<'_>, start: usize) -> bool {
        const BEFORE: usize = 96;
        let stands =
            |place: &&str| memchr::memmem::find(probe.behind(start, BEFORE), place.as_bytes()).is_some();
        self.shown.iter().any(stands)
    }

    fn is_address(&self) -> bool {
        self.prefixes.iter().any(|prefix| prefix.contains('/'))
    }

    fn prefix_at(&self, probe: &Probe<'_>) -> Option<&'static str> {
        let longest = |a: &&&str, b: &&&str| a.len().cmp(&b.len());
        let standing = self.prefixes.iter().filter(|prefix| probe.looking_at(probe.at(), prefix.as_bytes()));
        standing.max_by(longest).copied()
    }

    /// What begins as this provider's tokens alone do, and is too short, too long, or of other characters: cut, glued to something,
    /// or of a form that is not known here.
    fn misshapen(&self, probe: &Probe<'_>, prefix: &str, body: usize) -> Option<Match> {
        // In a row of prefixes the first one has it all.
        if !self.is_signed(prefix) || probe.was(probe.at(), &ByteSet::BASE64URL) {
            return None;
        }
        let end = probe.run(body, &ByteSet::BASE64URL, LONGEST_MISSHAPEN);
        let value = probe.slice(body..end);
        let has = |is: fn(&u8) -> bool| value.iter().any(is);
        let is_value = value.len() >= SHORTEST_MISSHAPEN
            && has(u8::is_ascii_digit)
            && has(u8::is_ascii_alphabetic)
            && entropy::is_random(value)
            && !is_inside_base64(probe, probe.at(), end);
        is_value.then(|| Match::new(probe.at()..end, 0.3).with(Evidence::STRUCTURE).harmless())
    }

    /// Whether nothing but a token of this provider begins with `prefix`: it has a sign or a capital, which no word has there, and
    /// is none of the short words that names join by dashes and full stops (`api-`, `act.`).
    fn is_signed(&self, prefix: &str) -> bool {
        let has_sign = prefix.bytes().any(|byte| b"-_.".contains(&byte) || byte.is_ascii_uppercase());
        let is_joined = prefix.len() <= prefix::LEAST && prefix.ends_with(['-', '.']);
        prefix::is_telling(self) && prefix.len() >= prefix::LEAST && has_sign && !is_joined
    }

    fn weigh(&self, range: std::ops::Range<usize>, body: &[u8]) -> Option<Match> {
        let found = Match::new(range, self.confidence).with(Evidence::STRUCTURE);
        let verdict = self.check.holds(body);
        let is_weak = placeholder::is_for_a_key(body) || !self.is_random(body);
        let certain = |found| Match { confidence: 1.0, ..found }.with(Evidence::CHECKSUM);
        match verdict {
            Verdict::Another => None,
            Verdict::Right => Some(certain(found)),
            _ if is_weak => Some(found.harmless()),
            Verdict::Astray => Some(found.harmless()),
            Verdict::Marked => Some(certain(found)),
            Verdict::Unknown => Some(found),
            Verdict::Wrong => Some(Match { confidence: 0.5, ..found }),
        }
    }
}

impl Token {
    fn is_random(&self, body: &[u8]) -> bool {
        let is_drawn =
            || !matches!(self.body, [Part::Run(_, min, max)] if min == max) || entropy::is_drawn(body);
        entropy::is_random(body) && is_drawn()
    }
}

/// The fewest and the most characters after the prefix of a token that is not as its provider writes it.
const SHORTEST_MISSHAPEN: usize = 16;
const LONGEST_MISSHAPEN: usize = 128;

/// Whether letters and digits alone are the prefix: what is encoded in base64 holds them by chance.
fn is_unmarked(prefix: &str) -> bool {
    prefix.len() <= 4 && prefix.bytes().all(|byte| byte.is_ascii_alphanumeric())
}

/// So much follows what is the begin of something longer.
const LONGER: usize = 24;

/// Whether what ends at `end` is the begin of something longer: a dash joins it to as much as a token has again.
fn goes_on(probe: &Probe<'_>, end: usize) -> bool {
    let is_joined = probe.is(end, &ByteSet::EMPTY.with(b"-"));
    is_joined && probe.run(end + 1, &ByteSet::ALNUM, LONGER) - end > LONGER
}

/// What base64 has besides letters and digits.
const BASE64_SIGNS: ByteSet = ByteSet::EMPTY.with(b"+/");

/// Whether base64 runs into `start..end`, or out of it, with a character that no token of letters and digits has: a line of a
/// certificate.
fn is_inside_base64(probe: &Probe<'_>, start: usize, end: usize) -> bool {
    const LEAST: usize = 20;
    let runs_in =
        || probe.was(start, &BASE64_SIGNS) && start - probe.run_back(start, &ByteSet::BASE64, LEAST) == LEAST;
    let runs_out = || probe.is(end, &BASE64_SIGNS) && probe.run(end, &ByteSet::BASE64, LEAST) - end == LEAST;
    runs_in() || runs_out()
}

/// Whether a value begins with saying that it opens a sandbox alone, where nothing is real.
pub(super) fn is_of_a_sandbox(value: &[u8]) -> bool {
    let head = value.get(..value.len().min(MARK)).unwrap_or_default().to_ascii_lowercase();
    let holds = |mark: &[u8]| head.windows(mark.len()).any(|window| window == mark);
    holds(b"sandbox")
        || holds(b"sdbx")
        || [&b"sbx_"[..], b"sb-mid-"].iter().any(|mark| head.starts_with(mark))
}

/// How far into a value its provider's mark goes.
const MARK: usize = 24;

/// What a check says about a body.
enum Verdict {
    /// There is nothing to check.
    Unknown,
    Right,
    /// The provider's mark is there, which whoever makes a token up copies.
    Marked,
    Wrong,
    /// The mark stands near one end, where its provider has it in the middle.
    Astray,
    /// It is no token of this kind.
    Another,
}

impl Check {
    fn holds(self, body: &[u8]) -> Verdict {
        let stands = |mark: &str| memchr::memmem::find(body, mark.as_bytes()).is_some();
        match self {
            Self::None => Verdict::Unknown,
            Self::Crc32Base62 if base62::crc32_tail_holds(body) => Verdict::Right,
            Self::Crc32Hex if base62::crc32_hex_tail_holds(body) => Verdict::Right,
            Self::Holds(mark) | Self::MayHold(mark) if is_amid(body, mark) => Verdict::Marked,
            Self::Holds(mark) | Self::MayHold(mark) if stands(mark) => Verdict::Astray,
            Self::Holds(_) => Verdict::Another,
            Self::Crc32Base62 | Self::Crc32Hex | Self::MayHold(_) => Verdict::Wrong,
        }
    }
}

/// Whether as much stands before a mark and after it as there is on either side of the shortest.
fn is_amid(body: &[u8], mark: &str) -> bool {
    const LEAST: usize = 20;
    memchr::memmem::find(body, mark.as_bytes())
        .is_some_and(|before| before.min(body.len() - mark.len() - before) >= LEAST)
}

/// Whether a word runs into `start`, or the name of a file or host does. An escape written out (`\n`) is no word.
pub(super) fn is_glued(probe: &Probe<'_>, start: usize) -> bool {
    let dotted = || probe.before(start) == Some(b'.') && probe.was(start - 1, &ByteSet::ALNUM);
    dotted() || (probe.was(start, &ByteSet::WORD) && !ends_escape(probe.behind(start, LONGEST_ESCAPE)))
}
