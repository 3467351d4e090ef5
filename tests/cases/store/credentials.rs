//! Sealed secrets: legacy credentials and signing keys.

use super::town::{BY, NOW, Town, join};
use accounts::{Error, LegacyCredential, MasterKey, Schema, Store, Vault};
use policies::{Claims, MembershipId, VerifyingKeys};
use std::collections::BTreeSet;

on_both_databases![
    a_credential_is_sealed_in_the_database_and_opens_with_the_key,
    another_master_key_opens_nothing,
    a_credential_moved_to_another_person_does_not_open,
    tries_are_paid_from_a_budget_until_one_succeeds,
    a_try_that_reached_nobody_leaves_no_mark,
    a_new_credential_has_a_clean_record,
    a_rotated_key_signs_and_the_one_before_is_still_believed,
];

const SECRET: &str = "coffre-fort-7391";

async fn seal(town: &Town, membership: &MembershipId, password: &str) {
    let secret = LegacyCredential {
        login: "rmartin-legacy".to_owned(),
        password: password.to_owned().into(),
    };
    let service = "net-cotisations".into();
    let sealed = town
        .store
        .seal_credential(membership, &service, &secret, BY);
    sealed.await.unwrap();
}

async fn a_credential_is_sealed_in_the_database_and_opens_with_the_key(town: Town) {
    seal(&town, &town.membership, SECRET).await;
    let content = town.database.content().unwrap();
    let holds = |text: &str| {
        content
            .windows(text.len())
            .any(|part| part == text.as_bytes())
    };
    assert!(holds("net-cotisations"), "this looks in the wrong place");
    assert!(!holds(SECRET) && !holds("rmartin-legacy"));

    let service = "net-cotisations".into();
    let found = town.store.find_credential(&town.membership, &service).await;
    let found = found.unwrap().unwrap();
    assert_eq!(found.secret.login, "rmartin-legacy");
    assert_eq!(found.secret.password.as_str(), SECRET);
    assert!(!format!("{found:?}").contains(SECRET));
    let other = town
        .store
        .find_credential(&town.membership, &"bip".into())
        .await;
    assert!(other.unwrap().is_none());
}

async fn another_master_key_opens_nothing(town: Town) {
    let vault = Vault::new(&MasterKey::from_bytes(&[8; 32]).unwrap()).unwrap();
    let url = town.database.url();
    let stranger = Store::open(url, Schema::Expect, vault, town.clock.clone()).await;
    assert!(matches!(stranger, Err(Error::Sealed)), "{stranger:?}");
}

async fn a_credential_moved_to_another_person_does_not_open(town: Town) {
    let account = town.add_stranger("aline@fontclaire.example").await;
    let aline = join(&town.store, &account, "fontclaire").await.unwrap();
    seal(&town, &town.membership, SECRET).await;
    let mut connection = town.database.connect().await.unwrap();
    sqlx::query("UPDATE credentials SET membership = $1")
        .bind(aline.as_str())
        .execute(&mut connection)
        .await
        .unwrap();
    let service = "net-cotisations".into();
    let found = town.store.find_credential(&aline, &service).await;
    assert!(matches!(found, Err(Error::Sealed)), "{found:?}");
}

async fn tries_are_paid_from_a_budget_until_one_succeeds(town: Town) {
    seal(&town, &town.membership, SECRET).await;
    let service = "net-cotisations".into();
    let spend = async || {
        let spent = town
            .store
            .spend_attempt(&town.membership, &service, 2)
            .await;
        spent.unwrap()
    };
    assert!(spend().await && spend().await && !spend().await);
    let found = town.store.find_credential(&town.membership, &service).await;
    let found = found.unwrap().unwrap();
    assert_eq!((found.failures, found.refused_at), (2, Some(NOW)));
    town.store
        .clear_attempts(&town.membership, &service)
        .await
        .unwrap();
    assert!(spend().await);
    // At the same time, no more than the budget either.
    let (one, other) = tokio::join!(spend(), spend());
    assert!(one != other);
    let nobody = town
        .store
        .spend_attempt(&"fontclaire/nobody".into(), &service, 2)
        .await;
    assert!(!nobody.unwrap());
}

async fn a_try_that_reached_nobody_leaves_no_mark(town: Town) {
    seal(&town, &town.membership, SECRET).await;
    let service = "net-cotisations".into();
    let (store, membership) = (&town.store, &town.membership);
    store.spend_attempt(membership, &service, 1).await.unwrap();
    store.refund_attempt(membership, &service).await.unwrap();
    let found = store.find_credential(membership, &service).await;
    let found = found.unwrap().unwrap();
    assert_eq!((found.failures, found.refused_at), (0, None));
}

async fn a_new_credential_has_a_clean_record(town: Town) {
    seal(&town, &town.membership, SECRET).await;
    let service = "net-cotisations".into();
    let spent = town
        .store
        .spend_attempt(&town.membership, &service, 1)
        .await;
    assert!(spent.unwrap());
    seal(&town, &town.membership, "un autre").await;
    let found = town.store.find_credential(&town.membership, &service).await;
    let found = found.unwrap().unwrap();
    assert_eq!((found.failures, found.refused_at), (0, None));
    assert_eq!(found.secret.password.as_str(), "un autre");
}

fn claims() -> Claims {
    serde_json::from_value(serde_json::json!({
        "iss": "convergences", "aud": "bip", "sub": "a", "sid": "s", "iat": NOW, "exp": NOW + 60,
        "name": "Renée Martin", "email": "renee@x.example", "collectivite": "Ville de Fontclaire",
    }))
    .unwrap()
}

async fn a_rotated_key_signs_and_the_one_before_is_still_believed(town: Town) {
    let first = town.store.signing_keys().await.unwrap();
    assert_eq!(first.len(), 1);
    let signed = first[0].sign(&claims()).unwrap();
    let mut seen = BTreeSet::new();
    for rotation in 1..=3 {
        town.clock.advance(1);
        seen.insert(town.store.rotate_signing_key(BY).await.unwrap());
        let keys = town.store.signing_keys().await.unwrap();
        assert_eq!(keys.len(), 2);
        let believed = VerifyingKeys::of(&keys);
        let own = keys[0].sign(&claims()).unwrap();
        believed.verify(&own, "bip", NOW).unwrap();
        // The newest signs: what the one before signed is not believed by it alone.
        let alone = VerifyingKeys::of(&keys[..1]);
        assert!(alone.verify(&signed, "bip", NOW).is_err());
        let old = believed.verify(&signed, "bip", NOW);
        assert_eq!(old.is_ok(), rotation == 1, "after rotation {rotation}");
    }
    assert_eq!(seen.len(), 3);
}
