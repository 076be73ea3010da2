//! Every row, tested from its own data.

use std::collections::HashSet;

use super::*;
use crate::detector::harness::{Cases, Random, Splits};
use crate::detector::token::tests::{is_fixed, shape_of, written};

#[test]
fn a_value_under_its_name_is_found_and_without_it_is_not() {
    let mut random = Random::new(11);
    let mut seen = HashSet::new();
    for row in rows() {
        let value = written(row.value, &mut random);
        let says = row.says.map_or("", Words::any);
        for word in row.words {
            let name = format!("{word}_{says}");
            let splits = Splits::of_shape(&mut seen, (shape_of(row.value), row.says.is_some()));
            let cases = Cases::of(row.class).split(splits);
            let nameless = format!("value={value}");
            // What has a sign of its provider in it may be recorded without its name.
            let is_signed = |part: &Part| matches!(part, Part::Literal(sign) if *sign != "-");
            let cases = match row.value.iter().any(is_signed) {
                true => cases.harmless(&nameless),
                false => cases.miss(&nameless),
            };
            let cases = match row.severity {
                // A name that calls it a secret makes it one of no known kind.
                Severity::Low => cases
                    .low(&format!("{word}: '{value}',"), &value)
                    .low(&format!("{word} '{value}'"), &value),
                _ => cases
                    .hit(&format!("{name}={value}\n"), &value)
                    .hit(&format!("'{name}': '{value}',"), &value)
                    .hit(&format!("{}: {value} and", name.to_uppercase()), &value),
            };
            cases.run();
            if is_fixed(row.value) {
                Cases::of(row.class).split(splits).miss(&format!("{name}=x{value}")).run();
            }
        }
    }
}

#[test]
fn a_name_on_the_line_before_counts_for_a_value_that_is_named_a_secret() {
    let value = Random::new(12).text(ByteSet::HEX_LOWER, 32);
    Cases::of("secret.datadog_api_key")
        .hit(&format!("# datadog\nAPI_KEY={value}"), &value)
        .hit(&format!("asking the datadog API\nusing Key={value}"), &value)
        .miss(&format!("# datadog\nchecksum={value}"))
        .miss(&format!("# datadog key\nimage: {value}"))
        .miss(&format!("# datadog\n\n\n# other\nAPI_KEY={value}"))
        .run();
}

#[test]
fn no_service_is_known_by_fewer_than_five_letters() {
    for word in service::ROWS.iter().flat_map(|row| row.words) {
        assert!(word.len() >= 5, "{word}");
    }
}

#[test]
fn a_name_that_says_whose_a_value_is_and_no_more_is_recorded() {
    let value = Random::new(16).text(ByteSet::HEX_LOWER, 32);
    Cases::of("secret.datadog_api_key")
        .low(&format!("datadog: '{value}'"), &value)
        .low(&format!("datadog {value}\n"), &value)
        .miss(&format!("datadog image: {value}"))
        .run();
}

#[test]
fn a_key_of_a_keyset_is_named_a_value() {
    let value = Random::new(17).text(ByteSet::BASE64, 40);
    let kind = "\"typeUrl\": \"type.googleapis.com/google.crypto.tink.AesGcmKey\",";
    Cases::of("secret.tink_keyset")
        .hit(&format!("keyset {{\n{kind}\n \"value\": \"{value}\"}}"), &value)
        .miss(&format!("keyset {{\n{kind}\n \"name\": \"{value}\"}}"))
        .run();
}

/// However far the operator is, and whatever stands between it and the value.
#[test]
fn a_value_on_the_next_line_is_seen_whole() {
    let value = Random::new(14).text(ByteSet::HEX_LOWER, 32);
    let (name, spaces) = (format!("datadog_key_{}", "x".repeat(58)), " ".repeat(23));
    Cases::of("secret.datadog_api_key")
        .hit(&format!("<{name}>{spaces} \n{spaces}token token={value}</x>"), &value)
        .hit(&format!("{name}:{spaces}|-\n{spaces}token token={value}\n"), &value)
        .run();
}

/// What an earlier name saw of the way to a value is not walked again, and the value is found all the same.
#[test]
fn a_value_after_many_names_is_found() {
    let value = format!("{}==", Random::new(13).text(ByteSet::BASE64URL, 86));
    for between in ["", " ", "\n"] {
        let names = format!("token={between}").repeat(40);
        Cases::of("secret.influxdb_token").hit(&format!("{names}token={value}"), &value).run();
    }
}

#[test]
fn a_fingerprint_is_no_key() {
    let hash = Random::new(95).text(ByteSet::HEX_LOWER, 40);
    Cases::of("secret.github_oauth_secret")
        .hit(&format!("GitHub App private key: {hash}"), &hash)
        .miss(&format!("GitHub App private key: SHA256:{hash}"))
        .run();
}

#[test]
fn a_commit_is_no_secret_of_github() {
    let hash = Random::new(96).text(ByteSet::HEX_LOWER, 40);
    let mut cases = Cases::of("secret.github_oauth_secret").hit(&format!("github-access: \"{hash}\""), &hash);
    for says in
        ["ACCESS", "PERSONAL_ACCESS", "LOGIN", "KEYS", "TOKENS", "APITOKEN", "AUTHTOKEN", "CLIENTSECRET"]
    {
        cases = cases.hit(&format!("GITHUB_{says}={hash}\n"), &hash);
    }
    for says in ["OAUTH2_COMMIT", "TOKEN_SHA", "access_ref", "keys-rev", "CLIENT_ID"] {
        cases = cases.miss(&format!("GITHUB_{says}={hash}\n"));
    }
    cases.run();
}

#[test]
fn a_value_that_a_dash_joins_to_a_word_for_a_secret_is_low() {
    let id = "9f3ac567-e89b-12d3-a456-426614174b0c";
    Cases::of("secret.urlscan_key")
        .low(&format!("urlscan-access-{id}"), id)
        .miss(&format!("pod urlscan-server-{id}"))
        .run();
}
