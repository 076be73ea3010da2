//! Passwords that a program hands over as an argument, after the name of a user.
//!
//! - hit: `new NetworkCredential("joe", "kx72-Hq9zz")`, `req.SetBasicAuth("joe", …)`, `HTTPBasicAuth('joe', …)`,
//!   `DriverManager.getConnection(url, "joe", …)`, `smtp.login("joe", …)`, `new PDO($dsn, "joe", …)`, `auth=("joe", …)`
//! - low: words in place of a password
//! - hit: `jwt.sign(payload, "…")`, `createHmac("sha256", "…")`, `hmac.new(b"…", …)` with a key as programs draw them
//! - miss: names of algorithms, of files and of a service, and public keys, where a call signs or checks
//! - miss: variables, calls with one argument; `api.login("joe", …)`, which may log in nobody, and words in `smtp.login`
//! - known mistakes: arguments further than 160 bytes after the name of the call are not seen, nor after one that is a call itself.

use super::generic::{looks_drawn, looks_random};
use super::token::is_placeholder;
use super::url_credentials::{is_stand_in, is_variable};
use super::{About, Anchor, ByteSet, Detector, Match, Page, Probe, Start};
use crate::{Evidence, Severity};

/// See the [module](self).
pub(super) struct CallPassword;

/// Calls, and which of their arguments is the password, by the manuals of what they are of.
const CALLS: [(&str, usize); 61] = [
    // .NET and Java.
    ("NetworkCredential(", 2),
    ("ValidateCredentials(", 2),
    ("DirectoryEntry(", 3),
    ("PasswordCredential(", 3),
    ("UsernamePasswordCredentials(", 2),
    ("PasswordAuthentication(", 2),
    ("PasswordAuthenticationToken(", 2),
    ("UsernamePasswordToken(", 2),
    ("SimpleCredentials(", 2),
    ("AWSCredentials(", 2),
    ("AwsBasicCredentials.create(", 2),
    ("DriverManager.getConnection(", 3),
    ("Credentials.basic(", 2),
    ("AuthTokens.basic(", 2),
    ("().basic(", 2),
    // MongoDB's drivers, in either.
    ("CreateCredential(", 3),
    ("createCredential(", 3),
    // Go.
    ("PlainAuth(", 3),
    ("StaticCredentials(", 2),
    ("StaticCredentialsProvider(", 2),
    // PHP.
    ("mysql_connect(", 3),
    ("mysql_pconnect(", 3),
    ("mysqli_connect(", 3),
    ("mysqli(", 3),
    ("mssql_connect(", 3),
    ("odbc_connect(", 3),
    ("oci_connect(", 2),
    ("oci_pconnect(", 2),
    ("PDO(", 3),
    ("ldap_bind(", 3),
    ("imap_open(", 3),
    ("ftp_login(", 3),
    ("oci_new_connect(", 2),
    ("odbc_pconnect(", 3),
    ("db2_connect(", 3),
    ("db2_pconnect(", 3),
    ("ibase_connect(", 3),
    ("ssh2_auth_password(", 3),
    // Python and JavaScript.
    ("MySQLdb.connect(", 3),
    ("pymysql.connect(", 3),
    ("pymysql.connections.Connection(", 3),
    ("cx_Oracle.connect(", 2),
    ("oracledb.connect(", 2),
    (".auth_password(", 2),
    ("simple_bind_s(", 2),
    ("auth=(", 2),
    ("Sequelize(", 3),
    (".login(", 2),
    (".auth(", 2),
    // And of clients of HTTP in any of them.
    ("HTTPDigestAuth(", 2),
    ("BasicAuth(", 2),
    ("basicAuth(", 2),
    ("basic_auth(", 2),
    // Keys that sign, or that what is signed is checked with.
    ("jwt.sign(", 2),
    ("jwt.verify(", 2),
    ("jwt.encode(", 2),
    ("jwt.decode(", 2),
    ("createHmac(", 2),
    ("hmac.new(", 1),
    ("cookieParser(", 1),
    ("Fernet(", 1),
];
/// Of these, what other things are called by as well: a value counts that looks random.
const COMMON: [&str; 3] = [".login(", ".auth(", "auth=("];
/// And of these, to which tokens and names of files are handed over as well: a key counts as programs draw it.
const SIGNERS: [&str; 8] = [
    "jwt.sign(",
    "jwt.verify(",
    "jwt.encode(",
    "jwt.decode(",
    "createHmac(",
    "hmac.new(",
    "cookieParser(",
    "Fernet(",
];
/// Of these, what pairs of other things are called by as well.
const PAIR: &str = "auth=(";
/// And of these, to which a login in one string is handed over, with the place of a database or nothing after it.
const ORACLE: [&str; 2] = ["cx_Oracle.connect(", "oracledb.connect("];
/// What opens something, as the part of a name before such a call, unless an e-mail address is the first argument.
const OPENERS: [&[u8]; 11] =
    [b"smtp", b"imap", b"ftp", b"pop", b"redis", b"mongo", b"ldap", b"mail", b"server", b"conn", b"db"];
