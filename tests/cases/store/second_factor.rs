//! Applications and printed codes: added by who has them, asked for at log-in, used once.

use super::town::{BY, PASSWORD, PORTAL, RENEE, Town, at, password};
use accounts::{
    FactorError, FactorHolder, FactorKind, Handshake, LogIn, LoginError, OpenSession, Proof,
    SecondFactorRequirement, Token,
};
use policies::Role;
use totp_rs::{Builder, Secret};

on_both_databases![
    an_application_is_added_by_its_first_code_and_asked_for_from_then_on,
    a_code_serves_once_and_from_the_step_before_to_the_step_after,
    a_log_in_that_waits_opens_nothing,
    a_log_in_that_waits_ends_after_five_minutes_or_at_another_host,
    wrong_codes_count_with_wrong_passwords_and_the_password_clears_none,
    ten_printed_codes_serve_once_each_until_new_ones_are_made,
    no_secret_is_in_the_database,
    a_change_takes_the_password,
    a_session_of_before_changes_nothing,
    a_session_that_shows_its_factor_goes_on_under_another_token,
    a_new_factor_waits_ten_minutes_in_its_own_session,
    with_the_last_factor_go_the_printed_codes,
    the_last_factor_of_somebody_who_must_have_one_stays,
    somebody_else_removes_nothing,
    whoever_must_have_one_and_has_none_is_known,
    people_are_told_of_every_change,
    an_account_suspended_meanwhile_is_not_let_in,
];

const HERE: &str = "192.0.2.1";

pub(super) fn holder<'a>(town: &'a Town, session: &'a OpenSession) -> FactorHolder<'a> {
    FactorHolder {
        account: &town.renee,
        session: &session.id,
        address: Some(HERE.parse().unwrap()),
    }
}

/// What an application with this key shows now.
fn code(town: &Town, key: &str) -> String {
    let totp = Builder::new().with_secret(Secret::try_from_base32(key).unwrap());
    let now = u64::try_from(town.clock.now()).unwrap();
    totp.build().unwrap().generate(now).to_string()
}

/// Adds an application in a session, and gives its key; its first code is used up.
pub(super) async fn add_application(town: &Town, session: &OpenSession) -> String {
    let (store, holder) = (&town.store, holder(town, session));
    store
        .begin_totp(holder, &password(PASSWORD), "Téléphone")
        .await
        .unwrap();
    let draft = store.find_totp_draft(&session.id, RENEE).await.unwrap();
    let key = draft.unwrap().key;
    store.confirm_totp(holder, &code(town, &key)).await.unwrap();
    key
}

/// Renée with an application, a step after it was added.
async fn equip(town: &Town) -> String {
    let session = town.log_in().await;
    let key = add_application(town, &session).await;
    town.clock.advance(30);
    key
}

/// The secret of a log-in that waits.
pub(super) async fn waiting(town: &Town) -> Token {
    match town.show_password(RENEE, PASSWORD, HERE).await.unwrap() {
        LogIn::SecondFactor(token) => token,
        LogIn::Open(_) => panic!("no second factor was asked for"),
    }
}

/// What came of a proof, in a word.
async fn shown(town: &Town, token: &Token, proof: Proof<'_>) -> String {
    let shown = town
        .store
        .show_second_factor(token.as_str(), proof, at(HERE));
    match shown.await {
        Ok(_) => "open".to_owned(),
        Err(LoginError::Wrong) => "wrong".to_owned(),
        Err(LoginError::Gone) => "gone".to_owned(),
        Err(LoginError::Closed) => "closed".to_owned(),
        Err(LoginError::Wait(seconds)) => format!("wait {seconds}"),
        Err(LoginError::Store(error)) => panic!("{error}"),
    }
}

async fn open(town: &Town, key: &str) -> OpenSession {
    let token = waiting(town).await;
    let code = code(town, key);
    let proof = Proof::Totp(&code);
    let shown = town
        .store
        .show_second_factor(token.as_str(), proof, at(HERE));
    shown.await.unwrap()
}

