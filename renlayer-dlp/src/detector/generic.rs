//! Secrets of no known kind: a value that looks random, given to a name that says secret.
//!
//! Most credentials that leak are no provider's tokens but passwords and keys of one's own. All that tells them is their
//! name, and that the value is neither a word, nor a variable, nor an id. Precision comes first here: what is not random
//! enough, or is called by a name that is not secret after all (`public_key`, `next_page_token`, `key_id`), is left alone.
//!
//! - hit: `api_token: "Zf3D0LXCM3EIMbgJpUNnkRtOfOueHznB"`, `DB_PASSWORD=tr0ub4dor-x`, `Authorization: Basic …`, and in a
//!   sentence `my password is Kx7!pQ2z`, `the API key is Zf3D0LXCM3EIMbgJpUNn`
//! - hit: `token - 'Zf3D0LXCM3EIMbgJpUNn'`; without any operator see [`beside`] and [`column`]
//! - hit: `environ.get("PASSWORD") or "tr0ub4dor-x"` (see [`fallback`]), `secret_key = b64decode("…")` (see [`decoded`])
//! - low: `auth = "Zf3D0LXCM3EIMbgJ"`, where letters of both cases and digits look drawn
//! - low: words that a person may have chosen (see [`given`]), and several of them (see [`phrase`])
//! - low: `northwind_key=f6ameo8g…`, letters of one case under a name that says whose key it is, and anything under `key` alone
//! - low: what manuals make up: `api_token: abc123def456`, `Basic dXNlcm5hbWU6cGFzc3dvcmQ=`
//! - low: values that say themselves that they stand for another; UUIDs; passwords in quotes that are words; what begins like
//!   a provider's token, or stands under its name, and is not written as that provider writes it
//! - miss: `token = getToken()`, `secret: ${SECRET}`, `password: string`, `public_key = …`, `max_tokens: 4096`
//! - known mistakes: passwords that are words are `LOW` at most; a random id under a name that says "token" is a hit; the
//!   token of a provider who has changed its form since is `LOW` until the row is changed too.

mod beside;
mod bytes;
mod column;
mod decoded;
mod extent;
mod fallback;
mod given;
pub(super) mod joined;
mod keyword;
mod mark;
mod name;
mod pair;
mod phrase;
mod pw;
mod spoken;
mod stand_in;
#[cfg(test)]
mod tests;
mod two_words;
mod value;

use std::ops::ControlFlow;

use super::{About, Anchor, ByteSet, Detector, Match, Need, Page, Probe, Start, assignment};
use crate::{Evidence, Severity};
pub(super) use beside::Beside;
pub(super) use column::Column;
use name::Kind;
pub(super) use stand_in::says_what_it_is;
use value::{Value, Verdict};

/// See the [module](self).
pub(super) struct Generic;

/// So many bytes after the begin of a word, at most, stands what gives its name a value.
const GIVEN: usize = keyword::LONGEST + NEAR;
/// And so many after its end, which is one place whichever of the words that end there is looked at.
const NEAR: usize = name::LONGEST_REST + assignment::QUOTED;
/// So many bytes after a word, at most, stands the digit that a password or key in a sentence has.
const LONGEST_TOLD: usize = 96;
impl Detector for Generic {
    fn about(&self) -> About {
        About::new(
            "generic_secret",
            "secret.generic",
            Severity::High,
            "a random value under a name that says secret",
        )
    }

    fn page(&self) -> Page {
        let mistakes =
            "passwords that are words are low at most; a random id under a name that says token is a hit";
        Page { basis: "its name, and the randomness of the value", mistakes }
    }

    fn anchors(&self) -> Vec<Anchor> {
        keyword::anchors()
    }

    fn need(&self) -> Need {
        Need::Value { given: GIVEN, told: keyword::LONGEST + LONGEST_TOLD }
    }

    fn start(&self) -> Start {
        Start::After
    }

