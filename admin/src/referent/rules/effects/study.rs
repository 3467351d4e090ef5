//! The comparison itself.

mod gather;
mod replay;
mod told;

pub(crate) use replay::Replay;

use super::circumstances::{Circumstances, those_of};
use super::oneself::Oneself;
use super::place::{Door, Place};
use super::verdict::{Pair, Verdict, Words, level};
use crate::access::Effect;
use crate::referent::question::Somebody;
use accounts::PastDecision;
use policies::{
    CollectiviteId, Member, MembershipId, Model, Names, Network, Principal, Role, Rule, Ruleset,
    Situation, Target, alike_people, alike_routes,
};
use proof::{Prover, Report};
use std::sync::Arc;

/// The rules before and after, and everybody whom they judge.
pub(in crate::referent::rules) struct Study {
    pub(super) before: Ruleset,
    pub(super) after: Ruleset,
    /// The same without the CIG's guardrails, which may be gone one day.
    unguarded: (Ruleset, Ruleset),
    pub(super) networks: Vec<Network>,
    /// What rules call people and things.
    pub(in crate::referent::rules) names: Names,
    people: Vec<Somebody>,
    /// What was decided lately, the newest first.
    past: Vec<PastDecision>,
    places: Vec<Place>,
    /// Whether there are more documents than are looked at.
    cut: bool,
    /// What the rule that changes is about, before and after.
    targets: Vec<Target>,
    /// The rules before and after that bear on what the one that changes is about, that one first: what
    /// one opens, another may close, each in its circumstances.
    models: Vec<Model>,
    /// The rule that changes, as decisions name it.
    pub(super) changed: String,
    /// Whoever makes the change.
    pub(super) oneself: Oneself,
    /// Whether a rule before or after is one that no model writes.
    expert: bool,
    /// False for a draft that does not hold any more: nothing changes then.
    draft_holds: bool,
    /// The rules that stay in force beside the change, and do not hold any more.
    broken: Vec<Rule>,
}

/// What a change of rules makes of accesses in certain circumstances.
#[derive(Clone, Debug, Default)]
pub(crate) struct Changes {
    pub(crate) gains: Vec<Effect>,
    pub(crate) losses: Vec<Effect>,
    /// People whose accesses stay as they are.
    pub(crate) unchanged: usize,
    /// The ids of whoever loses something.
    pub(crate) losers: Vec<MembershipId>,
    /// The services that nobody opens any more, by their names.
    pub(crate) deserted: Vec<String>,
}

impl Changes {
    /// Whether nobody gains or loses anything.
    pub(super) fn are_none(&self) -> bool {
        self.gains.is_empty() && self.losses.is_empty()
    }
}

impl Study {
    /// All circumstances that matter from `now` on, and how many of them are too many to look at.
    pub(in crate::referent::rules) fn circumstances(
        &self,
        now: i64,
    ) -> (Vec<Circumstances>, usize) {
        let rules: Vec<_> = self.models.iter().map(|model| &model.conditions).collect();
        // « Texte expert » may ask for anything.
        let networks = self.networks.iter().filter(|_| self.expert);
        let networks = networks.map(|network| network.name.clone()).collect();
        those_of(&rules, networks, self.expert, now)
    }

    pub(super) fn members(&self) -> impl Iterator<Item = &Member> {
        self.people.iter().map(|one| &one.member)
    }

    /// Whoever manages the collectivité.
    pub(in crate::referent::rules) fn referents(&self) -> impl Iterator<Item = &Member> {
        self.members()
            .filter(|member| member.role == Role::Referent)
    }

    /// How far somebody got, and gets, to what a rule is about.
    pub(super) fn target_verdicts(
        &self,
        rule: &Model,
        member: &Member,
        circumstances: &Circumstances,
    ) -> Option<(Verdict, Verdict)> {
        let place = self
            .places
            .iter()
            .find(|place| rule.target.includes(place.door.resource()))?;
        let principal = Principal::Member(Arc::new(member.clone()));
        let situation = circumstances.situation(&self.networks);
        let judge = |ruleset| self.judge(ruleset, &principal, place, &situation);
        Some((judge(&self.before), judge(&self.after)))
    }

