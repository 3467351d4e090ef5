//! The gateway as a whole: what every request shares, and the tasks beside their way.

use crate::error::Error;
use crate::forms::Forms;
use crate::journaling::Journaling;
use crate::metrics::Metrics;
use crate::pages::Pages;
use crate::person::Person;
use crate::services::Services;
use crate::sessions::Sessions;
use crate::settings::Settings;
use accounts::{Change, Directory, Follower, Provenance, SessionCookie, Store};
use http::HeaderValue;
use policies::{Action, Decisions, Permit, Principal, Refusal, Route, Situation};
use std::net::IpAddr;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Weak};
use std::time::Duration;
use tokio::runtime::Handle;

/// How often idle times are written down.
const FLUSH: Duration = Duration::from_secs(20);
/// Every so many of these turns, what is of no use any more is deleted: about each hour.
const PURGE: u32 = 180;

/// What every request shares.
#[derive(Debug)]
pub struct Gateway {
    pub(crate) settings: Settings,
    pub(crate) services: Services,
    pub(crate) directory: Arc<Directory>,
    pub(crate) sessions: Sessions,
    pub(crate) anonymous: Decisions,
    reviews: AtomicU64,
    pub(crate) forms: Forms,
    pub(crate) journaling: Journaling,
    pub(crate) metrics: Metrics,
    pub(crate) pages: Pages,
    pub(crate) cookie: SessionCookie,
    /// The `Set-Cookie` that clears it.
    pub(crate) dead_cookie: HeaderValue,
    pub(crate) store: Store,
    pub(crate) store_runtime: Handle,
}

impl Gateway {
    /// Builds the gateway and starts the tasks beside it. Call it on the runtime that the store's
    /// connections live on.
    ///
    /// # Errors
    /// [`Error::Settings`].
    pub fn start(settings: Settings, store: Store, follower: Follower) -> Result<Arc<Self>, Error> {
        let store_runtime = Handle::current();
        let services = Services::compile(&settings)?;
        let (journaling, writing) = Journaling::new(store.clone());
        let sessions = Sessions::new(
            store.clone(),
            store_runtime.clone(),
            settings.sessions,
            settings.grace,
            follower.confirmed(),
        );
        let cookie = SessionCookie::new(settings.public.tls);
        let dead_cookie = HeaderValue::try_from(cookie.clear(cookie.name()))
            .map_err(|error| Error::Settings(error.to_string()))?;
        let gateway = Arc::new(Self {
            cookie,
            dead_cookie,
            pages: Pages::new(&services)?,
            forms: Forms::new(store.clone(), store_runtime.clone(), &services)?,
            directory: follower.directory(),
            anonymous: Decisions::default(),
            reviews: AtomicU64::new(0),
            metrics: Metrics::default(),
            store_runtime,
            services,
            sessions,
            journaling,
            settings,
            store,
        });
        tokio::spawn(writing);
        let shared = gateway.clone();
        tokio::spawn(follower.run(move |change| shared.apply(change)));
        tokio::spawn(look_after(Arc::downgrade(&gateway)));
        Ok(gateway)
    }

    /// What a change of the store means for what is in memory.
    fn apply(&self, change: &Change) {
        self.sessions.apply(change);
        self.forms.apply(change);
        if matches!(change, Change::Collectivite(_) | Change::Everything) {
            self.review();
        }
    }

    /// Has everything under way decided again: rules change, and so do hours. Tunnels at once,
    /// requests with their next byte.
    fn review(&self) {
        self.reviews.fetch_add(1, Ordering::SeqCst);
        self.sessions.review(|person, tunnel| {
            // At the portal there are no tunnels.
            let verdict = self.decide(person, tunnel.action, &tunnel.route, tunnel.address);
            verdict.is_ok() && !self.must_enrol(person)
        });
    }

    /// How often everything was to be decided again so far.
    pub(crate) fn reviews(&self) -> u64 {
        self.reviews.load(Ordering::SeqCst)
    }

    /// Decides what a person may do now.
    ///
    /// # Errors
    /// A [`Refusal`].
    pub(crate) fn decide(
        &self,
        person: &Person,
        action: Action,
        route: &Arc<Route>,
        address: Option<IpAddr>,
    ) -> Result<Permit, Refusal> {
        let now = self.store.clock().now();
        let situation = Situation::at(now, address, person.second_factor);
        let principal = Principal::Member(person.member.clone());
        let rulesets = self.directory.rulesets();
        let ruleset = rulesets.of(&principal)?;
        person
            .decisions
            .decide(ruleset, &principal, action, route, &situation)
    }

    /// From where a person asks, for the journal.
    pub(crate) fn provenance(&self, person: &Person, address: Option<IpAddr>) -> Arc<Provenance> {
        let rulesets = self.directory.rulesets();
        let Some(ruleset) = rulesets.get(&person.member.collectivite) else {
            return Arc::default();
        };
        let mut journaled = person.journaled.lock();
        journaled.provenance(ruleset, address, person.second_factor)
    }

    /// Whether somebody must add a second factor before anything but the portal opens.
    pub(crate) fn must_enrol(&self, person: &Person) -> bool {
        let required = &self.settings.second_factor;
        !person.second_factor && required.concerns(person.roles.iter().copied())
    }

    /// Whether logged-in people can be served.
    pub fn is_ready(&self) -> bool {
        self.sessions.confirmed()
    }

    /// Counters in `OpenMetrics` text.
    pub fn metrics(&self) -> String {
        self.metrics.encode(
            (self.sessions.len(), self.directory.count_broken()),
            self.journaling.dropped.load(Ordering::Relaxed),
        )
    }

    /// Writes down what is only in memory; for a graceful stop.
    pub async fn flush(&self) {
        self.sessions.flush().await;
        self.journaling.drain().await;
    }
}

/// Writes down, reviews and forgets, as long as there is a gateway.
async fn look_after(gateway: Weak<Gateway>) {
    let mut turns: u32 = 0;
    loop {
        tokio::time::sleep(FLUSH).await;
        let Some(gateway) = gateway.upgrade() else {
            return;
        };
        gateway.review();
        gateway.sessions.flush().await;
        gateway.forms.retain(|root| gateway.sessions.knows(root));
        if turns.is_multiple_of(PURGE)
            && let Err(error) = gateway.store.purge(gateway.settings.sessions).await
        {
            let error: &dyn std::error::Error = &error;
            tracing::warn!(error, "Could not purge the store");
        }
        turns = turns.wrapping_add(1);
    }
}
