//! Passwords in a table, where the head of their column is all that tells them: Markdown, CSV, and SQL that names its columns.
//!
//! - hit: `| user | password |`, a line of dashes and `| joe | kx72Hq9zz |`; `name;password` and below it `joe;kx72Hq9zz`;
//!   `INSERT INTO users (name, password) VALUES ('joe', 'kx72Hq9zz')`
//! - low: words in place of a password, and hexadecimal digits, which may be a hash
//! - miss: what tells of passwords (`VARCHAR(64)`, `>=8_chars`), dates, paths; `name,pwd`; `username, password, and so on`
//! - miss: a table without rows, a row of fewer cells, a table that says of nothing whose it is
//! - known mistakes: of a table the first row alone is read, and no cell that holds the table's separator itself.

use std::ops::Range;

use super::name::Kind;
use super::value::{Value, Verdict};
use crate::detector::call_password::Argument;
use crate::detector::{About, Anchor, ByteSet, Detector, Match, Page, Probe, Start};
use crate::{Evidence, Severity};

/// See the [module](self).
pub(in crate::detector) struct Column;

/// What the column is called.
const HEADS: [&str; 4] = ["password", "passwd", "passwort", "pwd"];
/// What follows in a line of heads or a list of columns: most words stand in a sentence.
const ENDS: [&str; 13] = ["|", " |", "  ", ",", ";", "\t", "\n", "\r", ")", "\"", "'", "`", "]"];
/// What another column of such a table is called, or a part of that: whose the password is, or where it opens something.
const OWNERS: [&[u8]; 9] =
    [b"user", b"benutzer", b"usuario", b"login", b"name", b"mail", b"account", b"host", b"server"];
/// So many of them stand beside `pwd`, which is a directory's name elsewhere.
const USERS: usize = 4;
/// What stands between cells.
const SEPARATORS: ByteSet = ByteSet::EMPTY.with(b"|,;\t");
/// What the heads of columns are made of.
const HEAD: ByteSet = ByteSet::WORD.with(b" -.\"'`[]");
/// What stands around a cell.
const AROUND: ByteSet = ByteSet::EMPTY.with(b" \"'`");
/// The longest head up to its word for a password, the longest line of heads, and the most cells.
const LONGEST_HEAD: usize = 32;
const LONGEST_LINE: usize = 160;
const MOST_CELLS: usize = 16;
/// The shortest word that is taken for a password.
const SHORTEST: usize = 5;
/// So many hexadecimal digits may be a hash.
const HASH: usize = 16;
const LINE_END: ByteSet = ByteSet::EMPTY.with(b"\r\n");
const LINE: ByteSet = LINE_END.not();

impl Detector for Column {
    fn about(&self) -> About {
        let finds = "a password in a column that is called one";
        About::new("generic_secret_column", "secret.generic", Severity::High, finds)
    }

    fn page(&self) -> Page {
        Page { basis: "the head of its column", mistakes: "of a table the first row alone is read" }
    }

    fn anchors(&self) -> Vec<Anchor> {
        let ends = |head| ENDS.into_iter().map(move |end| Anchor::word([head, end].concat()));
        HEADS.into_iter().flat_map(ends).collect()
    }

    fn start(&self) -> Start {
        Start::After
    }

    fn ahead(&self) -> usize {
        4 * LONGEST_LINE
    }

    fn verify(&self, probe: &Probe<'_>) -> Option<Match> {
        let at = probe.at();
        let head = HEADS.into_iter().find(|head| probe.looking_at_word(at, head.as_bytes()))?;
        let end = probe.run(at + head.len(), &AROUND.with(b"]"), 4);
        if !(probe.is(end, &SEPARATORS.with(b")").or(LINE_END)) && begins_cell(probe, at)) {
            return None;
        }
        let cell = match probe.get(end)? {
            b')' | b',' if opens_list(probe, at) => in_values(probe, at, end)?,
            // Of the same line as one that was no line of heads.
            _ if at < probe.known() => return None,
            _ => below(probe, at, end, head == "pwd")?,
        };
        probe.begins(cell.start);
        let text = probe.slice(cell.clone());
        if is_none(text) { None } else { weigh(&Value::new(cell.start, text, true)) }
    }
}

