//! A CDG of another department finds no trace of a collectivité; whoever follows none finds no console.

use super::{designate, open};
use convergences_tests::client::{Client, Page};
use convergences_tests::world::{ALINE, CORINNE, PIERRE, RENEE, World};
use reqwest::{Method, StatusCode};
use std::collections::BTreeSet;

/// Method, address, fields.
type Route = (
    &'static str,
    &'static str,
    &'static [(&'static str, &'static str)],
);

/// Every page and act of the console. `{id}` stands for Fontclaire, the other names for what is in it.
const ROUTES: &[Route] = &[
    ("GET", "/cig", &[]),
    ("GET", "/cig/collectivites", &[]),
    ("GET", "/cig/collectivites/nouvelle", &[]),
    ("POST", "/cig/collectivites/nouvelle", &[("nom", "")]),
    ("GET", "/cig/renouvellement", &[]),
    (
        "POST",
        "/cig/renouvellement",
        &[("collectivite", "fontclaire"), ("avant", "31/12/2026")],
    ),
    ("GET", "/cig/collectivites/import", &[]),
    ("POST", "/cig/collectivites/import", &[]),
    ("GET", "/cig/collectivites/import/modele.csv", &[]),
    ("GET", "/cig/collectivites/import/{import}", &[]),
    ("POST", "/cig/collectivites/import/{import}", &[]),
    (
        "GET",
        "/cig/collectivites/import/{import}/a-corriger.csv",
        &[],
    ),
    ("GET", "/cig/reseaux", &[]),
    (
        "POST",
        "/cig/reseaux",
        &[
            ("collectivite", "{id}"),
            ("reseau", "{network}"),
            ("version", "1"),
            ("pas", "confirmer"),
        ],
    ),
    ("GET", "/cig/garde-fous", &[]),
    ("GET", "/cig/garde-fous/nouveau", &[]),
    ("GET", "/cig/garde-fous/formulaire.js", &[]),
    (
        "POST",
        "/cig/garde-fous/phrase",
        &[("effet", "restriction")],
    ),
    (
        "POST",
        "/cig/garde-fous/nouveau",
        &[("collectivite", "{id}")],
    ),
    ("GET", "/cig/garde-fous/{guardrail}", &[]),
    ("GET", "/cig/garde-fous/{guardrail}/modifier", &[]),
    (
        "POST",
        "/cig/garde-fous/{guardrail}/modifier",
        &[("effet", "restriction"), ("cible", "service:bip")],
    ),
    ("GET", "/cig/garde-fous/{guardrail}/retrait", &[]),
    (
        "POST",
        "/cig/garde-fous/{guardrail}/retrait",
        &[("pas", "publier"), ("motif", "x"), ("confirme", "oui")],
    ),
    ("GET", "/cig/demandes", &[]),
    (
        "POST",
        "/cig/demandes",
        &[("demande", "{sole-request}"), ("reponse", "oui")],
    ),
    (
        "POST",
        "/cig/demandes",
        &[
            ("collectivite", "{id}"),
            ("revue", "{sole-review}"),
            ("personne", "{sole}"),
            ("decision", "retirer"),
        ],
    ),
    ("GET", "/cig/statistiques", &[]),
    ("GET", "/cig/statistiques.csv", &[]),
    ("GET", "/cig/collectivites/{id}", &[]),
    ("GET", "/cig/collectivites/{id}/modifier", &[]),
    (
        "POST",
        "/cig/collectivites/{id}/modifier",
        &[("nom", "Autre"), ("version", "1")],
    ),
    (
        "POST",
        "/cig/collectivites/{id}/etat",
        &[("pas", "fermer"), ("confirme", "oui"), ("version", "1")],
    ),
    ("GET", "/cig/collectivites/{id}/designations", &[]),
    (
        "POST",
        "/cig/collectivites/{id}/designations",
        &[
            ("prenom", "A"),
            ("nom", "B"),
            ("courriel", "a@b.example"),
            ("signataire", "C"),
            ("qualite", "Maire"),
        ],
    ),
    ("GET", "/cig/collectivites/{id}/designations/{case}", &[]),
    (
        "GET",
        "/cig/collectivites/{id}/designations/{case}/formulaire",
        &[],
    ),
    (
        "GET",
        "/cig/collectivites/{id}/designations/{case}/document",
        &[],
    ),
    (
        "POST",
        "/cig/collectivites/{id}/designations/{case}/document",
        &[],
    ),
    (
        "POST",
        "/cig/collectivites/{id}/designations/{case}/controle",
        &[("pas", "verifier"), ("document", "")],
    ),
    (
        "GET",
        "/cig/collectivites/{id}/designations/{case}/corriger",
        &[],
    ),
    (
        "POST",
        "/cig/collectivites/{id}/designations/{case}/corriger",
        &[
            ("version", "1"),
            ("prenom", "A"),
            ("nom", "B"),
            ("courriel", "a@b.example"),
            ("signataire", "C"),
            ("qualite", "Maire"),
        ],
    ),
    (
        "POST",
        "/cig/collectivites/{id}/designations/{case}/abandon",
        &[("version", "1"), ("confirme", "oui")],
    ),
    (
        "POST",
        "/cig/collectivites/{id}/referents/{person}/fin",
        &[("fin", "31/12/2026"), ("version", "1")],
    ),
    ("POST", "/cig/collectivites/{id}/validation", &[]),
    ("GET", "/cig/collectivites/{id}/facteurs", &[]),
    (
        "POST",
        "/cig/collectivites/{id}/facteurs",
        &[
            ("courriel", RENEE),
            ("pas", "demander"),
            ("identite", "telephone"),
            ("motif", "perdu"),
        ],
    ),
    ("GET", "/cig/collectivites/{id}/support", &[]),
    (
        "POST",
        "/cig/collectivites/{id}/support",
        &[("courriel", RENEE), ("motif", "une question")],
    ),
    (
        "POST",
        "/cig/collectivites/{id}/support/invitation",
        &[("personne", "{person}"), ("motif", "une question")],
    ),
    (
        "POST",
        "/cig/collectivites/{id}/support/sessions",
        &[("personne", "{person}"), ("motif", "une question")],
    ),
];

