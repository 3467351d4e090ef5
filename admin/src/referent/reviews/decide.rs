//! Decisions: one person's, or « garder » for all on a page about whom nothing is odd.

use crate::access::{self, Prospect};
use crate::page::{self, Person};
use crate::portal::Portal;
use crate::posted::Posted;
use crate::referent::preview::{self, Pairs, Proposal};
use crate::referent::{Referent, failed, not_attributed, rights};
use crate::words;
use accounts::{Error, Holder, Profile, Verdict};
use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Redirect, Response};
use policies::Attribution;
use std::sync::Arc;

/// Why a decision is not noted a second time.
pub(crate) const DECIDED: (&str, &str) = (
    "Une décision est déjà prise",
    "Un autre référent s’est prononcé entre-temps, ou la revue est close. Rien n’a été enregistré. Revenez à la revue pour voir sa décision.",
);

/// What a store's failure is to somebody who decides.
pub(in crate::referent) fn refused(error: &Error) -> Response {
    match error {
        Error::Stale { .. } => crate::referent::failure(StatusCode::CONFLICT, DECIDED.0, DECIDED.1),
        Error::Undecided(_) => crate::referent::failure(
            StatusCode::CONFLICT,
            "Des personnes attendent encore une décision",
            "La revue reste ouverte. Revenez-y et prononcez-vous sur chaque personne, puis recommencez.",
        ),
        error => failed(error),
    }
}

/// Somebody, with leave to change their rights; the own ones nobody gets leave for.
async fn subject(
    portal: &Portal,
    referent: &Referent,
    id: &str,
) -> Result<(Attribution, Holder), Response> {
    let within = referent.within(portal);
    let member = within.member(&referent.membership(id)).await;
    let member = member.map_err(|error| failed(&error))?;
    let leave = referent
        .attribute(&member)
        .map_err(|refusal| not_attributed(&refusal))?;
    let holders = preview::holders(portal, referent, std::iter::once(id)).await;
    let mut holders = holders.map_err(|error| failed(&error))?;
    match holders.pop() {
        Some(holder) => Ok((leave, holder)),
        None => Err(failed(&Error::NotFound {
            what: "membership",
            id: id.to_owned(),
        })),
    }
}

/// Decides about one person. Fields: `personne`, `decision` (`garder`, `modifier` for
/// rights that have been changed, `retirer`, or `revenir` to take a decision back).
pub(crate) async fn one(
    State(portal): State<Arc<Portal>>,
    referent: Referent,
    Path(id): Path<String>,
    posted: Posted<Pairs>,
) -> Result<Response, Response> {
    let fields = &posted.form;
    let back = format!("/referent/revues/{id}");
    let review = referent.own(&id);
    let within = referent.within(&portal);
    let found = within.get_review(&review).await;
    found.map_err(|error| failed(&error))?;
    let (leave, holder) = subject(&portal, &referent, fields.one("personne")).await?;
    let decision = fields.one("decision");
    let verdict = match decision {
        "garder" => Verdict::Keep,
        "modifier" => {
            expect_changed(&portal, &referent, &review, &holder).await?;
            Verdict::Change
        }
        "retirer" => {
            let address = format!("{back}/decision");
            if !fields.was_shown(&portal, &referent, &address) {
                let places = (address.as_str(), back.as_str());
                return Ok(withdrawal(&portal, &referent, fields, &holder, places).await);
            }
            Verdict::Withdraw
        }
        "revenir" => {
            let done = within.take_back(&review, &[leave]).await;
            done.map_err(|error| refused(&error))?;
            return Ok(Redirect::to(&format!("{back}?fait=revenir")).into_response());
        }
        _ => return Ok(Redirect::to(&back).into_response()),
    };
    let done = within.decide(&review, &[leave], verdict).await;
    done.map_err(|error| refused(&error))?;
    Ok(Redirect::to(&format!("{back}?fait={decision}")).into_response())
}

/// Refuses to note a change of rights that are as they were when the review was opened.
async fn expect_changed(
    portal: &Portal,
    referent: &Referent,
    review: &str,
    holder: &Holder,
) -> Result<(), Response> {
    let changed = has_changed(portal, referent, review, holder).await;
    if changed.map_err(|error| failed(&error))? {
        return Ok(());
    }
    Err(crate::referent::failure(
        StatusCode::CONFLICT,
        UNCHANGED.0,
        UNCHANGED.1,
    ))
}

