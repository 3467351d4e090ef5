//! The second of the four layers that keep a rule inside its collectivité (the first is the choice
//! of the ruleset, the third the fence, the fourth the proof): its scope and its literals.

use crate::error::Error;
use crate::principal::CollectiviteId;
use crate::vocabulary::Vocabulary;
use cedar_policy::{Policy, PrincipalConstraint};

/// Accepts a rule whose principal is scoped to the collectivité and that names nobody else's
/// groups, agents or collectivité.
pub(crate) fn stays_within(
    vocabulary: &Vocabulary,
    collectivite: &CollectiviteId,
    rule: &Policy,
) -> Result<(), Error> {
    let reach = |detail: String| Error::Reach {
        rule: rule.id().to_string(),
        collectivite: collectivite.to_string(),
        detail,
    };
    let own = vocabulary.collectivite(collectivite);
    match rule.principal_constraint() {
        PrincipalConstraint::In(scope) if scope == own => {}
        PrincipalConstraint::IsIn(kind, scope)
            if vocabulary.is_agent_type(&kind) && scope == own => {}
        other => {
            return Err(reach(format!(
                "its scope must read `principal in {own}`, it reads `{other:?}`"
            )));
        }
    }
    let prefix = format!("{collectivite}/");
    for literal in rule.entity_literals() {
        let id: &str = literal.id().unescaped();
        let foreign = (vocabulary.is_tenant_type(literal.type_name()) && literal != own)
            || (vocabulary.is_owned_type(literal.type_name()) && !id.starts_with(&prefix));
        if foreign {
            return Err(reach(format!("it names `{literal}`")));
        }
    }
    Ok(())
}
