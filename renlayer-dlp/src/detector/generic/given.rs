//! Words that a person may have chosen as a password or a secret: nothing about them is rare, and all that tells them is how they
//! are given to their name.
//!
//! - low: `DB_PASSWORD=opensesame` of an environment, `password: opensesame` of a list, `;Pwd=opensesame` of a connection,
//!   `password=123456` of settings, `--password opensesame`, `password = "secret"`, `"client_secret": "opensesame"`
//! - low: `host=db password=opensesame port=5432`, `{user: joe, password: opensesame}`, `<password>opensesame</password>`, and
//!   `password = opensesame` where the line begins with it
//! - low: `$key = '6da8…'`, as many hexadecimal digits in quotes as a key of AES has, where the line begins with the name
//! - miss: `password = read()`, `password=password, user=user`, `password: string`, `"password", "email"` of a list, `first_pass=complete`

use super::name::{self, Kind};
use super::value::Value;
use super::{EQUALS, LINE_END, QUOTES};
use crate::detector::{ByteSet, Probe};

/// The shortest word that may be a key.
const LEAST_KEY: usize = 8;
/// And the shortest password that a list or a call has.
const LEAST_LISTED: usize = 6;
/// The fewest digits that are a password: fewer are the code of an error.
const LEAST_DIGITS: usize = 6;
const SPACE: ByteSet = ByteSet::EMPTY.with(b" ");
/// The most of them that are looked over: names of one list are often aligned.
const WIDEST: usize = 24;
/// What a word ends before that is a value: a line, a field, an escape, a string.
const ENDS: ByteSet = LINE_END.with(b"&\\\"'`");
const MARK: ByteSet = ByteSet::EMPTY.with(b"!");
/// How far before a value on its line the brackets are looked for in which it stands.
const BEFORE: usize = 96;

/// Whether the value at `at` may be what a person chose.
pub(super) fn is_given<'t>(value: &Value<'t>, kind: Kind, name: &[u8], probe: &Probe<'t>, at: usize) -> bool {
    let given = Given { value, name, probe, at };
    match (kind, value.is_quoted()) {
        (Kind::Password, true) => given.is_quoted_password(),
        (Kind::Password, false) => given.is_bare_password(),
        (Kind::Key, true) => given.is_quoted_key(),
        (Kind::Key, false) => given.is_bare_key(),
        (Kind::BareKey, true) => value.is_hex_of_aes() && given.is_of_its_line(),
        _ => false,
    }
}

/// A value, and where it stands.
struct Given<'g, 't> {
    value: &'g Value<'t>,
    name: &'g [u8],
    probe: &'g Probe<'t>,
    at: usize,
}

/* ===== passwords and keys ===== */

impl Given<'_, '_> {
    /// What stands in quotes was chosen, but for names of a list; code sets the word for a password as well, where a label is called as
    /// what it is the label of.
    fn is_quoted_password(&self) -> bool {
        match () {
            () if !self.value.is_chosen() => {
                (self.is_assigned() || !self.repeats_its_name()) && self.value.is_weak_password()
            }
            () if self.is_listed() && !name::is_setter(self.name) => {
                self.value.range().len() >= LEAST_LISTED && self.value.has_digit_or_sign()
            }
            () => !self.is_number() || self.is_passwords_own(),
        }
    }

    fn is_bare_password(&self) -> bool {
        // In a statement of SQL.
        let is_stated = || self.name.eq_ignore_ascii_case(b"identified");
        let is_variable = || self.is_variable() && (self.is_assigned() || self.is_setting());
        let is_setting = || self.is_setting() && (self.value.has_digit() || !name::is_pass(self.name));
        let is_chosen = || {
            self.value.is_chosen()
                || self.is_number() && self.is_passwords_own()
                || self.value.is_weak_password() && (self.is_variable() || self.is_field())
        };
        (is_setting() || is_variable() || self.is_field() || is_stated()) && is_chosen()
    }

    fn is_quoted_key(&self) -> bool {
        let is_variable = || self.is_variable() && self.is_assigned();
        let is_named = || is_variable() && self.value.is_plain() && !self.value.names_a_secret();
        // In a list of names it is the next one.
        let is_ones_own = || !self.repeats_its_name() && (!self.is_listed() || name::is_setter(self.name));
        (name::says_secret(self.name) && is_ones_own() || is_named()) && self.value.is_chosen()
    }

    fn is_bare_key(&self) -> bool {
        let is_ended = || self.is_over() || self.is_before_field();
        let is_variable = || self.is_variable() && self.is_assigned() && is_ended();
        // What a name calls a secret may be the name of one, whose words are joined.
        let is_secret = || self.is_setting() && (self.is_option() || !self.value.is_joined_words());
        let is_given = || is_variable() || name::says_secret(self.name) && is_secret();
        self.value.range().len() >= LEAST_KEY && is_given() && (self.value.is_chosen() || self.is_number())
    }
}

