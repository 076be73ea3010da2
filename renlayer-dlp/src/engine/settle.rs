//! Overlaps: a match inside a stronger one is dropped, everything else stands.
//!
//! "Stronger" is a total order (see [`Hit::stronger`]), and lying inside is transitive, so whatever is dropped lies inside
//! something that stays: no found byte is lost. Matches that merely overlap both stand, and redaction gives the second
//! one's rest a marker of its own. Both rules look at two matches at a time, which is why a stream, which never sees the
//! end, comes to the same answer as a whole text.

use smallvec::SmallVec;

use super::Hit;

/// Takes hits in order of their place and drops what lies inside a stronger one.
#[derive(Default)]
pub(crate) struct Settler {
    /// Those of earlier portions that may still cover what comes.
    active: Vec<Hit>,
}

impl Settler {
    /// Settles `hits`, of which none begins before one that was settled earlier.
    pub(crate) fn settle(&mut self, mut hits: Vec<Hit>) -> Vec<Hit> {
        hits.sort_by(in_order);
        // The first `standing` stand; `active` are those of them that may still cover what comes. In this order a hit is covered only
        // by one that came before it.
        let (mut standing, mut active) = (0, SmallVec::<[usize; 4]>::new());
        for at in 0..hits.len() {
            let Some(hit) = hits.get(at) else { break };
            let goes_on = |earlier: &Hit| earlier.finding.end > hit.finding.start;
            self.active.retain(goes_on);
            active.retain(|at| hits.get(*at).is_some_and(goes_on));
            let mut earlier = self.active.iter().chain(active.iter().filter_map(|at| hits.get(*at)));
            if !earlier.any(|earlier| earlier.covers(hit) && earlier.stronger(hit).is_le()) {
                if standing < at {
                    hits.swap(standing, at);
                }
                active.push(standing);
                standing += 1;
            }
        }
        hits.truncate(standing);
        self.active.extend(active.iter().filter_map(|at| hits.get(*at)).cloned());
        hits
    }

    /// Starts on another text.
    pub(crate) fn restart(&mut self) {
        self.active.clear();
    }

    /// Forgets that the first `n` bytes of the text were there.
    pub(crate) fn shift(&mut self, n: usize) {
        self.active.retain(|hit| hit.finding.end > n);
        for hit in &mut self.active {
            hit.move_to(hit.finding.start.saturating_sub(n)..hit.finding.end - n);
        }
    }
}

/// By place, the longer first, the stronger first.
fn in_order(a: &Hit, b: &Hit) -> std::cmp::Ordering {
    let (one, other) = (a.range(), b.range());
    one.start.cmp(&other.start).then(other.end.cmp(&one.end)).then_with(|| a.stronger(b))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::finding::MarkerStyle;
    use crate::{Action, Evidence, Finding, Fingerprint, Severity};

    fn hit(start: usize, length: usize, confidence: f32) -> Hit {
        let finding = Finding {
            class: "a.b".into(),
            severity: Severity::High,
            action: Action::Warn,
            observed: false,
            start,
            end: start + length,
            pointer: None,
            confidence,
            evidence: Evidence::STRUCTURE,
            detector: "a".into(),
            fingerprint: Fingerprint([0; 16]),
            style: MarkerStyle::default(),
            swap: None,
        };
        Hit { finding, allowed: false }
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        /// Whether hits come all at once, in portions or one by one, and whether or not they touch, the same ones stand.
        #[test]
        fn what_stands_stands_in_whatever_portions_it_comes(
            mut places in prop::collection::vec((0..60usize, 1..8usize, 0..3u8), 0..20),
            cut in 0..60usize,
        ) {
            places.sort_unstable();
            let hits: Vec<Hit> =
                places.into_iter().map(|(start, length, sure)| hit(start, length, f32::from(sure))).collect();
            let standing = |portions: Vec<Vec<Hit>>| {
                let mut settler = Settler::default();
                let settled = portions.into_iter().flat_map(|portion| settler.settle(portion));
                settled.map(|hit| hit.range()).collect::<Vec<_>>()
            };
            let (before, after) = hits.iter().cloned().partition(|hit| hit.finding.start < cut);
            let whole = standing(vec![hits.clone()]);
            prop_assert_eq!(&whole, &standing(vec![before, after]));
            let mut one_by_one = hits;
            one_by_one.sort_by(in_order);
            prop_assert_eq!(whole, standing(one_by_one.into_iter().map(|hit| vec![hit]).collect()));
        }
    }
}
