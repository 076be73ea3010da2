//! Social networks, media, maps and data.

use super::{ByteSet, Part, Token, alnum, alnums, digits, hex, is, lower, url64s};
use crate::Severity;
use crate::words::Words;

const ALNUM: ByteSet = ByteSet::ALNUM;
const URL64: ByteSet = ByteSet::BASE64URL;

pub(super) const ROWS: &[Token] = &[
    token!("twitter_bearer_token", "a Twitter bearer token", ["AAAAAAAAAAAAAAAAAAAAA"], &[Part::Run(ALNUM.with(b"%"), 60, 120)]),
    token!("instagram_token", "an Instagram access token", ["IGQV", "IGQW", "IGAA"], &[url64s(100, 260)]),
    token!("facebook_any_token" in "facebook_token", "a Facebook or Meta access token", ["EAAA", "EAAE", "EAAF", "EAAH", "EAAI", "EAAK", "EAAL", "EAAN", "EAAO", "EAAP", "EAAQ", "EAAR", "EAAS", "EAAT", "EAAU", "EAAV", "EAAW", "EAAX", "EAAY", "EAAZ"],
        &[alnums(80, 400)]),
    token!("tiktok_token", "a TikTok access or refresh token", ["act.", "rft."], &[alnum(64)]),
    token!("pinterest_token", "a Pinterest access token", ["pina_", "pinc_", "pinr."], &[url64s(60, 110)]),
    token!("linkedin_token", "a LinkedIn access token", ["AQX", "AQV", "AQU", "AQW"], &[url64s(150, 500)]).after(&Words::new(&["linkedin"])),
    token!("vk_token", "a VK access token", ["vk1.a."], &[url64s(150, 400)]),
    token!("yandex_oauth_token" in "yandex_key", "a Yandex OAuth token", ["y0_", "y1_", "y2_", "y3_", "y0__"], &[url64s(39, 100)]),
    token!("yandex_iam_token" in "yandex_key", "a Yandex Cloud IAM token", ["t1."], &[Part::Run(URL64.with(b"="), 50, 300), is("."), Part::Run(URL64.with(b"="), 80, 100)]),
    token!("reddit_token", "a Reddit session token", ["reddit_session="], &[Part::Run(URL64.with(b".%"), 40, 800)]),
    token!("mapbox_token", "a Mapbox secret token", ["sk.eyJ", "tk.eyJ"], &[url64s(40, 160), is("."), url64s(20, 30)]),
    token!("mapbox_public_token" in "mapbox_token", "a Mapbox public token", ["pk.eyJ"], &[url64s(40, 160), is("."), url64s(20, 30)]).severity(Severity::Low),
    token!("esri_key", "an Esri ArcGIS key", ["AAPK", "AAPT", "AASK"], &[Part::Run(URL64.with(b"."), 60, 400)]),
    token!("locationiq_key", "a LocationIQ key", ["pk."], &[hex(32)]),
    token!("twitch_stream_key" in "twitch_token", "a Twitch stream key", ["live_"], &[Part::Run(ByteSet::DIGIT, 6, 12), is("_"), alnum(30)]),
    token!("twitch_token", "a Twitch OAuth token", ["oauth:"], &[lower(30)]),
    token!("deepl_key", "a DeepL API key", [":fx"], &[]).lead(ByteSet::HEX_LOWER.with(b"-"), 36, 36).severity(Severity::High),
    token!("rapidapi_key", "a RapidAPI key", ["msh"], &[alnum(15), is("jsn"), alnum(12)]).lead(ALNUM, 10, 10).severity(Severity::High),
    token!("flickr_token", "a Flickr OAuth token", ["7215"], &[digits(13), is("-"), hex(16)]),
];
