//! Collectivités, accounts and memberships.

use super::town::{BY, HOUR, PASSWORD, RENEE, Town, add_collectivite, fontclaire, join, stranger};
use accounts::{Collectivite, Error};

on_both_databases![
    an_account_is_found_however_its_login_is_written,
    a_login_is_given_once,
    a_collectivite_is_read_as_it_was_added,
    a_collectivite_id_is_plain_and_given_once,
    a_person_is_in_a_collectivite_once,
    memberships_come_in_the_order_of_their_names,
    a_suspended_account_makes_an_inactive_member_until_it_is_restored,
    what_does_not_exist_is_not_found,
];

async fn an_account_is_found_however_its_login_is_written(town: Town) {
    let found = town
        .store
        .find_account("  Renee.MARTIN@Fontclaire.example ")
        .await
        .unwrap()
        .unwrap();
    assert_eq!(
        (found.id.as_str(), found.login.as_str()),
        (town.renee.as_str(), RENEE)
    );
    assert_eq!(found.full_name(), "Renée Martin");
    assert!(found.active);
    assert_eq!(
        town.store.find_account("nobody@x.example").await.unwrap(),
        None
    );
}

async fn a_login_is_given_once(town: Town) {
    let again = town
        .store
        .add_account(stranger("Renee.Martin@FONTCLAIRE.example"), BY)
        .await;
    assert!(
        matches!(
            again,
            Err(Error::Exists {
                what: "account",
                ..
            })
        ),
        "{again:?}"
    );
    assert_eq!(
        town.store
            .find_account(RENEE)
            .await
            .unwrap()
            .unwrap()
            .given_name,
        "Renée"
    );
}

async fn a_collectivite_is_read_as_it_was_added(town: Town) {
    let new = Collectivite {
        cdg: Some(fontclaire()),
        services: vec!["site".into(), "bip".into()],
        ..town
            .store
            .find_collectivite(&fontclaire())
            .await
            .unwrap()
            .unwrap()
    };
    let new = Collectivite {
        id: "saint-éloi".replace('é', "e").as_str().into(),
        ..new
    };
    town.store.add_collectivite(&new, BY).await.unwrap();
    let read = town
        .store
        .find_collectivite(&new.id)
        .await
        .unwrap()
        .unwrap();
    assert_eq!(read.services, ["bip".into(), "site".into()]);
    assert_eq!(
        Collectivite {
            services: new.services.clone(),
            ..read
        },
        new
    );
    assert_eq!(
        town.store.list_collectivites().await.unwrap(),
        [fontclaire(), new.id]
    );
}

async fn a_collectivite_id_is_plain_and_given_once(town: Town) {
    let again = add_collectivite(&town.store, "fontclaire", "Une autre").await;
    assert!(matches!(again, Err(Error::Exists { .. })), "{again:?}");
    for id in ["", "a/b", "a b", "a\"b", "é"] {
        let refused = add_collectivite(&town.store, id, "Une autre").await;
        assert!(
            matches!(refused, Err(Error::Unreadable(_))),
            "{id}: {refused:?}"
        );
    }
    assert_eq!(town.store.list_collectivites().await.unwrap().len(), 1);
}

async fn a_person_is_in_a_collectivite_once(town: Town) {
    let again = join(&town.store, &town.renee, "fontclaire").await;
    assert!(
        matches!(
            again,
            Err(Error::Exists {
                what: "membership",
                ..
            })
        ),
        "{again:?}"
    );
}

async fn memberships_come_in_the_order_of_their_names(town: Town) {
    add_collectivite(&town.store, "ccas", "CCAS de Fontclaire")
        .await
        .unwrap();
    join(&town.store, &town.renee, "ccas").await.unwrap();
    let names: Vec<_> = town
        .store
        .list_memberships(&town.renee)
        .await
        .unwrap()
        .into_iter()
        .map(|membership| membership.collectivite_name)
        .collect();
    assert_eq!(names, ["CCAS de Fontclaire", "Ville de Fontclaire"]);
}

async fn a_suspended_account_makes_an_inactive_member_until_it_is_restored(town: Town) {
    assert!(town.store.member(&town.membership).await.unwrap().active);
    town.store
        .suspend_account(&town.renee, true, BY)
        .await
        .unwrap();
    assert!(!town.store.member(&town.membership).await.unwrap().active);
    assert!(
        !town
            .store
            .find_account(RENEE)
            .await
            .unwrap()
            .unwrap()
            .active
    );
    town.clock.advance(HOUR);
    town.store
        .suspend_account(&town.renee, false, BY)
        .await
        .unwrap();
    assert!(town.store.member(&town.membership).await.unwrap().active);
    town.try_to_log_in(RENEE, PASSWORD, "192.0.2.1")
        .await
        .unwrap();
}

async fn what_does_not_exist_is_not_found(town: Town) {
    let suspended = town.store.suspend_account("nobody", true, BY).await;
    assert!(
        matches!(suspended, Err(Error::NotFound { .. })),
        "{suspended:?}"
    );
    let member = town.store.member(&"fontclaire/nobody".into()).await;
    assert!(matches!(member, Err(Error::NotFound { .. })), "{member:?}");
    assert_eq!(
        town.store
            .find_collectivite(&"nowhere".into())
            .await
            .unwrap(),
        None
    );
}
