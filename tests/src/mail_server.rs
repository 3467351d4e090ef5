//! A mail server of others: aiosmtpd, as a process that ends with the test.

use crate::lane;
use anyhow::Context as _;
use serde_json::Value;
use std::io::{BufRead as _, BufReader};
use std::path::PathBuf;
use std::process::{Child, ChildStdout, Command, Stdio};
use tempfile::TempDir;

/// A running server.
#[derive(Debug)]
pub struct MailServer {
    process: Child,
    output: BufReader<ChildStdout>,
    /// Where it listens, on the loopback address.
    pub port: u16,
    /// Its certificate, for `localhost`.
    pub certificate: Vec<u8>,
    _folder: TempDir,
}

impl MailServer {
    /// Starts it: `plain`, `starttls` (which it then requires) or `tls`, with a login that it asks for.
    /// `None` where aiosmtpd is not installed.
    ///
    /// # Errors
    /// It does not start.
    pub fn start(mode: &str, login: Option<(&str, &str)>) -> anyhow::Result<Option<Self>> {
        let advice = "aiosmtpd not found; pip install aiosmtpd, or name a Python that has it in CONVERGENCES_PYTHON";
        let Some(python) = lane::required("aiosmtpd", python(), advice) else {
            return Ok(None);
        };
        let folder = tempfile::tempdir()?;
        let own = rcgen::generate_simple_self_signed(["localhost".to_owned()])?;
        let (certificate, key) = (folder.path().join("c.pem"), folder.path().join("k.pem"));
        std::fs::write(&certificate, own.cert.pem())?;
        std::fs::write(&key, own.signing_key.serialize_pem())?;
        let mut command = Command::new(python);
        command.args(["-c", include_str!("smtp_server.py"), mode]);
        command.arg(certificate).arg(key);
        if let Some((name, password)) = login {
            command.args([name, password]);
        }
        let mut process = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            // It complains of each handshake that a test makes fail.
            .stderr(Stdio::null())
            .spawn()?;
        let mut output = BufReader::new(process.stdout.take().context("no output")?);
        let mut line = String::new();
        output.read_line(&mut line)?;
        Ok(Some(Self {
            process,
            output,
            port: line.trim().parse().context("the server did not start")?,
            certificate: own.cert.pem().into_bytes(),
            _folder: folder,
        }))
    }

    /// The next letter that it took. Ask only for one that was sent: it is written down before the
    /// server says that it has it.
    ///
    /// # Errors
    /// The server has ended.
    pub fn next_letter(&mut self) -> anyhow::Result<Value> {
        let mut line = String::new();
        self.output.read_line(&mut line)?;
        Ok(serde_json::from_str(&line)?)
    }
}

impl Drop for MailServer {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// A Python that has aiosmtpd.
fn python() -> Option<PathBuf> {
    let told = std::env::var_os("CONVERGENCES_PYTHON").map(PathBuf::from);
    told.into_iter()
        .chain(lane::program("python3", &[]))
        .find(|python| {
            let mut import = Command::new(python);
            import.args(["-c", "import aiosmtpd"]).stderr(Stdio::null());
            import.status().is_ok_and(|status| status.success())
        })
}
