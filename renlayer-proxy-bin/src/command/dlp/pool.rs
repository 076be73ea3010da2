//! Several files read and scanned at a time, and told in the order in which they were named.

use std::collections::BTreeMap;
use std::io;
use std::num::NonZeroUsize;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc;
use std::thread;

use renlayer_core::dlp::Scanner;

use super::files::Found;
use super::source::{self, Limits, Seen};

/// How far workers may be ahead of what was told.
const AHEAD: usize = 256;

/// Looks at all files with so many threads, and hands what came of each to `tell`, in order. Stops when `tell` fails.
pub(super) fn look_at_all(
    scanner: &Scanner,
    files: &[Found],
    limits: Limits,
    threads: NonZeroUsize,
    mut tell: impl FnMut(&Found, Option<io::Result<Seen>>) -> io::Result<()>,
) -> io::Result<()> {
    let next = AtomicUsize::new(0);
    thread::scope(|scope| {
        let (sender, results) = mpsc::sync_channel(AHEAD);
        for _ in 0..threads.get().min(files.len()) {
            let (sender, next) = (sender.clone(), &next);
            scope.spawn(move || work(scanner, files, limits, next, &sender));
        }
        drop(sender);
        let mut early = BTreeMap::new();
        let mut files = files.iter().enumerate();
        let mut now = files.next();
        for (index, seen) in results {
            early.insert(index, seen);
            while let Some((index, file)) = now {
                let Some(seen) = early.remove(&index) else { break };
                tell(file, seen)?;
                now = files.next();
            }
        }
        Ok(())
    })
}

/// Takes file after file until none is left, or nobody listens any more.
fn work(
    scanner: &Scanner,
    files: &[Found],
    limits: Limits,
    next: &AtomicUsize,
    results: &mpsc::SyncSender<(usize, Option<io::Result<Seen>>)>,
) {
    let mut buffer = Vec::new();
    loop {
        let index = next.fetch_add(1, Ordering::Relaxed);
        let Some(file) = files.get(index) else { return };
        let seen = file.as_ref().ok().map(|path| source::look(scanner, path, limits, &mut buffer));
        if results.send((index, seen)).is_err() {
            return;
        }
    }
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::*;

    #[test]
    fn files_are_told_in_order_however_many_are_read_at_a_time() {
        let root = tempfile::tempdir().unwrap();
        // The first files take the longest.
        let files: Vec<Found> = (0..40)
            .map(|i: usize| {
                let path = root.path().join(format!("{i}"));
                std::fs::write(&path, "x".repeat((40 - i) * 10_000)).unwrap();
                if i % 7 == 3 { Err((path, io::Error::other("away"))) } else { Ok(path) }
            })
            .collect();
        for threads in [1, 2, 7, 64] {
            let mut told = Vec::new();
            look_at_all(
                &Scanner::builtin(),
                &files,
                Limits { max_bytes: u64::MAX, binary: false },
                NonZeroUsize::new(threads).unwrap(),
                |file, seen| {
                    assert_eq!(file.is_ok(), seen.is_some());
                    told.push(file.as_ref().map_or_else(|(path, _)| path.clone(), PathBuf::clone));
                    Ok(())
                },
            )
            .unwrap();
            let named: Vec<_> = (0..40).map(|i| root.path().join(format!("{i}"))).collect();
            assert_eq!(told, named, "{threads} threads");
        }
    }

    #[test]
    fn nothing_more_is_told_after_a_failure() {
        let file = tempfile::NamedTempFile::new().unwrap();
        let files: Vec<Found> = (0..1000).map(|_| Ok(file.path().to_owned())).collect();
        let mut told = 0;
        let outcome = look_at_all(
            &Scanner::builtin(),
            &files,
            Limits { max_bytes: u64::MAX, binary: false },
            NonZeroUsize::MIN,
            |_, _| {
                told += 1;
                Err(io::ErrorKind::BrokenPipe.into())
            },
        );
        assert_eq!((outcome.unwrap_err().kind(), told), (io::ErrorKind::BrokenPipe, 1));
    }
}