fn weigh(value: &Value<'_>) -> Option<Match> {
    let found = |confidence| Match::new(value.range(), confidence).with(Evidence::CONTEXT);
    let may_be_hash = || value.is_hex() && value.range().len() >= HASH;
    match value.verdict(Kind::Password) {
        Some(Verdict::Secret(confidence)) if !value.stands_for_another(Kind::Password) && !may_be_hash() => {
            Some(found(confidence).with(Evidence::ENTROPY))
        }
        None if !value.is_chosen() || value.range().len() < SHORTEST => None,
        _ => Some(found(0.3).harmless()),
    }
}

/// Whether a cell tells of passwords, or holds something else: `VARCHAR(64)`, `min8chars,1digit`, `2024-05-01`, `C:\Users`.
fn is_none(cell: &[u8]) -> bool {
    const NAME: ByteSet = ByteSet::ALPHA.with(b"_");
    const DATE: ByteSet = ByteSet::DIGIT.with(b"-/.:+TZ");
    const TELLING: [&[u8]; 2] = [b"chars", b"digits"];
    let has = |byte: u8| cell.contains(&byte);
    let called = cell.iter().take_while(|byte| NAME.has(**byte)).count();
    let is_call = called > 0 && cell.get(called) == Some(&b'(') && cell.ends_with(b")");
    let is_date = cell.iter().all(|byte| DATE.has(*byte)) && b"-/.:".iter().any(|sign| has(*sign));
    let is_path = matches!(cell, [_, b':', b'\\' | b'/', ..])
        || [&b"/"[..], b"./", b"../", b"~/", b"\\\\"].iter().any(|root| cell.starts_with(root));
    let tells = || TELLING.iter().any(|word| memchr::memmem::find(cell, word).is_some());
    has(b',') || matches!(cell.first(), Some(b'<' | b'>')) || is_call || is_date || is_path || tells()
}

/// Whether nothing but the head of the column stands before its word.
fn begins_cell(probe: &Probe<'_>, at: usize) -> bool {
    let begin = probe.run_back(at, &HEAD, LONGEST_HEAD);
    probe.before(begin).is_none_or(|byte| SEPARATORS.with(b"(").or(LINE_END).has(byte))
}

/* ===== lines ===== */

/// The cell below the head at `at`: in the next line, or the one after a line of dashes.
fn below(probe: &Probe<'_>, at: usize, end: usize, may_be_place: bool) -> Option<Range<usize>> {
    let start = probe.run_back(at, &LINE, LONGEST_LINE);
    let line_end = probe.run(end, &LINE, LONGEST_LINE);
    let begins_line = probe.before(start).is_none_or(|byte| LINE_END.has(byte));
    // Of a line that goes on, the next head may see the end.
    if begins_line && !probe.is(line_end, &LINE_END) {
        return None;
    }
    let heads = probe.slice(start..line_end);
    let separator = *heads.iter().find(|byte| SEPARATORS.has(**byte))?;
    if !(begins_line && are_heads(heads, separator)) {
        probe.knows(line_end);
        return None;
    }
    if may_be_place && !is_owned(heads, OWNERS.split_at(USERS).0) {
        return None;
    }
    let row = row_after(probe, line_end, separator == b'|')?;
    if count(probe.slice(row.clone()), separator) != count(heads, separator) {
        return None;
    }
    let before = count(probe.slice(start..at), separator);
    let cells = probe.slice(row.clone()).split(|byte| *byte == separator);
    cell_at(probe, row.start + cells.take(before).map(|cell| cell.len() + 1).sum::<usize>(), separator)
}

