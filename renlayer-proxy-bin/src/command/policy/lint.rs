//! `renlayer policy lint`

use std::path::Path;

use renlayer_core::compile::{cedar, policies};
use renlayer_core::config::{Config, Declare, Environment, Overrides, load_path};
use renlayer_core::policy::PolicyError;
use renlayer_core::policy::cedar::CedarSet;
use renlayer_core::policy::cedar::lint::{
    Means, Report, Solver, lint as lint_cedar, widening as widening_cedar,
};
use renlayer_core::policy::lint::{Finding, FindingKind, Known, Proof, lint, widening};
use renlayer_core::store::{DEFAULT, default_tenant};

use crate::cli::{LintArgs, Place};
use crate::command::open::open;
use crate::failure::{Exit, Failure};
use crate::instance::with_stored;
use crate::output::{Output, Table, notice};
use crate::settings::Sources;

/// What every agent's id begins with.
const AGENT_IDS: &str = "agent_";

/// Finds what is wrong with the policies of the configuration, and what they allow that another denied.
pub(super) async fn run(place: &Place, args: &LintArgs) -> Result<(), Failure> {
    let declare = match args.store {
        true => stored(place).await?,
        false => Sources::of(place).config()?.declare,
    };
    let (now, default) = (policies(&declare), declare.default_action);
    let known = known(args, &declare);
    let mut findings = lint(&now, default, &known).map_err(wrong)?;
    let now_cedar = compiled(&declare)?;
    let solver = Solver::installed();
    let mut reports: Vec<Report> =
        now_cedar.iter().map(|policies| lint_cedar(policies, solver.as_ref())).collect();
    if let Some(file) = &args.since {
        let before = side(place, file).await?;
        let widened = widening((&policies(&before), before.default_action), (&now, default), &known);
        findings.extend(widened.map_err(wrong)?);
        let before = compiled(&before)?;
        // Where Cedar was not asked before it can only refuse more.
        reports
            .extend(before.map(|before| widening_cedar(Some(&before), now_cedar.as_ref(), solver.as_ref())));
    }
    let means = weakest(&reports);
    findings.extend(reports.into_iter().flat_map(|report| report.findings));
    tell(args, now.len() + now_cedar.as_ref().map_or(0, CedarSet::len), &findings, means.as_ref())?;
    if findings.iter().any(fails) { Err(Failure::silent(Exit::No)) } else { Ok(()) }
}

/// The configuration in a file.
pub(super) fn read(file: &Path) -> Result<Config, Failure> {
    Ok(load_path(file, &Environment::of_process(), &Overrides::default())?.config)
}

/// What stands for the database in the place of a file.
pub(super) const STORE: &str = "@store";

/// What a file declares, or the store holds.
pub(super) async fn side(place: &Place, file: &Path) -> Result<Declare, Failure> {
    if file == Path::new(STORE) { stored(place).await } else { Ok(read(file)?.declare) }
}

/// What the store holds.
async fn stored(place: &Place) -> Result<Declare, Failure> {
    let config = Sources::of(place).config()?;
    let store = open(place).await?;
    let governance = store.governance(default_tenant()).await?;
    store.close().await;
    Ok(with_stored(&config, governance).declare)
}

/// A configuration that was read has policies that compile; if one did not, its errors are the answer.
fn wrong(errors: Vec<PolicyError>) -> Failure {
    let errors: Vec<_> = errors.iter().map(ToString::to_string).collect();
    Failure::new(Exit::Configuration, errors.join("\n"))
}

/// Whether a finding fails the check: what is not ruled out may allow something new, so it counts.
fn fails(finding: &Finding) -> bool {
    match finding.kind {
        FindingKind::Widening => true,
        FindingKind::SlowPattern => false,
        _ => finding.proof == Proof::Proved,
    }
}

/// The Cedar policies of a side.
fn compiled(declare: &Declare) -> Result<Option<CedarSet>, Failure> {
    cedar(declare).map_err(|error| Failure::new(Exit::Configuration, error.to_string()))
}

/// How what was found in Cedar policies was found: the least sure of all. Nothing where there are none.
fn weakest(reports: &[Report]) -> Option<Means> {
    let sureness = |means: &&Means| match means {
        Means::Unaided(_) => 0,
        Means::Partly { .. } => 1,
        Means::Solver => 2,
    };
    reports.iter().map(|report| &report.means).min_by_key(sureness).cloned()
}

/// What is told of the means.
fn in_words(means: &Means) -> String {
    match means {
        Means::Solver => {
            "Cedar policies: all was asked of a solver; what it did not find is not there".to_owned()
        }
        Means::Partly { unanswered, reason } => format!(
            "Cedar policies: the solver left {unanswered} questions open ({reason}); what it did not find may be there"
        ),
        Means::Unaided(reason) => format!(
            "Cedar policies: {reason}, so what is said of them is heuristic. cvc5, on the PATH or named by CVC5, would prove \
             which never apply, are overruled or covered, and whether a change permits anything new; docs/cedar.md says how to \
             install it"
        ),
    }
}

