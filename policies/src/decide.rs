//! The one place where a right is decided, public passes included.

use crate::principal::{Principal, ServiceId};
use crate::resource::{Action, Resource};
use crate::ruleset::Ruleset;
use crate::situation::Situation;
use cedar_policy::{Authorizer, Context, Decision, Entity, EntityUid, Request};
use std::sync::Arc;

/// Leave to go on, for one service. Only [`decide`] makes one, so a forgotten step closes.
#[derive(Debug)]
pub struct Permit {
    service: ServiceId,
    rules: Arc<[Box<str>]>,
}

impl Permit {
    /// The service it is for.
    pub fn service(&self) -> &ServiceId {
        &self.service
    }

    /// The ids of the rules that gave it.
    pub fn rules(&self) -> &[Box<str>] {
        &self.rules
    }

    /// The same leave, for the memory of decisions only.
    pub(crate) fn again(&self) -> Self {
        Self {
            service: self.service.clone(),
            rules: self.rules.clone(),
        }
    }
}

/// Why there is no leave.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Reason {
    /// Nothing gives this right.
    NoRight,
    /// Something takes it away.
    Forbidden,
    /// The rules could not be evaluated: an alarm, and closed.
    Failed,
}

/// No leave, and because of what.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Refusal {
    reason: Reason,
    rules: Arc<[Box<str>]>,
}

impl Refusal {
    pub(crate) fn no_ruleset() -> Self {
        Self::failed("no-ruleset")
    }

    fn failed(what: &str) -> Self {
        Self {
            reason: Reason::Failed,
            rules: Arc::from([what.into()]),
        }
    }

    /// Why.
    pub fn reason(&self) -> Reason {
        self.reason
    }

    /// The rules that forbade, or what failed.
    pub fn rules(&self) -> &[Box<str>] {
        &self.rules
    }
}

/// Decides.
///
/// # Errors
/// A [`Refusal`] when no rule permits, when one forbids, or when anything at all went wrong.
pub fn decide(
    ruleset: &Ruleset,
    principal: &Principal,
    action: Action,
    resource: Resource<'_>,
    situation: &Situation,
) -> Result<Permit, Refusal> {
    evaluate(ruleset, principal, action, resource, situation)
        .unwrap_or_else(|error| Err(Refusal::failed(&error)))
}

/// The outer error is a failure to evaluate; [`decide`] makes a refusal of it.
fn evaluate(
    ruleset: &Ruleset,
    principal: &Principal,
    action: Action,
    resource: Resource<'_>,
    situation: &Situation,
) -> Result<Result<Permit, Refusal>, String> {
    let vocabulary = ruleset.vocabulary();
    let slice = ruleset.slice(action, resource)?;
    let (who, mut entities) = principal_entities(ruleset, principal)?;
    let (what, entity, service) = match resource {
        Resource::Route(route) => (
            vocabulary.route_uid(route),
            vocabulary.route(route)?,
            &route.service,
        ),
        Resource::Document(class) => (
            vocabulary.document_uid(),
            vocabulary.document(class)?,
            &class.service,
        ),
    };
    entities.push(entity);
    let context = if slice.reads_situation {
        vocabulary.context(situation)?
    } else {
        Context::empty()
    };
    let request = Request::new(who, vocabulary.action(action.as_str()), what, context, None)
        .map_err(|error| error.to_string())?;
    let response =
        Authorizer::new().is_authorized(&request, &slice.policies, &vocabulary.entities(entities)?);
    let diagnostics = response.diagnostics();
    if let Some(error) = diagnostics.errors().next() {
        return Err(error.to_string());
    }
    let mut rules: Vec<Box<str>> = diagnostics
        .reason()
        .map(|id| AsRef::<str>::as_ref(id).into())
        .collect();
    rules.sort_unstable();
    let rules: Arc<[Box<str>]> = rules.into();
    Ok(match response.decision() {
        Decision::Allow => Ok(Permit {
            service: service.clone(),
            rules,
        }),
        Decision::Deny if rules.is_empty() => Err(Refusal {
            reason: Reason::NoRight,
            rules,
        }),
        Decision::Deny => Err(Refusal {
            reason: Reason::Forbidden,
            rules,
        }),
    })
}

fn principal_entities(
    ruleset: &Ruleset,
    principal: &Principal,
) -> Result<(EntityUid, Vec<Entity>), String> {
    let vocabulary = ruleset.vocabulary();
    match (principal, ruleset.tenant()) {
        (Principal::Anonymous, None) => Ok(vocabulary.anonymous()),
        (Principal::Member(member), Some((id, collectivite))) if *id == member.collectivite => {
            let (who, mut entities) = vocabulary.member(member)?;
            entities.push(collectivite.clone());
            Ok((who, entities))
        }
        _ => Err("the ruleset is not the principal's".to_owned()),
    }
}
