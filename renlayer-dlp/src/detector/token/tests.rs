//! Every row, tested from its own data.

use std::collections::HashSet;

use super::*;
use crate::detector::harness::{Cases, Random, Splits, examined, scan};
use crate::engine::Text;

/// Something written as `parts` say.
pub(in crate::detector) fn written(parts: &[Part], random: &mut Random) -> String {
    let piece = |part: &Part| match *part {
        Part::Literal(literal) => literal.to_owned(),
        Part::Maybe(_) => String::new(),
        Part::Fields(set, most) => (1..most).map(|_| random.text(set, 5) + "$").collect(),
        Part::Run(set, min, max) => {
            // Machines write hexadecimal in one case.
            let is_hex = set.has(b'F')
                && !set.iter().any(|byte| byte.is_ascii_alphabetic() && !byte.is_ascii_hexdigit());
            let drawn = if is_hex && set.has(b'f') { set.without(b"abcdef") } else { set };
            let text = random.text(drawn, min.midpoint(max.min(min + 40)));
            if is_hex { text.to_uppercase() } else { text }
        }
    };
    let text: String = parts.iter().map(piece).collect();
    if text.bytes().all(|byte| byte.is_ascii_hexdigit()) { text.to_lowercase() } else { text }
}

/// With the mark of the row's issuer in the middle.
fn marked(row: &Token, mut body: String) -> String {
    if let Check::Holds(mark) | Check::MayHold(mark) = row.check {
        let at = (body.len() - mark.len()) / 2;
        body.replace_range(at..at + mark.len(), mark);
    }
    body
}

/// A token as the row's issuer would make one.
fn made_from(row: &Token, prefix: &str, random: &mut Random) -> String {
    let mut body = written(row.exact.unwrap_or(row.body), random);
    match row.check {
        Check::None => {}
        Check::Crc32Base62 => base62::tests::seal(&mut body),
        Check::Crc32Hex => base62::tests::seal_hex(&mut body),
        Check::Holds(_) | Check::MayHold(_) => body = marked(row, body),
    }
    let lead = row.lead.map_or(String::new(), |lead| {
        // A word runs into a letter or digit, and not into a dash.
        let first = random.text(lead.set.not().or(ByteSet::WORD.not()).not(), 1);
        first + &random.text(lead.set, lead.min.midpoint(lead.max) - 1)
    });
    format!("{lead}{prefix}{body}")
}

/// Whether `parts` have one length only.
pub(in crate::detector) fn is_fixed(parts: &[Part]) -> bool {
    let is_fixed = |part: &Part| match part {
        Part::Literal(_) => true,
        Part::Maybe(_) | Part::Fields(..) => false,
        Part::Run(_, min, max) => min == max,
    };
    !parts.is_empty() && parts.iter().all(is_fixed)
}

/// The pieces of `parts`, by kind and by how they end: rows that agree in it take the same way through a stream.
pub(in crate::detector) fn shape_of(parts: &[Part]) -> Vec<(u8, bool)> {
    let shape = |part: &Part| match *part {
        Part::Literal(_) => (0, true),
        Part::Maybe(_) => (1, false),
        Part::Fields(..) => (3, false),
        Part::Run(_, min, max) => (2, min == max),
    };
    let mut shapes: Vec<_> = parts.iter().map(shape).collect();
    shapes.dedup();
    shapes
}

/// What decides how a row is looked for.
fn shape(row: &Token) -> impl std::hash::Hash + Eq + use<> {
    let lead = row.lead.map(|lead| lead.is_secret);
    let check = std::mem::discriminant(&row.check);
    (shape_of(row.body), lead, check, row.context.is_some(), begins_word(row), row.is_address())
}

/// Whether a word that runs into it makes it none.
fn begins_word(row: &Token) -> bool {
    let of_prefix = |prefix: &&str| prefix.bytes().next().is_some_and(|byte| ByteSet::WORD.has(byte));
    let is_bounded = |lead: Lead| lead.max - lead.min < "word".len();
    row.lead.is_some_and(is_bounded) || row.lead.is_none() && row.prefixes.iter().all(of_prefix)
}

