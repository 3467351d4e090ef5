//! Both consoles for programs: keys, problems, what is done once, pages; and nobody else's.

mod authzen;
mod authzen_scenario;
mod correspondants;
mod document;
mod documents;
mod habits;
mod rules;
mod stories;
mod table;
mod tenancy;
mod two_people;

use crate::second_factor::enrol;
use accounts::SecondFactorRequirement;
use convergences_tests::client::{Client, Page};
use convergences_tests::world::{ALINE, CORINNE, PIERRE, RENEE, World};
use policies::Role;
use reqwest::{Method, RequestBuilder, StatusCode};
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// An answer to a program.
pub(crate) struct Said {
    status: StatusCode,
    headers: reqwest::header::HeaderMap,
    pub(crate) body: Value,
}

impl Said {
    async fn of(request: RequestBuilder) -> Self {
        let answer = request.send().await.unwrap();
        let (status, headers) = (answer.status(), answer.headers().clone());
        let text = answer.text().await.unwrap();
        let body = serde_json::from_str(&text).unwrap_or(Value::String(text));
        Self {
            status,
            headers,
            body,
        }
    }

    fn header(&self, name: &str) -> &str {
        self.headers
            .get(name)
            .map_or("", |value| value.to_str().unwrap())
    }

    fn problem(&self) -> &str {
        assert_eq!(self.header("content-type"), "application/problem+json");
        self.body["type"].as_str().unwrap()
    }
}

/// A program with a key.
pub(crate) struct Program<'a> {
    world: &'a World,
    key: String,
}

impl Program<'_> {
    fn request(&self, method: Method, path: &str) -> RequestBuilder {
        let client = self.world.browser().unwrap();
        let url = self.world.url("portail", path);
        client.request(method, &url).unwrap().bearer_auth(&self.key)
    }

    pub(crate) async fn get(&self, path: &str) -> Said {
        Said::of(self.request(Method::GET, path)).await
    }

    async fn post(&self, path: &str, body: &Value) -> Said {
        Said::of(with(self.request(Method::POST, path), body)).await
    }
}

fn with(request: RequestBuilder, body: &Value) -> RequestBuilder {
    let request = request.header("Content-Type", "application/json");
    request.body(body.to_string())
}

async fn open(world: &World, client: &mut Client, path: &str) -> Page {
    client.open(&world.url("portail", path)).await.unwrap()
}

/// A key that somebody makes in « Mon compte ».
pub(crate) async fn key(world: &World, client: &mut Client, login: &str) -> String {
    key_for(world, client, login, "actions").await
}

async fn key_for(world: &World, client: &mut Client, login: &str, usage: &str) -> String {
    let form = open(world, client, "/compte/cles/nouvelle").await;
    let filled = [
        ("nom", "Logiciel de paie"),
        ("usage", usage),
        ("mot_de_passe", world.password(login)),
    ];
    let page = client.submit(&form, &filled).await.unwrap();
    page.select(".key")
        .pop()
        .unwrap_or_else(|| panic!("{}", page.text))
}

/// Renée's program, and Renée.
pub(crate) async fn program(world: &World) -> (Program<'_>, Client) {
    let mut renee = world.log_in(RENEE).await.unwrap();
    let key = key(world, &mut renee, RENEE).await;
    (Program { world, key }, renee)
}

