//! What one collectivité obeys: guardrails, the fence around it, grants, and its own rules.
//! Chosen by the principal's own collectivité, immutable, replaced whole.

use crate::error::Error;
use crate::grants::may_open;
use crate::guardrail::Guardrail;
use crate::guardrails::{self, invalid};
use crate::lint;
use crate::model::Model;
use crate::network::Network;
use crate::principal::{CollectiviteId, Principal, ServiceId};
use crate::resource::{Action, Object, Resource};
use crate::rule::Rule;
use crate::shallow::is_shallow;
use crate::slice::{Key, Slice, Slices};
use crate::vocabulary::Vocabulary;
use cedar_policy::{Entity, Policy, PolicyId};
use std::collections::HashSet;
use std::net::IpAddr;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};

/// What policies may ask of a collectivité.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Tenant {
    /// The collectivité.
    pub id: CollectiviteId,
    /// False once it is closed.
    pub active: bool,
    /// The services that the CIG opened to it.
    pub services: Vec<ServiceId>,
    /// The CDG it is affiliated to, if any.
    pub cdg: Option<CollectiviteId>,
}

/// The policies of one collectivité, or of those who have not logged in.
#[derive(Debug)]
pub struct Ruleset {
    vocabulary: Arc<Vocabulary>,
    tenant: Option<(CollectiviteId, Entity)>,
    /// Around a collectivité; none around those who have not logged in.
    fence: Option<Policy>,
    /// What the collectivité wrote, or what closes its services.
    own: Vec<Policy>,
    /// What each of them says that was written in a form; read at first use.
    models: OnceLock<Box<[Option<Model>]>>,
    /// What the CIG wrote above it.
    guardrails: Vec<Guardrail>,
    /// The ids that both name.
    mentioned: HashSet<Box<str>>,
    /// Where the collectivité's people sit. A decision is made with these and no other's.
    networks: Vec<Network>,
    version: u64,
    slices: Slices,
}

static VERSIONS: AtomicU64 = AtomicU64::new(1);

impl Ruleset {
    /// The ruleset of a collectivité.
    ///
    /// # Errors
    /// The first rule that is not Cedar, does not fit the vocabulary or reaches beyond the
    /// collectivité; nothing is built then.
    pub fn build(
        vocabulary: &Arc<Vocabulary>,
        tenant: &Tenant,
        rules: &[Rule],
    ) -> Result<Self, Error> {
        let rules = rules.iter();
        let rules = rules.map(|rule| Self::check(vocabulary, &tenant.id, rule));
        Self::fenced(vocabulary, tenant, rules.collect::<Result<_, _>>()?)
    }

    /// The ruleset of a collectivité whose rules do not hold: its people open no service, its référents
    /// still mend the rules.
    ///
    /// # Errors
    /// A mistake of this crate only.
    pub fn closed(vocabulary: &Arc<Vocabulary>, tenant: &Tenant) -> Result<Self, Error> {
        Self::fenced(vocabulary, tenant, guardrails::closed()?)
    }

    fn fenced(
        vocabulary: &Arc<Vocabulary>,
        tenant: &Tenant,
        policies: Vec<Policy>,
    ) -> Result<Self, Error> {
        let entity = vocabulary.tenant(tenant).map_err(Error::Vocabulary)?;
        let fence = fence(vocabulary, &tenant.id)?;
        let tenant = Some((tenant.id.clone(), entity));
        Ok(Self {
            fence: Some(fence),
            ..Self::of(vocabulary, tenant, policies)
        })
    }

    /// The ruleset of those who have not logged in: guardrails and public permits.
    pub fn anonymous(vocabulary: &Arc<Vocabulary>) -> Self {
        Self::of(vocabulary, None, Vec::new())
    }

    /// The same with the collectivité's networks, which its rules may name.
    #[must_use]
    pub fn with_networks(mut self, networks: Vec<Network>) -> Self {
        self.networks = networks;
        self.slices = Slices::default();
        self
    }

    /// The names of the networks that an address lies in.
    pub fn networks_of(&self, address: Option<IpAddr>) -> impl Iterator<Item = &str> {
        let networks = self
            .networks
            .iter()
            .filter(move |network| address.is_some_and(|address| network.contains(address)));
        networks.map(|network| &*network.name)
    }

    /// Reads one rule and holds it against the vocabulary and the limits of its collectivité.
    ///
    /// # Errors
    /// As [`Ruleset::build`].
    pub fn check(
        vocabulary: &Vocabulary,
        owner: &CollectiviteId,
        rule: &Rule,
    ) -> Result<Policy, Error> {
        let id = format!("{owner}/{}", rule.id);
        if !is_shallow(&rule.text) {
            return Err(invalid(&id, &"it is nested too deep"));
        }
        let policy =
            Policy::parse(Some(PolicyId::new(&id)), &rule.text).map_err(|e| invalid(&id, &e))?;
        let known = vocabulary.shared().iter().map(Policy::id);
        if guardrails::is_reserved(policy.id()) || known.into_iter().any(|id| id == policy.id()) {
            return Err(invalid(&id, &"a guardrail is called so"));
        }
        if let Some(breach) = lint::breaches(vocabulary, owner, &policy).first() {
            return Err(Error::Reach {
                rule: id,
                collectivite: owner.to_string(),
                detail: breach.to_string(),
            });
        }
        vocabulary.validate(&policy)?;
        Ok(policy)
    }

