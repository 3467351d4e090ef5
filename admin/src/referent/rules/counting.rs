//! The versions of rules, and of guardrails above them, that counted at a moment: who wrote them, when and
//! why.

use super::event;
use crate::portal::Portal;
use crate::referent::Referent;
use accounts::{Error, RuleVersion};
use policies::Guardrail;

/// The version that counted of one that a decision names; none for what nobody of the collectivité or the CIG
/// wrote.
///
/// # Errors
/// Those of the store.
pub(crate) async fn counting(
    portal: &Portal,
    referent: &Referent,
    rule: &str,
    at: i64,
) -> Result<Option<RuleVersion>, Error> {
    let versions = versions(portal, referent, rule).await?;
    let mut versions = versions.into_iter();
    Ok(versions.find(|version| version.created_at <= at))
}

/// Every version of one, the newest first.
///
/// # Errors
/// Those of the store.
pub(crate) async fn versions(
    portal: &Portal,
    referent: &Referent,
    rule: &str,
) -> Result<Vec<RuleVersion>, Error> {
    let (within, own) = (referent.within(portal), referent.own(""));
    match (Guardrail::stored_id(rule), rule.strip_prefix(&*own)) {
        (Some(above), _) => within.list_guardrail_versions(above).await,
        (None, Some(own)) => within.list_versions(own).await,
        (None, None) => Ok(Vec::new()),
    }
}

/// « Publiée le … par … : motif », of a rule; of a guardrail, « Publié ».
pub(crate) fn published(rule: &str, version: &RuleVersion) -> String {
    let author = version.author.as_deref();
    let above = Guardrail::stored_id(rule).is_some();
    let what = if above { "Publié" } else { "Publiée" };
    event(what, version.created_at, author, &version.reason)
}
