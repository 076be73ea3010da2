//! What command lines mean, as a table.

use clap::{CommandFactory, Parser};

use super::*;

fn parse(line: &str) -> Result<Cli, clap::Error> {
    Cli::try_parse_from(line.split_whitespace())
}

#[test]
fn the_definition_holds_together() {
    Cli::command().debug_assert();
}

#[test]
fn command_lines_that_are_understood() {
    for line in [
        "renlayer",
        "renlayer --listen 127.0.0.1:9000 --observe",
        "renlayer serve --config renlayer.yaml --database sqlite://x.db --workers 2",
        "renlayer serve --default-upstream https://api.example.com --log-level debug",
        "renlayer --config a.yaml check",
        "renlayer check -c a.yaml",
        "renlayer migrate --database postgres://app@db/renlayer",
        "renlayer agent create billing-bot --json",
        "renlayer agent list",
        "renlayer key create billing-bot --expires 2030-01-01T00:00:00Z",
        "renlayer key list --agent billing-bot --json",
        "renlayer key revoke key_00000000000000000000000000",
        "renlayer dlp scan",
        "renlayer dlp scan - src notes.md --json --fail-on high",
        "renlayer dlp scan --batch",
        "renlayer dlp detectors",
        "renlayer policy test --url https://a.test/ -H x:y --header z:1 --expect denied",
        "renlayer policy test --case case.json --at 2026-01-01T00:00:00Z",
        "renlayer limit list --json",
        "renlayer limit show billing-rpm",
        "renlayer policy list --json",
        "renlayer policy create no-iam.yaml --reason because --by ada",
        "renlayer policy update - --if-version 3",
        "renlayer policy show no-iam --version 1",
        "renlayer policy disable no-iam --reason why",
        "renlayer policy history no-iam --json",
        "renlayer policy rollback no-iam 2 --reason broke",
        "renlayer policy replay change.yaml --since 24h --agent bot --examples 3 --json",
        "renlayer policy lint",
        "renlayer policy lint -c a.yaml --since b.yaml --agent bot --tool a --tool b --model m --json",
        "renlayer policy diff a.yaml b.toml --json",
        "renlayer trace list --status DENIED --since 2h --until 2026-01-01T00:00:00Z --reason dlp --limit 200",
        "renlayer trace show trace_00000000000000000000000000 --json",
        "renlayer trace tail -n 0 --agent billing-bot",
    ] {
        assert!(parse(line).is_ok(), "{line}: {}", parse(line).unwrap_err());
    }
}

#[test]
fn mistakes_are_refused() {
    for (line, says) in [
        ("renlayer srve", "srve"),
        ("renlayer --listen nowhere", "--listen"),
        ("renlayer serve --workers 0", "--workers"),
        ("renlayer --database mysql://x", "sqlite://FILE"),
        ("renlayer agent create", "NAME"),
        ("renlayer key revoke agent_00000000000000000000000000", "key_"),
        ("renlayer dlp scan --batch --json", "--json"),
        ("renlayer dlp scan --batch file", "--batch"),
        ("renlayer dlp scan --fail-on grave", "--fail-on"),
        ("renlayer limit show", "NAME"),
        ("renlayer policy test", "--url"),
        ("renlayer policy test --url https://a.test/ -H nothing", "name: value"),
        ("renlayer policy test --url https://a.test/ --expect maybe", "DLP_BLOCKED"),
        ("renlayer policy rollback no-iam", "VERSION"),
        ("renlayer policy create", "FILE"),
        ("renlayer policy diff a.yaml", "<B>"),
        ("renlayer policy lint a.yaml", "a.yaml"),
        ("renlayer trace list --since yesterday", "2h"),
        ("renlayer trace list --limit 0", "--limit"),
    ] {
        let error = parse(line).expect_err(line).to_string();
        assert!(error.contains(says), "{line}: {error}");
    }
}

#[test]
fn flags_of_serve_may_stand_before_it() {
    let Cli { serve: outer, command, .. } =
        parse("renlayer --listen 127.0.0.1:1 --observe serve --listen 127.0.0.1:2").unwrap();
    let Some(Command::Serve(inner)) = command else { panic!("not serve") };
    let args = inner.or(outer);
    assert_eq!(args.listen, Some("127.0.0.1:2".parse().unwrap()));
    assert!(args.observe);
}

#[test]
fn every_command_has_help_with_its_examples() {
    let mut command = Cli::command();
    let help = command.render_long_help().to_string();
    for expected in ["Exit codes", "renlayer dlp scan", "RENLAYER_DATABASE_URL"] {
        assert!(help.contains(expected), "{expected}");
    }
}
