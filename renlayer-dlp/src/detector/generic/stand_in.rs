//! What stands where a secret would, and is none.

/// Words of types, of states and of schemas: no value at all.
const NO_VALUES: [&[u8]; 30] = [
    b"string",
    b"password",
    b"passwd",
    b"passphrase",
    b"secret",
    b"hidden",
    b"object",
    b"number",
    b"integer",
    b"boolean",
    b"required",
    b"optional",
    b"default",
    b"undefined",
    b"disabled",
    b"enabled",
    b"nullable",
    b"unknown",
    b"prompt",
    b"current-password",
    b"new-password",
    b"password_hash",
    b"varchar",
    b"text/plain",
    b"username",
    b"credentials",
    b"redacted",
    b"encrypted",
    b"filtered",
    b"private",
];

/// Whether `text` names the kind of a value, or its absence.
pub(super) fn is_no_value(text: &[u8]) -> bool {
    NO_VALUES.iter().any(|word| text.eq_ignore_ascii_case(word))
}
