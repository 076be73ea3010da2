//! What the proxy counts, in Prometheus' terms.
//!
//! Labels take few values, all of our own making: no host, model, path or text of a caller ever becomes one.

use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use prometheus_client::collector::Collector;
use prometheus_client::encoding::{DescriptorEncoder, EncodeLabelSet, EncodeMetric, text};
use prometheus_client::metrics::counter::{ConstCounter, Counter};
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::{ConstGauge, Gauge};
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::Registry;
use renlayer_core::Engine;
use renlayer_core::dlp::{Cost, Direction};
use renlayer_core::trace::pipeline::TraceSink;
use renlayer_core::trace::{Latency, Trace};

use super::usage::UsageMetrics;

/// Upper bounds in seconds, from what a scan costs to what a long stream takes.
const BUCKETS: [f64; 16] = [
    0.000_05, 0.000_1, 0.000_25, 0.000_5, 0.001, 0.002_5, 0.005, 0.01, 0.025, 0.05, 0.1, 0.5, 1.0, 5.0, 30.0,
    300.0,
];

/// Every metric of a running proxy.
pub(crate) struct Metrics {
    registry: Registry,
    actions: Family<Action, Counter>,
    findings: Family<Found, Counter>,
    in_flight: Gauge,
    recorded: Counter,
    latency: Latencies,
    usage: UsageMetrics,
    detectors: Arc<Detectors>,
    engine: Arc<OnceLock<Engine>>,
}

/// How an action went.
#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct Action {
    status: &'static str,
    outcome: &'static str,
    reason: &'static str,
    action_type: &'static str,
    enforced: &'static str,
}

/// What was found where.
#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct Found {
    class: String,
    severity: &'static str,
    direction: &'static str,
}

struct Latencies {
    total: Histogram,
    own: Histogram,
    upstream: Histogram,
    ttfb: Histogram,
}

/// Detectors' work, added up; written out only when somebody asks.
#[derive(Debug, Default)]
struct Detectors(Mutex<Cost>);

/// Hands [`Detectors`] to the registry.
#[derive(Debug)]
struct DetectorCollector(Arc<Detectors>);

/// Tells what the engine judges by, once there is one, asked when somebody looks.
#[derive(Debug)]
struct EngineCollector(Arc<OnceLock<Engine>>);

/// Tells where traces are, asked when somebody looks.
struct TraceCollector {
    traces: TraceSink,
    recorded: Counter,
}

// === impl Metrics ===

impl Metrics {
    /// What the text is.
    pub(crate) const CONTENT_TYPE: &'static str =
        "application/openmetrics-text; version=1.0.0; charset=utf-8";

    /// All at nought.
    pub(crate) fn new(traces: TraceSink) -> Self {
        let mut all = Registry::default();
        let usage = UsageMetrics::registered(&mut all);
        let registry = all.sub_registry_with_prefix("renlayer");
        let (actions, findings, in_flight) = (Family::default(), Family::default(), Gauge::default());
        let detectors = Arc::new(Detectors::default());
        registry.register("actions", "Actions that ended, by verdict and outcome", actions.clone());
        registry.register("findings", "Findings of sensitive data", findings.clone());
        registry.register("in_flight", "Actions under way", in_flight.clone());
        registry.register_collector(Box::new(DetectorCollector(Arc::clone(&detectors))));
        let recorded = Counter::default();
        registry.register_collector(Box::new(TraceCollector { traces, recorded: recorded.clone() }));
        let engine = Arc::new(OnceLock::new());
        registry.register_collector(Box::new(EngineCollector(Arc::clone(&engine))));
        let latency = Latencies::registered(registry);
        Self { registry: all, actions, findings, in_flight, recorded, latency, usage, detectors, engine }
    }

    /// Tells from now on what this engine judges by.
    pub(crate) fn tell_of(&self, engine: Engine) {
        // A second engine would be another process's.
        let _ = self.engine.set(engine);
    }

    /// An action has begun. Each ends with exactly one trace.
    pub(crate) fn begun(&self) {
        self.in_flight.inc();
    }

    /// Counts an action that ended.
    pub(crate) fn ended(&self, trace: &Trace) {
        self.in_flight.dec();
        self.recorded.inc();
        let action = Action {
            status: trace.status.as_str(),
            outcome: trace.outcome.as_str(),
            reason: trace.reasons.first().map_or("none", |reason| reason.kind.as_str()),
            action_type: trace.action_type.as_str(),
            enforced: if trace.enforced { "true" } else { "false" },
        };
        self.actions.get_or_create(&action).inc();
        self.latency.observe(&trace.latency);
        self.usage.ended(trace);
        self.detectors.add(&trace.detector_cost);
        for found in &trace.findings {
            let direction = match found.direction {
                Direction::Request => "request",
                Direction::Response => "response",
            };
            let class = found.finding.class.to_string();
            let severity = found.finding.severity.as_str();
            self.findings.get_or_create(&Found { class, severity, direction }).inc();
        }
    }

