//! What somebody can open, decided as the gateway decides, and what a change of rights would make of
//! it: who gains, who loses, and why.

use crate::date;
use crate::entrance::{Entrance, NOTHING, with_roles};
use policies::{
    Action, Level, Member, Permit, Principal, Refusal, Resource, Right, Ruleset, ServiceId,
    ServiceRole, Situation, decide,
};
use std::sync::Arc;

/// How far an entrance is open, and by which rules.
#[derive(Debug)]
pub(crate) struct Opening {
    /// To consult or to modify.
    pub(crate) level: Level,
    /// What the service is told besides.
    pub(crate) roles: Vec<ServiceRole>,
    pub(crate) permit: Permit,
}

impl Opening {
    /// « Modification (Valideur) ».
    pub(crate) fn name(&self) -> String {
        let roles: Vec<_> = self.roles.iter().map(|role| role.name.as_str()).collect();
        with_roles(&self.level, &roles)
    }

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
    let (level, permit) = match ask(Action::Envoyer) {
        Ok(permit) => (Level::Ecriture, permit),
        Err(_) => (Level::Lecture, reading),
    };
    let roles = match principal {
        Principal::Member(member) => entrance.roles_of(member),
        Principal::Anonymous => Vec::new(),
    };
    Ok(Opening {
        level,
        roles,
        permit,
    })
}

/// One person's access to one service, before and after a change.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Effect {
    pub(crate) name: String,
    pub(crate) service: String,
    pub(crate) before: String,
    pub(crate) after: String,
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
    /// What gives them rights by this change: « par le profil ».
    pub(crate) means: &'static str,
    /// Until when rights are given by it, where that is said. Unix seconds.
    pub(crate) ends: Vec<(ServiceId, i64)>,
}

/// Rights by a profile.
pub(crate) const BY_PROFILE: &str = "par le profil";
/// Rights of one's own.
pub(crate) const BY_DIRECT_RIGHT: &str = "par un droit direct";

impl Prospect {
    /// Whether nothing changes that decisions look at.
    pub(crate) fn is_idle(&self) -> bool {
        let decisive = |member: &Member| {
            let Member {
                rights,
                groups,
                profile,
                ..
            } = member.clone();
            (rights, groups, profile)
        };
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
        for prospect in prospects {
            let counted = impact.gains.len() + impact.losses.len();
            let (before, after) = (
                Principal::Member(Arc::new(prospect.before.clone())),
                Principal::Member(Arc::new(prospect.after.clone())),
            );
            for entrance in entrances {
                let was = open(ruleset, &before, entrance, situation);
                let is = open(ruleset, &after, entrance, situation);
                impact.note(&prospect, entrance, &was, &is);
            }
            if impact.gains.len() + impact.losses.len() == counted {
                impact.unchanged += 1;
            }
        }
        impact
    }

    /// Somebody may gain one thing and lose another on the same service: a role for a role.
    fn note(&mut self, prospect: &Prospect, entrance: &Entrance, was: &Verdict, is: &Verdict) {
        let mut ends = prospect.ends.iter();
        let end = ends.find(|(service, _)| *service == entrance.id);
        let until = end
            .filter(|_| is.is_ok())
            .map_or_else(String::new, |(_, at)| {
                format!(", jusqu’au {}", date::last_day(*at))
            });
        let effect = |reason: String| Effect {
            name: prospect.name.clone(),
            service: entrance.name.clone(),
            before: name(was),
            after: format!("{}{until}", name(is)),
            reason,
        };
        let (gains, loses) = (exceeds(is, was), exceeds(was, is));
        if gains {
            self.gains.push(effect(gain(is, prospect.means)));
        }
        if loses {
            self.losses.push(effect(loss(is)));
        }
        let given = |member: &Member| -> Vec<Right> {
            let rights = member.rights.iter();
            let here = rights.filter(|right| right.service == entrance.id);
            here.cloned().collect()
        };
        if gains || loses {
            return;
        }
        if given(&prospect.before) != given(&prospect.after) {
            self.idle.push(effect(idle(is)));
        } else if !until.is_empty() {
            self.idle
                .push(effect("seule la date de fin change".to_owned()));
        }
    }
}

type Verdict = Result<Opening, Refusal>;

fn name(verdict: &Verdict) -> String {
    let opening = verdict.as_ref();
    opening.map_or_else(|_| NOTHING.to_owned(), Opening::name)
}

/// Whether the first opens something that the second does not.
fn exceeds(one: &Verdict, other: &Verdict) -> bool {
    match (one, other) {
        (Ok(one), Ok(other)) => {
            one.level > other.level || one.roles.iter().any(|role| !other.roles.contains(role))
        }
        (Ok(_), Err(_)) => true,
        (Err(_), _) => false,
    }
}

fn gain(is: &Verdict, means: &str) -> String {
    match is {
        Ok(opening) if opening.by_right() => means.to_owned(),
        _ => "par une règle de la collectivité".to_owned(),
    }
}

fn loss(is: &Verdict) -> String {
    match is {
        Ok(opening) => format!("il reste\u{a0}: {}", opening.name()),
        Err(refusal) => refusal.sentence().to_owned(),
    }
}

fn idle(is: &Verdict) -> String {
    match is {
        Ok(_) => "un autre droit ou une règle donne déjà cet accès".to_owned(),
        Err(refusal) => refusal.sentence().to_owned(),
    }
}
