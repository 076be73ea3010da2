//! Names that programs give to the numbers of what they keep: `"order_id": "`, `msgId=`, `build_version: `.

use super::{NUMBERED, OF_MANY_SENSES, REACH, is_joined, last_word, without_signs};
use crate::detector::Probe;
use crate::words::Words;

/// What is kept and has ids besides what has numbers in a sentence too. By themselves these may name what anybody says: `"message": "`.
static WITH_IDS: Words = Words::new(&[
    "msg",
    "message",
    "event",
    "trace",
    "request",
    "req",
    "job",
    "task",
    "device",
    "asset",
    "shipment",
    "warehouse",
    "category",
]);
/// What is the name of its own number.
static NAMES: Words = Words::new(&[
    "order", "orders", "lot", "txn", "build", "version", "revision", "release", "isbn", "asin", "barcode",
    "pallet",
]);
/// What is measured or told of a thing, whose name needs none beside it. After a colon alone a sentence may end with these.
static TOLD: Words = Words::new(&[
    "total", "amount", "price", "cost", "qty", "quantity", "weight", "status", "lat", "lon", "lng",
    "duration", "elapsed", "at", "date",
]);
/// Words for a number, which a thing's name goes on with.
const NUMBER: [&str; 9] = ["id", "ids", "no", "nr", "num", "number", "nummer", "ref", "code"];

/// Whether the name before `start` is a program's, and that of a thing or of what is told of one.
pub(super) fn is_named(probe: &Probe<'_>, start: usize) -> bool {
    is_name_of_a_thing(probe.behind(start, REACH))
}

/// What has a telephone's name and ids that are no numbers to call, as those of `whatsapp` and `mobile` may be.
const CALLED: [&str; 4] = ["phone", "telephone", "call", "number"];

/// Whether a program's name for the id of a telephone or call stands right before `start`: `phone_id=`, `"callId": "`.
pub(in crate::detector) fn is_a_calls_id(probe: &Probe<'_>, start: usize) -> bool {
    let name = without_signs(probe.behind(start, REACH), b" \t\"':=");
    let word = last_word(name);
    let rest = name.get(..name.len() - word.len()).unwrap_or_default();
    let is_id = || [&b"id"[..], b"ids"].iter().any(|id| word.eq_ignore_ascii_case(id));
    let called = last_word(without_signs(rest, b"_"));
    is_joined(rest) && is_id() && CALLED.iter().any(|name| called.eq_ignore_ascii_case(name.as_bytes()))
}

fn is_name_of_a_thing(behind: &[u8]) -> bool {
    let name = without_signs(behind, b" \t\"':=");
    let signs = behind.get(name.len()..).unwrap_or_default();
    let word = last_word(name);
    let rest = name.get(..name.len() - word.len()).unwrap_or_default();
    let is_given = signs.iter().any(|sign| b":=".contains(sign));
    let is_a_programs =
        is_given && (is_joined(rest) || signs.contains(&b'=') || matches!(signs, [b'"' | b'\'', ..]));
    if !is_a_programs {
        return false;
    }
    let is_in = |name: &[u8], lists: &[&Words]| lists.iter().any(|list| list.stand_in(last_word(name)));
    let is_number = NUMBER.iter().any(|number| word.eq_ignore_ascii_case(number.as_bytes()));
    match is_number {
        true => is_in(without_signs(rest, b"_-"), &[&NUMBERED, &OF_MANY_SENSES, &WITH_IDS, &NAMES]),
        false => is_in(name, &[&NUMBERED, &NAMES, &TOLD]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_program_names_the_numbers_of_things() {
        for name in [
            "\"order_id\": \"",
            "msgId=",
            "\"lot\":\"",
            "lot=",
            "order_number: ",
            "build_version: ",
            "'price': '",
            "\"createdAt\": \"",
            "item_no=\"",
        ] {
            assert!(is_name_of_a_thing(name.as_bytes()), "{name}");
        }
        for name in [
            "\"user_id\": \"",
            "\"id\": \"",
            "customer_no=",
            "order: ",
            "total: ",
            "Thanks a lot: ",
            "meet at: ",
            "\"order_user\": \"",
            "\"tax_id\": \"",
            "order_id ",
            "\"account\": \"",
            "\"chat\": \"",
            "\"number\": \"",
            "\"message\": \"",
            "\"item\": \"",
            "\"parent\": \"",
            "parent_id = ",
        ] {
            assert!(!is_name_of_a_thing(name.as_bytes()), "{name}");
        }
    }
}
