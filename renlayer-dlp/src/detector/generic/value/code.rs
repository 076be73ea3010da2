//! What a program or a template writes where a value could stand: variables, calls, paths, URLs, hosts, numbers, marks around a name.

use super::Value;
use crate::check::language;
use crate::detector::ByteSet;
use crate::detector::generic::value::{SYMBOL, lists_characters};

impl Value<'_> {
    /// Variables, calls, paths, URLs, addresses, templates.
    pub(super) fn is_code(&self) -> bool {
        const OPENS: ByteSet = ByteSet::EMPTY.with(b"$%{[(</.&*@)");
        // A quoted word may begin like that; a reference then goes on as a name.
        let is_reference =
            |rest: &[u8]| rest.iter().all(|byte| ByteSet::WORD.with(b".-:=[](){}%>/").has(*byte));
        let opens = match self.text {
            [] => true,
            [b'/', ..] if self.is_mixed() && language::surprise(self.text) >= 5.0 => false,
            // No variable has such a name.
            [b'$', rest @ ..] if is_drawn(rest) => false,
            [first, rest @ ..] => OPENS.has(*first) && (!self.is_quoted || is_reference(rest)),
        };
        // `#include` and its like, and the selector `#add-password`.
        let is_directive = || {
            let rest = self.text.strip_prefix(b"#").unwrap_or_default();
            !rest.is_empty() && rest.iter().all(|byte| byte.is_ascii_lowercase() || *byte == b'-')
        };
        // The quote before it closed another value: `"password=" + name("x")`.
        let is_between =
            || self.is_quoted && self.text.starts_with(b"+") && matches!(self.text.last(), Some(b'(' | b')'));
        let is_number = || is_number(self.text) && (!self.is_quoted || self.text.starts_with(b"0x"));
        opens
            || is_directive()
            || is_between()
            || is_number()
            || self.is_constant()
            || self.is_member()
            || self.has_operator()
            || self.is_template()
            || self.beside_mark().is_some_and(|beside| !is_of_three_kinds(&beside))
            || is_host(self.text)
    }

    /// `TOKEN_TYPE_V2`: the name of a constant, where no quotes make it a value.
    fn is_constant(&self) -> bool {
        const NAME: ByteSet = ByteSet::UPPER.or(ByteSet::DIGIT).with(b"_");
        let is_name = || !self.has(NAME.not()) && self.has(ByteSet::EMPTY.with(b"_"));
        !self.is_quoted && is_name() && self.text.first().is_some_and(u8::is_ascii_uppercase)
    }

    /// `this.accountClient2`: what belongs to an object, where no quotes make it a value.
    fn is_member(&self) -> bool {
        const OBJECTS: [&[u8]; 3] = [b"this.", b"self.", b"req."];
        let is_one = || OBJECTS.into_iter().any(|object| self.text.starts_with(object));
        !self.is_quoted && is_one() && self.text.iter().all(|byte| ByteSet::WORD.with(b".").has(*byte))
    }

    fn has_operator(&self) -> bool {
        if !self.has(ByteSet::EMPTY.with(b"=$(-:.[?")) {
            return false;
        }
        let (mut rest, compares) = (self.text, !self.text.ends_with(b"=="));
        // Something is called there; in quotes a password may hold them as well.
        let is_call = |rest: &[u8]| {
            let before = self.text.len().checked_sub(rest.len() + 1).and_then(|at| self.text.get(at));
            !self.is_quoted
                || before.is_some_and(|byte| ByteSet::WORD.with(b")]}").has(*byte))
                || lists_characters(self.text)
        };
        while let [_, tail @ ..] = rest {
            match rest {
                [b'=', b'=', ..] if compares => return true,
                [b'(', b')', ..] if is_call(rest) => return true,
                [b'$', b'(', ..] | [b'(', b'$', ..] | [b'-', b'>', ..] | [b':', b':', ..] => return true,
                [b':', b'/', b'/', ..] | [b'.', b'.', b'.', ..] => return true,
                [b'[', b':', ..] | [b'?', b'.', ..] => return true,
                _ => rest = tail,
            }
        }
        false
    }

    /// `${NAME}`, `{{ name }}`, `#{name(1)}`, `%(name)s`, also with something around.
    fn is_template(&self) -> bool {
        const MARKS: [(&[u8], u8); 5] =
            [(b"${", b'}'), (b"{{", b'}'), (b"#{", b'}'), (b"%(", b')'), (b"<%", b'%')];
        self.has(ByteSet::EMPTY.with(b"{(%"))
            && MARKS.into_iter().any(|(opener, closer)| around_name(self.text, opener, closer).is_some())
    }

    /// What stands beside the mark of a variable or a comment that a password may hold as well: `$NAME`, `{$name}`, `?` and `##` before a
    /// value without quotes.
    pub(super) fn beside_mark(&self) -> Option<Vec<u8>> {
        match self.text {
            [b'?', rest @ ..] if !self.is_quoted => Some(rest.to_vec()),
            [b'#', b'#', ..] if !self.is_quoted => {
                Some(self.text.iter().copied().skip_while(|byte| *byte == b'#').collect())
            }
            _ if !self.has(ByteSet::EMPTY.with(b"$")) => None,
            text => around_name(text, b"{$", b'}').or_else(|| around_variable(text)),
        }
    }
}

