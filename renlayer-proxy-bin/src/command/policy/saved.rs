//! `renlayer policy create | update | show | enable | disable | delete | history | rollback`

use std::io::Read;
use std::path::Path;
use std::sync::Arc;

use jiff::Timestamp;
use renlayer_core::config::{Environment, Format, Source, load_policy};
use renlayer_core::policy::Policy;
use renlayer_core::policy::diff::{FieldChange, fields};
use renlayer_core::store::{Change, PolicyRecord, PolicyVersion, Saved, Store, StoreError, default_tenant};
use serde_json::json;

use crate::cli::{Author, ChangeArgs, Place, SaveArgs, SavedPolicyCommand};
use crate::command::open::open;
use crate::failure::{Exit, Failure};
use crate::output::{Output, Table, in_force};

/// Changes the policies of the store, or tells of their versions.
pub(super) async fn run(place: &Place, command: SavedPolicyCommand) -> Result<(), Failure> {
    // What is wrong with the file is said before the store is asked.
    let command = Asked::of(command)?;
    let store = open(place).await?;
    let done = command.carry_out(&*store).await;
    Arc::clone(&store).close().await;
    done
}

/// What was asked for, with the policy that a file held.
enum Asked {
    Create(Policy, Change),
    Update(Policy, Option<i64>, Change),
    Enable(String, bool, Change),
    Delete(String, Change),
    Rollback(String, i64, Change),
    Show(String, Option<i64>),
    History(String, bool),
}

impl Asked {
    fn of(command: SavedPolicyCommand) -> Result<Self, Failure> {
        use SavedPolicyCommand as Command;
        let named = |ChangeArgs { name, author }: ChangeArgs| (name, change(author));
        Ok(match command {
            Command::Create(SaveArgs { file, author, if_version: None }) => {
                Self::Create(read(&file)?, change(author))
            }
            Command::Create(_) => {
                return Err(Failure::usage("a new policy has no version yet: leave `--if-version` out"));
            }
            Command::Update(SaveArgs { file, author, if_version }) => {
                Self::Update(read(&file)?, if_version, change(author))
            }
            Command::Enable(args) => {
                let (name, change) = named(args);
                Self::Enable(name, true, change)
            }
            Command::Disable(args) => {
                let (name, change) = named(args);
                Self::Enable(name, false, change)
            }
            Command::Delete(args) => {
                let (name, change) = named(args);
                Self::Delete(name, change)
            }
            Command::Rollback { change: args, version } => {
                let (name, change) = named(args);
                Self::Rollback(name, version, change)
            }
            Command::Show { name, version } => Self::Show(name, version),
            Command::History { name, json } => Self::History(name, json),
        })
    }

    async fn carry_out(self, store: &dyn Store) -> Result<(), Failure> {
        let tenant = default_tenant();
        match self {
            Self::Create(policy, change) => {
                let made = store.create_policy(tenant, &policy, &change).await;
                saved(&made.map_err(|error| refused(error, &policy.name))?, "created")
            }
            Self::Update(policy, expected, change) => {
                let known = find(store, &policy.name).await?;
                let update = store.update_policy(tenant, known.id, expected, &policy, &change).await;
                saved(&update.map_err(|error| refused(error, &policy.name))?, "saved")
            }
            Self::Enable(name, enabled, change) => {
                let known = find(store, &name).await?;
                let policy = Policy { enabled, ..known.policy };
                let version = Some(known.version);
                let update = store.update_policy(tenant, known.id, version, &policy, &change).await;
                saved(
                    &update.map_err(|error| refused(error, &name))?,
                    if enabled { "enabled" } else { "disabled" },
                )
            }
            Self::Delete(name, change) => {
                let known = find(store, &name).await?;
                let removed = store.remove_policy(tenant, known.id, &change).await;
                in_force(&removed.map_err(|error| refused(error, &name))?);
                say(format_args!(
                    "deleted {name}: `renlayer policy rollback {name} {}` brings it back",
                    known.version
                ))
            }
            Self::Rollback(name, version, change) => {
                let known = find(store, &name).await?;
                let back = store.restore_policy(tenant, known.id, version, &change).await;
                let back = back.map_err(|error| refused(error, &name))?;
                saved(&back, &format!("went back to version {version} of"))
            }
            Self::Show(name, version) => show(store, &name, version).await,
            Self::History(name, json) => history(store, &name, json).await,
        }
    }
}

fn change(Author { reason, by }: Author) -> Change {
    Change { by: format!("cli:{by}"), reason, at: Timestamp::now() }
}

