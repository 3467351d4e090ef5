//! The pages that the law asks for. Their texts say what is true of the product; what only the
//! operator knows (its name, its delegate), the operator adds.

use crate::page::{self, Person, TextPage};
use crate::portal::Portal;
use crate::visitor::MaybeVisitor;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use std::sync::Arc;

async fn show(
    portal: &Portal,
    visitor: MaybeVisitor,
    title: &str,
    paragraphs: &[&str],
) -> Response {
    let person = Person::if_any(portal, visitor.0.as_ref()).await;
    page::answer(
        StatusCode::OK,
        &TextPage {
            person,
            title,
            paragraphs,
        },
    )
}

/// `/accessibilite`.
pub(crate) async fn accessibility(
    State(portal): State<Arc<Portal>>,
    visitor: MaybeVisitor,
) -> Response {
    let paragraphs = [
        "État de conformité : non conforme. Aucun audit selon le RGAA 4.1.2 n’a encore été réalisé.",
        "Les pages de Convergences sont conçues pour être utilisées au clavier, avec un lecteur d’écran et sans JavaScript, en visant les WCAG 2.2, niveau AA.",
        "Si une page vous pose une difficulté, signalez-la à un référent de votre collectivité ou au correspondant CIG : une réponse vous sera donnée et l’information vous sera fournie sous une autre forme.",
        "Si vous n’obtenez pas de réponse satisfaisante, vous pouvez saisir le Défenseur des droits.",
    ];
    show(
        &portal,
        visitor,
        "Accessibilité : non conforme",
        &paragraphs,
    )
    .await
}

/// `/donnees-personnelles`.
pub(crate) async fn personal_data(
    State(portal): State<Arc<Portal>>,
    visitor: MaybeVisitor,
) -> Response {
    let paragraphs = [
        "Convergences traite votre prénom, votre nom, votre adresse électronique professionnelle, vos rattachements et vos droits, afin de vous ouvrir les services en ligne auxquels vous avez droit.",
        "Un journal garde la trace des connexions, des accès et des modifications de droits, sous la référence de votre compte et non sous votre nom. Il sert uniquement à la sécurité.",
        "Si vous ajoutez un second facteur, Convergences garde ce qui permet de le vérifier : la clé de votre application, chiffrée, ou la partie publique de votre clé d’accès. Votre empreinte, votre visage et votre code PIN restent dans votre appareil.",
        "Les seuls cookies sont ceux de la connexion : votre session dans chaque service, jusqu’à sa fin ; le temps de vous connecter, ce qui vous ramène dans le même navigateur (une heure), ce qui attend votre second facteur (cinq minutes) et ce qui arrête une connexion qui tourne en rond (une minute au plus). Il n’y a ni mesure d’audience, ni publicité.",
        "Pour accéder à vos données, les rectifier ou les faire effacer, adressez-vous à un référent de votre collectivité ou au délégué à la protection des données de votre centre de gestion. Vous pouvez aussi saisir la CNIL.",
    ];
    show(&portal, visitor, "Données personnelles", &paragraphs).await
}

/// `/mentions-legales`.
pub(crate) async fn legal(State(portal): State<Arc<Portal>>, visitor: MaybeVisitor) -> Response {
    let paragraphs = [
        "Ce portail est édité par le centre interdépartemental de gestion qui l’exploite ; ses coordonnées figurent sur son site Internet.",
        "L’accès est réservé aux agents des collectivités et établissements publics auxquels un compte nominatif a été ouvert.",
    ];
    show(&portal, visitor, "Mentions légales", &paragraphs).await
}
