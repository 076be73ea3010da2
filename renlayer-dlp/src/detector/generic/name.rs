//! Names that say secret, and those that only seem to.

use std::ops::Range;

use smallvec::SmallVec;

use super::keyword::PASSWORDS;
use crate::detector::{ByteSet, Probe};
use crate::openings::Openings;
use crate::words::{Lists, Standing};

/// What kind of value a name promises.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// Chosen by a person, so less random.
    Password,
    /// Made by a machine.
    Key,
    /// The same, where the name says "key" alone, as the names of many harmless things do.
    BareKey,
    /// The same with a word before it that may be a provider's: `uplead_key`.
    SomebodysKey,
    /// A name and a password in base64, as `.docker/config.json` keeps them.
    Login,
    /// The header, whose value is base64 of a name and a password, or a key.
    Authorization,
}

/// And by other names.
const PASSWORD: [&str; 8] = [
    "passwords",
    "userpassword",
    "dbpassword",
    "dbpasswd",
    "dbpass",
    "mypassword",
    // By SQL: `IDENTIFIED BY '…'`.
    "identified",
    "pw",
];
const AUTHORIZATION: [&str; 2] = ["authorization", "bearer"];
const LOGIN: [&str; 1] = ["auth"];
const KEY: [&str; 1] = ["key"];
/// With one of these, a key is a secret one.
const QUALIFIED: [&str; 49] = [
    "api",
    "apikey",
    "access",
    "accesskey",
    "secret",
    "secretkey",
    "private",
    "privatekey",
    "auth",
    "oauth",
    "account",
    "service",
    "client",
    "db",
    "database",
    "encryption",
    "master",
    "signing",
    "sign",
    "storage",
    "app",
    "admin",
    "server",
    "license",
    "licence",
    "integration",
    "webhook",
    "deploy",
    "session",
    "hmac",
    "jwt",
    "shared",
    "subscription",
    "write",
    "ingest",
    "user",
    "token",
    "consumer",
    "application",
    "bot",
    "crypt",
    "cipher",
    "aes",
    "rest",
    "rpc",
    "test",
    "prod",
    "live",
    "dev",
];

/// Names with one of these are of something else: what is public, an id, a place, a measure, a page of a list.
const HARMLESS: [&str; 97] = [
    "public",
    "publickey",
    "pub",
    "pubkey",
    "id",
    "ids",
    "uuid",
    "url",
    "uri",
    "endpoint",
    "host",
    "path",
    "file",
    "filename",
    "dir",
    "name",
    "names",
    "length",
    "size",
    "count",
    "limit",
    "max",
    "min",
    "type",
    "kind",
    "format",
    "version",
    "hash",
    "hashed",
    "digest",
    "checksum",
    "sha",
    "csrf",
    "authenticity",
    "xsrf",
    "nonce",
    "page",
    "next",
    "prev",
    "cursor",
    "continuation",
    "sync",
    "ttl",
    "expiry",
    "expires",
    "expiration",
    "algorithm",
    "alg",
    "regex",
    "pattern",
    "prefix",
    "suffix",
    "ref",
    "label",
    "title",
    "description",
    "placeholder",
    "hint",
    "field",
    "column",
    "chars",
    "charset",
    "alphabet",
    "accessor",
    "arn",
    "integrity",
    "fingerprint",
    "thumbprint",
    "tokens",
    "index",
    "variable",
    "cache",
    "partition",
    "sort",
    "primary",
    "foreign",
    "etag",
    "message",
    "binding",
    "shortcut",
    "idempotency",
    "sitekey",
    "site",
    "publishable",
    "certificate",
    "cert",
    "policy",
    "rule",
    "rules",
    "strength",
    "uid",
    "oid",
    "ssh",
    "recv",
    "keyserver",
    "gpg",
    "pgp",
];

/// Of these, what has secrets of its own: `ssh_password`, where `csrf_secret` and `field_password` are harmless.
const OWNERS: [&str; 9] = ["ssh", "host", "certificate", "cert", "file", "gpg", "pgp", "keyserver", "label"];

/// With one of these a token or key is of something else, unless it comes last or is set; a password is its password.
const PLACES: [&str; 4] = ["vault", "store", "provider", "manager"];

/// What becomes of a password that somebody gives.
const OUTCOMES: [&str; 9] =
    ["error", "err", "wrong", "status", "invalid", "incorrect", "bad", "failed", "code"];

/// What a word in a name says, in the order of [`NAMES`].
#[derive(Clone, Copy)]
enum Says {
    Password,
    OtherPassword,
    Authorization,
    Login,
    Key,
    Qualified,
    Harmless,
    Owner,
    Place,
    Outcome,
    Secret,
}

