//! Lost factors: two people who may, neither the person nor each other.

use super::second_factor::{add_application, waiting};
use super::town::{BY, HOUR, PASSWORD, PORTAL, Town, add_collectivite, password};
use accounts::{
    Collectivite, CollectiviteKind, Error, FactorReset, Identification, NewAccount, NewMembership,
    Proof, ResetError, ResetGround, Step,
};
use policies::{MembershipId, Role};

on_both_databases![
    a_reset_takes_every_factor_and_ends_every_session,
    whoever_runs_the_installation_takes_factors_away_and_it_is_known,
    one_person_is_not_two,
    nobody_resets_their_own_factors,
    a_referent_never_touches_a_referent_but_two_correspondants_do,
    whoever_administers_elsewhere_is_for_correspondants,
    another_collectivites_agent_does_not_exist,
    a_request_lasts_three_days_and_serves_once,
    who_asked_must_still_be_allowed_to,
    a_lone_referent_needs_a_correspondant,
    who_has_not_accepted_to_be_there_is_not_there,
    a_town_that_somebody_has_left_takes_no_factor_of_theirs,
    a_cdg_helps_the_agents_of_its_own_collectivites,
    whoever_may_ask_may_withdraw_and_so_may_the_person,
    the_second_person_is_written_to_and_told_why,
    referents_see_what_they_can_confirm_and_no_more,
    who_waits_at_the_door_learns_whom_to_ask,
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

/// Asks, as pages do.
async fn request(
    town: &Town,
    subject: &MembershipId,
    by: &MembershipId,
) -> Result<String, ResetError> {
    let ground = ResetGround {
        identified: Identification::KnownNumber,
        reason: "téléphone perdu".to_owned(),
    };
    town.store.request_factor_reset(subject, by, &ground).await
}

/// What the CIG sees of Fontclaire.
async fn follow(town: &Town) -> Vec<FactorReset> {
    let (leave, account) = town.supervision("follower@cig.example", "fontclaire").await;
    let over = town.store.over(&leave, &account);
    over.list_factor_resets().await.unwrap()
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
    let id = request(&town, &town.membership, &one).await.unwrap();
    let waiting_for = follow(&town).await;
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
    assert!(follow(&town).await.is_empty());
    assert!(store.verify_journal().await.unwrap().is_ok());
}

async fn whoever_runs_the_installation_takes_factors_away_and_it_is_known(town: Town) {
    let session = town.log_in().await;
    add_application(&town, &session).await;
    let store = &town.store;
    let before = town.letters().await.len();
    store.forget_factors(&town.renee, "operator").await.unwrap();
    assert!(store.list_factors(&town.renee).await.unwrap().is_empty());
    assert!(town.session(&session.token, PORTAL).await.is_none());
    assert_eq!(town.letters().await.len(), before + 1, "she is told");
    town.log_in().await;
    let nobody = store.forget_factors("nobody", "operator").await;
    assert!(matches!(nobody, Err(Error::NotFound { .. })), "{nobody:?}");
}

async fn one_person_is_not_two(town: Town) {
    let agent = add(&town, "amina", "fontclaire", Role::Agent).await;
    let store = &town.store;
    let id = request(&town, &agent, &town.membership).await.unwrap();
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
        let refused = request(&town, &town.membership, by).await;
        assert!(
            matches!(refused, Err(ResetError::SamePerson)),
            "{refused:?}"
        );
    }
    let id = request(&town, &town.membership, &corinne).await.unwrap();
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
    let refused = request(&town, &rose, &town.membership).await;
    assert!(
        matches!(refused, Err(ResetError::Correspondants)),
        "{refused:?}"
    );
    let id = request(&town, &rose, &one).await.unwrap();
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
    let refused = request(&town, &agent, &town.membership).await;
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
        let refused = request(&town, subject, by).await;
        assert!(
            matches!(refused, Err(ResetError::Store(Error::NotFound { .. }))),
            "{refused:?}"
        );
    }
    let id = request(&town, &agent, &town.membership).await.unwrap();
    let stranger = add(&town, "rene", "ccas", Role::Referent).await;
    assert!(store.confirm_factor_reset(&id, &stranger).await.is_err());
}

