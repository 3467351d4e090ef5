//! What a decision says in words: where a right comes from, what a rule stops, and who can change it.

use super::Verdicts;
use crate::entrance::Entrance;
use crate::referent::Referent;
use crate::referent::rules::event;
use accounts::{Error, Giving, Holder, Profile, Standing, Within};
use policies::{Level, Reason, Right};

/// Which of a person's sources give which level on a service now, and since when and by whom.
pub(super) struct Sources {
    profile: Option<(String, Level)>,
    direct: Option<Level>,
    profile_given: Option<Giving>,
    right_given: Option<Giving>,
}

impl Sources {
    pub(super) async fn of(
        within: &Within<'_>,
        profiles: &[Profile],
        (holder, entrance): (&Holder, &Entrance),
        now: i64,
    ) -> Result<Self, Error> {
        let member = &holder.entry.id;
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
        let profile_given = match &holder.entry.profile {
            Some(profile) => within.profile_given(member, profile, now).await?,
            None => None,
        };
        let direct = own.map(|grant| grant.level.clone()).max();
        let right_given = match &direct {
            Some(level) => {
                let (service, level) = (entrance.id.clone(), level.clone());
                let right = Right { service, level };
                within.right_given(member, &right, now).await?
            }
            None => None,
        };
        Ok(Self {
            profile: by_profile,
            direct,
            profile_given,
            right_given,
        })
    }

    /// What a right that permits stands for, and who gave it when.
    pub(super) fn gives(&self, right: &str) -> Vec<(String, String)> {
        let open = match right {
            "public" => Some("Cette page est ouverte à tous."),
            "connecte" => Some("Cette page est ouverte à toute personne connectée."),
            _ => None,
        };
        if let Some(open) = open {
            return vec![(open.to_owned(), String::new())];
        }
        let level = right.rsplit('/').next().and_then(Level::parse);
        let profile = self.profile.iter();
        let profile = profile.filter(|(_, given)| Some(given) == level.as_ref());
        let profile = profile.map(|(name, _)| {
            let said = format!("Profil «\u{a0}{name}\u{a0}».");
            (said, story(self.profile_given.as_ref()))
        });
        let direct = self.direct.as_ref();
        let direct = direct.filter(|given| Some(*given) == level.as_ref());
        let direct = direct.map(|_| {
            let said = "Droit direct de cette personne.".to_owned();
            (said, story(self.right_given.as_ref()))
        });
        profile.chain(direct).collect()
    }
}

/// « Donné le 24 novembre 2026 par Renée Martin »; empty when nobody knows.
fn story(given: Option<&Giving>) -> String {
    given.map_or_else(String::new, |given| {
        event("Donné", given.at, given.author.as_deref(), "")
    })
}

/// What a rule of the collectivité that permits stands for.
pub(super) fn permits(rule: &str, label: Option<&str>) -> String {
    named("Règle de la collectivité", rule, label)
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

impl Remedy {
    fn new(text: &'static str, link: Option<(String, &'static str)>) -> Self {
        Self { text, link }
    }
}

/// Whether one of the rules that begin so forbids.
fn stopped(verdicts: &Verdicts, by: &str) -> bool {
    let refused = verdicts.iter().filter_map(|verdict| verdict.as_ref().err());
    let forbidden = refused.filter(|refusal| refusal.reason() == Reason::Forbidden);
    let mut rules = forbidden.flat_map(policies::Refusal::rules);
    rules.any(|rule| rule.starts_with(by))
}

/// Who can change what is.
pub(super) fn remedies(
    referent: &Referent,
    holder: &Holder,
    verdicts: &Verdicts,
    id: &str,
) -> Vec<Remedy> {
    let mut remedies = from_above(verdicts);
    if stopped(verdicts, "cig/compte-actif") {
        let text = match holder.entry.standing {
            Standing::Suspended => "L’accès est suspendu\u{a0}: rétablissez-le depuis la fiche.",
            Standing::Deleted => {
                "La personne est supprimée\u{a0}: annulez la suppression depuis la fiche."
            }
            _ => "La personne est partie\u{a0}: annulez le départ depuis la fiche.",
        };
        let link = (format!("/referent/agents/{id}"), "Ouvrir la fiche");
        remedies.push(Remedy::new(text, Some(link)));
    }
    remedies.extend(by_rules(referent, verdicts));
    remedies.push(if holder.entry.id == *referent.purview.by() {
        let text = "Ce sont vos propres droits\u{a0}: un autre référent de votre collectivité peut les changer.";
        Remedy::new(text, None)
    } else {
        let text = "Vous, ou un autre référent de votre collectivité, changez le profil et les droits directs.";
        let address = format!("/referent/agents/{id}/droits");
        Remedy::new(text, Some((address, "Changer ses droits")))
    });
    remedies
}

/// What the CIG alone changes.
fn from_above(verdicts: &Verdicts) -> Vec<Remedy> {
    let mut remedies = Vec::new();
    if stopped(verdicts, "cig/service-ouvert") || stopped(verdicts, "cig/collectivite-active") {
        remedies.push(Remedy::new("Le CIG, ou votre centre de gestion, ouvre les services à votre collectivité\u{a0}: adressez-vous à lui.", None));
    }
    if stopped(verdicts, "cig/garde-fou") {
        remedies.push(Remedy::new("Un garde-fou du CIG ferme cet accès\u{a0}: lui seul peut le changer. Adressez-vous à lui.", None));
    }
    remedies
}

/// What rules of the collectivité close or give.
fn by_rules(referent: &Referent, verdicts: &Verdicts) -> Vec<Remedy> {
    let own = referent.own("");
    let permits = verdicts.iter().flatten().flat_map(policies::Permit::rules);
    let gives = permits.into_iter().any(|rule| rule.starts_with(&own));
    let link = || Some(("/referent/regles".to_owned(), "Voir les règles"));
    let closing = stopped(verdicts, &own).then_some("Une règle de votre collectivité ferme cet accès\u{a0}: un référent peut la changer ou la retirer.");
    let giving = gives.then_some("Une règle de votre collectivité donne cet accès\u{a0}: un référent peut la changer ou la retirer.");
    let all = closing.into_iter().chain(giving);
    all.map(|text| Remedy::new(text, link())).collect()
}
