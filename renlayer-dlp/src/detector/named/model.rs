//! Model providers and what is built around them.

use super::{
    ByteSet, HEX32, HEX40, HEX64, Named, Part, UUID, alnum, alnums, any_hex, is, lower, url64, url64s,
};

const ALNUM: ByteSet = ByteSet::ALNUM;
const URL64: ByteSet = ByteSet::BASE64URL;
const BASE64: ByteSet = ByteSet::BASE64;

pub(super) const ROWS: &[Named] = &[
    key!("cohere_key", "a Cohere API key", ["cohere", "co_api_key"], &[alnum(40)]),
    key!("mistral_key", "a Mistral API key", ["mistral_ai", "mistralai", "mistral"], &[alnum(32)]),
    key!("pinecone_old_key" in "pinecone_key", "a Pinecone API key of the old form", ["pinecone"], UUID),
    key!(
        "azure_openai_key",
        "an Azure OpenAI or Cognitive Services key",
        ["azure", "cognitive", "openai"],
        HEX32
    ),
    key!("together_key", "a Together AI API key", ["together"], HEX64),
    key!("deepseek_key", "a DeepSeek API key", ["deepseek"], &[is("sk-"), any_hex(32)]),
    key!(
        "zai_key",
        "a Z.ai or Zhipu API key",
        ["zai", "zhipu", "bigmodel", "glm_"],
        &[any_hex(32), is("."), alnum(16)]
    ),
    key!("kagi_key", "a Kagi API key", ["kagi"], &[url64s(10, 14), is("."), url64(43)]),
    key!("ai21_key", "an AI21 API key", ["ai21"], &[alnum(32)]),
    key!("anyscale_old_key" in "anyscale_key", "an Anyscale key", ["anyscale"], &[alnums(32, 64)]),
    key!("baseten_key", "a Baseten API key", ["baseten"], &[alnum(8), is("."), alnum(32)]),
    key!(
        "modal_token",
        "a Modal token id or secret",
        ["modal_"],
        &[
            Part::Run(ByteSet::EMPTY.with(b"a"), 1, 1),
            Part::Run(ByteSet::EMPTY.with(b"ks"), 1, 1),
            is("-"),
            alnum(22)
        ]
    ),
    key!("sambanova_key", "a SambaNova API key", ["sambanova"], UUID),
    key!("voyage_key", "a Voyage AI API key", ["voyage"], &[is("pa-"), url64(43)]),
    key!("nomic_key", "a Nomic API key", ["nomic"], &[is("nk-"), url64(43)]),
    key!("chroma_key", "a Chroma Cloud API key", ["chroma"], &[is("ck-"), alnum(44)]),
    key!("factory_key", "a Factory API key", ["factory_api"], &[is("fk-"), url64s(40, 90)]),
    key!("exa_key", "an Exa API key", ["exa_api", "exa_key"], UUID),
    key!("serper_key", "a Serper API key", ["serper"], HEX40),
    key!("serpapi_key", "a SerpApi key", ["serpapi", "serp_api"], HEX64),
    key!("searchapi_key", "a SearchApi key", ["searchapi"], &[alnum(24)]),
    key!("wandb_old_key" in "wandb_key", "a Weights & Biases API key", ["wandb", "weightsandbiases"], HEX40),
    key!("comet_key", "a Comet API key", ["comet"], &[alnum(25)]),
    key!("roboflow_key", "a Roboflow API key", ["roboflow"], &[alnum(20)]),
    key!("clarifai_key", "a Clarifai key or token", ["clarifai"], HEX32),
    key!("assemblyai_key", "an AssemblyAI API key", ["assemblyai", "assembly_ai"], HEX32),
    key!("deepgram_key", "a Deepgram API key", ["deepgram"], HEX40),
    key!("gladia_key", "a Gladia API key", ["gladia"], UUID),
    key!(
        "heygen_key",
        "a HeyGen API key",
        ["heygen"],
        &[Part::Run(BASE64, 40, 80), Part::Maybe("="), Part::Maybe("=")]
    ),
    key!("leonardo_key", "a Leonardo.ai API key", ["leonardo"], UUID),
    key!(
        "fal_key",
        "a fal.ai key",
        ["fal_"],
        &[
            any_hex(8),
            is("-"),
            any_hex(4),
            is("-"),
            any_hex(4),
            is("-"),
            any_hex(4),
            is("-"),
            any_hex(12),
            is(":"),
            any_hex(32)
        ]
    ),
    key!("moonshot_key", "a Moonshot or Kimi API key", ["moonshot", "kimi"], &[is("sk-"), alnum(48)]),
    key!("minimax_key", "a MiniMax API key", ["minimax"], &[is("sk-"), url64s(24, 140)]),
    key!("dashscope_key", "an Alibaba Model Studio key", ["dashscope", "qwen"], &[is("sk-"), any_hex(32)]),
    key!("siliconflow_key", "a SiliconFlow API key", ["siliconflow"], &[is("sk-"), lower(48)]),
    key!("novita_key", "a Novita API key", ["novita"], &[is("sk_"), url64s(40, 60)]),
    key!(
        "lambda_labs_key",
        "a Lambda Cloud API key",
        ["lambda_api", "lambdalabs"],
        &[is("secret_"), Part::Run(ALNUM.with(b"_."), 40, 80)]
    ),
    key!("portkey_key", "a Portkey API key", ["portkey"], &[url64s(24, 60)]),
    key!("promptlayer_key", "a PromptLayer API key", ["promptlayer"], &[is("pl_"), any_hex(32)]),
    key!("livekit_secret", "a LiveKit API secret", ["livekit"], &[alnums(43, 48)]),
    key!("vapi_key", "a Vapi API key", ["vapi"], UUID),
    key!("unstructured_key", "an Unstructured API key", ["unstructured"], &[alnums(30, 34)]),
    key!("weaviate_key", "a Weaviate Cloud API key", ["weaviate", "wcs_"], &[alnums(36, 80)]),
    key!("qdrant_key", "a Qdrant API key", ["qdrant"], &[url64s(36, 80)]),
    key!("milvus_key", "a Zilliz or Milvus token", ["zilliz", "milvus"], &[any_hex(72)]),
    key!("zep_key", "a Zep API key", ["zep_"], &[is("z_"), Part::Run(URL64.with(b"."), 60, 200)]),
    key!("composio_key", "a Composio API key", ["composio"], &[alnums(20, 24)]),
];
