//! What a text names that Cedar does not know: the collectivité's own people and networks, and areas. Whether
//! they are there is for who keeps them.

use super::Fault;
use crate::shallow::is_shallow;
use cedar_policy::Policy;
use serde_json::Value;

/// Something that a text names.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Named {
    /// What it is said to be.
    pub kind: Kind,
    /// Whole: `fontclaire/rh`; a network's name.
    pub id: String,
}

/// What can be named.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Kind {
    /// A service of the town hall.
    Group,
    /// A profile of rights.
    Profile,
    /// One person.
    Agent,
    /// An area of an online service.
    Area,
    /// A network of the collectivité.
    Network,
}

impl Kind {
    fn of(cedar: &str) -> Option<Self> {
        let all = [Self::Group, Self::Profile, Self::Agent, Self::Area];
        all.into_iter().find(|kind| kind.as_str() == cedar)
    }

    fn as_str(self) -> &'static str {
        match self {
            Self::Group => "Groupe",
            Self::Profile => "Profil",
            Self::Agent => "Agent",
            Self::Area => "Route",
            Self::Network => "",
        }
    }

    fn remedy(self) -> &'static str {
        match self {
            Self::Group => "Écrivez l’identifiant d’un service qui existe.",
            Self::Profile => "Écrivez l’identifiant d’un profil qui existe.",
            Self::Agent => {
                "Écrivez l’identifiant d’une personne présente\u{a0}: il finit l’adresse de sa fiche."
            }
            Self::Area => "Écrivez l’identifiant d’une rubrique qui existe.",
            Self::Network => {
                "Écrivez le nom d’un réseau tel qu’il est à la page «\u{a0}Réseaux\u{a0}»."
            }
        }
    }

    fn said(self) -> &'static str {
        match self {
            Self::Group => "un service de votre collectivité",
            Self::Profile => "un profil de votre collectivité",
            Self::Agent => "une personne de votre collectivité",
            Self::Area => "une rubrique d’un service en ligne",
            Self::Network => "un réseau de votre collectivité",
        }
    }
}

/// Everything that a text names, each once; nothing of what does not read.
pub fn named(text: &str) -> Vec<Named> {
    let policy = is_shallow(text)
        .then(|| Policy::parse(None, text).ok())
        .flatten();
    let Some(policy) = policy else {
        return Vec::new();
    };
    let literals = policy.entity_literals().into_iter();
    let mut found: Vec<_> = literals
        .filter_map(|literal| {
            let kind = Kind::of(&literal.type_name().to_string())?;
            let id: &str = literal.id().unescaped();
            Some(Named {
                kind,
                id: id.to_owned(),
            })
        })
        .collect();
    let json = policy.to_json().unwrap_or_default();
    networks(&json, &mut found);
    found.sort_unstable();
    found.dedup();
    found
}

/// What stands beside `context.reseaux`.
fn networks(value: &Value, found: &mut Vec<Named>) {
    match value {
        Value::Object(map) => {
            for (left, right) in map.values().filter_map(sides) {
                for (one, other) in [(left, right), (right, left)] {
                    if is_networks(one) {
                        strings(other, found);
                    }
                }
            }
            map.values().for_each(|value| networks(value, found));
        }
        Value::Array(items) => items.iter().for_each(|item| networks(item, found)),
        _ => {}
    }
}

fn sides(operands: &Value) -> Option<(&Value, &Value)> {
    Some((operands.get("left")?, operands.get("right")?))
}

fn is_networks(value: &Value) -> bool {
    let of = |place: &str| value.pointer(place).and_then(Value::as_str);
    of("/./left/Var") == Some("context") && of("/./attr") == Some("reseaux")
}

fn strings(value: &Value, found: &mut Vec<Named>) {
    match value.get("Set").and_then(Value::as_array) {
        Some(items) => items.iter().for_each(|item| strings(item, found)),
        None => found.extend(
            value
                .get("Value")
                .and_then(Value::as_str)
                .map(|name| Named {
                    kind: Kind::Network,
                    id: name.to_owned(),
                }),
        ),
    }
}

impl Named {
    /// That it is not there, at its first place.
    pub fn unknown(&self, text: &str) -> Fault {
        let spelt = format!("\"{}\"", self.id);
        let place = if self.kind == Kind::Network {
            let networks = text.find("reseaux").unwrap_or_default();
            let behind = text.get(networks..).and_then(|rest| rest.find(&spelt));
            behind
                .map(|place| networks + place)
                .or_else(|| text.find(&spelt))
        } else {
            text.find(&format!("{}::{spelt}", self.kind.as_str()))
        };
        let place = place.unwrap_or_default();
        Fault::at(
            text,
            place,
            format!(
                "«\u{a0}{}\u{a0}» n’est pas {}, ou ne l’est plus.",
                self.id,
                self.kind.said()
            ),
            self.kind.remedy().to_owned(),
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn people_areas_and_networks_are_found_wherever_they_stand() {
        let text = r#"permit (principal in Collectivite::"f", action, resource == Route::"site/a")
            when { (principal in Groupe::"f/rh" || principal == Agent::"f/1") && context.reseaux.containsAny(["mairie"]) }
            unless { context.reseaux == ["nord", "sud"] || ["x"].containsAll(context.reseaux) || principal in Profil::"f/p" };"#;
        let found = named(text).into_iter().map(|one| one.id);
        let expected = ["f/rh", "f/p", "f/1", "site/a", "mairie", "nord", "sud", "x"];
        assert_eq!(found.collect::<Vec<_>>(), expected);
        assert_eq!(named("permit ("), []);
    }

    #[test]
    fn what_is_unknown_is_told_at_its_place() {
        let text = "permit (principal, action, resource)\nwhen { principal in Groupe::\"f/rh\" };";
        let fault = named(text)[0].unknown(text);
        let network = "permit (principal, action, resource in Service::\"bip\")\nwhen { context.reseaux.contains(\"bip\") };";
        assert_eq!(named(network)[0].unknown(network).line, 2);
        assert_eq!((fault.line, fault.column), (2, 21));
        assert!(
            fault.said.contains("n’est pas un service de votre"),
            "{}",
            fault.said
        );
    }
}
