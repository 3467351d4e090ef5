//! Choosing a password by a link or with the one in force, and forgetting it.

use super::town::{BY, PASSWORD, RENEE, Town, password};
use accounts::{
    InvitationState, Letter, LinkState, Password, PasswordError, PasswordProof, Purpose, Weakness,
};
use std::net::IpAddr;

on_both_databases![
    an_invitation_is_answered_once,
    looking_at_a_link_uses_nothing_up,
    of_two_at_once_one_link_serves_one,
    a_link_ends_with_its_time_a_newer_one_and_the_account,
    a_weak_password_leaves_the_link_as_it_was,
    a_reset_ends_every_session_and_other_link,
    everybody_is_answered_alike_and_written_what_fits,
    requests_for_one_address_run_dry,
    a_withdrawn_invitation_is_not_sent_again,
    the_password_in_force_is_asked_for_and_guessing_it_is_slow,
    an_invitation_tells_where_it_stands,
    nothing_of_a_link_is_in_the_database,
];

const ZOE: &str = "zoe.lefevre@fontclaire.example";
const NEW: &str = "trois girafes lisent le journal";

/// What came of using a link, in a word.
async fn outcome(town: &Town, token: &str, secret: &str) -> &'static str {
    match town.store.use_link(token, &password(secret)).await {
        Ok(Purpose::Activation) => "activated",
        Ok(Purpose::Reset) => "reset",
        Ok(Purpose::Address) => "address",
        Err(PasswordError::Weak(_)) => "weak",
        Err(PasswordError::Link(LinkState::Used(_))) => "used",
        Err(PasswordError::Link(LinkState::Revoked(_))) => "revoked",
        Err(PasswordError::Link(LinkState::Expired(_))) => "expired",
        Err(PasswordError::Link(LinkState::Suspended)) => "suspended",
        Err(PasswordError::Store(accounts::Error::NotFound { .. })) => "unknown",
        Err(error) => panic!("{error}"),
    }
}

async fn state(town: &Town, token: &str) -> LinkState {
    town.store.find_link(token).await.unwrap().unwrap().state
}

async fn forget(town: &Town, login: &str) {
    let here: Option<IpAddr> = "192.0.2.1".parse().ok();
    town.store
        .request_password_reset(login, here)
        .await
        .unwrap();
}

/// The subjects, or kinds, of the letters to somebody.
async fn written(town: &Town, login: &str) -> Vec<String> {
    let letters = town.letters().await;
    let to = letters.into_iter().filter(|envelope| envelope.to == login);
    to.map(|envelope| match envelope.letter {
        Letter::Invitation { collectivite, .. } => format!("invitation {collectivite}"),
        Letter::PasswordReset { .. } => "reset".to_owned(),
        Letter::InvitationReminder { .. } => "reminder".to_owned(),
        Letter::AddressCheck { .. } => "address".to_owned(),
        Letter::Notice { subject, .. } => subject,
    })
    .collect()
}

async fn an_invitation_is_answered_once(town: Town) {
    let (_, token) = town.invite(ZOE).await;
    let link = town.store.find_link(&token).await.unwrap().unwrap();
    assert_eq!(link.purpose, Purpose::Activation);
    assert_eq!(link.account.login, ZOE);
    assert_eq!(link.collectivites, ["Ville de Fontclaire"]);
    assert_eq!(outcome(&town, &token, NEW).await, "activated");
    town.try_to_log_in(ZOE, NEW, "192.0.2.1").await.unwrap();
    assert_eq!(
        outcome(&town, &token, "une autre phrase très longue").await,
        "used"
    );
    town.try_to_log_in(ZOE, NEW, "192.0.2.1").await.unwrap();
    assert_eq!(outcome(&town, "guessed", NEW).await, "unknown");
    town.store.verify_journal().await.unwrap().unwrap();
}

