//! The statistics of those who follow collectivités: charts, tables and file of the same figures,
//! small numbers told by none of them.

use convergences_tests::client::{Client, Page};
use convergences_tests::world::{AMINA, CORINNE, PIERRE, World};
use reqwest::{Method, StatusCode};

async fn open(world: &World, client: &mut Client, path: &str) -> Page {
    client.open(&world.url("portail", path)).await.unwrap()
}

async fn file(world: &World, client: &Client, path: &str) -> String {
    let request = client.request(Method::GET, &world.url("portail", path));
    let answer = request.unwrap().send().await.unwrap();
    assert_eq!(answer.status(), StatusCode::OK);
    let kind = answer.headers()["content-type"].to_str().unwrap();
    assert!(kind.starts_with("text/csv"), "{kind}");
    answer.text().await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn figures_are_drawn_listed_and_downloaded() {
    let world = World::start().await.unwrap();
    let mut amina = world.log_in(AMINA).await.unwrap();
    let bip = world.url("bip", "/");
    // Once an hour: five openings, told as they are.
    for _ in 0..5 {
        assert_eq!(amina.open(&bip).await.unwrap().status, StatusCode::OK);
        world.clock.advance(59 * 60);
        assert_eq!(amina.open(&bip).await.unwrap().status, StatusCode::OK);
        world.clock.advance(60);
    }
    world.product.gateway.as_ref().unwrap().flush().await;
    let mut corinne = world.log_in(CORINNE).await.unwrap();
    let page = open(&world, &mut corinne, "/cig/statistiques").await;
    assert_eq!(page.heading(), "Statistiques");
    let drawn = page.select("svg.chart[role=img] title");
    assert!(
        drawn
            .iter()
            .any(|title| title.contains("BIP") && title.ends_with("ouvertures par mois")),
        "{drawn:?}"
    );
    let listed = page.select("tbody tr");
    assert!(listed.iter().any(|row| row.contains("BIP")), "{listed:?}");
    let orphans = page.select("main li a").join(" ");
    assert!(orphans.contains("CCAS"), "{orphans}");
    let csv = file(
        &world,
        &corinne,
        "/cig/statistiques.csv?genre=&cdg=&departement=",
    )
    .await;
    assert!(csv.contains("Ouvertures des services;BIP"), "{csv}");
    assert!(csv.contains(";11/2026;"), "{csv}");
}

#[tokio::test(flavor = "multi_thread")]
async fn small_numbers_of_people_are_told_nowhere() {
    let world = World::start().await.unwrap();
    let mut corinne = world.log_in(CORINNE).await.unwrap();
    let path = "/cig/statistiques?genre=collectivite";
    let page = open(&world, &mut corinne, path).await;
    assert!(page.text.contains("arrondis à 5 près"), "{}", page.text);
    let csv = file(&world, &corinne, &path.replace('?', ".csv?")).await;
    let of_people: Vec<_> = csv
        .lines()
        .filter(|line| line.starts_with("Comptes;"))
        .collect();
    assert!(!of_people.is_empty(), "{csv}");
    for line in of_people {
        let value = line.rsplit(';').next().unwrap();
        assert!(!["1", "2", "3", "4"].contains(&value), "{line}");
        let shown = page.select("svg desc, tbody td").join("|");
        assert!(shown.contains(value), "{line}: {shown}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cdg_sees_figures_of_its_own_ones_only() {
    let world = World::start().await.unwrap();
    let mut amina = world.log_in(AMINA).await.unwrap();
    amina.open(&world.url("bip", "/")).await.unwrap();
    world.product.gateway.as_ref().unwrap().flush().await;
    let mut pierre = world.log_in(PIERRE).await.unwrap();
    for part in ["", "?cdg=&genre=collectivite", "?cdg=cig"] {
        let page = open(&world, &mut pierre, &format!("/cig/statistiques{part}")).await;
        assert_eq!(page.status, StatusCode::OK);
        assert!(!page.text.contains("Fontclaire"));
        let csv = file(&world, &pierre, &format!("/cig/statistiques.csv{part}")).await;
        assert!(!csv.contains("Base"), "{csv}");
    }
    let list = open(
        &world,
        &mut pierre,
        "/cig/collectivites?etat=sans-referent-actif",
    )
    .await;
    assert!(!list.text.contains("Fontclaire"), "{}", list.text);
}
