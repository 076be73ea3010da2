//! Clouds, hosting, names and networks.

use super::{
    ByteSet, HEX32, HEX64, Named, Part, UUID, alnum, alnums, any_hex, base64, is, lower, upper, url64, url64s,
};
use crate::words::Words;

const ALNUM: ByteSet = ByteSet::ALNUM;
const BASE64: ByteSet = ByteSet::BASE64;

pub(super) const ROWS: &[Named] = &[
    key!("alibaba_secret_key", "an Alibaba Cloud access key secret", ["alibaba", "aliyun", "ali_"], &[
        alnums(30, 44)
    ]),
    key!("cloudflare_global_key" in "cloudflare_token", "a Cloudflare global API key", ["cloudflare", "cf_api"], &[
        any_hex(37)
    ]),
    key!("cloudflare_api_token" in "cloudflare_token", "a Cloudflare API token", ["cloudflare", "cf_api"], &[
        url64(40)
    ]),
    key!("heroku_key" in "heroku_token", "a Heroku API key", ["heroku"], UUID),
    key!("vercel_access_token" in "vercel_token", "a Vercel access token", ["vercel"], &[alnum(24)]),
    key!("ibm_cloud_key", "an IBM Cloud user API key", ["ibm"], &[url64(44)]),
    key!("fastly_token", "a Fastly API token", ["fastly"], &[url64(32)]),
    key!("linode_token", "a Linode access token", ["linode"], HEX64),
    key!("influxdb_token", "an InfluxDB API token", ["influx", "token"], &[
        url64(86), is("==")
    ]),
    key!("couchbase_key", "a Couchbase Capella API secret", ["couchbase", "capella"], &[
        Part::Run(BASE64, 60, 90), Part::Maybe("="), Part::Maybe("=")
    ]),
    key!("confluent_secret", "a Confluent Cloud API secret", ["confluent"], &[base64(64)]),
    key!("algolia_key", "an Algolia API key", ["algolia"], HEX32),
    key!("openweather_key", "an OpenWeather API key", ["openweather", "owm_"], HEX32),
    key!("ibm_cos_secret", "an IBM Cloud Object Storage HMAC secret", ["cos_hmac", "cos_secret", "cos-secret", "cos_access", "hmac_secret", "hmac_keys"], &[any_hex(48)]).whatever(),
    key!("ibm_iam_key" in "ibm_cloud_key", "an IBM Cloud API key by the service's name", ["bluemix", "cloud_iam", "cloud-iam", "iam_api", "cloudobjectstorage"], &[url64(44)]),
    key!("softlayer_key", "a SoftLayer API key", ["softlayer", "sl_api", "sl-api"], &[Part::Run(ALNUM, 64, 64)]).whatever(),
    key!("cloudant_password", "a Cloudant password", ["cloudant", "cl_password", "cl-password"], &[any_hex(64)]).whatever(),
    key!("cloudant_key" in "cloudant_password", "a Cloudant API key", ["cloudant", "cl_key", "cl-key"], &[Part::Run(ByteSet::LOWER, 24, 24)]),
    key!("hetzner_token", "a Hetzner Cloud token", ["hetzner", "hcloud"], &[alnum(64)]),
    key!("scaleway_secret", "a Scaleway secret key", ["scaleway", "scw_"], UUID),
    key!("vultr_key", "a Vultr API key", ["vultr"], &[upper(36)]),
    key!("ovh_secret", "an OVH application secret or consumer key", ["ovh"], &[alnum(32)]),
    key!("civo_key", "a Civo API key", ["civo"], &[alnum(50)]),
    key!("koyeb_token", "a Koyeb token", ["koyeb"], &[lower(64)]),
    key!("railway_token", "a Railway token", ["railway"], UUID),
    key!("equinix_token", "an Equinix Metal token", ["equinix", "packet_auth", "metal_auth"], &[alnum(32)]),
    key!("exoscale_secret", "an Exoscale API secret", ["exoscale"], &[url64(43)]),
    key!("backblaze_key", "a Backblaze B2 application key", ["backblaze", "b2_app", "b2_account"], &[is("K00"), base64(28)]),
    key!("digitalocean_spaces_secret" in "digitalocean_spaces_key", "a DigitalOcean Spaces secret key", ["spaces_secret", "do_spaces"], &[base64(43)]),
    key!("wasabi_secret", "a Wasabi secret key", ["wasabi"], &[base64(40)]),
    key!("minio_secret", "a MinIO secret key", ["minio"], &[base64(40)]),
    key!("oracle_cloud_key", "an Oracle Cloud customer secret key", ["oci_", "oracle_cloud"], &[base64(43), is("=")]),
    key!("tencent_secret_key", "a Tencent Cloud secret key", ["tencent", "qcloud", "tencentcloud"], &[alnum(32)]),
    key!("huawei_key", "a Huawei Cloud secret key", ["huawei", "hwcloud"], &[alnum(40)]),
    key!("qiniu_key", "a Qiniu access or secret key", ["qiniu"], &[url64(40)]),
    key!("upyun_key", "a UCloud or UpYun secret", ["ucloud", "upyun"], &[alnums(32, 64)]),
    key!("godaddy_key", "a GoDaddy API key", ["godaddy"], &[alnums(8, 14), is("_"), alnums(21, 22)]),
    key!("namecheap_key", "a Namecheap API key", ["namecheap"], &[any_hex(32)]),
    key!("gandi_key", "a Gandi API key", ["gandi"], &[alnum(24)]),
    key!("ns1_key", "an NS1 API key", ["ns1_", "nsone"], &[alnum(20)]),
    key!("dnsmadeeasy_key", "a DNS Made Easy API key", ["dnsmadeeasy", "dme_api"], UUID),
    key!("bunny_key", "a Bunny.net API key", ["bunny"], &[any_hex(8), is("-"), any_hex(4), is("-"), any_hex(4), is("-"), any_hex(4), is("-"), any_hex(12), is("-"), any_hex(12)]),
    key!("keycdn_key", "a KeyCDN API key", ["keycdn"], &[is("sk_prod_"), url64s(20, 60)]),
    key!("stackpath_secret", "a StackPath client secret", ["stackpath"], &[any_hex(64)]),
    key!("akamai_secret", "an Akamai EdgeGrid client secret", ["akamai", "edgegrid"], &[base64(43), is("=")]),
    key!("wireguard_key", "a WireGuard private or preshared key", ["privatekey", "presharedkey"], &[base64(43), is("=")]).whatever(),
    key!("ngrok_token", "an ngrok authtoken", ["ngrok"], &[Part::Run(ALNUM, 27, 27), is("_"), alnums(20, 22)]),
    key!("zerotier_token", "a ZeroTier Central token", ["zerotier"], &[alnum(32)]),
    key!("tailscale_old_key" in "tailscale_key", "a Tailscale key without its prefix", ["tailscale"], &[is("tskey-"), alnums(16, 60)]),
    key!("kubernetes_bootstrap_token", "a Kubernetes bootstrap token", ["kubeadm", "bootstrap-token", "bootstrap_token"], &[lower(6), is("."), lower(16)]).whatever(),
    key!("rancher_token", "a Rancher API token", ["rancher"], &[is("token-"), lower(5), is(":"), lower(54)]),
    key!("azure_devops_old_token" in "azure_devops_token", "an Azure DevOps token of the old form", ["azure", "vsts", "azdo", "ado_", "visualstudio"], &[lower(52)]),
    key!("azure_storage_bare_key" in "azure_storage_key", "an Azure storage key by its name", ["storage_account", "storageaccount", "azure_storage"], &[base64(86), is("==")]).whatever(),
    key!("azure_management_key", "an Azure API Management key", ["ocp-apim", "apim_", "subscription-key", "subscription_key", "subscriptionkey"], &[any_hex(32)]).whatever(),
    key!("azure_maps_key", "an Azure Maps or Web PubSub key", ["azure_maps", "azuremaps"], &[url64(43)]),
    key!("azure_old_client_secret" in "azure_client_secret", "an Entra client secret of an older form", ["azure_client", "azureclient", "arm_client", "client_secret"], &[Part::Run(ALNUM.with(b"_~.-@:/?=[]+"), 32, 34)])
        .saying(&Words::new(&["azure", "arm"])),
];
