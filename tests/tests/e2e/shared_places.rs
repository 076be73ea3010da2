//! A limit on what is under way at once, counted by several instances: the upstream never sees more, and places come back from
//! whoever ends, leaves or dies.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread::scope;
use std::time::Duration;

use renlayer_tests::harness::{Connection, Redis, Renlayer, Response, poll};
use renlayer_tests::upstream::{Ending, Pace, Script, Upstream};

use crate::shared_limits::{INSTANCES, Meeting};

const PLACES: usize = 5;

const LIMIT: &str = "  - { name: at-once, scope: per_tenant, dimension: concurrency, max: 5 }";

const BODY: &[u8] =
    br#"{"model": "gpt-test", "stream": true, "messages": [{"role": "user", "content": "Go on."}]}"#;

/// A stream that has begun, held open by whoever has its connection.
fn stream(renlayer: &Renlayer) -> Result<Connection, Response> {
    let mut connection = renlayer.connect();
    connection.send(&renlayer.request("POST", "/openai/v1/chat/completions", &[], BODY));
    let head = connection.head().expect("an answer");
    if head.status == 200 {
        connection.read_until(&head, "again");
        return Ok(connection);
    }
    let (body, whole) = connection.body(&head, |_| true);
    Err(Response { status: head.status, headers: head.headers, body, whole })
}

fn is_refused(answer: Result<Connection, Response>) -> bool {
    let Err(answer) = answer else { return false };
    // On a machine that is short of time the store may seem away.
    if answer.status == 503 {
        return true;
    }
    assert_eq!((answer.status, answer.header("retry-after")), (429, Some("1")), "{}", answer.text());
    assert!(answer.text().contains("5 calls at once"), "{}", answer.text());
    true
}

/// A stream, as soon as there is a place for it.
fn a_place(renlayer: &Renlayer) -> Connection {
    poll(|| stream(renlayer).ok()).expect("a place becomes free")
}

fn never_more_than_there_are_places(meeting: &Meeting) {
    let upstream = Upstream::start();
    let words = (0..6).map(|_| "on and on, and again ");
    upstream.play(Script { pace: Pace::Millis(20), ..Script::says(words) });
    let fleet = meeting.fleet(&upstream, LIMIT);
    let refused = AtomicUsize::new(0);
    scope(|scope| {
        for client in 0..24 {
            let (renlayer, refused) = (&fleet[client % INSTANCES], &refused);
            scope.spawn(move || {
                for _ in 0..3 {
                    let served = poll(|| {
                        let answer = renlayer.chat_stream("Go on.");
                        if answer.status == 200 {
                            assert!(answer.whole && answer.text().contains("[DONE]"), "{}", answer.text());
                            return Some(());
                        }
                        assert!(is_refused(Err(answer)));
                        refused.fetch_add(1, Ordering::Relaxed);
                        std::thread::sleep(Duration::from_millis(20));
                        None
                    });
                    served.expect("everybody gets a place in the end");
                }
            });
        }
    });
    let refused = refused.into_inner();
    eprintln!("{} at once, {refused} refused", upstream.most_at_once());
    assert_eq!(upstream.most_at_once(), PLACES);
    assert!(refused > 0);
}

fn places_come_back_from_who_leaves_and_who_dies(meeting: &Meeting) {
    let upstream = Upstream::start();
    upstream
        .play(Script { ending: Ending::HangsAfter(3), ..Script::says(["on ", "and again ", "and again"]) });
    let mut fleet = meeting.fleet(&upstream, LIMIT);
    let mut held: Vec<_> = (0..PLACES).map(|n| a_place(&fleet[n % 2])).collect();
    assert!(fleet.iter().all(|renlayer| is_refused(stream(renlayer))), "all places are taken");

    // Two clients leave: two others come in, anywhere.
    held.truncate(PLACES - 2);
    held.extend([a_place(&fleet[2]), a_place(&fleet[3])]);
    assert!(fleet.iter().all(|renlayer| is_refused(stream(renlayer))), "all places are taken again");
    assert!(poll(|| (upstream.under_way() == PLACES).then_some(())).is_some(), "{}", upstream.under_way());

    // The first one dies with two streams: until its share has ended nobody knows that, and then both places are free.
    fleet[0].kill();
    assert!(is_refused(stream(&fleet[1])));
    let back = [a_place(&fleet[1]), a_place(&fleet[2])];
    assert!(fleet[1..].iter().all(|renlayer| is_refused(stream(renlayer))), "{} came back", back.len());
    assert!(poll(|| (upstream.under_way() == PLACES).then_some(())).is_some(), "{}", upstream.under_way());
}

fn through_redis(test: fn(&Meeting)) {
    let Some(redis) = Redis::start() else { return };
    test(&Meeting::on_redis(&redis));
}

#[test]
fn the_upstream_never_sees_more_than_there_are_places_through_postgresql() {
    let Some(meeting) = Meeting::on_postgres("places") else { return };
    never_more_than_there_are_places(&meeting);
}

#[test]
fn the_upstream_never_sees_more_than_there_are_places_through_redis() {
    through_redis(never_more_than_there_are_places);
}

#[test]
fn places_come_back_from_who_leaves_and_who_dies_through_postgresql() {
    let Some(meeting) = Meeting::on_postgres("places_back") else { return };
    places_come_back_from_who_leaves_and_who_dies(&meeting);
}

#[test]
fn places_come_back_from_who_leaves_and_who_dies_through_redis() {
    through_redis(places_come_back_from_who_leaves_and_who_dies);
}
