//! A rule of a collectivité, as it is stored: its text says everything.

use crate::model::{Model, Party};
use crate::principal::{CollectiviteId, Member};
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

    /// Whether it may concern somebody, as far as its clauses say who: `when { principal in Groupe::"…" }`,
    /// `unless { principal == Agent::"…" }`.
    pub fn may_concern(&self, member: &Member) -> bool {
        let json = self.policy().and_then(|policy| policy.to_json().ok());
        let clauses = json
            .as_ref()
            .and_then(|json| json.get("conditions")?.as_array());
        let mut clauses = clauses.into_iter().flatten();
        !clauses.any(|clause| {
            let named = clause.get("body").and_then(parties);
            let when = clause.get("kind").is_some_and(|kind| kind == "when");
            named.is_some_and(|named| named.iter().any(|one| one.includes(member)) != when)
        })
    }

    /// The collectivité whose agents it is about; none for those of all.
    pub(crate) fn owner(&self) -> Option<CollectiviteId> {
        Model::owner(&self.policy()?)
    }

    fn policy(&self) -> Option<Policy> {
        let readable = is_shallow(&self.text);
        readable.then(|| Policy::parse(None, &self.text).ok())?
    }
}

/// Whom a condition names that says nothing else: `principal == …` and `principal in …`, any of them.
fn parties(body: &Value) -> Option<Vec<Party>> {
    let sides = |op: &str| {
        let op = body.get(op)?;
        Some((op.get("left")?, op.get("right")?))
    };
    if let Some((left, right)) = sides("||") {
        let mut named = parties(left)?;
        named.append(&mut parties(right)?);
        return Some(named);
    }
    let (left, right) = sides("==").or_else(|| sides("in"))?;
    let named = right.pointer("/Value/__entity")?;
    let part = |name: &str| named.get(name)?.as_str();
    let of_principal = left.get("Var").is_some_and(|name| name == "principal");
    let party = Party::of(part("type")?, part("id")?)?;
    of_principal.then(|| vec![party])
}
