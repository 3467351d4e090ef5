//! What an answer is about: an area of a service, from a network.

use crate::entrance::Entrance;
use crate::referent::Referent;
use crate::referent::preview::Pairs;
use policies::Route;
use std::sync::Arc;

/// The area that is asked about: the one behind the entry unless another is named.
pub(super) fn area<'a>(entrance: &'a Entrance, fields: &Pairs) -> &'a Arc<Route> {
    let mut routes = entrance.routes();
    let wanted = routes.find(|route| *route.id == *fields.one("rubrique"));
    wanted.unwrap_or(&entrance.route)
}

/// « Site, rubrique « Espace réservé » ».
pub(super) fn named(entrance: &Entrance, route: &Arc<Route>) -> String {
    let mut areas = entrance.areas.iter();
    match areas.find(|area| area.route.id == route.id) {
        Some(area) => format!("{}, rubrique «\u{a0}{}\u{a0}»", entrance.name, area.name),
        None => entrance.name.clone(),
    }
}

/// The areas to choose from; none where the service has no other.
pub(super) fn areas(entrance: &Entrance, chosen: &Arc<Route>) -> Vec<(String, String, bool)> {
    let areas = entrance.areas.iter();
    let areas = areas.map(|area| (area.route.id.to_string(), area.name.clone(), &area.route));
    let whole = (
        entrance.whole.id.to_string(),
        "Le reste du service".to_owned(),
        &entrance.whole,
    );
    let mut all: Vec<_> = areas
        .chain([whole])
        .map(|(id, name, route)| (id, name, route.id == chosen.id))
        .collect();
    all.dedup_by(|one, other| one.0 == other.0);
    all
}

pub(super) fn networks(referent: &Referent, fields: &Pairs) -> Vec<(String, String, bool)> {
    let networks = referent.entry.networks.iter();
    let chosen = |name: &str| fields.one("reseau") == name;
    networks
        .map(|one| {
            (
                one.name.to_string(),
                one.name.to_string(),
                chosen(&one.name),
            )
        })
        .collect()
}
