//! What lies behind goes away: a service, or the store.

use convergences_tests::world::{RENEE, World};
use gateway::Upstream;
use reqwest::{Method, StatusCode};
use std::time::Duration;

#[tokio::test(flavor = "multi_thread")]
async fn a_service_that_is_down_gets_a_page_with_a_reference() {
    let world = World::start_with(|config| {
        for service in &mut config.gateway.services {
            if service.id.as_str() == "site" {
                service.upstream = Upstream::Tcp("127.0.0.1:1".parse().unwrap());
            }
        }
    })
    .await
    .unwrap();
    let mut client = world.browser().unwrap();
    let page = client.open(&world.url("www", "/")).await.unwrap();
    assert_eq!(page.status, StatusCode::BAD_GATEWAY);
    assert!(page.text.contains("Référence à donner"), "{}", page.text);
}

#[tokio::test(flavor = "multi_thread")]
async fn without_the_store_public_pages_go_on_and_private_ones_stop_after_the_grace() {
    let world = World::start_with(|config| config.gateway.grace = Duration::from_secs(1))
        .await
        .unwrap();
    let mut renee = world.log_in(RENEE).await.unwrap();
    renee
        .open(&world.url("www", "/espace-reserve/"))
        .await
        .unwrap();
    world.product.store.close().await;
    let get = async |host: &str, path: &str| {
        renee
            .request(Method::GET, &world.url(host, path))
            .unwrap()
            .send()
            .await
            .unwrap()
            .status()
    };
    assert_eq!(
        get("www", "/espace-reserve/").await,
        StatusCode::OK,
        "within the grace"
    );
    let stopped = tokio::time::timeout(Duration::from_secs(4), async {
        while get("www", "/espace-reserve/").await != StatusCode::SERVICE_UNAVAILABLE {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    });
    stopped.await.expect("private pages stop after the grace");
    assert_eq!(get("www", "/").await, StatusCode::OK, "public pages go on");
    assert!(!world.product.gateway.as_ref().unwrap().is_ready());
}
