//! Numbers between words, and what is told of them.

use proptest::prelude::*;

use super::*;

const SIDES: Sides = WITHOUT_OPENERS.after_openers(&[b"Na"]);
const WITHOUT_OPENERS: Sides =
    Sides::new(&[" gatan g "], &[" rue via "], &[" de "]).after_names_with(&["strasse"]).over_marks();
/// What may stand beside a number.
const SAID: &str = "([a-zA-Z0-9]|[ .,:;'\"(/\\\\\n-]|[áéªÿ“：「\u{ad}\u{feff}]| [a-z]{1,6}[ .,]?){0,10}";

fn around(text: &str, scope: Scope) -> Around<'_> {
    let start = text.find(|c: char| c.is_ascii_digit()).unwrap();
    let digits = text[start..].bytes().take_while(u8::is_ascii_digit).count();
    let text = Text { bytes: text.as_bytes(), start: 0, complete: true };
    Around::new(text, scope, (start, start + digits))
}

#[test]
fn a_number_stands_apart_between_words_that_are_in_no_list() {
    let is_apart = |text| around(text, Scope::Text).is_apart(&SIDES);
    for text in [
        "it took 12 days, then",
        "the strassegatan 12 of ",
        "it took 12 ruefully, then",
        "some of them, 12 were ",
        "we were there. 12 are gone. Some",
        "in (12) of",
        "is (1 2 3) of",
        "the x = 12; more",
        "ask \"over 9 made ",
        "is in 1953 She met me",
        "it is\t12\nof it ",
        "of node_is\t12 of it ",
        "in line 12.\nof it ",
        "it ended.\n\n12 were ",
        "it ended\n12. were ",
        "it has ended. Form 12 of ",
        "it has. Form 12 of ",
        "and then Form 12 of ",
        "it is so; Form 12 of ",
        "it is\nForm 12 of ",
        "we go far. 12 of ",
        "and then Form 12 Are of ",
        "in (12, 13) of",
        "in (12, of it ",
        "is it:12 of ",
        "the limit: 12 }",
        "at rue:        12\nof it ",
        "at rue\t\t\t\t12\t\tof ",
        "*this.12 of ",
        "it is Hollow 12 of ",
        "it by Hollow 12 Are of ",
        "it of RFC 12 is ",
        "it of 12 # of",
        "(Cluster 12 of ",
        "it of 12 Hollows, of ",
    ] {
        assert!(is_apart(text), "{text}");
    }
    for text in [
        "it took 12 Days",
        "It 12 days ",
        "in gatan 12 days ",
        "at 12 rue de",
        "at, 12, of",
        "is in 12 Rio de ",
        "is in 12 Rio Grande ",
        "st. 12 days ",
        "so 12 days",
        "of 12 days-",
        "of # 12 of",
        "x 12 5th of",
        "12 days ",
        "of 12  of",
        "s/n\n12 were ",
        "of 12,\nof it ",
        "of no:12 of it ",
        "of no: 12 of it ",
        "of no.: 12 of it ",
        "in gatan\t12\nof it ",
        "in gatan far. 12 of ",
        "in gatan Form 12 of ",
        "is de Form 12 of ",
        "and then Form 12 de ",
        "and then Form 12 - of ",
        "is Main Form 12 of ",
        "in Lindenstrasse 12 of ",
        "in LINDENSTR 12 of ",
        "in Hollow 12\nParis",
        "it is Hol 12\nParis is ",
        "is Na skale 12, 891 71",
        "is Na skale, 12, 891 71",
        "in RUE 12\nParis",
        "is it Gatan 12 of ",
        "at a.12 of ",
        "at Gatan.12 of ",
        "at gatan.12 of ",
        "is (12, 5th",
    ] {
        assert!(!is_apart(text), "{text}");
    }
    // What stands beside a quote that may end a string may be anything.
    for text in ["of \"12 days ", "of 12\" days ", "of \" 12 days ", "of \"is 12 days "] {
        assert!(!around(text, Scope::Strings).is_apart(&SIDES), "{text}");
    }
    let long = format!("of {} 12 of ", "a".repeat(100));
    assert!(!is_apart(&long) && !is_apart(&format!("of 12 {}", "a".repeat(100))));
}

const GROUP: Joint = Joint { further: ByteSet::DIGIT, mark: ByteSet::EMPTY.with(b" .") };

#[test]
fn numbers_stand_apart_in_decimals_and_columns() {
    for (before, after) in [("of 3.", " of "), ("1,", ",3"), ("7    ", "   4.5"), ("7,", ".5,")] {
        between(before, after, Scope::Text, |around| assert!(around.is_apart(&SIDES), "{before}12{after}"));
    }
    for (before, after) in [("of  ", " of "), ("7  ", "  5th"), ("1,", ", of"), ("\"", ".5")] {
        between(before, after, Scope::Strings, |around| {
            assert!(!around.is_apart(&SIDES), "{before}12{after}")
        });
    }
}

