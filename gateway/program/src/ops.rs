//! `/livez`, `/readyz` and `/metrics`, on a listener of their own that only operators reach.

use axum::Router;
use axum::http::{StatusCode, header};
use axum::routing::get;
use gateway::Gateway;
use std::sync::Arc;

pub(crate) fn router(gateway: Option<Arc<Gateway>>) -> Router {
    let (readiness, counters) = (gateway.clone(), gateway);
    Router::new()
        .route("/livez", get(|| async { "alive\n" }))
        .route(
            "/readyz",
            get(move || async move {
                let ready = readiness.as_ref().is_none_or(|gateway| gateway.is_ready());
                if ready {
                    (StatusCode::OK, "ready\n")
                } else {
                    (StatusCode::SERVICE_UNAVAILABLE, "behind the store\n")
                }
            }),
        )
        .route(
            "/metrics",
            get(move || async move {
                let text = counters
                    .as_ref()
                    .map(|gateway| gateway.metrics())
                    .unwrap_or_default();
                (
                    [(
                        header::CONTENT_TYPE,
                        "application/openmetrics-text; version=1.0.0; charset=utf-8",
                    )],
                    text,
                )
            }),
        )
}
