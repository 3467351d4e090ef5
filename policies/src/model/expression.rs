//! Cedar's JSON form (« EST »), as far as models write it.

use serde_json::{Value, json};

/// A name in a scope.
pub(super) fn uid(kind: &str, id: &str) -> Value {
    json!({ "type": kind, "id": id })
}

/// A name in an expression.
pub(super) fn entity(kind: &str, id: &str) -> Value {
    json!({ "Value": { "__entity": uid(kind, id) } })
}

/// `context.heure`.
pub(super) fn attribute(of: &str, name: &str) -> Value {
    json!({ ".": { "left": { "Var": of }, "attr": name } })
}

/// `duration("7h")`.
pub(super) fn call(function: &str, text: &str) -> Value {
    json!({ function: [{ "Value": text }] })
}

/// `left op right`.
pub(super) fn binary(op: &str, left: &Value, right: &Value) -> Value {
    json!({ op: { "left": left, "right": right } })
}

/// `a op b op c`, as Cedar's parser groups them; nothing of nothing.
pub(super) fn chain(op: &str, terms: impl IntoIterator<Item = Value>) -> Option<Value> {
    let terms = terms.into_iter();
    terms.reduce(|left, right| binary(op, &left, &right))
}
