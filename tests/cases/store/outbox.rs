//! The outbox: each letter leaves once, whatever the nodes, the mail servers and the time do.

use super::town::{BY, HOUR, RENEE, Town};
use accounts::{Departure, Error, Letter, LetterState, Store};
use std::collections::BTreeSet;

on_both_databases![
    a_letter_is_claimed_once_and_emptied_when_it_has_left,
    two_nodes_never_hold_the_same_letter,
    the_claim_of_a_node_that_died_runs_out,
    a_claim_that_is_let_go_is_as_if_it_had_not_been,
    what_cannot_leave_is_tried_later_each_time_and_given_up_after_two_days,
    a_refused_letter_says_why_and_is_not_tried_again,
    a_letter_whose_link_serves_no_more_is_not_sent,
    a_letter_that_was_tampered_with_holds_up_no_other,
    a_letter_that_comes_back_counts_as_refused,
    letters_of_three_months_ago_are_forgotten_unless_they_wait,
    nobody_is_written_to_who_does_not_exist,
];

fn notice(subject: &str) -> Letter {
    Letter::Notice {
        subject: subject.to_owned(),
        paragraphs: vec!["Un secret bien gardé.".to_owned()],
        path: None,
    }
}

async fn post(town: &Town, subject: &str) -> String {
    let letter = notice(subject);
    town.store.notify(&town.renee, letter, BY).await.unwrap()
}

async fn claimed(store: &Store) -> Vec<Departure> {
    store.claim_letters().await.unwrap()
}

async fn the_one(store: &Store) -> Departure {
    let mut claimed = claimed(store).await;
    assert_eq!(claimed.len(), 1);
    claimed.remove(0)
}

async fn state(town: &Town) -> LetterState {
    let found = town.store.find_last_letter(&town.renee).await;
    found.unwrap().unwrap()
}

async fn a_letter_is_claimed_once_and_emptied_when_it_has_left(town: Town) {
    let id = post(&town, "Bonjour").await;
    let since = town.clock.now();
    let waiting = LetterState::Waiting {
        since,
        trouble: None,
    };
    assert_eq!(state(&town).await, waiting);
    let departure = the_one(&town.store).await;
    assert_eq!((&departure.id, departure.written_at), (&id, since));
    assert_eq!(departure.envelope.to, RENEE);
    assert_eq!(departure.envelope.name, "Renée Martin");
    assert_eq!(departure.envelope.letter, notice("Bonjour"));
    assert!(claimed(&town.store).await.is_empty());
    town.clock.advance(7);
    town.store.mark_sent(&departure).await.unwrap();
    assert_eq!(state(&town).await, LetterState::Sent { at: since + 7 });
    town.clock.advance(100 * HOUR);
    assert!(claimed(&town.store).await.is_empty());
    let mut beside = town.database.connect().await.unwrap();
    let sealed: String = sqlx::query_scalar("SELECT sealed FROM outbox")
        .fetch_one(&mut beside)
        .await
        .unwrap();
    assert_eq!(sealed, "");
    let entries = town.store.verify_journal().await.unwrap();
    assert!(entries.is_ok());
}

async fn two_nodes_never_hold_the_same_letter(town: Town) {
    let other = town.another_node().await;
    let mut posted = BTreeSet::new();
    for number in 0..35 {
        posted.insert(post(&town, &format!("Lettre {number}")).await);
    }
    let take = |store: Store| {
        tokio::spawn(async move {
            let mut taken = Vec::new();
            loop {
                let batch = store.claim_letters().await.unwrap();
                if batch.is_empty() {
                    return taken;
                }
                taken.extend(batch.into_iter().map(|departure| departure.id));
            }
        })
    };
    let (one, two) = tokio::join!(take(town.store.clone()), take(other));
    let taken: Vec<String> = [one.unwrap(), two.unwrap()].concat();
    assert_eq!(taken.len(), 35);
    assert_eq!(taken.into_iter().collect::<BTreeSet<_>>(), posted);
}

async fn the_claim_of_a_node_that_died_runs_out(town: Town) {
    let other = town.another_node().await;
    post(&town, "Bonjour").await;
    let lost = the_one(&town.store).await;
    town.clock.advance(14 * 60);
    assert!(claimed(&other).await.is_empty());
    town.clock.advance(60);
    let again = the_one(&other).await;
    assert_eq!(again.id, lost.id);
    // It was only slow: what it says of a claim that it no longer holds changes nothing.
    town.store.postpone(&lost, "late").await.unwrap();
    town.clock.advance(5 * 60);
    assert!(claimed(&town.store).await.is_empty());
    other.mark_sent(&again).await.unwrap();
    town.store.refuse(&lost, "550 late").await.unwrap();
    assert!(matches!(state(&town).await, LetterState::Sent { .. }));
}

async fn what_cannot_leave_is_tried_later_each_time_and_given_up_after_two_days(town: Town) {
    post(&town, "Bonjour").await;
    let mut waited = Vec::new();
    loop {
        let departure = the_one(&town.store).await;
        if !town.store.postpone(&departure, "451 later").await.unwrap() {
            break;
        }
        let waiting = state(&town).await;
        assert!(
            matches!(&waiting, LetterState::Waiting { trouble: Some(said), .. } if said == "451 later"),
            "{waiting:?}"
        );
        let seconds = next_try_at(&town).await - town.clock.now();
        town.clock.advance(seconds - 1);
        assert!(claimed(&town.store).await.is_empty());
        town.clock.advance(1);
        waited.push(seconds / 60);
    }
    assert_eq!(waited[..6], [1, 5, 15, 60, 180, 360]);
    assert!(waited.iter().skip(6).all(|minutes| *minutes == 360));
    let hours = waited.iter().sum::<i64>() / 60;
    assert!((42..=48).contains(&hours), "{hours}");
    let given_up = LetterState::GivenUp {
        trouble: "451 later".to_owned(),
    };
    assert_eq!(state(&town).await, given_up);
    town.clock.advance(1000 * HOUR);
    assert!(claimed(&town.store).await.is_empty());
}

