//! What can be wrong with a vocabulary or a rule; nothing here ever decides a request.

/// Why a vocabulary or a ruleset could not be built.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The Cedar schema, completed with the installation's services, does not hold together.
    #[error("the policy vocabulary is not valid: {0}")]
    Vocabulary(String),
    /// A rule is not Cedar, or does not fit the vocabulary.
    #[error("rule `{rule}` is not valid: {detail}")]
    Rule { rule: String, detail: String },
    /// A rule could reach beyond its own collectivité.
    #[error("rule `{rule}` reaches beyond `{collectivite}`: {detail}")]
    Reach {
        rule: String,
        collectivite: String,
        detail: String,
    },
}
