//! What each service is to somebody who is helped, judged as the gateway would at this moment and from
//! the place of the person who helps, with the reason and what the rules that decided say.

use crate::access;
use crate::correspondant::Correspondant;
use crate::entrance::{Entrance, NOTHING};
use crate::portal::Portal;
use crate::reason::{own_right, reason};
use crate::referent::rules::event;
use accounts::{Profile, RuleVersion, StoredRule};
use policies::{Guardrail, Member, Names, Principal, Reason, Refusal, Ruleset};
use std::sync::Arc;

/// What one service is to somebody, and why.
pub(crate) struct Access {
    pub(crate) service: String,
    pub(crate) level: String,
    pub(crate) reason: String,
    pub(crate) rules: String,
    /// What these say that people wrote.
    pub(crate) said: Vec<String>,
}

/// What reasons are written from.
pub(super) struct Sources<'a> {
    pub(super) rules: &'a [StoredRule],
    pub(super) guardrails: &'a [RuleVersion],
    pub(super) profile: Option<&'a Profile>,
    pub(super) names: &'a Names,
}

/// Decides as the gateway would, at this moment and from the place of the person who helps.
pub(super) fn judge(
    portal: &Portal,
    someone: &Correspondant,
    member: &Arc<Member>,
    sources: &Sources<'_>,
) -> Vec<Access> {
    let principal = Principal::Member(member.clone());
    let ruleset = someone.rulesets.of(&principal);
    let entrances = portal.entrances.iter();
    let judged = entrances.map(|entrance| match ruleset {
        Ok(ruleset) => match access::open(ruleset, &principal, entrance, &someone.situation) {
            Ok(opening) => Access {
                service: entrance.name.clone(),
                level: opening.name(),
                reason: sources.reason(entrance, opening.permit.rules()),
                rules: opening.permit.rules().join(", "),
                said: sources.say(ruleset, opening.permit.rules().iter()),
            },
            Err(refusal) => {
                let missed = refusal.missed().iter().map(|missed| &missed.rule);
                let said = sources.say(ruleset, refusal.rules().iter().chain(missed));
                closed(entrance, &refusal, said)
            }
        },
        Err(ref refusal) => closed(entrance, refusal, Vec::new()),
    });
    judged.collect()
}

fn closed(entrance: &Entrance, refusal: &Refusal, said: Vec<String>) -> Access {
    Access {
        service: entrance.name.clone(),
        level: NOTHING.to_owned(),
        reason: told(refusal),
        rules: refusal.rules().join(", "),
        said,
    }
}

impl Sources<'_> {
    fn reason(&self, entrance: &Entrance, deciding: &[Box<str>]) -> String {
        reason(self.rules, deciding, &own_right(self.profile, entrance))
    }

    /// The sentences of the rules that people wrote: what comes from a right is told by the reason.
    fn say<'a>(&self, ruleset: &Ruleset, ids: impl Iterator<Item = &'a Box<str>>) -> Vec<String> {
        let written = ids.filter(|id| !id.starts_with("droit/"));
        let mut told: Vec<String> = Vec::new();
        for id in written {
            let Some(said) = ruleset.say(id, self.names) else {
                continue;
            };
            let above = if Guardrail::stored_id(id).is_some() {
                "Garde-fou du CIG\u{a0}: "
            } else {
                ""
            };
            let said = format!("{above}{} {}", said.replace('\'', "’"), self.story(id));
            let said = said.trim_end().to_owned();
            if !told.contains(&said) {
                told.push(said);
            }
        }
        told
    }
}

impl Sources<'_> {
    /// Who wrote a rule or a guardrail, and when; nothing of what nobody did.
    fn story(&self, id: &str) -> String {
        let stored = Guardrail::stored_id(id);
        let mut above = self.guardrails.iter();
        let above = above.find(|version| Some(&*version.rule.id) == stored);
        if let Some(version) = above {
            let author = version.author.as_deref();
            return event("Publié", version.created_at, author, &version.reason);
        }
        let own = id.rsplit('/').next().filter(|_| stored.is_none());
        let mut rules = self.rules.iter();
        let rule = rules.find(|rule| Some(&*rule.rule.id) == own);
        rule.map_or_else(String::new, |rule| {
            event("Publiée", rule.created_at, Some(&rule.author), "")
        })
    }
}

/// Why a service is closed to somebody, for whoever helps them: sentences that speak to the person are
/// quoted.
fn told(refusal: &Refusal) -> String {
    let first = refusal.rules().first();
    match refusal.reason() {
        Reason::NoRight => "Aucun droit n’est attribué à cette personne sur ce service.".to_owned(),
        Reason::Forbidden if first.is_some_and(|rule| rule.starts_with("cig/")) => {
            refusal.sentence().to_owned()
        }
        Reason::Forbidden => format!(
            "Une règle de la collectivité ferme l’accès à cette personne, qui lit\u{a0}: «\u{a0}{}\u{a0}»",
            refusal.sentence()
        ),
        Reason::Failed => "Le droit de cette personne n’a pas pu être vérifié\u{a0}: par prudence, l’accès reste fermé. Les règles de la collectivité sont à revoir.".to_owned(),
    }
}
