//! What is proved of a change of guardrails, for all who have rights on services: it can only close, it
//! closes something, and it cannot fail.

use super::preview::Change;
use crate::portal::Portal;
use crate::referent::rules::proven::{Proven, course};
use accounts::Error;
use policies::{Guardrail, Ruleset, Tenant};
use proof::{Course, Report};

/// Proves what can be proved where a solver is installed.
pub(super) async fn of(
    portal: &Portal,
    change: &Change,
    before: &[Guardrail],
    after: &[Guardrail],
) -> Result<Proven, Error> {
    let Some(prover) = &portal.prover else {
        return Ok(Proven {
            badge: "Preuve non exécutée",
            said: vec!["L’outil de preuve n’est pas installé ici. Par sa forme, un garde-fou ne peut que fermer\u{a0}; rien n’est démontré de plus que ce que montre le tableau.".to_owned()],
            obstacles: Vec::new(),
        });
    };
    let bare = bare(portal, change)?;
    let (before, after) = (bare.under(before), bare.under(after));
    let id = Guardrail::decisive_id(&change.rule.id);
    let counting = (!change.ends).then_some(id.as_str());
    Ok(told(&prover.study(&before, &after, counting).await, change))
}

/// A collectivité under the guardrail that has every service, and no rules of its own: whatever one allows
/// besides, a guardrail closes alike.
fn bare(portal: &Portal, change: &Change) -> Result<Ruleset, Error> {
    let services = portal.entrances.iter().map(|entrance| entrance.id.clone());
    let tenant = Tenant {
        id: Guardrail::only_of(&change.rule).unwrap_or_else(|| "collectivite".into()),
        active: true,
        services: services.collect(),
        cdg: None,
    };
    Ok(Ruleset::build(portal.directory.vocabulary(), &tenant, &[])?)
}

fn told(report: &Report, change: &Change) -> Proven {
    let mut proven = Proven {
        badge: "Non établi",
        ..Proven::default()
    };
    if report.is_proved() {
        proven.badge = "Prouvé";
        proven
            .said
            .push("Aucun garde-fou ne peut échouer quand il est calculé.".to_owned());
        proven.said.extend(course(report.course).map(str::to_owned));
    }
    // What ends one is never held up.
    if change.ends {
        return proven;
    }
    if !report.is_proved() {
        proven.obstacles.push("La preuve n’a pas abouti\u{a0}: rien n’est publié sans elle. Rechargez la page\u{a0}; si cela se reproduit, écrivez le garde-fou plus simplement.".to_owned());
    }
    if report.applies == Some(false) {
        proven.obstacles.push("Ce garde-fou ne peut fermer quoi que ce soit, dans aucun cas\u{a0}: ses conditions se contredisent.".to_owned());
    }
    if report.is_proved() && report.course == Course::Same {
        proven
            .said
            .push("Un autre garde-fou ferme déjà tout ce qu’il ferme.".to_owned());
    }
    proven
}
