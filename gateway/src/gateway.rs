//! The gateway as a whole: what every request shares, and the tasks beside their way.

use crate::error::Error;
use crate::forms::Forms;
use crate::journaling::Journaling;
use crate::metrics::Metrics;
use crate::pages::Pages;
use crate::services::Services;
use crate::sessions::Sessions;
use crate::settings::Settings;
use accounts::{Directory, Follower, SessionCookie, Store};
use policies::Decisions;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;
use tokio::runtime::Handle;

/// How often idle times are written down.
const FLUSH: Duration = Duration::from_secs(20);

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
        let gateway = Arc::new(Self {
            cookie: SessionCookie::new(settings.public.tls),
            pages: Pages::new(&services),
            forms: Forms::new(store.clone(), store_runtime.clone()),
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
        tokio::spawn(follower.run(move |change| {
            shared.sessions.apply(change);
            shared.forms.apply(change);
        }));
        let shared = gateway.clone();
        tokio::spawn(async move {
            loop {
                tokio::time::sleep(FLUSH).await;
                shared.sessions.flush().await;
            }
        });
        Ok(gateway)
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
    }
}
