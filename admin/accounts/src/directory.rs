//! What the way of a request and the pages keep in memory of collectivités: rulesets, names,
//! référents, and the keys of assertions. Built whole, read without locks, swapped.

use crate::cig::CIG;
use crate::collectivite::Collectivite;
use crate::error::Error;
use crate::store::Store;
use arc_swap::ArcSwap;
use policies::{
    CollectiviteId, Guardrail, Network, Rule, Ruleset, Rulesets, SigningKey, VerifyingKeys,
    Vocabulary,
};
use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// A collectivité, as pages name it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Entry {
    /// The collectivité.
    pub collectivite: Collectivite,
    /// Its référents, in the order of family names, whether or not their mandates run.
    referents: Vec<Referent>,
    /// Its networks that were confirmed.
    pub networks: Vec<Network>,
}

impl Entry {
    /// The référents of a moment (Unix seconds): mandates begin and end by themselves.
    pub fn referents(&self, now: i64) -> Vec<Referent> {
        let in_office = |referent: &&Referent| {
            referent.from.is_none_or(|from| from <= now)
                && referent.until.is_none_or(|until| now < until)
        };
        self.referents.iter().filter(in_office).cloned().collect()
    }
}

/// Whom the members of a collectivité turn to.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Referent {
    /// « Renée Martin ».
    pub name: String,
    /// Where she is written to.
    pub email: String,
    /// When her mandate begins, Unix seconds; none if it always ran.
    pub(crate) from: Option<i64>,
    /// When it ends, or she leaves.
    pub(crate) until: Option<i64>,
}

/// What the alarm of guardrails that do not hold asks for.
const MEND_ABOVE: &str =
    "a guardrail in force does not hold. A correspondant withdraws it in « Garde-fous »";

/// What the store says of a collectivité.
struct Read {
    entry: Entry,
    rules: Vec<Rule>,
    /// Whether all but its rules is as it was.
    unchanged: bool,
}

/// What the alarm of rules that do not hold asks for.
const MEND: &str =
    "a rule in force does not hold. A référent changes or withdraws it in « Règles »";

/// The collectivités of an installation at one moment, and the keys.
#[derive(Debug)]
pub struct Directory {
    vocabulary: Arc<Vocabulary>,
    rulesets: ArcSwap<Rulesets>,
    entries: ArcSwap<HashMap<CollectiviteId, Arc<Entry>>>,
    keys: ArcSwap<(Vec<SigningKey>, Arc<VerifyingKeys>)>,
    /// The collectivités whose rules do not hold.
    broken: Mutex<HashSet<CollectiviteId>>,
}

impl Directory {
    /// Reads everything once.
    ///
    /// # Errors
    /// [`Error::Unavailable`]. A collectivité whose rules do not hold opens no service and is logged.
    pub async fn load(store: &Store, vocabulary: Arc<Vocabulary>) -> Result<Self, Error> {
        let anonymous = Arc::new(Ruleset::anonymous(&vocabulary));
        let directory = Self {
            vocabulary,
            rulesets: ArcSwap::from_pointee(Rulesets::new(anonymous, HashMap::new())),
            entries: ArcSwap::default(),
            keys: ArcSwap::from_pointee((Vec::new(), Arc::default())),
            broken: Mutex::default(),
        };
        directory
            .reload(store, &store.list_collectivites().await?)
            .await?;
        directory.reload_guardrails(store).await?;
        directory.reload_keys(store).await?;
        Ok(directory)
    }

    /// The words rules are written in.
    pub fn vocabulary(&self) -> &Arc<Vocabulary> {
        &self.vocabulary
    }

    /// The rulesets as they stand.
    pub fn rulesets(&self) -> Arc<Rulesets> {
        self.rulesets.load_full()
    }

    /// A collectivité's entry, if it is known.
    pub fn find(&self, id: &CollectiviteId) -> Option<Arc<Entry>> {
        self.entries.load().get(id).cloned()
    }

    /// Every collectivité that is known.
    pub fn entries(&self) -> Vec<Arc<Entry>> {
        self.entries.load().values().cloned().collect()
    }

    /// The body that a collectivité turns to: its centre de gestion, or else the CIG.
    pub fn body_above(&self, collectivite: &Collectivite) -> Option<Arc<Entry>> {
        let above = collectivite.cdg.clone();
        self.find(&above.unwrap_or_else(|| CIG.into()))
    }

    /// The public halves of the signing keys.
    pub fn verifying_keys(&self) -> Arc<VerifyingKeys> {
        self.keys.load().1.clone()
    }

    /// Signs with the newest key.
    ///
    /// # Errors
    /// [`Error::Sealed`] when there is none.
    pub fn sign(&self, claims: &policies::Claims) -> Result<String, Error> {
        let keys = self.keys.load();
        keys.0
            .first()
            .and_then(|key| key.sign(claims).ok())
            .ok_or(Error::Sealed)
    }

