//! The gateway as a whole: what every request shares, and the tasks beside their way.

use crate::error::Error;
use crate::forms::Forms;
use crate::journaling::Journaling;
use crate::metrics::Metrics;
use crate::pages::Pages;
use crate::services::Services;
use crate::sessions::Sessions;
use crate::settings::Settings;
use accounts::{Change, Directory, Follower, SessionCookie, Store};
use http::HeaderValue;
use policies::{Decisions, Principal, Situation};
use std::sync::atomic::Ordering;
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

    /// Decides again for every tunnel that is open: rules change, and so do hours.
    fn review(&self) {
        let rulesets = self.directory.rulesets();
        let now = self.store.clock().now();
        self.sessions.review(|person, action, route| {
            let principal = Principal::Member(person.member.clone());
            let situation = Situation::at(now, None, false);
            let verdict = rulesets.of(&principal).and_then(|ruleset| {
                person
                    .decisions
                    .decide(ruleset, &principal, action, route, &situation)
            });
            verdict.is_ok()
        });
    }

    /// Whether logged-in people can be served.
    pub fn is_ready(&self) -> bool {
        self.sessions.confirmed()
    }

    /// Counters in `OpenMetrics` text.
    pub fn metrics(&self) -> String {
        self.metrics.encode(
            self.sessions.len(),
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