const LONGEST_OPENER: usize = 24;
const SPAN: usize = 160;
const LONGEST: usize = 128;
/// Spaces and line ends before and after an argument.
const SPACES: usize = 48;
/// What Java makes of a password before it is handed over.
const AS_CHARACTERS: &[u8] = b".toCharArray()";
const SHORTEST: usize = 5;
const QUOTES: ByteSet = ByteSet::EMPTY.with(b"\"'`");
/// What a string in quotes holds here.
const VALUE: ByteSet = ByteSet::EMPTY.range(0x21, 0x7e).without(b"\"'`\\");

impl Detector for CallPassword {
    fn about(&self) -> About {
        let finds = "a password that is an argument of a call";
        About::new("call_password", "secret.call_password", Severity::High, finds)
    }

    fn page(&self) -> Page {
        let mistakes = "arguments further than 160 bytes after the name of the call are not seen";
        Page { basis: "the call, and its place among the arguments", mistakes }
    }

    fn anchors(&self) -> Vec<Anchor> {
        CALLS.iter().map(|(call, _)| Anchor::literal(call)).collect()
    }

    fn start(&self) -> Start {
        Start::After
    }

    fn ahead(&self) -> usize {
        SPAN + LONGEST + 2 * SPACES + AS_CHARACTERS.len() + 4
    }

    fn verify(&self, probe: &Probe<'_>) -> Option<Match> {
        let at = probe.at();
        let (call, place) = CALLS.iter().find(|(call, _)| probe.looking_at(at, call.as_bytes()))?;
        let mut from = at + call.len();
        let mut is_opener = !call.starts_with('.') || opens(probe, at);
        let mut holds_login = false;
        for _ in 1..*place {
            probe.begins(from);
            let before = Argument::read(probe, from)?;
            from = before.end + 1;
            let before_value = before.value.map_or(&b""[..], |value| probe.slice(value));
            is_opener = is_opener || before_value.contains(&b'@');
            holds_login = before_value.contains(&b'/') && before_value.contains(&b'@');
            if !probe.is(before.end, &ByteSet::EMPTY.with(b",")) || from >= at + SPAN {
                return None;
            }
        }
        probe.begins(from);
        let value = Argument::read(probe, from)?.value?;
        let text = probe.slice(value.clone());
        let is_one = match () {
            () if *call == PAIR && !is_more_than_a_name(text) => false,
            () if COMMON.contains(call) => is_opener && looks_random(text),
            () if SIGNERS.contains(call) => looks_drawn(text) && !is_public(text) && !is_of_pairs(text),
            () if ORACLE.contains(call) => !holds_login && !text.contains(&b'/'),
            () => true,
        };
        is_one.then(|| weigh(probe, value)).flatten()
    }
}

/// Whether it has a sign, or letters of both cases with a digit: `service30` has neither.
fn is_more_than_a_name(text: &[u8]) -> bool {
    let has = ByteSet::of(text);
    let is_mixed =
        || [ByteSet::UPPER, ByteSet::LOWER, ByteSet::DIGIT].into_iter().all(|kind| has.meets(kind));
    has.meets(ByteSet::ALNUM.not()) || is_mixed()
}

/// Whether it begins as public keys do in base64 (SubjectPublicKeyInfo of RFC 5280): on a curve, of RSA, and of Ed25519.
fn is_public(text: &[u8]) -> bool {
    const BEGINS: [&[u8]; 3] = [b"MFkw", b"MIIB", b"MCow"];
    BEGINS.iter().any(|begin| text.starts_with(begin))
}

/// `00112233…`: whether each digit stands twice, as in the vectors of tests.
fn is_of_pairs(text: &[u8]) -> bool {
    text.chunks(2).all(|pair| pair.first() == pair.last())
}

/// One argument of a call.
pub(super) struct Argument {
    /// What stands in its quotes, where it is a string.
    pub(super) value: Option<std::ops::Range<usize>>,
    /// The comma or bracket after it.
    pub(super) end: usize,
}

