//! Lets letters leave by the mail server that the configuration names.

use crate::config::Config;
use accounts::Store;
use admin::{Entrance, Postman};
use anyhow::Context as _;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

/// Sends letters until told to stop. Where there is no mail server they wait.
pub(crate) fn send(
    config: &Config,
    store: &Store,
    portal: &Entrance,
    stopping: &CancellationToken,
    tasks: &TaskTracker,
) -> anyhow::Result<()> {
    let Some(mail) = &config.mail else {
        tracing::warn!("No `[mail]` in the configuration: letters stay in the outbox");
        return Ok(());
    };
    let settings = mail
        .open()
        .map_err(anyhow::Error::msg)
        .context("`[mail]`")?;
    let postman = Postman::new(store.clone(), settings, &portal.origin, &portal.host)?;
    tasks.spawn(postman.run(stopping.clone()));
    Ok(())
}
