//! Each kind of vectors, beside plain tables and a plain search.

use proptest::prelude::*;

use super::*;

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn vectors_and_tables_say_the_same(
        literals in prop::collection::vec(("[ -~\u{e9}]{3,20}", any::<bool>()), 0..200),
        singles in prop::collection::vec(any::<u8>(), 0..40),
        bytes in prop::collection::vec(any::<u8>(), 0..700),
        text in "[ -~\n]{0,300}",
        bare in any::<u64>(),
    ) {
        let sought: Vec<_> = literals
            .iter()
            .map(|(bytes, either_case)| Sought { bytes: bytes.as_bytes(), either_case: *either_case, needs_run: needs_run(bytes) })
            .collect();
        let (sieve, offsets) = Sieve::new(&sought, ByteSet::EMPTY.with(&singles));
        let planted = literals.iter().map(|(literal, ..)| literal.as_bytes());
        let body = planted.chain([&bytes[..], text.as_bytes(), &[0; BLOCK + AHEAD]]).collect::<Vec<_>>().concat();
        let blocks = (body.len() - AHEAD) / BLOCK;
        prop_assume!(blocks <= u64::BITS as usize);
        let mut by_table = vec![Masks::default(); blocks];
        sieve.fill_by_table(&body, &mut by_table);
        let listed = |masks: &[Masks]| {
            let mut lists = Lists::default();
            sieve.list_each(&body, Blocks { masks, bare }, &mut lists, Places::add, keep);
            lists
        };
        let is_told = |masks: &[Masks], lists: &Lists| {
            literals_are_told(&literals, &offsets, bare, lists)?;
            bytes_are_told(&singles, &body, masks, lists)
        };
        is_told(&by_table, &listed(&by_table))?;
        let mut by_buckets = by_table.clone();
        tell_by_buckets(&sieve, &body, &mut by_buckets, bare);
        for machine in MACHINES {
            let (mut masks, mut lists) = (vec![Masks::default(); blocks], Lists::default());
            if !(machine.fill)(&sieve, &body, &mut masks) {
                continue;
            }
            if let Some(windows) = machine.windows {
                windows(&sieve, &body, &mut masks, [!bare, bare]);
            }
            (machine.list)(&sieve, &body, Blocks { masks: &masks, bare }, &mut lists);
            is_told(&masks, &lists)?;
            let same = if machine.is_wide { &by_buckets } else { &by_table };
            prop_assert_eq!(&masks, same);
            prop_assert_eq!(all_of(&lists), all_of(&listed(same)));
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn lists_have_each_place(blocks in prop::collection::vec((any::<u64>(), any::<u64>(), any::<bool>()), 1..64)) {
        let (sieve, _) = Sieve::new(&[], ByteSet::EMPTY);
        // Many places in a block or few.
        let bits = |(a, b, all): (u64, u64, bool)| if all { a | b } else { a & b & a.rotate_left(7) };
        let masks = blocks.into_iter().map(|block| Masks { singles: bits(block), ..Masks::default() }).collect::<Vec<_>>();
        let set = |place: &usize| masks[place / BLOCK].singles >> (place % BLOCK) & 1 == 1;
        let places: Vec<_> = (0..masks.len() * BLOCK).filter(set).collect();
        let mut lists = Lists::default();
        let blocks = Blocks { masks: &masks, bare: 0 };
        sieve.list_each(&[], blocks, &mut lists, Places::add, keep);
        prop_assert_eq!(lists.others.iter().collect::<Vec<_>>(), &places[..]);
        for machine in MACHINES {
            let mut lists = Lists::default();
            if (machine.list)(&sieve, &[], blocks, &mut lists) {
                prop_assert_eq!(lists.others.iter().collect::<Vec<_>>(), &places[..]);
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn marks_are_told_where_they_stand(text in "([^\"\\\\]{0,70}[\"\\\\]{0,3}){0,8}") {
        let (blocks, _) = text.as_bytes().as_chunks::<BLOCK>();
        let expected: Vec<_> = text.as_bytes().chunks(BLOCK).map(Marks::of).collect();
        for (at, byte) in text.bytes().enumerate() {
            let Marks { quotes, backslashes } = expected[at / BLOCK];
            let is = |bits: u64| bits >> (at % BLOCK) & 1 == 1;
            prop_assert_eq!((is(quotes), is(backslashes)), (byte == b'"', byte == b'\\'));
        }
        prop_assert_eq!(&marks(text.as_bytes()), &expected);
        for machine in MACHINES {
            let mut told = vec![Marks::default(); blocks.len()];
            if (machine.marks)(blocks, &mut told) {
                prop_assert_eq!(&told[..], &expected[..blocks.len()]);
            }
        }
    }
}

fn all_of(Lists { literals, in_bare, others }: &Lists) -> [Vec<usize>; 5] {
    [&literals.windows, &literals.threes, &in_bare.windows, &in_bare.threes, others]
        .map(|places| places.iter().collect())
}

/// Every other literal does.
fn needs_run(literal: &str) -> bool {
    literal.bytes().fold(0, u8::wrapping_add) % 2 == 0
}

fn is_bare(bare: u64, place: usize) -> bool {
    bare.unbounded_shr((place / BLOCK) as u32) & 1 == 1
}

/// What wide tables let through, told place by place.
fn tell_by_buckets(Sieve { wide, .. }: &Sieve, body: &[u8], masks: &mut [Masks], bare: u64) {
    for (at, (masks, block)) in masks.iter_mut().zip(body.windows(BLOCK + AHEAD).step_by(BLOCK)).enumerate() {
        (masks.windows, masks.threes) = (0, 0);
        for (place, window) in block.array_windows::<WINDOW>().take(BLOCK).enumerate() {
            let [a, b, c, _] = *window;
            let three = &[a, b, c];
            let (is_one, is_three) = match is_bare(bare, at * BLOCK) {
                true => (wide::has(&wide.bare, window), wide::has(&wide.bare_threes, three)),
                false => (wide::has(&wide.windows, window), wide::has(&wide.threes, three)),
            };
            masks.windows |= u64::from(is_one) << place;
            masks.threes |= u64::from(is_three) << place;
        }
    }
}

/// Nothing that was put in is missed, but for what needs a run in bare blocks.
fn literals_are_told(
    literals: &[(String, bool)],
    offsets: &[usize],
    bare: u64,
    lists: &Lists,
) -> Result<(), TestCaseError> {
    let mut at = 0;
    for ((literal, _), offset) in literals.iter().zip(offsets) {
        let window = at + offset;
        at += literal.len();
        let spots = match is_bare(bare, window) {
            true if needs_run(literal) => continue,
            true => &lists.in_bare,
            false => &lists.literals,
        };
        let there = if literal.len() == THREE { &spots.threes } else { &spots.windows };
        prop_assert!(there.iter().any(|listed| listed == window), "{}", literal);
    }
    Ok(())
}

/// What each byte is is told.
fn bytes_are_told(singles: &[u8], body: &[u8], masks: &[Masks], lists: &Lists) -> Result<(), TestCaseError> {
    for (at, byte) in body.iter().take(masks.len() * BLOCK).enumerate() {
        let bit = |mask: u64| mask >> (at % BLOCK) & 1 == 1;
        let masks = &masks[at / BLOCK];
        let is_first = byte.is_ascii_digit() && !(at > 0 && body[at - 1].is_ascii_digit());
        let is_listed = lists.others.iter().any(|listed| listed == at);
        prop_assert_eq!(bit(masks.digits), byte.is_ascii_digit());
        prop_assert_eq!(bit(masks.singles), singles.contains(byte));
        prop_assert_eq!(is_listed, is_first || singles.contains(byte));
        prop_assert_eq!(bit(masks.breaks), ByteSet::BREAK.has(*byte));
        prop_assert_eq!(bit(masks.gives), Need::GIVES.has(*byte));
    }
    Ok(())
}
