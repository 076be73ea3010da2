//! Who asks for a run of digits, told by tables and otherwise.

use proptest::prelude::*;

use super::*;
use crate::engine::probe::Text;
use crate::engine::table::Scope;

#[test]
fn length_first_digit_and_neighbours_decide() {
    let (space, dot) = (ByteSet::SPACE, ByteSet::EMPTY.with(b"."));
    let mut runs = Runs::default();
    runs.insert(1, Anchor::digits(9, 9).beginning(ByteSet::EMPTY.with(b"5")));
    runs.insert(2, Anchor::digits(8, 11).after(space));
    runs.insert(2, Anchor::digits(11, 11).then(dot));
    (3..150).for_each(|owner| runs.insert(owner, Anchor::digits(11, 11).after(dot).then(dot)));
    runs.insert(150, Anchor::digits(20, 255));
    runs.insert(151, Anchor::digits(2, 2).followed_by(4));
    runs.insert(152, Anchor::digits(6, 6).followed_by(12));
    runs.compile();
    let run = |length, before: Option<u8>, first, next: Option<u8>, more| Run {
        length,
        before: before.map(|byte| runs.class(byte)),
        first,
        next: next.map(|byte| runs.class(byte)),
        more,
        written: Written::Plain,
        around: None,
    };
    let asked_among = |length, before, first, next, more| {
        let mut owners = Vec::new();
        let run = run(length, Some(before), first, Some(next), more);
        runs.each(&run, |owner| owners.push(owner));
        assert_eq!(runs.any(&run), !owners.is_empty());
        owners
    };
    let asked = |length, before, first, next| asked_among(length, before, first, next, Some(0));
    assert_eq!(asked(9, b'x', b'5', b'x'), [1]);
    assert_eq!(asked(9, b' ', b'5', b'x'), [1, 2]);
    assert!(asked(9, b'x', b'4', b'x').is_empty());
    assert_eq!(asked(11, b' ', b'4', b'.'), [2]);
    assert_eq!(asked(11, b'.', b'4', b'.'), (2..150).collect::<Vec<_>>());
    assert_eq!(asked(LONGEST, b'x', b'4', b'x'), [150]);
    assert!(asked(7, b' ', b'4', b' ').is_empty());
    assert!(runs.any(&run(9, None, b'4', None, None)) && !runs.any(&run(12, None, b'4', None, None)));
    assert!(asked_among(2, b' ', b'4', b' ', Some(3)).is_empty());
    assert_eq!(asked_among(2, b' ', b'4', b' ', Some(4)), [151]);
    assert_eq!(asked_among(2, b' ', b'4', b' ', Some(13)), [151]);
    assert_eq!(asked_among(2, b' ', b'4', b' ', None), [151]);
    // More than are told apart are as good as any.
    assert_eq!(asked_among(6, b' ', b'4', b' ', Some(8)), [152]);
    assert!(asked_among(6, b' ', b'4', b' ', Some(7)).is_empty());
    assert_eq!(runs.shortest, 2);
    let mut open = Vec::new();
    runs.each_longer(&run(12, Some(b' '), b'4', None, None), |owner| open.push(owner));
    runs.each_longer(&run(10, Some(b' '), b'4', None, None), |owner| open.push(owner));
    assert_eq!(open, [150_u16, 2, 150]);
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    /// A number is passed over where nobody is asked otherwise.
    #[test]
    fn what_is_passed_over_is_asked_for_by_nobody(
        asked in prop::collection::vec((1..4u8, 0..4u8, set(), set(), set(), 0..9u8, any::<bool>()), 0..4),
        before in "[ -~]{20}[a-zA-Z]{0,9}[ -~]([a-z]{1,18}|gatan),? ",
        digits in "[0-9]{1,4}",
        after in " ([a-z]{1,18}|rue)[ .,:-][ -~]{30}",
    ) {
        static SIDES: Sides = Sides::new(&[" gatan "], &[" rue "], &[]).over_marks();
        let mut runs = Runs::default();
        for (owner, (min, more, before, next, second, letters, is_beside)) in (0..).zip(asked) {
            let digits = Anchor::digits(min, min + more).after(before).then(next).second(second);
            let digits = if letters < 7 { digits.after_letters(letters) } else { digits };
            runs.insert(owner, if is_beside { digits.beside(&SIDES) } else { digits });
        }
        runs.compile();
        let said = [&before, digits.as_str(), &after].concat();
        let (start, end) = (before.len(), before.len() + digits.len());
        let text = Text { bytes: said.as_bytes(), start: 0, complete: true };
        let class = |at: usize| text.bytes.get(at).map(|byte| runs.class(*byte));
        let run = Run {
            length: digits.len(),
            before: class(start - 1),
            first: text.bytes[start],
            next: class(end),
            more: Some(0),
            written: Written::Plain,
            around: Some(Around::new(text, Scope::Text, (start, end))),
        };
        if Between::of(text, start, end).is_some_and(|between| runs.pass_over(digits.len(), &between)) {
            prop_assert!(!runs.any(&run), "{}", said);
        }
    }
}