/* ===== how they are given ===== */

impl Given<'_, '_> {
    /// `NAME=…`, `name = "…"`, `name "…"`.
    fn is_assigned(&self) -> bool {
        if !self.value.is_quoted() {
            return self.probe.was(self.at, &EQUALS);
        }
        let quote = self.probe.run_back(self.at, &QUOTES, 1);
        let before = self.probe.run_back(quote, &SPACE, WIDEST);
        self.probe.was(before, &EQUALS) || before < quote && self.probe.was(before, &ByteSet::WORD)
    }

    /// `("password", "…")`, `password{"…"}`: in a list or a call.
    fn is_listed(&self) -> bool {
        let quote = self.probe.run_back(self.at, &QUOTES.with(b"\\"), 2);
        let before = self.probe.run_back(quote, &ByteSet::SPACE, WIDEST);
        self.probe.was(before, &ByteSet::EMPTY.with(b",({"))
    }

    /// `password: "Password"`, as lists of labels and columns have it.
    fn repeats_its_name(&self) -> bool {
        name::ends_in(self.name, self.probe.slice(self.value.range()))
    }

    /// The variable of an environment, or a constant.
    fn is_variable(&self) -> bool {
        self.name.iter().all(|byte| !byte.is_ascii_lowercase()) && self.name.contains(&b'_')
    }

    /// `--password`, `-password`.
    fn is_option(&self) -> bool {
        self.name.starts_with(b"-")
    }

    /// `;Pwd=…` of a connection, or `"Pwd=…;Host=…`.
    fn is_field(&self) -> bool {
        const NAME: ByteSet = ByteSet::WORD.with(b" ");
        let end = self.value.range().end;
        let next = || self.probe.run(end + 1, &NAME, WIDEST);
        let begins =
            || self.probe.was(self.probe.run_back(self.probe.at(), &ByteSet::ALPHA, WIDEST), &QUOTES);
        if self.probe.looking_at(end, b";") && self.probe.is(next(), &EQUALS) && next() > end + 1 && begins()
        {
            return self.is_assigned();
        }
        let before = self.probe.behind(self.at, self.name.len() + 3);
        let follows = before.starts_with(b";") || before.get(1..).is_some_and(|rest| rest.starts_with(b";"));
        follows && self.is_assigned()
    }

    /// `password: …`, `password=…` and `--password …`, where nothing goes on after the word, as code does; `password = …` is code
    /// where no digit is in it and the line does not begin with it.
    fn is_setting(&self) -> bool {
        let operator = self.operator();
        let is_apart = operator < self.at;
        let is_flag = self.is_option() && (is_apart || self.probe.was(operator, &EQUALS));
        let is_setting = match self.probe.before(operator) {
            Some(b':') => is_apart,
            Some(b'=') if !self.probe.was(operator - 1, &SPACE) => {
                return self.is_over() || self.is_before_field();
            }
            Some(b'=') => self.value.has_digit() || self.begins_line(operator - 1) && !self.value.is_name(),
            Some(b'>') => return self.is_content() || self.value.has_digit() && self.is_over(),
            _ => is_flag || is_apart && self.is_variable(),
        };
        is_setting && (self.is_over() || self.is_of_map() || is_flag && self.is_before_flag())
    }

    /// Whether a line begins with the name that ends at `end`.
    fn begins_line(&self, end: usize) -> bool {
        let start = end - self.name.len().min(end);
        self.probe.before(start).is_none_or(|byte| LINE_END.has(byte))
    }

    /// `key = "…"`, `$key = '…'`, `const key = "…"`: a line begins with the name, and gives it the value. Keys of a cache stand in the
    /// middle of lines.
    fn is_of_its_line(&self) -> bool {
        const DECLARES: [&[u8]; 4] = [b"$", b"const ", b"let ", b"var "];
        let start = self.probe.run_back(self.at, &LINE_END.not(), BEFORE);
        let line = self.probe.slice(start..self.at).trim_ascii_start();
        let line = DECLARES.into_iter().find_map(|word| line.strip_prefix(word)).unwrap_or(line);
        line.strip_prefix(self.name).is_some_and(|rest| rest.trim_ascii_start().starts_with(b"="))
    }

    /// `<password>…</password>`.
    fn is_content(&self) -> bool {
        name::begins_tag(self.probe) && self.probe.looking_at(self.value.range().end, b"</")
    }

    /// `password=… port=5432`, `password=…,uid=0`: the next field or word of a command, where no call has them as arguments.
    fn is_before_field(&self) -> bool {
        const NEXT: ByteSet = ByteSet::WORD.with(b"-.\"'/<>|;&#$\\");
        let end = self.value.range().end;
        let goes_on = match self.probe.get(end) {
            Some(b' ') => self.probe.is(end + 1, &NEXT),
            Some(b',') => self.probe.is(end + 1, &ByteSet::WORD),
            _ => false,
        };
        goes_on && !self.line_before().contains(&b'(')
    }