    fn notes(&self) -> Option<&'static str> {
        Some(value::NOTES)
    }

    fn ahead(&self) -> usize {
        let begin = (assignment::SPAN + assignment::OPENING).max(pair::OPENING);
        // And what closes it.
        keyword::LONGEST + begin + value::LONGEST + 1
    }

    fn verify(&self, probe: &Probe<'_>) -> Option<Match> {
        let word = keyword::standing_at(probe, probe.at())?;
        let after = probe.at() + word.length();
        if word.ends_a_longer(probe, after) || pw::is_repeated(probe, after) {
            return None;
        }
        if let Some(found) = spoken::find(probe, after) {
            return Some(found);
        }
        if !name::is_whole(probe, after) || mark::is_ours(probe) || name::is_of_a_page(probe) {
            return None;
        }
        let found = pair::find(probe, after).or_else(|| fallback::find(probe, after));
        if found.is_some() || probe.ran_out() {
            return found;
        }
        if !may_be_given(probe, after) {
            return None;
        }
        if name::is_element(probe, after) { in_element(probe, after) } else { assigned(probe, after) }
    }

    fn judges_named(&self) -> bool {
        true
    }

    fn named(&self, name: &[u8], probe: &Probe<'_>) -> Option<Match> {
        weigh(probe, probe.at(), Value::of_string, || name)
            .or_else(|| phrase::of_string(probe, probe.at(), name))
    }
}

const QUOTES: ByteSet = ByteSet::EMPTY.with(b"\"'`");

/// The value that is assigned to the name whose keyword ends at `after`: the first of the line, or the one after its type.
fn assigned(probe: &Probe<'_>, after: usize) -> Option<Match> {
    let mut first = None;
    assignment::find(probe, after, |end, at| {
        let begin = *first.get_or_insert(end);
        let is_typed = begin < end && probe.is(end, &EQUALS) && is_type(probe.slice(begin..end));
        let is_one = is_typed || begin == end;
        let found = is_one.then(|| given_by(probe, after, begin, (end, at))).flatten();
        // A type goes on, or may begin.
        let is_typing = if begin == end { probe.is(end, &COLON) } else { !is_typed && probe.is(end, &TYPE) };
        match found {
            None if is_typing && end - begin <= LONGEST_TYPE => ControlFlow::Continue(()),
            found => ControlFlow::Break(found),
        }
    })
}

/// The value that the operator at `end` gives, and that begins at `at`, to the name whose keyword ends at `after` and which ends at
/// `begin`.
fn given_by(probe: &Probe<'_>, after: usize, begin: usize, (end, at): (usize, usize)) -> Option<Match> {
    let decoded = decoded::begin(probe, at);
    let at = decoded.unwrap_or(at);
    if !name::reaches(probe, after..begin) || !gives(probe, after, end, at) {
        return None;
    }
    let name = || name::around(probe, begin);
    let is_told = decoded.is_none() || decoded::may_be_secret(probe, at, name());
    is_told.then(|| weigh(probe, at, Value::read, name)).flatten()
}

/// The content of an element whose name ends at `after`, or what an attribute of it says to be the value.
fn in_element(probe: &Probe<'_>, after: usize) -> Option<Match> {
    assignment::find(probe, after, |end, at| {
        let is_end = probe.is(end, &CLOSES_TAG);
        let is_content = is_end && !probe.was(end, &ByteSet::EMPTY.with(b"/"));
        let is_given = is_content || probe.is(end, &EQUALS) && name::is_value(probe, end);
        let found = is_given.then(|| weigh(probe, at, Value::read, || name::around(probe, after))).flatten();
        match found {
            None if !is_end => ControlFlow::Continue(()),
            found => ControlFlow::Break(found),
        }
    })
}

/// Whether the name that the word ending at `after` stands in may be given a value: by an operator right after the rest of it, or by
/// its first space. Most words of a sentence end here.
fn may_be_given(probe: &Probe<'_>, after: usize) -> bool {
    let rest = name::rest(probe, after);
    probe.begins(rest);
    let has_operator = probe.is(rest, &assignment::OPERATOR)
        && name::reaches(probe, after..rest)
        && (!is_bare(probe, rest) || name::is_element(probe, after));
    let space = || probe.slice(after..rest).iter().position(|byte| b" \t".contains(byte));
    let is_given = |space: usize| assignment::is_given(probe, after, after + space);
    has_operator || space().is_some_and(is_given) || assignment::is_brace(probe, rest)
}

