//! A change of rules before it counts: a draft that would take its place, or the end of a rule. Pages and
//! programs show it the same, and make it beside what was shown or not at all.

use super::effects::Study;
use super::outlook::{self, Outlook};
use super::{said, two_people};
use crate::fields::{self, FieldErrors};
use crate::portal::Portal;
use crate::referent::Referent;
use crate::referent::preview::{Pairs, prove};
use accounts::{ByTwo, EndAsked, Error, InForce, RuleDraft, Within};
use policies::{MembershipId, Rule};

/// A change that was looked at.
pub(crate) struct Change {
    /// What is to count; none for the end of the rule.
    pub(crate) draft: Option<RuleDraft>,
    /// What counts until then; none for a rule that is not in force.
    pub(crate) before: Option<Rule>,
    /// The draft in a sentence, or the rule that ends.
    pub(crate) sentence: String,
    /// What counts until then, in a sentence; empty for none.
    pub(crate) said_before: String,
    pub(crate) outlook: Outlook,
    /// Whether another person than whoever looks must make it.
    pub(crate) waits: bool,
    /// Whether the end of the rule takes another person still.
    pub(crate) asks: bool,
    /// Who asks for the end of the rule, and why.
    pub(crate) end_asked: Option<EndAsked>,
    /// Whoever looks at it.
    by: MembershipId,
    /// The rules that it was looked at beside.
    beside: InForce,
    /// Shows that this very change was shown, beside these rules.
    pub(crate) proof: String,
}

/// What whoever prepared a change reads, where two people are needed.
const ANOTHER: &str = "Votre collectivité a choisi la validation à deux\u{a0}: un autre référent que vous doit valider ce changement.";

/// Where a page says what keeps a change from being made.
pub(crate) const ALERTS: &str = "alertes";

/// Where a change is looked at; the proof is bound to it.
pub(crate) fn address(id: &str, ends: bool) -> String {
    let page = if ends { "retrait" } else { "brouillon" };
    format!("/referent/regles/{id}/{page}")
}

impl Change {
    /// The publication of a draft. Fields: those of the circumstances that somebody chose.
    ///
    /// # Errors
    /// [`Error::NotFound`].
    pub(crate) async fn of_draft(
        portal: &Portal,
        referent: &Referent,
        id: &str,
        chosen: &Pairs,
    ) -> Result<Self, Error> {
        let draft = referent.within(portal).find_draft(id).await?;
        let draft = draft.ok_or_else(|| Error::NotFound {
            what: "draft",
            id: id.to_owned(),
        })?;
        Self::of(portal, referent, (id, Some(draft)), chosen).await
    }

    /// The end of a rule.
    ///
    /// # Errors
    /// [`Error::NotFound`], or [`Error::Stale`] for a rule that is not in force any more.
    pub(crate) async fn of_end(
        portal: &Portal,
        referent: &Referent,
        id: &str,
        chosen: &Pairs,
    ) -> Result<Self, Error> {
        Self::of(portal, referent, (id, None), chosen).await
    }

