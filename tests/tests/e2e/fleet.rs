//! Several real instances on one real PostgreSQL: what is saved counts on the next request of each of them, whatever happens
//! to them meanwhile.
//!
//! `RENLAYER_TEST_FLEET_SAVES` makes the long test longer than CI has time for, and `RENLAYER_TEST_FLEET_CALM` is after how many saves
//! its trouble begins anew; it prints what it measured.

use std::io::{ErrorKind, Read as _, Write as _};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use jiff::Timestamp;
use renlayer_core::config::{Config, Environment, Overrides, load_path};
use renlayer_core::key::{AgentKey, KeyHint};
use renlayer_core::policy::Policy;
use renlayer_core::store::{self, Change, NewKey, Store, default_agent, default_tenant};
use renlayer_tests::harness::{Renlayer, Setup, card_number};
use renlayer_tests::upstream::{Ending, Pace, Script, Upstream};
use serde_json::json;
use tokio::runtime::Runtime;

use crate::postgres::database;

const CHAT: &str = "/openai/v1/chat/completions";

/// The fleet's leases: shorter than usual, so that an instance which is gone costs the test less time.
const LEASE: &str = "lease: { term: 1s }";

/// Between two calls of a client, so that the machine has time for more than calls.
const BREATH: Duration = Duration::from_millis(3);

/// A saver in this process, and what it saves to.
struct Saver {
    runtime: Runtime,
    store: Arc<dyn Store>,
    config: Config,
}

impl Saver {
    fn beside(instance: &Renlayer, url: &str) -> Self {
        let runtime = Runtime::new().unwrap();
        let store = runtime.block_on(store::open(&url.parse().unwrap())).unwrap();
        let loaded = load_path(&instance.config(), &Environment::default(), &Overrides::default());
        Self { runtime, store, config: loaded.unwrap().config }
    }

    fn policy(&self, policy: &Policy) -> u64 {
        let (tenant, change) = (default_tenant(), change());
        self.runtime.block_on(async {
            let known = self.store.policy_named(tenant, &policy.name).await.unwrap();
            match known {
                None => self.store.create_policy(tenant, policy, &change).await.unwrap().epoch,
                Some(known) => {
                    self.store.update_policy(tenant, known.id, None, policy, &change).await.unwrap().epoch
                }
            }
        })
    }

    fn declare(&self) -> Result<u64, store::StoreError> {
        let Config { declare, routes, .. } = &self.config;
        let declared = self.store.declare(default_tenant(), declare, routes, Timestamp::now());
        self.runtime.block_on(declared).map(|saved| saved.epoch)
    }
}

fn change() -> Change {
    Change { by: "test".into(), reason: None, at: Timestamp::now() }
}

/// A policy whose refusal tells which version of it decided.
fn numbered(number: u64) -> Policy {
    let policy = json!({
        "name": "numbered", "match": { "prompt": { "contains": "which" } }, "action": "DENY",
        "message": format!("number {number}."),
    });
    serde_json::from_value(policy).unwrap()
}

fn instance(upstream: &Upstream, url: &str) -> Setup {
    Renlayer::in_front_of(upstream).database(url).top(LEASE)
}

/// The status and the whole answer; none from one that does not answer.
fn call(address: SocketAddr, key: Option<&str>, prompt: &str) -> Option<(u16, String)> {
    let body = json!({"model": "gpt-test", "messages": [{"role": "user", "content": prompt}]}).to_string();
    let mut stream = TcpStream::connect_timeout(&address, Duration::from_millis(500)).ok()?;
    stream.set_read_timeout(Some(Duration::from_secs(10))).ok()?;
    let key = key.map(|key| format!("x-renlayer-key: {key}\r\n")).unwrap_or_default();
    let length = body.len();
    let head = format!(
        "POST {CHAT} HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\ncontent-type: application/json\r\n\
         content-length: {length}\r\n{key}\r\n"
    );
    stream.write_all(format!("{head}{body}").as_bytes()).ok()?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer).ok()?;
    let status = answer.split(' ').nth(1)?.parse().ok()?;
    Some((status, answer))
}

fn epoch(answer: &str) -> u64 {
    let line = answer.lines().find_map(|line| line.strip_prefix("x-renlayer-epoch: "));
    line.expect("every answer names its epoch").trim().parse().unwrap()
}

fn setting(name: &str, usually: u64) -> u64 {
    std::env::var(name).map_or(usually, |number| number.parse().expect("a number"))
}

