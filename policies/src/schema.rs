//! The text of the schema: the file, completed with the closed lists of an installation.

use crate::error::Error;
use crate::level::{DeclaredService, Level, is_plain};
use std::fmt::Write as _;

const FILE: &str = include_str!("../schema.cedarschema");

/// The whole text for these services.
pub(crate) fn text(services: &[DeclaredService]) -> Result<String, Error> {
    let mut list = String::new();
    let mut rights = String::new();
    for service in services {
        check(service)?;
        let separator = if list.is_empty() { "" } else { ", " };
        // Writing to a String cannot fail.
        let _ = write!(list, "{separator}\"{}\"", service.id);
        for (level, _) in service.levels() {
            let separator = if rights.is_empty() { "" } else { ", " };
            let _ = write!(rights, "{separator}\"{}/{level}\"", service.id);
        }
    }
    if list.is_empty() {
        return Err(Error::Vocabulary("there is no service".to_owned()));
    }
    Ok(format!(
        "{FILE}\n@libelle(\"Service en ligne\")\nentity Service enum [{list}];\n\
         @libelle(\"Droit sur un service\")\nentity Droit enum [{rights}];\n"
    ))
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
