//! The rules that `src/limit/DESIGN.md` rests its proof on, each by itself: what a claim does that is late, lost, repeated or
//! overtaken, and what clocks do that jump.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test stops where it is surprised"
)]

use jiff::Timestamp;
use renlayer_policy::{
    Admission, Applied, Claim, Demand, Facts, LimitSet, LimitState, Limiter, Reservation, Subject, Use,
};
use serde_json::json;

const MINUTE: i64 = 60_000;

/// After so long without a word a share is nobody's any more.
const TTL: i64 = 10_000;

/// What stops counting within one of these does so together.
const CELL: i64 = MINUTE / 256;

/// The store's clock when instances' stand at nothing; the begin of a cell.
const STORE: i64 = 5_000_000 * CELL;

const MAX: u64 = 10;

/// What is held under the only name there is.
type Held = Option<Vec<u8>>;

struct Instance {
    limiter: Limiter,
    limits: LimitSet,
}

impl Instance {
    fn new(holder: u64) -> Self {
        let limit = json!({"name": "l", "scope": "per_tenant", "dimension": "tokens", "window": "minute", "max": MAX});
        let limits = LimitSet::compile(vec![serde_json::from_value(limit).unwrap()]).unwrap();
        Self { limiter: Limiter::sharing(holder, || ()).keyed([7; 16]), limits }
    }

    /// None where the store has to be asked.
    fn admit(&self, tokens: u64, now: i64) -> Option<Result<Reservation, LimitState>> {
        let facts = Facts { agent_id: Some("a"), ..Facts::at(Timestamp::UNIX_EPOCH) };
        let subject = Subject::of("t", &facts);
        Some(match self.limiter.try_admit(&self.limits, &subject, Demand::priced(tokens, 0), now)? {
            Admission::Admitted(reserved) => Ok(reserved),
            Admission::Refused { limit } => Err(limit),
        })
    }

    /// The claim for tokens that calls wait for.
    fn claim_for(&self, tokens: u64, now: i64) -> Claim {
        assert!(self.admit(tokens, now).is_none(), "it has to ask");
        self.claim(now)
    }

    fn claim(&self, now: i64) -> Claim {
        let mut claims = self.limiter.claims(now);
        assert_eq!(claims.len(), 1);
        claims.remove(0)
    }

    /// Gets `tokens`, all at one moment.
    fn lease(&self, tokens: u64, now: i64, held: &mut Held) {
        let mut claim = self.claim_for(tokens, now);
        *held = Some(swap(&mut claim, held, STORE + now, now));
        self.limiter.granted(&claim, now);
    }

    /// Tells the store, which looks at `store`, what was spent, and gives back the rest.
    fn tell(&self, asked: i64, store: i64, held: &mut Held) {
        let mut claims = self.limiter.last_claims(asked);
        assert_eq!(claims.len(), 1);
        *held = Some(swap(&mut claims[0], held, store, asked));
        self.limiter.granted(&claims[0], asked);
    }

    /// Gets and spends `tokens`, all at one moment.
    fn spend(&self, tokens: u64, now: i64, held: &mut Held) {
        self.lease(tokens, now, held);
        let reserved = self.admit(tokens, now).unwrap().unwrap();
        reserved.settle(Use { tokens, spend_micros: 0 });
    }
}

/// What is to be held after the claim.
fn swap(claim: &mut Claim, held: &Held, store: i64, asked: i64) -> Vec<u8> {
    match claim.apply(held.as_deref(), store, asked) {
        Applied::Swap { state, .. } => state,
        other => panic!("{other:?}"),
    }
}

/// How many tokens are left at `store`, for somebody who is asked nowhere else.
fn left(held: &Held, store: i64) -> u64 {
    let other = Instance::new(999);
    let mut claim = other.claim_for(MAX, 0);
    swap(&mut claim, held, store, 0);
    other.limiter.granted(&claim, 0);
    match other.admit(MAX, 0) {
        Some(Ok(_)) => MAX,
        Some(Err(state)) => state.remaining,
        // Others have something in reserve: it would be waited for.
        None => {
            let fewer = (1..MAX).rev().find(|tokens| matches!(other.admit(*tokens, 0), Some(Ok(_))));
            fewer.unwrap_or(0)
        }
    }
}