/// Sixteen letters and digits or more that no language has.
fn is_drawn(text: &[u8]) -> bool {
    const KINDS: [ByteSet; 2] = [ByteSet::ALPHA, ByteSet::DIGIT];
    let has = ByteSet::EMPTY.with(text);
    text.len() >= 16
        && text.iter().all(u8::is_ascii_alphanumeric)
        && KINDS.into_iter().all(|kind| has.meets(kind))
        && language::surprise(text) >= language::FOREIGN
}

/// What stands around the name between two marks.
fn around_name(text: &[u8], opener: &[u8], closer: u8) -> Option<Vec<u8>> {
    const NAME: ByteSet = ByteSet::WORD.with(b".-:$ ~/?[]()'#*@^,");
    let at = memchr::memmem::find(text, opener)?;
    let (before, inside) = (text.get(..at)?, text.get(at + opener.len()..)?);
    let end = inside.iter().skip(1).position(|byte| *byte == closer)? + 1;
    let is_name = inside.get(..end)?.iter().all(|byte| NAME.has(*byte));
    is_name.then(|| [before, inside.get(end + 1..).unwrap_or_default()].concat())
}

/// What stands around the first `$NAME`: of four letters or more, all capitals, and nothing goes on after them.
fn around_variable(text: &[u8]) -> Option<Vec<u8>> {
    let (before, rest) = text.split_at(memchr::memchr(b'$', text)?);
    let is_of_name = |byte: &&u8| byte.is_ascii_uppercase() || **byte == b'_';
    let name = rest.iter().skip(1).take_while(is_of_name).count();
    let after = rest.get(1 + name..).unwrap_or_default();
    let is_name = name >= 4 && !after.first().is_some_and(u8::is_ascii_alphanumeric);
    is_name.then(|| [before, after].concat())
}

/// Whether it mixes three kinds of bytes or more, as passwords do.
fn is_of_three_kinds(text: &[u8]) -> bool {
    let text = ByteSet::EMPTY.with(text);
    let kinds = [ByteSet::LOWER, ByteSet::UPPER, ByteSet::DIGIT, SYMBOL];
    kinds.into_iter().filter(|kind| text.meets(*kind)).count() >= 3
}

/// `a1b2c3.corp.com`: the name of a host.
fn is_host(text: &[u8]) -> bool {
    const ENDS: [&[u8]; 6] = [b".com", b".net", b".org", b".io", b".local", b".internal"];
    let is_label = |byte: &u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"-.".contains(byte);
    ENDS.into_iter().any(|end| text.ends_with(end)) && text.iter().all(is_label)
}

/// A number as programs write it, with its type: `-2146368492i32`, `0x8055000D_u32`, `12014UL`. None has more digits than its type
/// holds.
fn is_number(text: &[u8]) -> bool {
    const LONGEST: usize = 24;
    const TYPES: [&[u8]; 17] = [
        b"", b"u8", b"u16", b"u32", b"u64", b"usize", b"i8", b"i16", b"i32", b"i64", b"isize", b"l", b"ul",
        b"ull", b"n", b"f32", b"f64",
    ];
    if text.len() > LONGEST {
        return false;
    }
    let lower = text.strip_prefix(b"-").unwrap_or(text).to_ascii_lowercase();
    let (digits, set) = match lower.strip_prefix(b"0x") {
        Some(digits) => (digits, ByteSet::HEX.with(b"_")),
        None => (&*lower, ByteSet::DIGIT.with(b"_.")),
    };
    TYPES
        .iter()
        .filter_map(|kind| digits.strip_suffix(*kind))
        .any(|digits| digits.iter().all(|byte| set.has(*byte)))
}