    /// Everything as text.
    pub(crate) fn encode(&self) -> Result<String, std::fmt::Error> {
        let mut out = String::new();
        text::encode(&mut out, &self.registry)?;
        Ok(out)
    }
}

// === impl Latencies ===

impl Latencies {
    fn registered(registry: &mut Registry) -> Self {
        let mut histogram = |name: &str, help: &str| {
            let histogram = Histogram::new(BUCKETS);
            registry.register(name, help, histogram.clone());
            histogram
        };
        Self {
            total: histogram("total_seconds", "From an action's head to its last byte"),
            own: histogram("own_seconds", "What the proxy itself took of an action"),
            upstream: histogram("upstream_seconds", "From forwarding a call to the head of its answer"),
            ttfb: histogram("ttfb_seconds", "From an action's head to the first byte of its answer"),
        }
    }

    fn observe(&self, latency: &Latency) {
        let seconds = |us: u64| us as f64 / 1e6;
        self.total.observe(seconds(latency.total_us));
        self.own.observe(seconds(latency.own_us));
        latency.upstream_us.into_iter().for_each(|us| self.upstream.observe(seconds(us)));
        latency.ttfb_us.into_iter().for_each(|us| self.ttfb.observe(seconds(us)));
    }
}

// === impl Detectors ===

impl Detectors {
    fn add(&self, cost: &Cost) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).merge(cost);
    }
}

impl Collector for DetectorCollector {
    fn encode(&self, mut encoder: DescriptorEncoder<'_>) -> Result<(), std::fmt::Error> {
        let cost = self.0.0.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let mut family = |name, help, pick: fn(u64, u64) -> u64| {
            let mut encoder =
                encoder.encode_descriptor(name, help, None, ConstCounter::new(0_u64).metric_type())?;
            for (detector, candidates, bytes) in cost.iter() {
                let labels = [("detector", detector)];
                ConstCounter::new(pick(candidates, bytes)).encode(encoder.encode_family(&labels)?)?;
            }
            Ok(())
        };
        family("detector_candidates", "Places that a detector looked at closely", |candidates, _| {
            candidates
        })?;
        family("detector_bytes", "Bytes that a detector read to decide", |_, bytes| bytes)
    }
}

// === impl EngineCollector ===

impl Collector for EngineCollector {
    fn encode(&self, mut encoder: DescriptorEncoder<'_>) -> Result<(), std::fmt::Error> {
        let Some(engine) = self.0.get() else { return Ok(()) };
        let epoch = i64::try_from(engine.governance().epoch).unwrap_or(i64::MAX);
        let held = engine.lease().is_held(engine.ticks());
        for (name, help, value) in [
            ("governance_epoch", "The version of governance that calls are judged by", epoch),
            (
                "lease_held",
                "Whether the instance may judge (1) or has lost touch with its fleet (0)",
                held.into(),
            ),
        ] {
            let gauge = ConstGauge::new(value);
            gauge.encode(encoder.encode_descriptor(name, help, None, gauge.metric_type())?)?;
        }
        Ok(())
    }
}

// === impl TraceCollector ===

impl Collector for TraceCollector {
    fn encode(&self, mut encoder: DescriptorEncoder<'_>) -> Result<(), std::fmt::Error> {
        let counters = self.traces.counters();
        let settled = counters.stored + counters.journaled + counters.dropped;
        for (name, help, value) in [
            ("traces_stored", "Traces that went straight to the store", counters.stored),
            ("traces_spilled", "Traces that went to the journal", counters.journaled),
            ("traces_replayed", "Traces that went from the journal to the store", counters.replayed),
            ("traces_dropped", "Traces that are lost", counters.dropped),
        ] {
            let counter = ConstCounter::new(value);
            counter.encode(encoder.encode_descriptor(name, help, None, counter.metric_type())?)?;
        }
        let queued = i64::try_from(self.recorded.get().saturating_sub(settled)).unwrap_or(i64::MAX);
        for (name, help, value) in [
            ("trace_queue_depth", "Traces that wait to be stored", queued),
            (
                "trace_journal_bytes",
                "Size of the journal",
                i64::try_from(counters.journal_bytes).unwrap_or(i64::MAX),
            ),
        ] {
            let gauge = ConstGauge::new(value);
            gauge.encode(encoder.encode_descriptor(name, help, None, gauge.metric_type())?)?;
        }
        Ok(())
    }
}

impl std::fmt::Debug for TraceCollector {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("TraceCollector").finish_non_exhaustive()
    }
}
