//! What a référent does in the console, done by a program.

use super::{Program, Said, program, with};
use convergences_tests::world::{ALINE, AMINA, World};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

/// The address of somebody, and their version.
pub(super) async fn agent(program: &Program<'_>, search: &str) -> (String, Value) {
    let found = program.get(&format!("/api/v1/agents?q={search}")).await;
    let agent = found.body["items"][0].clone();
    let id = agent["id"].as_str().unwrap();
    (format!("/api/v1/agents/{id}"), agent)
}

pub(super) async fn change(
    program: &Program<'_>,
    method: Method,
    at: (&str, i64),
    body: &Value,
) -> Said {
    let (path, version) = at;
    let request = program.request(method, path);
    Said::of(with(
        request.header("If-Match", format!("\"{version}\"")),
        body,
    ))
    .await
}

async fn status(world: &World, login: &str, host: &str) -> StatusCode {
    let mut client = world.log_in(login).await.unwrap();
    client.open(&world.url(host, "/")).await.unwrap().status
}

#[tokio::test(flavor = "multi_thread")]
async fn a_right_is_saved_only_with_the_proof_that_its_effect_was_shown() {
    let world = World::start().await.unwrap();
    let (program, _) = program(&world).await;
    let (address, aline) = agent(&program, "petit").await;
    let right = |level: &str| {
        json!({"agents": [{"id": aline["id"], "version": aline["version"],
            "rights": [{"service": "bip", "level": level, "until": "2027-12-31"}]}]})
    };
    let unproved = program.post("/api/v1/rights", &right("lecture")).await;
    assert_eq!(unproved.problem(), "/problems/preview-required");
    let shown = program
        .post("/api/v1/rights/preview", &right("lecture"))
        .await;
    assert_eq!(shown.status, StatusCode::OK, "{}", shown.body);
    assert_eq!(shown.body["gains"][0]["name"], "Aline Petit");
    assert_eq!(status(&world, ALINE, "bip").await, StatusCode::FORBIDDEN);
    // The proof is of this change, and of no other.
    let proved = |level: &str| {
        let mut body = right(level);
        body["proof"] = shown.body["proof"].clone();
        body
    };
    let other = program.post("/api/v1/rights", &proved("ecriture")).await;
    assert_eq!(other.problem(), "/problems/preview-required");
    let saved = program.post("/api/v1/rights", &proved("lecture")).await;
    assert_eq!(saved.status, StatusCode::NO_CONTENT, "{}", saved.body);
    assert_eq!(status(&world, ALINE, "bip").await, StatusCode::OK);
    let rights = program.get(&format!("{address}/rights")).await;
    let services = rights.body["services"].as_array().unwrap();
    let bip = services
        .iter()
        .find(|cell| cell["service"] == "bip")
        .unwrap();
    assert_eq!(
        (&bip["source"], &bip["until"]),
        (&json!("direct"), &json!("31/12/2027"))
    );
    // Who gave it is told wherever it decides.
    let why = format!("/api/v1/explain?agent={ALINE}&action=ouvrir&what=bip");
    let why = program.get(&why).await;
    let right = &why.body["rules"][0];
    assert_eq!(right["id"], "droit/bip/lecture", "{}", why.body);
    assert_eq!(right["author"], "Renée Martin", "{}", why.body);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_step_needs_the_version_that_was_read() {
    let world = World::start().await.unwrap();
    let (program, _) = program(&world).await;
    let (address, amina) = agent(&program, "benali").await;
    let mut client = world.log_in(AMINA).await.unwrap();
    let state = format!("{address}/state");
    let version = amina["version"].as_i64().unwrap();
    let suspend = json!({"step": "suspend"});
    let said = program.post(&state, &suspend).await;
    assert_eq!(said.problem(), "/problems/version-required");
    let said = change(&program, Method::POST, (&state, version + 1), &suspend).await;
    assert_eq!(said.status, StatusCode::PRECONDITION_FAILED);
    let said = change(&program, Method::POST, (&state, version), &suspend).await;
    assert_eq!(said.body["standing"], "suspendu", "{}", said.body);
    assert_eq!(said.header("etag"), format!("\"{}\"", version + 1));
    let page = client.open(&world.url("bip", "/")).await.unwrap();
    assert_eq!(page.status, StatusCode::FORBIDDEN);
    let past = json!({"step": "leave", "date": "2020-01-01"});
    let said = change(&program, Method::POST, (&state, version + 1), &past).await;
    assert_eq!(said.body["errors"][0]["pointer"], "/date");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_record_is_corrected_and_another_profile_is_shown_first() {
    let world = World::start().await.unwrap();
    let (program, _) = program(&world).await;
    let (address, aline) = agent(&program, "petit").await;
    let version = aline["version"].as_i64().unwrap();
    let name = json!({"given_name": "Alice"});
    let said = change(&program, Method::PATCH, (&address, version), &name).await;
    assert_eq!(said.body["given_name"], "Alice", "{}", said.body);
    assert_eq!(said.body["family_name"], "Petit");
    let stale = change(&program, Method::PATCH, (&address, version), &name).await;
    assert_eq!(stale.problem(), "/problems/stale");
    let new = json!({"name": "Lecture BIP", "rights": [{"service": "bip", "level": "lecture"}]});
    let profile = program.post("/api/v1/profiles", &new).await;
    assert_eq!(profile.status, StatusCode::CREATED, "{}", profile.body);
    let mut body = json!({"profile": profile.body["id"]});
    let said = change(&program, Method::PATCH, (&address, version + 1), &body).await;
    assert_eq!(said.problem(), "/problems/preview-required");
    let shown = program.post(&format!("{address}/preview"), &body).await;
    assert_eq!(
        shown.body["gains"].as_array().unwrap().len(),
        1,
        "{}",
        shown.body
    );
    body["proof"] = shown.body["proof"].clone();
    let said = change(&program, Method::PATCH, (&address, version + 1), &body).await;
    assert_eq!(said.body["profile"], profile.body["id"], "{}", said.body);
    assert_eq!(status(&world, ALINE, "bip").await, StatusCode::OK);
    // Whoever has it loses when it gives no more; and it stays while somebody has it.
    let path = format!("/api/v1/profiles/{}", profile.body["id"].as_str().unwrap());
    let mut body = json!({"name": "Lecture BIP", "rights": []});
    let shown = program.post(&format!("{path}/preview"), &body).await;
    assert_eq!(shown.body["losses"][0]["name"], "Alice Petit");
    let kept = Said::of(program.request(Method::DELETE, &path)).await;
    assert_eq!(kept.problem(), "/problems/profile-in-use");
    body["proof"] = shown.body["proof"].clone();
    let said = change(&program, Method::PUT, (&path, 1), &body).await;
    assert_eq!(said.body["version"], 2, "{}", said.body);
    assert_eq!(status(&world, ALINE, "bip").await, StatusCode::FORBIDDEN);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_profile_is_given_and_taken_away_after_a_preview() {
    let world = World::start().await.unwrap();
    let (program, _) = program(&world).await;
    let new = json!({"name": "Lecture BIP", "rights": [{"service": "bip", "level": "lecture"}]});
    let profile = program.post("/api/v1/profiles", &new).await;
    let (_, aline) = agent(&program, "petit").await;
    let seen = json!([{"id": aline["id"], "version": aline["version"]}]);
    let mut body = json!({"profile": profile.body["id"], "agents": seen});
    let path = "/api/v1/profile-assignments";
    let shown = program.post(&format!("{path}/preview"), &body).await;
    assert_eq!(
        shown.body["gains"].as_array().unwrap().len(),
        1,
        "{}",
        shown.body
    );
    assert_eq!(
        program.post(path, &body).await.problem(),
        "/problems/preview-required"
    );
    body["proof"] = shown.body["proof"].clone();
    assert_eq!(
        program.post(path, &body).await.status,
        StatusCode::NO_CONTENT
    );
    assert_eq!(program.post(path, &body).await.problem(), "/problems/stale");
    assert_eq!(status(&world, ALINE, "bip").await, StatusCode::OK);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_is_looked_at_then_applied_once_and_the_journal_tells() {
    let world = World::start().await.unwrap();
    let (program, _) = program(&world).await;
    let file = "Prénom;Nom;Courriel\nZoé;Lefèvre;zoe.lefevre@fontclaire.example\nA;;b";
    let request = program.request(Method::POST, "/api/v1/imports");
    let taken = Said::of(request.header("Content-Type", "text/csv").body(file)).await;
    assert_eq!(taken.status, StatusCode::CREATED, "{}", taken.body);
    let plan = &taken.body["plan"];
    assert_eq!(
        (&plan["new"], &plan["errors"][0]["row"]),
        (&json!(1), &json!(3))
    );
    let path = taken.header("location").to_owned();
    let apply = format!("{path}/apply");
    let wrong = program.post(&apply, &json!({"proof": "autre"})).await;
    assert_eq!(wrong.problem(), "/problems/preview-required");
    let applied = program.post(&apply, &json!({"proof": plan["proof"]})).await;
    assert_eq!(applied.body["state"], "applied", "{}", applied.body);
    assert_eq!(
        program.get(&path).await.body["report"],
        applied.body["report"]
    );
    let again = program.post(&apply, &json!({"proof": plan["proof"]})).await;
    assert_eq!(again.status, StatusCode::CONFLICT, "{}", again.body);
    let (address, zoe) = agent(&program, "lefevre").await;
    assert_eq!(zoe["standing"], "invite");
    let invitation = format!("{address}/invitation");
    for method in [Method::POST, Method::DELETE] {
        let said = Said::of(program.request(method.clone(), &invitation)).await;
        assert_eq!(
            said.status,
            StatusCode::NO_CONTENT,
            "{method}: {}",
            said.body
        );
    }
    let journal = program.get("/api/v1/journal").await;
    let acts: Vec<_> = journal.body["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|entry| entry["act"].as_str().unwrap())
        .collect();
    for act in [
        "journal.read",
        "invitation.revoke",
        "import.apply",
        "membership.add",
        "key.add",
    ] {
        assert!(acts.contains(&act), "{act} is not among {acts:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_access_request_is_answered() {
    let world = World::start().await.unwrap();
    let (program, _) = program(&world).await;
    let mut aline = world.log_in(ALINE).await.unwrap();
    let form = super::open(&world, &mut aline, "/demande?service=bip").await;
    aline
        .submit(&form, &[("message", "Pour la paie")])
        .await
        .unwrap();
    let waiting = program.get("/api/v1/access-requests").await;
    let request = &waiting.body["items"][0];
    assert_eq!(request["message"], "Pour la paie");
    let path = format!(
        "/api/v1/access-requests/{}/answer",
        request["id"].as_str().unwrap()
    );
    let silent = program.post(&path, &json!({"grant": false})).await;
    assert_eq!(silent.body["errors"][0]["pointer"], "/reason");
    let granted = program
        .post(&path, &json!({"grant": true, "until": "2027-01-31"}))
        .await;
    assert_eq!(granted.status, StatusCode::NO_CONTENT, "{}", granted.body);
    assert_eq!(status(&world, ALINE, "bip").await, StatusCode::OK);
    assert_eq!(
        program.post(&path, &json!({"grant": true})).await.problem(),
        "/problems/not-found"
    );
}
