//! The content in the store, opened and read: documents, and the numbered changes that every node's index
//! follows. All of BIP's SQL is here and in `write.rs`, `versions.rs`, `drafts.rs`, `publication.rs`,
//! `notes.rs` and `unanswered.rs`; the same text serves SQLite and PostgreSQL.

use crate::error::Error;
use sqlx::any::{AnyPoolOptions, AnyRow};
use sqlx::migrate::Migrator;
use sqlx::{AnyPool, Executor as _, Row as _};
use std::hash::{BuildHasher as _, Hasher as _, RandomState};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Notify;

/// Where BIP keeps which of its migrations were made, beside those of others in the same database.
const MIGRATED: &str = "_bip_migrations";

/// What to do with a store whose schema is not this program's.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Tables {
    /// Refuse it.
    Expect,
    /// Bring them up to date.
    Migrate,
}

/// The content. Clones share everything.
#[derive(Clone, Debug)]
pub struct Library {
    pub(super) pool: AnyPool,
    /// Woken by every change that this process makes.
    pub(super) changed: Arc<Notify>,
}

/// How far the changes of the content were read.
#[derive(Clone, PartialEq, Eq, Debug, Default, serde::Serialize, serde::Deserialize)]
pub(crate) struct Place {
    /// The number of a write.
    pub(crate) change: i64,
    /// The last document read of that write.
    pub(crate) id: String,
}

/// What tells whether an index follows this content.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Marks {
    /// The number of the last write.
    pub(crate) change: i64,
    /// Raised to have every index made anew.
    pub(crate) epoch: i64,
    /// Of this store and no other.
    pub(crate) origin: i64,
}

/// A document as it is now.
#[derive(Debug)]
pub(crate) struct Current {
    pub(crate) id: String,
    pub(crate) change: i64,
    /// `None`: withdrawn.
    pub(crate) json: Option<String>,
}

/// How much the store holds.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Holdings {
    /// Documents that are not withdrawn.
    pub documents: i64,
    /// Former versions.
    pub versions: i64,
    /// The number of the last write.
    pub change: i64,
    /// Indexes made for an earlier one are made anew.
    pub epoch: i64,
}

impl Library {
    /// Opens `sqlite:///path/content.db` or `postgres://…`.
    ///
    /// # Errors
    /// [`Error::Store`], or [`Error::Tables`] when they are not this program's and may not be migrated.
    pub async fn open(url: &str, tables: Tables) -> Result<Self, Error> {
        sqlx::any::install_default_drivers();
        let sqlite = url.starts_with("sqlite:");
        let url = if sqlite && !url.contains('?') {
            format!("{url}?mode=rwc")
        } else {
            url.to_owned()
        };
        let pool = AnyPoolOptions::new()
            .max_connections(4)
            .acquire_timeout(Duration::from_secs(5))
            .after_connect(move |connection, _| {
                Box::pin(async move {
                    if sqlite {
                        connection
                            .execute("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA busy_timeout = 10000")
                            .await?;
                    }
                    Ok(())
                })
            })
            .connect(&url)
            .await?;
        let mut migrations: Migrator = sqlx::migrate!("./migrations");
        migrations.dangerous_set_table_name(MIGRATED);
        match tables {
            Tables::Migrate => {
                migrations.run(&pool).await.map_err(sqlx::Error::from)?;
                name_origin(&pool).await?;
            }
            Tables::Expect => expect_tables(&pool, &migrations).await?,
        }
        Ok(Self {
            pool,
            changed: Arc::default(),
        })
    }

