//! Passkeys: a device that knows its person, this portal and nobody else's.

use super::second_factor::{holder, waiting};
use super::town::{PASSWORD, PORTAL, RENEE, Town, at, join, password};
use accounts::{
    FactorError, FactorHolder, FactorKind, LogIn, LoginError, NewAccount, OpenSession, Proof,
    RelyingParty, Token,
};
use convergences_tests::authenticator::Authenticator;

on_both_databases![
    a_passkey_is_added_and_logs_in,
    what_was_signed_serves_once,
    a_device_that_does_not_know_its_person_is_refused,
    another_site_gets_no_log_in,
    a_copied_device_is_refused,
    a_passkey_belongs_to_one_person,
    a_removed_passkey_logs_nobody_in,
];

const ORIGIN: &str = "https://portail.example";
const HERE: &str = "192.0.2.1";

fn party() -> RelyingParty {
    RelyingParty::of(PORTAL, ORIGIN).unwrap()
}

async fn add(
    town: &Town,
    holder: FactorHolder<'_>,
    device: &mut Authenticator,
) -> Result<Option<Token>, FactorError> {
    let (store, party) = (&town.store, party());
    store
        .begin_passkey(holder, &password(PASSWORD), "Poste", &party)
        .await?;
    let options = store.find_passkey_draft(holder.session).await?.unwrap();
    let answer = device.create(&options).unwrap();
    store.confirm_passkey(holder, &party, &answer).await
}

/// Renée with a device.
async fn equip(town: &Town) -> Authenticator {
    let session = town.log_in().await;
    let mut device = Authenticator::new(ORIGIN).unwrap();
    add(town, holder(town, &session), &mut device)
        .await
        .unwrap();
    device
}

async fn options(town: &Town, token: &Token) -> String {
    let party = party();
    let found = town
        .store
        .find_pending_login(token.as_str(), PORTAL, Some(&party));
    found.await.unwrap().unwrap().passkey.unwrap()
}

async fn show(town: &Town, token: &Token, answer: &str) -> Result<OpenSession, LoginError> {
    let party = party();
    let proof = Proof::Passkey(&party, answer);
    town.store
        .show_second_factor(token.as_str(), proof, at(HERE))
        .await
}

