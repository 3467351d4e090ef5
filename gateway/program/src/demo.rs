//! `convergences demo`: the whole product on one machine, with example people, the corpus that the
//! program carries, two example applications and a mail server that know nothing of us.

pub mod cast;
mod seed;
pub mod settings;
pub use seed::seed;

pub mod summary;

use crate::bip;
use crate::cli::DemoArguments;
use crate::config::{Config, LogFormat};
use crate::examples::{mailbox::Mailbox, net_cotisations::NetCotisations, site};
use crate::product::{Product, open_store};
use crate::serve::{EdgeRuntime, control_runtime, log, until_stopped};
use accounts::{Clock, MasterKey, Schema, Store};
use anyhow::Context as _;
use gateway::Listeners;
use search::{Coverage, Library, Tables};
use std::io::Write as _;
use std::net::{Ipv4Addr, SocketAddr};
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};
use tokio::net::TcpListener;
use tokio::runtime::Handle;

/// The demonstration, running.
#[derive(Debug)]
pub struct Demo {
    /// The product.
    pub product: Product,
    /// The legacy application's own tables.
    pub net_cotisations: NetCotisations,
    /// Where the legacy application itself listens.
    pub net_cotisations_address: SocketAddr,
    /// Every letter that was sent.
    pub mailbox: Mailbox,
    /// What `demo.json` says.
    pub summary: summary::Summary,
}

pub(crate) fn run(arguments: &DemoArguments) -> anyhow::Result<()> {
    log(LogFormat::Text);
    let (control, edge) = (control_runtime()?, EdgeRuntime::start(None)?);
    let result = control.block_on(async {
        let demo = Demo::start(arguments, Clock::System, None, edge.handle()).await?;
        demo.summary.print(&mut std::io::stdout().lock())?;
        until_stopped(|| ()).await?;
        demo.product.stop().await;
        Ok(())
    });
    // Threads that hash or import have nothing to lose.
    control.shutdown_background();
    result
}

impl Demo {
    /// Starts it; `corpus` stands for the program's own, and keeps tests short.
    ///
    /// # Errors
    /// Anything that does not start.
    pub async fn start(
        arguments: &DemoArguments,
        clock: Clock,
        corpus: Option<&Path>,
        edge: &Handle,
    ) -> anyhow::Result<Self> {
        let data = std::path::absolute(&arguments.data)?;
        let folder = |name: &str| data.join(name);
        std::fs::create_dir_all(&data)
            .with_context(|| format!("the folder `{}`", data.display()))?;
        let run_dir = private_folder(&data)?;
        write_master_key(&folder("master.key"))?;
        if std::os::unix::net::UnixStream::connect(run_dir.join("portail.sock")).is_ok() {
            anyhow::bail!(
                "a demonstration is running on `{}`: stop it, or name another folder with --data",
                data.display()
            );
        }
        // A summary of a run before this one must not pass for ours.
        let _ = std::fs::remove_file(folder("demo.json"));

        let listeners = Listeners::bind(&[arguments.listen], &[])?;
        let listen = listeners.first().context("no listener")?;
        let (site_address, _) = serve_example(site::router()).await?;
        let passwords = cast::Passwords::read_or_make(&folder("passwords.json"))?;
        let users = cast::legacy_users(&passwords);
        let users: Vec<_> = users
            .iter()
            .map(|(login, password, employer)| (*login, password.as_str(), *employer))
            .collect();
        let net_cotisations = NetCotisations::new(&users);
        let (net_cotisations_address, _) = serve_example(net_cotisations.clone().router()).await?;
        let (mailbox, smtp) = Mailbox::start().await?;
        let (mailbox_address, _) = serve_example(mailbox.clone().router()).await?;
        let places = settings::Places {
            data: &data,
            run_dir: &run_dir,
            listen,
            site: site_address,
            net_cotisations: net_cotisations_address,
            smtp,
            mailbox: mailbox_address,
        };
        let config = settings::config(&places)?;

        let store = open_seeded_store(&config, &data, &passwords, clock).await?;
        prepare_bip(corpus, &config).await?;
        let product = Product::start(&config, store, Some(listeners), edge).await?;
        let summary = summary::Summary::of(&config, &product, &passwords, listen).await?;
        summary.wait_until_served().await?;
        summary.write(&folder("demo.json"))?;
        Ok(Self {
            product,
            net_cotisations,
            net_cotisations_address,
            mailbox,
            summary,
        })
    }
}

/// Serves an example application on a port of its own, as long as the process lives.
async fn serve_example(
    router: axum::Router,
) -> anyhow::Result<(SocketAddr, tokio::task::JoinHandle<()>)> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
    let address = listener.local_addr()?;
    let served = tokio::spawn(async move {
        if let Err(error) = axum::serve(listener, router).await {
            tracing::error!(%error, "An example application ended");
        }
    });
    Ok((address, served))
}

/// The folder of our sockets: in the data folder, or, where that path is too long for a socket's
/// address (108 bytes), in the system's temporary folder.
fn private_folder(data: &Path) -> anyhow::Result<PathBuf> {
    let near = data.join("run");
    let folder = if near.as_os_str().len() < 90 {
        near
    } else {
        std::env::temp_dir().join(format!("convergences-{}", uuid::Uuid::new_v4().simple()))
    };
    std::fs::DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(&folder)?;
    Ok(folder)
}

/// A key of its own for each demonstration.
fn write_master_key(path: &Path) -> anyhow::Result<()> {
    if path.exists() {
        return Ok(());
    }
    let key = data_encoding::HEXLOWER.encode(&MasterKey::fresh()?);
    write_private(path, key.as_bytes())
}

/// Writes a file that only this user reads, whole or not at all.
fn write_private(path: &Path, content: &[u8]) -> anyhow::Result<()> {
    let draft = path.with_extension("draft");
    let _ = std::fs::remove_file(&draft);
    let mut file = std::fs::OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(&draft)?;
    file.write_all(content)?;
    file.sync_all()?;
    std::fs::rename(&draft, path)?;
    Ok(())
}

/// Imports BIP's documents at the first start.
async fn prepare_bip(corpus: Option<&Path>, config: &Config) -> anyhow::Result<()> {
    let settings = config.bip.as_ref().context("the demonstration has BIP")?;
    std::fs::create_dir_all(&settings.data)?;
    let library = Library::open(&settings.content, Tables::Migrate).await?;
    if library.holdings().await?.documents == 0 {
        bip::import(&library, corpus, &config.classification, Coverage::Part).await?;
    }
    library.close().await;
    Ok(())
}

/// Opens the database; seeds a new one. A seeding that was interrupted starts over.
async fn open_seeded_store(
    config: &Config,
    data: &Path,
    passwords: &cast::Passwords,
    clock: Clock,
) -> anyhow::Result<Store> {
    let seeded = data.join("seeded");
    if !seeded.exists() {
        for leftover in [
            "convergences.db",
            "convergences.db-wal",
            "convergences.db-shm",
        ] {
            let _ = std::fs::remove_file(data.join(leftover));
        }
    }
    let store = open_store(config, Schema::Migrate, clock).await?;
    if !seeded.exists() {
        seed::seed(&store, &*crate::product::vocabulary(config)?, passwords).await?;
        write_private(&seeded, b"")?;
    }
    Ok(store)
}
