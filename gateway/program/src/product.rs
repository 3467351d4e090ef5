//! Starts the parts that a configuration asks for, in the order in which they need each other, and
//! stops them.

mod bip;
mod gate;
mod socket;

use crate::config::Config;
use crate::{letters, ops, prover, rounds};
use accounts::{Clock, Directory, Follower, MasterKey, Schema, SessionCookie, Store, Vault};
use admin::{Finder, Portal, PortalSettings, Texts};
use anyhow::Context as _;
use axum::Router;
use gate::Gate;
use gateway::{Edge, Entrance, Gateway, Listeners};
use policies::{DeclaredService, Vocabulary};
use std::net::SocketAddr;
use std::os::unix::fs::DirBuilderExt as _;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::runtime::Handle;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

/// How long requests under way may take once we stop.
const PATIENCE: Duration = Duration::from_secs(4);

/// The product, running.
#[derive(Debug)]
pub struct Product {
    /// The store that everything goes by.
    pub store: Store,
    /// Collectivités and rulesets, kept up to date.
    pub directory: Arc<Directory>,
    /// The gateway, when this process has that role.
    pub gateway: Option<Arc<Gateway>>,
    /// Where operators look.
    pub ops: SocketAddr,
    edge: Option<Edge>,
    texts: Texts,
    stopping: CancellationToken,
    tasks: TaskTracker,
}

/// Opens the store of a configuration.
///
/// # Errors
/// No key, no database, or a schema that may not be migrated.
pub async fn open_store(config: &Config, schema: Schema, clock: Clock) -> anyhow::Result<Store> {
    let key = config
        .master_key
        .read()
        .map_err(anyhow::Error::msg)
        .context("the master key")?;
    let vault = Vault::new(&MasterKey::from_bytes(&key)?)?;
    Ok(Store::open(&config.store.url, schema, vault, clock).await?)
}

/// The words that rules of this installation are written in.
///
/// # Errors
/// A service or role whose id the policies cannot name.
pub fn vocabulary(config: &Config) -> anyhow::Result<Arc<Vocabulary>> {
    let services = config.gateway.services.iter();
    let declared = services.map(|service| DeclaredService {
        id: service.id.clone(),
        roles: service.roles.clone(),
    });
    let declared: Vec<_> = declared.collect();
    let vocabulary = Vocabulary::classified(&declared, config.classification.clone())?;
    Ok(Arc::new(
        vocabulary.with_portal(config.gateway.portal.clone()),
    ))
}

impl Product {
    /// Starts on the current runtime; the proxy runs on `edge`. BIP's tables must be there.
    ///
    /// # Errors
    /// The first part that does not start; the others end with the process.
    pub async fn start(
        config: &Config,
        store: Store,
        listeners: Option<Listeners>,
        edge: &Handle,
    ) -> anyhow::Result<Self> {
        let follower = Follower::start(store.clone(), vocabulary(config)?).await?;
        let directory = follower.directory();
        let texts = Texts::read(config.texts.as_deref())?;
        let (stopping, tasks) = (CancellationToken::new(), TaskTracker::new());
        std::fs::DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(&config.run_dir)
            .with_context(|| format!("the folder `{}` of `run_dir`", config.run_dir.display()))?;
        let inside = Inside {
            config,
            directory: &directory,
            store: &store,
            texts: &texts,
            stopping: &stopping,
            tasks: &tasks,
        };
        inside.start().await?;
        let ops_listener = TcpListener::bind(config.listen.ops)
            .await
            .context("the operators' listener")?;
        let ops = ops_listener.local_addr()?;
        let (mut gateway, mut running_edge) = (None, None);
        if let Some(listeners) = listeners {
            let started = Gateway::start(config.gateway.clone(), store.clone(), follower)?;
            let _on_edge = edge.enter();
            running_edge = Some(Edge::start(&started, listeners)?);
            gateway = Some(started);
        } else {
            let stop = stopping.clone();
            tasks.spawn(async move { stop.run_until_cancelled(follower.run(|_| ())).await });
        }
        serve(
            &stopping,
            &tasks,
            ops_listener,
            ops::router(gateway.clone()),
        );
        tasks.close();
        Ok(Self {
            store,
            directory,
            gateway,
            ops,
            edge: running_edge,
            texts,
            stopping,
            tasks,
        })
    }

    /// Reads the certificates and the texts again; what does not read stays as it was.
    pub fn reload(&self) {
        if let Some(edge) = &self.edge {
            edge.reload_certificates();
        }
        if let Err(error) = self.texts.reload() {
            let error: &dyn std::error::Error = &error;
            tracing::error!(error, "Kept the texts as they were");
        }
    }

