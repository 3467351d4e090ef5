//! Every operation of the document, tried by everybody who must find nothing there.

use super::document::document;
use super::table::{Example, Whose, examples};
use super::{Program, Said, key, program, with};
use convergences_tests::world::{AGNES, ALINE, CORINNE, PIERRE, REGINE, RENEE, World};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

/// What of Fontclaire nobody else may see.
const TRACES: [&str; 8] = [
    "Petit",
    "Aline",
    "Renée",
    "Lefèvre",
    "Durand",
    "Profil de Fontclaire",
    "203.0.113.77",
    "fontclaire",
];

/// Corinne's program, of the CIG.
async fn corinnes(world: &World) -> Program<'_> {
    let mut corinne = world.log_in(CORINNE).await.unwrap();
    let key = key(world, &mut corinne, CORINNE).await;
    Program { world, key }
}

/// Objects of Fontclaire, by the names that paths and bodies use.
async fn objects(world: &World, program: &Program<'_>) -> Vec<(&'static str, String)> {
    let mut objects = within(world, program).await;
    objects.extend(from_above(world).await);
    objects
}

/// Those that its référente sees.
async fn within(world: &World, program: &Program<'_>) -> Vec<(&'static str, String)> {
    let id = |said: &Said| said.body["id"].as_str().unwrap().to_owned();
    let profile = json!({"name": "Profil de Fontclaire", "rights": []});
    let profile = program.post("/api/v1/profiles", &profile).await;
    let group = json!({"name": "Paie de Fontclaire"});
    let group = program.post("/api/v1/groups", &group).await;
    let found = program.get("/api/v1/agents?q=petit").await;
    let request = program.request(Method::POST, "/api/v1/imports");
    let request = request.header("Content-Type", "text/csv");
    let import = Said::of(request.body("Prénom;Nom;Courriel\nA;B;essai@fontclaire.example")).await;
    let mut aline = world.log_in(ALINE).await.unwrap();
    let form = super::open(world, &mut aline, "/demande?service=bip").await;
    aline.submit(&form, &[("message", "")]).await.unwrap();
    let asked = program.get("/api/v1/access-requests").await;
    let transfer = amina_on_the_way(program).await;
    let first = |said: &Said| said.body["items"][0]["id"].as_str().unwrap().to_owned();
    vec![
        ("{agent}", first(&found)),
        ("{profile}", id(&profile)),
        ("{group}", id(&group)),
        ("{import}", id(&import)),
        ("{request}", first(&asked)),
        ("{transfer}", transfer),
        ("{rule}", "paie-net-cotisations".to_owned()),
    ]
}

/// Amina is on the way to the CCAS, by the transfer of this id.
async fn amina_on_the_way(program: &Program<'_>) -> String {
    let found = program.get("/api/v1/agents?q=benali").await;
    let id = found.body["items"][0]["id"].as_str().unwrap();
    let ccas = program.get("/api/v1/receivers?q=ccas").await;
    let release = json!({"to": ccas.body["items"][0]["id"], "last_day": "2026-12-31"});
    let path = format!("/api/v1/agents/{id}/transfer");
    let request = program.request(Method::PUT, &path);
    let request = request.header("If-Match", "\"1\"");
    let released = Said::of(with(request, &release)).await;
    assert_eq!(released.status, StatusCode::OK, "{}", released.body);
    let transfer = program.get(&path).await;
    transfer.body["id"].as_str().unwrap().to_owned()
}

