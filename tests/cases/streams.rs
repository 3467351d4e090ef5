//! What stays open: WebSockets, events, large bodies; and how it is cut.

use accounts::Grant;
use convergences_tests::client::Client;
use convergences_tests::operator::withdraw_rule;
use convergences_tests::world::{RENEE, World};
use futures_util::{SinkExt as _, StreamExt as _};
use policies::{Level, MembershipId, Rule};
use reqwest::{Body, Method, StatusCode};
use std::time::Duration;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::client::IntoClientRequest as _;
use tokio_tungstenite::{WebSocketStream, client_async};

async fn renee_membership(world: &World) -> MembershipId {
    let account = world
        .product
        .store
        .find_account(RENEE)
        .await
        .unwrap()
        .unwrap();
    world
        .product
        .store
        .list_memberships(&account.id)
        .await
        .unwrap()
        .remove(0)
        .id
}

/// Renée, with the right to modify on the site.
async fn renee(world: &World) -> Client {
    let membership = renee_membership(world).await;
    let grant = Grant {
        membership,
        service: "site".into(),
        level: Level::Ecriture,
        starts_at: None,
        ends_at: None,
    };
    world.product.store.add_grant(&grant, "test").await.unwrap();
    let mut client = world.log_in(RENEE).await.unwrap();
    client
        .open(&world.url("www", "/espace-reserve/"))
        .await
        .unwrap();
    client
}

/// Closes the site by a rule of the town hall's, « ferme ».
async fn close_to_everybody(world: &World) {
    let rule = Rule {
        id: "ferme".into(),
        text: r#"forbid (principal in Collectivite::"fontclaire", action in [Action::"lecture", Action::"ecriture"], resource in Service::"site");"#.into(),
    };
    let vocabulary = world.product.directory.vocabulary();
    let (store, town) = (&world.product.store, "fontclaire".into());
    store
        .publish_rule(vocabulary, &town, &rule, "test")
        .await
        .unwrap();
}

async fn tunnel(world: &World, client: &Client) -> Result<WebSocketStream<TcpStream>, u16> {
    let address = format!(
        "ws://www.localhost:{}/espace-reserve/ws",
        world.listen.port()
    );
    let mut request = address.into_client_request().unwrap();
    let session = client
        .cookies
        .get("www.localhost")
        .and_then(|jar| jar.get("convergences"));
    if let Some(session) = session {
        request
            .headers_mut()
            .insert("cookie", format!("convergences={session}").parse().unwrap());
    }
    let stream = TcpStream::connect(world.listen).await.unwrap();
    match client_async(request, stream).await {
        Ok((socket, _)) => Ok(socket),
        Err(tokio_tungstenite::tungstenite::Error::Http(answer)) => Err(answer.status().as_u16()),
        Err(error) => panic!("{error}"),
    }
}

async fn echo(socket: &mut WebSocketStream<TcpStream>) -> bool {
    socket.send(Message::text("bonjour")).await.is_ok()
        && matches!(socket.next().await, Some(Ok(Message::Text(text))) if text == "bonjour")
}

