//! `renlayer policy create | update | show | enable | disable | delete | history | rollback`

use std::io::Read;
use std::path::Path;
use std::sync::Arc;

use jiff::Timestamp;
use renlayer_core::config::{DeclaredCedar, Environment, Format, Source, load_policy};
use renlayer_core::policy::Policy;
use renlayer_core::policy::cedar::{CedarSet, Directory};
use renlayer_core::policy::diff::{FieldChange, fields, values};
use renlayer_core::store::{
    CedarRecord, Change, PolicyRecord, Saved, Store, StoreError, Version, Versioned, default_tenant,
};
use serde::Serialize;
use serde_json::{Value, json};

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
    Create(Definition, Change),
    Update(Definition, Option<i64>, Change),
    Enable(Name, bool, Change),
    Delete(Name, Change),
    Rollback(Name, i64, Change),
    Show(Name, Option<i64>),
    History(Name, bool),
}

/// What a file holds.
enum Definition {
    Native(Box<Policy>),
    Cedar(DeclaredCedar),
}

/// A name, and whether only Cedar policies are meant by it.
struct Name {
    name: String,
    cedar: bool,
}

/// What is saved under a name.
enum Found {
    Native(Box<PolicyRecord>),
    Cedar(CedarRecord),
}

impl Asked {
    fn of(command: SavedPolicyCommand) -> Result<Self, Failure> {
        use SavedPolicyCommand as Command;
        let named = |ChangeArgs { name, cedar, author }: ChangeArgs| (Name { name, cedar }, change(author));
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
            Command::Show { name, version, cedar } => Self::Show(Name { name, cedar }, version),
            Command::History { name, cedar, json } => Self::History(Name { name, cedar }, json),
        })
    }

    async fn carry_out(self, store: &dyn Store) -> Result<(), Failure> {
        let tenant = default_tenant();
        match self {
            Self::Create(definition, change) => save(store, definition, None, &change).await,
            Self::Update(definition, expected, change) => {
                save(store, definition, Some(expected), &change).await
            }
            Self::Enable(name, enabled, change) => {
                let Found::Native(known) = find(store, &name).await? else {
                    let message = format!(
                        "`{}` are Cedar policies, which take part as long as they are there",
                        name.name
                    );
                    return Err(Failure::usage(message).next("`renlayer policy delete` takes them away"));
                };
                let policy = Policy { enabled, ..known.policy };
                let version = Some(known.version);
                let update = store.update_policy(tenant, known.id, version, &policy, &change).await;
                saved(
                    &update.map_err(|error| refused(error, &name.name))?,
                    if enabled { "enabled" } else { "disabled" },
                )
            }
            Self::Delete(Name { name, cedar }, change) => {
                let (removed, version) = match find(store, &Name { name: name.clone(), cedar }).await? {
                    Found::Native(known) => {
                        (store.remove_policy(tenant, known.id, &change).await, known.version)
                    }
                    Found::Cedar(known) => {
                        (store.remove_cedar(tenant, known.id, &change).await, known.version)
                    }
                };
                in_force(&removed.map_err(|error| refused(error, &name))?);
                say(format_args!(
                    "deleted {name}: `renlayer policy rollback {name} {version}` brings it back"
                ))
            }
            Self::Rollback(name, version, change) => {
                let what = format!("went back to version {version} of");
                match find(store, &name).await? {
                    Found::Native(known) => {
                        let back = store.restore_policy(tenant, known.id, version, &change).await;
                        saved(&back.map_err(|error| refused(error, &name.name))?, &what)
                    }
                    Found::Cedar(known) => {
                        let back = store.restore_cedar(tenant, known.id, version, &change).await;
                        saved(&back.map_err(|error| refused(error, &name.name))?, &what)
                    }
                }
            }
            Self::Show(name, version) => match find(store, &name).await? {
                Found::Native(known) => {
                    let history = store.policy_history(tenant, known.id).await?;
                    show(&name.name, *known, history, version, |output, policy| output.pretty(policy))
                }
                Found::Cedar(known) => {
                    let history = store.cedar_history(tenant, known.id).await?;
                    show(&name.name, known, history, version, |output, cedar| {
                        output.text(cedar.text.trim_end())
                    })
                }
            },
            Self::History(name, json) => match find(store, &name).await? {
                Found::Native(known) => history(store.policy_history(tenant, known.id).await?, json),
                Found::Cedar(known) => history(store.cedar_history(tenant, known.id).await?, json),
            },
        }
    }
}

/// Saves a new policy, or a new version of a known one; `update` says which version that must be, if it matters.
async fn save(
    store: &dyn Store,
    definition: Definition,
    update: Option<Option<i64>>,
    change: &Change,
) -> Result<(), Failure> {
    let tenant = default_tenant();
    let what = if update.is_some() { "saved" } else { "created" };
    match definition {
        Definition::Native(policy) => {
            let done = match update {
                None => store.create_policy(tenant, &policy, change).await,
                Some(expected) => {
                    let Found::Native(known) = find(store, &Name::native(&policy.name)).await? else {
                        return Err(unknown(&policy.name));
                    };
                    store.update_policy(tenant, known.id, expected, &policy, change).await
                }
            };
            saved(&done.map_err(|error| refused(error, &policy.name))?, what)
        }
        Definition::Cedar(text) => {
            check(&text, store.governance(tenant).await?.directory)?;
            let known = match update {
                None => None,
                Some(expected) => {
                    let known = store.cedar_named(tenant, &text.name).await?;
                    Some((known.ok_or_else(|| unknown(&text.name))?.id, expected))
                }
            };
            let done = store.save_cedar(tenant, known, &text, change).await;
            saved(&done.map_err(|error| refused(error, &text.name))?, what)
        }
    }
}

