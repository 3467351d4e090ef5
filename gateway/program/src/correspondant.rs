//! `convergences account invite-correspondant` and `account grant`: the CIG's own people, whom nobody in
//! the consoles is above.

use crate::cli::ConfigFile;
use crate::operator::{OPERATOR, say, with_store};
use accounts::{DirectRight, NewPerson, Schema, Store};
use anyhow::Context as _;
use clap::Args;
use gateway::OnlineService;
use policies::{Level, MembershipId, Role};

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

/// How far somebody of the CIG goes in a service.
#[derive(Debug, Args)]
pub(crate) struct NewRight {
    /// Their mail address.
    login: String,
    /// The id of a service, as `[services.ID]` names it.
    service: String,
    /// `lecture`, `ecriture`, a role that the service declares, or `aucun` to take the right back.
    level: String,
    #[command(flatten)]
    file: ConfigFile,
}

impl NewRight {
    /// The level, if one is to be had; what the service does not know is an error.
    fn level(&self, services: &[OnlineService]) -> anyhow::Result<Option<Level>> {
        let service = services.iter().find(|one| one.id.as_str() == self.service);
        let service =
            service.with_context(|| format!("no service is called `{}`", self.service))?;
        if self.level == "aucun" {
            return Ok(None);
        }
        let level = Level::parse(&self.level).filter(|level| match level.role() {
            Some(role) => service.roles.iter().any(|declared| declared.id == *role),
            None => true,
        });
        let level = level.with_context(|| {
            let roles = service.roles.iter().map(|role| format!(", `{}`", role.id));
            let roles: String = roles.collect();
            format!(
                "`{}` is no level of `{}`: write `lecture`, `ecriture`{roles} or `aucun`",
                self.level, self.service
            )
        })?;
        Ok(Some(level))
    }
}

/// Puts one right in the place of those that the person has on the service, which opens to the CIG.
pub(crate) fn grant(right: &NewRight) -> anyhow::Result<()> {
    with_store(&right.file.config, Schema::Expect, async |config, store| {
        let login = &right.login;
        let level = right.level(&config.gateway.services)?;
        let membership = of_the_cig(store, login).await?;
        let right = DirectRight {
            service: right.service.as_str().into(),
            level,
            ends_at: None,
        };
        store
            .grant_correspondant(&membership, &right, OPERATOR)
            .await?;
        say(format_args!(
            "Done for `{login}`, at once on every node that runs"
        ))
    })
}

async fn of_the_cig(store: &Store, login: &str) -> anyhow::Result<MembershipId> {
    let account = store.find_account(login).await?;
    let account = account.with_context(|| format!("there is no account `{login}`"))?;
    let memberships = store.list_memberships(&account.id).await?;
    let of_the_cig = memberships
        .into_iter()
        .find(|one| one.role == Role::Correspondant);
    let membership = of_the_cig.with_context(|| {
        format!("`{login}` is no correspondant of the CIG: their référents give them rights")
    })?;
    Ok(membership.id)
}