/// Why no change of rights is noted, and what helps.
pub(crate) const UNCHANGED: (&str, &str) = (
    "Les droits n’ont pas changé",
    "Ils sont ceux de l’ouverture de la revue, et aucune décision n’est notée. Changez-les d’abord, ou choisissez « Garder ».",
);

/// Whether somebody's rights are others than when the review was opened.
pub(crate) async fn has_changed(
    portal: &Portal,
    referent: &Referent,
    review: &str,
    holder: &Holder,
) -> Result<bool, Error> {
    let within = referent.within(portal);
    let profiles = within.list_profiles().await?;
    let lines = within.list_all_lines(review).await?;
    let profile = preview::profile_of(&profiles, holder.entry.profile.as_deref());
    let now = rights::frozen(portal, referent, profile, holder);
    let mut before = lines
        .iter()
        .filter(|line| line.membership == holder.entry.id);
    Ok(!before.any(|line| line.frozen.rights == now))
}

/// Somebody without profile and direct rights.
pub(crate) fn stripped(
    portal: &Portal,
    referent: &Referent,
    profiles: &[Profile],
    holder: &Holder,
) -> Prospect {
    let now = portal.store.clock().now();
    let profile = preview::profile_of(profiles, holder.entry.profile.as_deref());
    let without = Holder {
        direct: Vec::new(),
        ..holder.clone()
    };
    Prospect {
        name: holder.entry.full_name(),
        before: preview::member(referent, holder, profile, now),
        after: preview::member(referent, &without, None, now),
        means: access::BY_PROFILE,
        ends: Vec::new(),
    }
}

/// Shows what somebody loses by losing profile and own rights.
async fn withdrawal(
    portal: &Portal,
    referent: &Referent,
    fields: &Pairs,
    holder: &Holder,
    (address, back): (&str, &str),
) -> Response {
    let profiles = match referent.within(portal).list_profiles().await {
        Ok(profiles) => profiles,
        Err(error) => return failed(&error),
    };
    let title = format!("Retirer les droits {}", words::of(holder.entry.full_name()));
    let proposal = Proposal {
        title: &title,
        address,
        back,
        fields,
        prospects: vec![stripped(portal, referent, &profiles, holder)],
        even_for_nobody: false,
    };
    // Who loses rights takes no place.
    preview::show(portal, referent, proposal, Ok(())).await
}

#[derive(Template)]
#[template(path = "referent/review_keep.html")]
struct KeepPage {
    person: Option<Person>,
    here: &'static str,
    token: String,
    review: String,
    /// Id and name.
    people: Vec<(String, String)>,
}

/// Keeps the rights of the people in the fields `personne-…`, once they have been shown by name and
/// confirmed (`confirme`).
pub(crate) async fn keep(
    State(portal): State<Arc<Portal>>,
    referent: Referent,
    Path(id): Path<String>,
    posted: Posted<Pairs>,
) -> Result<Response, Response> {
    let within = referent.within(&portal);
    let review = referent.own(&id);
    let found = within.get_review(&review).await;
    found.map_err(|error| failed(&error))?;
    let (mut leaves, mut people) = (Vec::new(), Vec::new());
    for who in posted.form.prefixed("personne-") {
        let (leave, holder) = subject(&portal, &referent, who).await?;
        leaves.push(leave);
        people.push((who.to_owned(), holder.entry.full_name()));
    }
    if posted.form.one("confirme") == "oui" {
        let done = within.decide(&review, &leaves, Verdict::Keep).await;
        done.map_err(|error| refused(&error))?;
        return Ok(Redirect::to(&format!("/referent/revues/{id}?fait=garder")).into_response());
    }
    let person = referent.person(&portal).await;
    let person = person.map_err(|error| failed(&error))?;
    Ok(page::answer(
        StatusCode::OK,
        &KeepPage {
            token: person.token.clone(),
            person: Some(person),
            here: "revues",
            review: id,
            people,
        },
    ))
}
