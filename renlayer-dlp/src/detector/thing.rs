//! What has numbers of its own that are written as those of persons are: the parts of a machine, the orders of a shop.

mod kept;
mod measure;

use std::ops::Range;

use super::{Probe, cell};
use crate::words::Words;
pub(super) use kept::is_a_calls_id;
pub(super) use measure::{is_an_integers, is_logged, tells_how_much};

/// Words that a number follows directly.
static NUMBERED: Words = Words::new(&[
    "sku",
    "serial",
    "batch",
    "invoice",
    "ticket",
    "tracking",
    "artikel",
    "bestellung",
    "rechnung",
    "pedido",
    "factura",
    "commande",
    "facture",
    "ordine",
    "fattura",
    "upc",
    "ean",
    "gtin",
    "pn",
    "mpn",
    "nsn",
    "zeichnung",
    "drawing",
]);
/// Words that say much else, and that a word for a number has to follow: `part no.`, `order #`.
static OF_MANY_SENSES: Words =
    Words::new(&["part", "item", "lot", "model", "order", "article", "product", "catalog"]);
/// Those of them that a sentence says of no person.
static SPOKEN: Words = Words::new(&["part", "item", "lot", "order", "article", "product", "catalog"]);
/// Words that such a one stands after where it is a thing's name.
static BEFORE_A_THING: Words =
    Words::new(&["the", "this", "that", "of", "for", "new", "spare", "replacement"]);
/// Words for a number.
const NUMBER: [&str; 5] = ["number", "num", "no", "nr", "nummer"];
/// How far back such a name is looked for.
const REACH: usize = 32;

/// Whether what is right before the number at `range` says that it is a thing's.
pub(super) fn is_a_things(probe: &Probe<'_>, range: &Range<usize>) -> bool {
    is_numbered(probe, range.start) || kept::is_named(probe, range.start) || is_spoken_of(probe, range)
}

/// Whether a sentence numbers a thing there, in a line that names nobody: `the part 128-14-2074 is broken`.
fn is_spoken_of(probe: &Probe<'_>, range: &Range<usize>) -> bool {
    speaks_of_a_thing(probe.behind(range.start, REACH)) && !cell::names_a_person(probe, range)
}

/// Whether the name right before `start` says that a thing is numbered: `part no. 128-14-2074`, `"sku": "128-14-2074"`.
pub(super) fn is_numbered(probe: &Probe<'_>, start: usize) -> bool {
    is_name_of_a_number(probe.behind(start, REACH))
}

/// Whether the word `order` stands right before `start`, which is a verb too: for digits that nobody writes in one piece.
pub(super) fn is_ordered(probe: &Probe<'_>, start: usize) -> bool {
    let name = probe.behind(start, REACH).strip_suffix(b" ");
    name.is_some_and(|name| last_word(name).eq_ignore_ascii_case(b"order"))
}

fn is_name_of_a_number(behind: &[u8]) -> bool {
    let name = without_signs(behind, b" \t\"':=#");
    let has_sign = behind.get(name.len()..).unwrap_or_default().contains(&b'#');
    if ends_with_a_short_form(name) {
        return true;
    }
    match without_number(name) {
        Some(thing) => ends_with(thing, &NUMBERED) || ends_with(thing, &OF_MANY_SENSES),
        None => ends_with(name, &NUMBERED) || has_sign && ends_with(name, &OF_MANY_SENSES),
    }
}

/// Whether a name that may say much else stands before one space, and begins its line or sentence or follows a word that speaks of a thing: `the part`,
/// but not `my part`, nor `in order`, nor `Jones, order`.
fn speaks_of_a_thing(behind: &[u8]) -> bool {
    let Some(name) = behind.strip_suffix(b" ").filter(|name| ends_with(name, &SPOKEN)) else { return false };
    let rest = name.get(..name.len() - last_word(name).len()).unwrap_or_default();
    let before = without_signs(rest, b" ");
    match before.last() {
        None | Some(b'\n' | b'"' | b'.' | b';' | b'!' | b'?') => true,
        Some(_) => rest.ends_with(b" ") && BEFORE_A_THING.stand_in(last_word(before)),
    }
}

/// `P/N`, `S/N`.
fn ends_with_a_short_form(name: &[u8]) -> bool {
    matches!(name, [.., b'P' | b'p' | b'S' | b's', b'/', b'N' | b'n'])
}

/// The name without a word for a number at its end, where there is one.
fn without_number(name: &[u8]) -> Option<&[u8]> {
    let name = name.strip_suffix(b".").unwrap_or(name);
    let rest = name.get(..name.len() - last_word(name).len())?;
    let is_number = |word: &&str| last_word(name).eq_ignore_ascii_case(word.as_bytes());
    NUMBER.iter().any(is_number).then(|| without_signs(rest, b" _-"))
}

fn ends_with(name: &[u8], words: &Words) -> bool {
    words.stand_in(last_word(name))
}

/// The letters at the end of a name, from the last that begins a hump on: `no` in `part_no`, `No` in `partNo`.
fn last_word(name: &[u8]) -> &[u8] {
    let letters = name.iter().rev().take_while(|byte| byte.is_ascii_alphabetic() || **byte >= 0x80).count();
    let word = name.get(name.len() - letters..).unwrap_or_default();
    let hump = word.windows(2).rposition(|pair| matches!(pair, [b'a'..=b'z', b'A'..=b'Z']));
    hump.and_then(|at| word.get(at + 1..)).unwrap_or(word)
}

/// Whether a word after this is joined to it in one name: `phone_`, `phone` before `Count`.
fn is_joined(rest: &[u8]) -> bool {
    rest.ends_with(b"_") || rest.last().is_some_and(u8::is_ascii_lowercase)
}

fn without_signs<'n>(name: &'n [u8], signs: &[u8]) -> &'n [u8] {
    let end = name.iter().rposition(|byte| !signs.contains(byte)).map_or(0, |last| last + 1);
    name.get(..end).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_thing_is_numbered_by_the_words_right_before() {
        for name in [
            "part no. ",
            "Part Number: ",
            "partNo=",
            "part_number\": \"",
            "Order #",
            "P/N ",
            "sku ",
            "SKU: ",
            "itemSku: ",
            "Rechnung Nr. ",
            "ticket #",
        ] {
            assert!(is_name_of_a_number(name.as_bytes()), "{name}");
        }
        for name in ["part ", "x\npart ", "broken; the part ", "broken. Part ", "for order "] {
            assert!(speaks_of_a_thing(name.as_bytes()), "{name}");
        }
        for name in [
            "",
            "no. ",
            "I did my part. ",
            "my part ",
            "my part: ",
            "in order ",
            "for my part ",
            "to place order ",
            "I did not take part ",
            "the part: ",
            "the part, ",
            "Jones, order ",
            "Jones: order ",
            "2 bolts, part ",
            "The model ",
            "the  part  ",
            "Jones #",
            "#",
            "Parking lot. ",
            "Thanks a lot: ",
            "order: ",
            "Invoice. ",
            "Ticket #12 Anna ",
            "invoice - ",
            "invoice, ",
            "invoice\n",
            "casino ",
            "order_user\": \"",
        ] {
            assert!(!is_name_of_a_number(name.as_bytes()), "{name}");
            assert!(!speaks_of_a_thing(name.as_bytes()), "{name}");
        }
    }
}
