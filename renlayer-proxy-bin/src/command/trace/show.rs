//! `renlayer trace show`

use std::io;

use renlayer_core::id::TraceId;
use renlayer_core::policy::Money;
use renlayer_core::store::default_tenant;
use renlayer_core::trace::{DirectionCoverage, Spend, Trace, TracedBody};

use super::status;
use crate::cli::Place;
use crate::command::open::open;
use crate::failure::Failure;
use crate::output::{Output, Table};

/// Prints one trace, whole.
pub(super) async fn run(place: &Place, id: TraceId, json: bool) -> Result<(), Failure> {
    let store = open(place).await?;
    let trace = store.trace(default_tenant(), id).await?;
    store.close().await;
    let missing = || {
        Failure::usage(format!("there is no trace {id}"))
            .next("a trace is stored when its action has ended; `renlayer trace list` shows those there are")
    };
    let trace = trace.ok_or_else(missing)?;
    let mut output = Output::stdout(json);
    if output.is_json() {
        output.pretty(&trace)?;
    } else {
        summary(&trace, &mut output)?;
        findings(&trace, &mut output)?;
        body("request", trace.request_body.as_ref(), &mut output)?;
        body("response", trace.response_body.as_ref(), &mut output)?;
    }
    Ok(output.flush()?)
}

fn summary(trace: &Trace, output: &mut Output) -> io::Result<()> {
    let mut table = Table::new(&["trace", &trace.id.to_string()]);
    let mut row = |name: &str, value: String| table.row([name.into(), value]);
    row("time", trace.started_at.to_string());
    row("status", format!("{}, {}", status(trace), trace.outcome.as_str()));
    for reason in &trace.reasons {
        let by = [reason.by.as_deref(), reason.name.as_deref()];
        let by: Vec<_> = by.into_iter().flatten().collect();
        let observed = match reason.observed_by {
            None => String::new(),
            Some(level) => format!(" (observed: {})", level.as_str()),
        };
        row("because", format!("{} {}{observed}", reason.kind.as_str(), by.join(" ")));
    }
    row("mode", format!("{}, by {}", trace.mode.mode, trace.mode.by.as_str()));
    if let Some(instead) = trace.instead {
        let status = instead.http_status.map_or_else(String::new, |status| format!(" with {status}"));
        row("enforced it was", format!("{}{status}", instead.outcome.as_str()));
    }
    if let Some(epoch) = trace.ended_by_epoch {
        row("ended by epoch", epoch.to_string());
    }
    for (name, value) in [
        ("agent", trace.agent.as_ref().map(|agent| &*agent.name)),
        ("user", trace.user.as_deref()),
        ("session", trace.session.as_deref()),
        ("route", trace.route.as_deref()),
        ("upstream", trace.upstream.as_deref()),
        ("model", trace.model.as_deref()),
    ] {
        row(name, value.unwrap_or("-").into());
    }
    row("call", format!("{} {} ({})", trace.method, trace.action_type, trace.dialect.as_str()));
    row("http", trace.http_status.map_or_else(|| "-".into(), |status| status.to_string()));
    let ms = |us: Option<u64>| us.map_or_else(|| "-".into(), |us| format!("{:.2} ms", us as f64 / 1000.0));
    let latency = &trace.latency;
    row("total", ms(Some(latency.total_us)));
    row("ours", ms(Some(latency.own_us)));
    row("upstream took", ms(latency.upstream_us));
    row("first byte", ms(latency.ttfb_us));
    row("tokens", tokens(trace));
    row("spend", trace.spend.map_or_else(|| "-".into(), spend));
    row("request bytes", coverage(&trace.coverage.request));
    row("response bytes", coverage(&trace.coverage.response));
    output.table(&table)
}

fn tokens(trace: &Trace) -> String {
    let count = |tokens: Option<u64>| tokens.map_or_else(|| "-".into(), |tokens| tokens.to_string());
    let usage = &trace.usage;
    format!("{} in, {} out, {} together", count(usage.input), count(usage.output), count(usage.total))
}

fn spend(spend: Spend) -> String {
    let estimated = if spend.estimated { " (estimated)" } else { "" };
    format!("{}{estimated}", Money { micros: spend.micros })
}

fn coverage(bytes: &DirectionCoverage) -> String {
    let because =
        |reason: &Option<Box<str>>| reason.as_ref().map(|reason| format!(" ({reason})")).unwrap_or_default();
    format!(
        "{} scanned, {} exempt{}, {} opaque{}",
        bytes.scanned,
        bytes.exempt,
        because(&bytes.exempt_by),
        bytes.opaque,
        because(&bytes.opaque_because),
    )
}

fn findings(trace: &Trace, output: &mut Output) -> io::Result<()> {
    if trace.findings.is_empty() {
        return Ok(());
    }
    let mut table = Table::new(&["finding", "severity", "action", "direction", "bytes", "confidence", "at"]);
    for found in &trace.findings {
        let finding = &found.finding;
        table.row([
            finding.class.to_string(),
            finding.severity.to_string(),
            finding.action.to_string(),
            format!("{:?}", found.direction).to_lowercase(),
            format!("{}–{}", finding.start, finding.end),
            format!("{:.2}", finding.confidence),
            finding.pointer.clone().unwrap_or_default(),
        ]);
    }
    output.line("")?;
    output.table(&table)
}

fn body(name: &str, body: Option<&TracedBody>, output: &mut Output) -> io::Result<()> {
    let Some(body) = body.filter(|body| !body.text.is_empty()) else { return Ok(()) };
    let cut = if body.truncated { ", the beginning of it" } else { "" };
    output.line(format_args!("\n{name} ({} bytes{cut}, redacted):", body.bytes))?;
    output.text(&body.text)
}
