//! What is expected of rules: who, for what, where, when → which answer, by which rule. One TOML file
//! beside the rules of a collectivité; each expectation is an ordinary decision.

use super::court::Court;
use super::kept::Kept;
use gateway::Entrance;
use policies::{Guardrail, Nature, Role, ServiceId, Vocabulary};
use serde::Deserialize;
use std::collections::BTreeMap;
use std::sync::Arc;
use toml::Spanned;

/// The file.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct File {
    /// What the CIG opened to the collectivité; everything when left out.
    pub(super) services: Option<Vec<ServiceId>>,
    /// Its networks, by name.
    #[serde(default)]
    pub(super) networks: BTreeMap<String, Vec<String>>,
    expect: Vec<Spanned<Expectation>>,
}

/// One expectation.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Expectation {
    pub(super) name: String,
    /// An agent's id within the collectivité.
    pub(super) agent: String,
    #[serde(default)]
    pub(super) role: Option<Role>,
    /// Groups and profile by their ids within the collectivité.
    #[serde(default)]
    pub(super) groups: Vec<String>,
    pub(super) profile: Option<String>,
    /// `bip/lecture`
    #[serde(default)]
    pub(super) rights: Vec<String>,
    /// `ouvrir`, `envoyer`; `lire` is for a document.
    pub(super) action: Asked,
    /// A service, or an area as `site/espace-reserve`.
    pub(super) what: String,
    /// The kind of a document, with `lire`; a fiche unless said.
    pub(super) document: Option<Nature>,
    /// What it is about.
    #[serde(default)]
    pub(super) themes: Vec<String>,
    pub(super) collection: Option<String>,
    /// In Paris.
    pub(super) at: toml::value::Datetime,
    pub(super) network: Option<String>,
    #[serde(default)]
    pub(super) second_factor: bool,
    pub(super) decision: Decision,
    /// Who decides: a rule's file name, or the whole id of a grant or a guardrail.
    pub(super) rule: Option<String>,
}

#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Asked {
    Ouvrir,
    Envoyer,
    Lire,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Decision {
    Allow,
    Deny,
}

/// A line, and what is wrong there.
type Fault = (usize, String);

/// The faults of a file of expectations, and how many expectations hold.
pub(super) fn hold(
    kept: &Kept,
    text: &str,
    vocabulary: &Arc<Vocabulary>,
    (entrances, guardrails): (&[Entrance], &[Guardrail]),
) -> (Vec<Fault>, usize) {
    let line = |at: usize| text.get(..at).unwrap_or(text).matches('\n').count() + 1;
    let file: File = match toml::from_str(text) {
        Ok(file) => file,
        Err(error) => {
            let at = error.span().map_or(0, |span| span.start);
            return (vec![(line(at), error.message().to_owned())], 0);
        }
    };
    let court = match Court::new((kept, guardrails), &file, vocabulary, entrances) {
        Ok(court) => court,
        Err(error) => return (vec![(1, format!("{error:#}"))], 0),
    };
    let judged = file.expect.iter().map(|expected| {
        let judged = court.judge(expected.get_ref());
        judged.map_err(|said| (line(expected.span().start), said))
    });
    let (held, faults): (Vec<_>, Vec<_>) = judged.partition(Result::is_ok);
    let faults = faults.into_iter().filter_map(Result::err);
    (faults.collect(), held.len())
}
