//! Credentials inside URLs: of databases and brokers, and of everything else.
//!
//! `scheme://user:password@host` is how most programs are given a password, so it stands in configuration, logs and prompts.
//! For a database the whole URL is the value, since the name of the host and the base belong to it; elsewhere the value ends
//! with the host.
//!
//! - hit: `postgres://app:s3cr3t-9x@db.corp.io/main`, `https://deploy:hunter-22@corp.io/x`
//! - hit: `https://9f3a…@github.com`, a user as random as a key in place of both
//! - low: `postgres://postgres:postgres@localhost/test`, `https://user:password@example.com`
//! - miss: no password, `postgres://user:${DB_PASSWORD}@host`, `https://host/a:b@c`, `https://$TOKEN:x-oauth-basic@github.com`
//! - known mistakes: a password with a `/` or `@` that is not percent-encoded ends the search; `host:port@` oddities of
//!   single programs are not known.

use super::generic::says_what_it_is;
use super::token::is_placeholder;
use super::{About, Anchor, ByteSet, Detector, Match, Need, Page, Probe, Start};
use crate::check::{entropy, language};
use crate::{Evidence, Severity};

/// URLs of databases, queues and directories.
pub(super) struct DatabaseUrl;
/// All other URLs.
pub(super) struct BasicAuthUrl;

/// What stands between the scheme and the user.
const MARK: &str = "://";
const SCHEME: ByteSet = ByteSet::ALNUM.with(b"+.-:");
const LONGEST_SCHEME: usize = 32;
/// What may stand before the path; a `$` or `{` there is a variable, which is looked at later.
const AUTHORITY: ByteSet = ByteSet::ALNUM.with(b"-._~!$&()*+,;=:%@^{}[]|#?");
const LONGEST_AUTHORITY: usize = 512;
const REST: ByteSet = ByteSet::ALNUM.with(b"-._~!$&()*+,;=:%@/?#");
const LONGEST_REST: usize = 512;

const DATABASES: [&[u8]; 22] = [
    b"postgres",
    b"postgresql",
    b"mysql",
    b"mysql2",
    b"mariadb",
    b"mongodb",
    b"redis",
    b"rediss",
    b"valkey",
    b"amqp",
    b"amqps",
    b"mssql",
    b"sqlserver",
    b"oracle",
    b"clickhouse",
    b"cockroachdb",
    b"couchbase",
    b"neo4j",
    b"bolt",
    b"snowflake",
    b"ldap",
    b"ldaps",
];

impl Detector for DatabaseUrl {
    fn about(&self) -> About {
        let finds = "a database or broker URL with a password";
        About::new("database_url", "secret.database_url", Severity::Critical, finds)
    }

    fn page(&self) -> Page {
        PAGE
    }

    fn anchors(&self) -> Vec<Anchor> {
        vec![Anchor::literal(MARK)]
    }

    fn need(&self) -> Need {
        NEED
    }

    fn start(&self) -> Start {
        Start::After
    }

    fn ahead(&self) -> usize {
        LONGEST_AUTHORITY + LONGEST_REST + 8
    }

    fn verify(&self, probe: &Probe<'_>) -> Option<Match> {
        let url = Url::read(probe)?;
        if !url.is_database {
            return None;
        }
        let end = probe.run(url.end, &REST, LONGEST_REST);
        let rest = probe.slice(url.end..end);
        let trailing = rest.iter().rev().take_while(|byte| b".,;:!?)".contains(byte)).count();
        Some(url.found(end - trailing))
    }
}

impl Detector for BasicAuthUrl {
    fn about(&self) -> About {
        About::new(
            "basic_auth_url",
            "secret.basic_auth_url",
            Severity::Critical,
            "a URL with a user and a password",
        )
    }

    fn page(&self) -> Page {
        PAGE
    }

    fn anchors(&self) -> Vec<Anchor> {
        vec![Anchor::literal(MARK)]
    }

    fn need(&self) -> Need {
        NEED
    }

    fn start(&self) -> Start {
        Start::After
    }

    fn ahead(&self) -> usize {
        LONGEST_AUTHORITY + 8
    }

