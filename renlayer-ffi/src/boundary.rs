//! Where a call comes in and goes out: results and errors are written here, and a panic ends here.
//!
//! The message of a panic may quote what was being worked on, as that of a string cut inside a character does. So while a
//! call is inside, the process's panic hook is told nothing: only the place in the source is kept.

use std::cell::Cell;
use std::mem::MaybeUninit;
use std::panic::{self, AssertUnwindSafe, PanicHookInfo};
use std::sync::Once;

use crate::{
    buffer::Buffer,
    status::{Failure, Status},
};

/// Where a handle is written for C to own: NULL, or a place that may hold anything. Exported functions write it out, for
/// the header would show the alias.
pub(crate) type Out<'a, T> = Option<&'a mut MaybeUninit<Box<T>>>;

thread_local! {
    /// Whether this thread is inside a call.
    static INSIDE: Cell<bool> = const { Cell::new(false) };
    /// Where in the source a call of this thread panicked.
    static PLACE: Cell<Option<String>> = const { Cell::new(None) };
}

/// Does the work of one call: its result goes to `out`, or its failure to `error`.
pub(crate) fn call<T>(
    out: Out<'_, T>,
    error: Out<'_, Buffer>,
    work: impl FnOnce() -> Result<T, Failure>,
) -> Status {
    let done = match out {
        Some(out) => caught(work).map(|result| {
            out.write(Box::new(result));
        }),
        None => Err(Failure::null("result")),
    };
    let Err(failure) = done else { return Status::Ok };
    if let Some(error) = error {
        error.write(Box::new(Buffer::from(failure.message.into_owned())));
    }
    failure.status
}

/// Frees a handle. There is nobody to tell of a panic.
pub(crate) fn free<T>(handle: Option<Box<T>>) {
    drop(caught(|| {
        drop(handle);
        Ok(())
    }));
}

/// A panic becomes a failure. What is behind a handle cannot be left half changed by it: an engine changes only by
/// swapping one pointer, and its locks are taken over from whoever panicked.
fn caught<T>(work: impl FnOnce() -> Result<T, Failure>) -> Result<T, Failure> {
    let was_inside = INSIDE.replace(true);
    let done = panic::catch_unwind(AssertUnwindSafe(|| {
        keep_panics_quiet();
        work()
    }));
    INSIDE.set(was_inside);
    done.unwrap_or_else(|payload| {
        // The payload is somebody's message. Its own drop may panic too, and that one would cross.
        std::mem::forget(payload);
        let place = PLACE.try_with(Cell::take).ok().flatten().unwrap_or_default();
        Err(Failure::new(Status::Panic, format!("a bug in RenLayer: panic at {place}")))
    })
}

/// Puts a hook before the process's own, once. Outside of our calls everything goes on to that one.
fn keep_panics_quiet() {
    static HOOK: Once = Once::new();
    HOOK.call_once(|| {
        let before = panic::take_hook();
        panic::set_hook(Box::new(move |panic| if INSIDE.get() { note(panic) } else { before(panic) }));
    });
}

fn note(panic: &PanicHookInfo<'_>) {
    let place = panic.location().map(ToString::to_string);
    // A thread that is ending has lost its note; the status still tells.
    let _ = PLACE.try_with(|note| note.set(place));
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What a call wrote to C's two variables.
    fn run(work: impl FnOnce() -> Result<u8, Failure>) -> (Status, Option<u8>, Option<String>) {
        let (mut out, mut error) = (MaybeUninit::uninit(), MaybeUninit::uninit());
        let status = call(Some(&mut out), Some(&mut error), work);
        if status == Status::Ok {
            // SAFETY: on success, and only then, the result was written.
            let result = unsafe { out.assume_init() };
            return (status, Some(*result), None);
        }
        // SAFETY: on failure, and only then, the error was written.
        let error = unsafe { error.assume_init() };
        (status, None, Some(String::from_utf8_lossy(error.bytes()).into_owned()))
    }

    #[test]
    fn a_result_or_an_error_is_written() {
        assert_eq!(run(|| Ok(7)), (Status::Ok, Some(7), None));
        let failed = run(|| Err(Failure::new(Status::Unavailable, "no")));
        assert_eq!(failed, (Status::Unavailable, None, Some("no".into())));
    }

    #[test]
    fn a_panic_is_a_status_that_tells_the_place_and_nothing_of_the_input() {
        let input = "4111 1111 1111 1111 é";
        let (status, _, message) = run(|| Ok(u8::from(input[..21].is_empty())));
        assert_eq!(status, Status::Panic);
        let message = message.unwrap();
        assert!(message.contains("boundary.rs:"), "{message}");
        assert!(!message.contains("4111"), "{message}");
    }

    #[test]
    fn a_payload_that_panics_when_dropped_does_not_cross() {
        struct Bomb;
        impl Drop for Bomb {
            fn drop(&mut self) {
                panic!("dropped");
            }
        }
        assert_eq!(run(|| panic::panic_any(Bomb)).0, Status::Panic);
    }

    #[test]
    fn without_a_place_for_the_result_nothing_is_done() {
        let status = call(None::<&mut MaybeUninit<Box<()>>>, None, || panic!("must not run"));
        assert_eq!(status, Status::NullArgument);
    }
}
