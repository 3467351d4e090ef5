//! An online service that shows what it received: JSON for any request, an echo for WebSockets, an
//! endless stream of events. It stands behind the gateway in the place of the example site.

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::{Request, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{any, get};
use futures_util::{SinkExt as _, StreamExt as _};
use hyper_util::rt::TokioIo;
use parking_lot::Mutex;
use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpListener;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::handshake::derive_accept_key;
use tokio_tungstenite::tungstenite::protocol::Role;

/// What a request looked like when it arrived.
#[derive(Clone, Debug, Default, serde::Serialize)]
pub struct Received {
    /// The method.
    pub method: String,
    /// Path and query, as they came.
    pub target: String,
    /// Names and values, in order.
    pub headers: Vec<(String, String)>,
    /// Bytes of the body.
    pub body: u64,
}

impl Received {
    /// The values of a header.
    pub fn header(&self, name: &str) -> Vec<&str> {
        self.headers
            .iter()
            .filter(|(key, _)| key == name)
            .map(|(_, value)| value.as_str())
            .collect()
    }
}

/// The service; every request it got is kept.
#[derive(Clone, Debug, Default)]
pub struct OnlineService {
    received: Arc<Mutex<Vec<Received>>>,
}

impl OnlineService {
    /// Starts it on a free port.
    ///
    /// # Errors
    /// No free port.
    pub async fn start() -> anyhow::Result<(Self, SocketAddr)> {
        let service = Self::default();
        let router = Router::new()
            .route("/ws", get(tunnel))
            .route("/espace-reserve/ws", get(tunnel))
            .route("/espace-reserve/events", get(events))
            .route("/espace-reserve/ticks", get(ticks))
            .fallback(any(show))
            .with_state(service.clone());
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let address = listener.local_addr()?;
        tokio::spawn(async move { axum::serve(listener, router).await });
        Ok((service, address))
    }

    /// Everything it received so far.
    pub fn received(&self) -> Vec<Received> {
        self.received.lock().clone()
    }
}

async fn show(State(service): State<OnlineService>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let mut received = Received {
        method: parts.method.to_string(),
        target: parts.uri.to_string(),
        headers: parts
            .headers
            .iter()
            .map(|(name, value)| {
                (
                    name.to_string(),
                    String::from_utf8_lossy(value.as_bytes()).into_owned(),
                )
            })
            .collect(),
        body: 0,
    };
    let mut chunks = body.into_data_stream();
    while let Some(Ok(chunk)) = chunks.next().await {
        received.body += chunk.len() as u64;
    }
    let text = serde_json::to_string(&received).unwrap_or_default();
    service.received.lock().push(received);
    let mut response = text.into_response();
    let headers = response.headers_mut();
    headers.insert(
        header::CONTENT_TYPE,
        HeaderValue::from_static("application/json"),
    );
    // A service may set cookies of its own, and none of ours.
    headers.append(
        header::SET_COOKIE,
        HeaderValue::from_static("own=1; Path=/"),
    );
    headers.append(
        header::SET_COOKIE,
        HeaderValue::from_static("convergences=stolen; Path=/"),
    );
    // Nor say what it is made of, give orders to a proxy, or speak in our name.
    for name in [
        "server",
        "x-powered-by",
        "x-accel-redirect",
        "x-convergences-assertion",
    ] {
        headers.insert(name, HeaderValue::from_static("/secret"));
    }
    response
}

/// One event at once, then silence.
async fn events() -> Response {
    let first = futures_util::stream::once(async {
        Ok::<_, Infallible>(Bytes::from_static(b"data: bonjour\n\n"))
    });
    let silence = futures_util::stream::pending();
    (
        [(header::CONTENT_TYPE, "text/event-stream")],
        Body::from_stream(first.chain(silence)),
    )
        .into_response()
}

/// Events without an end.
async fn ticks() -> Response {
    let ticks = futures_util::stream::unfold((), |()| async {
        tokio::time::sleep(Duration::from_millis(20)).await;
        let tick = Bytes::from_static(b"data: tic\n\n");
        Some((Ok::<_, Infallible>(tick), ()))
    });
    (
        [(header::CONTENT_TYPE, "text/event-stream")],
        Body::from_stream(ticks),
    )
        .into_response()
}

async fn tunnel(mut request: Request) -> Response {
    let Some(key) = request.headers().get("sec-websocket-key").cloned() else {
        return StatusCode::BAD_REQUEST.into_response();
    };
    let upgrade = hyper::upgrade::on(&mut request);
    tokio::spawn(async move {
        let Ok(upgraded) = upgrade.await else { return };
        let mut socket =
            WebSocketStream::from_raw_socket(TokioIo::new(upgraded), Role::Server, None).await;
        while let Some(Ok(message)) = socket.next().await {
            if message.is_close() || socket.send(message).await.is_err() {
                return;
            }
        }
    });
    let accept = derive_accept_key(key.as_bytes());
    (
        StatusCode::SWITCHING_PROTOCOLS,
        [
            (header::CONNECTION, "upgrade".to_owned()),
            (header::UPGRADE, "websocket".to_owned()),
            (header::SEC_WEBSOCKET_ACCEPT, accept),
        ],
    )
        .into_response()
}
