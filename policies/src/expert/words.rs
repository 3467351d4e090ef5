//! What a text may say, for completion: read off the schema, so that a word which is offered is one
//! that holds.

use crate::error::Error;
use cedar_policy::SchemaFragment;
use serde_json::Value;

/// Something that a rule may say.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Word {
    /// As it is written: `context.heure`, `Service::"bip"`.
    pub text: String,
    /// What it means, in French; empty when that is plain.
    pub meaning: String,
}

impl Word {
    fn new(text: impl Into<String>, meaning: &str) -> Self {
        Self {
            text: text.into(),
            meaning: meaning.to_owned(),
        }
    }
}

/// The words of the language itself.
const SYNTAX: [(&str, &str); 12] = [
    ("permit (", "ouvrir un accès"),
    ("forbid (", "fermer un accès"),
    ("when { ", "seulement si"),
    ("unless { ", "sauf si"),
    ("principal", "qui demande"),
    ("action", "pour faire quoi"),
    ("resource", "sur quoi"),
    ("context", "dans quelles circonstances"),
    (".contains(", "une liste contient"),
    ("duration(\"7h30m\")", "une heure du jour"),
    ("datetime(\"2026-12-31T00:00:00Z\")", "un instant"),
    ("ip(\"203.0.113.0/24\")", "des adresses"),
];

/// All of them, for a schema given as text.
pub(crate) fn of(schema: &str) -> Result<Vec<Word>, Error> {
    let broken = |error: &dyn std::fmt::Display| Error::Vocabulary(error.to_string());
    let (fragment, _) = SchemaFragment::from_cedarschema_str(schema).map_err(|e| broken(&e))?;
    let json = fragment.to_json_value().map_err(|error| broken(&error))?;
    let syntax = SYNTAX
        .iter()
        .map(|(text, meaning)| Word::new(*text, meaning));
    let mut words: Vec<_> = syntax.collect();
    words.extend(entities(&json));
    words.extend(attributes(&json));
    words.sort();
    Ok(words)
}

/// Each object of a map, with its name and what it says of itself.
fn members(map: Option<&Value>) -> impl Iterator<Item = (&str, &str, &Value)> {
    let members = map.and_then(Value::as_object).into_iter().flatten();
    members.map(|(name, value)| {
        let label = value
            .pointer("/annotations/libelle")
            .and_then(Value::as_str);
        (name.as_str(), label.unwrap_or_default(), value)
    })
}

/// Actions that rules may be about, and the values of closed lists.
fn entities(json: &Value) -> impl Iterator<Item = Word> {
    let namespace = json.get("");
    let actions = members(namespace.and_then(|all| all.get("actions")));
    let manages = ["administrer", "attribuer", "suivre"];
    let actions = actions.filter(move |(name, ..)| !manages.contains(name));
    let actions = actions.map(|(name, label, _)| Word::new(format!("Action::\"{name}\""), label));
    let types = members(namespace.and_then(|all| all.get("entityTypes")));
    let values = types.flat_map(|(kind, label, declared)| {
        let values = declared
            .get("enum")
            .and_then(Value::as_array)
            .into_iter()
            .flatten();
        let values = values.filter_map(Value::as_str);
        values.map(move |value| Word::new(format!("{kind}::\"{value}\""), label))
    });
    actions.chain(values)
}

/// Attributes of who asks, of what is asked for, and of the circumstances.
fn attributes(json: &Value) -> impl Iterator<Item = Word> {
    const HOLDERS: [(&str, &str); 5] = [
        ("principal", "/entityTypes/Agent/shape/attributes"),
        (
            "principal.collectivite",
            "/entityTypes/Collectivite/shape/attributes",
        ),
        ("resource", "/entityTypes/Route/shape/attributes"),
        ("resource", "/entityTypes/Document/shape/attributes"),
        ("context", "/commonTypes/Contexte/attributes"),
    ];
    let namespace = json.get("");
    HOLDERS.into_iter().flat_map(move |(holder, place)| {
        let found = namespace.and_then(|all| all.pointer(place));
        let found = members(found);
        found.map(move |(name, label, _)| Word::new(format!("{holder}.{name}"), label))
    })
}
