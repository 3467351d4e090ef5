//! Programs ask about documents by theme and collection.

use super::program;
use convergences_tests::world::World;
use reqwest::StatusCode;
use serde_json::json;

const CLOSED: &str =
    "Aucun agent n’accède aux documents de BIP sur le thème « Santé et inaptitude ».";

#[tokio::test(flavor = "multi_thread")]
async fn programs_ask_about_documents_by_theme_and_collection() {
    let world = World::start().await.unwrap();
    let (program, _) = program(&world).await;
    let made = program
        .post("/api/v1/rules", &json!({"sentence": CLOSED}))
        .await;
    let address = made.header("location").to_owned();
    let shown = program
        .post(&format!("{address}/draft/preview"), &json!({}))
        .await;
    let publication = json!({"proof": shown.body["proof"], "reason": "essai", "confirm": true});
    let done = program
        .post(&format!("{address}/publication"), &publication)
        .await;
    assert_eq!(done.status, StatusCode::NO_CONTENT, "{}", done.body);
    let benali = program.get("/api/v1/agents?q=benali").await;
    let id = benali.body["items"][0]["id"].as_str().unwrap().to_owned();
    for (what, expected) in [
        ("bip:fiche", Some("allow")),
        ("bip:fiche;theme=Santé et inaptitude", Some("deny")),
        (
            "bip:fiche;theme=Carrière;theme=Santé et inaptitude",
            Some("deny"),
        ),
        (
            "bip:texte;theme=Carrière;collection=Secteur privé",
            Some("allow"),
        ),
        ("bip:fiche;theme=Beauté", None),
        ("bip:fiche;collection=", None),
        (
            "bip:fiche;collection=Secteur privé;collection=Fonds général",
            None,
        ),
        ("bip:fiche;nature=texte", None),
    ] {
        let path = format!("/api/v1/explain?agent={id}&action=lire&what={what}");
        let said = program.get(&path).await;
        assert_eq!(
            said.body["decision"].as_str(),
            expected,
            "{what}: {}",
            said.body
        );
    }
    let question = json!({
        "subject": {"type": "agent", "id": id}, "action": {"name": "lire"}, "resource": {"type": "document"},
        "page": {"limit": 1000},
    });
    let found = program.post("/access/v1/search/resource", &question).await;
    let results = found.body["results"].as_array().unwrap();
    let ids: Vec<_> = results
        .iter()
        .filter_map(|one| one["id"].as_str())
        .collect();
    let open = ids.contains(&"bip:actualite") && ids.contains(&"bip:fiche;theme=Carrière");
    assert!(open, "{ids:?}");
    assert!(!ids.iter().any(|id| id.contains("Santé")), "{ids:?}");
}
