//! The part of a ruleset that can bear on one action, one resource and one person. Cedar has no index and
//! spends a microsecond or more a policy whether its scope matches or not, so the others are left out first.

use crate::principal::ServiceId;
use crate::reads::Reads;
use crate::resource::{Access, Action, Object, Resource};
use crate::situation::Situation;
use crate::vocabulary::Vocabulary;
use cedar_policy::{
    ActionConstraint, Context, Entities, Entity, EntityTypeName, EntityUid, Policy, PolicySet,
    ResourceConstraint,
};
use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};

/// How many are kept for a ruleset. Towns have few kinds of people and use few areas; beyond it the
/// others are cut anew.
const KEPT: usize = 512;

/// What a slice is for: questions of one key have the same policies, and the same entities beside those
/// of the person.
#[derive(PartialEq, Eq, Hash, Debug)]
pub(crate) struct Key {
    action: Action,
    /// An area, a service of documents, or nothing: one slice for all that consoles manage.
    what: Box<str>,
    pub(crate) access: Option<Access>,
    /// Places of the collectivité's own rules that may concern the person.
    concerning: Box<[usize]>,
}

impl Key {
    pub(crate) fn of(action: Action, object: Object<'_>, concerning: Box<[usize]>) -> Self {
        let (what, access): (&str, _) = match object {
            Object::Resource(Resource::Route(route)) => (&route.id, Some(route.access)),
            Object::Resource(Resource::Document(class)) => (class.service.as_str(), None),
            Object::Collectivite(_) | Object::Member(_) => ("", None),
        };
        Self {
            action,
            what: what.into(),
            access,
            concerning,
        }
    }

    /// Those of the collectivité's own rules.
    pub(crate) fn choose<'a>(&self, own: &'a [Policy]) -> impl Iterator<Item = &'a Policy> {
        self.concerning.iter().filter_map(|place| own.get(*place))
    }
}

/// Slices cut so far.
#[derive(Debug, Default)]
pub(crate) struct Slices(RwLock<HashMap<Key, Arc<Slice>>>);

impl Slices {
    /// The slice of a key, cut at first use.
    pub(crate) fn get(
        &self,
        key: Key,
        cut: impl FnOnce(&Key) -> Result<Slice, String>,
    ) -> Result<Arc<Slice>, String> {
        let known = self.0.read().unwrap_or_else(PoisonError::into_inner);
        if let Some(slice) = known.get(&key) {
            return Ok(slice.clone());
        }
        drop(known);
        let slice = Arc::new(cut(&key)?);
        let mut known = self.0.write().unwrap_or_else(PoisonError::into_inner);
        if known.len() >= KEPT {
            known.clear();
        }
        known.insert(key, slice.clone());
        Ok(slice)
    }
}

/// Policies for one action on one resource.
#[derive(Debug)]
pub(crate) struct Slice {
    pub(crate) policies: PolicySet,
    /// What of the circumstances any of them looks at.
    pub(crate) reads: Reads,
    /// The action, the collectivité and the area; all but the person and what is not an area.
    pub(crate) entities: Entities,
    /// The circumstances of the last who asked: within a minute they are the same for many.
    context: RwLock<Option<(Situation, Context)>>,
}

impl Slice {
    pub(crate) fn cut<'a>(
        vocabulary: &Vocabulary,
        tenant: Option<&Entity>,
        policies: impl Iterator<Item = &'a Policy>,
        (action, object): (Action, Object<'_>),
    ) -> Result<Self, String> {
        let target = match object {
            Object::Resource(resource) => Some(Target::new(vocabulary, resource)),
            // Not cut by what they are: Cedar looks at every scope itself.
            Object::Collectivite(_) | Object::Member(_) => None,
        };
        let actions = [
            vocabulary.action(action.as_str()),
            vocabulary.action(action.group()),
        ];
        let mut slice = Self {
            policies: PolicySet::new(),
            reads: Reads::default(),
            entities: vocabulary.surroundings(action, object, tenant)?,
            context: RwLock::default(),
        };
        for policy in policies {
            if covers_action(&policy.action_constraint(), &actions)
                && target
                    .as_ref()
                    .is_none_or(|target| target.is_covered(&policy.resource_constraint()))
            {
                slice.reads.note(policy)?;
                slice
                    .policies
                    .add(policy.clone())
                    .map_err(|e| e.to_string())?;
            }
        }
        Ok(slice)
    }

    /// The circumstances in Cedar's words, as far as the policies look at them; `networks` are the names
    /// of those that the person is in.
    pub(crate) fn context<'a>(
        &self,
        vocabulary: &Vocabulary,
        situation: &Situation,
        networks: impl Iterator<Item = &'a str>,
    ) -> Result<Context, String> {
        if !self.reads.any() {
            return Ok(Context::empty());
        }
        let seen = self.reads.seen(situation);
        let known = self.context.read().unwrap_or_else(PoisonError::into_inner);
        if let Some((at, context)) = &*known
            && *at == seen
        {
            return Ok(context.clone());
        }
        drop(known);
        let context = vocabulary.context(&self.reads, situation, networks)?;
        let mut known = self.context.write().unwrap_or_else(PoisonError::into_inner);
        *known = Some((seen, context.clone()));
        Ok(context)
    }
}

/// The resource as scopes see it: its type, itself, what it lies in.
struct Target {
    itself: EntityUid,
    service: EntityUid,
}

impl Target {
    fn new(vocabulary: &Vocabulary, resource: Resource<'_>) -> Self {
        let service = |id: &ServiceId| vocabulary.service_uid(id);
        match resource {
            Resource::Route(route) => Self {
                itself: vocabulary.route_uid(route),
                service: service(&route.service),
            },
            Resource::Document(class) => Self {
                itself: vocabulary.document_uid(),
                service: service(&class.service),
            },
        }
    }

    fn is(&self, kind: &EntityTypeName) -> bool {
        self.itself.type_name() == kind
    }

    fn lies_in(&self, scope: &EntityUid) -> bool {
        *scope == self.itself || *scope == self.service
    }

    fn is_covered(&self, constraint: &ResourceConstraint) -> bool {
        match constraint {
            ResourceConstraint::Any => true,
            ResourceConstraint::Eq(scope) => *scope == self.itself,
            ResourceConstraint::In(scope) => self.lies_in(scope),
            ResourceConstraint::Is(kind) => self.is(kind),
            ResourceConstraint::IsIn(kind, scope) => self.is(kind) && self.lies_in(scope),
        }
    }
}

fn covers_action(constraint: &ActionConstraint, actions: &[EntityUid]) -> bool {
    match constraint {
        ActionConstraint::Any => true,
        ActionConstraint::Eq(scope) => actions.first() == Some(scope),
        ActionConstraint::In(scopes) => scopes.iter().any(|scope| actions.contains(scope)),
    }
}
