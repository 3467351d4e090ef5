//! What accepting a request would make of the person's access, decided before it is accepted.

use crate::access::{Effect, Impact, Prospect};
use crate::entrance::Entrance;
use crate::portal::Portal;
use crate::referent::rights::{Wanted, plan};
use crate::referent::{Obstacle, Referent, last_part};
use accounts::{AccessRequest, DirectRight, Error};
use policies::{Ruleset, Situation};

/// In a sentence each: what is gained, what is lost with it, or why nothing opens. None for a request
/// that is not this référent's to answer: their own, above all.
pub(crate) async fn of(
    portal: &Portal,
    referent: &Referent,
    request: &AccessRequest,
) -> Result<Vec<String>, Error> {
    let wanted = Wanted {
        id: last_part(request.membership.as_str()).to_owned(),
        // Nothing is written.
        version: 0,
        rights: vec![DirectRight {
            service: request.service.clone(),
            level: Some(request.level.clone()),
            ends_at: None,
        }],
    };
    let prospects = match plan(portal, referent, &[wanted], true).await {
        Ok((_, prospects)) => prospects,
        Err(Obstacle::Refused(_)) => return Ok(Vec::new()),
        Err(Obstacle::Store(error)) => return Err(error),
    };
    let entrance = portal.entrance(request.service.as_str());
    Ok(match (referent.judging(), entrance) {
        (Ok(judging), Some(entrance)) => told(judging, entrance, prospects),
        _ => Vec::new(),
    })
}

/// What becomes of the person's access to the service.
pub(crate) fn told(
    (ruleset, situation): (&Ruleset, &Situation),
    entrance: &Entrance,
    prospects: Vec<Prospect>,
) -> Vec<String> {
    let impact = Impact::of(ruleset, &[entrance], situation, prospects);
    let gains = impact.gains.iter().map(gain);
    let losses = impact.losses.iter().map(loss);
    gains
        .chain(losses)
        .chain(impact.idle.iter().map(idle))
        .collect()
}

fn gain(effect: &Effect) -> String {
    format!(
        "Si vous acceptez, son accès passe de «\u{a0}{}\u{a0}» à «\u{a0}{}\u{a0}».",
        effect.before, effect.after
    )
}

fn loss(effect: &Effect) -> String {
    format!(
        "Attention\u{a0}: le droit demandé remplace son droit direct actuel, «\u{a0}{}\u{a0}»\u{a0}; {}.",
        effect.before,
        effect.reason.trim_end_matches('.')
    )
}

fn idle(effect: &Effect) -> String {
    format!(
        "Accepter ne changera rien à son accès, «\u{a0}{}\u{a0}»\u{a0}: {}.",
        effect.before,
        effect.reason.trim_end_matches('.')
    )
}
