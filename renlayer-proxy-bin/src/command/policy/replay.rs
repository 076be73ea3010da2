//! `renlayer policy replay`
//!
//! Every recorded call goes through the exchange twice, under what is in force and under the change, and what differs is a
//! flip. Both are rehearsals: nothing is sent, counted or stored. A call whose recorded body is not all there, or whose head could
//! not be read, cannot be judged again; such calls are counted and left out.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::header::{CONTENT_LENGTH, CONTENT_TYPE, HOST};
use http::{HeaderName, HeaderValue, Request};
use indicatif::{ProgressBar, ProgressStyle};
use renlayer_core::Engine;
use renlayer_core::config::{Config, Declare, Environment};
use renlayer_core::identity::Agent;
use renlayer_core::snapshot::Governance;
use renlayer_core::store::{TraceFilter, default_tenant};
use renlayer_core::trace::{ReasonKind, Recorder, Status, Trace};
use serde::Serialize;

use super::lint::read;
use crate::cli::{Place, ReplayArgs};
use crate::command::open::open;
use crate::failure::{Exit, Failure};
use crate::instance::with_stored;
use crate::output::{Output, Table, is_watched};
use crate::settings::Sources;

/// Traces that are read at a time.
const PAGE: usize = 200;
/// How many calls are judged before others get their turn.
const AT_ONCE: usize = 32;

/// A call that the change would judge otherwise.
#[derive(Serialize)]
struct Flip {
    trace: String,
    at: jiff::Timestamp,
    agent: String,
    before: Judged,
    after: Judged,
}

/// What a rehearsal came to.
#[derive(PartialEq, Eq, Serialize)]
struct Judged {
    status: Status,
    enforced: bool,
    /// The policy that decided, by name.
    policy: Option<Box<str>>,
}

/// What came of all calls.
#[derive(Default, Serialize)]
struct Summary {
    replayed: u64,
    /// Calls that cannot be judged again.
    left_out: u64,
    flips: u64,
    by_verdict: BTreeMap<String, u64>,
    by_agent: BTreeMap<String, u64>,
    by_policy: BTreeMap<String, u64>,
    by_day: BTreeMap<String, u64>,
}

/// Two engines, and what they have said so far.
struct Replay {
    /// What is in force, and the change.
    engines: [Engine; 2],
    summary: Summary,
    /// Some flips, for people.
    shown: Vec<Flip>,
    examples: usize,
    output: Output,
}

/// A rehearsal records into its own notes.
struct Nowhere;

/// Replays recorded calls under a change.
pub(super) async fn run(place: &Place, args: ReplayArgs) -> Result<(), Failure> {
    let config = Sources::of(place).config()?;
    let change = read(&args.change)?.declare;
    let store = open(place).await?;
    let in_force = with_stored(&config, store.governance(default_tenant()).await?);
    let changed = Config {
        declare: Declare {
            policies: change.policies,
            cedar: change.cedar,
            directory: change.directory,
            default_action: change.default_action,
            dlp: change.dlp,
            ..in_force.declare.clone()
        },
        ..in_force.clone()
    };
    let filter = TraceFilter {
        since: Some(args.since),
        until: args.until,
        agent: args.agent,
        ..TraceFilter::default()
    };
    let mut replay = Replay {
        engines: [engine(&in_force)?, engine(&changed)?],
        summary: Summary::default(),
        shown: Vec::new(),
        examples: args.examples,
        output: Output::stdout(args.json),
    };
    let (bar, mut after) = (progress(), None);
    loop {
        let page = store.traces(default_tenant(), &filter, after.as_ref(), PAGE).await?;
        for traces in page.traces.chunks(AT_ONCE) {
            traces.iter().try_for_each(|trace| replay.call(trace))?;
            bar.inc(traces.len() as u64);
            tokio::task::yield_now().await;
        }
        match page.next {
            Some(next) => after = Some(next),
            None => break,
        }
    }
    bar.finish_and_clear();
    store.close().await;
    replay.finish()
}

fn engine(config: &Config) -> Result<Engine, Failure> {
    let governance = Governance::compile(config, &Environment::of_process(), [], [0; 32]);
    Ok(Engine::new(governance.map_err(|error| Failure::new(Exit::Configuration, error))?, Arc::new(Nowhere)))
}

// === impl Replay ===

impl Replay {
    /// Judges a call twice, and notes it where the verdicts differ.
    fn call(&mut self, trace: &Trace) -> Result<(), Failure> {
        let Some(call) = Call::of(trace) else {
            self.summary.left_out += 1;
            return Ok(());
        };
        self.summary.replayed += 1;
        let [before, after] = self.engines.each_ref().map(|engine| call.judge(engine));
        let Some((before, after)) = before.zip(after).filter(|(before, after)| before != after) else {
            return Ok(());
        };
        let agent = trace.agent.as_ref().map_or_else(|| "-".to_owned(), |agent| agent.name.to_string());
        let flip = Flip { trace: trace.id.to_string(), at: trace.started_at, agent, before, after };
        self.summary.count(&flip);
        if self.output.is_json() {
            self.output.json(&flip)?;
        } else if self.shown.len() < self.examples {
            self.shown.push(flip);
        }
        Ok(())
    }

    fn finish(mut self) -> Result<(), Failure> {
        tell(&mut self.output, &self.summary, &self.shown)?;
        self.output.flush()?;
        if self.summary.flips > 0 { Err(Failure::silent(Exit::No)) } else { Ok(()) }
    }
}