    /// Reads these collectivités again and swaps them in together. The last good ruleset stays when the
    /// rules of one do not hold, as long as the rest of it is unchanged; its services are closed else.
    pub(crate) async fn reload(&self, store: &Store, ids: &[CollectiviteId]) -> Result<(), Error> {
        let mut entries = HashMap::clone(&self.entries.load());
        let mut rulesets = Rulesets::clone(&self.rulesets.load());
        let mut read = Vec::with_capacity(ids.len());
        for id in ids {
            read.extend(self.read(store, id).await?);
        }
        for (id, ruleset) in self.build(&read).await? {
            rulesets.set(id, &ruleset);
        }
        let read = read.into_iter().map(|read| read.entry);
        entries.extend(read.map(|entry| (entry.collectivite.id.clone(), Arc::new(entry))));
        self.rulesets.store(Arc::new(rulesets));
        self.entries.store(Arc::new(entries));
        Ok(())
    }

    async fn read(&self, store: &Store, id: &CollectiviteId) -> Result<Option<Read>, Error> {
        let Some(collectivite) = store.find_collectivite(id).await? else {
            return Ok(None);
        };
        let rules = store.list_rules(id).await?.into_iter();
        let networks = store.confirmed_networks(id).await?;
        // What the CIG opens to it or closes, and confirms, is no rule of its own, and must hold.
        let unchanged = self.find(id).is_some_and(|entry| {
            entry.collectivite.tenant() == collectivite.tenant() && entry.networks == networks
        });
        Ok(Some(Read {
            rules: rules.map(|stored| stored.rule).collect(),
            unchanged,
            entry: Entry {
                collectivite,
                referents: store.list_referents(id).await?,
                networks,
            },
        }))
    }

    /// Their rulesets, on all processors and beside the threads that answer; none for one that keeps what
    /// it has.
    async fn build(&self, read: &[Read]) -> Result<Vec<(CollectiviteId, Ruleset)>, Error> {
        let vocabulary = self.vocabulary.clone();
        let towns: Vec<_> = read
            .iter()
            .map(|read| (read.entry.collectivite.tenant(), read.rules.clone()))
            .collect();
        let built = tokio::task::spawn_blocking(move || {
            let built = Ruleset::build_all(&vocabulary, &towns);
            towns
                .into_iter()
                .map(|(tenant, _)| tenant)
                .zip(built)
                .collect::<Vec<_>>()
        });
        let built = built
            .await
            .map_err(|error| Error::Unreadable(error.to_string()))?;
        let mut rulesets = Vec::with_capacity(built.len());
        for (read, (tenant, built)) in read.iter().zip(built) {
            let id = &tenant.id;
            self.note(id, built.is_ok());
            let ruleset = match built {
                Ok(ruleset) => ruleset,
                Err(error) if read.unchanged => {
                    tracing::error!(collectivite.id = %id, %error, "Kept the last good ruleset of `{id}`: {MEND}");
                    continue;
                }
                Err(error) => {
                    tracing::error!(collectivite.id = %id, %error, "Closed the services of `{id}`: {MEND}");
                    Ruleset::closed(&self.vocabulary, &tenant)?
                }
            };
            let ruleset = ruleset.with_networks(read.entry.networks.clone());
            rulesets.push((tenant.id, ruleset));
        }
        Ok(rulesets)
    }

    /// How many collectivités have rules that do not hold: closed, or judged by the last good ones.
    pub fn count_broken(&self) -> usize {
        self.broken().len()
    }

    fn broken(&self) -> MutexGuard<'_, HashSet<CollectiviteId>> {
        self.broken.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn note(&self, id: &CollectiviteId, holds: bool) {
        let mut broken = self.broken();
        if holds {
            broken.remove(id);
        } else {
            broken.insert(id.clone());
        }
    }

    /// Reads the guardrails again that the CIG wrote: see [`Guardrail::read_all`].
    pub(crate) async fn reload_guardrails(&self, store: &Store) -> Result<(), Error> {
        let stored = store.guardrails_in_force().await?;
        let rulesets = self.rulesets();
        let known = rulesets.guardrails();
        let (read, unread) = Guardrail::read_all(&self.vocabulary, &stored, known)?;
        for error in unread {
            tracing::error!(%error, "Kept the last good guardrail, or closed every service: {MEND_ABOVE}");
        }
        self.set_guardrails(read);
        Ok(())
    }

    fn set_guardrails(&self, guardrails: Vec<Guardrail>) {
        let mut rulesets = Rulesets::clone(&self.rulesets.load());
        rulesets.set_guardrails(guardrails);
        self.rulesets.store(Arc::new(rulesets));
    }

    pub(crate) async fn reload_keys(&self, store: &Store) -> Result<(), Error> {
        let keys = store.signing_keys().await?;
        let public = Arc::new(VerifyingKeys::of(&keys));
        self.keys.store(Arc::new((keys, public)));
        Ok(())
    }
}
