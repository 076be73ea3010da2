//! `renlayer policy lint`

use std::path::Path;

use renlayer_core::compile::policies;
use renlayer_core::config::{Config, Declare, Environment, Overrides, load_path};
use renlayer_core::policy::lint::{Finding, FindingKind, Known, Proof, lint, widening};
use renlayer_core::policy::{Policy, PolicyError};
use renlayer_core::store::{DEFAULT, default_tenant};

use crate::cli::{LintArgs, Place};
use crate::command::open::open;
use crate::failure::{Exit, Failure};
use crate::instance::with_stored;
use crate::output::{Output, Table};
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
    if let Some(file) = &args.since {
        let before = side(place, file).await?;
        let widened = widening((&policies(&before), before.default_action), (&now, default), &known);
        findings.extend(widened.map_err(wrong)?);
    }
    tell(args, &now, &findings)?;
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

fn tell(args: &LintArgs, policies: &[Policy], findings: &[Finding]) -> Result<(), Failure> {
    let mut output = Output::stdout(args.json);
    if output.is_json() {
        findings.iter().try_for_each(|finding| output.json(finding))?;
        return Ok(output.flush()?);
    }
    if findings.is_empty() {
        output.line(format_args!("nothing wrong with {} policies", policies.len()))?;
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
        output.line(format_args!("nothing is allowed that {} denies: proved", file.display()))?;
    }
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
