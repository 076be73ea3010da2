//! Addresses of cryptocurrency wallets: Bitcoin, Litecoin, Cardano and Bitcoin's test nets in their own text, Ethereum, and
//! Dogecoin, XRP, TRON and Dash after a word.
//!
//! An address shows everything its owner ever received and paid. All but plain Ethereum ones carry a checksum, which is
//! verified.
//!
//! - hit: `1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa`, `bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4`,
//!   `0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed`; `doge DMM78DyiwEPzWmykiQQUFcPcUv13YPe2ZK` by its context
//! - low: `0x` and 40 hexadecimal digits of one case without a word before them; test nets
//! - miss: a wrong checksum in any of them
//! - known mistakes: Monero and Solana are not known; a contract's address is a hit as a wallet's is.

use super::labelled::Labelled;
use super::{About, Anchor, ByteSet, Detector, Match, Need, Page, Probe, Start};
use crate::check::{base58, bech32, eip55};
use crate::words::Words;
use crate::{Evidence, Severity};

/// Base58Check addresses of Bitcoin.
pub(super) struct Base58;
/// Bech32 addresses.
pub(super) struct Bech32;
/// Ethereum and all that share its form.
pub(super) struct Ethereum;

const CLASS: &str = "payment.crypto_wallet";
const GLUE: ByteSet = ByteSet::WORD.or(ByteSet::EMPTY.range(0x80, 0xff));
const SHORTEST: usize = 25;
const LONGEST: usize = 36;

impl Detector for Base58 {
    fn about(&self) -> About {
        About::new("crypto_wallet_base58", CLASS, Severity::Medium, "a Bitcoin address in base58")
    }

    fn page(&self) -> Page {
        Page { basis: "version and double SHA-256", mistakes: "" }
    }

    fn anchors(&self) -> Vec<Anchor> {
        let first = ByteSet::EMPTY.with(b"13");
        vec![Anchor::digits(1, 12).beginning(first).after(GLUE.not()).then(ByteSet::ALPHA)]
    }

    fn need(&self) -> Need {
        Need::Run { length: SHORTEST, within: 0 }
    }

    fn start(&self) -> Start {
        Start::Word
    }

    fn verify(&self, probe: &Probe<'_>) -> Option<Match> {
        base58_at(probe, probe.at(), |version| matches!(version, 0 | 5))
    }
}

fn base58_at(probe: &Probe<'_>, at: usize, is_known: impl Fn(u8) -> bool) -> Option<Match> {
    let end = probe.run(at, &ByteSet::ALNUM, LONGEST);
    let length = end - at;
    if !(SHORTEST..LONGEST).contains(&length) || probe.was(at, &GLUE) || probe.is(end, &GLUE) {
        return None;
    }
    let version = base58::version(probe.slice(at..end), base58::BITCOIN)?;
    is_known(version).then(|| Match::new(at..end, 0.97).with(Evidence::CHECKSUM))
}

impl Detector for Bech32 {
    fn about(&self) -> About {
        let finds = "a Bitcoin, Litecoin or Cardano address in Bech32";
        About::new("crypto_wallet_bech32", CLASS, Severity::Medium, finds)
    }

    fn page(&self) -> Page {
        Page { basis: "Bech32 or Bech32m checksum", mistakes: "" }
    }

    fn anchors(&self) -> Vec<Anchor> {
        ["bc1", "tb1", "ltc1", "addr1"].iter().map(Anchor::word).collect()
    }

    fn start(&self) -> Start {
        Start::Word
    }

    fn verify(&self, probe: &Probe<'_>) -> Option<Match> {
        let at = probe.at();
        let end = probe.run(at, &ByteSet::ALNUM, 120);
        let whole = !probe.was(at, &GLUE) && !probe.is(end, &GLUE) && end - at > SHORTEST;
        if !whole || !bech32::holds(probe.slice(at..end)) {
            return None;
        }
        let found = Match::new(at..end, 0.97).with(Evidence::CHECKSUM);
        Some(if probe.looking_at_word(at, b"tb1") { found.harmless() } else { found })
    }
}

impl Detector for Ethereum {
    fn about(&self) -> About {
        About::new("crypto_wallet_ethereum", CLASS, Severity::Medium, "an Ethereum address")
    }

    fn page(&self) -> Page {
        let mistakes = "of one case it has no checksum: 40 hexadecimal digits of another kind are LOW";
        Page { basis: "EIP-55 checksum; words before it", mistakes }
    }

    fn anchors(&self) -> Vec<Anchor> {
        let zero = Anchor::digits(1, 1).beginning(ByteSet::EMPTY.with(b"0"));
        vec![zero.after(GLUE.not()).then(ByteSet::EMPTY.with(b"xX"))]
    }

    fn need(&self) -> Need {
        Need::Run { length: 2 + 40, within: 0 }
    }

