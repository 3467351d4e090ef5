//! `/invitation/…/…/…`: a collectivité asks somebody who has an account, by the link of a letter; opening the
//! page answers nothing, its buttons do. No log-in: who belongs to no collectivité any more has none.

use crate::page::{self, Person, TextPage};
use crate::password_link::secret;
use crate::portal::Portal;
use accounts::{Error, Proposal};
use askama::Template;
use axum::Router;
use axum::extract::{Form, Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::get;
use policies::MembershipId;
use serde::Deserialize;
use std::sync::Arc;

/// This page.
pub(crate) fn routes() -> Router<Arc<Portal>> {
    Router::new().route(
        "/invitation/{collectivite}/{id}/{token}",
        get(show).post(answer),
    )
}

/// Collectivité, membership, secret.
type Parts = (String, String, String);

#[derive(Template)]
#[template(path = "proposal.html")]
struct ProposalPage {
    person: Option<Person>,
    address: String,
    proposal: Proposal,
}

async fn show(State(portal): State<Arc<Portal>>, Path(parts): Path<Parts>) -> Response {
    let address = format!("/invitation/{}/{}/{}", parts.0, parts.1, parts.2);
    secret(match find(&portal, &parts).await {
        Ok(proposal) => page::answer(
            StatusCode::OK,
            &ProposalPage {
                person: None,
                address,
                proposal,
            },
        ),
        Err(response) => *response,
    })
}

/// The proposal of a link that serves; else the page that says why not.
async fn find(portal: &Portal, parts: &Parts) -> Result<Proposal, Box<Response>> {
    let membership = MembershipId::from(format!("{}/{}", parts.0, parts.1));
    let found = portal.store.find_proposal(&membership, &parts.2).await;
    match found.map_err(|error| page::unavailable(&error))? {
        Some(proposal) if proposal.open => Ok(proposal),
        Some(_) => Err(Box::new(closed())),
        None => Err(Box::new(page::failure(
            StatusCode::NOT_FOUND,
            "Ce lien ne sert plus",
            "L’adresse est peut-être incomplète, ou un message plus récent vous a été envoyé\u{a0}: ouvrez le lien du dernier message reçu.",
        ))),
    }
}

#[derive(Deserialize)]
struct Answer {
    accepter: String,
}

/// Where it comes from is not asked: only who knows the secret of the address can send it.
async fn answer(
    State(portal): State<Arc<Portal>>,
    Path(parts): Path<Parts>,
    Form(answer): Form<Answer>,
) -> Response {
    let proposal = match find(&portal, &parts).await {
        Ok(proposal) => proposal,
        Err(response) => return secret(*response),
    };
    let accept = answer.accepter == "oui";
    let (account, membership) = (&proposal.account, &proposal.membership);
    let answered = portal.store.answer_proposal(account, membership, accept);
    secret(match answered.await {
        Ok(()) => said(&proposal, accept),
        Err(Error::NotFound { .. }) => closed(),
        Err(error) => page::unavailable(&error),
    })
}

fn said(proposal: &Proposal, accept: bool) -> Response {
    let (title, text) = if accept {
        (
            format!("Vous êtes rattaché à {}", proposal.collectivite),
            "Connectez-vous avec votre adresse et votre mot de passe habituels. Si vous ne le connaissez plus, la page de connexion permet d’en choisir un autre.",
        )
    } else {
        (
            format!(
                "Vous avez refusé le rattachement à {}",
                proposal.collectivite
            ),
            "Rien ne change pour vous.",
        )
    };
    page::answer(
        StatusCode::OK,
        &TextPage {
            person: None,
            title: &title,
            paragraphs: &[text],
            exit: page::SERVICES,
        },
    )
}

fn closed() -> Response {
    page::failure(
        StatusCode::GONE,
        "Cette proposition n’attend plus de réponse",
        "Elle a reçu une réponse, elle a été retirée, ou plus de 30 jours sont passés. Un référent de la collectivité peut vous écrire de nouveau.",
    )
}
