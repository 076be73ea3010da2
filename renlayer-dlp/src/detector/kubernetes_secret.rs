//! The data of a Kubernetes Secret, in YAML.
//!
//! Its values are base64, so that no name or shape gives them away, and the manifest says of itself that they are secret. The
//! whole block is the value, from the first value to the last.
//!
//! - hit: `kind: Secret`, `data:` and below it names with values in base64, in either order; `stringData:` with any values
//! - miss: a ConfigMap, an empty block, templates
//! - known mistakes: JSON manifests are not read; `kind` further than 192 bytes before the block or 1,024 after it is not
//!   seen; certificates in a Secret are hits.

use std::ops::Range;

use super::token::is_placeholder;
use super::{About, Anchor, ByteSet, Detector, Match, Page, Probe, Start};
use crate::{Evidence, Severity};

/// See the [module](self).
pub(super) struct KubernetesSecret;

const BLOCKS: [&[u8]; 4] = [b"data:\n", b"data:\r\n", b"Data:\n", b"Data:\r\n"];
/// Lines and bytes of a block that are read.
const MOST_LINES: usize = 64;
const LONGEST_LINE: usize = 4096;
/// The shortest value that counts.
const LEAST_VALUE: usize = 10;
/// How far after the block's name the kind may stand.
const NEAR: usize = 1024;
const LINE: ByteSet = ByteSet::EMPTY.with(b"\r\n").not();
const NAME: ByteSet = ByteSet::WORD.with(b"-.\"'");
const BASE64: ByteSet = ByteSet::BASE64.with(b"=");
const QUOTES: ByteSet = ByteSet::EMPTY.with(b"\"'");
const INDENT: ByteSet = ByteSet::EMPTY.with(b" \t");

impl Detector for KubernetesSecret {
    fn about(&self) -> About {
        let finds = "the data of a Kubernetes Secret";
        About::new("kubernetes_secret", "secret.kubernetes_secret", Severity::High, finds)
    }

    fn page(&self) -> Page {
        let mistakes = "manifests in JSON are not read; certificates in a Secret are hits";
        Page { basis: "the manifest's kind and its block of values", mistakes }
    }

    fn anchors(&self) -> Vec<Anchor> {
        BLOCKS.iter().map(Anchor::literal).collect()
    }

    fn start(&self) -> Start {
        Start::After
    }

    fn ahead(&self) -> usize {
        16 * 1024
    }

    fn verify(&self, probe: &Probe<'_>) -> Option<Match> {
        let block = BLOCKS.iter().find(|block| probe.looking_at(probe.at(), block))?;
        let is_plain = block.starts_with(b"D");
        let begin = probe.at() + block.len();
        if !probe.is(begin, &INDENT) || !is_secret(probe, begin) {
            return None;
        }
        let name = probe.run_back(probe.at(), &ByteSet::ALPHA, 8);
        let own = name - probe.run_back(name, &INDENT, 64);
        let Values { range, are_placeholders } = values(probe, begin, own, is_plain)?;
        let found = Match::new(range, 0.8).with(Evidence::CONTEXT).with(Evidence::STRUCTURE);
        Some(if are_placeholders { found.harmless() } else { found })
    }
}

/// Whether the manifest is one of a Secret.
fn is_secret(probe: &Probe<'_>, block: usize) -> bool {
    let end = probe.until(block, NEAR, |_| None);
    let before = probe.slice(probe.at().saturating_sub(192)..probe.at());
    let after = probe.slice(block..end);
    // Most blocks of data are of another format, which has no kind.
    let has_kind = |text: &[u8]| memchr::memmem::find(text, b"kind:").is_some();
    has_kind(before) && says_secret(last_document(before))
        || has_kind(after) && says_secret(first_document(after))
}

/// What stands after the last line of dashes, which begins a document.
fn last_document(text: &[u8]) -> &[u8] {
    let dashes = text.windows(4).rposition(|window| window == b"\n---");
    dashes.and_then(|at| text.get(at + 4..)).unwrap_or(text)
}

/// What stands before the first.
fn first_document(text: &[u8]) -> &[u8] {
    let dashes = text.windows(4).position(|window| window == b"\n---");
    dashes.and_then(|at| text.get(..at)).unwrap_or(text)
}

