//! From one collectivité to another: the account goes along, the rights do not.

use super::seats::allow;
use super::town::{BY, HOUR, NOW, PASSWORD, Town, add_collectivite, join, password};
use accounts::{
    Amendment, ChronicleFilter, DirectRight, Error, Intake, NewAccount, NewMembership, Newcomer,
    Standing, Step, Transfer,
};
use policies::{Level, MembershipId, Role};

on_both_databases![
    the_account_goes_along_and_every_right_stays_behind,
    both_journals_tell_it_and_everybody_is_written_to,
    only_the_named_collectivite_answers_and_once,
    who_cannot_log_in_is_not_released,
    the_last_referent_is_not_released,
    a_release_is_taken_back_and_the_person_stays,
    an_unanswered_transfer_ends_after_thirty_days,
    another_leaving_date_or_a_suspension_ends_the_transfer,
    a_file_with_another_leaving_date_ends_the_transfer_and_the_same_one_does_not,
    who_was_there_before_comes_back_with_nothing,
    who_is_there_already_stays_as_they_are,
    what_an_unanswered_proposal_prepared_does_not_live_on,
    nobody_accepts_their_own_arrival,
    a_release_taken_back_needs_the_seat_that_it_gave_up,
    a_declined_transfer_leaves_the_last_day,
    collectivites_are_found_by_name_and_no_other_body,
];

/// The end of the last day.
const LAST_DAY: i64 = NOW + 10 * 24 * HOUR;

/// Somebody with a password and a membership.
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
        groups: &[("paie", "Paie")],
    };
    town.store.add_membership(new, BY).await.unwrap()
}

/// Amina of Fontclaire, and Rose, who runs the CCAS.
async fn two_towns(town: &Town) -> (MembershipId, MembershipId) {
    add_collectivite(&town.store, "ccas", "CCAS de Fontclaire")
        .await
        .unwrap();
    let amina = add(town, "amina", "fontclaire", Role::Agent).await;
    (amina, add(town, "rose", "ccas", Role::Referent).await)
}

async fn account(town: &Town, name: &str) -> String {
    let login = format!("{name}@x.example");
    town.store.find_account(&login).await.unwrap().unwrap().id
}

/// Renée releases somebody to the CCAS.
async fn release(town: &Town, member: &MembershipId) -> Result<(), Error> {
    let purview = town.purview(&town.membership).await;
    let within = town.store.within(&purview, &town.renee);
    let version = within.get(member).await?.version;
    let leave = town.leave(member).await;
    within
        .release(&leave, version, &"ccas".into(), LAST_DAY)
        .await
}

/// What a référent sees coming.
async fn arrivals(town: &Town, by: &MembershipId) -> Vec<Transfer> {
    let purview = town.purview(by).await;
    town.store
        .within(&purview, "rose")
        .list_arrivals()
        .await
        .unwrap()
}

async fn accept(town: &Town, by: &MembershipId, transfer: &str) -> Result<MembershipId, Error> {
    let purview = town.purview(by).await;
    let within = town.store.within(&purview, "rose");
    within.accept_arrival(transfer).await
}

async fn give_bip(town: &Town, by: &MembershipId, member: &MembershipId) {
    let purview = town.purview(by).await;
    let within = town.store.within(&purview, BY);
    let right = DirectRight {
        service: "bip".into(),
        level: Some(Level::Ecriture),
        ends_at: None,
    };
    let version = within.get(member).await.unwrap().version;
    let leave = town.leave_by(by, member).await;
    within
        .set_direct_rights(&[(leave, version, vec![right])])
        .await
        .unwrap();
}

async fn the_account_goes_along_and_every_right_stays_behind(town: Town) {
    let (amina, rose) = two_towns(&town).await;
    give_bip(&town, &town.membership, &amina).await;
    release(&town, &amina).await.unwrap();
    let seen = arrivals(&town, &rose).await;
    assert_eq!(seen.len(), 1);
    assert_eq!(
        (seen[0].name.as_str(), seen[0].login.as_str()),
        ("amina Petit", "amina@x.example")
    );
    assert_eq!(
        (seen[0].from.as_str(), seen[0].left_at),
        ("Ville de Fontclaire", LAST_DAY)
    );
    let there = accept(&town, &rose, &seen[0].id).await.unwrap();
    let member = town.store.member(&there).await.unwrap();
    assert!(member.active && member.rights.is_empty() && member.groups.is_empty());
    assert_eq!(member.role, Role::Agent);
    // The same account, in both until the last day.
    let amina_account = account(&town, "amina").await;
    let memberships = town.store.list_memberships(&amina_account).await.unwrap();
    assert_eq!(memberships.len(), 2);
    assert_eq!(town.store.member(&amina).await.unwrap().rights.len(), 1);
    town.clock.advance(10 * 24 * HOUR);
    let memberships = town.store.list_memberships(&amina_account).await.unwrap();
    assert_eq!(memberships.len(), 1);
    assert_eq!(memberships[0].id, there);
}

