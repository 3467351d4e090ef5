//! TLS: a certificate by name, HTTP/2, cookies as browsers insist on, a reload without a restart.

use convergences::config::Config;
use convergences_tests::world::World;
use gateway::{CertificateFiles, PublicAddress};
use rcgen::{CertifiedKey, generate_simple_self_signed};
use reqwest::{Certificate, Client, StatusCode, Version};
use std::net::SocketAddr;
use std::path::Path;
use std::time::Duration;
use tempfile::TempDir;
use tokio::io::AsyncReadExt as _;
use tokio::net::TcpStream;

const HOSTS: [&str; 5] = [
    "portail.localhost",
    "www.localhost",
    "bip.localhost",
    "cotisations.localhost",
    "courrier.localhost",
];

/// Writes a fresh certificate for every host, and gives it in PEM.
fn write_certificate(folder: &Path) -> String {
    let hosts: Vec<String> = HOSTS.map(str::to_owned).into();
    let CertifiedKey { cert, signing_key } = generate_simple_self_signed(hosts).unwrap();
    std::fs::write(folder.join("chain.pem"), cert.pem()).unwrap();
    std::fs::write(folder.join("key.pem"), signing_key.serialize_pem()).unwrap();
    cert.pem()
}

/// A configuration that names the certificate of a folder.
fn named(folder: &TempDir) -> impl FnOnce(&mut Config) {
    |config: &mut Config| {
        config.gateway.public = PublicAddress {
            tls: true,
            port: 443,
        };
        config.gateway.certificates = vec![CertificateFiles {
            chain: folder.path().join("chain.pem"),
            key: folder.path().join("key.pem"),
        }];
    }
}

async fn world(folder: &TempDir) -> (World, SocketAddr) {
    World::start_tls(named(folder)).await.unwrap()
}

fn client(certificate: &str, dial: SocketAddr) -> Client {
    let mut builder = Client::builder()
        .tls_certs_only([Certificate::from_pem(certificate.as_bytes()).unwrap()])
        .redirect(reqwest::redirect::Policy::none())
        .no_proxy();
    for host in HOSTS {
        builder = builder.resolve(host, dial);
    }
    builder.build().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_are_served_over_http_2_with_strict_transport_security() {
    let folder = tempfile::tempdir().unwrap();
    let certificate = write_certificate(folder.path());
    let (_world, dial) = world(&folder).await;
    let client = client(&certificate, dial);
    let url = format!("https://www.localhost:{}/", dial.port());
    let answer = client.get(&url).send().await.unwrap();
    assert_eq!(
        (answer.status(), answer.version()),
        (StatusCode::OK, Version::HTTP_2)
    );
    assert!(
        answer.headers()["strict-transport-security"]
            .to_str()
            .unwrap()
            .contains("max-age=31536000")
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn cookies_are_secure_and_bound_to_their_host() {
    let folder = tempfile::tempdir().unwrap();
    let certificate = write_certificate(folder.path());
    let (_world, dial) = world(&folder).await;
    let client = client(&certificate, dial);
    let url = format!("https://bip.localhost:{}/", dial.port());
    let answer = client
        .get(&url)
        .header("Accept", "text/html")
        .send()
        .await
        .unwrap();
    assert_eq!(answer.status(), StatusCode::FOUND);
    assert!(
        answer.headers()["location"]
            .to_str()
            .unwrap()
            .starts_with("https://portail.localhost/connexion?")
    );
    for cookie in answer.headers().get_all("set-cookie") {
        let cookie = cookie.to_str().unwrap();
        assert!(
            cookie.starts_with("__Host-")
                && cookie.contains("; Secure")
                && cookie.contains("; HttpOnly"),
            "{cookie}"
        );
        assert!(
            cookie.contains("; SameSite=Lax")
                && cookie.contains("; Path=/")
                && !cookie.contains("Domain"),
            "{cookie}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_certificate_counts_without_a_restart_and_a_broken_one_does_not() {
    let folder = tempfile::tempdir().unwrap();
    let first = write_certificate(folder.path());
    let (world, dial) = world(&folder).await;
    let url = format!("https://www.localhost:{}/", dial.port());
    assert!(client(&first, dial).get(&url).send().await.is_ok());
    let second = write_certificate(folder.path());
    assert!(
        client(&second, dial).get(&url).send().await.is_err(),
        "not read again yet"
    );
    world.product.reload();
    assert!(client(&second, dial).get(&url).send().await.is_ok());
    std::fs::write(folder.path().join("chain.pem"), "not a certificate").unwrap();
    world.product.reload();
    assert!(
        client(&second, dial).get(&url).send().await.is_ok(),
        "the last good one stays"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_name_without_a_certificate_is_not_served() {
    let folder = tempfile::tempdir().unwrap();
    let certificate = write_certificate(folder.path());
    let (_world, dial) = world(&folder).await;
    let client = Client::builder()
        .tls_certs_only([Certificate::from_pem(certificate.as_bytes()).unwrap()])
        .resolve("other.localhost", dial)
        .no_proxy()
        .build()
        .unwrap();
    assert!(
        client
            .get(format!("https://other.localhost:{}/", dial.port()))
            .send()
            .await
            .is_err()
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn what_comes_in_clear_goes_on_in_tls_before_anything_is_typed() {
    let folder = tempfile::tempdir().unwrap();
    write_certificate(folder.path());
    let (world, dial) = World::start_clear_and_tls(named(&folder)).await.unwrap();
    let client = convergences_tests::client::Client::new(dial).unwrap();
    let url = format!("http://portail.localhost:{}/connexion?vers=/a", dial.port());
    let answer = client
        .request(reqwest::Method::GET, &url)
        .unwrap()
        .send()
        .await
        .unwrap();
    assert_eq!(answer.status(), StatusCode::PERMANENT_REDIRECT);
    assert_eq!(
        answer.headers()["location"],
        "https://portail.localhost/connexion?vers=/a"
    );
    let posted = client
        .request(reqwest::Method::POST, &url)
        .unwrap()
        .form(&[("mot_de_passe", "x")]);
    assert_eq!(posted.send().await.unwrap().status(), StatusCode::FORBIDDEN);
    assert!(world.site.received().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_handshake_that_is_never_made_holds_a_place_too() {
    let folder = tempfile::tempdir().unwrap();
    write_certificate(folder.path());
    let change = named(&folder);
    let (_world, listen) = World::start_tls(|config| {
        change(config);
        config.gateway.connections.per_address = 2;
    })
    .await
    .unwrap();
    let mut dialled = Vec::new();
    for _ in 0..3 {
        dialled.push(TcpStream::connect(listen).await.unwrap());
    }
    // One of the three is refused: they need not be taken in the order in which they were dialled.
    let wait = Duration::from_secs(2);
    let refused = tokio::time::timeout(wait, async {
        loop {
            for (index, stream) in dialled.iter_mut().enumerate() {
                let moment = Duration::from_millis(10);
                let read = tokio::time::timeout(moment, stream.read(&mut [0; 8])).await;
                if matches!(read, Ok(Ok(0) | Err(_))) {
                    return index;
                }
            }
        }
    });
    let refused = refused.await.unwrap();
    dialled.swap_remove(refused);
    drop(dialled.pop());
    // Its place is another's as soon as that is noticed.
    let noticed = tokio::time::timeout(Duration::from_secs(2), async {
        loop {
            let mut next = TcpStream::connect(listen).await.unwrap();
            let wait = Duration::from_millis(100);
            if tokio::time::timeout(wait, next.read(&mut [0; 8]))
                .await
                .is_err()
            {
                return;
            }
        }
    });
    noticed.await.expect("a place became free");
}
