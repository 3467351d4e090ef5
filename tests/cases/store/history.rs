//! What people and collectivités were at past moments, from the versions that every write keeps.

use super::town::{BY, HOUR, Town, fontclaire};
use accounts::{Grant, NewMembership};
use convergences_tests::operator::withdraw_rule;
use policies::{Level, Member, MembershipId, Right, Role, Rule};
use sqlx::Executor as _;

on_both_databases![
    somebody_is_known_as_they_were_at_any_moment,
    rules_and_services_are_those_of_then,
    what_was_there_before_is_known_from_the_first_round_on,
    whoever_is_erased_leaves_no_version,
];

/// Aline, in two groups.
async fn aline(town: &Town) -> MembershipId {
    let account = town.add_stranger("aline@fontclaire.example").await;
    let new = NewMembership {
        account: &account,
        collectivite: &fontclaire(),
        role: Role::Agent,
        groups: &[("paie", "Paie"), ("rh", "RH")],
    };
    town.store.add_membership(new, BY).await.unwrap()
}

async fn then(town: &Town, id: &MembershipId, at: i64) -> Option<Member> {
    let purview = town.purview(&town.membership).await;
    let within = town.store.within(&purview, &town.renee);
    let past = within.past(at, Some(id)).await.unwrap();
    past.people.into_iter().next().map(|one| one.member)
}

async fn somebody_is_known_as_they_were_at_any_moment(town: Town) {
    let purview = town.purview(&town.membership).await;
    let within = town.store.within(&purview, &town.renee);
    let start = town.clock.now();
    town.clock.advance(HOUR);
    let id = aline(&town).await;
    let mut seen = Vec::new();
    let note = async |seen: &mut Vec<(i64, Member)>| {
        let now = town.store.member(&id).await.unwrap();
        seen.push((town.clock.now(), (*now).clone()));
        town.clock.advance(HOUR);
    };
    note(&mut seen).await;
    let grant = Grant {
        membership: id.clone(),
        service: "bip".into(),
        level: Level::Lecture,
        starts_at: None,
        ends_at: Some(town.clock.now() + 10 * HOUR),
    };
    town.store.add_grant(&grant, BY).await.unwrap();
    note(&mut seen).await;
    town.store
        .revoke_grants(&id, &"bip".into(), BY)
        .await
        .unwrap();
    note(&mut seen).await;
    let right = |level| Right {
        service: "site".into(),
        level,
    };
    let profile = within
        .add_profile("Lecteurs", &[right(Level::Lecture)])
        .await
        .unwrap();
    let leave = town.leave(&id).await;
    within
        .assign_profile(&[(leave, 1)], Some(&profile))
        .await
        .unwrap();
    note(&mut seen).await;
    let account = town.store.find_account("aline@fontclaire.example").await;
    let account = account.unwrap().unwrap().id;
    for suspended in [true, false] {
        let suspend = town.store.suspend_account(&account, suspended, BY);
        suspend.await.unwrap();
        note(&mut seen).await;
    }
    assert_eq!(then(&town, &id, start).await, None);
    for (at, expected) in &seen {
        let found = then(&town, &id, at + HOUR / 2).await;
        assert_eq!(found.as_ref(), Some(expected), "{at}");
    }
    assert!(seen.iter().any(|(_, member)| !member.active));
    assert!(seen.iter().any(|(_, member)| member.rights.len() == 1));
}

async fn rules_and_services_are_those_of_then(town: Town) {
    let purview = town.purview(&town.membership).await;
    let within = town.store.within(&purview, &town.renee);
    let rule = |service: &str| Rule {
        id: "a".to_owned(),
        text: format!(
            "permit (principal in Collectivite::\"fontclaire\", action in [Action::\"lecture\"], \
             resource in Service::\"{service}\");"
        ),
    };
    let mut moments = vec![town.clock.now()];
    for service in ["bip", "site"] {
        town.clock.advance(HOUR);
        town.store
            .publish_rule(&town.vocabulary, &fontclaire(), &rule(service), BY)
            .await
            .unwrap();
        moments.push(town.clock.now());
    }
    town.clock.advance(HOUR);
    withdraw_rule(&town.store, &fontclaire(), "a")
        .await
        .unwrap();
    moments.push(town.clock.now());
    let mut told = Vec::new();
    for at in moments {
        let past = within.past(at, None).await.unwrap();
        told.push(past.rules);
        assert!(past.tenant.unwrap().active);
    }
    let expected = [vec![], vec![rule("bip")], vec![rule("site")], vec![]];
    assert_eq!(told, expected);
    let before = within.past(0, None).await.unwrap();
    assert_eq!((before.tenant, before.people.len()), (None, 0));
}

async fn what_was_there_before_is_known_from_the_first_round_on(town: Town) {
    let purview = town.purview(&town.membership).await;
    let within = town.store.within(&purview, &town.renee);
    let mut beside = town.database.connect().await.unwrap();
    for empty in [
        "DELETE FROM member_versions",
        "DELETE FROM collectivite_versions",
    ] {
        beside.execute(empty).await.unwrap();
    }
    let before = within.past(town.clock.now(), None).await.unwrap();
    assert_eq!((before.unknown, before.people.len()), (1, 0));
    town.clock.advance(HOUR);
    let rounds = accounts::Rounds::default();
    town.store.daily_round(&rounds).await.unwrap();
    let now = within.past(town.clock.now(), None).await.unwrap();
    assert_eq!((now.unknown, now.people.len()), (0, 1));
    assert!(now.tenant.is_some());
    let earlier = town.clock.now() - HOUR;
    assert_eq!(within.past(earlier, None).await.unwrap().unknown, 1);
}

async fn whoever_is_erased_leaves_no_version(town: Town) {
    let id = aline(&town).await;
    let before = town.count("member_versions").await;
    let mut beside = town.database.connect().await.unwrap();
    let delete = sqlx::query("UPDATE memberships SET deleted_at = 1 WHERE id = $1");
    delete.bind(id.as_str()).execute(&mut beside).await.unwrap();
    town.store.erase_deleted().await.unwrap();
    assert_eq!(town.count("member_versions").await, before - 1);
}
