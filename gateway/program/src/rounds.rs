//! Walks the daily round: what is due without anybody asking.

use accounts::Store;
use std::time::Duration;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

/// Between two looks. The round itself knows what it has done already; a node that starts in the
/// evening must not wait until the next one.
const PERIOD: Duration = Duration::from_mins(10);

/// Walks it until told to stop.
pub(crate) fn walk(store: &Store, stopping: &CancellationToken, tasks: &TaskTracker) {
    let (store, stopping) = (store.clone(), stopping.clone());
    tasks.spawn(async move {
        while !stopping.is_cancelled() {
            if let Err(error) = store.daily_round().await {
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
