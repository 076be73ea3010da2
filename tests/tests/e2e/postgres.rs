//! The same over PostgreSQL: `cargo xtask test` starts one; without one this passes by, unless it is required.

use std::process::Command;

use renlayer_tests::harness::Renlayer;
use renlayer_tests::upstream::Upstream;
use serde_json::json;

/// A database of its own on the test server.
pub(crate) fn database(name: &str) -> Option<String> {
    let Ok(server) = std::env::var("RENLAYER_TEST_POSTGRES_URL") else {
        let required = std::env::var_os("RENLAYER_TEST_REQUIRE_POSTGRES").is_some();
        assert!(!required, "RENLAYER_TEST_POSTGRES_URL names no server");
        eprintln!("no PostgreSQL: `cargo xtask test` starts one");
        return None;
    };
    let name = format!("e2e_{name}_{}", std::process::id());
    let created = Command::new("psql")
        .args([&server, "-c", &format!("create database {name}")])
        .output()
        .expect("psql");
    assert!(created.status.success(), "{}", String::from_utf8_lossy(&created.stderr));
    let (base, _) = server.rsplit_once('/').expect("a database in the URL");
    Some(format!("{base}/{name}"))
}

#[test]
fn traces_and_governance_work_over_postgresql() {
    let Some(url) = database("works") else { return };
    let upstream = Upstream::start();
    let policy = "policies:\n  - { name: no-codes, match: { prompt: { contains: launch codes } }, action: DENY, message: No. }";
    let setup = || Renlayer::in_front_of(&upstream).declare(policy).database(&url).start();
    let (one, other) = (setup(), setup());
    assert_eq!(one.chat("the launch codes").status, 403);
    let answer = one.chat("Hi");
    assert_eq!(answer.status, 200);
    let id = answer.header("x-renlayer-trace-id").expect("a trace id");
    let seen = other.find_trace(|trace| trace["id"] == id);
    assert_eq!((&seen["status"], &seen["outcome"]), (&json!("ALLOWED"), &json!("completed")));
}
