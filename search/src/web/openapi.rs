//! `/openapi.json`: what the router itself says of the routes of the JSON interface.

use utoipa::OpenApi as _;
use utoipa::openapi::OpenApi;
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityRequirement, SecurityScheme};

#[derive(utoipa::OpenApi)]
#[openapi(info(
    title = "BIP",
    version = "1",
    description = "La recherche de BIP, pour des programmes. Chaque réponse (totaux, facettes, extraits, propositions) ne compte que les documents ouverts à la personne. Une clé de programme se crée dans « Mon compte » du portail. Les erreurs suivent la RFC 9457.",
    license(name = "Apache-2.0", identifier = "Apache-2.0"),
), tags((name = "bip", description = "Chercher et lire.")))]
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
