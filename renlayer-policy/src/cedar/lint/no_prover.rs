//! The twin of the prover where the feature `cedar-analysis` is off: it does not start.

use cedar_policy::Policy;

use super::Means;
use super::example::CedarExample;
use super::solver::Solver;

pub(super) enum Prover {}

pub(super) enum Call {}

// === impl Prover ===

impl Prover {
    pub(super) fn start(_: Option<&Solver>, _: usize) -> Result<Self, String> {
        Err("this program was built without the feature `cedar-analysis`".to_owned())
    }

    pub(super) fn call_of(&mut self, _: &Policy) -> Option<Option<Call>> {
        match *self {}
    }

    pub(super) fn allows_no_more(&mut self, _: &[Policy], _: &[Policy]) -> Option<bool> {
        match *self {}
    }

    pub(super) fn newly_allowed(&mut self, _: &[Policy], _: &[Policy]) -> Option<Option<Box<CedarExample>>> {
        match *self {}
    }

    pub(super) fn never_errs(&mut self, _: &Policy) -> bool {
        match *self {}
    }

    pub(super) fn means(self) -> Means {
        match self {}
    }
}

// === impl Call ===

impl Call {
    pub(super) fn is_permitted_by(&self, _: &[Policy]) -> Option<bool> {
        match *self {}
    }
}
