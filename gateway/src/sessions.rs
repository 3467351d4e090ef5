//! Who is logged in, in memory. A miss is one bounded, single-flight look-up in the store; what was
//! revoked while a look-up was under way is looked up again. When the store has not confirmed for
//! longer than the grace, nobody is known any more.

use crate::connection::Tunnel;
use crate::person::Person;
use accounts::{Change, Clock, SessionLimits, SessionRecord, Store};
use dashmap::DashMap;
use data_encoding::HEXLOWER;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Weak};
use std::time::Duration;
use tokio::runtime::Handle;
use tokio::sync::{Semaphore, watch};
use tokio::time::Instant;

/// Look-ups in the store at the same time.
const LOOKUPS: usize = 64;
/// How long a request waits for its look-up.
const PATIENCE: Duration = Duration::from_secs(2);
/// How long a token that opens nothing is remembered, and how many of them.
const MISSING_SECONDS: i64 = 2;
const MISSING_KEPT: usize = 10_000;

type Digest = [u8; 32];

/// A session on one host.
#[derive(Clone, Debug)]
pub(crate) struct Session {
    pub(crate) person: Arc<Person>,
    host: Arc<str>,
}

/// What a look-up came to.
#[derive(Debug)]
pub(crate) enum Lookup {
    Found(Session),
    Missing,
    Unavailable,
}

/// Every session in memory.
#[derive(Debug)]
pub(crate) struct Sessions {
    known: DashMap<Digest, Session>,
    /// People by their portal session, for as long as a session of theirs is known.
    people: DashMap<String, Weak<Person>>,
    missing: DashMap<Digest, i64>,
    underway: DashMap<Digest, Arc<tokio::sync::Mutex<()>>>,
    lookups: Arc<Semaphore>,
    /// Grows with every revocation.
    generation: AtomicU64,
    store: Store,
    store_runtime: Handle,
    clock: Clock,
    limits: SessionLimits,
    grace: Duration,
    confirmed: watch::Receiver<Instant>,
}

impl Sessions {
    /// `store_runtime` is where the store's connections live.
    pub(crate) fn new(
        store: Store,
        store_runtime: Handle,
        limits: SessionLimits,
        grace: Duration,
        confirmed: watch::Receiver<Instant>,
    ) -> Self {
        Self {
            known: DashMap::new(),
            people: DashMap::new(),
            missing: DashMap::new(),
            underway: DashMap::new(),
            lookups: Arc::new(Semaphore::new(LOOKUPS)),
            generation: AtomicU64::new(0),
            clock: store.clock().clone(),
            store,
            store_runtime,
            limits,
            grace,
            confirmed,
        }
    }

    /// Whether the store has confirmed lately that nothing was missed.
    pub(crate) fn confirmed(&self) -> bool {
        self.confirmed.borrow().elapsed() <= self.grace
    }

    /// The session of a token on a host.
    pub(crate) async fn find(&self, digest: Digest, host: &str) -> Lookup {
        if !self.confirmed() {
            return Lookup::Unavailable;
        }
        let now = self.clock.now();
        if let Some(session) = self.remembered(&digest, host, now) {
            return Lookup::Found(session);
        }
        if self.missing.get(&digest).is_some_and(|until| *until > now) {
            return Lookup::Missing;
        }
        match tokio::time::timeout(PATIENCE, self.look_up(digest, host)).await {
            Ok(lookup) => lookup,
            Err(_) => Lookup::Unavailable,
        }
    }

    /// Whether a person's session is within its limits, and their rights are what was read.
    pub(crate) fn is_current(&self, person: &Person, now: i64) -> bool {
        person.is_alive(now, self.limits) && person.is_fresh(now)
    }

    /// A session in memory, unless it outlived its limits or its rights must be read again.
    fn remembered(&self, digest: &Digest, host: &str, now: i64) -> Option<Session> {
        let session = self.known.get(digest)?;
        let person = &session.person;
        // Their cut closes what was open; who comes back is looked up anew.
        let gone = person.connections.is_cut();
        if gone || !self.is_current(person, now) || *session.host != *host {
            return None;
        }
        person.touch(now);
        Some(session.clone())
    }

    async fn look_up(&self, digest: Digest, host: &str) -> Lookup {
        let turn = self.underway.entry(digest).or_default().clone();
        let first = turn.lock().await;
        let lookup = match self.remembered(&digest, host, self.clock.now()) {
            Some(session) => Lookup::Found(session),
            None => self.ask(digest, host).await,
        };
        drop(first);
        // The map's and ours: nobody waits.
        self.underway
            .remove_if(&digest, |_, turn| Arc::strong_count(turn) == 2);
        lookup
    }

