//! Taking people on: a new account with its invitation, or a person of another collectivité, who is
//! attached once they consent. Whoever enrols learns nothing of the other collectivité: both look
//! the same from here until the person answers.

use crate::account::normal_login;
use crate::error::Error;
use crate::journal::Entry;
use crate::link::Purpose;
use crate::sort_key;
use crate::store::Write;
use crate::within::Within;
use policies::{CollectiviteId, GroupId, MembershipId, Role};
use uuid::Uuid;

/// Somebody to take on.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct NewPerson {
    /// Prénom.
    pub given_name: String,
    /// Nom.
    pub family_name: String,
    /// Mail address.
    pub login: String,
    /// A profile's id.
    pub profile: Option<String>,
    /// Groups of the collectivité.
    pub groups: Vec<GroupId>,
}

impl Within<'_> {
    /// Takes somebody on as an agent, and invites them by mail.
    ///
    /// # Errors
    /// [`Error::Exists`] when the address is on the roll already; [`Error::NotFound`] for a profile
    /// or group of nobody here; [`Error::Full`].
    pub async fn enrol(&self, new: &NewPerson) -> Result<MembershipId, Error> {
        let mut write = self.write().await?;
        let before = write.occupancy(self.id()).await?;
        let id = write
            .enrol(self.collectivite(), Role::Agent, new, self.by)
            .await?;
        self.set_profile_and_groups(&mut write, &id, new.profile.as_deref(), &new.groups)
            .await?;
        write
            .record(&self.entry("membership.add", id.as_str()))
            .await?;
        write.hold_seats(self.id(), &before).await?;
        write.commit().await?;
        Ok(id)
    }

    /// Writes both down, after holding them against the collectivité.
    pub(crate) async fn set_profile_and_groups(
        &self,
        write: &mut Write<'_>,
        membership: &MembershipId,
        profile: Option<&str>,
        groups: &[GroupId],
    ) -> Result<(), Error> {
        if let Some(profile) = profile {
            let done = sqlx::query(
                "UPDATE memberships SET profile = (SELECT p.id FROM profiles p WHERE p.id = $1 AND p.collectivite = $2)
                 WHERE id = $3 AND EXISTS (SELECT 1 FROM profiles p WHERE p.id = $1 AND p.collectivite = $2)",
            )
            .bind(profile)
            .bind(self.id())
            .bind(membership.as_str())
            .execute(&mut *write.tx)
            .await?;
            if done.rows_affected() == 0 {
                return Err(Error::not_found("profile", profile));
            }
        }
        for group in groups {
            let done = sqlx::query(
                "INSERT INTO group_members (group_id, membership)
                 SELECT g.id, $2 FROM groups g WHERE g.id = $1 AND g.collectivite = $3",
            )
            .bind(group.as_str())
            .bind(membership.as_str())
            .bind(self.id())
            .execute(&mut *write.tx)
            .await?;
            if done.rows_affected() == 0 {
                return Err(Error::not_found("group", group.as_str()));
            }
        }
        Ok(())
    }
}

impl Write<'_> {
    /// Adds the account unless there is one, the membership, and the letter that fits.
    pub(crate) async fn enrol(
        &mut self,
        collectivite: &CollectiviteId,
        role: Role,
        new: &NewPerson,
        by: &str,
    ) -> Result<MembershipId, Error> {
        let login = normal_login(&new.login);
        let names = (new.given_name.trim(), new.family_name.trim());
        let addressee = self.addressee(&login, names, by).await?;
        let id = format!("{collectivite}/{}", Uuid::now_v7());
        sqlx::query(
            "INSERT INTO memberships (id, account, collectivite, role, created_at, given_name, family_name, sort_key, accepted_at, invited_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $5)",
        )
        .bind(&id)
        .bind(&addressee.account)
        .bind(collectivite.as_str())
        .bind(role.as_str())
        .bind(self.now)
        .bind(names.0)
        .bind(names.1)
        .bind(sort_key::of_person(&new.family_name, &new.given_name, &login))
        .bind(addressee.waits.then_some(self.now))
        .execute(&mut *self.tx)
        .await
        .map_err(|error| Error::or_exists(error, "membership", &login))?;
        let id = MembershipId::from(id);
        self.approach(&addressee, collectivite, &id).await?;
        Ok(id)
    }

    /// Whose an address is: the account, which is added unless there is one.
    pub(crate) async fn addressee(
        &mut self,
        login: &str,
        (given_name, family_name): (&str, &str),
        by: &str,
    ) -> Result<Addressee, Error> {
        let added = sqlx::query(
            "INSERT INTO accounts (id, login, given_name, family_name, created_at) VALUES ($1, $2, $3, $4, $5)
             ON CONFLICT (login) DO NOTHING",
        )
        .bind(Uuid::now_v7().to_string())
        .bind(login)
        .bind(given_name)
        .bind(family_name)
        .bind(self.now)
        .execute(&mut *self.tx)
        .await?;
        let (account, hash): (String, Option<String>) =
            sqlx::query_as("SELECT id, password_hash FROM accounts WHERE login = $1")
                .bind(login)
                .fetch_one(&mut *self.tx)
                .await?;
        if added.rows_affected() > 0 {
            self.record(&Entry::by(by, "account.add", &account)).await?;
        }
        Ok(Addressee {
            account,
            waits: hash.is_none(),
        })
    }

    /// Writes to somebody whom a collectivité takes on by this membership.
    pub(crate) async fn approach(
        &mut self,
        addressee: &Addressee,
        collectivite: &CollectiviteId,
        membership: &MembershipId,
    ) -> Result<(), Error> {
        let name = self.name_of(collectivite).await?;
        if addressee.waits {
            self.post_link(&addressee.account, Purpose::Activation, &name)
                .await
        } else {
            let letter = self.proposal(&addressee.account, membership.as_str(), &name);
            self.post(&addressee.account, letter).await?;
            Ok(())
        }
    }

    /// What letters call a collectivité.
    pub(crate) async fn name_of(&mut self, collectivite: &CollectiviteId) -> Result<String, Error> {
        let name = sqlx::query_scalar("SELECT name FROM collectivites WHERE id = $1");
        Ok(name
            .bind(collectivite.as_str())
            .fetch_one(&mut *self.tx)
            .await?)
    }
}

/// Whom an address reaches.
pub(crate) struct Addressee {
    pub(crate) account: String,
    /// Whether no password was chosen yet. Somebody who waits for another collectivité's invitation is
    /// invited by this one too: whoever was first must not decide whether the others can.
    pub(crate) waits: bool,
}
