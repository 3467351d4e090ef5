//! BIP inside this process: its content opened, its index followed.

use crate::config::BipSettings;
use policies::Classification;
use search::{Bip, Follower, Library, Tables};
use std::sync::Arc;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

/// Opens BIP, and has it follow its content from now on. Without an index BIP answers once one is made.
pub(super) async fn follow(
    settings: &BipSettings,
    classification: &Classification,
    stopping: &CancellationToken,
    tasks: &TaskTracker,
) -> anyhow::Result<(Arc<Bip>, Library)> {
    let library = Library::open(&settings.content, Tables::Expect).await?;
    if library.holdings().await?.documents == 0 {
        tracing::warn!("BIP has no content: run `convergences bip import`");
    }
    let bip = Arc::new(crate::bip::of(settings)?);
    let opening = bip.clone();
    // A damaged index is told of, and made anew, by who follows.
    let _ = tokio::task::spawn_blocking(move || opening.open()).await?;
    if let Some(name) = bip.unknown(classification) {
        anyhow::bail!(
            "BIP has documents of `{name}`, which no rule can name: add it to `[bip]`, or import them anew"
        );
    }
    let (stopping, follower) = (
        stopping.clone(),
        Follower::new(bip.clone(), library.clone()),
    );
    tasks.spawn(async move {
        tokio::select! {
            () = stopping.cancelled_owned() => {}
            () = follower.run() => {}
        }
    });
    Ok((bip, library))
}
