//! Discord's tokens of bots and accounts: the account's number in base64, the time, and a signature.
//!
//! The number is a snowflake, 17 to 20 digits, and where that is what the first part says the token needs no name. Base64 of three digits
//! begins in few ways, and those that words begin with as well are left to the names of values.
//!
//! - hit: base64 of `1025…`, a dot, six characters, a dot, 27 or 38 characters
//! - low: the same where the first part begins with digits, and goes on with something else, or with parts of other lengths: made up, or cut
//! - miss: a first part that is no number, a JWT, a cookie that is signed
//! - known mistakes: a number of 18 digits that begins with 4, 5, 8 or 9 is found by its name alone.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;

use super::token::is_glued;
use super::{About, Anchor, ByteSet, Detector, Match, Need, Page, Probe, Start};
use crate::{Evidence, Severity};

/// See the [module](self).
pub(super) struct DiscordToken;

/// What base64 makes of the first digit and the half of the next, `1`, `2`, `3`, `6` and `7`.
const FIRST: [&str; 5] = ["MT", "Mj", "Mz", "Nj", "Nz"];
/// And of the rest of the next.
const SECOND: [&str; 10] = ["A", "E", "I", "M", "Q", "U", "Y", "c", "g", "k"];
/// How long the three parts are.
const NUMBER: (usize, usize) = (23, 28);
const TIME: (usize, usize) = (6, 7);
const SIGNATURE: (usize, usize) = (27, 38);
/// How many digits a snowflake has.
const DIGITS: std::ops::RangeInclusive<usize> = 17..=20;
/// So many digits whoever makes one up copies.
const LEAST_DIGITS: usize = 4;
const URL64: ByteSet = ByteSet::BASE64URL;

impl Detector for DiscordToken {
    fn about(&self) -> About {
        let finds = "a Discord token of a bot or an account, by the number in it";
        About::new("discord_bare_token", "secret.discord_token", Severity::Critical, finds)
    }

    fn page(&self) -> Page {
        let mistakes = "a number of 18 digits that begins with 4, 5, 8 or 9 is found by its name alone";
        Page { basis: "three parts, the first of which is a number in base64", mistakes }
    }

    fn anchors(&self) -> Vec<Anchor> {
        let each =
            |first: &'static str| SECOND.into_iter().map(move |next| Anchor::literal([first, next].concat()));
        FIRST.into_iter().flat_map(each).collect()
    }

    fn need(&self) -> Need {
        Need::Run { length: NUMBER.0 + TIME.0 + SIGNATURE.0 + 2, within: 0 }
    }

    fn start(&self) -> Start {
        Start::Word
    }

    fn ahead(&self) -> usize {
        NUMBER.1 + TIME.1 + SIGNATURE.1 + 4
    }

    fn verify(&self, probe: &Probe<'_>) -> Option<Match> {
        let at = probe.at();
        if is_glued(probe, at) {
            return None;
        }
        let first = part(probe, at, NUMBER)?;
        let time = part(probe, after_dot(probe, first)?, TIME)?;
        let end = part(probe, after_dot(probe, time)?, SIGNATURE)?;
        let number = STANDARD_NO_PAD.decode(probe.slice(at..first)).ok()?;
        let digits = number.iter().take_while(|byte| byte.is_ascii_digit()).count();
        let is_number = digits == number.len() && DIGITS.contains(&digits);
        // Four bytes of time, 20 or 28 of a signature.
        let is_exact = time - first == 1 + TIME.0 && [SIGNATURE.0, SIGNATURE.1].contains(&(end - time - 1));
        let found = Match::new(at..end, 0.95).with(Evidence::STRUCTURE);
        match () {
            () if is_number && is_exact => Some(found),
            () if digits >= LEAST_DIGITS => Some(found.harmless()),
            () => None,
        }
    }
}

/// Where a part ends that begins at `at` and is that long.
fn part(probe: &Probe<'_>, at: usize, (least, most): (usize, usize)) -> Option<usize> {
    let end = probe.run(at, &URL64, most);
    (end - at >= least && !probe.is(end, &URL64)).then_some(end)
}

fn after_dot(probe: &Probe<'_>, at: usize) -> Option<usize> {
    probe.is(at, &ByteSet::EMPTY.with(b".")).then_some(at + 1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::detector::harness::{Cases, Random};

    #[test]
    fn discord_token_cases() {
        let mut random = Random::new(91);
        let (time, signature) = (random.text(ByteSet::ALNUM, 6), random.text(URL64.without(b"-_"), 38));
        let token = |number: &str| format!("{}.{time}.{signature}", STANDARD_NO_PAD.encode(number));
        let (own, old, made_up) =
            (token("1025794813959591936"), token("279928149447645598"), token("102948139Y95910x16"));
        Cases::of("secret.discord_token")
            .hit(&format!("client.login('{own}')"), &own)
            .hit(&format!("{old}\n"), &old)
            .low(&format!("run {made_up}"), &made_up)
            .low(&format!("run {}", &own[..own.len() - 1]), &own[..own.len() - 1])
            .miss(&format!("x{own}"))
            .miss(&token("the number of it is 1"))
            .miss(&own.replace('.', ":"))
            .miss(&format!("{own}{own}"))
            .run();
    }
}
