//! Step 4: principal × action × area × situation → a permit, or why not. The answer to « why not »
//! is chosen here too: log in first, or learn who can help.

use super::Passage;
use super::identify::Identity;
use crate::gateway::Gateway;
use http::Method;
use policies::{Access, Action, Permit, Principal, Reason, Refusal, Situation};

/// Why a request goes no further.
#[derive(Debug)]
pub(crate) enum Stop {
    /// Nobody is logged in, and this needs somebody.
    LogIn,
    /// A program's key is none, or serves no more.
    WrongKey,
    /// Somebody is, and may not.
    Refused(Refusal),
    /// Who it is cannot be known at the moment.
    Unknown,
}

/// What a method asks for. A WebSocket carries both ways: it needs the right to send.
pub(crate) fn action(method: &Method, upgrade: bool) -> Action {
    let reads = matches!(*method, Method::GET | Method::HEAD | Method::OPTIONS);
    if reads && !upgrade {
        Action::Ouvrir
    } else {
        Action::Envoyer
    }
}

/// Decides, and keeps the session on the passage.
///
/// What is open to everybody is open to whoever is logged in: a person whose own rules refuse a
/// public area passes there as nobody. So does, away from the portal, a person who has yet to add the
/// second factor that their role needs; everything else asks them to log in, and the portal to add it. The portal alone still learns who it is, so that a suspended
/// person can log out.
///
/// # Errors
/// See [`Stop`].
pub(crate) fn authorize(
    gateway: &Gateway,
    identity: Identity,
    action: Action,
    passage: &mut Passage,
) -> Result<Permit, Stop> {
    let (Some(route), Some(service)) = (passage.route.clone(), passage.service.clone()) else {
        return Err(Stop::Unknown);
    };
    passage.reviews = gateway.reviews();
    let public = route.access == Access::Public;
    let as_nobody = || {
        let rulesets = gateway.directory.rulesets();
        let situation = Situation::at(gateway.store.clock().now(), passage.address, false);
        let ruleset = rulesets.of(&Principal::Anonymous).map_err(Stop::Refused)?;
        let decisions = &gateway.anonymous;
        decisions
            .decide(ruleset, &Principal::Anonymous, action, &route, &situation)
            .map_err(|refusal| match refusal.reason() {
                // Logging in would not help.
                Reason::Failed => Stop::Refused(refusal),
                Reason::NoRight | Reason::Forbidden => Stop::LogIn,
            })
    };
    let session = match identity {
        Identity::Identified(session) => session,
        Identity::Unknown if !public => return Err(Stop::Unknown),
        Identity::WrongKey => return Err(Stop::WrongKey),
        Identity::Failed => {
            passage.dead_cookie = true;
            return as_nobody();
        }
        Identity::NotRequested | Identity::Unknown => return as_nobody(),
    };
    let portal = service.id() == gateway.services.portal().id();
    if !portal && gateway.must_enrol(&session.person) {
        // The portal says how; what is open to everybody stays so.
        return if public {
            as_nobody()
        } else {
            Err(Stop::LogIn)
        };
    }
    match gateway.decide(&session.person, action, &route, passage.address) {
        Err(_) if public => {
            passage.session = portal.then_some(session);
            as_nobody()
        }
        verdict => {
            passage.session = Some(session);
            verdict.map_err(Stop::Refused)
        }
    }
}
