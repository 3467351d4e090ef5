//! Two people for a change of rules, asked for by their programs.

use super::{Program, Said, key, program, with};
use crate::referent::regine;
use convergences_tests::world::{REGINE, World};
use reqwest::{Method, StatusCode};
use serde_json::json;

const PATH: &str = "/api/v1/two-people";
const SENTENCE: &str =
    "Les agents du service « Ressources humaines » accèdent à Site Internet du CIG (lecture).";

/// Says whether two are needed.
async fn need(program: &Program<'_>, needed: bool) -> StatusCode {
    let asked = with(
        program.request(Method::PUT, PATH),
        &json!({"needed": needed}),
    );
    Said::of(asked).await.status
}

/// Publishes the draft or ends the rule at that address, as it was just looked at.
async fn decide(program: &Program<'_>, address: &str, preview: &str, step: &str) -> Said {
    let look = format!("{address}/{preview}");
    let shown = program.post(&look, &json!({})).await;
    let made = json!({"proof": shown.body["proof"], "reason": "essai", "confirm": true});
    program.post(&format!("{address}/{step}"), &made).await
}

#[tokio::test(flavor = "multi_thread")]
async fn two_programs_publish_and_end_what_one_does_not() {
    let world = World::start().await.unwrap();
    let (renees, _renee) = program(&world).await;
    assert_eq!(need(&renees, true).await, StatusCode::CONFLICT);
    let mut regine = regine(&world).await;
    let key = key(&world, &mut regine, REGINE).await;
    let regines = Program { world: &world, key };
    for _ in 0..2 {
        // Said twice it is as it was.
        assert_eq!(need(&renees, true).await, StatusCode::NO_CONTENT);
    }
    let made = renees
        .post("/api/v1/rules", &json!({"sentence": SENTENCE}))
        .await;
    let address = made.header("location");
    let publish = ("draft/preview", "publication");
    let alone = decide(&renees, address, publish.0, publish.1).await;
    assert_eq!(alone.status, StatusCode::UNPROCESSABLE_ENTITY);
    let why = alone.body["errors"][0]["detail"].as_str().unwrap();
    assert!(why.contains("un autre référent"), "{}", alone.body);
    let second = decide(&regines, address, publish.0, publish.1).await;
    assert_eq!(second.status, StatusCode::NO_CONTENT, "{}", second.body);
    let end = ("withdrawal/preview", "withdrawal");
    let asked = decide(&renees, address, end.0, end.1).await;
    assert_eq!(asked.status, StatusCode::ACCEPTED, "{}", asked.body);
    let shown = regines.get(address).await;
    assert_eq!(
        shown.body["versions"][0]["end_asked"], true,
        "{}",
        shown.body
    );
    let kept = regines.request(Method::DELETE, &format!("{address}/withdrawal"));
    assert_eq!(Said::of(kept).await.status, StatusCode::NO_CONTENT);
    let shown = regines.get(address).await;
    assert_eq!(
        shown.body["versions"][0]["end_asked"], false,
        "{}",
        shown.body
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn it_takes_two_programs_to_need_one() {
    let world = World::start().await.unwrap();
    let (renees, _renee) = program(&world).await;
    let mut regine = regine(&world).await;
    let key = key(&world, &mut regine, REGINE).await;
    let regines = Program { world: &world, key };
    assert_eq!(need(&renees, false).await, StatusCode::NO_CONTENT);
    assert_eq!(need(&renees, true).await, StatusCode::NO_CONTENT);
    assert_eq!(need(&renees, false).await, StatusCode::ACCEPTED);
    assert_eq!(need(&renees, false).await, StatusCode::FORBIDDEN);
    let state = regines.get(PATH).await;
    assert_eq!(state.body["asked_by"], "Renée Martin");
    // Who says that two are needed still, keeps it.
    assert_eq!(need(&regines, true).await, StatusCode::NO_CONTENT);
    assert_eq!(regines.get(PATH).await.body["end_asked"], false);
    assert_eq!(need(&renees, false).await, StatusCode::ACCEPTED);
    assert_eq!(need(&regines, false).await, StatusCode::NO_CONTENT);
    assert!(renees.get(PATH).await.body["since"].is_null());
}
