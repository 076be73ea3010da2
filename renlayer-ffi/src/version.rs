//! The version of the ABI, apart from the product's: it moves only when the header does.

/// Moves when what worked with an older library no longer does. While it is 0, the minor version does that.
pub const RENLAYER_ABI_MAJOR: u32 = 0;
/// Moves when something is added.
pub const RENLAYER_ABI_MINOR: u32 = 1;
/// Moves when something is mended.
pub const RENLAYER_ABI_PATCH: u32 = 0;

/// The version of the ABI that the library in this process has, as `major << 16 | minor << 8 | patch`. Compare it with
/// the header's `RENLAYER_ABI_MAJOR` and its fellows, where the library is loaded at run time.
///
/// Threads: any. On failure: it does not fail.
#[unsafe(no_mangle)]
pub extern "C" fn renlayer_abi_version() -> u32 {
    (RENLAYER_ABI_MAJOR << 16) | (RENLAYER_ABI_MINOR << 8) | RENLAYER_ABI_PATCH
}
