//! Two people for a change of rules: whether the collectivité wants it, and what that asks of whoever
//! looks at a change.

use crate::page;
use crate::portal::Portal;
use crate::posted::Posted;
use crate::referent::preview::Pairs;
use crate::referent::{Referent, failed};
use accounts::{ByTwo, Error, RuleDraft, TwoPeople};
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Redirect, Response};
use std::sync::Arc;

/// What the list of rules says of it.
pub(super) struct Shown {
    /// Whether two people are needed.
    pub(super) needed: bool,
    /// Who asks to end that; empty for nobody.
    pub(super) ending: String,
    /// Whether it is whoever looks.
    pub(super) mine: bool,
    /// Whether there is nobody to work with.
    pub(super) alone: bool,
}

impl Shown {
    pub(super) fn of(portal: &Portal, referent: &Referent, state: &TwoPeople) -> Self {
        let now = portal.store.clock().now();
        let asked = state.ending.as_ref();
        let name = asked.map(|(_, name)| name.clone().unwrap_or_else(|| "Un référent".to_owned()));
        Self {
            needed: state.since.is_some(),
            ending: name.unwrap_or_default(),
            mine: asked.is_some_and(|(account, _)| account == referent.visitor.account()),
            alone: referent.entry.referents(now).len() < 2,
        }
    }
}

/// Whether another person than whoever looks must publish a draft.
pub(super) fn waits(referent: &Referent, state: &TwoPeople, draft: &RuleDraft) -> bool {
    state.since.is_some() && draft.author_account == referent.visitor.account()
}

/// How many drafts, and rules whose end is asked for, wait for whoever looks.
///
/// # Errors
/// Those of the store.
pub(crate) async fn count_waiting(portal: &Portal, referent: &Referent) -> Result<usize, Error> {
    let within = referent.within(portal);
    let state = within.two_people().await?;
    if state.since.is_none() {
        return Ok(0);
    }
    let me = referent.visitor.account();
    let drafts = within.list_drafts().await?.into_iter();
    let drafts = drafts.filter(|draft| draft.author_account != me).count();
    let rules = within.list_rules().await?.into_iter();
    let ends = rules.filter(|rule| {
        let asked = rule.end_asked.as_ref();
        rule.is_in_force() && asked.is_some_and(|asked| asked.account != me)
    });
    let setting = state.ending.is_some_and(|(account, _)| account != me);
    Ok(drafts + ends.count() + usize::from(setting))
}

/// Changes it. Field: `pas` (`exiger`, `cesser`, `garder`).
pub(crate) async fn set(
    State(portal): State<Arc<Portal>>,
    referent: Referent,
    posted: Posted<Pairs>,
) -> Response {
    let within = referent.within(&portal);
    let done = match posted.form.one("pas") {
        "exiger" => within.need_two_people().await.map(|()| "a-deux"),
        "cesser" => within.end_two_people().await.map(|came| match came {
            ByTwo::Done => "seul",
            ByTwo::Asked => "seul-demande",
        }),
        _ => within.keep_two_people().await.map(|()| "a-deux"),
    };
    match done {
        Ok(done) => Redirect::to(&format!("/referent/regles?fait={done}")).into_response(),
        // What was asked for is so already.
        Err(Error::Stale { .. }) => Redirect::to("/referent/regles").into_response(),
        Err(Error::SamePerson) => page::failure(
            StatusCode::CONFLICT,
            "Un autre référent doit le demander aussi",
            "Vous l’avez déjà demandé. Il faut être deux pour ne plus être deux.",
        ),
        Err(error) => failed(&error),
    }
}
