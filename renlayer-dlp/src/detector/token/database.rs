//! Databases, warehouses and the pipes between them.

use super::{ByteSet, Part, Token, alnum, alnums, base64, hex, is, url64, url64s};
use crate::Severity;
use crate::words::Words;

const URL64: ByteSet = ByteSet::BASE64URL;
const BASE64: ByteSet = ByteSet::BASE64;

pub(super) const ROWS: &[Token] = &[
    token!("mongodb_atlas_secret", "a MongoDB Atlas service account secret", ["mdb_sa_sk_"], &[url64(40)]),
    token!("mongodb_atlas_id" in "mongodb_atlas_secret", "a MongoDB Atlas service account id", ["mdb_sa_id_"], &[hex(24)]).severity(Severity::Low),
    token!("xata_key", "a Xata API key", ["xau_"], &[alnums(40, 48)]),
    token!("astra_token", "a DataStax Astra token with digits in its id", ["AstraCS:"], &[alnum(24), is(":"), hex(64)]),
    token!("elastic_cloud_key", "an Elastic Cloud API key", ["essu_", "ess_"], &[Part::Run(BASE64.with(b"_-"), 40, 120), Part::Maybe("="), Part::Maybe("=")]),
    token!("databricks_oauth_secret" in "databricks_token", "a Databricks OAuth secret", ["dose"], &[hex(32)]),
    token!("dbt_token", "a dbt Cloud token", ["dbtc_", "dbts_", "dbtu_"], &[Part::Run(URL64.with(b"="), 30, 64)]),
    token!("segment_token", "a Segment public API token", ["sgp_"], &[alnum(64)]),
    token!("fauna_secret", "a Fauna secret", ["fnAE", "fnAF", "fnAC", "fnAD"], &[url64(36)]),
    token!("planetscale_service_token" in "planetscale_token", "a PlanetScale OAuth secret", ["pscale_app_"], &[url64s(32, 64)]),
    token!("confluent_cloud_key" in "confluent_secret", "a Confluent Cloud secret of the newer form", ["cflt"], &[base64(60)]),
    token!("upstash_token", "an Upstash QStash token or signing key", ["sig_"], &[alnum(28)]).after(&Words::new(&["qstash", "upstash"])),
    token!("convex_key", "a Convex deploy key", ["prod:", "preview:", "dev:", "project:"],
        &[Part::Run(ByteSet::LOWER.or(ByteSet::DIGIT).with(b"-:"), 8, 60), is("|"), Part::Run(BASE64.with(b"_-"), 40, 260), Part::Maybe("="), Part::Maybe("=")]),
    token!("prefect_cloud_key" in "prefect_key", "a Prefect API key of 36 hexadecimal digits", ["pnu_", "pnb_"], &[hex(32)]),
    token!("hightouch_key", "a Hightouch or Census secret token", ["secret-token:"], &[url64s(20, 64)]),
    token!("tinybird_token", "a Tinybird token", ["p.eyJ"], &[Part::Run(URL64, 40, 400), is("."), url64s(20, 64)]),
];
