//! Looks for a way to make formulas true together: what must hold is taken first, then one alternative after the other.

use super::cube::Cube;
use super::formula::Formula;

/// Most alternatives that are tried.
const MAX_STEPS: usize = 4_000;

/// What came of a search.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// A way was found, and accepted.
    Found,
    /// There is none.
    Nothing,
    /// There may be one, which was not found or not accepted.
    Unsure,
}

/// Offers ways to make all `formulas` true to `accept`, until it takes one.
pub(crate) fn satisfy(formulas: Vec<Formula>, accept: &mut dyn FnMut(&Cube) -> bool) -> Outcome {
    let mut search = Search { steps: MAX_STEPS, unsure: false, accept };
    match search.run(Cube::default(), formulas, Vec::new()) {
        true => Outcome::Found,
        false if search.unsure => Outcome::Unsure,
        false => Outcome::Nothing,
    }
}

struct Search<'a> {
    steps: usize,
    unsure: bool,
    accept: &'a mut dyn FnMut(&Cube) -> bool,
}

/// Alternatives, of which one must hold.
type Choice = Vec<Formula>;

impl Search<'_> {
    fn run(&mut self, mut cube: Cube, mut must: Vec<Formula>, mut choices: Vec<Choice>) -> bool {
        let Some(steps) = self.steps.checked_sub(1) else {
            self.unsure = true;
            return false;
        };
        self.steps = steps;
        loop {
            while let Some(formula) = must.pop() {
                match formula {
                    Formula::All(parts) => must.extend(parts),
                    Formula::Any(parts) => choices.push(parts),
                    Formula::Is(atom, holds) if !cube.add(atom.clone(), holds) => return false,
                    Formula::Is(..) => {}
                }
            }
            choices.retain(|choice| !choice.iter().any(|part| holds(&cube, part)));
            for choice in &mut choices {
                choice.retain(|part| !excluded(&cube, part));
            }
            if choices.iter().any(Vec::is_empty) {
                return false;
            }
            let Some(single) = choices.iter().position(|choice| choice.len() == 1) else { break };
            must.extend(choices.swap_remove(single));
        }
        let Some(fewest) = (0..choices.len()).min_by_key(|at| choices.get(*at).map(Vec::len)) else {
            return self.offer(&cube);
        };
        let choice = choices.swap_remove(fewest);
        choice.into_iter().any(|part| self.run(cube.clone(), vec![part], choices.clone()))
    }

    fn offer(&mut self, cube: &Cube) -> bool {
        let accepted = (self.accept)(cube);
        self.unsure |= !accepted;
        accepted
    }
}

fn holds(cube: &Cube, part: &Formula) -> bool {
    match part {
        Formula::Is(atom, holds) => cube.holds(atom, *holds),
        Formula::All(parts) => parts.iter().all(|part| holds(cube, part)),
        Formula::Any(parts) => parts.iter().any(|part| holds(cube, part)),
    }
}

fn excluded(cube: &Cube, part: &Formula) -> bool {
    match part {
        Formula::Is(atom, holds) => cube.excludes(atom, *holds),
        Formula::All(parts) => parts.iter().any(|part| excluded(cube, part)),
        Formula::Any(parts) => parts.iter().all(|part| excluded(cube, part)),
    }
}

#[cfg(test)]
mod tests {
    use super::super::formula::{Atom, NumberOf};
    use super::*;

    fn least(n: u64) -> Formula {
        Formula::is(Atom::Number(NumberOf::BodyBytes, n, u64::MAX))
    }

    fn other(name: &str) -> Formula {
        Formula::is(Atom::Other(name.into()))
    }

    #[test]
    fn formulas_hold_together_or_do_not() {
        for (formulas, expected) in [
            (vec![], Outcome::Found),
            (vec![Formula::always(false)], Outcome::Nothing),
            (vec![least(5), least(9).not()], Outcome::Found),
            (vec![least(9), least(5).not()], Outcome::Nothing),
            (
                vec![Formula::Any(vec![least(9), other("a")]), least(5).not(), other("a").not()],
                Outcome::Nothing,
            ),
            (vec![Formula::Any(vec![least(9), other("a")]), least(5).not()], Outcome::Found),
            (
                vec![Formula::All(vec![other("a"), other("b")]).not(), other("a"), other("b")],
                Outcome::Nothing,
            ),
        ] {
            assert_eq!(satisfy(formulas.clone(), &mut |_| true), expected, "{formulas:?}");
        }
        assert_eq!(satisfy(vec![least(5)], &mut |_| false), Outcome::Unsure);
    }
}
