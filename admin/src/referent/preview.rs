//! « Qui gagne, qui perd »: shown before a change of rights is saved. What is saved is what was
//! shown: the button carries a proof made of the change, and without it the page is shown again.

use super::{Referent, failed, places};
use crate::access::{Impact, Prospect};
use crate::console::Administrator;
use crate::page::{self, Person};
use crate::portal::Portal;
use crate::posted::Tokened;
use accounts::{Error, Holder, Profile, rights_of};
use askama::Template;
use axum::http::StatusCode;
use axum::response::Response;
use policies::{Member, Right};
use serde::Deserialize;

/// The fields of a form as they came, in their order.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(transparent)]
pub(crate) struct Pairs(Vec<(String, String)>);

/// The fields that are ours, not the change's.
const TOKEN: &str = "jeton";
const PROOF: &str = "apercu";

impl Tokened for Pairs {
    fn token(&self) -> Option<&str> {
        Some(self.one(TOKEN))
    }
}

impl FromIterator<(&'static str, String)> for Pairs {
    fn from_iter<I: IntoIterator<Item = (&'static str, String)>>(fields: I) -> Self {
        let fields = fields.into_iter();
        Self(
            fields
                .map(|(name, value)| (name.to_owned(), value))
                .collect(),
        )
    }
}

impl Pairs {
    /// The values of a field.
    pub(crate) fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        let named = self.0.iter().filter(move |(known, _)| known == name);
        named.map(|(_, value)| value.as_str())
    }

    /// The values of the fields whose names begin so.
    pub(crate) fn prefixed<'a>(&'a self, prefix: &'a str) -> impl Iterator<Item = &'a str> {
        let named = self
            .0
            .iter()
            .filter(move |(name, _)| name.starts_with(prefix));
        named.map(|(_, value)| value.as_str())
    }

    /// Its first value; empty when there is none.
    pub(crate) fn one<'a>(&'a self, name: &'a str) -> &'a str {
        self.all(name).next().unwrap_or_default()
    }

    /// All of them.
    pub(crate) fn pairs(&self) -> impl Iterator<Item = &(String, String)> {
        self.0.iter()
    }

    /// One more.
    pub(crate) fn add(&mut self, name: &str, value: String) {
        self.0.push((name.to_owned(), value));
    }

    /// The same with this value of a field, and no other of it.
    pub(crate) fn with(&self, name: &str, value: &str) -> Self {
        let mut all = self.clone();
        all.0.retain(|(known, _)| known != name);
        all.add(name, value.to_owned());
        all
    }

    /// The change itself.
    pub(super) fn change(&self) -> impl Iterator<Item = &(String, String)> {
        let ours = |name: &str| name == TOKEN || name == PROOF;
        self.0.iter().filter(move |(name, _)| !ours(name))
    }

    /// Shows that the page has shown this change, and to whom.
    pub(super) fn proof(&self, portal: &Portal, referent: &Referent, address: &str) -> String {
        let change = serde_html_form::to_string(self.change().collect::<Vec<_>>());
        prove(portal, referent, address, &change.unwrap_or_default())
    }

    /// Whether the page has shown what this change does.
    pub(crate) fn was_shown(&self, portal: &Portal, referent: &Referent, address: &str) -> bool {
        self.one(PROOF) == self.proof(portal, referent, address)
    }
}

/// The proof that a change was shown to this session, which is all that `change` says.
pub(crate) fn prove(
    portal: &Portal,
    who: &impl Administrator,
    address: &str,
    change: &str,
) -> String {
    let session = who.visitor().session();
    let shown = format!("preview {session} {address} {change}");
    portal.store.form_token(&shown)
}

#[derive(Template)]
#[template(path = "referent/preview.html")]
struct PreviewPage<'a> {
    person: Option<Person>,
    here: &'static str,
    token: String,
    title: &'a str,
    address: &'a str,
    back: &'a str,
    proof: String,
    fields: Vec<(String, String)>,
    impact: Impact,
    /// Whether nothing was asked for.
    nothing: bool,
    /// Services without enough places.
    lacking: Vec<String>,
}

/// What a change is, for the page that shows it.
pub(crate) struct Proposal<'a> {
    /// What it changes, in words.
    pub(crate) title: &'a str,
    /// Where the form is posted.
    pub(crate) address: &'a str,
    /// Where « Revenir » leads.
    pub(crate) back: &'a str,
    pub(crate) fields: &'a Pairs,
    pub(crate) prospects: Vec<Prospect>,
    /// Whether it is a change although it concerns nobody: a profile that nobody has yet.
    pub(crate) even_for_nobody: bool,
}

/// Shows who gains and who loses, once the store has tried the change: where there are not enough
/// places, the page says so and has no button. What else is wrong is told when it is saved.
pub(crate) async fn show(
    portal: &Portal,
    referent: &Referent,
    proposal: Proposal<'_>,
    tried: Result<(), Error>,
) -> Response {
    let lacking = match tried {
        Err(Error::Full(seats)) => places::lacking(portal, &seats),
        _ => Vec::new(),
    };
    let (ruleset, situation) = match referent.judging() {
        Ok(judging) => judging,
        Err(refusal) => return super::not_attributed(&refusal),
    };
    let services = referent.services(portal);
    let nothing = proposal.prospects.is_empty() && !proposal.even_for_nobody;
    let impact = Impact::of(ruleset, &services, situation, proposal.prospects);
    let person = match referent.person(portal).await {
        Ok(person) => person,
        Err(error) => return failed(&error),
    };
    page::answer(
        StatusCode::OK,
        &PreviewPage {
            token: person.token.clone(),
            person: Some(person),
            here: "agents",
            title: proposal.title,
            address: proposal.address,
            back: proposal.back,
            proof: proposal.fields.proof(portal, referent, proposal.address),
            fields: proposal.fields.change().cloned().collect(),
            impact,
            nothing,
            lacking,
        },
    )
}

/// The profile of this id.
pub(crate) fn profile_of<'a>(profiles: &'a [Profile], id: Option<&str>) -> Option<&'a Profile> {
    let mut profiles = profiles.iter();
    profiles.find(|profile| Some(profile.id.as_str()) == id)
}

/// The rights that it gives.
pub(crate) fn profile_rights<'a>(profiles: &'a [Profile], id: Option<&str>) -> &'a [Right] {
    given_by(profile_of(profiles, id))
}

/// The rights that a profile gives; none gives none.
pub(crate) fn given_by(profile: Option<&Profile>) -> &[Right] {
    profile.map_or(&[], |profile| &profile.rights)
}

/// A holder as decisions see them, with `profile` in the place of theirs. Somebody who is still
/// invited counts as if they had answered.
pub(crate) fn member(
    referent: &Referent,
    holder: &Holder,
    profile: Option<&Profile>,
    now: i64,
) -> Member {
    Member {
        id: holder.entry.id.clone(),
        collectivite: referent.purview.collectivite().clone(),
        active: holder.is_open(),
        role: holder.entry.role,
        groups: holder.groups.clone(),
        profile: profile.map(|profile| profile.id.as_str().into()),
        rights: rights_of(holder, given_by(profile), now),
    }
}

/// The holders of these memberships.
pub(crate) async fn holders(
    portal: &Portal,
    referent: &Referent,
    ids: impl Iterator<Item = &str>,
) -> Result<Vec<Holder>, Error> {
    let within = referent.within(portal);
    let mut entries = Vec::new();
    for id in ids {
        entries.push(within.get(&referent.membership(id)).await?);
    }
    within.holders(entries).await
}