// === How long ago ===

#[test]
fn what_is_long_on_its_way_looks_younger_and_never_older() {
    let (instance, mut held) = (Instance::new(1), None);
    instance.spend(4, 0, &mut held);
    // The store looks five seconds later.
    instance.tell(10, STORE + 5_010, &mut held);
    assert_eq!(left(&held, STORE + MINUTE + 4_999), MAX - 4);
    assert_eq!(left(&held, STORE + MINUTE + 5_000), MAX);
}

#[test]
fn what_was_spent_close_together_counts_until_the_last_of_it_stops() {
    let (instance, mut held) = (Instance::new(1), None);
    instance.lease(8, 0, &mut held);
    for (tokens, now) in [(3, 0), (3, CELL - 1), (2, CELL)] {
        instance.admit(tokens, now).unwrap().unwrap().settle(Use { tokens, spend_micros: 0 });
    }
    instance.tell(CELL, STORE + CELL, &mut held);
    assert_eq!(left(&held, STORE + MINUTE + CELL - 2), MAX - 8, "the first three would no longer count");
    assert_eq!(left(&held, STORE + MINUTE + CELL - 1), MAX - 2);
    assert_eq!(left(&held, STORE + MINUTE + CELL), MAX);
}

// === How long a slice may be spent ===

#[test]
fn a_slice_ends_ten_seconds_after_the_store_was_asked_however_late_it_looked() {
    for (looked, heard) in [(0, 0), (4_000, 6_000), (0, 9_999)] {
        let instance = Instance::new(1);
        assert!(instance.admit(2, 0).is_none() && instance.admit(2, 0).is_none());
        let mut claim = instance.claim(0);
        swap(&mut claim, &None, STORE + looked, 0);
        instance.limiter.granted(&claim, heard);
        assert!(matches!(instance.admit(2, TTL - 1), Some(Ok(_))));
        assert!(instance.admit(2, TTL).is_none(), "looked after {looked}, heard after {heard}");
    }
}

#[test]
fn a_share_that_has_ended_counts_as_spent_at_its_end() {
    let (instance, mut held) = (Instance::new(1), None);
    instance.lease(6, 0, &mut held);
    for (store, expected) in [(TTL - 1, 4), (TTL, 4), (MINUTE, 4), (MINUTE + TTL - 1, 4), (MINUTE + TTL, MAX)]
    {
        assert_eq!(left(&held, STORE + store), expected, "{store}");
    }
}

// === Clocks ===

#[test]
fn a_store_whose_clock_is_set_back_takes_no_time_to_have_passed() {
    for (back, skew) in [(3_600_000, 0), (1_001, 0), (1_000, 1_000), (1, 1)] {
        let (instance, mut held) = (Instance::new(1), None);
        instance.spend(6, 0, &mut held);
        // By its new clock it is looked at in the moment that the old one showed last.
        instance.tell(0, STORE - back, &mut held);
        let now = STORE - back + skew;
        assert_eq!(left(&held, now + MINUTE - 1), MAX - 6, "{back}");
        assert_eq!(left(&held, now + MINUTE), MAX, "{back}");
    }
}

#[test]
fn a_store_whose_clock_is_set_forward_takes_that_time_to_have_passed() {
    let (instance, mut held) = (Instance::new(1), None);
    instance.lease(6, 0, &mut held);
    assert_eq!(left(&held, STORE + 3_600_000), MAX);
    // The holder hears that its share is gone, and spends no more of it.
    let mut claim = instance.claim_for(8, 1);
    assert_eq!(claim.apply(held.as_deref(), STORE + 3_600_000, 1), Applied::Done);
    instance.limiter.granted(&claim, 1);
    assert!(instance.admit(1, 1).is_none(), "nothing is at hand");
}