    /// A rule after the change in words.
    pub(in crate::referent::rules) fn say(&self, rule: &str) -> Option<String> {
        self.words().said(rule)
    }

    fn words(&self) -> Words<'_> {
        Words {
            ruleset: &self.after,
            names: &self.names,
        }
    }

    /// What the solver finds out of the change; `id` is that of the rule that is to count.
    pub(in crate::referent::rules) async fn prove(
        &self,
        prover: &Prover,
        owner: &CollectiviteId,
        id: Option<&str>,
    ) -> Report {
        let changed: Vec<_> = id.map(|id| format!("{owner}/{id}")).into_iter().collect();
        let (before, after) = (&self.before, &self.after);
        prover.study(before, after, &changed).await
    }

    /// Decides everything twice.
    pub(in crate::referent::rules) fn at(&self, circumstances: &Circumstances) -> Changes {
        let situation = circumstances.situation(&self.networks);
        let rulesets = [&self.before, &self.after];
        let members: Vec<_> = self.members().cloned().collect();
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
                    let name = self.people.get(person).map(|one| one.name.clone());
                    let effect = Effect {
                        name: name.unwrap_or_default(),
                        ..effect.clone()
                    };
                    (person, *gains, effect)
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
        let losing = found.iter().filter(|(_, gains, _)| !gains);
        let losers =
            losing.filter_map(|(person, ..)| Some(self.people.get(*person)?.member.id.clone()));
        let losers = losers.collect();
        let closes = |number: usize| open.get(number) == Some(&(true, false));
        let deserted = self.places.iter().enumerate().filter(|(number, place)| {
            let whole = place.within.iter().any(|wider| closes(*wider));
            closes(*number) && !whole
        });
        let mut changes = Changes {
            unchanged: self.people.len() - touched.len(),
            losers,
            deserted: deserted.map(|(_, place)| place.name.clone()).collect(),
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
    pub(super) fn alike_doors(&self) -> Vec<Vec<usize>> {
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
        let judge = |place: &Place| {
            let judge = |ruleset| self.judge(ruleset, &principal, place, situation);
            (judge(&self.before), judge(&self.after))
        };
        self.by_door(doors, judge)
    }

    /// How far somebody gets: to documents, only by the door of the service that holds them.
    fn judge(
        &self,
        ruleset: &Ruleset,
        principal: &Principal,
        place: &Place,
        situation: &Situation,
    ) -> Verdict {
        let mut within = place.within.iter().filter(|_| place.documents.is_some());
        let service = within.find_map(|wider| match &self.places.get(*wider)?.door {
            Door::Route(route) => Some(Door::Route(route.clone())),
            Door::Documents(_) => None,
        });
        if let Some(door) = service {
            level(ruleset, principal, &door, situation)?;
        }
        level(ruleset, principal, &place.door, situation)
    }

    /// For every place, as if there were no guardrails and no door before documents: those may be opened by
    /// others one day.
    pub(super) fn unguarded_verdicts(
        &self,
        member: &Member,
        doors: &[Vec<usize>],
        situation: &Situation,
    ) -> Vec<Pair> {
        let (before, after) = &self.unguarded;
        let principal = Principal::Member(Arc::new(member.clone()));
        let judge = |place: &Place| {
            let judge = |ruleset| level(ruleset, &principal, &place.door, situation);
            (judge(before), judge(after))
        };
        self.by_door(doors, judge)
    }

    /// Judges one of each class of doors.
    fn by_door(
        &self,
        doors: &[Vec<usize>],
        judge: impl Fn(&Place) -> (Verdict, Verdict),
    ) -> Vec<Pair> {
        let mut verdicts = vec![None; self.places.len()];
        for class in doors {
            let example = class.first().and_then(|number| self.places.get(*number));
            let Some(place) = example else {
                continue;
            };
            let pair = Arc::new(judge(place));
            for number in class {
                if let Some(verdict) = verdicts.get_mut(*number) {
                    *verdict = Some(pair.clone());
                }
            }
        }
        verdicts.into_iter().flatten().collect()
    }
}
