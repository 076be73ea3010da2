//! A disk that is full: calls go on, what cannot be kept is counted, and nothing dies.
//!
//! The disk is a small tmpfs, which only root may mount; for others this passes by and says so.

use std::{path::Path, process::Command};

use renlayer_tests::harness::Renlayer;
use renlayer_tests::upstream::Upstream;

/// A file system of three megabytes, as long as it lives.
struct SmallDisk(tempfile::TempDir);

impl SmallDisk {
    fn mount() -> Option<Self> {
        let directory = tempfile::tempdir().expect("a directory");
        let mut mount = Command::new("mount");
        mount.args(["-t", "tmpfs", "-o", "size=3m", "tmpfs"]).arg(directory.path());
        let mounted = mount.output().is_ok_and(|output| output.status.success());
        if !mounted {
            eprintln!("NOT RUN: no tmpfs can be mounted here");
        }
        mounted.then(|| Self(directory))
    }

    fn path(&self) -> &Path {
        self.0.path()
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("-l").arg(self.path()).status();
    }
}

#[test]
fn calls_go_on_and_what_is_lost_is_counted() {
    let Some(disk) = SmallDisk::mount() else { return };
    let upstream = Upstream::start();
    let database = format!("sqlite://{}/renlayer.db", disk.path().display());
    let journal = format!("traces: {{ journal: {}/journal }}", disk.path().display());
    let mut renlayer = Renlayer::in_front_of(&upstream).database(&database).top(&journal).start();
    let long = "all work and no play ".repeat(300);
    let dropped = (0..2_000).any(|_| {
        assert_eq!(renlayer.chat(&long).status, 200);
        let metrics = renlayer.get("/_/metrics").text();
        metrics.lines().any(|line| {
            let count = line.strip_prefix("renlayer_traces_dropped_total ");
            count.is_some_and(|count| count != "0")
        })
    });
    assert!(dropped, "three megabytes do not hold two thousand traces, nor does the journal beside them");
    assert_eq!(renlayer.chat("still there?").status, 200);
    renlayer.terminate();
    assert_eq!(renlayer.wait().code(), Some(0), "{}", renlayer.log());
}
