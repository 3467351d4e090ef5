//! The roll of a collectivité: who is in it, in the order of names, searched, filtered, by pages.

use crate::account::normal_login;
use crate::error::Error;
use crate::sort_key;
use crate::within::Within;
use policies::{GroupId, MembershipId, Role};
use sqlx::Row as _;
use sqlx::any::AnyRow;

/// How many a page holds.
pub const PAGE: i64 = 50;

/// Where somebody stands.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Standing {
    /// Can log in.
    Active,
    /// Has not answered the invitation, or not accepted to be attached.
    Invited,
    /// Closed until restored.
    Suspended,
    /// Has left.
    Left,
    /// Deleted, and to be erased.
    Deleted,
}

impl Standing {
    /// Every one, in the order that lists of choices show.
    pub const ALL: [Self; 5] = [
        Self::Active,
        Self::Invited,
        Self::Suspended,
        Self::Left,
        Self::Deleted,
    ];

    /// As queries and addresses spell it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Active => "actif",
            Self::Invited => "invite",
            Self::Suspended => "suspendu",
            Self::Left => "parti",
            Self::Deleted => "supprime",
        }
    }

    /// Reads that spelling.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|standing| standing.as_str() == text)
    }
}

/// Somebody on the roll.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct RollEntry {
    /// The membership.
    pub id: MembershipId,
    /// The account.
    pub account: String,
    /// Prénom, as the collectivité recorded it.
    pub given_name: String,
    /// Nom, as the collectivité recorded it.
    pub family_name: String,
    /// Mail address.
    pub login: String,
    /// As what.
    pub role: Role,
    /// Id of the profile, if any.
    pub profile: Option<String>,
    /// Where they stand now.
    pub standing: Standing,
    /// From when on suspended; may lie ahead. Unix seconds, like all times here.
    pub suspended_at: Option<i64>,
    /// From when on gone; may lie ahead.
    pub left_at: Option<i64>,
    /// When deleted.
    pub deleted_at: Option<i64>,
    /// The last time they logged in here.
    pub last_login_at: Option<i64>,
    /// When they were last asked to come; none once that is withdrawn.
    pub invited_at: Option<i64>,
    /// When they declined to be attached.
    pub declined_at: Option<i64>,
    /// Of this record; a writer names the one it has seen.
    pub version: i64,
}

impl RollEntry {
    /// « Renée Martin ».
    pub fn full_name(&self) -> String {
        format!("{} {}", self.given_name, self.family_name)
    }
}

/// Whom to list. Empty texts filter nothing; the deleted are listed only when asked for.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct RollFilter {
    /// Part of a name or address.
    pub search: String,
    /// A standing.
    pub standing: Option<Standing>,
    /// A group.
    pub group: Option<GroupId>,
    /// A profile's id.
    pub profile: Option<String>,
    /// From 1 on.
    pub page: i64,
}

/// A page of the roll.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct RollPage {
    /// Those on it.
    pub entries: Vec<RollEntry>,
    /// How many there are on all pages.
    pub total: i64,
}

/// Where a membership (`m`) of an account (`a`) stands at `$2`.
macro_rules! standing {
    () => {
        "CASE WHEN m.deleted_at IS NOT NULL THEN 'supprime' WHEN m.left_at <= $2 THEN 'parti'
              WHEN m.suspended_at <= $2 THEN 'suspendu' WHEN m.accepted_at IS NULL THEN 'invite'
              WHEN a.suspended_at <= $2 THEN 'suspendu' WHEN a.password_hash IS NULL THEN 'invite'
              ELSE 'actif' END"
    };
}

