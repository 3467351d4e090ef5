//! Cedar's names for what a decision is about: areas, classes of documents, collectivités, members.

use crate::document::DocumentClass;
use crate::principal::{Member, ServiceId};
use crate::resource::{Action, Object, Resource, Route};
use crate::ruleset::Tenant;
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
        let themes = class.themes.iter();
        let themes = themes.map(|theme| value(&names.theme, theme.as_str()));
        let attributes = HashMap::from([
            (
                "service".to_owned(),
                value(&names.service, class.service.as_str()),
            ),
            ("themes".to_owned(), RestrictedExpression::new_set(themes)),
            (
                "collection".to_owned(),
                value(&names.collection, class.collection.as_str()),
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

    pub(crate) fn member_uid(&self, member: &Member) -> EntityUid {
        uid(&self.names.agent, member.id.as_str())
    }

    /// The Cedar `Agent` of a member. Groups and profiles have no more than a name: to lie in them they
    /// need not be known.
    pub(crate) fn member(&self, member: &Member) -> Result<Entity, String> {
        let names = &self.names;
        let mut parents = HashSet::from([
            uid(&names.collectivite, member.collectivite.as_str()),
            uid(&names.role, member.role.as_str()),
        ]);
        let groups = member.groups.iter();
        parents.extend(groups.map(|group| uid(&names.groupe, group.as_str())));
        let profile = member.profile.iter();
        parents.extend(profile.map(|profile| uid(&names.profil, profile.as_str())));
        // A service or role that this installation has no more (or not yet) opens nothing, and stops
        // nothing.
        let rights = member.rights.iter();
        let rights = rights.map(|right| format!("{}/{}", right.service, right.level.as_str()));
        let rights = rights.filter(|right| self.rights.contains(right));
        parents.extend(rights.map(|right| uid(&names.droit, &right)));
        let attributes = HashMap::from([
            (
                "collectivite".to_owned(),
                value(&names.collectivite, member.collectivite.as_str()),
            ),
            (
                "actif".to_owned(),
                RestrictedExpression::new_bool(member.active),
            ),
        ]);
        Entity::new(self.member_uid(member), attributes, parents).map_err(|e| e.to_string())
    }

    pub(crate) fn tenant(&self, tenant: &Tenant) -> Result<Entity, String> {
        let services = tenant
            .services
            .iter()
            .filter(|id| self.knows(id))
            .map(|service| value(&self.names.service, service.as_str()));
        let mut attributes = HashMap::from([
            (
                "active".to_owned(),
                RestrictedExpression::new_bool(tenant.active),
            ),
            (
                "services".to_owned(),
                RestrictedExpression::new_set(services),
            ),
        ]);
        if let Some(cdg) = &tenant.cdg {
            let cdg = value(&self.names.collectivite, cdg.as_str());
            attributes.insert("cdg".to_owned(), cdg);
        }
        Entity::new(self.collectivite(&tenant.id), attributes, HashSet::new())
            .map_err(|e| e.to_string())
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
