//! The rows: one per kind of key.

use super::{ByteSet, Named, Part};
use crate::Severity;
use crate::words::Words;

const ALNUM: ByteSet = ByteSet::ALNUM;
const HEX: ByteSet = ByteSet::HEX;
const URL64: ByteSet = ByteSet::BASE64URL;
const DIGIT: ByteSet = ByteSet::DIGIT;
const DASH: Part = Part::Literal("-");
const UUID: &[Part] = &[
    Part::Run(HEX, 8, 8),
    DASH,
    Part::Run(HEX, 4, 4),
    DASH,
    Part::Run(HEX, 4, 4),
    DASH,
    Part::Run(HEX, 4, 4),
    DASH,
    Part::Run(HEX, 12, 12),
];
const HEX32: &[Part] = &[Part::Run(HEX, 32, 32)];
const HEX40: &[Part] = &[Part::Run(HEX, 40, 40)];
const HEX64: &[Part] = &[Part::Run(HEX, 64, 64)];

/// One line per kind: detector, class, what it finds, words, value.
macro_rules! key {
    ($name:literal, $finds:literal, $words:expr, $value:expr) => {
        Named::new($name, concat!("secret.", $name), $finds, &$words, $value)
    };
    ($name:literal in $class:literal, $finds:literal, $words:expr, $value:expr) => {
        Named::new($name, concat!("secret.", $class), $finds, &$words, $value)
    };
}

