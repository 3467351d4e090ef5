//! Which collectivités a change of guardrails hits: how many of their people would lose an access, or
//! have one again, at some time, from somewhere. People and areas that no rule tells apart are decided
//! about once.

use crate::correspondant::Correspondant;
use crate::entrance::{DOCUMENTS, Entrance};
use crate::portal::Portal;
use crate::referent::question::Wanted;
use accounts::{DirectoryEntry, Error};
use policies::{
    Action, CollectiviteId, Conditions, Guardrail, Member, Model, Nature, Principal, Ruleset,
    Situation, Target, alike_people, decide, moments, ways_in,
};
use std::iter::once;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Semaphore;
use tokio::time::timeout;

/// Most circumstances of one collectivité that are looked at.
const MOST: usize = 96;

/// How long one waits for its turn.
const PATIENCE: Duration = Duration::from_secs(30);

/// Everybody of a CIG is decided about: one takes its turn after the other.
static AT_ONCE: Semaphore = Semaphore::const_new(1);

/// A collectivité that is hit.
pub(super) struct Hit {
    pub(super) id: String,
    pub(super) name: String,
    /// Of its people, how many lose an access, and how many have one again.
    pub(super) losers: usize,
    pub(super) gainers: usize,
}

/// Those that `model` hits, in the order of their names, when `after` are the guardrails in force.
///
/// # Errors
/// Those of the store.
pub(super) async fn of(
    portal: &Portal,
    someone: &Correspondant,
    (model, only): (&Model, Option<&CollectiviteId>),
    after: &[Guardrail],
) -> Result<Vec<Hit>, Error> {
    let turn = timeout(PATIENCE, AT_ONCE.acquire()).await;
    let turn = turn.map_err(|_| Error::Busy)?;
    let (rulesets, now) = (portal.directory.rulesets(), portal.store.clock().now());
    let wanted: Arc<[Wanted]> = wanted(portal, &model.target).into();
    let service = model.target.service();
    let mut hits = Vec::new();
    for entry in portal.directory.entries() {
        let place = &entry.collectivite;
        let concerned = only.is_none_or(|only| *only == place.id) && place.active;
        let before = rulesets.get(&place.id);
        let Some(before) = before.filter(|_| concerned && place.services.contains(&service)) else {
            continue;
        };
        let trial = Trial {
            after: before.under(after),
            before: before.clone(),
            members: someone.overseen(portal).members_of(&place.id).await?,
            circumstances: circumstances(model, before, &entry, now),
            wanted: wanted.clone(),
        };
        let counted = tokio::task::spawn_blocking(move || trial.count()).await;
        let (losers, gainers) = counted.map_err(|error| Error::Unreadable(error.to_string()))?;
        if losers + gainers > 0 {
            hits.push(Hit {
                id: place.id.to_string(),
                name: place.name.clone(),
                losers,
                gainers,
            });
        }
    }
    drop(turn);
    hits.sort_by(|one, other| one.name.cmp(&other.name));
    Ok(hits)
}

/// All that somebody can want of what a guardrail is about.
fn wanted(portal: &Portal, target: &Target) -> Vec<Wanted> {
    let service = target.service();
    let entrance = portal.entrances.iter().find(|one| one.id == service);
    let routes = entrance.into_iter().flat_map(Entrance::routes);
    let routes = routes.flat_map(|route| {
        [Action::Ouvrir, Action::Envoyer].map(|action| Wanted::Route(action, route.clone()))
    });
    let kinds = Nature::ALL.iter().filter(|_| service.as_str() == DOCUMENTS);
    let documents = kinds.map(|nature| Wanted::documents(&service, *nature));
    let all = routes.chain(documents);
    all.filter(|wanted| target.includes(wanted.resource()))
        .collect()
}

/// Every way in which the rules on it hold at one time, from every place, with a second factor and
/// without.
fn circumstances(
    model: &Model,
    ruleset: &Ruleset,
    entry: &DirectoryEntry,
    now: i64,
) -> Vec<Situation> {
    let beside = ruleset.conditions_on(&model.target);
    let rules: Vec<&Conditions> = once(&model.conditions).chain(beside).collect();
    let ways = ways_in(&entry.networks).into_values().map(Some);
    let places: Vec<Option<IpAddr>> = once(None).chain(ways).collect();
    let all = moments(&rules, now).into_iter().flat_map(|at| {
        let at_one_time = places
            .iter()
            .flat_map(move |place| [true, false].map(|factor| Situation::at(at, *place, factor)));
        at_one_time.collect::<Vec<_>>()
    });
    all.take(MOST).collect()
}

/// One collectivité, before and after.
struct Trial {
    before: Arc<Ruleset>,
    after: Ruleset,
    members: Vec<Member>,
    circumstances: Vec<Situation>,
    wanted: Arc<[Wanted]>,
}

impl Trial {
    /// How many lose something, and how many gain.
    fn count(&self) -> (usize, usize) {
        let (mut losers, mut gainers) = (0, 0);
        for class in alike_people(&[&self.before, &self.after], &self.members) {
            let example = class.first().and_then(|place| self.members.get(*place));
            let Some(example) = example else { continue };
            let touched = self.judge(&Principal::Member(Arc::new(example.clone())));
            losers += if touched.0 { class.len() } else { 0 };
            gainers += if touched.1 { class.len() } else { 0 };
        }
        (losers, gainers)
    }

    /// Whether somebody loses something, and whether they gain.
    fn judge(&self, who: &Principal) -> (bool, bool) {
        let (mut loses, mut gains) = (false, false);
        for situation in &self.circumstances {
            for wanted in self.wanted.iter() {
                let (action, resource) = wanted.parts();
                let is_open =
                    |ruleset: &Ruleset| decide(ruleset, who, action, resource, situation).is_ok();
                let (was, is) = (is_open(&self.before), is_open(&self.after));
                loses |= was && !is;
                gains |= is && !was;
            }
        }
        (loses, gains)
    }
}
