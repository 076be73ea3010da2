//! What is told of blocks, beside the same told byte by byte.

use std::sync::LazyLock;

use proptest::prelude::*;

use super::*;
use crate::byteset::ByteSet;
use crate::detector::{Detector, Start, builtin};
use crate::engine::anchor::{Again, Anchor, Decimals, Joint};
use crate::engine::probe::Probe;
use crate::engine::table::{Asking, LONGEST_KEY, What};

/// The same as the masks say, told byte by byte.
fn has(need: Need, text: &[u8], at: usize) -> bool {
    let ahead = |n: usize| text.get(at..text.len().min(at + n)).unwrap_or_default();
    match need {
        Need::Nothing => true,
        Need::Run { length, within } => (at..=at + within).any(|from| {
            let run = text.get(from..from + length);
            run.is_some_and(|run| !run.iter().any(|byte| ByteSet::BREAK.has(*byte)))
        }),
        Need::Digit(within) => ahead(within).iter().any(u8::is_ascii_digit),
        Need::Mark { mark, within } => ahead(within).contains(&mark),
        Need::Line => {
            let behind = text.get(at.saturating_sub(Need::INDENT)..at).unwrap_or_default();
            let indent = behind.iter().rev().take_while(|byte| b" \t".contains(byte)).count();
            matches!(behind.iter().rev().nth(indent), None | Some(b'\n'))
        }
        Need::Value { given, .. } => ahead(given).iter().any(|byte| Need::GIVES.has(*byte)),
    }
}

