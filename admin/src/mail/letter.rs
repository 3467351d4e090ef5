//! What letters say, in French. Each says what it is, who sends it, until when its link serves, and
//! what to do if it was not expected; none holds or asks for a password.

use super::moment;
use accounts::{Envelope, Letter};
use askama::Template;

const NEVER_ASKED: &str =
    "Personne ne vous demandera jamais votre mot de passe, ni par courriel, ni par téléphone.";

/// A letter as it is read: the same text, whatever it is shown with.
pub(super) struct Text {
    pub(super) subject: String,
    pub(super) name: String,
    before: Vec<String>,
    /// A whole address.
    link: Option<String>,
    after: Vec<String>,
}

#[derive(Template)]
#[template(path = "mail/letter.txt")]
struct PlainText<'a> {
    text: &'a Text,
}

#[derive(Template)]
#[template(path = "mail/letter.html")]
struct Html<'a> {
    text: &'a Text,
}

impl Text {
    /// The letter in this envelope. `portal` is the origin that links lead to, without a trailing
    /// slash; `answered` is whether somebody reads the answers.
    pub(super) fn of(envelope: &Envelope, portal: &str, answered: bool) -> Self {
        let mut text = match &envelope.letter {
            Letter::Invitation {
                token,
                collectivite,
                referent,
                expires_at,
            } => invitation(
                &one_line(collectivite),
                *referent,
                *expires_at,
                format!("{portal}/invitation/{token}"),
            ),
            Letter::PasswordReset { token, expires_at } => {
                reset(*expires_at, format!("{portal}/mot-de-passe/{token}"))
            }
            Letter::InvitationReminder {
                token,
                collectivite,
                referent,
                expires_at,
            } => reminder(
                &one_line(collectivite),
                *referent,
                *expires_at,
                format!("{portal}/invitation/{token}"),
            ),
            Letter::AddressCheck { token, expires_at } => {
                address_check(*expires_at, format!("{portal}/adresse/{token}"))
            }
            Letter::Notice {
                subject,
                paragraphs,
                path,
            } => Self {
                subject: subject.clone(),
                before: paragraphs.clone(),
                // Anything else would lead to another host: `portal` + `.evil.example`.
                link: path
                    .as_ref()
                    .filter(|path| path.starts_with('/'))
                    .map(|path| format!("{portal}{path}")),
                ..Self::empty()
            },
        };
        text.before
            .iter_mut()
            .for_each(|line| *line = one_line(line));
        text.subject = one_line(&text.subject);
        text.name = one_line(&envelope.name);
        text.after.push(sender(portal, answered));
        text
    }

    fn empty() -> Self {
        Self {
            subject: String::new(),
            name: String::new(),
            before: Vec::new(),
            link: None,
            after: Vec::new(),
        }
    }

    pub(super) fn plain(&self) -> Result<String, askama::Error> {
        PlainText { text: self }.render()
    }

    pub(super) fn html(&self) -> Result<String, askama::Error> {
        Html { text: self }.render()
    }
}

/// Names are typed by people: with a line end in one, they would write the letter themselves. (And
/// lettre panics on it in a header.)
fn one_line(text: &str) -> String {
    text.replace(char::is_control, " ")
}

fn invitation(collectivite: &str, referent: bool, expires_at: i64, link: String) -> Text {
    let (as_what, who) = if referent {
        (
            " Vous y êtes référent administrateur\u{a0}: vous gérez les comptes et les droits de vos collègues.",
            "votre centre de gestion",
        )
    } else {
        ("", "votre référent administrateur")
    };
    Text {
        subject: "Votre compte Convergences : choisissez votre mot de passe".to_owned(),
        before: vec![
            format!(
                "Un compte personnel vous a été ouvert sur Convergences pour {collectivite}. Il vous permettra de vous connecter, avec un seul mot de passe, aux services en ligne de votre centre de gestion auxquels vous avez droit.{as_what}"
            ),
            "Pour choisir votre mot de passe, ouvrez cette page :".to_owned(),
        ],
        link: Some(link),
        after: vec![
            format!(
                "Ce lien vous est personnel et ne sert qu’une fois{}. Ensuite, demandez une nouvelle invitation à {who}.",
                until(expires_at)
            ),
            format!(
                "Vous n’attendiez pas ce message ? N’ouvrez pas le lien et prévenez {who} : sans mot de passe, le compte reste inutilisable."
            ),
            NEVER_ASKED.to_owned(),
        ],
        ..Text::empty()
    }
}

/// The invitation again: its link replaces the first one.
fn reminder(collectivite: &str, referent: bool, expires_at: i64, link: String) -> Text {
    Text {
        subject: "Rappel\u{a0}: votre invitation à Convergences prend bientôt fin".to_owned(),
        before: vec![
            format!(
                "Un compte personnel vous attend sur Convergences pour {collectivite}, et vous n’y avez pas encore choisi de mot de passe. Le lien ci-dessous remplace celui de notre premier message."
            ),
            "Pour choisir votre mot de passe, ouvrez cette page\u{a0}:".to_owned(),
        ],
        ..invitation(collectivite, referent, expires_at, link)
    }
}

fn address_check(expires_at: i64, link: String) -> Text {
    Text {
        subject: "Convergences\u{a0}: lisez-vous toujours ce courrier\u{a0}?".to_owned(),
        before: vec![
            "Votre adresse sert à vous connecter à Convergences et à vous écrire. Nous vérifions de temps en temps que nos messages vous arrivent.".to_owned(),
            "Pour le confirmer, ouvrez cette page et appuyez sur son bouton\u{a0}:".to_owned(),
        ],
        link: Some(link),
        after: vec![
            format!(
                "Ce lien ne sert qu’une fois{}. Vous pouvez aussi confirmer votre adresse en vous connectant. Sans réponse, vos accès restent ouverts, et vos référents sont prévenus.",
                until(expires_at)
            ),
            NEVER_ASKED.to_owned(),
        ],
        ..Text::empty()
    }
}

fn reset(expires_at: i64, link: String) -> Text {
    Text {
        subject: "Votre compte Convergences : changer de mot de passe".to_owned(),
        before: vec![
            "Vous avez demandé à choisir un nouveau mot de passe pour votre compte Convergences.".to_owned(),
            "Pour le choisir, ouvrez cette page :".to_owned(),
        ],
        link: Some(link),
        after: vec![
            format!(
                "Ce lien vous est personnel et ne sert qu’une fois{}. Ensuite, refaites votre demande depuis la page de connexion.",
                until(expires_at)
            ),
            "Vous n’avez rien demandé ? Ne faites rien : votre mot de passe reste le même. Si cela se répète, prévenez votre référent administrateur.".to_owned(),
            NEVER_ASKED.to_owned(),
        ],
        ..Text::empty()
    }
}

fn until(expires_at: i64) -> String {
    moment::in_words(expires_at)
        .map(|moment| format!(", jusqu’au {moment} (heure de Paris)"))
        .unwrap_or_default()
}

fn sender(portal: &str, answered: bool) -> String {
    let answers = if answered {
        "Vous pouvez y répondre"
    } else {
        "N’y répondez pas : les réponses ne sont pas lues"
    };
    format!(
        "Ce message vous est envoyé automatiquement par Convergences, le portail des services en ligne de votre centre de gestion : {portal}. {answers}."
    )
}

#[cfg(test)]
mod tests;
