//! Collectivités from above: opened, changed, their designations seen by two people, their référents.

use super::town::{HOUR, NOW, RENEE, Town, fontclaire};
use accounts::{
    Alteration, CollectiviteKind, DesignationState, Directory, Error, FollowedFilter,
    NewCollectivite, NewDesignation, Progress, Siret,
};
use policies::Role;

on_both_databases![
    a_collectivite_is_opened_found_and_changed,
    a_siret_is_opened_once,
    two_people_see_a_designation,
    whoever_takes_the_document_in_does_not_check_it,
    an_agent_becomes_a_referent_for_a_time,
    the_last_referent_is_not_revoked,
    a_cdg_lists_its_own_ones_only,
    who_renews_loses_nothing,
    help_is_told_and_reads_nobody_elsewhere,
];

const CORINNE: &str = "corinne@cig.example";
const CAMILLE: &str = "camille@cig.example";
const PIERRE: &str = "pierre@cdg.example";
const SIREN: &str = "732829320";

pub(super) fn vauban() -> NewCollectivite {
    NewCollectivite {
        name: "Ville de Vaubân".to_owned(),
        kind: CollectiviteKind::Collectivite,
        siret: Siret::parse("73282932000074").unwrap(),
        insee: None,
        services: vec![("bip".into(), Some(3)), ("site".into(), None)],
    }
}

pub(super) fn designated(given: &str, login: &str) -> NewDesignation {
    NewDesignation {
        given_name: given.to_owned(),
        family_name: "Durand".to_owned(),
        login: login.to_owned(),
        authority_name: "Thérèse Vidal".to_owned(),
        authority_title: "Maire".to_owned(),
        starts_at: None,
        ends_at: None,
    }
}

async fn a_collectivite_is_opened_found_and_changed(town: Town) {
    let (leave, corinne) = town.supervision(CORINNE, SIREN).await;
    let over = town.store.over(&leave, &corinne);
    over.open(&vauban()).await.unwrap();
    let record = over.record().await.unwrap();
    assert_eq!(record.siret.as_deref(), Some("73282932000074"));
    assert_eq!((record.version, record.seats[0].allowed), (1, Some(3)));
    let oversight = town.oversight(CORINNE).await;
    let overseen = town.store.overseen(&oversight);
    for search in ["VAUBAN ville", "vauban", "7328293"] {
        let filter = FollowedFilter {
            search: search.to_owned(),
            ..FollowedFilter::default()
        };
        let (found, total) = overseen.list(&filter).await.unwrap();
        assert_eq!(
            (found.len(), total),
            (
                usize::from(search != "VAUBAN ville"),
                i64::from(search != "VAUBAN ville")
            ),
            "{search}"
        );
    }
    let alteration = Alteration {
        name: "Vauban".to_owned(),
        siret: None,
        insee: None,
        services: vec![("bip".into(), Some(5))],
        version: 1,
    };
    over.alter(&alteration).await.unwrap();
    let again = over.alter(&alteration).await;
    assert!(matches!(again, Err(Error::Stale { .. })), "{again:?}");
    let record = over.record().await.unwrap();
    assert_eq!(record.collectivite.services, ["bip".into()]);
    over.set_closed(true, record.version, &oversight)
        .await
        .unwrap();
    assert!(!over.record().await.unwrap().collectivite.active);
    over.set_closed(false, record.version + 1, &oversight)
        .await
        .unwrap();
    assert!(over.record().await.unwrap().collectivite.active);
    town.store.verify_journal().await.unwrap().unwrap();
}

async fn a_siret_is_opened_once(town: Town) {
    let (leave, corinne) = town.supervision(CORINNE, SIREN).await;
    town.store
        .over(&leave, &corinne)
        .open(&vauban())
        .await
        .unwrap();
    let (other, _) = town.supervision(CORINNE, "732829320-00074").await;
    let again = town.store.over(&other, &corinne).open(&vauban()).await;
    assert!(
        matches!(again, Err(Error::Exists { what: "siret", .. })),
        "{again:?}"
    );
}

