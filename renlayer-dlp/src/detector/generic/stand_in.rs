//! What stands where a secret would, and is none.

/// Words of types, of states and of schemas: no value at all.
const NO_VALUES: [&[u8]; 37] = [
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
    b"true",
    b"false",
    b"none",
    b"null",
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
    b"masked",
    b"removed",
    b"censored",
    b"encrypted",
    b"filtered",
    b"private",
];

/// Whether `text` names the kind of a value, or its absence.
pub(super) fn is_no_value(text: &[u8]) -> bool {
    NO_VALUES.iter().any(|word| text.eq_ignore_ascii_case(word))
}

/// Those of them that are passwords where code sets one.
const WEAK_PASSWORDS: [&[u8]; 7] =
    [b"password", b"passwd", b"passphrase", b"secret", b"hidden", b"default", b"private"];

/// Whether `text` is the word for a password, which people also take for one.
pub(super) fn is_weak_password(text: &[u8]) -> bool {
    WEAK_PASSWORDS.iter().any(|word| text.eq_ignore_ascii_case(word))
}

/// What a value is called, and what people put around that.
const SAYING: [&str; 9] =
    ["password", "passwort", "passwd", "passphrase", "secret", "token", "key", "pass", "pwd"];
const FILLING: [&str; 47] = [
    "access", "api", "app", "auth", "clear", "client", "database", "default", "demo", "dummy", "fake",
    "good", "long", "new", "old", "plain", "private", "random", "secure", "simple", "some", "strong",
    "super", "test", "text", "this", "user", "very", "weak", "is", "my", "db", "sql", "postgres", "redis",
    "mongo", "admin", "root", "master", "sample", "example", "invalid", "wrong", "value", "not", "real",
    "here",
];

/// In lower case, and with the letters for which people write a sign inside of a word: `P@ssw0rd`.
fn plain(text: &[u8]) -> Vec<u8> {
    let letter = |i: usize| text.get(i).is_some_and(u8::is_ascii_alphabetic);
    let inside = |i: usize| {
        letter(i + 1) || (i > 0 && letter(i - 1) && text.get(i + 2).is_some_and(u8::is_ascii_alphabetic))
    };
    let plain = |(i, byte): (usize, &u8)| match byte {
        b'@' | b'4' if inside(i) => b'a',
        b'3' if inside(i) => b'e',
        b'0' if inside(i) => b'o',
        b'$' | b'5' if inside(i) => b's',
        byte => byte.to_ascii_lowercase(),
    };
    text.iter().enumerate().map(plain).collect()
}

/// Whether `text` is made of such words, and of a short number or a sign: `CleartextPassword1`, `my-secret-key`.
pub(in crate::detector) fn says_what_it_is(text: &[u8]) -> bool {
    let lower = plain(text);
    let (mut rest, mut says, mut others) = (&*lower, false, 0);
    while let Some((first, tail)) = rest.split_first() {
        let word =
            |words: &[&'static str]| words.iter().find(|word| rest.starts_with(word.as_bytes())).copied();
        let (said, filled) = (word(&SAYING), word(&FILLING));
        says |= said.is_some();
        rest = match said.or(filled) {
            Some(word) => rest.get(word.len()..).unwrap_or_default(),
            None if first.is_ascii_alphabetic() => return false,
            None => tail,
        };
        others += usize::from(said.or(filled).is_none());
    }
    says && others <= 6
}

/// Whether `text` is what a provider gives out to be shown: publishable keys of Stripe, Supabase, PubNub and PostHog, consumer keys of
/// Salesforce, client tokens of Datadog.
pub(super) fn is_public(text: &[u8]) -> bool {
    const MARKS: [&[u8]; 7] =
        [b"pk_live_", b"pk_test_", b"sb_publishable_", b"pub-c-", b"sub-c-", b"phc_", b"3MVG9"];
    let is_client = |rest: &[u8]| rest.len() == 32 && rest.iter().all(u8::is_ascii_hexdigit);
    MARKS.iter().any(|mark| text.starts_with(mark)) || text.strip_prefix(b"pub").is_some_and(is_client)
}

/// Whether `text` is the name of a secret: `hexPKCS1TestPKCS8Key`, `awsimdsv2sessiontoken`. Of random values one in a
/// thousand holds such a word.
pub(super) fn names_a_secret(text: &[u8]) -> bool {
    const WORDS: [&[u8]; 5] = [b"key", b"token", b"secret", b"password", b"credential"];
    let lower = text.to_ascii_lowercase();
    let says = |word: &[u8]| lower.windows(word.len()).any(|window| window == word);
    text.iter().all(u8::is_ascii_alphanumeric) && WORDS.into_iter().any(says)
}

/// What Sealed Secrets make of a secret is longer by far: a key of RSA alone has as many characters.
const LONG: usize = 200;

/// Whether `text` is written as those write who encrypt what they keep: without the key that is elsewhere it opens nothing.
pub(super) fn is_encrypted(text: &[u8]) -> bool {
    // SOPS, Jasypt, Vault's transit engine.
    const MARKS: [&[u8]; 3] = [b"ENC[", b"ENC(", b"vault:v"];
    // How AWS KMS and, with a length of RSA of 2048 and 4096 bits before it, Sealed Secrets begin, in base64.
    let is_sealed = || match text {
        [b'A', b'Q', b'I', b'C', b'A', b'H', ..] => text.len() >= 100,
        [b'A', b'g' | b'Q', b'A'..=b'D', ..] => text.len() >= LONG,
        _ => false,
    };
    MARKS.iter().any(|mark| text.starts_with(mark)) || is_sealed()
}