/// `token(key`, `key, value`, `key::Kind`, `key == other`: whether a word without quotes stands after an operator that gives a value
/// only in quotes (see [`gives`]).
fn is_bare(probe: &Probe<'_>, end: usize) -> bool {
    const GIVES: ByteSet = ByteSet::EMPTY.with(b"=:>");
    if probe.is(end, &GIVES) && !probe.looking_at(end, b"::") && !probe.looking_at(end, b"==") {
        return false;
    }
    let value = probe.run(end + 1, &assignment::OPENER, LONGEST_TYPE);
    let is_word = probe.is(value, &ByteSet::WORD)
        && !probe.is(value + 1, &QUOTES)
        && decoded::begin(probe, value).is_none();
    is_word && !probe.slice(end..value).iter().any(|byte| QUOTES.has(*byte))
}

const LINE_END: ByteSet = ByteSet::EMPTY.with(b"\r\n");
const EQUALS: ByteSet = ByteSet::EMPTY.with(b"=");
const COLON: ByteSet = ByteSet::EMPTY.with(b":");
const CLOSES_TAG: ByteSet = ByteSet::EMPTY.with(b">");
const LONGEST_TYPE: usize = 32;

/// What a type is made of.
const TYPE: ByteSet = ByteSet::WORD.with(b" &<>?[]'.|");

/// `: &str `, `: Option<String> `: a colon and a type.
fn is_type(text: &[u8]) -> bool {
    text.len() <= LONGEST_TYPE
        && text.strip_prefix(b":").is_some_and(|rest| rest.iter().all(|byte| TYPE.has(*byte)))
}

/// Whether the operator at `end` gives the name a value: a list, a call and a sentence do so only in quotes, and after a word
/// that is a verb as well not even then.
fn gives(probe: &Probe<'_>, after: usize, end: usize, at: usize) -> bool {
    const ASSIGNS: ByteSet = ByteSet::EMPTY.with(b"=:>");
    let is_verb = || probe.slice(probe.at()..after).eq_ignore_ascii_case(b"pass");
    // `--- PASS: TestRead`.
    let is_result = || is_verb() && probe.behind(probe.at(), 4) == b"--- ";
    let is_flag = || probe.is(end, &ByteSet::EMPTY.with(b" "));
    match probe.was(at, &QUOTES) {
        // Compared with what has a name, and a part of a module.
        false if probe.looking_at(end, b"==") || probe.looking_at(end, b"::") => false,
        _ if probe.is(end, &ASSIGNS) => !is_result(),
        true => !is_verb() && !is_list(probe, after, at),
        false => is_flag() || assignment::is_schemed(probe, at),
    }
}

/// `'USERPWD', 'HTTP_ALIASES'`: names of constants in a row, which are words joined, or three.
fn is_list(probe: &Probe<'_>, after: usize, at: usize) -> bool {
    const NAME: ByteSet = ByteSet::UPPER.or(ByteSet::DIGIT).with(b"_");
    const BETWEEN: ByteSet = QUOTES.with(b", ");
    let end = probe.run(at, &NAME, LONGEST_TYPE);
    let is_name = probe.is(end, &QUOTES) && probe.slice(probe.at()..after).iter().all(|byte| NAME.has(*byte));
    let is_third = || {
        let third = probe.run(end, &BETWEEN, 4);
        probe.looking_at(end + 1, b",") && probe.was(third, &QUOTES) && probe.is(third, &ByteSet::UPPER)
    };
    let is_joined = || probe.slice(at..end).contains(&b'_') && joined::is_words(probe.slice(at..end));
    is_name && (is_joined() || is_third())
}