async fn two_people_see_a_designation(town: Town) {
    let (leave, corinne) = town.supervision(CORINNE, SIREN).await;
    let over = town.store.over(&leave, &corinne);
    over.open(&vauban()).await.unwrap();
    let id = over
        .designate(&designated("Zoé", "zoe@vauban.example"))
        .await
        .unwrap();
    let (leave, camille) = town.supervision(CAMILLE, SIREN).await;
    let other = town.store.over(&leave, &camille);
    over.receive(&id, "a.pdf", b"%PDF-1.7 secret-7391")
        .await
        .unwrap();
    let content = town.database.content().unwrap();
    assert!(!content.windows(11).any(|part| part == b"secret-7391"));
    let oversight = town.oversight(CORINNE).await;
    let progress = async || {
        let filter = FollowedFilter {
            search: "vaub".to_owned(),
            ..FollowedFilter::default()
        };
        let overseen = town.store.overseen(&oversight);
        overseen.list(&filter).await.unwrap().0[0].progress
    };
    assert_eq!(progress().await, Progress::Received);
    for result in [over.check(&id, 1).await, over.reject(&id, "non").await] {
        assert!(matches!(result, Err(Error::SamePerson)), "{result:?}");
    }
    let state = over.designation(&id).await.unwrap().state;
    assert_eq!(state, DesignationState::Received);
    assert_eq!(town.count("outbox").await, 0);
    // Another document in the place of the one that was seen is to be seen first.
    over.receive(&id, "a.pdf", b"%PDF-1.7 secret-7391")
        .await
        .unwrap();
    let replaced = other.check(&id, 1).await;
    assert!(matches!(replaced, Err(Error::Stale { .. })), "{replaced:?}");
    other.check(&id, 2).await.unwrap();
    assert_eq!(progress().await, Progress::Checked);
    assert_eq!(
        (town.count("links").await, town.count("outbox").await),
        (1, 1)
    );
    assert_eq!(
        other.list_mandates().await.unwrap()[0].login,
        "zoe@vauban.example"
    );
    assert_eq!(
        other.document(&id).await.unwrap().content.as_slice(),
        b"%PDF-1.7 secret-7391"
    );
    // Decided once.
    let late = over.receive(&id, "b.pdf", b"%PDF-").await;
    assert!(matches!(late, Err(Error::Stale { .. })), "{late:?}");
    let foreign = town.supervision(CORINNE, "fontclaire").await;
    let foreign = town.store.over(&foreign.0, &corinne).document(&id).await;
    assert!(
        matches!(foreign, Err(Error::NotFound { .. })),
        "{foreign:?}"
    );
}

async fn whoever_takes_the_document_in_does_not_check_it(town: Town) {
    let (leave, corinne) = town.supervision(CORINNE, SIREN).await;
    let over = town.store.over(&leave, &corinne);
    over.open(&vauban()).await.unwrap();
    let (leave, camille) = town.supervision(CAMILLE, SIREN).await;
    let other = town.store.over(&leave, &camille);
    let next = over
        .designate(&designated("Léo", "leo@vauban.example"))
        .await
        .unwrap();
    // Nothing to check before the signed document is there.
    let early = other.check(&next, 1).await;
    assert!(matches!(early, Err(Error::Stale { .. })), "{early:?}");
    other.receive(&next, "a.pdf", b"%PDF-").await.unwrap();
    for result in [over.check(&next, 1).await, other.check(&next, 1).await] {
        assert!(matches!(result, Err(Error::SamePerson)), "{result:?}");
    }
}

async fn an_agent_becomes_a_referent_for_a_time(town: Town) {
    let (leave, corinne) = town.supervision(CORINNE, "fontclaire").await;
    let over = town.store.over(&leave, &corinne);
    let alain = town.add_stranger("alain@fontclaire.example").await;
    let new = accounts::NewMembership {
        account: &alain,
        collectivite: &fontclaire(),
        role: Role::Agent,
        groups: &[],
    };
    let alain = town.store.add_membership(new, &corinne).await.unwrap();
    let says = NewDesignation {
        starts_at: Some(NOW + HOUR),
        ends_at: Some(NOW + 3 * HOUR),
        ..designated("Alain", "ALAIN@fontclaire.example")
    };
    let id = over.designate(&says).await.unwrap();
    over.receive(&id, "a.png", b"png").await.unwrap();
    let (leave, camille) = town.supervision(CAMILLE, "fontclaire").await;
    town.store
        .over(&leave, &camille)
        .check(&id, 1)
        .await
        .unwrap();
    let role = async || town.store.member(&alain).await.unwrap().role;
    // A directory is read again on a change only, and yet names whoever is in office.
    let directory = Directory::load(&town.store, town.vocabulary.clone())
        .await
        .unwrap();
    let entry = directory.find(&fontclaire()).unwrap();
    for (expected, state) in [
        (Role::Agent, DesignationState::Checked),
        (Role::Referent, DesignationState::Checked),
        (Role::Referent, DesignationState::Checked),
        (Role::Agent, DesignationState::Ended),
    ] {
        assert_eq!(role().await, expected);
        let referents = entry.referents(town.clock.now());
        let named = referents
            .iter()
            .any(|referent| referent.email.starts_with("alain"));
        assert_eq!(named, expected == Role::Referent);
        assert_eq!(over.designation(&id).await.unwrap().state, state);
        town.clock.advance(HOUR);
    }
    assert!(town.store.member(&alain).await.unwrap().active);
}

