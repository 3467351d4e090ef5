//! `convergences serve`: what a configuration file asks for, until told to stop.

use crate::config::{self, Config, LogFormat};
use crate::product::{Product, open_store};
use accounts::{Clock, Schema};
use gateway::Listeners;
use std::path::Path;
use tokio::runtime::{Builder, Handle, Runtime};
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::oneshot;
use tracing_subscriber::EnvFilter;

/// Threads for everything but the proxy.
const CONTROL_THREADS: usize = 2;

pub(crate) fn run(file: &Path) -> anyhow::Result<()> {
    let config = config::read(file)?;
    log(config.log);
    let (control, edge) = (control_runtime()?, EdgeRuntime::start(config.edge_threads)?);
    control.block_on(serve(&config, edge.handle()))
}

async fn serve(config: &Config, edge: &Handle) -> anyhow::Result<()> {
    let store = open_store(config, Schema::Expect, Clock::System).await?;
    let listeners = if config.roles.gateway {
        Some(Listeners::bind(&config.listen.http, &config.listen.https)?)
    } else {
        None
    };
    let product = Product::start(config, store, listeners, edge).await?;
    tracing::info!("Serving");
    until_stopped(|| product.reload()).await?;
    tracing::info!("Stopping");
    product.stop().await;
    Ok(())
}

/// The runtime for the store and pages.
pub(crate) fn control_runtime() -> anyhow::Result<Runtime> {
    let mut builder = Builder::new_multi_thread();
    Ok(builder
        .worker_threads(CONTROL_THREADS)
        .thread_name("control")
        .enable_all()
        .build()?)
}

/// The proxy's own runtime, driven by threads of its own until this is dropped.
#[derive(Debug)]
pub(crate) struct EdgeRuntime {
    handle: Handle,
    _stop: oneshot::Sender<()>,
}

impl EdgeRuntime {
    /// With as many threads as said, or as there are cores.
    pub(crate) fn start(threads: Option<usize>) -> anyhow::Result<Self> {
        let cores = || std::thread::available_parallelism().map_or(1, usize::from);
        let threads = threads.unwrap_or_else(cores).max(1);
        // One thread needs no scheduler that shares work out.
        let mut builder = if threads == 1 {
            Builder::new_current_thread()
        } else {
            Builder::new_multi_thread()
        };
        if threads > 1 {
            builder.worker_threads(threads);
        }
        let runtime = builder.thread_name("edge").enable_all().build()?;
        let handle = runtime.handle().clone();
        let (stop, stopped) = oneshot::channel::<()>();
        std::thread::Builder::new()
            .name("edge".to_owned())
            .spawn(move || {
                // Ends when the sender is dropped.
                let _ = runtime.block_on(stopped);
                runtime.shutdown_background();
            })?;
        Ok(Self {
            handle,
            _stop: stop,
        })
    }

    pub(crate) fn handle(&self) -> &Handle {
        &self.handle
    }
}

/// Waits for SIGTERM or SIGINT; SIGHUP reads certificates and texts again.
pub(crate) async fn until_stopped(reload: impl Fn()) -> anyhow::Result<()> {
    let (mut terminate, mut interrupt, mut hang_up) = (
        signal(SignalKind::terminate())?,
        signal(SignalKind::interrupt())?,
        signal(SignalKind::hangup())?,
    );
    loop {
        tokio::select! {
            _ = terminate.recv() => return Ok(()),
            _ = interrupt.recv() => return Ok(()),
            _ = hang_up.recv() => reload(),
        }
    }
}

/// Logs to standard error, so that standard output is the commands' own.
pub(crate) fn log(format: LogFormat) {
    let filter = EnvFilter::try_from_default_env()
        .unwrap_or_else(|_| EnvFilter::new("info,pingora=warn,tantivy=warn,sqlx=warn"));
    let lines = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr);
    // A test process may have set one already.
    let _ = match format {
        LogFormat::Json => lines.json().flatten_event(true).try_init(),
        LogFormat::Text => lines.with_target(false).try_init(),
    };
}
