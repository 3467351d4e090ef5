//! `/referent/agents.csv`: the roll as a file that can be taken in again.

use super::agents::standing;
use super::{Referent, failed};
use crate::date;
use crate::import::download;
use crate::portal::Portal;
use crate::table;
use accounts::{Error, Group, Holder, Profile, RollFilter};
use axum::extract::State;
use axum::response::Response;
use std::sync::Arc;

/// Everybody but the deleted.
pub(crate) async fn agents(State(portal): State<Arc<Portal>>, referent: Referent) -> Response {
    let within = referent.within(&portal);
    let read = async {
        let entries = within.list_all(&RollFilter::default()).await?;
        let holders = within.holders(entries).await?;
        Ok::<_, Error>((
            holders,
            within.list_profiles().await?,
            within.list_groups().await?,
        ))
    };
    let (holders, profiles, groups) = match read.await {
        Ok(read) => read,
        Err(error) => return failed(&error),
    };
    let rows: Vec<_> = holders
        .iter()
        .map(|holder| row(holder, &profiles, &groups))
        .collect();
    let headings = vec![
        "Prénom",
        "Nom",
        "Courriel",
        "Profil",
        "Service",
        "Date de départ",
        "État",
        "Dernière connexion",
    ];
    let rows = rows
        .iter()
        .map(|row| row.iter().map(String::as_str).collect());
    download(
        "agents.csv",
        table::write(std::iter::once(headings).chain(rows)),
    )
}

fn row(holder: &Holder, profiles: &[Profile], groups: &[Group]) -> [String; 8] {
    let entry = &holder.entry;
    let profile = profiles
        .iter()
        .find(|p| entry.profile.as_deref() == Some(&p.id));
    let group = groups
        .iter()
        .find(|group| holder.groups.first() == Some(&group.id));
    let time = |at: Option<i64>, write: fn(i64) -> String| at.map_or_else(String::new, write);
    [
        entry.given_name.clone(),
        entry.family_name.clone(),
        entry.login.clone(),
        profile.map_or_else(String::new, |profile| profile.name.clone()),
        group.map_or_else(String::new, |group| group.name.clone()),
        time(entry.left_at, date::last_day),
        standing(entry),
        time(entry.last_login_at, date::short),
    ]
}