fn near_in(table: &Table, text: Text<'_>, need: Need, at: usize) -> bool {
    let mut masks = vec![Masks::default(); text.bytes.len().div_ceil(BLOCK)];
    table.fill(
        text.bytes,
        &mut masks,
        Batch { first: 0, filled: 0, sifted: 0, is_all: text.complete },
        (Moot::Everywhere, None),
    );
    let beside = Neighbours::new(text, Scope::Text);
    Near { beside, masks: &masks, base: 0, is_all: text.complete }.may_have(need, at)
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_is_needed_is_seen_wherever_it_stands(
        text in "([a-zA-Z_-]{1,30}|[ ,\t]{1,9}|[0-9:=\"\n\u{1}]){1,60}",
        at in 0..400usize,
        length in 16..=64usize,
        within in 1..200usize,
        arrived in 0..400usize,
    ) {
        let table = Table::new([]);
        let (bytes, at) = (text.as_bytes(), at.min(text.len() - 1));
        let whole = Text { bytes, start: 0, complete: true };
        let power = 1 << length.ilog2();
        let mark = Need::Mark { mark: b':', within };
        for need in [Need::Run { length, within: 0 }, Need::Run { length: power, within }, Need::Digit(within), mark, Need::Line] {
            let told = near_in(&table, whole, need, at);
            prop_assert_eq!(told, has(need, bytes, at), "{:?} at {} in {:?}", need, at, text);
        }
        // What is more, a flag or a verb may make up for what gives a value.
        let needs = [Need::Run { length, within }, Need::Digit(within), mark, Need::Line, Need::Value { given: within, told: within }];
        for need in needs.into_iter().filter(|need| has(*need, bytes, at)) {
            prop_assert!(near_in(&table, whole, need, at));
            // What has not arrived may be anything.
            let so_far = &bytes[..(at + 1).max(arrived).min(bytes.len())];
            let part = Text { bytes: so_far, start: 0, complete: false };
            prop_assert!(near_in(&table, part, need, at));
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    /// In blocks that are bare nothing is passed over that has what it needs, nor in a name of a document.
    #[test]
    fn what_has_what_it_needs_is_found_in_bare_blocks(
        pieces in prop::collection::vec("(token|key|[a-z_.-]{1,24}|( [a-z]{1,7}){1,30}|[ ,\"]{1,9})", 1..60),
        length in 14..20usize,
        within in prop_oneof![Just(0), 1..300usize, Just(9_000), Just(usize::MAX / 2)],
        missing in 0..80usize,
    ) {
        let text = pieces.concat();
        let needs = [Need::Run { length, within }, Need::Nothing];
        let literals = ["token", "key"].into_iter().flat_map(|literal| (0..).zip([literal; 2]));
        let anchors = literals.map(|(owner, literal)| (owner, Anchor::literal(literal)));
        let table = Table::with(anchors, needs.map(|need| Asking { need, start: Start::Anchor }).into());
        let quotes: Vec<u64> = text.as_bytes().chunks(BLOCK).map(|block| {
            block.iter().rev().fold(0, |bits, byte| bits << 1 | u64::from(*byte == b'"'))
        }).collect();
        let whole = Text { bytes: text.as_bytes(), start: 0, complete: true };
        let found = |moot: Moot<'_>, scope| {
            let (mut sifted, mut found) = (Sifted::default(), Vec::new());
            while sifted.at < text.len() {
                table.sift(whole, (scope, moot), &mut sifted, &mut found);
            }
            found.sort_by_key(|one| (one.at, one.what));
            found
        };
        let all = found(Moot::Everywhere, Scope::Text);
        let wanted: Vec<_> = all.iter().copied().filter(|one| !one.is_moot).collect();
        prop_assert_eq!(found(Moot::Nowhere, Scope::Text), wanted);
        // What has not arrived may be anything.
        let so_far = Text { bytes: &text.as_bytes()[..text.len().saturating_sub(missing)], start: 0, complete: false };
        let sift = |moot: Moot<'_>| {
            let (mut sifted, mut found) = (Sifted::default(), Vec::new());
            while sifted.at < so_far.bytes.len() {
                table.sift(so_far, (Scope::Text, moot), &mut sifted, &mut found);
            }
            found.sort_by_key(|one| (one.at, one.what));
            found
        };
        let may_be = sift(Moot::Everywhere).into_iter().filter(|one| !one.is_moot);
        prop_assert_eq!(sift(Moot::Nowhere), may_be.collect::<Vec<_>>());
        let told = found(Moot::InNames(&quotes), Scope::Strings);
        for one in all {
            let rest = &text.as_bytes()[one.at..];
            let is_in_name = rest.iter().take(LONGEST_KEY).any(|byte| *byte == b'"');
            prop_assert!(one.is_moot && !is_in_name || told.contains(&one), "{one:?} in {text:?}");
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, cases: 4000, ..ProptestConfig::default() })]

    /// Where the masks say that what a detector needs is missing, the detector finds nothing: a stream, which has no masks, asks it.
    #[test]
    fn what_is_moot_is_not_found(
        pieces in prop::collection::vec(prop::sample::select(PIECES.to_vec()), 1..24),
        gap in prop::sample::select(vec![0, 0, 6, 40, 70]),
    ) {
        let text = pieces.concat().replace('~', &"x".repeat(gap));
        let whole = Text { bytes: text.as_bytes(), start: 0, complete: true };
        let mut masks = vec![Masks::default(); text.len().div_ceil(BLOCK)];
        Table::new([]).fill(whole.bytes, &mut masks, Batch { first: 0, filled: 0, sifted: 0, is_all: true }, (Moot::Everywhere, None));
        let near = Near { beside: Neighbours::new(whole, Scope::Text), masks: &masks, base: 0, is_all: true };
        for detector in &*SOUGHT {
            for at in (0..text.len()).filter(|at| !near.may_have(detector.need(), *at)) {
                let found = detector.verify(&Probe::new(whole, at, detector.ahead()));
                let name = detector.about().name;
                prop_assert!(found.is_none(), "{}: {:?} at {} of {:?}", name, found, at, text);
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, cases: 4000, ..ProptestConfig::default() })]

    /// Where the pass tells of a number, or of a colon, that it is nothing to a detector, the detector finds nothing: a stream asks it.
    #[test]
    fn what_is_told_is_not_found(
        word in prop::sample::select(vec!["tel. ", "SSN ", "personnummer ", "VAT ", "CPF ", "phone: ", "id ", "NHS ", "gps ", "card ", "mac ", "Hauptstr. "]),
        further in "([0-9]{1,3}|[A-Za-z]{0,3})",
        mark in prop::sample::select(vec!["", "-", ".", "/", ":", ",", " "]),
        number in prop_oneof![
            "[0-9]{2,4}([-. /]?[0-9]{2,4}){1,4}|536-22-8145|212-736-5000|811228-9874|221 395 1837|6[0-9]{2} [0-9]{3} [0-9]{3}",
            "[0-9]{1,6}[.][0-9]{1,9}(, ?| )?[0-9]{0,4}[.]?[0-9]{0,6}",
            "(19|20)[0-9]{2}[-./](0[1-9]|1[0-3])[-./][0-3][0-9][-. T]?[0-9]{0,4}|[0-3][0-9][-./]0[1-9][-./]20[0-9]{2}[-. ]?[0-9]{0,4}",
            "[0-9a-f]{1,2}(:[0-9a-f]{1,2}){1,6}|[0-9a-f]{1,4}(::?[0-9a-f]{1,4}){1,7}|4[0-9]{3}[ -][0-9]{4}[ -][0-9]{4}[ -][0-9]{1,4}",
        ],
        after in prop::sample::select(vec!["", ".", " is", ", and", " N", "M", "-1", "Berlin"]),
    ) {
        let text = [word, &further, mark, &number, after].concat();
        let whole = Text { bytes: text.as_bytes(), start: 0, complete: true };
        let asked = |table: &Table| {
            let mut found = Vec::new();
            table.sift(whole, (Scope::Text, Moot::Everywhere), &mut Sifted::default(), &mut found);
            found.iter().map(|candidate| candidate.at).collect::<Vec<_>>()
        };
        for Numbers { detector, asking, asking_anywhere } in &*NUMBERS {
            let told = asked(asking);
            for at in asked(asking_anywhere).into_iter().filter(|at| !told.contains(at)) {
                let found = detector.verify(&Probe::new(whole, at, detector.ahead()));
                prop_assert!(found.is_none(), "{}: {:?} at {} of {:?}", detector.about().name, found, at, text);
            }
        }
    }
}

