//! What somebody can open, decided as the gateway decides, and what a change of rights would make of
//! it: who gains, who loses, and why.

use crate::portal::Entrance;
use policies::{
    Action, Level, Member, Permit, Principal, Refusal, Resource, Ruleset, Situation, decide,
};
use std::sync::Arc;

/// How far an entrance is open, and by which rules.
#[derive(Debug)]
pub(crate) struct Opening {
    pub(crate) level: Level,
    pub(crate) permit: Permit,
}

impl Opening {
    /// Whether a right of the person's opens it, and not only a rule.
    pub(crate) fn by_right(&self) -> bool {
        let rules = self.permit.rules();
        rules.iter().any(|rule| rule.starts_with("droit/"))
    }
}

/// How far the entrance's area is open to a principal.
///
/// # Errors
/// Why it is not.
pub(crate) fn open(
    ruleset: &Ruleset,
    principal: &Principal,
    entrance: &Entrance,
    situation: &Situation,
) -> Result<Opening, Refusal> {
    let ask = |action| {
        let resource = Resource::Route(&entrance.route);
        decide(ruleset, principal, action, resource, situation)
    };
    let reading = ask(Action::Ouvrir)?;
    Ok(match ask(Action::Envoyer) {
        Ok(permit) => Opening {
            level: Level::Ecriture,
            permit,
        },
        Err(_) => Opening {
            level: Level::Lecture,
            permit: reading,
        },
    })
}

/// « Modification ».
pub(crate) fn level_name(level: Option<Level>) -> &'static str {
    match level {
        Some(Level::Lecture) => "Lecture",
        Some(Level::Ecriture) => "Modification",
        None => "Aucun",
    }
}

/// One person's access to one service, before and after a change.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Effect {
    pub(crate) name: String,
    pub(crate) service: String,
    pub(crate) before: &'static str,
    pub(crate) after: &'static str,
    pub(crate) reason: String,
}

/// What a change makes of accesses.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(crate) struct Impact {
    pub(crate) gains: Vec<Effect>,
    pub(crate) losses: Vec<Effect>,
    /// Asked for, and without effect.
    pub(crate) idle: Vec<Effect>,
    /// People whose accesses stay as they are.
    pub(crate) unchanged: usize,
}

/// Somebody before and after.
#[derive(Clone, Debug)]
pub(crate) struct Prospect {
    pub(crate) name: String,
    pub(crate) before: Member,
    pub(crate) after: Member,
}

impl Prospect {
    /// Whether nothing changes that decisions look at.
    pub(crate) fn is_idle(&self) -> bool {
        let decisive = |member: &Member| (member.rights.clone(), member.groups.clone());
        decisive(&self.before) == decisive(&self.after)
    }
}

impl Impact {
    /// Decides everything twice.
    pub(crate) fn of(
        ruleset: &Ruleset,
        entrances: &[&Entrance],
        situation: &Situation,
        prospects: Vec<Prospect>,
    ) -> Self {
        let mut impact = Self::default();
        for Prospect {
            name,
            before,
            after,
        } in prospects
        {
            let counted = impact.gains.len() + impact.losses.len();
            let asked = |service: &str, rights: &[policies::Right]| {
                let right = rights
                    .iter()
                    .find(|right| right.service.as_str() == service);
                right.map(|right| right.level)
            };
            let given = |service: &str| {
                (
                    asked(service, &before.rights),
                    asked(service, &after.rights),
                )
            };
            let wanted: Vec<_> = entrances
                .iter()
                .map(|entrance| given(entrance.id.as_str()))
                .collect();
            let (before, after) = (
                Principal::Member(Arc::new(before.clone())),
                Principal::Member(Arc::new(after.clone())),
            );
            for (entrance, (had, has)) in entrances.iter().zip(wanted) {
                let was = open(ruleset, &before, entrance, situation);
                let is = open(ruleset, &after, entrance, situation);
                let level = |opening: &Result<Opening, Refusal>| {
                    opening.as_ref().ok().map(|opening| opening.level)
                };
                let effect = |reason: String| Effect {
                    name: name.clone(),
                    service: entrance.name.clone(),
                    before: level_name(level(&was)),
                    after: level_name(level(&is)),
                    reason,
                };
                match level(&is).cmp(&level(&was)) {
                    std::cmp::Ordering::Greater => impact.gains.push(effect(gain(&is))),
                    std::cmp::Ordering::Less => impact.losses.push(effect(loss(&is))),
                    std::cmp::Ordering::Equal if had != has => impact.idle.push(effect(idle(&is))),
                    std::cmp::Ordering::Equal => {}
                }
            }
            if impact.gains.len() + impact.losses.len() == counted {
                impact.unchanged += 1;
            }
        }
        impact
    }
}

fn gain(is: &Result<Opening, Refusal>) -> String {
    match is {
        Ok(opening) if opening.by_right() => "par ce changement de droits".to_owned(),
        _ => "par une règle de la collectivité".to_owned(),
    }
}

fn loss(is: &Result<Opening, Refusal>) -> String {
    match is {
        Ok(opening) => format!(
            "il ne reste que la {}",
            level_name(Some(opening.level)).to_lowercase()
        ),
        Err(refusal) => refusal.sentence().to_owned(),
    }
}

fn idle(is: &Result<Opening, Refusal>) -> String {
    match is {
        Ok(_) => "un autre droit ou une règle donne déjà cet accès".to_owned(),
        Err(refusal) => refusal.sentence().to_owned(),
    }
}
