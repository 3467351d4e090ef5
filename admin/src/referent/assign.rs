//! `/referent/droits/profil`: the same profile for all who were ticked, once the page has shown who
//! gains and who loses.

use super::preview::{self, Pairs, Proposal};
use super::{Referent, failed, not_attributed};
use crate::access::Prospect;
use crate::page;
use crate::portal::Portal;
use crate::posted::Posted;
use accounts::Error;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Redirect, Response};
use std::sync::Arc;

const ADDRESS: &str = "/referent/droits/profil";

/// Shows what it does, then does it. Fields: `agent` (person|version) for each, and `profil`.
pub(crate) async fn submit(
    State(portal): State<Arc<Portal>>,
    referent: Referent,
    posted: Posted<Pairs>,
) -> Response {
    let fields = &posted.form;
    let now = portal.store.clock().now();
    let ticked: Vec<_> = fields
        .all("agent")
        .filter_map(|agent| agent.split_once('|'))
        .collect();
    if ticked.is_empty() {
        return page::failure(
            StatusCode::UNPROCESSABLE_ENTITY,
            "Aucun agent n’est coché",
            "Revenez à la liste, cochez les agents concernés, puis choisissez le profil.",
        );
    }
    let profile = Some(fields.one("profil")).filter(|profile| !profile.is_empty());
    let within = referent.within(&portal);
    let read = async {
        let profiles = within.list_profiles().await?;
        let ids = ticked.iter().map(|(id, _)| *id);
        Ok::<_, Error>((profiles, preview::holders(&portal, &referent, ids).await?))
    };
    let (profiles, holders) = match read.await {
        Ok(read) => read,
        Err(error) => return failed(&error),
    };
    let (mut changes, mut prospects) = (Vec::new(), Vec::new());
    for ((_, version), holder) in ticked.iter().zip(&holders) {
        let rights = |id: Option<&str>| preview::profile_rights(&profiles, id);
        let has = holder.entry.profile.as_deref();
        let before = preview::member(&referent, holder, rights(has), now);
        match referent.attribute(&before) {
            Ok(leave) => changes.push((leave, version.parse().unwrap_or_default())),
            Err(refusal) => return not_attributed(&refusal),
        }
        prospects.push(Prospect {
            name: holder.entry.full_name(),
            before,
            after: preview::member(&referent, holder, rights(profile), now),
        });
    }
    if fields.was_shown(&portal, &referent, ADDRESS) {
        return match within.assign_profile(&changes, profile).await {
            Ok(()) => Redirect::to("/referent/agents?fait=profil").into_response(),
            Err(error) => failed(&error),
        };
    }
    let named = profiles
        .iter()
        .find(|known| Some(known.id.as_str()) == profile);
    let title = match named {
        Some(profile) => format!("Vérifier l’attribution du profil « {} »", profile.name),
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
    preview::show(&portal, &referent, proposal).await
}
