//! The second of the four layers that keep a rule inside its collectivité (the first is the choice
//! of the ruleset, the third the fence, the fourth the proof): its scope and its literals.

use crate::principal::CollectiviteId;
use crate::vocabulary::Vocabulary;
use cedar_policy::{ActionConstraint, EntityUid, Policy, PrincipalConstraint};
use std::fmt::{self, Display};

/// A way in which a rule could reach beyond its collectivité, or beyond access to services.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) enum Breach {
    /// Its principal is not scoped to the collectivité (given here).
    Scope(EntityUid),
    /// It names what is not the collectivité's.
    Foreign(EntityUid),
    /// It is about managing, which guardrails alone decide, or does not say that it is not.
    Managing,
    /// It names where people log in and manage.
    Portal(EntityUid),
}

impl Display for Breach {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Scope(own) => write!(formatter, "its scope must read `principal in {own}`"),
            Self::Foreign(literal) => write!(formatter, "it names `{literal}`"),
            Self::Managing => {
                formatter.write_str("it bears on managing: it must name `lecture` or `ecriture`")
            }
            Self::Portal(literal) => write!(formatter, "`{literal}` is where people manage"),
        }
    }
}

/// What keeps a rule from being one of this collectivité: it must be scoped to it, name nobody else's
/// groups, agents or collectivité, and leave the consoles alone.
pub(crate) fn breaches(
    vocabulary: &Vocabulary,
    collectivite: &CollectiviteId,
    rule: &Policy,
) -> Vec<Breach> {
    let own = vocabulary.collectivite(collectivite);
    let scoped = match rule.principal_constraint() {
        PrincipalConstraint::In(scope) => scope == own,
        PrincipalConstraint::IsIn(kind, scope) => vocabulary.is_agent_type(&kind) && scope == own,
        _ => false,
    };
    let prefix = format!("{collectivite}/");
    let is_foreign = |literal: &EntityUid| {
        let id: &str = literal.id().unescaped();
        (vocabulary.is_tenant_type(literal.type_name()) && *literal != own)
            || (vocabulary.is_owned_type(literal.type_name()) && !id.starts_with(&prefix))
    };
    let foreign = rule.entity_literals().into_iter().filter(is_foreign);
    let scope = (!scoped).then(|| Breach::Scope(own.clone()));
    let managing = is_about_managing(vocabulary, rule).then_some(Breach::Managing);
    let portal = rule.entity_literals().into_iter();
    let portal = portal.filter(|literal| vocabulary.is_of_portal(literal));
    let foreign = foreign.map(Breach::Foreign);
    let named = foreign.chain(portal.map(Breach::Portal));
    scope.into_iter().chain(named).chain(managing).collect()
}

/// Rules are about services: one that names no action, or one of the consoles, would say more than it
/// does.
fn is_about_managing(vocabulary: &Vocabulary, rule: &Policy) -> bool {
    let manages = |action: &EntityUid| vocabulary.is_managing(action);
    match rule.action_constraint() {
        ActionConstraint::Any => true,
        ActionConstraint::Eq(action) => manages(&action),
        ActionConstraint::In(actions) => actions.iter().any(manages),
    }
}