/// Cuts the connections on which instances are told of changes, or all that they have.
fn cut_connections(url: &str, only_listening: bool) {
    let database = url.rsplit_once('/').unwrap().1;
    let which = if only_listening { " and query ilike 'listen%'" } else { "" };
    let sql = format!(
        "select pg_terminate_backend(pid) from pg_stat_activity where datname = '{database}' \
         and pid <> pg_backend_pid(){which}"
    );
    psql(url, &sql);
}

fn psql(url: &str, sql: &str) -> String {
    let done = Command::new("psql").args([url, "-qAt", "-c", sql]).output().expect("psql");
    String::from_utf8_lossy(&done.stdout).trim().to_owned()
}

/// Runs a statement and leaves its transaction open until the process ends.
fn psql_open(url: &str, sql: &str) -> Child {
    let psql = Command::new("psql").args([url, "-qAt"]).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn();
    let mut psql = psql.expect("psql");
    psql.stdin.as_mut().unwrap().write_all(format!("begin; {sql}; select 'done';\n").as_bytes()).unwrap();
    let mut said = [0; 5];
    psql.stdout.as_mut().unwrap().read_exact(&mut said).unwrap();
    assert_eq!(&said, b"done\n");
    psql
}

/* ===== the long test ===== */

/// What the clients and the saver share.
#[derive(Default)]
struct Watched {
    /// The last epoch whose save has returned.
    saved: AtomicU64,
    over: AtomicBool,
    decided: AtomicU64,
    stale: AtomicU64,
}

#[test]
fn what_is_saved_counts_on_the_next_request_of_every_instance() {
    let Some(url) = database("fleet") else { return };
    let saves = setting("RENLAYER_TEST_FLEET_SAVES", 60);
    let calm = setting("RENLAYER_TEST_FLEET_CALM", 60);
    let upstream = Upstream::start();
    let mut fleet: Vec<Renlayer> = (0..3).map(|_| instance(&upstream, &url).start()).collect();
    let addresses: Vec<SocketAddr> = fleet.iter().map(Renlayer::address).collect();
    let mut saver = Saver::beside(&fleet[0], &url);
    let watched = Arc::new(Watched::default());
    let clients: Vec<_> = addresses
        .iter()
        .map(|&address| {
            let watched = Arc::clone(&watched);
            thread::spawn(move || watched.ask(address))
        })
        .collect();

    let mut took = Vec::new();
    for number in 1..=saves {
        let trouble = Trouble::of(number, calm);
        trouble.begin(&fleet, &url);
        let began = Instant::now();
        save_and_check(&mut saver, number, &addresses, &watched);
        if trouble == Trouble::None {
            took.push(began.elapsed());
        }
        trouble.end(&mut fleet);
    }
    watched.over.store(true, Ordering::SeqCst);
    clients.into_iter().for_each(|client| client.join().unwrap());

    took.sort_unstable();
    let at = |share: f64| took[((took.len() - 1) as f64 * share) as usize];
    let (decided, stale) = (watched.decided.load(Ordering::SeqCst), watched.stale.load(Ordering::SeqCst));
    println!(
        "{saves} saves on 3 instances under load, {} without trouble: p50 {:?}, p99 {:?}; {decided} decisions, {stale} stale",
        took.len(),
        at(0.5),
        at(0.99)
    );
    assert_eq!(stale, 0);
    assert!(decided > 100, "too little was tried to mean anything: {decided}");
}

impl Watched {
    /// Calls one instance all the time: no answer may come from an epoch before one whose save had returned when the call began.
    fn ask(&self, address: SocketAddr) {
        while !self.over.load(Ordering::SeqCst) {
            let saved = self.saved.load(Ordering::SeqCst);
            let Some((status, answer)) = call(address, None, "hello") else {
                thread::sleep(Duration::from_millis(20));
                continue;
            };
            self.count(status, &answer, saved);
            thread::sleep(BREATH);
        }
    }

    fn count(&self, status: u16, answer: &str, saved: u64) {
        // Without a lease it decides nothing.
        if status == 503 && answer.contains("does not know whether") {
            return;
        }
        self.decided.fetch_add(1, Ordering::SeqCst);
        if epoch(answer) < saved {
            self.stale.fetch_add(1, Ordering::SeqCst);
        }
    }
}

/// What happens to the fleet while it is saved.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Trouble {
    None,
    Paused(usize),
    Killed(usize),
    Deaf,
    CutOff,
}

impl Trouble {
    fn of(number: u64, calm: u64) -> Self {
        let one = (number / 20 % 3) as usize;
        match number % calm {
            7 => Self::Paused(one),
            19 | 39 => Self::Deaf,
            29 => Self::Killed(one),
            49 => Self::CutOff,
            _ => Self::None,
        }
    }

