//! What is found in Cedar policies, with a solver and without.

use super::*;
use crate::cedar::{CedarText, Directory};

fn set(text: &str) -> CedarSet {
    let texts = vec![CedarText { name: "p".into(), text: text.into() }];
    let groups = [("finance".to_owned(), Vec::new()), ("sales".to_owned(), Vec::new())].into();
    let directory = Directory { groups, ..Directory::default() };
    CedarSet::compile(texts, directory).unwrap_or_else(|errors| panic!("{text}: {errors:?}"))
}

/// `kind name by,by`, one for each finding.
fn told(report: &Report) -> Vec<String> {
    let told = |finding: &Finding| format!("{} {} {}", finding.kind, finding.name, finding.by.join(","));
    report.findings.iter().map(|finding| told(finding).trim_end().to_owned()).collect()
}

#[test]
fn without_a_solver_policies_are_compared_as_they_are_written() {
    for (text, expected) in [
        ("permit (principal, action, resource) when { context.method == \"GET\" };", &[][..]),
        ("permit (principal, action, resource);", &["allows_everything p"]),
        ("@flag permit (principal, action, resource);", &[]),
        ("forbid (principal, action, resource);", &["denies_everything *"]),
        (
            "@id(\"a\") permit (principal == Agent::\"a\", action, resource);
             @id(\"b\") permit (principal == Agent::\"a\", action, resource);
             @flag permit (principal == Agent::\"a\", action, resource);",
            &["duplicate p#2 p#1"],
        ),
        (
            "permit (principal == Agent::\"a\", action == Action::\"embedding\", resource);
             forbid (principal, action in [Action::\"embedding\", Action::\"http_request\"], resource);",
            &["shadowed p#1 p#2"],
        ),
        (
            "permit (principal, action, resource == Upstream::\"a\");
             forbid (principal, action, resource is Upstream);",
            &["shadowed p#1 p#2"],
        ),
        (
            "permit (principal, action, resource is Upstream);
             forbid (principal, action, resource == Upstream::\"a\");
             forbid (principal in Group::\"sales\", action, resource);
             forbid (principal, action, resource) when { context.body_bytes > 9 };",
            &[],
        ),
    ] {
        let report = lint(&set(text), None);
        assert_eq!(told(&report), expected, "{text}");
        assert!(report.findings.iter().all(|finding| finding.proof == Proof::Heuristic), "{text}");
        assert!(matches!(report.means, Means::Unaided(_)), "{text}");
    }
}

#[test]
fn without_a_solver_a_change_may_widen_unless_it_only_takes_away() {
    let (permit, forbid) = ("permit (principal, action, resource);", "forbid (principal, action, resource);");
    let both = format!("{permit} {forbid}");
    for (before, after, expected) in [
        (Some(permit), Some(&*both), 0),
        (Some(&*both), Some(&*both), 0),
        (Some(&*both), Some(permit), 1),
        (Some(forbid), Some(&*both), 1),
        (Some(forbid), None, 1),
        (None, Some(permit), 0),
    ] {
        let [old, new] = [before, after].map(|text| text.map(set));
        let report = widening(old.as_ref(), new.as_ref(), None);
        assert_eq!(report.findings.len(), expected, "{before:?} {after:?}");
        assert!(report.findings.iter().all(|finding| finding.proof == Proof::Heuristic));
    }
}

#[test]
fn who_stands_where_is_part_of_a_change() {
    let text = "permit (principal in Group::\"finance\", action, resource);";
    let texts = vec![CedarText { name: "p".into(), text: text.into() }];
    let agents = [("bot".to_owned(), vec!["finance".to_owned()])].into();
    let groups = [("finance".to_owned(), Vec::new())].into();
    let directory = Directory { agents, groups, ..Directory::default() };
    let after = CedarSet::compile(texts, directory).unwrap();
    assert_eq!(told(&widening(Some(&set(text)), Some(&after), None)), ["widening *"]);
}

#[test]
fn heads_that_no_call_is_of_both_do_not_meet() {
    for (one, another, meet) in [
        ("principal, action, resource", "principal == Agent::\"a\", action, resource", true),
        ("principal == Agent::\"a\", action, resource", "principal == Agent::\"a\", action, resource", true),
        ("principal == Agent::\"a\", action, resource", "principal == Agent::\"b\", action, resource", false),
        ("principal == Agent::\"a\", action, resource", "principal in Agent::\"b\", action, resource", false),
        // Anyone may stand in any groups, and in several.
        (
            "principal in Group::\"sales\", action, resource",
            "principal in Group::\"finance\", action, resource",
            true,
        ),
        (
            "principal in Group::\"sales\", action, resource",
            "principal == Agent::\"b\", action, resource",
            true,
        ),
        (
            "principal, action == Action::\"embedding\", resource",
            "principal, action in [Action::\"embedding\", Action::\"tool_call\"], resource",
            true,
        ),
        (
            "principal, action == Action::\"embedding\", resource",
            "principal, action == Action::\"tool_call\", resource",
            false,
        ),
        ("principal, action, resource is Tool", "principal, action, resource == Tool::\"t\"", true),
        ("principal, action, resource is Tool", "principal, action, resource is McpTool", false),
        ("principal, action, resource is Tool", "principal, action, resource == McpTool::\"s/t\"", false),
        ("principal, action, resource == Tool::\"t\"", "principal, action, resource == Tool::\"u\"", false),
    ] {
        let [one, another] = [one, another].map(|head| set(&format!("permit ({head});")));
        let scopes = [&one, &another].map(|set| &set.all()[0].scope);
        let told = format!("{scopes:?}");
        assert_eq!((scopes[0].meets(scopes[1]), scopes[1].meets(scopes[0])), (meet, meet), "{told}");
        assert!(meet || !(scopes[0].holds(scopes[1]) || scopes[1].holds(scopes[0])), "{told}");
    }
}

/// With a solver; `cargo xtask test` installs one.
#[cfg(feature = "cedar-analysis")]
mod proved {
    use super::*;

    /// The solver, or a word that there is none.
    fn solver() -> Option<Solver> {
        let solver = Solver::installed();
        if solver.is_none() {
            let required = std::env::var_os("RENLAYER_TEST_REQUIRE_SOLVER").is_some();
            assert!(!required, "RENLAYER_TEST_REQUIRE_SOLVER is set, but there is no cvc5");
            eprintln!("NOT RUN with a solver: there is no cvc5");
        }
        solver
    }

    #[test]
    fn what_decides_nothing_is_told() {
        let Some(solver) = solver() else { return };
        for (text, expected) in [
            ("permit (principal, action, resource) when { context.method == \"GET\" };", &[][..]),
            ("permit (principal, action, resource);", &["allows_everything *"]),
            ("@flag permit (principal, action, resource);", &[]),
            (
                "permit (principal, action, resource) when { context.body_bytes < 10 };
                 permit (principal, action, resource) when { context.body_bytes > 4 };",
                &["allows_everything *"],
            ),
            ("forbid (principal, action, resource);", &["denies_everything *"]),
            // Conditions that exclude each other, by themselves and by what holds of every call.
            (
                "permit (principal, action, resource) when { context.method == \"GET\" };
                 forbid (principal, action, resource) when { context.body_bytes < 4 && context.body_bytes > 5 };
                 forbid (principal, action, resource) when { context.time.hour == 24 };
                 forbid (principal == Agent::\"a\", action, resource) when { principal.name == \"b\" };
                 forbid (principal, action == Action::\"embedding\", resource) unless { context.action_type == \"embedding\" };
                 forbid (principal, action == Action::\"embedding\", resource == Upstream::\"a\")
                 when { context.upstream.host like \"b*\" };",
                &["contradiction p#2", "contradiction p#3", "contradiction p#4", "contradiction p#5", "contradiction p#6"],
            ),
            // It refuses a call of which it cannot be evaluated.
            (
                "permit (principal, action, resource) when { context.method == \"GET\" };
                 forbid (principal, action, resource) when { context.risk.spend + 1 < 0 };",
                &[],
            ),
            // Forbidden by one, and by two together.
            (
                "permit (principal, action, resource) when { context.method == \"GET\" };
                 permit (principal in Group::\"sales\", action, resource) when { context.body_bytes > 9 };
                 forbid (principal, action, resource) when { context.body_bytes > 8 };",
                &["shadowed p#2 p#3"],
            ),
            (
                "permit (principal, action, resource) when { context.method == \"GET\" };
                 forbid (principal, action, resource) when { context.body_bytes > 8 };
                 forbid (principal, action, resource) when { context.body_bytes < 10 };",
                &["shadowed p#1 p#2,p#3", "denies_everything *"],
            ),
            // Said by one that comes later, of two that say the same by the first, and by two together.
            (
                "permit (principal, action, resource) when { context.body.prompt_tokens < 5 };
                 permit (principal, action, resource) when { context.body.prompt_tokens < 9 };",
                &["shadowed p#1 p#2"],
            ),
            (
                "permit (principal, action, resource) when { context.body_bytes < 5 };
                 permit (principal, action, resource) when { 5 > context.body_bytes };",
                &["shadowed p#2 p#1"],
            ),
            (
                "permit (principal, action, resource) when { context.body_bytes < 5 };
                 permit (principal, action, resource) when { context.body_bytes > 4 && context.method == \"GET\" };
                 permit (principal, action, resource) when { context.body_bytes < 9 && context.method == \"GET\" };",
                &["shadowed p#3 p#1,p#2"],
            ),
            // A message, and a flag, are lost with the policy.
            (
                "permit (principal, action, resource) when { context.body_bytes < 9 };
                 @flag permit (principal, action, resource) when { context.body_bytes < 5 };
                 @message(\"no\") forbid (principal, action, resource) when { context.body_bytes < 2 };
                 forbid (principal, action, resource) when { context.body_bytes < 3 };",
                &[],
            ),
        ] {
            let report = lint(&set(text), Some(&solver));
            assert_eq!(report.means, Means::Solver, "{text}");
            assert_eq!(told(&report), expected, "{text}");
            assert!(report.findings.iter().all(|finding| finding.proof == Proof::Proved), "{text}");
        }
    }

    /// Policies as tenants have them: of teams, of single agents, about hosts, tools, models, sizes and hours.
    fn ordinary(policies: usize) -> String {
        let one = |nth: usize| {
            let team = ["finance", "sales"][nth % 2];
            match nth % 8 {
                0 => format!(
                    "permit (principal in Group::\"{team}\", action == Action::\"embedding\", resource == Upstream::\"a{nth}.example\");"
                ),
                1 => format!(
                    "permit (principal in Group::\"{team}\", action == Action::\"chat_completion\", resource)
                     when {{ context.body has model && context.body.model like \"gpt-{nth}-*\" }};"
                ),
                2 => format!(
                    "permit (principal == Agent::\"bot-{nth}\", action == Action::\"call_tool\", resource == Tool::\"t{nth}\");"
                ),
                3 => format!(
                    "permit (principal == Agent::\"bot-{nth}\", action == Action::\"http_request\", resource is Upstream)
                     when {{ context.method == \"GET\" && context.body_bytes < {nth} }};"
                ),
                4 => format!("forbid (principal == Agent::\"bot-{nth}\", action, resource) when {{ context.time.hour >= 20 }};"),
                5 => format!(
                    "permit (principal in Group::\"{team}\", action, resource is Upstream)
                     when {{ context has user && context.user like \"{team}-{nth}-*\" }};"
                ),
                6 => format!(
                    "permit (principal in Group::\"{team}\", action == Action::\"call_tool\", resource == McpTool::\"s{nth}/read\");"
                ),
                _ => format!("forbid (principal, action, resource == Upstream::\"b{nth}.example\");"),
            }
        };
        (0..policies).map(one).collect()
    }

    #[test]
    fn of_policies_that_each_decide_something_no_question_is_left_open() {
        let Some(solver) = solver() else { return };
        let policies = ordinary(24);
        let report = lint(&set(&policies), Some(&solver));
        assert_eq!((told(&report), report.means), (Vec::new(), Means::Solver));
        // One more, which others cover: those that do not meet it are not named.
        let more = format!(
            "{policies} permit (principal == Agent::\"bot-3\", action == Action::\"http_request\", \
             resource == Upstream::\"c.example\") when {{ context.method == \"GET\" && context.body_bytes < 2 }};"
        );
        let report = lint(&set(&more), Some(&solver));
        assert_eq!((told(&report), report.means), (vec!["shadowed p#25 p#4".into()], Means::Solver));
    }

    #[test]
    fn a_change_that_permits_something_new_is_shown_a_call() {
        let Some(solver) = solver() else { return };
        let finance = "permit (principal in Group::\"finance\", action, resource)";
        let cases = [
            (format!("{finance};"), format!("{finance} when {{ context.method == \"GET\" }};"), None),
            (
                format!("{finance} when {{ context has user && context.user like \"a*\" }};"),
                format!("{finance} when {{ context has user && context.user == \"ann\" }};"),
                None,
            ),
            // Written otherwise, the same of every call there may be.
            (
                "permit (principal == Agent::\"a\", action, resource);".into(),
                "permit (principal, action, resource) when { principal.name == \"a\" };".into(),
                None,
            ),
            (
                "permit (principal, action, resource == Upstream::\"a.b\");".into(),
                "permit (principal, action in [Action::\"embedding\"], resource) \
                 when { context.upstream.host == \"a.b\" };"
                    .into(),
                None,
            ),
            (
                format!("{finance} when {{ context.method == \"GET\" }};"),
                format!("{finance} when {{ context.method == \"GET\" || context.method == \"PUT\" }};"),
                Some(["in Group::\"finance\"", "method \"PUT\""]),
            ),
            (
                "permit (principal, action == Action::\"embedding\", resource);".into(),
                "permit (principal, action in [Action::\"embedding\", Action::\"call_tool\"], resource == Tool::\"rm\");"
                    .into(),
                Some(["asks for Action::\"call_tool\"", "on Tool::\"rm\""]),
            ),
            (
                format!("{finance}; forbid (principal, action, resource) when {{ context.headers.hasTag(\"x-env\") }};"),
                format!("{finance};"),
                Some(["headers.x-env", "in Group::\"finance\""]),
            ),
        ];
        for (before, after, expected) in cases {
            let report = widening(Some(&set(&before)), Some(&set(&after)), Some(&solver));
            assert_eq!(report.means, Means::Solver, "{before} {after}");
            let example = report.findings.first().map(|finding| {
                assert_eq!((finding.kind, finding.proof), (FindingKind::Widening, Proof::Proved));
                finding.counterexample.as_ref().expect("an example").to_string()
            });
            match (expected, example) {
                (None, None) => {}
                (Some(parts), Some(example)) => {
                    assert!(parts.iter().all(|part| example.contains(part)), "{after}: {example}");
                }
                (expected, example) => panic!("{before} {after}: {expected:?}, {example:?}"),
            }
        }
    }

    #[test]
    fn a_policy_that_refused_by_failing_is_missed() {
        let Some(solver) = solver() else { return };
        let permit = "permit (principal, action, resource) when { context.method == \"GET\" };";
        let before =
            format!("{permit} forbid (principal, action, resource) when {{ context.risk.spend + 1 < 0 }};");
        let report = widening(Some(&set(&before)), Some(&set(permit)), Some(&solver));
        assert_eq!(report.findings.len(), 1);
        assert_eq!(report.findings[0].proof, Proof::Heuristic);
        assert!(widening(Some(&set(&before)), Some(&set(&before)), Some(&solver)).findings.is_empty());
    }

    #[test]
    fn none_left_permit_everything() {
        let Some(solver) = solver() else { return };
        let all = set("permit (principal, action, resource);");
        assert!(widening(Some(&all), None, Some(&solver)).findings.is_empty());
        let some = set("permit (principal, action, resource) when { context.method == \"GET\" };");
        assert_eq!(told(&widening(Some(&some), None, Some(&solver))), ["widening *"]);
    }

    #[test]
    fn a_solver_that_is_none_is_told() {
        let policies = set("permit (principal, action, resource) when { context.method == \"GET\" };");
        let report = lint(&policies, Some(&Solver::at("/nowhere/cvc5")));
        let Means::Unaided(reason) = report.means else { panic!("{:?}", report.means) };
        assert!(reason.contains("/nowhere/cvc5"), "{reason}");
        // A program that ends at once answers nothing.
        let report = lint(&policies, Some(&Solver::at("/bin/true")));
        assert!(matches!(report.means, Means::Partly { .. }), "{:?}", report.means);
        let report = widening(Some(&policies), Some(&policies), Some(&Solver::at("/bin/true")));
        assert!(report.findings.iter().all(|finding| finding.proof == Proof::Heuristic));
    }
}
