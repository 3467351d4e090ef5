//! The yearly review of rights: who has which rights is written down, one decision is made for each
//! person, and what was decided is signed. Nobody decides about themselves: a decision needs an
//! [`policies::Attribution`], which Cedar gives nobody for the own rights.
//!
//! Reading order: this file (what a review is) · [`list`] · [`freeze`] · [`decide`] ·
//! [`close`] · [`report`] · [`due`] (what happens as time goes).

mod close;
mod decide;
mod due;
mod freeze;
mod list;
mod report;

pub use freeze::Subject;
pub use report::Report;

use crate::error::Error;
use crate::within::is_referent;
use policies::{Level, MembershipId, Role, ServiceId, ServiceRoleId};
use serde::{Deserialize, Serialize};
use sqlx::{Any, Executor};
use std::collections::BTreeSet;

/// How many lines a page holds.
pub const REVIEW_PAGE: i64 = 25;
/// How long after the due date those who were left unanswered are suspended, seconds.
pub const GRACE: i64 = 7 * 86_400;

/// A review. Times are Unix seconds.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct AccessReview {
    /// `COLLECTIVITE/…`.
    pub id: String,
    /// When it was opened.
    pub opened_at: i64,
    /// Until when everybody is to be decided about.
    pub due_at: i64,
    /// When those who were left unanswered had been warned.
    pub warned_at: Option<i64>,
    /// When it was closed.
    pub closed_at: Option<i64>,
    /// How many people are in it.
    pub people: i64,
    /// How many of them nothing was decided about; who has left needs no decision.
    pub waiting: i64,
}

/// A right as it was when the review was opened.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct FrozenRight {
    /// On what.
    pub service: ServiceId,
    /// How far: consult or modify.
    pub level: Level,
    /// The service's own roles.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub roles: Vec<ServiceRoleId>,
    /// Where it came from, in words: « profil ».
    pub source: String,
    /// Until when it was given.
    pub ends_at: Option<i64>,
}

/// What makes somebody's rights worth a closer look.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Hint {
    /// Their mandate of référent has ended.
    MandateEnded,
    /// They have never logged in.
    NeverSignedIn,
    /// They have not logged in for six months.
    Idle,
    /// They are suspended and keep their rights.
    Suspended,
    /// They may modify in several services.
    SeveralModifications,
    /// A right of theirs has ended.
    RightEnded(Vec<ServiceId>),
    /// They have not opened the service for a year.
    NeverOpened(Vec<ServiceId>),
}

/// What was written down of somebody.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Frozen {
    /// As what.
    pub role: Role,
    /// The name of the profile, if any.
    pub profile: Option<String>,
    /// Their rights.
    pub rights: Vec<FrozenRight>,
    /// Their last log-in.
    pub last_login_at: Option<i64>,
    /// What is odd, the gravest first.
    pub hints: Vec<Hint>,
}

/// What was decided about somebody.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Verdict {
    /// The rights stay.
    Keep,
    /// They were changed.
    Change,
    /// Profile and own rights were taken away.
    Withdraw,
    /// Nobody answered in time: suspended.
    Suspend,
    /// They had left: nothing was to be decided.
    Gone,
    /// Nobody was there who could have answered.
    None,
}

impl Verdict {
    const ALL: [Self; 6] = [
        Self::Keep,
        Self::Change,
        Self::Withdraw,
        Self::Suspend,
        Self::Gone,
        Self::None,
    ];

    /// As the database and the report spell it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Keep => "keep",
            Self::Change => "change",
            Self::Withdraw => "withdraw",
            Self::Suspend => "suspend",
            Self::Gone => "gone",
            Self::None => "none",
        }
    }

    fn read(text: &str) -> Result<Self, Error> {
        Self::ALL
            .into_iter()
            .find(|verdict| verdict.as_str() == text)
            .ok_or_else(|| Error::Unreadable(text.to_owned()))
    }
}

/// Where a line stands.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum LineState {
    /// To be decided by a référent who is not that person.
    Waiting,
    /// To be decided, and no référent is there who could.
    Unanswerable,
    /// They have left since: no decision is needed.
    Gone,
    /// Decided: how, when, and by whom (a name here, or none).
    Decided(Verdict, i64, Option<String>),
}

/// Somebody in a review.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ReviewLine {
    /// The membership.
    pub membership: MembershipId,
    /// Family name and given name as they were; empty once erased.
    pub name: String,
    /// Mail address as it was; empty once erased.
    pub login: String,
    /// What was written down.
    pub frozen: Frozen,
    /// Where it stands.
    pub state: LineState,
    /// Of the membership's record as it is now, when it is still there.
    pub version: Option<i64>,
}

/// Which lines to list.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum ReviewFilter {
    /// Those that wait for a decision.
    #[default]
    Waiting,
    /// Those that were decided, or need no decision.
    Done,
    /// Every one.
    All,
}

/// True of a line (`l`) whose person is still here; `m` is their membership.
macro_rules! is_here {
    ($now:literal) => {
        concat!(
            "m.id IS NOT NULL AND m.deleted_at IS NULL AND (m.left_at IS NULL OR m.left_at > ",
            $now,
            ")"
        )
    };
}
use is_here;

/// The référents who can work now: those who may decide, each about everybody else.
async fn judges(
    database: impl Executor<'_, Database = Any>,
    collectivite: &str,
    now: i64,
) -> Result<BTreeSet<String>, Error> {
    let ids: Vec<String> = sqlx::query_scalar(concat!(
        "SELECT m.id FROM memberships m JOIN accounts a ON a.id = m.account
         WHERE m.collectivite = $1 AND a.password_hash IS NOT NULL AND ",
        is_referent!("$2")
    ))
    .bind(collectivite)
    .bind(now)
    .fetch_all(database)
    .await?;
    Ok(ids.into_iter().collect())
}

/// The référents who could have worked at any time since a review began, suspended or not: whoever
/// sends the others away must not close a review without them.
async fn judges_since(
    database: impl Executor<'_, Database = Any>,
    collectivite: &str,
    opened_at: i64,
) -> Result<BTreeSet<String>, Error> {
    let ids: Vec<String> = sqlx::query_scalar(
        "SELECT m.id FROM memberships m JOIN accounts a ON a.id = m.account
         WHERE m.collectivite = $1 AND m.role = 'referent' AND a.password_hash IS NOT NULL AND m.accepted_at IS NOT NULL
           AND (m.deleted_at IS NULL OR m.deleted_at > $2) AND (m.left_at IS NULL OR m.left_at > $2)
           AND (m.suspended_at IS NULL OR m.suspended_at > $2) AND (m.referent_until IS NULL OR m.referent_until > $2)",
    )
    .bind(collectivite)
    .bind(opened_at)
    .fetch_all(database)
    .await?;
    Ok(ids.into_iter().collect())
}

/// Whether somebody is there who may decide about a member.
fn is_answerable(judges: &BTreeSet<String>, membership: &str) -> bool {
    judges.iter().any(|judge| judge != membership)
}
