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

/// A service, its areas, and the kinds of documents that it holds.
fn places_of(entrance: &Entrance, places: &mut Vec<Place>) {
    let service = places.len();
    let place = |name: String, door: Door| Place {
        name,
        door,
        service,
    };
    let called = |area: &Area| format!("{}, rubrique «\u{a0}{}\u{a0}»", entrance.name, area.name);
    let whole = &entrance.whole;
    places.push(place(entrance.name.clone(), Door::Route(whole.clone())));
    let areas = entrance.areas.iter();
    let areas = areas.filter(|area| area.route.id != whole.id);
    places.extend(areas.map(|area| place(called(area), Door::Route(area.route.clone()))));
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