impl Argument {
    pub(super) fn read(probe: &Probe<'_>, from: usize) -> Option<Self> {
        const BARE: ByteSet = ByteSet::WORD.with(b".:[]@$ \t\r\n");
        let start = probe.run(from, &ByteSet::SPACE, SPACES);
        // `b"…"` of Python.
        let is_bytes = probe.is(start, &ByteSet::EMPTY.with(b"b")) && probe.is(start + 1, &QUOTES);
        let start = if is_bytes { start + 1 } else { start };
        let (value, end) = if probe.is(start, &QUOTES) {
            let end = probe.run(start + 1, &VALUE, LONGEST);
            // Of a string with spaces or escapes only the end is looked for.
            let quote = probe.get(start)?;
            let mut close = end;
            while close < start + LONGEST && probe.get(close)? != quote {
                close += 1;
            }
            if probe.get(close)? != quote {
                return None;
            }
            let after = close + 1;
            let is_converted = probe.looking_at(after, AS_CHARACTERS);
            let after = if is_converted { after + AS_CHARACTERS.len() } else { after };
            ((close == end).then_some(start + 1..end), after)
        } else {
            (None, probe.run(object(probe, start), &BARE, LONGEST))
        };
        let end = probe.run(end, &ByteSet::SPACE, SPACES);
        probe.is(end, &ByteSet::EMPTY.with(b",)")).then_some(Self { value, end })
    }
}

/// The end of the object or list that begins at `start`, if one does: `{ id: 1 }`, with none in it.
fn object(probe: &Probe<'_>, start: usize) -> usize {
    const OPENS: ByteSet = ByteSet::EMPTY.with(b"{");
    const CLOSES: ByteSet = ByteSet::EMPTY.with(b"}");
    if !probe.is(start, &OPENS) {
        return start;
    }
    let end = probe.run(start + 1, &OPENS.or(CLOSES).not(), LONGEST);
    if probe.is(end, &CLOSES) { end + 1 } else { start }
}

/// Whether what the call at `at` is made of opens something: `smtp.login(`, `self.mongoClient.auth(`.
fn opens(probe: &Probe<'_>, at: usize) -> bool {
    let name = probe.slice(probe.run_back(at, &ByteSet::WORD, LONGEST_OPENER)..at).to_ascii_lowercase();
    OPENERS.iter().any(|opener| memchr::memmem::find(&name, opener).is_some())
}

fn weigh(probe: &Probe<'_>, range: std::ops::Range<usize>) -> Option<Match> {
    let value = probe.slice(range.clone());
    if value.len() < SHORTEST || is_variable(value) {
        return None;
    }
    let has = |set: ByteSet| value.iter().any(|byte| set.has(*byte));
    let is_mixed = has(ByteSet::ALPHA) && has(ByteSet::WORD.not().or(ByteSet::DIGIT));
    let is_plain = !is_mixed || is_stand_in(b"", value) || is_placeholder(value);
    let found = Match::new(range, 0.7).with(Evidence::CONTEXT);
    Some(if is_plain { found.harmless() } else { found })
}

#[cfg(test)]
mod tests {
    use crate::detector::harness::Cases;