async fn both_journals_tell_it_and_everybody_is_written_to(town: Town) {
    let (amina, rose) = two_towns(&town).await;
    release(&town, &amina).await.unwrap();
    let id = arrivals(&town, &rose).await.remove(0).id;
    accept(&town, &rose, &id).await.unwrap();
    for (by, acts) in [
        (&town.membership, ["transfer.accepted", "transfer.release"]),
        (&rose, ["transfer.accept", "transfer.announce"]),
    ] {
        let purview = town.purview(by).await;
        let filter = ChronicleFilter {
            act: "transfer.".to_owned(),
            ..ChronicleFilter::default()
        };
        let entries = town.store.within(&purview, BY).chronicle(&filter).await;
        let entries = entries.unwrap();
        let told: Vec<_> = entries.iter().map(|entry| entry.act.as_str()).collect();
        assert_eq!(told, acts);
    }
    let mut written: Vec<_> = town.letters().await.into_iter().map(|l| l.to).collect();
    written.sort();
    assert_eq!(
        written,
        [
            "amina@x.example",
            "amina@x.example",
            "renee.martin@fontclaire.example",
            "rose@x.example"
        ]
    );
    assert!(town.store.verify_journal().await.unwrap().is_ok());
}

async fn only_the_named_collectivite_answers_and_once(town: Town) {
    let (amina, rose) = two_towns(&town).await;
    add_collectivite(&town.store, "vauban", "Vauban")
        .await
        .unwrap();
    let stranger = add(&town, "rene", "vauban", Role::Referent).await;
    release(&town, &amina).await.unwrap();
    let id = arrivals(&town, &rose).await.remove(0).id;
    assert!(arrivals(&town, &stranger).await.is_empty());
    for by in [&stranger, &town.membership] {
        let refused = accept(&town, by, &id).await;
        assert!(
            matches!(refused, Err(Error::NotFound { .. })),
            "{refused:?}"
        );
    }
    // Released once, not twice.
    let refused = release(&town, &amina).await;
    assert!(matches!(refused, Err(Error::Exists { .. })), "{refused:?}");
    accept(&town, &rose, &id).await.unwrap();
    let refused = accept(&town, &rose, &id).await;
    assert!(
        matches!(refused, Err(Error::NotFound { .. })),
        "{refused:?}"
    );
}

async fn who_cannot_log_in_is_not_released(town: Town) {
    let (amina, _) = two_towns(&town).await;
    let purview = town.purview(&town.membership).await;
    let within = town.store.within(&purview, &town.renee);
    let leave = town.leave(&amina).await;
    for (step, back) in [
        (Step::Suspend(NOW), Step::Restore),
        (Step::Delete, Step::Undelete),
        (Step::Leave(NOW), Step::Stay),
    ] {
        let version = within.get(&amina).await.unwrap().version;
        within.take(&leave, version, step).await.unwrap();
        let refused = release(&town, &amina).await;
        assert!(matches!(refused, Err(Error::Stale { .. })), "{refused:?}");
        within.take(&leave, version + 1, back).await.unwrap();
    }
    let invited = town.add_stranger("zoe@x.example").await;
    let invited = enter(&town, &invited, "fontclaire", Role::Agent).await;
    let refused = release(&town, &invited).await;
    assert!(matches!(refused, Err(Error::Stale { .. })), "{refused:?}");
    let nowhere = within.release(&leave, 7, &"nowhere".into(), LAST_DAY).await;
    assert!(
        matches!(nowhere, Err(Error::NotFound { .. })),
        "{nowhere:?}"
    );
    let itself = within
        .release(&leave, 7, &"fontclaire".into(), LAST_DAY)
        .await;
    assert!(matches!(itself, Err(Error::NotFound { .. })), "{itself:?}");
    release(&town, &amina).await.unwrap();
}

async fn the_last_referent_is_not_released(town: Town) {
    let (_, _) = two_towns(&town).await;
    let zoe = add(&town, "zoe", "fontclaire", Role::Referent).await;
    // Renée goes first: Zoé is the last one then.
    let purview = town.purview(&zoe).await;
    let within = town.store.within(&purview, "zoe");
    let leave = town.leave_by(&zoe, &town.membership).await;
    let version = within.get(&town.membership).await.unwrap().version;
    within
        .release(&leave, version, &"ccas".into(), LAST_DAY)
        .await
        .unwrap();
    for refused in [
        release(&town, &zoe).await,
        take_in(&town, &zoe, Some(LAST_DAY)).await,
    ] {
        assert!(
            matches!(refused, Err(Error::LastReferent(_))),
            "{refused:?}"
        );
    }
}

