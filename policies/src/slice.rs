//! The part of a ruleset that can bear on one action and one resource. Cedar has no index and
//! spends about 1 µs a policy whether its scope matches or not, so the others are left out first.

use crate::principal::ServiceId;
use crate::reads::Reads;
use crate::resource::{Action, Object, Resource};
use crate::vocabulary::Vocabulary;
use cedar_policy::{
    ActionConstraint, EntityTypeName, EntityUid, Policy, PolicySet, ResourceConstraint,
};

/// Policies for one action on one resource.
#[derive(Debug)]
pub(crate) struct Slice {
    pub(crate) policies: PolicySet,
    /// What of the circumstances any of them looks at.
    pub(crate) reads: Reads,
}

impl Slice {
    pub(crate) fn cut<'a>(
        vocabulary: &Vocabulary,
        policies: impl Iterator<Item = &'a Policy>,
        action: Action,
        object: Object<'_>,
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