    fn begin(self, fleet: &[Renlayer], url: &str) {
        match self {
            Self::None | Self::Killed(_) => {}
            Self::Paused(one) => fleet[one].pause(),
            Self::Deaf => cut_connections(url, true),
            Self::CutOff => cut_connections(url, false),
        }
    }

    fn end(self, fleet: &mut [Renlayer]) {
        match self {
            Self::Paused(one) => fleet[one].resume(),
            Self::Killed(one) => {
                fleet[one].kill();
                fleet[one].start_again();
            }
            _ => {}
        }
    }
}

/// Saves a change of one kind, and looks on every instance whether it counts.
fn save_and_check(saver: &mut Saver, number: u64, addresses: &[SocketAddr], watched: &Watched) {
    match number % 4 {
        0 => {
            watched.returned(saver.policy(&numbered(number)));
            watched.expect(addresses, None, "which", 403, &format!("number {number}."));
        }
        1 => {
            let key = AgentKey::mint().unwrap();
            let new = NewKey {
                agent: default_agent(default_tenant()),
                hash: key.hash(),
                hint: KeyHint::of(key.reveal()),
                expires_at: None,
            };
            let made = saver.store.create_key(default_tenant(), &new, Timestamp::now());
            let made = saver.runtime.block_on(made).unwrap();
            watched.returned(made.epoch);
            watched.expect(addresses, Some(key.reveal()), "hello", 200, "");
            let revoked = saver.store.revoke_key(default_tenant(), made.made.id, Timestamp::now());
            watched.returned(saver.runtime.block_on(revoked).unwrap().epoch);
            watched.expect(addresses, Some(key.reveal()), "hello", 401, "");
        }
        2 => {
            let card = format!("card {}", card_number());
            let action = if number % 8 == 2 { "block" } else { "record" };
            let dlp = json!({ "detectors": { "payment.card_number": { "action": action } } });
            saver.config.declare.dlp = serde_json::from_value(dlp).unwrap();
            watched.returned(saver.declare().unwrap());
            let status = if action == "block" { 403 } else { 200 };
            watched.expect(addresses, None, &card, status, "");
        }
        _ => {
            // Nothing is admitted while the limit stands.
            let limit = json!([{
                "name": "none", "scope": "per_tenant", "dimension": "tokens", "window": "minute", "max": 1,
                "model": "gpt-test",
            }]);
            for (limits, status) in [(limit, 429), (json!([]), 200)] {
                saver.config.declare.limits = serde_json::from_value(limits).unwrap();
                watched.returned(saver.declare().unwrap());
                watched.expect(addresses, None, "hello", status, "");
            }
        }
    }
}

impl Watched {
    fn returned(&self, epoch: u64) {
        self.saved.fetch_max(epoch, Ordering::SeqCst);
    }

    /// Every instance that judges at all judges so.
    fn expect(&self, addresses: &[SocketAddr], key: Option<&str>, prompt: &str, status: u16, text: &str) {
        for &address in addresses {
            let saved = self.saved.load(Ordering::SeqCst);
            // One that is paused or gone does not answer in time; it is asked again by its client.
            let Some((answered, answer)) = call(address, key, prompt) else { continue };
            self.count(answered, &answer, saved);
            let refuses = answered == 503 && answer.contains("does not know whether");
            assert!(refuses || (answered == status && answer.contains(text)), "{status} was saved: {answer}");
        }
    }
}

/* ===== one thing at a time ===== */

#[test]
fn an_instance_that_was_paused_through_a_save_decides_nothing_by_what_it_knew() {
    let Some(url) = database("paused") else { return };
    let upstream = Upstream::start();
    let (one, other) = (instance(&upstream, &url).start(), instance(&upstream, &url).start());
    let saver = Saver::beside(&one, &url);
    assert_eq!(one.chat("which").status, 200);
    one.pause();
    // On its way already: the paused process finds it when it wakes.
    let address = one.address();
    let waiting = thread::spawn(move || call(address, None, "which"));
    let began = Instant::now();
    saver.policy(&numbered(1));
    assert!(began.elapsed() < Duration::from_secs(5), "a save waits for a lease, and not for a process");
    assert_eq!(other.chat("which").status, 403);
    one.resume();
    let (status, answer) = waiting.join().unwrap().expect("an answer");
    assert!([403, 503].contains(&status), "{answer}");
    let serves_again = (0..200).any(|_| {
        thread::sleep(Duration::from_millis(20));
        one.chat("which").status == 403
    });
    assert!(serves_again, "{}", one.log());
}

