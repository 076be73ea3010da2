//! Which policies are tried in another order: the fewest that must have moved.

use std::collections::HashSet;

/// Of places before and after, those after that are in no longest run of pairs in which both ascend. Pairs come by their
/// place after.
pub(super) fn moved(pairs: &[(usize, usize)]) -> HashSet<usize> {
    // For each length of a run, the pair that ends such a run earliest; for each pair, the one before it in its run.
    let mut ends: Vec<usize> = Vec::new();
    let mut before: Vec<Option<usize>> = Vec::with_capacity(pairs.len());
    let was = |at: usize| pairs.get(at).map(|(was, _)| *was);
    for at in 0..pairs.len() {
        let length = ends.partition_point(|end| was(*end) < was(at));
        before.push(length.checked_sub(1).and_then(|length| ends.get(length)).copied());
        match ends.get_mut(length) {
            Some(end) => *end = at,
            None => ends.push(at),
        }
    }
    let mut moved: HashSet<usize> = pairs.iter().map(|(_, is)| *is).collect();
    let mut at = ends.last().copied();
    while let Some((here, (_, is))) = at.and_then(|at| Some((at, pairs.get(at)?))) {
        moved.remove(is);
        at = before.get(here).copied().flatten();
    }
    moved
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_fewest_have_moved() {
        for (was, expected) in [
            (vec![], vec![]),
            (vec![0, 1, 2], vec![]),
            (vec![2, 0, 1], vec![0]),
            (vec![1, 2, 0], vec![2]),
            (vec![0, 3, 1, 2], vec![1]),
            (vec![5, 7, 9], vec![]),
        ] {
            let pairs: Vec<_> = was.iter().copied().zip(0..).collect();
            let mut moved: Vec<_> = moved(&pairs).into_iter().collect();
            moved.sort_unstable();
            assert_eq!(moved, expected, "{was:?}");
        }
    }
}
