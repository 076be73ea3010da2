//! Monitoring, logs, identity and vaults.

use super::{
    ByteSet, HEX32, HEX40, HEX64, Named, Part, UUID, alnum, alnums, any_hex, base64, hex, is, lower, upper,
    url64, url64s,
};
use crate::Severity;
use crate::words::Words;

const ALNUM: ByteSet = ByteSet::ALNUM;
const HEX: ByteSet = ByteSet::HEX;
const BASE64: ByteSet = ByteSet::BASE64;
const DIGIT: ByteSet = ByteSet::DIGIT;

pub(super) const ROWS: &[Named] = &[
    key!("datadog_api_key", "a Datadog API key", ["datadog", "dd_api", "dd-api"], HEX32),
    key!("datadog_app_key", "a Datadog application key", ["datadog", "dd_app", "dd-app"], &[alnum(40)]),
    key!("new_relic_license" in "new_relic_key", "a New Relic licence key", ["new_relic", "newrelic"], HEX40),
    key!("honeycomb_api_key" in "honeycomb_key", "a Honeycomb API key", ["honeycomb"], &[alnums(22, 32)]),
    key!("sumologic_id" in "sumologic_key", "a Sumo Logic access id", ["sumo"], &[
        is("su"), alnum(12)
    ])
    .saying(&Words::new(&["id", "access", "accessid"]))
    .severity(Severity::High),
    key!("sumologic_key", "a Sumo Logic access key", ["sumo"], &[alnum(64)]),
    key!("rollbar_token", "a Rollbar access token", ["rollbar"], HEX32),
    key!("amplitude_key", "an Amplitude API or secret key", ["amplitude"], HEX32),
    key!("mixpanel_secret", "a Mixpanel secret", ["mixpanel"], HEX32),
    key!("okta_token", "an Okta API token", ["okta"], &[is("00"), url64(40)]),
    key!("auth0_secret", "an Auth0 client secret", ["auth0"], &[url64(64)]),
    key!("jumpcloud_key", "a JumpCloud API key", ["jumpcloud"], &[alnum(40)]),
    key!("opsgenie_key", "an Opsgenie API key", ["opsgenie"], UUID),
    key!(
        "pagerduty_key",
        "a PagerDuty API key",
        ["pagerduty", "pager_duty", "pd_api"],
        &[Part::Run(ALNUM.with(b"_+-"), 20, 20)]
    ),
    key!("meraki_key", "a Cisco Meraki API key", ["meraki"], HEX40),
    key!("vault_old_token" in "vault_token", "a HashiCorp Vault token of the old form", ["vault"], &[
        is("s."), alnum(24)
    ]),
    key!("vault_namespace_token" in "vault_token", "a HashiCorp Vault token of the old form, of a namespace", ["vault"], &[
        is("s."), alnum(24), is("."), alnum(5)
    ]),
    key!("vault_state_token" in "vault_token", "a HashiCorp Vault token of the old form, with its state", ["vault"], &[
        is("s.CAESI"), url64s(84, 130)
    ]),
    key!(
        "sidekiq_secret",
        "the credentials of Sidekiq Pro or Enterprise",
        ["contribsys__com"],
        &[hex(8), is(":"), hex(8)]
    )
    .whatever(),
    key!("sentry_old_token" in "sentry_token", "a Sentry token of the old form", ["sentry"], HEX64),
    key!("splunk_token", "a Splunk event collector token", ["splunk"], UUID),
    key!(
        "elastic_key",
        "an Elasticsearch API key",
        ["elastic", "elasticsearch"],
        &[Part::Run(BASE64, 58, 62), Part::Maybe("="), Part::Maybe("=")]
    ),
    key!("logzio_token", "a Logz.io token", ["logz"], &[Part::Run(ByteSet::ALPHA, 32, 32)]),
    key!("loggly_token", "a Loggly token", ["loggly"], UUID),
    key!("papertrail_token", "a Papertrail token", ["papertrail"], &[alnum(20)]),
    key!("logdna_key", "a Mezmo (LogDNA) key", ["logdna", "mezmo"], HEX32),
    key!(
        "logtail_token",
        "a Better Stack source token",
        ["logtail", "betterstack", "betteruptime"],
        &[alnum(24)]
    ),
    key!("bugsnag_key", "a Bugsnag API key", ["bugsnag"], HEX32),
    key!("airbrake_key", "an Airbrake key", ["airbrake"], HEX32),
    key!("honeybadger_key" in "honeybadger_token", "a Honeybadger project key", ["honeybadger"], &[is("hbp_"), alnum(30)]),
    key!("raygun_key", "a Raygun API key", ["raygun"], &[alnum(22)]),
    key!("appsignal_key", "an AppSignal push key", ["appsignal"], UUID),
    key!("instana_key", "an Instana agent key", ["instana"], &[url64(22)]),
    key!(
        "lightstep_token",
        "a Lightstep access token",
        ["lightstep"],
        &[Part::Run(BASE64, 60, 100), Part::Maybe("="), Part::Maybe("=")]
    ),
    key!(
        "uptimerobot_key",
        "an UptimeRobot API key",
        ["uptimerobot", "uptime_robot"],
        &[Part::Run(ByteSet::EMPTY.with(b"umr"), 1, 2), Part::Run(DIGIT, 5, 10), is("-"), any_hex(24)]
    ),
    key!("pingdom_token", "a Pingdom API token", ["pingdom"], &[url64(86)]),
    key!("statuspage_key", "a Statuspage API key", ["statuspage"], UUID),
    key!("statuscake_key", "a StatusCake API key", ["statuscake"], &[alnum(20)]),
    key!("cronitor_key", "a Cronitor API key", ["cronitor"], HEX32),
    key!("keen_key", "a Keen write or read key", ["keen_"], &[Part::Run(HEX, 64, 192)]),
    key!("heap_key", "a Heap Analytics key", ["heap_"], HEX32),
    key!(
        "fullstory_key",
        "a FullStory API key",
        ["fullstory"],
        &[Part::Run(BASE64.with(b"."), 40, 120), Part::Maybe("="), Part::Maybe("=")]
    ),
    key!("rudderstack_key", "a RudderStack write key", ["rudderstack", "rudder"], &[alnum(27)]),
    key!("segment_key", "a Segment write key", ["segment"], &[alnum(32)]),
    key!("optimizely_token", "an Optimizely token", ["optimizely"], &[url64s(54, 60)]),
    key!("split_key", "a Split SDK key", ["splitio", "split_io"], &[lower(52)]),
    key!("flagsmith_key", "a Flagsmith environment key", ["flagsmith"], &[alnum(22)]),
    key!("onelogin_secret", "a OneLogin client secret", ["onelogin"], HEX64),
    key!("duo_secret", "a Duo secret key", ["duo_"], &[alnum(40)]),
    key!("duo_id" in "duo_secret", "a Duo integration key", ["duo_"], &[is("DI"), upper(18)])
        .severity(Severity::High),
    key!("recaptcha_secret", "a reCAPTCHA secret", ["recaptcha"], &[is("6L"), url64(38)]),
    key!(
        "bitwarden_token",
        "a Bitwarden Secrets Manager token",
        ["bitwarden", "bws_"],
        &[
            is("0."),
            any_hex(8),
            is("-"),
            any_hex(4),
            is("-"),
            any_hex(4),
            is("-"),
            any_hex(4),
            is("-"),
            any_hex(12),
            is("."),
            alnum(30),
            is(":"),
            base64(22),
            is("==")
        ]
    ),
    key!("bitwarden_secret" in "bitwarden_token", "a Bitwarden client secret", ["bitwarden", "bw_client"], &[alnum(30)]),
    key!("descope_key", "a Descope management key", ["descope"], &[alnums(60, 140)]),
    key!("frontegg_key", "a Frontegg API key", ["frontegg"], UUID),
    key!("teleport_token", "a Teleport join token", ["teleport"], HEX32),
    key!("akeyless_key", "an Akeyless access key", ["akeyless"], &[base64(43), is("=")]),
    key!("cyberark_key", "a Conjur API key", ["conjur"], &[lower(52)]),
    key!("consul_token", "a Consul or Nomad token", ["consul", "nomad"], UUID),
    key!("keycloak_secret", "a Keycloak client secret", ["keycloak"], &[alnum(32)]),
    key!("keycloak_old_secret" in "keycloak_secret", "a Keycloak client secret of the old form", ["keycloak"], UUID),
    key!("virustotal_key", "a VirusTotal API key", ["virustotal", "vt_api"], HEX64),
    key!("shodan_key", "a Shodan API key", ["shodan"], &[alnum(32)]),
    key!("censys_secret" in "censys_token", "a Censys API secret", ["censys"], &[alnum(32)]),
    key!("securitytrails_key", "a SecurityTrails API key", ["securitytrails"], &[alnum(32)]),
    key!("abuseipdb_key", "an AbuseIPDB API key", ["abuseipdb"], &[any_hex(80)]),
    key!("greynoise_key", "a GreyNoise API key", ["greynoise"], &[alnum(64)]),
    key!("alienvault_key", "an AlienVault OTX key", ["alienvault", "otx_"], HEX64),
    key!("urlscan_key", "a urlscan.io API key", ["urlscan"], UUID),
    key!("hibp_key", "a Have I Been Pwned API key", ["hibp", "haveibeenpwned"], HEX32),
    key!("ipinfo_token", "an IPinfo token", ["ipinfo"], &[any_hex(14)]),
    key!(
        "ipstack_key",
        "an ipstack, ipapi or ipgeolocation key",
        ["ipstack", "ipapi", "ipgeolocation"],
        HEX32
    ),
    key!("ipdata_key", "an ipdata key", ["ipdata"], &[any_hex(56)]),
    key!("ipqualityscore_key", "an IPQualityScore key", ["ipqualityscore", "ipqs"], &[alnum(32)]),
];
