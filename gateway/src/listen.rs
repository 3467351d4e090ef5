//! Listeners: plain and TLS, bound before the proxy starts so that port 0 is known, stopped by word.

use crate::connection::Guarded;
use crate::error::Error;
use crate::gateway::Gateway;
use crate::proxy::Proxy;
use crate::settings::Settings;
use crate::slots::Slots;
use crate::tls::Certificates;
use parking_lot::Mutex;
use pingora::listeners::ListenerConfig;
use pingora::listeners::tls::TlsSettings;
use pingora::protocols::l4::stream::L4BufferSettings;
use pingora::proxy::http_proxy;
use pingora::server::configuration::ServerConf;
use pingora::server::{Fds, ListenFds};
use pingora::services::Service as _;
use pingora::services::listening::Service;
use std::net::{SocketAddr, TcpListener};
use std::os::fd::IntoRawFd as _;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;

/// A request head is read at once up to this; what follows goes past the buffer.
const READ_BUFFER: usize = 8 * 1024;
/// A head and a small body leave in one piece, where pingora's 1,460 bytes make two of them.
const WRITE_BUFFER: usize = 8 * 1024;

/// Bound sockets, not served yet.
#[derive(Debug)]
pub struct Listeners {
    http: Vec<TcpListener>,
    https: Vec<TcpListener>,
}

impl Listeners {
    /// Binds every address.
    ///
    /// # Errors
    /// [`Error::Listen`] for the first that cannot be bound.
    pub fn bind(http: &[SocketAddr], https: &[SocketAddr]) -> Result<Self, Error> {
        let bind = |addresses: &[SocketAddr]| {
            addresses
                .iter()
                .map(bind_one)
                .collect::<Result<Vec<_>, _>>()
        };
        Ok(Self {
            http: bind(http)?,
            https: bind(https)?,
        })
    }

    /// The first address, plain ones first; its port is the real one.
    pub fn first(&self) -> Option<SocketAddr> {
        self.http
            .iter()
            .chain(&self.https)
            .find_map(|listener| listener.local_addr().ok())
    }
}

fn bind_one(address: &SocketAddr) -> Result<TcpListener, Error> {
    let failed = |source| Error::Listen {
        address: address.to_string(),
        source,
    };
    let listener = TcpListener::bind(address).map_err(failed)?;
    listener.set_nonblocking(true).map_err(failed)?;
    Ok(listener)
}

/// Reads the certificates as a start would.
///
/// # Errors
/// [`Error::Certificate`] for the first that does not read, or a host without one.
pub fn check_certificates(settings: &Settings) -> Result<(), Error> {
    if settings.certificates.is_empty() {
        return Ok(());
    }
    let hosts = settings
        .services
        .iter()
        .map(|service| service.host.clone())
        .collect();
    Certificates::read(settings.certificates.clone(), hosts).map(|_| ())
}

/// The proxy, listening.
#[derive(Debug)]
pub struct Edge {
    stop: watch::Sender<bool>,
    certificates: Option<Arc<Certificates>>,
    served: tokio::task::JoinHandle<()>,
}

impl Edge {
    /// Serves on the runtime this is called on.
    ///
    /// # Errors
    /// [`Error::Certificate`].
    pub fn start(gateway: &Arc<Gateway>, listeners: Listeners) -> Result<Self, Error> {
        let settings = &gateway.settings;
        let conf = ServerConf {
            max_retries: 2,
            upstream_keepalive_pool_size: 256,
            ..ServerConf::default()
        };
        let mut proxy = http_proxy(&Arc::new(conf), Proxy(gateway.clone()));
        let mut options = pingora::apps::HttpServerOptions::default();
        options.h2_idle_timeout = Some(Duration::from_mins(1));
        proxy.server_options = Some(options);
        let slots = Slots::new(settings.connections, settings.trusted_proxies.clone());
        let slots = Arc::new(slots);
        let mut service = Service::new("edge".to_owned(), Guarded::new(proxy, slots.clone()));
        service.endpoints().set_pre_tls_callback(slots);
        let buffers = L4BufferSettings::new(READ_BUFFER, WRITE_BUFFER);
        let mut fds = Fds::new();
        let mut hand_over = |listener: TcpListener| {
            let address = listener
                .local_addr()
                .map(|address| address.to_string())
                .unwrap_or_default();
            fds.add(address.clone(), listener.into_raw_fd());
            address
        };
        for listener in listeners.http {
            let endpoint = ListenerConfig::tcp(hand_over(listener));
            service.add_listener(endpoint.l4_buffer(buffers));
        }
        let mut certificates = None;
        if !listeners.https.is_empty() {
            let hosts = gateway
                .services
                .all()
                .iter()
                .map(|service| service.settings.host.clone())
                .collect();
            let read = Arc::new(Certificates::read(settings.certificates.clone(), hosts)?);
            for listener in listeners.https {
                let endpoint = ListenerConfig::tcp(hand_over(listener)).tls(tls(&read)?);
                service.add_listener(endpoint.l4_buffer(buffers));
            }
            certificates = Some(read);
        }
        let (stop, stopping) = watch::channel(false);
        let fds: ListenFds = Arc::new(Mutex::new(fds));
        let served =
            tokio::spawn(async move { service.start_service(Some(fds), stopping, 1).await });
        Ok(Self {
            stop,
            certificates,
            served,
        })
    }

    /// Reads the certificates again.
    pub fn reload_certificates(&self) {
        if let Some(certificates) = &self.certificates {
            certificates.reload();
        }
    }

    /// Accepts no more, lets requests under way end for `patience`.
    pub async fn stop(self, patience: Duration) {
        // Nobody listens any more when the service has ended by itself.
        let _ = self.stop.send(true);
        let _ = tokio::time::timeout(patience, self.served).await;
    }
}

fn tls(certificates: &Arc<Certificates>) -> Result<TlsSettings, Error> {
    struct NoCallbacks;
    impl pingora::listeners::TlsAccept for NoCallbacks {}
    let failed = |error: Box<pingora::Error>| Error::Settings(error.to_string());
    let mut tls = TlsSettings::with_callbacks(Box::new(NoCallbacks)).map_err(failed)?;
    tls.set_cert_resolver(certificates.clone());
    tls.enable_h2();
    Ok(tls)
}