/// What nobody reads who does not follow Fontclaire.
const TRACES: [&str; 4] = ["Fontclaire", "Renée", "Durand", "203.0.113.5"];

/// Objects of Fontclaire and of the CIG, by the names that the table uses.
async fn objects(world: &World) -> Vec<(&'static str, String)> {
    let mut renee = world.log_in(RENEE).await.unwrap();
    let form = open(world, &mut renee, "/referent/reseaux").await;
    let network = [("nom", "mairie"), ("adresses", "203.0.113.5")];
    let networks = renee.submit(&form, &network).await.unwrap();
    let roll = open(world, &mut renee, "/referent/agents?q=martin").await;
    let (_, person) = roll.links("tbody a").remove(0);
    let form = open(world, &mut renee, "/demande?service=bip").await;
    renee.submit(&form, &[("message", "")]).await.unwrap();
    let form = open(world, &mut renee, "/referent/revues").await;
    let due = [("echeance", "20/12/2026")];
    renee.submit(&form, &due).await.unwrap();
    let mut corinne = world.log_in(CORINNE).await.unwrap();
    let sole = open(world, &mut corinne, "/cig/demandes").await;
    let case = designate(world, &mut corinne, "fontclaire").await;
    let form = open(world, &mut corinne, "/cig/collectivites/import").await;
    let file = "Nom;SIRET;Type\nCommune de Durand;1;collectivite";
    let import = corinne
        .upload(&form, "fichier", ("c.csv", file.as_bytes()))
        .await
        .unwrap();
    let guardrail = super::guardrails::close_bip(world, &mut corinne, "fontclaire").await;
    let last = |address: &str| address.rsplit('/').next().unwrap().to_owned();
    vec![
        ("{id}", "fontclaire".to_owned()),
        ("{network}", networks.values("input[name=reseau]").remove(0)),
        ("{person}", last(&person)),
        ("{case}", last(case.url.path())),
        ("{guardrail}", last(&guardrail)),
        ("{import}", last(import.url.path())),
        (
            "{sole-request}",
            sole.values("input[name=demande]").remove(0),
        ),
        ("{sole-review}", sole.values("input[name=revue]").remove(0)),
        ("{sole}", sole.values("input[name=personne]").remove(0)),
    ]
}

