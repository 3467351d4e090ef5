//! Follows the store's changes: at once after a write of this process, within half a second after
//! another node's. The directory is brought up to date first, then whoever listens is told.

use crate::changes::Change;
use crate::directory::Directory;
use crate::error::Error;
use crate::store::Store;
use policies::CollectiviteId;
use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;
use tokio::time::Instant;

/// The safety net under the wake-up call.
const POLL: Duration = Duration::from_millis(500);
/// How long the store may take to answer.
const PATIENCE: Duration = Duration::from_secs(3);

/// Reads the list of changes on from where it stands.
#[derive(Debug)]
pub struct Follower {
    store: Store,
    directory: Arc<Directory>,
    seen: i64,
    /// When the store last confirmed that nothing was missed.
    confirmed: watch::Sender<Instant>,
}

impl Follower {
    /// Loads the directory and stands at the store's last change.
    ///
    /// # Errors
    /// As [`Directory::load`].
    pub async fn start(store: Store, vocabulary: Arc<policies::Vocabulary>) -> Result<Self, Error> {
        // The number first: what changes while the directory loads is read again.
        let seen = store.last_change().await?;
        let directory = Arc::new(Directory::load(&store, vocabulary).await?);
        store.applied.send_replace(seen);
        Ok(Self {
            store,
            directory,
            seen,
            confirmed: watch::Sender::new(Instant::now()),
        })
    }

    /// The directory that this keeps up to date.
    pub fn directory(&self) -> Arc<Directory> {
        self.directory.clone()
    }

    /// Watches when the store last confirmed that nothing was missed.
    pub fn confirmed(&self) -> watch::Receiver<Instant> {
        self.confirmed.subscribe()
    }

    /// Follows until dropped, and tells `listener` every change in order.
    pub async fn run(mut self, listener: impl Fn(&Change) + Send) {
        let changed = self.store.changed.clone();
        loop {
            // Registered before reading: a change committed meanwhile still wakes us.
            let woken = changed.notified();
            tokio::pin!(woken);
            woken.as_mut().enable();
            let started = Instant::now();
            // Given up, the connection is dropped: one that answers no more holds nobody up.
            match tokio::time::timeout(PATIENCE, self.catch_up(&listener)).await {
                Ok(Ok(())) => {
                    self.confirmed.send_replace(started);
                }
                Ok(Err(error)) => {
                    let error: &dyn std::error::Error = &error;
                    tracing::warn!(error, "Could not read the store's changes");
                }
                Err(_) => tracing::warn!("The store did not answer in time"),
            }
            let _ = tokio::time::timeout(POLL, woken).await;
        }
    }

    async fn catch_up(&mut self, listener: &impl Fn(&Change)) -> Result<(), Error> {
        loop {
            let changes = self.store.changes_since(self.seen).await?;
            let Some((last, _)) = changes.last() else {
                return Ok(());
            };
            let last = *last;
            self.bring_up_to_date(&changes).await?;
            for (_, change) in &changes {
                listener(change);
            }
            self.seen = last;
            self.store.applied.send_replace(last);
        }
    }

    /// The directory first, so that whoever is told finds it right.
    async fn bring_up_to_date(&self, changes: &[(i64, Change)]) -> Result<(), Error> {
        let (store, directory) = (&self.store, &self.directory);
        let everything = changes
            .iter()
            .any(|(_, change)| *change == Change::Everything);
        let stale: BTreeSet<CollectiviteId> = if everything {
            store.list_collectivites().await?.into_iter().collect()
        } else {
            let touched = changes.iter().filter_map(|(_, change)| match change {
                Change::Collectivite(id) => Some(id.clone()),
                _ => None,
            });
            touched.collect()
        };
        if !stale.is_empty() {
            directory
                .reload(store, &stale.into_iter().collect::<Vec<_>>())
                .await?;
        }
        let above = |change: &Change| everything || *change == Change::Guardrails;
        if changes.iter().any(|(_, change)| above(change)) {
            directory.reload_guardrails(store).await?;
        }
        if everything || changes.iter().any(|(_, change)| *change == Change::Keys) {
            match directory.reload_keys(store).await {
                Err(Error::Sealed) => {
                    tracing::error!("Kept the signing keys in use: the new ones do not open");
                }
                other => other?,
            }
        }
        Ok(())
    }
}
