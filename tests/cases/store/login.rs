//! Logging in, and how guessing is slowed down without locking anybody out.

use super::town::{BY, HOUR, PASSWORD, PORTAL, RENEE, Town, password};
use accounts::{LoginError, NewAccount};

on_both_databases![
    the_right_password_opens_a_portal_session,
    a_wrong_password_and_an_unknown_login_are_answered_alike,
    an_account_without_a_password_cannot_log_in,
    a_suspended_account_is_closed_only_to_who_knows_the_password,
    an_account_of_no_collectivite_is_closed,
    five_tries_are_free_then_each_one_waits_longer,
    a_success_forgets_the_failures_before_it,
    a_wait_hides_whether_the_password_was_right,
    a_known_network_keeps_its_lane_while_strangers_fail,
    a_network_that_tries_many_logins_waits,
    addresses_of_one_network_count_together,
    fifty_logins_in_a_row_are_never_slowed,
];

/// What came of a try, in a word.
async fn outcome(town: &Town, login: &str, secret: &str, from: &str) -> String {
    match town.try_to_log_in(login, secret, from).await {
        Ok(_) => "open".to_owned(),
        Err(LoginError::Wrong) => "wrong".to_owned(),
        Err(LoginError::Wait(seconds)) => format!("wait {seconds}"),
        Err(LoginError::Closed) => "closed".to_owned(),
        Err(LoginError::Gone) => "gone".to_owned(),
        Err(LoginError::Store(error)) => panic!("{error}"),
    }
}

const HERE: &str = "192.0.2.1";

async fn the_right_password_opens_a_portal_session(town: Town) {
    let opened = town.log_in().await;
    let session = town.session(&opened.token, PORTAL).await.unwrap();
    assert_eq!((&session.id, &session.root), (&opened.id, &opened.id));
    assert_eq!(session.account.login, RENEE);
    assert_eq!(session.member.id, town.membership);
    assert_eq!(session.collectivite_name, "Ville de Fontclaire");
}

async fn a_wrong_password_and_an_unknown_login_are_answered_alike(town: Town) {
    assert_eq!(outcome(&town, RENEE, "faux", HERE).await, "wrong");
    assert_eq!(
        outcome(&town, "nobody@x.example", PASSWORD, HERE).await,
        "wrong"
    );
    assert_eq!(
        outcome(&town, " RENEE.martin@fontclaire.example", PASSWORD, HERE).await,
        "open"
    );
}

async fn an_account_without_a_password_cannot_log_in(town: Town) {
    town.add_stranger("aline@fontclaire.example").await;
    for guess in ["", "nobody", PASSWORD] {
        assert_eq!(
            outcome(&town, "aline@fontclaire.example", guess, HERE).await,
            "wrong"
        );
    }
}

async fn a_suspended_account_is_closed_only_to_who_knows_the_password(town: Town) {
    town.store
        .suspend_account(&town.renee, true, BY)
        .await
        .unwrap();
    assert_eq!(outcome(&town, RENEE, "faux", HERE).await, "wrong");
    assert_eq!(outcome(&town, RENEE, PASSWORD, HERE).await, "closed");
}

async fn an_account_of_no_collectivite_is_closed(town: Town) {
    let secret = password(PASSWORD);
    let new = NewAccount {
        login: "seule@x.example",
        given_name: "Aline",
        family_name: "Petit",
        password: Some(&secret),
    };
    town.store.add_account(new, BY).await.unwrap();
    assert_eq!(
        outcome(&town, "seule@x.example", PASSWORD, HERE).await,
        "closed"
    );
}

async fn five_tries_are_free_then_each_one_waits_longer(town: Town) {
    for _ in 0..5 {
        assert_eq!(outcome(&town, RENEE, "faux", HERE).await, "wrong");
    }
    for wait in [60, 120, 240, 480, 900, 900] {
        assert_eq!(
            outcome(&town, RENEE, "faux", HERE).await,
            format!("wait {wait}")
        );
        town.clock.advance(wait - 1);
        assert_eq!(outcome(&town, RENEE, "faux", HERE).await, "wait 1");
        town.clock.advance(1);
        assert_eq!(outcome(&town, RENEE, "faux", HERE).await, "wrong");
    }
}

async fn a_success_forgets_the_failures_before_it(town: Town) {
    for _ in 0..3 {
        for _ in 0..4 {
            assert_eq!(outcome(&town, RENEE, "faux", HERE).await, "wrong");
        }
        assert_eq!(outcome(&town, RENEE, PASSWORD, HERE).await, "open");
    }
}

async fn a_wait_hides_whether_the_password_was_right(town: Town) {
    for _ in 0..5 {
        outcome(&town, RENEE, "faux", HERE).await;
    }
    assert_eq!(outcome(&town, RENEE, PASSWORD, HERE).await, "wait 60");
    town.clock.advance(60);
    assert_eq!(outcome(&town, RENEE, PASSWORD, HERE).await, "open");
}

async fn a_known_network_keeps_its_lane_while_strangers_fail(town: Town) {
    assert_eq!(outcome(&town, RENEE, PASSWORD, HERE).await, "open");
    for network in 0..5 {
        for _ in 0..5 {
            let from = format!("203.0.{network}.9");
            assert_eq!(outcome(&town, RENEE, "faux", &from).await, "wrong");
        }
    }
    assert_eq!(
        outcome(&town, RENEE, PASSWORD, "198.51.100.1").await,
        "wait 900"
    );
    assert_eq!(outcome(&town, RENEE, PASSWORD, HERE).await, "open");
    // A day later nobody waits any more.
    town.clock.advance(24 * HOUR + 1);
    assert_eq!(
        outcome(&town, RENEE, PASSWORD, "198.51.100.1").await,
        "open"
    );
}

async fn a_network_that_tries_many_logins_waits(town: Town) {
    for number in 0..100 {
        let login = format!("agent-{number}@fontclaire.example");
        assert_eq!(outcome(&town, &login, "faux", HERE).await, "wrong");
    }
    assert_eq!(
        outcome(&town, "agent-100@fontclaire.example", "faux", HERE).await,
        "wait 60"
    );
    town.clock.advance(601);
    assert_eq!(
        outcome(&town, "agent-100@fontclaire.example", "faux", HERE).await,
        "wrong"
    );
}

async fn addresses_of_one_network_count_together(town: Town) {
    for (login, network, other) in [
        (RENEE, "192.0.2.", "192.0.3.1"),
        ("nobody@x.example", "2001:db8:0:1::", "2001:db8:0:2::1"),
    ] {
        for host in 1..=5 {
            assert_eq!(
                outcome(&town, login, "faux", &format!("{network}{host}")).await,
                "wrong"
            );
        }
        assert_eq!(
            outcome(&town, login, "faux", &format!("{network}6")).await,
            "wait 60"
        );
        assert_eq!(outcome(&town, login, "faux", other).await, "wrong");
    }
    // The same network, as a socket of both families names it.
    assert_eq!(
        outcome(&town, RENEE, "faux", "::ffff:192.0.2.7").await,
        "wait 60"
    );
}

async fn fifty_logins_in_a_row_are_never_slowed(town: Town) {
    for _ in 0..50 {
        assert_eq!(outcome(&town, RENEE, PASSWORD, HERE).await, "open");
    }
}
