//! `/openapi.json`: what the router itself says of its routes, and what holds of all of them.

use super::problem::PROBLEM;
use utoipa::openapi::path::{Operation, PathItem};
use utoipa::openapi::schema::ComponentsBuilder;
use utoipa::openapi::security::{
    ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityRequirement, SecurityScheme,
};
use utoipa::openapi::tag::TagBuilder;
use utoipa::openapi::{ContentBuilder, InfoBuilder, LicenseBuilder, OpenApi, Ref, ResponseBuilder};

const ABOUT: &str = "Ce que font dans leurs consoles les référents, pour leur collectivité (/api/v1/agents et ce qui l’entoure), et les correspondants du CIG ou d’un centre de gestion, pour les collectivités qu’ils suivent (/api/v1/collectivites et ce qui l’entoure), ouvert à des programmes. Une clé de programme se crée dans « Mon compte » du portail ; elle travaille pour une personne, dans sa fonction : /api/v1/me dit laquelle ; une clé de questions ne sert qu’à /api/v1/explain et à l’API AuthZEN (/access/v1/). Les erreurs suivent la RFC 9457. Idempotency-Key, sur toute écriture, fait qu’une demande répétée dans les 24 heures n’est exécutée qu’une fois. If-Match porte la version lue : 412 si elle n’est plus la bonne.";

/// What operations are about, and whose they are.
const TAGS: &[(&str, &str)] = &[
    ("me", EVERYBODY),
    ("agents", REFERENTS),
    ("rights", REFERENTS),
    ("profiles", REFERENTS),
    ("groups", REFERENTS),
    ("access-requests", REFERENTS),
    ("networks", REFERENTS),
    ("rules", REFERENTS),
    ("reviews", REFERENTS),
    ("transfers", REFERENTS),
    ("journal", REFERENTS),
    ("imports", REFERENTS),
    ("collectivites", CORRESPONDANTS),
    ("designations", CORRESPONDANTS),
    ("referents", EVERYBODY),
    ("proposed-networks", CORRESPONDANTS),
    ("sole-referents", CORRESPONDANTS),
    ("collectivite-imports", CORRESPONDANTS),
    ("statistics", CORRESPONDANTS),
    ("support", CORRESPONDANTS),
];
const EVERYBODY: &str = "Pour les référents et les correspondants.";
const REFERENTS: &str = "Pour les référents, dans leur collectivité.";
const CORRESPONDANTS: &str = "Pour les correspondants du CIG et des centres de gestion, dans les collectivités qu’ils suivent.";

/// Problems of every operation, then of those that write.
const ALWAYS: [(&str, &str); 3] = [
    ("401", "Aucune clé, ou une clé refusée"),
    (
        "403",
        "La fonction de la personne n’ouvre pas cette opération, ou ce changement ne lui est pas permis",
    ),
    ("503", "Le portail est momentanément indisponible"),
];
const WRITES: [(&str, &str); 3] = [
    (
        "409",
        "L’état présent ne le permet pas, ou la demande a déjà été exécutée",
    ),
    ("415", "Le corps n’est pas du type attendu"),
    (
        "422",
        "Le corps est à corriger\u{a0}: errors dit où et comment",
    ),
];

/// The document of these routes.
pub(super) fn finish(mut document: OpenApi) -> OpenApi {
    document.info = InfoBuilder::new()
        .title("Convergences")
        .version("1")
        .description(Some(ABOUT))
        .license(Some(
            LicenseBuilder::new()
                .name("Apache-2.0")
                .identifier(Some("Apache-2.0"))
                .build(),
        ))
        .build();
    let components = document.components.take();
    let mut components = components.unwrap_or_else(|| ComponentsBuilder::new().build());
    let key = HttpBuilder::new()
        .scheme(HttpAuthScheme::Bearer)
        .bearer_format("cvg_…")
        .build();
    let cookie = ApiKey::Cookie(ApiKeyValue::with_description(
        "session",
        "La session du portail, dans un navigateur\u{a0}; les écritures viennent alors du portail lui-même",
    ));
    components.add_security_scheme("key", SecurityScheme::Http(key));
    components.add_security_scheme("session", SecurityScheme::ApiKey(cookie));
    document.components = Some(components);
    let tags = TAGS.iter().map(|&(name, whose)| {
        let tag = TagBuilder::new().name(name);
        tag.description(Some(whose)).build()
    });
    document.tags = Some(tags.collect());
    let none: [&str; 0] = [];
    document.security = Some(vec![
        SecurityRequirement::new("key", none),
        SecurityRequirement::new("session", none),
    ]);
    for (path, item) in &mut document.paths.paths {
        complete(path, item);
    }
    document
}

fn complete(path: &str, item: &mut PathItem) {
    let named = path.contains('{');
    let reads = [&mut item.get]
        .into_iter()
        .map(|operation| (operation, false));
    let writes = [
        &mut item.post,
        &mut item.put,
        &mut item.patch,
        &mut item.delete,
    ];
    let writes = writes.into_iter().map(|operation| (operation, true));
    for (operation, writes) in reads.chain(writes) {
        if let Some(operation) = operation {
            add_problems(operation, named, writes);
        }
    }
}

fn add_problems(operation: &mut Operation, named: bool, writes: bool) {
    let missing = named.then_some((
        "404",
        "Cet objet n’existe pas, ou la personne ne le gère pas",
    ));
    let bad = [("400", "Un paramètre ou un en-tête est à corriger")];
    let writes = writes.then_some(WRITES).into_iter().flatten();
    for (status, description) in bad.into_iter().chain(ALWAYS).chain(missing).chain(writes) {
        let problem = Ref::new("#/components/schemas/Problem");
        let content = ContentBuilder::new().schema(Some(problem)).build();
        let response = ResponseBuilder::new()
            .description(description)
            .content(PROBLEM, content)
            .build();
        let responses = &mut operation.responses.responses;
        responses
            .entry(status.to_owned())
            .or_insert_with(|| response.into());
    }
}
