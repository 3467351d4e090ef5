//! What guards a connection from outside the proxy: a place for it (`slots.rs`), a deadline for each
//! request head (pingora has only one per read), and a way to cut a connection whose person may no
//! longer stay, an idle WebSocket included.

use crate::arrival::{Arrival, address};
use crate::slots::Slots;
use async_trait::async_trait;
use futures_util::future::{AbortHandle, AbortRegistration, Abortable};
use parking_lot::Mutex;
use pingora::apps::ServerApp;
use pingora::protocols::{ALPN, Stream};
use pingora::proxy::{HttpProxy, ProxyHttp, Session};
use pingora::server::ShutdownWatch;
use policies::{Action, Route};
use std::net::IpAddr;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, OnceLock, Weak};
use std::time::Duration;
use tokio::time::Instant;

/// A request head must be whole within this, counted from the connection's start …
const HEAD: Duration = Duration::from_secs(15);
/// … or from the answer before it, which may be followed by a pause.
const PAUSE_AND_HEAD: Duration = Duration::from_secs(75);
/// What is under way when its person is put out may end within this: the answer to a log-out is.
const FAREWELL: Duration = Duration::from_millis(500);
/// How often deadlines are looked at.
const TICK: Duration = Duration::from_secs(5);

/// Every connection there is.
type Register = Mutex<Vec<Weak<Connection>>>;

tokio::task_local! {
    static CONNECTION: Arc<Connection>;
}

/// One HTTP/1.1 connection.
#[derive(Debug)]
pub(crate) struct Connection {
    cut: AbortHandle,
    /// Heads and answers so far: odd while a request is under way.
    turns: AtomicU64,
    started: Instant,
    /// Milliseconds after `started` by which a head must be whole; 0 while none is awaited.
    deadline: AtomicU64,
}

impl Connection {
    fn new() -> (Arc<Self>, AbortRegistration) {
        let (cut, registration) = AbortHandle::new_pair();
        let connection = Self {
            cut,
            turns: AtomicU64::new(0),
            started: Instant::now(),
            deadline: AtomicU64::new(0),
        };
        connection.await_head(HEAD);
        (Arc::new(connection), registration)
    }

    fn await_head(&self, patience: Duration) {
        let by = self.started.elapsed() + patience;
        self.deadline.store(
            u64::try_from(by.as_millis()).unwrap_or(u64::MAX),
            Ordering::Relaxed,
        );
    }

    fn is_overdue(&self) -> bool {
        let by = self.deadline.load(Ordering::Relaxed);
        by != 0 && self.started.elapsed() > Duration::from_millis(by)
    }
}

/// Cuts connections whose head is overdue, as long as there is a register.
async fn watch(register: Weak<Register>) {
    loop {
        tokio::time::sleep(TICK).await;
        let Some(register) = register.upgrade() else {
            return;
        };
        register.lock().retain(|connection| {
            let connection = connection.upgrade();
            if let Some(overdue) = connection.as_ref().filter(|c| c.is_overdue()) {
                overdue.cut.abort();
            }
            connection.is_some()
        });
    }
}

/// The head of this connection's request is whole.
pub(crate) fn head_received(session: &Session) {
    let one_at_a_time = CONNECTION.try_with(|connection| {
        connection.turns.fetch_add(1, Ordering::Relaxed);
        connection.deadline.store(0, Ordering::Relaxed);
    });
    if one_at_a_time.is_err()
        && let Some(digest) = session.digest().and_then(|all| all.proxy_digest.as_ref())
        && let Some(arrival) = Arrival::of(digest)
    {
        arrival.hear();
    }
}

/// Serves HTTP/2, whose streams run in tasks of their own, unless no request comes in the time for
/// a head: pingora closes connections that fell idle, and waits for a first word without an end.
async fn until_silent<T>(
    served: impl Future<Output = Option<T>>,
    arrival: Option<&Arrival>,
) -> Option<T> {
    let silent = async {
        tokio::time::sleep(HEAD).await;
        if arrival.is_none_or(Arrival::is_heard) {
            std::future::pending::<()>().await;
        }
    };
    tokio::select! {
        served = served => served,
        () = silent => None,
    }
}

/// The request of this connection is answered; the next head may come.
pub(crate) fn answered() {
    let _ = CONNECTION.try_with(|connection| {
        connection.turns.fetch_add(1, Ordering::Relaxed);
        connection.await_head(PAUSE_AND_HEAD);
    });
}

/// A connection that left HTTP, and what was decided for it.
#[derive(Debug)]
pub(crate) struct Tunnel {
    connection: Weak<Connection>,
    pub(crate) action: Action,
    pub(crate) route: Arc<Route>,
    pub(crate) address: Option<IpAddr>,
}

/// Connections that a person uses.
#[derive(Debug, Default)]
pub(crate) struct Connections {
    /// With the turn of their latest request: a proxy in front may send others' on the same one.
    open: Mutex<Vec<(Weak<Connection>, u64)>>,
    tunnels: Mutex<Vec<Tunnel>>,
    cut: OnceLock<Instant>,
}

