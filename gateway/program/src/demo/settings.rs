//! The demonstration's configuration: what a file would say, with the addresses of this run.

use crate::config::{
    BipSettings, Config, Listen, LogFormat, Mail, MasterKeySource, Roles, StoreSettings,
};
use accounts::{SecondFactorRequirement, SessionLimits};
use admin::{Relay, Security};
use gateway::{
    AreaSettings, AssertionContent, ConnectionLimits, IdentityHeaders, LoginForm, OnlineService,
    PublicAddress, Settings, SignOn, Timeouts, Upstream,
};
use http::HeaderName;
use policies::{Access, Classification, ServiceRole};
use std::net::{Ipv4Addr, SocketAddr};
use std::path::Path;
use std::time::Duration;

/// Where this run keeps and finds things.
#[derive(Clone, Copy, Debug)]
pub struct Places<'a> {
    /// Where the database, the key and the index are.
    pub data: &'a Path,
    /// Where our sockets are.
    pub run_dir: &'a Path,
    /// Where the gateway listens.
    pub listen: SocketAddr,
    /// Where the example site listens.
    pub site: SocketAddr,
    /// Where the example legacy application listens.
    pub net_cotisations: SocketAddr,
    /// Where the example mail server takes letters.
    pub smtp: SocketAddr,
    /// Where it shows them.
    pub mailbox: SocketAddr,
}

/// The whole configuration.
///
/// # Errors
/// Names in BIP's lists that no rule can say.
pub fn config(places: &Places<'_>) -> anyhow::Result<Config> {
    Ok(Config {
        listen: Listen {
            http: vec![places.listen],
            https: Vec::new(),
            ops: SocketAddr::from((Ipv4Addr::LOCALHOST, 0)),
        },
        roles: Roles {
            gateway: true,
            admin: true,
            search: true,
        },
        store: StoreSettings {
            url: format!("sqlite://{}", places.data.join("convergences.db").display()),
        },
        master_key: MasterKeySource::File(places.data.join("master.key")),
        mail: mail(places.smtp),
        bip: Some(BipSettings::beside("sqlite:", places.data.join("bip"))),
        classification: classification()?,
        texts: None,
        prover: None,
        run_dir: places.run_dir.to_owned(),
        log: LogFormat::Text,
        edge_threads: None,
        gateway: Settings {
            public: PublicAddress {
                tls: false,
                port: places.listen.port(),
            },
            certificates: Vec::new(),
            portal: "portail".into(),
            services: vec![
                portal(places),
                site(places),
                bip(places),
                net_cotisations(places),
                mailbox(places),
            ],
            trusted_proxies: Vec::new(),
            sessions: SessionLimits {
                absolute: Duration::from_hours(10),
                idle: Duration::from_hours(1),
            },
            // Nobody: the cast has no telephones. Everybody may add one.
            second_factor: SecondFactorRequirement::default(),
            grace: Duration::from_secs(5),
            connections: ConnectionLimits::default(),
            access_log: false,
        },
    })
}

/// By what the documents that the program carries are sorted.
fn classification() -> Result<Classification, policies::Error> {
    let themes = search::EMBEDDED_THEMES.map(str::to_owned);
    Classification::new(themes, search::EMBEDDED_COLLECTIONS.map(str::to_owned))
}

fn mail(smtp: SocketAddr) -> Option<Mail> {
    Some(Mail {
        relay: Relay {
            host: smtp.ip().to_string(),
            port: smtp.port(),
            security: Security::None,
        },
        from: "Convergences <ne-pas-repondre@cig.example>".parse().ok()?,
        reply_to: None,
        account: None,
        ca: None,
        confirm_addresses_after_days: 365,
    })
}

fn service(
    id: &str,
    host: &str,
    name: &str,
    description: &str,
    upstream: Upstream,
) -> OnlineService {
    OnlineService {
        id: id.into(),
        name: name.to_owned(),
        description: description.to_owned(),
        listed: true,
        entry: "/".to_owned(),
        host: format!("{host}.localhost"),
        upstream,
        upstream_host: None,
        access: Access::Granted,
        areas: Vec::new(),
        roles: Vec::new(),
        sign_on: SignOn::None,
        assertion: AssertionContent::None,
        max_body: 10 * 1024 * 1024,
        websocket: false,
        timeouts: Timeouts {
            connect: Duration::from_secs(2),
            read: Duration::from_mins(1),
            write: Duration::from_secs(30),
            idle: Duration::from_secs(50),
        },
    }
}

