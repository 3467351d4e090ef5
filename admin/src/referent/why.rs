//! `/referent/agents/{id}/droits/{service}`: why somebody opens a service or does not, as it is decided
//! at this moment: what gives the access, what stops it, and who can change either.

mod words;

use super::preview;
use super::{Referent, failed, rules};
use crate::date;
use crate::entrance::{Entrance, NOTHING, with_roles};
use crate::page::{self, Person};
use crate::portal::Portal;
use accounts::{Error, Grant, Holder, Profile, Standing};
use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use policies::{
    Action, Level, Member, Names, Permit, Principal, Reason, Refusal, Resource, Ruleset,
    ServiceRole, Situation, decide,
};
use std::sync::Arc;
use words::{Remedy, Sources};

/// An answer to one question: may they read, may they change?
struct Answer {
    question: &'static str,
    yes: bool,
    /// What decided, in words.
    because: Vec<String>,
}

/// Something that was given, whether it counts now or not.
struct Given {
    what: String,
    state: String,
}

#[derive(Template)]
#[template(path = "referent/why.html")]
struct WhyPage {
    person: Option<Person>,
    here: &'static str,
    id: String,
    name: String,
    service: String,
    level: String,
    answers: Vec<Answer>,
    given: Vec<Given>,
    remedies: Vec<Remedy>,
    /// Whether they have not answered their invitation: nothing opens before.
    invited: bool,
}

/// Shows it.
pub(crate) async fn show(
    State(portal): State<Arc<Portal>>,
    referent: Referent,
    Path((id, service)): Path<(String, String)>,
) -> Response {
    match read(&portal, &referent, &id, &service).await {
        Ok(page) => page::answer(StatusCode::OK, &page),
        Err(error) => failed(&error),
    }
}

async fn read(
    portal: &Portal,
    referent: &Referent,
    id: &str,
    service: &str,
) -> Result<WhyPage, Error> {
    let missing = |what: &'static str, id: &str| Error::NotFound {
        what,
        id: id.to_owned(),
    };
    let holders = preview::holders(portal, referent, std::iter::once(id)).await?;
    let holder = holders.into_iter().next();
    let holder = holder.ok_or_else(|| missing("membership", id))?;
    let entrance = portal.entrance(service);
    let entrance = entrance.ok_or_else(|| missing("service", service))?;
    let profiles = referent.within(portal).list_profiles().await?;
    let now = portal.store.clock().now();
    let sources = Sources::of(&profiles, &holder, entrance, now);
    let profile = preview::profile_of(&profiles, holder.entry.profile.as_deref());
    let member = preview::member(referent, &holder, profile, now);
    let roles = entrance.roles_of(&member);
    let verdicts = verdicts(referent, entrance, member);
    let told = Told::of(portal, referent, &verdicts).await?;
    let questions = ["Consulter", "Modifier"];
    let answers = questions.into_iter().zip(&verdicts);
    Ok(WhyPage {
        person: Some(referent.person(portal).await?),
        here: "droits",
        name: holder.entry.full_name(),
        service: entrance.name.clone(),
        level: level(&verdicts, &roles),
        answers: answers
            .map(|(question, verdict)| answer(question, verdict, &told, &sources))
            .collect(),
        given: given(&profiles, &holder, entrance, now),
        remedies: words::remedies(referent, &holder, &verdicts, id),
        invited: holder.entry.standing == Standing::Invited,
        id: id.to_owned(),
    })
}

/// What the rules behind an answer say.
struct Told<'a> {
    ruleset: Option<&'a Ruleset>,
    names: Names,
}

impl<'a> Told<'a> {
    async fn of(
        portal: &Portal,
        referent: &'a Referent,
        verdicts: &Verdicts,
    ) -> Result<Self, Error> {
        let ruleset = referent.judging().ok().map(|(ruleset, _)| ruleset);
        let ids = verdicts.iter().flat_map(|verdict| match verdict {
            Ok(permit) => permit.rules().to_vec(),
            Err(refusal) => {
                let missed = refusal.missed().iter().map(|missed| missed.rule.clone());
                refusal.rules().iter().cloned().chain(missed).collect()
            }
        });
        let models = ids.filter_map(|id| ruleset?.model(&id).cloned());
        let names = rules::names(portal, referent, &models.collect::<Vec<_>>()).await?;
        Ok(Self { ruleset, names })
    }

