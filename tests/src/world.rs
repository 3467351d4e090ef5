//! The whole product in one process on port 0, with the demonstration's cast and configuration, a
//! clock that stands still, and an online service that shows what it received in the site's place.

use crate::client::{Client, Page};
use crate::online_service::OnlineService;
use accounts::{Clock, Schema};
use anyhow::Context as _;
use convergences::config::{BipSettings, Config};
use convergences::demo::cast::{self, Passwords};
use convergences::demo::settings::{Places, config};
use convergences::examples::mailbox::Mailbox;
use convergences::examples::net_cotisations::NetCotisations;
use convergences::product::{Product, open_store, vocabulary};
use gateway::Listeners;
use policies::Classification;
use search::{Coverage, Library, Tables};
use std::io::BufReader;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use tempfile::TempDir;
use tokio::net::TcpListener;
use tokio::sync::OnceCell;

/// Référente of Fontclaire: every service.
pub const RENEE: &str = "renee.martin@fontclaire.example";
/// Agent of Fontclaire: BIP.
pub const AMINA: &str = "amina.benali@fontclaire.example";
/// Agent of Fontclaire, payroll: Net Cotisations by a rule.
pub const ALAIN: &str = "alain.garnier@fontclaire.example";
/// Agent of Fontclaire: nothing.
pub const ALINE: &str = "aline.petit@fontclaire.example";
/// Agent of two collectivités.
pub const AGNES: &str = "agnes.roux@ccas-fontclaire.example";
/// Référente of Montrieux.
pub const REGINE: &str = "regine.morel@montrieux.example";

/// Correspondante CIG.
pub const CORINNE: &str = "corinne.lambert@cig.example";
/// Another correspondante CIG.
pub const CAMILLE: &str = "camille.fournier@cig.example";
/// Of the CDG that Montrieux is affiliated to.
pub const PIERRE: &str = "pierre.vasseur@cdg.example";

/// Friday 20 November 2026, 10:00 in Paris.
pub const NOW: i64 = 1_795_165_200;

/// The product, and what stands behind it.
#[derive(Debug)]
pub struct World {
    /// The product.
    pub product: Product,
    /// Moves by hand.
    pub clock: Clock,
    /// In the site's place.
    pub site: OnlineService,
    /// The legacy application.
    pub net_cotisations: NetCotisations,
    /// Every letter that was sent.
    pub mailbox: Mailbox,
    /// Where the gateway listens.
    pub listen: SocketAddr,
    /// The configuration it runs with.
    pub config: Config,
    passwords: Passwords,
    folder: TempDir,
}

impl World {
    /// Starts it.
    ///
    /// # Errors
    /// Anything that does not start.
    pub async fn start() -> anyhow::Result<Self> {
        Self::start_with(|_| ()).await
    }

    /// Starts it with a configuration changed by `change`.
    ///
    /// # Errors
    /// Anything that does not start.
    pub async fn start_with(change: impl FnOnce(&mut Config)) -> anyhow::Result<Self> {
        let listeners = Listeners::bind(&["127.0.0.1:0".parse()?], &[])?;
        Self::start_on(listeners, change).await
    }

    /// Starts it with a listener that speaks TLS, whose certificates `change` names.
    ///
    /// # Errors
    /// Anything that does not start.
    pub async fn start_tls(change: impl FnOnce(&mut Config)) -> anyhow::Result<(Self, SocketAddr)> {
        let listeners = Listeners::bind(&[], &["127.0.0.1:0".parse()?])?;
        let world = Self::start_on(listeners, change).await?;
        let listen = world.listen;
        Ok((world, listen))
    }

    /// Starts it with a plain listener beside one that speaks TLS, and gives the plain one's address.
    ///
    /// # Errors
    /// Anything that does not start.
    pub async fn start_clear_and_tls(
        change: impl FnOnce(&mut Config),
    ) -> anyhow::Result<(Self, SocketAddr)> {
        let any = ["127.0.0.1:0".parse()?];
        let world = Self::start_on(Listeners::bind(&any, &any)?, change).await?;
        let listen = world.listen;
        Ok((world, listen))
    }

