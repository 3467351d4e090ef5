//! What the only référent of a collectivité cannot answer for themself is answered by those above.

use super::open;
use convergences_tests::client::Client;
use convergences_tests::world::{CAMILLE, CORINNE, REGINE, World};
use reqwest::StatusCode;

/// Régine, the only référente of Montrieux, asks to modify in the BIP.
async fn ask(world: &World) -> Client {
    let mut regine = world.log_in(REGINE).await.unwrap();
    let form = open(world, &mut regine, "/demande?service=bip").await;
    let filled = [("message", "Pour préparer la paie"), ("niveau", "ecriture")];
    regine.submit(&form, &filled).await.unwrap();
    regine
}

/// What she may do in the BIP.
async fn access(world: &World, client: &mut Client) -> String {
    let page = open(world, client, "/compte/acces").await;
    let rows = page.select("tbody tr");
    rows.into_iter().find(|row| row.contains("BIP")).unwrap()
}

async fn status(world: &World, client: &mut Client) -> StatusCode {
    client.open(&world.url("bip", "/")).await.unwrap().status
}

#[tokio::test(flavor = "multi_thread")]
async fn the_only_referent_is_answered_by_the_cig() {
    let world = World::start().await.unwrap();
    let mut regine = ask(&world).await;
    let before = access(&world, &mut regine).await;
    let letters = world.mailbox.wait_for(CORINNE, 1).await;
    assert!(
        letters[0].text.contains("seul référent"),
        "{}",
        letters[0].text
    );
    let mut corinne = world.log_in(CORINNE).await.unwrap();
    let todo = open(&world, &mut corinne, "/cig").await;
    assert!(
        todo.text.contains("1 demande d’un référent attend"),
        "{}",
        todo.text
    );
    let page = open(&world, &mut corinne, "/cig/demandes").await;
    assert!(
        page.text.contains("Régine Morel") && page.text.contains("Pour préparer la paie"),
        "{}",
        page.text
    );
    assert!(
        page.text
            .contains("son accès passe de «\u{a0}Lecture\u{a0}» à «\u{a0}Modification\u{a0}»"),
        "{}",
        page.text
    );
    for (filled, why) in [
        ([("fin", "hier"), ("reponse", "oui")], "date de fin à venir"),
        ([("motif", ""), ("reponse", "non")], "écrivez le motif"),
    ] {
        let refused = corinne.submit(&page, &filled).await.unwrap();
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(refused.text.contains(why), "{why}: {}", refused.text);
    }
    let filled = [("fin", "31/12/2027"), ("reponse", "oui")];
    let done = corinne.submit(&page, &filled).await.unwrap();
    assert!(
        done.text.contains("La demande est acceptée"),
        "{}",
        done.text
    );
    let after = access(&world, &mut regine).await;
    assert!(
        !before.contains("odif") && after.contains("odif"),
        "{before} {after}"
    );
    // Whoever answers second is told.
    let mut camille = world.log_in(CAMILLE).await.unwrap();
    let nothing = open(&world, &mut camille, "/cig/demandes").await;
    assert!(nothing.text.contains("Aucune demande n’attend"));
    let again = corinne.submit(&page, &filled).await.unwrap();
    assert_eq!(again.status, StatusCode::NOT_FOUND);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_only_referent_is_reviewed_by_the_cig() {
    let world = World::start().await.unwrap();
    let mut regine = ask(&world).await;
    let mut corinne = world.log_in(CORINNE).await.unwrap();
    let page = open(&world, &mut corinne, "/cig/demandes").await;
    let accept = [
        ("demande", &*page.values("input[name=demande]")[0]),
        ("reponse", "oui"),
    ];
    corinne.submit(&page, &accept).await.unwrap();
    let form = open(&world, &mut regine, "/referent/revues").await;
    let due = [("echeance", "20/12/2026")];
    regine.submit(&form, &due).await.unwrap();
    let page = open(&world, &mut corinne, "/cig/demandes").await;
    assert!(
        page.text.contains("Morel Régine") && page.text.contains("BIP"),
        "{}",
        page.text
    );
    let review = page.values("input[name=revue]").remove(0);
    let taken = [("revue", review.as_str()), ("decision", "retirer")];
    let done = corinne.submit(&page, &taken).await.unwrap();
    assert!(done.text.contains("sont retirés"), "{}", done.text);
    assert_eq!(status(&world, &mut regine).await, StatusCode::FORBIDDEN);
    let again = corinne.submit(&page, &taken).await.unwrap();
    assert_eq!(again.status, StatusCode::CONFLICT);
    let address = format!(
        "/referent/revues/{}?lignes=faites",
        review.rsplit('/').next().unwrap()
    );
    let seen = open(&world, &mut regine, &address).await;
    assert_eq!(seen.status, StatusCode::OK);
}
