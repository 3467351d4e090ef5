//! Whether what a rule names is the collectivité's: a rule about a group that nobody has would never apply,
//! or never let anybody through.

use crate::error::Error;
use crate::store::Store;
use policies::CollectiviteId;
use policies::expert::{Kind, Named};

impl Store {
    /// Those of the named people, groups, profiles and networks that the collectivité does not have. Areas are
    /// none of its own: they are left out.
    pub async fn list_unknown(
        &self,
        owner: &CollectiviteId,
        named: Vec<Named>,
    ) -> Result<Vec<Named>, Error> {
        let mut unknown = Vec::new();
        for one in named {
            let query = match one.kind {
                Kind::Group => "SELECT 1 FROM groups WHERE collectivite = $1 AND id = $2",
                Kind::Profile => "SELECT 1 FROM profiles WHERE collectivite = $1 AND id = $2",
                Kind::Agent => "SELECT 1 FROM memberships WHERE collectivite = $1 AND id = $2",
                Kind::Network => "SELECT 1 FROM networks WHERE collectivite = $1 AND name = $2",
                Kind::Area => continue,
            };
            let query = sqlx::query(query).bind(owner.as_str()).bind(&one.id);
            if query.fetch_optional(&self.pool).await?.is_none() {
                unknown.push(one);
            }
        }
        Ok(unknown)
    }
}
