//! What a demonstration tells about itself: a table for people, `demo.json` for programs. The
//! services of each account are not written down anywhere: they are decided, as for a request.

use super::cast::{CAST, Passwords, Person};
use crate::config::Config;
use crate::product::Product;
use anyhow::Context as _;
use policies::{Action, Principal, Resource, Situation, decide};
use serde::Serialize;
use std::collections::BTreeMap;
use std::io::Write;
use std::net::SocketAddr;
use std::path::Path;
use std::time::Duration;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

/// What `demo.json` says.
#[derive(Clone, Debug, Serialize)]
pub struct Summary {
    /// Where the gateway listens.
    pub listen: SocketAddr,
    /// Service ids and their hosts with the port.
    pub hosts: BTreeMap<String, String>,
    /// Where operators look.
    pub ops: SocketAddr,
    /// Everybody who can log in.
    pub accounts: Vec<AccountLine>,
}

/// Somebody who can log in.
#[derive(Clone, Debug, Serialize)]
pub struct AccountLine {
    /// Mail address.
    pub login: String,
    /// Of this demonstration only.
    pub password: String,
    /// In French, for the table.
    pub role: String,
    /// The name of the collectivité they log in for.
    pub collectivite: String,
    /// The ids of the services they can open now.
    pub services: Vec<String>,
}

impl Summary {
    pub(crate) async fn of(
        config: &Config,
        product: &Product,
        passwords: &Passwords,
        listen: SocketAddr,
    ) -> anyhow::Result<Self> {
        let services = &config.gateway.services;
        let hosts = services
            .iter()
            .map(|service| {
                (
                    service.id.to_string(),
                    format!("{}:{}", service.host, listen.port()),
                )
            })
            .collect();
        let mut accounts = Vec::new();
        for person in CAST {
            accounts.extend(line(config, product, passwords, &person).await?);
        }
        Ok(Self {
            listen,
            hosts,
            ops: product.ops,
            accounts,
        })
    }

    /// Waits until every host answers.
    pub(crate) async fn wait_until_served(&self) -> anyhow::Result<()> {
        for host in self.hosts.values() {
            tokio::time::timeout(Duration::from_secs(10), answer(self.listen, host))
                .await
                .with_context(|| format!("`{host}` did not answer in time"))??;
        }
        Ok(())
    }

    /// Written last, by rename: whoever finds it finds everything served.
    pub(crate) fn write(&self, path: &Path) -> anyhow::Result<()> {
        super::write_private(path, &serde_json::to_vec_pretty(self)?)
    }

    /// The table of addresses and accounts.
    pub(crate) fn print(&self, out: &mut impl Write) -> anyhow::Result<()> {
        writeln!(out, "\nConvergences est prêt.\n")?;
        for (service, host) in &self.hosts {
            writeln!(out, "  {service:<16} http://{host}")?;
        }
        writeln!(
            out,
            "  {:<16} http://{}/metrics\n",
            "exploitation", self.ops
        )?;
        writeln!(
            out,
            "  {:<36} {:<17} {:<29} {:<30} services",
            "identifiant", "mot de passe", "rôle", "collectivité"
        )?;
        for account in &self.accounts {
            let services = if account.services.is_empty() {
                "aucun".to_owned()
            } else {
                account.services.join(", ")
            };
            writeln!(
                out,
                "  {:<36} {:<17} {:<29} {:<30} {services}",
                account.login, account.password, account.role, account.collectivite
            )?;
        }
        writeln!(out, "\nCtrl-C pour arrêter.")?;
        Ok(())
    }
}

/// What somebody of the cast can log in with; none of somebody whom a visitor deleted.
async fn line(
    config: &Config,
    product: &Product,
    passwords: &Passwords,
    person: &Person,
) -> anyhow::Result<Option<AccountLine>> {
    let store = &product.store;
    let Some(account) = store.find_account(person.login).await? else {
        return Ok(None);
    };
    // The one that a log-in starts with.
    let mut memberships = store.list_memberships(&account.id).await?.into_iter();
    let Some(membership) = memberships.next() else {
        return Ok(None);
    };
    let principal = Principal::Member(store.member(&membership.id).await?);
    let situation = Situation::at(store.clock().now(), None, false);
    let rulesets = product.directory.rulesets();
    let mut services = Vec::new();
    for entrance in gateway::entrances(&config.gateway)? {
        let id = &entrance.settings.id;
        let opens = rulesets.of(&principal).is_ok_and(|ruleset| {
            decide(
                ruleset,
                &principal,
                Action::Ouvrir,
                Resource::Route(&entrance.route),
                &situation,
            )
            .is_ok()
        });
        if opens && entrance.settings.listed && *id != config.gateway.portal {
            services.push(id.to_string());
        }
    }
    Ok(Some(AccountLine {
        login: account.login,
        password: passwords.of(person.login).to_owned(),
        role: person.role.to_owned(),
        collectivite: membership.collectivite_name,
        services,
    }))
}

/// Any HTTP answer but a failure of what lies behind.
async fn answer(listen: SocketAddr, host: &str) -> anyhow::Result<()> {
    let port = listen.port();
    let address = if listen.ip().is_unspecified() {
        SocketAddr::from(([127, 0, 0, 1], port))
    } else {
        listen
    };
    loop {
        let mut stream = TcpStream::connect(address).await?;
        let request = format!(
            "GET / HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\nAccept: text/html\r\n\r\n"
        );
        stream.write_all(request.as_bytes()).await?;
        let mut text = Vec::new();
        stream.read_to_end(&mut text).await?;
        let status = text.get(9..10).unwrap_or_default();
        if matches!(status, b"2" | b"3" | b"4") {
            return Ok(());
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}
