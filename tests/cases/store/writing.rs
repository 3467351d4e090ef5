//! Writers and schemas: many at once, and a program that meets the wrong database.

use super::town::{BY, NOW, Town, open, stranger};
use accounts::{Clock, Error, Schema};
use convergences_tests::database::Database;
use futures_util::future::join_all;
use sqlx::Executor as _;

on_both_databases![
    twenty_writers_of_two_nodes_all_get_through,
    a_database_of_this_schema_is_taken_as_it_is,
    migrating_twice_changes_nothing,
];

async fn twenty_writers_of_two_nodes_all_get_through(town: Town) {
    let other = town.another_node().await;
    let before = town.store.verify_journal().await.unwrap().unwrap();
    let writers = (0..20).map(|number| {
        let store = if number % 2 == 0 {
            town.store.clone()
        } else {
            other.clone()
        };
        tokio::spawn(async move {
            let login = format!("agent-{number}@fontclaire.example");
            // Reading first is what makes an upgraded transaction fail.
            assert!(store.find_account(&login).await.unwrap().is_none());
            let id = store.add_account(stranger(&login), BY).await?;
            store.suspend_account(&id, true, BY).await
        })
    });
    for written in join_all(writers).await {
        written.unwrap().unwrap();
    }
    assert_eq!(town.store.verify_journal().await.unwrap(), Ok(before + 40));
}

async fn a_database_of_this_schema_is_taken_as_it_is(town: Town) {
    let found = town
        .another_node()
        .await
        .find_account(super::town::RENEE)
        .await;
    assert_eq!(found.unwrap().unwrap().id, town.renee);
}

async fn migrating_twice_changes_nothing(town: Town) {
    let again = open(&town.database, Schema::Migrate, &town.clock)
        .await
        .unwrap();
    assert!(
        again
            .find_account(super::town::RENEE)
            .await
            .unwrap()
            .is_some()
    );
    assert!(again.verify_journal().await.unwrap().is_ok());
}

/// A full disk does this to SQLite alone.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_acknowledged_after_a_rollback_of_sqlites_own_is_there() {
    let town = Town::found(Database::sqlite().unwrap()).await;
    let mut beside = town.database.connect().await.unwrap();
    let trigger = "CREATE TRIGGER no_room BEFORE INSERT ON accounts WHEN NEW.login LIKE 'full@%'
        BEGIN SELECT RAISE(ROLLBACK, 'database or disk is full'); END";
    beside.execute(trigger).await.unwrap();
    let full = (0..20).map(|_| {
        town.store
            .add_account(stranger("full@fontclaire.example"), BY)
    });
    assert!(join_all(full).await.iter().all(Result::is_err));
    // Written half, and dropped.
    let twice = town.store.add_account(stranger(super::town::RENEE), BY);
    assert!(twice.await.is_err());
    let login = "aline.petit@fontclaire.example";
    let acknowledged = town.store.add_account(stranger(login), BY).await.unwrap();
    let found = town.another_node().await.find_account(login).await.unwrap();
    assert_eq!(found.unwrap().id, acknowledged);
}

async fn an_empty_database_is_refused_with_the_way_out(database: Database) {
    let clock = Clock::manual(NOW);
    let refused = open(&database, Schema::Expect, &clock).await.unwrap_err();
    assert!(
        matches!(refused, Error::Schema { found: 0, .. }),
        "{refused:?}"
    );
    assert!(
        refused.to_string().contains("run `convergences migrate`"),
        "{refused}"
    );
    open(&database, Schema::Migrate, &clock).await.unwrap();
    open(&database, Schema::Expect, &clock).await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_empty_sqlite_database_is_refused_with_the_way_out() {
    an_empty_database_is_refused_with_the_way_out(Database::sqlite().unwrap()).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_empty_postgresql_database_is_refused_with_the_way_out() {
    if let Some(database) = Database::postgres().await.unwrap() {
        an_empty_database_is_refused_with_the_way_out(database).await;
    }
}
