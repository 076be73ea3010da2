//! What C passes in, made into what Rust can trust: bytes, text, and numbers that name a choice.

use std::{slice, str};

use crate::status::{Failure, Status};

/// The bytes at `data`; `what` is the parameter's name.
///
/// # Safety
///
/// Where neither `data` is NULL nor `len` is 0, `len` bytes must be readable there, and stay as they are for as long as
/// the result is used: a caller picks `'a` to be no longer than its own call.
pub(crate) unsafe fn bytes<'a>(data: *const u8, len: usize, what: &str) -> Result<&'a [u8], Failure> {
    if len == 0 {
        return Ok(&[]);
    }
    if data.is_null() {
        return Err(Failure::null(what));
    }
    if isize::try_from(len).is_err() {
        return Err(Failure::new(
            Status::InvalidArgument,
            format!("the length of `{what}` is beyond memory"),
        ));
    }
    // SAFETY: not NULL, not longer than an object can be, and readable as the caller promises; bytes need no alignment.
    Ok(unsafe { slice::from_raw_parts(data, len) })
}

/// The text at `data`.
///
/// # Safety
///
/// That of [`bytes`].
pub(crate) unsafe fn text<'a>(
    data: *const std::ffi::c_char,
    len: usize,
    what: &str,
) -> Result<&'a str, Failure> {
    // SAFETY: promised by the caller, in the same words.
    let bytes = unsafe { bytes(data.cast(), len, what) }?;
    str::from_utf8(bytes).map_err(|error| {
        let place = error.valid_up_to();
        Failure::new(Status::InvalidUtf8, format!("`{what}` is not UTF-8 from byte {place} on"))
    })
}

/// The choice that `number` names.
pub(crate) fn choice<T: Copy>(number: u32, choices: &[(u32, T)], what: &str) -> Result<T, Failure> {
    let named = choices.iter().find(|(name, _)| *name == number).map(|(_, choice)| *choice);
    named.ok_or_else(|| Failure::new(Status::InvalidArgument, format!("{number} is no `{what}`")))
}

#[cfg(test)]
mod tests {
    use std::ptr;

    use super::*;

    #[test]
    fn null_is_nothing_only_where_the_length_is() {
        // SAFETY: nothing is read where the pointer is NULL.
        let read = |len| unsafe { bytes(ptr::null(), len, "body") };
        assert_eq!(read(0).unwrap(), b"");
        assert_eq!(read(1).unwrap_err().status, Status::NullArgument);
    }

    #[test]
    fn a_length_that_memory_cannot_hold_is_refused_before_anything_is_read() {
        // SAFETY: the length is refused, so nothing is read.
        let refused = unsafe { bytes(b"x".as_ptr(), usize::MAX, "body") }.unwrap_err();
        assert_eq!(refused.status, Status::InvalidArgument);
    }

    #[test]
    fn text_that_is_not_utf8_is_refused_by_place_and_not_quoted() {
        let latin = b"caf\xe9";
        // SAFETY: they are that many bytes.
        let refused = unsafe { text(latin.as_ptr().cast(), latin.len(), "config") }.unwrap_err();
        assert_eq!(
            (refused.status, &*refused.message),
            (Status::InvalidUtf8, "`config` is not UTF-8 from byte 3 on")
        );
    }

    #[test]
    fn a_number_names_a_choice_or_is_refused() {
        assert_eq!(choice(2, &[(1, 'a'), (2, 'b')], "letter").unwrap(), 'b');
        let refused = choice(0, &[(1, 'a')], "letter").unwrap_err();
        assert_eq!((refused.status, &*refused.message), (Status::InvalidArgument, "0 is no `letter`"));
    }
}
