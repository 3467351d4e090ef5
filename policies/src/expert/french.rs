//! What Cedar finds wrong, in French. Cedar's messages name what they are about between backquotes.

use super::Fault;
use crate::lint::Breach;
use cedar_policy::ffi::DetailedError;
use cedar_policy::{ParseErrors, ValidationError, ValidationResult, ValidationWarning};

/// A text that is not one policy.
pub(super) fn unread(text: &str, errors: &ParseErrors) -> Vec<Fault> {
    let errors = errors.iter().map(|error| {
        let error = DetailedError::from(error);
        let (said, remedy) = of_reading(text, &error);
        fault(text, &error, said, remedy)
    });
    errors.collect()
}

/// Why it does not read, and the remedy.
fn of_reading(text: &str, error: &DetailedError) -> (String, String) {
    let label = error.source_locations.first();
    let place = label.and_then(|label| text.get(label.loc.start..label.loc.end));
    let place = place.filter(|place| !place.is_empty() && place.len() < 60);
    let said = place.map_or_else(
        || "Le texte s’arrête trop tôt, ou n’est pas une seule règle.".to_owned(),
        |place| format!("«\u{a0}{place}\u{a0}» n’est pas compris ici."),
    );
    let expected = label.and_then(|label| label.label.as_deref());
    let remedy = match expected.and_then(|label| label.strip_prefix("expected ")) {
        Some(expected) => format!("Attendu\u{a0}: {}.", expected.replace(" or ", " ou ")),
        None if error.message.starts_with("invalid variable") => {
            "Les variables\u{a0}: principal, action, resource, context. Un texte se met entre \"."
                .to_owned()
        }
        None => String::new(),
    };
    (said, remedy)
}

/// A policy that does not fit the vocabulary.
pub(super) fn misfits(text: &str, findings: &ValidationResult) -> Vec<Fault> {
    let errors = findings.validation_errors().map(|error| {
        let told = DetailedError::from(error);
        let (said, remedy) = of_error(error, &told);
        fault(text, &told, said, remedy)
    });
    let warnings = findings.validation_warnings().map(|warning| {
        let told = DetailedError::from(warning);
        let (said, remedy) = of_warning(warning);
        fault(text, &told, said.to_owned(), remedy.to_owned())
    });
    errors.chain(warnings).collect()
}

/// A policy that leaves its collectivité, or its subject.
pub(super) fn breach(text: &str, breach: &Breach) -> Fault {
    let (word, said, remedy) = match breach {
        Breach::Scope(own) => (
            "principal".to_owned(),
            "Une règle ne concerne que les agents de votre collectivité.".to_owned(),
            format!("Commencez par «\u{a0}principal in {own}\u{a0}»."),
        ),
        Breach::Foreign(literal) => (
            literal.to_string(),
            format!("«\u{a0}{literal}\u{a0}» n’est pas à votre collectivité."),
            "Nommez un service, un profil ou un agent de la vôtre.".to_owned(),
        ),
        Breach::Portal(literal) => (
            literal.to_string(),
            "Le portail n’est ni ouvert ni fermé par des règles\u{a0}: c’est là que vous les écrivez.".to_owned(),
            "Nommez un autre service.".to_owned(),
        ),
        Breach::Managing => (
            "action".to_owned(),
            "Une règle parle de l’accès aux services, jamais de leur administration.".to_owned(),
            "Nommez les actions\u{a0}: «\u{a0}action in [Action::\"lecture\", Action::\"ecriture\"]\u{a0}».".to_owned(),
        ),
    };
    // What an annotation says is no place.
    let body = ["permit", "forbid"]
        .iter()
        .filter_map(|word| text.rfind(word))
        .max();
    let body = body.unwrap_or_default();
    let place = text.get(body..).and_then(|body| body.find(&word));
    Fault::at(text, body + place.unwrap_or_default(), said, remedy)
}

fn fault(text: &str, error: &DetailedError, said: String, remedy: String) -> Fault {
    let place = error.source_locations.first();
    let byte = place.map_or(0, |place| place.loc.start);
    let own = own_words(error);
    let help = error.help.as_ref();
    let help = help.map_or_else(String::new, |help| format!(" ({help})"));
    Fault {
        detail: format!("{own}{help}"),
        ..Fault::at(text, byte, said, remedy)
    }
}

/// Without the name of the policy, which the text does not have.
fn own_words(error: &DetailedError) -> &str {
    let rest = error.message.strip_prefix("for policy `policy0`");
    rest.map_or(&error.message, |rest| {
        rest.trim_start_matches([',', ':', ' '])
    })
}

