//! BIP inside this process: its content opened, its index followed, its drafts published at their moments.

use crate::config::BipSettings;
use accounts::{Directory, Store};
use policies::{Action, Classification, Permit, Principal, Resource, Situation, Theme, decide};
use search::{Bip, Follower, Library, Planned, Tables};
use std::sync::Arc;
use std::time::Duration;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

/// How long a draft waits for its publication once its moment has come, at most.
const ROUND: Duration = Duration::from_secs(5);

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
            "BIP has documents of `{name}`, which no rule can name: add it to `[bip]`. To be rid of it, import its documents anew, and revise in « Rédaction » those written there"
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

/// Publishes drafts at their moments, until the program stops. Every node does: one of them is the first.
pub(super) fn publish(
    library: Library,
    (store, directory): (Store, Arc<Directory>),
    stopping: &CancellationToken,
    tasks: &TaskTracker,
) {
    let stopping = stopping.clone();
    tasks.spawn(async move {
        let mut is_failing = false;
        let mut rounds = tokio::time::interval(ROUND);
        loop {
            tokio::select! {
                () = stopping.cancelled() => break,
                _ = rounds.tick() => {}
            }
            let done = publish_due(&library, &store, &directory).await;
            if let (Err(error), false) = (&done, is_failing) {
                tracing::error!(%error, "Drafts of BIP cannot be published at their moment");
            }
            is_failing = done.is_err();
        }
    });
}

async fn publish_due(
    library: &Library,
    store: &Store,
    directory: &Directory,
) -> anyhow::Result<()> {
    let now = store.clock().now();
    for planned in library.list_due(now).await? {
        if let Some(permit) = may_publish(store, directory, &planned).await
            && library.publish_planned(&planned, &permit, now).await?
        {
            tracing::info!("A draft of BIP is published at its moment");
        }
    }
    Ok(())
}

/// Whether somebody who planned a publication may still make it; the desk shows what nobody may.
async fn may_publish(store: &Store, directory: &Directory, planned: &Planned) -> Option<Permit> {
    let principal = Principal::Member(store.member(&planned.membership).await.ok()?);
    let rulesets = directory.rulesets();
    let ruleset = rulesets.of(&principal).ok()?;
    let situation = Situation::at(store.clock().now(), None, false);
    let classification = directory.vocabulary().classification();
    let mut permit = None;
    for class in &planned.classes {
        // A theme that is no more would be out of every rule's reach.
        let themes = class.themes.iter().map(Theme::as_str);
        if classification
            .unknown(themes, Some(class.collection.as_str()))
            .is_some()
        {
            return None;
        }
        let resource = Resource::Document(class);
        let decided = decide(ruleset, &principal, Action::Rediger, resource, &situation);
        permit = Some(decided.ok()?);
    }
    permit
}
