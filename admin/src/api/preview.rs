//! Who gains and who loses, before rights change. A change is saved with the proof that this very one
//! was shown to whoever saves it.

use super::problem::Problem;
use crate::access::{Effect, Impact, Prospect};
use crate::portal::Portal;
use crate::referent::Referent;
use accounts::Error;
use serde::Serialize;
use utoipa::ToSchema;

/// What a change makes of accesses.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Preview {
    gains: Vec<Difference>,
    losses: Vec<Difference>,
    /// Asked for, and without effect.
    idle: Vec<Difference>,
    /// People whose accesses stay as they are.
    unchanged: usize,
    /// To be sent with the same change, for it to be saved.
    proof: String,
}

/// One person's access to one service.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Difference {
    name: String,
    service: String,
    before: String,
    after: String,
    reason: String,
}

impl From<Effect> for Difference {
    fn from(effect: Effect) -> Self {
        Self {
            name: effect.name,
            service: effect.service,
            before: effect.before,
            after: effect.after,
            reason: effect.reason,
        }
    }
}

impl Preview {
    /// Decides everything twice.
    ///
    /// # Errors
    /// No rules are known.
    pub(super) fn of(
        portal: &Portal,
        referent: &Referent,
        prospects: Vec<Prospect>,
        proof: String,
    ) -> Result<Self, Problem> {
        let (ruleset, situation) = referent.judging()?;
        let services = referent.services(portal);
        let impact = Impact::of(ruleset, &services, situation, prospects);
        let told = |effects: Vec<Effect>| effects.into_iter().map(Difference::from).collect();
        Ok(Self {
            gains: told(impact.gains),
            losses: told(impact.losses),
            idle: told(impact.idle),
            unchanged: impact.unchanged,
            proof,
        })
    }
}

/// The proof of a change, which is all that `change` says.
///
/// # Errors
/// None in practice.
pub(super) fn proof(
    portal: &Portal,
    referent: &Referent,
    address: &str,
    change: &impl Serialize,
) -> Result<String, Problem> {
    let change = serde_json::to_string(change);
    let change = change.map_err(|error| Error::Unreadable(error.to_string()))?;
    Ok(crate::referent::preview::prove(
        portal, referent, address, &change,
    ))
}

/// Refuses a change that was not shown.
///
/// # Errors
/// 409.
pub(super) fn expect(said: Option<&str>, proof: &str) -> Result<(), Problem> {
    if said == Some(proof) {
        return Ok(());
    }
    Err(Problem::conflict(
        "preview-required",
        "À vérifier d’abord",
        "Demandez l’aperçu de ce changement, puis envoyez-le de nouveau avec la preuve (proof) que l’aperçu donne.",
    ))
}
