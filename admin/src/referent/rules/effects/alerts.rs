//! What to know of a rule before it counts: that it concerns nobody, changes nothing and why, or
//! names somebody who is gone.

use super::verdict::Verdict;
use super::{Changes, Circumstances, Study};
use policies::{Effect, Member, MembershipId, Model, Reason, Target, moments};

impl Study {
    /// All of them, in sentences.
    pub(in crate::referent::rules) fn alerts(
        &self,
        rule: &Model,
        now: i64,
        all: &[Circumstances],
        changes: &[Changes],
    ) -> Vec<String> {
        let mut alerts = Vec::new();
        let here = |id: &MembershipId| self.members().any(|member| member.id == *id);
        if !rule.who.people().all(here) {
            alerts.push("La règle nomme une personne qui n’est plus là\u{a0}: modifiez le brouillon pour l’ôter.".to_owned());
        }
        let mut moments = moments(&[&rule.conditions], now).into_iter();
        if !moments.any(|at| rule.conditions.is_time(at)) {
            alerts.push("La règle ne s’applique à aucun moment à venir\u{a0}: vérifiez ses dates et ses jours.".to_owned());
        }
        let concerned = self.members().find(|member| rule.who.includes(member));
        let idle = changes.iter().all(Changes::are_none);
        match concerned {
            None => alerts.push("La règle ne concerne personne aujourd’hui\u{a0}: aucun agent n’est dans ces services ni n’a ces profils.".to_owned()),
            Some(example) if idle => alerts.push(self.why_idle(rule, example, all)),
            Some(_) => {}
        }
        alerts
    }

    /// Why a rule that concerns somebody changes nothing.
    fn why_idle(&self, rule: &Model, example: &Member, all: &[Circumstances]) -> String {
        let because = match (rule.effect, all.first()) {
            (Effect::Allow, Some(moment)) => {
                let verdict = self.target_verdict(rule, example, moment);
                verdict.and_then(|verdict| self.obstacle(rule, &verdict))
            }
            _ => Some(
                "aucun de ceux qu’elle concerne n’a cet accès, ou une autre règle le ferme déjà"
                    .to_owned(),
            ),
        };
        let because = because
            .unwrap_or_else(|| "un droit ou une autre règle donne déjà cet accès".to_owned());
        format!("La règle ne change rien aujourd’hui\u{a0}: {because}.")
    }

    /// What stops somebody whom the rule would let through.
    fn obstacle(&self, rule: &Model, verdict: &Verdict) -> Option<String> {
        let refusal = verdict.as_ref().err()?;
        if matches!(rule.target, Target::Documents(_)) && refusal.reason() == Reason::NoRight {
            return Some("ceux qu’elle concerne n’ouvrent pas le service qui a ces documents. Donnez-leur aussi un droit ou une règle qui l’ouvre".to_owned());
        }
        let stopped = refusal.reason() == Reason::Forbidden;
        let said = refusal.rules().iter().find_map(|rule| self.say(rule));
        let said = said.filter(|_| stopped)?;
        Some(format!(
            "elle en rencontre une autre, qui passe avant («\u{a0}{}\u{a0}»)",
            said.trim_end_matches('.')
        ))
    }
}
