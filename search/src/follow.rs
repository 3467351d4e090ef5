//! Follows the content: opens this node's index or makes it, applies each change within half a second, and
//! makes it anew when it is damaged, of other fields, or of an earlier epoch. Until there is one BIP is not
//! ready.

use crate::bip::Bip;
use crate::content::Library;
use crate::content::library::{Current, Marks, Place};
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

    /// Follows for ever. What fails is logged once, until it works again; what is known stays readable.
    pub async fn run(mut self) {
        let mut failing = false;
        loop {
            let done = self.catch_up().await;
            match &done {
                Ok(()) if failing => tracing::info!("BIP follows its content again"),
                Err(error) if !failing => {
                    let cause = std::error::Error::source(error);
                    tracing::error!(%error, ?cause, "BIP does not follow its content");
                }
                _ => {}
            }
            failing = done.is_err();
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
        let marks = self.library.marks().await?;
        let taken = match self.writer.take() {
            Some(writer) => Taken::Over(writer),
            None => self.take_over().await?,
        };
        let mut writer = match taken {
            Taken::Over(writer) => writer,
            Taken::Others(opened) => {
                self.others = Some(opened);
                return Ok(());
            }
            Taken::None => self.make(&marks).await?,
        };
        let mark = &writer.opened.mark;
        if !mark.belongs(&marks) {
            if mark.epoch == marks.epoch {
                // Of another content: what that one closed since is not known here.
                self.bip.show(None);
            }
            drop(writer);
            writer = self.make(&marks).await?;
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
            writer = self.apply(writer, changes).await?;
        }
        self.writer = Some(writer);
        Ok(())
    }

    /// Lets a damaged index go; the next turn makes another.
    async fn check(&mut self) {
        let Some(writer) = self.writer.take() else {
            return;
        };
        let checked = tokio::task::spawn_blocking(move || {
            let sound = writer.opened.is_sound();
            let is_damaged =
                matches!(sound, Ok(false)) || sound.is_err_and(|error| error.is_damage());
            (!is_damaged).then_some(writer)
        });
        self.writer = checked.await.ok().flatten();
        if self.writer.is_none() {
            tracing::error!("BIP's index is damaged, and is made anew");
            self.bip.show(None);
        }
    }

    /// Takes over the newest complete index, if it can be read and written.
    async fn take_over(&mut self) -> Result<Taken, Error> {
        let (bip, others) = (self.bip.clone(), self.others.take());
        let taken = aside(move || {
            let Some(path) = newest(&bip.directory, &bip.fields)? else {
                return Ok(Taken::None);
            };
            let known = others.filter(|others| others.is_at(&path));
            let before = known.as_ref().map(|known| known.mark.clone());
            let opened = match known {
                Some(known) => known.refreshed()?,
                None => Opened::at(&path)?,
            };
            if before.as_ref() != Some(&opened.mark) {
                bip.show(Some(opened.snapshot(&bip.fields)?));
            }
            Ok(match opened.lock()? {
                Some(writer) => Taken::Over(Box::new(Writer::of(opened, writer, &bip.fields))),
                None => Taken::Others(Box::new(opened)),
            })
        });
        match taken.await {
            Err(error) if error.is_damage() => {
                tracing::error!(%error, "BIP's index is damaged, and is made anew");
                self.bip.show(None);
                Ok(Taken::None)
            }
            taken => taken,
        }
    }

    /// Makes an index of all the content. What changes meanwhile is applied afterwards.
    async fn make(&self, marks: &Marks) -> Result<Box<Writer>, Error> {
        let bip = self.bip.clone();
        let (mut making, made) = aside(move || {
            let made = unfinished(&bip.directory)?;
            Ok((Making::at(&made, &bip.fields)?, made))
        })
        .await?;
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
        let mark = Mark {
            origin: marks.origin,
            epoch: marks.epoch,
            place: Place {
                change: marks.change,
                id: LAST.to_owned(),
            },
        };
        aside(move || {
            making.finish(&mark)?;
            let path = finish(&bip.directory, &bip.fields, &made)?;
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
    ) -> Result<Box<Writer>, Error> {
        let bip = self.bip.clone();
        aside(move || {
            writer.apply(&changes)?;
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