/// The lists of all that, of which one look at a name tells what it says.
static NAMES: Lists<213> = Lists::new(&[
    &PASSWORDS,
    &PASSWORD,
    &AUTHORIZATION,
    &LOGIN,
    &KEY,
    &QUALIFIED,
    &HARMLESS,
    &OWNERS,
    &PLACES,
    &OUTCOMES,
    &SECRET,
]);

/// What the words of a name say.
#[derive(Clone, Copy)]
struct Said(Standing);

impl Said {
    fn by(name: &[u8]) -> Self {
        Self(NAMES.standing_in(name))
    }

    fn has(self, says: Says) -> bool {
        self.0.has(says as usize)
    }
}

impl Kind {
    /// Of the name of a value, where it says secret.
    pub(super) fn of(name: &[u8]) -> Option<Self> {
        let (said, last) = (Said::by(name), last_word(name));
        if said.has(Says::Harmless) && !(said.has(Says::Owner) && ends_with_secret(name)) {
            return None;
        }
        let ends = |word: &[u8]| ends_with(last, word);
        let is_password = said.has(Says::Password)
            || said.has(Says::OtherPassword)
            || [&b"password"[..], b"passwd", b"pwd"].into_iter().any(ends);
        let is_of_a_place =
            || said.has(Says::Place) && Said::by(called(name)).has(Says::Place) && !ends_with_token(name);
        let is_key = said.has(Says::Key) || ends(b"key");
        let is_bare_key = is_key && !said.has(Says::Qualified) && !says_more(name);
        Some(match () {
            () if said.has(Says::Authorization) => Self::Authorization,
            () if is_password => Self::Password,
            () if is_of_a_place() => return None,
            () if is_bare_key && said.has(Says::Key) && says_whose(name) => Self::SomebodysKey,
            () if is_bare_key => Self::BareKey,
            () if (said.has(Says::Login) || ends(b"auth")) && !said.has(Says::Secret) => Self::Login,
            () => Self::Key,
        })
    }
}

/// What the last name promised: in rows and lists the next one is mostly the same.
#[derive(Default)]
struct NamedKind {
    name: SmallVec<[u8; LONGEST_KEPT]>,
    kind: Option<Kind>,
}

/// The longest name that is kept so.
const LONGEST_KEPT: usize = 32;

impl Kind {
    /// What [`Kind::of`] says of a name, read once where it was the last one that the text asked about.
    pub(super) fn of_next(probe: &Probe<'_>, name: &[u8]) -> Option<Self> {
        if name.is_empty() || name.len() > LONGEST_KEPT {
            return Self::of(name);
        }
        probe.shared(|last: &mut NamedKind| {
            if last.name.as_slice() != name {
                (last.name, last.kind) = (SmallVec::from_slice(name), Self::of(name));
            }
            last.kind
        })
    }

    /// Whether the name says no more than "key".
    pub(super) fn is_bare(self) -> bool {
        matches!(self, Self::BareKey | Self::SomebodysKey)
    }
}

/// Whether there is more to the name than "key", and than a word that stands for any name: `someKey`.
fn says_whose(name: &[u8]) -> bool {
    const KEYS: usize = "keys".len();
    const ANYBODYS: [&str; 8] = ["some", "any", "other", "another", "this", "that", "your", "the"];
    let is_long = || name.iter().filter(|byte| byte.is_ascii_alphanumeric()).count() > KEYS + 2;
    let last = last_word(name).rsplit(|byte| *byte == b'.').next().unwrap_or_default();
    let is_before_key = |word: &str| {
        let rest = last.get(word.len()..).unwrap_or_default();
        let rest = rest.strip_prefix(b"_").or(rest.strip_prefix(b"-")).unwrap_or(rest);
        last.to_ascii_lowercase().starts_with(word.as_bytes())
            && (rest.eq_ignore_ascii_case(b"key") || rest.eq_ignore_ascii_case(b"keys"))
    };
    is_long() && !ANYBODYS.into_iter().any(is_before_key)
}

/// Other words that say secret by themselves.
const SECRET: [&str; 7] = ["secret", "token", "credential", "credentials", "key", "apikey", "user"];

/// Whether a name with "key" in it says of what: without that it is bare, as `cacheKey`, `partition_key`, `blobkey` are.
fn says_more(name: &[u8]) -> bool {
    const WORDS: [&str; 8] =
        ["secret", "token", "credential", "apikey", "accesskey", "authkey", "masterkey", "privatekey"];
    static BEGINS: Openings = Openings::of(&WORDS);
    let begins = |rest: &[u8]| {
        let stands = |word: &str| {
            rest.get(..word.len()).is_some_and(|there| there.eq_ignore_ascii_case(word.as_bytes()))
        };
        BEGINS.may_begin(rest) && WORDS.into_iter().any(stands)
    };
    (0..name.len()).any(|at| name.get(at..).is_some_and(begins))
}

