//! The accounts' story through the crate's public door, each part on both databases.

/// Makes a test on SQLite and one on PostgreSQL of each story.
macro_rules! on_both_databases {
    ($($story:ident),+ $(,)?) => {
        mod on_sqlite {
            $(
                #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
                async fn $story() {
                    let database = convergences_tests::database::Database::sqlite().unwrap();
                    super::$story(crate::store::town::Town::found(database).await).await;
                }
            )+
        }
        mod on_postgresql {
            $(
                #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
                async fn $story() {
                    let database = convergences_tests::database::Database::postgres();
                    if let Some(database) = database.await.unwrap() {
                        super::$story(crate::store::town::Town::found(database).await).await;
                    }
                }
            )+
        }
    };
}

mod accounts;
mod api;
mod choosing;
mod credentials;
mod designations;
mod devices;
mod follower;
mod grants;
mod guardrails;
mod handshakes;
mod history;
mod journal;
mod login;
mod managing;
mod networks;
mod outbox;
mod passkeys;
mod redrafts;
mod resets;
mod reviews;
mod rounds;
mod rule_drafts;
mod rules;
mod seats;
mod second_factor;
mod sessions;
mod statistics;
mod together;
mod town;
mod transfers;
mod two_people;
mod writing;
