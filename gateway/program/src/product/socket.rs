//! The sockets between the proxy and what is served inside this process.

use axum::Router;
use axum::body::HttpBody as _;
use axum::extract::Request;
use axum::http::{HeaderValue, header};
use axum::middleware::{self, Next};
use axum::response::Response;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use tokio::net::UnixListener;

/// A socket for this user only; one that a dead process left is replaced.
pub(super) async fn bind(path: &Path) -> anyhow::Result<UnixListener> {
    if tokio::net::UnixStream::connect(path).await.is_ok() {
        anyhow::bail!("another process serves it");
    }
    match tokio::fs::remove_file(path).await {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(error.into()),
        _ => {}
    }
    let listener = UnixListener::bind(path)?;
    tokio::fs::set_permissions(path, std::fs::Permissions::from_mode(0o600)).await?;
    Ok(listener)
}

/// The same routes, that say so when a connection ends with an answer (RFC 9112 §9.6).
///
/// hyper closes one whose request was answered before its body was read, but finds out only once the
/// answer is gone: the proxy would lend the dying connection to whoever comes next, and answer a 502.
pub(super) fn closing(router: Router) -> Router {
    router.layer(middleware::from_fn(close_after_body))
}

async fn close_after_body(request: Request, next: Next) -> Response {
    let whole = request.body().is_end_stream();
    let mut response = next.run(request).await;
    if !whole {
        let close = HeaderValue::from_static("close");
        response.headers_mut().insert(header::CONNECTION, close);
    }
    response
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::StatusCode;
    use axum::routing::any;
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    use tokio::net::UnixStream;

    /// The head of what a service answers that reads no body.
    async fn answer(request: &str) -> String {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.sock");
        let listener = bind(&path).await.unwrap();
        let router = Router::new().fallback(any(async || StatusCode::FORBIDDEN));
        tokio::spawn(async move { axum::serve(listener, closing(router)).await });
        let mut stream = UnixStream::connect(&path).await.unwrap();
        stream.write_all(request.as_bytes()).await.unwrap();
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            head.push(stream.read_u8().await.unwrap());
        }
        String::from_utf8(head).unwrap().to_lowercase()
    }

    #[tokio::test]
    async fn an_answer_before_the_body_says_that_the_connection_ends() {
        let head = answer("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\n").await;
        assert!(head.starts_with("http/1.1 403"), "{head}");
        assert!(head.contains("connection: close"), "{head}");
    }

    #[tokio::test]
    async fn a_request_without_a_body_leaves_the_connection_open() {
        let head = answer("GET / HTTP/1.1\r\nHost: a\r\n\r\n").await;
        assert!(head.starts_with("http/1.1 403"), "{head}");
        assert!(!head.contains("connection: close"), "{head}");
    }
}
