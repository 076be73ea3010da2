//! Smaller services whose tokens have a prefix of their own, and the ids that stand beside secrets.

use super::{ByteSet, Part, Token, UUID, alnum, alnums, hex, is, lower, url64, url64s};
use crate::Severity;
use crate::words::Words;

const DIGIT: ByteSet = ByteSet::DIGIT;
const UPPER: ByteSet = ByteSet::UPPER.or(DIGIT);

pub(super) const ROWS: &[Token] = &[
    token!("fleetbase_key", "a Fleetbase API key", ["flb_live_", "flb_test_"], &[alnum(20)]),
    token!("flexport_key", "a Flexport API key", ["shltm_"], &[url64(40)]),
    token!("ramp_secret", "a Ramp client secret", ["ramp_sec_"], &[alnum(48)]),
    token!("robinhood_key", "a Robinhood Crypto API key", ["rh-api-"], UUID),
    token!("salad_key", "a SaladCloud API key", ["salad_cloud_"], &[alnums(1, 7), is("_"), alnums(24, 240)]),
    token!("trufflehog_key", "a TruffleHog Enterprise secret", ["thog-secret-"], &[hex(32)]),
    token!("sonarqube_cloud_token" in "sonar_token", "a SonarQube Cloud token", ["sqco_"], &[alnum(59)]),
    token!("wundergraph_key", "a WunderGraph Cosmo API key", ["cosmo_"], &[hex(32)]),
    token!("mergify_key", "a Mergify application key", ["mergify_application_key_"], &[url64s(40, 80)]),
    token!("pyx_key", "a key of Astral's pyx", ["sk-pyx-"], &[url64s(40, 80)]),
    token!("tines_webhook", "a Tines webhook", ["tines.com/webhook/"], &[lower(32), is("/"), lower(32)]),
    // The id of the token, in base64, and the token.
    token!("tableau_pair" in "tableau_token", "a Tableau personal access token", ["==:"], &[alnum(32)])
        .lead(ByteSet::BASE64, 22, 22)
        .severity(Severity::Low),
    // What follows says which secret, and opens nothing.
    token!("stripe_publishable_key" in "stripe_key", "a publishable key of Stripe, which web pages show", ["pk_live_", "pk_test_"], &[alnums(20, 250)])
        .severity(Severity::Low),
    token!("ramp_id" in "ramp_secret", "a Ramp client id", ["ramp_id_"], &[alnum(40)]).severity(Severity::Low),
    token!("aws_unique_id" in "aws_access_key", "the id of an AWS user, role, group or policy", ["AIDA", "AROA", "AGPA", "AIPA", "ANPA", "ANVA", "APKA", "ASCA"],
        &[Part::Run(ByteSet::UPPER.or(DIGIT), 16, 17)])
        .severity(Severity::Low),
    token!("aws_old_key_id" in "aws_access_key", "an AWS access key id of the first form", ["A3T"], &[Part::Run(UPPER, 17, 17)])
        .severity(Severity::Low),
    token!("aws_bedrock_other_key" in "aws_bedrock_key", "what begins like an Amazon Bedrock API key", ["ABSK", "bedrock-api-key-"],
        &[Part::Run(ByteSet::BASE64, 28, 800), Part::Maybe("="), Part::Maybe("=")])
        .severity(Severity::Low),
    token!("gcp_hmac_id" in "gcp_hmac_key", "the id of a Google Cloud Storage HMAC key", ["GOOG1"], &[Part::Run(UPPER, 56, 57)])
        .severity(Severity::Low),
    token!("salesforce_consumer_key" in "salesforce_token", "the consumer key of a Salesforce app", ["3MVG"],
        &[Part::Run(ByteSet::ALNUM.with(b"._"), 40, 260)])
        .severity(Severity::Low),
    token!("google_oauth_client" in "gcp_oauth_secret", "the id of a Google OAuth client", [".apps.googleusercontent.com"], &[])
        .lead(ByteSet::LOWER.or(DIGIT), 32, 32)
        .severity(Severity::Low),
    token!("salesforce_org_id" in "salesforce_token", "the id of a Salesforce organisation", ["00D"], &[alnums(12, 15)])
        .after(&Words::new(&["salesforce", "sfdc", "org", "organization", "organisation"]))
        .severity(Severity::Low),
    token!("sentry_dsn" in "sentry_token", "a Sentry DSN, which web pages show", ["sentry.io/"], &[Part::Run(DIGIT, 1, 20)])
        .led_by(ByteSet::ALNUM.with(b"@.:"), 33, 110)
        .severity(Severity::Low),
];
