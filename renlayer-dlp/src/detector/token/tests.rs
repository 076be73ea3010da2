//! Every row, tested from its own data.

use super::*;
use crate::detector::harness::{Cases, Random};

/// A token as the row's issuer would make one.
fn made_from(row: &Token, prefix: &str, random: &mut Random) -> String {
    let mut body = String::new();
    for part in row.body {
        match *part {
            Part::Literal(literal) => body.push_str(literal),
            Part::Run(set, min, max) => body.push_str(&random.text(set, min.midpoint(max.min(min + 40)))),
        }
    }
    match row.check {
        Check::None => {}
        Check::Crc32Base62 => base62::tests::seal(&mut body),
        Check::Crc32Hex => base62::tests::seal_hex(&mut body),
    }
    format!("{prefix}{body}")
}

fn shortest(row: &Token) -> bool {
    row.body.iter().all(|part| !matches!(part, Part::Run(_, min, max) if min != max))
}

#[test]
fn a_token_made_from_its_row_is_found_and_its_near_misses_are_not() {
    let mut random = Random::new(7);
    for row in rows() {
        for prefix in row.prefixes {
            let token = made_from(row, prefix, &mut random);
            let context = row.context.map_or("", Words::any);
            let cases = Cases::of(row.class)
                .hit(&format!("{context} {token} end"), &token)
                .hit(&format!("{context} KEY=\"{token}\""), &token)
                .miss(&format!("{context} word{token}"));
            let cases = if shortest(row) {
                cases.miss(&format!("{context} {}", &token[..token.len() - 1]))
            } else {
                cases
            };
            cases.run();
        }
    }
}

#[test]
fn a_wrong_checksum_lowers_confidence_and_keeps_the_finding() {
    let mut random = Random::new(8);
    for row in rows().filter(|row| row.check != Check::None) {
        let token = made_from(row, row.prefixes[0], &mut random);
        let broken = format!("{}{}", &token[..token.len() - 6], "0aZ1bY");
        let confidence = |text: &str| crate::detector::harness::scan(text).findings[0].confidence;
        assert!(confidence(&token) > 0.99 && confidence(&broken) < 0.6, "{}", row.name);
    }
}

#[test]
fn aws_documentation_key_is_low() {
    let key = ["AKIA", "IOSFODNN7", "EXAMPLE"].concat();
    Cases::of("secret.aws_access_key").low(&format!("key {key}"), &key).run();
}