fn fill(text: &str, objects: &[(&'static str, String)]) -> String {
    let replace = |text: String, (name, id): &(&str, String)| text.replace(name, id);
    objects.iter().fold(text.to_owned(), replace)
}

/// Where a file is posted.
const UPLOAD: &str = "/cig/collectivites/{id}/designations/{case}/document";

/// What somebody is answered who posts a document with the token of their own pages.
async fn post_document(client: &Client, address: &str, token: String) -> StatusCode {
    let part = reqwest::multipart::Part::bytes(super::PDF).file_name("a.pdf");
    let form = reqwest::multipart::Form::new();
    let posted = client
        .request(Method::POST, address)
        .unwrap()
        .multipart(form.text("jeton", token).part("document", part));
    posted.send().await.unwrap().status()
}

/// What somebody is answered, who posts with the token of their own pages.
async fn answer(
    world: &World,
    client: &mut Client,
    (method, at, fields): &Route,
    objects: &[(&'static str, String)],
) -> Page {
    let address = world.url("portail", &fill(at, objects));
    if *method == "GET" {
        return client.open(&address).await.unwrap();
    }
    let home = open(world, client, "/").await;
    let token = home.values("input[name=jeton]").pop().unwrap();
    if *at == UPLOAD {
        let status = post_document(client, &address, token).await;
        return Page { status, ..home };
    }
    let fields: Vec<_> = fields
        .iter()
        .map(|(name, value)| ((*name).to_owned(), fill(value, objects)))
        .chain([("jeton".to_owned(), token)])
        .collect();
    client.post(&address, &fields).await.unwrap()
}

#[test]
fn every_route_of_the_console_is_in_the_table() {
    let source = concat!(
        include_str!("../../../admin/src/correspondant.rs"),
        include_str!("../../../admin/src/correspondant/guardrails.rs")
    );
    let flat: String = source.split_whitespace().collect();
    let mut routes = BTreeSet::new();
    for route in flat.split(".route(").skip(1) {
        let written = route.split('"').nth(1).unwrap();
        let address = if route.starts_with("&one(") {
            format!("/cig/collectivites/{{id}}{written}")
        } else {
            written.to_owned()
        };
        for (method, call) in [("GET", "get("), ("POST", "post(")] {
            let listed = ROUTES.iter().any(|(m, known, _)| {
                let other = known.replace("{import}", "{id}");
                let other = other.replace("{guardrail}", "{id}");
                *m == method && (*known == address || other == address)
            });
            assert!(listed || !route.contains(call), "{method} {address}");
            if route.contains(call) {
                routes.insert((method, address.replace("{id}", "{import}")));
            }
        }
    }
    let known = ROUTES
        .iter()
        .map(|(method, address, _)| (*method, address.replace("{id}", "{import}")))
        .map(|(method, address)| (method, address.replace("{guardrail}", "{import}")));
    assert_eq!(routes, known.collect());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cdg_of_another_department_finds_no_trace_and_does_nothing() {
    let world = World::start().await.unwrap();
    let objects = objects(&world).await;
    let mut pierre = world.log_in(PIERRE).await.unwrap();
    for route in ROUTES {
        let page = answer(&world, &mut pierre, route, &objects).await;
        let (method, address, fields) = route;
        let named = address.contains('{') || fields.iter().any(|(_, value)| value.contains('{'));
        assert!(
            !named || page.status == StatusCode::NOT_FOUND,
            "{method} {address}: {}",
            page.status
        );
        for trace in TRACES {
            assert!(!page.text.contains(trace), "{method} {address}: {trace}");
        }
    }
    let mut corinne = world.log_in(CORINNE).await.unwrap();
    let sheet = open(&world, &mut corinne, "/cig/collectivites/fontclaire").await;
    assert_eq!(sheet.heading(), "Ville de Fontclaire");
    assert!(
        sheet.text.contains("Fermer Ville de Fontclaire"),
        "{}",
        sheet.text
    );
    let networks = open(&world, &mut corinne, "/cig/reseaux").await;
    assert!(networks.text.contains("203.0.113.5"), "{}", networks.text);
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_follows_no_collectivite_is_refused_everything() {
    let world = World::start().await.unwrap();
    let objects = objects(&world).await;
    for login in [ALINE, RENEE] {
        let mut client = world.log_in(login).await.unwrap();
        for route in ROUTES {
            let page = answer(&world, &mut client, route, &objects).await;
            let (method, address, _) = route;
            assert_eq!(
                page.status,
                StatusCode::FORBIDDEN,
                "{login}: {method} {address}"
            );
        }
    }
    let stranger = world.browser().unwrap();
    for (method, address, _) in ROUTES {
        let url = world.url("portail", &fill(address, &objects));
        let asked = Method::from_bytes(method.as_bytes()).unwrap();
        let answer = stranger.request(asked, &url).unwrap().send().await.unwrap();
        assert_eq!(
            answer.status(),
            StatusCode::UNAUTHORIZED,
            "{method} {address}"
        );
    }
}
