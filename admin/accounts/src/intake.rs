//! A file of people taken in at once: everybody on it or nobody, in one transaction of few statements.

mod arrivals;

use crate::bulk;
use crate::changes::Change;
use crate::error::Error;
use crate::journal::Entry;
use crate::sort_key;
use crate::store::Write;
use crate::within::Within;
use arrivals::Arrival;
use policies::{Attribution, GroupId, Role};

/// Somebody who is not on the roll.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Newcomer {
    /// Prénom.
    pub given_name: String,
    /// Nom.
    pub family_name: String,
    /// Mail address.
    pub login: String,
    /// A profile's id.
    pub profile: Option<String>,
    /// A group.
    pub group: Option<GroupId>,
    /// From when on gone, Unix seconds.
    pub left_at: Option<i64>,
}

/// Somebody on the roll whose record changes.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Amendment {
    /// Leave to change them.
    pub leave: Attribution,
    /// Of the record that was seen.
    pub version: i64,
    /// The record as it is to be; its group is added to those they are in.
    pub record: Newcomer,
}

/// What a file asks for.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Intake {
    /// Groups to be made first, with their names.
    pub groups: Vec<(GroupId, String)>,
    /// Whom to take on.
    pub newcomers: Vec<Newcomer>,
    /// Whose record to change.
    pub amendments: Vec<Amendment>,
}

impl Within<'_> {
    /// Takes all in, invites the newcomers, and writes the report of the import down.
    ///
    /// # Errors
    /// [`Error::Stale`] or [`Error::Exists`] when somebody changed the roll since it was read;
    /// [`Error::Full`]; [`Error::LastReferent`]; nothing is written then.
    pub async fn take_in(&self, import: &str, intake: &Intake, report: &str) -> Result<(), Error> {
        let mut write = self.write().await?;
        let before = write.occupancy(self.id()).await?;
        let groups: Vec<_> = intake
            .groups
            .iter()
            .map(|(id, name)| [id.as_str().into(), self.id().into(), name.as_str().into()])
            .collect();
        let insert = "INSERT INTO groups (id, collectivite, name)";
        bulk::insert(&mut write.tx, insert, &groups).await?;
        let name = write.name_of(self.collectivite()).await?;
        let arrivals = write.arrivals(self.id(), &intake.newcomers).await?;
        self.add_arrivals(&mut write, &arrivals).await?;
        write.write_to(&arrivals, &name).await?;
        for amendment in &intake.amendments {
            self.amend(&mut write, amendment).await?;
        }
        write.hold_seats(self.id(), &before).await?;
        write
            .close_import(self.collectivite(), self.by, import, report)
            .await?;
        write
            .change(&Change::Collectivite(self.collectivite().clone()))
            .await?;
        write.commit().await
    }

    async fn add_arrivals(
        &self,
        write: &mut Write<'_>,
        arrivals: &[Arrival<'_>],
    ) -> Result<(), Error> {
        let now = write.now;
        let accounts: Vec<_> = arrivals
            .iter()
            .filter(|arrival| arrival.fresh)
            .map(
                |Arrival {
                     newcomer, account, ..
                 }| {
                    [
                        account.as_str().into(),
                        newcomer.login.as_str().into(),
                        newcomer.given_name.as_str().into(),
                        newcomer.family_name.as_str().into(),
                        now.into(),
                    ]
                },
            )
            .collect();
        let insert = "INSERT INTO accounts (id, login, given_name, family_name, created_at)";
        bulk::insert(&mut write.tx, insert, &accounts).await?;
        let memberships: Vec<_> = arrivals
            .iter()
            .map(|arrival| self.row(arrival, now))
            .collect();
        let insert = "INSERT INTO memberships (id, account, collectivite, role, created_at, given_name, family_name, sort_key, accepted_at, invited_at, profile, left_at)";
        bulk::insert(&mut write.tx, insert, &memberships).await?;
        let groups: Vec<_> = arrivals
            .iter()
            .filter_map(
                |Arrival {
                     newcomer,
                     membership,
                     ..
                 }| {
                    let group = newcomer.group.as_ref()?;
                    Some([group.as_str().into(), membership.as_str().into()])
                },
            )
            .collect();
        let insert = "INSERT INTO group_members (group_id, membership)";
        bulk::insert(&mut write.tx, insert, &groups).await?;
        let mut entries = Vec::with_capacity(arrivals.len());
        for arrival in arrivals {
            if arrival.fresh {
                entries.push(Entry::by(self.by, "account.add", &arrival.account));
            }
            entries.push(
                self.entry("membership.add", &arrival.membership)
                    .detail("import"),
            );
        }
        write.record_all(&entries).await
    }

    fn row<'a>(&'a self, arrival: &'a Arrival<'_>, now: i64) -> [bulk::Value<'a>; 12] {
        let newcomer = arrival.newcomer;
        let key = sort_key::of_person(&newcomer.family_name, &newcomer.given_name, &newcomer.login);
        [
            arrival.membership.as_str().into(),
            arrival.account.as_str().into(),
            self.id().into(),
            "agent".into(),
            now.into(),
            newcomer.given_name.as_str().into(),
            newcomer.family_name.as_str().into(),
            key.into(),
            arrival.waits.then_some(now).into(),
            now.into(),
            newcomer.profile.as_deref().into(),
            newcomer.left_at.into(),
        ]
    }

    async fn amend(&self, write: &mut Write<'_>, amendment: &Amendment) -> Result<(), Error> {
        let (id, record) = (amendment.leave.membership(), &amendment.record);
        let key = sort_key::of_person(&record.family_name, &record.given_name, &record.login);
        // Before the record changes: it tells which last day was proposed.
        write.end_transfers_but(id, record.left_at).await?;
        let role: Option<String> = sqlx::query_scalar(
            "UPDATE memberships SET version = version + 1, given_name = $1, family_name = $2, sort_key = $3, profile = $4, left_at = $5
             WHERE id = $6 AND collectivite = $7 AND version = $8 RETURNING role",
        )
        .bind(&record.given_name)
        .bind(&record.family_name)
        .bind(key)
        .bind(record.profile.as_deref())
        .bind(record.left_at)
        .bind(id.as_str())
        .bind(self.id())
        .bind(amendment.version)
        .fetch_optional(&mut *write.tx)
        .await?;
        let Some(role) = role else {
            return Err(self.stale_or_missing(write, id).await?);
        };
        if role == Role::Referent.as_str() && record.left_at.is_some() {
            self.keep_a_referent(write, id).await?;
        }
        if let Some(group) = &record.group {
            sqlx::query(
                "INSERT INTO group_members (group_id, membership) VALUES ($1, $2) ON CONFLICT (group_id, membership) DO NOTHING",
            )
            .bind(group.as_str())
            .bind(id.as_str())
            .execute(&mut *write.tx)
            .await?;
        }
        write.change(&Change::Membership(id.clone())).await?;
        let entry = self.entry("membership.correct", id.as_str());
        write.record(&entry.detail("import")).await
    }
}
