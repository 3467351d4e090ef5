//! What a change of rules would have made of the accesses of the last thirty days, as the journal keeps
//! them: with the rights of today, in the circumstances of then.

use super::super::place::Door;
use super::super::verdict::{Pair, one};
use super::Study;
use crate::date;
use accounts::{PastDecision, Provenance};
use policies::{Action, Principal, Situation, Target, alike_people, ways_in};
use std::collections::{BTreeSet, HashMap};
use std::net::IpAddr;
use std::sync::Arc;

/// How far back, seconds.
pub(super) const BACK: i64 = 30 * 86_400;

/// The newest of so many are tried.
pub(super) const MOST: i64 = 20_000;

/// How many are told one by one.
const SHOWN: usize = 20;

/// What would have been otherwise.
#[derive(Clone, Debug, Default)]
pub(crate) struct Replay {
    /// How many accesses and refusals were tried.
    pub(crate) tried: usize,
    /// How many accesses would have been refused.
    pub(crate) refused: usize,
    /// How many refusals would have been accesses.
    pub(crate) opened: usize,
    /// The newest of both.
    pub(crate) lines: Vec<Replayed>,
    /// How many could not be tried: of people who are gone, or whose circumstances nobody knows.
    pub(crate) untried: usize,
    /// Whether there are older ones that were not tried.
    pub(crate) cut: bool,
    /// Whether the change is about documents, of which the journal says nothing.
    pub(crate) documents: bool,
}

/// An access that would have been refused, or the other way round.
#[derive(Clone, Debug)]
pub(crate) struct Replayed {
    pub(crate) when: String,
    pub(crate) name: String,
    pub(crate) place: String,
    /// « refusé » or « permis ».
    pub(crate) then: &'static str,
    pub(crate) instead: &'static str,
    pub(crate) reason: String,
}

/// All that a decision of the past depends on.
#[derive(PartialEq, Eq, Hash)]
struct Key<'a> {
    /// By a person for all whom no rule tells apart, and by a place for all such.
    person: usize,
    place: usize,
    sends: bool,
    /// Which rules hold then; the moment itself, where nobody can tell.
    holding: Vec<bool>,
    moment: Option<i64>,
    provenance: &'a Provenance,
}

impl Study {
    /// Tries the change on the past.
    pub(in crate::referent::rules) fn replay(&self) -> Replay {
        let mut replay = Replay {
            documents: self
                .targets
                .iter()
                .any(|target| matches!(target, Target::Documents(_))),
            cut: i64::try_from(self.past.len()).is_ok_and(|count| count >= MOST),
            ..Replay::default()
        };
        let bench = Bench::of(self);
        let mut known: HashMap<Key<'_>, Option<Pair>> = HashMap::new();
        for decision in &self.past {
            let Some(place) = bench.places.get(&*decision.area) else {
                continue;
            };
            let person = bench.people.get(&*decision.account);
            let Some((person, (key, address))) = person.zip(bench.key(decision, *place)) else {
                replay.untried += 1;
                continue;
            };
            let pair = known.entry(key).or_insert_with_key(|key| {
                let situation = Situation::at(decision.at, address, key.provenance.second_factor);
                bench.judge((key.person, key.place), decision.action, &situation)
            });
            if let Some(pair) = pair {
                replay.count(self, decision, (*person, *place), pair);
            }
        }
        replay
    }
}

impl Replay {
    fn count(
        &mut self,
        study: &Study,
        decision: &PastDecision,
        (person, place): (usize, usize),
        pair: &Pair,
    ) {
        self.tried += 1;
        let (was, is) = &**pair;
        // What would not be today what it was then is no matter of this change.
        let same = was.is_ok() == decision.permitted;
        if !same || was.is_ok() == is.is_ok() {
            return;
        }
        let (then, instead) = if decision.permitted {
            self.refused += 1;
            ("permis", "refusé")
        } else {
            self.opened += 1;
            ("refusé", "permis")
        };
        if self.lines.len() < SHOWN {
            self.lines.push(Replayed {
                when: date::long(decision.at),
                name: name_of(study.people.get(person).map(|one| &one.name)),
                place: name_of(study.places.get(place).map(|place| &place.name)),
                then,
                instead,
                reason: study.reason(was, is),
            });
        }
    }
}

fn name_of(name: Option<&String>) -> String {
    name.cloned().unwrap_or_default()
}

/// The first of its class, for each that is in one.
fn first_of_each(classes: Vec<Vec<usize>>) -> HashMap<usize, usize> {
    let classes = classes
        .into_iter()
        .filter_map(|class| Some((*class.first()?, class)));
    let pairs = classes.flat_map(|(first, class)| class.into_iter().map(move |one| (one, first)));
    pairs.collect()
}

/// What past decisions are tried with.
struct Bench<'a> {
    study: &'a Study,
    /// People, by their accounts.
    people: HashMap<&'a str, usize>,
    /// Who stands for whom.
    class_of_person: HashMap<usize, usize>,
    /// Areas, by their ids.
    places: HashMap<&'a str, usize>,
    class_of_place: HashMap<usize, usize>,
    /// An address for each way of lying in the networks of today.
    addresses: HashMap<BTreeSet<String>, IpAddr>,
    reads_address: bool,
}

impl<'a> Bench<'a> {
    fn of(study: &'a Study) -> Self {
        let rulesets = [&study.before, &study.after];
        let members: Vec<_> = study.members().cloned().collect();
        let people = study.people.iter().enumerate();
        let places = study.places.iter().enumerate();
        let places = places.filter_map(|(number, place)| match &place.door {
            Door::Route(route) => Some((&*route.id, number)),
            Door::Documents(_) => None,
        });
        let ways = ways_in(&study.networks).into_iter();
        let ways = ways.map(|(names, address)| {
            let names = names.iter().map(ToString::to_string);
            (names.collect(), address)
        });
        Self {
            people: people
                .map(|(number, one)| (&*one.account, number))
                .collect(),
            class_of_person: first_of_each(alike_people(&rulesets, &members)),
            places: places.collect(),
            class_of_place: first_of_each(study.alike_doors()),
            addresses: ways.collect(),
            reads_address: rulesets.iter().any(|ruleset| ruleset.reads("adresse")),
            study,
        }
    }

    /// What a decision depends on, and an address that it could have been asked from.
    fn key(&self, decision: &'a PastDecision, place: usize) -> Option<(Key<'a>, Option<IpAddr>)> {
        let provenance = decision.provenance.as_ref()?;
        // The journal keeps no address, which a text may ask for.
        if self.reads_address {
            return None;
        }
        let address = self.addresses.get(&provenance.networks).copied();
        if address.is_none() && !provenance.networks.is_empty() {
            return None;
        }
        let person = self.people.get(&*decision.account)?;
        let rules = self.study.models.iter();
        let key = Key {
            person: *self.class_of_person.get(person)?,
            place: *self.class_of_place.get(&place)?,
            sends: decision.action == Action::Envoyer,
            holding: rules
                .map(|model| model.conditions.is_time(decision.at))
                .collect(),
            moment: self.study.expert.then_some(decision.at.div_euclid(60)),
            provenance,
        };
        Some((key, address))
    }

    fn judge(
        &self,
        (person, place): (usize, usize),
        action: Action,
        situation: &Situation,
    ) -> Option<Pair> {
        let study = self.study;
        let member = study.people.get(person)?.member.clone();
        let principal = Principal::Member(Arc::new(member));
        let door = &study.places.get(place)?.door;
        let judge = |ruleset| one(ruleset, &principal, door, (action, situation));
        Some(Arc::new((judge(&study.before), judge(&study.after))))
    }
}
