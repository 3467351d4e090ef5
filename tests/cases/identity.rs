//! What services behind learn of a person, and what they never see.

use convergences_tests::online_service::Received;
use convergences_tests::world::{RENEE, World};
use policies::{ASSERTION_HEADER, VerifyingKeys};
use reqwest::Method;
use serde_json::Value;

async fn send(world: &World, headers: &[(&str, &str)], path: &str) -> Received {
    let mut renee = world.log_in(RENEE).await.unwrap();
    renee
        .open(&world.url("www", "/espace-reserve/"))
        .await
        .unwrap();
    let mut request = renee.request(Method::GET, &world.url("www", path)).unwrap();
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let answer = request.send().await.unwrap();
    assert!(answer.status().is_success(), "{}", answer.status());
    world.site.received().pop().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_service_learns_who_is_there() {
    let world = World::start().await.unwrap();
    let received = send(&world, &[], "/espace-reserve/x").await;
    assert_eq!(received.header("remote-user"), [RENEE]);
    assert_eq!(received.header("remote-name"), ["Renée Martin"]);
    assert_eq!(received.header("remote-email"), [RENEE]);
    assert_eq!(received.header("remote-groups"), ["fontclaire/rh"]);
    assert_eq!(received.header("x-forwarded-for"), ["127.0.0.1"]);
    assert_eq!(received.header("x-forwarded-proto"), ["http"]);
    let assertion = received.header(ASSERTION_HEADER)[0].to_owned();
    let keys: VerifyingKeys = (*world.product.directory.verifying_keys()).clone();
    let claims = keys.verify(&assertion, "site", world.clock.now()).unwrap();
    assert_eq!(
        (claims.email.as_str(), claims.collectivite.as_str()),
        (RENEE, "Ville de Fontclaire")
    );
    assert!(
        claims.member.is_none(),
        "rights are not the site's business"
    );
    assert!(keys.verify(&assertion, "bip", world.clock.now()).is_err());
}

#[tokio::test(flavor = "multi_thread")]
async fn the_keys_of_assertions_are_published() {
    let world = World::start().await.unwrap();
    let client = world.browser().unwrap();
    let url = world.url("portail", "/.well-known/jwks.json");
    let keys: Value = client
        .request(Method::GET, &url)
        .unwrap()
        .send()
        .await
        .unwrap()
        .json()
        .await
        .unwrap();
    assert_eq!(keys["keys"][0]["crv"], "Ed25519");
    world
        .product
        .store
        .rotate_signing_key("test")
        .await
        .unwrap();
    let count = async || {
        let keys: Value = client
            .request(Method::GET, &url)
            .unwrap()
            .send()
            .await
            .unwrap()
            .json()
            .await
            .unwrap();
        keys["keys"].as_array().unwrap().len()
    };
    let waited = tokio::time::timeout(std::time::Duration::from_secs(1), async {
        while count().await != 2 {}
    });
    waited.await.expect("both keys within a second");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_forged_identity_never_arrives_in_any_spelling() {
    let world = World::start().await.unwrap();
    let forged = [
        "Remote-User",
        "remote_user",
        "REMOTE-USER",
        "Remote_Name",
        "Remote-Groups",
        "X-Remote-User",
        "X-Forwarded-User",
        "X-Forwarded-For",
        "X-Forwarded-Host",
        "Forwarded",
        "X-Original-URL",
        "X-Rewrite-Url",
        "X-HTTP-Method-Override",
        "X-Convergences-Assertion",
        "X_Convergences_Assertion",
        "X-Real-IP",
        "Via",
        "Proxy",
    ];
    let headers: Vec<_> = forged.iter().map(|name| (*name, "forged")).collect();
    for path in ["/espace-reserve/x", "/"] {
        let received = send(&world, &headers, path).await;
        let leaked: Vec<_> = received
            .headers
            .iter()
            .filter(|(_, value)| value.contains("forged"))
            .collect();
        assert!(leaked.is_empty(), "{path}: {leaked:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_cannot_have_our_headers_removed() {
    let world = World::start().await.unwrap();
    let named = "close, Remote-User, Remote-Name, X-Convergences-Assertion";
    let received = send(&world, &[("Connection", named)], "/espace-reserve/x").await;
    assert_eq!(received.header("remote-user"), [RENEE]);
    assert_eq!(received.header(ASSERTION_HEADER).len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_in_particular_sends_no_identity() {
    let world = World::start().await.unwrap();
    let mut client = world.browser().unwrap();
    client.open(&world.url("www", "/")).await.unwrap();
    let received = world.site.received().pop().unwrap();
    for name in [
        "remote-user",
        "remote-name",
        "remote-email",
        "remote-groups",
        ASSERTION_HEADER,
    ] {
        assert!(received.header(name).is_empty(), "{name}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn our_cookies_stay_ours_and_theirs_pass() {
    let world = World::start().await.unwrap();
    let mut renee = world.log_in(RENEE).await.unwrap();
    renee
        .open(&world.url("www", "/espace-reserve/"))
        .await
        .unwrap();
    let jar = renee.cookies.get_mut("www.localhost").unwrap();
    let ours = jar["convergences"].clone();
    assert_ne!(ours, "stolen", "a service cannot set our cookie");
    assert_eq!(jar["own"], "1");
    jar.insert("theirs".into(), "2".into());
    renee
        .open(&world.url("www", "/espace-reserve/"))
        .await
        .unwrap();
    let received = world.site.received().pop().unwrap();
    let cookies = received.header("cookie");
    assert_eq!(cookies, ["own=1; theirs=2"]);
    assert!(
        !received
            .headers
            .iter()
            .any(|(_, value)| value.contains(&ours))
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_says_neither_what_the_service_is_made_of_nor_anything_in_our_name() {
    let world = World::start().await.unwrap();
    let mut browser = world.browser().unwrap();
    let page = browser.open(&world.url("www", "/")).await.unwrap();
    assert_eq!(page.headers["content-type"], "application/json");
    let values = page.headers.values();
    let secret: Vec<_> = values.filter(|value| *value == "/secret").collect();
    assert!(secret.is_empty(), "{:?}", page.headers);
    assert_eq!(page.headers["x-content-type-options"], "nosniff");
}
