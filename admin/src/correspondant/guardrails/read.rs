//! A guardrail as it is ticked in its form, or written as a sentence.

use crate::entrance::DOCUMENTS;
use crate::fields::FieldErrors;
use crate::portal::Portal;
use crate::referent::preview::Pairs;
use crate::referent::rules::fields::{self as ticks, Choices};
use crate::referent::rules::form::live::Live;
use crate::referent::rules::services;
use accounts::Error;
use policies::{CollectiviteId, Effect, Guardrail, Model, Target, moments};

/// The field that names the only collectivité it is for.
pub(super) const ONLY: &str = "collectivite";

/// The field that holds a sentence.
pub(super) const PHRASE: &str = "phrase";

/// Longest sentence, in bytes.
const LONGEST: usize = 2000;

/// What it says so far; nothing of a form that nobody has begun.
pub(super) fn live(portal: &Portal, fields: &Pairs) -> Result<Live, Error> {
    if fields.one("effet").is_empty() {
        return Ok(Live::default());
    }
    let read = read(portal, fields);
    let only = read.as_ref().ok().and_then(|(_, only)| only.clone());
    let model = read.map(|(model, _)| model);
    let cedar = |model: &Model| Guardrail::write(model, only.as_ref());
    Ok(Live::of(model, &services(portal), cedar)?)
}

/// A guardrail written as a sentence.
fn written(portal: &Portal, sentence: &str) -> Result<Model, FieldErrors> {
    let mut errors = FieldErrors::default();
    if sentence.len() > LONGEST {
        errors.add(
            PHRASE,
            "La phrase est trop longue\u{a0}: écrivez plusieurs garde-fous.",
        );
        return Err(errors);
    }
    let parsed = Model::parse(sentence, &services(portal)).map_err(|error| error.to_string());
    let Some(model) = errors.read(PHRASE, parsed) else {
        return Err(errors);
    };
    if !Guardrail::fits(&model) {
        errors.add(PHRASE, "Un garde-fou ferme un accès ou exige une condition, de tous les agents, et ne nomme ni réseau, ni service, ni personne d’une collectivité.");
    }
    let service = model.target.service();
    if matches!(model.target, Target::Documents(_)) && service.as_str() != DOCUMENTS {
        errors.add(PHRASE, "Ce service n’a pas de documents\u{a0}: parlez du service entier, ou de l’une de ses rubriques.");
    }
    for flaw in model.flaws() {
        errors.add(PHRASE, ticks::told(flaw).1);
    }
    if errors.is_empty() {
        Ok(model)
    } else {
        Err(errors)
    }
}

/// What was ticked.
fn ticked(portal: &Portal, fields: &Pairs) -> Result<Model, FieldErrors> {
    let mut errors = FieldErrors::default();
    let effect = Effect::parse(fields.one("effet"));
    if effect.is_none_or(|effect| effect == Effect::Allow) {
        errors.add("effet-exigence", "Choisissez ce que fait le garde-fou.");
        return Err(errors);
    }
    let choices = Choices::of_services(portal);
    let mut model = ticks::read(&fields.with("qui", "tous"), &choices)?;
    model.conditions.networks.clear();
    Ok(model)
}

/// What was ticked, or written as a sentence, and of which collectivité alone.
pub(super) fn read(
    portal: &Portal,
    fields: &Pairs,
) -> Result<(Model, Option<CollectiviteId>), FieldErrors> {
    let mut errors = FieldErrors::default();
    let model = match fields.one(PHRASE).trim() {
        "" => ticked(portal, fields)?,
        sentence => written(portal, sentence)?,
    };
    let now = portal.store.clock().now();
    let conditions = &model.conditions;
    let mut moments = moments(&[conditions], now).into_iter();
    if model.effect == Effect::Restrict && !moments.any(|at| conditions.is_time(at)) {
        errors.add("jusquau", "Ce garde-fou ne fermerait rien à aucun moment à venir\u{a0}: vérifiez ses dates et ses jours.");
    }
    let only = fields.one(ONLY);
    let only = (!only.is_empty()).then(|| CollectiviteId::from(only));
    if only
        .as_ref()
        .is_some_and(|id| portal.directory.find(id).is_none())
    {
        errors.add("cible", "Cette collectivité n’existe pas.");
    }
    if errors.is_empty() {
        Ok((model, only))
    } else {
        Err(errors)
    }
}