/// The memberships of a filter. Accounts are looked up only where a standing is asked for: a page far
/// down the list passes over thousands of rows.
macro_rules! found {
    ($what:literal, $end:literal) => {
        concat!(
            "SELECT ",
            $what,
            " FROM memberships m LEFT JOIN accounts a ON a.id = CASE WHEN $4 NOT IN ('', '*') THEN m.account END
              WHERE m.collectivite = $1 AND ($3 = '' OR m.sort_key LIKE $3) AND ($5 = '' OR m.profile = $5)
                AND ($6 = '' OR EXISTS (SELECT 1 FROM group_members g WHERE g.membership = m.id AND g.group_id = $6))
                AND ($4 = '*' OR ($4 = '' AND m.deleted_at IS NULL) OR $4 = ",
            standing!(),
            ")",
            $end
        )
    };
}

/// Their whole entries, in order; `$end` chooses among them.
macro_rules! roll {
    ($end:literal) => {
        concat!(
            "SELECT m.id, m.account, m.given_name, m.family_name, a.login, m.role, m.profile, m.suspended_at,
                m.left_at, m.deleted_at, m.last_login_at, m.invited_at, m.declined_at, m.version, m.sort_key, ",
            standing!(),
            " AS standing
             FROM memberships m JOIN accounts a ON a.id = m.account WHERE m.id IN (",
            found!("m.id", $end),
            ") ORDER BY m.sort_key, m.id"
        )
    };
}

mod from;

impl Within<'_> {
    /// How many a filter finds, on all pages.
    pub async fn count(&self, filter: &RollFilter) -> Result<i64, Error> {
        let count = sqlx::query_scalar(found!("COUNT(*)", ""))
            .bind(self.id())
            .bind(self.store.clock.now())
            .bind(sort_key::pattern(&filter.search))
            .bind(filter.standing.map_or("", Standing::as_str))
            .bind(filter.profile.as_deref().unwrap_or_default())
            .bind(filter.group.as_ref().map_or("", GroupId::as_str))
            .fetch_one(&self.store.pool);
        Ok(count.await?)
    }

    /// A page of the roll.
    pub async fn list(&self, filter: &RollFilter) -> Result<RollPage, Error> {
        let now = self.store.clock.now();
        let pattern = sort_key::pattern(&filter.search);
        let standing = filter.standing.map_or("", Standing::as_str);
        let profile = filter.profile.as_deref().unwrap_or_default();
        let group = filter.group.as_ref().map_or("", GroupId::as_str);
        let total = self.count(filter).await?;
        let rows = sqlx::query(roll!(" ORDER BY m.sort_key, m.id LIMIT $7 OFFSET $8"))
            .bind(self.id())
            .bind(now)
            .bind(&pattern)
            .bind(standing)
            .bind(profile)
            .bind(group)
            .bind(PAGE)
            .bind((filter.page - 1).max(0) * PAGE)
            .fetch_all(&self.store.pool)
            .await?;
        Ok(RollPage {
            entries: rows.iter().map(read).collect::<Result<_, _>>()?,
            total,
        })
    }

    /// Everybody who is not deleted, or only those with a profile or in a group.
    pub async fn list_all(&self, filter: &RollFilter) -> Result<Vec<RollEntry>, Error> {
        let rows = sqlx::query(roll!(""))
            .bind(self.id())
            .bind(self.store.clock.now())
            .bind(sort_key::pattern(&filter.search))
            .bind(filter.standing.map_or("", Standing::as_str))
            .bind(filter.profile.as_deref().unwrap_or_default())
            .bind(filter.group.as_ref().map_or("", GroupId::as_str))
            .fetch_all(&self.store.pool)
            .await?;
        rows.iter().map(read).collect()
    }

    /// One of them, deleted or not.
    ///
    /// # Errors
    /// [`Error::NotFound`], also for somebody of another collectivité.
    pub async fn get(&self, id: &MembershipId) -> Result<RollEntry, Error> {
        let row = sqlx::query(roll!(" AND m.id = $7"))
            .bind(self.id())
            .bind(self.store.clock.now())
            .bind("")
            .bind("*")
            .bind("")
            .bind("")
            .bind(id.as_str())
            .fetch_optional(&self.store.pool)
            .await?
            .ok_or_else(|| Error::not_found("membership", id.as_str()))?;
        read(&row)
    }

    /// Somebody by their mail address, unless they are deleted.
    pub async fn find_by_login(&self, login: &str) -> Result<Option<MembershipId>, Error> {
        let id = sqlx::query_scalar::<_, String>(
            "SELECT m.id FROM memberships m JOIN accounts a ON a.id = m.account
             WHERE m.collectivite = $1 AND a.login = $2 AND m.deleted_at IS NULL",
        );
        let id = id.bind(self.id()).bind(normal_login(login));
        let id = id.fetch_optional(&self.store.pool).await?;
        Ok(id.as_deref().map(MembershipId::from))
    }

    /// Those who bear this name already, or have this address: perhaps the same person.
    pub async fn find_alike(
        &self,
        given_name: &str,
        family_name: &str,
        login: &str,
    ) -> Result<Vec<RollEntry>, Error> {
        let name = sort_key::of_person(family_name, given_name, "");
        let filter = RollFilter {
            search: name.clone(),
            ..RollFilter::default()
        };
        let mut alike = self.list_all(&filter).await?;
        alike.retain(|entry| {
            sort_key::of_person(&entry.family_name, &entry.given_name, "") == name
                || entry.login == login
        });
        Ok(alike)
    }
}

fn read(row: &AnyRow) -> Result<RollEntry, Error> {
    let standing: String = row.try_get("standing")?;
    let role: String = row.try_get("role")?;
    Ok(RollEntry {
        id: row.try_get::<String, _>("id")?.into(),
        account: row.try_get("account")?,
        given_name: row.try_get("given_name")?,
        family_name: row.try_get("family_name")?,
        login: row.try_get("login")?,
        role: Role::parse(&role).ok_or(Error::Unreadable(role))?,
        profile: row.try_get("profile")?,
        standing: Standing::parse(&standing).ok_or(Error::Unreadable(standing))?,
        suspended_at: row.try_get("suspended_at")?,
        left_at: row.try_get("left_at")?,
        deleted_at: row.try_get("deleted_at")?,
        last_login_at: row.try_get("last_login_at")?,
        invited_at: row.try_get("invited_at")?,
        declined_at: row.try_get("declined_at")?,
        version: row.try_get("version")?,
    })
}
