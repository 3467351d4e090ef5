//! What takes two: a transfer, half of which is done in another collectivité, whose people have no
//! names here; and lost second factors, which two people take away.

/// What happened, to `member` if it names one, with the other collectivité's name.
pub(super) fn sentence(act: &str, member: &str, other: &str) -> Option<String> {
    Some(match act {
        "transfer.release" => format!("Transfert de {member} proposé à {other}"),
        "transfer.cancel" => format!("Transfert de {member} vers {other} annulé"),
        "transfer.accepted" => format!("Transfert de {member} accepté par {other}"),
        "transfer.declined" => format!("Transfert de {member} refusé par {other}"),
        "transfer.announce" => format!("Arrivée d’une personne de {other} proposée"),
        "transfer.withdraw" => format!("Arrivée d’une personne de {other} annulée"),
        "transfer.accept" => format!("Arrivée de {member} acceptée, depuis {other}"),
        "transfer.decline" => format!("Arrivée d’une personne de {other} refusée"),
        "factor.reset.request" => format!("Retrait des seconds facteurs de {member} demandé"),
        "factor.reset.confirm" => format!("Seconds facteurs de {member} retirés"),
        "factor.reset.cancel" => {
            format!("Demande de retrait des seconds facteurs de {member} annulée")
        }
        _ => return None,
    })
}

/// Who did it, where it was not somebody of this collectivité.
pub(super) fn actor(act: &str) -> Option<&'static str> {
    match act {
        "transfer.accepted" | "transfer.declined" => Some("La collectivité d’accueil"),
        "transfer.announce" | "transfer.withdraw" => Some("La collectivité d’origine"),
        _ => None,
    }
}
