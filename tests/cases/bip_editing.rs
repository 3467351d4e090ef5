//! Documents of BIP written through the gateway, on SQLite and on PostgreSQL: by whom the right was given, and
//! published by the clock.

use convergences_tests::client::{Client, Page};
use convergences_tests::database::Database;
use convergences_tests::world::{AMINA, CAMILLE, CORINNE, World};
use policies::Classification;
use reqwest::Method;
use search::{Coverage, Library, Tables};
use std::time::Duration;

const SHEET: &str = "/redaction/documents/conge";
const CONGE: &str = r###"{"id":"conge","kind":"fiche","title":"Congé de longue maladie","body":"## Durée\nTrois ans au plus.","source_url":"","licence":""}"###;

/// A world whose content is in a database.
async fn world(database: &Database) -> World {
    let library = Library::open(database.url(), Tables::Migrate)
        .await
        .unwrap();
    let sorts = Classification::default();
    library
        .import(CONGE.as_bytes(), &sorts, Coverage::Part, 1, |_, _| ())
        .await
        .unwrap();
    let content = database.url().to_owned();
    let world = World::start_with(|config| {
        if let Some(bip) = &mut config.bip {
            bip.content = content;
            bip.data = bip.data.join("of-its-own");
        }
    });
    world.await.unwrap()
}

/// Posts the form of a page that has this field, as a browser that knows `Origin` only.
async fn send(client: &mut Client, page: &Page, filled: &[(&str, &str)]) -> Page {
    let (name, _) = filled[0];
    let (action, mut fields) = page.form(name).unwrap();
    for (name, value) in filled {
        fields.retain(|(field, _)| field != name);
        fields.push(((*name).to_owned(), (*value).to_owned()));
    }
    let url = page.url.join(&action).unwrap();
    let answer = client
        .request(Method::POST, url.as_str())
        .unwrap()
        .header("origin", url.origin().ascii_serialization())
        .form(&fields)
        .send()
        .await
        .unwrap();
    let to = answer
        .headers()
        .get("location")
        .map(|to| to.to_str().unwrap().to_owned());
    let text = answer.text().await.unwrap();
    let to = to.unwrap_or_else(|| panic!("{url}: {text}"));
    client.open(url.join(&to).unwrap().as_str()).await.unwrap()
}

