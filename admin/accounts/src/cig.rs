//! The CIG itself, and who works for it: invited by the operator of the installation, on the command
//! line, for there is nobody above them in the consoles.

use crate::changes::Change;
use crate::enrol::NewPerson;
use crate::error::Error;
use crate::journal::Entry;
use crate::rights::{DirectRight, spell};
use crate::sort_key::fold;
use crate::store::Store;
use policies::{CollectiviteId, MembershipId, Role};

/// The id of the one CIG of an installation.
pub(crate) const CIG: &str = "cig";

impl Store {
    /// Invites a correspondant; the first one brings the CIG's own entry, under this name.
    ///
    /// # Errors
    /// [`Error::Exists`] when the address is a correspondant's already.
    pub async fn invite_correspondant(
        &self,
        cig: &str,
        new: &NewPerson,
        by: &str,
    ) -> Result<MembershipId, Error> {
        let mut write = self.write().await?;
        sqlx::query(
            "INSERT INTO collectivites (id, name, kind, created_at, sort_key) VALUES ($1, $2, 'cig', $3, $4)
             ON CONFLICT (id) DO NOTHING",
        )
        .bind(CIG)
        .bind(cig)
        .bind(write.now)
        .bind(fold(cig))
        .execute(&mut *write.tx)
        .await?;
        let cig = CollectiviteId::from(CIG);
        let id = write.enrol(&cig, Role::Correspondant, new, by).await?;
        write.change(&Change::Collectivite(cig.clone())).await?;
        let entry = Entry::by(by, "membership.add", id.as_str());
        write.record(&entry.within(&cig)).await?;
        write.commit().await?;
        Ok(id)
    }

    /// Puts one right, or none, in the place of those that somebody of the CIG has on a service, and opens the
    /// service to the CIG: the consoles list those it serves, not itself.
    ///
    /// # Errors
    /// [`Error::Unavailable`] also when the membership does not exist.
    pub async fn grant_correspondant(
        &self,
        membership: &MembershipId,
        right: &DirectRight,
        by: &str,
    ) -> Result<(), Error> {
        let cig = CollectiviteId::from(CIG);
        let mut write = self.write().await?;
        if right.level.is_some() {
            sqlx::query(
                "INSERT INTO collectivite_services (collectivite, service, opened_at) VALUES ($1, $2, $3)
                 ON CONFLICT (collectivite, service) DO NOTHING",
            )
            .bind(CIG)
            .bind(right.service.as_str())
            .bind(write.now)
            .execute(&mut *write.tx)
            .await?;
            write.change(&Change::Collectivite(cig.clone())).await?;
        }
        write.replace_grant(membership, right).await?;
        let changed = Change::Membership(membership.clone());
        write.change(&changed).await?;
        let entry = Entry::by(by, "membership.right", membership.as_str());
        let entry = entry.detail(&spell(right)).within(&cig);
        write.record(&entry).await?;
        write.commit().await
    }
}
