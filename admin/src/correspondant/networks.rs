//! `/cig/reseaux`: addresses that référents have written down, to be confirmed or rejected.

use super::{Correspondant, failed};
use crate::date;
use crate::fields::{FieldErrors, reason};
use crate::page::{self, Person};
use crate::portal::Portal;
use crate::posted::Posted;
use crate::referent::preview::Pairs;
use accounts::{Error, NetworkRecord, Overlap};
use askama::Template;
use axum::extract::{Query, State};
use axum::response::{IntoResponse as _, Redirect, Response};
use policies::Range;
use std::sync::Arc;

use super::sheet::Done;

/// Why addresses are not rejected.
pub(crate) const NO_REASON: &str =
    "Pour refuser des adresses, écrivez le motif : les référents le recevront.";

struct Shown {
    id: String,
    collectivite: String,
    collectivite_name: String,
    name: String,
    version: i64,
    confirmed: String,
    proposed: String,
    since: String,
    overlaps: Vec<String>,
}

#[derive(Template)]
#[template(path = "cig/networks.html")]
struct NetworksPage {
    person: Option<Person>,
    here: &'static str,
    token: String,
    errors: FieldErrors,
    done: &'static str,
    networks: Vec<Shown>,
}

/// Those that wait.
pub(crate) async fn show(
    State(portal): State<Arc<Portal>>,
    someone: Correspondant,
    Query(done): Query<Done>,
) -> Response {
    let done = match done.fait.as_str() {
        "confirmation" => {
            "Le réseau est confirmé : il compte dès maintenant. Les référents sont prévenus."
        }
        "refus" => "Les adresses sont refusées. Les référents reçoivent le motif.",
        _ => "",
    };
    list(&portal, &someone, done, FieldErrors::default()).await
}

async fn list(
    portal: &Portal,
    someone: &Correspondant,
    done: &'static str,
    errors: FieldErrors,
) -> Response {
    let status = errors.status();
    let read = async {
        let waiting = someone.overseen(portal).list_proposed_networks().await?;
        Ok::<_, Error>((waiting, someone.person(portal).await?))
    };
    match read.await {
        Ok((waiting, person)) => page::answer(
            status,
            &NetworksPage {
                token: person.token.clone(),
                person: Some(person),
                here: "reseaux",
                errors,
                done,
                networks: waiting.into_iter().map(shown).collect(),
            },
        ),
        Err(error) => failed(&error),
    }
}

fn shown((network, overlaps): (NetworkRecord, Vec<Overlap>)) -> Shown {
    let spell = |ranges: &[Range]| {
        let ranges = ranges.iter().map(Range::to_string);
        ranges.collect::<Vec<_>>().join(", ")
    };
    let overlaps = overlaps.into_iter().map(|overlap| {
        let whose = overlap.collectivite;
        let whose = whose.unwrap_or_else(|| "une collectivité que vous ne suivez pas".to_owned());
        format!("{whose}\u{a0}: {}", overlap.range)
    });
    Shown {
        id: network.id,
        collectivite: network.collectivite.0.to_string(),
        collectivite_name: network.collectivite.1,
        name: network.name,
        version: network.version,
        confirmed: spell(&network.confirmed),
        proposed: spell(network.proposed.as_deref().unwrap_or_default()),
        since: network.proposed_at.map_or_else(String::new, date::short),
        overlaps: overlaps.collect(),
    }
}

/// Answers one. Fields: `collectivite`, `reseau`, `version`, `pas`, `motif`.
pub(crate) async fn answer(
    State(portal): State<Arc<Portal>>,
    someone: Correspondant,
    posted: Posted<Pairs>,
) -> Response {
    let fields = &posted.form;
    let leave = match someone.supervise(&portal, fields.one("collectivite")).await {
        Ok(leave) => leave,
        Err(error) => return failed(&error),
    };
    let over = someone.over(&portal, &leave);
    let (id, version) = (
        fields.one("reseau"),
        fields.one("version").parse().unwrap_or_default(),
    );
    let (done, answered) = if fields.one("pas") == "confirmer" {
        ("confirmation", over.confirm_network(id, version).await)
    } else {
        let Some(reason) = reason(fields.one("motif")) else {
            let mut errors = FieldErrors::default();
            errors.add("reseaux", NO_REASON);
            return list(&portal, &someone, "", errors).await;
        };
        ("refus", over.reject_network(id, version, &reason).await)
    };
    match answered {
        Ok(()) => Redirect::to(&format!("/cig/reseaux?fait={done}")).into_response(),
        Err(error) => failed(&error),
    }
}