    async fn of(
        portal: &Portal,
        referent: &Referent,
        (id, draft): (&str, Option<RuleDraft>),
        chosen: &Pairs,
    ) -> Result<Self, Error> {
        let within = referent.within(portal);
        let (rules, two_people) = (within.list_rules().await?, within.two_people().await?);
        let newest = rules.iter().find(|version| version.rule.id == id);
        let before = newest.filter(|version| version.is_in_force());
        let end_asked = before.and_then(|version| version.end_asked.clone());
        let end_asked = end_asked.filter(|_| draft.is_none() && two_people.since.is_some());
        let asker = end_asked.as_ref().map(|asked| &*asked.account);
        let waits = match &draft {
            Some(draft) => two_people::waits(referent, &two_people, draft),
            None => asker == Some(referent.visitor.account()),
        };
        let before = before.map(|version| version.rule.clone());
        let rule = draft.as_ref().map(|draft| &draft.rule);
        if rule.is_none() && before.is_none() {
            let id = id.to_owned();
            return Err(match newest {
                Some(_) => Error::Stale { what: "rule", id },
                None => Error::NotFound { what: "rule", id },
            });
        }
        let study = Study::of(portal, referent, &rules, (id, rule)).await?;
        let say = |rule: &Rule| said(rule, &study.names);
        let said_before = before.as_ref().map_or_else(String::new, say);
        let sentence = rule.map_or_else(|| said_before.clone(), say);
        let mut outlook = outlook::of(portal, referent, study, rule, chosen).await?;
        let newest = newest.map_or(0, |newest| newest.version);
        if draft.as_ref().is_some_and(|draft| draft.based_on != newest) {
            outlook.obstacles.push("Cette règle a été publiée de nouveau depuis que ce brouillon a été commencé\u{a0}: modifiez le brouillon et enregistrez-le, s’il doit prendre sa place.".to_owned());
        }
        let beside = InForce::of(&rules);
        let warnings = outlook.warnings.join(" ");
        let change = match &draft {
            Some(draft) => format!("{} {beside} {} {warnings}", draft.version, draft.rule.text),
            None => format!("{beside} {warnings}"),
        };
        let draft_is_none = draft.is_none();
        Ok(Self {
            proof: prove(portal, referent, &address(id, draft_is_none), &change),
            draft,
            before,
            sentence,
            said_before,
            outlook,
            waits,
            asks: draft_is_none && two_people.since.is_some() && end_asked.is_none(),
            end_asked,
            by: referent.purview.by().clone(),
            beside,
        })
    }

    /// Why whoever looks at it cannot make it, and what they can do.
    pub(crate) fn for_oneself(&self) -> String {
        let remedy = match &self.draft {
            Some(draft) if draft.rule.model().is_none() => format!(
                "Terminez le texte par unless {{ principal == Agent::\"{}\" }}, qui vous excepte,",
                self.by
            ),
            _ => "Exceptez-vous («\u{a0}sauf\u{a0}»),".to_owned(),
        };
        format!(
            "Ce changement vous ouvre un accès, ou pourrait vous en ouvrir un plus tard\u{a0}: personne ne change ses propres droits. {remedy} ou laissez un autre référent le faire."
        )
    }

    /// What is missing to make it. Fields: `motif`, `confirme`.
    pub(crate) fn mistakes(&self, reason: &str, confirmed: bool) -> FieldErrors {
        let mut errors = FieldErrors::default();
        if reason.trim().is_empty() {
            errors.add(
                "motif",
                "Dites en quelques mots pourquoi\u{a0}: ce motif reste dans l’historique de la règle.",
            );
        }
        if reason.trim().chars().count() > fields::LONGEST_REASON {
            let longest = fields::LONGEST_REASON;
            errors.add(
                "motif",
                format!("Écrivez le motif en {longest} caractères au plus."),
            );
        }
        for obstacle in &self.outlook.obstacles {
            errors.add(ALERTS, obstacle);
        }
        if self.waits {
            errors.add(ALERTS, ANOTHER);
        }
        if self.outlook.for_oneself {
            errors.add(ALERTS, self.for_oneself());
        }
        if !self.outlook.warnings.is_empty() && !confirmed {
            errors.add("confirme", "Lisez ce qui est écrit sous «\u{a0}Attention\u{a0}», et cochez la case si vous le voulez vraiment.");
        }
        errors
    }

    /// Makes it.
    ///
    /// # Errors
    /// [`Error::Stale`] when something else is in force by now.
    pub(crate) async fn make(
        &self,
        portal: &Portal,
        within: &Within<'_>,
        reason: &str,
    ) -> Result<ByTwo, Error> {
        let vocabulary = portal.directory.vocabulary();
        let reason = fields::reason(reason).unwrap_or_default();
        match (&self.draft, &self.before) {
            (Some(draft), _) => {
                let shown = (&draft.rule, draft.version);
                let published = within.publish_draft(vocabulary, shown, &self.beside, &reason);
                published.await.map(|_| ByTwo::Done)
            }
            (None, Some(rule)) => {
                let ended = within.withdraw_rule(vocabulary, rule, &self.beside, &reason);
                ended.await
            }
            (None, None) => Err(Error::NotFound {
                what: "change",
                id: String::new(),
            }),
        }
    }
}
