//! Several instances count together: a limit of N admits N, however many there are, whoever dies, and whatever is away.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread::scope;

use renlayer_tests::harness::{Redis, Renlayer, Setup};
use renlayer_tests::upstream::Upstream;

use crate::postgres::database;
use crate::tls::{Authority, localhost, named};

/// Where a fleet of instances meets. Without a database that they share each has its own.
pub(crate) struct Meeting {
    database: Option<String>,
    counters: String,
}

impl Meeting {
    pub(crate) fn on_postgres(name: &str) -> Option<Self> {
        Some(Self { database: Some(database(name)?), counters: "postgres".into() })
    }

    pub(crate) fn on_redis(redis: &Redis) -> Self {
        Self { database: None, counters: redis.url() }
    }

    pub(crate) fn setup(&self, upstream: &Upstream, limits: &str) -> Setup {
        let setup = Renlayer::in_front_of(upstream)
            .top(&format!("counters: {{ store: \"{}\" }}", self.counters))
            .declare(&format!("limits:\n{limits}"));
        match &self.database {
            Some(database) => setup.database(database),
            None => setup,
        }
    }

    pub(crate) fn fleet(&self, upstream: &Upstream, limits: &str) -> Vec<Renlayer> {
        (0..INSTANCES).map(|_| self.setup(upstream, limits).start()).collect()
    }
}

/// How many a fleet has.
pub(crate) const INSTANCES: usize = 4;
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
                let mut call = || connection.send(request.as_bytes()).response().expect("an answer");
                for _ in 0..calls {
                    // On a machine that is short of time a store may seem away: that is said to be tried again.
                    let mut answers = (0..20).map(|_| call());
                    let answer = answers.find(|answer| answer.status != 503).expect("the store answers");
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

fn a_death_costs_no_more_than_a_slice(meeting: &Meeting) {
    let upstream = Upstream::start();
    let mut fleet = meeting.fleet(&upstream, LIMIT);
    let before = admitted(&fleet, 2);
    assert_eq!(before, 2 * CLIENTS, "there was room for all");
    fleet[0].kill();
    let after = admitted(&fleet[1..], 10);
    eprintln!("{} of {MAX} admitted, one of four killed, through {}", before + after, meeting.counters);
    assert!(before + after <= MAX, "{before} + {after} admitted");
    assert!((before + after) * 100 >= MAX * 80, "only {before} + {after} admitted");
    // Started again it has nothing of what it held.
    fleet[0].start_again();
    assert_eq!(admitted(&fleet[..1], 1), 0);
}

#[test]
fn a_death_costs_no_more_than_a_slice_through_postgresql() {
    let Some(meeting) = Meeting::on_postgres("death") else { return };
    a_death_costs_no_more_than_a_slice(&meeting);
}

#[test]
fn a_death_costs_no_more_than_a_slice_through_redis() {
    let Some(redis) = Redis::start() else { return };
    a_death_costs_no_more_than_a_slice(&Meeting::on_redis(&redis));
}

#[test]
fn while_what_they_share_is_away_calls_are_refused_and_told_why() {
    let Some(mut redis) = Redis::start() else { return };
    let meeting = Meeting::on_redis(&redis);
    let upstream = Upstream::start();
    let limit = "  - { name: together, scope: per_tenant, dimension: requests, window: hour, max: 20 }";
    let fleet = [meeting.setup(&upstream, limit).start(), meeting.setup(&upstream, limit).start()];
    let mut admitted = 0;
    for renlayer in &fleet {
        for _ in 0..3 {
            assert_eq!(renlayer.get("/http/item").status, 200);
            admitted += 1;
        }
    }
    redis.kill();
    for renlayer in &fleet {
        let mut refused = None;
        for _ in 0..20 {
            let answer = renlayer.get("/http/item");
            match answer.status {
                200 => admitted += 1,
                _ => refused = Some(answer),
            }
        }
        let refused = refused.expect("what is leased comes to an end");
        assert_eq!((refused.status, refused.header("retry-after")), (503, Some("1")));
        let body = String::from_utf8_lossy(&refused.body).into_owned();
        assert!(body.contains("`together`") && body.contains("does not answer"), "{body}");
        assert_eq!(renlayer.trace(&refused)["status"], "DENIED");
        assert!(renlayer.log().contains("limits that instances share refuse"), "{}", renlayer.log());
    }
    redis.start_again();
    let calls = (0..200).map(|n| {
        std::thread::sleep(std::time::Duration::from_millis(20));
        fleet[n % 2].get("/http/item").status
    });
    admitted += calls.filter(|status| *status == 200).count();
    assert_eq!(admitted, 20, "what was spent before still counts, and the rest is there");
}

#[test]
fn redis_behind_tls_is_reached_if_its_certificate_holds() {
    let trusted = Authority::named("trusted");
    let [certificate, key] = trusted.pem(&localhost());
    let Some(redis) = Redis::start_tls(&certificate, &key) else { return };
    let meeting = Meeting::on_redis(&redis);
    assert!(meeting.counters.starts_with("rediss://"));
    let upstream = Upstream::start();
    let limit = "  - { name: together, scope: per_tenant, dimension: requests, window: hour, max: 4 }";
    let trusting = |authority: &Authority| {
        let roots = authority.file();
        let setup = meeting.setup(&upstream, limit).env("SSL_CERT_FILE", &roots.path().to_string_lossy());
        (setup.env("SSL_CERT_DIR", ""), roots)
    };
    let (one, other) = (trusting(&trusted), trusting(&trusted));
    let fleet = [one.0.start(), other.0.start()];
    let statuses: Vec<u16> = (0..6).map(|n| fleet[n % 2].get("/http/item").status).collect();
    assert_eq!(statuses, [200, 200, 200, 200, 429, 429]);

    let (setup, _roots) = trusting(&Authority::named("stranger"));
    let refused = setup.refused();
    assert!(refused.contains("limits cannot be counted in rediss://localhost"), "{refused}");
    assert!(refused.contains("TLS") && refused.contains("SSL_CERT_FILE"), "{refused}");

    // A certificate that holds, of another host.
    let [certificate, key] = trusted.pem(&named("other.internal"));
    let Some(redis) = Redis::start_tls(&certificate, &key) else { return };
    let meeting = Meeting::on_redis(&redis);
    let roots = trusted.file();
    let setup = meeting.setup(&upstream, limit).env("SSL_CERT_FILE", &roots.path().to_string_lossy());
    let refused = setup.env("SSL_CERT_DIR", "").refused();
    assert!(refused.contains("it must name the host that is asked"), "{refused}");
}

#[test]
fn four_processes_admit_what_one_would_through_postgresql() {
    let Some(meeting) = Meeting::on_postgres("together") else { return };
    four_processes_admit_what_one_would(&meeting);
}

#[test]
fn four_processes_admit_what_one_would_through_redis() {
    let Some(redis) = Redis::start() else { return };
    four_processes_admit_what_one_would(&Meeting::on_redis(&redis));
}