async fn looking_at_a_link_uses_nothing_up(town: Town) {
    let (account, token) = town.invite(ZOE).await;
    for _ in 0..3 {
        assert_eq!(state(&town, &token).await, LinkState::Open);
    }
    let invitation = town.store.find_invitation(&account).await.unwrap().unwrap();
    assert_eq!(invitation.state, InvitationState::Opened);
    assert_eq!(outcome(&town, &token, NEW).await, "activated");
}

async fn of_two_at_once_one_link_serves_one(town: Town) {
    let (_, token) = town.invite(ZOE).await;
    let (one, other) = tokio::join!(
        outcome(&town, &token, NEW),
        outcome(&town, &token, "une autre phrase très longue")
    );
    let mut outcomes = [one, other];
    outcomes.sort_unstable();
    assert_eq!(outcomes, ["activated", "used"]);
}

async fn a_link_ends_with_its_time_a_newer_one_and_the_account(town: Town) {
    let (account, first) = town.invite(ZOE).await;
    forget(&town, ZOE).await;
    let second = town.token(ZOE).await;
    assert_eq!(outcome(&town, &first, NEW).await, "revoked");
    town.store
        .suspend_account(&account, true, BY)
        .await
        .unwrap();
    assert_eq!(outcome(&town, &second, NEW).await, "suspended");
    town.store
        .suspend_account(&account, false, BY)
        .await
        .unwrap();
    town.clock.advance(7 * 86_400);
    assert_eq!(outcome(&town, &second, NEW).await, "expired");
    assert!(town.try_to_log_in(ZOE, NEW, "192.0.2.1").await.is_err());
}

async fn a_weak_password_leaves_the_link_as_it_was(town: Town) {
    let (_, token) = town.invite(ZOE).await;
    assert_eq!(
        outcome(&town, &token, "Zoé, Ville de Fontclaire").await,
        "weak"
    );
    let short = town
        .store
        .use_link(&token, &password("kxwqpzvmtrhgjy"))
        .await;
    let Err(PasswordError::Weak(found)) = short else {
        panic!("{short:?}");
    };
    assert_eq!(found, [Weakness::Short { least: 15, has: 14 }]);
    assert_eq!(outcome(&town, &token, NEW).await, "activated");
}

async fn a_reset_ends_every_session_and_other_link(town: Town) {
    let open = town.log_in().await;
    forget(&town, RENEE).await;
    let token = town.token(RENEE).await;
    town.clock.advance(29 * 60);
    assert_eq!(outcome(&town, &token, NEW).await, "reset");
    let session = town.session(&open.token, super::town::PORTAL).await;
    assert!(session.is_none(), "the session goes on");
    assert!(
        town.try_to_log_in(RENEE, PASSWORD, "192.0.2.1")
            .await
            .is_err()
    );
    town.try_to_log_in(RENEE, NEW, "192.0.2.1").await.unwrap();
    assert_eq!(
        written(&town, RENEE).await,
        ["reset", "Votre mot de passe a été changé"]
    );
    forget(&town, RENEE).await;
    let late = town.token(RENEE).await;
    town.clock.advance(30 * 60);
    assert_eq!(outcome(&town, &late, PASSWORD).await, "expired");
}

async fn everybody_is_answered_alike_and_written_what_fits(town: Town) {
    forget(&town, "nobody@nowhere.example").await;
    assert!(town.letters().await.is_empty());
    let (zoe, _) = town.invite(ZOE).await;
    let alone = "seule@fontclaire.example";
    town.add_stranger(alone).await;
    forget(&town, alone).await;
    forget(&town, " Renee.Martin@FONTCLAIRE.example ").await;
    town.store.suspend_account(&zoe, true, BY).await.unwrap();
    forget(&town, ZOE).await;
    assert_eq!(written(&town, RENEE).await, ["reset"]);
    assert_eq!(
        written(&town, alone).await,
        ["Votre compte n’est pas ouvert"]
    );
    assert_eq!(
        written(&town, ZOE).await,
        [
            "invitation Ville de Fontclaire",
            "Votre compte n’est pas ouvert"
        ]
    );
}