async fn a_release_is_taken_back_and_the_person_stays(town: Town) {
    let (amina, rose) = two_towns(&town).await;
    release(&town, &amina).await.unwrap();
    let id = arrivals(&town, &rose).await.remove(0).id;
    let purview = town.purview(&town.membership).await;
    let within = town.store.within(&purview, &town.renee);
    let leave = town.leave(&amina).await;
    let version = within.get(&amina).await.unwrap().version;
    assert!(within.find_transfer(&amina).await.unwrap().is_some());
    within.cancel_release(&leave, version).await.unwrap();
    assert_eq!(within.get(&amina).await.unwrap().left_at, None);
    assert!(within.find_transfer(&amina).await.unwrap().is_none());
    assert!(arrivals(&town, &rose).await.is_empty());
    assert!(accept(&town, &rose, &id).await.is_err());
    let refused = within.cancel_release(&leave, version + 1).await;
    assert!(
        matches!(refused, Err(Error::NotFound { .. })),
        "{refused:?}"
    );
    release(&town, &amina).await.unwrap();
}

async fn an_unanswered_transfer_ends_after_thirty_days(town: Town) {
    let (amina, rose) = two_towns(&town).await;
    release(&town, &amina).await.unwrap();
    let id = arrivals(&town, &rose).await.remove(0).id;
    town.clock.advance(30 * 24 * HOUR);
    assert!(arrivals(&town, &rose).await.is_empty());
    assert!(accept(&town, &rose, &id).await.is_err());
}

async fn another_leaving_date_or_a_suspension_ends_the_transfer(town: Town) {
    let (amina, rose) = two_towns(&town).await;
    let purview = town.purview(&town.membership).await;
    let within = town.store.within(&purview, &town.renee);
    let leave = town.leave(&amina).await;
    for step in [Step::Stay, Step::Leave(LAST_DAY + HOUR), Step::Delete] {
        let entry = within.get(&amina).await.unwrap();
        within
            .take(&leave, entry.version, Step::Stay)
            .await
            .unwrap();
        release(&town, &amina).await.unwrap();
        let id = arrivals(&town, &rose).await.pop().unwrap().id;
        let version = within.get(&amina).await.unwrap().version;
        within.take(&leave, version, step).await.unwrap();
        assert!(arrivals(&town, &rose).await.is_empty(), "{step:?}");
        assert!(accept(&town, &rose, &id).await.is_err(), "{step:?}");
    }
    // Nor does it come back with the same date.
    for step in [Step::Undelete, Step::Stay, Step::Leave(LAST_DAY)] {
        let version = within.get(&amina).await.unwrap().version;
        within.take(&leave, version, step).await.unwrap();
    }
    assert!(arrivals(&town, &rose).await.is_empty());
}

/// Renée's file has somebody with this last day.
async fn take_in(town: &Town, id: &MembershipId, left_at: Option<i64>) -> Result<(), Error> {
    let purview = town.purview(&town.membership).await;
    let within = town.store.within(&purview, &town.renee);
    let file = within.keep_import("agents.csv", b"Nom;...").await?;
    let entry = within.get(id).await?;
    let record = Newcomer {
        given_name: entry.given_name,
        family_name: entry.family_name,
        login: entry.login,
        profile: None,
        group: None,
        left_at,
    };
    let amendment = Amendment {
        leave: town.leave(id).await,
        version: entry.version,
        record,
    };
    let intake = Intake {
        amendments: vec![amendment],
        ..Intake::default()
    };
    within.take_in(&file, &intake, "").await
}

async fn a_file_with_another_leaving_date_ends_the_transfer_and_the_same_one_does_not(town: Town) {
    let (amina, rose) = two_towns(&town).await;
    release(&town, &amina).await.unwrap();
    take_in(&town, &amina, Some(LAST_DAY)).await.unwrap();
    assert_eq!(arrivals(&town, &rose).await.len(), 1);
    take_in(&town, &amina, None).await.unwrap();
    assert!(arrivals(&town, &rose).await.is_empty());
}

async fn who_was_there_before_comes_back_with_nothing(town: Town) {
    let (amina, rose) = two_towns(&town).await;
    let amina_account = account(&town, "amina").await;
    let before = enter(&town, &amina_account, "ccas", Role::Agent).await;
    give_bip(&town, &rose, &before).await;
    let purview = town.purview(&rose).await;
    let within = town.store.within(&purview, "rose");
    let leave = town.leave_by(&rose, &before).await;
    let version = within.get(&before).await.unwrap().version;
    within
        .take(&leave, version, Step::Leave(NOW))
        .await
        .unwrap();
    release(&town, &amina).await.unwrap();
    let id = arrivals(&town, &rose).await.remove(0).id;
    let there = accept(&town, &rose, &id).await.unwrap();
    assert_eq!(there, before);
    let member = town.store.member(&there).await.unwrap();
    assert!(member.active && member.rights.is_empty() && member.groups.is_empty());
    let entry = within.get(&there).await.unwrap();
    assert_eq!(entry.standing, Standing::Active);
}

