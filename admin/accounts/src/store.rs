//! Connections to the database, and the one shape of a write: a transaction whose first statement
//! writes (SQLite would else refuse to upgrade a read), which numbers its changes, and which wakes
//! the followers of this process once it is committed.

use crate::changes::{self, Change};
use crate::clock::Clock;
use crate::error::Error;
use crate::history::Touched;
use crate::journal;
use crate::password::Hasher;
use crate::throttle::Turns;
use crate::vault::Vault;
use sqlx::any::AnyPoolOptions;
use sqlx::migrate::Migrator;
use sqlx::{Any, AnyPool, Connection as _, Executor as _, Row as _, Transaction};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{Notify, watch};

static MIGRATIONS: Migrator = sqlx::migrate!("./migrations");

/// What to do with a database whose schema is not this program's.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Schema {
    /// Refuse it.
    Expect,
    /// Bring it up to date.
    Migrate,
}

/// How long a write waits for this process to have followed it.
const FOLLOWING: Duration = Duration::from_millis(500);

/// The database and what goes with it. Clones share everything.
#[derive(Clone, Debug)]
pub struct Store {
    pub(crate) pool: AnyPool,
    pub(crate) clock: Clock,
    pub(crate) vault: Arc<Vault>,
    pub(crate) hasher: Arc<Hasher>,
    pub(crate) turns: Arc<Turns>,
    /// Woken by every committed change of this process.
    pub(crate) changed: Arc<Notify>,
    /// Woken by every committed letter of this process.
    pub(crate) posted: Arc<Notify>,
    /// The last change that this process' follower has passed on; negative without one.
    pub(crate) applied: watch::Sender<i64>,
}

impl Store {
    /// Opens `sqlite:///path/file.db` or `postgres://…`.
    ///
    /// # Errors
    /// [`Error::Unavailable`], or [`Error::Schema`] when the schema is another and may not be migrated.
    pub async fn open(
        url: &str,
        schema: Schema,
        vault: Vault,
        clock: Clock,
    ) -> Result<Self, Error> {
        sqlx::any::install_default_drivers();
        let sqlite = url.starts_with("sqlite:");
        let url = if sqlite && !url.contains('?') {
            format!("{url}?mode=rwc")
        } else {
            url.to_owned()
        };
        let pool = AnyPoolOptions::new()
            .max_connections(if sqlite { 4 } else { 8 })
            .acquire_timeout(Duration::from_secs(3))
            .after_connect(move |connection, _| {
                Box::pin(async move {
                    if sqlite {
                        // FULL: what was acknowledged is on the disk. A list of a large collectivité
                        // passes over some MiB of pages: asked of the system each time, that is most of
                        // what it costs. A small store never fills the 16 MiB of a connection.
                        connection
                            .execute("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; PRAGMA busy_timeout = 5000; PRAGMA cache_size = -16384")
                            .await?;
                    }
                    Ok(())
                })
            })
            // A full disk makes SQLite roll back by itself. sqlx does not notice: it would nest
            // every later write of the connection in a transaction that nobody commits.
            .before_acquire(|connection, _| {
                Box::pin(async move { Ok(!connection.is_in_transaction()) })
            })
            .connect(&url)
            .await?;
        match schema {
            Schema::Migrate => MIGRATIONS.run(&pool).await?,
            Schema::Expect => expect_schema(&pool).await?,
        }
        check_key(&pool, &vault).await?;
        Ok(Self {
            pool,
            clock,
            vault: Arc::new(vault),
            hasher: Arc::default(),
            turns: Arc::default(),
            changed: Arc::default(),
            posted: Arc::default(),
            applied: watch::Sender::new(-1),
        })
    }

    /// The clock that everything stored goes by.
    pub fn clock(&self) -> &Clock {
        &self.clock
    }

    /// Ends every connection; tests take the store away with it.
    pub async fn close(&self) {
        self.pool.close().await;
    }

