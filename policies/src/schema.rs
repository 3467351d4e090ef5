//! The text of the schema: the file, completed with the closed lists of an installation.

use crate::error::Error;
use crate::principal::{Level, ServiceId};
use std::fmt::Write as _;

const FILE: &str = include_str!("../schema.cedarschema");

/// The whole text for these services.
pub(crate) fn text(services: &[ServiceId]) -> Result<String, Error> {
    let mut list = String::new();
    let mut rights = String::new();
    for service in services {
        let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        if service.as_str().is_empty() || !service.as_str().chars().all(plain) {
            return Err(Error::Vocabulary(format!(
                "service id `{service}` may hold lower-case letters, digits and hyphens only"
            )));
        }
        let separator = if list.is_empty() { "" } else { ", " };
        // Writing to a String cannot fail.
        let _ = write!(list, "{separator}\"{service}\"");
        for (level, separator) in [(Level::Lecture, separator), (Level::Ecriture, ", ")] {
            let _ = write!(rights, "{separator}\"{service}/{}\"", level.as_str());
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