/// Opens a page until it says something, ten seconds at most.
async fn until(client: &mut Client, url: &str, says: &str) -> Page {
    let found = async {
        loop {
            let page = client.open(url).await.unwrap();
            if page.text.contains(says) {
                return page;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    };
    let found = tokio::time::timeout(Duration::from_secs(10), found).await;
    found.unwrap_or_else(|_| panic!("{url} does not say {says}"))
}

async fn a_sheet_is_revised_planned_and_published_by_the_clock(database: Database) {
    let world = world(&database).await;
    let mut amina = world.log_in(AMINA).await.unwrap();
    let mut corinne = world.log_in(CORINNE).await.unwrap();
    let read = world.url("bip", "/documents/conge");
    until(&mut amina, &read, "Trois ans").await;
    let page = until(&mut corinne, &world.url("bip", SHEET), "Trois ans").await;
    let body = "## Durée\n\nCinq ans **au plus**.";
    let page = send(&mut corinne, &page, &[("body", body)]).await;
    assert!(
        page.text.contains("Cinq ans <strong>au plus</strong>"),
        "{}",
        page.text
    );
    let page = send(
        &mut corinne,
        &page,
        &[("date", "2026-11-21"), ("time", "08:00")],
    )
    .await;
    assert!(
        page.text.contains("La publication est programmée"),
        "{}",
        page.text
    );
    assert!(amina.open(&read).await.unwrap().text.contains("Trois ans"));
    // Its moment, and the next round of the node.
    world.clock.advance(22 * 3600);
    let mut amina = world.log_in(AMINA).await.unwrap();
    let page = until(&mut amina, &read, "Cinq ans").await;
    assert!(
        page.text.contains("21/11/2026") && page.text.contains("/changements"),
        "{}",
        page.text
    );
    let library = Library::open(database.url(), Tables::Expect).await.unwrap();
    let sorts = Classification::default();
    let again = library.import(CONGE.as_bytes(), &sorts, Coverage::Part, 2, |_, _| ());
    assert_eq!(again.await.unwrap().kept, 1);
    let mut corinne = world.log_in(CORINNE).await.unwrap();
    let page = corinne
        .open(&world.url("bip", &format!("{SHEET}/retrait")))
        .await
        .unwrap();
    let page = send(
        &mut corinne,
        &page,
        &[("base", &page.values("input[name=base]")[0])],
    )
    .await;
    assert!(
        page.text.contains("Le document est retiré"),
        "{}",
        page.text
    );
    until(&mut amina, &read, "Page introuvable").await;
}

async fn nothing_is_published_by_the_clock_for_who_may_not_any_more(database: Database) {
    let world = world(&database).await;
    let mut corinne = world.log_in(CORINNE).await.unwrap();
    let form = until(&mut corinne, &world.url("bip", SHEET), "Trois ans").await;
    let page = send(&mut corinne, &form, &[("body", "Cinq ans.")]).await;
    let moment = [("date", "2026-11-21"), ("time", "08:00")];
    send(&mut corinne, &page, &moment).await;
    let store = &world.product.store;
    let account = store.find_account(CORINNE).await.unwrap().unwrap();
    let membership = &store.list_memberships(&account.id).await.unwrap()[0].id;
    store
        .revoke_grants(membership, &"bip".into(), "test")
        .await
        .unwrap();
    world.clock.advance(22 * 3600 - 60);
    // The node has had its round when it publishes what somebody else planned for the same moment.
    let mut camille = world.log_in(CAMILLE).await.unwrap();
    let new = world.url("bip", "/redaction/nouveau");
    let form = camille.open(&new).await.unwrap();
    let page = send(&mut camille, &form, &[("title", "Autre"), ("body", "x")]).await;
    send(
        &mut camille,
        &page,
        &[("date", "2026-11-21"), ("time", "08:01")],
    )
    .await;
    world.clock.advance(180);
    let read = world.url("bip", "/documents/cig-autre");
    until(&mut camille, &read, "Fiche").await;
    let unchanged = camille
        .open(&world.url("bip", "/documents/conge"))
        .await
        .unwrap();
    assert!(unchanged.text.contains("Trois ans"), "{}", unchanged.text);
    let desk = camille.open(&world.url("bip", "/redaction")).await.unwrap();
    assert!(desk.text.contains("elle n’a pas eu lieu"), "{}", desk.text);
}

async fn two_who_save_or_publish_at_once_are_one_after_the_other(database: Database) {
    let world = world(&database).await;
    let mut corinne = world.log_in(CORINNE).await.unwrap();
    let form = until(&mut corinne, &world.url("bip", SHEET), "Trois ans").await;
    send(&mut corinne, &form, &[("body", "Cinq ans.")]).await;
    let preview = corinne
        .open(&world.url("bip", &format!("{SHEET}/apercu")))
        .await
        .unwrap();
    let (_, fields) = preview.form("base").unwrap();
    let publish = async || {
        let url = world.url("bip", &format!("{SHEET}/publication"));
        let request = corinne.request(Method::POST, &url).unwrap();
        let request = request
            .header("sec-fetch-site", "same-origin")
            .form(&fields);
        let answer = request.send().await.unwrap();
        let to = answer.headers().get("location");
        to.is_some_and(|to| to.to_str().unwrap().contains("fait=publie"))
    };
    let (one, other) = tokio::join!(publish(), publish());
    assert!(one ^ other, "{one} {other}");
    let library = Library::open(database.url(), Tables::Expect).await.unwrap();
    assert_eq!(library.holdings().await.unwrap().versions, 1);
}

on_both![
    nothing_is_published_by_the_clock_for_who_may_not_any_more,
    a_sheet_is_revised_planned_and_published_by_the_clock,
    two_who_save_or_publish_at_once_are_one_after_the_other,
];
