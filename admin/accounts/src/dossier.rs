//! What is kept about one person, for that person: to read and to take away (GDPR 15, 20). The file
//! has French keys, for French people open it.

mod reading;

use crate::sign_in::OwnEntry;
use serde::ser::Error as _;
use serde::{Serialize, Serializer};

/// Everything.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Dossier {
    /// The account.
    #[serde(rename = "compte")]
    pub account: OwnAccount,
    /// Every collectivité.
    #[serde(rename = "rattachements")]
    pub memberships: Vec<OwnMembership>,
    /// Second factors, without what they hold.
    #[serde(rename = "seconds_facteurs")]
    pub factors: Vec<OwnFactor>,
    /// What the person asked for.
    #[serde(rename = "demandes_d_acces")]
    pub requests: Vec<OwnRequest>,
    /// Every right given directly, the ended ones too.
    #[serde(rename = "droits_directs")]
    pub grants: Vec<OwnGrant>,
    /// Transfers from one collectivité to another.
    #[serde(rename = "transferts")]
    pub transfers: Vec<OwnTransfer>,
    /// Keys that programs work with, without what they are.
    #[serde(rename = "cles_de_programmes")]
    pub keys: Vec<OwnKey>,
    /// Sessions that are remembered.
    pub sessions: Vec<OwnSession>,
    /// The journal of the last twelve months, the newest first.
    #[serde(rename = "journal_des_douze_derniers_mois")]
    pub journal: Vec<OwnEntry>,
}

/// The account itself.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct OwnAccount {
    /// What the journal knows the person by.
    #[serde(rename = "reference")]
    pub id: String,
    /// Mail address.
    #[serde(rename = "courriel")]
    pub login: String,
    /// Prénom.
    #[serde(rename = "prenom")]
    pub given_name: String,
    /// Nom.
    #[serde(rename = "nom")]
    pub family_name: String,
    /// When it was opened.
    #[serde(rename = "ouvert_le", serialize_with = "moment")]
    pub created_at: i64,
    /// When the person last showed that mail arrives.
    #[serde(rename = "courriel_confirme_le", serialize_with = "moment_if_any")]
    pub confirmed_at: Option<i64>,
}

/// A membership.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct OwnMembership {
    /// The collectivité's name.
    pub collectivite: String,
    /// As what.
    #[serde(rename = "fonction")]
    pub role: String,
    /// The name of the profile.
    #[serde(rename = "profil")]
    pub profile: Option<String>,
    /// What it gives: `bip/lecture`, `net-cotisations/ecriture`.
    #[serde(rename = "droits_du_profil")]
    pub profile_rights: Vec<String>,
    /// Since when.
    #[serde(rename = "ouvert_le", serialize_with = "moment")]
    pub created_at: i64,
    /// The last log-in for it.
    #[serde(rename = "derniere_connexion", serialize_with = "moment_if_any")]
    pub last_login_at: Option<i64>,
}

/// A second factor.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct OwnFactor {
    /// What the person called it.
    #[serde(rename = "nom")]
    pub name: String,
    /// When it was added.
    #[serde(rename = "ajoute_le", serialize_with = "moment")]
    pub created_at: i64,
    /// The last time it was shown.
    #[serde(rename = "utilise_le", serialize_with = "moment_if_any")]
    pub used_at: Option<i64>,
}

/// A request for access, and its answer.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct OwnRequest {
    /// To which service.
    pub service: String,
    /// `lecture` or `ecriture`.
    #[serde(rename = "niveau")]
    pub level: String,
    /// What the person wrote.
    pub message: String,
    /// When.
    #[serde(rename = "demande_le", serialize_with = "moment")]
    pub created_at: i64,
    /// When it was answered.
    #[serde(rename = "repondu_le", serialize_with = "moment_if_any")]
    pub decided_at: Option<i64>,
    /// What was answered.
    #[serde(rename = "reponse")]
    pub answer: String,
}

/// A right.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct OwnGrant {
    /// On which service.
    pub service: String,
    /// `lecture` or `ecriture`.
    #[serde(rename = "niveau")]
    pub level: String,
    /// When it was given.
    #[serde(rename = "donne_le", serialize_with = "moment")]
    pub granted_at: i64,
    /// When it ends.
    #[serde(rename = "fin_le", serialize_with = "moment_if_any")]
    pub ends_at: Option<i64>,
    /// When it was withdrawn.
    #[serde(rename = "retire_le", serialize_with = "moment_if_any")]
    pub revoked_at: Option<i64>,
}

/// A transfer.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct OwnTransfer {
    /// The name of the collectivité that releases.
    #[serde(rename = "de")]
    pub from: String,
    /// The name of the one that is to receive.
    #[serde(rename = "vers")]
    pub to: String,
    /// When it was proposed.
    #[serde(rename = "propose_le", serialize_with = "moment")]
    pub released_at: i64,
    /// The end of the last day.
    #[serde(rename = "fin_le", serialize_with = "moment")]
    pub left_at: i64,
    /// When it was answered.
    #[serde(rename = "repondu_le", serialize_with = "moment_if_any")]
    pub decided_at: Option<i64>,
    /// `accepted`, `declined` or `cancelled`.
    #[serde(rename = "reponse")]
    pub decision: Option<String>,
}

/// A key of programs.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct OwnKey {
    /// What the person called it.
    #[serde(rename = "nom")]
    pub name: String,
    /// When it was made.
    #[serde(rename = "creee_le", serialize_with = "moment")]
    pub created_at: i64,
    /// Until when it works.
    #[serde(rename = "fin_le", serialize_with = "moment_if_any")]
    pub expires_at: Option<i64>,
    /// When it was revoked.
    #[serde(rename = "revoquee_le", serialize_with = "moment_if_any")]
    pub ended_at: Option<i64>,
}

/// A session.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct OwnSession {
    /// The service's host.
    #[serde(rename = "site")]
    pub host: String,
    /// What the browser said of itself at log-in.
    #[serde(rename = "appareil")]
    pub device: String,
    /// When it began.
    #[serde(rename = "ouvert_le", serialize_with = "moment")]
    pub created_at: i64,
    /// When it was last used.
    #[serde(rename = "vue_le", serialize_with = "moment")]
    pub seen_at: i64,
    /// When it was ended.
    #[serde(rename = "terminee_le", serialize_with = "moment_if_any")]
    pub ended_at: Option<i64>,
}

/// A moment as programs and people read it, at the time of Paris: `2026-11-25T09:30:00+01:00` (RFC 3339).
#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes references")]
pub(crate) fn moment<S: Serializer>(at: &i64, to: S) -> Result<S::Ok, S::Error> {
    let paris = jiff::tz::TimeZone::get("Europe/Paris").map_err(S::Error::custom)?;
    let at = jiff::Timestamp::from_second(*at).map_err(S::Error::custom)?;
    let offset = paris.to_offset(at);
    to.collect_str(&at.display_with_offset(offset))
}

#[expect(clippy::ref_option, reason = "serde passes references")]
fn moment_if_any<S: Serializer>(at: &Option<i64>, to: S) -> Result<S::Ok, S::Error> {
    match at {
        Some(at) => moment(at, to),
        None => to.serialize_none(),
    }
}