async fn an_application_is_added_by_its_first_code_and_asked_for_from_then_on(town: Town) {
    let session = town.log_in().await;
    let (store, holder) = (&town.store, holder(&town, &session));
    store
        .begin_totp(holder, &password(PASSWORD), " Téléphone ")
        .await
        .unwrap();
    let draft = store.find_totp_draft(&session.id, RENEE).await.unwrap();
    let draft = draft.unwrap();
    let label = "otpauth://totp/Convergences:renee.martin%40fontclaire.example?";
    assert!(draft.uri.starts_with(label), "{}", draft.uri);
    assert!(draft.uri.contains(&format!("secret={}", draft.key)));
    let wrong = store.confirm_totp(holder, "000000").await;
    assert!(matches!(wrong, Err(FactorError::WrongProof)), "{wrong:?}");
    assert!(store.list_factors(&town.renee).await.unwrap().is_empty());
    // Nothing is asked for yet.
    town.log_in().await;
    store
        .confirm_totp(holder, &code(&town, &draft.key))
        .await
        .unwrap();
    let factors = store.list_factors(&town.renee).await.unwrap();
    assert_eq!(factors.len(), 1);
    assert_eq!(
        (factors[0].kind, factors[0].name.as_str()),
        (FactorKind::Totp, "Téléphone")
    );
    assert_eq!(factors[0].created_at, town.clock.now());
    town.clock.advance(30);
    let opened = open(&town, &draft.key).await;
    let record = town.session(&opened.token, PORTAL).await.unwrap();
    assert_eq!(record.second_factor_at, Some(town.clock.now()));
}

async fn a_code_serves_once_and_from_the_step_before_to_the_step_after(town: Town) {
    let session = town.log_in().await;
    let key = add_application(&town, &session).await;
    // The code that added the application is used.
    let first = code(&town, &key);
    let token = waiting(&town).await;
    assert_eq!(shown(&town, &token, Proof::Totp(&first)).await, "wrong");
    town.clock.advance(30);
    let now = code(&town, &key);
    assert_eq!(shown(&town, &token, Proof::Totp(&now)).await, "open");
    let token = waiting(&town).await;
    assert_eq!(shown(&town, &token, Proof::Totp(&now)).await, "wrong");
    // Two steps late is too late; one is not.
    town.clock.advance(60);
    let slow = code(&town, &key);
    town.clock.advance(60);
    assert_eq!(shown(&town, &token, Proof::Totp(&slow)).await, "wrong");
    let slow = code(&town, &key);
    town.clock.advance(30);
    assert_eq!(shown(&town, &token, Proof::Totp(&slow)).await, "open");
}

async fn a_log_in_that_waits_opens_nothing(town: Town) {
    equip(&town).await;
    let before = town.count("sessions").await;
    let token = waiting(&town).await;
    assert_eq!(town.count("sessions").await, before);
    assert!(town.session(&token, PORTAL).await.is_none());
    let to = Handshake {
        host: "bip.example",
        browser_hash: "b",
        path: "/",
    };
    let refused = town.store.issue_handshake(token.as_str(), to).await;
    assert!(refused.is_err());
    for proof in [
        Proof::Totp(""),
        Proof::Totp("000000"),
        Proof::Recovery(""),
        Proof::Recovery("AAAA-AAAA-AAAA-AAAA"),
    ] {
        assert_eq!(shown(&town, &token, proof).await, "wrong");
    }
    assert_eq!(town.count("sessions").await, before);
    let unknown = Token::fresh().unwrap();
    assert_eq!(shown(&town, &unknown, Proof::Totp("000000")).await, "gone");
}

async fn a_log_in_that_waits_ends_after_five_minutes_or_at_another_host(town: Town) {
    let key = equip(&town).await;
    let token = waiting(&town).await;
    town.clock.advance(299);
    let elsewhere = accounts::Place {
        host: "bip.example",
        ..at(HERE)
    };
    let now = code(&town, &key);
    let refused = town
        .store
        .show_second_factor(token.as_str(), Proof::Totp(&now), elsewhere)
        .await;
    assert!(matches!(refused, Err(LoginError::Gone)), "{refused:?}");
    town.clock.advance(1);
    let now = code(&town, &key);
    assert_eq!(shown(&town, &token, Proof::Totp(&now)).await, "gone");
    // One that was used is gone as well.
    let token = waiting(&town).await;
    assert_eq!(shown(&town, &token, Proof::Totp(&now)).await, "open");
    assert_eq!(shown(&town, &token, Proof::Totp(&now)).await, "gone");
    town.clock.advance(600);
    waiting(&town).await;
    town.store.purge(super::town::LIMITS).await.unwrap();
    assert_eq!(town.count("pending_logins").await, 1);
}

