//! The console of those who follow collectivités: the correspondant CIG all of them, a partner CDG
//! those affiliated to it. Every page asks Cedar for an [`Oversight`] first, and for a
//! [`Supervision`] before it touches one: to a CDG another one's collectivité does not exist.

pub(crate) mod case;
mod collectivites;
pub(crate) mod designations;
pub(crate) mod edit;
mod factors;
mod guardrails;
pub(crate) mod import;
pub(crate) mod mandates;
pub(crate) mod networks;
mod obstacle;
pub(crate) mod opening;
mod paper;
mod redraft;
pub(crate) mod renewal;
pub(crate) mod services;
mod sheet;
pub(crate) mod sole_referents;
pub(crate) mod statistics;
mod supervisor;
pub(crate) mod support;
mod todo;

pub(crate) use obstacle::{failed, failure, siret_taken};
use supervisor::Supervisor;

use crate::console::{self, Administrator, NoConsole};
use crate::entrance::Entrance;
use crate::page::Person;
use crate::portal::Portal;
use crate::visitor::Visitor;
use accounts::{CollectiviteKind, Error, Over, Overseen};
use axum::Router;
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::response::Response;
use axum::routing::{get, post};
use policies::{
    CollectiviteId, MembershipId, Oversight, Principal, Refusal, Rulesets, Situation, Supervision,
    Tenant, oversee, supervise,
};
use std::sync::Arc;

/// Every page of the console.
pub(crate) fn routes() -> Router<Arc<Portal>> {
    let one = |rest: &str| format!("/cig/collectivites/{{id}}{rest}");
    Router::new()
        .merge(guardrails::routes())
        .route("/cig", get(todo::show))
        .route("/cig/collectivites", get(collectivites::show))
        .route(
            "/cig/collectivites/nouvelle",
            get(opening::show).post(opening::submit),
        )
        .route(
            "/cig/renouvellement",
            get(renewal::show).post(renewal::submit),
        )
        .route(
            "/cig/collectivites/import",
            get(import::show).post(import::upload),
        )
        .route("/cig/collectivites/import/modele.csv", get(import::model))
        .route(
            "/cig/collectivites/import/{id}",
            get(import::preview).post(import::apply),
        )
        .route(
            "/cig/collectivites/import/{id}/a-corriger.csv",
            get(import::faulty),
        )
        .route("/cig/reseaux", get(networks::show).post(networks::answer))
        .route(
            "/cig/demandes",
            get(sole_referents::show).post(sole_referents::answer),
        )
        .route("/cig/statistiques", get(statistics::show))
        .route("/cig/statistiques.csv", get(statistics::export))
        .route(&one(""), get(sheet::show))
        .route(&one("/modifier"), get(edit::edit).post(edit::change))
        .route(&one("/etat"), post(edit::set_state))
        .route(&one("/validation"), post(edit::end_two_people))
        .route(
            &one("/designations"),
            get(designations::show).post(designations::record),
        )
        .route(&one("/designations/{case}"), get(case::show))
        .route(&one("/designations/{case}/formulaire"), get(paper::print))
        .route(
            &one("/designations/{case}/document"),
            get(case::download).post(case::receive),
        )
        .route(&one("/designations/{case}/controle"), post(case::check))
        .route(
            &one("/designations/{case}/corriger"),
            get(redraft::show).post(redraft::correct),
        )
        .route(&one("/designations/{case}/abandon"), post(redraft::abandon))
        .route(&one("/referents/{person}/fin"), post(mandates::end))
        .route(&one("/facteurs"), get(factors::show).post(factors::submit))
        .route(&one("/support"), get(support::ask).post(support::look))
        .route(&one("/support/invitation"), post(support::invite))
        .route(&one("/support/sessions"), post(support::end_sessions))
}

/// Somebody who follows collectivités, with leave to list them. As an extractor it answers everybody
/// else.
#[derive(Debug)]
pub(crate) struct Correspondant {
    pub(crate) visitor: Visitor,
    pub(crate) oversight: Oversight,
    /// The body that they work for.
    pub(crate) own: CollectiviteId,
    membership: MembershipId,
    principal: Principal,
    situation: Situation,
    rulesets: Arc<Rulesets>,
}

impl Correspondant {
    /// Those that they follow.
    pub(crate) fn overseen<'a>(&'a self, portal: &'a Portal) -> Overseen<'a> {
        portal.store.overseen(&self.oversight)
    }