async fn who_is_there_already_stays_as_they_are(town: Town) {
    let (amina, rose) = two_towns(&town).await;
    let amina_account = account(&town, "amina").await;
    let own = enter(&town, &amina_account, "ccas", Role::Agent).await;
    give_bip(&town, &rose, &own).await;
    release(&town, &amina).await.unwrap();
    let id = arrivals(&town, &rose).await.remove(0).id;
    assert_eq!(accept(&town, &rose, &id).await.unwrap(), own);
    let member = town.store.member(&own).await.unwrap();
    // What the CCAS gave them is its own business.
    assert_eq!((member.rights.len(), member.groups.len()), (1, 1));
}

async fn what_an_unanswered_proposal_prepared_does_not_live_on(town: Town) {
    let (amina, rose) = two_towns(&town).await;
    let amina_account = account(&town, "amina").await;
    let proposed = enter(&town, &amina_account, "ccas", Role::Agent).await;
    give_bip(&town, &rose, &proposed).await;
    let mut connection = town.database.connect().await.unwrap();
    sqlx::query("UPDATE memberships SET accepted_at = NULL WHERE id = $1")
        .bind(proposed.as_str())
        .execute(&mut connection)
        .await
        .unwrap();
    release(&town, &amina).await.unwrap();
    let id = arrivals(&town, &rose).await.remove(0).id;
    assert_eq!(accept(&town, &rose, &id).await.unwrap(), proposed);
    let member = town.store.member(&proposed).await.unwrap();
    assert!(member.active && member.rights.is_empty() && member.groups.is_empty());
}

async fn nobody_accepts_their_own_arrival(town: Town) {
    let (_, rose) = two_towns(&town).await;
    let rose_account = account(&town, "rose").await;
    let at_fontclaire = enter(&town, &rose_account, "fontclaire", Role::Agent).await;
    release(&town, &at_fontclaire).await.unwrap();
    let id = arrivals(&town, &rose).await.remove(0).id;
    let purview = town.purview(&rose).await;
    let within = town.store.within(&purview, &rose_account);
    let refused = within.accept_arrival(&id).await;
    assert!(matches!(refused, Err(Error::OwnRights)), "{refused:?}");
    assert_eq!(arrivals(&town, &rose).await.len(), 1);
}

async fn a_release_taken_back_needs_the_seat_that_it_gave_up(town: Town) {
    let (amina, _) = two_towns(&town).await;
    allow(&town, Some(1)).await;
    give_bip(&town, &town.membership, &amina).await;
    release(&town, &amina).await.unwrap();
    town.clock.advance(LAST_DAY - NOW);
    let zoe = add(&town, "zoe", "fontclaire", Role::Agent).await;
    give_bip(&town, &town.membership, &zoe).await;
    let purview = town.purview(&town.membership).await;
    let within = town.store.within(&purview, &town.renee);
    let leave = town.leave(&amina).await;
    let version = within.get(&amina).await.unwrap().version;
    let refused = within.cancel_release(&leave, version).await;
    assert!(matches!(refused, Err(Error::Full(_))), "{refused:?}");
    assert!(within.find_transfer(&amina).await.unwrap().is_some());
}

async fn a_declined_transfer_leaves_the_last_day(town: Town) {
    let (amina, rose) = two_towns(&town).await;
    release(&town, &amina).await.unwrap();
    let id = arrivals(&town, &rose).await.remove(0).id;
    let purview = town.purview(&rose).await;
    let within = town.store.within(&purview, "rose");
    within.decline_arrival(&id, "poste pourvu").await.unwrap();
    let amina_account = account(&town, "amina").await;
    let memberships = town.store.list_memberships(&amina_account).await.unwrap();
    assert_eq!(memberships.len(), 1);
    let purview = town.purview(&town.membership).await;
    let entry = town.store.within(&purview, BY).get(&amina).await.unwrap();
    assert_eq!(entry.left_at, Some(LAST_DAY));
    // Somebody else may want them.
    release(&town, &amina).await.unwrap();
}

async fn collectivites_are_found_by_name_and_no_other_body(town: Town) {
    two_towns(&town).await;
    town.supervision("corinne@cig.example", "fontclaire").await;
    join(&town.store, &town.renee, "ccas").await.unwrap();
    let purview = town.purview(&town.membership).await;
    let within = town.store.within(&purview, &town.renee);
    let found = within.find_receivers("font").await.unwrap();
    assert_eq!(found, [("ccas".into(), "CCAS de Fontclaire".to_owned())]);
    assert!(within.find_receivers(" ").await.unwrap().is_empty());
}
