//! `/compte/second-facteur/demande`: somebody says that their factors are not to be taken away.

use super::OWN;
use crate::page;
use crate::portal::Portal;
use crate::posted::Posted;
use crate::referent::preview::Pairs;
use crate::reset;
use crate::visitor::Visitor;
use axum::extract::State;
use axum::response::{IntoResponse as _, Redirect, Response};
use std::sync::Arc;

/// Withdraws the request `demande`, whoever made it.
pub(super) async fn submit(
    State(portal): State<Arc<Portal>>,
    visitor: Visitor,
    posted: Posted<Pairs>,
) -> Response {
    let store = &portal.store;
    let waiting = match store.list_own_factor_resets(visitor.account()).await {
        Ok(waiting) => waiting,
        Err(error) => return page::unavailable(&error),
    };
    let Some(member) = &visitor.0.member else {
        return Redirect::to(OWN).into_response();
    };
    let withdrawn = reset::withdraw(&portal, &posted.form, &waiting, &member.id).await;
    match withdrawn {
        Ok(()) => Redirect::to(&format!("{OWN}?fait=annulation")).into_response(),
        Err(error) => reset::refuse(&error, page::unavailable),
    }
}
