//! Who is told of a change of guardrails: the collectivités that one is above and that have the service it
//! is about, in their journals, and their référents by letter, each once.

use crate::bulk;
use crate::error::Error;
use crate::journal::Entry;
use crate::mandate::notice;
use crate::outbox::{Envelope, Letter};
use crate::store::Write;
use crate::within::is_referent;
use policies::{Guardrail, Rule};
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

/// Letters of one second, so that a password's passes thousands of notices.
const AT_ONCE: usize = 10;

/// How many collectivités a letter names.
const NAMED: usize = 5;

/// What is told of a change.
#[derive(Clone, Copy, Debug)]
pub struct Announced<'a> {
    /// Who makes it.
    pub by: &'a str,
    /// Why.
    pub reason: &'a str,
    /// What the guardrail says that comes or goes, as a sentence.
    pub said: &'a str,
    /// What the one said whose place it takes; empty for none.
    pub before: &'a str,
}

/// A collectivité, and a référent of it.
type Row = (
    String,
    String,
    Option<String>,
    Option<String>,
    Option<String>,
);

/// Those whom a text concerns.
#[derive(Default)]
pub(super) struct Concerned {
    collectivites: BTreeSet<String>,
    referents: BTreeMap<String, Referent>,
}

struct Referent {
    login: String,
    name: String,
    /// The names of the collectivités.
    of: Vec<String>,
}

impl Concerned {
    /// Those of a text; all, of one that nobody can read: it closes everything.
    pub(super) async fn of(write: &mut Write<'_>, text: &Rule, but: &Self) -> Result<Self, Error> {
        let only = Guardrail::only_of(text).map(|only| only.to_string());
        let service = text.model().map(|model| model.target.service().to_string());
        let rows: Vec<Row> = sqlx::query_as(concat!(
            "SELECT c.id, c.name, r.account, r.login, r.name FROM collectivites c LEFT JOIN
                (SELECT m.collectivite, m.account, a.login, a.given_name || ' ' || a.family_name AS name
                 FROM memberships m JOIN accounts a ON a.id = m.account WHERE ",
            is_referent!("$3"),
            ") r ON r.collectivite = c.id
             WHERE c.closed_at IS NULL AND ($2 = '' OR c.id = $2) AND ($1 = '' OR EXISTS
                (SELECT 1 FROM collectivite_services s WHERE s.collectivite = c.id AND s.service = $1))
             ORDER BY c.sort_key, c.id"
        ))
        .bind(service.unwrap_or_default())
        .bind(only.unwrap_or_default())
        .bind(write.now)
        .fetch_all(&mut *write.tx)
        .await?;
        let mut concerned = Self::default();
        for row in rows
            .into_iter()
            .filter(|(id, ..)| !but.collectivites.contains(id))
        {
            concerned.add(row);
        }
        Ok(concerned)
    }

    fn add(&mut self, (id, name, account, login, full_name): Row) {
        self.collectivites.insert(id);
        if let (Some(account), Some(login), Some(full_name)) = (account, login, full_name) {
            let new = || Referent {
                login,
                name: full_name,
                of: Vec::new(),
            };
            self.referents
                .entry(account)
                .or_insert_with(new)
                .of
                .push(name);
        }
    }

    /// The entry, in the journal of each.
    pub(super) fn entries(&self, entry: &Entry) -> Vec<Entry> {
        let each = self.collectivites.iter();
        each.map(|id| entry.clone().within(&id.as_str().into()))
            .collect()
    }

    /// Writes to the référents; `letter` is given the names of their collectivités.
    pub(super) async fn tell(
        &self,
        write: &mut Write<'_>,
        letter: impl Fn(&str) -> Letter,
    ) -> Result<(), Error> {
        let mut rows = Vec::new();
        for (number, (account, referent)) in self.referents.iter().enumerate() {
            let id = Uuid::now_v7().to_string();
            let envelope = Envelope {
                to: referent.login.clone(),
                name: referent.name.clone(),
                letter: letter(&whose(&referent.of)),
            };
            let sealed = write.store().seal_letter(&id, &envelope)?;
            let seconds = i64::try_from(number / AT_ONCE).unwrap_or_default();
            rows.push([
                id.into(),
                account.as_str().into(),
                sealed.into(),
                write.now.into(),
                (write.now + seconds).into(),
            ]);
        }
        let insert = "INSERT INTO outbox (id, account, sealed, created_at, next_try_at)";
        bulk::insert(&mut write.tx, insert, &rows).await?;
        write.posted |= !rows.is_empty();
        Ok(())
    }
}

/// « Ville de Fontclaire, CCAS de Fontclaire et 3 autres ».
fn whose(all: &[String]) -> String {
    let others = all.len().saturating_sub(NAMED);
    let named: Vec<_> = all.iter().take(NAMED).map(String::as_str).collect();
    let named = named.join(", ");
    match others {
        0 => named,
        1 => format!("{named} et 1 autre"),
        _ => format!("{named} et {others} autres"),
    }
}

pub(super) fn published(announced: Announced<'_>, whose: &str) -> Letter {
    changed(
        "Un garde-fou du CIG change les accès",
        &format!("Le CIG a publié un garde-fou, qui passe avant les règles de {whose}"),
        announced,
    )
}

pub(super) fn withdrawn(announced: Announced<'_>, whose: &str) -> Letter {
    changed(
        "Un garde-fou du CIG est retiré",
        &format!(
            "Le CIG a retiré un garde-fou de {whose} : ce qu’il fermait dépend de nouveau des droits et des règles que vous donnez"
        ),
        announced,
    )
}

fn changed(subject: &str, done: &str, announced: Announced<'_>) -> Letter {
    let (said, reason) = (announced.said.trim_end_matches('.'), announced.reason);
    let help = "La page des règles dit quels garde-fous comptent, et le journal ce qui a changé. Pour toute question, adressez-vous au CIG.";
    let said = if said.is_empty() {
        String::new()
    } else {
        format!(" Ce garde-fou : « {said} ».")
    };
    notice(
        subject,
        &format!("{done}.{said} Motif : « {reason} ». {help}"),
        Some("/referent/regles".to_owned()),
    )
}
