//! What programs need of the store: keys that are sessions of their own kind, what is done once, and
//! the roll from a place on.

use super::designations::{designated, vauban};
use super::second_factor::{add_application, holder};
use super::town::{BY, HOUR, LIMITS, NOW, PASSWORD, PORTAL, RENEE, Town, password};
use accounts::{
    Earlier, Error, FactorError, FactorHolder, Handshake, LoginError, NewApiKey, NewPerson, Once,
    Registration, RollFilter, Token,
};
use policies::Purview;

on_both_databases![
    a_key_is_a_session_of_its_own_kind,
    a_key_is_made_with_the_password_only,
    a_key_ends_with_the_other_sessions_and_on_its_day,
    nobody_revokes_somebody_elses_key,
    a_key_made_with_the_password_alone_ends_with_the_first_factor,
    whoever_gets_a_key_is_told_by_letter,
    what_was_done_once_is_not_done_again,
    what_was_refused_leaves_no_trace_of_its_key,
    who_follows_collectivites_makes_a_key_for_the_own_membership_only,
    what_is_done_from_above_is_done_once,
    the_roll_goes_on_from_a_place,
];

const DAY: i64 = 24 * HOUR;

async fn make(town: &Town, purview: &Purview, secret: &str) -> Result<Token, FactorError> {
    let session = town.log_in().await;
    let holder = FactorHolder {
        account: &town.renee,
        session: &session.id,
        address: None,
    };
    let new = NewApiKey {
        name: "Paie",
        host: PORTAL,
        expires_at: town.clock.now() + 90 * DAY,
        asks_only: false,
    };
    let within = town.store.within(purview, &town.renee);
    within.add_api_key(holder, &password(secret), new).await
}

/// Renée, a référente with a key.
async fn keyed(town: &Town) -> (Purview, Token) {
    let purview = town.purview(&town.membership).await;
    let key = make(town, &purview, PASSWORD).await.unwrap();
    (purview, key)
}

async fn a_key_is_a_session_of_its_own_kind(town: Town) {
    let (_, key) = keyed(&town).await;
    let record = town.session(&key, PORTAL).await.unwrap();
    assert!(record.expires_at.is_some() && record.second_factor_at.is_none());
    assert_eq!(record.member.id, town.membership);
    // For the portal's host alone, and no way to any other.
    assert!(town.session(&key, super::town::BIP).await.is_none());
    let to = Handshake {
        host: super::town::BIP,
        browser_hash: "",
        path: "/",
    };
    let refused = town.store.issue_handshake(&record.root, to).await;
    assert!(matches!(refused, Err(Error::NotFound { .. })));
    // It is no device of hers.
    let devices = town.store.list_devices(&town.renee, LIMITS).await.unwrap();
    assert!(devices.iter().all(|device| device.session != record.id));
    let keys = town.store.list_api_keys(&town.renee).await.unwrap();
    assert_eq!((keys.len(), keys[0].name.as_str()), (1, "Paie"));
    assert_eq!(keys[0].used_at, None);
    town.clock.advance(60);
    let seen = [(record.root.clone(), town.clock.now())];
    town.store.touch_sessions(&seen).await.unwrap();
    let keys = town.store.list_api_keys(&town.renee).await.unwrap();
    assert_eq!(keys[0].used_at, Some(town.clock.now()));
}

async fn a_key_is_made_with_the_password_only(town: Town) {
    let purview = town.purview(&town.membership).await;
    let refused = make(&town, &purview, "un autre mot de passe").await;
    assert!(matches!(
        refused,
        Err(FactorError::Password(LoginError::Wrong))
    ));
    assert!(
        town.store
            .list_api_keys(&town.renee)
            .await
            .unwrap()
            .is_empty()
    );
}

async fn a_key_ends_with_the_other_sessions_and_on_its_day(town: Town) {
    let (purview, first) = keyed(&town).await;
    town.store.end_other_devices(&town.renee, "").await.unwrap();
    assert!(town.session(&first, PORTAL).await.is_none());
    let key = make(&town, &purview, PASSWORD).await.unwrap();
    town.clock.advance(90 * DAY - 1);
    town.store.purge(LIMITS).await.unwrap();
    assert!(town.session(&key, PORTAL).await.is_some());
    town.clock.advance(1);
    assert!(town.session(&key, PORTAL).await.is_none());
    assert!(
        town.store
            .list_api_keys(&town.renee)
            .await
            .unwrap()
            .is_empty()
    );
}