async fn a_request_lasts_three_days_and_serves_once(town: Town) {
    let agent = add(&town, "amina", "fontclaire", Role::Agent).await;
    let rose = add(&town, "rose", "fontclaire", Role::Referent).await;
    let store = &town.store;
    let ask = || request(&town, &agent, &town.membership);
    let late = ask().await.unwrap();
    town.clock.advance(72 * HOUR);
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
    let id = request(&town, &agent, &town.membership).await.unwrap();
    store.suspend_account(&town.renee, true, BY).await.unwrap();
    let refused = store.confirm_factor_reset(&id, &rose).await;
    assert!(matches!(refused, Err(ResetError::Gone)), "{refused:?}");
    // And whoever is suspended does not act.
    let refused = request(&town, &agent, &town.membership).await;
    assert!(refused.is_err());
}

async fn a_lone_referent_needs_a_correspondant(town: Town) {
    add_cig(&town).await;
    let agent = add(&town, "amina", "fontclaire", Role::Agent).await;
    let corinne = add(&town, "corinne", "cig", Role::Correspondant).await;
    let store = &town.store;
    let id = request(&town, &agent, &town.membership).await.unwrap();
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
    let refused = request(&town, &agent, &town.membership).await;
    assert!(
        matches!(refused, Err(ResetError::Store(Error::NotFound { .. }))),
        "{refused:?}"
    );
}

async fn a_town_that_somebody_has_left_takes_no_factor_of_theirs(town: Town) {
    let agent = add(&town, "amina", "fontclaire", Role::Agent).await;
    let rose = add(&town, "rose", "fontclaire", Role::Referent).await;
    let id = request(&town, &agent, &town.membership).await.unwrap();
    let purview = town.purview(&town.membership).await;
    let within = town.store.within(&purview, &town.renee);
    let version = within.get(&agent).await.unwrap().version;
    let leave = town.leave(&agent).await;
    let left = Step::Leave(town.clock.now());
    within.take(&leave, version, left).await.unwrap();
    town.clock.advance(60);
    let late = town.store.confirm_factor_reset(&id, &rose).await;
    assert!(
        matches!(late, Err(ResetError::Store(Error::NotFound { .. }))),
        "{late:?}"
    );
    let refused = request(&town, &agent, &town.membership).await;
    assert!(
        matches!(refused, Err(ResetError::Store(Error::NotFound { .. }))),
        "{refused:?}"
    );
}

async fn a_cdg_helps_the_agents_of_its_own_collectivites(town: Town) {
    add_collectivite(&town.store, "cdg", "CDG").await.unwrap();
    let followed = Collectivite {
        id: "vauban".into(),
        name: "Vauban".to_owned(),
        kind: CollectiviteKind::Collectivite,
        cdg: Some("cdg".into()),
        services: Vec::new(),
        active: true,
    };
    town.store.add_collectivite(&followed, BY).await.unwrap();
    let pierre = add(&town, "pierre", "cdg", Role::Partenaire).await;
    let agent = add(&town, "amina", "vauban", Role::Agent).await;
    let rose = add(&town, "rose", "vauban", Role::Referent).await;
    let id = request(&town, &agent, &rose).await.unwrap();
    town.store.confirm_factor_reset(&id, &pierre).await.unwrap();
    let refused = request(&town, &rose, &pierre).await;
    assert!(
        matches!(refused, Err(ResetError::Correspondants)),
        "{refused:?}"
    );
    let refused = request(&town, &town.membership, &pierre).await;
    assert!(
        matches!(refused, Err(ResetError::Store(Error::NotFound { .. }))),
        "{refused:?}"
    );
}

