//! A change of rules tried on the accesses of the last thirty days, as the journal keeps them.

use super::{open, renee, status};
use convergences_tests::client::{Client, Page};
use convergences_tests::world::{ALAIN, AMINA, CORINNE, World};
use gateway::Network;
use reqwest::{Method, StatusCode};

/// The lines of what would have been otherwise, and the sentence above them.
fn replay(page: &Page) -> (Vec<String>, String) {
    let lines = page.select("section[aria-label='Accès passés qui auraient changé'] tbody tr");
    let said = page.select("#trente-jours + p").join(" ");
    let plain = |text: &String| text.replace('\u{a0}', " ");
    (lines.iter().map(plain).collect(), plain(&said))
}

/// A rule that closes Net Cotisations in the evening, or from somewhere.
async fn draft(world: &World, client: &mut Client, filled: &[(&str, &str)]) -> Page {
    let form = open(world, client, "/referent/regles/nouvelle").await;
    let rule = [
        ("effet", "restriction"),
        ("qui", "tous"),
        ("cible", "service:net-cotisations"),
    ];
    let filled = [&rule[..], filled].concat();
    client.submit(&form, &filled).await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn accesses_of_the_past_that_a_rule_would_have_refused_are_named() {
    let world = World::start().await.unwrap();
    let mut alain = world.log_in(ALAIN).await.unwrap();
    assert_eq!(
        status(&world, &mut alain, "cotisations").await,
        StatusCode::OK
    );
    let mut renee = renee(&world).await;
    world.product.gateway.as_ref().unwrap().flush().await;
    let page = draft(&world, &mut renee, &[("de", "8:00"), ("a", "12:00")]).await;
    let (lines, said) = replay(&page);
    let opened = lines.iter().find(|line| line.contains("Alain Garnier"));
    let opened = opened.unwrap_or_else(|| panic!("{said}: {lines:?}"));
    for word in [
        "20 novembre 2026",
        "Net Cotisations",
        "permis",
        "refusé",
        "Aucun agent n’accède à Net Cotisations, de 8 h à 12 h",
    ] {
        assert!(opened.contains(word), "{word}: {opened}");
    }
    assert!(
        said.contains("auraient été refusé") || said.contains("aurait été refusé"),
        "{said}"
    );
    // At another time of the day it would have changed nothing; nor after thirty days.
    let page = draft(&world, &mut renee, &[("de", "20:00"), ("a", "22:00")]).await;
    let (lines, said) = replay(&page);
    assert!(lines.is_empty(), "{lines:?}");
    assert!(said.contains("aucun accès n’aurait été refusé"), "{said}");
    world.clock.advance(31 * 86_400);
    let mut renee = self::renee(&world).await;
    let page = draft(&world, &mut renee, &[("de", "8:00"), ("a", "12:00")]).await;
    let (lines, said) = replay(&page);
    assert!(
        !lines.iter().any(|line| line.contains("Alain")),
        "{said}: {lines:?}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refusal_of_the_past_would_have_been_an_access_from_where_it_was_asked() {
    let world = World::start_with(|config| {
        config.gateway.trusted_proxies = vec![Network {
            address: "127.0.0.0".parse().unwrap(),
            prefix: 8,
        }];
    });
    let world = world.await.unwrap();
    let mut renee = renee(&world).await;
    let form = open(&world, &mut renee, "/referent/reseaux").await;
    let network = [("nom", "mairie"), ("adresses", "203.0.113.0/24")];
    renee.submit(&form, &network).await.unwrap();
    let mut corinne = world.log_in(CORINNE).await.unwrap();
    let page = open(&world, &mut corinne, "/cig/reseaux").await;
    corinne
        .submit(&page, &[("pas", "confirmer")])
        .await
        .unwrap();
    let mut amina = world.log_in(AMINA).await.unwrap();
    let reserved = world.url("www", "/espace-reserve/");
    assert_eq!(
        amina.open(&reserved).await.unwrap().status,
        StatusCode::FORBIDDEN
    );
    let inside = amina.request(Method::GET, &reserved).unwrap();
    let inside = inside.header("x-forwarded-for", "203.0.113.9");
    assert_eq!(inside.send().await.unwrap().status(), StatusCode::FORBIDDEN);
    world.product.gateway.as_ref().unwrap().flush().await;
    let form = open(&world, &mut renee, "/referent/regles/nouvelle").await;
    let rule = [
        ("effet", "acces"),
        ("qui", "certains"),
        ("groupe-2", "fontclaire/rh"),
        ("cible", "service:site"),
        ("reseau-1", "mairie"),
    ];
    let page = renee.submit(&form, &rule).await.unwrap();
    let (lines, said) = replay(&page);
    // Of two refusals, the one from the town hall.
    let amina = lines.iter().filter(|line| line.contains("Amina Benali"));
    assert_eq!(amina.count(), 1, "{said}: {lines:?}");
    assert!(said.contains("1 refus aurait été un accès"), "{said}");
}
