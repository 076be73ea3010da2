//! Routes for the well-known providers, there without any configuration.
//!
//! An agent keeps the path of its SDK behind the prefix: where the SDK calls `https://api.openai.com/v1`, its base URL
//! becomes `http://127.0.0.1:8080/openai/v1`. A provider whose host depends on an account or a region is routed when
//! the environment says which, in the variables that its own SDK reads.

use super::{Environment, Route, Upstream};
use crate::dialect::Provider;

struct Known {
    name: &'static str,
    base: &'static str,
    provider: Option<Provider>,
}

const fn known(name: &'static str, base: &'static str, provider: Provider) -> Known {
    Known { name, base, provider: Some(provider) }
}

#[rustfmt::skip]
const KNOWN: &[Known] = &[
    known("openai",      "https://api.openai.com",                    Provider::OpenAi),
    known("anthropic",   "https://api.anthropic.com",                 Provider::Anthropic),
    known("gemini",      "https://generativelanguage.googleapis.com", Provider::Gemini),
    known("mistral",     "https://api.mistral.ai",                    Provider::OpenAi),
    known("groq",        "https://api.groq.com",                      Provider::OpenAi),
    known("openrouter",  "https://openrouter.ai",                     Provider::OpenAi),
    known("ollama",      "http://127.0.0.1:11434",                    Provider::OpenAi),
    known("deepseek",    "https://api.deepseek.com",                  Provider::OpenAi),
    known("xai",         "https://api.x.ai",                          Provider::OpenAi),
    known("together",    "https://api.together.xyz",                  Provider::OpenAi),
    known("fireworks",   "https://api.fireworks.ai",                  Provider::OpenAi),
    known("perplexity",  "https://api.perplexity.ai",                 Provider::OpenAi),
    known("cerebras",    "https://api.cerebras.ai",                   Provider::OpenAi),
    known("huggingface", "https://router.huggingface.co",             Provider::OpenAi),
    known("nvidia",      "https://integrate.api.nvidia.com",          Provider::OpenAi),
    known("moonshot",    "https://api.moonshot.ai",                   Provider::OpenAi),
    // Its own API and an OpenAI-compatible one stand beside each other; the path tells which.
    Known { name: "cohere", base: "https://api.cohere.com", provider: None },
];

/// A well-known provider that has no route yet, and what would give it one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Unrouted {
    /// The route's name; its prefix is this after a slash.
    pub name: &'static str,
    /// What to do about it.
    pub remedy: &'static str,
}

/// The providers whose host only the operator can tell.
pub const BY_ACCOUNT: &[Unrouted] = &[
    Unrouted {
        name: "azure",
        remedy: "set AZURE_OPENAI_ENDPOINT to https://<resource>.openai.azure.com, or add a route",
    },
    Unrouted { name: "bedrock", remedy: "set AWS_REGION to the region of the models, or add a route" },
];

/// Routes to every provider whose host is the same for everybody.
pub fn well_known_routes() -> Vec<Route> {
    KNOWN.iter().filter_map(|known| route(known.name, known.base, known.provider)).collect()
}

/// The same, and those whose host the environment tells.
pub fn well_known_routes_in(environment: &Environment) -> Vec<Route> {
    let azure = environment
        .get("AZURE_OPENAI_ENDPOINT")
        .and_then(|endpoint| route("azure", endpoint, Some(Provider::OpenAi)));
    let region = environment.get("AWS_REGION").or_else(|| environment.get("AWS_DEFAULT_REGION"));
    let bedrock = region
        .filter(|region| region.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-'))
        .and_then(|region| {
            let base = format!("https://bedrock-runtime.{region}.amazonaws.com");
            route("bedrock", &base, Some(Provider::Bedrock))
        });
    well_known_routes().into_iter().chain(azure).chain(bedrock).collect()
}

/// The well-known providers that `routes` does not reach.
pub fn unrouted(routes: &[Route]) -> impl Iterator<Item = &'static Unrouted> {
    BY_ACCOUNT.iter().filter(|account| !routes.iter().any(|route| route.name == account.name))
}

fn route(name: &str, base: &str, provider: Option<Provider>) -> Option<Route> {
    let upstream: Upstream = base.parse().ok()?;
    Some(Route::by_prefix(name, upstream, provider))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_of_the_table_becomes_a_route() {
        assert_eq!(well_known_routes().len(), KNOWN.len());
    }

    #[test]
    fn hosts_by_account_come_from_the_environment() {
        let environment = Environment::from_iter([
            ("AZURE_OPENAI_ENDPOINT", "https://contoso.openai.azure.com/"),
            ("AWS_REGION", "eu-central-1"),
        ]);
        let routes = well_known_routes_in(&environment);
        let upstream =
            |name: &str| routes.iter().find(|route| route.name == name).map(|route| route.upstream.host());
        assert_eq!(upstream("azure"), Some("contoso.openai.azure.com"));
        assert_eq!(upstream("bedrock"), Some("bedrock-runtime.eu-central-1.amazonaws.com"));
        assert_eq!(unrouted(&routes).count(), 0);
        let names: Vec<_> = unrouted(&well_known_routes()).map(|unrouted| unrouted.name).collect();
        assert_eq!(names, ["azure", "bedrock"]);
    }

    #[test]
    fn a_region_that_would_name_another_host_is_ignored() {
        let environment = Environment::from_iter([("AWS_REGION", "x.example.com/")]);
        assert_eq!(well_known_routes_in(&environment).len(), KNOWN.len());
    }
}
