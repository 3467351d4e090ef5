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
    /// It is about managing, which guardrails alone decide; a closing rule that names no action is too.
    Managing,
}

impl Display for Breach {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Scope(own) => write!(formatter, "its scope must read `principal in {own}`"),
            Self::Foreign(literal) => write!(formatter, "it names `{literal}`"),
            Self::Managing => {
                formatter.write_str("it bears on managing: it must name `lecture` or `ecriture`")
            }
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
    scope
        .into_iter()
        .chain(foreign.map(Breach::Foreign))
        .chain(managing)
        .collect()
}

/// Rules are about services: one that names no action, an action of the consoles, or the portal, would
/// say more than it does.
fn is_about_managing(vocabulary: &Vocabulary, rule: &Policy) -> bool {
    let manages = |action: &EntityUid| vocabulary.is_managing(action);
    let named = match rule.action_constraint() {
        ActionConstraint::Any => false,
        ActionConstraint::Eq(action) => !manages(&action),
        ActionConstraint::In(actions) => !actions.iter().any(manages),
    };
    let of_portal = |literal: &EntityUid| vocabulary.is_of_portal(literal);
    !named || rule.entity_literals().iter().any(of_portal)
}