fn says_secret(text: &[u8]) -> bool {
    text.split(|byte| *byte == b'\n').any(|line| {
        let line = line.trim_ascii();
        let kind = line.strip_prefix(b"kind:").map(<[u8]>::trim_ascii).unwrap_or_default();
        let kind = kind.strip_prefix(b"\"").or(kind.strip_prefix(b"'")).unwrap_or(kind);
        kind.get(..6).is_some_and(|kind| kind.eq_ignore_ascii_case(b"secret"))
            && kind.get(6).is_none_or(|next| QUOTES.has(*next))
    })
}

/// The values of a block.
struct Values {
    /// From the first byte of the first one to the end of the last.
    range: Range<usize>,
    /// Whether each of them says itself that it is none.
    are_placeholders: bool,
}

fn values(probe: &Probe<'_>, begin: usize, own: usize, is_plain: bool) -> Option<Values> {
    let (mut at, mut found) = (begin, None::<Values>);
    for _ in 0..MOST_LINES {
        let indent = probe.run(at, &INDENT, 64);
        let end = probe.run(indent, &LINE, LONGEST_LINE);
        // Back at the depth of the block's name, the block is over.
        if indent - at <= own || indent == end {
            break;
        }
        if let Some((start, end)) = value(probe, indent, end, is_plain) {
            let is_one = is_placeholder(probe.slice(start..end));
            let (start, are_others) =
                found.map_or((start, true), |all| (all.range.start, all.are_placeholders));
            found = Some(Values { range: start..end, are_placeholders: are_others && is_one });
        }
        at = probe.run(end, &ByteSet::EMPTY.with(b"\r\n"), 2);
    }
    found
}

/// The value of a line, after its name where it has one.
fn value(probe: &Probe<'_>, line: usize, end: usize, is_plain: bool) -> Option<(usize, usize)> {
    let name = probe.run(line, &NAME, 128);
    let is_named = probe.looking_at(name, b":");
    let start = if is_named { probe.run(name + 1, &INDENT.or(QUOTES), 8) } else { line };
    let set = if is_plain { LINE.without(b"\"'{}") } else { BASE64 };
    let stop = probe.run(start, &set, LONGEST_LINE);
    let rest = probe.run(stop, &QUOTES.or(INDENT), 8);
    (stop >= start + LEAST_VALUE && rest >= end).then_some((start, stop))
}

#[cfg(test)]
mod tests {
    use crate::detector::harness::Cases;

    #[test]
    fn kubernetes_secret_cases() {
        let value = ["YWRtaW46", "cGFzc3dvcmQ="].concat();
        let other = ["c2Vjb25k", "LXZhbHVl"].concat();
        let both = format!("{value}\n  other: {other}");
        Cases::of("secret.kubernetes_secret")
            .hit(
                &format!("apiVersion: v1\nkind: Secret\nmetadata:\n  name: x\ndata:\n  extra: {value}\n"),
                &value,
            )
            .hit(&format!("data:\n  extra: '{value}'\nkind: 'Secret'\n"), &value)
            .hit(&format!("kind: Secret\ndata:\n  extra: {both}\nmetadata:\n"), &both)
            .hit(&format!("kind: secret\ndata:\n  .dockercfg: |\n    {value}\n"), &value)
            .hit("kind: Secret\nstringData:\n  word: open-sesame-7\n", "open-sesame-7")
            // The names of entries say nothing about their values.
            .hit(&format!("kind: Secret\ndata:\n  token: {value}\n"), &value)
            .hit(&format!("kind: Secret\ndata:\n  your-note: {both}\n"), &both)
            .low("kind: Secret\nstringData:\n  word: your-password-here\n", "your-password-here")
            .miss(&format!("kind: ConfigMap\ndata:\n  extra: {value}\n"))
            .miss(&format!("kind: SecretStore\ndata:\n  extra: {value}\n"))
            .miss(&format!("kind: Secret\n---\nkind: ConfigMap\ndata:\n  extra: {value}\n"))
            .miss("kind: Secret\ndata:\n  extra: {{ .Values.password | b64enc }}\n")
            .miss(&format!("data: {value}\nkind: Secret"))
            .run();
    }
}
