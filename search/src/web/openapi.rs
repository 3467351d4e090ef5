//! `/openapi.json`: what the router itself says of the routes of the JSON interface.

use super::problem::Problem;
use utoipa::OpenApi as _;
use utoipa::openapi::path::{Parameter, ParameterIn};
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityRequirement, SecurityScheme};
use utoipa::openapi::{Content, OpenApi, Ref, RefOr, ResponseBuilder};

#[derive(utoipa::OpenApi)]
#[openapi(info(
    title = "BIP",
    version = "1",
    description = "La recherche de BIP, pour des programmes. Chaque réponse (totaux, facettes, extraits, propositions) ne compte que les documents ouverts à la personne. Une clé de programme se crée dans « Mon compte » du portail. Les erreurs suivent la RFC 9457.",
    license(name = "Apache-2.0", identifier = "Apache-2.0"),
), components(schemas(Problem)), tags((name = "bip", description = "Chercher et lire.")))]
struct About;

/// What holds of every route, before they are told.
pub(super) fn about() -> OpenApi {
    let mut document = About::openapi();
    let key = HttpBuilder::new()
        .scheme(HttpAuthScheme::Bearer)
        .bearer_format("cvg_…")
        .build();
    let mut components = document.components.take().unwrap_or_default();
    components.add_security_scheme("key", SecurityScheme::Http(key));
    document.components = Some(components);
    document.security = Some(vec![SecurityRequirement::new("key", [""; 0])]);
    document
}

/// What may go wrong at every route, beside what it says itself.
const FAILURES: [(&str, &str); 4] = [
    ("401", "Personne n’est identifié"),
    ("403", "Aucune règle d’accès n’est connue"),
    ("500", "Erreur interne"),
    ("503", "L’index se prépare"),
];
/// What may go wrong where parameters are read.
const UNREADABLE: (&str, &str) = ("400", "Un paramètre est à corriger");

/// With every failure told, each as a problem of RFC 9457.
pub(super) fn with_failures(mut document: OpenApi) -> OpenApi {
    let items = document.paths.paths.values_mut();
    for operation in items.filter_map(|item| item.get.as_mut()) {
        let reads = operation.parameters.iter().flatten().any(is_in_query);
        let usual = FAILURES.into_iter().chain(reads.then_some(UNREADABLE));
        let responses = &mut operation.responses.responses;
        for (status, what) in usual {
            let response = ResponseBuilder::new().description(what);
            let known = responses.entry(status.to_owned());
            known.or_insert_with(|| RefOr::T(response.build()));
        }
        let failures = responses
            .iter_mut()
            .filter(|(status, _)| !status.starts_with('2'));
        for (_, response) in failures {
            if let RefOr::T(response) = response {
                let kind = "application/problem+json".to_owned();
                let problem = Content::new(Some(Ref::from_schema_name("Problem")));
                response.content.insert(kind, RefOr::T(problem));
            }
        }
    }
    document
}

fn is_in_query(parameter: &RefOr<Parameter>) -> bool {
    matches!(parameter, RefOr::T(parameter) if parameter.parameter_in == ParameterIn::Query)
}
