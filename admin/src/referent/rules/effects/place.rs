//! What can be open or closed: services, their areas, and the documents that they hold, as far as rules
//! tell them apart.

use crate::entrance::{Area, DOCUMENTS, Entrance};
use policies::{Access, DocumentClass, Names, Resource, Route, Ruleset, Shelf, Shelves};
use std::sync::Arc;

/// A place whose door may change.
pub(super) struct Place {
    /// « Net Cotisations », « Site, rubrique « Espace réservé » ».
    pub(super) name: String,
    /// Which documents of the service, and by what they are fewer than all of these kinds: « documents », « sur le
    /// thème « Santé » ».
    pub(super) documents: Option<(String, String)>,
    pub(super) door: Door,
    /// The places that it is a part of. What becomes of them is told of it, too, unless it fares otherwise.
    pub(super) within: Vec<usize>,
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
    /// All of these services, as finely as these rules look at them; and whether documents are left out, for
    /// there are too many.
    pub(super) fn all(
        services: &[&Entrance],
        rulesets: &[&Ruleset],
        names: &Names,
    ) -> (Vec<Self>, bool) {
        let (mut places, mut cut) = (Vec::new(), false);
        for entrance in services {
            places_of(entrance, &mut places);
            if entrance.id.as_str() == DOCUMENTS {
                let (shelves, more) = Shelves::of(rulesets).all(&entrance.id);
                cut |= more;
                documents_of(entrance, &shelves, names, &mut places);
            }
        }
        (places, cut)
    }
}

/// A service and its areas. What is open to everybody is none of them: whoever is refused there passes as
/// nobody.
fn places_of(entrance: &Entrance, places: &mut Vec<Place>) {
    let closes = |route: &Arc<Route>| route.access != Access::Public;
    let (whole, first) = (&entrance.whole, places.len());
    let whole_closes = closes(whole);
    let mut add = |name: String, route: &Arc<Route>, within: Vec<usize>| {
        places.push(Place {
            name,
            documents: None,
            door: Door::Route(route.clone()),
            within,
        });
    };
    let called = |area: &Area| format!("{}, rubrique «\u{a0}{}\u{a0}»", entrance.name, area.name);
    if whole_closes {
        add(entrance.name.clone(), whole, Vec::new());
    }
    let areas = entrance.areas.iter();
    for area in areas.filter(|area| area.route.id != whole.id && closes(&area.route)) {
        let within = if whole_closes {
            vec![first]
        } else {
            Vec::new()
        };
        add(called(area), &area.route, within);
    }
}

/// Its documents. They are told with the service's door when they fare alike.
fn documents_of(entrance: &Entrance, shelves: &[Shelf], names: &Names, places: &mut Vec<Place>) {
    let first = places.len();
    let service = places.iter().position(|place| match &place.door {
        Door::Route(route) => route.id == entrance.whole.id,
        Door::Documents(_) => false,
    });
    for (number, shelf) in shelves.iter().enumerate() {
        let narrowing = shelf.narrowing(names);
        let kinds = shelf.kinds();
        let wider = shelves
            .iter()
            .enumerate()
            .filter(|(other, wider)| *other != number && wider.is_wider_than(shelf));
        let wider = wider.map(|(other, _)| first + other);
        places.push(Place {
            name: format!("{}, {kinds} {narrowing}", entrance.name)
                .trim_end()
                .to_owned(),
            documents: Some((kinds, narrowing)),
            door: Door::Documents(shelf.class.clone()),
            within: service.into_iter().chain(wider).collect(),
        });
    }
}
