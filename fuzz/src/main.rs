//! libFuzzer around one of the targets, which `RENLAYER_FUZZ_TARGET` names; `cargo xtask fuzz` sets it.
//!
//! One program for all of them is linked once. Where `RENLAYER_FUZZ_SEEDS` and `RENLAYER_FUZZ_DICTIONARY` name a directory
//! and a file, the target's seeds and words are written there before libFuzzer reads them.
#![no_main]

use std::path::PathBuf;
use std::sync::OnceLock;

use libfuzzer_sys::fuzz_target;
use renlayer_fuzz_targets::Target;

static TARGET: OnceLock<&Target> = OnceLock::new();

fuzz_target!(
    init: {
        let target = named();
        write(target);
        let _ = TARGET.set(target);
    },
    |bytes: &[u8]| {
        if let Some(target) = TARGET.get() {
            (target.run)(bytes);
        }
    }
);

fn named() -> &'static Target {
    let name = std::env::var("RENLAYER_FUZZ_TARGET").unwrap_or_default();
    Target::named(&name).unwrap_or_else(|| {
        eprintln!("RENLAYER_FUZZ_TARGET names a target:\n");
        Target::all().for_each(|target| eprintln!("  {:<14} {}", target.name, target.holds));
        std::process::exit(2)
    })
}

fn write(target: &Target) {
    let place = |name: &str| std::env::var_os(name).map(PathBuf::from);
    if let Some(seeds) = place("RENLAYER_FUZZ_SEEDS") {
        std::fs::create_dir_all(&seeds).expect("a directory for seeds");
        for (nth, seed) in (target.seeds)().into_iter().enumerate() {
            std::fs::write(seeds.join(format!("seed-{nth:03}")), seed).expect("a seed is written");
        }
    }
    if let Some(dictionary) = place("RENLAYER_FUZZ_DICTIONARY") {
        std::fs::write(dictionary, target.dictionary()).expect("a dictionary is written");
    }
}
