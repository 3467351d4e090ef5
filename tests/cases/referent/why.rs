//! « Pourquoi ? » : the decision itself in words, with its sources and who can change it.

use super::{open, page_of, renee};
use convergences_tests::client::{Client, Page};
use convergences_tests::world::{REGINE, World};
use reqwest::StatusCode;

const ASK: &str = "/referent/pourquoi";
const PAST: &str = "/referent/droits/passe";

/// Why somebody opens a service, as a référent reads it.
async fn why(world: &World, client: &mut Client, name: &str, service: &str) -> Page {
    let address = page_of(world, client, name).await;
    open(world, client, &format!("{address}/droits/{service}")).await
}

/// Sends a form that asks and changes nothing.
async fn ask(world: &World, client: &mut Client, path: &str, fields: &[(&str, &str)]) -> Page {
    let address = reqwest::Url::parse_with_params(&world.url("portail", path), fields);
    client.open(address.unwrap().as_str()).await.unwrap()
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
    assert!(
        reasons[0].starts_with("Droit direct de cette personne. Donné le"),
        "{reasons:?}"
    );
    assert!(reasons[1].starts_with("Aucun droit"), "{reasons:?}");
    // By a rule, in its sentence.
    let page = why(&world, &mut renee, "Garnier Alain", "net-cotisations").await;
    assert!(
        page.heading().ends_with("modification"),
        "{}",
        page.heading()
    );
    let rule = "Règle de la collectivité\u{a0}: Les agents du service «\u{a0}Paie\u{a0}» accèdent à Net Cotisations (modification).";
    let said = page.select("dl dd");
    let named = said
        .iter()
        .all(|said| said.starts_with(rule) && said.contains("Publiée le 20 novembre 2026"));
    assert!(said.len() == 2 && named, "{said:?}");
    let (_, rule) = page.links("dl dd a").remove(0);
    let rule = open(&world, &mut renee, &rule).await;
    assert_eq!(rule.heading(), "Règle en vigueur");
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

#[tokio::test(flavor = "multi_thread")]
async fn an_address_and_a_moment_are_explained_by_the_rules_of_then() {
    let world = World::start().await.unwrap();
    world.clock.advance(3600);
    // Alain loses Net Cotisations, which a rule gave him.
    let mut renee = renee(&world).await;
    let end = "/referent/regles/paie-net-cotisations/retrait";
    let page = open(&world, &mut renee, end).await;
    renee.submit(&page, &[("motif", "fin")]).await.unwrap();
    world.clock.advance(3600);
    let mut renee = self::renee(&world).await;
    let address = world.url("www", "/espace-reserve/page?a=b");
    let asked = [
        ("agent", "alain.garnier@fontclaire.example"),
        ("adresse", &*address),
    ];
    let page = ask(&world, &mut renee, ASK, &asked).await;
    assert!(
        page.heading()
            .contains("rubrique «\u{a0}Espace réservé\u{a0}»"),
        "{}",
        page.heading()
    );
    let asked = [("agent", "Alain Garnier"), ("adresse", "net cotisations")];
    let page = ask(&world, &mut renee, ASK, &asked).await;
    assert!(page.heading().ends_with("aucun"), "{}", page.heading());
    let here = page.url.path().to_owned();
    // Two hours ago, before the end of the rule.
    let then = [("jour", "20/11/2026"), ("heure", "10:30")];
    let page = ask(&world, &mut renee, &here, &then).await;
    assert!(
        page.heading().ends_with("modification"),
        "{}",
        page.heading()
    );
    let said = page.select("dl dd").join(" ");
    assert!(
        said.contains("Les agents du service") && said.contains("Publiée le"),
        "{said}"
    );
    assert!(
        page.text.contains("sont ceux de ce moment-là"),
        "{}",
        page.text
    );
    let wrong = [("jour", "hier"), ("heure", "10:30")];
    let page = ask(&world, &mut renee, &here, &wrong).await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    let before = [("jour", "20/11/2025"), ("heure", "10:30")];
    let page = ask(&world, &mut renee, &here, &before).await;
    assert!(
        page.text.contains("l’historique commence plus tard"),
        "{}",
        page.text
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn who_could_open_what_at_a_past_moment_is_listed_and_downloaded() {
    let world = World::start().await.unwrap();
    world.clock.advance(3600);
    let mut renee = renee(&world).await;
    let address = page_of(&world, &mut renee, "Benali Amina").await;
    let agent = open(&world, &mut renee, &address).await;
    renee
        .submit(&agent, &[("date", ""), ("pas", "suspend")])
        .await
        .unwrap();
    world.clock.advance(3600);
    let mut renee = self::renee(&world).await;
    for (jour, word) in [("demain", "jj/mm/aaaa"), ("20/12/2026", "moment passé")] {
        let asked = [("jour", jour), ("heure", "10:30")];
        let page = ask(&world, &mut renee, PAST, &asked).await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY, "{jour}");
        assert!(
            page.text.contains(word) || page.text.contains("31/12/2026"),
            "{}",
            page.text
        );
    }
    let of = async |renee: &mut Client, hour: &str| {
        let asked = [("jour", "20/11/2026"), ("heure", hour)];
        let page = ask(&world, renee, PAST, &asked).await;
        let rows = page.select("section[aria-label='Accès de ce moment'] tbody tr");
        let amina = rows
            .iter()
            .find(|row| row.contains("Amina Benali"))
            .cloned();
        (page, amina.unwrap_or_default())
    };
    let (page, amina) = of(&mut renee, "10:30").await;
    assert!(amina.contains("Lecture"), "{amina}");
    let file = page.links("p[role=status] a").remove(0).1;
    let file = open(&world, &mut renee, &file).await;
    assert!(
        file.text.contains("Amina Benali;") && file.text.contains("Alain Garnier;"),
        "{}",
        file.text
    );
    let (_, amina) = of(&mut renee, "11:30").await;
    assert!(!amina.contains("Lecture"), "{amina}");
    let early = [("jour", "20/11/2025"), ("heure", "10:30")];
    let page = ask(&world, &mut renee, PAST, &early).await;
    assert!(page.text.contains("Rien n’est connu"), "{}", page.text);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_question_about_nobody_or_nothing_is_sent_back() {
    let world = World::start().await.unwrap();
    let mut renee = renee(&world).await;
    for (agent, address, word) in [
        (
            "Alain Garnier",
            "https://ailleurs.example/",
            "n’est celle d’aucun service",
        ),
        ("Nadia Inconnue", "Net Cotisations", "n’est le nom"),
        ("", "BIP", "Écrivez le prénom"),
        ("", "", "Écrivez le prénom"),
    ] {
        let asked = [("agent", agent), ("adresse", address)];
        let page = ask(&world, &mut renee, ASK, &asked).await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY, "{address}");
        let errors = page.select(".error-summary li").join(" ");
        assert!(errors.contains(word), "{errors}");
    }
}