#[test]
fn an_instance_whose_clock_is_set_back_makes_nothing_older_than_it_is() {
    let (instance, mut held) = (Instance::new(1), None);
    instance.spend(6, 500_000, &mut held);
    instance.tell(100_000, STORE + 500_001, &mut held);
    assert_eq!(left(&held, STORE + 500_000 + MINUTE), MAX - 6);
    assert_eq!(left(&held, STORE + 500_001 + MINUTE), MAX);
}

#[test]
fn an_instance_whose_clock_is_set_forward_has_to_ask() {
    let (instance, mut held) = (Instance::new(1), None);
    instance.lease(6, 0, &mut held);
    assert!(instance.admit(6, 3_600_000).is_none());
    let claim = &mut instance.claim(3_600_000);
    swap(claim, &held, STORE + 5, 3_600_000);
}

// === Each unit is granted once ===

#[test]
fn a_claim_whose_answer_was_lost_is_answered_with_what_it_was_granted_and_grants_nothing_more() {
    let instance = Instance::new(1);
    let mut claim = instance.claim_for(4, 0);
    let held = Some(swap(&mut claim, &None, STORE, 0));
    // It took effect, and nobody heard: a second later it is tried again, twice.
    for later in [1_000, 2_000] {
        assert_eq!(claim.apply(held.as_deref(), STORE + later, later), Applied::Done);
    }
    instance.limiter.granted(&claim, 2_000);
    assert_eq!(left(&held, STORE + 2_000), MAX - 4);
    assert!(matches!(instance.admit(4, 2_000), Some(Ok(_))));
    assert!(instance.admit(1, 2_000).is_none(), "four and no more");
    // The slice's time began when it was asked for first.
    let again = Instance::new(1);
    let mut claim = again.claim_for(4, 0);
    let held = Some(swap(&mut claim, &None, STORE, 0));
    assert_eq!(claim.apply(held.as_deref(), STORE + 9_000, 9_000), Applied::Done);
    again.limiter.granted(&claim, 9_000);
    assert!(again.admit(4, TTL).is_none());
}

#[test]
fn a_claim_that_never_arrived_is_applied_anew_by_what_is_there_by_then() {
    let (instance, other, mut held) = (Instance::new(1), Instance::new(2), None);
    let mut claim = instance.claim_for(4, 0);
    swap(&mut claim, &held, STORE, 0);
    other.spend(8, 5, &mut held);
    held = Some(swap(&mut claim, &held, STORE + 10, 10));
    instance.limiter.granted(&claim, 10);
    assert!(!matches!(instance.admit(4, 10), Some(Ok(_))), "two are left by then");
    assert_eq!(left(&held, STORE + 10), 2);
}

#[test]
fn who_comes_second_changes_nothing_and_reads_again() {
    let (one, other) = (Instance::new(1), Instance::new(2));
    let (mut first, mut second) = (one.claim_for(7, 0), other.claim_for(7, 0));
    let read: Held = None;
    let swapped = Some(swap(&mut first, &read, STORE, 0));
    // Made of what was read before, so it is not what is to be held now; the store compares.
    swap(&mut second, &read, STORE, 0);
    one.limiter.granted(&first, 1);
    swap(&mut second, &swapped, STORE + 1, 1);
    other.limiter.granted(&second, 1);
    assert!(matches!(one.admit(7, 1), Some(Ok(_))));
    assert!(matches!(other.admit(7, 1), Some(Err(_))));
}

#[test]
fn a_claim_that_is_tried_again_after_its_share_has_ended_loses_all_of_it() {
    let (instance, mut held) = (Instance::new(1), None);
    instance.lease(4, 0, &mut held);
    instance.admit(1, 0).unwrap().unwrap().settle(Use { tokens: 1, spend_micros: 0 });
    let mut claim = instance.claim_for(5, 1);
    swap(&mut claim, &held, STORE + 1, 1);
    // The attempt got lost, and by the next one the share is over.
    assert_eq!(claim.apply(held.as_deref(), STORE + TTL, TTL), Applied::Done);
    instance.limiter.granted(&claim, TTL);
    assert!(instance.admit(1, TTL).is_none(), "nothing is at hand");
    assert_eq!(left(&held, STORE + TTL), MAX - 4, "all of it counts as spent");
    // The next claim is of a share of its own.
    let mut claim = instance.claim(TTL);
    held = Some(swap(&mut claim, &held, STORE + TTL, TTL));
    instance.limiter.granted(&claim, TTL);
    assert!(matches!(instance.admit(1, TTL), Some(Ok(_))));
    assert_eq!(left(&held, STORE + TTL), MAX - 4 - 1);
}

