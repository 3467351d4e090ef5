//! Lost factors: two people who may, neither the person nor each other.

use super::second_factor::{add_application, waiting};
use super::town::{BY, HOUR, PASSWORD, PORTAL, Town, add_collectivite, password};
use accounts::{Error, NewAccount, NewMembership, Proof, ResetError};
use policies::{MembershipId, Role};

on_both_databases![
    a_reset_takes_every_factor_and_ends_every_session,
    one_person_is_not_two,
    nobody_resets_their_own_factors,
    a_referent_never_touches_a_referent_but_two_correspondants_do,
    whoever_administers_elsewhere_is_for_correspondants,
    another_collectivites_agent_does_not_exist,
    a_request_lasts_a_day_and_serves_once,
    who_asked_must_still_be_allowed_to,
    a_lone_referent_needs_a_correspondant,
    who_has_not_accepted_to_be_there_is_not_there,
];

/// Somebody new in a collectivité.
async fn add(town: &Town, name: &str, collectivite: &str, role: Role) -> MembershipId {
    let secret = password(PASSWORD);
    let login = format!("{name}@x.example");
    let new = NewAccount {
        login: &login,
        given_name: name,
        family_name: "Petit",
        password: Some(&secret),
    };
    let account = town.store.add_account(new, BY).await.unwrap();
    enter(town, &account, collectivite, role).await
}

async fn enter(town: &Town, account: &str, collectivite: &str, role: Role) -> MembershipId {
    let new = NewMembership {
        account,
        collectivite: &collectivite.into(),
        role,
        groups: &[],
    };
    town.store.add_membership(new, BY).await.unwrap()
}

async fn account(town: &Town, name: &str) -> String {
    let login = format!("{name}@x.example");
    town.store.find_account(&login).await.unwrap().unwrap().id
}

async fn add_cig(town: &Town) {
    add_collectivite(&town.store, "cig", "CIG").await.unwrap();
}

async fn a_reset_takes_every_factor_and_ends_every_session(town: Town) {
    add_cig(&town).await;
    let one = add(&town, "corinne", "cig", Role::Correspondant).await;
    let two = add(&town, "colette", "cig", Role::Correspondant).await;
    let session = town.log_in().await;
    add_application(&town, &session).await;
    let pending = waiting(&town).await;
    let store = &town.store;
    let id = store
        .request_factor_reset(&town.membership, &one)
        .await
        .unwrap();
    let waiting_for = store
        .list_factor_resets(&"fontclaire".into())
        .await
        .unwrap();
    assert_eq!(waiting_for.len(), 1);
    assert_eq!(
        (&waiting_for[0].id, &waiting_for[0].membership),
        (&id, &town.membership)
    );
    assert_eq!(store.list_factors(&town.renee).await.unwrap().len(), 1);
    store.confirm_factor_reset(&id, &two).await.unwrap();
    assert!(store.list_factors(&town.renee).await.unwrap().is_empty());
    assert!(town.session(&session.token, PORTAL).await.is_none());
    let proof = Proof::Totp("000000");
    let gone = store.show_second_factor(pending.as_str(), proof, super::town::at("192.0.2.1"));
    assert!(gone.await.is_err());
    // The password alone again, until there is a new one.
    town.log_in().await;
    let left = store
        .list_factor_resets(&"fontclaire".into())
        .await
        .unwrap();
    assert!(left.is_empty());
    assert!(store.verify_journal().await.unwrap().is_ok());
}

async fn one_person_is_not_two(town: Town) {
    let agent = add(&town, "amina", "fontclaire", Role::Agent).await;
    let store = &town.store;
    let id = store
        .request_factor_reset(&agent, &town.membership)
        .await
        .unwrap();
    let refused = store.confirm_factor_reset(&id, &town.membership).await;
    assert!(
        matches!(refused, Err(ResetError::SamePerson)),
        "{refused:?}"
    );
    // Under another hat she is still the same person.
    add_cig(&town).await;
    let hat = enter(&town, &town.renee, "cig", Role::Correspondant).await;
    let refused = store.confirm_factor_reset(&id, &hat).await;
    assert!(
        matches!(refused, Err(ResetError::SamePerson)),
        "{refused:?}"
    );
    let other = add(&town, "rose", "fontclaire", Role::Referent).await;
    store.confirm_factor_reset(&id, &other).await.unwrap();
}

async fn nobody_resets_their_own_factors(town: Town) {
    add_cig(&town).await;
    let hat = enter(&town, &town.renee, "cig", Role::Correspondant).await;
    let corinne = add(&town, "corinne", "cig", Role::Correspondant).await;
    let store = &town.store;
    for by in [&town.membership, &hat] {
        let refused = store.request_factor_reset(&town.membership, by).await;
        assert!(
            matches!(refused, Err(ResetError::SamePerson)),
            "{refused:?}"
        );
    }
    let id = store
        .request_factor_reset(&town.membership, &corinne)
        .await
        .unwrap();
    for by in [&town.membership, &hat] {
        let refused = store.confirm_factor_reset(&id, by).await;
        assert!(
            matches!(refused, Err(ResetError::SamePerson)),
            "{refused:?}"
        );
    }
}