async fn whoever_may_ask_may_withdraw_and_so_may_the_person(town: Town) {
    let agent = add(&town, "amina", "fontclaire", Role::Agent).await;
    let other = add(&town, "alain", "fontclaire", Role::Agent).await;
    let rose = add(&town, "rose", "fontclaire", Role::Referent).await;
    for by in [&town.membership, &rose, &agent] {
        let id = request(&town, &agent, &town.membership).await.unwrap();
        let refused = town.store.cancel_factor_reset(&id, &other).await;
        assert!(refused.is_err());
        town.store.cancel_factor_reset(&id, by).await.unwrap();
        let refused = town.store.confirm_factor_reset(&id, &rose).await;
        assert!(matches!(refused, Err(ResetError::Gone)), "{refused:?}");
    }
    assert!(town.store.verify_journal().await.unwrap().is_ok());
}

async fn the_second_person_is_written_to_and_told_why(town: Town) {
    add_cig(&town).await;
    let corinne = add(&town, "corinne", "cig", Role::Correspondant).await;
    let agent = add(&town, "amina", "fontclaire", Role::Agent).await;
    request(&town, &agent, &town.membership).await.unwrap();
    let written = async || -> Vec<String> {
        let letters = town.letters().await;
        letters.into_iter().map(|letter| letter.to).collect()
    };
    // Renée is alone: the CIG is asked.
    assert_eq!(written().await, ["amina@x.example", "corinne@x.example"]);
    add(&town, "rose", "fontclaire", Role::Referent).await;
    let id = request(&town, &agent, &town.membership).await.unwrap();
    assert!(written().await.contains(&"rose@x.example".to_owned()));
    let waiting = follow(&town).await;
    let reset = waiting.iter().find(|reset| reset.id == id).unwrap();
    assert_eq!(
        (reset.identified, reset.reason.as_str()),
        (Identification::KnownNumber, "téléphone perdu")
    );
    assert_eq!(reset.requester_name, "Renée Martin");
    town.store
        .confirm_factor_reset(&id, &corinne)
        .await
        .unwrap();
}

async fn referents_see_what_they_can_confirm_and_no_more(town: Town) {
    add_cig(&town).await;
    add_collectivite(&town.store, "ccas", "CCAS").await.unwrap();
    let corinne = add(&town, "corinne", "cig", Role::Correspondant).await;
    let agent = add(&town, "amina", "fontclaire", Role::Agent).await;
    let rose = add(&town, "rose", "fontclaire", Role::Referent).await;
    let stranger = add(&town, "rene", "ccas", Role::Referent).await;
    request(&town, &agent, &town.membership).await.unwrap();
    request(&town, &rose, &corinne).await.unwrap();
    let purview = town.purview(&town.membership).await;
    let within = town.store.within(&purview, &town.renee);
    let seen = within.list_factor_resets().await.unwrap();
    assert_eq!(seen.len(), 1);
    assert_eq!(seen[0].membership, agent);
    let purview = town.purview(&stranger).await;
    let within = town.store.within(&purview, "rene");
    assert!(within.list_factor_resets().await.unwrap().is_empty());
    let all = follow(&town).await;
    assert_eq!(all.len(), 2);
    assert!(all[1].for_correspondants && !all[0].for_correspondants);
    // The person sees their own.
    let amina = account(&town, "amina").await;
    let own = town.store.list_own_factor_resets(&amina).await.unwrap();
    assert_eq!(own.len(), 1);
}

async fn who_waits_at_the_door_learns_whom_to_ask(town: Town) {
    let session = town.log_in().await;
    add_application(&town, &session).await;
    let pending = waiting(&town).await;
    // A référent is helped by no référent.
    let helpers = town.store.list_helpers(pending.as_str(), PORTAL).await;
    assert!(helpers.unwrap().is_empty());
    let mut connection = town.database.connect().await.unwrap();
    sqlx::query("UPDATE memberships SET role = 'agent' WHERE id = $1")
        .bind(town.membership.as_str())
        .execute(&mut connection)
        .await
        .unwrap();
    add(&town, "rose", "fontclaire", Role::Referent).await;
    let helpers = town.store.list_helpers(pending.as_str(), PORTAL).await;
    assert_eq!(helpers.unwrap(), ["rose Petit"]);
    let none = town.store.list_helpers("nothing", PORTAL).await.unwrap();
    assert!(none.is_empty());
}
