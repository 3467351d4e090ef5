//! A rule written as a sentence, by who would rather type than tick.

use super::fields::told;
use super::names::everybody;
use crate::entrance::DOCUMENTS;
use crate::fields::FieldErrors;
use crate::portal::Portal;
use crate::referent::Referent;
use accounts::Error;
use policies::{Model, Target};

/// Longest sentence, in bytes; it may name people one by one.
const LONGEST: usize = 4000;

/// The field that holds it.
pub(crate) const FIELD: &str = "phrase";

/// Reads it; the inner error says where it is not understood, and what would be.
pub(crate) async fn read(
    portal: &Portal,
    referent: &Referent,
    sentence: &str,
) -> Result<Result<Model, FieldErrors>, Error> {
    let mut errors = FieldErrors::default();
    if sentence.len() > LONGEST {
        errors.add(
            FIELD,
            "La phrase est trop longue\u{a0}: écrivez plusieurs règles.",
        );
        return Ok(Err(errors));
    }
    let names = everybody(portal, referent).await?;
    let parsed = Model::parse(sentence, &names).map_err(|error| error.to_string());
    let Some(model) = errors.read(FIELD, parsed) else {
        return Ok(Err(errors));
    };
    let service = model.target.service();
    if !referent
        .services(portal)
        .iter()
        .any(|known| known.id == service)
    {
        errors.add(FIELD, "Ce service n’est pas ouvert à votre collectivité.");
    }
    if matches!(model.target, Target::Documents(_)) && service.as_str() != DOCUMENTS {
        errors.add(FIELD, "Ce service n’a pas de documents\u{a0}: parlez du service entier, ou de l’une de ses rubriques.");
    }
    for flaw in model.flaws() {
        errors.add(FIELD, told(flaw).1);
    }
    Ok(if errors.is_empty() {
        Ok(model)
    } else {
        Err(errors)
    })
}
