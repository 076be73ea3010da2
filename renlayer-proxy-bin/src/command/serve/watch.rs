//! The configuration file, looked at every second: another one is put into force without a signal.
//!
//! It is asked for its time, length and number, and no notice is taken from the operating system: files that are mounted into
//! containers, reached over a network or replaced through links give none, or give it of something else.

use std::fs::Metadata;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use tokio::time::{Interval, MissedTickBehavior, interval};

/// How often it is looked at. What is written in that time is read when it has been left alone for as long.
const PERIOD: Duration = Duration::from_secs(1);

/// Waits for a file to become another one.
pub(super) struct Watch {
    file: Option<PathBuf>,
    ticks: Interval,
    /// What was told of last.
    told: Option<Stamp>,
    /// What was there at the last look.
    seen: Option<Stamp>,
}

/// What tells one state of a file from another.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Stamp {
    modified: Option<SystemTime>,
    length: u64,
    number: u64,
}

// === impl Watch ===

impl Watch {
    /// Over the file as it is now; over nothing, where there is none.
    pub(super) fn over(file: Option<&Path>) -> Self {
        let mut ticks = interval(PERIOD);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let now = file.and_then(Stamp::of);
        Self { file: file.map(Path::to_owned), ticks, told: now, seen: now }
    }

    /// Waits until the file is another one than before, and whoever writes it is done. A file that is away is no other one.
    pub(super) async fn changed(&mut self) {
        loop {
            self.ticks.tick().await;
            let Some(now) = self.file.as_deref().and_then(Stamp::of) else { continue };
            let settled = self.seen.replace(now) == Some(now);
            if settled && self.told != Some(now) {
                self.told = Some(now);
                return;
            }
        }
    }
}

impl Stamp {
    fn of(file: &Path) -> Option<Self> {
        let metadata = std::fs::metadata(file).ok()?;
        let modified = metadata.modified().ok();
        Some(Self { modified, length: metadata.len(), number: number(&metadata) })
    }
}

/// Its number in its file system: a file that takes another's place has one of its own.
#[cfg(unix)]
fn number(metadata: &Metadata) -> u64 {
    std::os::unix::fs::MetadataExt::ino(metadata)
}

#[cfg(not(unix))]
fn number(_: &Metadata) -> u64 {
    0
}

#[cfg(test)]
mod tests {
    use tokio::time::timeout;

    use super::*;

    /// Longer than any change waits.
    const LONG: Duration = Duration::from_secs(10);

    #[tokio::test(start_paused = true)]
    async fn a_change_is_told_once_and_a_file_that_is_away_is_none() {
        let directory = tempfile::tempdir().unwrap();
        let file = directory.path().join("renlayer.yaml");
        std::fs::write(&file, "mode: observe").unwrap();
        let mut watch = Watch::over(Some(&file));
        assert!(timeout(LONG, watch.changed()).await.is_err(), "nothing has changed");
        std::fs::write(&file, "mode: enforce # now").unwrap();
        timeout(LONG, watch.changed()).await.unwrap();
        assert!(timeout(LONG, watch.changed()).await.is_err(), "it is told once");
        std::fs::remove_file(&file).unwrap();
        assert!(timeout(LONG, watch.changed()).await.is_err(), "a file that is away is no other one");
        let other = directory.path().join("other.yaml");
        std::fs::write(&other, "mode: enforce # now").unwrap();
        std::fs::rename(&other, &file).unwrap();
        timeout(LONG, watch.changed()).await.unwrap();
    }

    #[tokio::test(start_paused = true)]
    async fn without_a_file_nothing_changes() {
        assert!(timeout(LONG, Watch::over(None).changed()).await.is_err());
    }
}