/// Those that the CIG sees.
async fn from_above(world: &World) -> Vec<(&'static str, String)> {
    let corinnes = corinnes(world).await;
    let case = json!({"given_name": "Zoé", "family_name": "Durand", "email": "zoe.durand@fontclaire.example",
        "authority_name": "Thérèse Vidal", "authority_title": "Maire"});
    let path = "/api/v1/collectivites/fontclaire";
    let case = corinnes.post(&format!("{path}/designations"), &case).await;
    let referents = corinnes.get(&format!("{path}/referents")).await;
    let mut renee = world.log_in(RENEE).await.unwrap();
    let form = super::open(world, &mut renee, "/referent/reseaux").await;
    let network = [("nom", "mairie"), ("adresses", "203.0.113.77")];
    let networks = renee.submit(&form, &network).await.unwrap();
    let form = super::open(world, &mut renee, "/demande?service=bip").await;
    renee.submit(&form, &[("message", "")]).await.unwrap();
    let form = super::open(world, &mut renee, "/referent/revues").await;
    let due = [("echeance", "20/12/2026")];
    renee.submit(&form, &due).await.unwrap();
    let requests = corinnes.get("/api/v1/sole-referents/requests").await;
    let lines = corinnes.get("/api/v1/sole-referents/review-lines").await;
    let line = |of: &str| lines.body["items"][0][of].as_str().unwrap().to_owned();
    let import = corinnes.request(Method::POST, "/api/v1/collectivite-imports");
    let import = import.header("Content-Type", "text/csv");
    let import = Said::of(import.body("Nom;SIRET;Type\nCommune de Durand;1;collectivite")).await;
    let id = |said: &Value| said["id"].as_str().unwrap().to_owned();
    vec![
        ("{collectivite}", "fontclaire".to_owned()),
        ("{case}", id(&case.body)),
        ("{person}", id(&referents.body["items"][0])),
        ("{network}", networks.values("input[name=reseau]").remove(0)),
        ("{registration}", id(&import.body)),
        ("{sole-request}", id(&requests.body["items"][0]["request"])),
        ("{sole-review}", line("review")),
        (
            "{review}",
            line("review").rsplit('/').next().unwrap().to_owned(),
        ),
        ("{sole}", line("agent")),
    ]
}

/// What the CIG reads of Fontclaire.
async fn seen_from_above(program: &Program<'_>) -> Vec<Value> {
    let mut seen = Vec::new();
    for path in [
        "/api/v1/collectivites/fontclaire",
        "/api/v1/collectivites/fontclaire/designations",
        "/api/v1/collectivites/fontclaire/referents",
        "/api/v1/collectivites?limit=200",
        "/api/v1/proposed-networks",
    ] {
        let said = program.get(path).await;
        assert_eq!(said.status, StatusCode::OK, "{path}: {}", said.body);
        seen.push(said.body);
    }
    seen
}

