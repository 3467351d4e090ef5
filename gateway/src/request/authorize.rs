//! Step 4: principal × action × area × situation → a permit, or why not. The answer to « why not »
//! is chosen here too: log in first, or learn who can help.

use super::Passage;
use super::identify::Identity;
use http::Method;
use policies::{Access, Action, Decisions, Permit, Principal, Refusal, Rulesets, Situation};

/// Why a request goes no further.
#[derive(Debug)]
pub(crate) enum Stop {
    /// Nobody is logged in, and this needs somebody.
    LogIn,
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
/// # Errors
/// See [`Stop`].
pub(crate) fn authorize(
    rulesets: &Rulesets,
    anonymous: &Decisions,
    identity: Identity,
    action: Action,
    now: i64,
    passage: &mut Passage,
) -> Result<Permit, Stop> {
    let Some(route) = passage.route.clone() else {
        return Err(Stop::Unknown);
    };
    let public = route.access == Access::Public;
    let session = match identity {
        // A suspended person may see what everybody may.
        Identity::Identified(session) if public && !session.person.member.active => None,
        Identity::Identified(session) => Some(session),
        Identity::Unknown if !public => return Err(Stop::Unknown),
        Identity::Failed => {
            passage.dead_cookie = true;
            None
        }
        Identity::NotRequested | Identity::Unknown => None,
    };
    let situation = Situation::at(now, passage.address, false);
    let Some(session) = session else {
        let principal = Principal::Anonymous;
        let ruleset = rulesets.of(&principal).map_err(Stop::Refused)?;
        let verdict = anonymous.decide(ruleset, &principal, action, &route, &situation);
        return verdict.map_err(|_| Stop::LogIn);
    };
    let person = session.person.clone();
    passage.session = Some(session);
    let principal = Principal::Member(person.member.clone());
    let ruleset = rulesets.of(&principal).map_err(Stop::Refused)?;
    person
        .decisions
        .decide(ruleset, &principal, action, &route, &situation)
        .map_err(Stop::Refused)
}
