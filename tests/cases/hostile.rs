//! Bytes as an attacker sends them: one reading, or nothing reaches the service behind.

use convergences_tests::world::World;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

/// Requests, and the statuses that may answer them.
const REFUSED: &[(&str, &[&str])] = &[
    ("GET / HTTP/1.1\r\n\r\n", &["400"]),
    ("GET / HTTP/1.1\r\nHost:\r\n\r\n", &["400"]),
    (
        "GET / HTTP/1.1\r\nHost: www.localhost\r\nHost: www.localhost\r\n\r\n",
        &["400"],
    ),
    ("GET / HTTP/1.0\r\nHost: www.localhost\r\n\r\n", &["505"]),
    (
        "GET http://www.localhost/ HTTP/1.1\r\nHost: www.localhost\r\n\r\n",
        &["400"],
    ),
    (
        "GET admin HTTP/1.1\r\nHost: www.localhost\r\n\r\n",
        &["400"],
    ),
    ("GET ?x HTTP/1.1\r\nHost: www.localhost\r\n\r\n", &["400"]),
    (
        "OPTIONS * HTTP/1.1\r\nHost: www.localhost\r\n\r\n",
        &["400"],
    ),
    (
        "GET /a/../espace-reserve/ HTTP/1.1\r\nHost: www.localhost\r\n\r\n",
        &["400"],
    ),
    (
        "GET /%2e%2e/espace-reserve HTTP/1.1\r\nHost: www.localhost\r\n\r\n",
        &["400"],
    ),
    (
        "GET //espace-reserve/ HTTP/1.1\r\nHost: www.localhost\r\n\r\n",
        &["400"],
    ),
    (
        "GET /x;/../espace-reserve HTTP/1.1\r\nHost: www.localhost\r\n\r\n",
        &["400"],
    ),
    (
        "GET /espace-reserve%2fx HTTP/1.1\r\nHost: www.localhost\r\n\r\n",
        &["400"],
    ),
    (
        "GET /Espace-Reserve/ HTTP/1.1\r\nHost: www.localhost\r\n\r\n",
        &["404"],
    ),
    ("TRACE / HTTP/1.1\r\nHost: www.localhost\r\n\r\n", &["405"]),
    (
        "CONNECT www.localhost:80 HTTP/1.1\r\nHost: www.localhost\r\n\r\n",
        &["400", "405"],
    ),
    (
        "GET / HTTP/1.1\r\nHost: unknown.localhost\r\n\r\n",
        &["421"],
    ),
    (
        "POST / HTTP/1.1\r\nHost: www.localhost\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\na",
        &["400"],
    ),
    (
        "POST / HTTP/1.1\r\nHost: www.localhost\r\nContent-Length: 1, 1\r\n\r\na",
        &["400"],
    ),
    (
        "POST / HTTP/1.1\r\nHost: www.localhost\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\na",
        &["400"],
    ),
    (
        "POST / HTTP/1.1\r\nHost: www.localhost\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        &["400"],
    ),
    (
        "POST / HTTP/1.1\r\nHost: www.localhost\r\nTransfer-Encoding: chunked\r\nContent-Length : 5\r\n\r\n0\r\n\r\n",
        &["400"],
    ),
    (
        "POST / HTTP/1.1\r\nHost: www.localhost\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
        &["400"],
    ),
    (
        "POST / HTTP/1.1\r\nHost: www.localhost\r\nTransfer-Encoding: identity\r\nContent-Length: 1\r\n\r\na",
        &["400"],
    ),
];

/// Sends bytes to the gateway and reads until it closes, or stops answering.
async fn exchange(world: &World, bytes: &[u8]) -> String {
    let mut stream = TcpStream::connect(world.listen).await.unwrap();
    // Refused early, the rest may not be read any more.
    let _ = stream.write_all(bytes).await;
    let mut answer = Vec::new();
    let patience = std::time::Duration::from_millis(700);
    let _ = tokio::time::timeout(patience, stream.read_to_end(&mut answer)).await;
    String::from_utf8_lossy(&answer).into_owned()
}

fn status(answer: &str) -> &str {
    answer.get(9..12).unwrap_or("")
}

