//! « Mon compte » is one's own: whoever names somebody else's session, key, factor or membership
//! changes nothing of it, and sees no trace.

use super::open;
use crate::second_factor::enrol;
use convergences_tests::client::{Client, Page};
use convergences_tests::world::{ALINE, CORINNE, RENEE, World};
use reqwest::{Method, StatusCode};

/// Method, address, fields.
type Route = (
    &'static str,
    &'static str,
    &'static [(&'static str, &'static str)],
);

/// Every page and act of one's own account; names in braces stand for what is Renée's.
const ROUTES: &[Route] = &[
    ("GET", "/compte", &[]),
    ("POST", "/compte", &[("prenom", "Aline"), ("nom", "Petit")]),
    ("GET", "/compte/mot-de-passe", &[]),
    (
        "POST",
        "/compte/mot-de-passe",
        &[
            ("actuel", "faux"),
            ("mot_de_passe", "x"),
            ("confirmation", "x"),
        ],
    ),
    ("GET", "/compte/appareils", &[]),
    ("POST", "/compte/appareils", &[("session", "{session}")]),
    ("GET", "/compte/cles", &[]),
    ("GET", "/compte/cles/nouvelle", &[]),
    (
        "POST",
        "/compte/cles/nouvelle",
        &[("nom", "A"), ("duree", "30"), ("mot_de_passe", "faux")],
    ),
    ("GET", "/compte/cles/revocation?cle={key}", &[]),
    ("POST", "/compte/cles/revocation", &[("cle", "{key}")]),
    ("GET", "/compte/historique", &[]),
    ("GET", "/compte/acces", &[]),
    ("GET", "/compte/donnees", &[]),
    ("POST", "/compte/donnees", &[("message", "")]),
    ("GET", "/compte/donnees/export.json", &[]),
    ("GET", "/compte/donnees/detail", &[]),
    ("GET", "/compte/second-facteur", &[]),
    ("GET", "/compte/second-facteur/application", &[]),
    (
        "POST",
        "/compte/second-facteur/application",
        &[("nom", "A"), ("mot_de_passe", "faux")],
    ),
    ("GET", "/compte/second-facteur/application/code", &[]),
    (
        "POST",
        "/compte/second-facteur/application/code",
        &[("code", "000000")],
    ),
    ("GET", "/compte/second-facteur/cle", &[]),
    (
        "POST",
        "/compte/second-facteur/cle",
        &[("nom", "A"), ("mot_de_passe", "faux")],
    ),
    ("GET", "/compte/second-facteur/cle/creation", &[]),
    (
        "POST",
        "/compte/second-facteur/cle/creation",
        &[("reponse", "{}")],
    ),
    ("GET", "/compte/second-facteur/codes", &[]),
    (
        "POST",
        "/compte/second-facteur/codes",
        &[("mot_de_passe", "faux")],
    ),
    (
        "GET",
        "/compte/second-facteur/retrait?facteur={factor}",
        &[],
    ),
    (
        "POST",
        "/compte/second-facteur/retrait",
        &[("facteur", "{factor}"), ("mot_de_passe", "faux")],
    ),
    (
        "POST",
        "/compte/second-facteur/demande",
        &[("demande", "{reset}")],
    ),
    ("GET", "/rattachements", &[]),
    (
        "POST",
        "/rattachements",
        &[("rattachement", "{membership}")],
    ),
    (
        "POST",
        "/rattachements",
        &[("rattachement", "{membership}"), ("accepter", "non")],
    ),
];

/// What of Renée nobody else sees there.
const TRACES: [&str; 3] = ["Logiciel de paie", "Téléphone de Renée", "perdu par Renée"];

/// The last part of the first link that goes to an address.
fn named(page: &Page, to: &str) -> String {
    let links = page.links("a");
    let found = links.iter().find(|(_, address)| address.contains(to));
    let (_, address) = found.unwrap_or_else(|| panic!("no {to}: {}", page.text));
    address.rsplit('=').next().unwrap().to_owned()
}

