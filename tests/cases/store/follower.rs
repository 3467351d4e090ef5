//! Nodes learn of each other's changes within a second, in order, the directory first.

use super::town::{BY, RENEE, Town, add_collectivite, fontclaire, join};
use accounts::{Change, Follower};
use policies::Rule;
use sqlx::Executor as _;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::mpsc;
use tokio::time::{Instant, timeout};

on_both_databases![
    another_nodes_change_is_told_within_a_second,
    changes_are_told_in_order_and_none_twice,
    the_directory_knows_before_anybody_is_told,
    rules_that_do_not_hold_keep_no_door_open_that_the_cig_closed,
    a_rotated_key_is_believed_on_the_other_node,
];

/// Follows `town` on its own store, and gives what it is told.
async fn follow(town: &Town) -> (Arc<accounts::Directory>, mpsc::UnboundedReceiver<Change>) {
    // Made at first sight, which would be told as well.
    town.store.signing_keys().await.unwrap();
    let follower = Follower::start(town.store.clone(), town.vocabulary.clone());
    let follower = follower.await.unwrap();
    let (directory, mut confirmed) = (follower.directory(), follower.confirmed());
    let (tell, told) = mpsc::unbounded_channel();
    tokio::spawn(follower.run(move |change| {
        let _ = tell.send(change.clone());
    }));
    confirmed.changed().await.unwrap();
    (directory, told)
}

async fn next(told: &mut mpsc::UnboundedReceiver<Change>) -> Change {
    let next = timeout(Duration::from_secs(10), told.recv()).await;
    next.expect("nothing was told").unwrap()
}

async fn another_nodes_change_is_told_within_a_second(town: Town) {
    let other = town.another_node().await;
    let (_, mut told) = follow(&town).await;
    let mut best = Duration::MAX;
    // The promise is about the product, not about how busy this machine is: one of three.
    for turn in 0..3 {
        let written = Instant::now();
        other
            .suspend_account(&town.renee, turn % 2 == 0, BY)
            .await
            .unwrap();
        assert_eq!(next(&mut told).await, Change::Account(town.renee.clone()));
        best = best.min(written.elapsed());
    }
    assert!(best < Duration::from_secs(1), "{best:?}");
}

async fn changes_are_told_in_order_and_none_twice(town: Town) {
    let other = town.another_node().await;
    let (_, mut told) = follow(&town).await;
    let aline = town.add_stranger("aline@fontclaire.example").await;
    join(&other, &aline, "fontclaire").await.unwrap();
    let session = town.log_in().await;
    other.end_session(&session.id, BY).await.unwrap();
    town.store.end_session(&session.id, BY).await.unwrap();
    town.store
        .suspend_account(&town.renee, true, BY)
        .await
        .unwrap();
    for expected in [
        Change::Collectivite(fontclaire()),
        Change::Account(aline),
        Change::Session(session.id),
        Change::Account(town.renee.clone()),
    ] {
        assert_eq!(next(&mut told).await, expected);
    }
    assert!(told.is_empty());
}

async fn the_directory_knows_before_anybody_is_told(town: Town) {
    let other = town.another_node().await;
    let (directory, mut told) = follow(&town).await;
    let entry = directory.find(&fontclaire()).unwrap();
    let named = |now| {
        let referents = entry.referents(now).into_iter();
        let each = referents.map(|referent| (referent.name, referent.email));
        each.collect::<Vec<_>>()
    };
    let renee = ("Renée Martin".to_owned(), RENEE.to_owned());
    assert_eq!(named(town.clock.now()), [renee]);
    let version = directory.rulesets();

    add_collectivite(&other, "montrieux", "Commune de Montrieux")
        .await
        .unwrap();
    assert_eq!(
        next(&mut told).await,
        Change::Collectivite("montrieux".into())
    );
    assert!(directory.find(&"montrieux".into()).is_some());

    let rule = Rule {
        id: "lecture".to_owned(),
        text:
            "permit (principal in Collectivite::\"fontclaire\", action in [Action::\"lecture\"], \
               resource in Service::\"bip\");"
                .to_owned(),
    };
    let to = fontclaire();
    other
        .publish_rule(&town.vocabulary, &to, &rule, BY)
        .await
        .unwrap();
    assert_eq!(next(&mut told).await, Change::Collectivite(fontclaire()));
    assert!(!Arc::ptr_eq(&version, &directory.rulesets()));
}

async fn a_rotated_key_is_believed_on_the_other_node(town: Town) {
    let other = town.another_node().await;
    let (directory, mut told) = follow(&town).await;
    let before = directory.verifying_keys().jwks();
    town.clock.advance(1);
    let key = other.rotate_signing_key(BY).await.unwrap();
    assert_eq!(next(&mut told).await, Change::Keys);
    assert!(!before.contains(&key) && directory.verifying_keys().jwks().contains(&key));
}

async fn rules_that_do_not_hold_keep_no_door_open_that_the_cig_closed(town: Town) {
    let rule = Rule {
        id: "ouvert".into(),
        text: r#"permit (principal in Collectivite::"fontclaire", action in [Action::"lecture", Action::"ecriture"], resource);"#.into(),
    };
    let (vocabulary, town_hall) = (town.vocabulary.clone(), fontclaire());
    let published = town.store.publish_rule(&vocabulary, &town_hall, &rule, BY);
    published.await.unwrap();
    let (directory, mut told) = follow(&town).await;
    assert_eq!(directory.count_broken(), 0);
    let mut beside = town.database.connect().await.unwrap();
    let mut closed = Vec::new();
    for (login, behind_our_back) in [
        ("a@fontclaire.example", "UPDATE rules SET text = 'permit ('"),
        (
            "b@fontclaire.example",
            "UPDATE collectivites SET closed_at = 1",
        ),
    ] {
        beside.execute(behind_our_back).await.unwrap();
        let somebody = town.add_stranger(login).await;
        join(&town.store, &somebody, "fontclaire").await.unwrap();
        while next(&mut told).await != Change::Collectivite(fontclaire()) {}
        let rulesets = directory.rulesets();
        let ruleset = rulesets.get(&town_hall).unwrap();
        closed.push(ruleset.label("cig/regles-applicables").is_some());
    }
    assert_eq!(closed, [false, true], "the last good ruleset, then closed");
    assert_eq!(directory.count_broken(), 1, "operators are told");
}