    fn verify(&self, probe: &Probe<'_>) -> Option<Match> {
        match Url::read(probe) {
            Some(url) => (!url.is_database).then(|| url.found(url.end)),
            None => lone_token(probe),
        }
    }
}

/// Most URLs name no user.
const NEED: Need = Need::Mark { mark: b'@', within: MARK.len() + LONGEST_AUTHORITY };

const PAGE: Page = Page {
    basis: "scheme, user, password and host as RFC 3986 has them",
    mistakes: "a password with an `@` or `/` that is not percent-encoded is cut or missed",
};

/// A URL with a password.
struct Url {
    /// Where the user's name begins. The scheme before it is no secret, and a stream need not hold every word that may be one.
    start: usize,
    /// Where the host ends.
    end: usize,
    is_database: bool,
    is_stand_in: bool,
}

impl Url {
    fn read(probe: &Probe<'_>) -> Option<Self> {
        let from = probe.at() + MARK.len();
        let scheme = scheme(probe)?;
        probe.begins(from);
        let end = probe.run(from, &AUTHORITY, LONGEST_AUTHORITY);
        let authority = probe.slice(from..end);
        let at = authority.iter().rposition(|&byte| byte == b'@')?;
        let (user, host) = (authority.get(..at)?, authority.get(at + 1..)?);
        let colon = user.iter().position(|&byte| byte == b':')?;
        let (name, password) = (user.get(..colon)?, user.get(colon + 1..)?);
        let host_length = host.iter().take_while(|byte| HOST.has(**byte)).count();
        let host = host.get(..host_length)?;
        let trailing = host.iter().rev().take_while(|byte| b".,:".contains(byte)).count();
        // `[user[:password]@]host` is a grammar.
        let is_grammar = name.contains(&b'[');
        // The user is the token, and the word in place of a password says so.
        let is_left_out = password == X_OAUTH_BASIC && is_variable(name);
        let is_empty = password.is_empty() || is_variable(password) || is_left_out;
        if is_empty || host_length <= trailing || is_grammar {
            return None;
        }
        let scheme = probe.slice(scheme..probe.at()).to_ascii_lowercase();
        Some(Self {
            start: from,
            end: from + at + 1 + host_length - trailing,
            is_database: is_database(&scheme),
            is_stand_in: is_stand_in(name, password) || without_port(host).ends_with(b"example.com"),
        })
    }

    fn found(&self, end: usize) -> Match {
        let found = Match::new(self.start..end, 0.9).with(Evidence::STRUCTURE);
        if self.is_stand_in { found.harmless() } else { found }
    }
}

/// What GitHub takes for a password where the user is a token.
const X_OAUTH_BASIC: &[u8] = b"x-oauth-basic";

/// The fewest characters of a token that stands in place of a user and a password.
const SHORTEST_TOKEN: usize = 24;

/// `https://9f3a…@github.com`: a user as random as a key, without a password. Those of Sentry are for all to see.
fn lone_token(probe: &Probe<'_>) -> Option<Match> {
    const SCHEMES: [&[u8]; 2] = [b"https", b"http"];
    const TOKEN: ByteSet = ByteSet::ALNUM.with(b"-_");
    let from = probe.at() + MARK.len();
    let end = probe.run(from, &TOKEN, LONGEST_AUTHORITY);
    let host = probe.run(end + 1, &HOST, LONGEST_AUTHORITY);
    let value = probe.slice(from..end);
    let is_token =
        value.len() >= SHORTEST_TOKEN && probe.is(end, &ByteSet::EMPTY.with(b"@")) && is_drawn(value);
    let is_web = || scheme(probe).is_some_and(|scheme| SCHEMES.contains(&probe.slice(scheme..probe.at())));
    if !is_token || host <= end + 1 || !is_web() {
        return None;
    }
    probe.begins(from);
    let name = probe.slice(end + 1..host);
    let trailing = name.iter().rev().take_while(|byte| b".,:".contains(byte)).count();
    let found = Match::new(from..host - trailing, 0.9).with(Evidence::ENTROPY);
    let is_shown = is_of_sentry(probe, host, name) || without_port(name).ends_with(b"example.com");
    let is_harmless = is_shown || is_placeholder(value);
    Some(if is_harmless { found.harmless() } else { Match { at_most: Some(Severity::High), ..found } })
}

