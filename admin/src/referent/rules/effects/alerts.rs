//! What to know of a rule before it counts: that it concerns nobody, changes nothing and why, or
//! names somebody who is gone.

use super::verdict::{Verdict, Words, obstacle};
use super::{Changes, Circumstances, Study};
use policies::{Effect, Guardrail, MembershipId, Model, Reach, Reason, Ruleset, Target, moments};

/// Of how many people one looks at what decides about them.
const EXAMPLES: usize = 20;

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
        let concerns = self.members().any(|member| rule.who.includes(member));
        let idle = changes.iter().all(Changes::are_none);
        match concerns {
            false => alerts.push("La règle ne concerne personne aujourd’hui\u{a0}: aucun agent n’est dans ces services ni n’a ces profils.".to_owned()),
            true if idle => alerts.push(self.why_idle(rule, all)),
            true => {}
        }
        alerts
    }

    /// Why a rule that concerns somebody changes nothing, by what decides about some of them while it applies.
    fn why_idle(&self, rule: &Model, all: &[Circumstances]) -> String {
        let concerned = self.members().filter(|member| rule.who.includes(member));
        let cases = concerned.take(EXAMPLES).flat_map(|member| {
            let applying = all.iter().filter(|one| applies(rule, one));
            applying.filter_map(|one| self.target_verdicts(rule, member, one))
        });
        let because = if rule.effect == Effect::Allow {
            let cases: Vec<_> = cases.collect();
            let stopped = cases.iter().find_map(|(_, is)| self.obstacle(rule, is));
            let given = || cases.iter().find_map(|(was, _)| self.given(was));
            stopped
                .or_else(given)
                .unwrap_or_else(|| "un droit ou une autre règle donne déjà cet accès".to_owned())
        } else {
            let closed = cases.map(|(was, _)| was).find_map(|was| self.closed(&was));
            closed.unwrap_or_else(|| "aucun de ceux qu’elle concerne n’a cet accès".to_owned())
        };
        format!("La règle ne change rien aujourd’hui\u{a0}: {because}.")
    }

    /// What gives already what a rule would give.
    fn given(&self, was: &Verdict) -> Option<String> {
        let rules = was.as_ref().ok()?.permit.rules();
        if rules.iter().any(|rule| **rule == *self.changed) {
            return Some("elle donne ce qu’elle donnait déjà".to_owned());
        }
        let said = rules.iter().find_map(|rule| self.own(rule, &self.before));
        Some(match said {
            Some(said) => format!("une autre règle donne déjà cet accès ({said})"),
            None => "un droit donne déjà cet accès".to_owned(),
        })
    }

    /// What closes already what a rule would close.
    fn closed(&self, was: &Verdict) -> Option<String> {
        let refusal = obstacle(was)?;
        let stopped = refusal.reason() == Reason::Forbidden;
        let mut rules = refusal.rules().iter();
        if stopped && rules.clone().any(|rule| **rule == *self.changed) {
            return Some("elle ferme ce qu’elle fermait déjà".to_owned());
        }
        let said = rules.find_map(|rule| self.own(rule, &self.before));
        let said = said.filter(|_| stopped)?;
        Some(format!("une autre règle le ferme déjà ({said})"))
    }

    /// What stops somebody whom the rule would let through.
    fn obstacle(&self, rule: &Model, is: &Verdict) -> Option<String> {
        let refusal = obstacle(is).filter(|_| is.is_err() || rule.reach == Reach::Modify)?;
        if matches!(rule.target, Target::Documents(_)) && refusal.reason() == Reason::NoRight {
            return Some("ceux qu’elle concerne n’ouvrent pas le service qui a ces documents. Donnez-leur aussi un droit ou une règle qui l’ouvre".to_owned());
        }
        let stopped = refusal.reason() == Reason::Forbidden;
        let mut rules = refusal.rules().iter();
        let said = rules.find_map(|rule| self.own(rule, &self.after));
        let said = said.filter(|_| stopped)?;
        Some(format!(
            "elle en rencontre une autre, qui passe avant ({said})"
        ))
    }

    /// « « Aucun agent n’accède à BIP » », of a rule or guardrail that people wrote.
    fn own(&self, rule: &str, ruleset: &Ruleset) -> Option<String> {
        let names = &self.names;
        let said = Words { ruleset, names }.said(rule)?;
        let whose = if Guardrail::stored_id(rule).is_some() {
            "garde-fou du CIG\u{a0}: "
        } else {
            ""
        };
        let said = said.trim_end_matches('.');
        Some(format!("{whose}«\u{a0}{said}\u{a0}»"))
    }
}

/// Whether circumstances are such that a rule opens or closes, or may ask for something.
fn applies(rule: &Model, circumstances: &Circumstances) -> bool {
    let conditions = &rule.conditions;
    let place = circumstances.network.as_deref();
    let near = conditions.networks.is_empty()
        || conditions
            .networks
            .iter()
            .any(|name| Some(&**name) == place);
    let proved = circumstances.second_factor || !conditions.second_factor;
    rule.effect == Effect::Require || (conditions.is_time(circumstances.at) && near && proved)
}