#[test]
fn an_epoch_that_the_database_has_lost_and_given_again_is_noticed() {
    let Some(url) = database("lost") else { return };
    let upstream = Upstream::start();
    let one = instance(&upstream, &url).start();
    let saver = Saver::beside(&one, &url);
    psql(&url, "create table behind as select * from governance_epoch");
    let lost = saver.policy(&numbered(1));
    assert!(one.chat("which").everything().contains("number 1."));
    // So that it sees nothing of what is in between.
    one.pause();
    psql(&url, "update governance_epoch set (epoch, save) = (select epoch, save from behind)");
    assert_eq!(saver.policy(&numbered(2)), lost, "the number is given again");
    one.resume();
    let noticed = (0..200).any(|_| {
        thread::sleep(Duration::from_millis(20));
        let answer = one.chat("which").everything();
        assert!(!answer.contains("number 1."), "{answer}");
        answer.contains("number 2.")
    });
    assert!(noticed && one.log().contains("the store has lost saves"), "{}", one.log());
}

#[test]
fn an_instance_that_is_told_to_end_does_not_wait_for_its_reload() {
    let Some(url) = database("reload") else { return };
    let upstream = Upstream::start();
    let mut one = instance(&upstream, &url).start();
    // Nobody can take the turn to save.
    let mut holder = psql_open(&url, "lock table governance_save in exclusive mode");
    let file = std::fs::read_to_string(one.config()).unwrap();
    std::fs::write(one.config(), format!("{file}declare:\n  agents: [{{ name: late }}]\n")).unwrap();
    one.hang_up();
    let waiting = "select count(*) from pg_locks join pg_database d on d.oid = database \
                   where datname = current_database() and not granted";
    let waits = (0..200).any(|_| {
        thread::sleep(Duration::from_millis(20));
        psql(&url, waiting) == "1"
    });
    assert!(waits, "{}", one.log());
    one.terminate();
    assert!(one.wait().success(), "{}", one.log());
    holder.kill().unwrap();
    holder.wait().unwrap();
}

#[test]
fn a_save_that_takes_long_keeps_its_turn() {
    let Some(url) = database("long_save") else { return };
    let upstream = Upstream::start();
    let one = instance(&upstream, &url).start();
    let (slow, next) = (Saver::beside(&one, &url), Saver::beside(&one, &url));
    let mut holder = psql_open(&url, "lock table agents in exclusive mode");
    let saving = thread::spawn(move || {
        let agent = slow.store.create_agent(default_tenant(), "late", None, None, Timestamp::now());
        slow.runtime.block_on(agent).map(|saved| saved.epoch)
    });
    let has_turn = "select count(*) from governance_save where save is not null";
    let taken = (0..500).any(|_| {
        thread::sleep(Duration::from_millis(10));
        psql(&url, has_turn) == "1"
    });
    assert!(taken);
    let after = thread::spawn(move || next.policy(&numbered(1)));
    // Longer than a dead one keeps the turn.
    thread::sleep(Duration::from_secs(7));
    holder.kill().unwrap();
    holder.wait().unwrap();
    let epoch = saving.join().unwrap().expect("it keeps its turn");
    assert_eq!(after.join().unwrap(), epoch + 1);
}

#[test]
fn an_instance_that_cannot_use_a_change_keeps_it_from_all() {
    let Some(url) = database("refused") else { return };
    let upstream = Upstream::start();
    let setup = || instance(&upstream, &url).declare("secrets:\n  - { name: odd, from: { env: TEST_ODD } }");
    let one = setup().env("TEST_ODD", "usual").start();
    let other = setup().env("TEST_ODD", "of two\nlines").start();
    let mut saver = Saver::beside(&one, &url);
    let before = epoch(&one.chat("hello").everything());
    saver.config.routes[0].credential = Some("odd".into());
    let refused = saver.declare().unwrap_err();
    assert!(refused.is_refused_by_fleet());
    let told = refused.to_string();
    assert!(told.contains("secret `odd`, for route `openai`") && !told.contains("two"), "{told}");
    for instance in [&one, &other] {
        let answer = instance.chat("hello");
        assert_eq!((answer.status, epoch(&answer.everything())), (200, before));
    }
}

