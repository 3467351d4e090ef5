//! Sessions: whose, where, and how they end.

use super::town::{BIP, BY, HOUR, PORTAL, RENEE, Town, add_collectivite, join};
use accounts::{Error, Handshake, OpenSession, Token};

on_both_databases![
    a_session_is_for_its_host_only,
    an_unknown_token_opens_nothing,
    a_session_ends_an_hour_after_the_last_request,
    a_session_ends_ten_hours_after_the_log_in_whatever_happens,
    ending_a_portal_session_ends_its_children_and_no_other,
    ending_an_accounts_sessions_tells_how_many_there_were,
    the_token_of_a_host_session_ends_nothing,
    a_session_stands_for_another_membership_of_its_person_only,
    a_suspended_account_keeps_its_session_but_is_no_active_member,
    neither_token_nor_code_is_in_the_database,
    what_has_ended_for_a_day_is_purged_and_nothing_else,
];

/// A session on BIP's host that hangs on `parent`.
async fn open_bip(town: &Town, parent: &OpenSession) -> OpenSession {
    let to = Handshake {
        host: BIP,
        browser_hash: "b",
        path: "/",
    };
    let code = town.store.issue_handshake(&parent.id, to).await.unwrap();
    let redeemed = town.store.redeem_handshake(code.as_str(), BIP, "b").await;
    redeemed.unwrap().unwrap().0
}

async fn a_session_is_for_its_host_only(town: Town) {
    let portal = town.log_in().await;
    let bip = open_bip(&town, &portal).await;
    assert!(town.session(&portal.token, PORTAL).await.is_some());
    assert!(town.session(&portal.token, BIP).await.is_none());
    let child = town.session(&bip.token, BIP).await.unwrap();
    assert_eq!((&child.root, child.host.as_str()), (&portal.id, BIP));
    assert!(town.session(&bip.token, PORTAL).await.is_none());
}

async fn an_unknown_token_opens_nothing(town: Town) {
    let opened = town.log_in().await;
    assert!(
        town.session(&Token::fresh().unwrap(), PORTAL)
            .await
            .is_none()
    );
    // What the database keeps is no token.
    let stored = Token::hash(opened.token.as_str());
    let again = Token::hash(&stored);
    let found = town
        .store
        .find_session(&again, PORTAL, super::town::LIMITS)
        .await;
    assert_eq!(found.unwrap(), None);
}

async fn a_session_ends_an_hour_after_the_last_request(town: Town) {
    let portal = town.log_in().await;
    let bip = open_bip(&town, &portal).await;
    town.clock.advance(HOUR - 1);
    assert!(town.session(&bip.token, BIP).await.is_some());
    // A request on one host keeps all of them open.
    let seen = [(portal.id.clone(), town.clock.now())];
    town.store.touch_sessions(&seen).await.unwrap();
    town.clock.advance(HOUR - 1);
    assert!(town.session(&portal.token, PORTAL).await.is_some());
    assert!(town.session(&bip.token, BIP).await.is_some());
    // What another node saw earlier does not count.
    let earlier = [(portal.id.clone(), town.clock.now() - 2 * HOUR)];
    town.store.touch_sessions(&earlier).await.unwrap();
    assert!(town.session(&portal.token, PORTAL).await.is_some());
    town.clock.advance(1);
    assert!(town.session(&portal.token, PORTAL).await.is_none());
    assert!(town.session(&bip.token, BIP).await.is_none());
}

async fn a_session_ends_ten_hours_after_the_log_in_whatever_happens(town: Town) {
    let portal = town.log_in().await;
    for _ in 0..19 {
        town.clock.advance(HOUR / 2);
        let seen = [(portal.id.clone(), town.clock.now())];
        town.store.touch_sessions(&seen).await.unwrap();
    }
    // A child opened late lives no longer than its parent.
    let bip = open_bip(&town, &portal).await;
    assert!(town.session(&bip.token, BIP).await.is_some());
    town.clock.advance(HOUR / 2);
    assert!(town.session(&portal.token, PORTAL).await.is_none());
    assert!(town.session(&bip.token, BIP).await.is_none());
}

async fn ending_a_portal_session_ends_its_children_and_no_other(town: Town) {
    let (one, other) = (town.log_in().await, town.log_in().await);
    let bip = open_bip(&town, &one).await;
    town.store.end_session(&one.id, BY).await.unwrap();
    assert!(town.session(&one.token, PORTAL).await.is_none());
    assert!(town.session(&bip.token, BIP).await.is_none());
    assert!(town.session(&other.token, PORTAL).await.is_some());
    // Ending it again is no error, and leaves no trace.
    let before = town.store.verify_journal().await.unwrap();
    town.store.end_session(&one.id, BY).await.unwrap();
    assert_eq!(town.store.verify_journal().await.unwrap(), before);
}

