//! What a rule is about, in the fields of its form.

use super::Choices;
use crate::referent::preview::Pairs;
use policies::{Collection, Documents, Nature, ServiceId, Target, Theme};

/// What narrows documents down: ticked with anything else, it would count for nothing.
const NARROWING: [&str; 3] = ["nature-", "theme-", "collection-"];

/// The values of the list of targets: `service:…`, `rubrique:…`, `documents:…`.
pub(super) fn read(fields: &Pairs, choices: &Choices<'_>) -> Result<Target, String> {
    let missing = || "Choisissez un service ou une rubrique.".to_owned();
    let (kind, id) = fields.one("cible").split_once(':').ok_or_else(missing)?;
    let service = choices.services.iter().find(|service| {
        let own = service.areas.iter().any(|area| *area.route.id == *id);
        service.id.as_str() == id || own
    });
    let service = ServiceId::clone(&service.ok_or_else(missing)?.id);
    let mut narrowing = NARROWING.iter();
    if kind != "documents" && narrowing.any(|prefix| fields.prefixed(prefix).next().is_some()) {
        return Err(
            "Vous avez coché des sortes, des thèmes ou des collections de documents\u{a0}: choisissez «\u{a0}ses documents\u{a0}» dans la liste, ou décochez-les."
                .to_owned(),
        );
    }
    match kind {
        "service" => Ok(Target::Service(service)),
        "rubrique" => Ok(Target::Area(id.into())),
        "documents" => documents(fields, service, choices).map(Target::Documents),
        _ => Err(missing()),
    }
}

fn documents(
    fields: &Pairs,
    service: ServiceId,
    choices: &Choices<'_>,
) -> Result<Documents, String> {
    let ticked = |prefix| fields.prefixed(prefix);
    let gone = |name: &str| {
        format!(
            "«\u{a0}{name}\u{a0}» n’est ni une sorte, ni un thème, ni une collection de documents, ou ne l’est plus\u{a0}: décochez-le, et cochez-en d’autres."
        )
    };
    let nature = |name| Nature::parse(name).ok_or_else(|| gone(name));
    let known = choices.classification;
    let mut strange = ticked("theme-").filter(|name| !known.has_theme(name));
    let mut elsewhere = ticked("collection-").filter(|name| !known.has_collection(name));
    if let Some(name) = strange.next().or_else(|| elsewhere.next()) {
        return Err(gone(name));
    }
    Ok(Documents {
        service,
        natures: ticked("nature-").map(nature).collect::<Result<_, _>>()?,
        themes: ticked("theme-").map(Into::into).collect(),
        collections: ticked("collection-").map(Into::into).collect(),
    })
}

/// How the list of targets spells one.
pub(super) fn spell(target: &Target) -> String {
    match target {
        Target::Service(service) => format!("service:{service}"),
        Target::Area(area) => format!("rubrique:{area}"),
        Target::Documents(Documents { service, .. }) => format!("documents:{service}"),
    }
}

/// What is ticked below the list.
pub(super) fn narrowing(target: &Target) -> Vec<(&'static str, String)> {
    let Target::Documents(documents) = target else {
        return Vec::new();
    };
    let natures = documents.natures.iter().map(|nature| nature.as_str());
    let themes = documents.themes.iter().map(Theme::as_str);
    let collections = documents.collections.iter().map(Collection::as_str);
    let natures = natures.map(|name| ("nature-", name.to_owned()));
    let themes = themes.map(|name| ("theme-", name.to_owned()));
    let collections = collections.map(|name| ("collection-", name.to_owned()));
    natures.chain(themes).chain(collections).collect()
}
