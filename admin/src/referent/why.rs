//! `/referent/agents/{id}/droits/{service}`: why somebody opens a service or an area of it, or does not, as
//! it is decided now or at a moment that somebody chose, past or to come: what gives the access, what
//! stops it, who wrote that and when, and who can change it.

mod answer;
mod ask;
mod documents;
mod place;
mod told;
mod words;

pub(crate) use ask::ask;

use super::preview::{self, Pairs};
use super::rules::{self, Circumstances};
use super::scene::{self, Scene, UNKNOWN};
use super::{Referent, failed};
use crate::date;
use crate::entrance::{Entrance, NOTHING, with_roles};
use crate::fields::FieldErrors;
use crate::page::{self, Person};
use crate::portal::Portal;
use accounts::{Error, Grant, Holder, Profile, Standing};
use answer::{Answer, answer};
use askama::Template;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use place::{area, areas, named, networks};
use policies::{
    Action, Level, Member, Permit, Principal, Refusal, Resource, Route, ServiceRole, decide,
};
use std::sync::Arc;
use told::Told;
use words::{Remedy, Sources};

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
    /// Its id.
    service_id: String,
    errors: FieldErrors,
    fields: Pairs,
    areas: Vec<(String, String, bool)>,
    networks: Vec<(String, String, bool)>,
    /// When, in words; empty for now.
    moment: String,
    caveat: &'static str,
    /// Whether it is now: what is given and who changes it is of now.
    present: bool,
    level: String,
    answers: Vec<Answer>,
    given: Vec<Given>,
    remedies: Vec<Remedy>,
    /// Whether they have not answered their invitation: nothing opens before.
    invited: bool,
}

/// Shows it. Fields of the address: `rubrique` for an area, and those of circumstances that somebody
/// chose: `jour`, `heure`, `reseau`, `facteur`.
pub(crate) async fn show(
    State(portal): State<Arc<Portal>>,
    referent: Referent,
    Path((id, service)): Path<(String, String)>,
    Query(fields): Query<Pairs>,
) -> Response {
    match read(&portal, &referent, (&id, &service), fields).await {
        Ok(Some(page)) => page::answer(page.errors.status(), &page),
        Ok(None) => super::failure(
            StatusCode::NOT_FOUND,
            "Rien n’est connu de ce moment",
            UNKNOWN,
        ),
        Err(error) => failed(&error),
    }
}

/// `None` for a moment of which nothing is known.
async fn read(
    portal: &Portal,
    referent: &Referent,
    (id, service): (&str, &str),
    fields: Pairs,
) -> Result<Option<WhyPage>, Error> {
    let (holder, entrance) = found(portal, referent, (id, service)).await?;
    let (chosen, errors) = match Circumstances::chosen(&fields) {
        Ok(chosen) => (chosen, FieldErrors::default()),
        Err(errors) => (None, errors),
    };
    let profiles = referent.within(portal).list_profiles().await?;
    let now = portal.store.clock().now();
    let within = referent.within(portal);
    let sources = Sources::of(&within, &profiles, (&holder, entrance), now).await?;
    let scene = match &chosen {
        Some(chosen) => scene::of_person(portal, referent, id, chosen).await?,
        None => of_now(portal, referent, &holder, &profiles),
    };
    let Some((member, scene)) = scene else {
        return Ok(None);
    };
    let roles = entrance.roles_of(&member);
    let route = area(entrance, &fields);
    let principal = Principal::Member(Arc::new(member));
    let verdicts = verdicts(&scene, route, &principal);
    let documents = documents::closed((entrance, route), &scene, &principal, &verdicts);
    let at = chosen.as_ref().map_or(now, |chosen| chosen.at);
    let all = documents
        .iter()
        .map(|(_, verdict)| verdict)
        .chain(&verdicts);
    let told = Told::of(portal, referent, (&scene.ruleset, at), all).await?;
    let names = rules::services(portal);
    let questions = ["Consulter", "Modifier"].map(str::to_owned);
    let documents = documents.iter();
    let documents = documents.map(|(shelf, verdict)| (documents::question(shelf, &names), verdict));
    let asked = questions.into_iter().zip(&verdicts).chain(documents);
    Ok(Some(WhyPage {
        person: Some(referent.person(portal).await?),
        here: "droits",
        name: holder.entry.full_name(),
        service: named(entrance, route),
        service_id: service.to_owned(),
        level: level(&verdicts, &roles),
        answers: asked
            .map(|(question, verdict)| answer(question, verdict, &told, &sources))
            .collect(),
        given: given(&profiles, &holder, entrance, now),
        remedies: words::remedies(referent, &holder, &verdicts, id),
        invited: holder.entry.standing == Standing::Invited,
        id: id.to_owned(),
        areas: areas(entrance, route),
        networks: networks(referent, &fields),
        moment: chosen.as_ref().map_or_else(String::new, scene::said),
        present: chosen.is_none(),
        caveat: scene.caveat,
        errors,
        fields,
    }))
}

/// Whom and what the page is about.
async fn found<'a>(
    portal: &'a Portal,
    referent: &Referent,
    (id, service): (&str, &str),
) -> Result<(Holder, &'a Entrance), Error> {
    let missing = |what: &'static str, id: &str| Error::NotFound {
        what,
        id: id.to_owned(),
    };
    let holders = preview::holders(portal, referent, std::iter::once(id)).await?;
    let holder = holders.into_iter().next();
    let holder = holder.ok_or_else(|| missing("membership", id))?;
    let entrance = portal.entrance(service);
    let entrance = entrance.ok_or_else(|| missing("service", service))?;
    Ok((holder, entrance))
}

/// Now, from the place of whoever looks.
fn of_now(
    portal: &Portal,
    referent: &Referent,
    holder: &Holder,
    profiles: &[Profile],
) -> Option<(Member, Scene)> {
    let profile = preview::profile_of(profiles, holder.entry.profile.as_deref());
    let (_, situation) = referent.judging().ok()?;
    let scene = Scene {
        ruleset: portal
            .directory
            .rulesets()
            .get(referent.purview.collectivite())
            .cloned()?,
        situation: *situation,
        caveat: "",
    };
    let now = portal.store.clock().now();
    Some((preview::member(referent, holder, profile, now), scene))
}

/// The decision itself.
type Verdict = Result<Permit, Refusal>;

/// For reading and for changing.
type Verdicts = [Verdict; 2];

/// Decides as the gateway would.
fn verdicts(scene: &Scene, route: &Route, principal: &Principal) -> Verdicts {
    [Action::Ouvrir, Action::Envoyer].map(|action| {
        let resource = Resource::Route(route);
        decide(
            &scene.ruleset,
            principal,
            action,
            resource,
            &scene.situation,
        )
    })
}

fn level(verdicts: &Verdicts, roles: &[ServiceRole]) -> String {
    let roles: Vec<_> = roles.iter().map(|role| role.name.as_str()).collect();
    match verdicts {
        [Ok(_), Ok(_)] => with_roles(&Level::Ecriture, &roles),
        [Ok(_), Err(_)] => with_roles(&Level::Lecture, &roles),
        _ => NOTHING.to_owned(),
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
