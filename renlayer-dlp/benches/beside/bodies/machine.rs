//! What machines write into the bodies of calls: pictures and signatures in base64, vectors, lines of a log, tables, drawings.

use std::fmt::Write as _;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use serde_json::{json, to_vec};

use super::{Random, prose};

/// A question about a picture, which stands in it as a data URL.
pub(super) fn picture(random: &mut Random, length: usize) -> Vec<u8> {
    let bytes: Vec<u8> = (0..length / 4 * 3).map(|_| random.below(256) as u8).collect();
    let url = format!("data:image/png;base64,{}", BASE64_STANDARD.encode(bytes));
    let content = json!([{ "type": "text", "text": prose(random, 200) }, { "type": "image_url", "image_url": { "url": url } }]);
    to_vec(&json!({ "model": "gpt-4o-mini", "messages": [{ "role": "user", "content": content }] })).unwrap()
}

/// The answer of a model that makes vectors of texts.
pub(super) fn vectors(random: &mut Random, length: usize) -> Vec<u8> {
    let vector = |random: &mut Random| -> Vec<f64> {
        (0..256).map(|_| (random.below(2_000_000) as f64 - 1e6) / 3e7).collect()
    };
    let data: Vec<_> = (0..(length / 6000).max(1))
        .map(|index| json!({ "object": "embedding", "index": index, "embedding": vector(random) }))
        .collect();
    to_vec(&json!({ "object": "list", "data": data, "model": "text-embedding-3-small" })).unwrap()
}

/// Lines of a server's log.
pub(super) fn log(random: &mut Random, length: usize) -> String {
    lines(length, |text| {
        let [day, hour, minute, second, milli] = [28, 24, 60, 60, 1000].map(|most| random.below(most));
        let [worker, id, item, took, size] = [8, 1 << 30, 90_000, 900, 90_000].map(|most| random.below(most));
        writeln!(
            text,
            "2026-11-{:02}T{hour:02}:{minute:02}:{second:02}.{milli:03}Z INFO  [worker-{worker}] request id={id:08x} \
             GET /api/v1/items/{item} 200 {took}ms bytes={size}",
            1 + day
        )
    })
}

/// Rows of a table, with commas.
pub(super) fn table(random: &mut Random, length: usize) -> String {
    lines(length, |text| {
        let [row, month, day, count, cents, part] =
            [900_000, 12, 28, 50, 90_000, 99_999].map(|most| random.below(most));
        let (whole, cents) = (cents / 100, cents % 100);
        let [name, word] = [random.name(), random.word()];
        writeln!(
            text,
            "{row},2026-{:02}-{:02},{count},{whole}.{cents:02},{name}-{part:05},{word}",
            1 + month,
            1 + day
        )
    })
}

/// A drawing: paths of points.
pub(super) fn drawing(random: &mut Random, length: usize) -> String {
    lines(length, |text| {
        text.push_str("<path fill=\"#1f1f1f\" d=\"M");
        for _ in 0..12 {
            let [x, y, dx, dy] = [2400, 2400, 999, 999].map(|most| random.below(most) as f64 / 100.0);
            write!(text, "L{x:.2} {y:.2}l{dx} {dy}")?;
        }
        writeln!(text, "\"/>")
    })
}

/// As many lines as make up the length.
fn lines(length: usize, mut line: impl FnMut(&mut String) -> std::fmt::Result) -> String {
    let mut text = String::with_capacity(length + 500);
    while text.len() < length {
        line(&mut text).unwrap();
    }
    text.truncate(length);
    text
}
