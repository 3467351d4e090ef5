//! Which collectivités a change of guardrails hits: how many of their people would lose an access, or
//! have one again, at some time, from somewhere. People and areas that no rule tells apart are decided
//! about once.

use crate::correspondant::Correspondant;
use crate::entrance::{DOCUMENTS, Entrance};
use crate::portal::Portal;
use crate::referent::question::Wanted;
use accounts::{DirectoryEntry, Error};
use policies::{
    Access, Action, CollectiviteId, Conditions, Guardrail, Member, Model, Principal, Ruleset,
    Shelves, Situation, alike_people, moments, ways_in,
};
use rayon::prelude::*;
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

/// How many collectivités are decided about in one go.
const CHUNK: usize = 64;

/// A guardrail of the change: what it says, and of which collectivité alone.
pub(super) type Said = (Model, Option<CollectiviteId>);

/// A collectivité that is hit.
pub(super) struct Hit {
    pub(super) id: String,
    pub(super) name: String,
    /// Of its people, how many lose an access, and how many have one again.
    pub(super) losers: usize,
    pub(super) gainers: usize,
}

/// Those that are hit, in the order of their names, and whether circumstances were left out.
pub(super) type Hits = (Vec<Hit>, bool);

/// Those that a change hits, when `after` are the guardrails in force; `said` is what counted before and
/// what counts then.
///
/// # Errors
/// Those of the store.
pub(super) async fn of(
    portal: &Portal,
    someone: &Correspondant,
    said: &[Said],
    after: &[Guardrail],
) -> Result<Hits, Error> {
    let turn = timeout(PATIENCE, AT_ONCE.acquire()).await;
    let turn = turn.map_err(|_| Error::Busy)?;
    let routes: Arc<[Wanted]> = routes(portal, said).into();
    let (mut hits, mut cut) = (Vec::new(), false);
    for entries in portal.directory.entries().chunks(CHUNK) {
        let mut trials = Vec::new();
        for entry in entries {
            let trial = Trial::of(portal, someone, (said, after), entry, &routes).await?;
            trials.extend(trial);
        }
        cut |= trials.iter().any(|trial| trial.cut);
        let found = tokio::task::spawn_blocking(move || {
            let found = trials.par_iter().filter_map(Trial::hit);
            found.collect::<Vec<_>>()
        });
        let found = found.await;
        hits.extend(found.map_err(|error| Error::Unreadable(error.to_string()))?);
    }
    drop(turn);
    hits.sort_by(|one, other| one.name.cmp(&other.name));
    Ok((hits, cut))
}

/// All that somebody can want of the areas that the change is about. What is open to everybody stays open:
/// there people pass as nobody.
fn routes(portal: &Portal, said: &[Said]) -> Vec<Wanted> {
    let routes = portal.entrances.iter().flat_map(Entrance::routes);
    let routes = routes.filter(|route| route.access != Access::Public);
    let routes = routes.flat_map(|route| {
        [Action::Ouvrir, Action::Envoyer].map(|action| Wanted::Route(action, route.clone()))
    });
    routes.filter(|wanted| is_about(said, wanted)).collect()
}

/// The same of documents, as far as the rules of a collectivité tell them apart; and whether that is too far.
fn documents(portal: &Portal, said: &[Said], rulesets: &[&Ruleset]) -> (Vec<Wanted>, bool) {
    let is_meant = |entrance: &&Entrance| {
        let mut models = said.iter().map(|(model, _)| model);
        models.any(|model| model.target.service() == entrance.id)
    };
    let Some(entrance) = portal.entrance(DOCUMENTS).filter(is_meant) else {
        return (Vec::new(), false);
    };
    let (shelves, cut) = Shelves::of(rulesets).all(&entrance.id);
    let wanted = shelves.into_iter();
    let wanted = wanted.map(|shelf| Wanted::Document(shelf.class, entrance.whole.clone()));
    let wanted = wanted.filter(|wanted| is_about(said, wanted));
    (wanted.collect(), cut)
}

fn is_about(said: &[Said], wanted: &Wanted) -> bool {
    let mut models = said.iter();
    models.any(|(model, _)| model.target.includes(wanted.resource()))
}