fn read(file: &Path) -> Result<Policy, Failure> {
    let name = file.display().to_string();
    let text = if name == "-" {
        let mut text = String::new();
        std::io::stdin().read_to_string(&mut text).map(|_| text)
    } else {
        std::fs::read_to_string(file)
    };
    let text = text.map_err(|error| Failure::usage(format!("{name} cannot be read: {}", error.kind())))?;
    let source = Source { name: &name, text: &text, format: Format::of(&name) };
    load_policy(source, &Environment::of_process()).map_err(Failure::usage)
}

/// The policy of that name, also one that was deleted.
async fn find(store: &dyn Store, name: &str) -> Result<PolicyRecord, Failure> {
    let found = store.policy_named(default_tenant(), name).await?;
    found.ok_or_else(|| {
        Failure::new(Exit::No, format!("the store has no policy `{name}`"))
            .next("`renlayer policy list` shows all")
    })
}

fn refused(error: StoreError, name: &str) -> Failure {
    let next = if error.is_exists() {
        format!("`renlayer policy update` saves a new version of `{name}`")
    } else if error.is_outdated() {
        format!("`renlayer policy history {name}` shows what was saved")
    } else if error.is_kept_by_file() {
        "change it there and reload, or take it out of the file first".to_owned()
    } else if error.is_not_found() {
        format!("`renlayer policy history {name}` shows which versions there are")
    } else {
        return error.into();
    };
    Failure::new(Exit::No, error).next(next)
}

fn saved(saved: &Saved<PolicyRecord>, what: &str) -> Result<(), Failure> {
    in_force(saved);
    let record = &saved.made;
    say(format_args!("{what} {} ({}), version {}", record.policy.name, record.id, record.version))
}

fn say(line: std::fmt::Arguments<'_>) -> Result<(), Failure> {
    let mut output = Output::stdout(false);
    output.line(line)?;
    Ok(output.flush()?)
}

async fn show(store: &dyn Store, name: &str, version: Option<i64>) -> Result<(), Failure> {
    let record = find(store, name).await?;
    let policy = match version {
        None if record.removed_at.is_none() => Some(record.policy),
        None => None,
        Some(number) => {
            let history = store.policy_history(default_tenant(), record.id).await?;
            history.into_iter().find(|version| version.version == number).and_then(|version| version.policy)
        }
    };
    let policy = policy.ok_or_else(|| {
        Failure::new(Exit::No, format!("there is nothing to show of `{name}`"))
            .next(format!("`renlayer policy history {name}` shows which versions there are"))
    })?;
    let mut output = Output::stdout(true);
    output.pretty(&policy)?;
    Ok(output.flush()?)
}

/* ===== history ===== */

async fn history(store: &dyn Store, name: &str, json: bool) -> Result<(), Failure> {
    let record = find(store, name).await?;
    let versions = store.policy_history(default_tenant(), record.id).await?;
    let mut output = Output::stdout(json);
    if output.is_json() {
        versions.iter().enumerate().try_for_each(|(i, version)| {
            output.json(&json!({
                "version": version.version,
                "saved_at": version.saved_at,
                "saved_by": version.saved_by,
                "reason": version.reason,
                "restores": version.restores,
                "policy": version.policy,
                "changes": changes(version, versions.get(i + 1)),
            }))
        })?;
    } else {
        let mut table = Table::new(&["version", "saved", "by", "reason", "change"]);
        for (i, version) in versions.iter().enumerate() {
            table.row([
                version.version.to_string(),
                version.saved_at.to_string(),
                version.saved_by.clone(),
                version.reason.clone().unwrap_or_default(),
                told(version, versions.get(i + 1)),
            ]);
        }
        output.table(&table)?;
    }
    Ok(output.flush()?)
}

/// What a version changed of the one before it.
fn changes(version: &PolicyVersion, before: Option<&PolicyVersion>) -> Vec<FieldChange> {
    let both = before.and_then(|before| before.policy.as_ref()).zip(version.policy.as_ref());
    both.map(|(before, after)| fields(before, after)).unwrap_or_default()
}

fn told(version: &PolicyVersion, before: Option<&PolicyVersion>) -> String {
    let back = version.restores.map(|earlier| format!("back to version {earlier}: ")).unwrap_or_default();
    match (&version.policy, before.map(|before| &before.policy)) {
        (None, _) => "deleted".to_owned(),
        (Some(_), None) => "created".to_owned(),
        (Some(_), Some(None)) => format!("{back}there again"),
        (Some(_), Some(Some(_))) => {
            let changes: Vec<String> = changes(version, before).iter().map(FieldChange::to_string).collect();
            let changes = if changes.is_empty() { "nothing".to_owned() } else { changes.join("; ") };
            format!("{back}{changes}")
        }
    }
}
