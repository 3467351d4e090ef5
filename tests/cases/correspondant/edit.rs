//! What is written down of a collectivité is corrected.

use super::open;
use convergences_tests::world::{CORINNE, World};
use reqwest::StatusCode;

#[tokio::test(flavor = "multi_thread")]
async fn a_name_and_a_code_insee_are_corrected() {
    let world = World::start().await.unwrap();
    let mut corinne = world.log_in(CORINNE).await.unwrap();
    let form = open(
        &world,
        &mut corinne,
        "/cig/collectivites/montrieux/modifier",
    )
    .await;
    let wrong = [("nom", "Ville de Montrieux"), ("insee", "9")];
    let page = corinne.submit(&form, &wrong).await.unwrap();
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(page.select("#erreur-insee")[0].contains("5 caractères"));
    assert_eq!(page.values("#nom"), ["Ville de Montrieux"]);
    let right = [("nom", "Ville de Montrieux"), ("insee", "93055")];
    let sheet = corinne.submit(&page, &right).await.unwrap();
    assert_eq!(sheet.heading(), "Ville de Montrieux");
    assert!(sheet.text.contains("93055"), "{}", sheet.text);
    // Left empty, it stays.
    let form = open(
        &world,
        &mut corinne,
        "/cig/collectivites/montrieux/modifier",
    )
    .await;
    assert_eq!(form.values("#insee"), ["93055"]);
    let sheet = corinne.submit(&form, &[("insee", "")]).await.unwrap();
    assert!(sheet.text.contains("93055"), "{}", sheet.text);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_siret_that_was_mistyped_is_corrected_unless_it_is_anothers() {
    let world = World::start().await.unwrap();
    let mut corinne = world.log_in(CORINNE).await.unwrap();
    let address = "/cig/collectivites/montrieux/modifier";
    let form = open(&world, &mut corinne, address).await;
    let page = corinne.submit(&form, &[("siret", "73282932000075")]).await;
    let page = page.unwrap();
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(page.select("#erreur-siret")[0].contains("concorde"));
    let sheet = corinne.submit(&page, &[("siret", "732 829 320 00074")]);
    let sheet = sheet.await.unwrap();
    assert!(sheet.text.contains("73282932000074"), "{}", sheet.text);
    // Nobody else can have it by now, and what was typed stays.
    let other = "/cig/collectivites/fontclaire/modifier";
    let form = open(&world, &mut corinne, other).await;
    let page = corinne.submit(&form, &[("siret", "73282932000074")]).await;
    let page = page.unwrap();
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(page.select("#erreur-siret")[0].contains("déjà"));
    assert_eq!(page.values("#siret"), ["73282932000074"]);
    // It is found by it.
    let found = "/cig/collectivites?q=73282932000074";
    let list = open(&world, &mut corinne, found).await;
    assert!(list.text.contains("Montrieux") && !list.text.contains("Fontclaire"));
}
