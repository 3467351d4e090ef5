//! What can be open or closed: services, their areas, and the kinds of documents that they hold.

use crate::entrance::{DOCUMENTS, Entrance};
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

/// A service, its other areas, and the kinds of documents that it holds.
fn places_of(entrance: &Entrance, places: &mut Vec<Place>) {
    let service = places.len();
    let place = |name: String, door: Door| Place {
        name,
        door,
        service,
    };
    places.push(place(
        entrance.name.clone(),
        Door::Route(entrance.route.clone()),
    ));
    let areas = entrance.areas.iter();
    let areas = areas.filter(|area| area.route.id != entrance.route.id);
    places.extend(areas.map(|area| {
        let name = format!("{}, rubrique «\u{a0}{}\u{a0}»", entrance.name, area.name);
        place(name, Door::Route(area.route.clone()))
    }));
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