    /// `{user: joe, password: …}` of YAML.
    fn is_of_map(&self) -> bool {
        const CLOSES: ByteSet = ByteSet::EMPTY.with(b",}]");
        let end = self.probe.run(self.value.range().end, &SPACE, 1);
        self.probe.is(end, &CLOSES) && !self.is_option() && opens_map(self.line_before())
    }

    /// What stands before the value on its line.
    fn line_before(&self) -> &[u8] {
        let before = self.probe.behind(self.at, BEFORE);
        let start = before.iter().rposition(|byte| LINE_END.has(*byte)).map_or(0, |end| end + 1);
        before.get(start..).unwrap_or_default()
    }

    /// Whether nothing follows, but for the mark that ends many passwords: behind a name code asserts with it that there is one.
    fn is_over(&self) -> bool {
        let end = self.value.range().end;
        let is_marked = || self.value.has_digit() && !self.value.is_name();
        let end = if self.probe.is(end, &MARK) && is_marked() { end + 1 } else { end };
        self.probe.is(end, &ENDS) || self.probe.ends(end)
    }

    /// Where what gives the value ends, before the spaces.
    fn operator(&self) -> usize {
        self.probe.run_back(self.at, &SPACE, WIDEST)
    }

    /// ` -` and the next option, or a line that goes on.
    fn is_before_flag(&self) -> bool {
        let end = self.value.range().end;
        self.probe.looking_at(end, b" -") || self.probe.looking_at(end, b" \\")
    }

    fn is_number(&self) -> bool {
        let text = self.probe.slice(self.value.range());
        text.len() >= LEAST_DIGITS && text.iter().all(u8::is_ascii_digit)
    }

    /// Whether the value is a password, and no code of what became of one: `STATUS_WRONG_PASSWORD=3221225578`.
    fn is_passwords_own(&self) -> bool {
        let phrase = self.probe.behind(self.probe.at(), name::PHRASE);
        name::ends_with_secret(self.name) && ![self.name, phrase].into_iter().any(name::tells_an_outcome)
    }
}

/// Whether a map of YAML opens on a line: in code it is handed to a call or given to a name.
fn opens_map(line: &[u8]) -> bool {
    let opens = line.iter().rposition(|byte| *byte == b'{');
    let before = opens.and_then(|opens| line.get(..opens));
    let is_apart = |before: &[u8]| before.last().is_none_or(|last| b" \t[".contains(last));
    before.is_some_and(is_apart) && !line.iter().any(|byte| b"(=".contains(byte))
}

#[cfg(test)]
mod tests {
    use crate::detector::ByteSet;
    use crate::detector::harness::{Cases, Random};