#[test]
fn numbers_of_a_sentence_are_passed_over() {
    static SIDES: Sides = Sides::new(&[" gatan "], &[" rue "], &[]).over_marks();
    let mut runs = Runs::default();
    runs.insert(1, Anchor::digits(1, 4).beside(&SIDES));
    runs.insert(2, Anchor::digits(2, 2).after_letters(3));
    runs.insert(3, Anchor::digits(1, 1).then(ByteSet::DIGIT.not()));
    runs.compile();
    let is_passed = |before: &str, digits: &str, after: &str| {
        let said = format!("Most of it was said {before}{digits}{after} and nothing else of that");
        let start = said.find(digits).unwrap();
        let text = Text { bytes: said.as_bytes(), start: 0, complete: true };
        let between = Between::of(text, start, start + digits.len());
        between.is_some_and(|between| runs.pass_over(digits.len(), &between))
    };
    for (before, digits, after) in [
        ("in ", "1984", " by"),
        ("over ", "12", " days"),
        ("as such, ", "1984", " words."),
        ("an ", "1984", " extraordinarily"),
    ] {
        assert!(is_passed(before, digits, after), "{before}{digits}{after}");
    }
    for (before, digits, after) in [
        ("gatan ", "12", " by"),
        ("over ", "12", " rue"),
        ("for ", "12", " days"),
        ("over ", "1", " day"),
        ("Of ", "12", " by"),
        ("of ", "12", ", by"),
    ] {
        assert!(!is_passed(before, digits, after), "{before}{digits}{after}");
    }
}

/// What may stand beside a run.
fn set() -> impl Strategy<Value = ByteSet> + Clone {
    let lower = ByteSet::EMPTY.range(b'a', b'z');
    prop::sample::select(vec![ByteSet::ALL, ByteSet::EMPTY.with(b" "), lower, lower.not()])
}

#[test]
fn what_stands_around_is_looked_at_where_it_is_asked_for() {
    static SIDES: Sides = Sides::new(&[" gatan "], &[" rue "], &[]);
    let mut runs = Runs::default();
    runs.insert(1, Anchor::digits(2, 2).second(ByteSet::DIGIT));
    runs.insert(2, Anchor::digits(2, 2).after_letters(3));
    runs.insert(3, Anchor::digits(2, 2).beside(&SIDES));
    runs.insert(4, Anchor::digits(2, 2));
    let space = ByteSet::EMPTY.with(b" ");
    runs.insert(5, Anchor::digits(2, 2).then(ByteSet::EMPTY.with(b"!")).unjoined(ByteSet::DIGIT, space));
    runs.compile();
    let asked_at = |text: &str, start: usize| {
        let text = Text { bytes: text.as_bytes(), start: 0, complete: true };
        let around = Around::new(text, Scope::Text, (start, start + 2));
        let next = text.bytes.get(start + 2).map(|byte| runs.class(*byte));
        let run = Run {
            length: 2,
            before: None,
            first: b'1',
            next,
            more: None,
            written: around.written(),
            around: Some(around),
        };
        let mut owners = Vec::new();
        runs.each(&run, |owner| owners.push(owner));
        assert!(runs.any(&run));
        owners
    };
    let asked = |text: &str| asked_at(text, text.find(|c: char| c.is_ascii_digit()).unwrap());
    assert_eq!(asked("is in 12 days"), [3, 4]);
    assert_eq!(asked("is in 12 days of"), [4]);
    assert_eq!(asked("is for 12 days of"), [2, 4]);
    assert_eq!(asked("gatan 12 days of"), [3, 4]);
    assert_eq!(asked("for-12-3"), [1, 2, 3, 4]);
    assert_eq!(asked("a 12!"), [3, 4, 5]);
    assert_eq!(asked_at("9 12!", 2), [3, 4]);
}
