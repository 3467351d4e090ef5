//! A collectivité is closed and opened again; what the CIG closed, a CDG does not open.

use super::open;
use convergences_tests::client::{Client, Page};
use convergences_tests::world::{CORINNE, PIERRE, REGINE, World};
use reqwest::StatusCode;

const SHEET: &str = "/cig/collectivites/montrieux";

/// Closes Montrieux or opens it again, from its sheet as it is now.
async fn set(world: &World, client: &mut Client, step: &str) -> Page {
    let sheet = open(world, client, SHEET).await;
    let token = sheet.values("input[name=jeton]").remove(0);
    let version = sheet.values("input[name=version]").remove(0);
    let fields = [
        ("jeton", token.as_str()),
        ("version", version.as_str()),
        ("confirme", "oui"),
        ("pas", step),
    ]
    .map(|(name, value)| (name.to_owned(), value.to_owned()));
    let to = world.url("portail", &format!("{SHEET}/etat"));
    client.post(&to, &fields).await.unwrap()
}

async fn bip(world: &World, client: &mut Client) -> StatusCode {
    client.open(&world.url("bip", "/")).await.unwrap().status
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_cig_closed_a_cdg_does_not_open() {
    let world = World::start().await.unwrap();
    let mut regine = world.log_in(REGINE).await.unwrap();
    let (mut corinne, mut pierre) = (
        world.log_in(CORINNE).await.unwrap(),
        world.log_in(PIERRE).await.unwrap(),
    );
    assert_eq!(bip(&world, &mut regine).await, StatusCode::OK);
    set(&world, &mut corinne, "fermer").await;
    assert_eq!(bip(&world, &mut regine).await, StatusCode::FORBIDDEN);
    let sheet = open(&world, &mut pierre, SHEET).await;
    assert!(
        sheet.text.contains("lui seul peut la rouvrir"),
        "{}",
        sheet.text
    );
    let refused = set(&world, &mut pierre, "rouvrir").await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
    assert_eq!(bip(&world, &mut regine).await, StatusCode::FORBIDDEN);
    set(&world, &mut corinne, "rouvrir").await;
    assert_eq!(bip(&world, &mut regine).await, StatusCode::OK);
    // What the CDG closed it opens itself.
    set(&world, &mut pierre, "fermer").await;
    assert_eq!(bip(&world, &mut regine).await, StatusCode::FORBIDDEN);
    let opened = set(&world, &mut pierre, "rouvrir").await;
    assert_eq!(opened.status, StatusCode::OK);
    assert_eq!(bip(&world, &mut regine).await, StatusCode::OK);
}