impl Name {
    fn native(name: &str) -> Self {
        Self { name: name.to_owned(), cedar: false }
    }
}

fn change(Author { reason, by }: Author) -> Change {
    Change { by: format!("cli:{by}"), reason, at: Timestamp::now() }
}

fn read(file: &Path) -> Result<Definition, Failure> {
    let name = file.display().to_string();
    let text = if name == "-" {
        let mut text = String::new();
        std::io::stdin().read_to_string(&mut text).map(|_| text)
    } else {
        std::fs::read_to_string(file)
    };
    let text = text.map_err(|error| Failure::usage(format!("{name} cannot be read: {}", error.kind())))?;
    if file.extension().is_some_and(|ending| ending == "cedar") {
        let own = file.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        return Ok(Definition::Cedar(DeclaredCedar { name: own, text, file: Some(file.to_owned()) }));
    }
    let source = Source { name: &name, text: &text, format: Format::of(&name) };
    load_policy(source, &Environment::of_process())
        .map(|policy| Definition::Native(Box::new(policy)))
        .map_err(Failure::usage)
}

/// Tells what is wrong with Cedar policies, with its place: the store, which takes none that do not compile, knows the groups that
/// they may name.
fn check(text: &DeclaredCedar, directory: Directory) -> Result<(), Failure> {
    let Err(errors) = CedarSet::compile(vec![text.to_text()], directory) else { return Ok(()) };
    let file = text.file.as_deref().unwrap_or(Path::new(&text.name)).display();
    let told = errors.iter().map(|error| format!("{file}:{}:{}: {}", error.line, error.column, error.reason));
    Err(Failure::usage(told.collect::<Vec<_>>().join("\n")))
}

/// The policy of that name, also one that was deleted; a native one before Cedar ones.
async fn find(store: &dyn Store, Name { name, cedar }: &Name) -> Result<Found, Failure> {
    let tenant = default_tenant();
    let native = if *cedar { None } else { store.policy_named(tenant, name).await? };
    if let Some(native) = native {
        return Ok(Found::Native(Box::new(native)));
    }
    store.cedar_named(tenant, name).await?.map(Found::Cedar).ok_or_else(|| unknown(name))
}

fn unknown(name: &str) -> Failure {
    Failure::new(Exit::No, format!("the store has no policy `{name}`"))
        .next("`renlayer policy list` shows all")
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

fn saved<T: Told>(saved: &Saved<Versioned<T>>, what: &str) -> Result<(), Failure> {
    in_force(saved);
    let record = &saved.made;
    say(format_args!("{what} {} ({}), version {}", record.policy.name(), record.id, record.version))
}

fn say(line: std::fmt::Arguments<'_>) -> Result<(), Failure> {
    let mut output = Output::stdout(false);
    output.line(line)?;
    Ok(output.flush()?)
}

fn show<T>(
    name: &str,
    record: Versioned<T>,
    history: Vec<Version<T>>,
    version: Option<i64>,
    write: impl Fn(&mut Output, &T) -> std::io::Result<()>,
) -> Result<(), Failure> {
    let policy = match version {
        None if record.removed_at.is_none() => Some(record.policy),
        None => None,
        Some(number) => {
            history.into_iter().find(|version| version.version == number).and_then(|version| version.policy)
        }
    };
    let policy = policy.ok_or_else(|| {
        Failure::new(Exit::No, format!("there is nothing to show of `{name}`"))
            .next(format!("`renlayer policy history {name}` shows which versions there are"))
    })?;
    let mut output = Output::stdout(true);
    write(&mut output, &policy)?;
    Ok(output.flush()?)
}

/* ===== history ===== */

/// What a version is told by.
trait Told: Serialize {
    fn name(&self) -> &str;

    /// What another version says otherwise.
    fn changes(&self, after: &Self) -> Vec<FieldChange>;
}

impl Told for Policy {
    fn name(&self) -> &str {
        &self.name
    }

    fn changes(&self, after: &Self) -> Vec<FieldChange> {
        fields(self, after)
    }
}

impl Told for DeclaredCedar {
    fn name(&self) -> &str {
        &self.name
    }

    fn changes(&self, after: &Self) -> Vec<FieldChange> {
        let lines = |text: &str| Value::from(text.lines().map(str::trim_end).collect::<Vec<_>>());
        values(&json!({ "text": lines(&self.text) }), &json!({ "text": lines(&after.text) }))
    }
}

fn history<T: Told>(versions: Vec<Version<T>>, json: bool) -> Result<(), Failure> {
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
fn changes<T: Told>(version: &Version<T>, before: Option<&Version<T>>) -> Vec<FieldChange> {
    let both = before.and_then(|before| before.policy.as_ref()).zip(version.policy.as_ref());
    both.map(|(before, after)| before.changes(after)).unwrap_or_default()
}

fn told<T: Told>(version: &Version<T>, before: Option<&Version<T>>) -> String {
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
