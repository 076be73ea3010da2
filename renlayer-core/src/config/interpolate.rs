//! `${NAME}` and `${NAME:-default}` in the scalars of a file.
//!
//! A variable that is not set is an error that names it. `$${` stands for `${` itself; a dollar sign before
//! anything else is a dollar sign. What is put in is not read again for further variables.

use std::borrow::Cow;

/// A scalar with its variables put in.
#[derive(PartialEq)]
pub(crate) enum Interpolated<'a> {
    /// It had none.
    Unchanged(Cow<'a, str>),
    /// It had at least one.
    Substituted(String),
}

/// Puts in what `lookup` knows. The error is the message for the operator, without any value.
pub(crate) fn interpolate<'a>(
    text: &'a str,
    lookup: &dyn Fn(&str) -> Option<String>,
) -> Result<Interpolated<'a>, String> {
    if !text.contains('$') {
        return Ok(Interpolated::Unchanged(Cow::Borrowed(text)));
    }
    let (mut out, mut rest, mut substituted) = (String::with_capacity(text.len()), text, false);
    while let Some((before, after)) = rest.split_once('$') {
        out.push_str(before);
        if let Some(after) = after.strip_prefix("${") {
            out.push_str("${");
            rest = after;
        } else if let Some(after) = after.strip_prefix('{') {
            let (reference, after) = after.split_once('}').ok_or("`${` is never closed by `}`")?;
            out.push_str(&resolve(reference, lookup)?);
            substituted = true;
            rest = after;
        } else {
            out.push('$');
            rest = after;
        }
    }
    out.push_str(rest);
    Ok(if substituted { Interpolated::Substituted(out) } else { Interpolated::Unchanged(Cow::Owned(out)) })
}

fn resolve(reference: &str, lookup: &dyn Fn(&str) -> Option<String>) -> Result<String, String> {
    let (name, default) = match reference.split_once(":-") {
        Some((name, default)) => (name, Some(default)),
        None => (reference, None),
    };
    if !is_name(name) {
        return Err(
            "`${…}` takes the name of an environment variable, as in `${NAME}` or `${NAME:-default}`".into(),
        );
    }
    // As in a shell, `:-` also replaces a variable that is set to nothing.
    match (lookup(name), default) {
        (Some(value), None) => Ok(value),
        (Some(value), Some(_)) if !value.is_empty() => Ok(value),
        (_, Some(default)) => Ok(default.to_owned()),
        (None, None) => Err(format!("environment variable `{name}` is not set")),
    }
}

fn is_name(name: &str) -> bool {
    !name.is_empty()
        && !name.starts_with(|c: char| c.is_ascii_digit())
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str) -> Result<String, String> {
        let lookup = |name: &str| match name {
            "HOST" => Some("db.internal".to_owned()),
            "EMPTY" => Some(String::new()),
            "NESTED" => Some("${HOST}".to_owned()),
            _ => None,
        };
        interpolate(text, &lookup).map(|done| match done {
            Interpolated::Unchanged(text) => text.into_owned(),
            Interpolated::Substituted(text) => format!("({text})"),
        })
    }

    #[test]
    fn variables_are_put_in() {
        for (text, expected) in [
            ("plain", "plain"),
            ("${HOST}", "(db.internal)"),
            ("postgres://${HOST}:5432/x", "(postgres://db.internal:5432/x)"),
            ("${MISSING:-here}", "(here)"),
            ("${HOST:-here}", "(db.internal)"),
            ("${EMPTY}", "()"),
            ("${EMPTY:-here}", "(here)"),
            ("${MISSING:-}", "()"),
            ("${NESTED}", "(${HOST})"),
            ("EMP-[0-9]{6}$", "EMP-[0-9]{6}$"),
            ("^a$|^b$", "^a$|^b$"),
            ("costs $5, or $${HOST}", "costs $5, or ${HOST}"),
        ] {
            assert_eq!(shown(text).as_deref(), Ok(expected), "{text}");
        }
    }

    #[test]
    fn what_cannot_be_put_in_is_named() {
        for (text, expected) in [
            ("${MISSING}", "environment variable `MISSING` is not set"),
            ("${HOST", "`${` is never closed by `}`"),
            (
                "${A B}",
                "`${…}` takes the name of an environment variable, as in `${NAME}` or `${NAME:-default}`",
            ),
        ] {
            assert_eq!(shown(text), Err(expected.to_owned()), "{text}");
        }
    }
}
