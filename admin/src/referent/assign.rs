//! `/referent/droits/profil`: the same profile for all who were ticked, once the page has shown who
//! gains and who loses.

use super::preview::{self, Pairs, Proposal};
use super::{Obstacle, Referent, failed, places};
use crate::access::{self, Prospect};
use crate::portal::Portal;
use crate::posted::Posted;
use accounts::Profile;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Redirect, Response};
use policies::Attribution;
use std::sync::Arc;

const ADDRESS: &str = "/referent/droits/profil";

/// Shows what it does, then does it. Fields: `agent-…` (person|version) for each, and `profil`.
pub(crate) async fn submit(
    State(portal): State<Arc<Portal>>,
    referent: Referent,
    posted: Posted<Pairs>,
) -> Result<Response, Response> {
    let fields = &posted.form;
    let profile = Some(fields.one("profil")).filter(|profile| !profile.is_empty());
    let within = referent.within(&portal);
    let profiles = within.list_profiles().await.map_err(|e| failed(&e))?;
    let agents = ticked(fields);
    if agents.is_empty() {
        return Err(crate::referent::failure(
            StatusCode::UNPROCESSABLE_ENTITY,
            "Aucun agent n’est coché",
            "Revenez à la liste, cochez les agents concernés, puis choisissez le profil.",
        ));
    }
    let (changes, prospects) = plan(&portal, &referent, &agents, &profiles, profile).await?;
    if fields.was_shown(&portal, &referent, ADDRESS) {
        let assigned = within.assign_profile(&changes, profile).await;
        return assigned
            .map(|()| Redirect::to("/referent/agents?fait=profil").into_response())
            .map_err(|error| places::failed_for(&portal, &error));
    }
    let named = profiles
        .iter()
        .find(|known| Some(known.id.as_str()) == profile);
    let title = match named {
        Some(profile) => format!(
            "Vérifier l’attribution du profil «\u{a0}{}\u{a0}»",
            profile.name
        ),
        None => "Vérifier le retrait du profil".to_owned(),
    };
    let proposal = Proposal {
        title: &title,
        address: ADDRESS,
        back: "/referent/agents",
        fields,
        prospects,
        even_for_nobody: false,
    };
    let tried = within.try_assignment(&changes, profile).await;
    Ok(preview::show(&portal, &referent, proposal, tried).await)
}

/// Those who were ticked, with the version that was seen.
fn ticked(fields: &Pairs) -> Vec<(&str, i64)> {
    let ticked = fields
        .prefixed("agent-")
        .filter_map(|agent| agent.split_once('|'))
        .map(|(id, version)| (id, version.parse().unwrap_or_default()));
    ticked.collect()
}

/// Leave to change each of these (with the version that was seen); and each before and after.
pub(crate) async fn plan(
    portal: &Portal,
    referent: &Referent,
    agents: &[(&str, i64)],
    profiles: &[Profile],
    profile: Option<&str>,
) -> Result<(Vec<(Attribution, i64)>, Vec<Prospect>), Obstacle> {
    let ids = agents.iter().map(|(id, _)| *id);
    let holders = preview::holders(portal, referent, ids).await?;
    let now = portal.store.clock().now();
    let (mut changes, mut prospects) = (Vec::new(), Vec::new());
    for (holder, (_, version)) in holders.iter().zip(agents) {
        let of = |id: Option<&str>| preview::profile_of(profiles, id);
        let has = holder.entry.profile.as_deref();
        let before = preview::member(referent, holder, of(has), now);
        changes.push((referent.attribute(&before)?, *version));
        prospects.push(Prospect {
            name: holder.entry.full_name(),
            before,
            after: preview::member(referent, holder, of(profile), now),
            means: access::BY_PROFILE,
            ends: Vec::new(),
        });
    }
    Ok((changes, prospects))
}
