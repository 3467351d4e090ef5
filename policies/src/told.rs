//! What a ruleset says of its rules, and of what they look at.

use crate::guardrails::is_reserved;
use crate::model::{Conditions, Model, Names, Target};
use crate::reads::Reads;
use crate::ruleset::{Ruleset, mentioned};
use std::collections::HashSet;

impl Ruleset {
    /// What a rule that decided says of itself to those who administer, its `@libelle`.
    pub fn label(&self, rule: &str) -> Option<&str> {
        let mut all = self.policies();
        let found = all.find(|policy| AsRef::<str>::as_ref(policy.id()) == rule)?;
        found.annotation("libelle")
    }

    /// What a rule says, when it was written in a form.
    pub fn model(&self, rule: &str) -> Option<&Model> {
        let found = self.models().find(|(id, _)| *id == rule);
        found.map(|(_, model)| model)
    }

    /// The same as a sentence, or its label: what a rule says, whoever wrote it. Of « texte expert » of the
    /// collectivité, that it is one: its label is what its author wrote.
    pub fn say(&self, rule: &str, names: &Names) -> Option<String> {
        let sentence = self.model(rule).map(|model| model.sentence(names));
        let is_own = || {
            let mut own = self.own().iter().map(cedar_policy::Policy::id);
            own.any(|id| AsRef::<str>::as_ref(id) == rule && !is_reserved(id))
        };
        sentence.or_else(|| {
            let label = self.label(rule)?;
            let mark = if is_own() { " (texte expert)" } else { "" };
            Some(format!("{label}{mark}"))
        })
    }

    /// The conditions of the rules and guardrails on something.
    pub fn conditions_on<'a>(&'a self, target: &'a Target) -> impl Iterator<Item = &'a Conditions> {
        let on = self
            .models()
            .filter(|(_, model)| model.target.meets(target));
        on.map(|(_, model)| &model.conditions)
    }

    /// Whether one of the collectivité's rules, or a guardrail above it, names this id: somebody, or an area.
    pub fn mentions(&self, id: &str) -> bool {
        self.is_mentioned(id)
    }

    /// What « texte expert » of the collectivité names: nobody can tell what it does with it.
    pub(crate) fn named_by_texts(&self) -> HashSet<Box<str>> {
        let own = self.own().iter().zip(self.read());
        let texts = own.filter(|(_, model)| model.is_none());
        texts.flat_map(|(policy, _)| mentioned(policy)).collect()
    }

    /// Whether one of the collectivité's rules looks at this attribute of the context, or may.
    pub fn reads(&self, attribute: &str) -> bool {
        let mut reads = Reads::default();
        let readable = self.own().iter().all(|policy| reads.note(policy).is_ok());
        !readable || reads.includes(attribute)
    }

    /// The rules that were written in a form, and the CIG's guardrails, by the ids of their policies.
    pub(crate) fn models(&self) -> impl Iterator<Item = (&str, &Model)> {
        let own = self.own().iter().zip(self.read());
        let own = own.map(|(policy, model)| (policy, model.as_ref()));
        let above = self.above().iter().map(|one| (one.policy(), one.model()));
        let models = own.chain(above);
        models.filter_map(|(policy, model)| Some((policy.id().as_ref(), model?)))
    }
}
