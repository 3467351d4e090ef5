//! Handshakes: how a log-in at the portal becomes a session on another host.

use super::town::{BIP, BY, HOUR, PORTAL, Town};
use accounts::{Error, Handshake};

on_both_databases![
    a_code_opens_a_session_on_its_host_once,
    a_code_shown_to_another_host_or_browser_is_burnt,
    a_code_is_worthless_after_thirty_seconds,
    a_code_is_worthless_once_its_session_has_ended,
    a_session_that_has_ended_gives_no_code,
    two_who_redeem_one_code_at_once_get_one_session,
];

const TO: Handshake<'_> = Handshake {
    host: BIP,
    browser_hash: "browser",
    path: "/documents/F1?q=a%20b",
};

/// A code for BIP, from a new portal session, and that session's id.
async fn code(town: &Town) -> (String, String) {
    let portal = town.log_in().await;
    let code = town.store.issue_handshake(&portal.id, TO).await.unwrap();
    (code.as_str().to_owned(), portal.id)
}

async fn redeem(town: &Town, code: &str, host: &str, browser: &str) -> Option<String> {
    let redeemed = town.store.redeem_handshake(code, host, browser).await;
    redeemed.unwrap().map(|(_, path)| path)
}

async fn a_code_opens_a_session_on_its_host_once(town: Town) {
    let (code, root) = code(&town).await;
    let redeemed = town.store.redeem_handshake(&code, BIP, "browser").await;
    let (opened, path) = redeemed.unwrap().unwrap();
    assert_eq!(path, TO.path);
    let session = town.session(&opened.token, BIP).await.unwrap();
    assert_eq!(
        (session.root, session.account.id),
        (root, town.renee.clone())
    );
    assert_eq!(redeem(&town, &code, BIP, "browser").await, None);
    assert!(town.session(&opened.token, BIP).await.is_some());
}

async fn a_code_shown_to_another_host_or_browser_is_burnt(town: Town) {
    for (host, browser) in [
        (PORTAL, "browser"),
        ("www.example", "browser"),
        (BIP, "another"),
        (BIP, ""),
    ] {
        let (code, _) = code(&town).await;
        assert_eq!(redeem(&town, &code, host, browser).await, None);
        assert_eq!(
            redeem(&town, &code, BIP, "browser").await,
            None,
            "{host} {browser}"
        );
    }
    assert_eq!(redeem(&town, "", BIP, "browser").await, None);
}

async fn a_code_is_worthless_after_thirty_seconds(town: Town) {
    let (early, _) = code(&town).await;
    town.clock.advance(29);
    assert!(redeem(&town, &early, BIP, "browser").await.is_some());
    let (late, _) = code(&town).await;
    town.clock.advance(31);
    assert_eq!(redeem(&town, &late, BIP, "browser").await, None);
}

async fn a_code_is_worthless_once_its_session_has_ended(town: Town) {
    let (code, root) = code(&town).await;
    town.store.end_session(&root, BY).await.unwrap();
    assert_eq!(redeem(&town, &code, BIP, "browser").await, None);
}

async fn a_session_that_has_ended_gives_no_code(town: Town) {
    let portal = town.log_in().await;
    town.store.end_session(&portal.id, BY).await.unwrap();
    for root in [portal.id.as_str(), "nobody"] {
        let refused = town.store.issue_handshake(root, TO).await;
        assert!(
            matches!(refused, Err(Error::NotFound { .. })),
            "{refused:?}"
        );
    }
    town.clock.advance(HOUR);
}

async fn two_who_redeem_one_code_at_once_get_one_session(town: Town) {
    for _ in 0..10 {
        let (code, _) = code(&town).await;
        let (one, other) = tokio::join!(
            redeem(&town, &code, BIP, "browser"),
            redeem(&town, &code, BIP, "browser")
        );
        assert!(one.is_some() != other.is_some(), "{one:?} {other:?}");
    }
}
