//! What a caller of the store can do something about.

use crate::seats::Seats;

/// Why the store did not do as asked. Nothing was written then.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The database could not be reached or did not answer.
    #[error("the database is not available")]
    Unavailable(#[source] sqlx::Error),
    /// The database was made by another version of the program.
    #[error(
        "the database schema is {found}, this program needs {needed}: run `convergences migrate`"
    )]
    Schema { found: i64, needed: i64 },
    /// A migration failed.
    #[error("the database could not be migrated")]
    Migration(#[from] sqlx::migrate::MigrateError),
    /// What was named does not exist, or not for this caller.
    #[error("there is no {what} `{id}`")]
    NotFound { what: &'static str, id: String },
    /// Something of that name exists already.
    #[error("there is already a {what} `{id}`")]
    Exists { what: &'static str, id: String },
    /// Somebody else changed it since it was read.
    #[error("the {what} `{id}` has changed meanwhile")]
    Stale { what: &'static str, id: String },
    /// A rule speaks of it.
    #[error("`{0}` is in use")]
    InUse(String),
    /// The CIG closed it, and only the CIG opens it.
    #[error("`{0}` was closed by the CIG")]
    ClosedAbove(String),
    /// A collectivité keeps at least one référent.
    #[error("`{0}` would be left without a référent")]
    LastReferent(String),
    /// More people would have a right on these services than may.
    #[error("there are not enough seats")]
    Full(Vec<Seats>),
    /// A right would take the place of another one that nobody has looked at.
    #[error("another right on `{0}` would be lost")]
    WouldReplace(String),
    /// Nobody changes the own rights.
    #[error("nobody changes the own rights")]
    OwnRights,
    /// What one person recorded, another one checks.
    #[error("whoever recorded it does not check it")]
    SamePerson,
    /// Not everybody in a review was decided about.
    #[error("{0} people wait for a decision")]
    Undecided(i64),
    /// What a program asked for was done before.
    #[error("this was done before")]
    Repeated,
    /// A value in the database, or given to it, does not read.
    #[error("`{0}` does not read")]
    Unreadable(String),
    /// A secret could not be sealed or opened: wrong master key, or altered data.
    #[error("a sealed value does not open with this master key")]
    Sealed,
    /// Too much is being worked out, passwords or the effects of rules; nothing was.
    #[error("too much is being worked out at this moment")]
    Busy,
    /// A rule is not one.
    #[error(transparent)]
    Policy(#[from] policies::Error),
}

impl From<sqlx::Error> for Error {
    fn from(error: sqlx::Error) -> Self {
        Self::Unavailable(error)
    }
}

impl Error {
    pub(crate) fn not_found(what: &'static str, id: &str) -> Self {
        Self::NotFound {
            what,
            id: id.to_owned(),
        }
    }

    /// A unique constraint says that it exists already; anything else stays what it is.
    pub(crate) fn or_exists(error: sqlx::Error, what: &'static str, id: &str) -> Self {
        let unique = error
            .as_database_error()
            .is_some_and(sqlx::error::DatabaseError::is_unique_violation);
        if unique {
            Self::Exists {
                what,
                id: id.to_owned(),
            }
        } else {
            error.into()
        }
    }
}
