//! Measures the référent's console on a collectivité of 15,000 accounts among 150,000, and what the CIG
//! sees of 2,000 collectivités: each page's time on the server, and a file of 15,000 rows from the upload's page to the report.
//! `cargo bench --package convergences-tests --bench console` takes some minutes on two cores.

#![expect(clippy::print_stdout, reason = "a benchmark tells its figures")]

use accounts::{
    Clock, Collectivite, CollectiviteKind, Directory, Follower, Intake, JournalEntry, MasterKey,
    NewAccount, NewMembership, Newcomer, Schema, SecondFactorRequirement, SessionCookie,
    SessionLimits, Store, Vault,
};
use admin::{Entrance, Finder, Portal, PortalSettings, Texts};
use anyhow::Context as _;
use axum::Router;
use axum::body::Body;
use http::{Request, header};
use http_body_util::BodyExt as _;
use policies::{
    ASSERTION_HEADER, Access, Claims, Level, MembershipId, Principal, Right, Role, Route, Ruleset,
    Situation, Vocabulary, administer,
};
use std::fmt::Write as _;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tower::ServiceExt as _;

const TOWNS: usize = 10;
const PEOPLE: usize = 15_000;
const COLLECTIVITES: usize = 2000;
/// Seconds.
const MONTH: i64 = 30 * 86_400;
const ROUNDS: usize = 21;
const NOW: i64 = 1_795_165_200;
const FORM: &str = "application/x-www-form-urlencoded";
const SERVICES: [&str; 4] = ["portail", "site", "bip", "net-cotisations"];

/// A town's référente, and the portal she is at.
struct Desk {
    store: Store,
    router: Router,
    assertion: String,
    token: String,
    membership: MembershipId,
    account: String,
    vocabulary: Arc<Vocabulary>,
}

/// `cargo test` also builds and starts this, without `--bench`: then it does nothing.
#[tokio::main(flavor = "multi_thread", worker_threads = 2)]
async fn main() -> anyhow::Result<()> {
    if !std::env::args().any(|argument| argument == "--bench") {
        return Ok(());
    }
    let folder = tempfile::tempdir()?;
    let url = format!("sqlite://{}", folder.path().join("bench.db").display());
    let vault = Vault::new(&MasterKey::from_bytes(&[7; 32])?)?;
    let clock = Clock::manual(NOW);
    let store = Store::open(&url, Schema::Migrate, vault, clock.clone()).await?;
    let vocabulary = Arc::new(Vocabulary::new(&SERVICES.map(Into::into))?);
    let follower = Follower::start(store.clone(), vocabulary).await?;
    let directory = follower.directory();
    tokio::spawn(follower.run(|_| ()));
    let mut desks = Vec::new();
    for town in 0..TOWNS {
        let began = Instant::now();
        let desk = Desk::open(&store, &directory, &format!("ville{town}")).await?;
        desk.fill(town).await?;
        println!(
            "ville{town}: {PEOPLE} accounts written in {:.2} s",
            began.elapsed().as_secs_f64()
        );
        desks.push(desk);
    }
    let desk = desks.first().context("no town")?;
    println!(
        "\n{:52} {:>8} {:>8} {:>8}",
        "page, ms on the server", "least", "median", "most"
    );
    for path in [
        "/referent/agents",
        "/referent/agents?page=300",
        "/referent/agents?q=martin+zoe",
        "/referent/agents?q=zzz",
        "/referent/agents?etat=actif",
        "/referent/agents?etat=invite&page=200",
        "/referent/droits",
        "/referent/droits?page=300",
        "/referent/journal",
        "/referent",
    ] {
        desk.measure(path).await?;
    }
    let cig = Desk::of_cig(&store, &directory, &clock).await?;
    for path in [
        "/cig/statistiques",
        "/cig/statistiques?genre=etablissement",
        "/cig/statistiques.csv",
        "/cig/collectivites",
    ] {
        cig.measure(path).await?;
    }
    cig.guard().await?;
    desk.import().await
}

fn print_times(what: &str, times: &mut [Duration]) {
    times.sort_unstable();
    let ms = |time: Option<&Duration>| time.map_or(0.0, |time| time.as_secs_f64() * 1000.0);
    let (least, median, most) = (times.first(), times.get(times.len() / 2), times.last());
    println!(
        "{what:52} {:8.1} {:8.1} {:8.1}",
        ms(least),
        ms(median),
        ms(most)
    );
}

/// A body with every service.
fn body(id: &str, kind: CollectiviteKind) -> Collectivite {
    Collectivite {
        id: id.into(),
        name: format!("Ville {id}"),
        kind,
        cdg: None,
        services: SERVICES.iter().skip(1).map(|id| (*id).into()).collect(),
        active: true,
    }
}

