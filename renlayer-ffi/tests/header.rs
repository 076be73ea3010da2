//! The header is a contract: `include/renlayer.h` is what cbindgen makes from the crate, byte for byte, under the
//! conventions that open it.
//!
//! `RENLAYER_UPDATE_HEADER=1 cargo test -p renlayer-ffi --test header` writes it anew.

use std::error::Error;
use std::path::Path;
use std::{env, fs};

#[test]
fn the_committed_header_is_the_one_the_crate_makes() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let (made, path) = (header(root).unwrap(), root.join("include/renlayer.h"));
    if env::var_os("RENLAYER_UPDATE_HEADER").is_some() {
        fs::write(&path, &made).unwrap();
    }
    let committed = fs::read_to_string(&path).unwrap_or_default();
    let same = committed.lines().zip(made.lines()).take_while(|(committed, made)| committed == made).count();
    assert!(
        committed == made,
        "include/renlayer.h is not what the crate makes, from line {} on; tests/header.rs says how to write it anew",
        same + 1,
    );
}

fn header(root: &Path) -> Result<String, Box<dyn Error>> {
    let mut config = cbindgen::Config::from_file(root.join("cbindgen.toml"))?;
    let opening = "// renlayer.h: the C ABI of RenLayer. Made from renlayer-ffi/src; do not edit.\n//\n";
    config.header = Some(opening.to_owned() + &conventions(&fs::read_to_string(root.join("src/lib.rs"))?));
    let mut made = Vec::new();
    cbindgen::generate_with_config(root, config)?.write(&mut made);
    Ok(String::from_utf8(made)?)
}

/// The section of that name in the crate's documentation, as a C comment.
fn conventions(source: &str) -> String {
    let lines = source
        .lines()
        .map_while(|line| line.strip_prefix("//!"))
        .skip_while(|line| *line != " # Conventions");
    let section: Vec<_> = lines.take_while(|line| *line != " # Where things are").collect();
    assert!(section.len() > 2, "src/lib.rs has no section `# Conventions`");
    section.iter().map(|line| format!("//{line}\n")).collect::<String>().trim_end_matches("//\n").to_owned()
}
