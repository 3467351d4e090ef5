//! Fills the store of a configuration with people who are logged in, for benchmarks: no password is
//! hashed, nobody logs in. Prints the `Cookie` headers of the people in group `staff`.
//! usage: `load_sessions CONFIG SESSIONS_FILE`, its lines « id user group »; SQLite only.

#![expect(clippy::print_stdout, reason = "its output is what it is for")]

use accounts::{
    Clock, Collectivite, CollectiviteKind, JournalEntry, Schema, SessionCookie, Store, Token,
};
use anyhow::Context as _;
use convergences::config::{self, Config};
use convergences::product::{open_store, vocabulary};
use policies::Rule;
use sqlx::{AnyConnection, Connection as _, Executor as _};
use std::collections::BTreeSet;
use std::path::Path;

const BY: &str = "load_sessions";
const COLLECTIVITE: &str = "bench";
const SERVICE: &str = "bench";

/// A line of the file.
struct Line<'a> {
    session: &'a str,
    user: &'a str,
    group: &'a str,
}

impl Line<'_> {
    /// A token has 43 characters; the session's id decides them.
    fn token(&self) -> String {
        data_encoding::BASE64URL_NOPAD.encode(&Token::digest(self.session))
    }
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let mut arguments = std::env::args().skip(1);
    let (Some(config), Some(sessions), None) =
        (arguments.next(), arguments.next(), arguments.next())
    else {
        anyhow::bail!("usage: load_sessions CONFIG SESSIONS_FILE");
    };
    let config = config::read(Path::new(&config))?;
    let text = std::fs::read_to_string(&sessions).with_context(|| sessions.clone())?;
    let lines = text.lines().map(read).collect::<Result<Vec<_>, _>>()?;
    let store = open_store(&config, Schema::Migrate, Clock::System).await?;
    add_collectivite(&config, &store).await?;
    insert(&config, &lines, store.clock().now()).await?;
    let detail = format!("{} people", lines.len());
    let entry = JournalEntry::by(BY, "sessions.load", COLLECTIVITE).detail(&detail);
    store.record(&[entry]).await?;
    store.close().await;
    let cookie = SessionCookie::new(config.gateway.public.tls).name();
    for line in lines.iter().filter(|line| line.group == "staff") {
        println!("{cookie}={}", line.token());
    }
    Ok(())
}

fn read(line: &str) -> anyhow::Result<Line<'_>> {
    let mut words = line.split_ascii_whitespace();
    match (words.next(), words.next(), words.next(), words.next()) {
        (Some(session), Some(user), Some(group), None) => Ok(Line {
            session,
            user,
            group,
        }),
        _ => anyhow::bail!("not « id user group »: {line}"),
    }
}

/// One collectivité; one rule for each of the areas `app` and `admin`.
async fn add_collectivite(config: &Config, store: &Store) -> anyhow::Result<()> {
    let new = Collectivite {
        id: COLLECTIVITE.into(),
        name: "Collectivité mesurée".to_owned(),
        kind: CollectiviteKind::Collectivite,
        cdg: None,
        services: vec![SERVICE.into()],
        active: true,
    };
    store.add_collectivite(&new, BY).await?;
    let vocabulary = vocabulary(config)?;
    for (group, area) in [("staff", "app"), ("admin", "admin")] {
        let text = format!(
            "permit (principal in Collectivite::\"{COLLECTIVITE}\", action, resource == Route::\"{SERVICE}/{area}\")
             when {{ principal in Groupe::\"{COLLECTIVITE}/{group}\" }};"
        );
        let id = format!("{group}-{area}");
        let rule = Rule { id, text };
        store
            .publish_rule(&vocabulary, &COLLECTIVITE.into(), &rule, BY)
            .await?;
    }
    Ok(())
}

/// Rows as the store writes them, without a change for each: no node is running.
async fn insert(config: &Config, lines: &[Line<'_>], now: i64) -> anyhow::Result<()> {
    let host = |portal: bool| {
        let services = config.gateway.services.iter();
        let mut found = services.filter(|service| (service.id == config.gateway.portal) == portal);
        found.next().map(|service| service.host.clone())
    };
    let portal = host(true).context("no portal")?;
    let service = host(false).context("no service beside the portal")?;
    let mut connection = AnyConnection::connect(&config.store.url).await?;
    connection.execute("PRAGMA synchronous = OFF").await?;
    let mut tx = connection.begin().await?;
    let groups: BTreeSet<&str> = lines.iter().map(|line| line.group).collect();
    for group in groups {
        sqlx::query("INSERT INTO groups (id, collectivite, name) VALUES ($1, $2, $3)")
            .bind(format!("{COLLECTIVITE}/{group}"))
            .bind(COLLECTIVITE)
            .bind(group)
            .execute(&mut *tx)
            .await?;
    }
    for line in lines {
        insert_person(&mut tx, line, now).await?;
        insert_session(&mut tx, line, &portal, None, now).await?;
        insert_session(&mut tx, line, &service, Some(&line.token()), now).await?;
    }
    tx.commit().await?;
    connection.close().await?;
    Ok(())
}

async fn insert_person(
    connection: &mut AnyConnection,
    line: &Line<'_>,
    now: i64,
) -> anyhow::Result<()> {
    sqlx::query("INSERT INTO accounts (id, login, given_name, family_name, created_at) VALUES ($1, $2, $3, $4, $5)")
        .bind(account(line))
        .bind(line.user)
        .bind("Camille")
        .bind(line.user)
        .bind(now)
        .execute(&mut *connection)
        .await?;
    sqlx::query("INSERT INTO memberships (id, account, collectivite, role, created_at) VALUES ($1, $2, $3, 'agent', $4)")
        .bind(membership(line))
        .bind(account(line))
        .bind(COLLECTIVITE)
        .bind(now)
        .execute(&mut *connection)
        .await?;
    sqlx::query("INSERT INTO group_members (group_id, membership) VALUES ($1, $2)")
        .bind(format!("{COLLECTIVITE}/{}", line.group))
        .bind(membership(line))
        .execute(&mut *connection)
        .await?;
    Ok(())
}

/// A session at the portal has a token that nobody knows.
async fn insert_session(
    connection: &mut AnyConnection,
    line: &Line<'_>,
    host: &str,
    token: Option<&str>,
    now: i64,
) -> anyhow::Result<()> {
    let root = format!("root-{}", line.session);
    let (id, hash) = match token {
        None => (root.clone(), Token::hash(Token::fresh()?.as_str())),
        Some(token) => (format!("host-{}", line.session), Token::hash(token)),
    };
    sqlx::query(
        "INSERT INTO sessions (id, token_hash, root, host, account, membership, created_at, seen_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $7)",
    )
    .bind(id)
    .bind(hash)
    .bind(root)
    .bind(host)
    .bind(account(line))
    .bind(membership(line))
    .bind(now)
    .execute(connection)
    .await?;
    Ok(())
}

fn account(line: &Line<'_>) -> String {
    format!("account-{}", line.user)
}

fn membership(line: &Line<'_>) -> String {
    format!("{COLLECTIVITE}/{}", line.user)
}