async fn wrong_codes_count_with_wrong_passwords_and_the_password_clears_none(town: Town) {
    let key = equip(&town).await;
    // The password between two guesses makes none of them free.
    for _ in 0..5 {
        let token = waiting(&town).await;
        assert_eq!(shown(&town, &token, Proof::Totp("000000")).await, "wrong");
    }
    let refused = town.show_password(RENEE, PASSWORD, HERE).await;
    assert!(matches!(refused, Err(LoginError::Wait(60))), "{refused:?}");
    town.clock.advance(60);
    let token = waiting(&town).await;
    let right = code(&town, &key);
    assert_eq!(shown(&town, &token, Proof::Totp("000000")).await, "wrong");
    // Nor is a right one looked at while everybody waits.
    assert_eq!(shown(&town, &token, Proof::Totp(&right)).await, "wait 120");
    town.clock.advance(120);
    let right = code(&town, &key);
    assert_eq!(shown(&town, &token, Proof::Totp(&right)).await, "open");
    // A success from here, and five are free again: but not on one log-in for ever.
    let token = waiting(&town).await;
    for _ in 0..5 {
        assert_eq!(shown(&town, &token, Proof::Totp("000000")).await, "wrong");
    }
    town.clock.advance(60);
    assert_eq!(shown(&town, &token, Proof::Totp("000000")).await, "gone");
    // Added, and guessed at: the person knows that somebody has their password.
    assert_eq!(town.count("outbox").await, 2);
}

async fn ten_printed_codes_serve_once_each_until_new_ones_are_made(town: Town) {
    let key = equip(&town).await;
    let session = open(&town, &key).await;
    let (store, holder) = (&town.store, holder(&town, &session));
    let secret = password(PASSWORD);
    let renew = || store.renew_recovery_codes(holder, &secret);
    let old = renew().await.unwrap();
    assert_eq!(old.len(), 10);
    for (used, printed) in old.iter().take(3).enumerate() {
        let typed = printed.to_lowercase().replace('-', " ");
        let token = waiting(&town).await;
        assert_eq!(shown(&town, &token, Proof::Recovery(&typed)).await, "open");
        let token = waiting(&town).await;
        assert_eq!(shown(&town, &token, Proof::Recovery(&typed)).await, "wrong");
        let left = store.count_recovery_codes(&town.renee).await.unwrap();
        assert_eq!(left, 9 - i64::try_from(used).unwrap());
    }
    let new = renew().await.unwrap();
    assert_eq!(store.count_recovery_codes(&town.renee).await.unwrap(), 10);
    let token = waiting(&town).await;
    assert_eq!(
        shown(&town, &token, Proof::Recovery(&old[9])).await,
        "wrong"
    );
    let proof = Proof::Recovery(&new[9]);
    let opened = store.show_second_factor(token.as_str(), proof, at(HERE));
    let opened = opened.await.unwrap();
    // A printed code is a second factor like any other.
    let record = town.session(&opened.token, PORTAL).await.unwrap();
    assert!(record.second_factor_at.is_some());
}

async fn no_secret_is_in_the_database(town: Town) {
    let key = equip(&town).await;
    let session = open(&town, &key).await;
    let secret = password(PASSWORD);
    let codes = town
        .store
        .renew_recovery_codes(holder(&town, &session), &secret);
    let codes = codes.await.unwrap();
    let pending = waiting(&town).await;
    let content = town.database.content().unwrap();
    let holds = |text: &[u8]| content.windows(text.len()).any(|part| part == text);
    assert!(
        holds(session.id.as_bytes()),
        "this looks in the wrong place"
    );
    let secret = Secret::try_from_base32(&key).unwrap();
    assert!(!holds(key.as_bytes()) && !holds(secret.as_bytes()));
    assert!(!holds(pending.as_str().as_bytes()));
    for code in codes {
        assert!(!holds(code.as_bytes()));
        assert!(!holds(code.replace('-', "").as_bytes()));
    }
}

async fn a_change_takes_the_password(town: Town) {
    let key = equip(&town).await;
    let session = open(&town, &key).await;
    let (store, holder) = (&town.store, holder(&town, &session));
    let wrong = password("ce n’est pas le bon");
    let factor = store.list_factors(&town.renee).await.unwrap().remove(0);
    let refused = [
        store.begin_totp(holder, &wrong, "x").await.err(),
        store.renew_recovery_codes(holder, &wrong).await.err(),
        store
            .remove_factor(holder, &wrong, &factor.id, false)
            .await
            .err(),
    ];
    for refused in refused {
        let refused = refused.unwrap();
        assert!(
            matches!(refused, FactorError::Password(LoginError::Wrong)),
            "{refused}"
        );
    }
    // Guessed here, it is guessed at the log-in page.
    for _ in 0..2 {
        let _ = store.begin_totp(holder, &wrong, "x").await;
    }
    let right = store.begin_totp(holder, &password(PASSWORD), "x").await;
    let right = right.unwrap_err();
    assert!(
        matches!(right, FactorError::Password(LoginError::Wait(60))),
        "{right}"
    );
    assert_eq!(store.list_factors(&town.renee).await.unwrap(), [factor]);
}