/// What the cell that begins at `from` holds, without what stands around it.
fn cell_at(probe: &Probe<'_>, from: usize, separator: u8) -> Option<Range<usize>> {
    let ends = LINE_END.with(&[separator]);
    let start = probe.run(from, &AROUND, LONGEST_LINE);
    let end = probe.run(start, &ends.or(AROUND).not(), LONGEST_LINE);
    let after = probe.run(end, &AROUND, LONGEST_LINE);
    (probe.is(after, &ends) || probe.ends(after)).then_some(start..end)
}

/// Whether a line of heads holds one of `owners`.
fn is_owned(line: &[u8], owners: &[&[u8]]) -> bool {
    let lower = line.to_ascii_lowercase();
    owners.iter().any(|owner| memchr::memmem::find(&lower, owner).is_some())
}

/// Whether a line names columns, one of them that of an owner. A list of code ends with its separator, or is set in.
fn are_heads(line: &[u8], separator: u8) -> bool {
    let is_short = |head: &[u8]| count(head.trim_ascii(), b' ') <= 1;
    let is_bare = |byte: Option<&u8>| byte.is_some_and(|byte| *byte != separator && *byte != b' ');
    line.iter().all(|byte| HEAD.has(*byte) || *byte == separator)
        && count(line, separator) <= MOST_CELLS
        && line.split(|byte| *byte == separator).all(is_short)
        && (separator == b'|' || is_bare(line.first()) && is_bare(line.last()))
        && is_owned(line, &OWNERS)
}

/// The row after the line that ends at `end`.
fn row_after(probe: &Probe<'_>, end: usize, is_markdown: bool) -> Option<Range<usize>> {
    const DASHES: ByteSet = ByteSet::EMPTY.with(b"|-: ");
    let next = |end: usize| {
        let start = probe.run(end, &LINE_END, 2);
        (start > end).then(|| start..probe.run(start, &LINE, LONGEST_LINE))
    };
    let row = next(end)?;
    let is_ruled = is_markdown && probe.slice(row.clone()).iter().all(|byte| DASHES.has(*byte));
    if is_ruled { next(row.end) } else { Some(row) }
}

fn count(text: &[u8], separator: u8) -> usize {
    memchr::memchr_iter(separator, text).count()
}

/* ===== SQL ===== */

/// Whether the head at `at` stands in the columns of an `INSERT INTO`.
fn opens_list(probe: &Probe<'_>, at: usize) -> bool {
    let before = probe.behind(at, LONGEST_LINE);
    let opens = memchr::memrchr(b'(', before).and_then(|opens| before.get(..opens));
    let lower = opens.unwrap_or_default().to_ascii_lowercase();
    memchr::memmem::find(&lower, b"into ").is_some()
}

/// The value of the column at `at` in the list after `VALUES`.
fn in_values(probe: &Probe<'_>, at: usize, end: usize) -> Option<Range<usize>> {
    let close = probe.run(end, &HEAD.with(b",\r\n\t"), LONGEST_LINE);
    let word = probe.run(close + 1, &ByteSet::SPACE, 16);
    let open = probe.run(word + b"values".len(), &ByteSet::SPACE, 16);
    let is_open = probe.looking_at(close, b")")
        && probe.looking_at_word(word, b"values")
        && probe.looking_at(open, b"(");
    if !is_open {
        return None;
    }
    let before = probe.behind(at, LONGEST_LINE);
    let list = memchr::memrchr(b'(', before).and_then(|opens| before.get(opens..))?;
    let mut from = open + 1;
    for _ in 0..count(list, b',').min(MOST_CELLS) {
        let value = Argument::read(probe, from)?;
        from = value.end + 1;
    }
    Argument::read(probe, from)?.value
}

#[cfg(test)]
mod tests {
    use crate::detector::harness::{Cases, examined, scan};