/// The names that exist. Agents that only the store knows are named by id, and ids are not looked up.
fn known(args: &LintArgs, declare: &Declare) -> Known {
    let declared = declare.agents.iter().map(|agent| agent.name.clone());
    let names: Vec<_> = declared.chain(args.agents.iter().cloned()).collect();
    let named = |names: &[String]| (!names.is_empty()).then(|| names.to_vec());
    Known {
        agents: named(&names).map(|mut agents| {
            agents.push(DEFAULT.to_owned());
            agents
        }),
        tools: named(&args.tools),
        models: named(&args.models),
        agent_ids: Some(AGENT_IDS.to_owned()),
    }
}

fn tell(
    args: &LintArgs,
    policies: usize,
    findings: &[Finding],
    means: Option<&Means>,
) -> Result<(), Failure> {
    let mut output = Output::stdout(args.json);
    if output.is_json() {
        findings.iter().try_for_each(|finding| output.json(finding))?;
        means.iter().for_each(|means| notice(in_words(means)));
        return Ok(output.flush()?);
    }
    if findings.is_empty() {
        output.line(format_args!("nothing wrong with {policies} policies"))?;
    } else {
        let mut table = Table::new(&["policy", "finding", "proof", "why"]);
        findings.iter().for_each(|finding| table.row(cells(finding)));
        output.table(&table)?;
    }
    for (finding, call) in
        findings.iter().filter_map(|finding| Some((finding, finding.counterexample.as_ref()?)))
    {
        output.line("")?;
        output.text(&format!("{}, {}, for example:\n  {call}", finding.name, finding.kind))?;
    }
    let widens = findings.iter().any(|finding| finding.kind == FindingKind::Widening);
    if let Some(file) = args.since.as_ref().filter(|_| !widens) {
        let sure = means.is_none_or(|means| *means == Means::Solver);
        let proof = if sure { Proof::Proved } else { Proof::Heuristic };
        output.line(format_args!("nothing is allowed that {} denies: {proof}", file.display()))?;
    }
    means.iter().try_for_each(|means| output.line(in_words(means)))?;
    Ok(output.flush()?)
}

fn cells(finding: &Finding) -> [String; 4] {
    let place = finding.place.as_ref().map(|place| format!("{place}: ")).unwrap_or_default();
    [
        finding.name.clone(),
        finding.kind.to_string(),
        finding.proof.to_string(),
        format!("{place}{}", finding.reason),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_sure_fails_save_what_may_be_allowed_anew() {
        let finding = |kind, proof| Finding {
            kind,
            proof,
            policy: "pol_1".into(),
            name: "p".into(),
            place: None,
            by: Vec::new(),
            reason: String::new(),
            counterexample: None,
        };
        for (kind, proof, expected) in [
            (FindingKind::Shadowed, Proof::Proved, true),
            (FindingKind::Shadowed, Proof::Heuristic, false),
            (FindingKind::SlowPattern, Proof::Proved, false),
            (FindingKind::UnknownAgent, Proof::Proved, true),
            (FindingKind::Widening, Proof::Proved, true),
            (FindingKind::Widening, Proof::Heuristic, true),
        ] {
            assert_eq!(fails(&finding(kind, proof)), expected, "{kind} {proof}");
        }
    }

    #[test]
    fn the_least_sure_means_is_told() {
        let report = |means: &Means| Report { findings: Vec::new(), means: means.clone() };
        let open = Means::Partly { unanswered: 3, reason: "60 s had passed".into() };
        let none = Means::Unaided("no solver is installed".into());
        for (reports, expected) in [
            (&[][..], None),
            (&[report(&Means::Solver)], Some(&Means::Solver)),
            (&[report(&Means::Solver), report(&open)], Some(&open)),
            (&[report(&none), report(&open), report(&Means::Solver)], Some(&none)),
        ] {
            assert_eq!(weakest(reports).as_ref(), expected);
        }
        assert!(in_words(&open).contains("left 3 questions open (60 s had passed)"));
        let told = in_words(&none);
        assert!(
            told.contains("no solver is installed") && told.contains("heuristic") && told.contains("cvc5")
        );
    }

    #[test]
    fn agents_are_known_where_any_is_declared() {
        let args = |agents: &[&str]| LintArgs {
            since: None,
            store: false,
            agents: agents.iter().map(|name| (*name).to_owned()).collect(),
            tools: Vec::new(),
            models: Vec::new(),
            json: false,
        };
        assert_eq!(known(&args(&[]), &Declare::default()).agents, None);
        let agents = known(&args(&["bot"]), &Declare::default()).agents.unwrap();
        assert_eq!(agents, ["bot", "default"]);
    }
}