/// Renée's session, key, factor, lost factor and membership.
async fn objects(world: &World, renee: &mut Client) -> Vec<(&'static str, String)> {
    enrol(world, renee, RENEE).await;
    let form = open(renee, world, "/compte/cles/nouvelle").await;
    let filled = [
        ("nom", "Logiciel de paie"),
        ("mot_de_passe", world.password(RENEE)),
    ];
    renee.submit(&form, &filled).await.unwrap();
    let mut corinne = world.log_in(CORINNE).await.unwrap();
    let form = open(
        &mut corinne,
        world,
        "/cig/collectivites/fontclaire/facteurs",
    )
    .await;
    let lost = [
        ("agent", RENEE),
        ("motif", "perdu par Renée"),
        ("identite", "telephone"),
        ("pas", "demander"),
    ];
    corinne.submit(&form, &lost).await.unwrap();
    let keys = open(renee, world, "/compte/cles").await;
    let factors = open(renee, world, "/compte/second-facteur").await;
    let memberships = open(renee, world, "/rattachements").await;
    let first = |page: &Page, selector: &str| page.values(selector).remove(0);
    vec![
        ("{key}", named(&keys, "revocation")),
        ("{factor}", named(&factors, "retrait?facteur=")),
        ("{reset}", first(&factors, "input[name=demande]")),
        (
            "{membership}",
            first(&memberships, "input[name=rattachement]"),
        ),
        ("{session}", session(world, renee).await),
    ]
}

/// The id of a session of Renée's other than this one.
async fn session(world: &World, renee: &mut Client) -> String {
    let page = open(renee, world, "/compte/appareils").await;
    page.values("[name=session]")
        .pop()
        .unwrap_or_else(|| panic!("{}", page.text))
}

fn fill(text: &str, objects: &[(&'static str, String)]) -> String {
    let replace = |text: String, (name, id): &(&str, String)| text.replace(name, id);
    objects.iter().fold(text.to_owned(), replace)
}

#[test]
fn every_route_of_ones_own_account_is_in_the_table() {
    let sources = [
        include_str!("../../../admin/src/account.rs"),
        include_str!("../../../admin/src/second_factor.rs"),
    ];
    for source in sources {
        let flat: String = source.split_whitespace().collect();
        for route in flat.split(".route(").skip(1) {
            let address = match route.split(',').next().unwrap() {
                "OWN" => "/compte/second-facteur".to_owned(),
                other => other.trim_matches('"').to_owned(),
            };
            if !address.starts_with("/compte") {
                // At log-in, before there is an account to speak of.
                continue;
            }
            for (method, call) in [("GET", "get("), ("POST", "post(")] {
                let listed = ROUTES.iter().any(|(known, at, _)| {
                    *known == method && at.split('?').next() == Some(&address)
                });
                assert!(listed || !route.contains(call), "{method} {address}");
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_changes_or_sees_what_is_somebody_elses() {
    let world = World::start().await.unwrap();
    let mut elsewhere = world.log_in(RENEE).await.unwrap();
    let mut renee = world.log_in(RENEE).await.unwrap();
    let objects = objects(&world, &mut renee).await;
    let kept = async |renee: &mut Client| {
        let mut pages = Vec::new();
        for path in ["/compte/cles", "/compte/second-facteur", "/compte"] {
            pages.push(open(renee, &world, path).await.select("main").join(""));
        }
        pages
    };
    let before = kept(&mut renee).await;
    let mut aline = world.log_in(ALINE).await.unwrap();
    let token = open(&mut aline, &world, "/rattachements").await;
    let token = token.values("input[name=jeton]").remove(0);
    for (method, address, fields) in ROUTES {
        let url = world.url("portail", &fill(address, &objects));
        let page = if *method == "GET" {
            aline.open(&url).await.unwrap()
        } else {
            let fields: Vec<_> = fields
                .iter()
                .map(|(name, value)| ((*name).to_owned(), fill(value, &objects)))
                .chain([("jeton".to_owned(), token.clone())])
                .collect();
            aline.post(&url, &fields).await.unwrap()
        };
        assert_ne!(
            page.heading(),
            "Connexion",
            "{method} {address} logged her out"
        );
        for trace in TRACES {
            assert!(
                !page.text.contains(trace),
                "{method} {address} shows {trace}"
            );
        }
    }
    assert_eq!(kept(&mut renee).await, before);
    let there = open(&mut elsewhere, &world, "/compte").await;
    assert_ne!(there.heading(), "Connexion", "a session of Renée's ended");
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_at_all_is_led_to_the_log_in() {
    let world = World::start().await.unwrap();
    for (method, address, _) in ROUTES {
        let stranger = world.browser().unwrap();
        let asked = Method::from_bytes(method.as_bytes()).unwrap();
        let request = stranger.request(asked, &world.url("portail", address));
        let answer = request.unwrap().send().await.unwrap();
        assert_eq!(
            answer.status(),
            StatusCode::UNAUTHORIZED,
            "{method} {address}"
        );
    }
}
