//! Tokens and money as metrics, under the names of OpenTelemetry's conventions for generative AI where there are some.
//!
//! `gen_ai.client.token.usage` is a histogram over calls of what their providers told; what nobody told is no usage. Its
//! `gen_ai.request.model` is left out: callers choose it. The provider follows from the dialect, so that others which speak
//! OpenAI's are counted as `openai`. Money is counted in micro-units, which are whole numbers.

use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::{Registry, Unit};
use renlayer_core::dialect::Dialect;
use renlayer_core::policy::ActionType;
use renlayer_core::trace::Trace;

/// The bounds that the conventions give, in tokens.
const BUCKETS: [f64; 14] = [
    1.0,
    4.0,
    16.0,
    64.0,
    256.0,
    1_024.0,
    4_096.0,
    16_384.0,
    65_536.0,
    262_144.0,
    1_048_576.0,
    4_194_304.0,
    16_777_216.0,
    67_108_864.0,
];

/// What calls used, and what it cost.
pub(super) struct UsageMetrics {
    tokens: Family<Tokens, Histogram, fn() -> Histogram>,
    spend: Family<Spent, Counter>,
}

/// Labels of tokens.
#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct Tokens {
    gen_ai_operation_name: &'static str,
    gen_ai_provider_name: &'static str,
    gen_ai_token_type: &'static str,
}

/// Labels of money.
#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct Spent {
    gen_ai_operation_name: &'static str,
    gen_ai_provider_name: &'static str,
    estimated: &'static str,
}

// === impl UsageMetrics ===

impl UsageMetrics {
    /// Registers the metrics: those with a name of their own in `plain`, ours in `renlayer`.
    pub(super) fn registered(plain: &mut Registry) -> Self {
        let tokens = Family::new_with_constructor((|| Histogram::new(BUCKETS)) as fn() -> Histogram);
        let help = "Tokens of calls, as their providers told them";
        plain.register("gen_ai_client_token_usage", help, tokens.clone());
        let spend = Family::default();
        let unit = Unit::Other("micros".into());
        let renlayer = plain.sub_registry_with_prefix("renlayer");
        renlayer.register_with_unit(
            "spend",
            "What calls cost, in millionths of the currency",
            unit,
            spend.clone(),
        );
        Self { tokens, spend }
    }

    /// Counts an action that ended.
    pub(super) fn ended(&self, trace: &Trace) {
        let (operation, provider) = (operation(trace.action_type), provider(trace.dialect));
        let usage = &trace.usage;
        for (kind, tokens) in [("input", usage.input), ("output", usage.output)] {
            let labels = Tokens {
                gen_ai_operation_name: operation,
                gen_ai_provider_name: provider,
                gen_ai_token_type: kind,
            };
            tokens.into_iter().for_each(|tokens| self.tokens.get_or_create(&labels).observe(tokens as f64));
        }
        if let Some(spend) = trace.spend {
            let labels = Spent {
                gen_ai_operation_name: operation,
                gen_ai_provider_name: provider,
                estimated: if spend.estimated { "true" } else { "false" },
            };
            self.spend.get_or_create(&labels).inc_by(spend.micros);
        }
    }
}

/// `gen_ai.operation.name`; our own word where the conventions have none.
fn operation(action: ActionType) -> &'static str {
    match action {
        ActionType::ChatCompletion => "chat",
        ActionType::Embedding => "embeddings",
        other => other.as_str(),
    }
}

/// `gen_ai.provider.name`
fn provider(dialect: Dialect) -> &'static str {
    match dialect {
        Dialect::OpenAiChat | Dialect::OpenAiResponses | Dialect::OpenAiEmbeddings => "openai",
        Dialect::AnthropicMessages => "anthropic",
        Dialect::Gemini => "gcp.gemini",
        Dialect::Bedrock => "aws.bedrock",
        Dialect::Mcp | Dialect::Http => "other",
    }
}
