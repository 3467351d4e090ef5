//! Places on services, as a référente meets them: shown before, refused after, by name and number.

use convergences_tests::client::Page;
use convergences_tests::world::{CORINNE, RENEE, World};
use reqwest::StatusCode;

async fn allow(world: &World, places: &str) -> Page {
    let mut corinne = world.log_in(CORINNE).await.unwrap();
    let edit = world.url("portail", "/cig/collectivites/fontclaire/modifier");
    let form = corinne.open(&edit).await.unwrap();
    let places = [("places-bip", places)];
    corinne.submit(&form, &places).await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_right_beyond_the_places_is_told_by_number_and_refused() {
    let world = World::start().await.unwrap();
    // Renée, Amina and Agnès have BIP.
    let sheet = allow(&world, "3").await;
    assert!(
        sheet.text.contains("3 personnes pour 3 places"),
        "{}",
        sheet.text
    );
    let mut renee = world.log_in(RENEE).await.unwrap();
    let matrix = renee
        .open(&world.url("portail", "/referent/droits"))
        .await
        .unwrap();
    assert!(matrix.text.contains("3 sur 3 places"), "{}", matrix.text);
    let list = world.url("portail", "/referent/agents?q=petit");
    let list = renee.open(&list).await.unwrap();
    let (_, address) = list.links("tbody th a").pop().unwrap();
    let id = address.rsplit('/').next().unwrap().to_owned();
    let form = renee
        .open(&world.url("portail", &format!("{address}/droits")))
        .await
        .unwrap();
    let (_, mut fields) = form.form(&format!("vu-{id}")).unwrap();
    for (name, value) in &mut fields {
        if name.starts_with("droit-") && value.starts_with(&format!("{id}|bip|")) {
            *value = format!("{id}|bip|lecture");
        }
    }
    let post = world.url("portail", "/referent/droits");
    let shown = renee.post(&post, &fields).await.unwrap();
    let summary = shown.select(".error-summary li").join(" ");
    assert!(summary.contains("3 places, 4 personnes"), "{summary}");
    assert!(
        !shown
            .select("main button")
            .contains(&"Enregistrer".to_owned())
    );
    // Sent without a button, it is refused all the same.
    let refused = renee.confirm(&shown).await.unwrap();
    assert_eq!(refused.status, StatusCode::CONFLICT);
    assert!(
        refused.text.contains("3 places, 4 personnes"),
        "{}",
        refused.text
    );

    let sheet = allow(&world, "2").await;
    assert!(sheet.text.contains("Des places manquent"), "{}", sheet.text);
    allow(&world, "4").await;
    let saved = renee.confirm(&shown).await.unwrap();
    assert!(
        saved.text.contains("Les droits sont enregistrés"),
        "{}",
        saved.text
    );
}