    /// Has every node make its index anew.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn reindex(&self) -> Result<(), Error> {
        sqlx::query("UPDATE bip_counters SET value = value + 1 WHERE name = 'epoch'")
            .execute(&self.pool)
            .await?;
        self.changed.notify_waiters();
        Ok(())
    }

    /// How much there is.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn holdings(&self) -> Result<Holdings, Error> {
        let row = sqlx::query(
            "SELECT (SELECT COUNT(*) FROM bip_documents WHERE json IS NOT NULL), (SELECT COUNT(*) FROM bip_versions), \
             (SELECT value FROM bip_counters WHERE name = 'changes'), (SELECT value FROM bip_counters WHERE name = 'epoch')",
        )
        .fetch_one(&self.pool)
        .await?;
        Ok(Holdings {
            documents: row.try_get(0)?,
            versions: row.try_get(1)?,
            change: row.try_get(2)?,
            epoch: row.try_get(3)?,
        })
    }

    /// What tells whether an index follows this content.
    pub(crate) async fn marks(&self) -> Result<Marks, Error> {
        let rows = sqlx::query(
            "SELECT value FROM bip_counters WHERE name IN ('changes', 'epoch', 'origin') ORDER BY name",
        )
        .fetch_all(&self.pool)
        .await?;
        let value = |at: usize| rows.get(at).ok_or(sqlx::Error::RowNotFound)?.try_get(0);
        Ok(Marks {
            change: value(0)?,
            epoch: value(1)?,
            origin: value(2)?,
        })
    }

    /// At most `limit` documents that changed after a place, in the order of their changes.
    pub(crate) async fn changes(&self, after: &Place, limit: i64) -> Result<Vec<Current>, Error> {
        let rows = sqlx::query(
            "SELECT id, change, json FROM bip_documents WHERE change > $1 OR (change = $1 AND id > $2) ORDER BY change, id LIMIT $3",
        )
        .bind(after.change)
        .bind(&after.id)
        .bind(limit)
        .fetch_all(&self.pool)
        .await?;
        rows.iter().map(current).collect()
    }

    /// At most `limit` documents whose ids follow one, withdrawn ones left out.
    pub(crate) async fn documents(&self, after: &str, limit: i64) -> Result<Vec<Current>, Error> {
        let rows = sqlx::query(
            "SELECT id, change, json FROM bip_documents WHERE id > $1 AND json IS NOT NULL ORDER BY id LIMIT $2",
        )
        .bind(after)
        .bind(limit)
        .fetch_all(&self.pool)
        .await?;
        rows.iter().map(current).collect()
    }

    /// The ids of all documents that an import brought and that are not withdrawn.
    pub(crate) async fn imported_ids(&self) -> Result<Vec<String>, Error> {
        let text =
            "SELECT id FROM bip_documents WHERE json IS NOT NULL AND author IS NULL ORDER BY id";
        Ok(sqlx::query_scalar(text).fetch_all(&self.pool).await?)
    }

    /// Waits for a change that this process makes.
    pub(crate) async fn changed(&self) {
        self.changed.notified().await;
    }

    /// Ends every connection.
    pub async fn close(&self) {
        self.pool.close().await;
    }
}

/// The newest migration must be the newest one that this program knows.
async fn expect_tables(pool: &AnyPool, migrations: &Migrator) -> Result<(), Error> {
    let needed = migrations.iter().map(|migration| migration.version).max();
    let found = sqlx::query_scalar("SELECT MAX(version) FROM _bip_migrations");
    let found: Result<Option<i64>, _> = found.fetch_one(pool).await;
    match found {
        Ok(found) if found == needed => Ok(()),
        Ok(_) | Err(sqlx::Error::Database(_)) => Err(Error::Tables),
        Err(error) => Err(error.into()),
    }
}

/// Gives a new store its number: an index made of another one never follows it.
async fn name_origin(pool: &AnyPool) -> Result<(), Error> {
    let random = RandomState::new().build_hasher().finish();
    sqlx::query("INSERT INTO bip_counters (name, value) VALUES ('origin', $1) ON CONFLICT (name) DO NOTHING")
        .bind(random.cast_signed())
        .execute(pool)
        .await?;
    Ok(())
}

fn current(row: &AnyRow) -> Result<Current, Error> {
    Ok(Current {
        id: row.try_get(0)?,
        change: row.try_get(1)?,
        json: row.try_get(2)?,
    })
}
