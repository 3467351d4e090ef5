//! What a file changes, in words.

use super::reading::{Known, Line};
use accounts::{CodeInsee, Registered};
use policies::ServiceId;

/// What a row changes of one that is there, in words.
pub(super) fn differences(
    known: &Known,
    one: &Registered,
    line: &Line,
    services: &[(ServiceId, Option<i64>)],
    insee: Option<&CodeInsee>,
) -> String {
    let mut what = Vec::new();
    if line.name != one.name {
        what.push(format!("nom, avant : {}", one.name));
    }
    if let Some(insee) = insee {
        what.push(format!("code INSEE : {insee}"));
    }
    if services != one.services {
        let (before, after) = (spell(known, &one.services), spell(known, services));
        what.push(format!("services, avant : {before} ; après : {after}"));
    }
    what.join(" ; ")
}

/// « BIP (12 places), Net Cotisations ».
pub(super) fn spell(known: &Known, services: &[(ServiceId, Option<i64>)]) -> String {
    if services.is_empty() {
        return "aucun service".to_owned();
    }
    let spelt = services.iter().map(|(id, seats)| {
        let name = named(known, id);
        match seats {
            Some(1) => format!("{name} (1 place)"),
            Some(seats) => format!("{name} ({seats} places)"),
            None => name.to_owned(),
        }
    });
    spelt.collect::<Vec<_>>().join(", ")
}

pub(super) fn named<'a>(known: &'a Known, id: &'a ServiceId) -> &'a str {
    let named = known.services.iter().find(|(known, _)| known == id);
    named.map_or(id.as_str(), |(_, name)| name)
}
