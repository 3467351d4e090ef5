//! What we send, taken and read by a mail server of others.

use super::{HELENE, NOW, Office, POSTPONED, postman, round, sent, settings};
use accounts::{Letter, LetterState};
use admin::{MailSettings, RelayLogin, Round, Security};
use convergences_tests::mail_server::MailServer;
use serde_json::{Value, json};

const LOGIN: (&str, &str) = ("convergences", "sésame, ouvre-toi");

fn to(server: &MailServer, security: Security) -> MailSettings {
    MailSettings {
        authorities: Some(server.certificate.clone()),
        ..settings("localhost", server.port, security)
    }
}

fn as_somebody(mut settings: MailSettings, (name, password): (&str, &str)) -> MailSettings {
    settings.login = Some(RelayLogin {
        name: name.to_owned(),
        password: password.to_owned().into(),
    });
    settings
}

fn header<'a>(letter: &'a Value, name: &str) -> Option<&'a str> {
    let mut headers = letter["headers"].as_array().unwrap().iter();
    headers.find(|header| header[0] == name)?[1].as_str()
}

#[tokio::test(flavor = "multi_thread")]
async fn accents_arrive_right_in_names_subjects_and_both_texts() {
    let Some(mut server) = MailServer::start("plain", None).unwrap() else {
        return;
    };
    let office = Office::open().await;
    let mut settings = to(&server, Security::None);
    settings.reply_to = Some("Référent À. <aide@example.org>".parse().unwrap());
    let postman = postman(&office.store, settings);
    let letter = Letter::Invitation {
        token: "jeton".to_owned(),
        collectivite: "Œuvres & Cie d’Héricourt-l’Évêque".to_owned(),
        referent: false,
        expires_at: NOW + 7 * 86_400,
    };
    let id = office.store.notify(&office.helene, letter, "tests").await;
    assert_eq!(round(&postman).await, sent(1));
    let letter = server.next_letter().unwrap();
    assert_eq!(letter["defects"], json!([]));
    assert_eq!(letter["to"], json!(["Hélène Dupré"]));
    assert_eq!(letter["recipients"], json!([HELENE]));
    assert_eq!(letter["sender"], "ne-pas-repondre@example.org");
    let id = format!("<{}@example.org>", id.unwrap());
    for (name, value) in [
        (
            "Subject",
            "Votre compte Convergences\u{a0}: choisissez votre mot de passe",
        ),
        (
            "From",
            "Centre de gestion de l’Île <ne-pas-repondre@example.org>",
        ),
        ("Reply-To", "\"Référent À.\" <aide@example.org>"),
        ("Message-ID", id.as_str()),
        ("Auto-Submitted", "auto-generated"),
        ("Date", "Fri, 20 Nov 2026 09:00:00 +0000"),
    ] {
        assert_eq!(header(&letter, name), Some(value));
    }
    let text = |kind: &str| letter[kind].as_str().unwrap().replace("\r\n", "\n");
    let (plain, html) = (text("plain"), text("html"));
    assert!(plain.contains("\nhttps://portail.example.org/invitation/jeton\n"));
    assert!(plain.contains("pour Œuvres & Cie d’Héricourt-l’Évêque."));
    assert!(plain.contains("jusqu’au vendredi 27 novembre 2026 à 10\u{a0}h (heure de Paris)"));
    assert!(html.contains("pour Œuvres &#38; Cie d’Héricourt-l’Évêque."));
}

#[tokio::test(flavor = "multi_thread")]
async fn letters_are_put_off_refused_and_taken_over_one_connection() {
    let Some(mut server) = MailServer::start("plain", None).unwrap() else {
        return;
    };
    let office = Office::open().await;
    let postman = postman(&office.store, to(&server, Security::None));
    let late = office
        .register("greylisted@fontclaire.example", "Gaëlle")
        .await;
    let nobody = office.register("nobody@fontclaire.example", "Noé").await;
    for account in [&late, &nobody, &office.helene] {
        office.post(account, "Bonjour").await;
    }
    let one_of_each = Round {
        sent: 1,
        refused: 1,
        postponed: 1,
    };
    assert_eq!(round(&postman).await, one_of_each);
    assert_eq!(server.next_letter().unwrap()["recipients"], json!([HELENE]));
    let state = office.store.find_last_letter(&nobody).await.unwrap();
    let said = "550 5.1.1 <nobody@fontclaire.example> no such mailbox".to_owned();
    assert_eq!(state, Some(LetterState::Refused { at: NOW, said }));
    office.clock.advance(60);
    assert_eq!(round(&postman).await, sent(1));
    let letter = server.next_letter().unwrap();
    assert_eq!(
        letter["recipients"],
        json!(["greylisted@fontclaire.example"])
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn letters_go_under_tls_after_the_log_in() {
    for (mode, security) in [("starttls", Security::StartTls), ("tls", Security::Tls)] {
        let Some(mut server) = MailServer::start(mode, Some(LOGIN)).unwrap() else {
            return;
        };
        let office = Office::open().await;
        office.post(&office.helene, "Bonjour").await;
        let wrong = as_somebody(to(&server, security), (LOGIN.0, "faux"));
        // A server that does not know us says nothing about the letter.
        assert_eq!(round(&postman(&office.store, wrong)).await, POSTPONED);
        office.clock.advance(60);
        let right = as_somebody(to(&server, security), LOGIN);
        assert_eq!(round(&postman(&office.store, right)).await, sent(1));
        let letter = server.next_letter().unwrap();
        assert_eq!(letter["encrypted"], true, "{mode}");
        assert_eq!(letter["authenticated"], true, "{mode}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_offers_no_tls_gets_nothing() {
    let Some(server) = MailServer::start("plain", None).unwrap() else {
        return;
    };
    let office = Office::open().await;
    office.post(&office.helene, "Bonjour").await;
    let strict = postman(&office.store, to(&server, Security::StartTls));
    assert_eq!(round(&strict).await, POSTPONED);
    let state = office.state().await;
    assert!(
        matches!(&state, LetterState::Waiting { trouble: Some(said), .. } if said.contains("STARTTLS is not supported")),
        "{state:?}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_nobody_vouches_for_gets_nothing() {
    for (mode, security) in [("starttls", Security::StartTls), ("tls", Security::Tls)] {
        let Some(server) = MailServer::start(mode, None).unwrap() else {
            return;
        };
        let office = Office::open().await;
        office.post(&office.helene, "Bonjour").await;
        // The system's authorities do not know it; and it is not the one of another name.
        let unknown = settings("localhost", server.port, security);
        let mut misnamed = to(&server, security);
        misnamed.relay.host = "127.0.0.1".to_owned();
        for settings in [unknown, misnamed] {
            assert_eq!(round(&postman(&office.store, settings)).await, POSTPONED);
            office.clock.advance(300);
        }
        let right = to(&server, security);
        assert_eq!(round(&postman(&office.store, right)).await, sent(1));
    }
}
