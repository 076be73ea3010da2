//! Monitoring, errors, incidents and status pages.

use super::{ByteSet, Token, alnum, alnums, hex, is, upper};
use crate::Severity;

pub(super) const ROWS: &[Token] = &[
    token!("coralogix_key", "a Coralogix API key", ["cxtp_", "cxup_", "cxop_"], &[alnum(30)]),
    token!("honeybadger_token", "a Honeybadger personal token", ["hbp_"], &[alnum(36)]),
    token!("checkly_key", "a Checkly API key", ["cu_", "su_"], &[hex(32)]),
    token!("firehydrant_key", "a FireHydrant token", ["fhb-"], &[hex(32)]),
    token!("rootly_key", "a Rootly API key", ["rootly_"], &[hex(64)]),
    token!("new_relic_user_key" in "new_relic_key", "a New Relic user key", ["NRAK-"], &[upper(27)]),
    token!("new_relic_licence_nral" in "new_relic_key", "a New Relic licence key that ends with its mark", ["FFFFNRAL"], &[]).lead(ByteSet::HEX_LOWER, 32, 32).severity(Severity::High),
    token!("new_relic_licence_key" in "new_relic_key", "a New Relic licence key that ends with its mark, of any region", ["NRAL"], &[]).lead(ByteSet::LOWER.or(ByteSet::DIGIT).with(b"F"), 36, 36).severity(Severity::High),
    token!("datadog_application_key" in "datadog_app_key", "a Datadog application key of the newer form", ["ddapp_"], &[alnum(34)]),
    token!("datadog_personal_token" in "datadog_api_key", "a Datadog personal token", ["ddpat_", "ddsat_"], &[alnums(32, 60)]),
    token!("datadog_client_token" in "datadog_api_key", "a Datadog client token", ["pub"], &[hex(32)]).severity(Severity::Low),
    token!("dynatrace_platform_token" in "dynatrace_token", "a Dynatrace platform token", ["dt0s16."], &[upper(8), is("."), upper(64)]),
    token!("posthog_feature_key" in "posthog_key", "a PostHog secure feature flags key", ["phs_"], &[alnums(40, 48)]),
    token!("spectral_key", "a SpectralOps key", ["spu-"], &[hex(32)]),
    token!("censys_token", "a Censys personal access token", ["censys_"], &[alnums(16, 60)]),
];
