//! `docs/detectors.md` is rendered from what the detectors say of themselves. `RENLAYER_REWRITE=1 cargo test -p renlayer-dlp
//! --test reference` writes it anew.

use std::collections::BTreeMap;
use std::path::Path;

use renlayer_dlp::detector::{About, Page, builtin};

const OPENING: &str = "\
# Detectors

What `renlayer-dlp` finds without any settings. This page is rendered from the detectors themselves; a test keeps the two
equal.

The **class** is what policies and settings name (`pii.email`, or a glob such as `secret.*`). The **severity** decides what
is done by default: `CRITICAL` blocks, `HIGH` and `MEDIUM` warn, `LOW` is recorded. Severities were chosen by what happens
when the value leaves: whoever has a credential or a card number can use it at once (`CRITICAL`); an account number, or a
random value that is only called a secret, has to be dealt with (`HIGH`); an address or a telephone number is personal, and in
ordinary use (`MEDIUM`).

A finding is `LOW` whatever its class where the value is kept for examples (`example.com`, 555-01xx, 192.0.2.0/24,
`AKIA…EXAMPLE`), says itself that it stands for another (`your-token`, `xxxxxxxx`), is as random as no key is, or tells little
(private addresses). A wrong checksum drops a card number or an IBAN; it only lowers the confidence of a provider's token,
since documentation and tests make tokens up. Confidence below 0.6 does not block, below 0.4 does not redact, below 0.3 does
not warn.
";

/// What all detectors say of themselves, kind by kind.
fn kinds() -> Vec<(About, Page)> {
    builtin().iter().flat_map(|detector| detector.kinds()).collect()
}

#[test]
fn the_reference_lists_every_detector() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/detectors.md");
    let rendered = render(&kinds());
    if std::env::var_os("RENLAYER_REWRITE").is_some() {
        std::fs::write(&path, &rendered).unwrap();
    }
    let written = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        written == rendered,
        "docs/detectors.md is not up to date: run this test with RENLAYER_REWRITE=1"
    );
}

#[test]
fn every_detector_says_what_it_rests_on() {
    for (about, page) in kinds() {
        assert!(!about.finds.is_empty() && !page.basis.is_empty(), "{}", about.name);
        assert!(about.class.split('.').count() >= 2, "{}", about.class);
    }
}

#[test]
fn names_are_unique() {
    let mut names: Vec<_> = kinds().into_iter().map(|(about, _)| about.name).collect();
    let count = names.len();
    names.sort();
    names.dedup();
    assert_eq!(names.len(), count);
}

/// By family, in the order of the classes.
fn render(kinds: &[(About, Page)]) -> String {
    let mut page = OPENING.to_owned();
    let mut families: BTreeMap<String, Vec<&(About, Page)>> = BTreeMap::new();
    for kind in kinds {
        let family = kind.0.class.split('.').next().unwrap_or_default().to_owned();
        families.entry(family).or_default().push(kind);
    }
    for (family, mut members) in families {
        members.sort_by_key(|(about, _)| (about.class.clone(), about.name.clone()));
        page.push_str(&format!("\n## {}\n", title(&family)));
        page.push_str("\n| class | severity | finds | rests on | known mistakes |\n|---|---|---|---|---|\n");
        for (about, said) in members {
            let severity = about.severity.as_str();
            page.push_str(&format!(
                "| `{}` | {severity} | {} (`{}`) | {} | {} |\n",
                about.class, about.finds, about.name, said.basis, said.mistakes
            ));
        }
    }
    page
}

fn title(family: &str) -> &str {
    match family {
        "gov_id" => "Identity numbers: `gov_id`",
        "health" => "Health: `health`",
        "payment" => "Payment: `payment`",
        "pii" => "Personal data: `pii`",
        "secret" => "Credentials: `secret`",
        "source_code" => "Source code: `source_code`",
        other => other,
    }
}
