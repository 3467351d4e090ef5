//! Who opens what, and what they are told when they may not.

use accounts::Grant;
use convergences_tests::world::{AGNES, ALAIN, ALINE, AMINA, REGINE, RENEE, World};
use policies::{Level, ServiceId};
use reqwest::{Method, StatusCode};

#[tokio::test(flavor = "multi_thread")]
async fn one_login_opens_every_service_one_has_a_right_to() {
    let world = World::start().await.unwrap();
    let mut renee = world.log_in(RENEE).await.unwrap();
    for (host, path) in [
        ("www", "/espace-reserve/"),
        ("bip", "/"),
        ("cotisations", "/"),
        ("portail", "/"),
    ] {
        let page = renee.open(&world.url(host, path)).await.unwrap();
        assert_eq!(page.status, StatusCode::OK, "{host}");
        assert_eq!(page.url.as_str(), world.url(host, path));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_each_person_opens_is_what_the_portal_says() {
    let world = World::start().await.unwrap();
    for (login, opened) in [
        (
            RENEE,
            &["Site Internet du CIG", "BIP", "Net Cotisations"][..],
        ),
        (AMINA, &["BIP"]),
        (ALAIN, &["Site Internet du CIG", "Net Cotisations"]),
        (ALINE, &[]),
        (AGNES, &["BIP"]),
        (REGINE, &["Site Internet du CIG", "BIP"]),
    ] {
        let mut client = world.log_in(login).await.unwrap();
        let page = client.open(&world.url("portail", "/")).await.unwrap();
        assert_eq!(page.select(".cards h2"), opened, "{login}");
        for (host, path, name) in [
            ("www", "/espace-reserve/", "Site Internet du CIG"),
            ("bip", "/", "BIP"),
            ("cotisations", "/", "Net Cotisations"),
        ] {
            let page = client.open(&world.url(host, path)).await.unwrap();
            let expected = if opened.contains(&name) {
                StatusCode::OK
            } else {
                StatusCode::FORBIDDEN
            };
            assert_eq!(page.status, expected, "{login} at {name}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refusal_says_why_and_names_the_referents() {
    let world = World::start().await.unwrap();
    let mut aline = world.log_in(ALINE).await.unwrap();
    let page = aline.open(&world.url("bip", "/")).await.unwrap();
    assert_eq!(page.status, StatusCode::FORBIDDEN);
    assert!(
        page.text.contains("Aucun droit sur cette rubrique"),
        "{}",
        page.text
    );
    assert!(page.text.contains("<li>Renée Martin"), "{}", page.text);
    assert!(page.text.contains("mailto:renee.martin@fontclaire.example"));
    let mut regine = world.log_in(REGINE).await.unwrap();
    let page = regine.open(&world.url("cotisations", "/")).await.unwrap();
    assert!(
        page.text
            .contains("Ce service n’est pas ouvert à la collectivité."),
        "{}",
        page.text
    );
    assert!(!page.text.contains("Renée"));
}

#[tokio::test(flavor = "multi_thread")]
async fn anything_but_a_navigation_is_refused_without_a_redirection() {
    let world = World::start().await.unwrap();
    let client = world.browser().unwrap();
    let url = world.url("bip", "/api/v1/search?q=a");
    for headers in [
        &[("Sec-Fetch-Mode", "cors"), ("Accept", "text/html")][..],
        &[("Accept", "*/*")],
        &[],
    ] {
        let mut request = client.request(Method::GET, &url).unwrap();
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let answer = request.send().await.unwrap();
        assert_eq!(answer.status(), StatusCode::UNAUTHORIZED, "{headers:?}");
        assert_eq!(answer.headers()["content-type"], "application/problem+json");
        let problem: serde_json::Value = answer.json().await.unwrap();
        assert_eq!(problem["status"], 401);
    }
    let aline = world.log_in(ALINE).await.unwrap();
    let mut aline = aline;
    aline.open(&world.url("bip", "/")).await.unwrap();
    let answer = aline
        .request(Method::GET, &url)
        .unwrap()
        .send()
        .await
        .unwrap();
    assert_eq!(answer.status(), StatusCode::FORBIDDEN);
    assert_eq!(answer.headers()["content-type"], "application/problem+json");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_right_to_read_sends_nothing() {
    let world = World::start().await.unwrap();
    let mut renee = world.log_in(RENEE).await.unwrap();
    renee
        .open(&world.url("www", "/espace-reserve/"))
        .await
        .unwrap();
    let before = world.site.received().len();
    let page = renee
        .post(
            &world.url("www", "/espace-reserve/"),
            &[("a".into(), "b".into())],
        )
        .await
        .unwrap();
    assert_eq!(page.status, StatusCode::FORBIDDEN);
    assert!(page.text.contains("modification"), "{}", page.text);
    assert_eq!(world.site.received().len(), before);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_right_that_starts_later_or_has_ended_opens_nothing() {
    let world = World::start().await.unwrap();
    let store = &world.product.store;
    let account = store.find_account(ALINE).await.unwrap().unwrap();
    let membership = store
        .list_memberships(&account.id)
        .await
        .unwrap()
        .remove(0)
        .id;
    let now = world.clock.now();
    let grant = Grant {
        membership,
        service: ServiceId::from("bip"),
        level: Level::Lecture,
        starts_at: Some(now + 60),
        ends_at: Some(now + 120),
    };
    store.add_grant(&grant, "test").await.unwrap();
    let mut aline = world.log_in(ALINE).await.unwrap();
    for (seconds, expected) in [
        (0, StatusCode::FORBIDDEN),
        (60, StatusCode::OK),
        (60, StatusCode::FORBIDDEN),
    ] {
        world.clock.advance(seconds);
        let page = aline.open(&world.url("bip", "/")).await.unwrap();
        assert_eq!(page.status, expected, "after {seconds} s");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn somebody_of_two_collectivites_acts_for_one_at_a_time() {
    let world = World::start().await.unwrap();
    let mut agnes = world.log_in(AGNES).await.unwrap();
    assert_eq!(
        agnes
            .open(&world.url("www", "/espace-reserve/"))
            .await
            .unwrap()
            .status,
        StatusCode::FORBIDDEN
    );
    let page = agnes
        .open(&world.url("portail", "/rattachements"))
        .await
        .unwrap();
    let choices = page.select("main button");
    assert_eq!(
        choices,
        [
            "Continuer avec CCAS de Fontclaire",
            "Continuer avec Ville de Fontclaire"
        ]
    );
    let account = world
        .product
        .store
        .find_account(AGNES)
        .await
        .unwrap()
        .unwrap();
    let city = world
        .product
        .store
        .list_memberships(&account.id)
        .await
        .unwrap()
        .remove(1);
    let page = agnes
        .submit(&page, &[("rattachement", city.id.as_str())])
        .await
        .unwrap();
    assert_eq!(page.heading(), "Mes services");
    assert!(page.text.contains("Ville de Fontclaire"));
    assert_eq!(
        agnes
            .open(&world.url("www", "/espace-reserve/"))
            .await
            .unwrap()
            .status,
        StatusCode::OK
    );
    // The next log-in begins where this one was.
    let mut again = world.log_in(AGNES).await.unwrap();
    let home = again.open(&world.url("portail", "/")).await.unwrap();
    assert!(home.text.contains("Ville de Fontclaire"), "{}", home.text);
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_takes_another_persons_membership() {
    let world = World::start().await.unwrap();
    let mut agnes = world.log_in(AGNES).await.unwrap();
    let renee = world
        .product
        .store
        .find_account(RENEE)
        .await
        .unwrap()
        .unwrap();
    let hers = world
        .product
        .store
        .list_memberships(&renee.id)
        .await
        .unwrap()
        .remove(0);
    let page = agnes
        .open(&world.url("portail", "/rattachements"))
        .await
        .unwrap();
    let page = agnes
        .submit(&page, &[("rattachement", hers.id.as_str())])
        .await
        .unwrap();
    assert_eq!(page.status, StatusCode::NOT_FOUND);
    assert_eq!(
        agnes
            .open(&world.url("cotisations", "/"))
            .await
            .unwrap()
            .status,
        StatusCode::FORBIDDEN
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn five_hundred_searches_in_a_row_pass() {
    let world = World::start().await.unwrap();
    let mut amina = world.log_in(AMINA).await.unwrap();
    amina.open(&world.url("bip", "/")).await.unwrap();
    for n in 0..500 {
        let url = world.url("bip", &format!("/api/v1/search?q=congé+{n}&limit=1"));
        let answer = amina
            .request(Method::GET, &url)
            .unwrap()
            .send()
            .await
            .unwrap();
        assert_eq!(answer.status(), StatusCode::OK, "search {n}");
    }
}
