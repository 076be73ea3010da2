//! Model providers and what is built around them.

use super::{ByteSet, Check, Part, Token, digits, is, url64};
use crate::words::Words;

const ALNUM: ByteSet = ByteSet::ALNUM;
const HEX: ByteSet = ByteSet::HEX_LOWER;
const URL64: ByteSet = ByteSet::BASE64URL;
/// base64 of "OpenAI".
pub(super) const OPENAI: &str = "T3BlbkFJ";

pub(super) const ROWS: &[Token] = &[
    Token::new(
        "openai_key",
        "secret.openai_key",
        "an OpenAI project, service account or admin key",
        &["sk-proj-", "sk-svcacct-", "sk-admin-", "sk-None-"],
        &[Part::Run(URL64, 40, 220)],
    )
    .check(Check::MayHold(OPENAI)),
    Token::new(
        "openai_user_key",
        "secret.openai_key",
        "an OpenAI user key, or one of a kind that its mark alone tells",
        &["sk-"],
        &[Part::Run(URL64, 40, 220)],
    )
    .check(Check::Holds(OPENAI)),
    Token::new(
        "anthropic_key",
        "secret.anthropic_key",
        "an Anthropic API or admin key",
        &["sk-ant-api", "sk-ant-admin"],
        &[Part::Run(ByteSet::DIGIT, 2, 2), Part::Literal("-"), Part::Run(URL64, 60, 120)],
    )
    .exactly(&[digits(2), is("-"), url64(93), is("AA")]),
    Token::new(
        "anthropic_oauth_token",
        "secret.anthropic_key",
        "an Anthropic OAuth access or refresh token",
        &["sk-ant-oat", "sk-ant-ort"],
        &[Part::Run(ByteSet::DIGIT, 2, 2), Part::Literal("-"), Part::Run(URL64, 80, 120)],
    ),
    Token::new(
        "huggingface_token",
        "secret.huggingface_token",
        "a Hugging Face access token",
        &["hf_"],
        &[Part::Run(ByteSet::ALPHA, 34, 34)],
    ),
    Token::new(
        "huggingface_org_token",
        "secret.huggingface_token",
        "a Hugging Face organisation token",
        &["api_org_"],
        &[Part::Run(ByteSet::ALPHA, 34, 34)],
    ),
    Token::new("groq_key", "secret.groq_key", "a Groq API key", &["gsk_"], &[Part::Run(ALNUM, 52, 52)]),
    Token::new(
        "xai_key",
        "secret.xai_key",
        "an xAI API key",
        &["xai-"],
        &[Part::Run(ALNUM.with(b"_"), 70, 90)],
    ),
    Token::new(
        "perplexity_key",
        "secret.perplexity_key",
        "a Perplexity API key",
        &["pplx-"],
        &[Part::Run(ALNUM, 48, 56)],
    ),
    Token::new(
        "replicate_token",
        "secret.replicate_token",
        "a Replicate API token",
        &["r8_"],
        &[Part::Run(ALNUM, 37, 37)],
    ),
    Token::new(
        "openrouter_key",
        "secret.openrouter_key",
        "an OpenRouter API key",
        &["sk-or-v1-"],
        &[Part::Run(HEX, 64, 64)],
    ),
    Token::new(
        "langsmith_key",
        "secret.langsmith_key",
        "a LangSmith API key",
        &["lsv2_pt_", "lsv2_sk_"],
        &[Part::Run(HEX, 32, 32), Part::Literal("_"), Part::Run(HEX, 10, 10)],
    ),
    Token::new(
        "pinecone_key",
        "secret.pinecone_key",
        "a Pinecone API key",
        &["pcsk_"],
        &[Part::Run(ALNUM, 5, 6), Part::Literal("_"), Part::Run(ALNUM, 63, 64)],
    ),
    Token::new(
        "elevenlabs_key",
        "secret.elevenlabs_key",
        "an ElevenLabs API key",
        &["sk_"],
        &[Part::Run(HEX, 48, 48)],
    ),
    Token::new(
        "fireworks_key",
        "secret.fireworks_key",
        "a Fireworks AI API key",
        &["fw_"],
        &[Part::Run(ALNUM, 22, 24)],
    )
    .after(&Words::new(&["fireworks"])),
    Token::new(
        "langfuse_key",
        "secret.langfuse_key",
        "a Langfuse secret key",
        &["sk-lf-"],
        &[
            Part::Run(HEX, 8, 8),
            Part::Literal("-"),
            Part::Run(HEX, 4, 4),
            Part::Literal("-"),
            Part::Run(HEX, 4, 4),
            Part::Literal("-"),
            Part::Run(HEX, 4, 4),
            Part::Literal("-"),
            Part::Run(HEX, 12, 12),
        ],
    ),
    Token::new(
        "tavily_key",
        "secret.tavily_key",
        "a Tavily API key",
        &["tvly-"],
        &[Part::Run(URL64, 32, 44)],
    ),
    Token::new(
        "nvidia_key",
        "secret.nvidia_key",
        "an NVIDIA API catalogue key",
        &["nvapi-"],
        &[Part::Run(URL64, 60, 80)],
    ),
    Token::new(
        "cerebras_key",
        "secret.cerebras_key",
        "a Cerebras API key",
        &["csk-"],
        &[Part::Run(ALNUM, 48, 48)],
    ),
    Token::new(
        "brave_search_key",
        "secret.brave_search_key",
        "a Brave Search API key",
        &["BSA"],
        &[Part::Run(URL64, 27, 28)],
    )
    .after(&Words::new(&["brave", "subscription", "search"])),
    Token::new(
        "devin_user_key",
        "secret.devin_key",
        "a Devin personal API key",
        &["apk_user_"],
        &[Part::Run(ByteSet::BASE64, 60, 220), Part::Maybe("="), Part::Maybe("=")],
    ),
    Token::new(
        "devin_service_key",
        "secret.devin_key",
        "a Devin service API key",
        &["apk_", "cog_"],
        &[Part::Run(ALNUM, 52, 220), Part::Maybe("="), Part::Maybe("=")],
    ),
];
