//! `/referent/regles/nouvelle` and `/referent/regles/{id}/modifier`: the form of a rule. What is sent
//! becomes a draft, and its page shows what it would do.

pub(crate) mod live;
mod page;

pub(crate) use page::{Choice, Sorts, days, targets};

use super::fields::{self, Choices};
use super::people::{self, People};
use super::written;
use crate::fields::FieldErrors;
use crate::page::{answer, with_script};
use crate::portal::Portal;
use crate::posted::Posted;
use crate::referent::preview::Pairs;
use crate::referent::{Referent, failed};
use accounts::{Error, RuleDraft};
use axum::extract::{Path, State};
use axum::response::{IntoResponse as _, Redirect, Response};
use policies::{Model, Rule};
use std::sync::Arc;
use uuid::Uuid;

/// A rule that is being written: new, or with what there is of it.
#[derive(Default)]
pub(super) struct Begun {
    pub(super) id: String,
    /// The newest version; 0 for none. Saved again, a draft begins from it.
    pub(super) based_on: i64,
    /// Of the draft; 0 for none.
    pub(super) version: i64,
    pub(super) rule: Option<Rule>,
}

impl Begun {
    /// Where it is written in Cedar.
    fn expert(&self) -> String {
        if self.id.is_empty() {
            return "/referent/regles/expert".to_owned();
        }
        format!("/referent/regles/{}/expert", self.id)
    }

    /// The same as a form was shown with it. Fields: `base`, `version`.
    pub(super) fn seen(self, fields: &Pairs) -> Self {
        let number = |field: &str| fields.one(field).parse().unwrap_or_default();
        Self {
            based_on: number("base"),
            version: number("version"),
            ..self
        }
    }
}

/// An empty form.
pub(crate) async fn new(State(portal): State<Arc<Portal>>, referent: Referent) -> Response {
    let begun = Begun::default();
    show(
        &portal,
        &referent,
        &begun,
        &Pairs::default(),
        FieldErrors::default(),
    )
    .await
}

/// The form of a rule that there is.
pub(crate) async fn edit(
    State(portal): State<Arc<Portal>>,
    referent: Referent,
    Path(id): Path<String>,
) -> Response {
    let filled = async {
        let begun = begun(&portal, &referent, &id).await?;
        let Some(model) = begun.rule.as_ref().and_then(Rule::model) else {
            return Ok(None);
        };
        let fields = filled(&portal, &referent, &model).await?;
        Ok::<_, Error>(Some((begun, fields)))
    };
    match filled.await {
        Ok(Some((begun, fields))) => {
            show(&portal, &referent, &begun, &fields, FieldErrors::default()).await
        }
        // The form cannot show it.
        Ok(None) => Redirect::to(&format!("/referent/regles/{id}/expert")).into_response(),
        Err(error) => failed(&error),
    }
}

/// What there is of a rule: its draft, or its last version.
pub(super) async fn begun(portal: &Portal, referent: &Referent, id: &str) -> Result<Begun, Error> {
    let within = referent.within(portal);
    let draft = within.find_draft(id).await?;
    let newest = within.list_versions(id).await?.into_iter().next();
    let missing = || Error::NotFound {
        what: "rule",
        id: id.to_owned(),
    };
    let based_on = newest.as_ref().map_or(0, |newest| newest.version);
    Ok(match draft {
        Some(RuleDraft { rule, version, .. }) => Begun {
            id: id.to_owned(),
            based_on,
            version,
            rule: Some(rule),
        },
        None => Begun {
            id: id.to_owned(),
            based_on,
            version: 0,
            rule: Some(newest.ok_or_else(missing)?.rule),
        },
    })
}

async fn filled(portal: &Portal, referent: &Referent, model: &Model) -> Result<Pairs, Error> {
    let mut spelt = Vec::new();
    for id in model.who.people() {
        match referent.within(portal).get(id).await {
            Ok(entry) => spelt.push((id.clone(), people::spell(&entry))),
            Err(Error::NotFound { .. }) => {}
            Err(error) => return Err(error),
        }
    }
    Ok(fields::of(model, |id| {
        let found = spelt.iter().find(|(known, _)| known == id);
        found.map_or_else(String::new, |(_, spelt)| spelt.clone())
    }))
}

/// Takes a new rule. Field besides the form's: `pas` (`voir`: the form again, with its sentence).
pub(crate) async fn add(
    State(portal): State<Arc<Portal>>,
    referent: Referent,
    posted: Posted<Pairs>,
) -> Response {
    let begun = Begun::default();
    save(&portal, &referent, begun, &posted.form).await
}

