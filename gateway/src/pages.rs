//! The gateway's own pages, in French, as people read them, and their stylesheet, which the portal
//! and BIP share. What they say is chosen in `request/respond.rs`.

use crate::error::Error;
use crate::services::Services;
use accounts::Referent;
use askama::Template;
use http::HeaderValue;

/// The stylesheet of the house, served on every host.
pub(crate) const STYLE: &str = include_str!("pages/style.css");
/// The mark in a browser's tab, likewise.
pub(crate) const ICON: &str = include_str!("pages/icon.svg");

/// What pages have in common.
#[derive(Debug)]
pub(crate) struct Pages {
    /// The portal's address, without a trailing slash.
    pub(crate) portal: String,
    /// Where our pages may send forms: every host of ours (the log-in ends on another one).
    pub(crate) policy: HeaderValue,
}

impl Pages {
    pub(crate) fn new(services: &Services) -> Result<Self, Error> {
        let portal = services.portal().origin.clone();
        let policy = format!(
            "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self' {portal}; \
             frame-ancestors 'none'; base-uri 'none'"
        );
        let policy =
            HeaderValue::try_from(policy).map_err(|error| Error::Settings(error.to_string()))?;
        Ok(Self { portal, policy })
    }
}

#[derive(Template)]
#[template(path = "refusal.html")]
pub(crate) struct RefusalPage<'a> {
    pub(crate) portal: &'a str,
    pub(crate) service: &'a str,
    pub(crate) service_id: &'a str,
    pub(crate) reason: &'a str,
    /// Whether a right would open it: what a guardrail or a rule forbids, none does.
    pub(crate) askable: bool,
    pub(crate) person: &'a str,
    pub(crate) collectivite: &'a str,
    pub(crate) referents: &'a [Referent],
    pub(crate) reference: &'a str,
}

#[derive(Template)]
#[template(path = "error.html")]
pub(crate) struct ErrorPage<'a> {
    pub(crate) portal: &'a str,
    pub(crate) status: u16,
    pub(crate) title: &'a str,
    pub(crate) explanation: &'a str,
    pub(crate) advice: &'a str,
    pub(crate) reference: &'a str,
}

#[derive(Template)]
#[template(path = "credential.html")]
pub(crate) struct CredentialPage<'a> {
    pub(crate) portal: &'a str,
    pub(crate) service: &'a str,
    pub(crate) since: &'a str,
    pub(crate) referents: &'a [Referent],
    pub(crate) reference: &'a str,
}

/// What went wrong, what it means, what to do.
type Words = (&'static str, &'static str, &'static str);

const RETRY: &str = "Réessayez dans quelques minutes. Si cela dure, donnez la référence ci-dessous à vos référents.";

/// The words for each status.
const WORDS: &[(&[u16], &str, &str, &str)] = &[
    (
        &[400, 405, 411, 505],
        "La demande n’a pas été comprise",
        "Votre navigateur a envoyé une demande qui peut se lire de plusieurs façons\u{a0}; par sécurité, elle n’a pas été transmise.",
        "Revenez à la page précédente ou repartez de «\u{a0}Mes services\u{a0}».",
    ),
    (
        &[401],
        "Votre session est terminée",
        "Elle s’est terminée pendant la demande.",
        "Reconnectez-vous depuis «\u{a0}Mes services\u{a0}».",
    ),
    (
        &[403],
        "La demande a été refusée",
        "Vos droits ont changé pendant la demande, ou elle n’est pas partie d’une page de ce service.",
        "Repartez de «\u{a0}Mes services\u{a0}».",
    ),
    (
        &[404],
        "Cette page n’existe pas",
        "L’adresse demandée ne correspond à aucune page.",
        "Vérifiez l’adresse, ou repartez de «\u{a0}Mes services\u{a0}».",
    ),
    (
        &[408],
        "L’envoi est trop lent",
        "Ce que votre navigateur envoie n’arrive presque plus.",
        "Vérifiez votre connexion, puis envoyez de nouveau.",
    ),
    (
        &[409],
        "Votre saisie n’a pas été enregistrée",
        "Votre session dans ce service avait expiré au moment de l’envoi.",
        "La session est rouverte\u{a0}: revenez à la page précédente, vérifiez votre saisie et envoyez-la de nouveau.",
    ),
    (
        &[413],
        "L’envoi est trop volumineux",
        "Ce service n’accepte pas d’envoi de cette taille.",
        "Réduisez la taille de ce que vous envoyez (pièces jointes, texte), ou procédez en plusieurs fois.",
    ),
    (
        &[414, 431],
        "La demande est trop longue",
        "L’adresse ou les cookies envoyés par votre navigateur dépassent la taille acceptée.",
        "Effacez les cookies de ce site dans votre navigateur, puis recommencez.",
    ),
    (
        &[421],
        "Ce site n’est pas servi ici",
        "Aucun service ne porte cette adresse.",
        "Vérifiez l’adresse, ou repartez de «\u{a0}Mes services\u{a0}».",
    ),
    (
        &[503],
        "Le service est momentanément indisponible",
        "Votre identité ne peut pas être vérifiée pour l’instant. Rien n’a été perdu.",
        RETRY,
    ),
    (
        &[504],
        "Le service ne répond pas",
        "Le service demandé n’a pas répondu à temps.",
        RETRY,
    ),
    (
        &[508],
        "La connexion tourne en rond",
        "Votre navigateur a été renvoyé plusieurs fois vers la page de connexion sans que celle-ci aboutisse. Le plus souvent, c’est que les cookies de ce site sont refusés ou effacés.",
        "Autorisez les cookies pour ce site, fermez les autres onglets, puis repartez de «\u{a0}Mes services\u{a0}».",
    ),
];

/// The words for any other.
const UNREACHABLE: Words = (
    "Le service n’a pas pu être joint",
    "Le service demandé ne répond pas correctement.",
    RETRY,
);

/// The words for an answer of ours, by its status.
pub(crate) fn explain(status: u16) -> Words {
    let mut words = WORDS.iter();
    let known = words.find(|(statuses, ..)| statuses.contains(&status));
    known.map_or(UNREACHABLE, |(_, title, meaning, advice)| {
        (title, meaning, advice)
    })
}
