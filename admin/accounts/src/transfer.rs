//! Somebody who goes from one collectivité to another with the account they have. The old one
//! releases them on a last day, the new one accepts or declines (see [`arrival`]); name and address go
//! along, rights never do.

mod arrival;

use crate::changes::Change;
use crate::error::Error;
use crate::journal::Entry;
use crate::mandate::notice;
use crate::membership::role;
use crate::sort_key;
use crate::store::Write;
use crate::within::{Within, is_open};
use policies::{Attribution, CollectiviteId, MembershipId, Role};
use uuid::Uuid;

/// Seconds within which the new collectivité answers.
const LIFETIME: i64 = 30 * 86_400;

/// How many collectivités a search names.
const FOUND: i64 = 20;

/// Somebody on the way.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Transfer {
    /// UUIDv7.
    pub id: String,
    /// Where they are released.
    pub membership: MembershipId,
    /// « Amina Benali ».
    pub name: String,
    /// Mail address.
    pub login: String,
    /// The name of the collectivité that releases them.
    pub from: String,
    /// The name of the one that is to receive them.
    pub to: String,
    /// The end of their last day. Unix seconds, like all times here.
    pub left_at: i64,
    /// Until when it can be answered.
    pub expires_at: i64,
}

/// One that can be answered at a moment; the same words in every query. Another leaving date, a
/// suspension or a deletion at the old collectivité ends it.
macro_rules! is_on_the_way {
    ($now:literal) => {
        concat!(
            "t.decided_at IS NULL AND t.expires_at > ",
            $now,
            " AND m.left_at = t.left_at AND m.deleted_at IS NULL AND a.suspended_at IS NULL",
            " AND (m.suspended_at IS NULL OR m.suspended_at > ",
            $now,
            ")"
        )
    };
}
use is_on_the_way;

/// Transfer, membership, name, address, from, to, last day, expiry.
type Row = (String, String, String, String, String, String, i64, i64);

/// $1 the old collectivité and $2 the new one, either empty for any; $3 a membership, empty for any;
/// $4 now.
const LIST: &str = concat!(
    "SELECT t.id, t.membership, m.given_name || ' ' || m.family_name, a.login, o.name, n.name, t.left_at, t.expires_at
     FROM transfers t JOIN memberships m ON m.id = t.membership JOIN accounts a ON a.id = m.account
     JOIN collectivites o ON o.id = m.collectivite JOIN collectivites n ON n.id = t.collectivite
     WHERE ($1 = '' OR m.collectivite = $1) AND ($2 = '' OR t.collectivite = $2) AND ($3 = '' OR t.membership = $3) AND ",
    is_on_the_way!("$4"),
    " ORDER BY t.released_at, t.id"
);

