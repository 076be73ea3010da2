//! `user` and `session`: the ids a call is attributed to.
//!
//! They are what the caller says in `X-RenLayer-User` and `X-RenLayer-Session`. Wildcards allowed, case matters. A call
//! that says nothing matches no such condition, and every `not`.
//!
//! ```yaml
//! user: "*@example.com"
//! session: { not: "*" }        # calls without a session
//! ```

use super::{Condition, Cost, Reads};
use crate::call::Call;
use crate::error::Fault;
use crate::glob::{Case, Glob};
use crate::index::{Choice, Fact, Key, one};
use crate::text::Needles;
use crate::truth::Truth;

/// A user by id.
pub(super) struct User(Glob);

/// A session by id.
pub(super) struct Session(Glob);

impl Condition for User {
    type Written = String;

    const COST: Cost = Cost::Name;

    const READS: Reads = Reads::Head;

    fn compile(written: &String, _: &mut Needles) -> Result<Self, Fault> {
        Glob::new(written, Case::Exact).map(Self)
    }

    fn keys(&self) -> Choice {
        one(Key::glob(Fact::User, "", &self.0))
    }

    fn holds(&self, call: &Call<'_>) -> Truth {
        call.facts.user.is_some_and(|user| self.0.matches(user)).into()
    }
}

impl Condition for Session {
    type Written = String;

    const COST: Cost = Cost::Name;

    const READS: Reads = Reads::Head;

    fn compile(written: &String, _: &mut Needles) -> Result<Self, Fault> {
        Glob::new(written, Case::Exact).map(Self)
    }

    fn keys(&self) -> Choice {
        one(Key::glob(Fact::Session, "", &self.0))
    }

    fn holds(&self, call: &Call<'_>) -> Truth {
        call.facts.session.is_some_and(|session| self.0.matches(session)).into()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::testing::{assert_table, call};
    use crate::facts::Facts;
    use crate::truth::Truth::{False, True};

    #[test]
    fn ids_match_by_glob_and_absent_ones_do_not() {
        let known = Facts { user: Some("ann@example.com"), session: Some("sess_1"), ..call() };
        assert_table(
            "user",
            &known,
            [
                (json!("*@example.com"), True),
                (json!("bob@example.com"), False),
                (json!({"not": ["bob@example.com"]}), True),
            ],
        );
        assert_table("session", &known, [(json!("sess_?"), True), (json!("sess_2"), False)]);
        assert_table("user", &call(), [(json!("*"), False), (json!({"not": "*"}), True)]);
        assert_table("session", &call(), [(json!("*"), False), (json!({"not": "*"}), True)]);
    }
}
