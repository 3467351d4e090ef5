//! Rules by a program: prepared as a sentence, looked at, published; and each access explained.

use super::{Program, key, program};
use convergences_tests::world::{REGINE, World};
use reqwest::StatusCode;
use serde_json::{Value, json};

const SENTENCE: &str =
    "Tous les agents accèdent à Site Internet du CIG (lecture), le vendredi de 7 h à 20 h.";

/// A draft of that sentence, by its address.
async fn prepare(program: &Program<'_>) -> String {
    let made = program
        .post("/api/v1/rules", &json!({"sentence": SENTENCE}))
        .await;
    assert_eq!(made.status, StatusCode::CREATED, "{}", made.body);
    made.header("location").to_owned()
}

/// Whether Aline may open the reserved pages, on that Friday.
async fn explain(program: &Program<'_>, at: &str) -> Value {
    let aline = program.get("/api/v1/agents?q=petit").await;
    let id = aline.body["items"][0]["id"].as_str().unwrap().to_owned();
    let path = format!("/api/v1/explain?agent={id}&action=ouvrir&what=site/espace-reserve&at={at}");
    let said = program.get(&path).await;
    assert_eq!(said.status, StatusCode::OK, "{}", said.body);
    said.body
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rule_is_prepared_shown_published_and_explains_what_it_opens() {
    let world = World::start().await.unwrap();
    let (program, _) = program(&world).await;
    let address = prepare(&program).await;
    let shown = program
        .post(&format!("{address}/draft/preview"), &json!({}))
        .await;
    assert_eq!(shown.status, StatusCode::OK, "{}", shown.body);
    assert_eq!(shown.body["gains"][0]["after"], "Lecture", "{}", shown.body);
    let publication = format!("{address}/publication");
    let unproved = program
        .post(&publication, &json!({"reason": "essai"}))
        .await;
    assert_eq!(unproved.problem(), "/problems/preview-required");
    let proof = &shown.body["proof"];
    let mute = program.post(&publication, &json!({"proof": proof})).await;
    assert_eq!(mute.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(mute.body["errors"][0]["pointer"], "/reason");
    let friday = "2026-11-20T10:00:00%2B01:00";
    assert_eq!(explain(&program, friday).await["decision"], "deny");
    let made = json!({"proof": proof, "reason": "essai", "confirm": true});
    let published = program.post(&publication, &made).await;
    assert_eq!(
        published.status,
        StatusCode::NO_CONTENT,
        "{}",
        published.body
    );
    let told = explain(&program, friday).await;
    assert_eq!(told["decision"], "allow", "{told}");
    let rule = &told["rules"][0];
    assert_eq!(
        rule["sentence"].as_str().unwrap().replace('\u{a0}', " "),
        SENTENCE
    );
    assert_eq!(
        (&rule["author"], &rule["because"]),
        (&json!("Renée Martin"), &json!("essai"))
    );
    let told = explain(&program, "2026-11-20T21:00:00%2B01:00").await;
    assert_eq!(told["decision"], "deny");
    assert_eq!(
        told["missed"][0]["unmet"][0]
            .as_str()
            .unwrap()
            .replace('\u{a0}', " "),
        "de 7 h à 20 h"
    );
    let end = program
        .post(&format!("{address}/withdrawal/preview"), &json!({}))
        .await;
    let made = json!({"proof": end.body["proof"], "reason": "fin", "confirm": true});
    let ended = program.post(&format!("{address}/withdrawal"), &made).await;
    assert_eq!(ended.status, StatusCode::NO_CONTENT, "{}", ended.body);
    assert_eq!(explain(&program, friday).await["decision"], "deny");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_rule_is_told_with_its_place() {
    let world = World::start().await.unwrap();
    let (program, _) = program(&world).await;
    for (body, pointer, said) in [
        (
            json!({"sentence": "Tous les chats accèdent à BIP."}),
            "/sentence",
            "",
        ),
        (
            json!({"text": "@libelle(\"a\") permit (principal, action, resource);"}),
            "/text",
            "que les agents de votre collectivité",
        ),
        (
            json!({"sentence": SENTENCE, "text": "permit"}),
            "/text",
            "pas les deux",
        ),
    ] {
        let refused = program.post("/api/v1/rules", &body).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{body}");
        let mistake = &refused.body["errors"][0];
        assert_eq!(mistake["pointer"], pointer, "{}", refused.body);
        assert!(
            mistake["detail"].as_str().unwrap().contains(said),
            "{}",
            refused.body
        );
    }
    let question = "/api/v1/explain?agent=x&action=ouvrir&what=nulle-part";
    assert_eq!(
        program.get(question).await.problem(),
        "/problems/bad-parameter"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn another_towns_agent_is_not_explained() {
    let world = World::start().await.unwrap();
    let (program, _) = program(&world).await;
    let aline = program.get("/api/v1/agents?q=petit").await;
    let id = aline.body["items"][0]["id"].as_str().unwrap().to_owned();
    let mut regine = world.log_in(REGINE).await.unwrap();
    let regines = Program {
        world: &world,
        key: key(&world, &mut regine, REGINE).await,
    };
    for id in [
        id.clone(),
        format!("fontclaire/{id}"),
        format!("..%2Ffontclaire%2F{id}"),
    ] {
        let path = format!("/api/v1/explain?agent={id}&action=ouvrir&what=bip");
        let said = regines.get(&path).await;
        assert_eq!(said.status, StatusCode::NOT_FOUND, "{}", said.body);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_looked_at_besides_does_not_spoil_the_proof() {
    let world = World::start().await.unwrap();
    let (program, _) = program(&world).await;
    let text = r#"@libelle("Le soir, BIP est fermé")
forbid (principal in Collectivite::"fontclaire", action in [Action::"lecture", Action::"ecriture"], resource in Service::"bip")
when { context.heure >= duration("18h") };"#;
    let made = program.post("/api/v1/rules", &json!({"text": text})).await;
    let address = made.header("location").to_owned();
    let evening = json!({"at": "2026-11-20T19:00:00+01:00"});
    let preview = format!("{address}/draft/preview");
    let shown = program.post(&preview, &evening).await;
    assert_ne!(shown.body["losses"], json!([]), "{}", shown.body);
    let made = json!({"proof": shown.body["proof"], "reason": "le soir", "confirm": true});
    let published = program.post(&format!("{address}/publication"), &made).await;
    assert_eq!(
        published.status,
        StatusCode::NO_CONTENT,
        "{}",
        published.body
    );
}