#[test]
fn an_instance_that_is_cut_off_refuses_or_says_that_it_serves_on() {
    let Some(url) = database("cut_off") else { return };
    let upstream = Upstream::start();
    let relay = Relay::to(&url);
    let one = instance(&upstream, &relay.url).start();
    let lenient =
        Renlayer::in_front_of(&upstream).database(&relay.url).top("lease: { term: 1s, lost: serve }");
    let lenient = lenient.start();
    assert_eq!((one.chat("hello").status, lenient.chat("hello").status), (200, 200));
    relay.cut();
    thread::sleep(Duration::from_secs(2));
    let refused = one.chat("hello");
    assert_eq!((refused.status, refused.header("retry-after")), (503, Some("1")));
    assert_eq!(one.get("/_/health/ready").status, 503);
    assert_eq!(lenient.chat("hello").status, 200);
    relay.mend();
    let serves_again = (0..200).any(|_| {
        thread::sleep(Duration::from_millis(50));
        one.chat("hello").status == 200
    });
    assert!(serves_again, "{}", one.log());
    for status in ["DENIED", "FLAGGED"] {
        let said =
            one.find_trace(|trace| trace["status"] == status && trace["reasons"][0]["kind"] == "no_lease");
        assert_eq!(said["reasons"][0]["enforced"], true);
    }
}

#[test]
fn answers_that_stream_on_an_instance_that_is_cut_off_end_unless_they_are_to_be_finished() {
    let Some(url) = database("cut_streams") else { return };
    let upstream = Upstream::start();
    let relay = Relay::to(&url);
    let says = || Script::says(["Hello ", "again."]);
    let begin = |on_change: &str, script: Script| {
        upstream.play(script);
        let streams = format!("streams: {{ on_change: {on_change} }}");
        let renlayer = instance(&upstream, &relay.url).top(&streams).start();
        let body = json!({"model": "m", "stream": true, "messages": [{"role": "user", "content": "Hi"}]});
        let mut connection = renlayer.connect();
        connection.send(&renlayer.request("POST", CHAT, &[], body.to_string().as_bytes()));
        upstream.release(2);
        let head = connection.head().expect("a head");
        connection.read_until(&head, "Hello");
        (renlayer, connection, head)
    };
    // Of two of them nothing more comes.
    let [judging, cutting] = ["judge", "cut"]
        .map(|on_change| begin(on_change, Script { ending: Ending::HangsAfter(2), ..says() }));
    let finishing = begin("finish", Script { pace: Pace::Gated, ..says() });
    relay.cut();
    for (_, mut connection, head) in [judging, cutting] {
        let (rest, whole) = connection.body(&head, |_| true);
        let rest = String::from_utf8_lossy(&rest);
        assert!(whole && rest.contains("unavailable") && rest.ends_with("data: [DONE]\n\n"), "{rest}");
        assert!(!rest.contains("again"), "{rest}");
    }
    let (_renlayer, mut connection, head) = finishing;
    upstream.release(100);
    let (rest, whole) = connection.body(&head, |_| true);
    assert!(whole && String::from_utf8_lossy(&rest).contains("again"));
}

/// The way to a database, which can be cut.
struct Relay {
    url: String,
    open: Arc<AtomicBool>,
}

impl Relay {
    fn to(url: &str) -> Self {
        let (scheme, rest) = url.split_once("://").unwrap();
        let (authority, database) = rest.split_once('/').unwrap();
        let (user, server) = authority.split_once('@').unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let relay = Self {
            url: format!("{scheme}://{user}@{}/{database}", listener.local_addr().unwrap()),
            open: Arc::new(AtomicBool::new(true)),
        };
        let (open, server) = (Arc::clone(&relay.open), server.to_owned());
        thread::spawn(move || {
            for client in listener.incoming().flatten() {
                if let Ok(server) = TcpStream::connect(&server) {
                    both_ways(&client, &server, &open);
                }
            }
        });
        relay
    }

    fn cut(&self) {
        self.open.store(false, Ordering::SeqCst);
    }

    fn mend(&self) {
        self.open.store(true, Ordering::SeqCst);
    }
}

/// Passes on what comes, and closes both ends when the way is cut.
fn both_ways(one: &TcpStream, other: &TcpStream, open: &Arc<AtomicBool>) {
    for (from, to) in [(one, other), (other, one)] {
        let (mut from, mut to) = (from.try_clone().unwrap(), to.try_clone().unwrap());
        let open = Arc::clone(open);
        thread::spawn(move || {
            from.set_read_timeout(Some(Duration::from_millis(50))).unwrap();
            let mut piece = [0; 1 << 14];
            while open.load(Ordering::SeqCst) {
                match from.read(&mut piece) {
                    Ok(0) => break,
                    Ok(read) if to.write_all(&piece[..read]).is_err() => break,
                    Ok(_) => {}
                    Err(error) if [ErrorKind::WouldBlock, ErrorKind::TimedOut].contains(&error.kind()) => {}
                    Err(_) => break,
                }
            }
            let _ = (from.shutdown(Shutdown::Both), to.shutdown(Shutdown::Both));
        });
    }
}