#[test]
fn groups_follow_digits_and_a_mark() {
    let follows = |text: &str, scope| {
        let (start, end) = (text.rfind(' ').unwrap() + 1, text.len());
        let text = Text { bytes: text.as_bytes(), start: 0, complete: true };
        Around::new(text, scope, (start, end)).is_joined(&GROUP)
    };
    assert!(follows("12 34", Scope::Text));
    assert!(!follows("of 34", Scope::Strings));
    assert!(!follows(" 34", Scope::Text));
}

#[test]
fn letters_are_counted_over_one_separator() {
    let letters = |text, scope| around(text, scope).letters();
    for (text, count) in [
        ("see AB 12", 2),
        ("AB12", 2),
        ("AB  12", 0),
        ("12", 0),
        ("hra-12", 3),
        ("abcdefghi/12", MOST_LETTERS),
    ] {
        assert_eq!(letters(text, Scope::Text), Some(count), "{text}");
    }
    assert_eq!(letters("\\nAB12", Scope::Text), None);
}

/// Around the digits between two texts.
fn between(before: &str, after: &str, scope: Scope, judge: impl Fn(Around<'_>)) {
    let text = [before, "12", after].concat();
    let text = Text { bytes: text.as_bytes(), start: 0, complete: true };
    judge(Around::new(text, scope, (before.len(), before.len() + 2)));
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    /// What is told quickly of a number in a sentence is what is told otherwise.
    #[test]
    fn numbers_in_a_sentence_are_apart(words in prop::collection::vec("[a-z]{1,18}[.,]?|gatan,?|[eg]|rue\\.?|vi?a|[\"(A-Z]a|,", 8), spaced: bool) {
        let words = words.join(" ");
        let (before, after) = words.split_at(words.len() / 2);
        let space = if spaced { " " } else { "" };
        between(&format!("{before}{space}"), &format!("{space}{after}"), Scope::Text, |around| {
            let told = Between::of(around.text, around.start, around.end);
            let quick = told.as_ref().is_some_and(|told| told.is_apart(&SIDES));
            let long = around.is_apart(&WITHOUT_OPENERS);
            assert!(!quick || long, "{words}");
            assert!(told.is_none_or(|told| around.letters() == Some(told.letters())), "{words}");
            let plain = |text: &str| text.len() > 18 && text.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b' ');
            let is_short = |word: Option<&str>| word.is_some_and(|word| (1..=16).contains(&word.len()));
            let is_told = spaced && plain(before) && plain(after) && !before.ends_with(' ') && !after.starts_with(' ');
            if is_told && is_short(before.rsplit(' ').next()) && is_short(after.split(' ').next()) {
                assert_eq!(quick, long, "{words}");
            }
        });
    }

    /// What has not arrived changes no answer that was given.
    #[test]
    fn what_is_known_stays_so(before in "([a-c., \"(]|\\\\n|3 ){0,12}", after in "([a-c., \"(]|\\\\n|3){0,12}", more in 0..12usize) {
        prop_assume!(!before.ends_with(|c: char| c.is_ascii_digit()) && !after.starts_with('3'));
        let text = format!("{before}12{after}");
        let run = (before.len(), before.len() + 2);
        let so_far = text.get(..run.1 + more).unwrap_or(&text);
        for scope in [Scope::Text, Scope::Strings] {
            let around = |text: &str, complete| {
                let around = Around::new(Text { bytes: text.as_bytes(), start: 0, complete }, scope, run);
                (around.second(), around.letters(), around.is_joined(&GROUP), around.is_apart(&SIDES))
            };
            let (part, whole) = (around(so_far, false), around(&text, true));
            prop_assert!(part.0.is_none() || part.0 == whole.0, "{:?} of {}", part, text);
            prop_assert!(part.1.is_none() || part.1 == whole.1, "{:?} of {}", part, text);
            prop_assert!(part.2 == whole.2, "{:?} of {}", part, text);
            prop_assert!(!part.3 || whole.3, "{}", text);
        }
    }

    /// What is told of a document holds for its strings.
    #[test]
    fn what_is_told_of_a_document_is_so_of_a_string(before in SAID, after in SAID, quoted: bool) {
        let is_digit = |c: char| c.is_ascii_digit();
        prop_assume!(!after.starts_with(is_digit) && !before.ends_with(is_digit));
        let [open, close] = if quoted { ["of \"", "\":12"] } else { ["\"", "\""] };
        let document = [open, &before, "12", &after, close].concat();
        let start = open.len() + before.len();
        let run = (start, start + 2);
        let string = document.get(..run.1 + after.len()).unwrap();
        let said = Around::new(Text { bytes: string.as_bytes(), start: open.len(), complete: true }, Scope::Text, run);
        let told = Around::new(Text { bytes: document.as_bytes(), start: 0, complete: true }, Scope::Strings, run);
        let is_so = |told: Option<usize>, said| told.is_none() || told == said;
        prop_assert!(is_so(told.letters(), said.letters()), "letters in {}", document);
        prop_assert!(is_so(told.second().map(usize::from), said.second().map(usize::from)), "second in {}", document);
        prop_assert!(!told.is_joined(&GROUP) || said.is_joined(&GROUP), "group in {}", document);
        prop_assert!(!told.is_apart(&SIDES) || said.is_apart(&SIDES), "apart in {}", document);
    }
}
