//! The host of an account or store at a provider, where a configuration names it: it opens nothing, and says where the key beside it
//! fits.
//!
//! - low: `S3_BUCKET_HOST=acme.s3.amazonaws.com`, `host: "acme.azurecr.io"`, alone in its line
//! - miss: addresses with a path, `image: acme.azurecr.io/app:1`, hosts in logs, sentences and pages
//! - known mistakes: of an object that is written in one line none is seen.

use super::{About, Anchor, ByteSet, Detector, Match, Page, Probe, Reach, Start};
use crate::{Evidence, Severity};

/// See the [module](self).
pub(super) struct AccountHost;

/// What such hosts end with.
const HOSTS: [&str; 17] = [
    ".my.salesforce.com",
    ".snowflakecomputing.com",
    ".supabase.co",
    ".jfrog.io",
    ".online.tableau.com",
    ".s3.amazonaws.com",
    ".firebaseio.com",
    ".firebaseapp.com",
    ".search.windows.net",
    ".documents.azure.com",
    ".vault.azure.net",
    ".database.windows.net",
    ".azurecr.io",
    ".azuredatabricks.net",
    ".cloud.databricks.com",
    ".okta.com",
    ".auth0.com",
];
/// A part of the name of what is given a host.
const NAMES: [&[u8]; 14] = [
    b"host",
    b"url",
    b"uri",
    b"endpoint",
    b"domain",
    b"server",
    b"account",
    b"site",
    b"bucket",
    b"instance",
    b"workspace",
    b"issuer",
    b"registry",
    b"audience",
];
const LABELS: ByteSet = ByteSet::ALNUM.with(b"-.");
const LONGEST_LABELS: usize = 64;
const SHORTEST_LABELS: usize = 3;
const SCHEME: &[u8] = b"https://";
/// The longest name, with what stands before and after it in its line.
const LONGEST_NAME: usize = 80;
const LINE_END: ByteSet = ByteSet::EMPTY.with(b"\r\n");

impl Detector for AccountHost {
    fn about(&self) -> About {
        let finds = "the host of an account or store at a provider";
        About::new("account_host", "secret.account_host", Severity::Low, finds)
    }

    fn page(&self) -> Page {
        let mistakes = "of an object that is written in one line none is seen";
        Page { basis: "the provider's domain, and its name before it in a line of its own", mistakes }
    }

    fn anchors(&self) -> Vec<Anchor> {
        HOSTS.iter().map(Anchor::literal).collect()
    }

    fn reach(&self) -> Reach {
        Reach { set: LABELS, max: LONGEST_LABELS }
    }

    fn start(&self) -> Start {
        Start::Led { set: LABELS, min: SHORTEST_LABELS }
    }

    fn ahead(&self) -> usize {
        32
    }

    fn verify(&self, probe: &Probe<'_>) -> Option<Match> {
        let at = probe.at();
        let host = HOSTS.iter().find(|host| probe.looking_at(at, host.as_bytes()))?;
        let (start, end) = (probe.run_back(at, &LABELS, LONGEST_LABELS), at + host.len());
        probe.begins(start);
        let after = probe.run(end, &ByteSet::EMPTY.with(b"/\"'`,;"), 4);
        let ends_line = probe.is(after, &LINE_END) || probe.ends(after);
        let is_given = at - start >= SHORTEST_LABELS && ends_line && is_named(probe, start);
        is_given.then(|| Match::new(start..end, 0.5).with(Evidence::CONTEXT).harmless())
    }
}

/// Whether what stands before the host at `start` in its line gives it to a name, and is nothing else.
fn is_named(probe: &Probe<'_>, start: usize) -> bool {
    const NAME: ByteSet = ByteSet::WORD.with(b".-");
    const AROUND: ByteSet = ByteSet::EMPTY.with(b" \t\"'`");
    let start = start - if probe.behind(start, SCHEME.len()) == SCHEME { SCHEME.len() } else { 0 };
    let line = probe.run_back(start, &LINE_END.not(), LONGEST_NAME);
    if probe.before(line).is_some_and(|byte| !LINE_END.has(byte)) {
        return false;
    }
    let unquoted = |text: &[u8]| text.iter().rposition(|byte| !AROUND.has(*byte)).map_or(0, |last| last + 1);
    let before = probe.slice(line..start);
    let given = before.get(..unquoted(before)).unwrap_or_default();
    let Some((b'=' | b':', name)) = given.split_last() else { return false };
    let name = name.get(..unquoted(name)).unwrap_or_default().to_ascii_lowercase();
    let begin = name.iter().position(|byte| !AROUND.has(*byte)).unwrap_or_default();
    let name = name.get(begin..).unwrap_or_default();
    let name = name.strip_prefix(b"export ").unwrap_or(name);
    name.iter().all(|byte| NAME.has(*byte))
        && NAMES.iter().any(|word| memchr::memmem::find(name, word).is_some())
}

#[cfg(test)]
mod tests {
    use crate::detector::harness::Cases;

    #[test]
    fn account_host_cases() {
        Cases::of("secret.account_host")
            .low("S3_BUCKET_HOST=acme.s3.amazonaws.com\n", "acme.s3.amazonaws.com")
            .low("registry:\n  host: \"acme.azurecr.io\"\n", "acme.azurecr.io")
            .low(
                "export SNOWFLAKE_URL='https://ab12.eu.snowflakecomputing.com/'\n",
                "ab12.eu.snowflakecomputing.com",
            )
            .low("{\n  \"domain\": \"acme.auth0.com\",\n", "acme.auth0.com")
            .miss("GET https://acme.s3.amazonaws.com/a/b.png 200\n")
            .miss("url: https://acme.s3.amazonaws.com/a/b.png\n")
            .miss("image: acme.azurecr.io/app:1\n")
            .miss("<img src=\"https://acme.firebaseapp.com\"/>\n")
            .miss("    resolved \"https://acme.jfrog.io/npm/a.tgz\"\n")
            .miss("12:00:01 INFO host=acme.s3.amazonaws.com\n")
            .miss("12:00:01 host=acme.s3.amazonaws.com status=200\n")
            .miss("the shop is at https://acme.s3.amazonaws.com\n")
            .miss("- acme.okta.com\n")
            .run();
    }
}
