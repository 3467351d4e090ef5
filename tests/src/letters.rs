//! Letters that wait to be sent, opened as only the holder of the master key can: tests read the
//! links that people would find in their mail.

use accounts::{
    Clock, Envelope, Letter, MasterKey, NewAccount, NewMembership, Rounds, Schema, Store, Vault,
};
use anyhow::Context as _;
use sqlx::Connection as _;
use std::path::Path;

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
            Letter::Invitation { token, .. }
            | Letter::InvitationReminder { token, .. }
            | Letter::AddressCheck { token, .. }
            | Letter::PasswordReset { token, .. } => Some(token.clone()),
            Letter::Notice { .. } => None,
        })
        .with_context(|| format!("no link was written to {login}"))
}

/// Makes the links that the browser's pages need in a running demonstration, and writes where they
/// lead into `links.json` beside its summary.
///
/// # Errors
/// The demonstration's database or key.
pub async fn write_links(folder: &Path) -> anyhow::Result<()> {
    const INVITED: &str = "zoe.lefevre@fontclaire.example";
    const FORGETFUL: &str = "pierre.vasseur@cdg.example";
    const SILENT: &str = "camille.fournier@cig.example";
    let url = format!("sqlite://{}", folder.join("convergences.db").display());
    let key = std::fs::read_to_string(folder.join("master.key"))?;
    let key = data_encoding::HEXLOWER.decode(key.trim().as_bytes())?;
    let vault = || anyhow::Ok(Vault::new(&MasterKey::from_bytes(&key)?)?);
    let store = Store::open(&url, Schema::Expect, vault()?, Clock::System).await?;
    if store.find_account(INVITED).await?.is_none() {
        let new = NewAccount {
            login: INVITED,
            given_name: "Zoé",
            family_name: "Lefèvre",
            password: None,
        };
        let account = store.add_account(new, "tests").await?;
        let new = NewMembership {
            account: &account,
            collectivite: &"fontclaire".into(),
            role: policies::Role::Agent,
            groups: &[],
        };
        store.add_membership(new, "tests").await?;
    }
    store.post_password_reset(FORGETFUL).await?;
    let revoked = last_token(&read(&url, &vault()?).await?, FORGETFUL)?;
    store.post_password_reset(FORGETFUL).await?;
    store.post_password_reset(INVITED).await?;
    let mut connection = sqlx::AnyConnection::connect(&url).await?;
    sqlx::query("UPDATE accounts SET created_at = 0 WHERE login = $1")
        .bind(SILENT)
        .execute(&mut connection)
        .await?;
    connection.close().await?;
    let rounds = Rounds {
        confirm_addresses_after: Some(365 * 86_400),
        ..Rounds::default()
    };
    store.daily_round(&rounds).await?;
    let letters = read(&url, &vault()?).await?;
    let links = serde_json::json!({
        "invitation": format!("/invitation/{}", last_token(&letters, INVITED)?),
        "reset": format!("/mot-de-passe/{}", last_token(&letters, FORGETFUL)?),
        "address": format!("/adresse/{}", last_token(&letters, SILENT)?),
        "revoked": format!("/mot-de-passe/{revoked}"),
    });
    store.close().await;
    Ok(std::fs::write(
        folder.join("links.json"),
        links.to_string(),
    )?)
}
