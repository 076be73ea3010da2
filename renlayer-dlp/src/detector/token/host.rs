//! Hosting, names and networks.

use super::{ByteSet, Part, Token, UUID, alnum, alnums, base64, hex, is, lower, upper, url64s};
use crate::Severity;
use crate::words::Words;

const ALNUM: ByteSet = ByteSet::ALNUM;
const URL64: ByteSet = ByteSet::BASE64URL;
const BASE64: ByteSet = ByteSet::BASE64;

pub(super) const ROWS: &[Token] = &[
    token!("aws_appsync_key", "an AWS AppSync API key", ["da2-"], &[lower(26)]),
    token!("aws_mws_token", "an Amazon marketplace web service token", ["amzn.mws."], UUID),
    token!("amazon_oauth_secret", "an Amazon OAuth client secret", ["amzn1.oa2-cs.v1."], &[hex(64)]),
    token!("azure_search_key", "an Azure AI Search key", ["AzSe"], &[alnum(6)])
        .lead(ALNUM, 42, 42).severity(Severity::High),
    token!("azure_function_key", "an Azure Functions key", ["AzFu"], &[url64s(5, 6), is("==")])
        .lead(URL64, 44, 44).severity(Severity::High),
    token!("azure_redis_key", "an Azure Cache for Redis key", ["AzCa"], &[Part::Run(BASE64, 5, 6), is("=")])
        .lead(BASE64, 33, 35).severity(Severity::High),
    token!("azure_registry_key", "an Azure Container Registry key", ["+ACR"], &[base64(6)])
        .lead(BASE64, 42, 42).severity(Severity::High),
    token!("azure_app_configuration_secret", "the secret of an Azure App Configuration connection string", ["Secret="],
        &[base64(43), is("=")]).after(&Words::new(&["azconfig", "endpoint"])),
    token!("exoscale_key", "an Exoscale API key", ["EXO"], &[hex(24)]),
    token!("scaleway_access_key", "a Scaleway access key id", ["SCW"], &[upper(17)]),
    token!("upcloud_token", "an UpCloud API token", ["ucat_"], &[upper(26)]),
    token!("digitalocean_spaces_key", "a DigitalOcean Spaces access key id", ["DO00", "DO80"], &[upper(16)]),
    token!("dnsimple_token", "a DNSimple token", ["dnsimple_a_", "dnsimple_u_", "dnsimple_o_"], &[alnums(30, 40)]),
    token!("porkbun_key", "a Porkbun API or secret key", ["pk1_", "sk1_"], &[hex(64)]),
    token!("akamai_token", "an Akamai EdgeGrid client or access token", ["akab-"], &[lower(16), is("-"), lower(16)]),
    token!("render_key", "a Render API key", ["rnd_"], &[alnums(24, 40)]).exactly(&[alnum(28)]),
    token!("wasmer_token", "a Wasmer token", ["wap_"], &[hex(64)]),
    token!("baidu_cloud_key", "a Baidu Cloud API key", ["bce-v3/ALTAK-"], &[alnum(21), is("/"), hex(40)]),
    token!("volcengine_key", "a Volcano Engine access key id", ["AKLT", "AKTP"], &[url64s(40, 60)]),
    token!("huawei_cloud_token" in "huawei_key", "a Huawei Cloud identity token", ["MIIT", "MIIR", "MIIS"], &[Part::Run(BASE64.with(b"-*"), 300, 8000)])
        .after(&Words::new(&["auth", "token", "huawei"])),
    token!("ngrok_key", "an ngrok API key or credential", ["ak_2", "cr_2"], &[alnum(26)]).after(&Words::new(&["ngrok"])),
    token!("zerotier_secret", "a ZeroTier identity with its secret", [":0:"], &[hex(128), is(":"), hex(128)]).lead(ByteSet::HEX_LOWER, 10, 10).severity(Severity::High),
    token!("docker_swarm_token", "a Docker Swarm join token", ["SWMTKN-1-"], &[lower(50), is("-"), lower(25)]),
    token!("docker_swarm_key", "a Docker Swarm unlock key", ["SWMKEY-1-"], &[Part::Run(BASE64, 43, 43)]),
    token!("openvpn_static_key" in "private_key", "an OpenVPN static key", ["-----BEGIN OpenVPN Static key V1-----"],
        &[Part::Run(ByteSet::HEX.or(ByteSet::SPACE).with(b"\\nr"), 256, 700), is("-----END OpenVPN Static key V1-----")]),
];