async fn the_last_referent_is_not_revoked(town: Town) {
    let (leave, corinne) = town.supervision(CORINNE, "fontclaire").await;
    let over = town.store.over(&leave, &corinne);
    for at in [None, Some(NOW + HOUR)] {
        let refused = over.revoke(&town.membership, at).await;
        assert!(
            matches!(refused, Err(Error::LastReferent(_))),
            "{refused:?}"
        );
    }
    assert_eq!(
        town.store.member(&town.membership).await.unwrap().role,
        Role::Referent
    );
    assert_eq!(over.list_mandates().await.unwrap()[0].login, RENEE);
    let stranger = over.revoke(&"montrieux/x".into(), None).await;
    assert!(
        matches!(stranger, Err(Error::NotFound { .. })),
        "{stranger:?}"
    );
}

async fn a_cdg_lists_its_own_ones_only(town: Town) {
    let oversight = town.oversight(PIERRE).await;
    let overseen = town.store.overseen(&oversight);
    let all = FollowedFilter::default();
    assert_eq!(overseen.count(&all).await.unwrap(), 0);
    let (leave, corinne) = town.supervision(CORINNE, "fontclaire").await;
    let over = town.store.over(&leave, &corinne);
    let id = over
        .designate(&designated("Zoé", "zoe@fontclaire.example"))
        .await
        .unwrap();
    over.receive(&id, "a.pdf", b"%PDF-").await.unwrap();
    assert!(overseen.list_unchecked().await.unwrap().is_empty());
    let everything = town.oversight(CORINNE).await;
    let everything = town.store.overseen(&everything);
    assert_eq!(everything.list_unchecked().await.unwrap().len(), 1);
    assert!(everything.count(&all).await.unwrap() > 0);
}

async fn who_renews_loses_nothing(town: Town) {
    let (leave, corinne) = town.supervision(CORINNE, "fontclaire").await;
    let over = town.store.over(&leave, &corinne);
    let (leave, camille) = town.supervision(CAMILLE, "fontclaire").await;
    let other = town.store.over(&leave, &camille);
    let check = async || {
        let id = over.designate(&designated("Renée", RENEE)).await.unwrap();
        over.receive(&id, "a.pdf", b"%PDF-").await.unwrap();
        other.check(&id, 1).await.unwrap();
        id
    };
    let first = check().await;
    let oversight = town.oversight(CORINNE).await;
    let overseen = town.store.overseen(&oversight);
    let these = std::slice::from_ref(&leave);
    let asked = overseen.ask_for_renewal(&corinne, these, NOW + HOUR);
    assert_eq!(asked.await.unwrap(), 1);
    town.clock.advance(2 * HOUR);
    assert_eq!(overseen.list_renewals().await.unwrap()[0].id, first);
    assert_eq!(
        town.store.member(&town.membership).await.unwrap().role,
        Role::Referent
    );
    check().await;
    assert!(overseen.list_renewals().await.unwrap().is_empty());
    assert_eq!(
        over.designation(&first).await.unwrap().state,
        DesignationState::Ended
    );
    assert_eq!(
        town.store.member(&town.membership).await.unwrap().role,
        Role::Referent
    );
}

async fn help_is_told_and_reads_nobody_elsewhere(town: Town) {
    let session = town.log_in().await;
    let (leave, corinne) = town.supervision(CORINNE, "fontclaire").await;
    let over = town.store.over(&leave, &corinne);
    let helped = over.look(RENEE, "appel").await.unwrap();
    assert_eq!(
        (helped.membership, helped.standing),
        (town.membership.clone(), accounts::Standing::Active)
    );
    assert_eq!(town.count("outbox").await, 1);
    let stranger = over.look(CORINNE, "appel").await;
    assert!(
        matches!(stranger, Err(Error::NotFound { .. })),
        "{stranger:?}"
    );
    assert_eq!(town.count("outbox").await, 1);
    over.end_sessions(RENEE).await.unwrap();
    assert!(
        town.session(&session.token, super::town::PORTAL)
            .await
            .is_none()
    );
}
