//! What an operator does to rules, for tests that are about something else.

use accounts::{Error, Operation, RuleChange, Store};
use policies::{CollectiviteId, Vocabulary};

/// Ends a rule.
///
/// # Errors
/// [`Error::NotFound`] for one that is not in force.
pub async fn withdraw_rule(store: &Store, owner: &CollectiviteId, id: &str) -> Result<(), Error> {
    let vocabulary = Vocabulary::new(&["site".into()])?;
    let operation = Operation {
        by: "operator",
        reason: "test",
        alone: false,
        beside: &[],
    };
    let end = RuleChange::Withdraw(owner.clone(), id.to_owned());
    store.change_rules(&vocabulary, &[end], operation).await
}