/// What the message is about.
fn first(error: &DetailedError) -> &str {
    own_words(error).split('`').nth(1).unwrap_or_default()
}

/// What Cedar proposes in its place.
fn instead(error: &DetailedError) -> String {
    let help = error.help.as_deref().unwrap_or_default();
    let proposed = help.split('`').nth(1);
    proposed.map_or_else(String::new, |proposed| {
        format!("Vouliez-vous dire «\u{a0}{proposed}\u{a0}»\u{a0}?")
    })
}

/// What is wrong, and its remedy.
fn of_error(error: &ValidationError, told: &DetailedError) -> (String, String) {
    use ValidationError as Kind;
    let about = first(told);
    match error {
        Kind::UnrecognizedEntityType(_) => (
            format!("«\u{a0}{about}\u{a0}» n’est pas un type connu."),
            instead(told),
        ),
        Kind::UnrecognizedActionId(_) => (
            format!("«\u{a0}{about}\u{a0}» n’est pas une action connue."),
            instead(told),
        ),
        Kind::InvalidEnumEntity(_) => (
            format!("«\u{a0}{about}\u{a0}» n’existe pas ici."),
            told.help.clone().map_or_else(String::new, |help| {
                format!(
                    "Les valeurs permises\u{a0}: {}.",
                    help.rsplit(": ").next().unwrap_or(&help)
                )
            }),
        ),
        Kind::UnsafeAttributeAccess(_) => (
            format!("«\u{a0}{about}\u{a0}» n’existe pas à cet endroit."),
            instead(told),
        ),
        Kind::UnsafeOptionalAttributeAccess(_) => (
            format!("«\u{a0}{about}\u{a0}» n’est pas toujours renseigné."),
            "Vérifiez-le d’abord, par exemple «\u{a0}context has adresse && …\u{a0}».".to_owned(),
        ),
        other => of_form(other),
    }
}

/// What is wrong with how an expression is made.
fn of_form(error: &ValidationError) -> (String, String) {
    use ValidationError as Kind;
    let (said, remedy) = match error {
        Kind::UnexpectedType(_) => (
            "Cette expression n’est pas de la sorte attendue.",
            "Une condition est vraie ou fausse\u{a0}: comparez, par exemple avec «\u{a0}==\u{a0}», «\u{a0}in\u{a0}» ou «\u{a0}.contains(…)\u{a0}».",
        ),
        Kind::IncompatibleTypes(_) => (
            "Ces valeurs ne sont pas de même sorte et ne se comparent pas.",
            "Comparez un jour à un jour, un service à un service, une durée à une durée.",
        ),
        Kind::UndefinedFunction(_) => (
            "Cette fonction n’existe pas.",
            "Les fonctions\u{a0}: duration, datetime, ip, decimal.",
        ),
        Kind::FunctionArgumentValidation(_) => (
            "Cette valeur est mal écrite.",
            "Par exemple duration(\"7h30m\"), datetime(\"2026-12-31T00:00:00Z\"), ip(\"203.0.113.0/24\").",
        ),
        Kind::NonLitExtConstructor(_) => (
            "Cette fonction veut un texte écrit en toutes lettres.",
            "Par exemple duration(\"7h30m\").",
        ),
        Kind::WrongNumberArguments(_) => {
            ("Cette fonction ne reçoit pas le bon nombre de valeurs.", "")
        }
        Kind::EmptySetForbidden(_) => (
            "Une liste vide n’est pas permise.",
            "Nommez au moins une valeur entre [ et ].",
        ),
        Kind::EntityDerefLevelViolation(_) => (
            "Cette expression suit trop de liens.",
            "Deux au plus, comme dans «\u{a0}principal.collectivite.services\u{a0}».",
        ),
        _ => ("Ceci ne va pas avec le vocabulaire des règles.", ""),
    };
    (said.to_owned(), remedy.to_owned())
}

/// What would be a warning elsewhere, and its remedy.
fn of_warning(warning: &ValidationWarning) -> (&'static str, &'static str) {
    match warning {
        ValidationWarning::ImpossiblePolicy(_) => (
            "Cette règle ne peut jamais s’appliquer.",
            "Ses conditions se contredisent, ou ne valent pas pour ces actions.",
        ),
        ValidationWarning::InvalidActionApplication(_) => (
            "L’action et la ressource ne vont pas ensemble.",
            "«\u{a0}ouvrir\u{a0}» et «\u{a0}envoyer\u{a0}» vont avec une Route, «\u{a0}lire\u{a0}» avec un Document.",
        ),
        _ => (
            "Ce texte contient des caractères qui trompent l’œil.",
            "Effacez ce nom et tapez-le de nouveau.",
        ),
    }
}
