//! `private key` in two words: people write its fingerprint, its file and its id behind them as well.
//!
//! - hit: 64 hexadecimal digits, with `0x` or not, what Bitcoin's wallets import, base64 of 40 characters or more
//! - miss: `private key: SHA256:…`, `Private key: kms-key-7f3a9c2e`, `private key: 81:A6:5A:E2`, `private key: arn:aws:kms:…`

use crate::check::{base58, language};
use crate::detector::ByteSet;

const WORDS: &[u8] = b"private key";
/// The fewest characters of base64 that are one.
const LEAST_BASE64: usize = 40;
/// How many characters what a wallet imports has, and what it begins with.
const IMPORTED: [usize; 2] = [51, 52];
const IMPORTED_BEGIN: ByteSet = ByteSet::EMPTY.with(b"5KL9c");

/// Whether a value may be what the name is for: under any other it is.
pub(super) fn allow(name: &[u8], text: &[u8]) -> bool {
    let is_named = name.windows(WORDS.len()).any(|words| words.eq_ignore_ascii_case(WORDS));
    !is_named || is_number(text) || is_imported(text) || is_base64(text)
}

fn is_number(text: &[u8]) -> bool {
    let digits = text.strip_prefix(b"0x").unwrap_or(text);
    digits.len() == 64 && digits.iter().all(u8::is_ascii_hexdigit)
}

fn is_imported(text: &[u8]) -> bool {
    IMPORTED.contains(&text.len())
        && text.first().is_some_and(|first| IMPORTED_BEGIN.has(*first))
        && text.iter().all(|byte| base58::BITCOIN.contains(byte))
}

/// A hash in hexadecimal is no key, and what is no multiple of four an id.
fn is_base64(text: &[u8]) -> bool {
    let padding = text.iter().rev().take_while(|byte| **byte == b'=').count();
    let body = text.get(..text.len() - padding).unwrap_or_default();
    text.len() >= LEAST_BASE64
        && text.len().is_multiple_of(4)
        && padding <= 2
        && body.iter().all(|byte| ByteSet::BASE64.has(*byte))
        && !language::is_hex(body)
}

#[cfg(test)]
mod tests {
    use crate::detector::ByteSet;
    use crate::detector::harness::{Cases, Random};

    #[test]
    fn a_private_key_in_two_words_is_written_as_one() {
        let mut random = Random::new(73);
        let hex = random.text(ByteSet::HEX_LOWER, 64);
        let base64 = random.text(ByteSet::ALNUM, 43) + "=";
        let wallet = format!("K{}", random.text(ByteSet::ALNUM.without(b"0OIl"), 51));
        let id = format!("Qm{}", random.text(ByteSet::ALNUM.without(b"0OIl"), 44));
        let mut cases = Cases::of("secret.generic");
        for key in [&hex, &format!("0x{hex}"), &base64, &wallet] {
            cases = cases
                .hit(&format!("Private key: {key}\n"), key)
                .hit(&format!("{{\"private key\": \"{key}\"}}"), key);
        }
        cases
            .miss(&format!("private key: {}\nprivate key: sha256:{hex}\n", &hex[..40]))
            .miss(&format!("GitHub App private key: SHA256:{base64}\nprivate key: {id}\n"))
            .miss(&format!("Private key: kms-key-{}\nprivate key = {}\n", &hex[..8], &hex[..16]))
            .miss(&format!("private key: 81:A6:5A:E2\n{{\"private key\":\"{}\"}}", &hex[..8]))
            .miss(&format!("private key: arn:aws:kms:eu-west-1:111122223333:key/{}\n", &hex[..12]))
            .miss(&format!("The private key is {id}, the private key is {}.", &hex[..40]))
            .run();
    }
}