/// A detector that does not look at all numbers of some lengths, and the tables with which it does not and with which it would.
struct Numbers {
    detector: Box<dyn Detector>,
    asking: Table,
    asking_anywhere: Table,
}

static NUMBERS: LazyLock<Vec<Numbers>> = LazyLock::new(|| {
    let numbers = builtin().into_iter().filter_map(|detector| {
        let anchors = detector.anchors();
        let mut anywhere = anchors.clone();
        for anchor in &mut anywhere {
            match anchor {
                Anchor::Digits(digits) => {
                    (digits.joints, digits.decimals) = ([Joint::NONE; 2], Decimals::ALL);
                    (digits.dates, digits.groups) = (true, u32::MAX);
                }
                Anchor::Between { again, .. } => *again = Again::NONE,
                _ => {}
            }
        }
        let table = |anchors: Vec<Anchor>| Table::new(anchors.into_iter().map(|anchor| (0, anchor)));
        let is_told = anchors != anywhere;
        is_told.then(|| Numbers { detector, asking: table(anchors), asking_anywhere: table(anywhere) })
    });
    let numbers: Vec<_> = numbers.collect();
    assert!(numbers.len() >= 8);
    numbers
});

/// Generic secrets, the rows of keys whose names are among the pieces, a number that is one of those, and what begins a line.
static SOUGHT: LazyLock<Vec<Box<dyn Detector>>> = LazyLock::new(|| {
    let mut sought = builtin();
    sought.retain(|detector| {
        let name = detector.about().name;
        let others =
            ["datadog_api_key", "heroku_key", "crypto_wallet_ethereum", "code_python", "database_url"];
        name.starts_with("generic_secret") || others.contains(&&*name)
    });
    assert_eq!(sought.len(), 8);
    sought
});

