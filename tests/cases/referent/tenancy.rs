//! A référent finds no trace of another collectivité; everybody else finds no console.

use super::{open, page_of};
use convergences_tests::client::Client;
use convergences_tests::world::{AGNES, ALINE, REGINE, RENEE, World};
use reqwest::{Method, StatusCode};
use sqlx::Connection as _;

/// Method, address, fields.
type Route = (
    &'static str,
    &'static str,
    &'static [(&'static str, &'static str)],
);

/// Every page and act of the console: method, address, and the fields a post takes. `{id}` stands
/// for a person, a profile or a file of Fontclaire.
const ROUTES: &[Route] = &[
    ("GET", "/referent", &[]),
    ("GET", "/referent/agents", &[]),
    ("GET", "/referent/adresses", &[]),
    ("GET", "/referent/agents.csv", &[]),
    ("GET", "/referent/agents/nouveau", &[]),
    (
        "POST",
        "/referent/agents/nouveau",
        &[
            ("prenom", "A"),
            ("nom", "B"),
            ("courriel", "a@b.example"),
            ("groupe-1", "fontclaire/rh"),
        ],
    ),
    (
        "POST",
        "/referent/agents/ensemble",
        &[("agent-1", "{id}|1"), ("pas", "suspendre")],
    ),
    ("GET", "/referent/agents/{id}", &[]),
    ("GET", "/referent/agents/{id}/fiche", &[]),
    (
        "POST",
        "/referent/agents/{id}/fiche",
        &[("prenom", "A"), ("nom", "B"), ("version", "1")],
    ),
    (
        "POST",
        "/referent/agents/{id}/etat",
        &[("pas", "delete"), ("version", "1")],
    ),
    ("POST", "/referent/agents/{id}/invitation", &[]),
    ("GET", "/referent/agents/{id}/droits", &[]),
    ("GET", "/referent/agents/{id}/facteurs", &[]),
    (
        "POST",
        "/referent/agents/{id}/facteurs",
        &[
            ("pas", "demander"),
            ("identite", "telephone"),
            ("motif", "perdu"),
        ],
    ),
    ("GET", "/referent/agents/{id}/transfert", &[]),
    (
        "POST",
        "/referent/agents/{id}/transfert",
        &[
            ("pas", "liberer"),
            ("version", "1"),
            ("vers", "montrieux"),
            ("dernier-jour", "31/12/2026"),
        ],
    ),
    ("GET", "/referent/arrivees", &[]),
    (
        "POST",
        "/referent/arrivees",
        &[("transfert", "{transfer}"), ("reponse", "oui")],
    ),
    ("GET", "/referent/agents/{id}/droits/{service}", &[]),
    ("GET", "/referent/droits", &[]),
    (
        "POST",
        "/referent/droits",
        &[("vu-1", "{id}|1"), ("droit-1", "{id}|bip|ecriture")],
    ),
    (
        "POST",
        "/referent/droits/profil",
        &[("agent-1", "{id}|1"), ("profil", "")],
    ),
    ("GET", "/referent/profils", &[]),
    ("POST", "/referent/profils", &[("nom", "")]),
    ("GET", "/referent/profils/{profile}", &[]),
    (
        "POST",
        "/referent/profils/{profile}",
        &[("nom", "Autre"), ("version", "1")],
    ),
    ("POST", "/referent/profils/{profile}/suppression", &[]),
    ("GET", "/referent/services", &[]),
    ("POST", "/referent/services", &[("nom", "")]),
    ("GET", "/referent/services/{group}", &[]),
    (
        "POST",
        "/referent/services/{group}",
        &[("nom", "Autre"), ("version", "1")],
    ),
    (
        "POST",
        "/referent/services/{group}",
        &[("pas", "supprimer"), ("version", "1")],
    ),
    ("GET", "/referent/demandes", &[]),
    (
        "POST",
        "/referent/demandes",
        &[("demande", "{request}"), ("reponse", "oui")],
    ),
    ("GET", "/referent/revues", &[]),
    ("POST", "/referent/revues", &[("echeance", "")]),
    ("GET", "/referent/revues/{review}", &[]),
    (
        "POST",
        "/referent/revues/{review}/decision",
        &[("personne", "{id}"), ("decision", "garder")],
    ),
    (
        "POST",
        "/referent/revues/{review}/garder",
        &[("personne-1", "{id}"), ("confirme", "oui")],
    ),
    ("POST", "/referent/revues/{review}/cloture", &[]),
    ("GET", "/referent/revues/{review}/rapport", &[]),
    ("GET", "/referent/revues/{review}/rapport.csv", &[]),
    ("GET", "/referent/revues/{review}/rapport.json", &[]),
    ("GET", "/referent/referents", &[]),
    ("POST", "/referent/referents", &[("prenom", "")]),
    ("GET", "/referent/reseaux", &[]),
    ("POST", "/referent/reseaux", &[("nom", "")]),
    (
        "POST",
        "/referent/reseaux",
        &[
            ("reseau", "{network}"),
            ("version", "1"),
            ("pas", "retirer"),
        ],
    ),
    ("GET", "/referent/journal", &[]),
    ("GET", "/referent/journal.csv", &[]),
    ("GET", "/referent/regles", &[]),
    ("GET", "/referent/pourquoi", &[]),
    ("GET", "/referent/droits/passe", &[]),
    ("GET", "/referent/droits/passe.csv", &[]),
    ("POST", "/referent/regles/a-deux", &[("pas", "exiger")]),
    ("GET", "/referent/regles/nouvelle", &[]),
    (
        "POST",
        "/referent/regles/nouvelle",
        &[
            ("effet", "acces"),
            ("qui", "certains"),
            ("groupe-1", "fontclaire/rh"),
            ("cible", "service:bip"),
        ],
    ),
    ("GET", "/referent/regles/expert", &[]),
    ("GET", "/referent/regles/expert.js", &[]),
    ("GET", "/referent/regles/formulaire.js", &[]),
    (
        "POST",
        "/referent/regles/phrase",
        &[("effet", "acces"), ("groupe-1", "montrieux/rh")],
    ),
    ("POST", "/referent/regles/expert", &[("texte", "permit")]),
    (
        "POST",
        "/referent/regles/verification",
        &[("texte", "permit")],
    ),
    ("GET", "/referent/regles/{rule}/expert", &[]),
    (
        "POST",
        "/referent/regles/{rule}/expert",
        &[("texte", "permit")],
    ),
    ("GET", "/referent/regles/{rule}", &[]),
    ("GET", "/referent/regles/{rule}/modifier", &[]),
    (
        "POST",
        "/referent/regles/{rule}/modifier",
        &[
            ("effet", "acces"),
            ("qui", "tous"),
            ("cible", "service:bip"),
        ],
    ),
    ("GET", "/referent/regles/{rule}/brouillon", &[]),
    (
        "POST",
        "/referent/regles/{rule}/brouillon",
        &[("pas", "publier"), ("version", "1"), ("motif", "essai")],
    ),
    (
        "POST",
        "/referent/regles/{rule}/brouillon",
        &[("pas", "abandonner"), ("version", "1")],
    ),
    (
        "POST",
        "/referent/regles/{rule}/version",
        &[("version", "1")],
    ),
    ("GET", "/referent/regles/{rule}/retrait", &[]),
    (
        "POST",
        "/referent/regles/{rule}/retrait",
        &[("version", "1"), ("motif", "essai")],
    ),
    ("GET", "/referent/import", &[]),
    ("POST", "/referent/import", &[]),
    ("GET", "/referent/import/modele.csv", &[]),
    ("GET", "/referent/import/{import}", &[]),
    ("POST", "/referent/import/{import}", &[]),
    ("GET", "/referent/import/{import}/a-corriger.csv", &[]),
];