/// Whether the last word of a name says secret, and not only what about a secret it is.
pub(super) fn ends_with_secret(name: &[u8]) -> bool {
    const LAST: [&[u8]; 10] = [
        b"password",
        b"passwd",
        // What Ansible logs in with.
        b"ssh_pass",
        b"secret",
        b"pwd",
        b"passphrase",
        b"api_key",
        b"apikey",
        b"secret_key",
        b"access_key",
    ];
    LAST.into_iter().any(|word| ends_with(last_word(name), word))
}

/// A name up to its last letter or digit, without the quotes and spaces that may stand before an operator.
fn last_word(name: &[u8]) -> &[u8] {
    let end = name.iter().rposition(u8::is_ascii_alphanumeric).map_or(0, |last| last + 1);
    name.get(..end).unwrap_or_default()
}

/// Whether the name is that of a token of a place, and not of a place of tokens.
fn ends_with_token(name: &[u8]) -> bool {
    ends_with(name, b"token") || ends_with(name, b"secret")
}

/// Whether `name` ends with `word`, in either case.
pub(super) fn ends_with(name: &[u8], word: &[u8]) -> bool {
    name.len() >= word.len()
        && name.get(name.len() - word.len()..).is_some_and(|end| end.eq_ignore_ascii_case(word))
}

/// Whether the last word of a name ends with `word`, in either case.
pub(super) fn ends_in(name: &[u8], word: &[u8]) -> bool {
    ends_with(last_word(name), word)
}

/// Whether a name calls its value a secret: `client_secret`, `SECRET_KEY`.
pub(super) fn says_secret(name: &[u8]) -> bool {
    const LAST: [&[u8]; 4] = [b"secret", b"secret_key", b"secretkey", b"secret-key"];
    LAST.into_iter().any(|word| ends_in(name, word))
}

/// Whether the last word of a name is `pass`, which things have that no password opens: `render_pass`.
pub(super) fn is_pass(name: &[u8]) -> bool {
    ends_with_word(name, b"pass")
}

/// Whether the last word of a name is that one, in either case.
pub(super) fn ends_with_word(name: &[u8], last: &[u8]) -> bool {
    let mut words = last_word(name).rsplit(|byte| !byte.is_ascii_alphanumeric());
    words.next().is_some_and(|word| word.eq_ignore_ascii_case(last))
}

/// What a name says itself: of a call that sets it, without that in which it is set (`manager.setCipherKey`).
fn called(name: &[u8]) -> &[u8] {
    let last = name.rsplit(|byte| *byte == b'.').next().unwrap_or_default();
    if is_setter(name) { last } else { name }
}

/// Whether a name is that of a call which sets what it names: `setPassword`, `withPassword`.
pub(super) fn is_setter(name: &[u8]) -> bool {
    const SETS: [&[u8]; 2] = [b"set", b"with"];
    let last = name.rsplit(|byte| *byte == b'.').next().unwrap_or_default();
    SETS.into_iter().any(|word| last.len() > word.len() && last.to_ascii_lowercase().starts_with(word))
}

/// Whether a name tells what became of a password.
pub(super) fn tells_an_outcome(name: &[u8]) -> bool {
    Said::by(name).has(Says::Outcome)
}

/// Whether the keyword that ends at `end` is a word of its own, or its plural: `secretsmanager` and `tokenizer` are others.
pub(super) fn is_whole(probe: &Probe<'_>, end: usize) -> bool {
    let goes_on = |at: usize| {
        let last = probe.before(end).is_some_and(|byte| byte.is_ascii_uppercase());
        probe.get(at).is_some_and(|next| next.is_ascii_alphabetic() && next.is_ascii_uppercase() == last)
    };
    let is_plural = probe.is(end, &ByteSet::EMPTY.with(b"sS")) && !goes_on(end + 1);
    !goes_on(end) || is_plural
}

/// How far before a name in a sentence the words go that belong to it.
pub(super) const PHRASE: usize = 16;

/// Whether the token is the place of a page in a list: `Next page token: …`.
pub(super) fn is_of_a_page(probe: &Probe<'_>) -> bool {
    const WORDS: [&[u8]; 4] = [b"page ", b"sync ", b"cursor ", b"continuation "];
    let before = probe.behind(probe.at(), PHRASE);
    let begins = |word: &[u8]| !probe.was(probe.at() - word.len(), &ByteSet::ALPHA);
    before.last() == Some(&b' ') && WORDS.into_iter().any(|word| ends_with(before, word) && begins(word))
}

