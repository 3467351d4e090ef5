//! What is proved of a change of guardrails, for all who have rights on services: it can only close, it
//! closes something, and it cannot fail.

use super::preview::Change;
use crate::portal::Portal;
use crate::referent::rules::proven::{Proven, course};
use accounts::Error;
use policies::{Guardrail, Ruleset, Tenant};
use proof::{Course, Report, Verdict};

/// Proves what can be proved where a solver is installed, of one that takes another's place or not.
pub(super) async fn of(
    portal: &Portal,
    (change, replaces): (&Change, bool),
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
    let counting: Vec<_> = Some(id).filter(|_| !change.ends).into_iter().collect();
    let report = prover.study(&before, &after, &counting).await;
    Ok(told(&report, change, replaces))
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

fn told(report: &Report, change: &Change, replaces: bool) -> Proven {
    let fails = matches!(report.faultless, Verdict::Refuted(_));
    let mut proven = Proven {
        badge: match (report.is_proved(), fails) {
            (true, _) => "Prouvé",
            (false, true) => "Réfuté",
            (false, false) => "Non établi",
        },
        ..Proven::default()
    };
    let mut say = |said: &str| proven.said.push(said.to_owned());
    if report.is_proved() {
        say("Aucun garde-fou ne peut échouer quand il est calculé.");
        course(report.course).into_iter().for_each(&mut say);
        if report.course == Course::Same && !change.ends && !replaces {
            say("D’autres garde-fous ferment déjà tout ce qu’il ferme.");
        }
    } else if !fails {
        // By its form it closes: that nothing more is known holds nobody up who has to close something.
        say(
            "La preuve n’a pas abouti à temps\u{a0}: par sa forme, un garde-fou ne peut que fermer, mais rien n’est démontré de plus que ce que montre le tableau.",
        );
    }
    // What ends one is never held up.
    if change.ends {
        return proven;
    }
    if fails {
        proven.obstacles.push("Un garde-fou peut échouer quand il est calculé, et l’accès serait alors refusé\u{a0}: écrivez-le plus simplement.".to_owned());
    }
    if !report.dead.is_empty() {
        proven.obstacles.push("Ce garde-fou ne peut fermer quoi que ce soit, dans aucun cas\u{a0}: ses conditions se contredisent.".to_owned());
    }
    proven
}