#[test]
fn who_ends_gives_back_all_that_is_left_and_takes_nothing_more() {
    let (instance, mut held) = (Instance::new(1), None);
    instance.lease(6, 0, &mut held);
    instance.admit(2, 1).unwrap().unwrap().settle(Use { tokens: 2, spend_micros: 0 });
    instance.tell(2, STORE + 2, &mut held);
    assert!(instance.admit(1, 2).is_none(), "nothing is at hand");
    assert_eq!(left(&held, STORE + 2), MAX - 2);

    let (instance, mut held) = (Instance::new(1), None);
    instance.spend(4, 0, &mut held);
    instance.tell(1, STORE + 1, &mut held);
    assert_eq!(left(&held, STORE + 1), MAX - 4);
}

#[test]
fn what_was_used_beyond_a_share_counts_also_where_the_share_is_lost() {
    for tells_first in [false, true] {
        let (instance, mut held) = (Instance::new(1), None);
        instance.lease(2, 0, &mut held);
        let mut stream = instance.admit(2, 0).unwrap().unwrap();
        let used = |tokens| Use { tokens, spend_micros: 0 };
        let _ = stream.meter(used(5), 1);
        // Three are not covered, and nobody hears of them before the share is over.
        let before = tells_first.then(|| instance.claim(1));
        let _ = stream.meter(used(6), TTL);
        let mut claim = before.unwrap_or_else(|| instance.claim(TTL));
        assert_eq!(claim.apply(held.as_deref(), STORE + TTL, TTL), Applied::Done);
        instance.limiter.granted(&claim, TTL);
        assert_eq!(left(&held, STORE + TTL), MAX - 2);
        instance.tell(TTL, STORE + TTL, &mut held);
        assert_eq!(left(&held, STORE + TTL), MAX - 6);
        // What follows is told as well.
        stream.settle(used(8));
        instance.tell(TTL + 1, STORE + TTL + 1, &mut held);
        assert_eq!(left(&held, STORE + TTL + 1), MAX - 8);
    }
}

#[test]
fn until_a_claim_is_answered_there_is_no_other_about_its_count() {
    let (instance, held) = (Instance::new(1), None);
    let mut claim = instance.claim_for(4, 0);
    for now in [0, 1, 500, TTL, 10 * TTL] {
        assert!(instance.admit(1, now).is_none());
        assert!(instance.limiter.claims(now).is_empty() && instance.limiter.last_claims(now).is_empty());
    }
    swap(&mut claim, &held, STORE + 10 * TTL, 10 * TTL);
    instance.limiter.granted(&claim, 10 * TTL);
    assert!(matches!(instance.admit(4, 10 * TTL), Some(Ok(_))));
    assert_eq!(instance.limiter.claims(10 * TTL).len(), 1, "for those who came meanwhile");
}

#[test]
fn an_instance_that_was_born_again_knows_nothing_of_its_share_and_takes_nothing_of_it() {
    let (instance, mut held) = (Instance::new(1), None);
    instance.lease(6, 0, &mut held);
    // As if its name had been given twice: a serial that it did not make is not its own.
    let again = Instance::new(1);
    let mut claim = again.claim_for(5, 5);
    held = Some(swap(&mut claim, &held, STORE + 5, 5));
    again.limiter.granted(&claim, 5);
    assert!(!matches!(again.admit(5, 5), Some(Ok(_))), "six may have been spent");
    assert_eq!(left(&held, STORE + 5), MAX - 6);
}