    fn start(&self) -> Start {
        Start::Word
    }

    fn verify(&self, probe: &Probe<'_>) -> Option<Match> {
        let (at, digits) = (probe.at(), probe.at() + 2);
        let end = probe.run(digits, &ByteSet::HEX, 41);
        if !probe.looking_at_word(at, b"0x") || end - digits != 40 || probe.is(end, &GLUE) {
            return None;
        }
        let address = probe.slice(digits..end);
        let found = |confidence| Match::new(at..end, confidence);
        match eip55::case(address) {
            eip55::Case::Holds => Some(found(0.97).with(Evidence::CHECKSUM)),
            eip55::Case::Fails => None,
            eip55::Case::Plain if is_filled(address) => None,
            eip55::Case::Plain if CONTEXT.stand_behind(probe, at) => Some(found(0.8).with(Evidence::CONTEXT)),
            eip55::Case::Plain => Some(found(0.5).harmless()),
        }
    }
}

/// Nothing but a few digits and zeros: the zero address, a constant.
fn is_filled(address: &[u8]) -> bool {
    address.iter().filter(|byte| **byte != b'0').count() < 8
}

static CONTEXT: Words = Words::new(&[
    "wallet", "eth", "ether", "ethereum", "address", "usdt", "usdc", "erc20", "polygon", "bsc", "metamask",
    "crypto", "send", "donate", "deposit", "withdraw",
]);

/// Addresses that begin with a letter: too many words do, so that a name must come first.
pub(super) static OTHER: Labelled = Labelled::new(
    "crypto_wallet_other",
    CLASS,
    Severity::Medium,
    "a Litecoin, Dogecoin, Dash, TRON or XRP address",
    other,
)
.after(&[
    "litecoin*",
    "ltc",
    "doge*",
    "dash",
    "tron",
    "trx",
    "trc20",
    "usdt",
    "xrp",
    "ripple",
    "wallet*",
    "crypto*",
    "deposit address",
])
.within(40)
.of_letters()
.longest(40)
.page("a word before it, version and double SHA-256", "Monero and Solana are not known");

fn other(probe: &Probe<'_>, at: usize) -> Option<Match> {
    if probe.get(at) == Some(b'r') {
        let end = probe.run(at, &ByteSet::ALNUM, LONGEST);
        let is_known = end - at >= SHORTEST
            && !probe.is(end, &GLUE)
            && base58::version(probe.slice(at..end), base58::RIPPLE) == Some(0);
        return is_known.then(|| Match::new(at..end, 0.97).with(Evidence::CHECKSUM));
    }
    // Litecoin, Dogecoin (and its scripts), Dash, TRON.
    base58_at(probe, at, |version| matches!(version, 0x30 | 0x32 | 0x1e | 0x16 | 0x4c | 0x41))
}

#[cfg(test)]
mod tests {
    use crate::detector::harness::Cases;

    #[test]
    fn crypto_wallet_cases() {
        Cases::of("payment.crypto_wallet")
            .hit("to 1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa.", "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa")
            .hit("3P14159f73E4gFr7JterCCQh9QjiTjiZrG", "3P14159f73E4gFr7JterCCQh9QjiTjiZrG")
            .hit("bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4", "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4")
            .hit(
                "at ltc1qg0457yp54vvw74mdkrqhkvp2fyu387x2c8zs43,",
                "ltc1qg0457yp54vvw74mdkrqhkvp2fyu387x2c8zs43",
            )
            .hit("0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed", "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed")
            .hit(
                "my eth wallet is 0x5aaeb6053f3e94c9b9a09f33669435e7ef1beaed",
                "0x5aaeb6053f3e94c9b9a09f33669435e7ef1beaed",
            )
            .hit("doge: DMM78DyiwEPzWmykiQQUFcPcUv13YPe2ZK", "DMM78DyiwEPzWmykiQQUFcPcUv13YPe2ZK")
            .hit("XRP rpaLPza5oxhJ7V8nFDwPm9F7kmZ16uc8do", "rpaLPza5oxhJ7V8nFDwPm9F7kmZ16uc8do")
            .hit("usdt TUJ2YbSDGtCqzRz7quPQidRCMC98jDAPXc", "TUJ2YbSDGtCqzRz7quPQidRCMC98jDAPXc")
            .low("0x5aaeb6053f3e94c9b9a09f33669435e7ef1beaed", "0x5aaeb6053f3e94c9b9a09f33669435e7ef1beaed")
            .low("tb1qw508d6qejxtdg4y5r3zarvary0c5xw7kxpjzsx", "tb1qw508d6qejxtdg4y5r3zarvary0c5xw7kxpjzsx")
            .miss("1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNb")
            .miss("bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t5")
            .miss("0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAeD and wallet 0x0000000000000000000000000000000000000000")
            .miss("the 1st 3rd 1x 3a")
            .run();
    }
}
