//! « Pourquoi ? » : the decision itself in words, with its sources and who can change it.

use super::{open, page_of, renee};
use convergences_tests::client::{Client, Page};
use convergences_tests::world::{REGINE, World};
use reqwest::StatusCode;

/// Why somebody opens a service, as a référent reads it.
async fn why(world: &World, client: &mut Client, name: &str, service: &str) -> Page {
    let address = page_of(world, client, name).await;
    open(world, client, &format!("{address}/droits/{service}")).await
}

#[tokio::test(flavor = "multi_thread")]
async fn each_cell_says_where_its_access_comes_from() {
    let world = World::start().await.unwrap();
    let mut renee = renee(&world).await;
    let matrix = open(&world, &mut renee, "/referent/droits").await;
    let links = matrix.links("tbody td a");
    assert_eq!(links.len() % 3, 0, "one a cell: {links:?}");
    let page = why(&world, &mut renee, "Benali Amina", "bip").await;
    assert_eq!(page.heading(), "Amina Benali et BIP\u{a0}: lecture");
    assert_eq!(
        page.select("dl dt"),
        ["Consulter\u{a0}: oui", "Modifier\u{a0}: non"]
    );
    let reasons = page.select("dl dd");
    assert_eq!(reasons[0], "Droit direct de cette personne.");
    assert!(reasons[1].starts_with("Aucun droit"), "{reasons:?}");
    // By a rule, in its sentence.
    let page = why(&world, &mut renee, "Garnier Alain", "net-cotisations").await;
    assert!(
        page.heading().ends_with("modification"),
        "{}",
        page.heading()
    );
    let rule = "Règle de la collectivité\u{a0}: Les agents du service «\u{a0}Paie\u{a0}» accèdent à Net Cotisations (modification).";
    assert_eq!(page.select("dl dd"), [rule, rule]);
    assert!(page.text.contains("Ni son profil ni un droit direct"));
    // One's own rights are somebody else's to change.
    let page = why(&world, &mut renee, "Martin Renée", "bip").await;
    assert!(
        page.text.contains("Ce sont vos propres droits"),
        "{}",
        page.text
    );
    assert!(!page.text.contains("Changer ses droits"));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_blocks_is_said_with_who_can_lift_it() {
    let world = World::start().await.unwrap();
    let mut renee = renee(&world).await;
    let address = page_of(&world, &mut renee, "Benali Amina").await;
    let agent = open(&world, &mut renee, &address).await;
    let filled = [("date", ""), ("pas", "suspend")];
    renee.submit(&agent, &filled).await.unwrap();
    let page = why(&world, &mut renee, "Benali Amina", "bip").await;
    assert!(page.heading().ends_with("aucun"), "{}", page.heading());
    for reason in page.select("dl dd") {
        assert!(
            reason.contains("Un compte suspendu n’ouvre rien"),
            "{reason}"
        );
    }
    assert!(page.text.contains("L’accès est suspendu"), "{}", page.text);
    // The right is still there, and said to be.
    assert!(
        page.text.contains("Droit direct\u{a0}: Lecture"),
        "{}",
        page.text
    );
    // A service that the CIG did not open.
    let mut regine = world.log_in(REGINE).await.unwrap();
    let page = why(&world, &mut regine, "Morel Régine", "net-cotisations").await;
    assert!(page.text.contains("Garde-fou du CIG"), "{}", page.text);
    assert!(page.text.contains("Le CIG, ou votre centre de gestion"));
    let page = why(&world, &mut regine, "Morel Régine", "nulle-part").await;
    assert_eq!(page.status, StatusCode::NOT_FOUND);
}
