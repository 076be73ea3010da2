//! Who is who: identity, vaults, feature flags and networks.

use super::{ByteSet, Part, Token, UUID, alnum, alnums, digits, hex, is, lower, upper, url64, url64s};
use crate::Severity;
use crate::words::Words;

const ALNUM: ByteSet = ByteSet::ALNUM;
const URL64: ByteSet = ByteSet::BASE64URL;
const BASE64: ByteSet = ByteSet::BASE64;

pub(super) const ROWS: &[Token] = &[
    token!(
        "ory_token",
        "an Ory or Hydra access, refresh, session or API token",
        ["ory_at_", "ory_rt_", "ory_ac_", "ory_pat_", "ory_wak_", "ory_st_"],
        &[Part::Run(URL64.with(b"."), 32, 100)]
    ),
    token!(
        "defined_networking_token",
        "a Defined Networking API token",
        ["dnkey-"],
        &[Part::Run(URL64.with(b"="), 26, 26), is("-"), Part::Run(URL64.with(b"="), 52, 52)]
    ),
    token!("nats_seed" in "private_key", "a NATS seed: the private key of a user, account, operator or server", ["SUA", "SAA", "SOA", "SNA"], &[Part::Run(ByteSet::BASE32, 55, 55)]),
    token!(
        "onfido_token",
        "an Onfido API token",
        ["api_live.", "api_live_us.", "api_live_ca."],
        &[url64(11), is("."), url64(32)]
    ),
    token!("jumpcloud_new_key" in "jumpcloud_key", "a JumpCloud API key", ["jca_"], &[alnum(36)]),
    token!(
        "stytch_secret",
        "a Stytch project secret",
        ["secret-live-", "secret-test-"],
        &[Part::Run(URL64.with(b"="), 32, 60)]
    ),
    token!("launchdarkly_key", "a LaunchDarkly SDK or API key", ["sdk-", "api-"], UUID),
    token!("clerk_machine_key" in "clerk_key", "a Clerk machine or OAuth key", ["ak_live_", "mt_live_", "oat_live_"], &[alnums(24, 64)]),
    token!("onepassword_connect_token" in "onepassword_token", "a 1Password service account token of any version", ["ops_"], &[Part::Run(URL64.with(b"="), 250, 1200)]),
    token!("infisical_machine_token" in "infisical_token", "an Infisical token", ["st.v3."], &[Part::Run(URL64.with(b"."), 60, 400)]),
    token!("age_plugin_key" in "private_key", "an age identity of a plugin", ["AGE-PLUGIN-"], &[Part::Run(ByteSet::UPPER, 3, 40), is("-1"), upper(58)]),
    token!("nostr_key" in "private_key", "a Nostr private key", ["nsec1"], &[lower(58)]),
    token!("hashicorp_boundary_token" in "boundary_token", "a HashiCorp Boundary auth token", ["at_"], &[alnum(10), is("_s1"), Part::Run(ALNUM, 60, 400)]),
    token!("netbird_token", "a NetBird personal access token", ["nbp_"], &[alnum(36)]),
    token!("statsig_secret", "a Statsig server secret", ["secret-"], &[alnum(43)])
        .after(&Words::new(&["statsig"])),
    token!("statsig_key", "a Statsig console key", ["console-"], &[alnum(43)]),
    token!("turnstile_secret", "a Cloudflare Turnstile secret", ["0x4AAA"], &[url64s(24, 40)]),
    token!("hcaptcha_secret", "an hCaptcha secret", ["ES_"], &[hex(32)]),
    token!(
        "persona_key",
        "a Persona API key",
        ["persona_production_", "persona_sandbox_"],
        &[Part::Run(ByteSet::ALNUM.with(b"-"), 36, 64)]
    ),
    token!(
        "keeper_token",
        "a Keeper Secrets Manager one-time token",
        ["US:", "EU:", "AU:", "GOV:"],
        &[url64(43)]
    )
    .after(&Words::new(&["keeper", "ksm"])),
    token!(
        "crypt_hash",
        "the hash of a password in the form of crypt",
        ["$2a$", "$2b$", "$2y$"],
        &[digits(2), is("$"), Part::Run(ByteSet::ALNUM.with(b"./"), 53, 53)]
    ),
    token!("crypt_sha_hash" in "crypt_hash", "the salted hash of a password, of an account", ["$1$", "$5$", "$6$", "$apr1$"],
        &[Part::Run(ByteSet::ALNUM.with(b"./="), 2, 40), is("$"), Part::Run(ByteSet::ALNUM.with(b"./"), 22, 86)]),
    token!("crypt_rounds_hash" in "crypt_hash", "the salted hash of a password, with its rounds", ["$5$rounds=", "$6$rounds="],
        &[Part::Run(ByteSet::DIGIT, 4, 9), is("$"), Part::Run(ByteSet::ALNUM.with(b"./"), 1, 16), is("$"), Part::Run(ByteSet::ALNUM.with(b"./"), 43, 86)]),
    token!("cisco_hash" in "cisco_password", "the hash of a password of a Cisco device, of type 8 or 9", ["$8$", "$9$"], &[Part::Run(ByteSet::ALNUM.with(b"./"), 14, 14), is("$"), Part::Run(ByteSet::ALNUM.with(b"./"), 43, 43)]),
    token!(
        "kerberos_hash",
        "a Kerberos ticket, as those have it who try passwords on it",
        ["$krb5asrep$", "$krb5tgs$", "$krb5pa$"],
        &[Part::Fields(ByteSet::ALNUM.with(b"@.:*/_-"), 6), Part::Run(ByteSet::HEX, 64, 4096)]
    ),
    token!(
        "ntlm_message",
        "a message of NTLM, which tells of a password",
        ["TlRMTVNTUAA"],
        &[Part::Run(BASE64, 32, 2000), Part::Maybe("="), Part::Maybe("=")]
    )
    .apart()
    .severity(Severity::High),
    token!("kolide_key", "a Kolide API key", ["k2sk_v"], &[digits(1), is("_"), alnums(20, 60)]),
    token!(
        "express_session",
        "the session cookie of an Express server, signed",
        ["s%3A"],
        &[url64(32), is("."), Part::Run(ByteSet::ALNUM.with(b"%+/"), 43, 60)]
    )
    .severity(Severity::High),
    token!(
        "session_cookie",
        "the session cookie of a server of Java, PHP, .NET or Laravel",
        ["JSESSIONID=", "jsessionid=", "PHPSESSID=", "ASP.NET_SessionId=", "laravel_session="],
        &[Part::Run(ALNUM.with(b"-_.!:%"), 20, 400)]
    )
    .severity(Severity::Low),
    token!("okta_header_token" in "okta_token", "an Okta API token in its header", ["SSWS 00", "SSWS+00", "SSWS%2000"], &[url64(40)]),
    token!("crypt_yescrypt_hash" in "crypt_hash", "a yescrypt hash of a password", ["$y$", "$gy$"], &[Part::Run(ByteSet::ALNUM.with(b"./"), 3, 8), is("$"), Part::Run(ByteSet::ALNUM.with(b"./"), 8, 86), is("$"), Part::Run(ByteSet::ALNUM.with(b"./"), 43, 43)]),
    token!("argon2_hash" in "crypt_hash", "an Argon2 hash of a password", ["$argon2id$v=", "$argon2i$v=", "$argon2d$v="],
        &[digits(2), is("$m="), Part::Run(ByteSet::DIGIT.with(b",tp="), 8, 30), is("$"), Part::Run(BASE64, 11, 64), is("$"), Part::Run(BASE64, 16, 90)]),
    token!("django_hash" in "crypt_hash", "a PBKDF2 hash of a password, as Django writes it", ["pbkdf2_sha256$", "pbkdf2_sha1$"],
        &[Part::Run(ByteSet::DIGIT, 4, 8), is("$"), alnums(8, 32), is("$"), Part::Run(BASE64, 27, 43), Part::Maybe("=")]),
];
