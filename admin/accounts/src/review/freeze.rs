//! Opening a review: who has rights is written down as it is, with what is odd about it, the riskiest
//! first. Nothing that happens later changes it, and who comes later is not in it.

use super::{Frozen, FrozenRight, Hint};
use crate::bulk;
use crate::error::Error;
use crate::outbox::Letter;
use crate::profile::Profile;
use crate::rights::Holder;
use crate::roll::Standing;
use crate::token::Token;
use crate::within::Within;
use policies::{Level, Role, ServiceId};
use std::collections::{HashMap, HashSet};
use uuid::Uuid;

const DAY: i64 = 86_400;
/// When the référents are reminded, seconds before the due date.
pub(super) const REMINDERS: [i64; 2] = [15 * DAY, 3 * DAY];
/// Not having logged in for this long is odd.
const IDLE: i64 = 183 * DAY;
/// So is not having opened a service for this long.
const UNUSED: i64 = 365 * DAY;

const INSERT: &str = "INSERT INTO review_lines
    (review, position, membership, name, login, salt, person, frozen, alerts)";

/// Somebody who is to be reviewed, with what decisions give them.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Subject {
    /// Who.
    pub holder: Holder,
    /// Their rights and where they come from.
    pub rights: Vec<FrozenRight>,
}

/// What only the store knows of people.
struct Traces {
    /// Accounts and the services that they have opened.
    opened: HashSet<(String, String)>,
    /// Rights that have ended, by membership.
    ended: HashMap<String, Vec<ServiceId>>,
    /// Memberships whose mandate has ended.
    mandates: HashSet<String>,
}

impl Within<'_> {
    /// Opens a review of these people, to be done by `due_at`, and tells the other référents. Gives
    /// its id.
    ///
    /// # Errors
    /// [`Error::Exists`] while another one is open.
    pub async fn open_review(
        &self,
        subjects: Vec<Subject>,
        profiles: &[Profile],
        due_at: i64,
    ) -> Result<String, Error> {
        let traces = self.traces().await?;
        let now = self.store.clock.now();
        let mut frozen: Vec<_> = subjects
            .into_iter()
            .map(|subject| freeze(subject, profiles, &traces, now))
            .collect();
        // The riskiest first; the roll's order among equals.
        frozen.sort_by_key(|(_, frozen)| std::cmp::Reverse(risk(frozen)));
        let id = format!("{}/{}", self.id(), Uuid::now_v7());
        let mut write = self.write().await?;
        let passed = REMINDERS.iter().filter(|before| due_at - **before <= now);
        sqlx::query(
            "INSERT INTO access_reviews (id, collectivite, opened_at, opened_by, due_at, reminders)
             VALUES ($1, $2, $3, $4, $5, $6)",
        )
        .bind(&id)
        .bind(self.id())
        .bind(write.now)
        .bind(self.by)
        .bind(due_at)
        .bind(i64::try_from(passed.count()).unwrap_or_default())
        .execute(&mut *write.tx)
        .await
        .map_err(|error| Error::or_exists(error, "review", self.id()))?;
        let mut rows = Vec::with_capacity(frozen.len());
        for ((holder, frozen), position) in frozen.iter().zip(1_i64..) {
            rows.push(line(&id, position, holder, frozen)?);
        }
        bulk::insert(&mut write.tx, INSERT, &rows).await?;
        let letter = Letter::Notice {
            subject: "Une revue des habilitations est ouverte".to_owned(),
            paragraphs: vec![
                "Un référent de votre collectivité a ouvert la revue des habilitations\u{a0}: pour chaque personne, dites si ses droits sont gardés, modifiés ou retirés.".to_owned(),
            ],
            path: Some("/referent/revues".to_owned()),
        };
        write.tell_referents(self.id(), &letter).await?;
        write.record(&self.entry("review.open", &id)).await?;
        write.commit().await?;
        Ok(id)
    }

    async fn traces(&self) -> Result<Traces, Error> {
        let now = self.store.clock.now();
        let opened: Vec<(String, String)> = sqlx::query_as(
            "SELECT DISTINCT actor, object FROM journal WHERE collectivite = $1 AND at > $2
               AND act IN ('ouvrir', 'envoyer', 'lire') AND outcome = 'permit'",
        )
        .bind(self.id())
        .bind(now - UNUSED)
        .fetch_all(&self.store.pool)
        .await?;
        let ended_rows: Vec<(String, String)> = sqlx::query_as(
            "SELECT DISTINCT g.membership, g.service FROM grants g JOIN memberships m ON m.id = g.membership
             WHERE m.collectivite = $1 AND g.revoked_at IS NULL AND g.ends_at <= $2 ORDER BY g.membership, g.service",
        )
        .bind(self.id())
        .bind(now)
        .fetch_all(&self.store.pool)
        .await?;
        let mandates: Vec<String> = sqlx::query_scalar(
            "SELECT id FROM memberships WHERE collectivite = $1 AND role = 'referent' AND referent_until <= $2",
        )
        .bind(self.id())
        .bind(now)
        .fetch_all(&self.store.pool)
        .await?;
        let mut ended: HashMap<String, Vec<ServiceId>> = HashMap::new();
        for (membership, service) in ended_rows {
            ended.entry(membership).or_default().push(service.into());
        }
        // An area's id begins with its service's.
        let service = |area: String| area.split('/').next().unwrap_or_default().to_owned();
        Ok(Traces {
            opened: opened
                .into_iter()
                .map(|(actor, area)| (actor, service(area)))
                .collect(),
            ended,
            mandates: mandates.into_iter().collect(),
        })
    }
}

