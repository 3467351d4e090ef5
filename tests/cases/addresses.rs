//! Addresses that are to be confirmed: by a link, after log-in, and who sees that it is not done.

use accounts::{Rounds, UNANSWERED};
use convergences_tests::client::{Client, Page};
use convergences_tests::world::{ALAIN, AMINA, CORINNE, REGINE, RENEE, World};
use reqwest::StatusCode;

const YEAR: i64 = 365 * 86_400;

async fn open(world: &World, client: &mut Client, path: &str) -> Page {
    client.open(&world.url("portail", path)).await.unwrap()
}

/// A year has passed, and everybody is asked.
async fn a_year_later() -> World {
    let world = World::start().await.unwrap();
    world.clock.advance(YEAR);
    let rounds = Rounds {
        confirm_addresses_after: Some(YEAR),
        ..Rounds::default()
    };
    world.product.store.daily_round(&rounds).await.unwrap();
    world
}

#[tokio::test(flavor = "multi_thread")]
async fn a_link_confirms_by_its_button_alone() {
    let world = a_year_later().await;
    let letters = world.mailbox.wait_for(ALAIN, 1).await;
    let text = &letters[0].text;
    let from = text.find("/adresse/").unwrap();
    let path = text.get(from..).unwrap().split_whitespace().next().unwrap();
    let mut nobody = world.browser().unwrap();
    for _ in 0..2 {
        let page = open(&world, &mut nobody, path).await;
        assert_eq!(page.heading(), "Lisez-vous toujours ce courrier\u{a0}?");
        assert!(page.text.contains(ALAIN));
    }
    let page = open(&world, &mut nobody, path).await;
    let page = nobody.confirm(&page).await.unwrap();
    assert_eq!(page.heading(), "Merci, votre adresse est confirmée");
    let page = open(&world, &mut nobody, path).await;
    assert_eq!(page.status, StatusCode::GONE);
    let page = open(&world, &mut nobody, "/adresse/inconnu").await;
    assert_eq!(page.status, StatusCode::NOT_FOUND);
    let token = path.rsplit('/').next().unwrap();
    let page = open(&world, &mut nobody, &format!("/mot-de-passe/{token}")).await;
    assert_eq!(page.status, StatusCode::NOT_FOUND);
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_logs_in_confirms_and_the_referent_sees_who_has_not() {
    let world = a_year_later().await;
    let mut amina = world.log_in(AMINA).await.unwrap();
    let page = open(&world, &mut amina, "/").await;
    assert!(page.text.contains("Lisez-vous toujours ce courrier"));
    let address = world.url("portail", "/compte/adresse");
    let token = page.values("input[name=jeton]").pop().unwrap();
    let page = amina
        .post(&address, &[("jeton".to_owned(), token)])
        .await
        .unwrap();
    assert!(page.text.contains("votre adresse est confirmée"));
    assert!(!page.text.contains("Lisez-vous toujours ce courrier"));

    let mut renee = world.log_in(RENEE).await.unwrap();
    let page = open(&world, &mut renee, "/referent/adresses").await;
    let rows = page.select("tbody tr");
    assert_eq!(rows.len(), 4, "{rows:?}");
    assert!(rows.iter().all(|row| !row.contains("Benali")), "{rows:?}");
    let (_, agent) = page.links("tbody a").pop().unwrap();
    let agent = open(&world, &mut renee, &agent).await;
    assert!(agent.text.contains("À confirmer depuis le 20/11/2027"));
    let todo = open(&world, &mut renee, "/referent").await;
    assert!(!todo.text.contains("Adresses sans réponse"));
    let mut regine = world.log_in(REGINE).await.unwrap();
    let page = open(&world, &mut regine, "/referent/adresses").await;
    assert_eq!(page.select("tbody tr").len(), 1);
    let mut corinne = world.log_in(CORINNE).await.unwrap();
    let sheet = open(&world, &mut corinne, "/cig/collectivites/fontclaire").await;
    assert!(
        sheet
            .text
            .contains("Adresse à confirmer depuis le 20/11/2027")
    );

    world.clock.advance(UNANSWERED);
    let mut renee = world.log_in(RENEE).await.unwrap();
    let todo = open(&world, &mut renee, "/referent").await;
    assert!(
        todo.text.contains("4 personnes n’ont pas confirmé"),
        "{}",
        todo.text
    );
}
