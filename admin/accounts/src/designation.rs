//! Designations of référents as cases: written down, then received signed. What is received is
//! sealed and waits for a second person (see [`crate::appointment`]).

use crate::account::normal_login;
use crate::error::Error;
use crate::over::Over;
use crate::overseen::Overseen;
use crate::store::Write;
use sqlx::Row as _;
use sqlx::any::AnyRow;
use uuid::Uuid;

/// Where a designation stands.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum DesignationState {
    /// Written down; the signed document is awaited.
    Recorded,
    /// The signed document is there.
    Received,
    /// A second person has checked it.
    Checked,
    /// A second person has rejected it.
    Rejected,
    /// The mandate is over.
    Ended,
    /// Given up before its check.
    Abandoned,
}

/// Whom an *autorité territoriale* designates.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct NewDesignation {
    /// Prénom.
    pub given_name: String,
    /// Nom.
    pub family_name: String,
    /// Mail address.
    pub login: String,
    /// Who signs: « Thérèse Vidal ».
    pub authority_name: String,
    /// As what: « Maire ».
    pub authority_title: String,
    /// From when on, Unix seconds; at once when none.
    pub starts_at: Option<i64>,
    /// Until when; without end when none.
    pub ends_at: Option<i64>,
}

/// A designation, and where it stands.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Designation {
    /// Its id.
    pub id: String,
    /// Of which collectivité: id and name.
    pub collectivite: (String, String),
    /// What it says.
    pub says: NewDesignation,
    /// Where it stands.
    pub state: DesignationState,
    /// When it was written down. Unix seconds, like all times here.
    pub recorded_at: i64,
    /// The account that wrote it down.
    pub recorded_by: String,
    /// The accounts that corrected it since.
    pub corrected_by: Vec<String>,
    /// When the signed document came.
    pub received_at: Option<i64>,
    /// The account that put it there.
    pub received_by: Option<String>,
    /// Which of the documents put there it is, from 1 on, and 0 when none is there; a checker names
    /// the one that was seen.
    pub reception: i64,
    /// When it was checked.
    pub checked_at: Option<i64>,
    /// Why it was rejected.
    pub rejection: String,
    /// Why it was abandoned, if that was said.
    pub abandonment: String,
    /// By when it is to be renewed.
    pub renew_by: Option<i64>,
    /// When it ended.
    pub ended_at: Option<i64>,
    /// The référent's membership, once checked.
    pub membership: Option<String>,
    /// A writer names the one it has seen.
    pub version: i64,
}

impl Designation {
    /// « Renée Martin ».
    pub fn full_name(&self) -> String {
        format!("{} {}", self.says.given_name, self.says.family_name)
    }

    /// Whether nobody has decided about it: it waits, and can be corrected or abandoned.
    pub fn is_open(&self) -> bool {
        matches!(
            self.state,
            DesignationState::Recorded | DesignationState::Received
        )
    }

    /// Whether an account may check it: two people see every designation.
    pub fn may_be_checked_by(&self, account: &str) -> bool {
        self.state == DesignationState::Received
            && self.recorded_by != account
            && self.corrected_by.iter().all(|who| who != account)
            && self.received_by.as_deref() != Some(account)
    }
}

macro_rules! designations {
    ($end:literal) => {
        concat!(
            "SELECT d.*, c.name AS collectivite_name FROM designations d JOIN collectivites c ON c.id = d.collectivite ",
            $end
        )
    };
}