fn freeze(subject: Subject, profiles: &[Profile], traces: &Traces, now: i64) -> (Holder, Frozen) {
    let Subject { holder, rights } = subject;
    let entry = &holder.entry;
    let profile = profiles
        .iter()
        .find(|profile| entry.profile.as_deref() == Some(&profile.id));
    let hints = hints(&holder, &rights, traces, now);
    let frozen = Frozen {
        role: entry.role,
        profile: profile.map(|profile| profile.name.clone()),
        rights,
        last_login_at: entry.last_login_at,
        hints,
    };
    (holder, frozen)
}

/// What is odd, the gravest first.
fn hints(holder: &Holder, rights: &[FrozenRight], traces: &Traces, now: i64) -> Vec<Hint> {
    let entry = &holder.entry;
    let mut hints = Vec::new();
    if entry.role == Role::Referent && traces.mandates.contains(entry.id.as_str()) {
        hints.push(Hint::MandateEnded);
    }
    match entry.last_login_at {
        None => hints.push(Hint::NeverSignedIn),
        Some(at) if at <= now - IDLE => hints.push(Hint::Idle),
        Some(_) => {}
    }
    if entry.standing == Standing::Suspended {
        hints.push(Hint::Suspended);
    }
    let modifies = |right: &&FrozenRight| right.level == Level::Ecriture;
    if rights.iter().filter(modifies).count() > 1 {
        hints.push(Hint::SeveralModifications);
    }
    if let Some(services) = traces.ended.get(entry.id.as_str()) {
        hints.push(Hint::RightEnded(services.clone()));
    }
    let unopened = |right: &&FrozenRight| {
        let opening = (entry.account.clone(), right.service.to_string());
        !traces.opened.contains(&opening)
    };
    let unopened: Vec<_> = rights.iter().filter(unopened).collect();
    // Who has not been here has opened nothing; that is said already.
    if !unopened.is_empty() && !hints.contains(&Hint::NeverSignedIn) && !hints.contains(&Hint::Idle)
    {
        let services = unopened.iter().map(|right| right.service.clone());
        hints.push(Hint::NeverOpened(services.collect()));
    }
    hints
}

/// The higher, the earlier in the list.
fn risk(frozen: &Frozen) -> i64 {
    let weight = |hint: &Hint| match hint {
        Hint::MandateEnded => 100,
        Hint::NeverSignedIn | Hint::Idle => 40,
        Hint::Suspended | Hint::SeveralModifications => 20,
        Hint::RightEnded(_) | Hint::NeverOpened(_) => 10,
    };
    let level = |right: &FrozenRight| match right.level {
        Level::Ecriture | Level::Role(_) => 2,
        Level::Lecture => 1,
    };
    frozen.hints.iter().map(weight).sum::<i64>() + frozen.rights.iter().map(level).sum::<i64>()
}

/// What the signature covers of who somebody is: without the salt, it tells nobody.
pub(super) fn person(salt: &str, name: &str, login: &str) -> String {
    Token::hash(&format!("{salt}\n{name}\n{login}"))
}

fn line<'a>(
    review: &'a str,
    position: i64,
    holder: &'a Holder,
    frozen: &Frozen,
) -> Result<[bulk::Value<'a>; 9], Error> {
    let entry = &holder.entry;
    let name = format!("{} {}", entry.family_name, entry.given_name);
    let salt = Token::fresh()?.as_str().to_owned();
    let person = person(&salt, &name, &entry.login);
    let text = serde_json::to_string(frozen).map_err(|_| Error::Sealed)?;
    let alerts = i64::try_from(frozen.hints.len()).unwrap_or(i64::MAX);
    Ok([
        review.into(),
        position.into(),
        entry.id.as_str().into(),
        name.into(),
        entry.login.as_str().into(),
        salt.into(),
        person.into(),
        text.into(),
        alerts.into(),
    ])
}
