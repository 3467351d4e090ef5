//! The comparison itself.

use super::Circumstances;
use crate::access::Effect;
use crate::entrance::{DOCUMENTS, Entrance, NOTHING, plain_name};
use crate::portal::Portal;
use crate::referent::{Referent, preview};
use accounts::{Error, RollFilter, RuleVersion};
use policies::{
    Action, Diffusion, DocumentClass, Level, Member, Names, Nature, Network, Permit, Principal,
    Reason, Refusal, Resource, Role, Route, Rule, Ruleset, Situation, alike_people, alike_routes,
    decide,
};
use std::sync::Arc;

/// A place whose door may change.
struct Place {
    /// « Net Cotisations », « Site, rubrique « Espace réservé » ».
    name: String,
    door: Door,
    /// The place of the service that it is an area of; its own for a service.
    service: usize,
}

enum Door {
    Route(Arc<Route>),
    Documents(DocumentClass),
}

impl Door {
    fn resource(&self) -> Resource<'_> {
        match self {
            Self::Route(route) => Resource::Route(route),
            Self::Documents(class) => Resource::Document(class),
        }
    }
}

/// The rules before and after, and everybody whom they judge.
pub(in crate::referent::rules) struct Study {
    before: Ruleset,
    after: Ruleset,
    networks: Vec<Network>,
    /// What rules call people and things.
    names: Names,
    people: Vec<(String, Member)>,
    places: Vec<Place>,
}

/// What a change of rules makes of accesses in certain circumstances.
#[derive(Clone, Debug, Default)]
pub(in crate::referent::rules) struct Changes {
    pub(in crate::referent::rules) gains: Vec<Effect>,
    pub(in crate::referent::rules) losses: Vec<Effect>,
    /// People whose accesses stay as they are.
    pub(in crate::referent::rules) unchanged: usize,
    /// The ids of whoever loses something.
    pub(in crate::referent::rules) losers: Vec<policies::MembershipId>,
    /// The services that nobody opens any more, by their names.
    pub(in crate::referent::rules) deserted: Vec<String>,
}

/// How far a door is open, or why it is not.
type Verdict = Result<(Level, Permit), Refusal>;

/// Before and after.
type Pair = Arc<(Verdict, Verdict)>;

/// A service, its other areas, and the kinds of documents that it holds.
fn places_of(entrance: &Entrance, places: &mut Vec<Place>) {
    let service = places.len();
    let place = |name: String, door: Door| Place {
        name,
        door,
        service,
    };
    places.push(place(
        entrance.name.clone(),
        Door::Route(entrance.route.clone()),
    ));
    let areas = entrance.areas.iter();
    let areas = areas.filter(|area| area.route.id != entrance.route.id);
    places.extend(areas.map(|area| {
        let name = format!("{}, rubrique «\u{a0}{}\u{a0}»", entrance.name, area.name);
        place(name, Door::Route(area.route.clone()))
    }));
    if entrance.id.as_str() == DOCUMENTS {
        places.extend(Nature::ALL.into_iter().map(|nature| {
            let class = DocumentClass {
                service: entrance.id.clone(),
                nature,
                diffusion: Diffusion::Adherents,
                reserve_a: Vec::new(),
            };
            let name = format!("{}, {}", entrance.name, nature.plural());
            place(name, Door::Documents(class))
        }));
    }
}

impl Study {
    fn new(
        (before, after): (Ruleset, Ruleset),
        networks: Vec<Network>,
        names: Names,
        people: Vec<(String, Member)>,
        services: &[&Entrance],
    ) -> Self {
        let mut places = Vec::new();
        for entrance in services {
            places_of(entrance, &mut places);
        }
        Self {
            before,
            after,
            networks,
            names,
            people,
            places,
        }
    }

