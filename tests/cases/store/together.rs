//! The same for many: all of them or nobody, each in the journal.

use super::town::{NOW, RENEE, Town, join};
use accounts::{ChronicleFilter, Error, NewPerson, Standing, Step};
use policies::{Attribution, MembershipId, Role};

on_both_databases![
    many_are_suspended_and_each_is_in_the_journal,
    one_who_changed_meanwhile_keeps_all_as_they_are,
    the_last_referent_among_many_keeps_all_as_they_are,
    many_are_reminded_or_nobody,
];

/// Three people of Fontclaire who wait for an answer.
async fn three(town: &Town) -> Vec<MembershipId> {
    let purview = town.purview(&town.membership).await;
    let within = town.store.within(&purview, &town.renee);
    let mut people = Vec::new();
    for name in ["amina", "aline", "alain"] {
        let new = NewPerson {
            given_name: name.to_owned(),
            family_name: "Petit".to_owned(),
            login: format!("{name}@x.example"),
            profile: None,
            groups: Vec::new(),
        };
        people.push(within.enrol(&new).await.unwrap());
    }
    people
}

async fn leaves(town: &Town, people: &[MembershipId]) -> Vec<(Attribution, i64)> {
    let mut leaves = Vec::new();
    for person in people {
        leaves.push((town.leave(person).await, 1));
    }
    leaves
}

async fn standings(town: &Town, people: &[MembershipId]) -> Vec<Standing> {
    let purview = town.purview(&town.membership).await;
    let within = town.store.within(&purview, &town.renee);
    let mut standings = Vec::new();
    for person in people {
        standings.push(within.get(person).await.unwrap().standing);
    }
    standings
}

async fn many_are_suspended_and_each_is_in_the_journal(town: Town) {
    let people = three(&town).await;
    let purview = town.purview(&town.membership).await;
    let within = town.store.within(&purview, &town.renee);
    let leaves = leaves(&town, &people).await;
    within.take_all(&leaves, Step::Suspend(NOW)).await.unwrap();
    assert_eq!(standings(&town, &people).await, [Standing::Suspended; 3]);
    let filter = ChronicleFilter {
        act: "membership.suspend".to_owned(),
        ..ChronicleFilter::default()
    };
    let entries = within.chronicle(&filter).await.unwrap();
    assert_eq!(entries.len(), 3);
}

async fn one_who_changed_meanwhile_keeps_all_as_they_are(town: Town) {
    let people = three(&town).await;
    let purview = town.purview(&town.membership).await;
    let within = town.store.within(&purview, &town.renee);
    let leaves = leaves(&town, &people).await;
    let last = town.leave(&people[2]).await;
    within
        .take(&last, 1, Step::Leave(NOW + 1000))
        .await
        .unwrap();
    let refused = within.take_all(&leaves, Step::Suspend(NOW)).await;
    assert!(matches!(refused, Err(Error::Stale { .. })), "{refused:?}");
    assert_eq!(standings(&town, &people).await, [Standing::Invited; 3]);
}

async fn the_last_referent_among_many_keeps_all_as_they_are(town: Town) {
    let people = three(&town).await;
    let zoe = town.add_stranger("zoe@x.example").await;
    let zoe = join(&town.store, &zoe, "fontclaire").await.unwrap();
    // By Zoé's leave: Renée is the only one who can work.
    let purview = town.purview(&zoe).await;
    let within = town.store.within(&purview, "zoe");
    let mut leaves = leaves(&town, &people).await;
    leaves.push((town.leave_by(&zoe, &town.membership).await, 1));
    let refused = within.take_all(&leaves, Step::Suspend(NOW)).await;
    assert!(
        matches!(refused, Err(Error::LastReferent(_))),
        "{refused:?}"
    );
    assert_eq!(standings(&town, &people).await, [Standing::Invited; 3]);
    let renee = town.store.member(&town.membership).await.unwrap();
    assert!(renee.active && renee.role == Role::Referent);
}

async fn many_are_reminded_or_nobody(town: Town) {
    let people = three(&town).await;
    let purview = town.purview(&town.membership).await;
    let within = town.store.within(&purview, &town.renee);
    let leaves = leaves(&town, &people).await;
    let mut leaves: Vec<_> = leaves.into_iter().map(|(leave, _)| leave).collect();
    let before = town.letters().await.len();
    within.remind_all(&leaves).await.unwrap();
    assert_eq!(town.letters().await.len(), before + 3);
    // Renée has answered long ago.
    let zoe = town.add_stranger("zoe@x.example").await;
    let zoe = join(&town.store, &zoe, "fontclaire").await.unwrap();
    leaves.push(town.leave_by(&zoe, &town.membership).await);
    let refused = within.remind_all(&leaves).await;
    assert!(
        matches!(refused, Err(Error::NotFound { .. })),
        "{refused:?}"
    );
    let letters = town.letters().await;
    assert_eq!(letters.len(), before + 3);
    assert!(letters.iter().all(|letter| letter.to != RENEE));
}
