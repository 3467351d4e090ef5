//! Who gave somebody a right or a profile, and when, as the journal has it.

use crate::error::Error;
use crate::within::Within;
use policies::{MembershipId, Right};

/// That something was given.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Giving {
    /// When, Unix seconds.
    pub at: i64,
    /// The name of who did, while they are here.
    pub author: Option<String>,
}

/// What an entry tells of somebody, by whom.
type Row = (i64, String, Option<String>);

impl Within<'_> {
    /// The last time until a moment that somebody was given a right of their own, unless another one, or none,
    /// took its place since.
    pub async fn right_given(
        &self,
        member: &MembershipId,
        right: &Right,
        at: i64,
    ) -> Result<Option<Giving>, Error> {
        let (now, service) = (at, &right.service);
        let acts = ["membership.right", "grant.add", "grant.revoke"];
        let last = self.last_entry(member, acts, (service.as_str(), at));
        let last = last.await?;
        Ok(last.and_then(|(at, detail, author)| {
            let given = detail.strip_prefix(service.as_str())?.strip_prefix('/')?;
            let (level, until) = given.split_once(" until ").unwrap_or((given, ""));
            let until: Option<i64> = until.parse().ok();
            let runs = until.is_none_or(|until| until > now);
            (runs && level == right.level.as_str()).then_some(Giving { at, author })
        }))
    }

    /// The last time until a moment that somebody was assigned a profile; none when it came with their record.
    pub async fn profile_given(
        &self,
        member: &MembershipId,
        profile: &str,
        at: i64,
    ) -> Result<Option<Giving>, Error> {
        let acts = ["membership.profile"; 3];
        let last = self.last_entry(member, acts, ("", at)).await?;
        let last = last.filter(|(_, detail, _)| detail == profile);
        Ok(last.map(|(at, _, author)| Giving { at, author }))
    }

    /// `about` is what it tells of, or the first part of that; empty for anything.
    async fn last_entry(
        &self,
        member: &MembershipId,
        [first, second, third]: [&str; 3],
        (about, at): (&str, i64),
    ) -> Result<Option<Row>, Error> {
        let row = sqlx::query_as(
            "SELECT j.at, j.detail, (SELECT m.given_name || ' ' || m.family_name FROM memberships m
                                     WHERE m.account = j.actor AND m.collectivite = $1) AS author
             FROM journal j WHERE j.object = $2 AND j.collectivite = $1 AND j.act IN ($3, $4, $5)
               AND ($6 = '' OR j.detail = $6 OR j.detail LIKE ($6 || '/%')) AND j.at <= $7
             ORDER BY j.seq DESC LIMIT 1",
        );
        let row = row
            .bind(self.id())
            .bind(member.as_str())
            .bind(first)
            .bind(second)
            .bind(third)
            .bind(about)
            .bind(at);
        Ok(row.fetch_optional(&self.store.pool).await?)
    }
}