async fn a_referent_never_touches_a_referent_but_two_correspondants_do(town: Town) {
    add_cig(&town).await;
    let rose = add(&town, "rose", "fontclaire", Role::Referent).await;
    let one = add(&town, "corinne", "cig", Role::Correspondant).await;
    let two = add(&town, "colette", "cig", Role::Correspondant).await;
    let store = &town.store;
    let refused = store.request_factor_reset(&rose, &town.membership).await;
    assert!(
        matches!(refused, Err(ResetError::Correspondants)),
        "{refused:?}"
    );
    let id = store.request_factor_reset(&rose, &one).await.unwrap();
    let refused = store.confirm_factor_reset(&id, &town.membership).await;
    assert!(
        matches!(refused, Err(ResetError::Correspondants)),
        "{refused:?}"
    );
    store.confirm_factor_reset(&id, &two).await.unwrap();
}

async fn whoever_administers_elsewhere_is_for_correspondants(town: Town) {
    add_collectivite(&town.store, "ccas", "CCAS").await.unwrap();
    let agent = add(&town, "agnes", "fontclaire", Role::Agent).await;
    let agnes = account(&town, "agnes").await;
    enter(&town, &agnes, "ccas", Role::Referent).await;
    let refused = town
        .store
        .request_factor_reset(&agent, &town.membership)
        .await;
    assert!(
        matches!(refused, Err(ResetError::Correspondants)),
        "{refused:?}"
    );
}

async fn another_collectivites_agent_does_not_exist(town: Town) {
    add_collectivite(&town.store, "ccas", "CCAS").await.unwrap();
    let foreign = add(&town, "agnes", "ccas", Role::Agent).await;
    let agent = add(&town, "amina", "fontclaire", Role::Agent).await;
    let partner = add(&town, "pierre", "ccas", Role::Partenaire).await;
    let store = &town.store;
    for (subject, by) in [
        (&foreign, &town.membership),
        (&"fontclaire/nobody".into(), &town.membership),
        (&agent, &partner),
        (&agent, &foreign),
        (&agent, &agent),
    ] {
        let refused = store.request_factor_reset(subject, by).await;
        assert!(
            matches!(refused, Err(ResetError::Store(Error::NotFound { .. }))),
            "{refused:?}"
        );
    }
    let id = store
        .request_factor_reset(&agent, &town.membership)
        .await
        .unwrap();
    let stranger = add(&town, "rene", "ccas", Role::Referent).await;
    assert!(store.confirm_factor_reset(&id, &stranger).await.is_err());
}

async fn a_request_lasts_a_day_and_serves_once(town: Town) {
    let agent = add(&town, "amina", "fontclaire", Role::Agent).await;
    let rose = add(&town, "rose", "fontclaire", Role::Referent).await;
    let store = &town.store;
    let ask = || store.request_factor_reset(&agent, &town.membership);
    let late = ask().await.unwrap();
    town.clock.advance(24 * HOUR);
    let refused = store.confirm_factor_reset(&late, &rose).await;
    assert!(matches!(refused, Err(ResetError::Gone)), "{refused:?}");
    let (one, twin) = (ask().await.unwrap(), ask().await.unwrap());
    store.confirm_factor_reset(&one, &rose).await.unwrap();
    // Neither again, nor by the twin: what she adds now was not asked about.
    for id in [&one, &twin] {
        let refused = store.confirm_factor_reset(id, &rose).await;
        assert!(matches!(refused, Err(ResetError::Gone)), "{refused:?}");
    }
}

async fn who_asked_must_still_be_allowed_to(town: Town) {
    let agent = add(&town, "amina", "fontclaire", Role::Agent).await;
    let rose = add(&town, "rose", "fontclaire", Role::Referent).await;
    let store = &town.store;
    let id = store
        .request_factor_reset(&agent, &town.membership)
        .await
        .unwrap();
    store.suspend_account(&town.renee, true, BY).await.unwrap();
    let refused = store.confirm_factor_reset(&id, &rose).await;
    assert!(matches!(refused, Err(ResetError::Gone)), "{refused:?}");
    // And whoever is suspended does not act.
    let refused = store.request_factor_reset(&agent, &town.membership).await;
    assert!(refused.is_err());
}

async fn a_lone_referent_needs_a_correspondant(town: Town) {
    add_cig(&town).await;
    let agent = add(&town, "amina", "fontclaire", Role::Agent).await;
    let corinne = add(&town, "corinne", "cig", Role::Correspondant).await;
    let store = &town.store;
    let id = store
        .request_factor_reset(&agent, &town.membership)
        .await
        .unwrap();
    store.confirm_factor_reset(&id, &corinne).await.unwrap();
}

async fn who_has_not_accepted_to_be_there_is_not_there(town: Town) {
    let agent = add(&town, "amina", "fontclaire", Role::Agent).await;
    let mut connection = town.database.connect().await.unwrap();
    sqlx::query("UPDATE memberships SET accepted_at = NULL WHERE id = $1")
        .bind(agent.as_str())
        .execute(&mut connection)
        .await
        .unwrap();
    let refused = town
        .store
        .request_factor_reset(&agent, &town.membership)
        .await;
    assert!(
        matches!(refused, Err(ResetError::Store(Error::NotFound { .. }))),
        "{refused:?}"
    );
}
