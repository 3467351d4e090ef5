//! Every case that needs the whole system, in one program.

#![cfg(test)]

/// Each story on a database of both kinds; on PostgreSQL where it is installed.
macro_rules! on_both {
    ($($story:ident),+ $(,)?) => {
        mod on_sqlite {
            $(
                #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
                async fn $story() {
                    super::$story(convergences_tests::database::Database::sqlite().unwrap()).await;
                }
            )+
        }
        mod on_postgresql {
            $(
                #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
                async fn $story() {
                    if let Some(database) = convergences_tests::database::Database::postgres().await.unwrap() {
                        super::$story(database).await;
                    }
                }
            )+
        }
    };
}

mod access;
mod account;
mod addresses;
mod api;
mod bip_content;
mod bip_editing;
mod browser;
mod choosing;
mod correspondant;
mod hostile;
mod identity;
mod journey;
mod legacy;
mod login;
mod mail;
mod networks;
mod outage;
mod places;
mod policy_files;
mod process;
mod readme;
mod referent;
mod registry;
mod reviews;
mod second_factor;
mod service_roles;
mod sessions;
mod statistics;
mod store;
mod streams;
mod tidy;
mod tls;