/// Whether an idle tunnel is closed within a second, without a word from us.
async fn closes(socket: &mut WebSocketStream<TcpStream>) -> bool {
    let end = tokio::time::timeout(Duration::from_secs(1), socket.next()).await;
    matches!(end, Ok(None | Some(Err(_) | Ok(Message::Close(_)))))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_websocket_passes_for_those_who_may_and_for_nobody_else() {
    let world = World::start().await.unwrap();
    assert_eq!(
        tunnel(&world, &world.browser().unwrap()).await.err(),
        Some(401)
    );
    let client = renee(&world).await;
    let mut socket = tunnel(&world, &client).await.unwrap();
    assert!(echo(&mut socket).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_idle_websocket_is_cut_when_the_session_ends() {
    let world = World::start().await.unwrap();
    let client = renee(&world).await;
    let mut socket = tunnel(&world, &client).await.unwrap();
    assert!(echo(&mut socket).await);
    let account = world
        .product
        .store
        .find_account(RENEE)
        .await
        .unwrap()
        .unwrap();
    world
        .product
        .store
        .end_sessions_of(&account.id, "test")
        .await
        .unwrap();
    assert!(closes(&mut socket).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_idle_websocket_is_cut_when_the_account_is_suspended() {
    let world = World::start().await.unwrap();
    let client = renee(&world).await;
    let mut socket = tunnel(&world, &client).await.unwrap();
    assert!(echo(&mut socket).await);
    let account = world
        .product
        .store
        .find_account(RENEE)
        .await
        .unwrap()
        .unwrap();
    world
        .product
        .store
        .suspend_account(&account.id, true, "test")
        .await
        .unwrap();
    assert!(closes(&mut socket).await);
    assert_eq!(tunnel(&world, &client).await.err(), Some(403));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_idle_websocket_is_cut_when_a_rule_or_a_right_closes_it_and_not_before() {
    let world = World::start().await.unwrap();
    let store = &world.product.store;
    let client = renee(&world).await;
    let mut socket = tunnel(&world, &client).await.unwrap();
    withdraw_rule(store, &"fontclaire".into(), "paie-net-cotisations")
        .await
        .unwrap();
    assert!(
        echo(&mut socket).await,
        "that rule was about something else"
    );
    close_to_everybody(&world).await;
    assert!(closes(&mut socket).await);
    assert_eq!(tunnel(&world, &client).await.err(), Some(403));
    withdraw_rule(store, &"fontclaire".into(), "ferme")
        .await
        .unwrap();
    let mut socket = tunnel(&world, &client).await.unwrap();
    let membership = renee_membership(&world).await;
    store
        .revoke_grants(&membership, &"site".into(), "test")
        .await
        .unwrap();
    assert!(closes(&mut socket).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stream_of_events_arrives_at_once_and_is_cut_with_the_session() {
    let world = World::start().await.unwrap();
    let client = renee(&world).await;
    let url = world.url("www", "/espace-reserve/events");
    let answer = client
        .request(Method::GET, &url)
        .unwrap()
        .send()
        .await
        .unwrap();
    let mut events = answer.bytes_stream();
    let first = tokio::time::timeout(Duration::from_secs(1), events.next())
        .await
        .unwrap()
        .unwrap()
        .unwrap();
    assert_eq!(&first[..], b"data: bonjour\n\n");
    let account = world
        .product
        .store
        .find_account(RENEE)
        .await
        .unwrap()
        .unwrap();
    world
        .product
        .store
        .end_sessions_of(&account.id, "test")
        .await
        .unwrap();
    let end = tokio::time::timeout(Duration::from_secs(1), events.next())
        .await
        .unwrap();
    assert!(matches!(end, None | Some(Err(_))));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_under_way_ends_when_a_rule_closes_it() {
    let world = World::start().await.unwrap();
    let client = renee(&world).await;
    let url = world.url("www", "/espace-reserve/ticks");
    let request = client.request(Method::GET, &url).unwrap();
    let mut ticks = request.send().await.unwrap().bytes_stream();
    assert!(matches!(ticks.next().await, Some(Ok(_))));
    close_to_everybody(&world).await;
    let end = tokio::time::timeout(Duration::from_secs(1), async {
        while let Some(Ok(_)) = ticks.next().await {}
    });
    end.await.expect("within a second");
}

#[tokio::test(flavor = "multi_thread")]
async fn only_a_handshake_of_the_services_own_pages_leaves_http() {
    let world = World::start().await.unwrap();
    let client = renee(&world).await;
    let ask = |method: Method, path: &str, origin: &str| {
        let request = client.request(method, &world.url("www", path)).unwrap();
        request
            .header("Connection", "Upgrade")
            .header("Upgrade", "websocket")
            .header("Sec-WebSocket-Version", "13")
            .header("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ==")
            .header("Origin", origin)
            .send()
    };
    let (own, sibling) = (world.url("www", ""), world.url("cotisations", ""));
    let answer = ask(Method::GET, "/espace-reserve/ws", &own).await.unwrap();
    assert_eq!(answer.status(), StatusCode::SWITCHING_PROTOCOLS);
    let answer = ask(Method::GET, "/espace-reserve/ws", &sibling).await;
    assert_eq!(answer.unwrap().status(), StatusCode::FORBIDDEN);
    // What reads only, and is no handshake, is forwarded as what it was judged.
    let answer = ask(Method::OPTIONS, "/espace-reserve/", &own).await;
    assert_eq!(answer.unwrap().status(), StatusCode::OK);
    let received = world.site.received().pop().unwrap();
    assert_eq!(received.method, "OPTIONS");
    assert!(received.header("upgrade").is_empty(), "{received:?}");
}

/// The most memory that this process ever held, in KiB.
fn peak() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status
        .lines()
        .find(|line| line.starts_with("VmHWM:"))
        .unwrap();
    line.split_whitespace().nth(1).unwrap().parse().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_gibibyte_sent_in_chunks_takes_no_more_memory_than_a_small_body() {
    const CHUNK: usize = 1 << 20;
    const CHUNKS: u64 = 1024;
    let world = World::start().await.unwrap();
    let client = renee(&world).await;
    let chunk = bytes::Bytes::from(vec![7_u8; CHUNK]);
    let chunks = chunk.clone();
    let body = futures_util::stream::iter(
        (0..CHUNKS).map(move |_| Ok::<_, std::io::Error>(chunks.clone())),
    );
    let url = world.url("www", "/espace-reserve/upload");
    let small = client.request(Method::POST, &url).unwrap();
    let answer = small.body(chunk.clone()).send().await.unwrap();
    assert_eq!(answer.status(), StatusCode::OK);
    let before = peak();
    let request = client.request(Method::POST, &url).unwrap();
    let answer = request.body(Body::wrap_stream(body)).send().await.unwrap();
    assert_eq!(answer.status(), StatusCode::OK);
    assert_eq!(
        world.site.received().pop().unwrap().body,
        CHUNKS * CHUNK as u64
    );
    let grown = peak() - before;
    assert!(grown < 64 * 1024, "1 GiB sent, memory grew by {grown} KiB");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_that_waits_for_leave_to_send_its_body_gets_it() {
    let world = World::start().await.unwrap();
    let client = renee(&world).await;
    let session = &client.cookies["www.localhost"]["convergences"];
    let mut stream = TcpStream::connect(world.listen).await.unwrap();
    let head = format!(
        "POST /espace-reserve/upload HTTP/1.1\r\nHost: www.localhost:{}\r\nCookie: convergences={session}\r\n\
         Content-Length: 5\r\nExpect: 100-continue\r\nConnection: close\r\n\r\n",
        world.listen.port()
    );
    stream.write_all(head.as_bytes()).await.unwrap();
    let mut leave = [0; 25];
    stream.read_exact(&mut leave).await.unwrap();
    assert_eq!(&leave, b"HTTP/1.1 100 Continue\r\n\r\n");
    stream.write_all(b"hello").await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    assert!(answer.starts_with("HTTP/1.1 200 OK\r\n"), "{answer}");
    assert_eq!(world.site.received().pop().unwrap().body, 5);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_tunnel_stays_open_however_fast_the_service_answers() {
    let world = World::start().await.unwrap();
    let client = renee(&world).await;
    for _ in 0..50 {
        let mut socket = tunnel(&world, &client).await.unwrap();
        assert!(echo(&mut socket).await);
    }
}
