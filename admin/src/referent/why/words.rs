//! What a decision says in words: where a right comes from, what a rule stops, and who can change it.

use super::Verdicts;
use crate::entrance::Entrance;
use crate::referent::Referent;
use accounts::{Holder, Profile, Standing};
use policies::{Level, Reason};

/// Which of a person's sources give which level on a service now.
pub(super) struct Sources {
    profile: Option<(String, Level)>,
    direct: Option<Level>,
}

impl Sources {
    pub(super) fn of(profiles: &[Profile], holder: &Holder, entrance: &Entrance, now: i64) -> Self {
        let profile = profiles
            .iter()
            .find(|profile| holder.entry.profile.as_deref() == Some(&profile.id));
        let by_profile = profile.and_then(|profile| {
            let mut rights = profile.rights.iter();
            let right = rights.find(|right| right.service == entrance.id)?;
            Some((profile.name.clone(), right.level.clone()))
        });
        let own = holder.direct.iter().filter(|grant| {
            grant.service == entrance.id && grant.starts_at.is_none_or(|starts| starts <= now)
        });
        Self {
            profile: by_profile,
            direct: own.map(|grant| grant.level.clone()).max(),
        }
    }

    /// What a rule that permits stands for.
    pub(super) fn gives(&self, rule: &str, label: Option<&str>) -> Vec<String> {
        let Some(right) = rule.strip_prefix("droit/") else {
            return vec![named("Règle de la collectivité", rule, label)];
        };
        match right {
            "public" => return vec!["Cette page est ouverte à tous.".to_owned()],
            "connecte" => {
                return vec!["Cette page est ouverte à toute personne connectée.".to_owned()];
            }
            _ => {}
        }
        let level = right.rsplit('/').next().and_then(Level::parse);
        let profile = self.profile.iter();
        let profile = profile.filter(|(_, given)| Some(given) == level.as_ref());
        let profile = profile.map(|(name, _)| format!("Profil «\u{a0}{name}\u{a0}»."));
        let direct = self.direct.as_ref();
        let direct = direct.filter(|given| Some(*given) == level.as_ref());
        let direct = direct.map(|_| "Droit direct de cette personne.".to_owned());
        profile.chain(direct).collect()
    }
}

/// A rule that only circumstances keep from giving it.
pub(super) fn missed(rule: &str, label: Option<&str>, unmet: &[String]) -> String {
    let named = named("Règle de la collectivité", rule, label);
    let unmet = unmet.join(", ");
    format!("{named} Elle ne s’applique pas en ce moment\u{a0}; il faudrait\u{a0}: {unmet}.")
}

/// What a rule that forbids stands for.
pub(super) fn stops(rule: &str, label: Option<&str>) -> String {
    if rule.starts_with("cig/") {
        named("Garde-fou du CIG", rule, label)
    } else {
        named("Règle de la collectivité", rule, label)
    }
}

fn named(kind: &str, rule: &str, label: Option<&str>) -> String {
    match label {
        Some(label) => format!("{kind}\u{a0}: {}", label.replace('\'', "’")),
        None => format!(
            "{kind} «\u{a0}{}\u{a0}».",
            rule.rsplit('/').next().unwrap_or(rule)
        ),
    }
}

/// Somebody who can change it, and where.
pub(super) struct Remedy {
    pub(super) text: &'static str,
    /// An address, and what the link says; none when it is not in this console.
    pub(super) link: Option<(String, &'static str)>,
}

/// Who can change what is.
pub(super) fn remedies(
    referent: &Referent,
    holder: &Holder,
    verdicts: &Verdicts,
    id: &str,
) -> Vec<Remedy> {
    let own = holder.entry.id == *referent.purview.by();
    let mut remedies = Vec::new();
    let mut add = |text: &'static str, link: Option<(String, &'static str)>| {
        remedies.push(Remedy { text, link });
    };
    let stopped = |by: &str| {
        let refused = verdicts.iter().filter_map(|verdict| verdict.as_ref().err());
        let forbidden = refused.filter(|refusal| refusal.reason() == Reason::Forbidden);
        forbidden
            .flat_map(policies::Refusal::rules)
            .any(|rule| rule.starts_with(by))
    };
    if stopped("cig/service-ouvert") || stopped("cig/collectivite-active") {
        add(
            "Le CIG, ou votre centre de gestion, ouvre les services à votre collectivité\u{a0}: adressez-vous à lui.",
            None,
        );
    }
    if stopped("cig/garde-fou") {
        add(
            "Un garde-fou du CIG ferme cet accès\u{a0}: lui seul peut le changer. Adressez-vous à lui.",
            None,
        );
    }
    if stopped("cig/compte-actif") {
        let text = match holder.entry.standing {
            Standing::Suspended => "L’accès est suspendu\u{a0}: rétablissez-le depuis la fiche.",
            Standing::Deleted => {
                "La personne est supprimée\u{a0}: annulez la suppression depuis la fiche."
            }
            _ => "La personne est partie\u{a0}: annulez le départ depuis la fiche.",
        };
        add(
            text,
            Some((format!("/referent/agents/{id}"), "Ouvrir la fiche")),
        );
    }
    if stopped(referent.purview.collectivite().as_str()) {
        add(
            "Une règle de votre collectivité ferme cet accès\u{a0}: un référent peut la changer ou la retirer.",
            None,
        );
    }
    if own {
        add(
            "Ce sont vos propres droits\u{a0}: un autre référent de votre collectivité peut les changer.",
            None,
        );
    } else {
        add(
            "Vous, ou un autre référent de votre collectivité, changez le profil et les droits directs.",
            Some((
                format!("/referent/agents/{id}/droits"),
                "Changer ses droits",
            )),
        );
    }
    remedies
}
