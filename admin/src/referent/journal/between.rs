//! What does not happen here alone: a transfer, half of which is done in another collectivité, whose
//! people have no names here; lost second factors, which two people take away; guardrails.

use crate::words;

/// What happened, to `member` if it names one, with the other collectivité's name.
pub(super) fn sentence(act: &str, member: &str, other: &str) -> Option<String> {
    let of_member = words::of(member);
    Some(match act {
        "transfer.release" => format!("Transfert {of_member} proposé à {other}"),
        "transfer.cancel" => format!("Transfert {of_member} vers {other} annulé"),
        "transfer.accepted" => format!("Transfert {of_member} accepté par {other}"),
        "transfer.declined" => format!("Transfert {of_member} refusé par {other}"),
        "transfer.announce" => format!("Arrivée d’une personne de {other} proposée"),
        "transfer.withdraw" => format!("Arrivée d’une personne de {other} annulée"),
        "transfer.accept" => format!("Arrivée {of_member} acceptée, depuis {other}"),
        "transfer.decline" => format!("Arrivée d’une personne de {other} refusée"),
        "factor.reset.request" => format!("Retrait des seconds facteurs {of_member} demandé"),
        "factor.reset.confirm" => format!("Seconds facteurs {of_member} retirés"),
        "factor.reset.cancel" => {
            format!("Demande de retrait des seconds facteurs {of_member} annulée")
        }
        _ => return None,
    })
}

/// Who did it, where it was not somebody of this collectivité.
pub(super) fn actor(act: &str) -> Option<&'static str> {
    match act {
        "transfer.accepted" | "transfer.declined" => Some("La collectivité d’accueil"),
        "guardrail.publish" | "guardrail.withdraw" => Some("Le CIG"),
        "transfer.announce" | "transfer.withdraw" => Some("La collectivité d’origine"),
        _ => None,
    }
}
