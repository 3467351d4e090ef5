//! Asks rules what an expectation asks, by an ordinary decision.

use super::expectation::{Asked, Decision, Expectation, File};
use super::kept::Kept;
use super::route;
use gateway::Entrance;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use policies::{
    Action, Classification, CollectiviteId, DocumentClass, Guardrail, Level, Member, Nature,
    Network, Principal, Range, Resource, Right, Role, Route, Ruleset, Situation, Tenant,
    Vocabulary, decide,
};
use std::sync::Arc;

/// The rules, and what they are asked about.
pub(super) struct Court<'a> {
    owner: &'a CollectiviteId,
    ruleset: Ruleset,
    networks: Vec<Network>,
    entrances: &'a [Entrance],
    classification: &'a Classification,
}

impl<'a> Court<'a> {
    pub(super) fn new(
        (kept, guardrails): (&'a Kept, &[Guardrail]),
        file: &File,
        vocabulary: &'a Arc<Vocabulary>,
        entrances: &'a [Entrance],
    ) -> anyhow::Result<Self> {
        let every = || {
            entrances
                .iter()
                .map(|entrance| entrance.settings.id.clone())
                .collect()
        };
        let tenant = Tenant {
            id: kept.owner.clone(),
            active: true,
            services: file.services.clone().unwrap_or_else(every),
            cdg: None,
        };
        let networks = file.networks.iter().map(|(name, ranges)| {
            let ranges = ranges.iter().map(|range| {
                let read = Range::parse(range);
                read.map_err(|error| anyhow::anyhow!("`{range}` of `{name}`: {error:?}"))
            });
            let ranges = ranges.collect::<Result<_, _>>()?;
            let name = name.as_str().into();
            Ok::<_, anyhow::Error>(Network { name, ranges })
        });
        let networks = networks.collect::<Result<Vec<_>, _>>()?;
        let ruleset = Ruleset::build(vocabulary, &tenant, &kept.rules())?;
        Ok(Self {
            owner: &kept.owner,
            ruleset: ruleset.with_networks(networks.clone()).under(guardrails),
            networks,
            entrances,
            classification: vocabulary.classification(),
        })
    }

    /// Says what does not hold.
    pub(super) fn judge(&self, expected: &Expectation) -> Result<(), String> {
        let told = |said: String| format!("{}: {said}", expected.name);
        let (found, rules, why) = self.decide(expected).map_err(told)?;
        let by = |rules: &[Box<str>]| {
            if rules.is_empty() {
                "no rule".to_owned()
            } else {
                rules.join(", ")
            }
        };
        if found != expected.decision {
            return Err(told(format!(
                "expected {:?}, got {found:?} by {}. {why}",
                expected.decision,
                by(&rules)
            )));
        }
        let Some(rule) = &expected.rule else {
            return Ok(());
        };
        let whole = format!("{}/{rule}", self.owner);
        if rules
            .iter()
            .any(|found| **found == **rule || **found == *whole)
        {
            return Ok(());
        }
        Err(told(format!(
            "expected `{rule}` to decide, it was {}",
            by(&rules)
        )))
    }

    fn decide(&self, expected: &Expectation) -> Result<(Decision, Vec<Box<str>>, String), String> {
        let principal = Principal::Member(Arc::new(self.member(expected)?));
        let situation = self.situation(expected)?;
        let route = self.route(&expected.what)?;
        let class = self.class(expected, &route)?;
        let (action, resource) = match expected.action {
            Asked::Ouvrir => (Action::Ouvrir, Resource::Route(&route)),
            Asked::Envoyer => (Action::Envoyer, Resource::Route(&route)),
            Asked::Lire => (Action::Lire, Resource::Document(&class)),
        };
        let decided = decide(&self.ruleset, &principal, action, resource, &situation);
        Ok(match decided {
            Ok(permit) => (Decision::Allow, permit.rules().to_vec(), String::new()),
            Err(refusal) => {
                let said = refusal.sentence().to_owned();
                (Decision::Deny, refusal.rules().to_vec(), said)
            }
        })
    }

    fn class(&self, expected: &Expectation, route: &Route) -> Result<DocumentClass, String> {
        let (themes, collection) = (&expected.themes, expected.collection.as_deref());
        let mut named = themes.iter().map(String::as_str);
        let theme = named.find(|name| !self.classification.has_theme(name));
        let collection_unknown =
            collection.filter(|name| !self.classification.has_collection(name));
        if let Some(name) = theme.or(collection_unknown) {
            return Err(format!(
                "`{name}` is none of the `themes` and `collections` of the configuration"
            ));
        }
        let nature = expected.document.unwrap_or(Nature::Fiche);
        let mut class = DocumentClass::of(route.service.clone(), nature);
        if !themes.is_empty() {
            class.themes = themes.iter().map(|theme| theme.as_str().into()).collect();
        }
        class.collection = collection.map_or(class.collection, Into::into);
        Ok(class)
    }

    fn member(&self, expected: &Expectation) -> Result<Member, String> {
        let own = |id: &String| {
            if id.contains('/') {
                id.clone()
            } else {
                format!("{}/{id}", self.owner)
            }
        };
        let rights = expected.rights.iter().map(|right| {
            let (service, level) = right.split_once('/').unwrap_or((right, ""));
            let level = Level::parse(level);
            let level =
                level.ok_or_else(|| format!("`{right}` is no right: write service/level"))?;
            let service = service.into();
            Ok::<_, String>(Right { service, level })
        });
        Ok(Member {
            id: own(&expected.agent).as_str().into(),
            collectivite: self.owner.clone(),
            active: true,
            role: expected.role.unwrap_or(Role::Agent),
            groups: expected
                .groups
                .iter()
                .map(|id| own(id).as_str().into())
                .collect(),
            profile: expected.profile.as_ref().map(|id| own(id).as_str().into()),
            rights: rights.collect::<Result<_, _>>()?,
        })
    }

    fn situation(&self, expected: &Expectation) -> Result<Situation, String> {
        let at: DateTime = expected.at.to_string().parse().map_err(|_| {
            "`at` is a moment in Paris without an offset, as 2026-11-27T10:00:00".to_owned()
        })?;
        let paris = TimeZone::get("Europe/Paris").map_err(|error| error.to_string())?;
        let at = at.to_zoned(paris).map_err(|error| error.to_string())?;
        let address = match &expected.network {
            None => None,
            Some(name) => {
                let network = self.networks.iter().find(|network| *network.name == **name);
                let network = network.ok_or_else(|| format!("`{name}` is none of `[networks]`"))?;
                network.ranges.first().map(Range::first)
            }
        };
        let now = at.timestamp().as_second();
        Ok(Situation::at(now, address, expected.second_factor))
    }

    fn route(&self, what: &str) -> Result<Arc<Route>, String> {
        let found = route(self.entrances, what).cloned();
        found.ok_or_else(|| format!("`{what}` is no service and no area of one"))
    }
}
