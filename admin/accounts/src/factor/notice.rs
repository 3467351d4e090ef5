//! What people are told by letter when their factors change (ASVS 6.3.7): whoever did not do it
//! learns of it where an intruder cannot read along.

use super::FactorKind;
use crate::error::Error;
use crate::outbox::Letter;
use crate::store::Write;

/// What happened.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Event {
    Added(FactorKind),
    KeysRevoked,
    Removed,
    Codes,
    CodeUsed,
    Guessed,
    ResetRequested,
    Reset,
    Forgotten,
    ResetWithdrawn,
}

impl Event {
    fn words(self) -> (&'static str, &'static str) {
        match self {
            Self::Added(FactorKind::Totp) => (
                "Une application d’authentification a été ajoutée à votre compte",
                "Une application d’authentification vient d’être ajoutée à votre compte Convergences.",
            ),
            Self::Added(FactorKind::Passkey) => (
                "Une clé d’accès a été ajoutée à votre compte",
                "Une clé d’accès vient d’être ajoutée à votre compte Convergences.",
            ),
            Self::KeysRevoked => (
                "Les clés de vos programmes ont été révoquées",
                "Votre compte a désormais un second facteur\u{a0}: les clés que vos programmes employaient, créées sans lui, ne servent plus. Créez-en de nouvelles si vous en avez besoin.",
            ),
            Self::Removed => (
                "Un second facteur a été retiré de votre compte",
                "Un second facteur vient d’être retiré de votre compte Convergences.",
            ),
            Self::Codes => (
                "De nouveaux codes de secours ont été créés",
                "De nouveaux codes de secours viennent d’être créés pour votre compte Convergences. Les anciens ne servent plus.",
            ),
            Self::CodeUsed => (
                "Un code de secours a été utilisé",
                "Un de vos codes de secours vient de servir à une connexion à votre compte Convergences.",
            ),
            Self::Guessed => (
                "Une connexion à votre compte a été arrêtée",
                "Une connexion avec votre mot de passe vient d’être arrêtée, parce que le second facteur était faux cinq fois de suite.",
            ),
            Self::ResetRequested => (
                "La réinitialisation de votre second facteur a été demandée",
                "Une personne habilitée a demandé que vos seconds facteurs soient retirés, parce que vous les auriez perdus. Une autre personne doit encore confirmer.",
            ),
            Self::Reset => (
                "Vos seconds facteurs ont été retirés",
                "Vos seconds facteurs et vos codes de secours ont été retirés par deux personnes habilitées, et vos sessions fermées. Connectez-vous avec votre mot de passe, puis ajoutez un nouveau second facteur.",
            ),
            Self::Forgotten => (
                "Vos seconds facteurs ont été retirés",
                "Vos seconds facteurs et vos codes de secours ont été retirés par l’exploitant de l’installation, et vos sessions fermées. Connectez-vous avec votre mot de passe, puis ajoutez un nouveau second facteur.",
            ),
            Self::ResetWithdrawn => (
                "Le retrait de vos seconds facteurs est annulé",
                "La demande de retirer vos seconds facteurs est annulée : rien n’a changé.",
            ),
        }
    }
}

impl Write<'_> {
    pub(super) async fn tell(&mut self, account: &str, event: Event) -> Result<(), Error> {
        const DOUBT: &str = "Si vous n’êtes pas à l’origine de cette opération, changez votre mot de passe et prévenez sans attendre un référent de votre collectivité.";
        let (subject, text) = event.words();
        let letter = Letter::Notice {
            subject: subject.to_owned(),
            paragraphs: vec![text.to_owned(), DOUBT.to_owned()],
            path: Some("/compte/second-facteur".to_owned()),
        };
        self.post(account, letter).await.map(|_| ())
    }
}
