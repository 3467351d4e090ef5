//! Which documents are closed to somebody who opens the service that holds them, and why.

use super::{Verdict, Verdicts};
use crate::entrance::{DOCUMENTS, Entrance};
use crate::referent::scene::Scene;
use policies::{Action, Names, Principal, Resource, Route, Shelf, Shelves, decide};

/// Documents that are closed to somebody who opens the service that holds them.
pub(super) fn closed(
    (entrance, route): (&Entrance, &Route),
    scene: &Scene,
    principal: &Principal,
    door: &Verdicts,
) -> Vec<(Shelf, Verdict)> {
    let is_whole = entrance.id.as_str() == DOCUMENTS && route.id == entrance.whole.id;
    if !is_whole || door.first().is_none_or(Result::is_err) {
        return Vec::new();
    }
    let (shelves, _) = Shelves::of(&[&scene.ruleset]).all(&entrance.id);
    let mut closed: Vec<(Shelf, Verdict)> = Vec::new();
    for shelf in shelves {
        let resource = Resource::Document(&shelf.class);
        let verdict = decide(
            &scene.ruleset,
            principal,
            Action::Lire,
            resource,
            &scene.situation,
        );
        let mut told = closed.iter();
        if verdict.is_err() && !told.any(|(wider, _)| wider.is_wider_than(&shelf)) {
            closed.push((shelf, verdict));
        }
    }
    closed
}

/// What is asked of them.
pub(super) fn question(shelf: &Shelf, names: &Names) -> String {
    let question = format!("Lire les {} {}", shelf.kinds(), shelf.narrowing(names));
    question.trim_end().to_owned()
}
