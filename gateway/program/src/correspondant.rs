//! `convergences account invite-correspondant`: the CIG's own people, whom nobody in the consoles is
//! above.

use crate::cli::ConfigFile;
use crate::operator::{OPERATOR, say, with_store};
use accounts::{NewPerson, Schema};
use clap::Args;

/// Somebody who works for the CIG.
#[derive(Debug, Args)]
pub(crate) struct NewCorrespondant {
    /// Their mail address.
    login: String,
    #[arg(long)]
    given_name: String,
    #[arg(long)]
    family_name: String,
    /// The CIG's name, as letters and pages say it.
    #[arg(long, default_value = "Centre interdépartemental de gestion")]
    cig: String,
    #[command(flatten)]
    file: ConfigFile,
}

pub(crate) fn invite(new: &NewCorrespondant) -> anyhow::Result<()> {
    anyhow::ensure!(
        new.login.contains('@'),
        "`{}` is no mail address",
        new.login
    );
    let person = NewPerson {
        given_name: new.given_name.clone(),
        family_name: new.family_name.clone(),
        login: new.login.clone(),
        profile: None,
        groups: Vec::new(),
    };
    with_store(&new.file.config, Schema::Expect, async |config, store| {
        store
            .invite_correspondant(&new.cig, &person, OPERATOR)
            .await?;
        let sent = if config.mail.is_some() {
            "the invitation leaves as soon as `serve` runs"
        } else {
            "the invitation waits until the configuration has a `[mail]` section"
        };
        say(format_args!("Invited `{}`: {sent}", new.login))
    })
}
