//! What comes once a year or once in a while, done by a program: reviews, transfers, networks.

use super::stories::{agent, change};
use super::{Program, Said, key, program};
use convergences_tests::world::{REGINE, World};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

#[tokio::test(flavor = "multi_thread")]
async fn a_review_is_opened_decided_and_signed() {
    let world = World::start().await.unwrap();
    let (program, _) = program(&world).await;
    let soon = json!({"due": "2026-11-21"});
    let soon = program.post("/api/v1/reviews", &soon).await;
    assert_eq!(soon.body["errors"][0]["pointer"], "/due");
    let due = json!({"due": "2026-12-20"});
    let opened = program.post("/api/v1/reviews", &due).await;
    assert_eq!(opened.status, StatusCode::CREATED, "{}", opened.body);
    let address = opened.header("location").to_owned();
    let twice = program.post("/api/v1/reviews", &due).await;
    assert_eq!(twice.problem(), "/problems/review-open");
    let lines = program.get(&format!("{address}/lines")).await;
    let lines = lines.body["items"].as_array().unwrap().clone();
    let named = |name: &str| {
        let mut found = lines.iter().filter(|line| line["name"] == name);
        found.next().unwrap()["agent"].clone()
    };
    // She does not decide about herself, and a withdrawal is shown first.
    let decisions = format!("{address}/decisions");
    let keep = |agent: Value| json!({"agents": [agent], "decision": "keep"});
    let own = program.post(&decisions, &keep(named("Martin Renée"))).await;
    assert_eq!(own.status, StatusCode::FORBIDDEN, "{}", own.body);
    let unchanged = json!({"agents": [named("Benali Amina")], "decision": "change"});
    let unchanged = program.post(&decisions, &unchanged).await;
    assert_eq!(unchanged.problem(), "/problems/unchanged");
    let mut withdraw = json!({"agents": [named("Benali Amina")], "decision": "withdraw"});
    let unshown = program.post(&decisions, &withdraw).await;
    assert_eq!(unshown.problem(), "/problems/preview-required");
    let shown = program
        .post(&format!("{decisions}/preview"), &withdraw)
        .await;
    assert_eq!(
        shown.body["losses"][0]["name"], "Amina Benali",
        "{}",
        shown.body
    );
    withdraw["proof"] = shown.body["proof"].clone();
    let done = program.post(&decisions, &withdraw).await;
    assert_eq!(done.status, StatusCode::NO_CONTENT, "{}", done.body);
    let again = program.post(&decisions, &withdraw).await;
    assert_eq!(again.problem(), "/problems/decided", "{}", again.body);
    let early = program
        .post(&format!("{address}/close"), &Value::Null)
        .await;
    assert_eq!(early.status, StatusCode::CONFLICT, "{}", early.body);
    for line in lines.iter().filter(|line| line["locked"] == "") {
        program.post(&decisions, &keep(line["agent"].clone())).await;
    }
    let closed = Said::of(program.request(Method::POST, &format!("{address}/close"))).await;
    assert!(closed.body["closed_at"].is_string(), "{}", closed.body);
    let report = program.get(&format!("{address}/report")).await;
    assert_eq!(report.body["holds"], true, "{}", report.body);
}

