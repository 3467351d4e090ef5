//! `/referent/reseaux`: where the collectivité's people sit, under names that rules use. What is
//! written here counts once the centre de gestion has confirmed it.

use super::preview::Pairs;
use super::{Referent, failed};
use crate::date;
use crate::fields::FieldErrors;
use crate::page::{self, Person};
use crate::portal::Portal;
use crate::posted::Posted;
use accounts::{Error, NetworkRecord, slug};
use askama::Template;
use axum::extract::State;
use axum::response::{IntoResponse as _, Redirect, Response};
use policies::{Range, RangeError};
use serde::Deserialize;
use std::sync::Arc;

/// Most ranges of one network.
const MOST: usize = 20;

struct Shown {
    id: String,
    name: String,
    version: i64,
    confirmed: Vec<String>,
    proposed: Vec<String>,
    since: String,
    rejection: String,
    /// One a line, as the form has them.
    typed: String,
}

#[derive(Template)]
#[template(path = "referent/networks.html")]
struct NetworksPage {
    person: Option<Person>,
    here: &'static str,
    token: String,
    errors: FieldErrors,
    done: &'static str,
    networks: Vec<Shown>,
    name: String,
    addresses: String,
}

/// What was just done.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Done {
    fait: String,
}

/// All of them, and the form for another.
pub(crate) async fn show(
    State(portal): State<Arc<Portal>>,
    referent: Referent,
    axum::extract::Query(done): axum::extract::Query<Done>,
) -> Response {
    let done = match done.fait.as_str() {
        "proposition" => {
            "Les adresses sont enregistrées. Elles compteront quand votre centre de gestion les aura confirmées ; vous recevrez un courriel."
        }
        "retrait" => "Le réseau est supprimé. Les règles qui le nomment ne le reconnaissent plus.",
        _ => "",
    };
    list(
        &portal,
        &referent,
        done,
        &Pairs::default(),
        FieldErrors::default(),
    )
    .await
}

async fn list(
    portal: &Portal,
    referent: &Referent,
    done: &'static str,
    fields: &Pairs,
    errors: FieldErrors,
) -> Response {
    let status = errors.status();
    let read = async {
        let networks = referent.within(portal).list_networks().await?;
        Ok::<_, Error>((networks, referent.person(portal).await?))
    };
    let (networks, person) = match read.await {
        Ok(read) => read,
        Err(error) => return failed(&error),
    };
    // What was typed for a network that is there stays in its own form.
    let changed = fields.one("reseau");
    let shown = networks.into_iter().map(|network| {
        let mut shown = shown(network);
        if shown.id == changed {
            fields.one("adresses").clone_into(&mut shown.typed);
        }
        shown
    });
    let new = |name: &str| {
        if changed.is_empty() {
            fields.one(name).to_owned()
        } else {
            String::new()
        }
    };
    page::answer(
        status,
        &NetworksPage {
            token: person.token.clone(),
            person: Some(person),
            here: "reseaux",
            errors,
            done,
            networks: shown.collect(),
            name: new("nom"),
            addresses: new("adresses"),
        },
    )
}

fn shown(network: NetworkRecord) -> Shown {
    let spell = |ranges: &[Range]| ranges.iter().map(Range::to_string).collect::<Vec<_>>();
    let (confirmed, proposed) = (
        spell(&network.confirmed),
        spell(network.proposed.as_deref().unwrap_or_default()),
    );
    let latest = if proposed.is_empty() {
        &confirmed
    } else {
        &proposed
    };
    Shown {
        id: network.id,
        name: network.name,
        version: network.version,
        typed: latest.join("\n"),
        confirmed,
        proposed,
        since: network.proposed_at.map_or_else(String::new, date::short),
        rejection: network.rejection,
    }
}

