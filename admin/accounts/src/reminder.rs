//! Reminders: to somebody whose invitation is about to end, and to the référents, one letter a day at
//! most, about rights, people and invitations that end soon. A row says what was written already.

use crate::day::day;
use crate::error::Error;
use crate::link::Purpose;
use crate::outbox::Letter;
use crate::round::Rounds;
use crate::store::{Store, Write};
use crate::token::Token;
use sqlx::Row as _;
use sqlx::any::AnyRow;

const DAY: i64 = 86_400;
/// How long before the end of a right, or a departure, the référents are told.
const SOON: i64 = 15 * DAY;
/// How long before its end an invitation is repeated.
const LAST_CALL: i64 = 3 * DAY;
/// Letters in one write.
const BATCH: i64 = 100;
/// As many lines as a letter names of each kind.
const NAMED: usize = 20;
/// How long it is remembered that something was written.
const MEMORY: i64 = 400 * DAY;

/// Something that ends soon.
struct End {
    collectivite: String,
    kind: String,
    subject: String,
    name: String,
    service: String,
    at: i64,
}

impl End {
    fn read(row: &AnyRow) -> Result<Self, Error> {
        Ok(Self {
            collectivite: row.try_get("collectivite")?,
            kind: row.try_get("kind")?,
            subject: row.try_get("subject")?,
            name: row.try_get("name")?,
            service: row.try_get("service")?,
            at: row.try_get("at")?,
        })
    }

    /// The last day is the one before the end, as it was written down.
    fn line(&self, rounds: &Rounds) -> String {
        let last = day(self.at - 1);
        match self.kind.as_str() {
            "right" => format!(
                "– {}, {}\u{a0}: {last}",
                self.name,
                rounds.name(&self.service)
            ),
            _ => format!("– {}\u{a0}: {last}", self.name),
        }
    }
}

impl Store {
    /// Repeats invitations that end within three days and were not answered, each once, with a link
    /// that ends when the first one would have.
    pub(crate) async fn remind_invited(&self) -> Result<(), Error> {
        let now = self.clock.now();
        let due: Vec<(String, i64, Option<String>)> = sqlx::query_as(
            "SELECT l.account, l.expires_at,
                (SELECT c.name FROM memberships m JOIN collectivites c ON c.id = m.collectivite
                 WHERE m.account = l.account AND m.accepted_at IS NOT NULL AND m.invited_at IS NOT NULL
                   AND m.deleted_at IS NULL AND (m.left_at IS NULL OR m.left_at > $1)
                 ORDER BY m.invited_at DESC LIMIT 1)
             FROM links l JOIN accounts a ON a.id = l.account
             WHERE l.purpose = 'activation' AND l.used_at IS NULL AND l.revoked_at IS NULL
               AND l.expires_at > $1 AND l.expires_at <= $2 AND a.password_hash IS NULL AND a.suspended_at IS NULL
               AND NOT EXISTS (SELECT 1 FROM reminders r
                               WHERE r.kind = 'invitation' AND r.subject = l.account || '/' || l.expires_at)
             ORDER BY l.expires_at LIMIT $3",
        )
        .bind(now)
        .bind(now + LAST_CALL)
        .bind(BATCH)
        .fetch_all(&self.pool)
        .await?;
        if due.is_empty() {
            return Ok(());
        }
        let mut write = self.write().await?;
        for (account, expires_at, collectivite) in due {
            let first = write
                .remember("invitation", &format!("{account}/{expires_at}"))
                .await?;
            let Some(collectivite) = collectivite.filter(|_| first) else {
                continue;
            };
            let token = Token::fresh()?;
            let referent = write.is_to_be_referent(&account, &collectivite).await?;
            let letter = Letter::InvitationReminder {
                token: token.as_str().to_owned(),
                collectivite,
                referent,
                expires_at,
            };
            write
                .post_with_link(&account, Purpose::Activation, letter, (&token, expires_at))
                .await?;
        }
        write.commit().await
    }