#[test]
fn a_token_made_from_its_row_is_found_and_its_near_misses_are_not() {
    let mut random = Random::new(7);
    let mut seen = HashSet::new();
    for row in rows() {
        for prefix in row.prefixes {
            let token = made_from(row, prefix, &mut random);
            let led = row.lead.map_or(0, |lead| if lead.is_secret { 0 } else { lead.min.midpoint(lead.max) });
            let said = if row.is_phrase { prefix.len() } else { 0 };
            let found = &token[led + said..];
            let context = row.context.map_or("", Words::any);
            let cases = Cases::of(row.class).split(Splits::of_shape(&mut seen, shape(row)));
            let texts = [format!("{context} {token} end"), format!("{context} VALUE=\"{token}\"")];
            let cases = texts.iter().fold(cases, |cases, text| {
                match is_of_a_sandbox(prefix.as_bytes()) || row.severity == Severity::Low {
                    true => cases.low(text, found),
                    false => cases.hit(text, found),
                }
            });
            let cases = if begins_word(row) { cases.miss(&format!("{context} word{token}")) } else { cases };
            let cut = format!("{context} {}", &token[..token.len() - 1]);
            let cases = match is_fixed(row.body) {
                true if row.is_signed(prefix) => cases.harmless(&cut),
                true => cases.miss(&cut),
                false => cases,
            };
            cases.run();
        }
    }
}

#[test]
fn a_wrong_checksum_lowers_confidence_and_keeps_the_finding() {
    let mut random = Random::new(8);
    for row in rows().filter(|row| matches!(row.check, Check::Crc32Base62 | Check::Crc32Hex)) {
        let token = made_from(row, row.prefixes[0], &mut random);
        let broken = format!("{}{}", &token[..token.len() - 6], "0aZ1bY");
        let confidence = |text: &str| crate::detector::harness::scan(text).findings[0].confidence;
        assert!(confidence(&token) > 0.99 && confidence(&broken) < 0.6, "{}", row.name);
    }
}

#[test]
fn a_token_that_only_looks_alike_is_low() {
    let mut random = Random::new(10);
    for row in rows().filter(|row| row.exact.is_some()) {
        let lead = row.lead.map_or(String::new(), |lead| random.text(lead.set, lead.min));
        let alike = format!("{lead}{}{}", row.prefixes[0], marked(row, written(row.body, &mut random)));
        Cases::of(row.class).low(&format!("key {alike}"), &alike).run();
    }
    let mark = ["T3Blb", "kFJ"].concat();
    let astray =
        format!("sk-proj-{}{mark}{}", random.text(ByteSet::ALNUM, 5), random.text(ByteSet::ALNUM, 60));
    Cases::of("secret.openai_key").low(&format!("key {astray}"), &astray).run();
    let keyboard = ["AIza", "SyQwertyuiopAsdfghjklZxcvbnmQwerty1"].concat();
    Cases::of("secret.gcp_api_key").low(&format!("key {keyboard}"), &keyboard).run();
}

#[test]
fn a_token_that_is_cut_or_glued_is_low() {
    let mut random = Random::new(47);
    let (short, long) = (random.text(ByteSet::ALNUM, 29), random.text(ByteSet::ALNUM, 40));
    let (short, long) = (format!("ghp_{short}7"), format!("ghp_{long}8"));
    Cases::of("secret.github_token")
        .low(&format!("key {short} and"), &short)
        .low(&format!("key {long} and"), &long)
        .miss(&format!("key {}, ghp_tokens_of_all_the_world, a-ghp_1", &short[..15]))
        .run();
}

#[test]
fn a_token_that_goes_on_or_that_pages_show_is_low() {
    let mut random = Random::new(48);
    let [body, more] = [24, 40].map(|length| random.text(ByteSet::ALNUM, length));
    let token = ["sk_li", "ve_", &body].concat();
    let map = format!("AIza{}", &random.text(ByteSet::ALNUM, 35));
    Cases::of("secret.stripe_key")
        .low(&format!("key {token}-{more}"), &token)
        .hit(&format!("key {token}-{}", &more[..12]), &token)
        .run();
    Cases::of("secret.gcp_api_key")
        .low(&format!("src=//maps.googleapis.com/maps/api/js?key={map}&v=3"), &map)
        .hit(&format!("//maps.googleapis.com/maps/api/geocode/json?key={map}"), &map)
        .run();
}

