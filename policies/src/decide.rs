//! The one place where a right is decided, public passes included.

use crate::principal::{Principal, ServiceId};
use crate::resource::{Action, Object, Resource};
use crate::ruleset::Ruleset;
use crate::situation::Situation;
use cedar_policy::{
    Authorizer, Context, Decision, Entity, EntityUid, PolicyId, PolicySet, Request,
};
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
    /// What the first of them says to the person, its `@refus`.
    said: Option<Arc<str>>,
}

impl Refusal {
    pub(crate) fn no_ruleset() -> Self {
        Self::failed("no-ruleset")
    }

    fn failed(what: &str) -> Self {
        Self {
            reason: Reason::Failed,
            rules: Arc::from([what.into()]),
            said: None,
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

    /// Why: a sentence in French that suits the person and whoever looks after them.
    pub fn sentence(&self) -> &str {
        match self.reason {
            Reason::NoRight => "Aucun droit n’est attribué.",
            Reason::Forbidden => self.said.as_deref().unwrap_or(
                "Une règle de la collectivité ferme cet accès dans les circonstances présentes.",
            ),
            Reason::Failed => {
                "Le droit n’a pas pu être vérifié\u{a0}: par prudence, l’accès reste fermé. L’incident est signalé au CIG."
            }
        }
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
    let service = match resource {
        Resource::Route(route) => &route.service,
        Resource::Document(class) => &class.service,
    };
    let object = Object::Resource(resource);
    judge(ruleset, principal, action, object, situation).map(|rules| Permit {
        service: service.clone(),
        rules,
    })
}

/// The ids of rules, in order.
pub(crate) type RuleIds = Arc<[Box<str>]>;

/// The rules that permit, on whatever it may be.
pub(crate) fn judge(
    ruleset: &Ruleset,
    principal: &Principal,
    action: Action,
    object: Object<'_>,
    situation: &Situation,
) -> Result<RuleIds, Refusal> {
    evaluate(ruleset, principal, action, object, situation)
        .unwrap_or_else(|error| Err(Refusal::failed(&error)))
}

/// The outer error is a failure to evaluate; [`judge`] makes a refusal of it.
fn evaluate(
    ruleset: &Ruleset,
    principal: &Principal,
    action: Action,
    object: Object<'_>,
    situation: &Situation,
) -> Result<Result<RuleIds, Refusal>, String> {
    let vocabulary = ruleset.vocabulary();
    let slice = ruleset.slice(action, object)?;
    let (who, mut entities) = principal_entities(ruleset, principal)?;
    let what = vocabulary.object(object, &mut entities)?;
    let context = if slice.reads_situation {
        vocabulary.context(situation, ruleset.networks_of(situation.address))?
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
    let rules: RuleIds = rules.into();
    Ok(match response.decision() {
        Decision::Allow => Ok(rules),
        Decision::Deny => Err(Refusal {
            reason: if rules.is_empty() {
                Reason::NoRight
            } else {
                Reason::Forbidden
            },
            said: rules.iter().find_map(|id| said(&slice.policies, id)),
            rules,
        }),
    })
}

/// What a rule says to whom it stops.
fn said(policies: &PolicySet, rule: &str) -> Option<Arc<str>> {
    let policy = policies.policy(&PolicyId::new(rule))?;
    policy.annotation("refus").map(Arc::from)
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