/// `token=token=…`, `my.token=my.token=…`, `password: password: …`, `?key=?key=…`: whether what stands at `at` is no value but the name of one, which is
/// looked at by itself. With a value beside it that is none either, both together may be one.
fn is_name(probe: &Probe<'_>, at: usize) -> bool {
    const GIVES: ByteSet = ByteSet::EMPTY.with(b"=:");
    // A word for a secret may have a space in it, or letters outside ASCII.
    const AFTER: ByteSet = GIVES.with(b" ").range(0x80, 0xff);
    let after_sign = |at: usize| probe.run(at, &ByteSet::EMPTY.with(b"?&"), 1);
    let at = after_sign(at);
    if probe.was(at, &QUOTES) || !probe.is(name::end(probe, at), &AFTER) {
        return false;
    }
    let begins = |at: usize| {
        let end = at + keyword::standing_at(probe, at)?.length();
        probe.is(end, &GIVES).then(|| after_sign(end + 1))
    };
    // `passwords=`, `token_2=`; base64 may end so too, before its padding.
    let holds = |at: usize| {
        let end = name::end(probe, at);
        let is_one =
            probe.is(end, &GIVES) && (keyword::ends_at(probe, end) || keyword::stands_in(probe, at..end));
        is_one.then(|| probe.run(end, &GIVES, 2))
    };
    let is_one = |at: usize| begins(at).or_else(|| holds(at)).is_some();
    let is_given = |at: usize| begins(at).is_some_and(|next| probe.is(next, &ByteSet::SPACE) || is_one(next));
    is_given(at) || holds(at).is_some_and(is_one)
}

/// Whether a value in quotes is a password by itself: neither words nor a path nor code.
pub(super) fn looks_random(text: &[u8]) -> bool {
    matches!(Value::new(0, text, true).verdict(Kind::Password), Some(Verdict::Secret(_)))
}

/// Whether a value in quotes is a key that programs draw, and none that manuals or tests have in its place.
pub(super) fn looks_drawn(text: &[u8]) -> bool {
    let value = Value::new(0, text, true);
    matches!(value.verdict(Kind::Key), Some(Verdict::Secret(_))) && !value.stands_for_another(Kind::Key)
}

/// The value is read first: it is most often too short, and the name takes longer to judge.
fn weigh<'n, 't>(
    probe: &Probe<'t>,
    at: usize,
    read: impl Fn(&Probe<'t>, usize) -> Option<Value<'t>>,
    name: impl Fn() -> &'n [u8],
) -> Option<Match> {
    if is_name(probe, at) || mark::begins(probe, at) {
        return None;
    }
    if let Some(found) = bytes::find(probe, at, &name) {
        return Some(found);
    }
    let Some(value) = read(probe, at) else { return phrase::find(probe, at, name) };
    value.note_words(probe);
    if !value.is_long_enough() {
        return None;
    }
    let found = |confidence| Match::new(value.range(), confidence).with(Evidence::CONTEXT);
    let name = name();
    let kind = Kind::of_next(probe, name)?;
    if !pw::allows(name, &value, probe, at) || !two_words::allow(name, probe.slice(value.range())) {
        return None;
    }
    let given = || given::is_given(&value, kind, name, probe, at).then_some(Verdict::Doubtful);
    // No provider's key has signs; what programs draw for themselves has.
    let drawn = || {
        let is_own = kind == Kind::Key && name::says_secret(name) && value.is_drawn_with_signs();
        is_own.then_some(Verdict::Secret(0.6))
    };
    let verdict = match value.verdict(kind).or_else(given)? {
        Verdict::Doubtful => drawn().unwrap_or(Verdict::Doubtful),
        verdict => verdict,
    };
    Some(match verdict {
        Verdict::Doubtful => found(0.3).harmless(),
        Verdict::Secret(confidence) if value.stands_for_another(kind) => found(confidence).harmless(),
        Verdict::Secret(_) if value.may_be_reference() => found(0.3).harmless(),
        Verdict::Secret(_) if value.names_a_secret() && (kind != Kind::Password || value.is_variable()) => {
            found(0.3).harmless()
        }
        // Cut or made up; what is written right is a row's.
        Verdict::Secret(_) if value.is_misshapen(probe) => found(0.3).harmless(),
        Verdict::Secret(_) if (kind == Kind::Key || kind.is_bare()) && value.is_cut(name, probe) => {
            found(0.3).harmless()
        }
        Verdict::Secret(confidence) => found(confidence).with(Evidence::ENTROPY),
    })
}