    async fn ask(&self, digest: Digest, host: &str) -> Lookup {
        let Ok(_permit) = self.lookups.acquire().await else {
            return Lookup::Unavailable;
        };
        loop {
            let generation = self.generation.load(Ordering::SeqCst);
            let (store, limits, host) = (self.store.clone(), self.limits, host.to_owned());
            let token_hash = HEXLOWER.encode(&digest);
            // The idle time of sessions in memory is newer than the store's.
            self.flush_person(&digest).await;
            let asked = self
                .store_runtime
                .spawn(async move { store.find_session(&token_hash, &host, limits).await });
            let record = match asked.await {
                Ok(Ok(record)) => record,
                Ok(Err(error)) => {
                    let error: &dyn std::error::Error = &error;
                    tracing::warn!(error, "Could not look a session up");
                    return Lookup::Unavailable;
                }
                Err(_) => return Lookup::Unavailable,
            };
            let lookup = self.keep(digest, record);
            // Looked at after it was kept: what was revoked before that is seen here, what is
            // revoked after it finds the session.
            if self.generation.load(Ordering::SeqCst) == generation {
                return lookup;
            }
            // Nothing of theirs is cut: most changes are somebody else's.
            self.known.remove(&digest);
        }
    }

    /// Writes a remembered session's last use before the store judges it.
    async fn flush_person(&self, digest: &Digest) {
        let Some(person) = self.known.get(digest).map(|session| session.person.clone()) else {
            return;
        };
        if let Some(seen) = person.take_unsaved() {
            let (store, touch) = (self.store.clone(), vec![(person.root.clone(), seen)]);
            // A failure shows at the look-up that follows.
            let _ = self
                .store_runtime
                .spawn(async move { store.touch_sessions(&touch).await })
                .await;
        }
    }

    fn keep(&self, digest: Digest, record: Option<SessionRecord>) -> Lookup {
        let now = self.clock.now();
        let Some(record) = record else {
            if let Some((_, session)) = self.known.remove(&digest) {
                session.person.connections.cut();
            }
            if self.missing.len() >= MISSING_KEPT {
                self.missing.clear();
            }
            self.missing.insert(digest, now + MISSING_SECONDS);
            return Lookup::Missing;
        };
        let host: Arc<str> = record.host.as_str().into();
        let root = record.root.clone();
        let shared = self.people.get(&root).and_then(|person| person.upgrade());
        let usable = |person: &Arc<Person>| {
            !person.connections.is_cut() && person.is_as(&record) && person.is_fresh(now)
        };
        // Rights have changed with time: tunnels of before must come back for a new decision.
        if let Some(before) = shared.as_ref().filter(|person| !usable(person)) {
            before.connections.cut();
        }
        let person = shared.filter(usable);
        let person = person.unwrap_or_else(|| Arc::new(Person::new(record, now)));
        self.people.insert(root, Arc::downgrade(&person));
        let session = Session { person, host };
        self.known.insert(digest, session.clone());
        Lookup::Found(session)
    }

    /// Forgets what a change touches, and cuts what is open.
    pub(crate) fn apply(&self, change: &Change) {
        self.generation.fetch_add(1, Ordering::SeqCst);
        self.known
            .retain(|_, session| !session.person.is_touched_by(change));
        // People whose session was forgotten may still have something open.
        for person in self.people.iter().filter_map(|person| person.upgrade()) {
            if person.is_touched_by(change) {
                person.connections.cut();
            }
        }
    }

    /// Looks at everybody who has something open: whoever may no longer stay is cut.
    pub(crate) fn review(&self, may_stay: impl Fn(&Person, &Tunnel) -> bool) {
        let now = self.clock.now();
        let confirmed = self.confirmed();
        for person in self.people.iter().filter_map(|person| person.upgrade()) {
            if !person.connections.has_tunnels() {
                continue;
            }
            // Somebody at work in a tunnel is here.
            if self.is_current(&person, now) && confirmed {
                person.touch(now);
                person
                    .connections
                    .cut_tunnels(|tunnel| may_stay(&person, tunnel));
            } else {
                person.connections.cut();
            }
        }
    }

    /// Whether a portal session is in memory.
    pub(crate) fn knows(&self, root: &str) -> bool {
        self.people
            .get(root)
            .is_some_and(|person| person.strong_count() > 0)
    }

    /// Writes down when sessions were last used, forgets those that outlived their limits.
    pub(crate) async fn flush(&self) {
        let now = self.clock.now();
        let mut seen = Vec::new();
        self.known.retain(|_, session| {
            let person = &session.person;
            if let Some(at) = person.take_unsaved() {
                seen.push((person.root.clone(), at));
            }
            let alive = person.is_alive(now, self.limits);
            if !alive {
                person.connections.cut();
            }
            alive
        });
        self.missing.retain(|_, until| *until > now);
        self.people.retain(|_, person| person.strong_count() > 0);
        self.underway.retain(|_, turn| Arc::strong_count(turn) > 1);
        if seen.is_empty() {
            return;
        }
        let store = self.store.clone();
        if let Ok(Err(error)) = self
            .store_runtime
            .spawn(async move { store.touch_sessions(&seen).await })
            .await
        {
            tracing::warn!(%error, "Could not write down when sessions were last used");
        }
    }

    /// How many sessions are in memory.
    pub(crate) fn len(&self) -> usize {
        self.known.len()
    }
}
