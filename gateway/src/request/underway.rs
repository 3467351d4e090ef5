//! What must hold while a request is under way, for every piece of its body and of the answer: its
//! person may still do what was permitted, and a body that is sent keeps coming.

use super::Passage;
use super::authorize::action;
use crate::gateway::Gateway;
use http::Method;
use policies::Access;
use std::time::Duration;

/// A body has this long for a start …
const UNHURRIED: Duration = Duration::from_secs(30);
/// … and must then have come at this many bytes per second: fewer only hold a place.
const SLOWEST: u64 = 512;

/// Why a request under way ends: the status of its answer, where one can still be given.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Ended(pub(crate) u16);

/// Lets a piece pass only while its person may. Decided again when everything is: see
/// [`Gateway::reviews`].
pub(crate) fn still_open(
    gateway: &Gateway,
    passage: &mut Passage,
    method: &Method,
) -> Result<(), Ended> {
    let (Some(session), Some(route)) = (&passage.session, &passage.route) else {
        return Ok(());
    };
    let person = &session.person;
    if !person.connections.may_pass() {
        return Err(Ended(401));
    }
    let reviews = gateway.reviews();
    if passage.reviews == reviews || route.access == Access::Public {
        return Ok(());
    }
    passage.reviews = reviews;
    let now = gateway.store.clock().now();
    if !gateway.sessions.is_current(person, now) {
        return Err(Ended(401));
    }
    person.touch(now);
    let asked = action(method, passage.tunnel);
    match gateway.decide(person, asked, route, passage.address) {
        Ok(_) => Ok(()),
        Err(_) => Err(Ended(403)),
    }
}

/// Counts a piece of the body.
pub(crate) fn count_body(passage: &mut Passage, bytes: u64) -> Result<(), Ended> {
    let Some(service) = &passage.service else {
        return Err(Ended(500));
    };
    if bytes == 0 || passage.tunnel {
        return Ok(());
    }
    passage.body += bytes;
    if passage.body > service.settings.max_body {
        return Err(Ended(413));
    }
    if is_dripping(passage.body, passage.started.elapsed()) {
        return Err(Ended(408));
    }
    Ok(())
}

fn is_dripping(bytes: u64, elapsed: Duration) -> bool {
    elapsed > UNHURRIED && bytes < elapsed.as_secs().saturating_mul(SLOWEST)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_byte_now_and_then_is_dripping_and_a_slow_line_is_not() {
        let minute = Duration::from_mins(1);
        assert!(is_dripping(2, minute));
        assert!(!is_dripping(2, Duration::from_secs(29)));
        assert!(!is_dripping(64 * 1024, minute));
        assert!(!is_dripping(100 << 20, Duration::from_hours(1)));
    }
}