impl Within<'_> {
    /// Other collectivités whose name or SIRET holds these words: id and name, and nothing more.
    pub async fn find_receivers(
        &self,
        search: &str,
    ) -> Result<Vec<(CollectiviteId, String)>, Error> {
        let pattern = sort_key::pattern(search);
        if pattern.is_empty() {
            return Ok(Vec::new());
        }
        let rows: Vec<(String, String)> = sqlx::query_as(
            "SELECT id, name FROM collectivites WHERE sort_key LIKE $1 AND id <> $2 AND closed_at IS NULL
               AND kind IN ('collectivite', 'etablissement') ORDER BY sort_key, id LIMIT $3",
        )
        .bind(pattern)
        .bind(self.id())
        .bind(FOUND)
        .fetch_all(&self.store.pool)
        .await?;
        let found = rows.into_iter().map(|(id, name)| (id.into(), name));
        Ok(found.collect())
    }

    /// Where somebody of this collectivité is on the way to, if they are.
    pub async fn find_transfer(&self, id: &MembershipId) -> Result<Option<Transfer>, Error> {
        Ok(self.transfers([self.id(), "", id.as_str()]).await?.pop())
    }

    /// Those whom other collectivités release to this one, the oldest first.
    pub async fn list_arrivals(&self) -> Result<Vec<Transfer>, Error> {
        self.transfers(["", self.id(), ""]).await
    }

    async fn transfers(&self, of: [&str; 3]) -> Result<Vec<Transfer>, Error> {
        let mut query = sqlx::query_as::<_, Row>(LIST);
        for filter in of {
            query = query.bind(filter);
        }
        let rows = query.bind(self.store.clock.now());
        let rows = rows.fetch_all(&self.store.pool).await?.into_iter();
        let read = |(id, membership, name, login, from, to, left_at, expires_at): Row| Transfer {
            id,
            membership: membership.into(),
            name,
            login,
            from,
            to,
            left_at,
            expires_at,
        };
        Ok(rows.map(read).collect())
    }

    /// Releases somebody, whose record has `version`, to another collectivité; `left_at` is the end of
    /// their last day here, and holds whatever the other one answers.
    ///
    /// # Errors
    /// [`Error::NotFound`], of the `collectivité` too; [`Error::Exists`] when they are on the way
    /// already; [`Error::Stale`], also for somebody who cannot log in; [`Error::LastReferent`].
    pub async fn release(
        &self,
        leave: &Attribution,
        version: i64,
        to: &CollectiviteId,
        left_at: i64,
    ) -> Result<(), Error> {
        let id = leave.membership();
        let mut write = self.write().await?;
        let there = self.receiver(&mut write, to).await?;
        self.refuse_second(&mut write, id).await?;
        write.end_transfers(id).await?;
        let row: Option<(String, String)> = sqlx::query_as(concat!(
            "UPDATE memberships AS m SET version = version + 1, left_at = $1
             WHERE id = $2 AND collectivite = $3 AND version = $4 AND ", is_open!("$5"), "
               AND EXISTS (SELECT 1 FROM accounts a WHERE a.id = m.account AND a.password_hash IS NOT NULL AND a.suspended_at IS NULL)
             RETURNING role, account"
        ))
        .bind(left_at)
        .bind(id.as_str())
        .bind(self.id())
        .bind(version)
        .bind(write.now)
        .fetch_optional(&mut *write.tx)
        .await?;
        let Some((text, account)) = row else {
            return Err(self.stale_or_missing(&mut write, id).await?);
        };
        let role = role(&text)?;
        if role == Role::Referent {
            self.keep_a_referent(&mut write, id).await?;
        }
        write.add_transfer(id, to, left_at).await?;
        self.changed(&mut write, id, role).await?;
        let here = write.name_of(self.collectivite()).await?;
        write.announce(&account, to, (&here, &there)).await?;
        let entry = self.entry("transfer.release", id.as_str());
        write.record(&entry.detail(&there)).await?;
        let entry = Entry::by(self.by, "transfer.announce", to.as_str()).within(to);
        write.record(&entry.detail(&here)).await?;
        write.commit().await
    }

    /// Takes a release back before it is answered; the person stays.
    ///
    /// # Errors
    /// [`Error::NotFound`] when it was answered, or has expired; [`Error::Stale`]; [`Error::Full`].
    pub async fn cancel_release(&self, leave: &Attribution, version: i64) -> Result<(), Error> {
        let id = leave.membership();
        let mut write = self.write().await?;
        let before = write.occupancy(self.id()).await?;
        let row: Option<(String, String)> = sqlx::query_as(
            "UPDATE memberships SET version = version + 1, left_at = NULL
             WHERE id = $1 AND collectivite = $2 AND version = $3 RETURNING role, account",
        )
        .bind(id.as_str())
        .bind(self.id())
        .bind(version)
        .fetch_optional(&mut *write.tx)
        .await?;
        let Some((text, account)) = row else {
            return Err(self.stale_or_missing(&mut write, id).await?);
        };
        let to: Option<String> = sqlx::query_scalar(
            "UPDATE transfers SET decided_at = $1, decision = 'cancelled'
             WHERE membership = $2 AND decided_at IS NULL AND expires_at > $1 RETURNING collectivite",
        )
        .bind(write.now)
        .bind(id.as_str())
        .fetch_optional(&mut *write.tx)
        .await?;
        let to: CollectiviteId = to
            .ok_or_else(|| Error::not_found("transfer", id.as_str()))?
            .into();
        self.changed(&mut write, id, role(&text)?).await?;
        let (here, there) = (
            write.name_of(self.collectivite()).await?,
            write.name_of(&to).await?,
        );
        let text = format!("Votre transfert vers {there} est annulé\u{a0}: rien ne change.");
        let letter = notice("Votre transfert est annulé", &text, None);
        write.post(&account, letter).await?;
        let entry = self.entry("transfer.cancel", id.as_str());
        write.record(&entry.detail(&there)).await?;
        let entry = Entry::by(self.by, "transfer.withdraw", to.as_str()).within(&to);
        write.record(&entry.detail(&here)).await?;
        write.hold_seats(self.id(), &before).await?;
        write.commit().await
    }

    /// The name of an open collectivité that can receive people of this one.
    async fn receiver(&self, write: &mut Write<'_>, to: &CollectiviteId) -> Result<String, Error> {
        let name = sqlx::query_scalar(
            "SELECT name FROM collectivites WHERE id = $1 AND id <> $2 AND closed_at IS NULL
               AND kind IN ('collectivite', 'etablissement')",
        )
        .bind(to.as_str())
        .bind(self.id())
        .fetch_optional(&mut *write.tx)
        .await?;
        name.ok_or_else(|| Error::not_found("collectivité", to.as_str()))
    }

    async fn refuse_second(&self, write: &mut Write<'_>, id: &MembershipId) -> Result<(), Error> {
        let known = sqlx::query(concat!(
            "SELECT 1 FROM transfers t JOIN memberships m ON m.id = t.membership JOIN accounts a ON a.id = m.account
             WHERE t.membership = $1 AND ",
            is_on_the_way!("$2")
        ))
        .bind(id.as_str())
        .bind(write.now)
        .fetch_optional(&mut *write.tx)
        .await?;
        if known.is_none() {
            return Ok(());
        }
        let (what, id) = ("transfer", id.to_string());
        Err(Error::Exists { what, id })
    }
}