async fn nobody_revokes_somebody_elses_key(town: Town) {
    let (_, key) = keyed(&town).await;
    let record = town.session(&key, PORTAL).await.unwrap();
    let stranger = town.add_stranger("aline@fontclaire.example").await;
    let refused = town.store.revoke_api_key(&stranger, &record.id).await;
    assert!(matches!(refused, Err(Error::NotFound { .. })));
    assert!(town.session(&key, PORTAL).await.is_some());
    let revoked = town.store.revoke_api_key(&town.renee, &record.id).await;
    revoked.unwrap();
    assert!(town.session(&key, PORTAL).await.is_none());
}

async fn a_key_made_with_the_password_alone_ends_with_the_first_factor(town: Town) {
    let (purview, key) = keyed(&town).await;
    let session = town.log_in().await;
    let before = town.letters().await.len();
    add_application(&town, &session).await;
    assert!(town.session(&key, PORTAL).await.is_none());
    let told = town.letters().await.len() - before;
    assert_eq!(told, 2, "the factor, and the keys");
    // One that is made with the factor stays when another factor comes.
    let new = NewApiKey {
        name: "Paie",
        host: PORTAL,
        expires_at: town.clock.now() + DAY,
        asks_only: false,
    };
    let within = town.store.within(&purview, &town.renee);
    let holder = holder(&town, &session);
    let key = within.add_api_key(holder, &password(PASSWORD), new).await;
    town.clock.advance(60);
    add_application(&town, &session).await;
    assert!(town.session(&key.unwrap(), PORTAL).await.is_some());
}

async fn whoever_gets_a_key_is_told_by_letter(town: Town) {
    let before = town.letters().await.len();
    keyed(&town).await;
    assert_eq!(town.letters().await.len(), before + 1);
}

async fn what_was_done_once_is_not_done_again(town: Town) {
    let purview = town.purview(&town.membership).await;
    let by = purview.by();
    let (once, other) = (Once::new(by, "k", "POST a"), Once::new(by, "k", "POST b"));
    let within = town.store.within(&purview, BY);
    assert_eq!(town.store.find_earlier(&once).await.unwrap(), None);
    within.once(Some(&once)).add_group("Voirie").await.unwrap();
    // A crash now leaves this.
    let known = town.store.find_earlier(&once).await.unwrap();
    assert_eq!(known, Some(Earlier::Done));
    for again in [&once, &other] {
        let refused = within.once(Some(again)).add_group("Crèche").await;
        assert!(matches!(refused, Err(Error::Repeated)), "{refused:?}");
    }
    assert_eq!(within.list_groups().await.unwrap().len(), 2);
    town.store.keep_answer(&once, b"oui").await.unwrap();
    let known = town.store.find_earlier(&once).await.unwrap();
    assert_eq!(known, Some(Earlier::Answered(b"oui".to_vec())));
    let known = town.store.find_earlier(&other).await.unwrap();
    assert_eq!(known, Some(Earlier::Another));
    // Somebody else's keys are their own.
    let strangers = Once::new(&"fontclaire/autre".into(), "k", "POST a");
    let known = town.store.find_earlier(&strangers).await.unwrap();
    assert_eq!(known, None);
    town.clock.advance(DAY);
    assert_eq!(town.store.find_earlier(&once).await.unwrap(), None);
    within.once(Some(&other)).add_group("Crèche").await.unwrap();
    town.clock.advance(DAY + 1);
    town.store.purge(LIMITS).await.unwrap();
    within.once(Some(&once)).add_group("Police").await.unwrap();
}

async fn what_was_refused_leaves_no_trace_of_its_key(town: Town) {
    let purview = town.purview(&town.membership).await;
    let once = Once::new(purview.by(), "k", "POST a");
    let within = town.store.within(&purview, BY);
    within.add_group("Voirie").await.unwrap();
    let refused = within.once(Some(&once)).add_group("Voirie").await;
    assert!(matches!(refused, Err(Error::Exists { .. })));
    let known = town.store.find_earlier(&once).await.unwrap();
    assert_eq!(known, None);
}

