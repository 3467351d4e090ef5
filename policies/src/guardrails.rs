//! The CIG's guardrails, one file a subject in `guardrails/`; every collectivité obeys them. What
//! `@libelle` says to administrators, `@refus` says to the person who is stopped.

use crate::error::Error;
use crate::guardrail;
use cedar_policy::{Policy, PolicyId, PolicySet};

const FILES: [&str; 6] = [
    include_str!("../guardrails/collectivite_active.cedar"),
    include_str!("../guardrails/compte_actif.cedar"),
    include_str!("../guardrails/console.cedar"),
    include_str!("../guardrails/diffusion.cedar"),
    include_str!("../guardrails/redaction.cedar"),
    include_str!("../guardrails/service_ouvert.cedar"),
];

/// The fence around each collectivité, which its ruleset makes.
pub(crate) const FENCE: &str = "cig/cloison";

/// Holds where a rule of the collectivité does not: what that rule closed must not open.
const CLOSED: &str = include_str!("../guardrails/regles_applicables.cedar");

/// The same of the guardrails that the CIG writes.
const UNAPPLIED: &str = include_str!("../guardrails/garde_fous_applicables.cedar");

/// Every guardrail, its `@id` as policy id.
pub(crate) fn guardrails() -> Result<Vec<Policy>, Error> {
    let files = FILES.into_iter().map(read);
    Ok(files.collect::<Result<Vec<_>, _>>()?.concat())
}

/// What stands in the place of rules that do not hold.
pub(crate) fn closed() -> Result<Vec<Policy>, Error> {
    read(CLOSED)
}

/// What stands in the place of guardrails that do not hold.
pub(crate) fn unapplied() -> Result<Vec<Policy>, Error> {
    read(UNAPPLIED)
}

/// Whether a policy in the place of a rule is none of the collectivité's own.
pub(crate) fn is_reserved(id: &PolicyId) -> bool {
    let reserved = [
        FENCE,
        "cig/regles-applicables",
        "cig/garde-fous-applicables",
    ];
    let id: &str = id.as_ref();
    reserved.contains(&id) || id.starts_with(guardrail::PREFIX)
}

fn read(file: &str) -> Result<Vec<Policy>, Error> {
    let set: PolicySet = file.parse().map_err(|error| invalid("cig", &error))?;
    let policies = set.policies().map(|policy| {
        let id = policy.annotation("id").ok_or_else(|| Error::Rule {
            rule: policy.id().to_string(),
            detail: "a guardrail needs an `@id`".to_owned(),
        })?;
        Ok(policy.new_id(PolicyId::new(id)))
    });
    policies.collect()
}

pub(crate) fn invalid(rule: &str, error: &dyn std::fmt::Display) -> Error {
    Error::Rule {
        rule: rule.to_owned(),
        detail: error.to_string(),
    }
}
