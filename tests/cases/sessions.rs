//! Sessions end when they must: everywhere, at once.

use convergences_tests::client::{Client, Page};
use convergences_tests::operator::withdraw_rule;
use convergences_tests::world::{ALINE, AMINA, RENEE, World};
use reqwest::{Method, StatusCode};
use std::time::{Duration, Instant};

/// Waits until what was committed has reached the gateway: by message, not by a clock.
async fn until<F: Future<Output = bool>>(mut condition: impl FnMut() -> F) {
    let waited = tokio::time::timeout(Duration::from_secs(1), async {
        while !condition().await {
            tokio::task::yield_now().await;
        }
    });
    waited.await.expect("within a second");
}

#[tokio::test(flavor = "multi_thread")]
async fn logging_out_closes_every_service_at_once() {
    let world = World::start().await.unwrap();
    let mut renee = world.log_in(RENEE).await.unwrap();
    let services = [
        ("www", "/espace-reserve/"),
        ("bip", "/"),
        ("cotisations", "/"),
    ];
    for (host, path) in services {
        renee.open(&world.url(host, path)).await.unwrap();
    }
    let page = renee.open(&world.url("portail", "/")).await.unwrap();
    let page = renee.submit(&page, &[]).await.unwrap();
    assert_eq!(page.heading(), "Votre session est terminée");
    for (host, path) in services {
        let client = &renee;
        let url = world.url(host, path);
        until(|| async {
            let answer = client
                .request(Method::GET, &url)
                .unwrap()
                .send()
                .await
                .unwrap();
            answer.status() == StatusCode::UNAUTHORIZED
        })
        .await;
        let page = renee.open(&url).await.unwrap();
        assert_eq!(page.heading(), "Connexion", "{host}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn changes_of_others_during_a_look_up_spoil_no_session() {
    let world = World::start().await.unwrap();
    let store = world.product.store.clone();
    let aline = store.find_account(ALINE).await.unwrap().unwrap().id;
    let changes = tokio::spawn(async move {
        for suspended in [true, false].into_iter().cycle() {
            let changed = store.suspend_account(&aline, suspended, "test");
            changed.await.unwrap();
        }
    });
    let mut people = Vec::new();
    for _ in 0..6 {
        let mut renee = world.log_in(RENEE).await.unwrap();
        renee.open(&world.url("bip", "/")).await.unwrap();
        people.push(renee);
    }
    changes.abort();
    // For longer than a farewell: who was put out would be shown the door by then.
    let started = Instant::now();
    while started.elapsed() < Duration::from_millis(700) {
        for renee in &mut people {
            let home = renee.open(&world.url("portail", "/")).await.unwrap();
            assert_eq!(home.heading(), "Mes services");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dead_cookie_is_cleared() {
    let world = World::start().await.unwrap();
    let mut client = world.browser().unwrap();
    client
        .cookies
        .entry("bip.localhost".into())
        .or_default()
        .insert("convergences".into(), "B".repeat(43));
    let answer = client
        .request(Method::GET, &world.url("bip", "/"))
        .unwrap()
        .send()
        .await
        .unwrap();
    let cleared = answer.headers().get_all("set-cookie").iter().any(|cookie| {
        let cookie = cookie.to_str().unwrap();
        cookie.starts_with("convergences=;") && cookie.contains("Max-Age=0")
    });
    assert!(cleared);
}

/// From the page that refuses somebody who is suspended.
async fn find_the_way_out(world: &World, client: &mut Client, page: &Page) {
    // No right would help, and none is to be asked for; the way out stays open.
    let links = page.links("main a");
    assert!(
        links
            .iter()
            .all(|(_, address)| !address.contains("/demande"))
    );
    let out = world.url("portail", "/deconnexion");
    assert!(
        links.iter().any(|(_, address)| *address == out),
        "{links:?}"
    );
    let leaving = client.open(&out).await.unwrap();
    assert_eq!(leaving.heading(), "Se déconnecter");
    let left = client.submit(&leaving, &[]).await.unwrap();
    assert_eq!(left.heading(), "Votre session est terminée");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_suspended_account_is_refused_everywhere_and_told_why() {
    let world = World::start().await.unwrap();
    let mut amina = world.log_in(AMINA).await.unwrap();
    amina.open(&world.url("bip", "/")).await.unwrap();
    let account = world
        .product
        .store
        .find_account(AMINA)
        .await
        .unwrap()
        .unwrap();
    world
        .product
        .store
        .suspend_account(&account.id, true, "test")
        .await
        .unwrap();
    let (client, url) = (&amina, world.url("bip", "/"));
    until(|| async {
        client
            .request(Method::GET, &url)
            .unwrap()
            .send()
            .await
            .unwrap()
            .status()
            == StatusCode::FORBIDDEN
    })
    .await;
    let page = amina.open(&url).await.unwrap();
    assert!(
        page.text.contains("Le compte est suspendu."),
        "{}",
        page.text
    );
    assert_eq!(
        amina.open(&world.url("www", "/")).await.unwrap().status,
        StatusCode::OK,
        "what everybody may see"
    );
    find_the_way_out(&world, &mut amina, &page).await;
    let mut again = world.browser().unwrap();
    let page = again
        .open(&world.url("portail", "/connexion"))
        .await
        .unwrap();
    let page = world.fill_in(&mut again, &page, AMINA).await.unwrap();
    assert_eq!(page.status, StatusCode::FORBIDDEN);
    assert!(page.text.contains("suspendu"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_right_taken_back_and_a_rule_withdrawn_count_for_the_next_request() {
    let world = World::start().await.unwrap();
    let store = &world.product.store;
    let mut renee = world.log_in(RENEE).await.unwrap();
    renee.open(&world.url("bip", "/")).await.unwrap();
    let account = store.find_account(RENEE).await.unwrap().unwrap();
    let membership = store
        .list_memberships(&account.id)
        .await
        .unwrap()
        .remove(0)
        .id;
    store
        .revoke_grants(&membership, &"bip".into(), "test")
        .await
        .unwrap();
    let (client, url) = (&renee, world.url("bip", "/"));
    until(|| async {
        client
            .request(Method::GET, &url)
            .unwrap()
            .send()
            .await
            .unwrap()
            .status()
            == StatusCode::FORBIDDEN
    })
    .await;

    let mut alain = world
        .log_in(convergences_tests::world::ALAIN)
        .await
        .unwrap();
    assert_eq!(
        alain
            .open(&world.url("cotisations", "/"))
            .await
            .unwrap()
            .status,
        StatusCode::OK
    );
    withdraw_rule(store, &"fontclaire".into(), "paie-net-cotisations")
        .await
        .unwrap();
    let (client, url) = (&alain, world.url("cotisations", "/"));
    until(|| async {
        client
            .request(Method::GET, &url)
            .unwrap()
            .send()
            .await
            .unwrap()
            .status()
            == StatusCode::FORBIDDEN
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_ends_after_an_hour_without_a_request_and_after_ten_hours_with_them() {
    let world = World::start().await.unwrap();
    let mut renee = world.log_in(RENEE).await.unwrap();
    world.clock.advance(3599);
    assert_eq!(
        renee
            .open(&world.url("portail", "/"))
            .await
            .unwrap()
            .heading(),
        "Mes services"
    );
    world.clock.advance(3600);
    assert_eq!(
        renee
            .open(&world.url("portail", "/"))
            .await
            .unwrap()
            .heading(),
        "Connexion"
    );
    let mut renee = world.log_in(RENEE).await.unwrap();
    for _ in 0..19 {
        world.clock.advance(1800);
        assert_eq!(
            renee
                .open(&world.url("portail", "/"))
                .await
                .unwrap()
                .heading(),
            "Mes services"
        );
    }
    world.clock.advance(1800);
    assert_eq!(
        renee
            .open(&world.url("portail", "/"))
            .await
            .unwrap()
            .heading(),
        "Connexion"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cookie_of_one_host_opens_no_other() {
    let world = World::start().await.unwrap();
    let mut renee = world.log_in(RENEE).await.unwrap();
    let portal = renee.cookies["portail.localhost"]["convergences"].clone();
    renee
        .cookies
        .entry("bip.localhost".into())
        .or_default()
        .insert("convergences".into(), portal);
    let answer = renee
        .request(Method::GET, &world.url("bip", "/"))
        .unwrap()
        .send()
        .await
        .unwrap();
    assert_eq!(answer.status(), StatusCode::UNAUTHORIZED);
}

#[tokio::test(flavor = "multi_thread")]
async fn every_decision_and_act_is_in_the_journal_and_the_journal_holds() {
    let world = World::start().await.unwrap();
    let mut renee = world.log_in(RENEE).await.unwrap();
    let before = world.product.store.verify_journal().await.unwrap().unwrap();
    renee.open(&world.url("bip", "/")).await.unwrap();
    let mut aline = world
        .log_in(convergences_tests::world::ALINE)
        .await
        .unwrap();
    aline.open(&world.url("bip", "/")).await.unwrap();
    let store = &world.product.store;
    until(|| async { store.verify_journal().await.unwrap().unwrap() >= before + 3 }).await;
}