fn zoe() -> Value {
    json!({"given_name": "Zoé", "family_name": "Lefèvre", "email": "zoe.lefevre@fontclaire.example"})
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_is_shown_once_and_works_for_its_person() {
    let world = World::start().await.unwrap();
    let (program, mut renee) = program(&world).await;
    let me = program.get("/api/v1/me").await;
    assert_eq!(me.status, StatusCode::OK, "{}", me.body);
    assert_eq!(me.body["email"], RENEE);
    assert_eq!(me.body["collectivite"]["id"], "fontclaire");
    let list = open(&world, &mut renee, "/compte/cles").await;
    assert!(list.text.contains("Logiciel de paie") && !list.text.contains(&program.key));
    // The wrong password makes none.
    let form = open(&world, &mut renee, "/compte/cles/nouvelle").await;
    let wrong = [("nom", "Autre"), ("mot_de_passe", "faux")];
    let page = renee.submit(&form, &wrong).await.unwrap();
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    // Nor does an agent, who sees nobody's.
    let mut aline = world.log_in(ALINE).await.unwrap();
    let page = open(&world, &mut aline, "/compte/cles/nouvelle").await;
    assert_eq!(page.status, StatusCode::FORBIDDEN);
    let page = open(&world, &mut aline, "/compte/cles").await;
    assert!(
        page.text.contains("Vous n’avez pas de clé"),
        "{}",
        page.text
    );
    let (_, revocation) = list
        .links("a")
        .into_iter()
        .find(|(_, address)| address.contains("revocation"))
        .unwrap();
    let page = open(&world, &mut aline, &revocation).await;
    assert_eq!(page.status, StatusCode::NOT_FOUND);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_opens_no_page_and_a_cookie_is_no_key() {
    let world = World::start().await.unwrap();
    let (program, renee) = program(&world).await;
    for (host, path) in [
        ("portail", "/"),
        ("portail", "/referent/agents"),
        ("portail", "/compte/cles"),
        ("bip", "/"),
        ("bip", "/api/v1/search?q=a"),
    ] {
        let client = world.browser().unwrap();
        let request = client.request(Method::GET, &world.url(host, path)).unwrap();
        let said = Said::of(request.bearer_auth(&program.key)).await;
        assert_eq!(said.status, StatusCode::UNAUTHORIZED, "{host}{path}");
    }
    // Each in the other's place.
    let url = world.url("portail", "/api/v1/me");
    let cookie = renee.cookies["portail.localhost"]["convergences"].clone();
    let mut client = world.browser().unwrap();
    let request = client.request(Method::GET, &url).unwrap();
    let said = Said::of(request.bearer_auth(&cookie)).await;
    assert_eq!(said.status, StatusCode::UNAUTHORIZED);
    assert_eq!(said.problem(), "/problems/invalid-key");
    let jar = client
        .cookies
        .entry("portail.localhost".to_owned())
        .or_default();
    jar.insert("convergences".to_owned(), program.key.clone());
    let said = Said::of(client.request(Method::GET, &url).unwrap()).await;
    assert_eq!(said.status, StatusCode::UNAUTHORIZED);
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_has_no_key_is_told_so_and_never_sent_elsewhere() {
    let world = World::start().await.unwrap();
    let stranger = world.browser().unwrap();
    let url = world.url("portail", "/api/v1/agents");
    let request = stranger.request(Method::GET, &url).unwrap();
    let said = Said::of(request.header("Accept", "text/html")).await;
    assert_eq!(said.status, StatusCode::UNAUTHORIZED);
    assert_eq!(said.problem(), "/problems/login-required");
    assert_eq!(said.header("www-authenticate"), "Bearer");
    let forged = format!("cvg_{}", "a".repeat(43));
    for wrong in [&forged, "cvg_", "nonsense"] {
        let request = stranger.request(Method::GET, &url).unwrap();
        let said = Said::of(request.bearer_auth(wrong)).await;
        assert_eq!(said.status, StatusCode::UNAUTHORIZED, "{wrong}");
        assert!(said.header("www-authenticate").starts_with("Bearer"));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_ends_when_it_is_revoked_when_its_day_comes_and_with_the_password() {
    let world = World::start().await.unwrap();
    let (program, mut renee) = program(&world).await;
    let list = open(&world, &mut renee, "/compte/cles").await;
    let (_, end) = list.links("main .hit a").pop().unwrap();
    let confirm = open(&world, &mut renee, &end).await;
    assert_eq!(program.get("/api/v1/me").await.status, StatusCode::OK);
    renee.confirm(&confirm).await.unwrap();
    let said = program.get("/api/v1/me").await;
    assert_eq!(said.problem(), "/problems/invalid-key");
    let program = Program {
        world: &world,
        key: key(&world, &mut renee, RENEE).await,
    };
    // Not idle, not after ten hours as browsers do; on its day.
    world.clock.advance(89 * 86_400);
    assert_eq!(program.get("/api/v1/me").await.status, StatusCode::OK);
    world.clock.advance(86_400);
    assert_eq!(
        program.get("/api/v1/me").await.status,
        StatusCode::UNAUTHORIZED
    );
    let mut renee = world.log_in(RENEE).await.unwrap();
    let program = Program {
        world: &world,
        key: key(&world, &mut renee, RENEE).await,
    };
    let page = open(&world, &mut renee, "/compte/mot-de-passe").await;
    let new = "trois girafes lisent le journal";
    let filled = [
        ("actuel", world.password(RENEE)),
        ("mot_de_passe", new),
        ("confirmation", new),
    ];
    renee.submit(&page, &filled).await.unwrap();
    assert_eq!(
        program.get("/api/v1/me").await.status,
        StatusCode::UNAUTHORIZED
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn who_must_have_a_second_factor_adds_it_before_any_program_works() {
    let world = World::start_with(|config| {
        let roles = [Role::Referent, Role::Correspondant, Role::Partenaire];
        config.gateway.second_factor = SecondFactorRequirement::of(roles);
    })
    .await
    .unwrap();
    for login in [RENEE, CORINNE, PIERRE] {
        let mut client = world.browser().unwrap();
        let page = open(&world, &mut client, "/connexion").await;
        world.fill_in(&mut client, &page, login).await.unwrap();
        let url = world.url("portail", "/api/v1/me");
        let said = Said::of(client.request(Method::GET, &url).unwrap()).await;
        assert_eq!(said.status, StatusCode::FORBIDDEN, "{login}");
        assert_eq!(said.problem(), "/problems/second-factor-required");
        enrol(&world, &mut client, login).await;
        let key = key(&world, &mut client, login).await;
        let program = Program { world: &world, key };
        assert_eq!(program.get("/api/v1/me").await.body["email"], login);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_asked_twice_with_one_key_is_done_once() {
    let world = World::start().await.unwrap();
    let (program, _) = program(&world).await;
    let ask = |key: &str, body: &Value| {
        let request = program.request(Method::POST, "/api/v1/agents");
        Said::of(with(
            request.header("Idempotency-Key", key.to_owned()),
            body,
        ))
    };
    let first = ask("a1", &zoe()).await;
    assert_eq!(first.status, StatusCode::CREATED, "{}", first.body);
    let again = ask("a1", &zoe()).await;
    assert_eq!((again.status, &again.body), (first.status, &first.body));
    assert_eq!(again.header("location"), first.header("location"));
    assert_eq!(again.header("etag"), "\"1\"");
    // Another request must have a key of its own; and without one it is done anew, which finds her.
    let other = ask(
        "a1",
        &json!({"given_name": "A", "family_name": "B", "email": "a.b@fontclaire.example"}),
    )
    .await;
    assert_eq!(other.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(other.problem(), "/problems/idempotency-key-reused");
    assert_eq!(ask("a2", &zoe()).await.problem(), "/problems/doubtful");
    // What was refused was not done, and may be mended under the same key.
    let wrong = json!({"given_name": "", "family_name": "B", "email": "b"});
    let refused = ask("a3", &wrong).await;
    assert_eq!(refused.problem(), "/problems/invalid");
    let pointers: Vec<_> = refused.body["errors"]
        .as_array()
        .unwrap()
        .iter()
        .map(|e| e["pointer"].as_str().unwrap().to_owned())
        .collect();
    assert_eq!(pointers, ["/given_name", "/email"]);
    let mended = json!({"given_name": "A", "family_name": "B", "email": "a.b@fontclaire.example"});
    assert_eq!(ask("a3", &mended).await.status, StatusCode::CREATED);
    // A day later the key is forgotten.
    world.clock.advance(86_401);
    assert_eq!(ask("a1", &zoe()).await.problem(), "/problems/doubtful");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_leaves_nobody_out_and_tells_nobody_twice() {
    let world = World::start().await.unwrap();
    let (program, _) = program(&world).await;
    let (mut seen, mut cursor, mut pages) = (Vec::new(), String::new(), 0);
    loop {
        let page = program
            .get(&format!("/api/v1/agents?limit=2&cursor={cursor}"))
            .await;
        assert_eq!(page.status, StatusCode::OK, "{}", page.body);
        for agent in page.body["items"].as_array().unwrap() {
            seen.push(agent["email"].as_str().unwrap().to_owned());
        }
        pages += 1;
        if pages == 1 {
            // First of all: an offset would now tell somebody twice.
            let new =
                json!({"given_name": "Aa", "family_name": "Aa", "email": "aa@fontclaire.example"});
            assert_eq!(
                program.post("/api/v1/agents", &new).await.status,
                StatusCode::CREATED
            );
        }
        match page.body["next_cursor"].as_str() {
            Some(next) => cursor = next.to_owned(),
            None => break,
        }
    }
    let all = program.get("/api/v1/agents?limit=200").await;
    let distinct: BTreeSet<_> = seen.iter().collect();
    assert_eq!(distinct.len(), seen.len(), "{seen:?}");
    assert_eq!(all.body["items"].as_array().unwrap().len(), seen.len() + 1);
    for wrong in [
        "limit=0",
        "limit=201",
        "limit=x",
        "cursor=xyz",
        "etat=autre",
    ] {
        let said = program.get(&format!("/api/v1/agents?{wrong}")).await;
        assert_eq!(said.problem(), "/problems/bad-parameter", "{wrong}");
    }
}
