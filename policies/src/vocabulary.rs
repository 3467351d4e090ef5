//! Cedar's names for our types: the one place where the two languages meet.
//!
//! The schema file is completed with the installation's services (closed lists are enums, so a
//! misspelt service is an error when a rule is saved).

use crate::document::Classification;
use crate::error::Error;
use crate::expert::{self, Word};
use crate::level::DeclaredService;
use crate::principal::{CollectiviteId, ServiceId};
use crate::{grants, guardrails, schema};
use cedar_policy::{
    Entities, Entity, EntityId, EntityTypeName, EntityUid, Policy, PolicySet, RestrictedExpression,
    Schema, ValidationMode, ValidationResult, Validator,
};
use std::collections::HashSet;
use std::str::FromStr as _;

/// The schema of this installation, and the policies that every ruleset shares.
#[derive(Debug)]
pub struct Vocabulary {
    schema: Schema,
    validator: Validator,
    /// The actions, each with its groups.
    pub(crate) actions: Entities,
    pub(crate) names: Names,
    services: HashSet<ServiceId>,
    /// Where people log in and manage, which no rule of a collectivité bears on.
    portal: Option<ServiceId>,
    /// `net-cotisations/valideur`: every one that can be given.
    pub(crate) rights: HashSet<String>,
    shared: Vec<Policy>,
    words: Vec<Word>,
    classification: Classification,
}

/// How far a policy may follow attributes: `principal.collectivite.services` is two.
const LEVEL: u32 = 2;

macro_rules! names {
    ($($field:ident = $name:literal),* $(,)?) => {
        /// Type names, parsed once.
        #[derive(Debug)]
        pub(crate) struct Names { $(pub(crate) $field: EntityTypeName),* }

        impl Names {
            fn new() -> Result<Self, Error> {
                Ok(Self { $($field: type_name($name)?),* })
            }
        }
    };
}

names! {
    acces = "Acces", action = "Action", agent = "Agent", anonyme = "Anonyme", collection = "Collection",
    collectivite = "Collectivite", diffusion = "Diffusion", document = "Document", droit = "Droit", groupe = "Groupe", jour = "Jour",
    nature = "Nature", profil = "Profil", role = "Role", route = "Route", service = "Service",
    theme = "Theme",
}

fn type_name(name: &str) -> Result<EntityTypeName, Error> {
    EntityTypeName::from_str(name).map_err(|error| Error::Vocabulary(error.to_string()))
}

pub(crate) fn uid(name: &EntityTypeName, id: &str) -> EntityUid {
    EntityUid::from_type_name_and_id(name.clone(), EntityId::new(id))
}

pub(crate) fn value(name: &EntityTypeName, id: &str) -> RestrictedExpression {
    RestrictedExpression::new_entity_uid(uid(name, id))
}

fn rights(service: &DeclaredService) -> impl Iterator<Item = String> {
    let levels = service.levels();
    levels.map(|(level, _)| format!("{}/{level}", service.id))
}

impl Vocabulary {
    /// The vocabulary for these services, their documents being sorted by nothing but their kinds.
    ///
    /// # Errors
    /// As [`Vocabulary::classified`].
    pub fn new(services: &[DeclaredService]) -> Result<Self, Error> {
        Self::classified(services, Classification::default())
    }

    /// The vocabulary for these services, and for documents that are sorted so.
    ///
    /// # Errors
    /// A service or role id that is not lower-case letters, digits and hyphens, or a schema that does
    /// not hold together with the guardrails.
    pub fn classified(
        services: &[DeclaredService],
        classification: Classification,
    ) -> Result<Self, Error> {
        let text = schema::text(services, &classification)?;
        let (schema, _) =
            Schema::from_cedarschema_str(&text).map_err(|e| Error::Vocabulary(e.to_string()))?;
        let mut shared = guardrails::guardrails()?;
        shared.extend(grants::permits(services)?);
        let vocabulary = Self {
            validator: Validator::new(schema.clone()),
            actions: schema
                .action_entities()
                .map_err(|error| Error::Vocabulary(error.to_string()))?,
            schema,
            names: Names::new()?,
            services: services.iter().map(|service| service.id.clone()).collect(),
            portal: None,
            rights: services.iter().flat_map(rights).collect(),
            shared,
            words: expert::words(&text)?,
            classification,
        };
        for policy in &vocabulary.shared {
            vocabulary.validate(policy)?;
        }
        Ok(vocabulary)
    }

    /// The same with the service where people log in and manage.
    #[must_use]
    pub fn with_portal(mut self, portal: ServiceId) -> Self {
        let name = format!("Service::\"{portal}\"");
        self.words.retain(|word| word.text != name);
        self.portal = Some(portal);
        self
    }