#[tokio::test(flavor = "multi_thread")]
async fn an_ambiguous_request_is_refused_and_never_forwarded() {
    let world = World::start().await.unwrap();
    for (request, expected) in REFUSED {
        let answer = exchange(&world, request.as_bytes()).await;
        assert!(
            expected.contains(&status(&answer)),
            "{request:?} got {answer:?}"
        );
    }
    assert_eq!(world.site.received().len(), 0, "nothing was forwarded");
}

#[tokio::test(flavor = "multi_thread")]
async fn no_second_request_hides_in_a_body() {
    let world = World::start().await.unwrap();
    let hidden = "0\r\n\r\nGET /espace-reserve/hidden HTTP/1.1\r\nHost: www.localhost\r\n\r\n";
    for head in [
        format!(
            "Content-Length: {}\r\nTransfer-Encoding: chunked",
            hidden.len()
        ),
        format!(
            "Transfer-Encoding: chunked\r\nContent-Length: {}",
            hidden.len()
        ),
        "Transfer-Encoding: xchunked".to_owned(),
        "Transfer-Encoding : chunked".to_owned(),
        "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity".to_owned(),
    ] {
        let request = format!("POST / HTTP/1.1\r\nHost: www.localhost\r\n{head}\r\n\r\n{hidden}");
        exchange(&world, request.as_bytes()).await;
    }
    assert!(
        !world
            .site
            .received()
            .iter()
            .any(|received| received.target.contains("hidden"))
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_head_that_is_too_large_is_refused() {
    let world = World::start().await.unwrap();
    let long = format!(
        "GET /{} HTTP/1.1\r\nHost: www.localhost\r\n\r\n",
        "a".repeat(9000)
    );
    assert_eq!(status(&exchange(&world, long.as_bytes()).await), "414");
    let cookie = format!(
        "GET / HTTP/1.1\r\nHost: www.localhost\r\nCookie: a={}\r\n\r\n",
        "a".repeat(9000)
    );
    assert_eq!(status(&exchange(&world, cookie.as_bytes()).await), "431");
    let fields = "X-A: 1\r\n".repeat(150);
    let many = format!("GET / HTTP/1.1\r\nHost: www.localhost\r\n{fields}\r\n");
    assert_eq!(status(&exchange(&world, many.as_bytes()).await), "431");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_body_beyond_the_limit_is_refused_announced_or_not() {
    let world = World::start_with(|config| {
        for service in &mut config.gateway.services {
            if service.id.as_str() == "site" {
                service.max_body = 1000;
            }
        }
    })
    .await
    .unwrap();
    let announced = "POST / HTTP/1.1\r\nHost: www.localhost\r\nContent-Length: 1001\r\n\r\n";
    assert_eq!(status(&exchange(&world, announced.as_bytes()).await), "413");
    let chunk = format!("3e9\r\n{}\r\n0\r\n\r\n", "a".repeat(1001));
    let chunked = format!(
        "POST / HTTP/1.1\r\nHost: www.localhost\r\nTransfer-Encoding: chunked\r\n\r\n{chunk}"
    );
    let answer = exchange(&world, chunked.as_bytes()).await;
    assert!(answer.is_empty() || status(&answer) == "413", "{answer}");
    assert!(
        world
            .site
            .received()
            .iter()
            .all(|received| received.body <= 1000)
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn connections_beyond_the_share_of_one_address_are_closed_at_once() {
    let world = World::start_with(|config| config.gateway.connections.per_address = 2)
        .await
        .unwrap();
    let mut held = Vec::new();
    for _ in 0..2 {
        let mut stream = TcpStream::connect(world.listen).await.unwrap();
        stream
            .write_all(b"GET / HTTP/1.1\r\nHost: www.localhost\r\n\r\n")
            .await
            .unwrap();
        let mut first = [0; 12];
        stream.read_exact(&mut first).await.unwrap();
        held.push(stream);
    }
    let answer = exchange(&world, b"GET / HTTP/1.1\r\nHost: www.localhost\r\n\r\n").await;
    assert_eq!(answer, "");
}
