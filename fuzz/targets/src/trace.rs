//! What traces are read back from: the journal on disk, and the record.

use std::fs;

use renlayer_core::trace::Trace;
use renlayer_core::trace::journal::Journal;

use crate::Target;
use crate::input::{Choices, chunks, seed};

/// The traces'.
pub const TARGETS: &[Target] = &[
    Target {
        name: "journal",
        holds: "a damaged file gives back what is whole, in order, and takes more",
        run: journal,
        seeds: segments,
        words: &["\x01\x00\x00\x00", "\x7f\x7f\x7f\x7f"],
    },
    Target {
        name: "record",
        holds: "a record that is read is written as it was",
        run: record,
        seeds: records,
        words: &["\"status\":\"DENIED\"", "\"findings\":[", "\"confidence\":", "null", "1e40", "-0"],
    },
];

/* ===== what holds ===== */

fn journal(bytes: &[u8]) {
    let mut choices = Choices::new(bytes);
    let raw = choices.byte().is_multiple_of(2);
    let (cuts, place, flip) = (choices.cuts(), usize::from(choices.byte()), choices.byte());
    let body = choices.rest();
    let directory = tempfile::tempdir().unwrap();
    if raw {
        fs::write(directory.path().join("traces-000000000007.journal"), body).unwrap();
        let (payloads, _) = back(directory.path());
        assert!(
            payloads.iter().map(|payload| payload.len() + 8).sum::<usize>() <= body.len() + 8 + LATER.len()
        );
        return;
    }
    let payloads: Vec<Vec<u8>> = chunks(body, &cuts).into_iter().map(<[u8]>::to_vec).collect();
    let mut journal = Journal::open(directory.path(), 1 << 20).unwrap();
    assert_eq!(journal.append(&payloads).0, payloads.len());
    drop(journal);
    let changed = spoil(directory.path(), place, flip);
    let (mut given, damaged) = back(directory.path());
    assert_eq!(given.pop().as_deref(), Some(LATER), "what comes later is not lost");
    if !changed {
        assert_eq!((given, damaged), (payloads, 0));
        return;
    }
    assert!(damaged > 0, "damage is counted");
    let mut rest = payloads.iter();
    assert!(given.iter().all(|payload| rest.any(|whole| whole == payload)), "in order, and nothing else");
}

const LATER: &[u8] = b"later";

/// Everything in the journal, once more has been written to it.
fn back(directory: &std::path::Path) -> (Vec<Vec<u8>>, u64) {
    let mut journal = Journal::open(directory, 1 << 20).unwrap();
    journal.append(&[LATER.to_vec()]).1.unwrap();
    let (mut payloads, mut damaged) = (Vec::new(), 0);
    for _ in 0..10_000 {
        let chunk = journal.peek(64).unwrap();
        if chunk.is_empty() && journal.is_empty() {
            return (payloads, damaged);
        }
        damaged += chunk.damaged;
        journal.take(&chunk).unwrap();
        payloads.extend(chunk.payloads);
    }
    panic!("a journal that does not end");
}

/// Flips bits of one byte of the segment there is; false where there is none, or nothing to flip.
fn spoil(directory: &std::path::Path, place: usize, flip: u8) -> bool {
    let files = fs::read_dir(directory).unwrap().map(|entry| entry.unwrap().path());
    let Some(path) = files.into_iter().find(|path| path.extension().is_some_and(|end| end == "journal"))
    else {
        return false;
    };
    let mut bytes = fs::read(&path).unwrap();
    let length = bytes.len();
    let Some(byte) = bytes.get_mut(place % length.max(1)) else { return false };
    *byte ^= flip;
    fs::write(path, bytes).unwrap();
    flip != 0
}

fn record(bytes: &[u8]) {
    let Ok(trace) = serde_json::from_slice::<Trace>(bytes) else { return };
    let written = serde_json::to_vec(&trace).unwrap();
    assert_eq!(serde_json::from_slice::<Trace>(&written).unwrap(), trace);
}

/* ===== seeds ===== */

fn segments() -> Vec<Vec<u8>> {
    let directory = tempfile::tempdir().unwrap();
    let mut journal = Journal::open(directory.path(), 1 << 20).unwrap();
    journal.append(&[b"first".to_vec(), Vec::new(), b"{\"id\":1}".to_vec()]).1.unwrap();
    drop(journal);
    let file = fs::read(directory.path().join("traces-000000000000.journal")).unwrap();
    vec![
        seed(&[0, 0, 0, 0, 0, 0], &file),
        seed(&[0, 0, 0, 0, 0, 0], &file[..file.len() - 3]),
        seed(&[1, 3, 0, 9, 2, 1], "some payloads of all sizes"),
        seed(&[1, 3, 0, 9, 13, 0], "untouched"),
    ]
}

fn records() -> Vec<Vec<u8>> {
    vec![include_bytes!("../../../renlayer-core/tests/golden/trace.json").to_vec()]
}
