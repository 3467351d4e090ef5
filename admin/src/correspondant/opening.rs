//! `/cig/collectivites/nouvelle`: a collectivité is opened.

use super::collectivites::{Choice, cdgs};
use super::services::{self, ServiceChoice};
use super::{Correspondant, failed, siret_taken};
use crate::fields::FieldErrors;
use crate::page::{self, Person};
use crate::portal::Portal;
use crate::posted::Posted;
use crate::referent::preview::Pairs;
use accounts::{CodeInsee, CollectiviteKind, Error, NewCollectivite, Once, Siret};
use askama::Template;
use axum::extract::State;
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

/// What is filled in to open one.
pub(crate) struct Filled {
    pub(crate) nom: String,
    pub(crate) siret: String,
    pub(crate) insee: String,
    pub(crate) genre: String,
    /// The id of a centre de gestion; a CDG opens for itself, whatever it says.
    pub(crate) cdg: String,
    pub(crate) services: Vec<ServiceChoice>,
}

impl Filled {
    fn of(portal: &Portal, someone: &Correspondant, fields: &Pairs) -> Self {
        let one = |name: &str| fields.one(name).to_owned();
        Self {
            nom: one("nom"),
            siret: one("siret"),
            insee: one("insee"),
            genre: one("genre"),
            cdg: one("cdg"),
            services: services::typed(portal, someone, fields),
        }
    }
}

/// The empty form.
pub(crate) async fn show(State(portal): State<Arc<Portal>>, someone: Correspondant) -> Response {
    let empty = Filled::of(&portal, &someone, &Pairs::default());
    form(&portal, &someone, empty, FieldErrors::default()).await
}

async fn form(
    portal: &Portal,
    someone: &Correspondant,
    filled: Filled,
    errors: FieldErrors,
) -> Response {
    let status = errors.status();
    let read = async {
        let person = someone.person(portal).await?;
        let kinds = KINDS.iter().filter(|(kind, _)| {
            // A CDG opens no other CDG.
            someone.oversight.affiliated_to().is_none() || *kind != "cdg"
        });
        let kinds = kinds.map(|(kind, name)| {
            let chosen = *kind == filled.genre;
            ((*kind).to_owned(), (*name).to_owned(), chosen)
        });
        Ok::<_, Error>(OpeningPage {
            token: person.token.clone(),
            person: Some(person),
            here: "collectivites",
            errors,
            kinds: kinds.collect(),
            cdgs: cdgs(portal, someone, &filled.cdg).await?,
            name: filled.nom,
            siret: filled.siret,
            insee: filled.insee,
            services: filled.services,
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

/// A code INSEE, if one is given.
pub(super) fn read_insee(text: &str) -> Result<Option<CodeInsee>, String> {
    let text = text.trim();
    let insee = CodeInsee::parse(text);
    if insee.is_none() && !text.is_empty() {
        return Err(
            "Saisissez le code INSEE en 5 caractères, par exemple 93055 ou 2A004.".to_owned(),
        );
    }
    Ok(insee)
}

pub(super) fn read_siret(text: &str) -> Result<Siret, String> {
    Siret::parse(text).ok_or_else(|| {
        let digits = text.chars().filter(char::is_ascii_digit).count();
        if digits == 14 {
            "Vérifiez le SIRET\u{a0}: l’un de ses chiffres ne concorde pas avec les autres."
                .to_owned()
        } else {
            "Saisissez les 14 chiffres du SIRET.".to_owned()
        }
    })
}

fn read_fields(
    someone: &Correspondant,
    filled: &Filled,
    errors: &mut FieldErrors,
) -> Option<NewCollectivite> {
    let name = errors.read("nom", body_name(&filled.nom));
    let kind = CollectiviteKind::parse(&filled.genre).ok();
    let kind = kind.filter(|kind| *kind != CollectiviteKind::Cig);
    let kind = kind.filter(|kind| {
        someone.oversight.affiliated_to().is_none() || *kind != CollectiviteKind::Cdg
    });
    if kind.is_none() {
        errors.add("genre", "Choisissez le type de la collectivité.");
    }
    let siret = errors.read("siret", read_siret(&filled.siret));
    let insee = errors.read("insee", read_insee(&filled.insee)).flatten();
    let services = services::chosen(&filled.services, &[], errors);
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
    let filled = Filled::of(&portal, &someone, &posted.form);
    match open(&portal, &someone, None, &filled).await {
        Ok(Opened::Done(id)) => {
            Redirect::to(&format!("/cig/collectivites/{id}?fait=ouverture")).into_response()
        }
        Ok(Opened::Invalid(errors)) => form(&portal, &someone, filled, errors).await,
        Err(error) => failed(&error),
    }
}

/// What became of it.
pub(crate) enum Opened {
    /// It is open, under this id.
    Done(String),
    Invalid(FieldErrors),
}

/// Opens what is filled in.
///
/// # Errors
/// The store.
pub(crate) async fn open(
    portal: &Portal,
    someone: &Correspondant,
    once: Option<&Once>,
    filled: &Filled,
) -> Result<Opened, Error> {
    let mut errors = FieldErrors::default();
    let own = someone.oversight.affiliated_to();
    let cdg = own.map_or(filled.cdg.as_str(), |own| own.as_str());
    let known = cdgs(portal, someone, "").await?;
    if own.is_none() && !cdg.is_empty() && known.iter().all(|(id, ..)| id != cdg) {
        errors.add("cdg", "Choisissez un centre de gestion de la liste.");
    }
    let Some(new) = read_fields(someone, filled, &mut errors) else {
        return Ok(Opened::Invalid(errors));
    };
    let cdg = Some(cdg).filter(|cdg| !cdg.is_empty());
    match add(portal, someone, once, (&new, cdg)).await {
        Err(Error::Exists { .. }) => {
            errors.add("siret", siret_taken(own.is_some()));
            Ok(Opened::Invalid(errors))
        }
        added => added.map(Opened::Done),
    }
}

/// Its id is its SIREN; where that is taken, the NIC tells them apart.
async fn add(
    portal: &Portal,
    someone: &Correspondant,
    once: Option<&Once>,
    (new, cdg): (&NewCollectivite, Option<&str>),
) -> Result<String, Error> {
    let (siren, nic) = (new.siret.siren(), new.siret.nic());
    let mut id = siren.to_owned();
    loop {
        let leave = someone.may_open(&id, cdg).map_err(|_| Error::NotFound {
            what: "cdg",
            id: cdg.unwrap_or_default().to_owned(),
        })?;
        match someone.over(portal, &leave).once(once).open(new).await {
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