pub(super) const ROWS: &[Named] = &[
    /* ----- clouds ----- */
    key!("alibaba_secret_key", "an Alibaba Cloud access key secret", ["alibaba", "aliyun", "ali_"], &[
        Part::Run(ALNUM, 30, 44)
    ]),
    key!("cloudflare_global_key" in "cloudflare_token", "a Cloudflare global API key", ["cloudflare", "cf_api"], &[
        Part::Run(HEX, 37, 37)
    ]).whatever(),
    key!("cloudflare_api_token" in "cloudflare_token", "a Cloudflare API token", ["cloudflare", "cf_api"], &[
        Part::Run(URL64, 40, 40)
    ]),
    key!("heroku_key" in "heroku_token", "a Heroku API key", ["heroku"], UUID),
    key!("vercel_access_token" in "vercel_token", "a Vercel access token", ["vercel"], &[Part::Run(ALNUM, 24, 24)]),
    key!("ibm_cloud_key", "an IBM Cloud user API key", ["ibm"], &[Part::Run(URL64, 44, 44)]),
    key!("fastly_token", "a Fastly API token", ["fastly"], &[Part::Run(URL64, 32, 32)]),
    key!("linode_token", "a Linode access token", ["linode"], HEX64),
    key!("influxdb_token", "an InfluxDB API token", ["influx", "token"], &[
        Part::Run(URL64, 86, 86), Part::Literal("==")
    ]),
    key!("couchbase_key", "a Couchbase Capella API secret", ["couchbase", "capella"], &[
        Part::Run(ByteSet::BASE64, 60, 90), Part::Maybe("="), Part::Maybe("=")
    ]),
    key!("confluent_secret", "a Confluent Cloud API secret", ["confluent"], &[Part::Run(ByteSet::BASE64, 64, 64)]),
    key!("algolia_key", "an Algolia API key", ["algolia"], HEX32),
    key!("openweather_key", "an OpenWeather API key", ["openweather", "owm_"], HEX32),
    /* ----- code and builds ----- */
    key!("sonar_key" in "sonar_token", "a SonarQube token of the old form", ["sonar"], &[
        Part::Run(ALNUM.with(b"=_-"), 40, 40)
    ]),
    key!("codecov_token", "a Codecov upload token", ["codecov"], UUID),
    key!("codecov_access_token" in "codecov_token", "a Codecov access token", ["codecov"], HEX32),
    key!("coveralls_token", "a Coveralls token", ["coveralls"], &[Part::Run(ALNUM, 32, 37)]),
    key!("circleci_old_token" in "circleci_token", "a CircleCI token of the old form", ["circle"], HEX40),
    key!("travis_token", "a Travis CI token", ["travis"], &[Part::Run(ALNUM.with(b"_-"), 22, 22)]),
    key!("snyk_key" in "snyk_token", "a Snyk API token", ["snyk"], UUID),
    key!("sourcegraph_old_token" in "sourcegraph_token", "a Sourcegraph token without prefix", ["sourcegraph"], HEX40),
    key!("wakatime_key", "a WakaTime API key", ["waka"], UUID),
    key!("greptile_key", "a Greptile API key", ["greptile"], &[Part::Run(ByteSet::BASE64, 48, 48)]),
    /* ----- models ----- */
    key!("cohere_key", "a Cohere API key", ["cohere", "co_api_key"], &[Part::Run(ALNUM, 40, 40)]),
    key!("mistral_key", "a Mistral API key", ["mistral"], &[Part::Run(ALNUM, 32, 32)]),
    key!("pinecone_old_key" in "pinecone_key", "a Pinecone API key of the old form", ["pinecone"], UUID),
    key!("azure_openai_key", "an Azure OpenAI or Cognitive Services key", ["azure", "cognitive", "openai"], HEX32),
    key!("together_key", "a Together AI API key", ["together"], HEX64),
    key!("deepseek_key", "a DeepSeek API key", ["deepseek"], &[Part::Literal("sk-"), Part::Run(HEX, 32, 32)]),
    key!("zai_key", "a Z.ai or Zhipu API key", ["zai", "zhipu", "bigmodel", "glm_"], &[
        Part::Run(HEX, 32, 32), Part::Literal("."), Part::Run(ALNUM, 16, 16)
    ]),
    key!("kagi_key", "a Kagi API key", ["kagi"], &[
        Part::Run(URL64, 10, 14), Part::Literal("."), Part::Run(URL64, 43, 43)
    ]),
    /* ----- monitoring and identity ----- */
    key!("datadog_api_key", "a Datadog API key", ["datadog", "dd_api", "dd-api"], HEX32),
    key!("datadog_app_key", "a Datadog application key", ["datadog", "dd_app", "dd-app"], &[Part::Run(ALNUM, 40, 40)]),
    key!("new_relic_license" in "new_relic_key", "a New Relic licence key", ["new_relic", "newrelic"], HEX40),
    key!("honeycomb_api_key" in "honeycomb_key", "a Honeycomb API key", ["honeycomb"], &[Part::Run(ALNUM, 22, 32)]),
    key!("sumologic_id" in "sumologic_key", "a Sumo Logic access id", ["sumo"], &[
        Part::Literal("su"), Part::Run(ALNUM, 12, 12)
    ])
    .saying(&Words::new(&["id", "access", "accessid"]))
    .severity(Severity::High),
    key!("sumologic_key", "a Sumo Logic access key", ["sumo"], &[Part::Run(ALNUM, 64, 64)]),
    key!("rollbar_token", "a Rollbar access token", ["rollbar"], HEX32),
    key!("amplitude_key", "an Amplitude API or secret key", ["amplitude"], HEX32),
    key!("mixpanel_secret", "a Mixpanel secret", ["mixpanel"], HEX32),
    key!("okta_token", "an Okta API token", ["okta"], &[Part::Literal("00"), Part::Run(URL64, 40, 40)]),
    key!("auth0_secret", "an Auth0 client secret", ["auth0"], &[Part::Run(URL64, 64, 64)]),
    key!("jumpcloud_key", "a JumpCloud API key", ["jumpcloud"], &[Part::Run(ALNUM, 40, 40)]),
    key!("opsgenie_key", "an Opsgenie API key", ["opsgenie"], UUID),
    key!("pagerduty_key", "a PagerDuty API key", ["pagerduty", "pager_duty", "pd_api"], &[
        Part::Run(ALNUM.with(b"_+-"), 20, 20)
    ]),
    key!("meraki_key", "a Cisco Meraki API key", ["meraki"], HEX40),
    key!("vault_old_token" in "vault_token", "a HashiCorp Vault token of the old form", ["vault"], &[
        Part::Literal("s."), Part::Run(ALNUM, 24, 24)
    ]),
    key!("sidekiq_secret", "the credentials of Sidekiq Pro or Enterprise", ["contribsys__com"], &[
        Part::Run(ByteSet::HEX_LOWER, 8, 8), Part::Literal(":"), Part::Run(ByteSet::HEX_LOWER, 8, 8)
    ])
    .whatever(),
    /* ----- pay, talk, work ----- */
    key!("twilio_auth_token" in "twilio_key", "a Twilio auth token", ["twilio"], HEX32),
    key!("discord_token", "a Discord bot token", ["discord", "bot"], &[
        Part::Run(URL64, 23, 28), Part::Literal("."), Part::Run(URL64, 6, 7), Part::Literal("."), Part::Run(URL64, 27, 40)
    ]),
    key!("discord_secret", "a Discord client secret", ["discord"], &[Part::Run(URL64, 32, 32)]),
    key!("messagebird_key", "a MessageBird API key", ["messagebird", "message_bird"], &[Part::Run(ALNUM, 25, 25)]),
    key!("messagebird_client" in "messagebird_key", "a MessageBird client id", ["messagebird", "message_bird"], UUID),
    key!("facebook_secret", "a Facebook app secret", ["facebook", "fb_app"], HEX32),
    key!("facebook_app_token" in "facebook_token", "a Facebook app access token", ["facebook"], &[
        Part::Run(DIGIT, 15, 16), Part::Literal("|"), Part::Run(URL64, 27, 40)
    ])
    .whatever(),
    key!("twitter_secret", "a Twitter API secret", ["twitter"], &[Part::Run(ALNUM, 45, 50)]),
    key!("linkedin_secret", "a LinkedIn client secret", ["linkedin"], &[Part::Run(ALNUM, 16, 16)]),
    key!("klaviyo_key", "a Klaviyo API key", ["klaviyo"], &[Part::Literal("pk_"), Part::Run(ALNUM, 34, 34)]),
    key!("iterable_key", "an Iterable API key", ["iterable"], HEX32),
    key!("asana_token", "an Asana access token", ["asana"], &[
        Part::Run(DIGIT, 1, 1), Part::Literal("/"), Part::Run(DIGIT, 16, 16), Part::Literal(":"), Part::Run(HEX, 32, 32)
    ]),
    key!("atlassian_old_token" in "atlassian_token", "an Atlassian API token of the old form",
        ["atlassian", "jira", "confluence"], &[Part::Run(ALNUM, 24, 24)]),
    key!("hubspot_key" in "hubspot_token", "a HubSpot API key", ["hubspot"], UUID),
    key!("airtable_key" in "airtable_token", "an Airtable API key of the old form", ["airtable"], &[
        Part::Literal("key"), Part::Run(ALNUM, 14, 14)
    ]),
    key!("dropbox_secret", "a Dropbox app secret", ["dropbox"], &[Part::Run(ALNUM, 15, 15)]),
    key!("figma_old_token" in "figma_token", "a Figma token of the old form", ["figma"], &[
        Part::Run(DIGIT, 3, 7), DASH, Part::Run(HEX, 8, 8), DASH, Part::Run(HEX, 4, 4), DASH, Part::Run(HEX, 4, 4), DASH,
        Part::Run(HEX, 4, 4), DASH, Part::Run(HEX, 12, 12)
    ]),
    key!("trello_key", "a Trello API key", ["trello"], HEX32),
    key!("zendesk_key", "a Zendesk API token", ["zendesk"], &[Part::Run(ALNUM, 40, 40)]),
    key!("bitly_token", "a Bitly access token", ["bitly"], HEX40),
    key!("box_token", "a Box developer token", ["box_"], &[Part::Run(ALNUM, 32, 32)]),
    key!("cloudinary_key", "a Cloudinary API secret", ["cloudinary"], &[Part::Run(URL64, 27, 36)]),
    key!("gumroad_token", "a Gumroad access token", ["gumroad"], &[Part::Run(URL64, 43, 64)]),
    key!("disqus_key", "a Disqus API secret", ["disqus"], &[Part::Run(ALNUM, 64, 64)]),
    key!("datagov_key", "an api.data.gov key", ["data.gov", "datagov", "data_gov"], &[Part::Run(ALNUM, 40, 40)]),
    key!("etsy_key", "an Etsy API key", ["etsy", "x-api-key"], &[
        Part::Run(ALNUM, 24, 24), Part::Literal(":"), Part::Run(ALNUM, 10, 10)
    ]),
    key!("lark_app", "a Lark or Feishu app id", ["lark", "feishu"], &[Part::Literal("cli_"), Part::Run(ALNUM, 16, 16)])
        .whatever()
        .severity(Severity::Medium),
    key!("configcat_old_key" in "configcat_key", "a ConfigCat SDK key of the old form", ["configcat"], &[
        Part::Run(URL64, 22, 22), Part::Literal("/"), Part::Run(URL64, 22, 22)
    ]),
    key!("checkout_key", "a Checkout.com secret key", ["checkout"], &[
        Part::Literal("sk_"), Part::Run(HEX, 8, 8), DASH, Part::Run(HEX, 4, 4), DASH, Part::Run(HEX, 4, 4), DASH,
        Part::Run(HEX, 4, 4), DASH, Part::Run(HEX, 12, 12)
    ]),
    key!("workos_key", "a WorkOS API key", ["workos"], &[Part::Literal("sk_"), Part::Run(ALNUM.with(b"_"), 60, 120)]),
    key!("planetscale_id" in "planetscale_token", "a PlanetScale user name", ["pscale", "planetscale"], &[
        Part::Run(ByteSet::LOWER.or(DIGIT), 12, 12)
    ])
    .saying(&Words::new(&["user", "username", "id"]))
    .severity(Severity::Medium),
    key!("clickhouse_id" in "clickhouse_secret", "a ClickHouse Cloud key id", ["clickhouse"], &[Part::Run(ALNUM, 20, 20)])
        .saying(&Words::new(&["id", "key"]))
        .severity(Severity::Medium),
    key!("salesforce_token", "a Salesforce session or access token", ["salesforce", "access"], &[
        Part::Literal("00D"), Part::Run(ALNUM, 12, 15), Part::Literal("!"), Part::Run(ALNUM.with(b"._"), 80, 260)
    ]),
];