/// Where arrivals are answered.
const ARRIVALS: &str = "/referent/arrivees";

impl Write<'_> {
    /// Tells the person and those who are to answer; with the names of the old and the new collectivité.
    async fn announce(
        &mut self,
        account: &str,
        to: &CollectiviteId,
        (here, there): (&str, &str),
    ) -> Result<(), Error> {
        let text = format!(
            "{here} prépare votre départ vers {there}. Votre compte reste le même, avec votre adresse et votre mot de passe\u{a0}; vos droits ne suivent pas\u{a0}: {there} vous en donnera d’autres si elle accepte votre arrivée."
        );
        let letter = notice(&format!("Votre transfert vers {there}"), &text, None);
        self.post(account, letter).await?;
        let text = format!(
            "{here} vous propose l’arrivée d’une personne qui a déjà un compte. Acceptez-la ou refusez-la dans les trente jours."
        );
        let path = Some(ARRIVALS.to_owned());
        let letter = notice("Une arrivée vous est proposée", &text, path);
        self.tell_referents(to.as_str(), &letter).await?;
        Ok(())
    }

    async fn add_transfer(
        &mut self,
        membership: &MembershipId,
        to: &CollectiviteId,
        left_at: i64,
    ) -> Result<(), Error> {
        sqlx::query(
            "INSERT INTO transfers (id, membership, collectivite, left_at, released_at, expires_at)
             VALUES ($1, $2, $3, $4, $5, $6)",
        )
        .bind(Uuid::now_v7().to_string())
        .bind(membership.as_str())
        .bind(to.as_str())
        .bind(left_at)
        .bind(self.now)
        .bind(self.now + LIFETIME)
        .execute(&mut *self.tx)
        .await?;
        self.change(&Change::Collectivite(to.clone())).await
    }
}
