//! Limits on what is under way at once, counted in memory, against a list of everything that is under way.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test stops where it is surprised"
)]

use jiff::Timestamp;
use proptest::prelude::*;
use renlayer_policy::{Admission, Demand, Facts, LimitSet, Limiter, Reservation, Subject, Use};
use serde_json::json;

/// Who says nothing for longer than this is taken for lost.
const TTL: i64 = 1_000;

/// One place for each agent's actions, and one for all of the tenant's.
fn limits(each: u64, all: u64) -> LimitSet {
    let limit = |name: &str, scope: &str, max| json!({"name": name, "scope": scope, "dimension": "concurrency", "max": max});
    let limits = [limit("each", "per_agent", each), limit("all", "per_tenant", all)];
    LimitSet::compile(serde_json::from_value(json!(limits)).unwrap()).unwrap()
}

#[derive(Clone, Debug)]
enum Event {
    Begin {
        agent: usize,
    },
    /// An action gives a sign of life.
    Goes {
        which: usize,
    },
    End {
        which: usize,
        settled: bool,
    },
    Pass {
        millis: i64,
    },
    Edit {
        each: u64,
        all: u64,
    },
}

fn event() -> impl Strategy<Value = Event> {
    let millis = prop_oneof![4 => 0i64..100, 1 => 0..TTL, 1 => TTL - 2..TTL + 2];
    prop_oneof![
        8 => (0usize..3).prop_map(|agent| Event::Begin { agent }),
        3 => (0usize..64).prop_map(|which| Event::Goes { which }),
        4 => (0usize..64, any::<bool>()).prop_map(|(which, settled)| Event::End { which, settled }),
        4 => millis.prop_map(|millis| Event::Pass { millis }),
        1 => (1u64..5, 1u64..9).prop_map(|(each, all)| Event::Edit { each, all }),
    ]
}

/// What the limiter is to know: one action under way, and when it last gave a sign of life that was worth noting.
struct UnderWay {
    agent: usize,
    seen: i64,
    place: Reservation,
}

/// The definition: whoever was heard of within the time counts, under both limits, once for each.
fn is_free(under_way: &[UnderWay], agent: usize, (each, all): (u64, u64)) -> bool {
    let same = under_way.iter().filter(|other| other.agent == agent).count() as u64;
    same < each && (under_way.len() as u64) < all
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    /// No action too many is admitted, and none is refused that there is a place for.
    #[test]
    fn places_are_given_exactly_while_there_are_some(
        (mut each, mut all) in (1u64..5, 1u64..9),
        events in prop::collection::vec(event(), 1..200),
    ) {
        let limiter = Limiter::with_ttl(TTL);
        let mut under_way: Vec<UnderWay> = Vec::new();
        let mut lost: Vec<Reservation> = Vec::new();
        let mut now = 0;
        for event in events {
            match event {
                Event::Begin { agent } => {
                    // The silent are noticed where somebody asks for their place, and all ask for the tenant's.
                    let silent = under_way.extract_if(.., |action| now - action.seen > TTL);
                    lost.extend(silent.map(|action| action.place));
                    let name = format!("agent_{agent}");
                    let facts = Facts { agent_id: Some(&name), ..Facts::at(Timestamp::UNIX_EPOCH) };
                    let subject = Subject::of("t", &facts);
                    let free = is_free(&under_way, agent, (each, all));
                    match limiter.admit(&limits(each, all), &subject, Demand::NONE, now) {
                        Admission::Admitted(place) => {
                            prop_assert!(free, "admitted beyond {each} and {all}");
                            let left = all - under_way.len() as u64 - 1;
                            prop_assert_eq!(place.limits()[1].remaining, left);
                            under_way.push(UnderWay { agent, seen: now, place });
                        }
                        Admission::Refused { limit } => {
                            prop_assert!(!free, "refused below {each} and {all}");
                            prop_assert!(limit.may_be_retried() && limit.retry_after_ms > 0);
                        }
                    }
                }
                Event::Goes { which } => {
                    let len = under_way.len().max(1);
                    let Some(action) = under_way.get_mut(which % len) else { continue };
                    let told = action.place.meter(Use { tokens: 9, spend_micros: 9 }, now);
                    prop_assert!(told.is_ok());
                    // One in a while is enough.
                    if now - action.seen > TTL / 4 {
                        action.seen = now;
                    }
                }
                Event::End { which, settled } => {
                    let nth = which % under_way.len().max(1);
                    match under_way.get(nth).is_some() {
                        true if settled => under_way.swap_remove(nth).place.settle(Use::default()),
                        true => drop(under_way.swap_remove(nth)),
                        // One that was taken for lost gives nothing back that it still had.
                        false => drop(lost.pop()),
                    }
                }
                Event::Pass { millis } => now += millis,
                Event::Edit { each: one, all: both } => (each, all) = (one, both),
            }
        }
    }
}
