//! What can be open or closed: services, their areas, and the kinds of documents that they hold.

use crate::entrance::{Area, DOCUMENTS, Entrance};
use policies::{Access, Diffusion, DocumentClass, Nature, Resource, Route};
use std::sync::Arc;

/// A place whose door may change.
pub(super) struct Place {
    /// « Net Cotisations », « Site, rubrique « Espace réservé » ».
    pub(super) name: String,
    pub(super) door: Door,
    /// The place of the service that it is an area of; its own for a service, and where that is none.
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

/// A service, its areas, and the kinds of documents that it holds. What is open to everybody is none of
/// them: whoever is refused there passes as nobody.
fn places_of(entrance: &Entrance, places: &mut Vec<Place>) {
    let closes = |route: &Arc<Route>| route.access != Access::Public;
    let (whole, first) = (&entrance.whole, places.len());
    let whole_closes = closes(whole);
    let mut add = |name: String, door: Door| {
        let service = if whole_closes { first } else { places.len() };
        places.push(Place {
            name,
            door,
            service,
        });
    };
    let called = |area: &Area| format!("{}, rubrique «\u{a0}{}\u{a0}»", entrance.name, area.name);
    if whole_closes {
        add(entrance.name.clone(), Door::Route(whole.clone()));
    }
    let areas = entrance.areas.iter();
    for area in areas.filter(|area| area.route.id != whole.id && closes(&area.route)) {
        add(called(area), Door::Route(area.route.clone()));
    }
    if entrance.id.as_str() == DOCUMENTS {
        for nature in Nature::ALL {
            let class = DocumentClass {
                service: entrance.id.clone(),
                nature,
                diffusion: Diffusion::Adherents,
                reserve_a: Vec::new(),
            };
            let name = format!("{}, {}", entrance.name, nature.plural());
            add(name, Door::Documents(class));
        }
    }
}
