//! The built binary starts and says what it is.
//!
//! This file also has cargo build the binary whenever the workspace is tested: a package's binaries are built for its
//! own integration tests only, and the end-to-end tests are in another package.

use std::process::Command;

#[test]
fn it_says_its_version() {
    let output = Command::new(env!("CARGO_BIN_EXE_renlayer")).arg("--version").output().expect("it starts");
    let expected = format!("renlayer {}\n", env!("CARGO_PKG_VERSION"));
    assert!(output.status.success());
    assert_eq!(String::from_utf8_lossy(&output.stdout), expected);
}