    /// Accepts no more, ends what is under way, writes down what is only in memory.
    pub async fn stop(mut self) {
        if let Some(edge) = self.edge.take() {
            edge.stop(PATIENCE).await;
        }
        // A store that answers no more must not keep us.
        let _ = tokio::time::timeout(Duration::from_secs(3), async {
            if let Some(gateway) = &self.gateway {
                gateway.flush().await;
            }
            self.stopping.cancel();
            self.tasks.wait().await;
            self.store.close().await;
        })
        .await;
        self.stopping.cancel();
    }
}

/// What the services that run inside this process need.
struct Inside<'a> {
    config: &'a Config,
    directory: &'a Arc<Directory>,
    store: &'a Store,
    texts: &'a Texts,
    stopping: &'a CancellationToken,
    tasks: &'a TaskTracker,
}

impl Inside<'_> {
    async fn start(&self) -> anyhow::Result<()> {
        let entrances = gateway::entrances(&self.config.gateway)?;
        let portal_id = &self.config.gateway.portal;
        let (own, others): (Vec<_>, Vec<_>) = entrances
            .iter()
            .filter(|entrance| entrance.settings.listed || entrance.settings.id == *portal_id)
            .map(entrance)
            .partition(|entrance| entrance.id == *portal_id);
        let own = own
            .into_iter()
            .next()
            .context("the portal is not among the services")?;
        let portal_url = own.origin.clone();
        if self.config.roles.admin {
            letters::send(self.config, self.store, &own, self.stopping, self.tasks)?;
            rounds::walk(self.config, self.store, self.stopping, self.tasks);
            let gateway = &self.config.gateway;
            let settings = PortalSettings {
                cookie: SessionCookie::new(gateway.public.tls),
                limits: gateway.sessions,
                second_factor: gateway.second_factor.clone(),
                texts: self.texts.clone(),
                prover: prover::find(self.config)?,
                finder: Finder::new(gateway::finder(&self.config.gateway)?),
            };
            let (store, directory) = (self.store.clone(), self.directory.clone());
            let portal = Portal::new(store, directory, own, others, settings);
            self.serve_on_socket("portail.sock", portal.router())
                .await?;
        }
        if let (true, Some(settings)) = (self.config.roles.search, &self.config.bip) {
            let classification = &self.config.classification;
            let (bip, library) =
                bip::follow(settings, classification, self.stopping, self.tasks).await?;
            let people = (self.store.clone(), self.directory.clone());
            bip::publish(library.clone(), people, self.stopping, self.tasks);
            let gate = Arc::new(Gate {
                directory: self.directory.clone(),
                clock: self.store.clock().clone(),
            });
            let router = search::router(bip, library, gate, "bip".to_owned(), portal_url);
            self.serve_on_socket("bip.sock", router).await?;
        }
        Ok(())
    }

    async fn serve_on_socket(&self, name: &str, router: Router) -> anyhow::Result<()> {
        let path = self.config.run_dir.join(name);
        let listener = socket::bind(&path)
            .await
            .with_context(|| format!("the socket `{}`", path.display()))?;
        let stopping = self.stopping.clone();
        self.tasks.spawn(async move {
            let served = axum::serve(listener, socket::closing(router))
                .with_graceful_shutdown(stopping.cancelled_owned());
            if let Err(error) = served.await {
                tracing::error!(%error, "A service inside this process ended");
            }
        });
        Ok(())
    }
}

fn serve(stopping: &CancellationToken, tasks: &TaskTracker, listener: TcpListener, router: Router) {
    let stopping = stopping.clone();
    tasks.spawn(async move {
        let served =
            axum::serve(listener, router).with_graceful_shutdown(stopping.cancelled_owned());
        if let Err(error) = served.await {
            tracing::error!(%error, "The operators' listener ended");
        }
    });
}

fn entrance(entrance: &Entrance) -> admin::Entrance {
    let settings = &entrance.settings;
    let areas = entrance.areas.iter();
    admin::Entrance {
        id: settings.id.clone(),
        name: settings.name.clone(),
        description: settings.description.clone(),
        origin: entrance.origin.clone(),
        host: settings.host.clone(),
        path: settings.entry.clone(),
        route: entrance.route.clone(),
        whole: entrance.whole.clone(),
        areas: areas
            .map(|(name, route)| admin::Area {
                name: name.clone(),
                route: route.clone(),
            })
            .collect(),
        roles: settings.roles.clone(),
    }
}
