//! What is signed of a closed review, and whether it still is what was signed. It names people by
//! ids and digests, so that the signature holds when somebody's name is erased.

use super::freeze::person;
use crate::error::Error;
use crate::token::Token;
use crate::within::Within;
use policies::VerifyingKeys;
use serde::Serialize;
use sqlx::{Any, AnyConnection, Row as _};

/// The signed report of a closed review.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Report {
    /// What was signed, as it is now: JSON.
    pub content: String,
    /// Its digest (SHA-256, hexadecimal).
    pub sha256: String,
    /// The signature: a JSON web token that states the digest.
    pub signature: String,
    /// The key that signed, if the signature is one of ours.
    pub key: Option<String>,
    /// Whether nothing has changed since it was signed.
    pub holds: bool,
    /// The public keys of this installation, the one that signed among them (JWKS).
    pub keys: String,
}

#[derive(Serialize)]
struct Content {
    review: String,
    collectivite: String,
    opened_at: i64,
    opened_by: String,
    due_at: i64,
    closed_at: Option<i64>,
    closed_by: Option<String>,
    lines: Vec<Line>,
}

#[derive(Serialize)]
struct Line {
    membership: String,
    /// SHA-256 of salt, name and address.
    person: String,
    /// As the text that was written down, so that no later reading of it changes the bytes.
    frozen: String,
    decision: Option<String>,
    decided_at: Option<i64>,
    decided_by: Option<String>,
}

/// The bytes that are signed.
pub(super) async fn content(database: &mut AnyConnection, review: &str) -> Result<String, Error> {
    let rows = sqlx::query::<Any>(
        "SELECT membership, person, frozen, decision, decided_at, decided_by FROM review_lines
         WHERE review = $1 ORDER BY position",
    )
    .bind(review)
    .fetch_all(&mut *database)
    .await?;
    let lines = rows.iter().map(|row| {
        Ok(Line {
            membership: row.try_get("membership")?,
            person: row.try_get("person")?,
            frozen: row.try_get("frozen")?,
            decision: row.try_get("decision")?,
            decided_at: row.try_get("decided_at")?,
            decided_by: row.try_get("decided_by")?,
        })
    });
    let lines = lines.collect::<Result<_, Error>>()?;
    let row = sqlx::query::<Any>(
        "SELECT collectivite, opened_at, opened_by, due_at, closed_at, closed_by FROM access_reviews WHERE id = $1",
    )
    .bind(review)
    .fetch_one(&mut *database)
    .await?;
    let content = Content {
        review: review.to_owned(),
        collectivite: row.try_get("collectivite")?,
        opened_at: row.try_get("opened_at")?,
        opened_by: row.try_get("opened_by")?,
        due_at: row.try_get("due_at")?,
        closed_at: row.try_get("closed_at")?,
        closed_by: row.try_get("closed_by")?,
        lines,
    };
    serde_json::to_string_pretty(&content).map_err(|_| Error::Sealed)
}

impl Within<'_> {
    /// The report of a closed review, checked against its signature.
    ///
    /// # Errors
    /// [`Error::NotFound`], also while the review is open.
    pub async fn report(&self, review: &str) -> Result<Report, Error> {
        let signature: Option<String> = sqlx::query_scalar(
            "SELECT signature FROM access_reviews WHERE id = $1 AND collectivite = $2 AND closed_at IS NOT NULL",
        )
        .bind(review)
        .bind(self.id())
        .fetch_optional(&self.store.pool)
        .await?
        .flatten();
        let signature = signature.ok_or_else(|| Error::not_found("review", review))?;
        let mut connection = self.store.pool.acquire().await?;
        let content = content(&mut connection, review).await?;
        let sha256 = Token::hash(&content);
        let keys = VerifyingKeys::of(&self.store.past_signing_keys().await?);
        let stated = keys.verify_statement(&signature).ok();
        let named = self.names_hold(review).await?;
        let holds = stated.as_ref().is_some_and(|(_, statement)| {
            statement.sub == review && statement.sha256 == sha256 && named
        });
        Ok(Report {
            content,
            sha256,
            signature,
            key: stated.map(|(key, _)| key),
            holds,
            keys: keys.jwks(),
        })
    }

    /// Whether everybody is called what they were called; the erased are called nothing.
    async fn names_hold(&self, review: &str) -> Result<bool, Error> {
        let people: Vec<(String, String, String, String)> =
            sqlx::query_as("SELECT name, login, salt, person FROM review_lines WHERE review = $1")
                .bind(review)
                .fetch_all(&self.store.pool)
                .await?;
        Ok(people.iter().all(|(name, login, salt, digest)| {
            let erased = name.is_empty() && login.is_empty() && salt.is_empty();
            erased || person(salt, name, login) == *digest
        }))
    }

    /// When the last review was closed, Unix seconds.
    pub async fn last_review(&self) -> Result<Option<i64>, Error> {
        let last =
            sqlx::query_scalar("SELECT MAX(closed_at) FROM access_reviews WHERE collectivite = $1");
        Ok(last.bind(self.id()).fetch_one(&self.store.pool).await?)
    }
}
