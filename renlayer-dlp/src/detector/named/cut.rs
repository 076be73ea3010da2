//! Values under a provider's name that begin as that provider writes its keys, and do not end so: cut, or made up.
//!
//! `BITLY_TOKEN=` and 39 of the 40 hexadecimal digits open no door. The generic detector asks here before it takes such a value
//! for a secret of a kind of its own. Only providers count whose keys are all of the forms in the rows: of others there may be
//! a form that is not known here.

use std::sync::LazyLock;

use aho_corasick::AhoCorasick;

use super::{Named, rows};
use crate::Severity;
use crate::detector::token::{Part, base64, end_of};
use crate::detector::{ByteSet, Probe};

/// Words of rows that are not one provider's name, or whose provider has users make up secrets too, or gives out keys of more
/// forms than there are rows.
const OPEN: [&str; 47] = [
    "_auth",
    "_authtoken",
    "_password",
    "adobe",
    "atlas",
    "auth0",
    "azure",
    "bot",
    "box_",
    "checkout",
    "circle",
    "client_secret",
    "discord",
    "docker",
    "elastic",
    "elasticsearch",
    "facebook",
    "factory_api",
    "github",
    "gitlab",
    "hmac_secret",
    "ibm",
    "jenkins",
    "metal_auth",
    "microsoft",
    "mongodb",
    "office365",
    "okta",
    "openai",
    "packet_auth",
    "particle",
    "railway",
    "sanity",
    "segment",
    "shortcut",
    "snowflake",
    "split",
    "steam",
    "stripe",
    "together",
    "token",
    "trello",
    "twitter",
    "vault",
    "voyage",
    "workable",
    "x-api-key",
];

/// And the other way round: whatever else the name says, its provider has keys of one form.
const CLOSED: [&str; 1] = ["telegram"];

/// The names of providers, and for each name its rows.
struct Names {
    words: AhoCorasick,
    rows: Vec<Vec<&'static Named>>,
}

static NAMES: LazyLock<Option<Names>> = LazyLock::new(|| {
    let is_one_form = |row: &Named| row.words.iter().any(|word| CLOSED.contains(word));
    let is_closed = |row: &&Named| (row.says.is_some() || is_one_form(row)) && row.severity > Severity::Low;
    let closed = rows().filter(is_closed).flat_map(|row| row.words);
    let mut words: Vec<&str> = closed.copied().filter(|word| !OPEN.contains(word)).collect();
    words.sort_unstable();
    words.dedup();
    let rows = words.iter().map(|word| rows().filter(|row| row.words.contains(word)).collect()).collect();
    let words = AhoCorasick::builder().ascii_case_insensitive(true).build(words).ok()?;
    Some(Names { words, rows })
});

/// AWS's secret keys, which have a detector of their own: how their names end.
const OF_AWS: [&[u8]; 3] = [b"secret_access_key", b"secretaccesskey", b"secret-access-key"];
const AWS_SECRET: &[Part] = &[base64(40)];

/// Whether `name` is that of a secret key of AWS, as which the value at `at` begins, and does not end.
fn is_cut_of_aws(name: &[u8], probe: &Probe<'_>, at: usize) -> bool {
    let lower = name.to_ascii_lowercase();
    OF_AWS.into_iter().any(|end| lower.ends_with(end))
        && end_of(AWS_SECRET, probe, at).is_none()
        && agrees(AWS_SECRET, probe, at) * 2 >= least(AWS_SECRET)
}

/// Whether `name` names a provider as whose key the value at `at` begins, with its mark or for half of it, and does not end.
pub(in crate::detector) fn is_cut(name: &[u8], probe: &Probe<'_>, at: usize) -> bool {
    let Some(names) = &*NAMES else { return false };
    if is_cut_of_aws(name, probe, at) {
        return true;
    }
    let found = names.words.find_iter(name).filter(|found| begins_word(name, found.start()));
    let mut rows = found.filter_map(|found| names.rows.get(found.pattern().as_usize())).flatten().peekable();
    let is_known = rows.peek().is_some();
    let mut begins = false;
    for row in rows {
        if end_of(row.value, probe, at).is_some() {
            return false;
        }
        begins |= has_mark(row.value, probe, at) || agrees(row.value, probe, at) * 2 >= least(row.value);
    }
    is_known && begins
}

fn begins_word(name: &[u8], at: usize) -> bool {
    let (before, first) = (at.checked_sub(1).and_then(|at| name.get(at)), name.get(at));
    let is_letter = |byte: Option<&u8>| byte.is_some_and(u8::is_ascii_alphabetic);
    let is_hump = before.is_some_and(u8::is_ascii_lowercase) && first.is_some_and(u8::is_ascii_uppercase);
    !(is_letter(before) && is_letter(first)) || is_hump
}

/// Whether the key begins with characters of its own, and so does the value.
fn has_mark(parts: &[Part], probe: &Probe<'_>, at: usize) -> bool {
    matches!(parts.first(), Some(Part::Literal(mark)) if mark.len() >= 3 && probe.looking_at(at, mark.as_bytes()))
}

/// How many characters are as `parts` say, from the first on.
fn agrees(parts: &[Part], probe: &Probe<'_>, at: usize) -> usize {
    let mut end = at;
    for part in parts {
        match *part {
            Part::Literal(literal) if probe.looking_at(end, literal.as_bytes()) => end += literal.len(),
            Part::Literal(_) => break,
            // No key has these.
            Part::Fields(..) => break,
            Part::Maybe(literal) => {
                end += if probe.looking_at(end, literal.as_bytes()) { literal.len() } else { 0 }
            }
            Part::Run(set, min, max) => {
                let from = end;
                end = probe.run(from, &set, max);
                if end - from < min || probe.is(end, &ByteSet::WORD) {
                    break;
                }
            }
        }
    }
    end - at
}

/// The fewest characters that `parts` have.
fn least(parts: &[Part]) -> usize {
    let least = |part: &Part| match *part {
        Part::Literal(literal) => literal.len(),
        Part::Maybe(_) | Part::Fields(..) => 0,
        Part::Run(_, min, _) => min,
    };
    parts.iter().map(least).sum()
}

#[cfg(test)]
mod tests {
    use crate::detector::ByteSet;
    use crate::detector::harness::{Cases, Random};

    #[test]
    fn a_key_that_is_cut_is_low() {
        let mut random = Random::new(29);
        let (hex, letters) =
            (random.text(ByteSet::HEX_LOWER, 64), format!("zQ{}", random.text(ByteSet::ALNUM, 30)));
        let (bot, id) = (random.text(ByteSet::ALNUM, 40), "99224738:");
        let (bot, no_bot) = (format!("{id}{}", &bot[..35]), format!("{id}{bot}"));
        let (short, long, kimi) = (&hex[..39], format!("{hex}R2z"), format!("sk-{}", &letters[..20]));
        Cases::of("secret.generic")
            .low(&format!("bitly_token = {short}"), short)
            .low(&format!("{{\"merakiToken\": \"{long}\"}}"), &long)
            .low(&format!("KIMI_API_KEY={kimi}"), &kimi)
            .low(&format!("AWS_SECRET_ACCESS_KEY={}", &hex[..42]), &hex[..42])
            .low(&format!("telegram_token = \"{no_bot}\""), &no_bot)
            .miss(&format!("telegram_token = \"{bot}\""))
            // A secret of one's own, a provider of many forms, and no provider at all.
            .hit(&format!("meraki_token = {letters}"), &letters)
            .hit(&format!("gitlab_token={letters}"), &letters)
            .hit(&format!("corp_token = {short}"), short)
            .run();
    }
}