impl Connections {
    /// Remembers the connection this runs on.
    pub(crate) fn enlist(&self) {
        let _ = CONNECTION.try_with(|connection| {
            let turn = connection.turns.load(Ordering::Relaxed);
            let mut known = self.open.lock();
            match known.last_mut() {
                Some((last, at)) if last.as_ptr() == Arc::as_ptr(connection) => *at = turn,
                _ => {
                    known.retain(|(other, _)| {
                        other.strong_count() > 0 && other.as_ptr() != Arc::as_ptr(connection)
                    });
                    known.push((Arc::downgrade(connection), turn));
                }
            }
        });
    }

    /// Remembers that it leaves HTTP, and what that was decided for.
    pub(crate) fn enlist_tunnel(
        &self,
        action: Action,
        route: &Arc<Route>,
        address: Option<IpAddr>,
    ) {
        let _ = CONNECTION.try_with(|connection| {
            self.tunnels.lock().push(Tunnel {
                connection: Arc::downgrade(connection),
                action,
                route: route.clone(),
                address,
            });
            // Put out between being found and being enlisted.
            if self.is_cut() {
                connection.cut.abort();
            }
        });
    }

    /// Puts the person out, for good: tunnels at once, what is under way after a farewell. A
    /// connection at rest may stay; its next request is another look-up.
    pub(crate) fn cut(&self) {
        if self.cut.set(Instant::now()).is_err() {
            return;
        }
        self.cut_tunnels(|_| false);
        let open = std::mem::take(&mut *self.open.lock());
        let is_busy = |(connection, turn): &(Weak<Connection>, u64)| {
            let connection = connection.upgrade();
            connection.filter(|connection| connection.turns.load(Ordering::Relaxed) == *turn)
        };
        if !open.iter().any(|entry| is_busy(entry).is_some()) {
            return;
        }
        tokio::spawn(async move {
            tokio::time::sleep(FAREWELL).await;
            for connection in open.iter().filter_map(is_busy) {
                connection.cut.abort();
            }
        });
    }

    /// Whether [`Connections::cut`] was called.
    pub(crate) fn is_cut(&self) -> bool {
        self.cut.get().is_some()
    }

    /// Whether a byte may still pass; HTTP/2 streams have only this to go by.
    pub(crate) fn may_pass(&self) -> bool {
        self.cut.get().is_none_or(|at| at.elapsed() < FAREWELL)
    }

    /// Cuts the tunnels that may no longer stay.
    pub(crate) fn cut_tunnels(&self, may_stay: impl Fn(&Tunnel) -> bool) {
        self.tunnels.lock().retain(|tunnel| {
            let Some(connection) = tunnel.connection.upgrade() else {
                return false;
            };
            let stays = may_stay(tunnel);
            if !stays {
                connection.cut.abort();
            }
            stays
        });
    }

    /// Whether any tunnel is open.
    pub(crate) fn has_tunnels(&self) -> bool {
        self.tunnels
            .lock()
            .iter()
            .any(|tunnel| tunnel.connection.strong_count() > 0)
    }
}

/// The proxy, guarded.
pub(crate) struct Guarded<P: ProxyHttp> {
    proxy: Arc<HttpProxy<P>>,
    slots: Arc<Slots>,
    register: Arc<Register>,
}

impl<P: ProxyHttp> Guarded<P> {
    /// Call it on the runtime that serves.
    pub(crate) fn new(proxy: HttpProxy<P>, slots: Arc<Slots>) -> Self {
        let register = Arc::new(Register::default());
        tokio::spawn(watch(Arc::downgrade(&register)));
        Self {
            proxy: Arc::new(proxy),
            slots,
            register,
        }
    }
}

#[async_trait]
impl<P> ServerApp for Guarded<P>
where
    P: ProxyHttp + Send + Sync + 'static,
    P::CTX: Send + Sync,
{
    async fn process_new(self: &Arc<Self>, io: Stream, shutdown: &ShutdownWatch) -> Option<Stream> {
        let digest = io.get_proxy_digest();
        let arrival = digest.as_deref().and_then(Arrival::of);
        let _slot = match arrival {
            Some(_) => None,
            // Over the cap the connection is closed at once.
            None => Some(self.slots.take(address(&*io))?),
        };
        if matches!(io.selected_alpn_proto(), Some(ALPN::H2)) {
            let served = self.proxy.process_new(io, shutdown);
            return until_silent(served, arrival).await;
        }
        let (connection, registration) = Connection::new();
        self.register.lock().push(Arc::downgrade(&connection));
        let served = CONNECTION.scope(connection, self.proxy.process_new(io, shutdown));
        Abortable::new(served, registration).await.ok().flatten()
    }

    async fn cleanup(&self) {
        // Or idle connections would outlive the signal to stop.
        ServerApp::cleanup(&*self.proxy).await;
    }
}
