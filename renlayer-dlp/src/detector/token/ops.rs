//! Secret stores, monitoring, identity, infrastructure as code.

use super::{ByteSet, Part, Token};

const ALNUM: ByteSet = ByteSet::ALNUM;
const HEX: ByteSet = ByteSet::HEX_LOWER;
const URL64: ByteSet = ByteSet::BASE64URL;
const BECH32: ByteSet = ByteSet::EMPTY.with(b"QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L");
const UPPER: ByteSet = ByteSet::UPPER.or(ByteSet::DIGIT);
const FOUR: Part = Part::Run(UPPER, 4, 4);
const FIVE: Part = Part::Run(UPPER, 5, 5);
const SIX: Part = Part::Run(UPPER, 6, 6);
const DASH: Part = Part::Literal("-");

pub(super) const ROWS: &[Token] = &[
    Token::new(
        "vault_token",
        "secret.vault_token",
        "a HashiCorp Vault service, batch or recovery token",
        &["hvs.", "hvb.", "hvr."],
        &[Part::Run(URL64, 24, 300)],
    ),
    Token::new(
        "terraform_token",
        "secret.terraform_token",
        "a Terraform Cloud API token",
        &[".atlasv1."],
        &[Part::Run(URL64.with(b"="), 60, 70)],
    )
    .led_by(ALNUM, 14, 14),
    Token::new(
        "pulumi_token",
        "secret.pulumi_token",
        "a Pulumi access token",
        &["pul-"],
        &[Part::Run(HEX, 40, 40)],
    ),
    Token::new(
        "doppler_token",
        "secret.doppler_token",
        "a Doppler token",
        &["dp.pt.", "dp.st.", "dp.ct.", "dp.sa.", "dp.scim.", "dp.audit."],
        &[Part::Run(ALNUM, 40, 44)],
    ),
    Token::new(
        "doppler_service_token",
        "secret.doppler_token",
        "a Doppler service token",
        &["dp.st."],
        &[Part::Run(ByteSet::BASE64URL, 2, 35), Part::Literal("."), Part::Run(ALNUM, 40, 44)],
    ),
    Token::new(
        "onepassword_service_token",
        "secret.onepassword_token",
        "a 1Password service account token",
        &["ops_eyJ"],
        &[Part::Run(ByteSet::BASE64, 250, 2000), Part::Maybe("="), Part::Maybe("=")],
    ),
    // The account's id, then 26 characters in groups; older keys have one group less.
    Token::new(
        "onepassword_secret_key",
        "secret.onepassword_token",
        "a 1Password secret key",
        &["A3-"],
        &[SIX, DASH, SIX, DASH, FIVE, DASH, FIVE, DASH, FIVE, DASH, FIVE],
    ),
    Token::new(
        "onepassword_joined_secret_key",
        "secret.onepassword_token",
        "a 1Password secret key of the older grouping",
        &["A3-"],
        &[SIX, DASH, Part::Run(UPPER, 11, 11), DASH, FIVE, DASH, FIVE, DASH, FIVE],
    ),
    Token::new(
        "onepassword_recovery_code",
        "secret.onepassword_token",
        "a 1Password recovery code",
        &["1PRK-"],
        &[
            FOUR, DASH, FOUR, DASH, FOUR, DASH, FOUR, DASH, FOUR, DASH, FOUR, DASH, FOUR, DASH, FOUR, DASH,
            FOUR, DASH, FOUR, DASH, FOUR, DASH, FOUR, DASH, FOUR,
        ],
    ),
    // Bech32 with the name of the kind.
    Token::new(
        "age_key",
        "secret.private_key",
        "an age private key",
        &["AGE-SECRET-KEY-1"],
        &[Part::Run(BECH32, 58, 58)],
    ),
    Token::new(
        "sentry_org_token",
        "secret.sentry_token",
        "a Sentry organisation token",
        &["sntrys_"],
        &[
            Part::Literal("eyJpYXQiO"),
            Part::Run(ByteSet::BASE64, 80, 300),
            Part::Maybe("="),
            Part::Maybe("="),
            Part::Literal("_"),
            Part::Run(ByteSet::BASE64, 42, 44),
        ],
    ),
    Token::new(
        "sentry_user_token",
        "secret.sentry_token",
        "a Sentry user token",
        &["sntryu_"],
        &[Part::Run(HEX, 64, 64)],
    ),
    Token::new(
        "grafana_token",
        "secret.grafana_token",
        "a Grafana service account token",
        &["glsa_"],
        &[Part::Run(ALNUM, 32, 32), Part::Literal("_"), Part::Run(ByteSet::HEX, 8, 8)],
    ),
    Token::new(
        "grafana_cloud_token",
        "secret.grafana_token",
        "a Grafana Cloud access policy token",
        &["glc_"],
        &[Part::Run(ByteSet::BASE64, 32, 400), Part::Maybe("="), Part::Maybe("=")],
    ),
    // base64 of {"k":" .
    Token::new(
        "grafana_key",
        "secret.grafana_token",
        "a Grafana API key of the old form",
        &["eyJrIjoi"],
        &[Part::Run(ByteSet::BASE64, 70, 400), Part::Maybe("="), Part::Maybe("=")],
    ),
    Token::new(
        "new_relic_key",
        "secret.new_relic_key",
        "a New Relic browser or licence key",
        &["NRJS-", "NRRA-", "NRBR-", "NRAA-"],
        &[Part::Run(ByteSet::ALNUM.with(b"-_"), 19, 42)],
    ),
    Token::new(
        "new_relic_insights_key",
        "secret.new_relic_key",
        "a New Relic key to insert or to query",
        &["NRII-", "NRIQ-"],
        &[Part::Run(ByteSet::ALNUM.with(b"-_"), 19, 42)],
    )
    .exactly(&[Part::Run(ByteSet::ALNUM.with(b"-_"), 32, 32)]),
    Token::new(
        "new_relic_location_key",
        "secret.new_relic_key",
        "a New Relic key of a private location",
        &["NRSP-"],
        &[Part::Run(ByteSet::LOWER, 2, 2), Part::Run(ByteSet::DIGIT, 2, 2), Part::Run(HEX, 31, 31)],
    ),
    Token::new(
        "dynatrace_token",
        "secret.dynatrace_token",
        "a Dynatrace API token",
        &["dt0c", "dt0s"],
        &[
            Part::Run(ByteSet::DIGIT, 2, 2),
            Part::Literal("."),
            Part::Run(ALNUM, 24, 24),
            Part::Literal("."),
            Part::Run(ALNUM, 64, 64),
        ],
    ),
    Token::new(
        "honeycomb_key",
        "secret.honeycomb_key",
        "a Honeycomb ingest or configuration key",
        &["hcaik_", "hcxik_", "hcamk_", "hcxmk_", "hcalk_"],
        &[Part::Run(ALNUM, 32, 64)],
    ),
    Token::new(
        "axiom_token",
        "secret.axiom_token",
        "an Axiom API token",
        &["xaat-", "xapt-"],
        &[Part::Run(HEX.with(b"-"), 36, 36)],
    ),
    Token::new(
        "tailscale_key",
        "secret.tailscale_key",
        "a Tailscale key",
        &["tskey-"],
        &[
            Part::Run(ByteSet::LOWER, 3, 12),
            Part::Literal("-"),
            Part::Run(ALNUM, 8, 20),
            Part::Literal("-"),
            Part::Run(ALNUM, 16, 40),
        ],
    ),
    Token::new(
        "infisical_token",
        "secret.infisical_token",
        "an Infisical service token",
        &["st."],
        &[
            Part::Run(HEX, 24, 24),
            Part::Literal("."),
            Part::Run(HEX, 32, 32),
            Part::Literal("."),
            Part::Run(HEX, 32, 32),
        ],
    ),
    Token::new(
        "prefect_key",
        "secret.prefect_key",
        "a Prefect API key",
        &["pnu_", "pnb_"],
        &[Part::Run(ALNUM, 36, 36)],
    ),
    Token::new(
        "zuplo_key",
        "secret.zuplo_key",
        "a Zuplo consumer key",
        &["zpka_"],
        &[Part::Run(HEX, 32, 32), Part::Literal("_"), Part::Run(HEX, 8, 8)],
    ),
];
