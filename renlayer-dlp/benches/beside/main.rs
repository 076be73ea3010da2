//! A scan beside what else could be done with the same bytes, in one run: parsing them into a `serde_json::Value`, a
//! `RegexSet` over comparable rules, and Hyperscan with the same rules.
//!
//! `cargo bench -p renlayer-dlp --bench beside`, with `--features hyperscan` where `libhyperscan-dev` is installed.
//!
//! Bodies of one size are all different, as they are in life, so that nothing that is built lazily is warm for just one of
//! them. Every scan is timed by itself: p50 and p99 are of single bodies, GB/s of all together. The rules: 411 of the literals
//! that the built-in detectors look for, each followed by 16 to 64 letters, digits, `_` and `-`.
#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a bench stops where something is wrong, and prints"
)]

mod bodies;
#[cfg(feature = "hyperscan")]
mod hyperscan;

use std::hint::black_box;
use std::time::{Duration, Instant};

use bodies::Bodies;
use regex::bytes::RegexSet;
use renlayer_dlp::detector::{Anchor, builtin};
use renlayer_dlp::{Direction, Format, Input, Scanner};

/// How long each row may take, in about.
const BUDGET: Duration = Duration::from_millis(600);
const RULES: usize = 411;

fn main() {
    let scanner = Scanner::builtin();
    let rules = rules();
    let set = RegexSet::new(&rules).unwrap();
    #[cfg(feature = "hyperscan")]
    let hyperscan = hyperscan::Database::new(&rules);
    println!("{} detectors; {} rules for the others", scanner.detectors().count(), rules.len());
    println!("{:<16} {:<16} {:>12} {:>12} {:>8}", "bodies", "", "p50", "p99", "GB/s");
    for bodies in bodies::all() {
        let input = Input { format: bodies.format, direction: Direction::Request, known: None };
        row(&bodies, "renlayer", |body| scanner.scan(body, input).findings.len());
        if bodies.format == Format::Json {
            row(&bodies, "serde_json::Value", |body| {
                usize::from(serde_json::from_slice::<serde_json::Value>(body).unwrap().is_object())
            });
        }
        #[cfg(feature = "hyperscan")]
        row(&bodies, "hyperscan", |body| hyperscan.matches(body));
        row(&bodies, "RegexSet", |body| set.matches(body).iter().count());
    }
}

/// What every regular expression engine can be given: the literals of tokens, longest first, and what follows them.
fn rules() -> Vec<String> {
    let anchors = builtin().into_iter().flat_map(|detector| detector.anchors());
    let mut literals: Vec<_> = anchors
        .filter_map(|anchor| match anchor {
            Anchor::Literal(bytes) => String::from_utf8(bytes).ok(),
            _ => None,
        })
        .filter(|literal| literal.len() > 3)
        .collect();
    literals.sort();
    literals.dedup();
    // Spread over the alphabet, should there be more.
    let step = (literals.len() / RULES).max(1);
    let chosen = literals.iter().step_by(step).take(RULES);
    chosen.map(|literal| format!("{}[0-9A-Za-z_-]{{16,64}}", regex::escape(literal))).collect()
}

/// Times a reading of every body, again and again, and prints a line.
fn row(bodies: &Bodies, name: &str, mut read: impl FnMut(&[u8]) -> usize) {
    let mut times = Vec::new();
    bodies.all.iter().for_each(|body| _ = black_box(read(body)));
    let begun = Instant::now();
    while times.is_empty() || (begun.elapsed() < BUDGET && times.len() < 100_000) {
        for body in &bodies.all {
            let start = Instant::now();
            black_box(read(black_box(body)));
            times.push(start.elapsed());
        }
    }
    let total: Duration = times.iter().sum();
    let rounds = times.len() / bodies.all.len();
    let bytes = bodies.all.iter().map(Vec::len).sum::<usize>() * rounds;
    times.sort_unstable();
    let at = |share: f64| times.get((times.len() as f64 * share) as usize).copied().unwrap_or_default();
    println!(
        "{:<16} {name:<16} {:>12} {:>12} {:>8.2}",
        bodies.name,
        format!("{:.2?}", at(0.5)),
        format!("{:.2?}", at(0.99)),
        bytes as f64 / total.as_nanos() as f64,
    );
}
