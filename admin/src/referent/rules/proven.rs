//! What was proved of a change of rules, in sentences: what keeps it from counting, and what holds for
//! everybody and at any time.

use super::effects::Study;
use crate::portal::Portal;
use crate::referent::Referent;
use policies::{Names, Rule};
use proof::{Course, Report, Verdict};

/// What the page says of the proof.
#[derive(Default)]
pub(crate) struct Proven {
    /// « Prouvé », « Réfuté » or « Preuve non exécutée ».
    pub(crate) badge: &'static str,
    /// What that means.
    pub(crate) said: Vec<String>,
    /// What must be mended before the change can count.
    pub(crate) obstacles: Vec<String>,
}

/// Proves what can be proved where a solver is installed.
pub(super) async fn of(
    portal: &Portal,
    referent: &Referent,
    study: &Study,
    rule: Option<&Rule>,
) -> Proven {
    let Some(prover) = &portal.prover else {
        return Proven {
            badge: "Preuve non exécutée",
            said: vec!["L’outil de preuve n’est pas installé ici. La règle reste enfermée dans votre collectivité par trois autres protections, mais rien n’est démontré de plus que ce que montrent les tableaux.".to_owned()],
            obstacles: Vec::new(),
        };
    };
    let owner = referent.purview.collectivite();
    let id = rule.map(|rule| rule.id.as_str());
    let report = study.prove(prover, owner, id).await;
    told(&report, study, rule.is_some())
}

fn told(report: &Report, study: &Study, counts: bool) -> Proven {
    if counts && !study.holds() {
        return Proven {
            badge: "Non établi",
            said: vec![
                "Rien n’est démontré tant que ce brouillon ou une autre règle ne tient plus."
                    .to_owned(),
            ],
            obstacles: Vec::new(),
        };
    }
    let names = &study.names;
    let found = [
        refuted(
            &report.within,
            "Une règle atteindrait d’autres personnes que les agents de votre collectivité",
            names,
            study,
        ),
        refuted(
            &report.faultless,
            "Une règle peut échouer quand elle est calculée\u{a0}; l’accès serait alors refusé",
            names,
            study,
        ),
    ];
    let mut obstacles: Vec<_> = found.into_iter().flatten().collect();
    let is_refuted = !obstacles.is_empty();
    if !is_refuted && !report.is_proved() {
        obstacles.push("La preuve n’a pas abouti à temps\u{a0}: rien n’est publié sans elle. Rechargez la page\u{a0}; si cela se reproduit, écrivez la règle plus simplement.".to_owned());
    }
    if counts && !is_refuted && !report.dead.is_empty() {
        obstacles.push("La règle ne peut s’appliquer dans aucun cas\u{a0}: ses conditions se contredisent. Corrigez-la ou supprimez le brouillon.".to_owned());
    }
    let badge = match (report.is_proved(), is_refuted) {
        (true, _) => "Prouvé",
        (false, true) => "Réfuté",
        (false, false) => "Non établi",
    };
    let mut said = Vec::new();
    // What ends a rule is never held up: it may be what mends the others.
    if !counts {
        said.append(&mut obstacles);
    }
    if report.is_proved() {
        said.push("Aucune règle n’atteint d’autres personnes que les agents de votre collectivité, et ni elles ni les garde-fous du CIG ne peuvent échouer.".to_owned());
    }
    if study.holds() && !is_refuted {
        said.extend(course(report.course).map(str::to_owned));
    }
    Proven {
        badge,
        said,
        obstacles,
    }
}

/// A counterexample with the rule that is responsible.
fn refuted(verdict: &Verdict, what: &str, names: &Names, study: &Study) -> Option<String> {
    let Verdict::Refuted(example) = verdict else {
        return None;
    };
    let rule = example.rules.iter().find_map(|rule| study.say(rule));
    let rule = rule.map_or_else(String::new, |rule| {
        format!(
            " Règle en cause\u{a0}: «\u{a0}{}\u{a0}».",
            rule.trim_end_matches('.')
        )
    });
    let case = example.sentence(names);
    Some(format!("{what}. Par exemple, {case}.{rule}"))
}

pub(crate) fn course(course: Course) -> Option<&'static str> {
    match course {
        Course::Same => Some("Ce changement n’a d’effet pour personne, dans aucune circonstance."),
        Course::Narrows => Some(
            "Ce changement ne donne un accès à personne, dans aucune circonstance : il ne fait que restreindre.",
        ),
        Course::Widens => Some(
            "Ce changement n’ôte un accès à personne, dans aucune circonstance : il ne fait qu’ouvrir.",
        ),
        Course::Both => {
            Some("Selon les personnes et les circonstances, ce changement donne ou ôte un accès.")
        }
        Course::Unknown => None,
    }
}