fn entrance(id: &str) -> Entrance {
    let route = Arc::new(Route {
        id: id.into(),
        service: id.into(),
        access: Access::Granted,
    });
    Entrance {
        id: id.into(),
        name: id.to_owned(),
        description: String::new(),
        origin: format!("http://{id}.localhost"),
        host: format!("{id}.localhost"),
        path: "/".to_owned(),
        whole: route.clone(),
        route,
        areas: Vec::new(),
        roles: Vec::new(),
    }
}

/// The portal of a town's référente, as the program serves it.
fn router(store: &Store, directory: Arc<Directory>) -> anyhow::Result<Router> {
    let others = SERVICES.iter().skip(1).map(|id| entrance(id)).collect();
    let settings = PortalSettings {
        cookie: SessionCookie::new(false),
        limits: SessionLimits {
            absolute: Duration::from_hours(10),
            idle: Duration::from_hours(1),
        },
        second_factor: SecondFactorRequirement::default(),
        texts: Texts::read(None)?,
        prover: None,
        finder: Finder::new(|_| None),
    };
    let portal = Portal::new(
        store.clone(),
        directory,
        entrance("portail"),
        others,
        settings,
    );
    Ok(portal.router())
}

impl Desk {
    async fn open(store: &Store, directory: &Arc<Directory>, id: &str) -> anyhow::Result<Self> {
        let town = body(id, CollectiviteKind::Collectivite);
        Self::open_as(store, directory, &town, Role::Referent).await
    }

    /// A correspondante, among 2,000 collectivités whose services were opened for a year.
    async fn of_cig(
        store: &Store,
        directory: &Arc<Directory>,
        clock: &Clock,
    ) -> anyhow::Result<Self> {
        let mut entries = Vec::new();
        for n in TOWNS..COLLECTIVITES {
            let id = format!("commune{n}");
            let town = body(&id, CollectiviteKind::Collectivite);
            store.add_collectivite(&town, "bench").await?;
            entries.extend(SERVICES.iter().map(|service| {
                let entry = JournalEntry::by("somebody", "ouvrir", service);
                entry.within(&town.id).decided("permit", &[])
            }));
        }
        for month in 0..12 {
            clock.advance(-month * MONTH);
            store.record(&entries).await?;
            clock.advance(month * MONTH);
        }
        let cig = body("cig", CollectiviteKind::Cig);
        Self::open_as(store, directory, &cig, Role::Correspondant).await
    }

    async fn open_as(
        store: &Store,
        directory: &Arc<Directory>,
        town: &Collectivite,
        role: Role,
    ) -> anyhow::Result<Self> {
        store.add_collectivite(town, "bench").await?;
        let login = format!("renee@{}.example", town.id);
        let new = NewAccount {
            login: &login,
            given_name: "Renée",
            family_name: "Martin",
            password: None,
        };
        let account = store.add_account(new, "bench").await?;
        let new = NewMembership {
            account: &account,
            collectivite: &town.id,
            role,
            groups: &[("rh", "Ressources humaines")],
        };
        let membership = store.add_membership(new, "bench").await?;
        let claims = Claims {
            iss: String::new(),
            aud: "portail".to_owned(),
            sub: account.clone(),
            name: "Renée Martin".to_owned(),
            email: login.clone(),
            collectivite: town.name.clone(),
            sid: "session".to_owned(),
            iat: NOW,
            exp: NOW + 60,
            second_factor: true,
            key: false,
            asks_only: false,
            address: None,
            roles: Vec::new(),
            member: Some(store.member(&membership).await?),
        };
        let assertion = directory.sign(&claims)?;
        let router = router(store, directory.clone())?;
        Ok(Self {
            store: store.clone(),
            router,
            assertion,
            token: store.form_token("session"),
            membership,
            account,
            vocabulary: directory.vocabulary().clone(),
        })
    }

    /// Everybody, by the same way as a file.
    async fn fill(&self, town: usize) -> anyhow::Result<()> {
        let member = self.store.member(&self.membership).await?;
        let tenant = self.store.find_collectivite(&member.collectivite).await?;
        let tenant = tenant.context("no town")?.tenant();
        let ruleset = Ruleset::build(&self.vocabulary, &tenant, &[])?;
        let now = Situation::at(NOW, None, true);
        let purview = administer(&ruleset, &Principal::Member(member), &tenant, &now);
        let purview = purview.map_err(|refusal| anyhow::anyhow!("{refusal:?}"))?;
        let within = self.store.within(&purview, &self.account);
        let right = Right {
            service: "bip".into(),
            level: Level::Lecture,
        };
        let profile = within.add_profile("Lecture BIP", &[right]).await?;
        let newcomers = (0..PEOPLE).map(|n| Newcomer {
            given_name: "Zoé".to_owned(),
            family_name: format!("Martin{}", letters(n)),
            login: format!("zoe{n}@ville{town}.example"),
            profile: Some(profile.clone()),
            group: Some(format!("ville{town}/rh").as_str().into()),
            left_at: None,
        });
        let intake = Intake {
            newcomers: newcomers.collect(),
            ..Intake::default()
        };
        let file = within.keep_import("bench.csv", b"").await?;
        within.take_in(&file, &intake, "").await?;
        Ok(())
    }

