//! BIP's content on SQLite and on PostgreSQL, beside the program's own tables, and the nodes that follow it.

use convergences_tests::database::Database;
use search::{Bip, Coverage, Document, Follower, Library, Tables};
use std::sync::Arc;
use std::time::Duration;

fn document(id: &str, body: &str) -> Document {
    let line = serde_json::json!({
        "id": id, "kind": "fiche", "title": format!("Document {id}"), "body": body,
        "source_url": "", "licence": "",
    });
    serde_json::from_value(line).unwrap()
}

/// A node of its own: its index is in a folder, its content in the store that all share.
struct Node {
    bip: Arc<Bip>,
    _folder: tempfile::TempDir,
}

impl Node {
    async fn start(url: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let bip = Arc::new(Bip::new(folder.path()).unwrap());
        let library = Library::open(url, Tables::Expect).await.unwrap();
        tokio::spawn(Follower::new(bip.clone(), library).run());
        Self {
            bip,
            _folder: folder,
        }
    }

    /// Waits, two seconds at most, until it holds so many documents.
    async fn holds(&self, count: u64) {
        let held = async {
            while self.bip.document_count() != count || !self.bip.is_ready() {
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
        };
        let waited = tokio::time::timeout(Duration::from_secs(2), held).await;
        assert!(
            waited.is_ok(),
            "{} held, {count} wanted",
            self.bip.document_count()
        );
    }
}

async fn nodes_follow_what_any_of_them_writes(database: Database) {
    let library = Library::open(database.url(), Tables::Migrate)
        .await
        .unwrap();
    library
        .write(&[document("a", "x"), document("b", "x")], 1)
        .await
        .unwrap();
    let (one, other) = (
        Node::start(database.url()).await,
        Node::start(database.url()).await,
    );
    one.holds(2).await;
    other.holds(2).await;
    let written = library
        .write(&[document("b", "y"), document("c", "y")], 2)
        .await
        .unwrap();
    assert_eq!((written.written, written.unchanged), (2, 0));
    let again = library
        .write(&[document("b", "y"), document("d", "y")], 3)
        .await
        .unwrap();
    assert_eq!((again.written, again.unchanged), (1, 1));
    one.holds(4).await;
    other.holds(4).await;
    let gone = library
        .withdraw(&["a".to_owned(), "never".to_owned()], 4)
        .await
        .unwrap();
    assert_eq!((gone.withdrawn, gone.unchanged), (1, 1));
    one.holds(3).await;
    other.holds(3).await;
    for node in [&one, &other] {
        let differences = node.bip.differences(&library).await.unwrap();
        assert_eq!(differences, [""; 0]);
    }
    let holdings = library.holdings().await.unwrap();
    assert_eq!((holdings.documents, holdings.versions), (3, 2));
    // Of a document that stands twice in a write the last one counts.
    let twice = [document("e", "x"), document("e", "y")];
    assert_eq!(library.write(&twice, 5).await.unwrap().written, 1);
    assert_eq!(library.write(&twice[1..], 6).await.unwrap().unchanged, 1);
}

async fn tables_of_another_version_are_refused(database: Database) {
    let refused = Library::open(database.url(), Tables::Expect)
        .await
        .unwrap_err();
    assert!(
        refused.to_string().contains("convergences migrate"),
        "{refused}"
    );
    Library::open(database.url(), Tables::Migrate)
        .await
        .unwrap();
    // Migrated once, and beside the tables of others.
    Library::open(database.url(), Tables::Migrate)
        .await
        .unwrap();
    Library::open(database.url(), Tables::Expect).await.unwrap();
}

async fn two_imports_at_once_end_as_one(database: Database) {
    let library = Library::open(database.url(), Tables::Migrate)
        .await
        .unwrap();
    let other = Library::open(database.url(), Tables::Expect).await.unwrap();
    let lines: Vec<_> = (0..700)
        .map(|n| serde_json::to_string(&document(&n.to_string(), "x")).unwrap())
        .collect();
    let corpus = lines.join("\n");
    let sorts = policies::Classification::default();
    let import = |library: Library| {
        let (corpus, sorts) = (corpus.clone(), sorts.clone());
        async move {
            library
                .import(corpus.as_bytes(), &sorts, Coverage::Part, 1, |_, _| {})
                .await
        }
    };
    let (one, two) = tokio::join!(import(library.clone()), import(other));
    let (one, two) = (one.unwrap(), two.unwrap());
    assert_eq!(one.written + two.written, 700);
    assert_eq!(library.holdings().await.unwrap().versions, 0);
}

on_both![
    nodes_follow_what_any_of_them_writes,
    tables_of_another_version_are_refused,
    two_imports_at_once_end_as_one,
];