    /// One of them.
    pub(crate) fn over<'a>(&'a self, portal: &'a Portal, leave: &'a Supervision) -> Over<'a> {
        portal.store.over(leave, self.account())
    }

    /// Leave to follow one; for who has none it is not there.
    ///
    /// # Errors
    /// [`Error::NotFound`].
    pub(crate) async fn supervise(&self, portal: &Portal, id: &str) -> Result<Supervision, Error> {
        self.supervise_any(portal, id, |kind| kind != CollectiviteKind::Cig)
            .await
    }

    /// The same, or over the CIG itself for its correspondants: their colleagues lose second factors
    /// too.
    ///
    /// # Errors
    /// As there.
    pub(crate) async fn supervise_people(
        &self,
        portal: &Portal,
        id: &str,
    ) -> Result<Supervision, Error> {
        self.supervise_any(portal, id, |_| true).await
    }

    async fn supervise_any(
        &self,
        portal: &Portal,
        id: &str,
        fits: impl Fn(CollectiviteKind) -> bool,
    ) -> Result<Supervision, Error> {
        let missing = || Error::NotFound {
            what: "collectivité",
            id: id.to_owned(),
        };
        let found = portal.store.find_collectivite(&id.into()).await?;
        let found = found.filter(|found| fits(found.kind));
        let tenant = found.ok_or_else(missing)?.tenant();
        self.judge(&tenant).map_err(|_| missing())
    }

    /// Leave to open one that is not there yet, affiliated to this CDG or to none. Opening is all
    /// that it serves for: the store refuses an id that exists.
    pub(crate) fn may_open(&self, id: &str, cdg: Option<&str>) -> Result<Supervision, Refusal> {
        self.judge(&Tenant {
            id: id.into(),
            active: true,
            services: Vec::new(),
            cdg: cdg.map(CollectiviteId::from),
        })
    }

    fn judge(&self, tenant: &Tenant) -> Result<Supervision, Refusal> {
        let ruleset = self.rulesets.of(&self.principal)?;
        supervise(ruleset, &self.principal, tenant, &self.situation)
    }

    /// The services they may open to others: all of them, or those that the CIG opened to the CDG.
    pub(crate) fn offered<'a>(&self, portal: &'a Portal) -> Vec<&'a Entrance> {
        let own = portal.directory.find(&self.own);
        let opened = own.map(|entry| entry.collectivite.services.clone());
        let everything = self.oversight.affiliated_to().is_none();
        let entrances = portal.entrances.iter();
        entrances
            .filter(|entrance| {
                everything
                    || opened
                        .as_ref()
                        .is_some_and(|ids| ids.contains(&entrance.id))
            })
            .collect()
    }

    pub(crate) async fn person(&self, portal: &Portal) -> Result<Person, Error> {
        Person::of(portal, &self.visitor).await
    }

    /// Whether they work for the CIG itself, which alone writes guardrails.
    pub(crate) fn is_of_cig(&self) -> bool {
        self.oversight.affiliated_to().is_none()
    }

    pub(crate) fn account(&self) -> &str {
        self.visitor.account()
    }
}

impl Administrator for Correspondant {
    fn of(portal: &Portal, visitor: Visitor) -> Result<Self, NoConsole> {
        let unreadable = || NoConsole::Unreadable;
        let principal = visitor.0.principal().map_err(|_| unreadable())?;
        let Principal::Member(member) = &principal else {
            return Err(unreadable());
        };
        let (own, membership) = (member.collectivite.clone(), member.id.clone());
        let situation = visitor.0.situation(portal.store.clock().now());
        let rulesets = portal.directory.rulesets();
        let oversight = rulesets
            .of(&principal)
            .and_then(|ruleset| oversee(ruleset, &principal, &situation))
            .map_err(NoConsole::Refused)?;
        Ok(Self {
            visitor,
            oversight,
            own,
            membership,
            principal,
            situation,
            rulesets,
        })
    }

    fn visitor(&self) -> &Visitor {
        &self.visitor
    }

    fn by(&self) -> &MembershipId {
        &self.membership
    }
}

impl FromRequestParts<Arc<Portal>> for Correspondant {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, portal: &Arc<Portal>) -> Result<Self, Response> {
        console::enter(parts, portal).await
    }
}