fn expect_no_trace(example: &Example, said: &Said) {
    let text = said.body.to_string();
    for trace in TRACES {
        assert!(!text.contains(trace), "{} shows {trace}", example.at());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn another_towns_program_finds_no_trace_and_does_nothing() {
    let world = World::start().await.unwrap();
    let (renees, _) = program(&world).await;
    let examples = examples(&document(&world).await, &objects(&world, &renees).await);
    let before = renees.get("/api/v1/agents?limit=200").await;
    let mut regine = world.log_in(REGINE).await.unwrap();
    let regines = key(&world, &mut regine, REGINE).await;
    let nobody = world.browser().unwrap();
    for example in &examples {
        let said = Said::of(example.on(&nobody, &world).bearer_auth(&regines)).await;
        let refused = match example.whose {
            Whose::Correspondants => said.status == StatusCode::FORBIDDEN,
            _ if example.foreign => {
                matches!(said.status, StatusCode::NOT_FOUND | StatusCode::CONFLICT)
            }
            _ => true,
        };
        assert!(refused, "{}: {}", example.at(), said.body);
        expect_no_trace(example, &said);
    }
    let after = renees.get("/api/v1/agents?limit=200").await;
    assert_eq!(before.body, after.body);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_program_of_another_cdg_finds_no_trace_and_does_nothing() {
    let world = World::start().await.unwrap();
    let (renees, _) = program(&world).await;
    let examples = examples(&document(&world).await, &objects(&world, &renees).await);
    let corinnes = corinnes(&world).await;
    let before = seen_from_above(&corinnes).await;
    let mut pierre = world.log_in(PIERRE).await.unwrap();
    let pierres = key(&world, &mut pierre, PIERRE).await;
    let nobody = world.browser().unwrap();
    for example in &examples {
        let said = Said::of(example.on(&nobody, &world).bearer_auth(&pierres)).await;
        let refused = match example.whose {
            Whose::Referents => said.status == StatusCode::FORBIDDEN,
            _ if example.foreign => said.status == StatusCode::NOT_FOUND,
            _ => true,
        };
        assert!(refused, "{}: {}", example.at(), said.body);
        expect_no_trace(example, &said);
    }
    // Nor by a name or a number that they know.
    for which in ["q=fontclaire", "q=a", "cdg=cig", "department=93", ""] {
        let path = format!("/api/v1/collectivites?{which}");
        let client = nobody.request(Method::GET, &world.url("portail", &path));
        let said = Said::of(client.unwrap().bearer_auth(&pierres)).await;
        assert_eq!(said.status, StatusCode::OK, "{which}: {}", said.body);
        let text = said.body.to_string();
        assert!(!text.contains("ontclaire"), "{which}: {text}");
    }
    assert_eq!(before, seen_from_above(&corinnes).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_has_not_that_role_is_refused() {
    let world = World::start().await.unwrap();
    let (renees, _) = program(&world).await;
    let examples = examples(&document(&world).await, &objects(&world, &renees).await);
    for (login, own) in [
        (ALINE, None),
        (AGNES, None),
        (CORINNE, Some(Whose::Correspondants)),
        (PIERRE, Some(Whose::Correspondants)),
        (RENEE, Some(Whose::Referents)),
        (REGINE, Some(Whose::Referents)),
    ] {
        let client = world.log_in(login).await.unwrap();
        let others = |example: &&Example| {
            let everybodys = example.whose == Whose::Everybody && own.is_some();
            own != Some(example.whose) && !everybodys
        };
        for example in examples.iter().filter(others) {
            let request = example.on(&client, &world);
            let said = Said::of(request.header("Sec-Fetch-Site", "same-origin")).await;
            assert_eq!(
                said.status,
                StatusCode::FORBIDDEN,
                "{login}: {}",
                example.at()
            );
            assert_eq!(
                said.problem(),
                "/problems/forbidden",
                "{login}: {}",
                example.at()
            );
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_key_that_serves_nothing_is_said_or_done() {
    let world = World::start().await.unwrap();
    let (renees, mut renee) = program(&world).await;
    let examples = examples(&document(&world).await, &objects(&world, &renees).await);
    let list = super::open(&world, &mut renee, "/compte/cles").await;
    let (_, end) = list.links("main .hit a").pop().unwrap();
    let expired = key(&world, &mut renee, RENEE).await;
    let confirm = super::open(&world, &mut renee, &end).await;
    renee.confirm(&confirm).await.unwrap();
    world.clock.advance(90 * 86_400);
    let forged = format!("cvg_{}", "a".repeat(43));
    let nobody = world.browser().unwrap();
    for example in &examples {
        for wrong in [None, Some(&renees.key), Some(&expired), Some(&forged)] {
            let request = example.on(&nobody, &world);
            let request = match wrong {
                Some(key) => request.bearer_auth(key),
                None => request.header("Accept", "text/html"),
            };
            let said = Said::of(request).await;
            assert_eq!(said.status, StatusCode::UNAUTHORIZED, "{}", example.at());
            assert!(said.problem().starts_with("/problems/"), "{}", example.at());
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cookie_alone_writes_nothing() {
    let world = World::start().await.unwrap();
    let (renees, renee) = program(&world).await;
    let corinne = world.log_in(CORINNE).await.unwrap();
    let examples = examples(&document(&world).await, &objects(&world, &renees).await);
    for example in examples
        .iter()
        .filter(|example| example.method != Method::GET)
    {
        let whose = match example.whose {
            Whose::Correspondants => &corinne,
            _ => &renee,
        };
        for site in [None, Some("cross-site"), Some("same-site")] {
            let request = example.on(whose, &world);
            let request = match site {
                Some(site) => request.header("Sec-Fetch-Site", site),
                None => request,
            };
            let said = Said::of(request).await;
            assert_eq!(
                said.problem(),
                "/problems/foreign-origin",
                "{}",
                example.at()
            );
        }
    }
    // A page of ours may, and a key beside a cookie needs none of it.
    let url = world.url("portail", "/api/v1/groups");
    let new = |name: &str| json!({"name": name});
    let request = renee.request(Method::POST, &url).unwrap();
    let request = with(
        request.header("Sec-Fetch-Site", "same-origin"),
        &new("Voirie"),
    );
    assert_eq!(Said::of(request).await.status, StatusCode::CREATED);
    let request = renee.request(Method::POST, &url).unwrap();
    let request = with(request.bearer_auth(&renees.key), &new("Crèche"));
    assert_eq!(Said::of(request).await.status, StatusCode::CREATED);
}
