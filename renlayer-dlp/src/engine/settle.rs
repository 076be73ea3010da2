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
        hits.retain(|hit| self.admit(hit));
        hits
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
