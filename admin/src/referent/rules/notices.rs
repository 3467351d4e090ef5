//! What is wrong with a rule in force: that it holds no more and why, or that it names somebody who is gone.

use crate::portal::Portal;
use crate::referent::Referent;
use accounts::{Error, RuleVersion, Standing};
use policies::{Rule, Ruleset, expert};

/// Why a rule holds no more; none when it does.
pub(crate) fn fault(portal: &Portal, referent: &Referent, rule: &Rule) -> Option<String> {
    let vocabulary = portal.directory.vocabulary();
    let owner = referent.purview.collectivite();
    Ruleset::check(vocabulary, owner, rule).err()?;
    let faults = expert::read(vocabulary, owner, &rule.text).err();
    let said = faults.and_then(|faults| Some(faults.into_iter().next()?.said));
    Some(
        said.unwrap_or_else(|| {
            "Elle ne correspond plus aux services de l’installation.".to_owned()
        }),
    )
}

/// All of it, in sentences; nothing of a rule that is not in force.
///
/// # Errors
/// Those of the store.
pub(super) async fn of(
    portal: &Portal,
    referent: &Referent,
    version: &RuleVersion,
) -> Result<Vec<String>, Error> {
    let mut notices = Vec::new();
    if !version.is_in_force() {
        return Ok(notices);
    }
    if let Some(said) = fault(portal, referent, &version.rule) {
        notices.push(format!("Cette règle ne tient plus. {said} Tant qu’elle est en vigueur, aucun changement de règle ne compte\u{a0}: modifiez-la ou retirez-la."));
    }
    let gone = gone(portal, referent, &version.rule).await?;
    if !gone.is_empty() {
        notices.push(format!(
            "Cette règle nomme {}, qui n’est plus là\u{a0}: modifiez-la pour l’ôter.",
            gone.join(" et ")
        ));
    }
    Ok(notices)
}

/// The people whom a rule names who are gone.
async fn gone(portal: &Portal, referent: &Referent, rule: &Rule) -> Result<Vec<String>, Error> {
    let mut gone = Vec::new();
    let model = rule.model();
    for id in model.iter().flat_map(|model| model.who.people()) {
        match referent.within(portal).get(id).await {
            Ok(entry) if matches!(entry.standing, Standing::Left | Standing::Deleted) => {
                gone.push(entry.full_name());
            }
            Ok(_) => {}
            Err(Error::NotFound { .. }) => gone.push("une personne effacée".to_owned()),
            Err(error) => return Err(error),
        }
    }
    Ok(gone)
}

/// How many rules in force hold no more.
///
/// # Errors
/// Those of the store.
pub(crate) async fn count_broken(portal: &Portal, referent: &Referent) -> Result<usize, Error> {
    let rules = referent.within(portal).list_rules().await?;
    let in_force = rules.iter().filter(|version| version.is_in_force());
    let broken = in_force.filter(|version| fault(portal, referent, &version.rule).is_some());
    Ok(broken.count())
}