    /// Tells référents what ends soon.
    pub(crate) async fn announce_ends(&self, rounds: &Rounds) -> Result<(), Error> {
        let now = self.clock.now();
        let rows = sqlx::query(
            "SELECT due.* FROM (
                SELECT m.collectivite, 'right' AS kind, g.id AS subject, m.given_name || ' ' || m.family_name AS name,
                       g.service AS service, g.ends_at AS at
                FROM grants g JOIN memberships m ON m.id = g.membership
                WHERE g.revoked_at IS NULL AND g.ends_at > $1 AND g.ends_at <= $2 AND m.deleted_at IS NULL
                  AND (m.left_at IS NULL OR m.left_at > g.ends_at)
                UNION ALL
                SELECT m.collectivite, 'leave', m.id || '/' || m.left_at, m.given_name || ' ' || m.family_name, '', m.left_at
                FROM memberships m WHERE m.left_at > $1 AND m.left_at <= $2 AND m.deleted_at IS NULL
                UNION ALL
                SELECT m.collectivite, 'awaited', m.id || '/' || l.expires_at, m.given_name || ' ' || m.family_name, '', l.expires_at
                FROM links l JOIN memberships m ON m.account = l.account JOIN accounts a ON a.id = l.account
                WHERE l.purpose = 'activation' AND l.used_at IS NULL AND l.revoked_at IS NULL AND a.password_hash IS NULL
                  AND l.expires_at > $1 AND l.expires_at <= $3 AND m.deleted_at IS NULL AND m.accepted_at IS NOT NULL
                  AND m.invited_at IS NOT NULL
             ) AS due
             WHERE NOT EXISTS (SELECT 1 FROM reminders r WHERE r.kind = due.kind AND r.subject = due.subject)
             ORDER BY due.collectivite, due.at, due.name",
        )
        .bind(now)
        .bind(now + SOON)
        .bind(now + LAST_CALL)
        .fetch_all(&self.pool)
        .await?;
        let ends = rows.iter().map(End::read).collect::<Result<Vec<_>, _>>()?;
        for ends in ends.chunk_by(|one, other| one.collectivite == other.collectivite) {
            self.announce(ends, rounds).await?;
        }
        Ok(())
    }

    /// Writes to the référents of one collectivité, unless they were written to today.
    async fn announce(&self, ends: &[End], rounds: &Rounds) -> Result<(), Error> {
        let Some(End { collectivite, .. }) = ends.first() else {
            return Ok(());
        };
        let mut write = self.write().await?;
        let today = format!("{collectivite}/{}", day(write.now));
        if !write.remember("announcement", &today).await? {
            return Ok(());
        }
        let mut fresh = Vec::new();
        for end in ends {
            if write.remember(&end.kind, &end.subject).await? {
                fresh.push(end);
            }
        }
        if fresh.is_empty() {
            return Ok(());
        }
        let letter = Letter::Notice {
            subject: "Accès de vos agents\u{a0}: ce qui se termine bientôt".to_owned(),
            paragraphs: paragraphs(&fresh, rounds),
            path: Some("/referent/agents".to_owned()),
        };
        if write.tell_referents(collectivite, &letter).await? == 0 {
            // Nobody has read it: whoever is designated will.
            return Ok(());
        }
        sqlx::query("DELETE FROM reminders WHERE sent_at < $1")
            .bind(write.now - MEMORY)
            .execute(&mut *write.tx)
            .await?;
        write.commit().await
    }
}

/// A heading for each kind, and a line for each.
fn paragraphs(ends: &[&End], rounds: &Rounds) -> Vec<String> {
    let mut paragraphs = Vec::new();
    for (kind, heading) in [
        (
            "right",
            "Ces droits se terminent dans les quinze jours. Prolongez ceux qui servent encore, depuis la fiche de la personne\u{a0}:",
        ),
        (
            "leave",
            "Ces personnes partent dans les quinze jours\u{a0}:",
        ),
        (
            "awaited",
            "Ces personnes n’ont pas répondu à leur invitation, qui prend bientôt fin. Un rappel leur est envoyé\u{a0}:",
        ),
    ] {
        let lines: Vec<_> = ends.iter().filter(|end| end.kind == kind).collect();
        if lines.is_empty() {
            continue;
        }
        paragraphs.push(heading.to_owned());
        paragraphs.extend(lines.iter().take(NAMED).map(|end| end.line(rounds)));
        if lines.len() > NAMED {
            paragraphs.push(format!("… et {} autres.", lines.len() - NAMED));
        }
    }
    paragraphs
}

impl Write<'_> {
    /// Notes that something is being written; false when it was before.
    pub(crate) async fn remember(&mut self, kind: &str, subject: &str) -> Result<bool, Error> {
        let done = sqlx::query(
            "INSERT INTO reminders (kind, subject, sent_at) VALUES ($1, $2, $3) ON CONFLICT (kind, subject) DO NOTHING",
        )
        .bind(kind)
        .bind(subject)
        .bind(self.now)
        .execute(&mut *self.tx)
        .await?;
        Ok(done.rows_affected() > 0)
    }
}