/* ===== a recorded call ===== */

struct Call<'t> {
    trace: &'t Trace,
    agent: Arc<Agent>,
    body: Bytes,
}

impl<'t> Call<'t> {
    /// The call, where all of it that decides was recorded.
    fn of(trace: &'t Trace) -> Option<Self> {
        let recorded = trace.agent.as_ref()?;
        let body = match &trace.request_body {
            Some(body) if body.truncated => return None,
            Some(body) => Bytes::from(body.text.clone()),
            None if trace.coverage.request.scanned + trace.coverage.request.opaque > 0 => return None,
            None => Bytes::new(),
        };
        let agent = Agent { tenant: trace.tenant, id: recorded.id, name: recorded.name.clone() };
        Some(Self { trace, agent: Arc::new(agent), body }).filter(|call| call.request().is_some())
    }

    /// What is recorded of the request. Its headers are not, those of ours and those that every client sends aside.
    fn request(&self) -> Option<Request<Bytes>> {
        let upstream = self.trace.upstream.as_deref()?;
        let mut request = Request::builder().method(&*self.trace.method).uri(upstream);
        let headers = request.headers_mut()?;
        if !self.body.is_empty() {
            headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
            headers.insert(CONTENT_LENGTH, self.body.len().into());
        }
        for (name, value) in
            [("x-renlayer-user", &self.trace.user), ("x-renlayer-session", &self.trace.session)]
        {
            let value = value.as_deref().and_then(|value| HeaderValue::from_str(value).ok());
            headers.extend(value.map(|value| (HeaderName::from_static(name), value)));
        }
        let mut request = request.body(self.body.clone()).ok()?;
        let host = HeaderValue::from_str(request.uri().authority()?.as_str()).ok()?;
        request.headers_mut().insert(HOST, host);
        Some(request)
    }

    fn judge(&self, engine: &Engine) -> Option<Judged> {
        let (parts, body) = self.request()?.into_parts();
        let trace = engine.rehearse(Some(Arc::clone(&self.agent)), parts, body, self.trace.started_at)?.trace;
        let policies = trace.reasons.iter().filter(|reason| is_policy(reason.kind));
        let policy =
            policies.map(|reason| reason.name.clone().or_else(|| reason.by.clone())).next().flatten();
        Some(Judged { status: trace.status, enforced: trace.enforced, policy })
    }
}

fn is_policy(kind: ReasonKind) -> bool {
    matches!(kind, ReasonKind::Policy | ReasonKind::PolicyUnevaluable)
}

impl Recorder for Nowhere {
    fn record(&self, _: Trace) {}
}

/* ===== telling ===== */

impl Summary {
    fn count(&mut self, flip: &Flip) {
        self.flips += 1;
        let policy = flip.after.policy.as_ref().or(flip.before.policy.as_ref());
        for (counts, key) in [
            (&mut self.by_verdict, format!("{} → {}", flip.before.verdict(), flip.after.verdict())),
            (&mut self.by_agent, flip.agent.clone()),
            (&mut self.by_policy, policy.map_or_else(|| "-".to_owned(), |name| name.to_string())),
            (&mut self.by_day, flip.at.strftime("%Y-%m-%d").to_string()),
        ] {
            *counts.entry(key).or_default() += 1;
        }
    }
}

impl Judged {
    fn verdict(&self) -> String {
        let observed = if self.enforced { "" } else { " (observed)" };
        format!("{}{observed}", self.status.as_str())
    }
}

fn tell(output: &mut Output, summary: &Summary, shown: &[Flip]) -> Result<(), Failure> {
    if output.is_json() {
        return Ok(output.json(&serde_json::json!({ "summary": summary }))?);
    }
    let left_out = match summary.left_out {
        0 => String::new(),
        n => format!(
            "; {n} cannot be judged again: their bodies are not all there, or their heads could not be read"
        ),
    };
    output.line(format_args!(
        "{} of {} calls would be judged otherwise{left_out}",
        summary.flips, summary.replayed
    ))?;
    for (title, counts) in [
        ("verdict", &summary.by_verdict),
        ("agent", &summary.by_agent),
        ("policy", &summary.by_policy),
        ("day", &summary.by_day),
    ] {
        if !counts.is_empty() {
            let mut table = Table::new(&[title, "calls"]);
            counts.iter().for_each(|(key, count)| table.row([key.clone(), count.to_string()]));
            output.line("")?;
            output.table(&table)?;
        }
    }
    if !shown.is_empty() {
        let mut table = Table::new(&["time", "agent", "before", "after", "policy", "trace"]);
        for flip in shown {
            let policy = flip.after.policy.as_ref().or(flip.before.policy.as_ref());
            table.row([
                flip.at.strftime("%Y-%m-%d %H:%M:%S").to_string(),
                flip.agent.clone(),
                flip.before.verdict(),
                flip.after.verdict(),
                policy.map_or_else(|| "-".to_owned(), |name| name.to_string()),
                flip.trace.clone(),
            ]);
        }
        output.line("")?;
        output.table(&table)?;
    }
    Ok(())
}

/// Shown to people. How many traces there are is not known before the last one.
fn progress() -> ProgressBar {
    if !is_watched() {
        return ProgressBar::hidden();
    }
    let bar = ProgressBar::new_spinner();
    if let Ok(style) = ProgressStyle::with_template("{spinner} {pos} calls replayed, {per_sec}") {
        bar.set_style(style);
    }
    bar.enable_steady_tick(Duration::from_millis(200));
    bar
}