async fn ending_an_accounts_sessions_tells_how_many_there_were(town: Town) {
    let (one, other) = (town.log_in().await, town.log_in().await);
    let bip = open_bip(&town, &other).await;
    assert_eq!(
        town.store.end_sessions_of(&town.renee, BY).await.unwrap(),
        2
    );
    for (token, host) in [
        (&one.token, PORTAL),
        (&other.token, PORTAL),
        (&bip.token, BIP),
    ] {
        assert!(town.session(token, host).await.is_none());
    }
    assert_eq!(
        town.store.end_sessions_of(&town.renee, BY).await.unwrap(),
        0
    );
}

async fn the_token_of_a_host_session_ends_nothing(town: Town) {
    let portal = town.log_in().await;
    let bip = open_bip(&town, &portal).await;
    town.store.end_session(&bip.id, BY).await.unwrap();
    assert!(town.session(&portal.token, PORTAL).await.is_some());
    let to = Handshake {
        host: BIP,
        browser_hash: "b",
        path: "/",
    };
    let refused = town.store.issue_handshake(&bip.id, to).await;
    assert!(
        matches!(refused, Err(Error::NotFound { .. })),
        "{refused:?}"
    );
}

async fn a_session_stands_for_another_membership_of_its_person_only(town: Town) {
    add_collectivite(&town.store, "ccas", "CCAS de Fontclaire")
        .await
        .unwrap();
    let ccas = join(&town.store, &town.renee, "ccas").await.unwrap();
    let stranger = town.add_stranger("aline@fontclaire.example").await;
    let foreign = join(&town.store, &stranger, "fontclaire").await.unwrap();
    let portal = town.log_in().await;
    let bip = open_bip(&town, &portal).await;

    town.store
        .switch_membership(&portal.id, &town.membership, BY)
        .await
        .unwrap();
    town.store
        .switch_membership(&portal.id, &ccas, BY)
        .await
        .unwrap();
    for (token, host) in [(&portal.token, PORTAL), (&bip.token, BIP)] {
        let session = town.session(token, host).await.unwrap();
        assert_eq!(session.member.collectivite, "ccas".into());
        assert_eq!(session.collectivite_name, "CCAS de Fontclaire");
    }
    for other in [foreign, "ccas/nobody".into()] {
        let refused = town.store.switch_membership(&portal.id, &other, BY).await;
        assert!(
            matches!(refused, Err(Error::NotFound { .. })),
            "{refused:?}"
        );
    }
    let session = town.session(&portal.token, PORTAL).await.unwrap();
    assert_eq!(session.member.id, ccas);
    town.store.end_session(&portal.id, BY).await.unwrap();
    let ended = town.store.switch_membership(&portal.id, &ccas, BY).await;
    assert!(matches!(ended, Err(Error::NotFound { .. })), "{ended:?}");
}

async fn a_suspended_account_keeps_its_session_but_is_no_active_member(town: Town) {
    let portal = town.log_in().await;
    town.store
        .suspend_account(&town.renee, true, BY)
        .await
        .unwrap();
    let session = town.session(&portal.token, PORTAL).await.unwrap();
    assert!(!session.member.active && !session.account.active);
    assert_eq!(session.account.login, RENEE);
}

async fn neither_token_nor_code_is_in_the_database(town: Town) {
    let portal = town.log_in().await;
    let to = Handshake {
        host: BIP,
        browser_hash: "b",
        path: "/",
    };
    let code = town.store.issue_handshake(&portal.id, to).await.unwrap();
    let content = town.database.content().unwrap();
    let holds = |text: &str| {
        content
            .windows(text.len())
            .any(|part| part == text.as_bytes())
    };
    assert!(holds(&portal.id), "this looks in the wrong place");
    assert!(!holds(portal.token.as_str()) && !holds(code.as_str()));
}

async fn what_has_ended_for_a_day_is_purged_and_nothing_else(town: Town) {
    let ended = town.log_in().await;
    open_bip(&town, &ended).await;
    town.clock.advance(35 * HOUR);
    let alive = town.log_in().await;
    let alive_bip = open_bip(&town, &alive).await;
    let stranger = town.add_stranger("aline@fontclaire.example").await;
    let suspended = town.store.suspend_account(&stranger, true, BY).await;
    suspended.unwrap();
    town.store.purge(super::town::LIMITS).await.unwrap();
    assert_eq!(town.count("sessions").await, 2);
    assert!(town.session(&alive.token, PORTAL).await.is_some());
    assert!(town.session(&alive_bip.token, BIP).await.is_some());
    // The changes that a node may still have to follow are there: today's.
    assert!(town.count("changes").await > 0);
    assert!(town.store.verify_journal().await.unwrap().is_ok());
}