    async fn measure(&self, path: &str) -> anyhow::Result<()> {
        let mut times = Vec::new();
        for _ in 0..ROUNDS {
            let began = Instant::now();
            self.get(path).await?;
            times.push(began.elapsed());
        }
        print_times(path, &mut times);
        Ok(())
    }

    async fn get(&self, path: &str) -> anyhow::Result<String> {
        self.send(Request::get(path).body(Body::empty())?).await
    }

    async fn send(&self, mut request: Request<Body>) -> anyhow::Result<String> {
        request
            .headers_mut()
            .insert(ASSERTION_HEADER, self.assertion.parse()?);
        let answer = self.router.clone().oneshot(request).await?;
        let (status, to) = (
            answer.status(),
            answer.headers().get(header::LOCATION).cloned(),
        );
        let body = answer.into_body().collect().await?.to_bytes();
        anyhow::ensure!(status.as_u16() < 400, "{status}");
        let to = to.and_then(|to| to.to_str().ok().map(str::to_owned));
        Ok(to.unwrap_or_else(|| String::from_utf8_lossy(&body).into_owned()))
    }

    /// A guardrail over all collectivités, whose people it hits, shown before it is published.
    async fn guard(&self) -> anyhow::Result<()> {
        let mut times = Vec::new();
        for _ in 0..3 {
            let began = Instant::now();
            let form = format!("jeton={}&effet=restriction&cible=service:bip", self.token);
            let post = Request::post("/cig/garde-fous/nouveau");
            let post = post.header(header::CONTENT_TYPE, FORM).body(form.into())?;
            let shown = self.send(post).await?;
            anyhow::ensure!(shown.contains(&format!("{TOWNS} collectivités")), "not hit");
            times.push(began.elapsed());
        }
        print_times("a guardrail's preview", &mut times);
        Ok(())
    }

    /// A file of which every row is new: uploaded, shown, applied, reported.
    async fn import(&self) -> anyhow::Result<()> {
        let mut file = "Prénom;Nom;Courriel;Profil;Service\r\n".to_owned();
        for n in 0..PEOPLE {
            let name = letters(n);
            let _ = write!(
                file,
                "Anne;Durand{name};anne{n}@ville0.example;Lecture BIP;État civil\r\n"
            );
        }
        let body = format!(
            "--b\r\nContent-Disposition: form-data; name=\"jeton\"\r\n\r\n{}\r\n--b\r\nContent-Disposition: form-data; name=\"fichier\"; filename=\"f.csv\"\r\n\r\n{file}\r\n--b--\r\n",
            self.token
        );
        let form = "multipart/form-data; boundary=b";
        let whole = Instant::now();
        let upload = Request::post("/referent/import").header(header::CONTENT_TYPE, form);
        let address = self.send(upload.body(body.into())?).await?;
        println!(
            "\nfile of {PEOPLE} rows: uploaded after {:.2} s",
            whole.elapsed().as_secs_f64()
        );
        let shown = self.get(&address).await?;
        let proof = shown.split("name=\"apercu\" value=\"").nth(1);
        let proof = proof
            .and_then(|rest| rest.split('"').next())
            .context("no proof")?;
        println!("shown after {:.2} s", whole.elapsed().as_secs_f64());
        let apply = Request::post(&address).header(header::CONTENT_TYPE, FORM);
        self.send(apply.body(format!("jeton={}&apercu={proof}", self.token).into())?)
            .await?;
        let mut slowest = Duration::ZERO;
        loop {
            let began = Instant::now();
            self.get("/referent/agents").await?;
            slowest = slowest.max(began.elapsed());
            if self.get(&address).await?.contains("terminé") {
                break;
            }
        }
        println!("applied after {:.2} s", whole.elapsed().as_secs_f64());
        println!(
            "slowest list page meanwhile: {:.1} ms",
            slowest.as_secs_f64() * 1000.0
        );
        Ok(())
    }
}

/// `aab`: names hold no digits.
fn letters(mut n: usize) -> String {
    let mut text = String::new();
    for _ in 0..4 {
        let letter = u8::try_from(n % 26).unwrap_or_default();
        text.insert(0, char::from(b'a' + letter));
        n /= 26;
    }
    text
}
