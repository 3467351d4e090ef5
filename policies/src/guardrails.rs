//! The CIG's guardrails, one file a subject in `guardrails/`; every collectivité obeys them. What
//! `@libelle` says to administrators, `@refus` says to the person who is stopped.

use crate::error::Error;
use cedar_policy::{Policy, PolicySet};

const FILES: [&str; 5] = [
    include_str!("../guardrails/collectivite_active.cedar"),
    include_str!("../guardrails/compte_actif.cedar"),
    include_str!("../guardrails/console.cedar"),
    include_str!("../guardrails/diffusion.cedar"),
    include_str!("../guardrails/service_ouvert.cedar"),
];

/// Every guardrail, its `@id` as policy id.
pub(crate) fn guardrails() -> Result<Vec<Policy>, Error> {
    let mut all = Vec::new();
    for file in FILES {
        let set: PolicySet = file.parse().map_err(|error| invalid("cig", &error))?;
        for policy in set.policies() {
            let id = policy.annotation("id").ok_or_else(|| Error::Rule {
                rule: policy.id().to_string(),
                detail: "a guardrail needs an `@id`".to_owned(),
            })?;
            all.push(policy.new_id(cedar_policy::PolicyId::new(id)));
        }
    }
    Ok(all)
}

pub(crate) fn invalid(rule: &str, error: &dyn std::fmt::Display) -> Error {
    Error::Rule {
        rule: rule.to_owned(),
        detail: error.to_string(),
    }
}
