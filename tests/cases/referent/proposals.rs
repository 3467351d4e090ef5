//! Somebody who has an account is asked by a letter, and answers without having to log in.

use super::{open, page_of, renee};
use convergences_tests::client::{Client, Page};
use convergences_tests::world::{ALINE, REGINE, World};
use reqwest::StatusCode;

/// Aline has left Fontclaire, and Montrieux takes her on: the link of the letter to her.
async fn taken_on_elsewhere(world: &World) -> (Client, String) {
    let mut renee = renee(world).await;
    let address = page_of(world, &mut renee, "Petit Aline").await;
    let page = open(world, &mut renee, &address).await;
    let version = page.values("input[name=version]").remove(0);
    let gone = [("pas", "delete"), ("version", version.as_str())];
    renee.submit(&page, &gone).await.unwrap();
    let mut regine = world.log_in(REGINE).await.unwrap();
    let form = open(world, &mut regine, "/referent/agents/nouveau").await;
    let filled = [("prenom", "Aline"), ("nom", "Petit"), ("courriel", ALINE)];
    regine.submit(&form, &filled).await.unwrap();
    let letters = world.mailbox.wait_for(ALINE, 1).await;
    let link = letters.last().unwrap().link().unwrap().to_owned();
    let (_, path) = link.split_once("/invitation/").unwrap();
    (regine, world.url("portail", &format!("/invitation/{path}")))
}

async fn answer(client: &mut Client, page: &Page, yes: &str) -> Page {
    let (action, _) = page.form("accepter").unwrap_or_else(|_| {
        let action = page.url.path().to_owned();
        (action, Vec::new())
    });
    let url = page.url.join(&action).unwrap();
    let fields = [("accepter".to_owned(), yes.to_owned())];
    client.post(url.as_str(), &fields).await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_belongs_nowhere_any_more_accepts_by_the_letter_and_logs_in() {
    let world = World::start().await.unwrap();
    let (_, link) = taken_on_elsewhere(&world).await;
    assert!(world.log_in(ALINE).await.is_err());
    let mut aline = world.browser().unwrap();
    let page = aline.open(&link).await.unwrap();
    assert_eq!(
        page.heading(),
        "Commune de Montrieux souhaite vous rattacher"
    );
    assert_eq!(page.headers["referrer-policy"], "no-referrer");
    // Opening it answered nothing.
    assert!(world.log_in(ALINE).await.is_err());
    let done = answer(&mut aline, &page, "oui").await;
    assert!(
        done.heading().starts_with("Vous êtes rattaché à"),
        "{}",
        done.text
    );
    let mut aline = world.log_in(ALINE).await.unwrap();
    let home = open(&world, &mut aline, "/compte/acces").await;
    assert!(home.text.contains("Régine Morel"), "{}", home.text);
    // Once.
    let again = answer(&mut world.browser().unwrap(), &page, "non").await;
    assert_eq!(again.status, StatusCode::GONE);
    assert!(world.log_in(ALINE).await.is_ok());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_withdrawn_or_replaced_proposal_attaches_nobody() {
    let world = World::start().await.unwrap();
    let (mut regine, link) = taken_on_elsewhere(&world).await;
    let mut aline = world.browser().unwrap();
    let mut wrong = link.clone();
    let last = if wrong.pop() == Some('0') { '1' } else { '0' };
    wrong.push(last);
    let unknown = aline.open(&wrong).await.unwrap();
    assert_eq!(unknown.status, StatusCode::NOT_FOUND);
    let page = aline.open(&link).await.unwrap();
    let address = page_of(&world, &mut regine, "Petit Aline").await;
    let record = open(&world, &mut regine, &address).await;
    let token = record.values("input[name=jeton]").remove(0);
    let revoke = [
        ("jeton".to_owned(), token),
        ("pas".to_owned(), "revoke".to_owned()),
    ];
    let to = world.url("portail", &format!("{address}/invitation"));
    regine.post(&to, &revoke).await.unwrap();
    let refused = answer(&mut aline, &page, "oui").await;
    assert_eq!(refused.status, StatusCode::NOT_FOUND);
    assert!(world.log_in(ALINE).await.is_err());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refusal_is_told_and_is_no_deletion() {
    let world = World::start().await.unwrap();
    let (mut regine, link) = taken_on_elsewhere(&world).await;
    let mut aline = world.browser().unwrap();
    let page = aline.open(&link).await.unwrap();
    answer(&mut aline, &page, "non").await;
    let letters = world.mailbox.wait_for(REGINE, 1).await;
    assert!(
        letters[0].text.contains("refuse d’être rattachée"),
        "{}",
        letters[0].text
    );
    let list = open(&world, &mut regine, "/referent/agents?etat=supprime").await;
    assert!(
        list.text.contains("A refusé le rattachement le"),
        "{}",
        list.text
    );
    // Calling back the record asks nobody again by itself.
    let (_, address) = list.links("main th a").remove(0);
    let record = open(&world, &mut regine, &address).await;
    let version = record.values("input[name=version]").remove(0);
    let back = [("version", version.as_str()), ("pas", "undelete")];
    let record = regine.submit(&record, &back).await.unwrap();
    assert!(
        record.text.contains("Invitation annulée"),
        "{}",
        record.text
    );
    let again = aline.open(&link).await.unwrap();
    assert_eq!(again.status, StatusCode::NOT_FOUND);
}
