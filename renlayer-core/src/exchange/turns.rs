//! Whose turn it is. A change of governance overtakes every answer under way at once, and each that is to be judged again has its
//! request decoded, judged and scanned on a thread that serves. So they take turns, a millisecond apart: the first at once, the
//! last within a second of the change. Whoever waits lets nothing go.

use std::{
    sync::atomic::{AtomicU64, Ordering},
    time::Duration,
};

use tokio::time::sleep;

const APART: Duration = Duration::from_millis(1);
/// How many turns there are; whoever comes after shares one.
const TURNS: u64 = 1000;

/// How many have asked for a turn since the last change.
#[derive(Debug, Default)]
pub(crate) struct Turns(AtomicU64);

impl Turns {
    /// Governance has changed: the next turn is the first again.
    pub(crate) fn restart(&self) {
        self.0.store(0, Ordering::Relaxed);
    }

    /// Waits for the next turn.
    pub(crate) async fn next(&self) {
        let place = self.0.fetch_add(1, Ordering::Relaxed) % TURNS;
        if let Some(place) = u32::try_from(place).ok().filter(|&place| place > 0) {
            sleep(APART * place).await;
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use tokio::{task::JoinSet, time::Instant};

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn turns_are_apart_and_the_last_comes_within_a_second() {
        let turns = Arc::new(Turns::default());
        for _ in 0..2 {
            let begin = Instant::now();
            let mut waiting = JoinSet::new();
            for _ in 0..3 * TURNS {
                let turns = turns.clone();
                waiting.spawn(async move {
                    turns.next().await;
                    begin.elapsed()
                });
            }
            let waited = waiting.join_all().await;
            assert!(waited.contains(&Duration::ZERO));
            assert!(waited.iter().all(|&waited| waited <= Duration::from_secs(1)));
            let at =
                |moment| waited.iter().filter(|&&waited| waited == Duration::from_millis(moment)).count();
            assert!((0..1000).all(|moment| at(moment) <= 6), "three, or six where the timer rounds");
            turns.restart();
        }
    }
}