async fn a_passkey_is_added_and_logs_in(town: Town) {
    let mut device = equip(&town).await;
    let factors = town.store.list_factors(&town.renee).await.unwrap();
    assert_eq!(
        (factors[0].kind, factors[0].name.as_str()),
        (FactorKind::Passkey, "Poste")
    );
    let token = waiting(&town).await;
    let asked = options(&town, &token).await;
    assert!(
        asked.contains(r#""userVerification":"required""#),
        "{asked}"
    );
    // Two tabs are asked the same.
    assert_eq!(options(&town, &token).await, asked);
    let answer = device.get(&asked).unwrap();
    let opened = show(&town, &token, &answer).await.unwrap();
    let record = town.session(&opened.token, PORTAL).await.unwrap();
    assert!(record.second_factor_at.is_some());
    let factors = town.store.list_factors(&town.renee).await.unwrap();
    assert_eq!(factors[0].used_at, Some(town.clock.now()));
}

async fn what_was_signed_serves_once(town: Town) {
    let mut device = equip(&town).await;
    let first = waiting(&town).await;
    let answer = device.get(&options(&town, &first).await).unwrap();
    show(&town, &first, &answer).await.unwrap();
    let gone = show(&town, &first, &answer).await;
    assert!(matches!(gone, Err(LoginError::Gone)), "{gone:?}");
    let second = waiting(&town).await;
    // Before anything was asked, and after.
    for _ in 0..2 {
        let replayed = show(&town, &second, &answer).await;
        assert!(matches!(replayed, Err(LoginError::Wrong)), "{replayed:?}");
        options(&town, &second).await;
    }
}

async fn a_device_that_does_not_know_its_person_is_refused(town: Town) {
    let session = town.log_in().await;
    let mut device = Authenticator::new(ORIGIN).unwrap();
    device.verifies = false;
    let refused = add(&town, holder(&town, &session), &mut device).await;
    assert!(
        matches!(refused, Err(FactorError::WrongProof)),
        "{refused:?}"
    );
    device.verifies = true;
    add(&town, holder(&town, &session), &mut device)
        .await
        .unwrap();
    device.verifies = false;
    let token = waiting(&town).await;
    let answer = device.get(&options(&town, &token).await).unwrap();
    let refused = show(&town, &token, &answer).await;
    assert!(matches!(refused, Err(LoginError::Wrong)), "{refused:?}");
}

async fn another_site_gets_no_log_in(town: Town) {
    let mut device = equip(&town).await;
    for origin in [
        "https://portail.example.evil.example",
        "https://evil.example",
        "http://portail.example",
        "https://portail.example:8443",
        "https://sub.portail.example",
    ] {
        device.origin = origin.to_owned();
        let token = waiting(&town).await;
        let answer = device.get(&options(&town, &token).await).unwrap();
        let refused = show(&town, &token, &answer).await;
        assert!(matches!(refused, Err(LoginError::Wrong)), "{origin}");
        // A day later, so that guesses are free again.
        town.clock.advance(86_401);
    }
}

async fn a_copied_device_is_refused(town: Town) {
    let mut device = equip(&town).await;
    let token = waiting(&town).await;
    let answer = device.get(&options(&town, &token).await).unwrap();
    show(&town, &token, &answer).await.unwrap();
    // The copy has signed less often.
    device.counter -= 1;
    let token = waiting(&town).await;
    let answer = device.get(&options(&town, &token).await).unwrap();
    let refused = show(&town, &token, &answer).await;
    assert!(matches!(refused, Err(LoginError::Wrong)), "{refused:?}");
}

async fn a_passkey_belongs_to_one_person(town: Town) {
    let mut device = equip(&town).await;
    let secret = password(PASSWORD);
    let new = NewAccount {
        login: "alain@fontclaire.example",
        given_name: "Alain",
        family_name: "Garnier",
        password: Some(&secret),
    };
    let alain = town.store.add_account(new, "tests").await.unwrap();
    join(&town.store, &alain, "fontclaire").await.unwrap();
    let session = town
        .try_to_log_in("alain@fontclaire.example", PASSWORD, HERE)
        .await
        .unwrap();
    let holder = FactorHolder {
        account: &alain,
        session: &session.id,
        address: None,
    };
    let refused = add(&town, holder, &mut device).await;
    assert!(matches!(refused, Err(FactorError::Taken)), "{refused:?}");
    // Nor does somebody else's device log Renée in.
    let mut his = Authenticator::new(ORIGIN).unwrap();
    add(&town, holder, &mut his).await.unwrap();
    let token = waiting(&town).await;
    let answer = his.get(&options(&town, &token).await).unwrap();
    let refused = show(&town, &token, &answer).await;
    assert!(matches!(refused, Err(LoginError::Wrong)), "{refused:?}");
}

async fn a_removed_passkey_logs_nobody_in(town: Town) {
    let mut device = equip(&town).await;
    let token = waiting(&town).await;
    let answer = device.get(&options(&town, &token).await).unwrap();
    let session = show(&town, &token, &answer).await.unwrap();
    let asked = waiting(&town).await;
    let answer = device.get(&options(&town, &asked).await).unwrap();
    // Removed between the question and the answer.
    let factor = town
        .store
        .list_factors(&town.renee)
        .await
        .unwrap()
        .remove(0);
    town.store
        .remove_factor(
            holder(&town, &session),
            &password(PASSWORD),
            &factor.id,
            false,
        )
        .await
        .unwrap();
    let refused = show(&town, &asked, &answer).await;
    assert!(matches!(refused, Err(LoginError::Wrong)), "{refused:?}");
    let opened = town.show_password(RENEE, PASSWORD, HERE).await.unwrap();
    assert!(matches!(opened, LogIn::Open(_)));
}