async fn next_try_at(town: &Town) -> i64 {
    let mut beside = town.database.connect().await.unwrap();
    sqlx::query_scalar("SELECT next_try_at FROM outbox")
        .fetch_one(&mut beside)
        .await
        .unwrap()
}

async fn a_claim_that_is_let_go_is_as_if_it_had_not_been(town: Town) {
    post(&town, "Bonjour").await;
    let departure = the_one(&town.store).await;
    town.store.release(&departure).await.unwrap();
    let again = the_one(&town.another_node().await).await;
    assert_eq!(again, departure);
    town.store.mark_sent(&again).await.unwrap();
    town.store.release(&departure).await.unwrap();
    assert!(claimed(&town.store).await.is_empty());
}

async fn a_refused_letter_says_why_and_is_not_tried_again(town: Town) {
    post(&town, "Bonjour").await;
    let departure = the_one(&town.store).await;
    let said = "550 5.1.1 no such mailbox";
    town.store.refuse(&departure, said).await.unwrap();
    let refused = LetterState::Refused {
        at: town.clock.now(),
        said: said.to_owned(),
    };
    assert_eq!(state(&town).await, refused);
    town.clock.advance(100 * HOUR);
    assert!(claimed(&town.store).await.is_empty());
    // The one after it counts.
    post(&town, "Encore").await;
    assert!(matches!(state(&town).await, LetterState::Waiting { .. }));
}

async fn a_letter_whose_link_serves_no_more_is_not_sent(town: Town) {
    let expires_at = town.clock.now() + HOUR / 2;
    let letter = Letter::PasswordReset {
        token: "jeton-tenu-secret".to_owned(),
        expires_at,
    };
    let kept = town.store.notify(&town.renee, letter, BY).await.unwrap();
    let content = town.database.content().unwrap();
    let token = b"jeton-tenu-secret";
    assert!(!content.windows(token.len()).any(|found| found == token));
    town.clock.advance(HOUR / 2 - 1);
    assert_eq!(the_one(&town.store).await.id, kept);
    town.clock.advance(HOUR);
    assert!(claimed(&town.store).await.is_empty());
    let given_up = LetterState::GivenUp {
        trouble: "its link has expired".to_owned(),
    };
    assert_eq!(state(&town).await, given_up);
}

async fn a_letter_that_was_tampered_with_holds_up_no_other(town: Town) {
    let (one, other) = (post(&town, "Un").await, post(&town, "Deux").await);
    let mut beside = town.database.connect().await.unwrap();
    sqlx::query(
        "UPDATE outbox SET sealed = (SELECT sealed FROM outbox WHERE id = $1) WHERE id = $2",
    )
    .bind(&other)
    .bind(&one)
    .execute(&mut beside)
    .await
    .unwrap();
    assert_eq!(the_one(&town.store).await.id, other);
}

async fn a_letter_that_comes_back_counts_as_refused(town: Town) {
    let id = post(&town, "Bonjour").await;
    // It has not left: nothing can come back.
    assert!(!town.store.record_bounce(&id, "550").await.unwrap());
    let departure = the_one(&town.store).await;
    town.store.mark_sent(&departure).await.unwrap();
    assert!(!town.store.record_bounce("other", "550").await.unwrap());
    assert!(town.store.record_bounce(&id, "5.1.1").await.unwrap());
    assert!(!town.store.record_bounce(&id, "5.1.2").await.unwrap());
    let refused = state(&town).await;
    assert!(
        matches!(&refused, LetterState::Refused { said, .. } if said == "5.1.1"),
        "{refused:?}"
    );
}

async fn letters_of_three_months_ago_are_forgotten_unless_they_wait(town: Town) {
    post(&town, "Partie").await;
    let departure = the_one(&town.store).await;
    town.store.mark_sent(&departure).await.unwrap();
    let mut beside = town.database.connect().await.unwrap();
    sqlx::query(
        "INSERT INTO links (id, token_hash, account, purpose, letter, created_at, expires_at)
         VALUES ('l', 'h', $1, 'reset', $2, 0, 0)",
    )
    .bind(&town.renee)
    .bind(&departure.id)
    .execute(&mut beside)
    .await
    .unwrap();
    post(&town, "En attente").await;
    town.clock.advance(89 * 24 * HOUR);
    assert_eq!(town.store.purge_letters().await.unwrap(), 0);
    town.clock.advance(2 * 24 * HOUR);
    assert_eq!(town.store.purge_letters().await.unwrap(), 1);
    assert_eq!(town.count("outbox").await, 1);
    assert_eq!(town.count("links").await, 0);
}

async fn nobody_is_written_to_who_does_not_exist(town: Town) {
    let refused = town.store.notify("nobody", notice("Bonjour"), BY).await;
    assert!(
        matches!(refused, Err(Error::NotFound { .. })),
        "{refused:?}"
    );
    assert_eq!(town.count("outbox").await, 0);
    let none = town.store.find_last_letter(&town.renee).await.unwrap();
    assert_eq!(none, None);
}