    fn of(
        vocabulary: &Arc<Vocabulary>,
        tenant: Option<(CollectiviteId, Entity)>,
        own: Vec<Policy>,
    ) -> Self {
        Self {
            vocabulary: vocabulary.clone(),
            tenant,
            models: OnceLock::new(),
            mentioned: own.iter().flat_map(mentioned).collect(),
            own,
            guardrails: Vec::new(),
            fence: None,
            networks: Vec::new(),
            version: VERSIONS.fetch_add(1, Ordering::Relaxed),
            slices: Slices::default(),
        }
    }

    /// Different for every ruleset built by this process.
    pub fn version(&self) -> u64 {
        self.version
    }

    /// The same under these guardrails, as far as they are above this collectivité.
    #[must_use]
    pub fn under(&self, guardrails: &[Guardrail]) -> Self {
        let tenant = self.tenant.clone();
        let own = tenant.as_ref().map(|(id, _)| id);
        let above = |one: &&Guardrail| own.is_some_and(|own| one.concerns(own));
        let guardrails: Vec<_> = guardrails.iter().filter(above).cloned().collect();
        let named = guardrails.iter().map(Guardrail::policy);
        let mentioned = self.own.iter().chain(named).flat_map(mentioned).collect();
        Self {
            fence: self.fence.clone(),
            guardrails,
            mentioned,
            networks: self.networks.clone(),
            ..Self::of(&self.vocabulary, tenant, self.own.clone())
        }
    }

    pub(crate) fn vocabulary(&self) -> &Vocabulary {
        &self.vocabulary
    }

    /// What the CIG wrote above it.
    pub(crate) fn above(&self) -> &[Guardrail] {
        &self.guardrails
    }

    pub(crate) fn is_mentioned(&self, id: &str) -> bool {
        self.mentioned.contains(id)
    }

    /// What each of the own rules says that was written in a form.
    pub(crate) fn read(&self) -> &[Option<Model>] {
        let read = || self.own.iter().map(Model::of).collect();
        self.models.get_or_init(read)
    }

    /// What the collectivité wrote, or what closes its services.
    pub(crate) fn own(&self) -> &[Policy] {
        &self.own
    }

    pub(crate) fn tenant(&self) -> Option<&(CollectiviteId, Entity)> {
        self.tenant.as_ref()
    }

    /// All of its policies.
    pub(crate) fn policies(&self) -> impl Iterator<Item = &Policy> {
        let shared = self.vocabulary.shared().iter();
        let guardrails = self.guardrails.iter().map(Guardrail::policy);
        shared.chain(&self.fence).chain(&self.own).chain(guardrails)
    }

    /// Whether rules bear on it, and the CIG's guardrails. They are about services: where people manage, and the
    /// portal that leads there, nobody locks themselves or others out.
    fn is_ruled(&self, object: Object<'_>) -> bool {
        match object {
            Object::Resource(Resource::Route(route)) => !self.vocabulary.is_portal(&route.service),
            Object::Resource(Resource::Document(_)) => true,
            Object::Collectivite(_) | Object::Member(_) => false,
        }
    }

    /// The policies that can bear on this; cut at first use.
    pub(crate) fn slice(
        &self,
        principal: &Principal,
        (action, object): (Action, Object<'_>),
    ) -> Result<Arc<Slice>, String> {
        let concerning = self.concerning(principal, object);
        self.slices.get(Key::of(action, object, concerning), |key| {
            let shared = self.vocabulary.shared().iter();
            let shared = shared.filter(|policy| may_open(policy, key.access));
            let shared = shared.chain(&self.fence);
            let guardrails = self.guardrails.iter().filter(|_| self.is_ruled(object));
            let guardrails = guardrails.map(Guardrail::policy);
            let policies = shared.chain(key.choose(&self.own)).chain(guardrails);
            let tenant = self.tenant.as_ref().map(|(_, entity)| entity);
            Slice::cut(&self.vocabulary, tenant, policies, (action, object))
        })
    }

    /// Places of the own rules that may decide: a model says itself whom it leaves alone.
    fn concerning(&self, principal: &Principal, object: Object<'_>) -> Box<[usize]> {
        let Principal::Member(member) = principal else {
            return (0..self.own.len()).collect();
        };
        let models = self.read().iter().enumerate();
        let concerning = models.filter(|(_, model)| {
            let who = model.as_ref().map(|model| &model.who);
            self.is_ruled(object) && who.is_none_or(|who| who.includes(member))
        });
        concerning.map(|(place, _)| place).collect()
    }
}

pub(crate) fn mentioned(policy: &Policy) -> impl Iterator<Item = Box<str>> {
    let literals = policy.entity_literals().into_iter();
    literals.map(|literal| AsRef::<str>::as_ref(literal.id().unescaped()).into())
}

/// Nobody but the agents of the collectivité, whatever its rules say. Both halves matter: `in`
/// never errors, so an agent missing from the store is refused; the attribute is single-valued.
fn fence(vocabulary: &Vocabulary, collectivite: &CollectiviteId) -> Result<Policy, Error> {
    let own = vocabulary.collectivite(collectivite);
    let text = format!(
        "forbid (principal, action, resource)\n\
         unless {{ principal is Agent && principal in {own} && principal.collectivite == {own} }};"
    );
    Policy::parse(Some(PolicyId::new(guardrails::FENCE)), text)
        .map_err(|error| invalid(guardrails::FENCE, &error))
}