#[test]
fn zeros_in_a_line_of_base64_lead_to_no_token() {
    let mut random = Random::new(43);
    let line =
        format!("{}{}{}", random.text(ByteSet::ALNUM, 11), "A".repeat(10), random.text(ByteSet::ALNUM, 43));
    Cases::of("secret.dropbox_token")
        .miss(&format!("x\n{line}\n"))
        .hit(&format!("dropbox = \"{line}\""), &line)
        .run();
}

#[test]
fn the_colour_of_a_terminal_runs_into_no_token() {
    let token = format!("npm_{}", Random::new(41).text(ByteSet::ALNUM, 36));
    let cases = Cases::of("secret.npm_token").miss(&format!("[93;m1m{token}"));
    ["[93m", "\\x1b[1;31m", "\\033[0m"]
        .into_iter()
        .fold(cases, |cases, colour| cases.hit(&format!(">>>{colour}{token} end"), &token))
        .run();
}

#[test]
fn aws_documentation_key_is_low() {
    let key = ["AKIA", "IOSFODNN7", "EXAMPLE"].concat();
    Cases::of("secret.aws_access_key").low(&format!("key {key}"), &key).run();
}

/// Whatever the length, and with the signs of newer kinds.
#[test]
fn a_key_of_openai_is_known_by_its_mark() {
    let mut random = Random::new(34);
    let mut part =
        || format!("{}-{}_{}", random.text(ByteSet::ALNUM, 20), random.text(ByteSet::ALNUM, 20), "q7");
    let (key, other) = (format!("sk-{}{}{}", part(), ai::OPENAI, part()), format!("sk-{}", part()));
    Cases::of("secret.openai_key").hit(&format!("key: {key}"), &key).miss(&format!("id: {other}")).run();
}

#[test]
fn a_token_inside_of_base64_is_none() {
    let mut random = Random::new(33);
    let (key, line) = (format!("AKCp{}", random.text(ByteSet::ALNUM, 69)), random.text(ByteSet::ALNUM, 28));
    let short = format!("AKCp{}", random.text(ByteSet::ALNUM, 42));
    Cases::of("secret.artifactory_key")
        .low(&format!("key {short}"), &short)
        .hit(&format!("https://corp.io/{key}/x"), &key)
        .miss(&format!("{key}/{line}\n"))
        .miss(&format!("\n{line}+{key}\n"))
        .run();
}

/// However close together they stand.
#[test]
fn long_runs_are_walked_once() {
    for (name, text) in [
        ("ec_der_key", "MHcCAQEEIx+".repeat(3000)),
        ("fly_token", "fm2_/".repeat(3000)),
        ("aws_session_token", "FQoDYXdz/".repeat(3000)),
        ("aws_bedrock_other_key", "ABSK/".repeat(3000)),
        ("jwt", "eyJ-".repeat(3000)),
        ("rsa_der_key", "MIICXQIBAAKBgQ/".repeat(3000)),
        ("ntlm_message", "TlRMTVNTUAAx+".repeat(3000)),
        ("kerberos_hash", "$krb5pa$".repeat(3000)),
        ("kerberos_hash", "$krb5pa$0$".repeat(3000)),
    ] {
        let examined = examined(name, &scan(&text).cost);
        assert!(
            examined > 0 && examined <= 40 * text.len() as u64,
            "{name}: {examined} bytes of {}",
            text.len()
        );
    }
}

/// What a look at a long run notes is of the places behind its prefix: what begins in the prefix goes on behind it.
#[test]
fn no_prefix_before_a_long_run_holds_another() {
    for row in rows().filter(|row| row.body.first().is_some_and(|first| first.longest() >= part::NOTED)) {
        for (prefix, other) in row.prefixes.iter().flat_map(|a| row.prefixes.iter().map(move |b| (a, b))) {
            let holds = (1..prefix.len()).any(|at| prefix[at..].starts_with(other));
            assert!(!holds, "{other} stands in {prefix} of {}", row.name);
        }
    }
}

