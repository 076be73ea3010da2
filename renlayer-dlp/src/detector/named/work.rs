//! Services that people work with.

use super::{
    ByteSet, HEX32, HEX40, HEX64, Named, Part, UUID, alnum, alnums, any_hex, base64, digits, hex, is, lower,
    upper, url64, url64s,
};
use crate::Severity;
use crate::words::Words;

const ALNUM: ByteSet = ByteSet::ALNUM;
const HEX: ByteSet = ByteSet::HEX;
const BASE64: ByteSet = ByteSet::BASE64;
const DIGIT: ByteSet = ByteSet::DIGIT;

pub(super) const ROWS: &[Named] = &[
    key!("twilio_auth_token" in "twilio_key", "a Twilio auth token", ["twilio"], HEX32),
    key!(
        "discord_token",
        "a Discord bot token",
        ["discord", "bot"],
        &[url64s(23, 28), is("."), url64s(6, 7), is("."), url64s(27, 40)]
    ),
    key!("discord_secret", "a Discord client secret", ["discord"], &[url64(32)]),
    key!(
        "messagebird_key",
        "a MessageBird API key",
        ["messagebird", "message_bird", "message-bird"],
        &[alnum(25)]
    ),
    key!("messagebird_client" in "messagebird_key", "a MessageBird client id", ["messagebird", "message_bird", "message-bird"], UUID),
    key!("facebook_secret", "a Facebook app secret", ["facebook", "fb_app"], HEX32),
    key!("facebook_app_token" in "facebook_token", "a Facebook app access token", ["facebook"], &[
        Part::Run(DIGIT, 15, 16), is("|"), url64s(27, 40)
    ])
    .whatever(),
    key!("twitter_secret", "a Twitter API secret", ["twitter"], &[alnums(45, 50)]),
    key!("linkedin_secret", "a LinkedIn client secret", ["linkedin"], &[alnum(16)]),
    key!("klaviyo_key", "a Klaviyo API key", ["klaviyo"], &[is("pk_"), alnum(34)]),
    key!("iterable_key", "an Iterable API key", ["iterable"], HEX32),
    key!(
        "asana_token",
        "an Asana access token",
        ["asana"],
        &[digits(1), is("/"), digits(16), is(":"), any_hex(32)]
    ),
    key!(
        "asana_new_token" in "asana_token",
        "an Asana access token of the newer form",
        ["asana"],
        &[is("2/"), Part::Run(DIGIT, 13, 17), is("/"), Part::Run(DIGIT, 13, 17), is(":"), any_hex(32)]
    ),
    key!("atlassian_old_token" in "atlassian_token", "an Atlassian API token of the old form",
        ["atlassian", "jira", "confluence"], &[alnum(24)]),
    key!("hubspot_key" in "hubspot_token", "a HubSpot API key", ["hubspot"], UUID),
    key!("airtable_key" in "airtable_token", "an Airtable API key of the old form", ["airtable"], &[
        is("key"), alnum(14)
    ]),
    key!("dropbox_secret", "a Dropbox app secret", ["dropbox"], &[alnum(15)]),
    key!("figma_old_token" in "figma_token", "a Figma token of the old form", ["figma"], &[
        Part::Run(DIGIT, 3, 7), is("-"), any_hex(8), is("-"), any_hex(4), is("-"), any_hex(4), is("-"),
        any_hex(4), is("-"), any_hex(12)
    ]),
    key!("trello_key", "a Trello API key", ["trello"], HEX32),
    key!("zendesk_key", "a Zendesk API token", ["zendesk"], &[alnum(40)]),
    key!("bitly_token", "a Bitly access token", ["bitly"], HEX40),
    key!("box_token", "a Box developer token", ["box_"], &[alnum(32)]),
    key!("cloudinary_key", "a Cloudinary API secret", ["cloudinary"], &[url64s(27, 36)]),
    key!("gumroad_token", "a Gumroad access token", ["gumroad"], &[url64s(43, 64)]),
    key!("disqus_key", "a Disqus API secret", ["disqus"], &[alnum(64)]),
    key!("datagov_key", "an api.data.gov key", ["data.gov", "datagov", "data_gov"], &[alnum(40)]),
    key!("etsy_key", "an Etsy API key", ["etsy", "x-api-key"], &[alnum(24), is(":"), alnum(10)]),
    key!("lark_app", "a Lark or Feishu app id", ["lark", "feishu"], &[is("cli_"), alnum(16)])
        .whatever()
        .severity(Severity::Low),
    key!("configcat_old_key" in "configcat_key", "a ConfigCat SDK key of the old form", ["configcat"], &[
        url64(22), is("/"), url64(22)
    ]),
    key!(
        "checkout_key",
        "a Checkout.com secret key",
        ["checkout"],
        &[
            is("sk_"),
            any_hex(8),
            is("-"),
            any_hex(4),
            is("-"),
            any_hex(4),
            is("-"),
            any_hex(4),
            is("-"),
            any_hex(12)
        ]
    ),
    key!("workos_key", "a WorkOS API key", ["workos"], &[is("sk_"), Part::Run(ALNUM.with(b"_"), 60, 120)]),
    key!("planetscale_id" in "planetscale_token", "a PlanetScale user name", ["pscale", "planetscale"], &[
        lower(12)
    ])
    .saying(&Words::new(&["user", "username", "id"]))
    .severity(Severity::Low),
    key!("clickhouse_id" in "clickhouse_secret", "a ClickHouse Cloud key id", ["clickhouse"], &[alnum(20)])
        .saying(&Words::new(&["id", "key"]))
        .severity(Severity::Low),
    key!("coda_token", "a Coda API token", ["coda_"], UUID),
    key!("todoist_key", "a Todoist API token", ["todoist"], HEX40),
    key!("smartsheet_token", "a Smartsheet token", ["smartsheet"], &[alnum(37)]),
    key!("jotform_key", "a Jotform API key", ["jotform"], HEX32),
    key!("pipedrive_token", "a Pipedrive API token", ["pipedrive"], HEX40),
    key!(
        "close_key",
        "a Close API key",
        ["close_api", "closeio", "close_io"],
        &[is("api_"), alnum(22), is("."), alnum(22)]
    ),
    key!("shortcut_token", "a Shortcut API token", ["shortcut", "clubhouse"], UUID),
    key!("wrike_token", "a Wrike permanent token", ["wrike"], &[alnums(60, 200)]),
    key!("pandadoc_key", "a PandaDoc API key", ["pandadoc"], HEX40),
    key!("dropbox_sign_key", "a Dropbox Sign API key", ["hellosign", "dropbox_sign"], HEX64),
    key!("docparser_key", "a Docparser API key", ["docparser"], HEX40),
    key!("cloudmersive_key", "a Cloudmersive API key", ["cloudmersive"], UUID),
    key!("convertapi_key", "a ConvertAPI secret", ["convertapi"], &[alnum(16)]),
    key!(
        "transloadit_secret",
        "a Transloadit auth key or secret",
        ["transloadit"],
        &[Part::Run(HEX, 32, 40)]
    ),
    key!("filestack_key", "a Filestack API key", ["filestack"], &[is("A"), alnum(20), is("z")]),
    key!("uploadcare_key", "an Uploadcare key", ["uploadcare"], &[any_hex(20)]),
    key!("storyblok_token", "a Storyblok token", ["storyblok"], &[alnum(22), is("tt")]),
    key!("sanity_key", "a Sanity token", ["sanity"], &[is("sk"), alnums(80, 200)]),
    key!("datocms_token", "a DatoCMS token", ["datocms", "dato_"], &[any_hex(30)]),
    key!("ghost_key", "a Ghost Admin API key", ["ghost"], &[any_hex(24), is(":"), any_hex(64)]),
    key!("strapi_secret", "a Strapi API token", ["strapi"], &[any_hex(256)]),
    key!("webflow_token", "a Webflow API token", ["webflow"], HEX64),
    key!("contentful_key" in "contentful_token", "a Contentful delivery or preview token", ["contentful"], &[url64(43)]),
    key!("prismic_token", "a Prismic token", ["prismic"], &[Part::Run(BASE64.with(b"._-"), 40, 160)]),
    key!("bamboohr_key", "a BambooHR API key", ["bamboohr", "bamboo_hr"], HEX40),
    key!("greenhouse_key", "a Greenhouse API key", ["greenhouse"], &[hex(32), is("-"), alnums(1, 5)]),
    key!("breezy_token", "a Breezy HR token", ["breezyhr", "breezy_hr"], HEX32),
    key!("workable_token", "a Workable token", ["workable"], &[url64s(40, 64)]),
    key!("hunter_key", "a Hunter.io API key", ["hunter_api", "hunterio", "hunter_io"], HEX40),
    key!("clearbit_key", "a Clearbit API key", ["clearbit"], &[is("sk_"), any_hex(32)]),
    key!("fullcontact_key", "a FullContact API key", ["fullcontact"], &[alnum(32)]),
    key!("people_data_labs_key", "a People Data Labs key", ["peopledatalabs", "pdl_api"], HEX64),
    key!("apollo_key", "an Apollo.io API key", ["apollo"], &[url64(22)]),
    key!("attio_token", "an Attio access token", ["attio"], HEX64),
    key!("activecampaign_key", "an ActiveCampaign API key", ["activecampaign"], &[any_hex(72)]),
    key!("freshsales_key", "a Salesmate or Copper key", ["copper_api", "salesmate"], HEX32),
    key!("adobe_old_secret" in "adobe_secret", "an Adobe client id", ["adobe"], HEX32),
    key!("microsoft_graph_secret" in "azure_client_secret", "a client secret of the Microsoft Graph", ["microsoft", "msgraph", "office365"], &[Part::Run(ALNUM.with(b"_~.-"), 34, 40)]),
    key!("zendesk_bearer" in "zendesk_key", "a Zendesk OAuth secret", ["zendesk"], HEX64),
    key!("intercom_key" in "intercom_token", "an Intercom token of the old form", ["intercom"], &[base64(59), is("=")]),
    key!("helpscout_secret", "a Help Scout app secret", ["helpscout", "help_scout"], &[alnum(32)]),
    key!("eventbrite_token", "an Eventbrite token", ["eventbrite"], &[upper(20)]),
    key!("calendarific_key", "a Calendarific API key", ["calendarific"], &[alnums(32, 40)]),
    key!("hellobonsai_key" in "toggl_token", "a Toggl API token", ["toggl"], HEX32),
    key!(
        "harvest_token",
        "a Harvest access token",
        ["harvest"],
        &[Part::Run(DIGIT, 5, 9), is(".pt."), url64s(60, 100)]
    ),
    key!("clockify_key", "a Clockify API key", ["clockify"], &[Part::Run(BASE64, 48, 48)]),
    key!(
        "freemius_key",
        "a Freemius secret key",
        ["freemius", "secret_key"],
        &[is("sk_"), Part::Run(ByteSet::EMPTY.range(0x21, 0x7e).without(b"\"'\\`"), 29, 29)]
    ),
    key!("tableau_token", "a Tableau access token", ["tableau"], &[base64(22), is("=="), is(":"), alnum(32)]),
    key!("looker_secret", "a Looker API secret", ["looker"], &[alnum(24)]),
    key!(
        "metabase_key",
        "a Metabase API key",
        ["metabase"],
        &[is("mb_"), Part::Run(BASE64, 43, 43), Part::Maybe("=")]
    ),
    key!("beamer_key", "a Beamer API key", ["beamer"], &[is("b_"), url64(44)]),
];