    pub(crate) async fn write(&self) -> Result<Write<'_>, Error> {
        let mut tx = self.pool.begin().await?;
        let seq = sqlx::query(
            "UPDATE counters SET value = value + 1 WHERE name = 'changes' RETURNING value",
        )
        .fetch_one(&mut *tx)
        .await?
        .try_get(0)?;
        Ok(Write {
            store: self,
            tx,
            seq,
            now: self.clock.now(),
            numbered: 0,
            posted: false,
            touched: Touched::default(),
        })
    }
}

/// The newest migration must be the newest one that this program knows.
async fn expect_schema(pool: &AnyPool) -> Result<(), Error> {
    let needed = MIGRATIONS
        .iter()
        .map(|migration| migration.version)
        .max()
        .unwrap_or_default();
    let found = sqlx::query_scalar("SELECT COALESCE(MAX(version), 0) FROM _sqlx_migrations")
        .fetch_one(pool)
        .await
        .or_else(|error| {
            if matches!(error, sqlx::Error::Database(_)) {
                Ok(0)
            } else {
                Err(error)
            }
        })?;
    if found == needed {
        Ok(())
    } else {
        Err(Error::Schema { found, needed })
    }
}

/// The first key to open a database becomes its key; another one is refused before it seals, signs
/// or writes anything.
async fn check_key(pool: &AnyPool, vault: &Vault) -> Result<(), Error> {
    const PLACE: &str = "key_check";
    let fresh = vault.seal(PLACE, PLACE.as_bytes())?;
    sqlx::query("INSERT INTO key_check (id, sealed) VALUES (1, $1) ON CONFLICT (id) DO NOTHING")
        .bind(fresh)
        .execute(pool)
        .await?;
    let sealed: String = sqlx::query_scalar("SELECT sealed FROM key_check WHERE id = 1")
        .fetch_one(pool)
        .await?;
    vault.open(PLACE, &sealed).map(|_| ())
}

/// A transaction under way. Dropped, it leaves no trace.
pub(crate) struct Write<'a> {
    store: &'a Store,
    pub(crate) tx: Transaction<'static, Any>,
    /// The number of this write's next change; the counter row is locked until the commit.
    seq: i64,
    numbered: i64,
    /// Whether a letter lies in the outbox once this is committed.
    pub(crate) posted: bool,
    /// Of whom and what a version is kept.
    pub(crate) touched: Touched,
    pub(crate) now: i64,
}

impl Write<'_> {
    pub(crate) fn store(&self) -> &Store {
        self.store
    }

    /// Tells every node what changed.
    pub(crate) async fn change(&mut self, change: &Change) -> Result<(), Error> {
        changes::add(&mut self.tx, self.seq + self.numbered, change, self.now).await?;
        self.numbered += 1;
        self.touched.note(change);
        Ok(())
    }

    /// Adds to the journal, in the same transaction as what it tells.
    pub(crate) async fn record(&mut self, entry: &journal::Entry) -> Result<(), Error> {
        self.record_all(std::slice::from_ref(entry)).await
    }

    /// The same for many.
    pub(crate) async fn record_all(&mut self, entries: &[journal::Entry]) -> Result<(), Error> {
        journal::append(&mut self.tx, &self.store.vault, self.now, entries).await
    }

    pub(crate) async fn commit(mut self) -> Result<(), Error> {
        self.keep_versions().await?;
        if self.numbered > 1 {
            sqlx::query("UPDATE counters SET value = $1 WHERE name = 'changes'")
                .bind(self.seq + self.numbered - 1)
                .execute(&mut *self.tx)
                .await?;
        }
        self.tx.commit().await?;
        if self.posted {
            self.store.posted.notify_one();
        }
        if self.numbered > 0 {
            self.store.changed.notify_waiters();
            self.store
                .wait_until_applied(self.seq + self.numbered - 1)
                .await;
        }
        Ok(())
    }
}

impl Store {
    /// So that whoever wrote sees it in force in this process: the next request of somebody who
    /// changed collectivité is of the new one. Other nodes follow within half a second.
    async fn wait_until_applied(&self, seq: i64) {
        let mut applied = self.applied.subscribe();
        if *applied.borrow() < 0 {
            return;
        }
        // What is committed stays so: a follower that is slow catches up.
        let _ = tokio::time::timeout(FOLLOWING, applied.wait_for(|done| *done >= seq)).await;
    }
}
