//! Step 2: host and path → the service and its area.

use super::Passage;
use super::normalize::{Reading, Rejection};
use crate::services::Services;

/// Finds both.
///
/// # Errors
/// 421 for a host that is nobody's; 404 for a path whose area readers could differ on.
pub(crate) fn route(
    services: &Services,
    reading: &Reading<'_>,
    passage: &mut Passage,
) -> Result<(), Rejection> {
    let service = services.by_host(&reading.host).ok_or(Rejection {
        status: 421,
        reason: "no service has this host",
    })?;
    let area = service.area(&reading.path).ok_or(Rejection {
        status: 404,
        reason: "the path matches an area only when capitals are ignored",
    })?;
    passage.route = Some(area.clone());
    passage.service = Some(service.clone());
    Ok(())
}
