//! The daily round: what ends soon is announced once, and addresses are asked to be confirmed.

use super::town::{BY, HOUR, NOW, PASSWORD, RENEE, Town, add_collectivite, join, password};
use accounts::{
    DirectRight, Letter, LinkState, NewAccount, NewPerson, PasswordError, Rounds, Step, UNANSWERED,
    Within,
};
use policies::{Level, MembershipId, Purview};

on_both_databases![
    the_referents_are_told_once_what_ends_within_a_fortnight,
    an_unanswered_invitation_is_repeated_once,
    an_unanswered_proposal_is_repeated_once_with_the_same_link,
    an_address_is_asked_about_when_its_time_has_come,
    whoever_chooses_a_password_by_mail_has_confirmed_the_address,
];

const DAY: i64 = 24 * HOUR;
const YEAR: i64 = 365 * DAY;
const ZOE: &str = "zoe@fontclaire.example";

fn rounds() -> Rounds {
    Rounds {
        services: vec![("bip".into(), "BIP".to_owned())],
        confirm_addresses_after: Some(YEAR),
    }
}

async fn own(town: &Town) -> Purview {
    town.purview(&town.membership).await
}

async fn zoe(within: &Within<'_>) -> MembershipId {
    let new = NewPerson {
        given_name: "Zoé".to_owned(),
        family_name: "Lefèvre".to_owned(),
        login: ZOE.to_owned(),
        profile: None,
        groups: Vec::new(),
    };
    within.enrol(&new).await.unwrap()
}

/// Walks the round on two nodes; gives what was written by it.
async fn walk(town: &Town) -> Vec<(String, Letter)> {
    let before = town.letters().await.len();
    let node = town.another_node().await;
    for store in [&town.store, &node] {
        store.daily_round(&rounds()).await.unwrap();
    }
    node.close().await;
    let letters = town.letters().await.into_iter().skip(before);
    letters
        .map(|envelope| (envelope.to, envelope.letter))
        .collect()
}

/// The paragraphs of the only letter, to Renée.
fn told(letters: Vec<(String, Letter)>) -> Vec<String> {
    let mut letters = letters;
    assert_eq!(letters.len(), 1, "{letters:?}");
    match letters.pop() {
        Some((to, Letter::Notice { paragraphs, .. })) if to == RENEE => paragraphs,
        other => panic!("{other:?}"),
    }
}

async fn the_referents_are_told_once_what_ends_within_a_fortnight(town: Town) {
    let purview = own(&town).await;
    let within = town.store.within(&purview, &town.renee);
    let zoe = zoe(&within).await;
    let until = |days: i64| DirectRight {
        service: "bip".into(),
        level: Some(Level::Lecture),
        ends_at: Some(NOW + days * DAY),
    };
    let changes = [(town.leave(&zoe).await, 1, vec![until(40)])];
    within.set_direct_rights(&changes).await.unwrap();
    let leave = town.leave(&zoe).await;
    let gone = Step::Leave(NOW + 60 * DAY);
    within.take(&leave, 2, gone).await.unwrap();
    assert_eq!(walk(&town).await, []);
    town.clock.advance(25 * DAY);
    let paragraphs = told(walk(&town).await);
    assert_eq!(paragraphs.len(), 2, "{paragraphs:?}");
    assert_eq!(paragraphs[1], "– Zoé Lefèvre, BIP\u{a0}: 30/12/2026");
    assert_eq!(walk(&town).await, []);

    // Another end, and the departure: at most one letter a day.
    let changes = [(town.leave(&zoe).await, 3, vec![until(30)])];
    within.set_direct_rights(&changes).await.unwrap();
    town.clock.advance(HOUR);
    assert_eq!(walk(&town).await, []);
    town.clock.advance(DAY);
    let paragraphs = told(walk(&town).await);
    assert_eq!(paragraphs[1], "– Zoé Lefèvre, BIP\u{a0}: 20/12/2026");
    town.clock.advance(20 * DAY);
    let paragraphs = told(walk(&town).await);
    assert!(paragraphs[0].contains("partent"), "{paragraphs:?}");
}

async fn an_unanswered_proposal_is_repeated_once_with_the_same_link(town: Town) {
    let secret = password(PASSWORD);
    let known = NewAccount {
        login: ZOE,
        given_name: "Zoé",
        family_name: "Lefèvre",
        password: Some(&secret),
    };
    town.store.add_account(known, BY).await.unwrap();
    let purview = own(&town).await;
    zoe(&town.store.within(&purview, &town.renee)).await;
    let asked = town.letters().await.pop().unwrap().letter;
    town.clock.advance(27 * DAY - 1);
    assert_eq!(walk(&town).await, []);
    town.clock.advance(1);
    assert_eq!(walk(&town).await, [(ZOE.to_owned(), asked)]);
    assert_eq!(walk(&town).await, []);
}

