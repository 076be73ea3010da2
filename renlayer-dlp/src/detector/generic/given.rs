//! Words that a person may have chosen as a password or a secret: nothing about them is rare, and all that tells them is how they
//! are given to their name.
//!
//! - low: `DB_PASSWORD=opensesame` of an environment, `password: opensesame` of a list, `;Pwd=opensesame` of a connection,
//!   `password=123456` of settings, `--password opensesame`, `password = "secret"`, `"client_secret": "opensesame"`
//! - miss: `password = read()`, `password=password, user=user`, `password: string`

use super::name::{self, Kind};
use super::value::Value;
use super::{EQUALS, LINE_END, QUOTES};
use crate::detector::{ByteSet, Probe};

/// The shortest word that may be a key.
const LEAST_KEY: usize = 8;
/// The fewest digits that are a password: fewer are the code of an error.
const LEAST_DIGITS: usize = 6;
const SPACE: ByteSet = ByteSet::EMPTY.with(b" ");
/// The most of them that are looked over: names of one list are often aligned.
const WIDEST: usize = 24;
/// What a word ends before that is a value: a line, a field, an escape, a string.
const ENDS: ByteSet = LINE_END.with(b"&\\\"'`");

/// Whether the value at `at` may be what a person chose.
pub(super) fn is_given(value: &Value<'_>, kind: Kind, name: &[u8], probe: &Probe<'_>, at: usize) -> bool {
    let given = Given { value, name, probe, at };
    match kind {
        Kind::Password if value.is_quoted() => match given.is_assigned() {
            true => value.is_weak_password(),
            // A label is called as what it is the label of.
            false => probe.slice(value.range()) == b"secret",
        },
        Kind::Password => {
            let is_given = || {
                given.is_setting()
                    || given.is_variable() && given.is_assigned()
                    || given.is_field()
                    // In a statement of SQL.
                    || name.eq_ignore_ascii_case(b"identified")
            };
            let is_chosen = || {
                value.is_chosen()
                    || given.is_number() && name::ends_with_secret(name)
                    || value.is_weak_password() && given.is_variable()
            };
            is_given() && is_chosen()
        }
        Kind::Key if value.is_quoted() => {
            let is_named = || given.is_variable() && given.is_assigned() && !value.names_a_secret();
            // `access-token-123`, and no name of a kind of token.
            let is_numbered = || {
                let is_long = value.range().len() >= LEAST_KEY;
                is_long && value.has_digit() && !value.is_placeholder() && name::says_token(name)
            };
            (name::says_secret(name) || is_named() || is_numbered()) && value.is_chosen()
        }
        Kind::Key => {
            let is_assigned = || given.is_variable() && given.is_assigned() && given.is_over();
            // What a name calls a secret may be the name of one, whose words are joined.
            let is_secret = || {
                name::says_secret(name)
                    && given.is_setting()
                    && (given.is_option() || !value.is_joined_words())
            };
            let is_chosen = || value.is_chosen() || given.is_number();
            value.range().len() >= LEAST_KEY && (is_assigned() || is_secret()) && is_chosen()
        }
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

    /// The variable of an environment, or a constant.
    fn is_variable(&self) -> bool {
        self.name.iter().all(|byte| !byte.is_ascii_lowercase()) && self.name.contains(&b'_')
    }

    /// `--password`, `-password`.
    fn is_option(&self) -> bool {
        self.name.starts_with(b"-")
    }

    /// `;Pwd=…` of a connection.
    fn is_field(&self) -> bool {
        let before = self.probe.behind(self.at, self.name.len() + 3);
        let follows = before.starts_with(b";") || before.get(1..).is_some_and(|rest| rest.starts_with(b";"));
        follows && self.is_assigned()
    }

    /// `password: …`, `password=…` and `--password …`, where nothing goes on after the word, as code does; `password = …` is code
    /// where no digit is in it.
    fn is_setting(&self) -> bool {
        let operator = self.probe.run_back(self.at, &SPACE, WIDEST);
        let is_apart = operator < self.at;
        let is_flag = self.is_option() && (is_apart || self.probe.was(operator, &EQUALS));
        let is_setting = match self.probe.before(operator) {
            Some(b':') => is_apart,
            Some(b'=') if !self.probe.was(operator - 1, &SPACE) => true,
            Some(b'=' | b'>') => self.value.has_digit(),
            _ => is_flag,
        };
        is_setting && (self.is_over() || is_flag && self.is_before_flag())
    }

    fn is_over(&self) -> bool {
        let end = self.value.range().end;
        self.probe.is(end, &ENDS) || self.probe.ends(end)
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
}

#[cfg(test)]
mod tests {
    use crate::detector::harness::Cases;

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
            .low(":password => s3same\n", "s3same")
            .low("'password' => 'sesam'", "sesam")
            .low("conf.Password = \"password\"", "password")
            .low("password 'password'\n", "password")
            .low("{\"password\": \"secret\"}", "secret")
            .low("password             = \"opensesame\"", "opensesame")
            .low("{\"secret\": \"lolcat\"}", "lolcat")
            .low("client_secret: xkqjzvyw\n", "xkqjzvyw")
            .low("jwt_secret: 534534534\n", "534534534")
            .low("OAUTH_KEY=opensesame\n", "opensesame")
            .low("accessToken: \"access-token-123\"", "access-token-123")
            .low("SQL> alter user sys identified by OpenSesame container=all;", "OpenSesame")
            .miss("a user is identified by OpenSesame container; token: \"keyword.control\"")
            .miss("connect(user=user, password=word)")
            .miss("password = word\n")
            .miss("\"password\": \"Password\", password: password\n")
            .miss("ERROR_INVALID_PASSWORD=1323\n")
            .miss("client_secret: name-of-a-secret\n")
            .run();
    }
}
