//! The commands that end by themselves: `check`, `dlp scan`, `policy test`, `trace`.

use renlayer_tests::harness::{self, Finished, Renlayer, aws_access_key, card_number};
use renlayer_tests::upstream::Upstream;
use serde_json::json;

fn run(arguments: &[&str], input: &str) -> Finished {
    let home = tempfile::tempdir().expect("a temporary directory");
    Finished::run(harness::renlayer(home.path()).args(arguments), input)
}

fn check(yaml: &str) -> Finished {
    let home = tempfile::tempdir().expect("a temporary directory");
    let file = home.path().join("renlayer.yaml");
    std::fs::write(&file, yaml).expect("the configuration");
    Finished::run(harness::renlayer(home.path()).args(["check", "--config"]).arg(&file), "")
}

#[test]
fn check_accepts_a_good_file_and_names_what_is_wrong_in_a_bad_one() {
    let good =
        "listen: 127.0.0.1:0\nroutes:\n  - { name: r, prefix: /r, upstream: \"http://127.0.0.1:9\" }\n";
    let fine = check(good);
    assert_eq!(fine.code, Some(0), "{fine:#?}");

    let cases = [
        ("declare:\n  agnts: []\n", &["renlayer.yaml:2:3", "agnts", "agents"][..]),
        ("listen: nowhere\n", &["renlayer.yaml:1:9", "listen"]),
        ("routes:\n  - { name: r, prefix: /r }\n", &["renlayer.yaml:2", "upstream"]),
        ("mode: enforced\n", &["renlayer.yaml:1", "enforce"]),
        ("declare:\n  dlp:\n    patterns: [{ name: p, regex: \"(\", severity: HIGH }]\n", &["p", "("]),
        ("declare:\n  dlp:\n    detectors: { pii.emial: { action: redact } }\n", &["pii.emial", "pii.email"]),
        (
            "declare:\n  policies:\n    - { name: p, match: { promt: x }, action: DENY }\n",
            &["promt", "prompt"],
        ),
        (
            "declare:\n  agents:\n    - { name: a, keys: [\"${RENLAYER_TEST_SURELY_UNSET}\"] }\n",
            &["RENLAYER_TEST_SURELY_UNSET"],
        ),
        (
            "declare:\n  cedar:\n    - { name: c, text: \"permit (principal, action, resorce);\" }\n",
            &["renlayer.yaml:3", "declare.cedar[0].text", "line 1, column", "resorce"],
        ),
        ("listen: [1\n", &["renlayer.yaml"]),
    ];
    for (yaml, expected) in cases {
        let run = check(yaml);
        assert!(run.code.is_some_and(|code| code != 0), "{yaml}: {run:#?}");
        let said = run.err.clone() + &run.out;
        for word in expected {
            assert!(said.contains(word), "{yaml}: no {word:?} in {said}");
        }
        assert!(!said.contains("panicked"), "{said}");
    }
}

#[test]
fn a_batch_scan_answers_each_line_in_order() {
    let (key, card) = (aws_access_key(), card_number());
    let lines = [
        json!({"id": "a", "text": format!("key {key} end")}),
        json!({"id": 2, "text": "nothing here"}),
        json!({"id": "c", "text": format!("ünï card {card}")}),
    ];
    let input: String = lines.iter().map(|line| format!("{line}\n")).collect();
    let run = run(&["dlp", "scan", "--batch"], &input);
    let answers = run.json_lines();
    assert_eq!(answers.len(), 3, "{run:#?}");
    assert_eq!(
        (&answers[0]["id"], &answers[1]["id"], &answers[2]["id"]),
        (&json!("a"), &json!(2), &json!("c"))
    );
    let first = &answers[0]["findings"][0];
    assert_eq!((&first["class"], &first["severity"]), (&json!("secret.aws_access_key"), &json!("CRITICAL")));
    assert_eq!((&first["start"], &first["end"]), (&json!(4), &json!(4 + key.len())));
    assert!(first["confidence"].as_f64().is_some_and(|confidence| (0.0..=1.0).contains(&confidence)));
    assert!(first["detector"].is_string());
    assert_eq!(answers[1]["findings"], json!([]));
    assert!(
        answers[2]["findings"]
            .as_array()
            .is_some_and(|all| all.iter().any(|f| f["class"] == "payment.card_number"))
    );
    assert!(!run.out.contains(&key) && !run.out.contains(&card), "a finding carries no value");
}

