//! Net Cotisations: an application with a log-in of its own, which knows nothing of us.

use accounts::{Grant, LegacyCredential};
use convergences_tests::world::{ALINE, RENEE, World};
use policies::Level;
use reqwest::{Method, StatusCode};

async fn seal(world: &World, login: &str, legacy: &str, password: &str) {
    let account = world
        .product
        .store
        .find_account(login)
        .await
        .unwrap()
        .unwrap();
    let membership = world
        .product
        .store
        .list_memberships(&account.id)
        .await
        .unwrap()
        .remove(0)
        .id;
    let secret = LegacyCredential {
        login: legacy.into(),
        password: password.to_owned().into(),
    };
    world
        .product
        .store
        .seal_credential(&membership, &"net-cotisations".into(), &secret, "test")
        .await
        .unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn the_gateway_signs_in_for_the_person_and_keeps_the_legacy_cookie() {
    let world = World::start().await.unwrap();
    let mut renee = world.log_in(RENEE).await.unwrap();
    let page = renee
        .open(&world.url("cotisations", "/declarations.php"))
        .await
        .unwrap();
    assert_eq!(
        (page.status, page.heading().as_str()),
        (StatusCode::OK, "Déclarations mensuelles")
    );
    assert!(!renee.cookies["cotisations.localhost"].contains_key("PHPSESSID"));
    assert_eq!(world.net_cotisations.failed_attempts("rmartin"), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_declaration_is_made_through_the_gateway() {
    let world = World::start().await.unwrap();
    let mut renee = world.log_in(RENEE).await.unwrap();
    let page = renee
        .open(&world.url("cotisations", "/declarations.php"))
        .await
        .unwrap();
    let page = renee
        .submit(
            &page,
            &[
                ("mois", "2026-11"),
                ("assiette", "125430,50"),
                ("effectif", "42"),
            ],
        )
        .await
        .unwrap();
    assert_eq!(page.status, StatusCode::OK);
    assert!(
        page.text.contains("2026-11") || page.text.contains("novembre 2026"),
        "{}",
        page.text
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn an_expired_legacy_session_is_opened_again_without_a_word() {
    let world = World::start().await.unwrap();
    let mut renee = world.log_in(RENEE).await.unwrap();
    renee.open(&world.url("cotisations", "/")).await.unwrap();
    // Signing in anew within three seconds of the last time is taken for a loop.
    tokio::time::sleep(std::time::Duration::from_millis(3100)).await;
    world.net_cotisations.expire_sessions();
    let page = renee
        .open(&world.url("cotisations", "/declarations.php"))
        .await
        .unwrap();
    assert_eq!(
        (page.status, page.heading().as_str()),
        (StatusCode::OK, "Déclarations mensuelles")
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn leaving_the_application_by_its_own_way_out_ends_at_its_front_door() {
    let world = World::start().await.unwrap();
    let mut renee = world.log_in(RENEE).await.unwrap();
    renee.open(&world.url("cotisations", "/")).await.unwrap();
    let page = renee
        .open(&world.url("cotisations", "/logout.php"))
        .await
        .unwrap();
    assert_eq!(
        (page.status, page.url.as_str()),
        (StatusCode::OK, world.url("cotisations", "/").as_str())
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_credential_ends_on_a_clear_page_and_never_locks_the_account() {
    let world = World::start().await.unwrap();
    seal(&world, RENEE, "rmartin", "wrong").await;
    let mut renee = world.log_in(RENEE).await.unwrap();
    for _ in 0..6 {
        let page = renee.open(&world.url("cotisations", "/")).await.unwrap();
        assert_eq!(page.status, StatusCode::BAD_GATEWAY);
        assert!(
            page.heading()
                .contains("ne reconnaît plus votre identifiant"),
            "{}",
            page.heading()
        );
        assert!(page.text.contains("Renée Martin"));
    }
    assert_eq!(
        world.net_cotisations.failed_attempts("rmartin"),
        2,
        "the budget"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn somebody_without_a_credential_is_told_so() {
    let world = World::start().await.unwrap();
    let store = &world.product.store;
    let account = store.find_account(ALINE).await.unwrap().unwrap();
    let membership = store
        .list_memberships(&account.id)
        .await
        .unwrap()
        .remove(0)
        .id;
    let grant = Grant {
        membership,
        service: "net-cotisations".into(),
        level: Level::Lecture,
        starts_at: None,
        ends_at: None,
    };
    store.add_grant(&grant, "test").await.unwrap();
    let mut aline = world.log_in(ALINE).await.unwrap();
    let page = aline.open(&world.url("cotisations", "/")).await.unwrap();
    assert_eq!(page.status, StatusCode::FORBIDDEN);
    assert!(
        page.text.contains("n’a pas encore été enregistré"),
        "{}",
        page.text
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn the_legacy_application_stands_alone_and_believes_no_header() {
    let world = World::start().await.unwrap();
    let service = world
        .config
        .gateway
        .services
        .iter()
        .find(|s| s.id.as_str() == "net-cotisations")
        .unwrap();
    let gateway::Upstream::Tcp(address) = service.upstream else {
        panic!("a TCP upstream")
    };
    let client = reqwest::Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        .build()
        .unwrap();
    let answer = client
        .request(Method::GET, format!("http://{address}/declarations.php"))
        .header("Remote-User", RENEE)
        .header("X-Convergences-Assertion", "anything")
        .send()
        .await
        .unwrap();
    assert_eq!(answer.status(), StatusCode::FOUND);
    assert_eq!(answer.headers()["location"], "/login.php");
}
