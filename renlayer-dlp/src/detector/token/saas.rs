//! Services that people work in: documents, tickets, design, forms.

use super::{ByteSet, Part, Token, url64};
use crate::words::Words;

const ALNUM: ByteSet = ByteSet::ALNUM;
const HEX: ByteSet = ByteSet::HEX_LOWER;
const URL64: ByteSet = ByteSet::BASE64URL;

pub(super) const ROWS: &[Token] = &[
    // The body ends with `=` and eight hexadecimal digits; how they are computed is not public.
    Token::new(
        "atlassian_token",
        "secret.atlassian_token",
        "an Atlassian API token",
        &["ATATT3"],
        &[Part::Run(URL64, 140, 240), Part::Maybe("="), Part::Run(ByteSet::HEX, 0, 8)],
    ),
    Token::new(
        "linear_key",
        "secret.linear_key",
        "a Linear API key",
        &["lin_api_", "lin_oauth_"],
        &[Part::Run(ALNUM, 40, 64)],
    ),
    Token::new(
        "notion_token",
        "secret.notion_token",
        "a Notion integration token",
        &["ntn_"],
        &[Part::Run(ByteSet::DIGIT, 11, 11), Part::Run(ALNUM, 35, 35)],
    ),
    Token::new(
        "notion_secret",
        "secret.notion_token",
        "a Notion integration token of the old form",
        &["secret_"],
        &[Part::Run(ALNUM, 43, 43)],
    ),
    Token::new(
        "airtable_token",
        "secret.airtable_token",
        "an Airtable personal access token",
        &["pat"],
        &[Part::Run(ALNUM, 14, 14), Part::Literal("."), Part::Run(HEX, 64, 64)],
    ),
    Token::new(
        "figma_token",
        "secret.figma_token",
        "a Figma personal access token",
        &["figd_", "figo_", "figor_"],
        &[Part::Run(URL64, 38, 48)],
    ),
    Token::new(
        "postman_key",
        "secret.postman_key",
        "a Postman API key",
        &["PMAK-"],
        &[Part::Run(HEX, 24, 24), Part::Literal("-"), Part::Run(HEX, 34, 34)],
    ),
    Token::new(
        "salesforce_session",
        "secret.salesforce_token",
        "a Salesforce session or access token, with the organisation that it is of",
        &["00D"],
        &[Part::Run(ALNUM, 12, 15), Part::Literal("!"), Part::Run(ALNUM.with(b"._"), 60, 260)],
    ),
    Token::new(
        "salesforce_refresh_token",
        "secret.salesforce_token",
        "a Salesforce refresh token",
        &["5Aep861"],
        &[Part::Run(ALNUM.with(b"._"), 70, 100)],
    ),
    Token::new(
        "postman_collection_key",
        "secret.postman_key",
        "a Postman collection access key",
        &["PMAT-"],
        &[Part::Run(ByteSet::UPPER.or(ByteSet::DIGIT), 26, 26)],
    ),
    Token::new(
        "dropbox_token",
        "secret.dropbox_token",
        "a Dropbox access token",
        &["sl."],
        &[Part::Run(ByteSet::ALPHA, 1, 1), Part::Run(URL64.with(b"."), 75, 2000)],
    ),
    Token::new(
        "hubspot_token",
        "secret.hubspot_token",
        "a HubSpot private app token",
        &["pat-na1-", "pat-na2-", "pat-eu1-"],
        &[Part::Run(ByteSet::HEX.with(b"-"), 36, 36)],
    ),
    Token::new(
        "typeform_token",
        "secret.typeform_token",
        "a Typeform access token",
        &["tfp_"],
        &[Part::Run(URL64.with(b".="), 44, 60)],
    ),
    Token::new(
        "clickup_token",
        "secret.clickup_token",
        "a ClickUp API token",
        &["pk_"],
        &[
            Part::Run(ByteSet::DIGIT, 7, 10),
            Part::Literal("_"),
            Part::Run(ByteSet::UPPER.or(ByteSet::DIGIT), 32, 32),
        ],
    ),
    Token::new(
        "contentful_token",
        "secret.contentful_token",
        "a Contentful personal access token",
        &["CFPAT-"],
        &[Part::Run(URL64, 43, 43)],
    ),
    Token::new(
        "teamwork_token",
        "secret.teamwork_token",
        "a Teamwork API token",
        &["tkn.v1_"],
        &[Part::Run(ByteSet::ALNUM.with(b"+/-_"), 60, 100), Part::Maybe("=")],
    ),
    Token::new(
        "scrapfly_key",
        "secret.scrapfly_key",
        "a Scrapfly API key",
        &["scp-live-", "scp-test-"],
        &[Part::Run(ByteSet::ALNUM, 32, 32)],
    ),
    Token::new(
        "frameio_token",
        "secret.frameio_token",
        "a Frame.io API token",
        &["fio-u-"],
        &[Part::Run(URL64.with(b"="), 64, 64)],
    ),
    Token::new(
        "readme_key",
        "secret.readme_key",
        "a ReadMe API key",
        &["rdme_"],
        &[Part::Run(ALNUM, 70, 70)],
    ),
    Token::new(
        "canva_secret",
        "secret.canva_secret",
        "a Canva client secret",
        &["cnvca"],
        &[Part::Run(URL64, 45, 60)],
    )
    .exactly(&[url64(51)]),
    Token::new(
        "canva_client",
        "secret.canva_secret",
        "a Canva client id",
        &["OC-"],
        &[Part::Run(URL64, 11, 12)],
    )
    .severity(crate::Severity::Low)
    .after(&Words::new(&["canva"])),
    Token::new(
        "intra42_secret",
        "secret.intra42_secret",
        "a 42 intranet client secret",
        &["s-s4t2ud-", "s-s4t2af-"],
        &[Part::Run(HEX, 64, 64)],
    ),
    Token::new("maxmind_key", "secret.maxmind_key", "a MaxMind licence key", &["_mmk"], &[])
        .lead(ByteSet::ALNUM.with(b"_"), 36, 36)
        // Any word may be the beginning of one: where it were blocked, streams would wait at every word.
        .severity(crate::Severity::High),
    Token::new(
        "cfx_key",
        "secret.cfx_key",
        "a Cfx.re server key",
        &["cfxk_"],
        &[Part::Run(ALNUM.with(b"_"), 20, 32)],
    ),
    Token::new(
        "workato_token",
        "secret.workato_token",
        "a Workato developer token",
        &["wrka-", "wrkaeu-", "wrkajp-", "wrkasg-", "wrkaau-"],
        &[Part::Literal("eyJ"), Part::Run(URL64.with(b"."), 60, 1200)],
    ),
    Token::new(
        "ubidots_token",
        "secret.ubidots_token",
        "an Ubidots token",
        &["BBFF-"],
        &[Part::Run(ALNUM, 30, 30)],
    ),
    Token::new(
        "configcat_key",
        "secret.configcat_key",
        "a ConfigCat SDK key",
        &["configcat-sdk-1/"],
        &[Part::Run(URL64, 22, 22), Part::Literal("/"), Part::Run(URL64, 22, 22)],
    ),
    Token::new(
        "databento_key",
        "secret.databento_key",
        "a Databento API key",
        &["db-"],
        &[Part::Run(ALNUM, 29, 29)],
    )
    .after(&Words::new(&["databento"])),
    Token::new(
        "posthog_key",
        "secret.posthog_key",
        "a PostHog personal API key, or OAuth access or refresh token",
        &["phx_", "pha_", "phr_"],
        &[Part::Run(ALNUM, 40, 60)],
    ),
    Token::new(
        "authress_key",
        "secret.authress_key",
        "an Authress service client key",
        &["sc_", "ext_", "scauth_"],
        &[
            Part::Run(ALNUM, 5, 30),
            Part::Literal("."),
            Part::Run(ALNUM, 4, 6),
            Part::Literal("."),
            Part::Run(URL64, 10, 32),
            Part::Literal("."),
            Part::Run(ByteSet::BASE64.with(b"=_-"), 30, 120),
        ],
    ),
];