#[test]
fn a_scan_of_files_says_where_and_its_exit_code_tells() {
    let home = tempfile::tempdir().expect("a temporary directory");
    std::fs::write(home.path().join("clean.txt"), "nothing here\n").expect("a file");
    std::fs::write(home.path().join("leaky.txt"), format!("one\ntwo {}\n", aws_access_key()))
        .expect("a file");
    let scan = |path: &str, extra: &[&str]| {
        Finished::run(harness::renlayer(home.path()).args(["dlp", "scan", path]).args(extra), "")
    };
    let (clean, leaky) = (scan("clean.txt", &[]), scan("leaky.txt", &[]));
    assert_eq!(clean.code, Some(0), "{clean:#?}");
    assert!(leaky.code.is_some_and(|code| code != 0), "{leaky:#?}");
    assert!(leaky.out.contains("leaky.txt") && leaky.out.contains("secret.aws_access_key"), "{leaky:#?}");
    let everything = scan(".", &["--json"]);
    assert!(
        everything.out.contains("leaky.txt") && !everything.out.contains(&aws_access_key()),
        "{everything:#?}"
    );
}

#[test]
fn a_baseline_silences_what_is_known_and_only_that() {
    let home = tempfile::tempdir().expect("a temporary directory");
    let write = |text: String| std::fs::write(home.path().join("notes.txt"), text).expect("a file");
    let scan = |extra: &[&str]| {
        let arguments = ["dlp", "scan", "notes.txt", "--class", "pii.*"];
        Finished::run(harness::renlayer(home.path()).args(arguments).args(extra), "")
    };
    write("ask alice@corp.io\n".into());
    let written = scan(&["--write-baseline", "known.json"]);
    assert_eq!(written.code, Some(0), "{written:#?}");
    let baseline = std::fs::read_to_string(home.path().join("known.json")).expect("the baseline");
    assert!(!baseline.contains("alice"), "{baseline}");

    write("moved, but the same:\n\nask alice@corp.io\n".into());
    let known = scan(&["--baseline", "known.json"]);
    assert_eq!(known.code, Some(0), "{known:#?}");
    assert!(known.out.contains("1 known"), "{known:#?}");

    write("ask alice@corp.io or bob@corp.io\n".into());
    let new = scan(&["--baseline", "known.json", "--json"]);
    assert_eq!((new.code, new.json_lines().len()), (Some(1), 1), "{new:#?}");
    assert_eq!(new.json_lines()[0]["column"], 22);

    for (file, said) in [("absent.json", "absent.json"), ("notes.txt", "--write-baseline")] {
        let wrong = scan(&["--baseline", file]);
        assert_eq!(wrong.code, Some(2), "{wrong:#?}");
        assert!(wrong.err.contains(said), "{wrong:#?}");
    }
}

#[test]
fn a_scan_of_a_folder_leaves_out_what_is_ignored_and_says_what_it_could_not_read() {
    let home = tempfile::tempdir().expect("a temporary directory");
    let write = |name: &str, bytes: &[u8]| std::fs::write(home.path().join(name), bytes).expect("a file");
    std::fs::create_dir(home.path().join(".git")).expect("a folder");
    let key = aws_access_key();
    write(".gitignore", b"*.log\n");
    write("a.log", key.as_bytes());
    write("tool", format!("\x7fELF\0{key}").as_bytes());
    write("known.txt", format!("{key} # renlayer:allow").as_bytes());
    let scan = |extra: &[&str]| {
        Finished::run(
            harness::renlayer(home.path()).args(["dlp", "scan", "--class", "secret.*"]).args(extra),
            "",
        )
    };
    let clean = scan(&["."]);
    assert_eq!(clean.code, Some(0), "{clean:#?}");
    assert!(clean.out.contains("1 binary files left out"), "{clean:#?}");
    for (arguments, places) in [
        (&["--no-ignore", "."][..], &["./a.log:1:1"][..]),
        (&["--binary", "."], &["./tool:1:6"]),
        (&["a.log"], &["a.log:1:1"]),
    ] {
        let leaky = scan(arguments);
        assert_eq!(leaky.code, Some(1), "{leaky:#?}");
        let told: Vec<_> = leaky.out.lines().filter_map(|line| line.split(": ").next()).collect();
        assert_eq!(told.split_last().map(|(_, found)| found), Some(places), "{leaky:#?}");
    }
    write("large.txt", &vec![b'x'; (1 << 20) + 1]);
    let large = scan(&[".", "--max-size", "1"]);
    assert_eq!(large.code, Some(2), "{large:#?}");
    assert!(large.err.contains("large.txt: larger than --max-size"), "{large:#?}");
    let piped = Finished::run(
        harness::renlayer(home.path()).args(["dlp", "scan", "--max-size", "1", "-"]),
        &"x".repeat((1 << 20) + 1),
    );
    assert_eq!(piped.code, Some(2), "{piped:#?}");
}

