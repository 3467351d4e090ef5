//! The text of the schema: the file, completed with the closed lists of an installation.

use crate::document::Classification;
use crate::error::Error;
use crate::level::{DeclaredService, Level, is_plain};
use std::fmt::Display;

const FILE: &str = include_str!("../schema.cedarschema");

/// The whole text for these services, and for documents that are sorted so.
pub(crate) fn text(
    services: &[DeclaredService],
    classification: &Classification,
) -> Result<String, Error> {
    if services.is_empty() {
        return Err(Error::Vocabulary("there is no service".to_owned()));
    }
    services.iter().try_for_each(check)?;
    let rights = services.iter().flat_map(|service| {
        let levels = service.levels();
        levels.map(move |(level, _)| format!("{}/{level}", service.id))
    });
    let (ids, rights) = (listed(services.iter().map(|one| &one.id)), listed(rights));
    let themes = listed(classification.themes());
    let collections = listed(classification.collections());
    Ok(format!(
        "{FILE}\n@libelle(\"Service en ligne\")\nentity Service enum [{ids}];\n\
         @libelle(\"Droit sur un service\")\nentity Droit enum [{rights}];\n\
         @libelle(\"Thème d'un document de BIP\")\nentity Theme enum [{themes}];\n\
         @libelle(\"Collection de documents de BIP\")\nentity Collection enum [{collections}];\n"
    ))
}

/// `"a", "b"`; what needs an escape is no name, see [`Classification::is_name`].
fn listed(names: impl IntoIterator<Item = impl Display>) -> String {
    let names = names.into_iter().map(|name| format!("\"{name}\""));
    names.collect::<Vec<_>>().join(", ")
}

/// Whether the service and its roles can be named.
fn check(service: &DeclaredService) -> Result<(), Error> {
    let id = service.id.as_str();
    if !is_plain(id) {
        return Err(Error::Vocabulary(format!(
            "service id `{id}` may hold lower-case letters, digits and hyphens only"
        )));
    }
    let unfit = |text: &&str| Level::parse(text).is_none_or(|level| level.role().is_none());
    let mut roles = service.roles.iter().map(|role| role.id.as_str());
    match roles.find(unfit) {
        Some(role) => Err(Error::Vocabulary(format!(
            "role `{role}` of `{id}` may hold lower-case letters, digits and hyphens only, and is not the name of a level"
        ))),
        None => Ok(()),
    }
}
