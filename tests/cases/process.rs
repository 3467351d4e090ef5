//! The program itself, as a process: started, stopped by a signal, killed in the middle.

use accounts::{Clock, MasterKey, Schema, Store, Vault};
use convergences_tests::client::{Client, Page};
use convergences_tests::world::{AMINA, RENEE, import_small_bip};
use serde_json::Value;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

struct Demo {
    process: Child,
    summary: Value,
}

impl Demo {
    /// Starts it on a free port and waits for its summary.
    fn start(data: &Path) -> Self {
        // That of a process which was killed must not pass for this one's.
        let _ = std::fs::remove_file(data.join("demo.json"));
        // A file that may not grow is an error to the program, as on a full disk, not its end.
        let mut process = Command::new("sh")
            .args(["-c", "trap '' XFSZ; exec \"$@\"", "sh"])
            .arg(env!("CARGO_BIN_EXE_program"))
            .args(["demo", "--listen", "127.0.0.1:0", "--data"])
            .arg(data)
            .current_dir("/")
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let started = Instant::now();
        let summary = data.join("demo.json");
        while !summary.exists() {
            assert!(started.elapsed() < Duration::from_mins(1), "no summary");
            assert!(process.try_wait().unwrap().is_none(), "ended by itself");
            std::thread::sleep(Duration::from_millis(20));
        }
        let summary = serde_json::from_slice(&std::fs::read(summary).unwrap()).unwrap();
        Self { process, summary }
    }

    fn url(&self, service: &str, path: &str) -> String {
        format!(
            "http://{}{path}",
            self.summary["hosts"][service].as_str().unwrap()
        )
    }

    fn browser(&self) -> Client {
        Client::new(self.summary["listen"].as_str().unwrap().parse().unwrap()).unwrap()
    }

    fn password(&self, login: &str) -> String {
        let accounts = self.summary["accounts"].as_array().unwrap();
        let account = accounts.iter().find(|a| a["login"] == login).unwrap();
        account["password"].as_str().unwrap().to_owned()
    }

    async fn log_in(&self, login: &str) -> Client {
        let (client, page) = self.try_to_log_in(login).await;
        assert_eq!(page.heading(), "Mes services", "{}", page.text);
        client
    }

    /// The page that a log-in comes to, and who comes to it.
    async fn try_to_log_in(&self, login: &str) -> (Client, Page) {
        let mut client = self.browser();
        let password = self.password(login);
        let page = client
            .open(&self.url("portail", "/connexion"))
            .await
            .unwrap();
        let fields = [("identifiant", login), ("mot_de_passe", password.as_str())];
        let page = client.submit(&page, &fields).await.unwrap();
        (client, page)
    }

    /// The port is another one than the client's; the session is the same.
    async fn still_knows(&self, client: Client) {
        let mut again = self.browser();
        again.cookies = client.cookies;
        let home = again.open(&self.url("portail", "/")).await.unwrap();
        assert_eq!(home.heading(), "Mes services");
    }

    /// Lets no file be written any more, or lets them be written again.
    fn fill_the_disk(&self, full: bool) {
        let limit = if full {
            "--fsize=0:"
        } else {
            "--fsize=unlimited:"
        };
        let pid = self.process.id().to_string();
        let set = Command::new("prlimit")
            .args(["--pid", &pid, limit])
            .status();
        assert!(set.unwrap().success());
    }

    fn signal(&mut self, name: &str) -> Duration {
        let sent = Instant::now();
        Command::new("kill")
            .args([name, &self.process.id().to_string()])
            .status()
            .unwrap();
        self.process.wait().unwrap();
        sent.elapsed()
    }
}

impl Drop for Demo {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// A data folder whose BIP index is there already, and that holds something of somebody else.
async fn data() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    import_small_bip(&folder.path().join("bip")).await.unwrap();
    std::fs::write(folder.path().join("notes.txt"), "theirs").unwrap();
    folder
}

#[tokio::test(flavor = "multi_thread")]
async fn the_demonstration_tells_where_it_is_and_ends_by_sigterm() {
    let data = data().await;
    let mut demo = Demo::start(data.path());
    for host in ["portail", "site", "bip", "net-cotisations", "courrier"] {
        let page = demo.browser().open(&demo.url(host, "/")).await.unwrap();
        assert_eq!(page.status, 200, "{host}");
    }
    for (login, services) in [
        (RENEE, serde_json::json!(["site", "bip", "net-cotisations"])),
        (AMINA, serde_json::json!(["bip"])),
    ] {
        let accounts = demo.summary["accounts"].as_array().unwrap();
        assert_eq!(
            accounts.iter().find(|a| a["login"] == login).unwrap()["services"],
            services
        );
    }
    assert!(
        demo.summary["accounts"]
            .as_array()
            .unwrap()
            .iter()
            .any(|a| a["services"] == serde_json::json!([]))
    );
    let ops = reqwest::get(format!(
        "http://{}/readyz",
        demo.summary["ops"].as_str().unwrap()
    ))
    .await
    .unwrap();
    assert_eq!(ops.status(), 200);
    assert!(demo.signal("-TERM") < Duration::from_secs(10));
    assert_eq!(
        std::fs::read_to_string(data.path().join("notes.txt")).unwrap(),
        "theirs"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_at_any_moment_nothing_acknowledged_is_lost_and_the_journal_holds() {
    let data = data().await;
    let mut demo = Demo::start(data.path());
    let renee = demo.log_in(RENEE).await;
    // Others go on logging in while it dies.
    let mut amina = demo.browser();
    let page = amina
        .open(&demo.url("portail", "/connexion"))
        .await
        .unwrap();
    let dying = tokio::spawn(async move {
        amina
            .submit(&page, &[("identifiant", AMINA), ("mot_de_passe", "x")])
            .await
    });
    demo.signal("-KILL");
    let _ = dying.await;
    let mut demo = Demo::start(data.path());
    demo.still_knows(renee).await;
    demo.signal("-TERM");
    assert!(entries(data.path()).await > 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_disk_is_said_and_loses_nothing() {
    let data = data().await;
    let mut demo = Demo::start(data.path());
    let mut renee = demo.log_in(RENEE).await;
    demo.fill_the_disk(true);
    let (_, refused) = demo.try_to_log_in(AMINA).await;
    assert_eq!(refused.status, 503, "{}", refused.text);
    assert!(refused.text.contains("Réessayez"), "{}", refused.text);
    // Who is logged in goes on at the portal; what the journal is to have of it must wait.
    let home = demo.url("portail", "/");
    assert_eq!(renee.open(&home).await.unwrap().heading(), "Mes services");
    demo.fill_the_disk(false);
    let amina = demo.log_in(AMINA).await;
    demo.fill_the_disk(true);
    demo.signal("-KILL");
    let mut demo = Demo::start(data.path());
    for client in [renee, amina] {
        demo.still_knows(client).await;
    }
    demo.signal("-TERM");
    assert!(entries(data.path()).await > 0);
}

/// How many entries the journal of a folder has, once its chain is found whole.
async fn entries(data: &Path) -> i64 {
    let key = std::fs::read_to_string(data.join("master.key")).unwrap();
    let key = data_encoding::HEXLOWER
        .decode(key.trim().as_bytes())
        .unwrap();
    let vault = Vault::new(&MasterKey::from_bytes(&key).unwrap()).unwrap();
    let url = format!("sqlite://{}", data.join("convergences.db").display());
    let store = Store::open(&url, Schema::Expect, vault, Clock::System)
        .await
        .unwrap();
    store.verify_journal().await.unwrap().unwrap()
}
