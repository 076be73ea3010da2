//! Overlaps: a match inside a stronger one is dropped, everything else stands.
//!
//! "Stronger" is a total order (see [`Hit::stronger`]), and lying inside is transitive, so whatever is dropped lies inside
//! something that stays: no found byte is lost. Matches that merely overlap both stand, and redaction gives the second
//! one's rest a marker of its own. Both rules look at two matches at a time, which is why a stream, which never sees the
//! end, comes to the same answer as a whole text.

use super::Hit;

/// Takes hits in order of their place and drops what lies inside a stronger one.
#[derive(Default)]
pub(crate) struct Settler {
    /// Those that may still cover what comes.
    active: Vec<Hit>,
}

impl Settler {
    /// Settles `hits`, of which none begins before one that was settled earlier.
    pub(crate) fn settle(&mut self, mut hits: Vec<Hit>) -> Vec<Hit> {
        hits.sort_by(in_order);
        if self.is_apart(&hits) {
            // Nothing lies inside anything, and of these the last alone may cover what comes.
            self.active.clear();
            self.active.extend(hits.last().cloned());
        } else {
            hits.retain(|hit| self.admit(hit));
        }
        hits
    }

    /// Whether none of the hits, which are in order, and none that came before touches another.
    fn is_apart(&self, hits: &[Hit]) -> bool {
        let Some(first) = hits.first() else { return false };
        self.active.iter().all(|earlier| earlier.range.end <= first.range.start)
            && hits.is_sorted_by(|one, next| one.range.end <= next.range.start)
    }

    /// In this order a hit is covered only by one that came before it.
    fn admit(&mut self, hit: &Hit) -> bool {
        self.active.retain(|earlier| earlier.range.end > hit.range.start);
        let stands = !self.active.iter().any(|earlier| earlier.covers(hit) && earlier.stronger(hit).is_le());
        if stands {
            self.active.push(hit.clone());
        }
        stands
    }

    /// Starts on another text.
    pub(crate) fn restart(&mut self) {
        self.active.clear();
    }

    /// Forgets that the first `n` bytes of the text were there.
    pub(crate) fn shift(&mut self, n: usize) {
        self.active.retain(|hit| hit.range.end > n);
        for hit in &mut self.active {
            hit.range = hit.range.start.saturating_sub(n)..hit.range.end - n;
        }
    }
}

/// By place, the longer first, the stronger first.
fn in_order(a: &Hit, b: &Hit) -> std::cmp::Ordering {
    a.range.start.cmp(&b.range.start).then(b.range.end.cmp(&a.range.end)).then_with(|| a.stronger(b))
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
        Hit { range: start..start + length, finding, allowed: false }
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
                settled.map(|hit| hit.range).collect::<Vec<_>>()
            };
            let (before, after) = hits.iter().cloned().partition(|hit| hit.range.start < cut);
            let whole = standing(vec![hits.clone()]);
            prop_assert_eq!(&whole, &standing(vec![before, after]));
            let mut settler = Settler::default();
            let mut one_by_one = hits;
            one_by_one.sort_by(in_order);
            one_by_one.retain(|hit| settler.admit(hit));
            prop_assert_eq!(whole, one_by_one.into_iter().map(|hit| hit.range).collect::<Vec<_>>());
        }
    }
}
