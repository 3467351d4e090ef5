//! What an installation tells the gateway: listeners, services, limits. Typed and checked by
//! whoever reads the configuration file; nothing here is defaulted behind its back.

use accounts::{SecondFactorRequirement, SessionLimits};
use http::HeaderName;
use policies::{Access, ServiceId, ServiceRole};
use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;
use std::time::Duration;

/// The gateway's part of the configuration.
#[derive(Clone, Debug)]
pub struct Settings {
    /// How people reach us; it makes every absolute address.
    pub public: PublicAddress,
    /// Certificates, for the listeners that speak TLS.
    pub certificates: Vec<CertificateFiles>,
    /// The service that is the portal.
    pub portal: ServiceId,
    /// Every online service, the portal included.
    pub services: Vec<OnlineService>,
    /// Networks whose `X-Forwarded-For` is believed; none unless said.
    pub trusted_proxies: Vec<Network>,
    /// How long sessions live.
    pub sessions: SessionLimits,
    /// Who opens nothing but the portal without a second factor.
    pub second_factor: SecondFactorRequirement,
    /// How long open sessions go on while the store is away.
    pub grace: Duration,
    /// How many connections there may be.
    pub connections: ConnectionLimits,
    /// Whether each request writes a log line.
    pub access_log: bool,
}

/// Connections at the same time.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct ConnectionLimits {
    /// All together.
    pub in_all: usize,
    /// From one IPv4 address or one IPv6 /64, trusted proxies excepted.
    pub per_address: usize,
}

impl Default for ConnectionLimits {
    fn default() -> Self {
        Self::of(10_000)
    }
}

impl ConnectionLimits {
    /// Whole town halls come from one address; a quarter is theirs at most.
    pub fn of(in_all: usize) -> Self {
        Self {
            in_all,
            per_address: in_all.div_ceil(4),
        }
    }
}

/// Scheme and port as people see them.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct PublicAddress {
    /// `https`, or `http` on a machine of one's own.
    pub tls: bool,
    /// The port, left out of addresses when it is the scheme's own.
    pub port: u16,
}

impl PublicAddress {
    /// `http://host:8080`, without a trailing slash.
    pub fn origin(&self, host: &str) -> String {
        let scheme = if self.tls { "https" } else { "http" };
        let usual = if self.tls { 443 } else { 80 };
        if self.port == usual {
            format!("{scheme}://{host}")
        } else {
            format!("{scheme}://{host}:{}", self.port)
        }
    }
}

/// A certificate chain and its key, both PEM.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct CertificateFiles {
    /// The chain, leaf first.
    pub chain: PathBuf,
    /// The private key.
    pub key: PathBuf,
}

/// An address range, `192.0.2.0/24`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Network {
    /// Its first address.
    pub address: IpAddr,
    /// How many leading bits count.
    pub prefix: u8,
}

impl Network {
    /// Whether it holds an address; an IPv4 range holds no IPv6 address, and the reverse.
    pub fn contains(&self, address: IpAddr) -> bool {
        let (ours, theirs, width) = match (self.address, address) {
            (IpAddr::V4(a), IpAddr::V4(b)) => {
                (u128::from(a.to_bits()), u128::from(b.to_bits()), 32)
            }
            (IpAddr::V6(a), IpAddr::V6(b)) => (a.to_bits(), b.to_bits(), 128),
            _ => return false,
        };
        let free = u32::from(width - self.prefix.min(width));
        ours.checked_shr(free).unwrap_or(0) == theirs.checked_shr(free).unwrap_or(0)
    }
}

/// An online service behind the gateway.
#[derive(Clone, Debug)]
pub struct OnlineService {
    /// `net-cotisations`.
    pub id: ServiceId,
    /// As people read it: « Net Cotisations ».
    pub name: String,
    /// One sentence on the portal.
    pub description: String,
    /// Whether the portal shows it among the services.
    pub listed: bool,
    /// The path that the portal opens; whether the service is « open » is decided there.
    pub entry: String,
    /// The host people type, lower-case, without port.
    pub host: String,
    /// Where requests go.
    pub upstream: Upstream,
    /// The `Host` that the service behind expects; the public one unless said.
    pub upstream_host: Option<String>,
    /// Who passes where no area says otherwise.
    pub access: Access,
    /// Areas with a door of their own; the longest matching path wins.
    pub areas: Vec<AreaSettings>,
    /// Roles of its own, that rights on it may have.
    pub roles: Vec<ServiceRole>,
    /// How the service behind learns who is there.
    pub sign_on: SignOn,
    /// Whether it gets a signed assertion, and what that says.
    pub assertion: AssertionContent,
    /// The largest body forwarded, in bytes.
    pub max_body: u64,
    /// Whether `Upgrade: websocket` is forwarded.
    pub websocket: bool,
    /// How long each thing may take.
    pub timeouts: Timeouts,
}

/// A part of a service, by path.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct AreaSettings {
    /// Unique within the service.
    pub id: String,
    /// As référents read it: « Espace réservé »; their rules may name it.
    pub name: String,
    /// Path prefix, in whole segments: `/espace-reserve`.
    pub path: String,
    /// Who passes.
    pub access: Access,
}

/// The network end of a service.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Upstream {
    /// Plain HTTP.
    Tcp(SocketAddr),
    /// HTTPS, its certificate checked for this name.
    Tls {
        /// Where.
        address: SocketAddr,
        /// The name on the certificate; never empty (an empty one would switch checks off).
        name: String,
    },
    /// A private unix socket.
    Unix(PathBuf),
}

/// How the service behind learns who is there.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum SignOn {
    /// It does not, or by the assertion alone.
    None,
    /// By headers.
    Headers(IdentityHeaders),
    /// We fill in its login form.
    Form(Box<LoginForm>),
}

/// Names of the identity headers; `None` is not sent.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct IdentityHeaders {
    /// The account's login.
    pub user: Option<HeaderName>,
    /// First and last name, UTF-8.
    pub name: Option<HeaderName>,
    /// Mail address.
    pub email: Option<HeaderName>,
    /// Groups, comma-separated.
    pub groups: Option<HeaderName>,
    /// The roles of the service's own that the person has, comma-separated.
    pub roles: Option<HeaderName>,
}

impl IdentityHeaders {
    /// Every name that is given: clients may send none of them.
    pub(crate) fn all(&self) -> impl Iterator<Item = &HeaderName> {
        // Taken apart by name, so that another one is not forgotten here.
        let Self {
            user,
            name,
            email,
            groups,
            roles,
        } = self;
        [user, name, email, groups, roles].into_iter().flatten()
    }
}

/// A legacy login form.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct LoginForm {
    /// Path of the page that shows it; a redirection there means « not signed in ».
    pub page: String,
    /// Name of the login field.
    pub login_field: String,
    /// Name of the password field.
    pub password_field: String,
    /// The cookie that carries the legacy session.
    pub session_cookie: String,
    /// Text that the page shows when the credential is refused.
    pub failure: String,
    /// Wrong passwords that we allow ourselves, until the credential is renewed.
    pub attempts: u32,
}

/// What the signed assertion says.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum AssertionContent {
    /// There is none.
    None,
    /// Who the person is.
    Identity,
    /// And their membership: rights, groups, role. For services that decide by themselves.
    Membership,
}

/// How long each exchange with a service may take.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Timeouts {
    /// To connect, TLS included.
    pub connect: Duration,
    /// Between two reads.
    pub read: Duration,
    /// For a write.
    pub write: Duration,
    /// Before an unused connection is closed.
    pub idle: Duration,
}