async fn who_follows_collectivites_makes_a_key_for_the_own_membership_only(town: Town) {
    let oversight = town.oversight("corinne@cig.example").await;
    let session = town.log_in().await;
    let overseen = town.store.overseen(&oversight);
    let new = NewApiKey {
        name: "Annuaire",
        host: PORTAL,
        expires_at: town.clock.now() + DAY,
        asks_only: false,
    };
    let add = async |membership: &str, secret: &str| {
        let (membership, secret) = (membership.into(), password(secret));
        let holder = holder(&town, &session);
        overseen
            .add_api_key(holder, &membership, &secret, new)
            .await
    };
    let own = town.membership.as_str();
    assert!(matches!(
        add(own, "faux").await,
        Err(FactorError::Password(_))
    ));
    let missing = add("cig/autre", PASSWORD).await;
    assert!(matches!(
        missing,
        Err(FactorError::Store(Error::NotFound { .. }))
    ));
    assert!(add(own, PASSWORD).await.is_ok());
}

async fn what_is_done_from_above_is_done_once(town: Town) {
    let (leave, corinne) = town.supervision("corinne@cig.example", "fontclaire").await;
    let oversight = town.oversight("corinne@cig.example").await;
    let once = Once::new(&"cig/corinne".into(), "k", "POST a");
    let over = town.store.over(&leave, &corinne).once(Some(&once));
    let new = designated("Zoé", "zoe@fontclaire.example");
    let id = over.designate(&new).await.unwrap();
    assert_eq!(
        town.store.find_earlier(&once).await.unwrap(),
        Some(Earlier::Done)
    );
    assert!(matches!(over.designate(&new).await, Err(Error::Repeated)));
    let overseen = town.store.overseen(&oversight).once(Some(&once));
    let leaves = std::slice::from_ref(&leave);
    for refused in [
        over.receive(&id, "a.pdf", b"%PDF-").await,
        over.check(&id, 1).await,
        over.reject(&id, "Illisible").await,
        over.set_closed(true, 1, &oversight).await,
        over.revoke(&town.membership, None).await,
        over.confirm_network("n", 1).await,
        over.reject_network("n", 1, "Non").await,
        over.open(&vauban()).await,
        over.look(RENEE, "appel").await.map(|_| ()),
        over.invite_again(RENEE).await,
        over.end_sessions(RENEE).await,
        overseen
            .ask_for_renewal(&corinne, leaves, NOW)
            .await
            .map(|_| ()),
        overseen
            .keep_import(&corinne, "a.csv", b"")
            .await
            .map(|_| ()),
        overseen
            .take_in(&corinne, "i", &Registration::default(), "")
            .await,
    ] {
        assert!(matches!(refused, Err(Error::Repeated)), "{refused:?}");
    }
    assert_eq!(over.list_designations().await.unwrap().len(), 1);
}

async fn the_roll_goes_on_from_a_place(town: Town) {
    let purview = town.purview(&town.membership).await;
    let within = town.store.within(&purview, BY);
    let enrol = async |family_name: &str| {
        let new = NewPerson {
            given_name: "A".to_owned(),
            family_name: family_name.to_owned(),
            login: format!("{}@fontclaire.example", family_name.to_lowercase()),
            profile: None,
            groups: Vec::new(),
        };
        within.enrol(&new).await.unwrap();
    };
    for name in ["Bb", "Cccccccc", "Xx"] {
        enrol(name).await;
    }
    let filter = RollFilter::default();
    let first = within.list_from(&filter, None, 2).await.unwrap();
    let sealed = within.seal_place(&first.next.clone().unwrap()).unwrap();
    // As long a name as chance does not write.
    assert!(!sealed.contains("cccccccc"), "{sealed}");
    let place = within.open_place(&sealed).unwrap();
    // One before the place, one behind it.
    enrol("Aa").await;
    enrol("Dd").await;
    let rest = within.list_from(&filter, Some(&place), 10).await.unwrap();
    let told = first.entries.iter().chain(&rest.entries);
    let names: Vec<_> = told.map(|entry| entry.family_name.as_str()).collect();
    assert_eq!(names, ["Bb", "Cccccccc", "Dd", "Martin", "Xx"]);
    assert_eq!(rest.next, None);
    assert_eq!(within.open_place("xyz"), None);
    assert!(rest.entries.iter().any(|entry| entry.login == RENEE));
}