async fn requests_for_one_address_run_dry(town: Town) {
    for _ in 0..5 {
        forget(&town, RENEE).await;
    }
    assert_eq!(town.letters().await.len(), 3);
    town.clock.advance(3600);
    forget(&town, RENEE).await;
    assert_eq!(town.letters().await.len(), 4);
}

async fn a_withdrawn_invitation_is_not_sent_again(town: Town) {
    let (_, token) = town.invite(ZOE).await;
    let mut connection = town.database.connect().await.unwrap();
    sqlx::query("UPDATE links SET revoked_at = created_at")
        .execute(&mut connection)
        .await
        .unwrap();
    forget(&town, ZOE).await;
    assert_eq!(
        written(&town, ZOE).await.last().unwrap(),
        "Votre compte n’est pas ouvert"
    );
    assert_eq!(outcome(&town, &token, NEW).await, "revoked");
}

async fn the_password_in_force_is_asked_for_and_guessing_it_is_slow(town: Town) {
    let (here, elsewhere) = (town.log_in().await, town.log_in().await);
    let account = town.store.find_account(RENEE).await.unwrap().unwrap();
    let change = async |current: &str, new: &Password, end_others| {
        let current = password(current);
        let proof = PasswordProof {
            password: &current,
            session: &here.id,
            address: "192.0.2.9".parse().ok(),
        };
        town.store
            .change_password(&account, proof, new, end_others)
            .await
    };
    let new = password(NEW);
    for _ in 0..5 {
        let wrong = change("guessed", &new, true).await;
        assert!(matches!(wrong, Err(PasswordError::Wrong)), "{wrong:?}");
    }
    let wait = change(PASSWORD, &new, true).await;
    assert!(matches!(wait, Err(PasswordError::Wait(_))), "{wait:?}");
    town.clock.advance(900);
    let weak = change(PASSWORD, &password("Renée Martin 2026"), true).await;
    assert!(matches!(weak, Err(PasswordError::Weak(_))), "{weak:?}");
    change(PASSWORD, &new, true).await.unwrap();
    let portal = super::town::PORTAL;
    assert!(town.session(&here.token, portal).await.is_some());
    assert!(town.session(&elsewhere.token, portal).await.is_none());
    assert_eq!(
        written(&town, RENEE).await,
        ["Votre mot de passe a été changé"]
    );
    town.try_to_log_in(RENEE, NEW, "192.0.2.1").await.unwrap();
}

async fn an_invitation_tells_where_it_stands(town: Town) {
    let (account, token) = town.invite(ZOE).await;
    let stands = async || {
        let found = town.store.find_invitation(&account).await.unwrap();
        found.unwrap().state
    };
    assert_eq!(stands().await, InvitationState::Sent);
    let mut connection = town.database.connect().await.unwrap();
    for (refused_at, expected) in [
        ("1", InvitationState::Refused),
        ("NULL", InvitationState::Sent),
    ] {
        let set = format!("UPDATE outbox SET refused_at = {refused_at}");
        sqlx::query(sqlx::AssertSqlSafe(set))
            .execute(&mut connection)
            .await
            .unwrap();
        assert_eq!(stands().await, expected);
    }
    state(&town, &token).await;
    assert_eq!(stands().await, InvitationState::Opened);
    town.clock.advance(7 * 86_400);
    assert_eq!(stands().await, InvitationState::Expired);
    forget(&town, ZOE).await;
    assert_eq!(stands().await, InvitationState::Sent);
    let again = town.token(ZOE).await;
    assert_eq!(outcome(&town, &again, NEW).await, "activated");
    assert_eq!(stands().await, InvitationState::Activated);
    assert_eq!(town.store.find_invitation(&town.renee).await.unwrap(), None);
}

async fn nothing_of_a_link_is_in_the_database(town: Town) {
    let (_, token) = town.invite(ZOE).await;
    let content = town.database.content().unwrap();
    let found = |needle: &str| {
        let needle = needle.as_bytes();
        content.windows(needle.len()).any(|window| window == needle)
    };
    assert!(!found(&token), "the secret is there in clear");
    assert!(found(&accounts::Token::hash(&token)));
}
