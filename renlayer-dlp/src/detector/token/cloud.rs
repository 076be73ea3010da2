//! Cloud and hosting providers other than the three large ones.

use super::{ByteSet, Check, Part, Token, is, url64};
use crate::words::Words;

const ALNUM: ByteSet = ByteSet::ALNUM;
const HEX: ByteSet = ByteSet::HEX_LOWER;
const URL64: ByteSet = ByteSet::BASE64URL;

pub(super) const ROWS: &[Token] = &[
    Token::new(
        "digitalocean_token",
        "secret.digitalocean_token",
        "a DigitalOcean personal, OAuth or refresh token",
        &["dop_v1_", "doo_v1_", "dor_v1_"],
        &[Part::Run(HEX, 64, 64)],
    ),
    Token::new(
        "alibaba_access_key",
        "secret.alibaba_access_key",
        "an Alibaba Cloud access key id",
        &["LTAI"],
        &[Part::Run(ALNUM, 12, 20)],
    ),
    Token::new(
        "alibaba_sts_key",
        "secret.alibaba_access_key",
        "an Alibaba Cloud temporary access key id",
        &["STS."],
        &[Part::Run(ALNUM, 20, 32)],
    ),
    Token::new(
        "alibaba_sts_token",
        "secret.alibaba_sts_token",
        "an Alibaba Cloud security token",
        &["CAIS"],
        &[Part::Run(ByteSet::BASE64, 40, 2048), Part::Maybe("="), Part::Maybe("=")],
    )
    .after(&Words::new(&["alibaba", "aliyun", "sts", "security"])),
    Token::new(
        "tencent_secret_id",
        "secret.tencent_secret_id",
        "a Tencent Cloud secret id",
        &["AKID"],
        &[Part::Run(ALNUM, 32, 32)],
    ),
    // A 40-character body with its CRC-32.
    Token::new(
        "cloudflare_token",
        "secret.cloudflare_token",
        "a Cloudflare global, user or account token",
        &["cfk_", "cfut_", "cfat_"],
        &[Part::Run(ALNUM, 48, 48)],
    )
    .check(Check::Crc32Hex),
    Token::new(
        "cloudflare_origin_ca_key",
        "secret.cloudflare_origin_ca_key",
        "a Cloudflare origin CA key",
        &["v1.0-"],
        &[Part::Run(HEX, 24, 24), Part::Literal("-"), Part::Run(HEX, 146, 146)],
    ),
    Token::new(
        "heroku_token",
        "secret.heroku_token",
        "a Heroku API token",
        &["HRKU-"],
        &[Part::Run(URL64, 36, 64)],
    ),
    Token::new(
        "fly_token",
        "secret.fly_token",
        "a Fly.io macaroon",
        &["FlyV1 ", "fm1a_", "fm1r_", "fm2_"],
        &[Part::Run(ByteSet::BASE64.with(b"_,="), 60, 8192)],
    ),
    Token::new(
        "fly_access_token",
        "secret.fly_token",
        "a Fly.io access token",
        &["fo1_"],
        &[Part::Run(URL64, 43, 43)],
    ),
    Token::new(
        "vercel_token",
        "secret.vercel_token",
        "a Vercel personal, integration, app or gateway token",
        &["vcp_", "vci_", "vca_", "vcr_", "vck_"],
        &[Part::Run(ALNUM, 56, 56)],
    ),
    token!("vercel_blob_token" in "vercel_token", "a Vercel Blob read-write token", ["vercel_blob_rw_"],
        &[Part::Run(ALNUM, 12, 24), Part::Literal("_"), Part::Run(ALNUM, 24, 60)]),
    Token::new(
        "netlify_token",
        "secret.netlify_token",
        "a Netlify personal access token",
        &["nfp_", "nfc_", "nfo_", "nfu_"],
        &[Part::Run(URL64, 36, 36)],
    ),
    Token::new(
        "databricks_token",
        "secret.databricks_token",
        "a Databricks personal access token",
        &["dapi"],
        &[Part::Run(HEX, 32, 32), Part::Maybe("-"), Part::Run(ByteSet::DIGIT, 0, 1)],
    ),
    Token::new(
        "supabase_token",
        "secret.supabase_token",
        "a Supabase management token",
        &["sbp_", "sbp_v0_", "sbp_oauth_"],
        &[Part::Run(ALNUM, 40, 40)],
    ),
    Token::new(
        "supabase_secret_key",
        "secret.supabase_token",
        "a Supabase project secret key",
        &["sb_secret_"],
        &[Part::Run(URL64, 20, 40)],
    )
    .exactly(&[url64(22), is("_"), url64(8)]),
    Token::new(
        "planetscale_token",
        "secret.planetscale_token",
        "a PlanetScale password or token",
        &["pscale_pw_", "pscale_tkn_", "pscale_oauth_"],
        &[Part::Run(URL64.with(b".="), 32, 64)],
    ),
    Token::new(
        "cockroach_key",
        "secret.cockroach_key",
        "a CockroachDB Cloud API key",
        &["CCDB1_"],
        &[Part::Run(ALNUM, 22, 22), Part::Literal("_"), Part::Run(ALNUM, 40, 40)],
    ),
    Token::new(
        "clickhouse_secret",
        "secret.clickhouse_secret",
        "a ClickHouse Cloud API secret key",
        &["4b1d"],
        &[Part::Run(ALNUM, 38, 38)],
    ),
    Token::new(
        "aiven_token",
        "secret.aiven_token",
        "an Aiven token",
        &["aivenv1_"],
        &[Part::Run(ByteSet::BASE64.with(b"_-="), 60, 400)],
    ),
    Token::new("neon_key", "secret.neon_key", "a Neon API key", &["napi_"], &[Part::Run(ALNUM, 64, 64)]),
    Token::new(
        "openshift_token",
        "secret.openshift_token",
        "an OpenShift user token",
        &["sha256~"],
        &[Part::Run(URL64, 43, 43)],
    ),
    Token::new(
        "yandex_key",
        "secret.yandex_key",
        "a Yandex Cloud API key",
        &["AQVN"],
        &[Part::Run(URL64, 35, 38)],
    ),
    Token::new(
        "yandex_secret",
        "secret.yandex_key",
        "a Yandex Cloud static secret key",
        &["YCA", "YCM", "YCN", "YCO", "YCP"],
        &[Part::Run(URL64, 37, 37)],
    )
    .confidence(0.7),
];
