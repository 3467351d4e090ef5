//! A model as Cedar. One clause says who, one who not, one which documents, one when and from where:
//! each field of the form has its place in the text.

use super::expression::{attribute, binary, call, chain, entity, uid};
use super::{Conditions, Effect, Model, Reach, Target, Who};
use crate::document::{Collection, Theme};
use crate::error::Error;
use crate::guardrails::invalid;
use crate::principal::{CollectiviteId, MembershipId};
use crate::situation::paris;
use cedar_policy::Policy;
use cedar_policy_formatter::{Config, policies_str_to_pretty};
use jiff::ToSpan as _;
use jiff::civil::Date;
use serde_json::{Value, json};

/// Changes when what a model writes does.
const VERSION: u32 = 1;

/// How a rule is laid out.
pub(crate) const LAYOUT: Config = Config {
    line_width: 100,
    indent_width: 2,
};

impl Model {
    /// The rule of a collectivité, laid out. It names people by their ids alone: what a rule says
    /// stays when they are erased.
    ///
    /// # Errors
    /// A date beyond the calendar; anything else is a mistake of this crate.
    pub fn to_cedar(&self, owner: &CollectiviteId) -> Result<String, Error> {
        self.text(Some(owner.as_str()))
    }

    /// The same of the agents of one collectivité, or of all.
    pub(crate) fn text(&self, owner: Option<&str>) -> Result<String, Error> {
        let broken = |error: &dyn std::fmt::Display| invalid(self.effect.as_str(), error);
        let est = self.est(owner);
        let est = est.ok_or_else(|| broken(&"a date lies beyond the calendar"))?;
        let policy = Policy::from_json(None, est).map_err(|error| broken(&error))?;
        policies_str_to_pretty(&policy.to_string(), &LAYOUT).map_err(|error| broken(&error))
    }

    /// Cedar's JSON form; `None` beyond the calendar.
    pub(super) fn est(&self, owner: Option<&str>) -> Option<Value> {
        let effect = match self.effect {
            Effect::Allow => "permit",
            Effect::Require | Effect::Restrict => "forbid",
        };
        let principal = match owner {
            Some(owner) => json!({ "op": "in", "entity": uid("Collectivite", owner) }),
            None => json!({ "op": "is", "entity_type": "Agent" }),
        };
        Some(json!({
            "effect": effect,
            "principal": principal,
            "action": self.action(),
            "resource": self.target.scope(),
            "conditions": self.clauses()?,
            "annotations": { "modele": format!("{}/{VERSION}", self.effect.as_str()) },
        }))
    }

    fn action(&self) -> Value {
        let action = |name| uid("Action", name);
        let (consult, modify) = (action("lecture"), action("ecriture"));
        match (&self.target, self.effect, self.reach) {
            (Target::Documents(_), ..) => json!({ "op": "==", "entity": action("lire") }),
            (_, Effect::Allow, Reach::Consult) => json!({ "op": "in", "entity": consult }),
            (_, Effect::Require | Effect::Restrict, Reach::Modify) => {
                json!({ "op": "in", "entity": modify })
            }
            _ => json!({ "op": "in", "entities": [consult, modify] }),
        }
    }

    fn clauses(&self) -> Option<Vec<Value>> {
        let clause = |kind: &str, body: Option<Value>| {
            body.map(|body| json!({ "kind": kind, "body": body }))
        };
        let conditions = match self.effect {
            Effect::Allow | Effect::Restrict => "when",
            Effect::Require => "unless",
        };
        let clauses = [
            clause("when", self.who.named()),
            clause("unless", self.who.excepted()),
            clause("when", self.target.narrowed()),
            clause(conditions, chain("&&", self.conditions.terms()?)),
        ];
        Some(clauses.into_iter().flatten().collect())
    }
}

