//! A count as it is kept outside of the process: bytes under a name.

use super::count::{Count, Open};
use super::key::Key;
use super::runs::Run;

/// One count. Its name says neither whose it is nor of which limit to anybody without the key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CountRecord {
    /// Its name.
    pub name: [u8; 16],
    /// When it no longer counts anything, in milliseconds since 1970.
    pub until_ms: i64,
    /// What it holds.
    pub state: Vec<u8>,
}

/// Most runs that are kept of a count: what is older or younger by a 256th of the window counts as long as the younger.
const MOST_RUNS: usize = 256;

/// The first byte of a state: how the rest is to be read.
const VERSION: u8 = 1;

impl CountRecord {
    /// What is to be kept of a count, if it has changed.
    pub(super) fn of(key: Key, count: &mut Count) -> Option<Self> {
        let window = count.log.window();
        if !std::mem::replace(&mut count.changed, false) || window == 0 {
            return None;
        }
        let runs = count.log.condensed(MOST_RUNS);
        let end = runs.last().map_or(i64::MIN, |run| run.last).saturating_add(window);
        let mut state = vec![VERSION];
        put(&mut state, window);
        put(&mut state, i64::try_from(runs.len()).unwrap_or_default());
        for run in &runs {
            put(&mut state, run.last);
            put(&mut state, i64::try_from(run.amount).unwrap_or(i64::MAX));
        }
        // What is not known any more is not corrected either.
        for open in count.open().filter(|open| count.log.knows(open.at)) {
            let [at, seen] = [open.at, open.seen].map(|at| count.log.by_the_clock(at));
            let [held, used] = [open.held, open.used].map(|n| i64::try_from(n).unwrap_or(i64::MAX));
            [at, seen, held, used].into_iter().for_each(|number| put(&mut state, number));
        }
        Some(Self { name: key.0.to_le_bytes(), until_ms: end, state })
    }

    pub(super) fn key(&self) -> Key {
        Key(u128::from_le_bytes(self.name))
    }

    /// The count. What cannot be read counts nothing.
    pub(super) fn to_count(&self) -> Count {
        self.read().unwrap_or_default()
    }

    fn read(&self) -> Option<Count> {
        let (version, rest) = self.state.split_first()?;
        let mut numbers = rest.chunks_exact(8).map(|bytes| bytes.try_into().map_or(0, i64::from_le_bytes));
        if *version != VERSION {
            return None;
        }
        let window = numbers.next().filter(|window| *window >= 0)?;
        let runs = usize::try_from(numbers.next()?).ok()?.min(MOST_RUNS);
        let mut kept = Vec::with_capacity(runs);
        for _ in 0..runs {
            kept.push(Run { last: numbers.next()?, amount: amount(numbers.next()?) });
        }
        let mut open = Vec::new();
        while let Some(at) = numbers.next() {
            let (seen, held, used) = (numbers.next()?, amount(numbers.next()?), amount(numbers.next()?));
            open.push(Open { at, held, used, seen, grain: 1 });
        }
        kept.sort_by_key(|run| run.last);
        Some(Count::of(kept, window, open))
    }
}

fn put(state: &mut Vec<u8>, number: i64) {
    state.extend_from_slice(&number.to_le_bytes());
}

fn amount(number: i64) -> u64 {
    u64::try_from(number).unwrap_or(0)
}