/// Whether a word says that what follows is of something harmless: `the next page token`.
pub(super) fn is_of_something_harmless(phrase: &[u8]) -> bool {
    Said::by(phrase).has(Says::Harmless)
}

/// What may stand between a keyword and the operator, and how much of it; Markdown has `**password**: …`.
const INSIDE: ByteSet = ByteSet::WORD.with(b"-. \t\"'`)]?!\\*");
pub(super) const LONGEST_REST: usize = 32;
const OPENS_SIZE: ByteSet = ByteSet::EMPTY.with(b"[");

/// Where what may be the rest of a name ends, whose keyword ends at `after`.
pub(super) fn rest(probe: &Probe<'_>, after: usize) -> usize {
    let end = probe.run(after, &INSIDE, LONGEST_REST + 1);
    if probe.is(end, &OPENS_SIZE) { array(probe, after, end).unwrap_or(end) } else { end }
}

/// Whether what stands between the keyword and the operator, which are those of `between`, still belongs to the name: the rest of it,
/// a quote or bracket, a type, and no sentence.
pub(super) fn reaches(probe: &Probe<'_>, between: Range<usize>) -> bool {
    let text = probe.slice(between.clone());
    let words = || text.split(|byte| *byte == b' ').filter(|word| !word.is_empty()).count();
    if text.len() > LONGEST_REST || words() > 2 {
        return false;
    }
    match text.iter().position(|byte| !INSIDE.has(*byte)) {
        None => true,
        Some(bracket) => array(probe, between.start, between.start + bracket) == Some(between.end),
    }
}

/// `char password[32] = …`: where the operator stands, if the bracket after the name whose keyword ends at `after` holds the size of an
/// array of characters that C declares. An element of one has no type before it, and a regular expression more in its brackets.
fn array(probe: &Probe<'_>, after: usize, bracket: usize) -> Option<usize> {
    const TYPES: [&[u8]; 4] = [b"char", b"char_t", b"byte", b"int8_t"];
    let is_name = probe.slice(after..bracket).iter().all(|byte| ByteSet::WORD.has(*byte));
    let size = probe.run(bracket + 1, &ByteSet::WORD, LONGEST_REST);
    let end = probe.run(size + 1, &ByteSet::SPACE, LONGEST_REST);
    let is_given = probe.is(bracket, &OPENS_SIZE)
        && probe.looking_at(size, b"]")
        && probe.looking_at(end, b"=")
        && !probe.looking_at(end, b"==");
    if !is_name || !is_given {
        return None;
    }
    let start = probe.run_back(probe.at(), &ByteSet::WORD, LONGEST_REST);
    let before = probe.slice(probe.run_back(start, &ByteSet::WORD.with(b" "), LONGEST_REST)..start);
    let before = before.strip_suffix(b" ")?.to_ascii_lowercase();
    TYPES.iter().any(|kind| before.ends_with(kind)).then_some(end)
}

/// Whether the keyword that ends at `after` ends the name of an element in its tag: `<password>`, `<password id="1">`.
pub(super) fn is_element(probe: &Probe<'_>, after: usize) -> bool {
    begins_tag(probe) && probe.is(after, &ByteSet::SPACE.with(b">"))
}

/// Whether a tag begins with the name.
pub(super) fn begins_tag(probe: &Probe<'_>) -> bool {
    let start = probe.run_back(probe.at(), &NAME, 40);
    probe.was(start, &ByteSet::EMPTY.with(b"<"))
}

/// Whether the attribute whose name ends at `end` gives the value of its element.
pub(super) fn is_value(probe: &Probe<'_>, end: usize) -> bool {
    const VALUES: [&[u8]; 4] = [b"value", b"val", b"text", b"content"];
    let called = probe.slice(probe.run_back(end, &NAME, 16)..end);
    VALUES.into_iter().any(|value| called.eq_ignore_ascii_case(value))
}

/// What a name is made of, with its path.
const NAME: ByteSet = ByteSet::WORD.with(b"-.");

/// Where the name ends that begins at `at`.
pub(super) fn end(probe: &Probe<'_>, at: usize) -> usize {
    probe.run(at, &NAME, 40)
}

/// The name that ends before the operator at `end`, with its path: `spring.datasource.password`.
pub(super) fn around<'t>(probe: &Probe<'t>, end: usize) -> &'t [u8] {
    let start = probe.run_back(probe.at(), &NAME, 40);
    probe.slice(start..end)
}