    /// The change that puts a rule in the place of the one of this id, or takes it away.
    pub(in crate::referent::rules) async fn of(
        portal: &Portal,
        referent: &Referent,
        id: &str,
        rule: Option<&Rule>,
        names: Names,
    ) -> Result<Self, Error> {
        let within = referent.within(portal);
        let entry = &referent.entry;
        let build = |rules: &[Rule]| {
            let tenant = entry.collectivite.tenant();
            let built = Ruleset::build(portal.directory.vocabulary(), &tenant, rules);
            built.map(|ruleset| ruleset.with_networks(entry.networks.clone()))
        };
        let in_force = within.list_rules().await?.into_iter();
        let in_force = in_force.filter(RuleVersion::is_in_force);
        let before: Vec<_> = in_force.map(|version| version.rule).collect();
        let others = before.iter().filter(|other| other.id != id);
        let after: Vec<_> = others.chain(rule).cloned().collect();
        let profiles = within.list_profiles().await?;
        let entries = within.list_all(&RollFilter::default()).await?;
        let now = portal.store.clock().now();
        let people = within.holders(entries).await?.into_iter().map(|holder| {
            let profile = preview::profile_of(&profiles, holder.entry.profile.as_deref());
            let member = preview::member(referent, &holder, profile, now);
            (holder.entry.full_name(), member)
        });
        Ok(Self::new(
            (build(&before)?, build(&after)?),
            entry.networks.clone(),
            names,
            people.collect(),
            &referent.services(portal),
        ))
    }

    /// Whoever manages the collectivité.
    pub(in crate::referent::rules) fn referents(&self) -> impl Iterator<Item = &Member> {
        let members = self.people.iter().map(|(_, member)| member);
        members.filter(|member| member.role == Role::Referent)
    }

    /// Decides everything twice.
    pub(in crate::referent::rules) fn at(&self, circumstances: &Circumstances) -> Changes {
        let situation = circumstances.situation(&self.networks);
        let rulesets = [&self.before, &self.after];
        let members: Vec<_> = self
            .people
            .iter()
            .map(|(_, member)| member.clone())
            .collect();
        let (people, doors) = (alike_people(&rulesets, &members), self.alike_doors());
        let mut found: Vec<(usize, bool, Effect)> = Vec::new();
        let mut open = vec![(false, false); self.places.len()];
        for class in people {
            let Some(example) = class.first().and_then(|place| members.get(*place)) else {
                continue;
            };
            let verdicts = self.verdicts(example, &doors, &situation);
            for (open, pair) in open.iter_mut().zip(&verdicts) {
                *open = (open.0 || pair.0.is_ok(), open.1 || pair.1.is_ok());
            }
            let changed = self.changed(&verdicts);
            for person in class {
                let named = changed.iter().map(|(gains, effect)| {
                    let name = self.people.get(person).map(|(name, _)| name.clone());
                    let name = name.unwrap_or_default();
                    (
                        person,
                        *gains,
                        Effect {
                            name,
                            ..effect.clone()
                        },
                    )
                });
                found.extend(named);
            }
        }
        self.summary(found, &open)
    }

    fn summary(&self, mut found: Vec<(usize, bool, Effect)>, open: &[(bool, bool)]) -> Changes {
        found.sort_by_key(|(person, ..)| *person);
        let mut touched: Vec<_> = found.iter().map(|(person, ..)| *person).collect();
        touched.dedup();
        let losers = found.iter().filter(|(_, gains, _)| !gains);
        let losers = losers.filter_map(|(person, ..)| Some(self.people.get(*person)?.1.id.clone()));
        let deserted = self
            .places
            .iter()
            .zip(open)
            .filter(|(_, open)| **open == (true, false));
        let mut changes = Changes {
            unchanged: self.people.len() - touched.len(),
            losers: losers.collect(),
            deserted: deserted.map(|(place, _)| place.name.clone()).collect(),
            ..Changes::default()
        };
        for (_, gains, effect) in found {
            if gains {
                changes.gains.push(effect);
            } else {
                changes.losses.push(effect);
            }
        }
        changes
    }

    /// The places whose doors no rule tells apart.
    fn alike_doors(&self) -> Vec<Vec<usize>> {
        let (mut numbers, mut routes, mut alone) = (Vec::new(), Vec::new(), Vec::new());
        for (number, place) in self.places.iter().enumerate() {
            match &place.door {
                Door::Route(route) => {
                    numbers.push(number);
                    routes.push(&**route);
                }
                Door::Documents(_) => alone.push(vec![number]),
            }
        }
        let classes = alike_routes(&[&self.before, &self.after], &routes).into_iter();
        let number = |place: usize| numbers.get(place).copied();
        let classes = classes.map(|class| class.into_iter().filter_map(number).collect());
        classes.chain(alone).collect()
    }

