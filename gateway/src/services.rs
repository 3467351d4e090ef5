//! The online services, compiled once from the settings: hosts to services, paths to areas, and a
//! ready peer for each, so that a request builds none of it.

use crate::error::Error;
use crate::settings::{AreaSettings, OnlineService, PublicAddress, Settings, SignOn, Upstream};
use http::{HeaderName, HeaderValue};
use pingora::upstreams::peer::{HttpPeer, HttpUpstreamRequestPolicy, PeerOptions};
use policies::{Access, Route, ServiceId};
use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::sync::Arc;

/// A service, ready to be forwarded to.
#[derive(Debug)]
pub(crate) struct Service {
    pub(crate) settings: OnlineService,
    /// Longest path first; the last one is the whole service.
    areas: Vec<(String, Arc<Route>)>,
    pub(crate) peer: HttpPeer,
    /// `http://www.localhost:8080`.
    pub(crate) origin: String,
    /// `www.localhost:8080`.
    pub(crate) public_host: HeaderValue,
    /// What the service behind is asked by.
    pub(crate) upstream_host: HeaderValue,
}

impl Service {
    pub(crate) fn id(&self) -> &ServiceId {
        &self.settings.id
    }

    /// The area of a decoded path. `None` when a reader that does not tell capitals from small
    /// letters would find another one.
    pub(crate) fn area(&self, path: &str) -> Option<&Arc<Route>> {
        let exact = self.select(|area| within(path, area, |a, b| a == b))?;
        let folded = self.select(|area| within(path, area, <[u8]>::eq_ignore_ascii_case))?;
        Arc::ptr_eq(exact, folded).then_some(exact)
    }

    fn select(&self, covers: impl Fn(&str) -> bool) -> Option<&Arc<Route>> {
        self.areas
            .iter()
            .find(|(path, _)| covers(path))
            .map(|(_, route)| route)
    }

    /// Every area, the whole service last.
    #[cfg(test)]
    fn routes(&self) -> impl Iterator<Item = &Arc<Route>> {
        self.areas.iter().map(|(_, route)| route)
    }
}

/// A service as the portal offers it.
#[derive(Clone, Debug)]
pub struct Entrance {
    /// The service.
    pub settings: OnlineService,
    /// `http://www.localhost:8080`, without a trailing slash.
    pub origin: String,
    /// The area behind its entry.
    pub route: Arc<Route>,
    /// The whole service: all that no area covers.
    pub whole: Arc<Route>,
    /// What référents call its areas, in the order of the settings, and what they are.
    pub areas: Vec<(String, Arc<Route>)>,
}

/// Every service with the area behind its entry, in the order of the settings.
///
/// # Errors
/// [`Error::Settings`].
pub fn entrances(settings: &Settings) -> Result<Vec<Entrance>, Error> {
    let services = Services::compile(settings)?;
    services
        .all
        .iter()
        .map(|service| {
            let entry = &service.settings.entry;
            let unknown = || {
                Error::Settings(format!(
                    "service `{}`: entry `{entry}` has no area",
                    service.id()
                ))
            };
            let route = service.area(entry).ok_or_else(unknown)?.clone();
            let (_, whole) = service.areas.last().ok_or_else(unknown)?;
            Ok(Entrance {
                settings: service.settings.clone(),
                origin: service.origin.clone(),
                areas: named_areas(&service.settings),
                whole: whole.clone(),
                route,
            })
        })
        .collect()
}

fn named_areas(service: &OnlineService) -> Vec<(String, Arc<Route>)> {
    let areas = service.areas.iter();
    let named = areas.map(|area| (area.name.clone(), area_route(service, area)));
    named.collect()
}

fn area_route(service: &OnlineService, area: &AreaSettings) -> Arc<Route> {
    let id = format!("{}/{}", service.id, area.id);
    route(service, id, area.access)
}

fn route(service: &OnlineService, id: String, access: Access) -> Arc<Route> {
    Arc::new(Route {
        id: id.into(),
        service: service.id.clone(),
        access,
    })
}

/// Whether `path` is `area` or lies below it, in whole segments.
fn within(path: &str, area: &str, same: impl Fn(&[u8], &[u8]) -> bool) -> bool {
    let area = area.as_bytes();
    let Some((head, rest)) = path.as_bytes().split_at_checked(area.len()) else {
        return false;
    };
    same(head, area) && (rest.is_empty() || rest.starts_with(b"/") || area.is_empty())
}

/// Every service, by host.
#[derive(Debug)]
pub(crate) struct Services {
    all: Vec<Arc<Service>>,
    by_host: HashMap<String, usize>,
    portal: Arc<Service>,
    /// Every identity header of the installation; clients may send none.
    identity_headers: Vec<HeaderName>,
}

impl Services {
    pub(crate) fn compile(settings: &Settings) -> Result<Self, Error> {
        let mut all = Vec::new();
        let mut by_host = HashMap::new();
        let mut identity_headers = Vec::new();
        for service in &settings.services {
            if by_host.insert(service.host.clone(), all.len()).is_some() {
                return Err(Error::Settings(format!(
                    "host `{}` belongs to two services",
                    service.host
                )));
            }
            if let SignOn::Headers(names) = &service.sign_on {
                identity_headers.extend(names.all().cloned());
            }
            all.push(Arc::new(compile(service, settings.public)?));
        }
        let portal = all
            .iter()
            .find(|service| *service.id() == settings.portal)
            .cloned();
        let portal = portal.ok_or_else(|| {
            Error::Settings(format!("the portal `{}` is not a service", settings.portal))
        })?;
        Ok(Self {
            all,
            by_host,
            portal,
            identity_headers,
        })
    }