/// Every way in which the rules on it hold at one time, from every place, with a second factor and
/// without; and whether there are more than are looked at.
fn circumstances(
    models: &[&Model],
    ruleset: &Ruleset,
    entry: &DirectoryEntry,
    now: i64,
) -> (Vec<Situation>, bool) {
    let targets = models.iter().map(|model| &model.target);
    let beside = targets.flat_map(|target| ruleset.conditions_on(target));
    let own = models.iter().map(|model| &model.conditions);
    let rules: Vec<&Conditions> = own.chain(beside).collect();
    let ways = ways_in(&entry.networks).into_values().map(Some);
    let places: Vec<Option<IpAddr>> = once(None).chain(ways).collect();
    let all = moments(&rules, now).into_iter().flat_map(|at| {
        let at_one_time = places
            .iter()
            .flat_map(move |place| [true, false].map(|factor| Situation::at(at, *place, factor)));
        at_one_time.collect::<Vec<_>>()
    });
    let mut all: Vec<_> = all.take(MOST + 1).collect();
    let cut = all.len() > MOST;
    all.truncate(MOST);
    (all, cut)
}

/// One collectivité, before and after.
struct Trial {
    id: String,
    name: String,
    before: Arc<Ruleset>,
    after: Ruleset,
    members: Vec<Member>,
    circumstances: Vec<Situation>,
    cut: bool,
    routes: Arc<[Wanted]>,
    documents: Vec<Wanted>,
}

impl Trial {
    /// `None` for one that the change does not concern.
    async fn of(
        portal: &Portal,
        someone: &Correspondant,
        (said, after): (&[Said], &[Guardrail]),
        entry: &DirectoryEntry,
        routes: &Arc<[Wanted]>,
    ) -> Result<Option<Self>, Error> {
        let place = &entry.collectivite;
        let concerns = |(model, only): &&Said| {
            let service = model.target.service();
            only.as_ref().is_none_or(|only| *only == place.id) && place.services.contains(&service)
        };
        let models = said.iter().filter(concerns).map(|(model, _)| model);
        let models: Vec<_> = models.filter(|_| place.active).collect();
        let rulesets = portal.directory.rulesets();
        let before = rulesets.get(&place.id).filter(|_| !models.is_empty());
        let Some(before) = before else {
            return Ok(None);
        };
        let now = portal.store.clock().now();
        let (circumstances, cut) = circumstances(&models, before, entry, now);
        let after = before.under(after);
        let (documents, more) = documents(portal, said, &[before, &after]);
        Ok(Some(Self {
            id: place.id.to_string(),
            name: place.name.clone(),
            documents,
            after,
            before: before.clone(),
            members: someone.overseen(portal).members_of(&place.id).await?,
            circumstances,
            cut: cut || more,
            routes: routes.clone(),
        }))
    }

    /// How many lose something, and how many gain; nothing when nobody does.
    fn hit(&self) -> Option<Hit> {
        let (mut losers, mut gainers) = (0, 0);
        for class in alike_people(&[&self.before, &self.after], &self.members) {
            let example = class.first().and_then(|place| self.members.get(*place));
            let Some(example) = example else { continue };
            let touched = self.judge(&Principal::Member(Arc::new(example.clone())));
            losers += if touched.0 { class.len() } else { 0 };
            gainers += if touched.1 { class.len() } else { 0 };
        }
        (losers + gainers > 0).then(|| Hit {
            id: self.id.clone(),
            name: self.name.clone(),
            losers,
            gainers,
        })
    }

    /// Whether somebody loses something, and whether they gain.
    fn judge(&self, who: &Principal) -> (bool, bool) {
        let mut touched = (false, false);
        for situation in &self.circumstances {
            for wanted in self.routes.iter().chain(&self.documents) {
                let is_open = |ruleset| wanted.judge(ruleset, who, situation).is_ok();
                let (was, is) = (is_open(&self.before), is_open(&self.after));
                touched = (touched.0 || (was && !is), touched.1 || (is && !was));
            }
            if touched == (true, true) {
                break;
            }
        }
        touched
    }
}
