//! Counts that several instances share: what a store holds of each, and what an instance takes of it before it spends it.
//!
//! A [`Pot`](pot::Pot) is what the store holds of one count, as bytes that are replaced by comparing and swapping. A
//! [`Slice`](slice::Slice) is an instance's part of it. Between them go [`Claim`]s: made by the limiter, applied to a pot by
//! whoever speaks with the store, answered by what the pot granted. All of it is sans-I/O; `DESIGN.md` says why a limit is
//! never exceeded.

mod bytes;
mod claim;
mod pot;
mod slice;

pub use claim::{Applied, Claim};
pub(super) use claim::{Terms, Whose};
pub(super) use slice::{Due, Room, Slice};

/// How long a share of a pot is its holder's without a word from it, by the store's clock. After that all of it counts as spent,
/// and slots are free again.
pub(super) const TTL_MS: i64 = 10_000;

/// Into how many runs a window is cut: what is spent within one of them counts until the last of it stops.
const RUNS: i64 = 256;

/// How many milliseconds one run spans.
fn grain(window: i64) -> i64 {
    (window / RUNS).max(1)
}