    /// For every place.
    fn verdicts(&self, member: &Member, doors: &[Vec<usize>], situation: &Situation) -> Vec<Pair> {
        let principal = Principal::Member(Arc::new(member.clone()));
        let mut verdicts = vec![None; self.places.len()];
        for class in doors {
            let example = class.first().and_then(|number| self.places.get(*number));
            let Some(Place { door, .. }) = example else {
                continue;
            };
            let judge = |ruleset| level(ruleset, &principal, door, situation);
            let pair = Arc::new((judge(&self.before), judge(&self.after)));
            for number in class {
                if let Some(verdict) = verdicts.get_mut(*number) {
                    *verdict = Some(pair.clone());
                }
            }
        }
        verdicts.into_iter().flatten().collect()
    }

    /// The changes; an area that changes as its service does is not told again.
    fn changed(&self, verdicts: &[Pair]) -> Vec<(bool, Effect)> {
        let levels = |place: usize| {
            let (was, is) = &**verdicts.get(place)?;
            Some((reach(was).cloned(), reach(is).cloned()))
        };
        let places = self.places.iter().enumerate();
        let changed = places.filter_map(|(number, place)| {
            let (was, is) = &**verdicts.get(number)?;
            let told = place.service != number && levels(place.service) == levels(number);
            if reach(was) == reach(is) || told {
                return None;
            }
            let gains = reach(is) > reach(was);
            Some((
                gains,
                Effect {
                    name: String::new(),
                    service: place.name.clone(),
                    before: name(was),
                    after: name(is),
                    reason: if gains { self.gain(is) } else { self.loss(is) },
                },
            ))
        });
        changed.collect()
    }

    fn gain(&self, is: &Verdict) -> String {
        let mut rules = is.iter().flat_map(|(_, permit)| permit.rules());
        let told = rules.find_map(|rule| self.said(&self.after, rule));
        told.unwrap_or_else(|| "par un droit, que rien ne ferme plus".to_owned())
    }

    fn loss(&self, is: &Verdict) -> String {
        let refusal = match is {
            Ok((level, _)) => return format!("il reste\u{a0}: {}", plain_name(level)),
            Err(refusal) => refusal,
        };
        let forbidding = refusal.rules().iter().map(|rule| &**rule);
        let missed = refusal.missed().iter().map(|missed| &*missed.rule);
        let mut rules = forbidding.chain(missed);
        let told = rules.find_map(|rule| self.said(&self.after, rule));
        match (refusal.reason(), told) {
            (_, Some(told)) => told,
            (Reason::NoRight, None) => "plus aucun droit ni aucune règle ne l’ouvre".to_owned(),
            (_, None) => refusal.sentence().to_owned(),
        }
    }

    /// A rule of the collectivité in words.
    fn said(&self, ruleset: &Ruleset, rule: &str) -> Option<String> {
        let model = ruleset.model(rule).map(|model| model.sentence(&self.names));
        model.or_else(|| {
            let own = !rule.starts_with("droit/");
            own.then(|| ruleset.label(rule).map(str::to_owned))
                .flatten()
        })
    }
}

fn level(ruleset: &Ruleset, principal: &Principal, door: &Door, situation: &Situation) -> Verdict {
    let ask = |action| decide(ruleset, principal, action, door.resource(), situation);
    if matches!(door, Door::Documents(_)) {
        return Ok((Level::Lecture, ask(Action::Lire)?));
    }
    let reading = ask(Action::Ouvrir)?;
    Ok(match ask(Action::Envoyer) {
        Ok(permit) => (Level::Ecriture, permit),
        Err(_) => (Level::Lecture, reading),
    })
}

fn reach(verdict: &Verdict) -> Option<&Level> {
    verdict.as_ref().ok().map(|(level, _)| level)
}

fn name(verdict: &Verdict) -> String {
    reach(verdict).map_or(NOTHING, plain_name).to_owned()
}
