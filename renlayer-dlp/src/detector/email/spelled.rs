//! Addresses spelled so that programs should not read them: `alice[at]corp[dot]io`; of `alice [at] corp [dot] io` all but the
//! first word.

use crate::detector::{About, Anchor, ByteSet, Detector, Match, Page, Probe, Reach};
use crate::{Evidence, Severity};

/// See the [module](self).
pub(in crate::detector) struct Spelled;

const ATS: [&[u8]; 3] = [b"[at]", b"(at)", b"{at}"];
const DOTS: [&[u8]; 4] = [b"[dot]", b"(dot)", b"{dot}", b"."];
const LOCAL: ByteSet = ByteSet::ALNUM.with(b"._+-");
const LABEL: ByteSet = ByteSet::ALNUM.with(b"-");
const SPACE: ByteSet = ByteSet::EMPTY.with(b" ");
const LOCAL_MAX: usize = 40;
const LABELS_MAX: usize = 5;

impl Detector for Spelled {
    fn about(&self) -> About {
        About::new(
            "email_spelled",
            "pii.email",
            Severity::Low,
            "an e-mail address spelled out: `a [at] b [dot] c`",
        )
    }

    fn page(&self) -> Page {
        Page {
            basis: "`at` and `dot` in brackets",
            mistakes: "without brackets not found; a local part before a space is left out",
        }
    }

    fn anchors(&self) -> Vec<Anchor> {
        ATS.iter().map(Anchor::word).collect()
    }

    fn reach(&self) -> Reach {
        Reach { set: LOCAL, max: LOCAL_MAX }
    }

    fn verify(&self, probe: &Probe<'_>) -> Option<Match> {
        // A stream holds the word before the bracket, and not the word before a space.
        let start = probe.run_back(probe.at(), &LOCAL, LOCAL_MAX);
        let spaced = probe.run_back(start, &SPACE, 1);
        let from = probe.run(probe.at() + 4, &SPACE, 1);
        let end = domain(probe, from)?;
        let is_led = probe.was(spaced, &LOCAL) || probe.is(start, &ByteSet::ALNUM);
        is_led.then(|| Match::new(start..end, 0.5).with(Evidence::STRUCTURE))
    }
}

/// The end of labels with dots between them, of which the last is letters.
fn domain(probe: &Probe<'_>, from: usize) -> Option<usize> {
    let (mut at, mut end) = (from, None);
    for count in 0..LABELS_MAX {
        let label = probe.run(at, &LABEL, 40);
        if label == at {
            break;
        }
        if count > 0 && label - at >= 2 && probe.slice(at..label).iter().all(u8::is_ascii_alphabetic) {
            end = Some(label);
        }
        let Some(next) = after_dot(probe, label) else { break };
        at = next;
    }
    end
}

fn after_dot(probe: &Probe<'_>, from: usize) -> Option<usize> {
    let at = probe.run(from, &SPACE, 1);
    let dot = DOTS.into_iter().find(|dot| probe.looking_at_word(at, dot))?;
    let is_plain = dot.len() == 1;
    match (is_plain, at == from) {
        (true, true) => Some(at + 1),
        (true, false) => None,
        (false, _) => Some(probe.run(at + dot.len(), &SPACE, 1)),
    }
}
