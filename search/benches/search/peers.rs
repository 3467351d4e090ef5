//! The same questions asked of SQLite's FTS5 and of PostgreSQL's French full text: the best ten, ranked, with
//! extracts and a count, any word matching. Neither knows rights, facets or references.

use crate::{Fallible, told};
use sqlx::{AnyConnection, Connection as _, Executor as _};
use std::path::Path;
use std::time::{Duration, Instant};

#[derive(serde::Deserialize)]
struct Line {
    id: String,
    title: String,
    #[serde(default)]
    summary: String,
    body: String,
}

const SQLITE: [&str; 2] = [
    "SELECT COUNT(*) FROM d WHERE d MATCH $1",
    "SELECT id, snippet(d, 3, '<', '>', '…', 30) FROM d WHERE d MATCH $1 ORDER BY bm25(d, 0, 4, 2, 1) LIMIT 10",
];
const POSTGRES: [&str; 2] = [
    "SELECT COUNT(*) FROM d, to_tsquery('french', $1) q WHERE words @@ q",
    "SELECT id, ts_headline('french', body, q) FROM (SELECT id, body, q FROM d, to_tsquery('french', $1) q WHERE words @@ q ORDER BY ts_rank(words, q) DESC LIMIT 10) best",
];

pub(crate) async fn measure(corpus: &str, questions: &[&str], folder: &Path) -> Fallible<()> {
    let lines: Vec<Line> = corpus
        .lines()
        .map(serde_json::from_str)
        .collect::<Result<_, _>>()?;
    let url = format!("sqlite://{}?mode=rwc", folder.join("fts.db").display());
    let mut sqlite = AnyConnection::connect(&url).await?;
    let table = "CREATE VIRTUAL TABLE d USING fts5(id UNINDEXED, title, summary, body, tokenize = 'unicode61 remove_diacritics 2')";
    fill(&mut sqlite, table, &lines).await?;
    told(
        "SQLite FTS5",
        &mut ask(&mut sqlite, &SQLITE, questions, " OR ").await?,
    );
    let Ok(url) = std::env::var("BIP_POSTGRES") else {
        return Ok(());
    };
    let mut postgres = AnyConnection::connect(&url).await?;
    let table = "CREATE TABLE d (id TEXT, title TEXT, summary TEXT, body TEXT, words tsvector GENERATED ALWAYS AS (setweight(to_tsvector('french', title), 'A') || setweight(to_tsvector('french', summary), 'B') || to_tsvector('french', body)) STORED)";
    fill(&mut postgres, table, &lines).await?;
    postgres
        .execute("CREATE INDEX ON d USING gin (words)")
        .await?;
    told(
        "PostgreSQL, French full text",
        &mut ask(&mut postgres, &POSTGRES, questions, " | ").await?,
    );
    Ok(())
}

async fn fill(connection: &mut AnyConnection, table: &'static str, lines: &[Line]) -> Fallible<()> {
    connection.execute(table).await?;
    let mut tx = connection.begin().await?;
    for line in lines {
        sqlx::query("INSERT INTO d (id, title, summary, body) VALUES ($1, $2, $3, $4)")
            .bind(&line.id)
            .bind(&line.title)
            .bind(&line.summary)
            .bind(&line.body)
            .execute(&mut *tx)
            .await?;
    }
    tx.commit().await?;
    Ok(())
}

async fn ask(
    connection: &mut AnyConnection,
    statements: &[&'static str; 2],
    questions: &[&str],
    or: &str,
) -> Fallible<Vec<Duration>> {
    let mut taken = Vec::new();
    for question in questions {
        let words = question
            .split(|c: char| !c.is_alphanumeric())
            .filter(|word| word.chars().count() > 2);
        let words: Vec<String> = words.map(str::to_lowercase).collect();
        let any = words.join(or);
        if any.is_empty() {
            continue;
        }
        let start = Instant::now();
        for statement in statements {
            std::hint::black_box(
                sqlx::query(*statement)
                    .bind(&any)
                    .fetch_all(&mut *connection)
                    .await?,
            );
        }
        taken.push(start.elapsed());
    }
    Ok(taken)
}
