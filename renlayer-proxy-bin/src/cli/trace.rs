//! `renlayer trace`.

use clap::{Args, Subcommand};
use jiff::{Span, Timestamp};
use renlayer_core::id::TraceId;
use renlayer_core::trace::{ReasonKind, Status};

/// Traces.
#[derive(Debug, Subcommand)]
pub(crate) enum TraceCommand {
    /// List traces, newest first
    #[command(after_help = "\
Examples:
  renlayer trace list --status DENIED --since 1h
  renlayer trace list --agent billing-bot --limit 200 --json
  renlayer trace list --cursor CURSOR            the page after one that ended with CURSOR")]
    List(ListArgs),
    /// Show one trace: the decision, its reasons, findings and timing
    Show {
        /// The trace's id, as the response header X-RenLayer-Trace-Id says it
        id: TraceId,

        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Follow traces as they are stored
    Tail(TailArgs),
}

/// A page of traces.
#[derive(Args, Debug)]
pub(crate) struct ListArgs {
    #[command(flatten)]
    pub(crate) filter: FilterArgs,

    /// How many
    #[arg(long, value_name = "N", default_value_t = 50, value_parser = clap::value_parser!(u16).range(1..=1000))]
    pub(crate) limit: u16,

    /// Where to go on, as the page before said
    #[arg(long)]
    pub(crate) cursor: Option<String>,

    /// Print JSON, one trace a line
    #[arg(long)]
    pub(crate) json: bool,
}

/// Traces to come.
#[derive(Args, Debug)]
pub(crate) struct TailArgs {
    #[command(flatten)]
    pub(crate) filter: FilterArgs,

    /// How many of those already there to begin with
    #[arg(long, short = 'n', value_name = "N", default_value_t = 10)]
    pub(crate) lines: u16,

    /// Print JSON, one trace a line
    #[arg(long)]
    pub(crate) json: bool,
}

/// Which traces.
#[derive(Args, Clone, Debug, Default)]
pub(crate) struct FilterArgs {
    /// ALLOWED, FLAGGED, DENIED, DLP_BLOCKED or DLP_WARNED
    #[arg(long, value_parser = status)]
    pub(crate) status: Option<Status>,

    /// An agent's name or id
    #[arg(long)]
    pub(crate) agent: Option<String>,

    /// What X-RenLayer-Session said
    #[arg(long)]
    pub(crate) session: Option<String>,

    /// What X-RenLayer-User said
    #[arg(long)]
    pub(crate) user: Option<String>,

    /// What decided: policy, dlp, rate_limit_exceeded, unauthenticated, route, …
    #[arg(long, value_parser = reason)]
    pub(crate) reason: Option<ReasonKind>,

    /// The model asked for
    #[arg(long)]
    pub(crate) model: Option<String>,

    /// The upstream's host
    #[arg(long)]
    pub(crate) host: Option<String>,

    /// Only from this time on: RFC 3339, or an age such as 90s, 15m, 2h, 7d
    #[arg(long, value_name = "TIME", value_parser = moment)]
    pub(crate) since: Option<Timestamp>,

    /// Only before this time: RFC 3339 or an age
    #[arg(long, value_name = "TIME", value_parser = moment)]
    pub(crate) until: Option<Timestamp>,
}

/// A status in any case.
pub(super) fn status(text: &str) -> Result<Status, String> {
    named(&text.to_uppercase())
        .ok_or_else(|| "expected ALLOWED, FLAGGED, DENIED, DLP_BLOCKED or DLP_WARNED".into())
}

fn reason(text: &str) -> Result<ReasonKind, String> {
    named(text).ok_or_else(|| {
        "no such reason; for example policy, dlp, rate_limit_exceeded, unauthenticated, route".into()
    })
}

/// A value by the name under which traces write it.
fn named<T: serde::de::DeserializeOwned>(name: &str) -> Option<T> {
    serde_json::from_value(name.into()).ok()
}

pub(super) fn moment(text: &str) -> Result<Timestamp, String> {
    let age = || text.parse::<Span>().ok().and_then(|span| ago(&span));
    text.parse()
        .ok()
        .or_else(age)
        .ok_or_else(|| "expected a time such as 2026-01-31T08:00:00Z or an age such as 2h".into())
}

/// Days are days of 24 hours.
fn ago(span: &Span) -> Option<Timestamp> {
    let hours =
        Span::new().try_hours(i64::from(span.get_weeks()) * 168 + i64::from(span.get_days()) * 24).ok()?;
    let short = span.weeks(0).days(0);
    Timestamp::now().checked_sub(hours).ok()?.checked_sub(short).ok()
}
