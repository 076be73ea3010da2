//! Maps, weather, films, scrapers and other data by subscription; games and devices.

use super::{ByteSet, HEX32, HEX40, HEX64, Named, Part, UUID, alnum, alnums, any_hex, is, upper, url64};
use crate::Severity;
use crate::words::Words;

const URL64: ByteSet = ByteSet::BASE64URL;
const BASE64: ByteSet = ByteSet::BASE64;

pub(super) const ROWS: &[Named] = &[
    key!("here_key", "a HERE API key", ["here_api", "here_maps", "hereapi"], &[url64(43)]),
    key!("tomtom_key", "a TomTom API key", ["tomtom"], &[alnum(32)]),
    key!("maptiler_key", "a MapTiler key", ["maptiler"], &[alnum(20)]),
    key!("geoapify_key", "a Geoapify key", ["geoapify"], HEX32),
    key!("opencage_key", "an OpenCage key", ["opencage"], HEX32),
    key!("positionstack_key", "a positionstack key", ["positionstack"], HEX32),
    key!("stadia_key", "a Stadia Maps key", ["stadia"], UUID),
    key!("thunderforest_key", "a Thunderforest key", ["thunderforest"], HEX32),
    key!("bing_key", "a Bing Maps key", ["bing_maps", "bingmaps"], &[url64(64)]),
    key!(
        "weatherapi_key",
        "a WeatherAPI, Weatherbit or Weatherstack key",
        ["weatherapi", "weatherbit", "weatherstack"],
        HEX32
    ),
    key!("accuweather_key", "an AccuWeather key", ["accuweather"], &[alnum(32)]),
    key!("tomorrow_key", "a tomorrow.io key", ["tomorrow_io", "climacell"], &[alnum(32)]),
    key!("newsapi_key", "a NewsAPI key", ["newsapi", "news_api"], HEX32),
    key!("guardian_key", "a key of The Guardian", ["guardian_api", "theguardian"], UUID),
    key!("nytimes_key", "a New York Times API key", ["nytimes", "nyt_api"], &[alnum(32)]),
    key!(
        "mediastack_key",
        "a mediastack or aviationstack key",
        [
            "mediastack",
            "aviationstack",
            "marketstack",
            "userstack",
            "languagelayer",
            "screenshotlayer",
            "numverify",
            "mailboxlayer",
            "zenserp"
        ],
        HEX32
    ),
    key!("nasa_key", "a NASA API key", ["nasa_api"], &[alnum(40)]),
    key!("tmdb_key", "a TMDB API key", ["tmdb", "themoviedb"], HEX32),
    key!("trakt_key", "a Trakt client id or secret", ["trakt"], HEX64),
    key!("omdb_key", "an OMDb API key", ["omdb"], &[any_hex(8)]),
    key!("deepl_auth_key" in "deepl_key", "a DeepL Pro key", ["deepl"], UUID),
    key!("wit_token", "a Wit.ai token", ["wit_ai", "witai"], &[upper(32)]),
    key!("wolfram_key", "a Wolfram|Alpha app id", ["wolfram"], &[upper(6), is("-"), upper(10)]),
    key!(
        "scraperapi_key",
        "a ScraperAPI or Zyte key",
        ["scraperapi", "zyte", "scrapinghub", "scrapestack", "scrapfly"],
        HEX32
    ),
    key!("scrapingbee_key", "a ScrapingBee key", ["scrapingbee"], &[upper(80)]),
    key!("zenrows_key", "a ZenRows key", ["zenrows"], HEX40),
    key!("apify_old_token" in "apify_token", "an Apify token of the old form", ["apify"], &[alnum(17)]),
    key!("rapidapi_named_key" in "rapidapi_key", "a RapidAPI key", ["rapidapi"], &[alnum(50)]),
    key!("flightaware_key", "a FlightAware key", ["flightaware"], &[any_hex(40)]),
    key!("amadeus_key", "an Amadeus API key", ["amadeus"], &[alnum(32)]),
    key!("ticketmaster_key", "a Ticketmaster key", ["ticketmaster"], &[alnum(32)]),
    key!("edamam_key", "an Edamam or Spoonacular key", ["edamam", "spoonacular"], HEX32),
    key!("steam_key", "a Steam Web API key", ["steam"], HEX32),
    key!("hypixel_key", "a Hypixel API key", ["hypixel"], UUID),
    key!("playfab_secret", "a PlayFab secret key", ["playfab"], &[upper(50)]),
    key!(
        "blizzard_secret",
        "a Battle.net client secret",
        ["blizzard", "battlenet", "battle_net"],
        &[alnum(32)]
    ),
    key!("faceit_key", "a FACEIT API key", ["faceit"], UUID),
    key!("particle_token", "a Particle access token", ["particle"], HEX40),
    key!("blynk_token", "a Blynk token", ["blynk"], &[url64(32)]),
    key!("thingspeak_key", "a ThingSpeak key", ["thingspeak"], &[upper(16)]),
    key!(
        "truenas_key",
        "a TrueNAS API key",
        ["truenas", "login_with_api_key"],
        &[Part::Run(ByteSet::DIGIT, 1, 3), is("-"), alnum(64)]
    ),
    key!("thingsboard_token", "a ThingsBoard access token", ["thingsboard", "tb_access"], &[alnum(20)]),
    key!("lifx_token", "a LIFX token", ["lifx"], &[is("c"), any_hex(63)]),
    key!("smartthings_token", "a SmartThings token", ["smartthings"], UUID),
    key!("tuya_secret", "a Tuya access secret", ["tuya"], HEX32),
    key!("netatmo_secret", "a Netatmo client secret", ["netatmo"], &[alnums(30, 40)]),
    key!("losant_token", "a Losant access key or secret", ["losant"], HEX64),
    key!("fauna_key" in "fauna_secret", "a Fauna secret by its name", ["fauna"], &[is("fn"), url64(38)]),
    key!("snowflake_token", "a Snowflake password or token", ["snowflake"], &[alnums(32, 80)]),
    key!("mongodb_atlas_key" in "mongodb_atlas_secret", "a MongoDB Atlas private key", ["mongodb", "atlas"], UUID),
    key!(
        "upstash_key",
        "an Upstash REST token",
        ["upstash"],
        &[is("A"), Part::Run(BASE64, 50, 110), Part::Maybe("="), Part::Maybe("=")]
    ),
    key!("fivetran_secret", "a Fivetran API secret", ["fivetran"], &[alnum(32)]),
    key!("aiven_old_token" in "aiven_token", "an Aiven token of the old form", ["aiven"], &[Part::Run(BASE64, 300, 400), Part::Maybe("="), Part::Maybe("=")]),
    key!(
        "redis_labs_key",
        "a Redis Cloud account key or secret",
        ["redislabs", "rediscloud", "redis_cloud"],
        &[alnums(40, 56)]
    ),
    key!("samba_nova_key" in "cloudconvert_key", "a CloudConvert key", ["cloudconvert"], &[Part::Run(URL64.with(b"."), 60, 1200)]),
    // AppRole's: what they open, both together do.
    key!("vault_approle", "a role or secret id of Vault's AppRole", ["role_id", "secret_id"], UUID).whatever().severity(Severity::Low),
    key!("tink_keyset", "a key of a Tink keyset in clear text", ["google.crypto.tink"], &[Part::Run(BASE64, 20, 2000), Part::Maybe("="), Part::Maybe("=")])
        .saying(&Words::new(&["value", "key"])).then(&Words::new(&["value"])),
    key!("telegram_bot_token" in "telegram_token", "a Telegram bot token of any form", ["telegram"], &[Part::Run(ByteSet::DIGIT, 8, 10), is(":"), url64(35)])
        .whatever(),
    // What OAuth 1.0 (RFC 5849) sends with one request, and what finishes a sign-in.
    key!("oauth1_verifier", "the signature or the verifier of an OAuth 1.0 request", ["oauth_signature", "oauth_verifier"], &[Part::Run(ByteSet::ALNUM.with(b"%+/"), 10, 64), Part::Maybe("=")])
        .whatever()
        .severity(Severity::Low),
    // Ids that stand beside secrets.
    key!("azure_id", "the id of an Azure tenant, app or subscription",
        ["azure_client_id", "azure_tenant_id", "azure_subscription_id", "arm_client_id", "arm_tenant_id", "arm_subscription_id", "ad_client_id", "ad_tenant_id"],
        UUID)
        .whatever()
        .severity(Severity::Low),
    key!("launchdarkly_client_id", "a LaunchDarkly client-side id", ["ld_client_side_id", "launchdarkly_client_id", "launchdarkly_client_side_id"], &[any_hex(24)])
        .whatever()
        .severity(Severity::Low),
    key!("wechat_app_id", "a WeChat app id", ["appid", "app_id"], &[is("wx"), any_hex(16)]).whatever().severity(Severity::Low),
];
