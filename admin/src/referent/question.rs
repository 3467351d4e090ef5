//! May this agent do that there, then? Asked by a program, decided as the gateway would, with the rights
//! of the moment that is asked about.

use super::{Referent, last_part, preview};
use crate::documents;
use crate::entrance::Entrance;
use crate::portal::Portal;
use accounts::{Error, RollFilter};
use policies::{
    Action, DocumentClass, Member, Permit, Principal, Refusal, Resource, Route, Ruleset, Situation,
    decide,
};
use std::borrow::Cow;
use std::sync::Arc;

/// What somebody wants to do with something.
pub(crate) enum Wanted {
    /// Open an area, or send something to it.
    Route(Action, Arc<Route>),
    /// Read a document, behind the door of the service that holds it.
    Document(DocumentClass, Arc<Route>),
}

impl Wanted {
    /// `ouvrir` or `envoyer` with a service or an area (`site/espace-reserve`); `lire` with documents, see
    /// [`documents::parse`]. `None` for what is not here.
    pub(crate) fn of(portal: &Portal, action: &str, what: &str) -> Option<Self> {
        match action {
            "ouvrir" => Some(Self::Route(Action::Ouvrir, route(portal, what)?)),
            "envoyer" => Some(Self::Route(Action::Envoyer, route(portal, what)?)),
            "lire" => {
                let class = documents::parse(portal, what)?;
                let door = portal.entrance(class.service.as_str())?.whole.clone();
                Some(Self::Document(class, door))
            }
            _ => None,
        }
    }

    pub(crate) fn resource(&self) -> Resource<'_> {
        match self {
            Self::Route(_, route) => Resource::Route(route),
            Self::Document(class, _) => Resource::Document(class),
        }
    }

    /// Decides as the gateway would.
    ///
    /// # Errors
    /// As [`decide`].
    pub(crate) fn judge(
        &self,
        ruleset: &Ruleset,
        who: &Principal,
        situation: &Situation,
    ) -> Result<Permit, Refusal> {
        let opens = |action, route| decide(ruleset, who, action, Resource::Route(route), situation);
        match self {
            Self::Route(action, route) => opens(*action, route),
            Self::Document(class, door) => {
                opens(Action::Ouvrir, door)?;
                decide(
                    ruleset,
                    who,
                    Action::Lire,
                    Resource::Document(class),
                    situation,
                )
            }
        }
    }
}

fn route(portal: &Portal, what: &str) -> Option<Arc<Route>> {
    let all = portal.entrances.iter().flat_map(Entrance::routes);
    all.into_iter().find(|route| *route.id == *what).cloned()
}

/// The circumstances that are asked about.
pub(crate) struct When<'a> {
    /// Unix seconds.
    pub(crate) at: i64,
    /// In which network of the collectivité; none for anywhere else.
    pub(crate) network: Option<&'a str>,
    pub(crate) second_factor: bool,
}

/// Somebody of this id (its last part) or mail address, with their rights of a moment.
///
/// # Errors
/// [`Error::NotFound`].
pub(crate) async fn agent(
    portal: &Portal,
    referent: &Referent,
    id: &str,
    at: i64,
) -> Result<Member, Error> {
    let id = &*id_of(portal, referent, id).await?;
    let holders = preview::holders(portal, referent, std::iter::once(id)).await?;
    let holder = holders.first().ok_or_else(|| Error::NotFound {
        what: "membership",
        id: id.to_owned(),
    })?;
    let profiles = referent.within(portal).list_profiles().await?;
    let profile = preview::profile_of(&profiles, holder.entry.profile.as_deref());
    Ok(preview::member(referent, holder, profile, at))
}

/// The id of somebody who may be called by their mail address.
///
/// # Errors
/// [`Error::NotFound`] for an address that nobody here has.
pub(crate) async fn id_of<'a>(
    portal: &Portal,
    referent: &Referent,
    called: &'a str,
) -> Result<Cow<'a, str>, Error> {
    if !called.contains('@') {
        return Ok(Cow::Borrowed(called));
    }
    let found = referent.within(portal).find_by_login(called).await?;
    let found = found.ok_or_else(|| Error::NotFound {
        what: "membership",
        id: called.to_owned(),
    })?;
    Ok(Cow::Owned(last_part(found.as_str()).to_owned()))
}

/// Somebody of the collectivité.
pub(crate) struct Somebody {
    pub(crate) name: String,
    /// The account, by which the journal knows them.
    pub(crate) account: String,
    pub(crate) member: Member,
}

/// Everybody, in the order of their names, with their rights of a moment.
pub(crate) async fn everybody(
    portal: &Portal,
    referent: &Referent,
    at: i64,
) -> Result<Vec<Somebody>, Error> {
    let within = referent.within(portal);
    let profiles = within.list_profiles().await?;
    let entries = within.list_all(&RollFilter::default()).await?;
    let people = within.holders(entries).await?.into_iter().map(|holder| {
        let profile = preview::profile_of(&profiles, holder.entry.profile.as_deref());
        Somebody {
            member: preview::member(referent, &holder, profile, at),
            name: holder.entry.full_name(),
            account: holder.entry.account,
        }
    });
    Ok(people.collect())
}

/// Decides.
///
/// # Errors
/// As [`decide`].
pub(crate) fn judge(
    referent: &Referent,
    member: &Member,
    wanted: &Wanted,
    when: &When<'_>,
) -> Result<Permit, Refusal> {
    let networks = &referent.entry.networks;
    let network = networks
        .iter()
        .find(|network| Some(&*network.name) == when.network);
    let address = network.and_then(|network| network.ranges.first());
    let address = address.map(policies::Range::first);
    let situation = Situation::at(when.at, address, when.second_factor);
    let principal = Principal::Member(Arc::new(member.clone()));
    let (ruleset, _) = referent.judging()?;
    wanted.judge(ruleset, &principal, &situation)
}