    #[test]
    fn call_password_cases() {
        let word = ["kx72-", "Hq9zz"].concat();
        let key = ["Zf3D0LXCM3EIMbgJ", "pUNnkRtOfOueHznB"].concat();
        let public = format!("MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE{key}");
        let vector = "00112233445566778899aabbccddeeff";
        Cases::of("secret.call_password")
            .hit(&format!("new NetworkCredential(\"joe@corp.io\", \"{word}\");"), &word)
            .hit(&format!("req.SetBasicAuth(\"joe\", \"{word}\")"), &word)
            .hit(&format!("requests.get(url, auth=HTTPBasicAuth('joe', '{word}'))"), &word)
            .hit(&format!("DriverManager.getConnection(url, \"joe\",\n    \"{word}\")"), &word)
            .low("new NetworkCredential(\"joe\", \"letmeknow\")", "letmeknow")
            .low("req.SetBasicAuth(\"joe\", \"password1\")", "password1")
            .hit(&format!("smtp.login('joe', '{word}')"), &word)
            .hit(&format!("new PDO('mysql:host=db;dbname=shop', 'joe', '{word}');"), &word)
            .hit(&format!("requests.get(url, auth=('joe', '{word}'))"), &word)
            .hit(&format!("client.login(\"joe@corp.io\", \"{word}\")"), &word)
            .miss("client.login(\"joe@corp.io\", \"opensesame\"), client.login(\"user0\", \"pass0\")")
            .miss(&format!("api.login(\"joe\", \"{word}\"), passport.authenticate(\"joe\", \"{word}\")"))
            .miss("passport.authenticate(\"local-v2\", \"session-v2\"), router.auth(\"GET\", \"/v1/users2\")")
            .miss("server.auth('region', 'user-v1'), log.login(\"user-42\", \"ip=10.0.0.1\")")
            .miss(
                "smtp.login(\"/auth/v2/login\", \"POST2\"), requests.get(url, auth=(\"v1\", \"read:user2\"))",
            )
            .miss("client.login(\"joe\"), client.login(user, pass), login.auth(\"joe\", token)")
            .hit(&format!("jwt.sign({{ id: user.id, role: 'admin' }}, '{key}', done)"), &key)
            .hit(&format!("hmac.new(b\"{key}\", message, hashlib.sha256)"), &key)
            .hit(&format!("crypto.createHmac('sha256', \"{key}\")"), &key)
            .miss("createHmac(\"sha256\", \"base64url-v2\"), hmac.new('deploy94', m, sha256)")
            .miss("hmac.new(\"c893a2b2\", msg, sha256), cookieParser('session-v2')")
            .miss(&format!("hmac.new(b\"{vector}\", msg)"))
            .miss(&format!("jwt.verify(token, '{public}')"))
            .miss("auth = (\"src1\", \"service30\"), auth=(\"src1\", \"service30\"), creds = (\"model\", \"server76\")")
            .hit(&format!("oracledb.connect(\"scott\", \"{word}\", \"host1/XEPDB1\")"), &word)
            .miss("oracledb.connect(\"scott\", \"dsn_host1/XEPDB1\")")
            .miss("cx_Oracle.connect(\"scott/tiger1@host\", \"utf-8-1\")")
            .miss("jwt.verify(token, 'public.pem'), jwt.decode(token, 'RS256'), createHmac('sha256', secret)")
            .miss("jwt.sign({ id: { a: 1 } }, key1), jwt.sign(payload, 'config.jwt.secret')")
            .miss("new NetworkCredential(user, password1)")
            .miss("req.SetBasicAuth(\"joe\", os.Getenv(\"PASS1\"))")
            .miss("DriverManager.getConnection(\"jdbc:h2:mem:db1\")")
            .miss(&format!("new NetworkCredential(\"{word}\")"))
            .hit(&format!("new NetworkCredential(\"joe\", \"{word}\", \"corp2.local\")"), &word)
            .hit(&format!("new PasswordAuthentication(\"joe\", \"{word}\".toCharArray())"), &word)
            .hit(&format!("new DirectoryEntry(path, user, \"{word}\", AuthenticationTypes.Secure)"), &word)
            .hit(&format!("new PasswordCredential(\"app\", user, \"{word}\")"), &word)
            .hit(&format!("MongoCredential.CreateCredential(\"db\", \"joe\", \"{word}\")"), &word)
            .miss(&format!("DriverManager.getConnection(url, \"{word}\")"))
            .miss(&format!("req.SetBasicAuth(\"joe\", \"{word}{}\")", "x1".repeat(80)))
            .miss(&format!("req.SetBasicAuth(\"joe\", \"{word}{},", "x1".repeat(61)))
            .run();
    }

    /// What stands in quotes is read up to 127 bytes.
    #[test]
    fn a_string_that_goes_on_is_not_closed() {
        let word = ["kx72-", "Hq9zz"].concat();
        let longest = format!("{word}{}", "x1z".repeat(39));
        Cases::of("secret.call_password")
            .hit(&format!("req.SetBasicAuth(\"joe\", \"{longest}\")"), &longest)
            .miss(&format!("req.SetBasicAuth(\"joe\", \"{longest}1,"))
            .miss(&format!("req.SetBasicAuth(\"joe\", \"{longest}1)\")"))
            .run();
    }

    #[test]
    fn arguments_far_from_the_name_of_the_call_are_not_seen() {
        let word = ["kx72-", "Hq9zz"].concat();
        let call = |spaces: usize| {
            let gap = " ".repeat(40);
            let user = "u".repeat(spaces);
            format!("new DirectoryEntry({gap}path,{gap}{user}, \"{word}\")")
        };
        Cases::of("secret.call_password")
            .hit(&call(20), &word)
            .miss(&call(80))
            .miss(&format!("req.SetBasicAuth(user(\"joe\"), \"{word}\")"))
            .run();
    }
}