/// Routes without an object: a référent of another town sees the own town there.
fn names_an_object(route: &Route) -> bool {
    let (_, address, fields) = route;
    address.contains('{')
        || fields
            .iter()
            .any(|(_, value)| value.contains('{') || value.contains("fontclaire/"))
}

/// Objects of Fontclaire, by the names that the table uses.
async fn objects(world: &World) -> Vec<(&'static str, String)> {
    let mut renee = world.log_in(RENEE).await.unwrap();
    let agent = page_of(world, &mut renee, "Petit Aline").await;
    let page = open(world, &mut renee, "/referent/profils").await;
    let page = renee
        .submit(&page, &[("nom", "Profil de Fontclaire")])
        .await
        .unwrap();
    let (_, profile) = page.links("main th a").pop().unwrap();
    let form = open(world, &mut renee, "/referent/services").await;
    let filled = [("nom", "Paie de Fontclaire")];
    let groups = renee.submit(&form, &filled).await.unwrap();
    let groups = groups.links("main li a");
    let renames = |(text, _): &&(String, String)| text.starts_with("renommer");
    let (_, group) = groups.iter().rfind(renames).unwrap();
    let form = open(world, &mut renee, "/referent/import").await;
    let file = "Prénom;Nom;Courriel\nA;B;essai@fontclaire.example";
    let import = renee
        .upload(&form, "fichier", ("f.csv", file.as_bytes()))
        .await
        .unwrap();
    let mut aline = world.log_in(ALINE).await.unwrap();
    let form = open(world, &mut aline, "/demande?service=bip").await;
    aline.submit(&form, &[("message", "")]).await.unwrap();
    let requests = open(world, &mut renee, "/referent/demandes").await;
    let form = open(world, &mut renee, "/referent/revues").await;
    let review = renee
        .submit(&form, &[("echeance", "20/12/2026")])
        .await
        .unwrap();
    let form = open(world, &mut renee, "/referent/reseaux").await;
    let network = [("nom", "fontclaire"), ("adresses", "203.0.113.5")];
    let networks = renee.submit(&form, &network).await.unwrap();
    let last = |address: &str| address.rsplit('/').next().unwrap().to_owned();
    vec![
        ("{id}", last(&agent)),
        ("{service}", "bip".to_owned()),
        ("{transfer}", release_amina(world, &mut renee).await),
        ("{profile}", last(&profile)),
        ("{group}", last(group)),
        (
            "{network}",
            networks.values("input[name=reseau]").pop().unwrap(),
        ),
        ("{rule}", "paie-net-cotisations".to_owned()),
        ("{import}", last(import.url.path())),
        ("{review}", last(review.url.path())),
        (
            "{request}",
            requests.values("input[name=demande]").pop().unwrap(),
        ),
    ]
}