/// `https://9f3a…@errors.corp.io/2`: the key and the number of a project, which every page sends that reports its errors.
fn is_of_sentry(probe: &Probe<'_>, end: usize, host: &[u8]) -> bool {
    const MOST: usize = 20;
    let number = probe.run(end + 1, &ByteSet::DIGIT, MOST);
    let is_project =
        probe.get(end) == Some(b'/') && number > end + 1 && !probe.is(number, &ByteSet::WORD.with(b"/"));
    is_project || memchr::memmem::find(host, b"sentry").is_some()
}

/// Letters and digits that no language has, hexadecimal as long as a key.
fn is_drawn(text: &[u8]) -> bool {
    let has = |is: fn(&u8) -> bool| text.iter().any(is);
    let is_foreign =
        if language::is_hex(text) { text.len() >= 32 } else { language::surprise(text) >= language::FOREIGN };
    has(u8::is_ascii_digit) && has(u8::is_ascii_alphabetic) && is_foreign && entropy::is_random(text)
}

fn without_port(host: &[u8]) -> &[u8] {
    host.split(|byte| *byte == b':').next().unwrap_or_default()
}

/// Host, port, several of both, and the brackets of IPv6.
const HOST: ByteSet = ByteSet::ALNUM.with(b"-._:,[]%");

fn scheme(probe: &Probe<'_>) -> Option<usize> {
    let mut start = probe.run_back(probe.at(), &SCHEME, LONGEST_SCHEME);
    while start < probe.at() && !probe.is(start, &ByteSet::ALPHA) {
        start += 1;
    }
    // `url:https://…`: of what colons join, only `jdbc:` belongs to the scheme.
    let before = probe.slice(start..probe.at());
    let joined = before.iter().rposition(|&byte| byte == b':').map_or(0, |colon| colon + 1);
    let is_jdbc = before.get(..joined).is_some_and(|outer| outer.eq_ignore_ascii_case(b"jdbc:"));
    let start = if is_jdbc { start } else { start + joined };
    (start < probe.at()).then_some(start)
}

/// `postgresql+psycopg2` and `jdbc:mysql` are databases by the part that says so.
fn is_database(scheme: &[u8]) -> bool {
    let name = scheme.strip_prefix(b"jdbc:").unwrap_or(scheme);
    let name = name.split(|&byte| byte == b'+').next().unwrap_or_default();
    DATABASES.contains(&name)
}

/// A place for a password: `$PASS`, `${PASS}`, `{{ pass }}`, `%s`, `[PASSWORD]`, `****`.
pub(super) fn is_variable(password: &[u8]) -> bool {
    let opens =
        matches!(password.first(), Some(b'$' | b'{' | b'[' | b'(' | b'%')) && !is_percent_code(password);
    let is_masked = password.iter().all(|byte| b"*.xX#_-".contains(byte));
    opens || is_masked || password.windows(2).any(|pair| pair == b"${" || pair == b"{{")
}

fn is_percent_code(password: &[u8]) -> bool {
    matches!(password, [b'%', a, b, ..] if a.is_ascii_hexdigit() && b.is_ascii_hexdigit())
}

/// What examples and local set-ups use: the user's own name, or a word for "password".
pub(super) fn is_stand_in(name: &[u8], password: &[u8]) -> bool {
    const COMMON: [&[u8]; 19] = [
        b"postgres",
        b"root",
        b"admin",
        b"guest",
        b"test",
        b"changeme",
        b"example",
        b"your_password",
        b"qwerty",
        b"letmein",
        b"hunter2",
        b"abc123",
        b"123456",
        b"1234567",
        b"foobar",
        b"admin123",
        b"default",
        b"correct%20horse%20battery%20staple",
        // RFC 2617.
        b"opensesame",
    ];
    let lower = password.to_ascii_lowercase();
    // Three characters are soon guessed: `foo:bar`.
    (1..=3).contains(&lower.len())
        || lower.eq_ignore_ascii_case(name)
        || COMMON.contains(&&*lower)
        || says_what_it_is(&lower)
        || (lower.len() >= 8 && is_placeholder(&lower))
}

