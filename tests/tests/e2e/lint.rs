//! `renlayer policy lint` over the cases in `lint/*.md`: what it says of policies, and how it exits, with a solver and without.
//!
//! A case is a section. Its fenced blocks are the configuration (`yaml`), the one before it where there is one (`yaml before`),
//! further arguments (`arguments`), and what is said: `text`, or `text with` and `text without` a solver where that makes a
//! difference. The first line of it is the exit code, and the last are those of standard error. `…` stands for anything within a line.
//!
//! `RENLAYER_BLESS=1` writes what is said into the files, for review.

use std::fs;
use std::path::{Path, PathBuf};

use renlayer_tests::harness::{self, Finished};

/// One section of a file.
struct Case<'t> {
    name: &'t str,
    blocks: Vec<Block<'t>>,
}

/// A fenced block: what stands behind its fence, and in it.
struct Block<'t> {
    info: &'t str,
    text: &'t str,
}

/// A program that answers as cvc5 does.
struct Solver(PathBuf);

// === impl Case ===

impl<'t> Case<'t> {
    fn all(text: &'t str) -> Vec<Self> {
        text.split("\n## ").skip(1).map(Self::read).collect()
    }

    fn read(section: &'t str) -> Self {
        let (name, mut rest) = section.split_once('\n').expect("a section with a text");
        let mut blocks = Vec::new();
        while let Some((_, block)) = rest.split_once("\n```") {
            let (info, body) = block.split_once('\n').expect("a block with a text");
            let end = if body.starts_with("```") { 0 } else { body.find("\n```").expect("an end") + 1 };
            blocks.push(Block { info, text: &body[..end] });
            rest = &body[end + 3..];
        }
        Self { name, blocks }
    }

    fn block(&self, info: &str) -> Option<&'t str> {
        self.blocks.iter().find(|block| block.info == info).map(|block| block.text)
    }

    /// What is said of it, behind the exit code.
    fn run(&self, solver: Option<&Solver>) -> String {
        let home = tempfile::tempdir().expect("a temporary directory");
        let write = |name: &str, text: &str| fs::write(home.path().join(name), text).expect("a file");
        write("policies.yaml", self.block("yaml").expect("policies"));
        let mut command = harness::renlayer(home.path());
        command.args(["policy", "lint", "--config", "policies.yaml"]);
        if let Some(before) = self.block("yaml before") {
            write("before.yaml", before);
            command.args(["--since", "before.yaml"]);
        }
        command.args(self.block("arguments").unwrap_or_default().split_whitespace());
        // Nothing on the path, unless it is named.
        command.env("PATH", home.path()).env_remove("CVC5");
        if let Some(Solver(program)) = solver {
            command.env("CVC5", program);
        }
        let run = Finished::run(&mut command, "");
        let code = run.code.expect("an exit");
        let beside = run.err.lines().map(|line| format!("stderr: {line}"));
        let lines =
            [format!("exit {code}")].into_iter().chain(run.out.lines().map(str::to_owned)).chain(beside);
        lines.map(|line| line.trim_end().to_owned() + "\n").collect()
    }
}

// === impl Solver ===

impl Solver {
    /// The one that the environment names; `cargo xtask test` installs one.
    fn installed() -> Option<Self> {
        let named = std::env::var_os("CVC5").filter(|name| !name.is_empty()).map(|name| Self(name.into()));
        if named.is_none() {
            let required = std::env::var_os("RENLAYER_TEST_REQUIRE_SOLVER").is_some();
            assert!(!required, "RENLAYER_TEST_REQUIRE_SOLVER is set, but CVC5 names none");
            eprintln!("NOT RUN with a solver: CVC5 names none");
        }
        named
    }
}

/// Whether what was said is as it should be, line by line.
fn is_as(said: &str, expected: &str) -> bool {
    let lines = || said.lines().zip(expected.lines());
    said.lines().count() == expected.lines().count()
        && lines().all(|(said, expected)| line_is(said, expected))
}

fn line_is(said: &str, expected: &str) -> bool {
    let Some((start, rest)) = expected.split_once('…') else { return said == expected };
    let Some(mut said) = said.strip_prefix(start) else { return false };
    let mut parts: Vec<&str> = rest.split('…').collect();
    let last = parts.pop().unwrap_or_default();
    for part in parts {
        let Some((_, after)) = said.split_once(part) else { return false };
        said = after;
    }
    said.ends_with(last)
}

/// The text of a file with another block in one of its sections.
fn with_block(text: &str, section: &str, info: &str, said: &str) -> String {
    let (before, rest) = text.split_once(&format!("\n## {section}\n")).expect("the section");
    let (head, rest) = rest.split_once(&format!("\n```{info}\n")).expect("the block");
    let end = if rest.starts_with("```") { 0 } else { rest.find("\n```").expect("its end") + 1 };
    format!("{before}\n## {section}\n{head}\n```{info}\n{said}{}", &rest[end..])
}

/// Runs every case of a file; what is not as it should be is told at the end, or written into the file.
fn check(file: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/e2e/lint").join(file);
    let mut text = fs::read_to_string(&path).expect("the cases");
    let bless = std::env::var_os("RENLAYER_BLESS").is_some();
    let solver = Solver::installed();
    let cases = text.clone();
    let (mut wrong, mut run) = (Vec::new(), 0);
    for case in Case::all(&cases) {
        let same = case.block("text").is_some();
        for (info, solver) in [("text without", Some(None)), ("text with", solver.as_ref().map(Some))] {
            let Some(solver) = solver else { continue };
            let info = if same { "text" } else { info };
            let expected = case.block(info).unwrap_or_else(|| panic!("{}: no `{info}`", case.name));
            let said = case.run(solver);
            run += 1;
            if is_as(&said, expected) {
                continue;
            }
            if bless {
                text = with_block(&text, case.name, info, &said);
            }
            wrong.push(format!("{}, {info}:\n{said}instead of:\n{expected}", case.name));
        }
    }
    if bless {
        fs::write(&path, text).expect("the cases");
    }
    assert!(run > 0, "{file} holds no case");
    assert!(wrong.is_empty(), "{file}:\n{}", wrong.join("\n"));
}

#[test]
fn native_policies_are_told_what_is_wrong_with_them() {
    check("native.md");
}

#[test]
fn cedar_policies_are_told_what_is_wrong_with_them() {
    check("cedar.md");
}

#[test]
fn changes_are_told_what_they_newly_allow() {
    check("since.md");
}

#[test]
fn a_line_may_leave_out_what_does_not_matter() {
    for (said, expected, is) in [
        ("a b c", "a b c", true),
        ("a b c", "a … c", true),
        ("a b c", "a …", true),
        ("a b c", "…c", true),
        ("a b c", "…b…", true),
        ("a b c", "a … d", false),
        ("a b c", "b …", false),
        ("a b c", "a b", false),
    ] {
        assert_eq!(line_is(said, expected), is, "{said} {expected}");
    }
}