async fn a_session_of_before_changes_nothing(town: Town) {
    let (old, new) = (town.log_in().await, town.log_in().await);
    // Begun before, and not finished.
    town.store
        .begin_totp(holder(&town, &old), &password(PASSWORD), "x")
        .await
        .unwrap();
    let draft = town.store.find_totp_draft(&old.id, RENEE).await.unwrap();
    let draft = draft.unwrap();
    add_application(&town, &new).await;
    let (store, holder) = (&town.store, holder(&town, &old));
    let factor = store.list_factors(&town.renee).await.unwrap().remove(0);
    let secret = password(PASSWORD);
    let first = code(&town, &draft.key);
    let refused = [
        store.confirm_totp(holder, &first).await.err(),
        store.begin_totp(holder, &secret, "x").await.err(),
        store.renew_recovery_codes(holder, &secret).await.err(),
        store
            .remove_factor(holder, &secret, &factor.id, false)
            .await
            .err(),
    ];
    for refused in refused {
        let refused = refused.unwrap();
        assert!(matches!(refused, FactorError::LogInAgain), "{refused}");
    }
    assert_eq!(store.list_factors(&town.renee).await.unwrap(), [factor]);
}

async fn a_session_that_shows_its_factor_goes_on_under_another_token(town: Town) {
    let session = town.log_in().await;
    let record = town.session(&session.token, PORTAL).await.unwrap();
    assert_eq!(record.second_factor_at, None);
    let to = Handshake {
        host: "bip.example",
        browser_hash: "b",
        path: "/",
    };
    let handshake = town.store.issue_handshake(&session.id, to).await.unwrap();
    let redeemed = town
        .store
        .redeem_handshake(handshake.as_str(), "bip.example", "b");
    let (child, _) = redeemed.await.unwrap().unwrap();
    let (store, holder) = (&town.store, holder(&town, &session));
    store
        .begin_totp(holder, &password(PASSWORD), "x")
        .await
        .unwrap();
    let draft = store.find_totp_draft(&session.id, RENEE).await.unwrap();
    let first = code(&town, &draft.unwrap().key);
    let token = store.confirm_totp(holder, &first).await.unwrap().unwrap();
    assert!(town.session(&session.token, PORTAL).await.is_none());
    let record = town.session(&token, PORTAL).await.unwrap();
    assert_eq!(record.root, session.id);
    assert!(record.second_factor_at.is_some());
    // What hangs on it inherits.
    let child = town.session(&child.token, "bip.example").await.unwrap();
    assert_eq!(child.second_factor_at, record.second_factor_at);
    // A further one changes neither.
    store
        .begin_totp(holder, &password(PASSWORD), "y")
        .await
        .unwrap();
    let draft = store.find_totp_draft(&session.id, RENEE).await.unwrap();
    let first = code(&town, &draft.unwrap().key);
    assert!(store.confirm_totp(holder, &first).await.unwrap().is_none());
    assert!(town.session(&token, PORTAL).await.is_some());
}

async fn a_new_factor_waits_ten_minutes_in_its_own_session(town: Town) {
    let (one, other) = (town.log_in().await, town.log_in().await);
    let store = &town.store;
    let secret = password(PASSWORD);
    store
        .begin_totp(holder(&town, &one), &secret, "x")
        .await
        .unwrap();
    let draft = store
        .find_totp_draft(&one.id, RENEE)
        .await
        .unwrap()
        .unwrap();
    assert!(
        store
            .find_totp_draft(&other.id, RENEE)
            .await
            .unwrap()
            .is_none()
    );
    let first = code(&town, &draft.key);
    let elsewhere = store.confirm_totp(holder(&town, &other), &first).await;
    assert!(matches!(elsewhere, Err(FactorError::Gone)), "{elsewhere:?}");
    town.clock.advance(600);
    let first = code(&town, &draft.key);
    let late = store.confirm_totp(holder(&town, &one), &first).await;
    assert!(matches!(late, Err(FactorError::Gone)), "{late:?}");
    town.clock.advance(1);
    store.purge(super::town::LIMITS).await.unwrap();
    assert_eq!(town.count("factor_drafts").await, 0);
}

