//! What an instance tells the store of one count and asks of it, and what it is granted.

use super::super::key::Key;
use super::super::runs::Run;
use super::pot::Pot;

/// What a limit says of a count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in super::super) struct Terms {
    /// Milliseconds; none where what is counted are actions under way.
    pub(in super::super) window: i64,
    pub(in super::super) max: u64,
}

/// Which count it is about, where that is, and whose share of it.
#[derive(Clone, Copy, Debug)]
pub(in super::super) struct Whose {
    pub(in super::super) key: Key,
    pub(in super::super) shard: usize,
    pub(in super::super) holder: u64,
}

/// What an instance tells the store of one count and asks of it.
///
/// It is applied to what the store holds under its [`name`](Self::name), by comparing and swapping, so it takes effect once or
/// not at all. Where nobody can say which, it is applied again: it knows its own traces.
#[derive(Debug)]
pub struct Claim {
    pub(in super::super) whose: Whose,
    pub(super) terms: Terms,
    /// How often the share has changed, as far as its holder knows; 0 where there is none yet.
    pub(super) serial: u64,
    /// What was spent of the share, by the instance's clock.
    pub(super) spent: Vec<Run>,
    /// What was used beyond the share.
    pub(super) owed: u64,
    /// What is given back of it.
    pub(super) back: u64,
    /// What is kept of it and not yet spent.
    pub(super) spare: u64,
    /// What calls wait for: the least of them, and all together.
    pub(super) need: u64,
    pub(super) waiting: u64,
    /// What the next calls may need.
    pub(super) extra: u64,
    /// How often it was tried, each time under another serial: what an earlier attempt would have been answered with is not
    /// what a later one would.
    pub(super) tries: u64,
    /// What the last attempt would have been answered with.
    pub(super) attempt: Option<Grant>,
}

/// How a claim changes what the store holds.
#[derive(Debug, PartialEq, Eq)]
pub enum Applied {
    /// It does, if the store still holds what was read.
    Swap {
        /// What is to be held.
        state: Vec<u8>,
        /// When that counts nothing any more, in milliseconds by the store's clock.
        until_ms: i64,
    },
    /// It has taken effect already, or never can.
    Done,
    /// What was read is not what this version writes: nothing is known of the count, so nothing is granted.
    Unreadable,
}

/// What a pot answers.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Grant {
    /// Of the share from now on; 0 where nothing is left of it.
    pub(super) serial: u64,
    /// Whether the share is no longer the instance's: all of it counts as spent.
    pub(super) void: bool,
    /// Until when it may be spent, by the instance's clock.
    pub(super) until: i64,
    pub(super) granted: u64,
    /// What is left for everybody after that.
    pub(super) free: u64,
    /// By how much what counts is more than the limit says.
    pub(super) excess: u64,
    /// For how long what was spent is kept.
    pub(super) keeps: i64,
    /// What others hold and have not spent.
    pub(super) elsewhere: u64,
    /// Whether somebody found no room lately.
    pub(super) short: bool,
    /// What counts, and in how many milliseconds each stops.
    pub(super) ends: Vec<(i64, u64)>,
}

impl Claim {
    /// The name of the count, which says nothing to anybody without the limiter's key.
    pub fn name(&self) -> [u8; 16] {
        self.whose.key.0.to_le_bytes()
    }

    /// Applies it to what the store held at `store_ms` by its own clock, which was asked at `asked_ms` by the limiter's: no
    /// later than the store looked.
    pub fn apply(&mut self, state: Option<&[u8]>, store_ms: i64, asked_ms: i64) -> Applied {
        let Some(mut pot) = state.map_or_else(|| Some(Pot::default()), Pot::read) else {
            return Applied::Unreadable;
        };
        let now = pot.advance(store_ms, self.terms);
        if let Some(grant) = pot.answered(self) {
            self.attempt = Some(grant);
            return Applied::Done;
        }
        self.tries += 1;
        self.attempt = Some(pot.grant(self, now, asked_ms));
        Applied::Swap { state: pot.to_bytes(), until_ms: pot.until() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn claim() -> Claim {
        Claim {
            whose: Whose { key: Key(1), shard: 0, holder: 1 },
            terms: Terms { window: 60_000, max: 10 },
            serial: 0,
            spent: Vec::new(),
            owed: 0,
            back: 0,
            spare: 0,
            need: 4,
            waiting: 8,
            extra: 0,
            tries: 0,
            attempt: None,
        }
    }

    fn swapped(applied: Applied) -> Vec<u8> {
        match applied {
            Applied::Swap { state, .. } => state,
            other => panic!("{other:?}"),
        }
    }

    /// An attempt that stalls on its way may arrive after a later one was made of the same state, when there was more room.
    #[test]
    fn an_attempt_that_arrives_late_is_not_answered_with_what_a_later_one_would_have_been() {
        let mut other = Claim { whose: Whose { holder: 2, ..claim().whose }, need: 6, waiting: 6, ..claim() };
        let full = swapped(other.apply(None, 1_000, 0));
        let mut claim = claim();
        let late = swapped(claim.apply(Some(&full), 70_000, 69_000));
        assert_eq!(claim.attempt.as_ref().map(|grant| grant.granted), Some(4));
        // The other share has ended, and what it held no longer counts.
        swapped(claim.apply(Some(&full), 71_500, 70_500));
        let later = claim.attempt.clone().map(|grant| grant.granted);
        assert_eq!(later, Some(8));
        // What arrived is four: they are not known to be the instance's, and count as spent.
        swapped(claim.apply(Some(&late), 71_501, 70_501));
        let granted = claim.attempt.map(|grant| (grant.void, grant.granted));
        assert_eq!(granted, Some((false, 6)));
    }
}