fn area(id: &str, path: &str, access: Access) -> AreaSettings {
    AreaSettings {
        id: id.to_owned(),
        name: path.to_owned(),
        path: path.to_owned(),
        access,
    }
}

fn portal(places: &Places<'_>) -> OnlineService {
    let socket = Upstream::Unix(places.run_dir.join("portail.sock"));
    let public = [
        "connexion",
        "deconnexion",
        "second-facteur",
        "accessibilite",
        "donnees-personnelles",
        "mentions-legales",
        "adresse",
        "invitation",
        "mot-de-passe",
        "oubli",
        "aide",
        "plan-du-site",
    ];
    OnlineService {
        access: Access::SignedIn,
        areas: public
            .iter()
            .map(|id| area(id, &format!("/{id}"), Access::Public))
            .chain([area("openapi", "/openapi.json", Access::Public)])
            .collect(),
        assertion: AssertionContent::Membership,
        max_body: 12 * 1024 * 1024,
        ..service(
            "portail",
            "portail",
            "Portail",
            "Vos services et votre compte.",
            socket,
        )
    }
}

fn site(places: &Places<'_>) -> OnlineService {
    let name = "Site Internet du CIG";
    let description = "Circulaires, modèles d’actes et informations réservées aux collectivités.";
    OnlineService {
        entry: "/espace-reserve/".to_owned(),
        access: Access::Public,
        areas: vec![AreaSettings {
            name: "Espace réservé".to_owned(),
            ..area("espace-reserve", "/espace-reserve", Access::Granted)
        }],
        roles: vec![ServiceRole {
            id: "contributeur".into(),
            name: "Contributeur".to_owned(),
            modifies: true,
        }],
        sign_on: SignOn::Headers(IdentityHeaders {
            user: Some(HeaderName::from_static("remote-user")),
            name: Some(HeaderName::from_static("remote-name")),
            email: Some(HeaderName::from_static("remote-email")),
            groups: Some(HeaderName::from_static("remote-groups")),
            roles: Some(HeaderName::from_static("remote-roles")),
        }),
        assertion: AssertionContent::Identity,
        ..service("site", "www", name, description, Upstream::Tcp(places.site))
    }
}

fn bip(places: &Places<'_>) -> OnlineService {
    let description =
        "La banque de données sur le personnel : fiches pratiques, textes et décisions.";
    OnlineService {
        assertion: AssertionContent::Membership,
        ..service(
            "bip",
            "bip",
            "BIP",
            description,
            Upstream::Unix(places.run_dir.join("bip.sock")),
        )
    }
}

fn net_cotisations(places: &Places<'_>) -> OnlineService {
    let description = "Déclaration et suivi des cotisations.";
    OnlineService {
        sign_on: SignOn::Form(Box::new(LoginForm {
            page: "/login.php".to_owned(),
            login_field: "user".to_owned(),
            password_field: "pass".to_owned(),
            session_cookie: "PHPSESSID".to_owned(),
            failure: "Identifiant ou mot de passe incorrect".to_owned(),
            attempts: 2,
        })),
        ..service(
            "net-cotisations",
            "cotisations",
            "Net Cotisations",
            description,
            Upstream::Tcp(places.net_cotisations),
        )
    }
}

/// It is no service of a CIG: people who try the demonstration know its address, and the portal does
/// not show it.
fn mailbox(places: &Places<'_>) -> OnlineService {
    let description =
        "La boîte aux lettres de la démonstration\u{a0}: tous les courriels envoyés arrivent ici.";
    OnlineService {
        listed: false,
        access: Access::Public,
        ..service(
            "courrier",
            "courrier",
            "Courrier",
            description,
            Upstream::Tcp(places.mailbox),
        )
    }
}