/// Amina is on the way to Montrieux.
async fn release(program: &Program<'_>) -> String {
    let (address, amina) = agent(program, "benali").await;
    let found = program.get("/api/v1/receivers?q=montri").await;
    let to = found.body["items"][0]["id"].clone();
    let at = (
        &*format!("{address}/transfer"),
        amina["version"].as_i64().unwrap(),
    );
    let past = json!({"to": to, "last_day": "2026-01-01"});
    let past = change(program, Method::PUT, at, &past).await;
    assert_eq!(past.body["errors"][0]["pointer"], "/last_day");
    let nowhere = json!({"to": "nowhere", "last_day": "2026-12-31"});
    let nowhere = change(program, Method::PUT, at, &nowhere).await;
    assert_eq!(nowhere.body["errors"][0]["pointer"], "/to");
    let body = json!({"to": to, "last_day": "2026-12-31"});
    let released = change(program, Method::PUT, at, &body).await;
    assert_eq!(released.status, StatusCode::OK, "{}", released.body);
    at.0.to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn somebody_is_released_by_one_program_and_accepted_by_another() {
    let world = World::start().await.unwrap();
    let (program, _) = program(&world).await;
    let address = release(&program).await;
    let mut regine = world.log_in(REGINE).await.unwrap();
    let key = key(&world, &mut regine, REGINE).await;
    let there = Program { world: &world, key };
    let arrivals = there.get("/api/v1/arrivals").await;
    let arrival = &arrivals.body["items"][0];
    assert_eq!(arrival["from"], "Ville de Fontclaire", "{}", arrivals.body);
    let answer = format!(
        "/api/v1/arrivals/{}/answer",
        arrival["id"].as_str().unwrap()
    );
    let mute = there.post(&answer, &json!({"accept": false})).await;
    assert_eq!(mute.body["errors"][0]["pointer"], "/reason");
    let accepted = there.post(&answer, &json!({"accept": true})).await;
    assert_eq!(accepted.body["given_name"], "Amina", "{}", accepted.body);
    let again = there.post(&answer, &json!({"accept": true})).await;
    assert_eq!(again.status, StatusCode::NOT_FOUND);
    assert_eq!(program.get(&address).await.status, StatusCode::NOT_FOUND);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_network_is_proposed_changed_and_removed() {
    let world = World::start().await.unwrap();
    let (program, _) = program(&world).await;
    let networks = "/api/v1/networks";
    let wrong = json!({"name": "", "addresses": ["192.168.1.1"]});
    let wrong = program.post(networks, &wrong).await;
    let pointers: Vec<_> = wrong.body["errors"].as_array().unwrap().iter().collect();
    assert_eq!(pointers.len(), 2, "{}", wrong.body);
    let new = json!({"name": "Mairie", "addresses": ["203.0.113.5"]});
    let made = program.post(networks, &new).await;
    assert_eq!(
        (made.status, &made.body["state"]),
        (StatusCode::CREATED, &json!("proposed"))
    );
    assert_eq!(
        program.post(networks, &new).await.status,
        StatusCode::UNPROCESSABLE_ENTITY
    );
    let at = made.header("location").to_owned();
    let other = json!({"addresses": ["203.0.113.64/26"]});
    let changed = change(&program, Method::PUT, (&at, 1), &other).await;
    assert_eq!(
        changed.body["proposed"],
        json!(["203.0.113.64/26"]),
        "{}",
        changed.body
    );
    let stale = change(&program, Method::PUT, (&at, 1), &other).await;
    assert_eq!(stale.status, StatusCode::PRECONDITION_FAILED);
    let request = program
        .request(Method::DELETE, &at)
        .header("If-Match", "\"2\"");
    assert_eq!(Said::of(request).await.status, StatusCode::NO_CONTENT);
    assert_eq!(program.get(&at).await.status, StatusCode::NOT_FOUND);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_invitation_is_sent_to_the_right_address_and_a_group_gets_its_name() {
    let world = World::start().await.unwrap();
    let (program, _) = program(&world).await;
    let new =
        json!({"given_name": "Zoé", "family_name": "Lefèvre", "email": "zoé@fontclaire.example"});
    let wrong = program.post("/api/v1/agents", &new).await;
    assert_eq!(wrong.body["errors"][0]["pointer"], "/email");
    let new =
        json!({"given_name": "Zoé", "family_name": "Lefèvre", "email": "zoe@fontclare.example"});
    let made = program.post("/api/v1/agents", &new).await;
    let id = made.body["id"].as_str().unwrap();
    let at = format!("/api/v1/agents/{id}/invitation");
    let email = json!({"email": "zoe@fontclaire.example"});
    let redirected = change(&program, Method::PUT, (&at, 1), &email).await;
    assert_eq!(
        redirected.body["email"], email["email"],
        "{}",
        redirected.body
    );
    world.mailbox.wait_for("zoe@fontclaire.example", 1).await;
    let group = program
        .post("/api/v1/groups", &json!({"name": "Archives"}))
        .await;
    let at = format!("/api/v1/groups/{}", group.body["id"].as_str().unwrap());
    let renamed = change(&program, Method::PUT, (&at, 1), &json!({"name": "Mémoire"})).await;
    assert_eq!(renamed.body["name"], "Mémoire", "{}", renamed.body);
    let request = program
        .request(Method::DELETE, &at)
        .header("If-Match", "\"2\"");
    assert_eq!(Said::of(request).await.status, StatusCode::NO_CONTENT);
}
