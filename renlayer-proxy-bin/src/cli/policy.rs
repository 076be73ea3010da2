//! `renlayer policy`.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use http::{HeaderName, HeaderValue, Method, Uri};
use renlayer_core::trace::Status;

use super::replay::ReplayArgs;
use super::saved_policy::SavedPolicyCommand;

/// Policies.
#[derive(Debug, Subcommand)]
pub(crate) enum PolicyCommand {
    /// Judge a sample call, without making it
    #[command(after_help = "\
Examples:
  renlayer policy test --url https://api.openai.com/v1/chat/completions --body call.json
  renlayer policy test --method GET --url https://s3.amazonaws.com/iam/x --expect DENIED
  renlayer policy test --case cases/iam.json

A case file is JSON: {\"method\": …, \"url\": …, \"headers\": {…}, \"body\": … or \"body_text\": …,
\"agent\": …, \"at\": …, \"expect\": …}. Exit codes: 0 as expected (or nothing was expected), 1 otherwise.")]
    Test(Box<TestArgs>),
    /// Find policies that never win, never match, say nothing, or name what does not exist
    #[command(after_help = "\
Examples:
  renlayer policy lint                                    of the configuration
  renlayer policy lint --since main.yaml                  does it allow anything that main.yaml denies?
  renlayer policy lint --store                            of what the database holds
  renlayer policy lint --since @store                     would it allow anything that the database denies?
  renlayer policy lint --model gpt-4o --model gpt-4o-mini are all models that policies name among these?

What is `proved` is so: for sets, wildcards, comparisons, times and their negations, each with a call that shows it where there
is one. What is `heuristic` rests on regular expressions or was too large to be looked through. Of Cedar policies things are
proved where cvc5 is on the PATH or named by CVC5 (5 s a question, 60 s a run), and heuristic otherwise. Agents are looked up where
the configuration declares some or --agent is given, and with --store those that the database holds.

Exit codes: 0 nothing, or only what is heuristic or a slow pattern; 1 something is proved, or with --since something new
is allowed or may be; 2 the command line is wrong; 3 a configuration is wrong.")]
    Lint(LintArgs),
    /// Tell what differs between the policies of two configurations, or of one and the database
    #[command(after_help = "\
Examples:
  renlayer policy diff main.yaml change.yaml
  renlayer policy diff @store change.yaml         what would another file change of what is in force?

`@store` is what the database holds. Conditions and fields are compared by what they mean, not line by line.
Exit codes: 0 nothing differs, 1 something does, 2 the command line is wrong, 3 a configuration is wrong.")]
    Diff(DiffArgs),
    /// List policies in the order in which they are tried
    List {
        /// Print JSON, one policy a line
        #[arg(long)]
        json: bool,
    },
    /// Tell which recorded calls a change would judge otherwise
    #[command(after_help = "\
Examples:
  renlayer policy replay change.yaml
  renlayer policy replay change.yaml --since 24h --agent billing-bot --json

Each call is judged twice as a real one would be, by what is in force and by the change; nothing is sent, counted or stored.
Traces hold bodies redacted, and no headers: what a policy asks of findings that were redacted, or of headers other than
X-RenLayer-User and X-RenLayer-Session, is not there to be found. Limits count nothing.

Exit codes: 0 none, 1 some, 2 the command line is wrong, 3 a configuration is wrong.")]
    Replay(Box<ReplayArgs>),
    #[command(flatten)]
    Saved(SavedPolicyCommand),
}

/// What lint looks at.
#[derive(Args, Clone, Debug)]
pub(crate) struct LintArgs {
    /// The configuration before the change, or `@store`: find what is allowed now and was denied by it
    #[arg(long, value_name = "FILE")]
    pub(crate) since: Option<PathBuf>,

    /// Look at what the database holds instead of the configuration
    #[arg(long)]
    pub(crate) store: bool,

    /// An agent that exists beside those of the configuration; may be given several times
    #[arg(long = "agent", value_name = "NAME")]
    pub(crate) agents: Vec<String>,

    /// A tool that exists; with it, those that policies name are looked up
    #[arg(long = "tool", value_name = "NAME")]
    pub(crate) tools: Vec<String>,

    /// A model that exists; with it, those that policies name are looked up
    #[arg(long = "model", value_name = "NAME")]
    pub(crate) models: Vec<String>,

    /// Print JSON, one finding a line
    #[arg(long)]
    pub(crate) json: bool,
}

/// The two sides of a comparison.
#[derive(Args, Clone, Debug)]
pub(crate) struct DiffArgs {
    /// The configuration before, or `@store`
    #[arg(value_name = "A")]
    pub(crate) before: PathBuf,

    /// The configuration after, or `@store`
    #[arg(value_name = "B")]
    pub(crate) after: PathBuf,

    /// Print JSON, one change a line
    #[arg(long)]
    pub(crate) json: bool,
}

/// The sample call.
#[derive(Args, Clone, Debug)]
pub(crate) struct TestArgs {
    /// The call as a JSON file (`-`: standard input); flags win over it
    #[arg(long, value_name = "FILE")]
    pub(crate) case: Option<PathBuf>,

    /// Its method [default: POST with a body, GET without]
    #[arg(long)]
    pub(crate) method: Option<Method>,

    /// Where it goes: the upstream's URL
    #[arg(long, required_unless_present = "case")]
    pub(crate) url: Option<Uri>,

    /// A header, `name: value`; may be given several times
    #[arg(long = "header", short = 'H', value_name = "HEADER", value_parser = header)]
    pub(crate) headers: Vec<(HeaderName, HeaderValue)>,

    /// A file with the body (`-`: standard input)
    #[arg(long, value_name = "FILE")]
    pub(crate) body: Option<PathBuf>,

    /// The agent that calls [default: default]
    #[arg(long, value_name = "NAME")]
    pub(crate) agent: Option<String>,

    /// When it calls, in RFC 3339 [default: now]
    #[arg(long, value_name = "TIME")]
    pub(crate) at: Option<jiff::Timestamp>,

    /// The verdict without which the exit code is 1: ALLOWED, FLAGGED, DENIED, DLP_BLOCKED or DLP_WARNED
    #[arg(long, value_name = "STATUS", value_parser = super::trace::status)]
    pub(crate) expect: Option<Status>,

    /// Print JSON
    #[arg(long)]
    pub(crate) json: bool,
}

fn header(text: &str) -> Result<(HeaderName, HeaderValue), String> {
    let (name, value) = text.split_once(':').ok_or("expected `name: value`")?;
    let name = name.trim().parse().map_err(|_| "the header's name holds a character that names may not")?;
    let value =
        value.trim().parse().map_err(|_| "the header's value holds a character that values may not")?;
    Ok((name, value))
}
