//! Walks the daily round: what is due without anybody asking.

use crate::config::Config;
use accounts::{Rounds, Store};
use std::time::Duration;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

/// Between two looks. The round itself knows what it has done already; a node that starts in the
/// evening must not wait until the next one.
const PERIOD: Duration = Duration::from_mins(10);

/// Walks it until told to stop.
pub(crate) fn walk(
    config: &Config,
    store: &Store,
    stopping: &CancellationToken,
    tasks: &TaskTracker,
) {
    let rounds = rounds(config);
    let (store, stopping) = (store.clone(), stopping.clone());
    tasks.spawn(async move {
        while !stopping.is_cancelled() {
            if let Err(error) = store.daily_round(&rounds).await {
                let error: &dyn std::error::Error = &error;
                tracing::warn!(error, "The daily round was not finished: it goes on later");
            }
            tokio::select! {
                () = tokio::time::sleep(PERIOD) => {}
                () = stopping.cancelled() => {}
            }
        }
    });
}

/// What a configuration says of them.
pub(crate) fn rounds(config: &Config) -> Rounds {
    let services = config.gateway.services.iter();
    let days = config
        .mail
        .as_ref()
        .map(|mail| mail.confirm_addresses_after_days);
    Rounds {
        services: services
            .map(|service| (service.id.clone(), service.name.clone()))
            .collect(),
        confirm_addresses_after: days.filter(|days| *days > 0).map(|days| days * 86_400),
    }
}
