//! Which area an address is of, as people copy it from a browser: found as for a request, unless the path
//! is written in a way that requests are looked at more closely for.

use crate::error::Error;
use crate::services::Services;
use crate::settings::Settings;
use policies::Route;
use std::sync::Arc;

/// Finds the areas of the services of these settings.
///
/// # Errors
/// [`Error::Settings`].
pub fn finder(
    settings: &Settings,
) -> Result<impl Fn(&str) -> Option<Arc<Route>> + Send + Sync + 'static, Error> {
    let services = Services::compile(settings)?;
    Ok(move |address: &str| find(&services, address))
}

fn find(services: &Services, address: &str) -> Option<Arc<Route>> {
    let bare = address.split_once("://").map_or(address, |(_, rest)| rest);
    let end = bare.find(['?', '#']).unwrap_or(bare.len());
    let bare = bare.get(..end)?;
    let (host, path) = match bare.find('/') {
        Some(at) => bare.split_at_checked(at)?,
        None => (bare, "/"),
    };
    // Such a path is refused, or read by the service as it likes: it is of no area that one could tell.
    if path.contains('%') || path.contains("//") || path.contains("/.") || host.contains('@') {
        return None;
    }
    let name = host.rsplit_once(':').map_or(host, |(name, _)| name);
    let service = services.by_host(&name.to_ascii_lowercase())?;
    service.area(path).cloned()
}
