//! What can be open or closed: services, their areas, and the kinds of documents that they hold.

use crate::entrance::{Area, DOCUMENTS, Entrance};
use policies::{Diffusion, DocumentClass, Nature, Resource, Route};
use std::sync::Arc;

/// A place whose door may change.
pub(super) struct Place {
    /// « Net Cotisations », « Site, rubrique « Espace réservé » ».
    pub(super) name: String,
    pub(super) door: Door,
    /// The place of the service that it is an area of; its own for a service.
    pub(super) service: usize,
}

pub(super) enum Door {
    Route(Arc<Route>),
    Documents(DocumentClass),
}

impl Door {
    pub(super) fn resource(&self) -> Resource<'_> {
        match self {
            Self::Route(route) => Resource::Route(route),
            Self::Documents(class) => Resource::Document(class),
        }
    }
}

impl Place {
    /// All of these services.
    pub(super) fn all(services: &[&Entrance]) -> Vec<Self> {
        let mut places = Vec::new();
        for entrance in services {
            places_of(entrance, &mut places);
        }
        places
    }
}

/// A service, its other areas, what lies outside of them, and the kinds of documents that it holds.
fn places_of(entrance: &Entrance, places: &mut Vec<Place>) {
    let service = places.len();
    let place = |name: String, door: Door| Place {
        name,
        door,
        service,
    };
    let called = |area: &Area| format!("{}, rubrique «\u{a0}{}\u{a0}»", entrance.name, area.name);
    // What the portal opens may be one area of the service, and no more of it.
    let entry = |area: &&Area| area.route.id == entrance.route.id;
    let name = entrance.areas.iter().find(entry).map(called);
    places.push(place(
        name.unwrap_or_else(|| entrance.name.clone()),
        Door::Route(entrance.route.clone()),
    ));
    let others = entrance.areas.iter().filter(|area| !entry(area));
    places.extend(others.map(|area| place(called(area), Door::Route(area.route.clone()))));
    let whole = &entrance.whole;
    if whole.id != entrance.route.id {
        let name = format!("{}, hors des rubriques", entrance.name);
        places.push(place(name, Door::Route(whole.clone())));
    }
    if entrance.id.as_str() == DOCUMENTS {
        places.extend(Nature::ALL.into_iter().map(|nature| {
            let class = DocumentClass {
                service: entrance.id.clone(),
                nature,
                diffusion: Diffusion::Adherents,
                reserve_a: Vec::new(),
            };
            let name = format!("{}, {}", entrance.name, nature.plural());
            place(name, Door::Documents(class))
        }));
    }
}