    #[test]
    fn words_that_were_chosen_are_low() {
        Cases::of("secret.generic")
            .low("DB_PASSWORD=opensesame\n", "opensesame")
            .low("db.password=opensesame\n", "opensesame")
            .low("password=123456\n", "123456")
            .low("smtp-auth-password=000000&x=1", "000000")
            .low("password: opensesame\n", "opensesame")
            .low("login --password opensesame --verbose", "opensesame")
            .low("login --password opensesame \\\n", "opensesame")
            .low("serve --jwt-secret keyboard_kitten \\\n", "keyboard_kitten")
            .low("docker run -e POSTGRES_PASSWORD=password --rm", "password")
            .low("password = s3same\n", "s3same")
            .low("password=s3same!\n", "s3same")
            .miss("password=input!\npassword = gasket!\nsecret=depthBoltWarehouse!\npassword=depthBolt2Warehouse!\n")
            .low("login --user joe --password s3same!", "s3same")
            .miss("Wrong password: denied!\nEnter the secret: please!\n")
            .low(":password => s3same\n", "s3same")
            .low("'password' => 'sesam'", "sesam")
            .low("conf.Password = \"password\"", "password")
            .low("password 'password'\n", "password")
            .low("password             = \"opensesame\"", "opensesame")
            .low("{\"secret\": \"lolcat\"}", "lolcat")
            .low("client_secret: xkqjzvyw\n", "xkqjzvyw")
            .low("jwt_secret: 534534534\n", "534534534")
            .low("app.secret_key = \"opensesame\"", "opensesame")
            .low("{\"SECRET_KEY\": \"opensesame\"}", "opensesame")
            .miss("[\"access_key\", \"secret_key\", \"opensesame\"], f(secret_key=\"secret_key\")")
            .low("OAUTH_KEY=opensesame\n", "opensesame")
            .low("password = opensesame\nuser = joe", "opensesame")
            .low("DB_PASS: opensesame\n", "opensesame")
            .low("db_pass=Sesame_db1\n", "Sesame_db1")
            .low("ENV DB_PASSWORD opensesame\n", "opensesame")
            .low("psql \"host=db password=opensesame port=5432\"", "opensesame")
            .low("mysqldump --password=opensesame shop > dump", "opensesame")
            .low("//nas/share /mnt cifs username=joe,password=opensesame,uid=0 0 0", "opensesame")
            .low("users: [{user: joe, password: opensesame}]", "opensesame")
            .low("authorization { user: joe, password: opensesame }", "opensesame")
            .low("<password>opensesame</password>", "opensesame")
            .low("password: 'secret'", "secret")
            .low("store.setPassword(\"changeit\")", "changeit")
            .low("login?auth_pwd=opensesame&data={\"x\": 1}", "opensesame")
            .low("OVH_APPLICATION_KEY=9876512340 \\\n", "9876512340")
            .low("SQL> alter user sys identified by OpenSesame container=all;", "OpenSesame")
            .hit(
                &format!("alter user sys identified by Zkwq7jxvbn{}", " and so on it goes".repeat(32)),
                "Zkwq7jxvbn",
            )
            .miss("a user is identified by OpenSesame container; token: \"keyword.control\"")
            .miss("connect(user=user, password=word)")
            .miss("    password = word\n")
            .miss("password = settings.password\nexports.PassThrough = CollectPassThrough\n")
            .miss("connect({user: name, password: word})")
            .miss("let config = Config { user: name, password: word };")
            .miss("<th class=\"password\">opensesame</th>")
            .miss("\"password\": \"Password\", password: password\n")
            .miss("ERROR_INVALID_PASSWORD=1323\n")
            .miss("client_secret: name-of-a-secret\n")
            .low("\"password\": \"9421375\"", "9421375")
            .low("f(\"password\", \"aB-c-7\")", "aB-c-7")
            .low("DB_PASS=opensesame\n", "opensesame")
            .run();
    }

    #[test]
    fn hexadecimal_under_key_alone_is_low_as_a_key_of_aes() {
        let digits = |count: usize| Random::new(18).text(ByteSet::HEX_LOWER, count);
        let cases = || Cases::of("secret.generic");
        for count in [32, 48, 64] {
            let hex = digits(count);
            cases()
                .low(&format!("key = '{hex}'\n"), &hex)
                .low(&format!("<?php\n  $key = \"{hex}\";"), &hex)
                .low(&format!("const key = \"{hex}\";"), &hex)
                .miss(&format!("GET key={hex} hit\nkey={hex}\n/x?key={hex} HTTP/1.1"))
                .miss(&format!("{{\"key\": \"{hex}\"}}\nINFO hit key=\"{hex}\"\nkey: '{hex}'\n"))
                .run();
        }
        for count in [31, 40, 56, 128] {
            cases().miss(&format!("key = '{}'\n", digits(count))).run();
        }
    }

    #[test]
    fn what_nobody_chose_is_nothing() {
        Cases::of("secret.generic")
            .miss("password_required=true\n")
            .miss("show_password=False")
            .miss("password=None\n")
            .miss("\"password\": \"none\", 'PASSWORD': 'null', password: \"removed\"")
            .miss("please pass async_req=True")
            .miss("'app.PASS_CREDENTIALS.all': 'True'")
            .miss("render_pass=shadow\n")
            .miss("first_pass=complete")
            .miss("wrong password=100000\n")
            .miss("STATUS_WRONG_PASSWORD=3221225578\n")
            .miss("{\"invalid_password\": \"100000\"}")
            .run();
    }

    #[test]
    fn names_of_a_list_are_no_values() {
        Cases::of("secret.generic")
            .miss("[\"id\", \"password\", \"email\", \"role\"]")
            .miss("('login', 'password', 'name', 'mail')")
            .miss("\"user\",\"password\",\"mail\"")
            .miss("\"[\\\"password\\\", \\\"address\\\"]\"")
            .miss("case \"password\", \"text\", \"number\":")
            .miss("password.encode(\"utf-8\")")
            .miss("(username, password, 'hello'), password(\n  'hello'\n)")
            .run();
    }

    #[test]
    fn tokens_of_languages_and_fields_of_connections_hide_nothing() {
        let key = ["Zf3D0LXCM3EIMbgJ", "pUNnkRtOfOueHznB"].concat();
        Cases::of("secret.generic")
            .hit(&format!("redis token - 'cache1.corp.net:6380,password={key},ssl=True'"), &key)
            .miss("\"token\": \"csharp-7.3\"")
            .miss("{\"token\": \"meta.tag.sgml.html5\"}")
            .miss("START_TOKEN = \"<|im_start|>\"")
            .run();
    }
}