/// What names and their values are made of; `~` is as long as one wants.
#[rustfmt::skip]
const PIECES: &[&str] = &[
    "variable api_token", " value Zf3D0LXCM3EIMbgJpUNnkRtOfOueHznB", "name: ", "key ", "value ", "default", "string>", "API_TOKEN", "token", "my password", "secret", "passwd",
    "datadog", "heroku", "_api_key", "Bearer ", "basic ", "token token=", "ENV ", "alter user joe identified by ", "alter user ", "identified", " by ", " to ", " for the ", " of ", "| ", "**", "set ", " --", "-", "_", "~", "~", " ", " ", "\n", ",", "(", " is ",
    "=", ":", "\"", "'", ">", "!!str ", "postgres://", "app:s3cr3t-9x@db.corp.io", "@", "|-", "                       ",
    "Zf3D0LXCM3EIMbgJpUNnkRtOfOueHznB", "6da89121079f83b2eb6acccf8219ea98", "Kx7!pQ2z",
    "\ndef f(a):\n    return a\n", "import os\n", " 0x", "52908400098527886E0F7030069857D2E4169EE7", "9f86d081-884c-4d65-9a2f-eaa0c55ad015", "am9obmRvZTpkMDY5NGIxYi1jMTcx",
];

/// So is the prefix of a token that no word may run into; after an escape written out one may begin.
#[test]
fn tokens_begin_where_no_word_goes_on() {
    let asking = Asking { need: Need::Nothing, start: Start::Word };
    let table = Table::with([(0, Anchor::literal("ghp_")), (1, Anchor::literal("$2b$"))], vec![asking; 2]);
    let count = |text: &str| {
        let text = Text { bytes: text.as_bytes(), start: 0, complete: true };
        let mut found = Vec::new();
        table.sift(text, (Scope::Text, Moot::Everywhere), &mut Sifted::default(), &mut found);
        found.len()
    };
    for (text, times) in [
        ("ghp_ghp_", 1),
        ("Aghp_", 0),
        ("7ghp_", 0),
        ("=ghp_", 1),
        ("a$2b$", 1),
        (r"\nghp_", 1),
        (r"\u000aghp_", 0),
        ("[93mghp_", 1),
        ("mghp_", 0),
    ] {
        assert_eq!(count(text), times, "{text}");
    }
}

/// A detector that asks twice for a byte is asked wherever either says so, and once where both say the same.
#[test]
fn a_byte_is_asked_for_between_each_of_its_neighbours() {
    let between = |further: &[u8], before: &[u8], next: &[u8]| Anchor::Between {
        further: ByteSet::EMPTY.with(further),
        before: ByteSet::EMPTY.with(before),
        set: ByteSet::EMPTY.with(b"@"),
        next: ByteSet::EMPTY.with(next),
        again: Again::NONE,
    };
    let anchors = [
        between(b"x", b"a", b"1"),
        between(b"x", b"ab", b"2"),
        between(b"y", b"a", b"1"),
        between(b"x", b"b", b"2"),
    ];
    let table = Table::new(anchors.map(|anchor| (0, anchor)));
    for (text, times) in [("xa@1", 1), ("xa@2", 1), ("ya@1", 1), ("xb@2", 1), ("ya@2", 0), ("xb@1", 0)] {
        let text = Text { bytes: text.as_bytes(), start: 0, complete: true };
        let mut found = Vec::new();
        table.sift(text, (Scope::Text, Moot::Everywhere), &mut Sifted::default(), &mut found);
        assert_eq!(found.len(), times, "{:?}", text.bytes);
    }
}

/// Labels are told from the words that they stand in.
#[test]
fn words_begin_and_end_where_no_letter_goes_on() {
    let anchors = [(0, Anchor::begin("lat")), (1, Anchor::whole("lat"))];
    let table = Table::new(anchors);
    let owners = |text: &str| {
        let text = Text { bytes: text.as_bytes(), start: 0, complete: true };
        let mut found = Vec::new();
        table.sift(text, (Scope::Text, Moot::Everywhere), &mut Sifted::default(), &mut found);
        found.iter().map(|candidate| candidate.what).collect::<Vec<_>>()
    };
    let [begin, whole] = [0, 1].map(What::Literal);
    for (text, expected) in [
        ("lat: 1", vec![begin, whole]),
        ("my_lat", vec![begin, whole]),
        ("myLatLng", vec![begin, whole]),
        ("late", vec![begin]),
        ("flat", vec![]),
        ("relative", vec![]),
    ] {
        assert_eq!(owners(text), expected, "{text}");
    }
}
