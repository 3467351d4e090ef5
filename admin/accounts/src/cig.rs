//! The CIG itself, and who works for it: invited by the operator of the installation, on the command
//! line, for there is nobody above them in the consoles.

use crate::changes::Change;
use crate::enrol::NewPerson;
use crate::error::Error;
use crate::journal::Entry;
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
}
