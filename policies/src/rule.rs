//! A rule of a collectivité, as it is stored: its text says everything.

use crate::model::Model;
use crate::shallow::is_shallow;
use cedar_policy::Policy;

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

    fn policy(&self) -> Option<Policy> {
        let readable = is_shallow(&self.text);
        readable.then(|| Policy::parse(None, &self.text).ok())?
    }
}
