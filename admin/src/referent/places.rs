//! Places: how many people may have a right on a service, how many have one, and what a référent is
//! told when there are not enough.

use super::failed;
use crate::portal::Portal;
use accounts::{Error, Grant, Seats};
use axum::http::StatusCode;
use axum::response::Response;
use policies::Right;

/// « Net Cotisations : 12 places, 13 personnes » for each service that lacks places.
pub(crate) fn lacking(portal: &Portal, seats: &[Seats]) -> Vec<String> {
    let told = seats.iter().map(|one| {
        let allowed = one.allowed.unwrap_or_default();
        format!(
            "{}\u{a0}: {}, {}",
            name(portal, one),
            counted(allowed, "place"),
            counted(one.used, "personne")
        )
    });
    told.collect()
}

/// « Net Cotisations : 12 sur 20 places » for each service whose places are limited.
pub(super) fn taken(portal: &Portal, seats: &[Seats]) -> Vec<String> {
    let told = seats.iter().map(|one| {
        let allowed = counted(one.allowed.unwrap_or_default(), "place");
        format!("{}\u{a0}: {} sur {allowed}", name(portal, one), one.used)
    });
    told.collect()
}

fn name<'a>(portal: &'a Portal, seats: &'a Seats) -> &'a str {
    let entrance = portal.entrance(seats.service.as_str());
    entrance.map_or(seats.service.as_str(), |entrance| &entrance.name)
}

fn counted(number: i64, what: &str) -> String {
    let plural = if number > 1 { "s" } else { "" };
    format!("{number} {what}{plural}")
}

/// The services whose places are limited, as a file would have them taken.
#[derive(Debug, Default)]
pub(super) struct Tally {
    before: Vec<Seats>,
    after: Vec<Seats>,
}

impl Tally {
    /// As they are taken now.
    pub(super) fn new(seats: Vec<Seats>) -> Self {
        Self {
            before: seats.clone(),
            after: seats,
        }
    }

    /// Counts somebody by the rights of the profile they had and have, each while they are here, and
    /// by their own ones.
    pub(super) fn change(&mut self, was: Option<&[Right]>, is: Option<&[Right]>, direct: &[Grant]) {
        for (rights, by) in [(was, -1), (is, 1)] {
            if let Some(rights) = rights {
                self.add(rights, direct, by);
            }
        }
    }

    fn add(&mut self, rights: &[Right], direct: &[Grant], by: i64) {
        for one in &mut self.after {
            let given = rights.iter().any(|right| right.service == one.service);
            if given || direct.iter().any(|grant| grant.service == one.service) {
                one.used += by;
            }
        }
    }

    /// Those for which the file brings more people than there are places.
    pub(super) fn lacking(&self) -> Vec<Seats> {
        let both = self.before.iter().zip(&self.after);
        let lacking =
            both.filter(|(before, after)| after.is_exceeded() && after.used > before.used);
        lacking.map(|(_, after)| after.clone()).collect()
    }
}

/// What a store's failure is, with the services that lack places by their names.
pub(super) fn failed_for(portal: &Portal, error: &Error) -> Response {
    let Error::Full(seats) = error else {
        return failed(error);
    };
    full(&lacking(portal, seats).join("\u{a0}; "))
}

/// The answer to a change for which there are not enough places.
pub(super) fn full(lacking: &str) -> Response {
    crate::referent::failure(
        StatusCode::CONFLICT,
        "Il n’y a pas assez de places",
        &format!(
            "{lacking}. Rien n’a été enregistré. Retirez ce droit à d’autres personnes, ou demandez des places à votre centre de gestion."
        ),
    )
}