    async fn start_on(
        listeners: Listeners,
        change: impl FnOnce(&mut Config),
    ) -> anyhow::Result<Self> {
        let folder = tempfile::tempdir()?;
        let clock = Clock::manual(NOW);
        let passwords = Passwords::read_or_make(&folder.path().join("passwords.json"))?;
        let (site, site_address) = OnlineService::start().await?;
        let users = cast::legacy_users(&passwords);
        let users: Vec<_> = users
            .iter()
            .map(|(login, password, employer)| (*login, password.as_str(), *employer))
            .collect();
        let net_cotisations = NetCotisations::new(&users);
        let legacy = serve(net_cotisations.clone().router()).await?;
        let (mailbox, smtp) = Mailbox::start().await?;
        let mailbox_address = serve(mailbox.clone().router()).await?;
        let listen = listeners.first().context("no listener")?;
        write_master_key(&folder.path().join("master.key"))?;
        let places = Places {
            data: folder.path(),
            run_dir: folder.path(),
            listen,
            site: site_address,
            net_cotisations: legacy,
            smtp,
            mailbox: mailbox_address,
        };
        let mut config = config(&places)?;
        let bip = folder.path().join("bip");
        copy(small_bip().await?, &bip)?;
        config.bip = Some(BipSettings::beside("sqlite:", bip));
        for service in &mut config.gateway.services {
            if service.id.as_str() == "site" {
                service.websocket = true;
                // Its echo is reached by people who may modify only.
                service.max_body = 2 * 1024 * 1024 * 1024;
            }
        }
        change(&mut config);
        let store = open_store(&config, Schema::Migrate, clock.clone()).await?;
        convergences::demo::seed(&store, &*vocabulary(&config)?, &passwords).await?;
        let edge = tokio::runtime::Handle::current();
        let product = Product::start(&config, store, Some(listeners), &edge).await?;
        Ok(Self {
            product,
            clock,
            site,
            net_cotisations,
            mailbox,
            listen,
            config,
            passwords,
            folder,
        })
    }

    /// Where the database and the key are.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// `http://HOST.localhost:PORT` and a path.
    pub fn url(&self, host: &str, path: &str) -> String {
        format!("http://{host}.localhost:{}{path}", self.listen.port())
    }

    /// A new browser.
    ///
    /// # Errors
    /// None in practice.
    pub fn browser(&self) -> anyhow::Result<Client> {
        Client::new(self.listen)
    }

    /// Somebody's password.
    pub fn password(&self, login: &str) -> &str {
        self.passwords.of(login)
    }

    /// Fills in the log-in form that a page shows.
    ///
    /// # Errors
    /// The page shows none.
    pub async fn fill_in(
        &self,
        client: &mut Client,
        page: &Page,
        login: &str,
    ) -> anyhow::Result<Page> {
        client
            .submit(
                page,
                &[
                    ("identifiant", login),
                    ("mot_de_passe", self.password(login)),
                ],
            )
            .await
    }

    /// A browser in which somebody has logged in at the portal.
    ///
    /// # Errors
    /// They were not let in.
    pub async fn log_in(&self, login: &str) -> anyhow::Result<Client> {
        let mut client = self.browser()?;
        let page = client.open(&self.url("portail", "/connexion")).await?;
        let page = self.fill_in(&mut client, &page, login).await?;
        anyhow::ensure!(
            page.heading() == "Mes services",
            "{login} ended at {}: {}",
            page.url,
            page.heading()
        );
        Ok(client)
    }
}

/// Serves an application on a free port.
async fn serve(router: axum::Router) -> anyhow::Result<SocketAddr> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let address = listener.local_addr()?;
    tokio::spawn(async move { axum::serve(listener, router).await });
    Ok(address)
}

fn write_master_key(path: &Path) -> anyhow::Result<()> {
    use std::os::unix::fs::PermissionsExt as _;
    let key = data_encoding::HEXLOWER.encode(&accounts::MasterKey::fresh()?);
    std::fs::write(path, key)?;
    Ok(std::fs::set_permissions(
        path,
        std::fs::Permissions::from_mode(0o600),
    )?)
}

/// The small corpus, imported and indexed once for all worlds of this process.
async fn small_bip() -> anyhow::Result<&'static Path> {
    static BASE: OnceCell<TempDir> = OnceCell::const_new();
    let made = BASE.get_or_try_init(async || {
        let folder = tempfile::tempdir()?;
        import_small_bip(folder.path()).await?;
        anyhow::Ok(folder)
    });
    Ok(made.await?.path())
}

/// Imports the small corpus into a folder, and makes its index.
///
/// # Errors
/// The corpus is missing, or the folder cannot be written.
pub async fn import_small_bip(folder: &Path) -> anyhow::Result<()> {
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("../search/corpus/small.jsonl.zst");
    let lines = BufReader::new(zstd::Decoder::new(std::fs::File::open(&corpus)?)?);
    std::fs::create_dir_all(folder)?;
    let settings = BipSettings::beside("sqlite:", folder.to_owned());
    let library = Library::open(&settings.content, Tables::Migrate).await?;
    let anything = Classification::default();
    library
        .import(lines, &anything, Coverage::Part, 0, |_, _| ())
        .await?;
    let bip = Arc::new(search::Bip::new(folder)?);
    search::Follower::new(bip, library.clone())
        .catch_up()
        .await?;
    library.close().await;
    Ok(())
}

/// Copies a folder with all it holds.
fn copy(from: &Path, to: &Path) -> anyhow::Result<()> {
    std::fs::create_dir_all(to)?;
    for entry in std::fs::read_dir(from)? {
        let entry = entry?;
        let to = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            copy(&entry.path(), &to)?;
        } else {
            std::fs::copy(entry.path(), to)?;
        }
    }
    Ok(())
}
