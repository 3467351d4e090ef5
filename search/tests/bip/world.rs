//! One index of the small corpus for every test, and people who may read more or less of it.

use policies::{
    Classification, CollectiviteId, Level, Member, MembershipId, Principal, Right, Role, Rule,
    Ruleset, Rulesets, ServiceId, SigningKey, Situation, Tenant, VerifyingKeys, Vocabulary,
};
use search::{Bip, Coverage, Follower, Library, Question, Results, Scope, Tables, Written};
use sqlx::Connection as _;
use std::collections::{BTreeSet, HashMap};
use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::sync::{Arc, LazyLock};

pub(crate) const NOW: i64 = 1_800_000_000;

static BASE: LazyLock<Arc<Bip>> = LazyLock::new(|| {
    Arc::new(base_of_corpus(
        &corpus().join("\n"),
        &Classification::default(),
    ))
});

/// The lines of the small corpus.
pub(crate) fn corpus() -> Vec<String> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus/small.jsonl.zst");
    let corpus = zstd::Decoder::new(std::fs::File::open(path).unwrap()).unwrap();
    BufReader::new(corpus).lines().map(Result::unwrap).collect()
}

fn base_of_corpus(corpus: &str, classification: &Classification) -> Bip {
    let made = Base::empty();
    made.import(corpus, classification, Coverage::Part).unwrap();
    made.followed();
    made.into_bip()
}

/// Content, and the index that follows it, in a folder.
pub(crate) struct Base {
    pub(crate) folder: PathBuf,
    pub(crate) library: Library,
    pub(crate) bip: Arc<Bip>,
    pub(crate) runtime: tokio::runtime::Runtime,
}

impl Base {
    pub(crate) fn empty() -> Self {
        Self::at(&tempfile::tempdir().unwrap().keep())
    }

    /// Of a folder, where there may be one already.
    pub(crate) fn at(folder: &Path) -> Self {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build();
        let runtime = runtime.unwrap();
        let url = format!("sqlite://{}", folder.join("content.db").display());
        let library = elsewhere(|| runtime.block_on(Library::open(&url, Tables::Migrate)));
        Self {
            folder: folder.to_owned(),
            library: library.unwrap(),
            bip: Arc::new(Bip::new(folder).unwrap()),
            runtime,
        }
    }

    pub(crate) fn import(
        &self,
        corpus: &str,
        classification: &Classification,
        coverage: Coverage,
    ) -> Result<Written, search::Error> {
        let import =
            self.library
                .import(corpus.as_bytes(), classification, coverage, NOW, |_, _| {});
        elsewhere(|| self.runtime.block_on(import))
    }

    /// Another node of the same content, with an index in a folder of its own.
    pub(crate) fn beside(other: &Self, folder: &Path) -> Self {
        let base = Self {
            folder: folder.to_owned(),
            bip: Arc::new(Bip::new(folder).unwrap()),
            ..Self::at(&other.folder)
        };
        base.followed();
        base
    }

    pub(crate) fn follower(&self) -> Follower {
        Follower::new(self.bip.clone(), self.library.clone())
    }

    /// Brings the index to the content.
    pub(crate) fn followed(&self) {
        let mut follower = self.follower();
        elsewhere(|| self.runtime.block_on(follower.catch_up())).unwrap();
    }

    /// Makes a document of the store one that this program cannot read.
    pub(crate) fn spoil(&self, id: &str) {
        let url = format!("sqlite://{}", self.folder.join("content.db").display());
        let text = "UPDATE bip_documents SET json = '{}', change = (SELECT value + 1 FROM bip_counters WHERE name = 'changes') WHERE id = $1";
        self.wait(async {
            let mut connection = sqlx::AnyConnection::connect(&url).await.unwrap();
            sqlx::query(text)
                .bind(id)
                .execute(&mut connection)
                .await
                .unwrap();
            sqlx::query("UPDATE bip_counters SET value = value + 1 WHERE name = 'changes'")
                .execute(&mut connection)
                .await
                .unwrap();
        });
    }

    /// Waits for something of the store.
    pub(crate) fn wait<T: Send>(&self, on: impl Future<Output = T> + Send) -> T {
        elsewhere(|| self.runtime.block_on(on))
    }

    /// The same on this thread.
    pub(crate) fn wait_here<T>(&self, on: impl Future<Output = T>) -> T {
        self.runtime.block_on(on)
    }

    pub(crate) fn into_bip(self) -> Bip {
        self.runtime.shutdown_background();
        Arc::into_inner(self.bip).unwrap()
    }
}

/// On a thread without a runtime: some tests have one.
fn elsewhere<T: Send>(work: impl FnOnce() -> T + Send) -> T {
    std::thread::scope(|scope| scope.spawn(work).join().unwrap())
}

/// The small corpus, imported once.
pub(crate) fn base() -> Arc<Bip> {
    BASE.clone()
}

/// A base of these lines.
pub(crate) fn base_of(lines: &[String]) -> Bip {
    base_of_corpus(&lines.join("\n"), &classification())
}

/// A base of some lines of the corpus.
pub(crate) fn base_of_part(lines: &[String]) -> Bip {
    base_of_corpus(&lines.join("\n"), &Classification::default())
}

