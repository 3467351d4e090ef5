//! What those who follow a collectivité make of its networks: they see whose they overlap, and confirm
//! or reject them.

use super::{NetworkRecord, networks, read, stale, unspell};
use crate::changes::Change;
use crate::error::Error;
use crate::over::Over;
use crate::overseen::Overseen;
use crate::store::Write;
use policies::Range;

/// Somebody else's network that shares addresses with one that is proposed.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Overlap {
    /// Whose; none when this person does not follow it.
    pub collectivite: Option<String>,
    /// The shared range, as the other one has it.
    pub range: Range,
}

impl Overseen<'_> {
    /// Networks that wait for an answer, the oldest first, each with whom it overlaps.
    pub async fn list_proposed_networks(
        &self,
    ) -> Result<Vec<(NetworkRecord, Vec<Overlap>)>, Error> {
        let rows = sqlx::query(networks!(
            "WHERE n.proposed IS NOT NULL AND ($1 = '' OR c.cdg = $1) ORDER BY n.proposed_at, n.id LIMIT 100"
        ))
        .bind(self.affiliated_to())
        .fetch_all(&self.store.pool)
        .await?;
        let proposed: Vec<NetworkRecord> = rows.iter().map(read).collect::<Result<_, _>>()?;
        if proposed.is_empty() {
            return Ok(Vec::new());
        }
        let rows: Vec<(String, String, String, Option<String>)> = sqlx::query_as(
            "SELECT n.collectivite, c.name, n.confirmed, c.cdg FROM networks n JOIN collectivites c ON c.id = n.collectivite
             WHERE n.confirmed <> '' ORDER BY c.sort_key",
        )
        .fetch_all(&self.store.pool)
        .await?;
        let own = self.affiliated_to();
        let mut known = Vec::new();
        for (id, name, ranges, cdg) in rows {
            let followed = own.is_empty() || cdg.as_deref() == Some(own);
            known.push((id, followed.then_some(name), unspell(&ranges)?));
        }
        let overlaps = |network: &NetworkRecord| {
            let others = known
                .iter()
                .filter(|(id, ..)| id != network.collectivite.0.as_str());
            let wanted = network.proposed.as_deref().unwrap_or_default();
            let shared = others.flat_map(|(_, name, ranges)| {
                let shared = ranges
                    .iter()
                    .filter(|range| wanted.iter().any(|one| one.overlaps(range)));
                shared.map(|range| Overlap {
                    collectivite: name.clone(),
                    range: *range,
                })
            });
            shared.collect()
        };
        let with_overlaps = proposed.into_iter().map(|network| {
            let overlaps: Vec<Overlap> = overlaps(&network);
            (network, overlaps)
        });
        Ok(with_overlaps.collect())
    }
}

impl Overseen<'_> {
    /// One that waits for an answer.
    ///
    /// # Errors
    /// [`Error::NotFound`].
    pub async fn proposed_network(&self, id: &str) -> Result<NetworkRecord, Error> {
        let row = sqlx::query(networks!(
            "WHERE n.id = $2 AND n.proposed IS NOT NULL AND ($1 = '' OR c.cdg = $1)"
        ))
        .bind(self.affiliated_to())
        .bind(id)
        .fetch_optional(&self.store.pool)
        .await?
        .ok_or_else(|| Error::not_found("network", id))?;
        read(&row)
    }
}

impl Over<'_> {
    /// Confirms what is proposed for a network of this collectivité: it counts from now on, in the
    /// place of what did. Tells the référents.
    ///
    /// # Errors
    /// [`Error::Stale`] when it does not wait for an answer any more, or changed;
    /// [`Error::SamePerson`] for whoever proposed it.
    pub async fn confirm_network(&self, id: &str, version: i64) -> Result<(), Error> {
        let mut write = self.write().await?;
        let row: Option<(String, String)> = sqlx::query_as(
            "UPDATE networks SET version = version + 1, confirmed = proposed, proposed = NULL, rejection = '',
                answered_at = $1, answered_by = $2
             WHERE id = $3 AND collectivite = $4 AND version = $5 AND proposed IS NOT NULL
             RETURNING name, COALESCE(proposed_by, '')",
        )
        .bind(write.now)
        .bind(self.by)
        .bind(id)
        .bind(self.id())
        .bind(version)
        .fetch_optional(&mut *write.tx)
        .await?;
        let (name, proposed_by) = row.ok_or_else(|| stale(id))?;
        if proposed_by == self.by {
            return Err(Error::SamePerson);
        }
        let change = Change::Collectivite(self.collectivite().clone());
        write.change(&change).await?;
        let text = format!(
            "Les adresses du réseau «\u{a0}{name}\u{a0}» sont confirmées. Vos règles qui le nomment en tiennent compte dès maintenant."
        );
        self.answered(write, "network.confirm", &name, &text).await
    }

    /// Rejects what is proposed, and says why; what was in force stays so.
    ///
    /// # Errors
    /// As [`Over::confirm_network`].
    pub async fn reject_network(&self, id: &str, version: i64, reason: &str) -> Result<(), Error> {
        let mut write = self.write().await?;
        let name: Option<String> = sqlx::query_scalar(
            "UPDATE networks SET version = version + 1, proposed = NULL, rejection = $6, answered_at = $1, answered_by = $2
             WHERE id = $3 AND collectivite = $4 AND version = $5 AND proposed IS NOT NULL RETURNING name",
        )
        .bind(write.now)
        .bind(self.by)
        .bind(id)
        .bind(self.id())
        .bind(version)
        .bind(reason)
        .fetch_optional(&mut *write.tx)
        .await?;
        let name = name.ok_or_else(|| stale(id))?;
        let text = format!(
            "Les adresses du réseau «\u{a0}{name}\u{a0}» ne sont pas confirmées. Motif\u{a0}: {reason}"
        );
        self.answered(write, "network.reject", &name, &text).await
    }

    async fn answered(
        &self,
        mut write: Write<'_>,
        act: &str,
        name: &str,
        text: &str,
    ) -> Result<(), Error> {
        let subject = "Réseaux de votre collectivité\u{a0}: une réponse";
        self.tell(&mut write, subject, text).await?;
        write.record(&self.entry(act, name)).await?;
        write.commit().await
    }
}
