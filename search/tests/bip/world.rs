//! One index of the small corpus for every test, and people who may read more or less of it.

use policies::{
    Classification, CollectiviteId, Level, Member, MembershipId, Principal, Right, Role, Rule,
    Ruleset, Rulesets, ServiceId, SigningKey, Situation, Tenant, VerifyingKeys, Vocabulary,
};
use search::{Bip, Question, Results, Scope};
use std::collections::{BTreeSet, HashMap};
use std::io::{BufRead as _, BufReader};
use std::path::Path;
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
    let directory = tempfile::tempdir().unwrap().keep();
    Bip::import(&directory, corpus.as_bytes(), classification, |_, _| {}).unwrap()
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
        let key = SigningKey::from_pkcs8("k1", &SigningKey::generate().unwrap()).unwrap();
        let by = HashMap::from([
            (CollectiviteId::from("c1"), ruleset("c1", rules)),
            (CollectiviteId::from("c2"), ruleset("c2", &[])),
        ]);
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

    fn now(&self) -> i64 {
        NOW
    }
}
