//! Whom and what a policy is about, by its head: what an index can tell without evaluating it.

use cedar_policy::{ActionConstraint, EntityUid, Policy, PrincipalConstraint, ResourceConstraint};

/// The head of a policy. It may let through more than the policy is about, never less.
#[derive(Clone, Debug)]
pub(super) struct Scope {
    /// Who must call, or in what the caller must stand; anyone where there is none.
    pub(super) principal: Option<EntityUid>,
    actions: Option<Vec<EntityUid>>,
    pub(super) resource: Resource,
}

#[derive(Clone, Debug)]
pub(super) enum Resource {
    Any,
    /// Any of this type.
    Of(String),
    This(EntityUid),
}

// === impl Scope ===

impl Scope {
    pub(super) fn of(policy: &Policy) -> Self {
        let principal = match policy.principal_constraint() {
            PrincipalConstraint::Any | PrincipalConstraint::Is(_) => None,
            PrincipalConstraint::In(uid)
            | PrincipalConstraint::Eq(uid)
            | PrincipalConstraint::IsIn(_, uid) => Some(uid),
        };
        let actions = match policy.action_constraint() {
            ActionConstraint::Any => None,
            ActionConstraint::In(actions) => Some(actions),
            ActionConstraint::Eq(action) => Some(vec![action]),
        };
        // Nothing stands in a resource but itself.
        let resource = match policy.resource_constraint() {
            ResourceConstraint::Any => Resource::Any,
            ResourceConstraint::Is(kind) => Resource::Of(kind.to_string()),
            ResourceConstraint::In(uid) | ResourceConstraint::Eq(uid) | ResourceConstraint::IsIn(_, uid) => {
                Resource::This(uid)
            }
        };
        Self { principal, actions, resource }
    }

    /// Whether the policy may be about everything.
    pub(super) fn is_any(&self) -> bool {
        self.principal.is_none() && self.actions.is_none() && matches!(self.resource, Resource::Any)
    }

    /// Whether all that `other` speaks of is spoken of here. All principals are agents.
    pub(super) fn holds(&self, other: &Self) -> bool {
        let principal = self.principal.is_none() || self.principal == other.principal;
        let actions = self.actions.as_ref().is_none_or(|actions| {
            other.actions.as_ref().is_some_and(|others| others.iter().all(|other| actions.contains(other)))
        });
        let resource = match (&self.resource, &other.resource) {
            (Resource::Any, _) => true,
            (Resource::Of(kind), Resource::Of(other)) => kind == other,
            (Resource::Of(kind), Resource::This(other)) => other.type_name().to_string() == *kind,
            (Resource::This(this), Resource::This(other)) => this == other,
            _ => false,
        };
        principal && actions && resource
    }

    /// Whether there may be a call that both speak of. An agent stands in itself alone; who stands in which groups is not known.
    pub(super) fn meets(&self, other: &Self) -> bool {
        let agent = |uid: &&EntityUid| uid.type_name().to_string() == "Agent";
        let agents = (self.principal.as_ref().filter(agent), other.principal.as_ref().filter(agent));
        let principal = !matches!(agents, (Some(one), Some(another)) if one != another);
        let actions = match (&self.actions, &other.actions) {
            (Some(these), Some(those)) => these.iter().any(|action| those.contains(action)),
            _ => true,
        };
        let resource = match (&self.resource, &other.resource) {
            (Resource::Any, _) | (_, Resource::Any) => true,
            (Resource::Of(one), Resource::Of(another)) => one == another,
            (Resource::This(one), Resource::This(another)) => one == another,
            (Resource::Of(kind), Resource::This(uid)) | (Resource::This(uid), Resource::Of(kind)) => {
                uid.type_name().to_string() == *kind
            }
        };
        principal && actions && resource
    }

    /// Whether the policy may be about an action on a resource of some type.
    #[cfg(feature = "cedar-analysis")]
    pub(super) fn is_of_kind(&self, action: &EntityUid, resource: &str) -> bool {
        let action = self.actions.as_ref().is_none_or(|actions| actions.contains(action));
        action
            && match &self.resource {
                Resource::Any => true,
                Resource::Of(kind) => kind == resource,
                Resource::This(uid) => uid.type_name().to_string() == resource,
            }
    }

    /// Whether the policy may be about an action on a resource. Whom it is about is the index's to know.
    pub(super) fn is_about(&self, action: &EntityUid, kind: &str, resource: &EntityUid) -> bool {
        let action = self.actions.as_ref().is_none_or(|actions| actions.contains(action));
        action
            && match &self.resource {
                Resource::Any => true,
                Resource::Of(of) => of == kind,
                Resource::This(this) => this == resource,
            }
    }
}
