//! As much of Hyperscan's C interface as is needed to count matches in a block of bytes.
//!
//! See `/usr/include/hs/hs.h` of `libhyperscan-dev`, or the [reference](https://intel.github.io/hyperscan/dev-reference/).
#![allow(unsafe_code, reason = "a C library, beside which the scanner is measured; no part of the crate")]

use std::ffi::{CString, c_char, c_int, c_uint, c_ulonglong, c_void};
use std::ptr::{null, null_mut};

const SUCCESS: c_int = 0;
const MODE_BLOCK: c_uint = 1;
/// At most one report per rule: the question is whether there is anything.
const SINGLE_MATCH: c_uint = 8;

type OnMatch = extern "C" fn(c_uint, c_ulonglong, c_ulonglong, c_uint, *mut c_void) -> c_int;

#[link(name = "hs")]
unsafe extern "C" {
    fn hs_compile_multi(
        expressions: *const *const c_char,
        flags: *const c_uint,
        ids: *const c_uint,
        elements: c_uint,
        mode: c_uint,
        platform: *const c_void,
        database: *mut *mut c_void,
        error: *mut *mut c_void,
    ) -> c_int;
    fn hs_alloc_scratch(database: *const c_void, scratch: *mut *mut c_void) -> c_int;
    fn hs_scan(
        database: *const c_void,
        data: *const c_char,
        length: c_uint,
        flags: c_uint,
        scratch: *mut c_void,
        on_match: OnMatch,
        context: *mut c_void,
    ) -> c_int;
    fn hs_free_database(database: *mut c_void) -> c_int;
    fn hs_free_scratch(scratch: *mut c_void) -> c_int;
}

/// Compiled rules, with the memory that one scan at a time needs.
pub(crate) struct Database {
    rules: *mut c_void,
    scratch: *mut c_void,
}

impl Database {
    pub(crate) fn new(rules: &[String]) -> Self {
        let texts: Vec<CString> = rules.iter().map(|rule| CString::new(rule.as_str()).unwrap()).collect();
        let expressions: Vec<_> = texts.iter().map(|text| text.as_ptr()).collect();
        let flags = vec![SINGLE_MATCH; rules.len()];
        let count = c_uint::try_from(rules.len()).unwrap();
        let ids: Vec<c_uint> = (0..count).collect();
        let mut made = Self { rules: null_mut(), scratch: null_mut() };
        let mut error = null_mut();
        // SAFETY: the three arrays have `count` elements, the texts end in zero and outlive the call, and both outputs are
        // places for a pointer. Without a platform it compiles for this one.
        let compiled = unsafe {
            hs_compile_multi(
                expressions.as_ptr(),
                flags.as_ptr(),
                ids.as_ptr(),
                count,
                MODE_BLOCK,
                null(),
                &raw mut made.rules,
                &raw mut error,
            )
        };
        assert_eq!(compiled, SUCCESS, "Hyperscan refuses a rule");
        // SAFETY: the database was just made, and null asks for new memory.
        let allocated = unsafe { hs_alloc_scratch(made.rules, &raw mut made.scratch) };
        assert_eq!(allocated, SUCCESS);
        made
    }

    /// How many rules match.
    pub(crate) fn matches(&self, bytes: &[u8]) -> usize {
        let mut count = 0usize;
        let length = c_uint::try_from(bytes.len()).unwrap();
        // SAFETY: database and scratch belong together and live as long as `self`, which is not shared between threads (it
        // holds raw pointers); `bytes` has `length` bytes; `counted` gets the counter, which outlives the call.
        let scanned = unsafe {
            hs_scan(
                self.rules,
                bytes.as_ptr().cast(),
                length,
                0,
                self.scratch,
                counted,
                (&raw mut count).cast(),
            )
        };
        assert_eq!(scanned, SUCCESS);
        count
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        // SAFETY: both were made in `new`, and nothing uses them after this.
        unsafe {
            hs_free_scratch(self.scratch);
            hs_free_database(self.rules);
        }
    }
}

extern "C" fn counted(_: c_uint, _: c_ulonglong, _: c_ulonglong, _: c_uint, count: *mut c_void) -> c_int {
    // SAFETY: `matches` gives the address of its counter, and nobody else has it while the scan runs.
    unsafe { *count.cast::<usize>() += 1 };
    0
}
