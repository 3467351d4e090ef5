//! The référent's console: the own collectivité's people and their rights. Every page asks Cedar for
//! a [`Purview`] first, and works within it.

mod addresses;
pub(crate) mod agent;
pub(crate) mod agents;
pub(crate) mod arrivals;
pub(crate) mod assign;
pub(crate) mod enrol;
mod export;
mod factors;
pub(crate) mod group;
pub(crate) mod groups;
pub(crate) mod import;
pub(crate) mod invitation;
pub(crate) mod journal;
pub(crate) mod networks;
mod obstacle;
mod past;
pub(crate) mod places;
pub(crate) mod preview;
pub(crate) mod profile;
pub(crate) mod profiles;
pub(crate) mod question;
pub(crate) mod record;
mod referents;
pub(crate) mod requests;
pub(crate) mod reviews;
pub(crate) mod rights;
pub(crate) mod rules;
pub(crate) mod scene;
mod todo;
mod together;
pub(crate) mod transfer;
mod why;

pub(crate) use agents::last_part;
pub(crate) use obstacle::{Obstacle, failed, not_attributed};

use crate::console::{self, Administrator, NoConsole};
use crate::entrance::Entrance;
use crate::page::{self, Person};
use crate::portal::Portal;
use crate::visitor::Visitor;
use accounts::{DirectoryEntry, Error, Within};
use axum::Router;
use axum::extract::FromRequestParts;
use axum::http::StatusCode;
use axum::http::request::Parts;
use axum::response::Response;
use axum::routing::{get, post};
use policies::{
    Attribution, Member, MembershipId, Principal, Purview, Refusal, Rulesets, Situation,
    administer, attribute,
};
use std::sync::Arc;

/// Every page of the console.
pub(crate) fn routes() -> Router<Arc<Portal>> {
    people()
        .merge(collectivite())
        .merge(rules::routes())
        .merge(reviewed())
}

/// Agents, one by one or together.
fn people() -> Router<Arc<Portal>> {
    Router::new()
        .route("/referent", get(todo::show))
        .route("/referent/agents", get(agents::show))
        .route(
            "/referent/agents/nouveau",
            get(enrol::show).post(enrol::submit),
        )
        .route("/referent/agents/ensemble", post(together::submit))
        .route("/referent/agents/{id}", get(agent::show))
        .route("/referent/agents/{id}/etat", post(agent::take_step))
        .route("/referent/agents/{id}/invitation", post(invitation::submit))
        .route(
            "/referent/agents/{id}/fiche",
            get(record::edit).post(record::change),
        )
        .route("/referent/agents/{id}/droits", get(rights::show))
        .route("/referent/agents/{id}/droits/{service}", get(why::show))
        .route(
            "/referent/agents/{id}/facteurs",
            get(factors::show).post(factors::submit),
        )
        .route(
            "/referent/agents/{id}/transfert",
            get(transfer::show).post(transfer::submit),
        )
        .route(
            "/referent/arrivees",
            get(arrivals::show).post(arrivals::answer),
        )
        .route("/referent/adresses", get(addresses::show))
        .route("/referent/agents.csv", get(export::agents))
}

/// What the collectivité keeps for all of them.
fn collectivite() -> Router<Arc<Portal>> {
    Router::new()
        .route("/referent/services", get(groups::show).post(groups::add))
        .route(
            "/referent/services/{id}",
            get(group::show).post(group::change),
        )
        .route(
            "/referent/demandes",
            get(requests::show).post(requests::answer),
        )
        .route(
            "/referent/referents",
            get(referents::show).post(referents::print),
        )
        .route(
            "/referent/reseaux",
            get(networks::show).post(networks::change),
        )
        .route("/referent/journal", get(journal::show))
        .route("/referent/journal.csv", get(journal::export))
        .route("/referent/droits/profil", post(assign::submit))
        .route("/referent/droits", get(rights::matrix).post(rights::submit))
        .route("/referent/import", get(import::show).post(import::upload))
        .route("/referent/import/modele.csv", get(import::model))
        .route(
            "/referent/import/{id}",
            get(import::preview).post(import::apply),
        )
        .route("/referent/import/{id}/a-corriger.csv", get(import::faulty))
        .route("/referent/droits/passe", get(past::show))
        .route("/referent/droits/passe.csv", get(past::export))
        .route("/referent/pourquoi", get(why::ask))
        .route("/referent/profils", get(profiles::show).post(profiles::add))
        .route(
            "/referent/profils/{id}",
            get(profile::edit).post(profile::change),
        )
        .route("/referent/profils/{id}/suppression", post(profiles::remove))
}

