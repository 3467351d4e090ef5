//! Who must have a second factor, by the roles that the configuration names.

use crate::error::Error;
use crate::store::Store;
use policies::Role;
use sqlx::Row as _;

/// Who must have a second factor: everybody with one of these roles in any collectivité.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct SecondFactorRequirement(Vec<Role>);

impl SecondFactorRequirement {
    /// For these roles.
    pub fn of(roles: impl IntoIterator<Item = Role>) -> Self {
        Self(roles.into_iter().collect())
    }

    /// Whether it is for nobody.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether it is for somebody who has these roles.
    pub fn concerns(&self, roles: impl IntoIterator<Item = Role>) -> bool {
        roles.into_iter().any(|role| self.0.contains(&role))
    }
}

impl Store {
    /// Whether a portal session is somebody's who must have a second factor, and has not shown one. A
    /// key of the API shows none: it does for somebody who has one, which making it asked for.
    ///
    /// # Errors
    /// [`Error::NotFound`] when the session has ended.
    pub async fn must_enrol(
        &self,
        session: &str,
        required: &SecondFactorRequirement,
    ) -> Result<bool, Error> {
        if required.is_empty() {
            return Ok(false);
        }
        let row = sqlx::query(
            "SELECT account, second_factor_at, expires_at,
                    (SELECT COUNT(*) FROM factors f WHERE f.account = sessions.account) AS factors
             FROM sessions WHERE id = $1 AND ended_at IS NULL",
        )
        .bind(session)
        .fetch_optional(&self.pool)
        .await?
        .ok_or_else(|| Error::not_found("session", session))?;
        if row.try_get::<Option<i64>, _>("second_factor_at")?.is_some() {
            return Ok(false);
        }
        let key = row.try_get::<Option<i64>, _>("expires_at")?.is_some();
        if key && row.try_get::<i64, _>("factors")? > 0 {
            return Ok(false);
        }
        let memberships = self.list_memberships(row.try_get("account")?).await?;
        Ok(required.concerns(memberships.iter().map(|membership| membership.role)))
    }
}