    fn said(&self, rule: &str) -> Option<String> {
        self.ruleset?.say(rule, &self.names)
    }
}

/// The decision itself, for reading and for changing.
type Verdicts = [Result<Permit, Refusal>; 2];

/// Decides as the gateway would, at this moment and from the place of whoever looks.
fn verdicts(referent: &Referent, entrance: &Entrance, member: Member) -> Verdicts {
    let principal = Principal::Member(Arc::new(member));
    let ask = |(ruleset, situation): (&Ruleset, &Situation), action| {
        let resource = Resource::Route(&entrance.route);
        decide(ruleset, &principal, action, resource, situation)
    };
    [Action::Ouvrir, Action::Envoyer]
        .map(|action| referent.judging().and_then(|judging| ask(judging, action)))
}

fn level(verdicts: &Verdicts, roles: &[ServiceRole]) -> String {
    let roles: Vec<_> = roles.iter().map(|role| role.name.as_str()).collect();
    match verdicts {
        [Ok(_), Ok(_)] => with_roles(&Level::Ecriture, &roles),
        [Ok(_), Err(_)] => with_roles(&Level::Lecture, &roles),
        _ => NOTHING.to_owned(),
    }
}

fn answer(
    question: &'static str,
    verdict: &Result<Permit, Refusal>,
    told: &Told<'_>,
    sources: &Sources,
) -> Answer {
    let label = |rule: &str| told.said(rule);
    let because = match verdict {
        Ok(permit) => permit
            .rules()
            .iter()
            .flat_map(|rule| sources.gives(rule, label(rule).as_deref()))
            .collect(),
        Err(refusal) if refusal.reason() == Reason::Forbidden => refusal
            .rules()
            .iter()
            .map(|rule| words::stops(rule, label(rule).as_deref()))
            .collect(),
        Err(refusal) if refusal.reason() == Reason::NoRight => {
            let none = if refusal.missed().is_empty() {
                "Aucun droit et aucune règle ne le donnent en ce moment."
            } else {
                "Aucun droit ne le donne, et une règle seulement dans d’autres circonstances."
            };
            let none = none.to_owned();
            let missed = refusal.missed().iter().map(|missed| {
                let label = label(&missed.rule);
                words::missed(&missed.rule, label.as_deref(), &missed.unmet.phrases())
            });
            std::iter::once(none).chain(missed).collect()
        }
        Err(refusal) => vec![refusal.sentence().to_owned()],
    };
    Answer {
        question,
        yes: verdict.is_ok(),
        because,
    }
}

/// What the profile and direct rights give on the service, with their dates.
fn given(profiles: &[Profile], holder: &Holder, entrance: &Entrance, now: i64) -> Vec<Given> {
    let profile = profiles
        .iter()
        .find(|profile| holder.entry.profile.as_deref() == Some(&profile.id));
    let by_profile = profile.into_iter().flat_map(|profile| {
        let rights = profile.rights.iter();
        let own = rights.filter(|right| right.service == entrance.id);
        own.map(|right| Given {
            what: format!("Profil «\u{a0}{}\u{a0}»", profile.name),
            state: entrance.level_name(&right.level).to_owned(),
        })
    });
    let direct = holder.direct.iter();
    let direct = direct.filter(|grant| grant.service == entrance.id);
    by_profile
        .chain(direct.map(|grant| Given {
            what: "Droit direct".to_owned(),
            state: format!("{}{}", entrance.level_name(&grant.level), dates(grant, now)),
        }))
        .collect()
}

fn dates(grant: &Grant, now: i64) -> String {
    let starts = grant.starts_at.filter(|at| *at > now);
    let starts = starts.map(|at| format!(", à partir du {}", date::short(at)));
    let ends = grant.ends_at;
    let ends = ends.map(|at| format!(", jusqu’au {} inclus", date::last_day(at)));
    starts.unwrap_or_default() + &ends.unwrap_or_default()
}
