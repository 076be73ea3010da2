//! The scripted upstream as a program: `mock-upstream [--port N]` prints its port and serves until it is killed or
//! its standard input closes, so that it never outlives the test that started it.
#![forbid(unsafe_code)]

use std::io::Read as _;
use std::process::ExitCode;

use renlayer_tests::upstream::Upstream;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let port = match arguments.as_slice() {
        [] => Some(0),
        ["--port", port] => port.parse().ok(),
        _ => None,
    };
    let Some(port) = port else {
        eprintln!("usage: mock-upstream [--port N]    (0, the default: any free port)");
        return ExitCode::from(2);
    };
    let upstream = Upstream::start_at(port);
    println!("{}", upstream.address().port());
    let _ = std::io::stdin().read_to_end(&mut Vec::new());
    ExitCode::SUCCESS
}
