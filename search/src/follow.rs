//! Follows the content: opens this node's index or makes it, applies each change within half a second, and
//! makes it anew when it is damaged, of other fields, or of an earlier epoch. Until there is one BIP is not
//! ready.

use crate::bip::Bip;
use crate::content::Library;
use crate::content::library::{Current, Place};
use crate::error::Error;
use crate::index::{Making, Mark, Opened, Writer, finish, newest, unfinished};
use std::sync::Arc;
use std::time::Duration;

/// How long a change of another node may stay unseen.
const POLL: Duration = Duration::from_millis(500);
/// Changes of one commit, and documents read at a time.
const BATCH: i64 = 1000;

/// Follows until it is dropped.
#[expect(
    missing_debug_implementations,
    reason = "an index and its writer have nothing to show"
)]
pub struct Follower {
    bip: Arc<Bip>,
    library: Library,
    writer: Option<Box<Writer>>,
    /// The index of another process, while that one writes it: the one before a restart, for its last seconds.
    others: Option<Box<Opened>>,
}

/// What became of the newest complete index.
enum Taken {
    Over(Box<Writer>),
    /// Another process writes it.
    Others(Box<Opened>),
    /// There is none, or it is damaged.
    None,
}

impl Follower {
    /// Of one node's BIP.
    pub fn new(bip: Arc<Bip>, library: Library) -> Self {
        Self {
            bip,
            library,
            writer: None,
            others: None,
        }
    }

    /// Follows for ever. What fails is logged and tried again; what is known stays readable.
    pub async fn run(mut self) {
        loop {
            if let Err(error) = self.catch_up().await {
                tracing::error!(%error, cause = ?std::error::Error::source(&error), "BIP does not follow its content");
            }
            tokio::select! {
                () = self.library.changed() => {}
                () = self.bip.doubted.notified() => self.check().await,
                () = tokio::time::sleep(POLL) => {}
            }
        }
    }

    /// Brings the index to the content of now.
    ///
    /// # Errors
    /// When the store fails, or the index cannot be written.
    pub async fn catch_up(&mut self) -> Result<(), Error> {
        let (change, epoch) = self.library.marks().await?;
        let taken = match self.writer.take() {
            Some(writer) => Taken::Over(writer),
            None => self.take_over().await,
        };
        let mut writer = match taken {
            Taken::Over(writer) => writer,
            Taken::Others(opened) => {
                self.others = Some(opened);
                return Ok(());
            }
            Taken::None => self.make(change, epoch).await?,
        };
        self.others = None;
        if writer.opened.mark.epoch != epoch {
            drop(writer);
            writer = self.make(change, epoch).await?;
        }
        loop {
            let changes = self.library.changes(&writer.opened.mark.place, BATCH).await;
            // The index is what it was: it is kept for the next time.
            let changes = match changes {
                Ok(changes) => changes,
                Err(error) => {
                    self.writer = Some(writer);
                    return Err(error);
                }
            };
            if changes.is_empty() {
                break;
            }
            writer = self.apply(writer, changes, epoch).await?;
        }
        self.writer = Some(writer);
        Ok(())
    }

    /// Lets a damaged index go; the next turn makes another.
    async fn check(&mut self) {
        let Some(writer) = self.writer.take() else {
            return;
        };
        let checked =
            tokio::task::spawn_blocking(move || writer.opened.is_sound().then_some(writer));
        self.writer = checked.await.ok().flatten();
        if self.writer.is_none() {
            tracing::error!("BIP's index is damaged, and is made anew");
            self.bip.show(None);
        }
    }

    /// Takes over the newest complete index, if it can be read and written.
    async fn take_over(&mut self) -> Taken {
        let (bip, others) = (self.bip.clone(), self.others.take());
        let taken = aside(move || {
            let Some(path) = newest(&bip.directory, &bip.fields)? else {
                return Ok(Taken::None);
            };
            let opened = match others {
                Some(others) if others.is_at(&path) => *others,
                _ => Opened::at(&path)?,
            };
            let opened = opened.refreshed()?;
            bip.show(Some(opened.snapshot(&bip.fields)?));
            Ok(match opened.lock()? {
                Some(writer) => Taken::Over(Box::new(Writer::of(opened, writer, &bip.fields))),
                None => Taken::Others(Box::new(opened)),
            })
        });
        taken.await.unwrap_or_else(|error| {
            tracing::error!(%error, "BIP's index cannot be opened, and is made anew");
            self.bip.show(None);
            Taken::None
        })
    }

    /// Makes an index of all the content. What changes meanwhile is applied afterwards.
    async fn make(&self, change: i64, epoch: i64) -> Result<Box<Writer>, Error> {
        let bip = self.bip.clone();
        let mut making =
            aside(move || Making::at(&unfinished(&bip.directory)?, &bip.fields)).await?;
        let mut after = String::new();
        loop {
            let documents = self.library.documents(&after, BATCH).await?;
            let Some(last) = documents.last() else {
                break;
            };
            after.clone_from(&last.id);
            making = aside(move || making.add(&documents).map(|()| making)).await?;
        }
        let bip = self.bip.clone();
        aside(move || {
            let mark = Mark {
                epoch,
                place: Place {
                    change,
                    id: LAST.to_owned(),
                },
            };
            making.finish(&mark)?;
            let path = finish(&bip.directory, &bip.fields)?;
            let opened = Opened::at(&path)?;
            let writer = opened.lock()?.ok_or(Error::Busy)?;
            let writer = Box::new(Writer::of(opened, writer, &bip.fields));
            bip.show(Some(writer.opened.snapshot(&bip.fields)?));
            tracing::info!(documents = bip.document_count(), "BIP's index is made");
            Ok(writer)
        })
        .await
    }

    async fn apply(
        &self,
        mut writer: Box<Writer>,
        changes: Vec<Current>,
        epoch: i64,
    ) -> Result<Box<Writer>, Error> {
        let bip = self.bip.clone();
        aside(move || {
            writer.apply(&changes, epoch)?;
            bip.show(Some(writer.opened.snapshot(&bip.fields)?));
            Ok(writer)
        })
        .await
    }
}

/// Follows every id: all documents of a write are read.
const LAST: &str = "\u{10ffff}";

async fn aside<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, Error> + Send + 'static,
) -> Result<T, Error> {
    tokio::task::spawn_blocking(work)
        .await
        .unwrap_or(Err(Error::Abandoned))
}