/// As hashcat and John write them.
#[test]
fn kerberos_names_what_the_ticket_is_of() {
    let hex = |n| Random::new(n as u64).text(ByteSet::HEX_LOWER, n);
    let (sum, short, data) = (hex(32), hex(24), hex(300));
    let mut cases = Cases::of("secret.kerberos_hash");
    for hash in [
        format!("$krb5asrep$23$joe@CORP.IO:{sum}${data}"),
        format!("$krb5asrep$18$joe$CORP.IO${short}${data}"),
        format!("$krb5tgs$23$*joe$CORP.IO$http/web.corp.io*${sum}${data}"),
        format!("$krb5tgs$17$joe$CORP.IO${short}${data}"),
        format!("$krb5pa$18$joe$CORP.IO${}", hex(112)),
        format!("$krb5pa$23$joe$CORP.IO$salt${}", hex(104)),
    ] {
        cases = cases.hit(&format!("joe:{hash}\n"), &hash);
    }
    cases.miss("grep '$krb5asrep$23$joe@CORP.IO:' and $krb5tgs$18$joe$CORP.IO$ in it").run();
}

/// A token that is part of other base64 is none, and in pieces its run is not walked anew.
#[test]
fn keys_in_base64_begin_their_run() {
    let key = format!("MHcCAQEEI{}", Random::new(43).text(ByteSet::ALNUM, 155));
    Cases::of("secret.private_key")
        .hit(&format!("SIGNING_KEY={key}\n"), &key)
        .hit(&format!("\"{key}==\""), &format!("{key}=="))
        .miss(&format!("Zm9v+{key}"))
        .run();
}

/// What has arrived of a long token is not walked again when more does.
#[test]
fn a_long_run_goes_on_where_it_came_to() {
    for (name, prefix) in [("ec_der_key", "MHcCAQEEI"), ("kerberos_hash", "$krb5pa$18$joe$CORP.IO$")] {
        let row = rows().find(|row| row.name == name).unwrap();
        let text = format!("{prefix}{}", "0a".repeat(1000));
        let text = Text { bytes: text.as_bytes(), start: 0, complete: false };
        let probe = Probe::new(text, 0, row.ahead());
        row.verify(&probe);
        assert!(probe.ran_out());
        assert_eq!(probe.resume(), text.bytes.len(), "{name}");
    }
}

#[test]
fn ids_of_salesforce_stand_after_a_word_for_an_organisation() {
    let id = ["00D5g0000", "04Kx7pEAC"].concat();
    Cases::of("secret.salesforce_token")
        .low(&format!("SALESFORCE_ORG_ID={id}"), &id)
        .miss(&format!("part {id} of 00D4711AB0815XYZ"))
        .run();
}

#[test]
fn a_code_after_an_address_of_azure_is_a_key_only_as_functions_have_them() {
    let mut random = Random::new(57);
    let url = |code: &str| format!("https://myapp.azurewebsites.net/api/auth/callback?code={code}");
    let key = random.text(ByteSet::BASE64URL, 54);
    let marked = format!("{}AzFu{}", random.text(ByteSet::BASE64URL, 44), random.text(ByteSet::BASE64URL, 6));
    let body = |code: &str| format!("azurewebsites.net/api/auth/callback?code={code}");
    Cases::of("secret.azure_service_key")
        .hit(&url(&format!("{key}==")), &body(&format!("{key}==")))
        .hit(&url(&format!("{key}%3D%3D&x=1")), &body(&format!("{key}%3D%3D")))
        .hit(&url(&format!("{marked}%3D%3D")), &body(&format!("{marked}%3D%3D")))
        .miss(&url("4/0AX4XfWhKxB7Zq1mN9vT2pL5yRcD8sJg3HtUeFoIwQaVbYkGn"))
        .miss(&url(&key))
        .miss(&url(&format!("{}==", &key[..40])))
        .run();
}