    pub(crate) fn by_host(&self, host: &str) -> Option<&Arc<Service>> {
        self.by_host.get(host).and_then(|&at| self.all.get(at))
    }

    pub(crate) fn portal(&self) -> &Arc<Service> {
        &self.portal
    }

    pub(crate) fn all(&self) -> &[Arc<Service>] {
        &self.all
    }

    pub(crate) fn is_identity_header(&self, name: &HeaderName) -> bool {
        self.identity_headers.contains(name)
    }
}

fn compile(service: &OnlineService, public: PublicAddress) -> Result<Service, Error> {
    let mut areas: Vec<(String, Arc<Route>)> = service
        .areas
        .iter()
        .map(|area| {
            let path = area.path.trim_end_matches('/').to_owned();
            (path, area_route(service, area))
        })
        .collect();
    areas.sort_by_key(|(path, _)| std::cmp::Reverse(path.len()));
    let whole = route(service, service.id.to_string(), service.access);
    areas.push((String::new(), whole));
    let origin = public.origin(&service.host);
    let (_, public_host) = origin.split_once("://").unwrap_or_default();
    let host = |host: &str| {
        HeaderValue::from_str(host)
            .map_err(|_| Error::Settings(format!("service `{}`: `{host}` is no host", service.id)))
    };
    Ok(Service {
        areas,
        peer: peer(service)?,
        public_host: host(public_host)?,
        upstream_host: host(service.upstream_host.as_deref().unwrap_or(public_host))?,
        origin,
        settings: service.clone(),
    })
}

fn peer(service: &OnlineService) -> Result<HttpPeer, Error> {
    let unusable = |detail: String| Error::Settings(format!("service `{}`: {detail}", service.id));
    let mut peer = match &service.upstream {
        Upstream::Tcp(address) => HttpPeer::new(*address, false, String::new()),
        // An empty name would switch the certificate's check off.
        Upstream::Tls { name, .. } if name.is_empty() => {
            return Err(unusable("a TLS upstream needs a name".to_owned()));
        }
        Upstream::Tls { address, name } => HttpPeer::new(*address, true, name.clone()),
        Upstream::Unix(path) => {
            let path = path
                .to_str()
                .ok_or_else(|| unusable("the socket's path is not UTF-8".to_owned()))?;
            HttpPeer::new_uds(path, false, String::new())
                .map_err(|error| unusable(error.to_string()))?
        }
    };
    let times = &service.timeouts;
    let options: &mut PeerOptions = &mut peer.options;
    options.connection_timeout = Some(times.connect);
    options.total_connection_timeout = Some(times.connect);
    options.read_timeout = Some(times.read);
    options.write_timeout = Some(times.write);
    options.idle_timeout = Some(times.idle);
    // A tunnel that was permitted as one gets another policy.
    options.http_upstream_request_policy = HttpUpstreamRequestPolicy::deny_upgrades();
    // pingora's pool key knows neither the service nor its CA.
    let mut hasher = DefaultHasher::new();
    service.id.hash(&mut hasher);
    peer.group_key = hasher.finish();
    Ok(peer)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::{AreaSettings, AssertionContent, Timeouts};
    use std::time::Duration;

    fn service() -> Service {
        let area = |id: &str, path: &str, access| AreaSettings {
            id: id.into(),
            name: id.into(),
            path: path.into(),
            access,
        };
        let second = Duration::from_secs(1);
        let settings = OnlineService {
            id: "site".into(),
            name: "Site".into(),
            description: String::new(),
            listed: true,
            entry: "/".into(),
            host: "www.localhost".into(),
            upstream: Upstream::Unix("/nowhere".into()),
            upstream_host: None,
            access: Access::Public,
            areas: vec![
                area("reserve", "/espace-reserve/", Access::Granted),
                area("open", "/espace-reserve/ouvert", Access::Public),
            ],
            roles: Vec::new(),
            sign_on: SignOn::None,
            assertion: AssertionContent::None,
            max_body: 1,
            websocket: false,
            timeouts: Timeouts {
                connect: second,
                read: second,
                write: second,
                idle: second,
            },
        };
        let public = PublicAddress {
            tls: false,
            port: 8080,
        };
        compile(&settings, public).unwrap()
    }

    #[test]
    fn the_longest_area_in_whole_segments_is_chosen() {
        let service = service();
        for (path, area) in [
            ("/", "site"),
            ("/espace-reserve", "site/reserve"),
            ("/espace-reserve/", "site/reserve"),
            ("/espace-reserve/a", "site/reserve"),
            ("/espace-reserves", "site"),
            ("/espace-reserve/ouvert", "site/open"),
            ("/espace-reserve/ouverture", "site/reserve"),
        ] {
            assert_eq!(&*service.area(path).unwrap().id, area, "{path}");
        }
        assert_eq!(service.routes().count(), 3);
    }

    #[test]
    fn capitals_that_another_reader_would_fold_select_nothing() {
        assert!(service().area("/Espace-Reserve/a").is_none());
        assert!(service().area("/ESPACE-RESERVE").is_none());
    }
}