/// Amina is on the way to the CCAS, by the transfer of this id.
async fn release_amina(world: &World, renee: &mut Client) -> String {
    let address = page_of(world, renee, "Benali Amina").await;
    let form = open(world, renee, &format!("{address}/transfert?q=ccas")).await;
    let filled = [("dernier-jour", "31/12/2026"), ("pas", "liberer")];
    let page = renee.submit(&form, &filled).await.unwrap();
    assert!(page.text.contains("Le transfert est proposé"));
    // Its id is on the CCAS's page only, and the CCAS has no référent.
    sqlx::any::install_default_drivers();
    let url = &world.config.store.url;
    let mut connection = sqlx::AnyConnection::connect(url).await.unwrap();
    sqlx::query_scalar("SELECT id FROM transfers")
        .fetch_one(&mut connection)
        .await
        .unwrap()
}

/// The token of somebody's own forms, without which nothing they post is looked at.
async fn token(world: &World, client: &mut Client) -> (String, String) {
    let page = open(world, client, "/").await;
    let token = page.values("input[name=jeton]").pop().unwrap();
    ("jeton".to_owned(), token)
}

fn fill(text: &str, objects: &[(&'static str, String)]) -> String {
    let replace = |text: String, (name, id): &(&str, String)| text.replace(name, id);
    objects.iter().fold(text.to_owned(), replace)
}

#[test]
fn every_route_of_the_console_is_in_the_table() {
    let source = include_str!("../../../admin/src/referent.rs");
    let flat: String = source.split_whitespace().collect();
    for route in flat.split(".route(").skip(1) {
        let address = route.split('"').nth(1).unwrap();
        let handlers = route.split(".route(").next().unwrap();
        for (method, call) in [("GET", "get("), ("POST", "post(")] {
            let shape = |known: &str| {
                known
                    .replace("{profile}", "{id}")
                    .replace("{group}", "{id}")
                    .replace("{rule}", "{id}")
                    .replace("{review}", "{id}")
                    .replace("{import}", "{id}")
            };
            let listed = ROUTES
                .iter()
                .any(|(m, known, _)| *m == method && shape(known) == address);
            assert!(listed || !handlers.contains(call), "{method} {address}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn another_towns_referent_finds_no_trace() {
    let world = World::start().await.unwrap();
    let objects = objects(&world).await;
    let mut regine = world.log_in(REGINE).await.unwrap();
    let token = token(&world, &mut regine).await;
    for route in ROUTES {
        let (method, address, fields) = *route;
        let address = world.url("portail", &fill(address, &objects));
        let fields: Vec<_> = fields
            .iter()
            .map(|(name, value)| ((*name).to_owned(), fill(value, &objects)))
            .chain([token.clone()])
            .collect();
        let page = if method == "GET" {
            regine.open(&address).await.unwrap()
        } else {
            regine.post(&address, &fields).await.unwrap()
        };
        let refused = matches!(page.status, StatusCode::NOT_FOUND | StatusCode::CONFLICT);
        assert!(
            !names_an_object(route) || refused,
            "{method} {address}: {}",
            page.status
        );
        for trace in [
            "Petit",
            "Aline",
            "Renée",
            "Profil de Fontclaire",
            "fontclaire",
        ] {
            assert!(
                !page.text.contains(trace),
                "{method} {address} shows {trace}"
            );
        }
    }
    // And nothing of it was done.
    let mut renee = world.log_in(RENEE).await.unwrap();
    let page = open(&world, &mut renee, "/referent/agents?q=petit").await;
    assert_eq!(page.select("tbody tr").len(), 1);
    assert!(page.text.contains("Actif"), "{}", page.text);
    let page = open(&world, &mut renee, "/referent/revues").await;
    assert!(
        page.text.contains("4 personnes attendent une décision"),
        "{}",
        page.text
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn agents_and_strangers_find_no_console() {
    let world = World::start().await.unwrap();
    let objects = objects(&world).await;
    for login in [
        ALINE,
        AGNES,
        "corinne.lambert@cig.example",
        "pierre.vasseur@cdg.example",
    ] {
        let mut client = world.log_in(login).await.unwrap();
        let token = token(&world, &mut client).await;
        for (method, address, fields) in ROUTES.iter().copied() {
            let url = world.url("portail", &fill(address, &objects));
            let fields: Vec<_> = fields
                .iter()
                .map(|(name, value)| ((*name).to_owned(), fill(value, &objects)))
                .chain([token.clone()])
                .collect();
            let page = if method == "GET" {
                client.open(&url).await.unwrap()
            } else {
                client.post(&url, &fields).await.unwrap()
            };
            assert_eq!(
                page.status,
                StatusCode::FORBIDDEN,
                "{login}: {method} {address}"
            );
        }
    }
    let stranger = world.browser().unwrap();
    for (method, address, _) in ROUTES.iter().copied() {
        let url = world.url("portail", &fill(address, &objects));
        let method = Method::from_bytes(method.as_bytes()).unwrap();
        let answer = stranger
            .request(method.clone(), &url)
            .unwrap()
            .send()
            .await
            .unwrap();
        assert_eq!(
            answer.status(),
            StatusCode::UNAUTHORIZED,
            "{method} {address}"
        );
    }
}
