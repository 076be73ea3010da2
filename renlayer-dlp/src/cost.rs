//! What a scan did, in counters: which detectors looked at how many places, over how many bytes. No clock is read.

use std::sync::Arc;

use serde::ser::SerializeSeq;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// Work done per detector. Only detectors that looked at something are listed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Cost {
    rows: Vec<CostRow>,
}

/// The work of one detector.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct CostRow {
    detector: Arc<str>,
    candidates: u64,
    bytes: u64,
}

impl Cost {
    /// Per detector: its name, the candidate places it looked at, and the bytes it examined there.
    pub fn iter(&self) -> impl Iterator<Item = (&str, u64, u64)> {
        self.rows.iter().map(|row| (&*row.detector, row.candidates, row.bytes))
    }

    /// Candidate places looked at, over all detectors.
    #[must_use]
    pub fn candidates(&self) -> u64 {
        self.rows.iter().map(|row| row.candidates).sum()
    }

    /// Adds the work of another scan to this one.
    pub fn merge(&mut self, other: &Self) {
        for row in &other.rows {
            self.add(&row.detector, row.candidates, row.bytes);
        }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// Adds the work of detectors of which none is listed yet.
    pub(crate) fn begin<'d>(&mut self, rows: impl Iterator<Item = (&'d Arc<str>, u64, u64)>) {
        let row =
            |(detector, candidates, bytes)| CostRow { detector: Arc::clone(detector), candidates, bytes };
        self.rows = rows.map(row).collect();
    }

    pub(crate) fn add(&mut self, detector: &Arc<str>, candidates: u64, bytes: u64) {
        match self.rows.iter_mut().find(|row| row.detector == *detector) {
            Some(row) => {
                row.candidates += candidates;
                row.bytes += bytes;
            }
            None => self.rows.push(CostRow { detector: Arc::clone(detector), candidates, bytes }),
        }
    }
}

impl Serialize for Cost {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut seq = serializer.serialize_seq(Some(self.rows.len()))?;
        for row in &self.rows {
            seq.serialize_element(row)?;
        }
        seq.end()
    }
}

impl<'de> Deserialize<'de> for Cost {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Vec::deserialize(deserializer).map(|rows| Self { rows })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn merging_adds_rows_of_the_same_detector() {
        let (email, card) = (Arc::from("email"), Arc::from("card_number"));
        let mut a = Cost::default();
        a.add(&email, 1, 10);
        let mut b = Cost::default();
        b.add(&email, 2, 5);
        b.add(&card, 1, 16);
        a.merge(&b);
        assert_eq!(a.iter().collect::<Vec<_>>(), [("email", 3, 15), ("card_number", 1, 16)]);
        assert_eq!(serde_json::from_str::<Cost>(&serde_json::to_string(&a).unwrap()).unwrap(), a);
    }
}
