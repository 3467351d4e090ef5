//! Every operation of the document, tried by everybody who must find nothing there.

use super::document::{document, operations};
use super::{Program, Said, key, program, with};
use convergences_tests::client::Client;
use convergences_tests::world::{AGNES, ALINE, CORINNE, PIERRE, REGINE, RENEE, World};
use reqwest::{Method, RequestBuilder, StatusCode};
use serde_json::{Value, json};

/// What of Fontclaire no other town may see.
const TRACES: [&str; 6] = [
    "Petit",
    "Aline",
    "Renée",
    "Lefèvre",
    "Profil de Fontclaire",
    "fontclaire",
];

/// A request that would do what an operation does.
struct Example {
    method: Method,
    path: String,
    body: Option<String>,
    kind: &'static str,
    /// Whether it names an object of Fontclaire.
    foreign: bool,
}

/// The body of each operation that takes one, which names objects as the paths do; an operation that
/// is not here fails the test.
fn body(operation: &str) -> Option<(&'static str, Value)> {
    let record = json!({"given_name": "A"});
    let profile = json!({"name": "Autre", "rights": []});
    let own = json!([{"service": "bip", "level": "ecriture"}]);
    let rights = json!({"agents": [{"id": "{agent}", "version": 1, "rights": own}]});
    let assignment = json!({"profile": "{profile}", "agents": [{"id": "{agent}", "version": 1}]});
    let new = json!({"given_name": "A", "family_name": "B", "email": "a@b.example", "profile": "{profile}"});
    let json = "application/json";
    Some(match operation {
        "getMe" | "listAgents" | "getAgent" | "getRights" | "listProfiles" | "getProfile"
        | "listGroups" | "listAccessRequests" | "listJournal" | "getImport" | "sendInvitation"
        | "revokeInvitation" | "removeProfile" => ("", Value::Null),
        "enrolAgent" => (json, new),
        "correctAgent" | "previewRecord" => (json, record),
        "takeStep" => (json, json!({"step": "delete"})),
        "previewRights" | "changeRights" => (json, rights),
        "addProfile" | "previewProfile" | "changeProfile" => (json, profile),
        "previewAssignment" | "assignProfile" => (json, assignment),
        "addGroup" => (json, json!({"name": ""})),
        "answerAccessRequest" => (json, json!({"grant": true})),
        "takeImport" => (
            "text/csv",
            Value::String("Prénom;Nom;Courriel\nA;;a@b.example".to_owned()),
        ),
        "applyImport" => (json, json!({"proof": "aucune"})),
        _ => return None,
    })
}

/// Objects of Fontclaire, by the names that paths and bodies use.
async fn objects(world: &World, program: &Program<'_>) -> Vec<(&'static str, String)> {
    let id = |said: &Said| said.body["id"].as_str().unwrap().to_owned();
    let profile = json!({"name": "Profil de Fontclaire", "rights": []});
    let profile = program.post("/api/v1/profiles", &profile).await;
    let found = program.get("/api/v1/agents?q=petit").await;
    let request = program.request(Method::POST, "/api/v1/imports");
    let request = request.header("Content-Type", "text/csv");
    let import = Said::of(request.body("Prénom;Nom;Courriel\nA;B;essai@fontclaire.example")).await;
    let mut aline = world.log_in(ALINE).await.unwrap();
    let form = super::open(world, &mut aline, "/demande?service=bip").await;
    aline.submit(&form, &[("message", "")]).await.unwrap();
    let asked = program.get("/api/v1/access-requests").await;
    let first = |said: &Said| said.body["items"][0]["id"].as_str().unwrap().to_owned();
    vec![
        ("{agent}", first(&found)),
        ("{profile}", id(&profile)),
        ("{import}", id(&import)),
        ("{request}", first(&asked)),
    ]
}

/// One for each operation of the document.
fn examples(document: &Value, objects: &[(&'static str, String)]) -> Vec<Example> {
    let fill = |text: &str| {
        let replace = |text: String, (name, id): &(&str, String)| text.replace(name, id);
        objects.iter().fold(text.to_owned(), replace)
    };
    let example = |(path, method, operation): (String, String, Value)| {
        let id = operation["operationId"].as_str().unwrap();
        let (kind, body) = body(id).unwrap_or_else(|| panic!("{id} has no example"));
        let named = ["agents", "profiles", "imports", "access-requests"]
            .iter()
            .zip(["{agent}", "{profile}", "{import}", "{request}"])
            .find(|(kind, _)| path.starts_with(&format!("/api/v1/{kind}/")));
        let path = named.map_or(path.clone(), |(_, name)| path.replace("{id}", name));
        let body = match body {
            Value::Null => None,
            Value::String(text) => Some(text),
            body => Some(body.to_string()),
        };
        let in_body = |body: &String| objects.iter().any(|(name, _)| body.contains(name));
        Example {
            method: method.to_uppercase().parse().unwrap(),
            foreign: path.contains('{') || body.as_ref().is_some_and(in_body),
            path: fill(&path),
            body: body.as_deref().map(fill),
            kind,
        }
    };
    operations(document).into_iter().map(example).collect()
}

impl Example {
    fn on(&self, client: &Client, world: &World) -> RequestBuilder {
        let url = world.url("portail", &self.path);
        let request = client.request(self.method.clone(), &url).unwrap();
        let request = request.header("If-Match", "\"1\"");
        match &self.body {
            Some(body) => request.header("Content-Type", self.kind).body(body.clone()),
            None => request,
        }
    }

    fn at(&self) -> String {
        format!("{} {}", self.method, self.path)
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
        let refused = matches!(said.status, StatusCode::NOT_FOUND | StatusCode::CONFLICT);
        assert!(
            refused || !example.foreign,
            "{}: {}",
            example.at(),
            said.body
        );
        let text = said.body.to_string();
        for trace in TRACES {
            assert!(!text.contains(trace), "{} shows {trace}", example.at());
        }
    }
    let after = renees.get("/api/v1/agents?limit=200").await;
    assert_eq!(before.body, after.body);
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_administers_nothing_here_is_refused_everything() {
    let world = World::start().await.unwrap();
    let (renees, _) = program(&world).await;
    let examples = examples(&document(&world).await, &objects(&world, &renees).await);
    for login in [ALINE, AGNES, CORINNE, PIERRE] {
        let client = world.log_in(login).await.unwrap();
        for example in &examples {
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
    let examples = examples(&document(&world).await, &objects(&world, &renees).await);
    for example in examples
        .iter()
        .filter(|example| example.method != Method::GET)
    {
        for site in [None, Some("cross-site"), Some("same-site")] {
            let request = example.on(&renee, &world);
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
