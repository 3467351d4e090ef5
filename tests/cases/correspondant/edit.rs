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
