//! What was compiled, kept for the next time: a save changes one thing, and most of governance is what it was.

use std::fmt;

/// What was compiled last, and from what.
pub(super) struct Memo<S, T>(Option<(S, T)>);

impl<S, T> Default for Memo<S, T> {
    fn default() -> Self {
        Self(None)
    }
}

impl<S: PartialEq, T: Clone> Memo<S, T> {
    /// Compiles, unless it would be from the same as before. What does not compile leaves what was kept.
    pub(super) fn compile<E>(&mut self, source: S, compile: impl FnOnce(&S) -> Result<T, E>) -> Result<T, E> {
        if let Some((_, compiled)) = self.0.as_ref().filter(|(kept, _)| *kept == source) {
            return Ok(compiled.clone());
        }
        let compiled = compile(&source)?;
        self.0 = Some((source, compiled.clone()));
        Ok(compiled)
    }
}

impl<S, T> fmt::Debug for Memo<S, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Memo").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_is_compiled_once_and_a_failure_keeps_what_was_there() {
        let (mut memo, mut times) = (Memo::default(), 0);
        let mut compile = |source: &'static str| {
            memo.compile(source, |source| {
                times += 1;
                source.parse::<u8>()
            })
        };
        assert_eq!((compile("1"), compile("1")), (Ok(1), Ok(1)));
        assert!(compile("one").is_err());
        assert_eq!((compile("1"), compile("2"), compile("1")), (Ok(1), Ok(2), Ok(1)));
        assert_eq!(times, 4);
    }
}
