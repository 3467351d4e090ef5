//! A rule of a collectivité, as it is stored: its text says everything.

use crate::model::Model;
use crate::principal::MembershipId;
use crate::shallow::is_shallow;
use cedar_policy::{Effect, Policy};
use serde_json::Value;

/// A rule as stored: a statement of Cedar that belongs to a collectivité.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Rule {
    /// Unique within its collectivité.
    pub id: String,
    /// One Cedar policy.
    pub text: String,
}

impl Rule {
    /// What it says, when it was written in a form; `None` for « texte expert ».
    pub fn model(&self) -> Option<Model> {
        Model::of(&self.policy()?)
    }

    /// What « texte expert » says of itself, its `@libelle`.
    pub fn label(&self) -> Option<String> {
        self.policy()?.annotation("libelle").map(str::to_owned)
    }

    /// Whether it opens something; it closes something otherwise.
    pub fn opens(&self) -> bool {
        self.policy()
            .is_some_and(|policy| policy.effect() == Effect::Permit)
    }

    /// Whether a clause of its own leaves somebody out, whatever else it says:
    /// `unless { principal == Agent::"…" }`.
    pub fn excepts(&self, id: &MembershipId) -> bool {
        let json = self.policy().and_then(|policy| policy.to_json().ok());
        let clauses = json
            .as_ref()
            .and_then(|json| json.get("conditions")?.as_array());
        let mut clauses = clauses.into_iter().flatten();
        clauses.any(|clause| {
            let unless = clause.get("kind").is_some_and(|kind| kind == "unless");
            unless && clause.get("body").is_some_and(|body| is_that(body, id))
        })
    }

    fn policy(&self) -> Option<Policy> {
        let readable = is_shallow(&self.text);
        readable.then(|| Policy::parse(None, &self.text).ok())?
    }
}

/// Whether a condition holds for the principal of this id: `principal == …`, or that among others.
fn is_that(body: &Value, id: &MembershipId) -> bool {
    let sides = |op: &str| {
        let op = body.get(op)?;
        Some((op.get("left")?, op.get("right")?))
    };
    if let Some((left, right)) = sides("||") {
        return is_that(left, id) || is_that(right, id);
    }
    let Some((left, right)) = sides("==").or_else(|| sides("in")) else {
        return false;
    };
    let named = right.pointer("/Value/__entity");
    let part = |name: &str| named.and_then(|named| named.get(name)?.as_str());
    left.get("Var").is_some_and(|name| name == "principal")
        && part("type") == Some("Agent")
        && part("id") == Some(id.as_str())
}
