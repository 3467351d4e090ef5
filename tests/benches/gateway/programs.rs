//! The programs that are measured, as processes of their own, and what the kernel counts of them.

use anyhow::Context as _;
use rcgen::{CertifiedKey, generate_simple_self_signed};
use std::fmt::Write as _;
use std::net::{SocketAddr, TcpListener};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;
use tokio::time::sleep;

const CONFIGURATION: &str = include_str!("../../bench/convergences.toml");
/// Of a processor's time in `/proc`, the same on every Linux.
const TICKS_PER_SECOND: u32 = 100;
const PATIENCE: u32 = 200;
const PAUSE: Duration = Duration::from_millis(100);

/// A program that listens.
pub(crate) struct Program {
    child: Child,
    pub(crate) address: SocketAddr,
}

impl Drop for Program {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Program {
    /// Pingora that only forwards.
    pub(crate) async fn bare(upstream: SocketAddr) -> anyhow::Result<Self> {
        let address = free_address()?;
        let program = Path::new(env!("CARGO_BIN_EXE_bare_proxy"));
        let arguments = [address.to_string(), upstream.to_string()];
        Self::start(program, &arguments, address).await
    }

    /// The gateway with that many people logged in, and their cookies.
    pub(crate) async fn gateway(
        folder: &Path,
        upstream: SocketAddr,
        people: usize,
    ) -> anyhow::Result<(Self, Vec<String>)> {
        let program = gateway_program()?;
        let (configuration, address) = write_files(folder, upstream)?;
        let mut lines = String::new();
        for person in 0..people {
            writeln!(lines, "session-{person} user-{person} staff")?;
        }
        let sessions = folder.join("sessions");
        std::fs::write(&sessions, lines)?;
        let loaded = Command::new(env!("CARGO_BIN_EXE_load_sessions"))
            .args([&configuration, &sessions])
            .stderr(Stdio::inherit())
            .output()?;
        anyhow::ensure!(loaded.status.success(), "could not load the sessions");
        let cookies = String::from_utf8(loaded.stdout)?;
        let cookies = cookies.lines().map(str::to_owned).collect();
        let configuration = configuration.display().to_string();
        let arguments = ["serve".to_owned(), "--config".to_owned(), configuration];
        Ok((Self::start(&program, &arguments, address).await?, cookies))
    }

    async fn start(
        program: &Path,
        arguments: &[String],
        address: SocketAddr,
    ) -> anyhow::Result<Self> {
        // On a processor of its own, where there is more than one.
        let mut command = Command::new("taskset");
        command.args(["--cpu-list", "0"]).arg(program);
        if !is_pinned() {
            command = Command::new(program);
        }
        let child = command
            .args(arguments)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .spawn()
            .with_context(|| program.display().to_string())?;
        let mut program = Self { child, address };
        for _ in 0..PATIENCE {
            anyhow::ensure!(program.child.try_wait()?.is_none(), "a program ended");
            if tokio::net::TcpStream::connect(address).await.is_ok() {
                return Ok(program);
            }
            sleep(PAUSE).await;
        }
        anyhow::bail!("a program does not listen")
    }

    fn proc(&self, file: &str) -> anyhow::Result<String> {
        Ok(std::fs::read_to_string(format!(
            "/proc/{}/{file}",
            self.child.id()
        ))?)
    }

    /// User and system time so far.
    pub(crate) fn cpu(&self) -> anyhow::Result<Duration> {
        let stat = self.proc("stat")?;
        let (_, fields) = stat.rsplit_once(')').context("no such process")?;
        let ticks = fields.split_ascii_whitespace().skip(11).take(2);
        let ticks = ticks.map(str::parse).collect::<Result<Vec<u32>, _>>()?;
        Ok(Duration::from_secs(1) * ticks.iter().sum() / TICKS_PER_SECOND)
    }

    /// Resident memory, MiB.
    pub(crate) fn memory(&self) -> anyhow::Result<f64> {
        let status = self.proc("status")?;
        let kib = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
        let kib: u32 = kib
            .and_then(|kib| kib.split_ascii_whitespace().next())
            .context("no memory")?
            .parse()?;
        Ok(f64::from(kib) / 1024.0)
    }

    /// Waits until it does nothing more.
    pub(crate) async fn settle(&self) -> anyhow::Result<()> {
        let mut before = self.cpu()?;
        for _ in 0..PATIENCE {
            sleep(2 * PAUSE).await;
            let now = self.cpu()?;
            if now.saturating_sub(before) <= Duration::from_millis(10) {
                return Ok(());
            }
            before = now;
        }
        anyhow::bail!("a program does not come to rest")
    }
}

/// The configuration of the shared harness, filled in, and the files that it names.
fn write_files(folder: &Path, upstream: SocketAddr) -> anyhow::Result<(PathBuf, SocketAddr)> {
    for (host, chain, key) in [
        ("localhost", "cert.pem", "key.pem"),
        ("portail.example.org", "portail.pem", "portail.key"),
    ] {
        let CertifiedKey { cert, signing_key } =
            generate_simple_self_signed(vec![host.to_owned()])?;
        std::fs::write(folder.join(chain), cert.pem())?;
        std::fs::write(folder.join(key), signing_key.serialize_pem())?;
    }
    let secret = folder.join("master.key");
    let key = data_encoding::HEXLOWER.encode(&accounts::MasterKey::fresh()?);
    std::fs::write(&secret, key)?;
    std::fs::set_permissions(&secret, std::fs::Permissions::from_mode(0o600))?;
    let (http, https, operators) = (free_address()?, free_address()?, free_address()?);
    let mut text = CONFIGURATION.to_owned();
    for (word, value) in [
        ("@RUN@", folder.display().to_string()),
        ("@CERT@", folder.join("cert.pem").display().to_string()),
        ("@KEY@", folder.join("key.pem").display().to_string()),
        ("@HTTP@", http.port().to_string()),
        ("@HTTPS@", https.port().to_string()),
        ("@AUX@", operators.port().to_string()),
        ("@BACKEND_PORT@", upstream.port().to_string()),
    ] {
        text = text.replace(word, &value);
    }
    let path = folder.join("convergences.toml");
    std::fs::write(&path, text)?;
    Ok((path, http))
}

/// Builds the program, beside this one, when it is not up to date.
fn gateway_program() -> anyhow::Result<PathBuf> {
    let built = Command::new(env!("CARGO"))
        .args(["build", "--release", "--workspace", "--bin", "convergences"])
        .status()?;
    anyhow::ensure!(built.success(), "could not build the gateway");
    let here = Path::new(env!("CARGO_BIN_EXE_bare_proxy"));
    Ok(here.with_file_name("convergences"))
}

fn free_address() -> anyhow::Result<SocketAddr> {
    Ok(TcpListener::bind("127.0.0.1:0")?.local_addr()?)
}

/// Leaves processor 0 to the programs, where there are others. Before anything is spawned.
pub(crate) fn pin_this_process() {
    let processors = std::thread::available_parallelism().map_or(1, usize::from);
    if processors > 1 {
        let others = format!("1-{}", processors - 1);
        let own = std::process::id().to_string();
        // Where it fails, figures are less steady.
        let _ = Command::new("taskset")
            .args(["--all-tasks", "--cpu-list", "--pid", &others, &own])
            .stdout(Stdio::null())
            .status();
    }
}

fn is_pinned() -> bool {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let mut lines = status.lines();
    let allowed = lines.find_map(|line| line.strip_prefix("Cpus_allowed_list:"));
    allowed.is_some_and(|allowed| allowed.trim().starts_with('1'))
}