/// Writes addresses down, of a new network or of one that is there; or takes one away. Fields: `pas`,
/// `reseau` and `version` of one that is there, `nom` of a new one, `adresses`.
pub(crate) async fn change(
    State(portal): State<Arc<Portal>>,
    referent: Referent,
    posted: Posted<Pairs>,
) -> Response {
    let (fields, mut errors) = (&posted.form, FieldErrors::default());
    let within = referent.within(&portal);
    let (id, version) = (
        fields.one("reseau"),
        fields.one("version").parse().unwrap_or_default(),
    );
    let to = |done: &str| Redirect::to(&format!("/referent/reseaux?fait={done}")).into_response();
    if fields.one("pas") == "retirer" {
        return match within.remove_network(id, version).await {
            Ok(()) => to("retrait"),
            Err(error) => failed(&error),
        };
    }
    let name = if id.is_empty() {
        errors.read("nom", read_name(fields.one("nom")))
    } else {
        None
    };
    let ranges = errors.read("adresses", read_ranges(fields.one("adresses")));
    let (true, Some(ranges)) = (errors.is_empty(), ranges) else {
        return list(&portal, &referent, "", fields, errors).await;
    };
    let written = match name {
        Some(name) => within.propose_network(&name, &ranges).await.map(drop),
        None => within.change_network(id, version, &ranges).await,
    };
    match written {
        Ok(()) => to("proposition"),
        Err(Error::Exists { .. }) => {
            errors.add("nom", NAME_IN_USE);
            list(&portal, &referent, "", fields, errors).await
        }
        Err(error) => failed(&error),
    }
}

/// Why a name is refused that another network has.
pub(crate) const NAME_IN_USE: &str =
    "Un réseau porte déjà ce nom. Changez ses adresses dans sa fiche, ou choisissez un autre nom.";

/// A name as rules say it.
pub(crate) fn read_name(text: &str) -> Result<String, String> {
    let name = slug(text);
    if name.is_empty() || name.len() > 40 {
        return Err(
            "Donnez au réseau un nom court, avec des lettres, par exemple « mairie ».".to_owned(),
        );
    }
    Ok(name)
}

/// Addresses and ranges, apart by lines, spaces or commas.
pub(crate) fn read_ranges(text: &str) -> Result<Vec<Range>, String> {
    let parts = text.split([' ', ',', ';', '\n', '\r', '\t', '\u{a0}']);
    let mut ranges = Vec::new();
    for part in parts.filter(|part| !part.is_empty()) {
        let range = Range::parse(part).map_err(|error| remedy(part, error))?;
        if !ranges.contains(&range) {
            ranges.push(range);
        }
    }
    match ranges.len() {
        0 => Err("Saisissez au moins une adresse, par exemple 203.0.113.5. Votre service informatique ou votre fournisseur d’accès la connaît.".to_owned()),
        1..=MOST => Ok(ranges),
        _ => Err(format!("Saisissez {MOST} adresses ou plages au plus.")),
    }
}

fn remedy(part: &str, error: RangeError) -> String {
    let why = match error {
        RangeError::Unreadable => {
            "écrivez une adresse comme 203.0.113.5 ou 2001:db8::7, ou une plage comme 203.0.113.0/28".to_owned()
        }
        RangeError::Within(range) => {
            format!("écrivez la plage entière, {range}, ou l’adresse seule, sans « / »")
        }
        RangeError::NotPublic => {
            "c’est une adresse interne, que chacun peut avoir chez soi. Écrivez l’adresse publique, celle sous laquelle la mairie sort sur Internet".to_owned()
        }
        RangeError::TooWide => {
            "la plage est trop large. Écrivez une plage d’au moins /16 (IPv4) ou /32 (IPv6)".to_owned()
        }
    };
    format!("« {part} »\u{a0}: {why}.")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_read_as_people_separate_them() {
        let ranges =
            read_ranges("203.0.113.5, 203.0.113.64/26\r\n2001:db8::/48 203.0.113.5").unwrap();
        let spelt: Vec<_> = ranges.iter().map(Range::to_string).collect();
        assert_eq!(spelt, ["203.0.113.5", "203.0.113.64/26", "2001:db8::/48"]);
    }

    #[test]
    fn each_error_names_the_part_and_a_remedy() {
        for (text, part, word) in [
            ("", "", "au moins une"),
            ("203.0.113.5 mairie", "mairie", "203.0.113.0/28"),
            ("203.0.113.5/24", "203.0.113.5/24", "203.0.113.0/24"),
            ("192.168.1.1", "192.168.1.1", "publique"),
            ("198.50.0.0/15", "198.50.0.0/15", "trop large"),
        ] {
            let error = read_ranges(text).unwrap_err();
            assert!(error.contains(part) && error.contains(word), "{error}");
        }
    }
}
