//! Empty databases to test on: a file, or one of a PostgreSQL server that lives as long as the
//! test process.

use crate::lane;
use anyhow::Context as _;
use sqlx::{Connection as _, Executor as _};
use std::io::{BufRead as _, BufReader};
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::LazyLock;
use std::sync::atomic::{AtomicU32, Ordering};
use tempfile::TempDir;

/// An empty database of its own.
#[derive(Debug)]
pub struct Database {
    url: String,
    /// The file's; a database on the server goes with the server.
    folder: Option<TempDir>,
}

impl Database {
    /// A file in a folder that goes with this.
    ///
    /// # Errors
    /// No temporary folder.
    pub fn sqlite() -> anyhow::Result<Self> {
        let folder = tempfile::tempdir()?;
        Ok(Self {
            url: format!("sqlite://{}", folder.path().join("test.db").display()),
            folder: Some(folder),
        })
    }

    /// A new database on the process's PostgreSQL server; `None` where PostgreSQL is not installed.
    ///
    /// # Errors
    /// The server does not start or answer.
    pub async fn postgres() -> anyhow::Result<Option<Self>> {
        static SERVER: LazyLock<Option<Result<Server, String>>> = LazyLock::new(|| {
            Some(Server::start(&programs()?).map_err(|error| format!("{error:#}")))
        });
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        let advice = "PostgreSQL's server not found; apt-get install postgresql";
        let Some(server) = lane::required("postgresql", SERVER.as_ref(), advice) else {
            return Ok(None);
        };
        let server = server
            .as_ref()
            .map_err(|error| anyhow::anyhow!(error.clone()))?;
        let name = format!("test_{}", NUMBER.fetch_add(1, Ordering::SeqCst));
        sqlx::any::install_default_drivers();
        let mut connection = sqlx::AnyConnection::connect(&server.url("postgres")).await?;
        connection
            .execute(sqlx::AssertSqlSafe(format!("CREATE DATABASE {name}")))
            .await?;
        connection.close().await?;
        Ok(Some(Self {
            url: server.url(&name),
            folder: None,
        }))
    }

    /// What `accounts::Store::open` takes.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// A connection beside the store's, for what only an attacker would do.
    ///
    /// # Errors
    /// The database does not answer.
    pub async fn connect(&self) -> anyhow::Result<sqlx::AnyConnection> {
        sqlx::any::install_default_drivers();
        Ok(sqlx::AnyConnection::connect(&self.url).await?)
    }

    /// Everything that somebody finds who gets hold of the database: its files, or its dump.
    ///
    /// # Errors
    /// It cannot be read.
    pub fn content(&self) -> anyhow::Result<Vec<u8>> {
        if let Some(folder) = &self.folder {
            let mut content = Vec::new();
            for entry in std::fs::read_dir(folder.path())? {
                content.append(&mut std::fs::read(entry?.path())?);
            }
            return Ok(content);
        }
        let pg_dump = programs().context("PostgreSQL is gone")?.join("pg_dump");
        let dump = Command::new(pg_dump).arg(&self.url).output()?;
        anyhow::ensure!(
            dump.status.success(),
            "{}",
            String::from_utf8_lossy(&dump.stderr)
        );
        Ok(dump.stdout)
    }
}

/// A server with a folder of its own. It ends when the pipe to its keeper is closed, which the end
/// of this process does in any case.
#[derive(Debug)]
struct Server {
    socket: PathBuf,
    _keeper: Child,
}

impl Server {
    fn start(programs: &Path) -> anyhow::Result<Self> {
        const KEEPER: &str = include_str!("postgres.sh");
        let root = std::fs::metadata("/proc/self").is_ok_and(|process| {
            use std::os::unix::fs::MetadataExt as _;
            process.uid() == 0
        });
        // PostgreSQL refuses to run as root.
        let mut command = if root {
            let runuser = lane::program("runuser", &["/usr/sbin/runuser", "/sbin/runuser"]);
            let mut command = Command::new(runuser.context("`runuser` not found")?);
            command.args(["-u", "postgres", "--", "sh"]);
            command
        } else {
            Command::new("sh")
        };
        let mut keeper = command
            .args(["-c", KEEPER, "sh"])
            .arg(programs)
            .current_dir("/")
            // Ctrl-C is for the tests; the keeper cleans up after them.
            .process_group(0)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .context("the keeper of PostgreSQL")?;
        let output = keeper.stdout.take().context("no output")?;
        let mut line = String::new();
        BufReader::new(output).read_line(&mut line)?;
        let socket = PathBuf::from(line.trim());
        anyhow::ensure!(socket.is_dir(), "PostgreSQL did not start");
        Ok(Self {
            socket,
            _keeper: keeper,
        })
    }

    fn url(&self, database: &str) -> String {
        format!(
            "postgres:///{database}?host={}&user=tests",
            self.socket.display()
        )
    }
}

/// The folder of the server's programs. Debian keeps it out of `PATH`.
fn programs() -> Option<PathBuf> {
    let complete = |folder: &PathBuf| {
        ["initdb", "pg_ctl", "pg_dump"]
            .iter()
            .all(|name| folder.join(name).is_file())
    };
    let told = Command::new("pg_config").arg("--bindir").output().ok();
    let told = told.map(|output| String::from_utf8_lossy(&output.stdout).trim().into());
    let mut debian: Vec<PathBuf> = std::fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten()
        .filter_map(|version| Some(version.ok()?.path().join("bin")))
        .collect();
    debian.sort();
    let path = std::env::var_os("PATH").unwrap_or_default();
    told.into_iter()
        .chain(debian.into_iter().rev())
        .chain(std::env::split_paths(&path))
        .find(complete)
}