async fn an_unanswered_invitation_is_repeated_once(town: Town) {
    let purview = own(&town).await;
    let within = town.store.within(&purview, &town.renee);
    zoe(&within).await;
    let first = town.token(ZOE).await;
    town.clock.advance(4 * DAY - 1);
    assert_eq!(walk(&town).await, []);
    town.clock.advance(1);
    let letters = walk(&town).await;
    assert_eq!(letters.len(), 2, "{letters:?}");
    let Letter::InvitationReminder { expires_at, .. } = &letters[0].1 else {
        panic!("{letters:?}");
    };
    // Not a day longer than the first one.
    assert_eq!((letters[0].0.as_str(), *expires_at), (ZOE, NOW + 7 * DAY));
    let paragraphs = told(letters[1..].to_vec());
    assert!(paragraphs[1].contains("Zoé Lefèvre"), "{paragraphs:?}");
    town.clock.advance(DAY);
    assert_eq!(walk(&town).await, []);
    let found = town.store.find_link(&first).await.unwrap().unwrap();
    assert!(matches!(found.state, LinkState::Revoked(_)));
    let chosen = password("trois chevaux au bord du lac");
    let second = town.token(ZOE).await;
    town.store.use_link(&second, &chosen).await.unwrap();
}

async fn an_address_is_asked_about_when_its_time_has_come(town: Town) {
    let purview = own(&town).await;
    let within = town.store.within(&purview, &town.renee);
    town.clock.advance(YEAR - 1);
    assert_eq!(walk(&town).await, []);
    town.clock.advance(1);
    let letters = walk(&town).await;
    assert_eq!(letters.len(), 1, "{letters:?}");
    assert_eq!(walk(&town).await, []);
    let token = town.token(RENEE).await;
    let unconfirmed = within.list_unconfirmed().await.unwrap();
    assert_eq!(unconfirmed[0].login, RENEE);
    assert_eq!(unconfirmed[0].since, NOW + YEAR);

    add_collectivite(&town.store, "montrieux", "Commune de Montrieux")
        .await
        .unwrap();
    let regine = town.add_stranger("regine@montrieux.example").await;
    let regine = join(&town.store, &regine, "montrieux").await.unwrap();
    let foreign = town.purview(&regine).await;
    let other = town.store.within(&foreign, "regine");
    assert_eq!(other.list_unconfirmed().await.unwrap(), []);

    // The link confirms, and opens nothing else.
    let wrong = town.store.use_link(&token, &password(PASSWORD)).await;
    assert!(matches!(wrong, Err(PasswordError::Store(_))), "{wrong:?}");
    town.clock.advance(UNANSWERED - 1);
    town.store.confirm_address(&token).await.unwrap().unwrap();
    let again = town.store.confirm_address(&token).await.unwrap();
    assert!(matches!(again, Err(LinkState::Used(_))), "{again:?}");
    assert_eq!(within.list_unconfirmed().await.unwrap(), []);
    assert_eq!(walk(&town).await, []);
    town.clock.advance(YEAR);
    assert_eq!(walk(&town).await.len(), 1);
    town.store.confirm_own_address(&town.renee).await.unwrap();
    let late = town.token(RENEE).await;
    let late = town.store.confirm_address(&late).await.unwrap();
    assert!(matches!(late, Err(LinkState::Revoked(_))), "{late:?}");
    assert!(town.store.verify_journal().await.unwrap().is_ok());
}

async fn whoever_chooses_a_password_by_mail_has_confirmed_the_address(town: Town) {
    town.clock.advance(YEAR);
    assert_eq!(walk(&town).await.len(), 1);
    let since = town.store.unconfirmed_since(&town.renee).await.unwrap();
    assert_eq!(since, Some(NOW + YEAR));
    let unknown = town.store.confirm_address("inconnu").await;
    assert!(unknown.is_err());
    town.store.post_password_reset(RENEE).await.unwrap();
    let token = town.token(RENEE).await;
    // A link for a password confirms nothing by itself.
    assert!(town.store.confirm_address(&token).await.is_err());
    let chosen = password("trois chevaux au bord du lac");
    town.store.use_link(&token, &chosen).await.unwrap();
    let since = town.store.unconfirmed_since(&town.renee).await.unwrap();
    assert_eq!(since, None);
    // Suspended people are not written to.
    let account = town.renee.as_str();
    town.store.suspend_account(account, true, BY).await.unwrap();
    town.clock.advance(YEAR);
    assert_eq!(walk(&town).await, []);
}
