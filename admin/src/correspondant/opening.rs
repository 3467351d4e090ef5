//! `/cig/collectivites/nouvelle`: a collectivité is opened.

use super::collectivites::{Choice, cdgs};
use super::services::{self, ServiceChoice};
use super::{Correspondant, failed};
use crate::fields::FieldErrors;
use crate::page::{self, Person};
use crate::portal::Portal;
use crate::posted::Posted;
use crate::referent::preview::Pairs;
use accounts::{CodeInsee, CollectiviteKind, Error, NewCollectivite, Siret};
use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Redirect, Response};
use std::sync::Arc;

/// Kinds of bodies: as forms spell and name them.
pub(super) const KINDS: [(&str, &str); 3] = [
    ("collectivite", "Collectivité (commune, département…)"),
    ("etablissement", "Établissement public (CCAS, syndicat…)"),
    ("cdg", "Centre de gestion"),
];

/// Longest name kept.
const LONGEST: usize = 150;

#[derive(Template)]
#[template(path = "cig/opening.html")]
struct OpeningPage {
    person: Option<Person>,
    here: &'static str,
    token: String,
    errors: FieldErrors,
    name: String,
    siret: String,
    insee: String,
    kinds: Vec<Choice>,
    cdgs: Vec<Choice>,
    services: Vec<ServiceChoice>,
}

/// The empty form.
pub(crate) async fn show(State(portal): State<Arc<Portal>>, someone: Correspondant) -> Response {
    form(&portal, &someone, &Pairs::default(), FieldErrors::default()).await
}

async fn form(
    portal: &Portal,
    someone: &Correspondant,
    fields: &Pairs,
    errors: FieldErrors,
) -> Response {
    let status = if errors.is_empty() {
        StatusCode::OK
    } else {
        StatusCode::UNPROCESSABLE_ENTITY
    };
    let read = async {
        let person = someone.person(portal).await?;
        let kinds = KINDS.iter().filter(|(kind, _)| {
            // A CDG opens no other CDG.
            someone.oversight.affiliated_to().is_none() || *kind != "cdg"
        });
        let kinds = kinds.map(|(kind, name)| {
            let chosen = *kind == fields.one("genre");
            ((*kind).to_owned(), (*name).to_owned(), chosen)
        });
        Ok::<_, Error>(OpeningPage {
            token: person.token.clone(),
            person: Some(person),
            here: "collectivites",
            errors,
            name: fields.one("nom").to_owned(),
            siret: fields.one("siret").to_owned(),
            insee: fields.one("insee").to_owned(),
            kinds: kinds.collect(),
            cdgs: cdgs(portal, someone, fields.one("cdg")).await?,
            services: services::typed(portal, someone, fields),
        })
    };
    match read.await {
        Ok(page) => page::answer(status, &page),
        Err(error) => failed(&error),
    }
}

/// The name of a body.
pub(super) fn body_name(text: &str) -> Result<String, String> {
    let name = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if name.is_empty() {
        return Err(
            "Saisissez le nom de la collectivité, par exemple « Ville de Beaumont ».".to_owned(),
        );
    }
    if name.chars().count() > LONGEST || name.chars().any(|c| c.is_control() || "<>".contains(c)) {
        return Err(format!(
            "Saisissez le nom de la collectivité en {LONGEST} caractères au plus, sans « < » ni « > »."
        ));
    }
    Ok(name)
}

fn read_fields(
    portal: &Portal,
    someone: &Correspondant,
    fields: &Pairs,
    errors: &mut FieldErrors,
) -> Option<NewCollectivite> {
    let name = errors.read("nom", body_name(fields.one("nom")));
    let siret = Siret::parse(fields.one("siret")).ok_or_else(|| {
        "Saisissez les 14 chiffres du SIRET. Vérifiez-les : l’un d’eux ne concorde pas avec les autres.".to_owned()
    });
    let siret = errors.read("siret", siret);
    let typed = fields.one("insee").trim();
    let insee = CodeInsee::parse(typed);
    if !typed.is_empty() && insee.is_none() {
        errors.add(
            "insee",
            "Saisissez le code INSEE en 5 caractères, par exemple 93055 ou 2A004.",
        );
    }
    let kind = CollectiviteKind::parse(fields.one("genre")).ok();
    let kind = kind.filter(|kind| *kind != CollectiviteKind::Cig);
    let kind = kind.filter(|kind| {
        someone.oversight.affiliated_to().is_none() || *kind != CollectiviteKind::Cdg
    });
    if kind.is_none() {
        errors.add("genre", "Choisissez le type de la collectivité.");
    }
    let choices = services::typed(portal, someone, fields);
    let services = services::chosen(&choices, &[], errors);
    if !errors.is_empty() {
        return None;
    }
    Some(NewCollectivite {
        name: name?,
        kind: kind?,
        siret: siret?,
        insee,
        services,
    })
}

/// Opens it.
pub(crate) async fn submit(
    State(portal): State<Arc<Portal>>,
    someone: Correspondant,
    posted: Posted<Pairs>,
) -> Response {
    let (fields, mut errors) = (&posted.form, FieldErrors::default());
    let own = someone.oversight.affiliated_to();
    let cdg = own.map_or(fields.one("cdg"), |own| own.as_str());
    let known = cdgs(&portal, &someone, "").await;
    let known = match known {
        Ok(known) => known,
        Err(error) => return failed(&error),
    };
    if own.is_none() && !cdg.is_empty() && known.iter().all(|(id, ..)| id != cdg) {
        errors.add("cdg", "Choisissez un centre de gestion de la liste.");
    }
    let Some(new) = read_fields(&portal, &someone, fields, &mut errors) else {
        return form(&portal, &someone, fields, errors).await;
    };
    match open(
        &portal,
        &someone,
        &new,
        Some(cdg).filter(|cdg| !cdg.is_empty()),
    )
    .await
    {
        Ok(id) => Redirect::to(&format!("/cig/collectivites/{id}?fait=ouverture")).into_response(),
        Err(Error::Exists { .. }) => {
            errors.add(
                "siret",
                "Ce SIRET est déjà celui d’une collectivité ouverte. Vérifiez-le, ou adressez-vous au correspondant CIG.",
            );
            form(&portal, &someone, fields, errors).await
        }
        Err(error) => failed(&error),
    }
}

/// Its id is its SIREN; where that is taken, the NIC tells them apart.
async fn open(
    portal: &Portal,
    someone: &Correspondant,
    new: &NewCollectivite,
    cdg: Option<&str>,
) -> Result<String, Error> {
    let (siren, nic) = (new.siret.siren(), new.siret.nic());
    let mut id = siren.to_owned();
    loop {
        let leave = someone.may_open(&id, cdg).map_err(|_| Error::NotFound {
            what: "cdg",
            id: cdg.unwrap_or_default().to_owned(),
        })?;
        match portal.store.over(&leave, someone.account()).open(new).await {
            Err(Error::Exists {
                what: "collectivité",
                ..
            }) if id == siren => {
                id = format!("{siren}-{nic}");
            }
            done => return done.map(|()| id),
        }
    }
}