impl Target {
    fn scope(&self) -> Value {
        match self {
            Self::Service(service) => {
                json!({ "op": "in", "entity": uid("Service", service.as_str()) })
            }
            Self::Area(area) => json!({ "op": "==", "entity": uid("Route", area) }),
            Self::Documents(documents) => json!({
                "op": "is",
                "entity_type": "Document",
                "in": { "entity": uid("Service", documents.service.as_str()) },
            }),
        }
    }

    /// Which documents of the service.
    fn narrowed(&self) -> Option<Value> {
        let Self::Documents(documents) = self else {
            return None;
        };
        let natures = documents.natures.iter().map(|nature| nature.as_str());
        let themes = documents.themes.iter().map(Theme::as_str);
        let collections = documents.collections.iter().map(Collection::as_str);
        let of = |name| attribute("resource", name);
        let narrowed = [
            set("Nature", natures).map(|set| binary("contains", &set, &of("nature"))),
            set("Theme", themes).map(|set| binary("containsAny", &of("themes"), &set)),
            set("Collection", collections).map(|set| binary("contains", &set, &of("collection"))),
        ];
        chain("&&", narrowed.into_iter().flatten())
    }
}

/// A set of names; nothing of nothing.
fn set<'a>(kind: &str, ids: impl Iterator<Item = &'a str>) -> Option<Value> {
    let ids: Vec<_> = ids.map(|id| entity(kind, id)).collect();
    (!ids.is_empty()).then(|| json!({ "Set": ids }))
}

impl Who {
    fn named(&self) -> Option<Value> {
        let parties = self.any_of.iter().map(super::Party::parts);
        chain("||", parties.map(|(kind, id)| is_in(kind, id)))
    }

    fn excepted(&self) -> Option<Value> {
        let people = self.except.iter().map(MembershipId::as_str);
        chain("||", people.map(|id| is_in("Agent", id)))
    }
}

fn is_in(kind: &str, id: &str) -> Value {
    binary("in", &json!({ "Var": "principal" }), &entity(kind, id))
}

impl Conditions {
    /// In the order of the form; `None` beyond the calendar.
    fn terms(&self) -> Option<Vec<Value>> {
        let context = |name| attribute("context", name);
        let mut terms = Vec::new();
        let days = self.days.iter().map(|day| day.as_str());
        terms.extend(set("Jour", days).map(|days| binary("contains", &days, &context("jour"))));
        let mut bound = |op, name, function, text: String| {
            terms.push(binary(op, &context(name), &call(function, &text)));
        };
        if let Some(hours) = self.hours {
            if hours.from > 0 {
                bound(">=", "heure", "duration", duration(hours.from));
            }
            if hours.until < super::calendar::DAY {
                bound("<", "heure", "duration", duration(hours.until));
            }
        }
        if let Some(from) = self.from {
            bound(">=", "maintenant", "datetime", midnight(from)?);
        }
        if let Some(until) = self.until {
            let after = until.checked_add(1.day()).ok()?;
            bound("<", "maintenant", "datetime", midnight(after)?);
        }
        if self.working_days {
            terms.push(json!({ "!": { "arg": context("ferie") } }));
        }
        if !self.networks.is_empty() {
            let names: Vec<_> = self
                .networks
                .iter()
                .map(|name| json!({ "Value": &**name }))
                .collect();
            terms.push(binary(
                "containsAny",
                &context("reseaux"),
                &json!({ "Set": names }),
            ));
        }
        if self.second_factor {
            terms.push(context("double_facteur"));
        }
        Some(terms)
    }
}

/// `7h30m`.
fn duration(minutes: u16) -> String {
    match (minutes / 60, minutes % 60) {
        (hours, 0) => format!("{hours}h"),
        (0, minutes) => format!("{minutes}m"),
        (hours, minutes) => format!("{hours}h{minutes}m"),
    }
}

/// When a day begins in Paris, in UTC.
fn midnight(date: Date) -> Option<String> {
    let zoned = date.to_zoned(paris()?).ok()?;
    Some(zoned.timestamp().to_string())
}