    #[test]
    fn generic_secret_column_cases() {
        let word = ["kx72", "Hq9zz"].concat();
        Cases::of("secret.generic")
            .hit(&format!("| user | password |\n|------|:---|\n| joe | {word} |\n| ann | x |"), &word)
            .hit(&format!("| user | `Password` | Note |\n| joe | `{word}` | main |"), &word)
            .hit(&format!("name;password;role\njoe;{word};admin\n"), &word)
            .hit(&format!("\"name\",\"password\"\r\n\"joe\",\"{word}\"\r\n"), &word)
            .hit(&format!("user\tpwd\njoe\t{word}\n"), &word)
            .hit(&format!("INSERT INTO users (id, password, mail) VALUES (1, '{word}', 'a@b.c');"), &word)
            .hit(&format!("insert into `users`(`name`,`password`)\nvalues ('joe', '{word}')"), &word)
            .low("| user | password |\n|---|---|\n| joe | opensesame |\n", "opensesame")
            .low("INSERT INTO users (name, passwd) VALUES ('joe', 'opensesame')", "opensesame")
            .miss("a username, password, and so on\nfor joe, opensesame, and so on")
            .miss("| user | password |\n|---|---|\n")
            .miss("name,password,role\njoe,opensesame\n")
            .miss("    user,\n    username, password\n    opensesame, opensesame\n\"user\", \"password\",\n\"mail\", \"opensesame\",\n")
            .hit(&format!("| Benutzer | Passwort |\n|---|---|\n| joe | {word} |\n"), &word)
            .low("user,password\njoe,9f86d081884c7d65\n", "9f86d081884c7d65")
            .miss("| Name | Password |\n|---|---|\n| Type | VARCHAR(64) |\n")
            .miss("| Name | Password |\n|---|---|\n| rule | min8chars,1digit |\n")
            .miss("name;password\nrule;8-64,chars\n")
            .miss("name;password\nrule;>=8_chars\n")
            .miss("name;password\nchanged;2024-05-01T10:00:00Z\n")
            .miss("user;pwd\njoe;C:\\Users\\joe9\\Src\n")
            .hit(&format!("| user | password |\n|---|---|\n| joe | {word}\\_9 |\n"), &format!("{word}\\_9"))
            .miss(&format!("name,pwd\nbash,{word}\n"))
            .hit(&format!("name,pwd,password\nbash,home,{word}\n"), &word)
            .miss("f(user, password)\ng(name, opensesame)\n")
            .miss("INSERT INTO users (name, password) VALUES (?, ?), ('joe', md5(opensesame))")
            .hit(&format!("a, password, b; INSERT INTO users (name, password) VALUES ('joe', '{word}')"), &word)
            .miss("INSERT INTO users (name, password) SELECT name, opensesame FROM old")
            .run();
    }

    #[test]
    fn the_first_row_alone_is_read() {
        let (word, other) = (["kx72", "Hq9zz"].concat(), ["Lw93", "hhQzx"].concat());
        Cases::of("secret.generic")
            .hit(&format!("| user | password |\n|---|---|\n| joe | {word} |\n| ann | {other} |\n"), &word)
            .miss(&format!("| user | password |\n|---|---|\n| joe |  |\n| ann | {other} |\n"))
            .run();
    }

    #[test]
    fn a_second_password_of_a_long_line_is_seen() {
        let word = ["kx72", "Hq9zz"].concat();
        // What is read from the first head on ends with a separator.
        let wide = ["column_of_some"; 9].join(",");
        let heads = format!("password,{wide},user,password,a_remark_,others");
        let row = format!(",{},joe,{word},-,-", ["1"; 9].join(","));
        Cases::of("secret.generic").hit(&format!("{heads}\n{row}\n"), &word).run();
    }

    #[test]
    fn heads_in_a_row_are_looked_beside_shortly() {
        for heads in ["password,", "password|\n", "pwd;pwd\n", "password "] {
            let text = heads.repeat(3000);
            let examined = examined("generic_secret_column", &scan(&text).cost);
            assert!(examined <= 24 * text.len() as u64, "{heads}: {examined} bytes of {}", text.len());
        }
    }
}
