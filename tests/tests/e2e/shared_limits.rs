//! Several instances count together: a limit of N admits N, however many there are, whoever dies, and whatever is away.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread::scope;

use renlayer_tests::harness::{Redis, Renlayer, Setup};
use renlayer_tests::upstream::Upstream;

use crate::postgres::database;

/// Where a fleet of instances meets.
struct Meeting {
    database: String,
    counters: String,
}

impl Meeting {
    fn on_postgres(name: &str) -> Option<Self> {
        Some(Self { database: database(name)?, counters: "postgres".into() })
    }

    fn on_redis(redis: &Redis, name: &str) -> Option<Self> {
        Some(Self { database: database(name)?, counters: redis.url() })
    }

    fn setup(&self, upstream: &Upstream, limits: &str) -> Setup {
        Renlayer::in_front_of(upstream)
            .database(&self.database)
            .top(&format!("counters: {{ store: \"{}\" }}", self.counters))
            .declare(&format!("limits:\n{limits}"))
    }

    fn fleet(&self, upstream: &Upstream, limits: &str) -> Vec<Renlayer> {
        (0..INSTANCES).map(|_| self.setup(upstream, limits).start()).collect()
    }
}

const INSTANCES: usize = 4;
const CLIENTS: usize = 200;
const MAX: usize = 1_000;

/// So long a window that nothing leaves it during a test.
const LIMIT: &str = "  - { name: together, scope: per_tenant, dimension: requests, window: hour, max: 1000 }";

/// How many of `calls` calls of each client are admitted; all others have to be refused for the limit's sake.
fn admitted(fleet: &[Renlayer], calls: usize) -> usize {
    let admitted = AtomicUsize::new(0);
    scope(|scope| {
        for client in 0..CLIENTS {
            let (renlayer, admitted) = (&fleet[client % fleet.len()], &admitted);
            scope.spawn(move || {
                let request = format!("GET /http/item HTTP/1.1\r\nhost: {}\r\n\r\n", renlayer.address());
                let mut connection = renlayer.connect();
                for _ in 0..calls {
                    let answer = connection.send(request.as_bytes()).response().expect("an answer");
                    match answer.status {
                        200 => drop(admitted.fetch_add(1, Ordering::Relaxed)),
                        429 => assert!(String::from_utf8_lossy(&answer.body).contains("used up")),
                        status => panic!("{status}: {}", String::from_utf8_lossy(&answer.body)),
                    }
                }
            });
        }
    });
    admitted.into_inner()
}

fn four_processes_admit_what_one_would(meeting: &Meeting) {
    let upstream = Upstream::start();
    let fleet = meeting.fleet(&upstream, LIMIT);
    let admitted = admitted(&fleet, 10);
    eprintln!("{admitted} of {MAX} admitted through {}", meeting.counters);
    assert!(admitted <= MAX, "{admitted} admitted");
    assert!(admitted * 100 >= MAX * 95, "only {admitted} admitted");
}

#[test]
fn four_processes_admit_what_one_would_through_postgresql() {
    let Some(meeting) = Meeting::on_postgres("together") else { return };
    four_processes_admit_what_one_would(&meeting);
}

#[test]
fn four_processes_admit_what_one_would_through_redis() {
    let Some(redis) = Redis::start() else { return };
    let Some(meeting) = Meeting::on_redis(&redis, "together_redis") else { return };
    four_processes_admit_what_one_would(&meeting);
}