#[test]
fn a_policy_test_explains_the_decision() {
    let upstream = Upstream::start();
    let renlayer = Renlayer::in_front_of(&upstream)
        .declare("policies:\n  - { name: no-codes, match: { prompt: { contains: launch codes } }, action: DENY, message: No. }")
        .start();
    let config = renlayer.config();
    let body =
        json!({"model": "m", "messages": [{"role": "user", "content": "the launch codes"}]}).to_string();
    let test = |body: &str| {
        let file = config.with_file_name("body.json");
        std::fs::write(&file, body).expect("the sample");
        let url = format!("{}/v1/chat/completions", upstream.url());
        let (config, file) = (config.to_string_lossy(), file.to_string_lossy());
        renlayer.command(&["policy", "test", "--config", &config, "--url", &url, "--body", &file, "--json"])
    };
    let denied = test(&body);
    assert!(denied.out.contains("DENY") && denied.out.contains("no-codes"), "{denied:#?}");
    let allowed = test(&body.replace("launch", "lunch"));
    assert!(allowed.out.contains("ALLOW"), "{allowed:#?}");
}

#[test]
fn a_policy_test_shows_native_and_cedar_policies_side_by_side() {
    let upstream = Upstream::start();
    let renlayer = Renlayer::in_front_of(&upstream)
        .declare(
            "policies:\n  - { name: watch, match: {}, action: FLAG }\n\
             cedar:\n  - { name: base, text: 'permit (principal, action, resource);' }\n  \
             - { name: no-iam, text: 'forbid (principal, action, resource) when { context.upstream.path like \"/iam/*\" };' }",
        )
        .start();
    let config = renlayer.config();
    let config = config.to_string_lossy();
    let url = format!("{}/iam/users", upstream.url());
    let test = ["policy", "test", "--config", &config, "--url", &url];
    let told = renlayer.command(&test);
    for shown in ["verdict: DENIED", "because: cedar forbid no-iam", "watch", "http_request", "no-iam"] {
        assert!(told.out.contains(shown), "{shown}: {told:#?}");
    }
    let check = &renlayer.command(&[&test[..], &["--json"]].concat()).json()["cedar"]["checks"][0];
    assert_eq!(check["verdict"], "forbid");
    assert_eq!(check["policies"], json!(["no-iam"]));
    let checked = renlayer.command(&["check", "--config", &config]);
    assert!(checked.out.contains("2 Cedar texts"), "{checked:#?}");
}

#[test]
fn one_trace_is_shown_by_its_id() {
    let upstream = Upstream::start();
    let renlayer = Renlayer::in_front_of(&upstream).start();
    let answer = renlayer.chat("Hi");
    let trace = renlayer.trace(&answer);
    let config = renlayer.config();
    let id = trace["id"].as_str().expect("an id");
    let shown = renlayer.command(&["trace", "show", id, "--json", "--config", &config.to_string_lossy()]);
    assert_eq!(shown.json()["id"], id);
    let unknown = renlayer.command(&[
        "trace",
        "show",
        "trace_00000000000000000000000000",
        "--config",
        &config.to_string_lossy(),
    ]);
    assert!(unknown.code.is_some_and(|code| code != 0) && !unknown.err.is_empty(), "{unknown:#?}");
}

#[test]
fn limits_are_listed_and_shown() {
    let upstream = Upstream::start();
    let limit = "limits:\n  - { name: budget, scope: per_tenant, model: gpt-4o, dimension: spend, window: month, max: 2.50 }";
    let renlayer = Renlayer::in_front_of(&upstream).declare(limit).start();
    let config = renlayer.config();
    let config = config.to_string_lossy();
    let listed = renlayer.command(&["limit", "list", "--config", &config]);
    let row = listed.out.lines().nth(1).unwrap_or_default();
    for cell in ["budget", "per_tenant", "spend", "2.5", "month", "some: model", "enforced", "lim_"] {
        assert!(row.contains(cell), "{cell} in {listed:#?}");
    }
    let shown = renlayer.command(&["limit", "show", "budget", "--json", "--config", &config]).json();
    assert_eq!(
        (&shown["max"], &shown["window"], &shown["model"]),
        (&json!("2.5"), &json!("month"), &json!("gpt-4o"))
    );
    let unknown = renlayer.command(&["limit", "show", "budgte", "--config", &config]);
    assert!(unknown.code == Some(2) && unknown.err.contains("limit list"), "{unknown:#?}");
}

