//! Bytes that C owns: results and errors.

use crate::boundary;

/// Bytes that RenLayer made and the caller owns: a result, or the text of an error. They never change.
///
/// Threads: may be read by several at once. Free it with `renlayer_buffer_free`, once, when none reads it any more.
#[derive(Debug)]
pub struct Buffer(Vec<u8>);

impl Buffer {
    /// The bytes, for those who call from Rust.
    pub fn bytes(&self) -> &[u8] {
        &self.0
    }
}

impl From<Vec<u8>> for Buffer {
    fn from(bytes: Vec<u8>) -> Self {
        Self(bytes)
    }
}

impl From<String> for Buffer {
    fn from(text: String) -> Self {
        Self(text.into_bytes())
    }
}

/// The first of a buffer's bytes. They are the buffer's: valid until it is freed, and not to be written to or freed. No
/// NUL follows them. Read no more than `renlayer_buffer_len` says; where that is 0, read nothing.
///
/// On failure: NULL where `buffer` is NULL.
#[unsafe(no_mangle)]
pub extern "C" fn renlayer_buffer_data(buffer: Option<&Buffer>) -> *const u8 {
    buffer.map_or(std::ptr::null(), |buffer| buffer.0.as_ptr())
}

/// How many bytes a buffer holds.
///
/// On failure: 0 where `buffer` is NULL.
#[unsafe(no_mangle)]
pub extern "C" fn renlayer_buffer_len(buffer: Option<&Buffer>) -> usize {
    buffer.map_or(0, |buffer| buffer.0.len())
}

/// Frees a buffer. NULL is fine. The pointer, and the one to its bytes, are not valid after.
///
/// Threads: none may be reading the buffer.
#[unsafe(no_mangle)]
pub extern "C" fn renlayer_buffer_free(buffer: Option<Box<Buffer>>) {
    boundary::free(buffer);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_read_from_null() {
        assert!(renlayer_buffer_data(None).is_null());
        assert_eq!(renlayer_buffer_len(None), 0);
        renlayer_buffer_free(None);
    }
}
