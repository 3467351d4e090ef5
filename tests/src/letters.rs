//! Letters that wait to be sent, opened as only the holder of the master key can: tests read the
//! links that people would find in their mail.

use accounts::{Envelope, Letter, Vault};
use anyhow::Context as _;
use sqlx::Connection as _;

/// Everything in the outbox, the oldest first.
///
/// # Errors
/// The database, or another key than its own.
pub async fn read(url: &str, vault: &Vault) -> anyhow::Result<Vec<Envelope>> {
    sqlx::any::install_default_drivers();
    let mut connection = sqlx::AnyConnection::connect(url).await?;
    let rows: Vec<(String, String)> =
        sqlx::query_as("SELECT id, sealed FROM outbox WHERE sealed <> '' ORDER BY id")
            .fetch_all(&mut connection)
            .await?;
    connection.close().await?;
    rows.iter()
        .map(|(id, sealed)| {
            let plain = vault.open(&format!("outbox/{id}"), sealed)?;
            Ok(serde_json::from_slice(&plain)?)
        })
        .collect()
}

/// The secret of the last link that was written to an address.
///
/// # Errors
/// There is none.
pub fn last_token(letters: &[Envelope], login: &str) -> anyhow::Result<String> {
    letters
        .iter()
        .rev()
        .filter(|envelope| envelope.to == login)
        .find_map(|envelope| match &envelope.letter {
            Letter::Invitation { token, .. } | Letter::PasswordReset { token, .. } => {
                Some(token.clone())
            }
            Letter::Notice { .. } => None,
        })
        .with_context(|| format!("no link was written to {login}"))
}