    /// Whether the installation has this service.
    pub fn knows(&self, service: &ServiceId) -> bool {
        self.services.contains(service)
    }

    /// Whether it is that service.
    pub(crate) fn is_portal(&self, service: &ServiceId) -> bool {
        self.portal.as_ref() == Some(service)
    }

    /// Whether something is that service, or a part of it.
    pub(crate) fn is_of_portal(&self, uid: &EntityUid) -> bool {
        let id: &str = uid.id().unescaped();
        let service = id.split('/').next().unwrap_or_default();
        let kinds = [&self.names.service, &self.names.route];
        kinds.contains(&uid.type_name()) && self.is_portal(&service.into())
    }

    /// What a rule in Cedar may say, in order.
    pub fn words(&self) -> &[Word] {
        &self.words
    }

    /// By what documents are sorted.
    pub fn classification(&self) -> &Classification {
        &self.classification
    }

    pub(crate) fn schema(&self) -> &Schema {
        &self.schema
    }

    /// Guardrails and grant permits, the same in every ruleset.
    pub(crate) fn shared(&self) -> &[Policy] {
        &self.shared
    }

    /// What the guardrails say that every installation has.
    pub fn guardrails(&self) -> impl Iterator<Item = String> {
        let above = |policy: &&Policy| AsRef::<str>::as_ref(policy.id()).starts_with("cig/");
        let guardrails = self.shared.iter().filter(above);
        let labels = guardrails.filter_map(|policy| policy.annotation("libelle"));
        labels.map(|label| label.replace('\'', "’"))
    }

    /// Strict validation, entities looked up at most [`LEVEL`] deep; a warning counts as an error (an
    /// unknown entity is only a warning).
    pub(crate) fn validate(&self, policy: &Policy) -> Result<(), Error> {
        let invalid = |detail: String| Error::Rule {
            rule: policy.id().to_string(),
            detail,
        };
        let result = self.findings(policy).map_err(invalid)?;
        let findings = result.validation_errors().map(ToString::to_string);
        let findings = findings.chain(result.validation_warnings().map(ToString::to_string));
        // Too deep for the validator, a policy is neither right nor wrong: it fits nowhere.
        let fits = policy.get_valid_request_envs(&self.schema).next().is_some();
        let nowhere = (!fits).then(|| "it bears on nothing".to_owned());
        let findings: Vec<String> = findings.chain(nowhere).collect();
        if findings.is_empty() {
            Ok(())
        } else {
            Err(invalid(findings.join("; ")))
        }
    }

    /// All that does not fit the vocabulary.
    pub(crate) fn findings(&self, policy: &Policy) -> Result<ValidationResult, String> {
        let set = PolicySet::from_policies([policy.clone()]).map_err(|error| error.to_string())?;
        let mode = ValidationMode::Strict;
        Ok(self.validator.validate_with_level(&set, mode, LEVEL))
    }

    pub(crate) fn action(&self, name: &str) -> EntityUid {
        uid(&self.names.action, name)
    }

    pub(crate) fn collectivite(&self, id: &CollectiviteId) -> EntityUid {
        uid(&self.names.collectivite, id.as_str())
    }

    pub(crate) fn is_agent_type(&self, name: &EntityTypeName) -> bool {
        *name == self.names.agent
    }

    pub(crate) fn is_tenant_type(&self, name: &EntityTypeName) -> bool {
        *name == self.names.collectivite
    }

    /// Whether an action is about managing, which guardrails alone decide.
    pub(crate) fn is_managing(&self, action: &EntityUid) -> bool {
        let known = ["administrer", "attribuer", "suivre"];
        known.iter().any(|name| *action == self.action(name))
    }

    /// Types whose ids start with their collectivité.
    pub(crate) fn is_owned_type(&self, name: &EntityTypeName) -> bool {
        let names = &self.names;
        [&names.agent, &names.groupe, &names.profil].contains(&name)
    }

    pub(crate) fn anonymous(&self) -> Entity {
        let uid = uid(&self.names.anonyme, "anonyme");
        Entity::new_no_attrs(uid, HashSet::new())
    }

    /// A store for one decision. What stands in it is made here, of types that fit: to hold it against the
    /// schema each time would cost a third of a decision.
    pub(crate) fn complete(
        &self,
        surroundings: &Entities,
        added: Vec<Entity>,
    ) -> Result<Entities, String> {
        debug_assert!(Entities::from_entities(added.clone(), Some(&self.schema)).is_ok());
        let known = surroundings.clone().add_entities(added, None);
        known.map_err(|e| e.to_string())
    }
}
