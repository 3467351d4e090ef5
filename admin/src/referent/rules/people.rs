//! People as a form names them: one a line, by address or by name.

use crate::portal::Portal;
use crate::referent::Referent;
use accounts::{Error, RollEntry, RollFilter, Standing};
use policies::MembershipId;
use std::collections::BTreeSet;

/// Most people whom a rule names one by one.
const MOST: usize = 50;

/// Everybody who can be named.
#[derive(Default)]
pub(crate) struct People(Vec<RollEntry>);

impl People {
    /// Reads them, when there is something to find.
    pub(crate) async fn read(
        portal: &Portal,
        referent: &Referent,
        wanted: bool,
    ) -> Result<Self, Error> {
        if !wanted {
            return Ok(Self(Vec::new()));
        }
        let mut entries = referent
            .within(portal)
            .list_all(&RollFilter::default())
            .await?;
        entries.retain(|entry| entry.standing != Standing::Left);
        Ok(Self(entries))
    }

    /// Who is written on each line.
    ///
    /// # Errors
    /// The first line that names nobody, or several people.
    pub(crate) fn find(&self, lines: &str) -> Result<Vec<MembershipId>, String> {
        let lines = lines.lines().map(str::trim).filter(|line| !line.is_empty());
        let lines: BTreeSet<&str> = lines.collect();
        if lines.len() > MOST {
            return Err(format!(
                "Nommez {MOST} personnes au plus\u{a0}; pour davantage, faites-en un service de la collectivité ou un profil."
            ));
        }
        lines.into_iter().map(|line| self.one(line)).collect()
    }

    fn one(&self, line: &str) -> Result<MembershipId, String> {
        let said: String = line.chars().take(60).collect();
        let wanted = line.to_lowercase();
        let address = wanted
            .rsplit_once('<')
            .map_or(&*wanted, |(_, rest)| rest.trim_end_matches('>'));
        let by_address = self.0.iter().find(|entry| entry.login == address);
        let is_called = |entry: &&RollEntry| {
            let (given, family) = (
                entry.given_name.to_lowercase(),
                entry.family_name.to_lowercase(),
            );
            wanted == format!("{given} {family}") || wanted == format!("{family} {given}")
        };
        let mut called = self.0.iter().filter(is_called);
        match (by_address, called.next(), called.next()) {
            (Some(one), ..) | (None, Some(one), None) => Ok(one.id.clone()),
            (None, None, _) => Err(format!(
                "«\u{a0}{said}\u{a0}» n’est le nom ni l’adresse d’aucun agent. Écrivez son prénom et son nom, ou son adresse électronique."
            )),
            (None, Some(_), Some(_)) => Err(format!(
                "Plusieurs agents s’appellent «\u{a0}{said}\u{a0}». Écrivez son adresse électronique."
            )),
        }
    }
}

/// How a form writes somebody down.
pub(super) fn spell(entry: &RollEntry) -> String {
    format!("{} <{}>", entry.full_name(), entry.login)
}