impl Over<'_> {
    /// Writes a designation down, and gives its id.
    pub async fn designate(&self, new: &NewDesignation) -> Result<String, Error> {
        let id = Uuid::now_v7().to_string();
        let mut write = self.write().await?;
        sqlx::query(
            "INSERT INTO designations (id, collectivite, given_name, family_name, login, authority_name, authority_title,
                starts_at, ends_at, recorded_at, recorded_by)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
        )
        .bind(&id)
        .bind(self.id())
        .bind(&new.given_name)
        .bind(&new.family_name)
        .bind(normal_login(&new.login))
        .bind(&new.authority_name)
        .bind(&new.authority_title)
        .bind(new.starts_at)
        .bind(new.ends_at)
        .bind(write.now)
        .bind(self.by)
        .execute(&mut *write.tx)
        .await?;
        write.record(&self.entry("designation.record", &id)).await?;
        write.commit().await?;
        Ok(id)
    }

    /// A designation of this collectivité.
    ///
    /// # Errors
    /// [`Error::NotFound`].
    pub async fn designation(&self, id: &str) -> Result<Designation, Error> {
        let row = sqlx::query(designations!("WHERE d.id = $1 AND d.collectivite = $2"))
            .bind(id)
            .bind(self.id())
            .fetch_optional(&self.store.pool)
            .await?
            .ok_or_else(|| Error::not_found("designation", id))?;
        read(&row, self.store.clock.now())
    }

    /// Every one of this collectivité, the newest first.
    pub async fn list_designations(&self) -> Result<Vec<Designation>, Error> {
        let rows = sqlx::query(designations!(
            "WHERE d.collectivite = $1 ORDER BY d.recorded_at DESC, d.id DESC"
        ))
        .bind(self.id())
        .fetch_all(&self.store.pool)
        .await?;
        let now = self.store.clock.now();
        rows.iter().map(|row| read(row, now)).collect()
    }

    /// Why an update touched nothing.
    pub(crate) async fn decided_or_missing(
        &self,
        write: &mut Write<'_>,
        id: &str,
    ) -> Result<Error, Error> {
        let there = sqlx::query("SELECT 1 FROM designations WHERE id = $1 AND collectivite = $2")
            .bind(id)
            .bind(self.id())
            .fetch_optional(&mut *write.tx)
            .await?;
        let (what, id) = ("designation", id.to_owned());
        Ok(match there {
            Some(_) => Error::Stale { what, id },
            None => Error::NotFound { what, id },
        })
    }
}

impl Overseen<'_> {
    /// Designations that wait for their check, the oldest first.
    pub async fn list_unchecked(&self) -> Result<Vec<Designation>, Error> {
        let rows = sqlx::query(designations!(
            "WHERE d.received_at IS NOT NULL AND d.checked_at IS NULL AND d.rejected_at IS NULL AND d.ended_at IS NULL
               AND ($1 = '' OR c.cdg = $1) ORDER BY d.received_at, d.id LIMIT 100"
        ))
        .bind(self.affiliated_to())
        .fetch_all(&self.store.pool)
        .await?;
        let now = self.store.clock.now();
        rows.iter().map(|row| read(row, now)).collect()
    }

    /// Designations that are to be renewed, the most urgent first.
    pub async fn list_renewals(&self) -> Result<Vec<Designation>, Error> {
        let rows = sqlx::query(designations!(
            "WHERE d.renew_by IS NOT NULL AND d.checked_at IS NOT NULL AND d.ended_at IS NULL
               AND ($1 = '' OR c.cdg = $1) ORDER BY d.renew_by, c.sort_key, d.id LIMIT 500"
        ))
        .bind(self.affiliated_to())
        .fetch_all(&self.store.pool)
        .await?;
        let now = self.store.clock.now();
        rows.iter().map(|row| read(row, now)).collect()
    }
}

fn read(row: &AnyRow, now: i64) -> Result<Designation, Error> {
    let text = |column: &str| row.try_get::<String, _>(column);
    let time = |column: &str| row.try_get::<Option<i64>, _>(column);
    let (received_at, checked_at) = (time("received_at")?, time("checked_at")?);
    let (ends_at, ended_at) = (time("ends_at")?, time("ended_at")?);
    let over = ended_at.is_some() || (checked_at.is_some() && ends_at.is_some_and(|at| at <= now));
    let abandoned = time("abandoned_at")?.is_some();
    let state = match (over, time("rejected_at")?, checked_at, received_at) {
        _ if abandoned => DesignationState::Abandoned,
        (true, ..) => DesignationState::Ended,
        (_, Some(_), ..) => DesignationState::Rejected,
        (_, _, Some(_), _) => DesignationState::Checked,
        (_, _, _, Some(_)) => DesignationState::Received,
        _ => DesignationState::Recorded,
    };
    Ok(Designation {
        id: text("id")?,
        collectivite: (text("collectivite")?, text("collectivite_name")?),
        says: NewDesignation {
            given_name: text("given_name")?,
            family_name: text("family_name")?,
            login: text("login")?,
            authority_name: text("authority_name")?,
            authority_title: text("authority_title")?,
            starts_at: time("starts_at")?,
            ends_at,
        },
        state,
        recorded_at: row.try_get("recorded_at")?,
        recorded_by: text("recorded_by")?,
        corrected_by: text("correctors")?
            .split_whitespace()
            .map(str::to_owned)
            .collect(),
        received_at,
        received_by: row.try_get("received_by")?,
        reception: match received_at {
            Some(_) => row.try_get("receptions")?,
            None => 0,
        },
        checked_at,
        rejection: text("rejection")?,
        abandonment: text("abandonment")?,
        renew_by: time("renew_by")?,
        ended_at,
        membership: row.try_get("membership")?,
        version: row.try_get("version")?,
    })
}
