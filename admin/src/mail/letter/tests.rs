//! Each kind of letter, word for word, and that both its forms say the same.

use super::*;

const PORTAL: &str = "https://portail.example.org";
/// Tuesday 1 December 2026, 9:30 in Paris.
const UNTIL: i64 = 1_796_113_800;

fn text(letter: Letter, answered: bool) -> Text {
    let envelope = Envelope {
        to: "helene.dupre@fontclaire.example".to_owned(),
        name: "Hélène Dupré".to_owned(),
        letter,
    };
    Text::of(&envelope, PORTAL, answered)
}

fn invitation() -> Letter {
    Letter::Invitation {
        token: "jeton".to_owned(),
        collectivite: "Ville de Fontclaire".to_owned(),
        referent: false,
        expires_at: UNTIL,
    }
}

#[test]
fn a_referent_is_told_so_and_turns_to_the_centre_de_gestion() {
    let letter = Letter::Invitation {
        token: "jeton".to_owned(),
        collectivite: "Ville de Fontclaire".to_owned(),
        referent: true,
        expires_at: UNTIL,
    };
    let told = plain(&text(letter, false));
    assert!(
        told.contains("Vous y êtes référent administrateur"),
        "{told}"
    );
    assert!(told.contains("à votre centre de gestion"), "{told}");
    assert!(!plain(&text(invitation(), false)).contains("Vous y êtes"));
}

/// With spaces that break, so that the expected text can be read.
fn plain(text: &Text) -> String {
    text.plain().unwrap().replace('\u{a0}', " ")
}

#[test]
fn an_invitation_says_what_to_do_and_until_when() {
    let text = text(invitation(), false);
    assert_eq!(
        text.subject,
        "Votre compte Convergences\u{a0}: choisissez votre mot de passe"
    );
    assert_eq!(
        plain(&text),
        "Bonjour Hélène Dupré,

Un compte personnel vous a été ouvert sur Convergences pour Ville de Fontclaire. Il vous permettra de vous connecter, avec un seul mot de passe, aux services en ligne de votre centre de gestion auxquels vous avez droit.

Pour choisir votre mot de passe, ouvrez cette page :

https://portail.example.org/invitation/jeton

Ce lien vous est personnel et ne sert qu’une fois, jusqu’au mardi 1er décembre 2026 à 9 h 30 (heure de Paris). Ensuite, demandez une nouvelle invitation à votre référent administrateur.

Vous n’attendiez pas ce message ? N’ouvrez pas le lien et prévenez votre référent administrateur : sans mot de passe, le compte reste inutilisable.

Personne ne vous demandera jamais votre mot de passe, ni par courriel, ni par téléphone.

Ce message vous est envoyé automatiquement par Convergences, le portail des services en ligne de votre centre de gestion : https://portail.example.org. N’y répondez pas : les réponses ne sont pas lues.
"
    );
}

#[test]
fn a_reminder_says_that_its_link_is_the_one_that_counts() {
    let letter = Letter::InvitationReminder {
        token: "jeton".to_owned(),
        collectivite: "Ville de Fontclaire".to_owned(),
        referent: false,
        expires_at: UNTIL,
    };
    let text = text(letter, false);
    assert!(text.subject.starts_with("Rappel"), "{}", text.subject);
    let plain = plain(&text);
    assert!(plain.contains("remplace celui de notre premier message"));
    assert!(plain.contains("\nhttps://portail.example.org/invitation/jeton\n"));
}

#[test]
fn an_address_check_leads_to_its_button_and_takes_nothing_away() {
    let letter = Letter::AddressCheck {
        token: "jeton".to_owned(),
        expires_at: UNTIL,
    };
    let plain = plain(&text(letter, false));
    assert!(plain.contains("\nhttps://portail.example.org/adresse/jeton\n"));
    assert!(plain.contains("vos accès restent ouverts"), "{plain}");
}

#[test]
fn a_reset_leads_to_its_own_page() {
    let letter = Letter::PasswordReset {
        token: "jeton".to_owned(),
        expires_at: UNTIL,
    };
    let text = plain(&text(letter, true));
    for said in [
        "\nhttps://portail.example.org/mot-de-passe/jeton\n",
        "jusqu’au mardi 1er décembre 2026 à 9 h 30 (heure de Paris)",
        "Vous n’avez rien demandé ?",
        "Vous pouvez y répondre.",
    ] {
        assert!(text.contains(said), "{said}: {text}");
    }
}

#[test]
fn a_notice_links_to_the_portal_and_nowhere_else() {
    let notice = |path: Option<&str>| Letter::Notice {
        subject: "Vos droits ont changé".to_owned(),
        paragraphs: vec!["Un".to_owned(), "Deux".to_owned()],
        path: path.map(str::to_owned),
    };
    let with = plain(&text(notice(Some("/mon-compte")), false));
    assert!(with.starts_with(
        "Bonjour Hélène Dupré,\n\nUn\n\nDeux\n\nhttps://portail.example.org/mon-compte\n\nCe message"
    ));
    for path in [None, Some(".evil.example/"), Some("@evil.example/")] {
        let without = plain(&text(notice(path), false));
        assert!(!without.contains("evil"), "{without}");
        assert_eq!(without.matches("https://").count(), 1);
    }
}

#[test]
fn both_forms_say_the_same_and_markup_stays_text() {
    let letter = Letter::Invitation {
        token: "jeton".to_owned(),
        collectivite: "<b>Ville</b> & « Fontclaire »".to_owned(),
        referent: false,
        expires_at: UNTIL,
    };
    let text = text(letter, false);
    let html = text.html().unwrap();
    assert!(!html.contains("<b>"));
    let mut shown = String::new();
    for line in html.lines().map(str::trim) {
        if let Some(line) = line.strip_prefix("<p>") {
            let line = line.trim_end_matches("</p>");
            let line = line.split_once("\">").map_or(line, |(_, rest)| rest);
            shown.push_str(line.trim_end_matches("</a>"));
            shown.push_str("\n\n");
        }
    }
    for (markup, character) in [("&#60;", "<"), ("&#62;", ">"), ("&#38;", "&")] {
        shown = shown.replace(markup, character);
    }
    assert_eq!(shown.trim_end(), text.plain().unwrap().trim_end());
}