#[test]
fn help_and_mistakes_are_answered_plainly() {
    let help = run(&["--help"], "");
    assert_eq!(help.code, Some(0));
    for command in ["serve", "check", "dlp", "limit", "policy", "trace"] {
        assert!(help.out.contains(command), "{command} in {}", help.out);
    }
    let mistake = run(&["srve"], "");
    assert!(mistake.code.is_some_and(|code| code != 0) && mistake.err.contains("srve"), "{mistake:#?}");
    assert_eq!(run(&["--version"], "").code, Some(0));
}

#[test]
fn policies_are_checked_and_compared_by_what_they_mean() {
    let home = tempfile::tempdir().expect("a temporary directory");
    let write = |name: &str, policies: &str| {
        let yaml = format!("declare:\n  agents: [{{ name: bot }}]\n  policies:\n{policies}");
        std::fs::write(home.path().join(name), yaml).expect("the configuration");
    };
    let policy =
        |arguments: &[&str]| Finished::run(harness::renlayer(home.path()).arg("policy").args(arguments), "");
    write("a.yaml", "    - { name: p, match: { model: \"gpt-*\", agent: bot }, action: DENY }\n");
    write(
        "b.yaml",
        "    - { name: q, priority: 1, match: { agent: bto }, action: FLAG }\n    - { name: p, match: { model: \"gpt-4*\", agent: [bot] }, action: DENY }\n    - { name: r, priority: 2000, match: { model: gpt-4o, agent: bot, user: ann }, action: DENY }\n",
    );
    let clean = policy(&["lint", "--config", "a.yaml"]);
    assert_eq!(clean.code, Some(0), "{clean:#?}");
    assert_eq!(clean.out, "nothing wrong with 1 policies\n");

    let found = policy(&["lint", "--config", "b.yaml", "--since", "a.yaml", "--json"]);
    assert_eq!(found.code, Some(1), "{found:#?}");
    let told: Vec<_> = found.json_lines();
    let kinds: Vec<_> =
        told.iter().map(|f| (f["kind"].as_str(), f["name"].as_str(), f["proof"].as_str())).collect();
    let proved = |kind, name| (Some(kind), Some(name), Some("proved"));
    assert_eq!(kinds, [proved("unknown_agent", "q"), proved("shadowed", "r"), proved("widening", "default")]);
    assert_eq!(told[2]["counterexample"]["agent"], "bot", "{found:#?}");
    let human = policy(&["lint", "--config", "b.yaml"]);
    assert!(human.out.contains("`p` decides every call that it matches"), "{human:#?}");
    let narrower = policy(&["lint", "--config", "a.yaml", "--since", "b.yaml"]);
    assert!(narrower.out.contains("nothing is allowed that b.yaml denies: proved"), "{narrower:#?}");

    let same = policy(&["diff", "a.yaml", "a.yaml"]);
    assert_eq!((same.code, &*same.out), (Some(0), "nothing differs\n"));
    let differs = policy(&["diff", "a.yaml", "b.yaml"]);
    assert_eq!(differs.code, Some(1), "{differs:#?}");
    for line in ["+ q (FLAG)", "~ p", "    match.model: gpt-* → gpt-4*", "+ r (DENY)"] {
        assert!(differs.out.lines().any(|said| said == line), "{line} in {differs:#?}");
    }
    let json = policy(&["diff", "a.yaml", "b.yaml", "--json"]);
    assert_eq!(json.json_lines()[1]["fields"][0]["path"], "match.model", "{json:#?}");

    std::fs::write(home.path().join("broken.yaml"), "declare: { policies: [{ name: p }] }").expect("a file");
    for arguments in
        [&["diff", "a.yaml", "broken.yaml"][..], &["lint", "--config", "a.yaml", "--since", "broken.yaml"]]
    {
        let broken = policy(arguments);
        assert_eq!(broken.code, Some(3), "{broken:#?}");
        assert!(broken.err.contains("broken.yaml:1:") && broken.err.contains("match"), "{broken:#?}");
    }
}