async fn with_the_last_factor_go_the_printed_codes(town: Town) {
    let key = equip(&town).await;
    let session = open(&town, &key).await;
    let (store, holder) = (&town.store, holder(&town, &session));
    let secret = password(PASSWORD);
    store.renew_recovery_codes(holder, &secret).await.unwrap();
    let factor = store.list_factors(&town.renee).await.unwrap().remove(0);
    store
        .remove_factor(holder, &secret, &factor.id, false)
        .await
        .unwrap();
    assert_eq!(town.count("recovery_codes").await, 0);
    assert!(store.renew_recovery_codes(holder, &secret).await.is_err());
    town.log_in().await;
}

async fn the_last_factor_of_somebody_who_must_have_one_stays(town: Town) {
    let key = equip(&town).await;
    let session = open(&town, &key).await;
    let (store, holder) = (&town.store, holder(&town, &session));
    let secret = password(PASSWORD);
    add_application(&town, &session).await;
    let factors = store.list_factors(&town.renee).await.unwrap();
    store
        .remove_factor(holder, &secret, &factors[0].id, true)
        .await
        .unwrap();
    let refused = store
        .remove_factor(holder, &secret, &factors[1].id, true)
        .await;
    assert!(matches!(refused, Err(FactorError::Last)), "{refused:?}");
    assert_eq!(store.list_factors(&town.renee).await.unwrap().len(), 1);
}

async fn somebody_else_removes_nothing(town: Town) {
    let key = equip(&town).await;
    let session = open(&town, &key).await;
    let stranger = town.add_stranger("aline@fontclaire.example").await;
    let factor = town
        .store
        .list_factors(&town.renee)
        .await
        .unwrap()
        .remove(0);
    let secret = password(PASSWORD);
    for (account, id) in [(&stranger, &factor.id), (&town.renee, &stranger)] {
        let holder = FactorHolder {
            account,
            ..holder(&town, &session)
        };
        let refused = town.store.remove_factor(holder, &secret, id, false).await;
        assert!(refused.is_err());
    }
    assert_eq!(
        town.store.list_factors(&town.renee).await.unwrap(),
        [factor]
    );
}

async fn whoever_must_have_one_and_has_none_is_known(town: Town) {
    let session = town.log_in().await;
    let referents = SecondFactorRequirement::of([Role::Referent]);
    let others = SecondFactorRequirement::of([Role::Agent, Role::Correspondant]);
    let must = async |required| town.store.must_enrol(&session.id, required).await.unwrap();
    assert!(must(&referents).await);
    assert!(!must(&others).await);
    let nobody = SecondFactorRequirement::default();
    assert!(!must(&nobody).await);
    add_application(&town, &session).await;
    assert!(!must(&referents).await);
    town.store.end_session(&session.id, BY).await.unwrap();
    let ended = town.store.must_enrol(&session.id, &referents).await;
    assert!(ended.is_err());
}

async fn people_are_told_of_every_change(town: Town) {
    let key = equip(&town).await;
    let session = open(&town, &key).await;
    assert_eq!(town.count("outbox").await, 1);
    let (store, holder) = (&town.store, holder(&town, &session));
    let secret = password(PASSWORD);
    let codes = store.renew_recovery_codes(holder, &secret).await.unwrap();
    assert_eq!(town.count("outbox").await, 2);
    let token = waiting(&town).await;
    shown(&town, &token, Proof::Recovery(&codes[0])).await;
    assert_eq!(town.count("outbox").await, 3);
    let factor = store.list_factors(&town.renee).await.unwrap().remove(0);
    store
        .remove_factor(holder, &secret, &factor.id, false)
        .await
        .unwrap();
    assert_eq!(town.count("outbox").await, 4);
    assert!(store.verify_journal().await.unwrap().is_ok());
}

async fn an_account_suspended_meanwhile_is_not_let_in(town: Town) {
    let key = equip(&town).await;
    let token = waiting(&town).await;
    town.store
        .suspend_account(&town.renee, true, BY)
        .await
        .unwrap();
    let now = code(&town, &key);
    assert_eq!(shown(&town, &token, Proof::Totp(&now)).await, "closed");
    assert_eq!(shown(&town, &token, Proof::Totp(&now)).await, "gone");
}
