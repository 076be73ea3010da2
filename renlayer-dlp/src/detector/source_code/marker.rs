//! Marks by which a firm says that a text is its own and not for others.
//!
//! - hit: `Proprietary and confidential`, `INTERNAL USE ONLY`, `Copyright (c) 2024 Corp Inc. All rights reserved.`
//! - miss: `confidential` in a sentence, `Copyright (c) 2024` above an open licence
//! - known mistakes: a sentence that speaks of such a mark in its own words is a hit.

use crate::detector::{About, Anchor, ByteSet, Detector, Match, Page, Probe, Start};
use crate::{Evidence, Severity};

/// See the [module](self).
pub(in crate::detector) struct Marker;

const PHRASES: [&str; 20] = [
    "proprietary and confidential",
    "confidential and proprietary",
    "company confidential",
    "strictly confidential",
    "internal use only",
    INTERNAL,
    "internal only",
    "not for distribution",
    "do not distribute",
    "trade secret of",
    "trade secrets of",
    "proprietary information of",
    "unauthorized copying",
    "unauthorised copying",
    "streng vertraulich",
    "nur für den internen gebrauch",
    "strictement confidentiel",
    "confidentiel défense",
    "uso interno",
    "strettamente confidenziale",
];
const INTERNAL: &str = "for internal use";
const RESERVED: &[u8] = b"all rights reserved";

impl Detector for Marker {
    fn about(&self) -> About {
        let finds = "a mark that says a text is not for others";
        About::new("proprietary_marker", "source_code.proprietary_marker", Severity::Medium, finds)
    }

    fn page(&self) -> Page {
        let mistakes = "a sentence about such a mark is a hit";
        Page { basis: "the phrases firms use; `all rights reserved` after a copyright", mistakes }
    }

    fn anchors(&self) -> Vec<Anchor> {
        PHRASES.iter().map(Anchor::word).chain([Anchor::word(RESERVED)]).collect()
    }

    fn start(&self) -> Start {
        Start::Word
    }

    fn ahead(&self) -> usize {
        40
    }

    fn verify(&self, probe: &Probe<'_>) -> Option<Match> {
        let at = probe.at();
        let found = |end: usize, confidence| {
            let stands_alone = !probe.was(at, &ByteSet::WORD) && !probe.is(end, &ByteSet::WORD);
            stands_alone.then(|| Match::new(at..end, confidence).with(Evidence::STRUCTURE))
        };
        if probe.looking_at_word(at, RESERVED) {
            // Every web page says so: it counts in a comment of a source file, and is LOW.
            let behind = probe.behind(at, 100).to_ascii_lowercase();
            let is_header = behind.windows(9).any(|word| word == b"copyright");
            return found(at + RESERVED.len(), 0.4).filter(|_| is_header).map(Match::harmless);
        }
        let phrase = PHRASES.iter().find(|phrase| probe.looking_at_word(at, phrase.as_bytes()))?;
        let end = at + phrase.len();
        // Comments say what is "for internal use by" something.
        let goes_on = *phrase == INTERNAL
            && probe.is(end, &ByteSet::EMPTY.with(b" -\n"))
            && !probe.looking_at_word(end, b" only");
        found(end, 0.6).filter(|_| !goes_on)
    }
}

#[cfg(test)]
mod tests {
    use crate::detector::harness::Cases;

    #[test]
    fn proprietary_markers() {
        Cases::of("source_code.proprietary_marker")
            .hit("// Proprietary and Confidential. Corp Inc.", "Proprietary and Confidential")
            .hit("INTERNAL USE ONLY", "INTERNAL USE ONLY")
            .low("Copyright (c) 2024 Corp Inc. All rights reserved.", "All rights reserved")
            .miss("this is confidential, so keep it")
            .miss("Copyright (c) 2024 Corp, MIT licence")
            .miss("they say all rights reserved here")
            .miss("macros for internal use by the crate")
            .run();
    }
}
