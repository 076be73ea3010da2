//! Private keys in DER that base64 writes without armour, as environment variables and settings keep them.
//!
//! What a key begins with says its kind and length: the tags of ASN.1 around it, the version, and for PKCS#8 the algorithm.
//! What other base64 runs into is part of something else, and no key.

use super::{ByteSet, Part, Token, base64};

/// A line of armour has 64 characters, or 76.
const LONG: &[Part] = &[Part::Run(ByteSet::BASE64, 100, 14_000), Part::Maybe("="), Part::Maybe("=")];

pub(super) const ROWS: &[Token] = &[
    // PKCS#1 of 1024, 2048, 3072 and 4096 bits, whose lengths differ by a few bytes.
    token!(
        "rsa_der_key" in "private_key",
        "an RSA private key in base64 without armour",
        [
            "MIICWgIBAAKBgQ", "MIICWwIBAAKBgQ", "MIICXAIBAAKBgQ", "MIICXQIBAAKBgQ", "MIICXgIBAAKBgQ",
            "MIIEogIBAAKCAQEA", "MIIEowIBAAKCAQEA", "MIIEpAIBAAKCAQEA", "MIIEpQIBAAKCAQEA", "MIIEpgIBAAKCAQEA",
            "MIIG4gIBAAKCAYEA", "MIIG4wIBAAKCAYEA", "MIIG5AIBAAKCAYEA", "MIIG5QIBAAKCAYEA",
            "MIIJJwIBAAKCAgEA", "MIIJKAIBAAKCAgEA", "MIIJKQIBAAKCAgEA", "MIIJKgIBAAKCAgEA"
        ],
        LONG
    )
    .apart(),
    token!(
        "pkcs8_der_key" in "private_key",
        "an RSA private key in PKCS#8, in base64 without armour",
        [
            "MIICdQIBADANBgkqhkiG9w0BAQEFAASC", "MIICdgIBADANBgkqhkiG9w0BAQEFAASC",
            "MIICdwIBADANBgkqhkiG9w0BAQEFAASC", "MIICeAIBADANBgkqhkiG9w0BAQEFAASC",
            "MIIEuwIBADANBgkqhkiG9w0BAQEFAASC", "MIIEvAIBADANBgkqhkiG9w0BAQEFAASC",
            "MIIEvQIBADANBgkqhkiG9w0BAQEFAASC", "MIIEvgIBADANBgkqhkiG9w0BAQEFAASC",
            "MIIEvwIBADANBgkqhkiG9w0BAQEFAASC", "MIIG/AIBADANBgkqhkiG9w0BAQEFAASC",
            "MIIG/QIBADANBgkqhkiG9w0BAQEFAASC", "MIIG/gIBADANBgkqhkiG9w0BAQEFAASC",
            "MIIG/wIBADANBgkqhkiG9w0BAQEFAASC", "MIIJQQIBADANBgkqhkiG9w0BAQEFAASC",
            "MIIJQgIBADANBgkqhkiG9w0BAQEFAASC", "MIIJQwIBADANBgkqhkiG9w0BAQEFAASC",
            "MIIJRAIBADANBgkqhkiG9w0BAQEFAASC"
        ],
        LONG
    )
    .apart(),
    // PKCS#8 of P-256, P-384, P-521 and secp256k1, then what SEC 1 itself writes.
    token!(
        "ec_der_key" in "private_key",
        "a private key of an elliptic curve in base64 without armour",
        [
            "MIGHAgEAMBMGByqGSM49AgEG", "MIGTAgEAMBMGByqGSM49AgEG", "MIG2AgEAMBAGByqGSM49AgEG",
            "MIHuAgEAMBAGByqGSM49AgEG", "MIGEAgEAMBAGByqGSM49AgEG", "MIGNAgEAMBAGByqGSM49AgEG",
            "MHcCAQEEI", "MIGkAgEBBD", "MIHcAgEBBE"
        ],
        LONG
    )
    .apart(),
    token!(
        "curve25519_der_key" in "private_key",
        "an Ed25519 or X25519 private key in base64 without armour",
        ["MC4CAQAwBQYDK2VwBCIEI", "MC4CAQAwBQYDK2VuBCIEI"],
        &[base64(43)]
    ),
];
