//! What policies look at of the circumstances, read off their JSON form: what nobody looks at is not made
//! for a decision.

use crate::situation::Situation;
use cedar_policy::Policy;
use serde_json::Value;
use std::collections::BTreeSet;

/// The names of attributes of `context`.
#[derive(Debug, Default)]
pub(crate) struct Reads {
    names: BTreeSet<Box<str>>,
    /// Whether `context` stands somewhere as a whole.
    all: bool,
}

impl Reads {
    /// Adds what a policy looks at.
    pub(crate) fn note(&mut self, policy: &Policy) -> Result<(), String> {
        let json = policy.to_json().map_err(|error| error.to_string())?;
        self.find(&json);
        Ok(())
    }

    /// Whether anything is looked at.
    pub(crate) fn any(&self) -> bool {
        self.all || !self.names.is_empty()
    }

    /// Whether this attribute is.
    pub(crate) fn includes(&self, name: &str) -> bool {
        self.all || self.names.contains(name)
    }

    /// What of a situation is looked at: the rest makes no difference.
    pub(crate) fn seen(&self, situation: &Situation) -> Situation {
        let any_of = |names: &[&str]| names.iter().any(|name| self.includes(name));
        let timed = any_of(&["maintenant", "heure", "jour", "ferie"]);
        let placed = any_of(&["adresse", "reseaux"]);
        Situation {
            minute: if timed { situation.minute } else { 0 },
            second_factor: situation.second_factor && self.includes("double_facteur"),
            address: situation.address.filter(|_| placed),
        }
    }

    fn find(&mut self, value: &Value) {
        match value {
            Value::Object(map) => {
                let read = [".", "has"].iter().find_map(|op| attribute(map.get(*op)?));
                if let Some(name) = read {
                    self.names.insert(name.into());
                    return;
                }
                self.all |= is_context(value);
                map.values().for_each(|value| self.find(value));
            }
            Value::Array(items) => items.iter().for_each(|item| self.find(item)),
            _ => {}
        }
    }
}

fn is_context(value: &Value) -> bool {
    value.get("Var").is_some_and(|name| name == "context")
}

/// The name behind `context.` or `context has`.
fn attribute(operands: &Value) -> Option<&str> {
    is_context(operands.get("left")?).then(|| operands.get("attr")?.as_str())?
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reads(condition: &str) -> Reads {
        let text = format!("permit (principal, action, resource) when {{ {condition} }};");
        let mut reads = Reads::default();
        reads.note(&Policy::parse(None, text).unwrap()).unwrap();
        reads
    }

    #[test]
    fn what_is_looked_at_is_found_wherever_it_stands() {
        let text = "context.a > 1 && [context.b].contains(2) || (if context has c then context[\"d\"].e == principal.f else true)";
        let found = reads(text);
        for name in ["a", "b", "c", "d"] {
            assert!(found.includes(name), "{name}");
        }
        assert!(!found.includes("e") && !found.includes("f"));
        assert!(!reads("principal.f == 1").any());
    }

    #[test]
    fn the_whole_of_it_is_everything() {
        assert!(reads("context == {a: 1}").includes("b"));
        assert!(reads("principal.f.contains(context)").includes("b"));
    }
}