#[cfg(test)]
mod tests {
    use crate::detector::ByteSet;
    use crate::detector::harness::{Cases, Random};

    #[test]
    fn database_url_cases() {
        Cases::of("secret.database_url")
            .hit(
                "DATABASE_URL=postgres://app:s3cr3t-9x@db.corp.io:5432/main?sslmode=require\n",
                "app:s3cr3t-9x@db.corp.io:5432/main?sslmode=require",
            )
            .hit("use mongodb+srv://u:q9V7nB2K4xL8@c0.mongodb.net/db.", "u:q9V7nB2K4xL8@c0.mongodb.net/db")
            .hit("\"redis://:Az9xV2pLm6Q@10.0.0.7:6379/0\"", ":Az9xV2pLm6Q@10.0.0.7:6379/0")
            .hit("postgresql+psycopg2://a:b-c-d-9@h/x", "a:b-c-d-9@h/x")
            .hit("postgres://joe:Trk123456kQ@db.corp.io/x", "joe:Trk123456kQ@db.corp.io/x")
            .low("postgres://postgres:postgres@localhost/test", "postgres:postgres@localhost/test")
            .low("redis://:mypass@corp.io/5", ":mypass@corp.io/5")
            .miss("postgres://app@db.corp.io/main")
            .miss("postgres://app:${DB_PASSWORD}@db.corp.io/main")
            .miss("postgres://app:****@db.corp.io/main")
            .miss("postgresql://[user[:password]@][host][:port]")
            .miss("https://deploy:hunter-22@corp.io/x")
            .run();
    }

    #[test]
    fn a_token_in_place_of_a_user_is_found() {
        let token = Random::new(92).text(ByteSet::HEX_LOWER, 40);
        Cases::of("secret.basic_auth_url")
            .hit(&format!("git clone https://{token}@github.com/corp/x.git"), &format!("{token}@github.com"))
            .low(&format!("dsn: https://{token}@sentry.corp.io/2"), &format!("{token}@sentry.corp.io"))
            .low(&format!("dsn: 'https://{token}@errors.corp.io/42'"), &format!("{token}@errors.corp.io"))
            .miss(&format!("https://corp.io/{token}@x https://{}@corp.io", &token[..20]))
            .run();
    }

    #[test]
    fn basic_auth_url_cases() {
        Cases::of("secret.basic_auth_url")
            .hit("clone https://deploy:hunter-22@corp.io/x.git", "deploy:hunter-22@corp.io")
            .hit("url:ftp://joe:pa%24s9@files.corp.io.", "joe:pa%24s9@files.corp.io")
            .low("https://user:password@corp.io", "user:password@corp.io")
            .low("https://foo:bar@corp.io and", "foo:bar@corp.io")
            .low("http://john.doe:p4ssw0rd@127.0.0.1:8180", "john.doe:p4ssw0rd@127.0.0.1:8180")
            .low("ftp://joe:TestPassword2@corp.io", "joe:TestPassword2@corp.io")
            .low("https://joe:kx72-hq@example.com/", "joe:kx72-hq@example.com")
            .low("https://joe:kx72-hq@example.com:8080/", "joe:kx72-hq@example.com:8080")
            .miss("[protocol://][user[:password]@]proxyhost[:port]")
            .miss("https://corp.io/a:b@c and https://joe@corp.io")
            .miss("https://joe:$PASS@corp.io and https://<user>:<pw>@corp.io")
            .miss("https://joe-doe-and-others-2024@corp.io/x ssh://9f3ac567f9abcdef0123456789a1cdef@corp.io")
            .miss("git clone https://$GITHUB_TOKEN:x-oauth-basic@github.com/corp/x.git")
            .miss("url.\"https://${TOKEN}:x-oauth-basic@github.com/\".insteadOf")
            .miss("http://{{user}}:{{pw}}@corp.io")
            .run();
    }
}
