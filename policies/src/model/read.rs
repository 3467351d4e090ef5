//! Cedar as a model. What a field holds is picked from the place where a model writes it; whether
//! that was all is then seen by writing it again.

use super::{Conditions, Day, Documents, Effect, Hours, Model, Party, Reach, Target, Who};
use crate::document::Nature;
use crate::principal::{CollectiviteId, MembershipId};
use crate::situation::paris;
use cedar_policy::Policy;
use jiff::civil::Date;
use jiff::{Timestamp, ToSpan as _};
use serde_json::Value;
use std::collections::BTreeSet;

impl Model {
    /// The model that writes exactly this rule; `None` for « texte expert ».
    pub(crate) fn of(policy: &Policy) -> Option<Self> {
        let est = policy.to_json().ok()?;
        let model = read(&est)?;
        (model.est(owner(&est))? == est).then_some(model)
    }

    /// The collectivité whose agents a rule is about; none for those of all.
    pub(crate) fn owner(policy: &Policy) -> Option<CollectiviteId> {
        Some(owner(&policy.to_json().ok()?)?.into())
    }
}

fn owner(est: &Value) -> Option<&str> {
    text(est, "/principal/entity/id")
}

fn text<'a>(value: &'a Value, pointer: &str) -> Option<&'a str> {
    value.pointer(pointer)?.as_str()
}

fn read(est: &Value) -> Option<Model> {
    let (effect, _) = text(est, "/annotations/modele")?.split_once('/')?;
    let effect = Effect::parse(effect)?;
    let mut model = Model {
        effect,
        who: Who::default(),
        target: target(est.get("resource")?)?,
        reach: reach(effect, est.get("action")?),
        conditions: Conditions::default(),
    };
    for clause in est.get("conditions")?.as_array()? {
        read_clause(&mut model, text(clause, "/kind")?, clause.get("body")?)?;
    }
    Some(model)
}

/// Whether the one or the other was written is settled by writing it again.
fn reach(effect: Effect, action: &Value) -> Reach {
    let several = action.get("entities").is_some();
    let modify = match effect {
        Effect::Allow => several,
        Effect::Require | Effect::Restrict => text(action, "/entity/id") == Some("ecriture"),
    };
    if modify {
        Reach::Modify
    } else {
        Reach::Consult
    }
}

fn target(scope: &Value) -> Option<Target> {
    if scope.get("entity_type").is_some() {
        let service = text(scope, "/in/entity/id")?;
        return Some(Target::Documents(Documents::of(service.into())));
    }
    let id = text(scope, "/entity/id")?;
    Some(match text(scope, "/entity/type")? {
        "Route" => Target::Area(id.into()),
        _ => Target::Service(id.into()),
    })
}

fn read_clause(model: &mut Model, kind: &str, body: &Value) -> Option<()> {
    if let Some(parties) = parties(body) {
        if kind == "when" {
            model.who.any_of = parties;
        } else {
            model.who.except = parties.into_iter().map(person).collect::<Option<_>>()?;
        }
        return Some(());
    }
    let mut terms = terms(body, "&&").into_iter();
    terms.try_for_each(|term| match &mut model.target {
        Target::Documents(documents) if reads_resource(term) => read_documents(documents, term),
        _ => read_term(&mut model.conditions, term),
    })
}

/// Whether a term asks something of what is asked for.
fn reads_resource(term: &Value) -> bool {
    let variables = ["/contains/right/./left/Var", "/containsAny/left/./left/Var"];
    let mut variables = variables.iter().filter_map(|place| text(term, place));
    variables.any(|variable| variable == "resource")
}

fn read_documents(documents: &mut Documents, term: &Value) -> Option<()> {
    if let Some(listed) = term.pointer("/containsAny/right") {
        documents.themes = ids(listed)?.into_iter().map(Into::into).collect();
        return Some(());
    }
    let listed = ids(term.pointer("/contains/left")?)?.into_iter();
    match text(term, "/contains/right/./attr")? {
        "nature" => documents.natures = listed.map(Nature::parse).collect::<Option<_>>()?,
        "collection" => documents.collections = listed.map(Into::into).collect(),
        _ => return None,
    }
    Some(())
}

fn person(party: Party) -> Option<MembershipId> {
    match party {
        Party::Agent(id) => Some(id),
        Party::Group(_) | Party::Profile(_) => None,
    }
}

/// `principal in Groupe::"…" || principal in Agent::"…"`.
fn parties(body: &Value) -> Option<BTreeSet<Party>> {
    let terms = terms(body, "||").into_iter();
    let parties = terms.map(|term| {
        let named = term.pointer("/in/right/Value/__entity")?;
        Party::of(text(named, "/type")?, text(named, "/id")?)
    });
    parties.collect()
}

fn read_term(conditions: &mut Conditions, term: &Value) -> Option<()> {
    let (op, operands) = term.as_object()?.iter().next()?;
    match op.as_str() {
        "contains" => {
            let days = ids(operands.get("left")?)?;
            conditions.days = days.into_iter().map(Day::parse).collect::<Option<_>>()?;
        }
        "containsAny" => {
            let names = ids(operands.get("right")?)?;
            conditions.networks = names.into_iter().map(Into::into).collect();
        }
        ">=" | "<" => read_bound(conditions, op == "<", operands)?,
        "!" => conditions.working_days = true,
        "." => conditions.second_factor = true,
        _ => return None,
    }
    Some(())
}

fn read_bound(conditions: &mut Conditions, upper: bool, operands: &Value) -> Option<()> {
    let right = operands.get("right")?;
    if let Some(written) = text(right, "/duration/0/Value") {
        let minutes = minutes(written)?;
        let whole = Hours {
            from: 0,
            until: super::calendar::DAY,
        };
        let hours = conditions.hours.get_or_insert(whole);
        *(if upper {
            &mut hours.until
        } else {
            &mut hours.from
        }) = minutes;
    } else {
        let date = day(text(right, "/datetime/0/Value")?)?;
        if upper {
            conditions.until = Some(date.checked_sub(1.day()).ok()?);
        } else {
            conditions.from = Some(date);
        }
    }
    Some(())
}

/// The ids of a set of names, or its strings.
fn ids(set: &Value) -> Option<Vec<&str>> {
    let items = set.get("Set")?.as_array()?.iter();
    let ids = items.map(|item| text(item, "/Value/__entity/id").or_else(|| text(item, "/Value")));
    ids.collect()
}

/// The terms of `a op b op c`.
fn terms<'a>(mut body: &'a Value, op: &str) -> Vec<&'a Value> {
    let mut terms = Vec::new();
    while let Some((left, right)) = body
        .get(op)
        .and_then(|it| Some((it.get("left")?, it.get("right")?)))
    {
        terms.push(right);
        body = left;
    }
    terms.push(body);
    terms.reverse();
    terms
}

/// Minutes of `7h30m`.
fn minutes(text: &str) -> Option<u16> {
    let (hours, rest) = text.split_once('h').unwrap_or(("0", text));
    let minutes = rest.strip_suffix('m').unwrap_or("0");
    let (hours, minutes): (u16, u16) = (hours.parse().ok()?, minutes.parse().ok()?);
    hours.checked_mul(60)?.checked_add(minutes)
}

/// The day in Paris that an instant lies in.
fn day(text: &str) -> Option<Date> {
    let instant: Timestamp = text.parse().ok()?;
    Some(instant.to_zoned(paris()?).date())
}
