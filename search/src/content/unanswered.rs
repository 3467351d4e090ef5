//! Questions to which BIP had no answer: what its authors may write next. Nobody's name is kept with them.

use super::library::Library;
use crate::error::Error;
use crate::index::analyzer::fold;
use sqlx::Row as _;

/// How long a question is kept after it was last asked, seconds: half a year.
const KEPT: i64 = 182 * 86_400;
/// Longer ones are pasted texts.
const LONGEST: usize = 200;

/// A question without answer.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Unanswered {
    pub(crate) question: String,
    /// As it was typed last.
    pub(crate) typed: String,
    /// How often.
    pub(crate) asked: i64,
    /// When last, Unix seconds.
    pub(crate) last_at: i64,
}

impl Library {
    /// Counts a question, and lets go of those that nobody asks any more.
    pub(crate) async fn note_unanswered(&self, typed: &str, now: i64) -> Result<(), Error> {
        let typed: String = typed.trim().chars().filter(|c| !c.is_control()).collect();
        let question = fold(&typed);
        if question.is_empty() || question.chars().count() > LONGEST {
            return Ok(());
        }
        sqlx::query("DELETE FROM bip_unanswered WHERE last_at < $1")
            .bind(now - KEPT)
            .execute(&self.pool)
            .await?;
        sqlx::query(
            "INSERT INTO bip_unanswered (question, typed, asked, last_at) VALUES ($1, $2, 1, $3) \
             ON CONFLICT (question) DO UPDATE SET typed = excluded.typed, asked = bip_unanswered.asked + 1, last_at = excluded.last_at",
        )
        .bind(question)
        .bind(typed)
        .bind(now)
        .execute(&self.pool)
        .await?;
        Ok(())
    }

    /// At most `limit` questions, those asked most first.
    pub(crate) async fn list_unanswered(
        &self,
        limit: i64,
        now: i64,
    ) -> Result<Vec<Unanswered>, Error> {
        let rows = sqlx::query(
            "SELECT question, typed, asked, last_at FROM bip_unanswered WHERE last_at >= $2 \
             ORDER BY asked DESC, last_at DESC, question LIMIT $1",
        )
        .bind(limit)
        .bind(now - KEPT)
        .fetch_all(&self.pool)
        .await?;
        let questions = rows.iter().map(|row| {
            Ok(Unanswered {
                question: row.try_get(0)?,
                typed: row.try_get(1)?,
                asked: row.try_get(2)?,
                last_at: row.try_get(3)?,
            })
        });
        questions.collect()
    }

    /// Lets go of a question.
    pub(crate) async fn settle_unanswered(&self, question: &str) -> Result<(), Error> {
        sqlx::query("DELETE FROM bip_unanswered WHERE question = $1")
            .bind(question)
            .execute(&self.pool)
            .await?;
        Ok(())
    }
}
