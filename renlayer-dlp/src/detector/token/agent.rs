//! What is built around models: search, memory, tools, tracing, voices.

use super::{ByteSet, Part, Token, UUID, alnum, alnums, hex, is, lower, url64, url64s};
use crate::Severity;
use crate::words::Words;

pub(super) const ROWS: &[Token] = &[
    token!("scrapegraph_key", "a ScrapeGraphAI API key", ["sgai-"], UUID),
    token!("context7_key", "a Context7 API key", ["ctx7sk-"], UUID),
    token!("letta_key", "a Letta API key", ["sk-let-"], &[Part::Run(ByteSet::BASE64.with(b"="), 40, 200)]),
    token!("voiceflow_key", "a Voiceflow API key", ["VF.DM.", "VF.WS."], &[hex(24), is("."), alnum(16)]),
    token!("llama_api_key", "a key of the Llama API", ["LLM|"], &[Part::Run(ByteSet::DIGIT, 12, 20), is("|"), url64s(24, 40)]),
    token!("friendli_token", "a Friendli personal access token", ["flp_"], &[alnums(40, 60)]),
    token!("anthropic_session_key" in "anthropic_key", "an Anthropic session key", ["sk-ant-sid01-", "sk-ant-sid02-"], &[url64s(80, 130)]),
    token!("together_new_key" in "together_key", "a Together AI API key", ["tgp_v1_"], &[url64(43)]),
    token!("jina_key", "a Jina API key", ["jina_"], &[hex(32), url64(28)]),
    token!("firecrawl_key", "a Firecrawl API key", ["fc-"], &[hex(32)]),
    token!("browserbase_key", "a Browserbase API key", ["bb_live_", "bb_test_"], &[url64s(24, 40)]),
    token!("e2b_key", "an E2B API key", ["e2b_"], &[hex(40)]),
    token!(
        "helicone_key",
        "a Helicone API key",
        ["sk-helicone-"],
        &[lower(7), is("-"), lower(7), is("-"), lower(7), is("-"), lower(7)]
    ),
    token!(
        "runpod_key",
        "a RunPod API key",
        ["rpa_"],
        &[Part::Run(ByteSet::UPPER.or(ByteSet::DIGIT), 30, 44), alnums(0, 8)]
    ),
    token!("runway_key", "a Runway API key", ["key_"], &[hex(128)]),
    token!("cursor_key", "a Cursor API key", ["key_", "crsr_"], &[hex(64)]),
    token!("llamaindex_key", "a LlamaCloud API key", ["llx-"], &[url64(48)]),
    token!("wandb_key", "a Weights & Biases API key", ["wandb_v1_"], &[Part::Run(ByteSet::WORD, 60, 100)]),
    token!("mem0_key", "a Mem0 API key", ["m0-"], &[alnum(40)]),
    token!("humanloop_key", "a Humanloop API key", ["hl_sk_"], &[hex(48)]),
    token!(
        "logfire_token",
        "a Pydantic Logfire token",
        ["pylf_v1_us_", "pylf_v1_eu_", "pylf_v2_us_", "pylf_v2_eu_"],
        &[alnum(43)]
    ),
    token!("anyscale_key", "an Anyscale API key", ["esecret_"], &[alnums(24, 60)]),
    token!("langchain_hub_key" in "langsmith_key", "a LangChain Hub or old LangSmith key", ["ls__"], &[hex(32)]),
    token!("stability_key", "a Stability or Moonshot API key", ["sk-"], &[alnum(48)]).confidence(0.7),
    token!("vercel_ai_key" in "vercel_token", "a v0 or AI gateway key", ["v1:team_", "v1:user_"], &[alnums(20, 60), is(":"), alnums(20, 60)]),
    token!("deepseek_bare_key" in "deepseek_key", "an API key that many model gateways write", ["sk-"], &[hex(32)]).confidence(0.7),
    token!("livekit_key", "a LiveKit API key", ["API"], &[alnum(12)])
        .after(&Words::new(&["livekit"]))
        .severity(Severity::Medium),
    token!("retell_key", "a Retell API key", ["key_"], &[hex(28)]),
    token!("apify_token", "an Apify API token", ["apify_api_", "apify_proxy_"], &[alnums(34, 40)]),
];