/// The yearly review of rights.
fn reviewed() -> Router<Arc<Portal>> {
    Router::new()
        .route("/referent/revues", get(reviews::show).post(reviews::open))
        .route("/referent/revues/{id}", get(reviews::current::show))
        .route("/referent/revues/{id}/decision", post(reviews::decide::one))
        .route("/referent/revues/{id}/garder", post(reviews::decide::keep))
        .route(
            "/referent/revues/{id}/cloture",
            post(reviews::report::close),
        )
        .route("/referent/revues/{id}/rapport", get(reviews::report::show))
        .route(
            "/referent/revues/{id}/rapport.csv",
            get(reviews::report::table),
        )
        .route(
            "/referent/revues/{id}/rapport.json",
            get(reviews::report::export),
        )
}

/// Somebody who manages a collectivité, with leave to do so. As an extractor it answers everybody
/// else.
#[derive(Debug)]
pub(crate) struct Referent {
    pub(crate) visitor: Visitor,
    pub(crate) purview: Purview,
    pub(crate) entry: Arc<DirectoryEntry>,
    principal: Principal,
    situation: Situation,
    rulesets: Arc<Rulesets>,
}

impl Referent {
    /// The collectivité from within.
    pub(crate) fn within<'a>(&'a self, portal: &'a Portal) -> Within<'a> {
        portal.store.within(&self.purview, self.visitor.account())
    }

    /// Leave to change a member's rights or state.
    pub(crate) fn attribute(&self, member: &Member) -> Result<Attribution, Refusal> {
        let ruleset = self.rulesets.of(&self.principal)?;
        attribute(ruleset, &self.principal, member, &self.situation)
    }

    /// The rules that judge the collectivité's people, and the circumstances of this request.
    pub(crate) fn judging(&self) -> Result<(&policies::Ruleset, &Situation), Refusal> {
        Ok((self.rulesets.of(&self.principal)?, &self.situation))
    }

    /// The services whose rights are given here: those that the CIG opened.
    pub(crate) fn services<'a>(&self, portal: &'a Portal) -> Vec<&'a Entrance> {
        let opened = &self.entry.collectivite.services;
        let entrances = portal.entrances.iter();
        entrances
            .filter(|entrance| opened.contains(&entrance.id))
            .collect()
    }

    /// The id of a membership as addresses carry it: its last part.
    pub(crate) fn membership(&self, id: &str) -> MembershipId {
        self.own(id).into()
    }

    /// The whole id of something of this collectivité.
    pub(crate) fn own(&self, id: &str) -> String {
        format!("{}/{id}", self.purview.collectivite())
    }

    pub(crate) async fn person(&self, portal: &Portal) -> Result<Person, Error> {
        Person::of(portal, &self.visitor).await
    }
}

impl Administrator for Referent {
    fn of(portal: &Portal, visitor: Visitor) -> Result<Self, NoConsole> {
        let unreadable = || NoConsole::Unreadable;
        let principal = visitor.0.principal().map_err(|_| unreadable())?;
        let Principal::Member(member) = &principal else {
            return Err(unreadable());
        };
        let entry = portal.directory.find(&member.collectivite);
        let entry = entry.ok_or_else(unreadable)?;
        let situation = visitor.0.situation(portal.store.clock().now());
        let rulesets = portal.directory.rulesets();
        let tenant = entry.collectivite.tenant();
        let purview = rulesets
            .of(&principal)
            .and_then(|ruleset| administer(ruleset, &principal, &tenant, &situation))
            .map_err(NoConsole::Refused)?;
        Ok(Self {
            visitor,
            purview,
            entry,
            principal,
            situation,
            rulesets,
        })
    }

    fn visitor(&self) -> &Visitor {
        &self.visitor
    }

    fn by(&self) -> &MembershipId {
        self.purview.by()
    }
}

impl FromRequestParts<Arc<Portal>> for Referent {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, portal: &Arc<Portal>) -> Result<Self, Response> {
        console::enter(parts, portal).await
    }
}

/// Why it was not done, on a page that leads back into the console.
pub(crate) fn failure(status: StatusCode, title: &str, advice: &str) -> Response {
    let exit = ("/referent/agents", "Revenir à la liste des agents");
    page::failure_before(exit, status, title, advice)
}