/// A line of an import; `more` ends with a comma when it is not empty.
pub(crate) fn line(id: &str, kind: &str, body: &str, more: &str) -> String {
    format!(
        r#"{{"id":"{id}","kind":"{kind}","title":"Document {id}","body":"{body}",{more}"source_url":"https://example.org/{id}","licence":"l"}}"#
    )
}

fn vocabulary() -> Arc<Vocabulary> {
    static VOCABULARY: LazyLock<Arc<Vocabulary>> = LazyLock::new(|| {
        let small = classification();
        let small = small.themes().iter().map(|theme| theme.as_str().to_owned());
        let themes: BTreeSet<_> = small
            .chain(search::EMBEDDED_THEMES.map(str::to_owned))
            .collect();
        let collections = ["Annales", "Secteur privé"].map(str::to_owned);
        let every = Classification::new(themes, collections).unwrap();
        Arc::new(Vocabulary::classified(&["bip".into()], every).unwrap())
    });
    VOCABULARY.clone()
}

/// What rules may name of documents.
pub(crate) fn classification() -> Classification {
    let themes = ["Santé", "Retraite", "Formation"].map(Into::into);
    Classification::new(themes, ["Annales".into()]).unwrap()
}

/// An agent of a collectivité to which BIP is open, and who has the right to read it.
pub(crate) fn agent(collectivite: &str) -> Principal {
    Principal::Member(Arc::new(Member {
        id: MembershipId::from("m1"),
        collectivite: CollectiviteId::from(collectivite),
        active: true,
        role: Role::Agent,
        groups: Vec::new(),
        profile: None,
        rights: vec![Right {
            service: ServiceId::from("bip"),
            level: Level::Lecture,
        }],
    }))
}

/// Somebody of the CIG, who may modify BIP or only read it.
pub(crate) fn correspondant(level: Level) -> Principal {
    let Principal::Member(member) = agent("cig") else {
        unreachable!()
    };
    Principal::Member(Arc::new(Member {
        id: MembershipId::from("cig/corinne"),
        role: Role::Correspondant,
        rights: vec![Right {
            service: ServiceId::from("bip"),
            level,
        }],
        ..Member::clone(&member)
    }))
}

/// The rules of a collectivité, beside those of the CIG.
pub(crate) fn ruleset(collectivite: &str, rules: &[&str]) -> Arc<Ruleset> {
    let tenant = Tenant {
        id: CollectiviteId::from(collectivite),
        active: true,
        services: vec![ServiceId::from("bip")],
        cdg: None,
    };
    let rules: Vec<Rule> = rules
        .iter()
        .enumerate()
        .map(|(n, text)| Rule {
            id: n.to_string(),
            text: (*text).to_owned(),
        })
        .collect();
    Arc::new(Ruleset::build(&vocabulary(), &tenant, &rules).unwrap())
}

/// What an agent of this collectivité may read, under these rules.
pub(crate) fn scope(bip: &Bip, collectivite: &str, rules: &[&str]) -> Scope {
    bip.scope(
        ruleset(collectivite, rules),
        agent(collectivite),
        Situation::at(NOW, None, false),
    )
    .unwrap()
}

/// The ten first hits of a question.
pub(crate) fn first_page(bip: &Bip, scope: &Scope, question: &str) -> Results {
    bip.search(&Question::of(question), scope).unwrap()
}

/// The ids of the ten first hits.
pub(crate) fn ids(bip: &Bip, scope: &Scope, question: &str) -> Vec<String> {
    first_page(bip, scope, question)
        .hits
        .into_iter()
        .map(|hit| hit.id)
        .collect()
}

/// The gateway's side: keys, rules and the time.
pub(crate) struct Gateway {
    pub(crate) key: SigningKey,
    rulesets: Arc<Rulesets>,
}

impl Gateway {
    pub(crate) fn new() -> Self {
        Self::with(&[])
    }

    /// With rules of c1.
    pub(crate) fn with(rules: &[&str]) -> Self {
        Self::of([("c1", rules), ("c2", &[]), ("cig", &[])])
    }

    /// With rules of each collectivité.
    pub(crate) fn of<const N: usize>(rules: [(&str, &[&str]); N]) -> Self {
        let key = SigningKey::from_pkcs8("k1", &SigningKey::generate().unwrap()).unwrap();
        let by = rules.map(|(id, rules)| (CollectiviteId::from(id), ruleset(id, rules)));
        let by = HashMap::from(by);
        let rulesets = Arc::new(Rulesets::new(
            Arc::new(Ruleset::anonymous(&vocabulary())),
            by,
        ));
        Self { key, rulesets }
    }
}

impl search::Gate for Gateway {
    fn keys(&self) -> Arc<VerifyingKeys> {
        Arc::new(VerifyingKeys::of([&self.key]))
    }

    fn rulesets(&self) -> Arc<Rulesets> {
        self.rulesets.clone()
    }

    fn classification(&self) -> Classification {
        classification()
    }

    fn collectivites(&self) -> Vec<(CollectiviteId, String)> {
        let named = [
            ("c1", "Ville de Fontclaire"),
            ("c2", "Commune de Montrieux"),
        ];
        named.map(|(id, name)| (id.into(), name.to_owned())).into()
    }

    fn now(&self) -> i64 {
        NOW
    }
}
