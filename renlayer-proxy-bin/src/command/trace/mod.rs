//! `renlayer trace`

mod list;
mod show;
mod tail;

use renlayer_core::store::TraceFilter;
use renlayer_core::trace::Trace;

use crate::cli::{FilterArgs, Place, TraceCommand};
use crate::failure::Failure;
use crate::output::Table;

/// Lists, shows or follows traces.
pub(super) async fn run(place: &Place, command: TraceCommand) -> Result<(), Failure> {
    match command {
        TraceCommand::List(args) => list::run(place, args).await,
        TraceCommand::Show { id, json } => show::run(place, id, json).await,
        TraceCommand::Tail(args) => tail::run(place, args).await,
    }
}

fn filter(args: FilterArgs) -> TraceFilter {
    TraceFilter {
        status: args.status,
        agent: args.agent,
        session: args.session,
        user: args.user,
        reason: args.reason,
        model: args.model,
        upstream_host: args.host,
        since: args.since,
        until: args.until,
    }
}

/// What fits on a line.
fn table(traces: &[Trace]) -> Table {
    let mut table = Table::new(&[
        "time", "status", "agent", "action", "model", "http", "ms", "upstream", "because", "id",
    ]);
    for trace in traces {
        table.row(cells(trace));
    }
    table
}

fn cells(trace: &Trace) -> [String; 10] {
    let or_dash = |text: Option<&str>| text.unwrap_or("-").to_owned();
    [
        trace.started_at.strftime("%Y-%m-%d %H:%M:%S").to_string(),
        status(trace),
        or_dash(trace.agent.as_ref().map(|agent| &*agent.name)),
        trace.action_type.to_string(),
        or_dash(trace.model.as_deref()),
        trace.http_status.map_or_else(|| "-".into(), |status| status.to_string()),
        format!("{:.1}", trace.latency.total_us as f64 / 1000.0),
        or_dash(trace.upstream.as_deref()),
        because(trace),
        trace.id.to_string(),
    ]
}

/// The status, in brackets where it was only observed.
fn status(trace: &Trace) -> String {
    let status = trace.status.as_str();
    if trace.enforced { status.into() } else { format!("({status})") }
}

fn because(trace: &Trace) -> String {
    let Some(reason) = trace.reasons.first() else { return trace.outcome.as_str().into() };
    match reason.name.as_deref().or(reason.by.as_deref()) {
        Some(by) => format!("{}: {by}", reason.kind.as_str()),
        None => reason.kind.as_str().into(),
    }
}
