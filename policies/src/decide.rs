//! The one place where a right is decided, public passes included.

use crate::missed::missed;
use crate::model;
use crate::principal::{Principal, ServiceId};
use crate::refusal::{Reason, Refusal};
use crate::resource::{Action, Object, Resource};
use crate::ruleset::Ruleset;
use crate::situation::Situation;
use crate::slice::Slice;
use cedar_policy::{Authorizer, Decision, Effect, Entities, Entity, PolicyId, PolicySet, Request};
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
    let slice = ruleset.slice(principal, (action, object))?;
    let who = principal_entity(ruleset, principal)?;
    let what = vocabulary.object_uid(object);
    let known = slice.entities.get(&what).is_some() || what == who.uid();
    let object_entity = (!known).then(|| vocabulary.object(object)).transpose()?;
    let networks = ruleset.networks_of(situation.address);
    let context = slice.context(vocabulary, situation, networks)?;
    let asked = vocabulary.action(action.as_str());
    let request = Request::new(who.uid(), asked, what, context, None);
    let request = request.map_err(|error| error.to_string())?;
    let added = object_entity.into_iter().chain([who]).collect();
    let entities = vocabulary.complete(&slice.entities, added)?;
    let response = Authorizer::new().is_authorized(&request, &slice.policies, &entities);
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
    if response.decision() == Decision::Allow {
        return Ok(Ok(rules));
    }
    // Who has nothing to close is told that, and nothing of when it would be closed.
    let by_models = rules.iter().all(|rule| ruleset.model(rule).is_some());
    let in_vain = rules.is_empty() || (by_models && !is_given(&request, &slice, &entities)?);
    let (reason, forbidding) = if in_vain {
        (Reason::NoRight, &[][..])
    } else {
        (Reason::Forbidden, &*rules)
    };
    let said = forbidding.iter().find_map(|id| said(&slice.policies, id));
    let closed = forbidding.iter().find_map(|id| {
        let model = ruleset.model(id)?;
        let closes = model.effect == model::Effect::Restrict;
        closes.then_some((&**id, &model.conditions))
    });
    let asked = (action, object);
    let missed = missed(ruleset, principal, asked, situation, forbidding);
    let told = (said, closed);
    Ok(Err(Refusal::of(reason, rules.clone(), told, missed)))
}

/// Whether anything would permit, were nothing forbidden.
fn is_given(request: &Request, slice: &Slice, entities: &Entities) -> Result<bool, String> {
    let permits = slice.policies.policies();
    let permits = permits.filter(|policy| policy.effect() == Effect::Permit);
    let permits = PolicySet::from_policies(permits.cloned()).map_err(|error| error.to_string())?;
    let response = Authorizer::new().is_authorized(request, &permits, entities);
    Ok(response.decision() == Decision::Allow)
}

/// What a guardrail says to whom it stops.
fn said<'a>(policies: &'a PolicySet, rule: &str) -> Option<&'a str> {
    let policy = policies.policy(&PolicyId::new(rule))?;
    policy.annotation("refus")
}

fn principal_entity(ruleset: &Ruleset, principal: &Principal) -> Result<Entity, String> {
    let vocabulary = ruleset.vocabulary();
    match (principal, ruleset.tenant()) {
        (Principal::Anonymous, None) => Ok(vocabulary.anonymous()),
        (Principal::Member(member), Some((id, _))) if *id == member.collectivite => {
            vocabulary.member(member)
        }
        _ => Err("the ruleset is not the principal's".to_owned()),
    }
}
