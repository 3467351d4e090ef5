//! Why an access is open, in the words of whoever gave it: a rule's own, a profile's name.

use crate::entrance::Entrance;
use accounts::{Profile, StoredRule};
use policies::Rule;

/// What a right on a service is called: the profile gives it, or it is direct.
pub(crate) fn own_right(profile: Option<&Profile>, entrance: &Entrance) -> String {
    let gives = |profile: &&Profile| {
        let mut rights = profile.rights.iter();
        rights.any(|right| right.service == entrance.id)
    };
    profile.filter(gives).map_or_else(
        || "Droit direct".to_owned(),
        |profile| format!("Profil «\u{a0}{}\u{a0}»", profile.name),
    )
}

/// What the deciding rules say of themselves; `right` is what a right of the person's own is called.
pub(crate) fn reason(rules: &[StoredRule], deciding: &[Box<str>], right: &str) -> String {
    let said = deciding.iter().map(|id| {
        let rule = rules
            .iter()
            .find(|stored| id.rsplit('/').next() == Some(stored.rule.id.as_str()));
        match rule {
            Some(stored) => told(&stored.rule),
            None if id.as_ref() == "droit/public" => "Ouvert à tous".to_owned(),
            None if id.as_ref() == "droit/connecte" => {
                "Ouvert à toute personne connectée".to_owned()
            }
            None => right.to_owned(),
        }
    });
    let mut said: Vec<_> = said.collect();
    said.dedup();
    said.join(" ; ")
}

/// A rule as the person may read it: it names nobody else.
fn told(rule: &Rule) -> String {
    let own = "Règle de votre collectivité";
    let Some(model) = rule.model() else {
        return rule.label().unwrap_or_else(|| own.to_owned());
    };
    let conditions = model.conditions.phrases();
    let parts = std::iter::once(own.to_owned()).chain(conditions);
    parts.collect::<Vec<_>>().join(", ")
}