/// Takes another text of a rule. Fields besides the form's: `base`, `version`.
pub(crate) async fn change(
    State(portal): State<Arc<Portal>>,
    referent: Referent,
    Path(id): Path<String>,
    posted: Posted<Pairs>,
) -> Response {
    let known = match begun(&portal, &referent, &id).await {
        Ok(known) => known,
        Err(error) => return failed(&error),
    };
    save(&portal, &referent, known.seen(&posted.form), &posted.form).await
}

async fn save(portal: &Portal, referent: &Referent, begun: Begun, fields: &Pairs) -> Response {
    if fields.one("pas") == "voir" {
        return show(portal, referent, &begun, fields, FieldErrors::default()).await;
    }
    let model = match read(portal, referent, fields).await {
        Ok(Ok(model)) => model,
        Ok(Err(errors)) => return show(portal, referent, &begun, fields, errors).await,
        Err(error) => return failed(&error),
    };
    let text = match model.to_cedar(referent.purview.collectivite()) {
        Ok(text) => text,
        Err(error) => return failed(&error.into()),
    };
    match save_text(portal, referent, &begun, text).await {
        Ok(id) => Redirect::to(&format!("/referent/regles/{id}/brouillon")).into_response(),
        Err(Error::Stale { id, .. }) => overtaken(portal, referent, &id, fields).await,
        Err(error) => failed(&error),
    }
}

/// Saves a draft and gives the rule's id; of a new one that is in preparation already, that one's.
pub(super) async fn save_text(
    portal: &Portal,
    referent: &Referent,
    begun: &Begun,
    text: String,
) -> Result<String, Error> {
    let within = referent.within(portal);
    let id = if begun.id.is_empty() {
        let mut drafts = within.list_drafts().await?.into_iter();
        if let Some(same) = drafts.find(|draft| draft.based_on == 0 && draft.rule.text == text) {
            return Ok(same.rule.id);
        }
        Uuid::now_v7().to_string()
    } else {
        begun.id.clone()
    };
    let rule = Rule { id, text };
    let vocabulary = portal.directory.vocabulary();
    within
        .save_draft(vocabulary, &rule, begun.based_on, begun.version)
        .await?;
    Ok(rule.id)
}

/// The form as it was filled in, above what somebody else saved meanwhile: sent again, it takes its place.
async fn overtaken(portal: &Portal, referent: &Referent, id: &str, fields: &Pairs) -> Response {
    let mut errors = FieldErrors::default();
    errors.add(
        "effet-acces",
        "Cette règle a été modifiée entre-temps\u{a0}: la phrase ci-dessous est celle d’aujourd’hui. Ce que vous avez saisi est encore dans le formulaire\u{a0}; enregistrez de nouveau pour la remplacer.",
    );
    match begun(portal, referent, id).await {
        Ok(begun) => show(portal, referent, &begun, fields, errors).await,
        Err(error) => failed(&error),
    }
}

/// What was ticked, or written as a sentence; the inner error is for the form.
async fn read(
    portal: &Portal,
    referent: &Referent,
    fields: &Pairs,
) -> Result<Result<Model, FieldErrors>, Error> {
    let sentence = fields.one(written::FIELD).trim();
    if !sentence.is_empty() {
        return written::read(portal, referent, sentence).await;
    }
    let choices = choices(portal, referent, fields).await?;
    match choices.foreign(fields) {
        Some(id) => Err(Error::NotFound {
            what: "choice",
            id: id.to_owned(),
        }),
        None => Ok(fields::read(fields, &choices)),
    }
}

async fn choices<'a>(
    portal: &'a Portal,
    referent: &Referent,
    fields: &Pairs,
) -> Result<Choices<'a>, Error> {
    let within = referent.within(portal);
    let wanted = ["personnes", "sauf"]
        .iter()
        .any(|field| !fields.one(field).trim().is_empty());
    Ok(Choices {
        services: referent.services(portal),
        classification: portal.directory.vocabulary().classification(),
        groups: within
            .list_groups()
            .await?
            .into_iter()
            .map(|group| group.id.to_string())
            .collect(),
        profiles: within
            .list_profiles()
            .await?
            .into_iter()
            .map(|profile| profile.id)
            .collect(),
        networks: within
            .list_networks()
            .await?
            .into_iter()
            .map(|network| network.name)
            .collect(),
        people: People::read(portal, referent, wanted).await?,
    })
}

async fn show(
    portal: &Portal,
    referent: &Referent,
    begun: &Begun,
    fields: &Pairs,
    errors: FieldErrors,
) -> Response {
    let address = if begun.id.is_empty() {
        "/referent/regles/nouvelle".to_owned()
    } else {
        format!("/referent/regles/{}/modifier", begun.id)
    };
    match page::read(portal, referent, begun, fields, errors, &address).await {
        Ok(page) => with_script(portal, answer(page.errors.status(), &page)),
        Err(error) => failed(&error),
    }
}
