//! Cedar's names for what a decision is about: areas, classes of documents, collectivités, members.

use crate::principal::ServiceId;
use crate::resource::{Action, DocumentClass, Object, Resource, Route};
use crate::vocabulary::{Vocabulary, uid, value};
use cedar_policy::{Entities, Entity, EntityUid, RestrictedExpression};
use std::collections::{HashMap, HashSet};

impl Vocabulary {
    pub(crate) fn route_uid(&self, route: &Route) -> EntityUid {
        uid(&self.names.route, &route.id)
    }

    pub(crate) fn service_uid(&self, service: &ServiceId) -> EntityUid {
        uid(&self.names.service, service.as_str())
    }

    pub(crate) fn document_uid(&self) -> EntityUid {
        uid(&self.names.document, "classe")
    }

    pub(crate) fn route(&self, route: &Route) -> Result<Entity, String> {
        let names = &self.names;
        let attributes = HashMap::from([
            (
                "service".to_owned(),
                value(&names.service, route.service.as_str()),
            ),
            (
                "acces".to_owned(),
                value(&names.acces, route.access.as_str()),
            ),
        ]);
        let parents = HashSet::from([self.service_uid(&route.service)]);
        Entity::new(self.route_uid(route), attributes, parents).map_err(|e| e.to_string())
    }

    pub(crate) fn document(&self, class: &DocumentClass) -> Result<Entity, String> {
        let names = &self.names;
        let readers = class
            .reserve_a
            .iter()
            .map(|id| value(&names.collectivite, id.as_str()));
        let attributes = HashMap::from([
            (
                "service".to_owned(),
                value(&names.service, class.service.as_str()),
            ),
            (
                "nature".to_owned(),
                value(&names.nature, class.nature.as_str()),
            ),
            (
                "diffusion".to_owned(),
                value(&names.diffusion, class.diffusion.as_str()),
            ),
            (
                "reserve_a".to_owned(),
                RestrictedExpression::new_set(readers),
            ),
        ]);
        let parents = HashSet::from([self.service_uid(&class.service)]);
        Entity::new(self.document_uid(), attributes, parents).map_err(|e| e.to_string())
    }

    /// The name of what a decision is about.
    pub(crate) fn object_uid(&self, object: Object<'_>) -> EntityUid {
        match object {
            Object::Resource(Resource::Route(route)) => self.route_uid(route),
            Object::Resource(Resource::Document(_)) => self.document_uid(),
            Object::Collectivite(tenant) => self.collectivite(&tenant.id),
            Object::Member(member) => self.member_uid(member),
        }
    }

    /// What a decision is about.
    pub(crate) fn object(&self, object: Object<'_>) -> Result<Entity, String> {
        match object {
            Object::Resource(Resource::Route(route)) => self.route(route),
            Object::Resource(Resource::Document(class)) => self.document(class),
            Object::Collectivite(tenant) => self.tenant(tenant),
            Object::Member(member) => self.member(member),
        }
    }

    /// What stands around every person who asks for this.
    pub(crate) fn surroundings(
        &self,
        action: Action,
        object: Object<'_>,
        tenant: Option<&Entity>,
    ) -> Result<Entities, String> {
        // Without its groups an action is in none: permits vanish, and forbids stop.
        let action = self.actions.get(&self.action(action.as_str()));
        let action = action.ok_or("an action that the schema lacks")?;
        let area = match object {
            Object::Resource(Resource::Route(route)) => Some(self.route(route)?),
            _ => None,
        };
        let all = [Some(action), tenant].into_iter().flatten().cloned();
        Entities::from_entities(all.chain(area), None).map_err(|error| error.to_string())
    }
}
