//! Seats: nobody gets a right on a service beyond them, by whichever way; nobody loses one by them.

use super::town::{BY, Town, fontclaire};
use accounts::{
    Alteration, Correction, DirectRight, Error, Grant, Intake, NewPerson, Newcomer, Profile,
    Replacement, RequestAnswer, RollFilter, Seats, Step, Within,
};
use policies::{Attribution, Level, MembershipId, Right};

on_both_databases![
    no_way_leads_beyond_the_seats,
    two_at_once_do_not_share_the_last_seat,
    fewer_seats_than_people_keep_everybody_and_let_nobody_in,
    who_is_gone_gives_the_seat_back_and_who_is_suspended_keeps_it,
];

const CORINNE: &str = "corinne@cig.example";

/// Allows so many people on BIP.
pub(super) async fn allow(town: &Town, seats: Option<i64>) {
    let (leave, corinne) = town.supervision(CORINNE, "fontclaire").await;
    let over = town.store.over(&leave, &corinne);
    let alteration = Alteration {
        name: "Ville de Fontclaire".to_owned(),
        siret: None,
        insee: None,
        services: vec![("bip".into(), seats), ("net-cotisations".into(), None)],
        version: over.record().await.unwrap().version,
    };
    over.alter(&alteration).await.unwrap();
}

fn person(login: &str, profile: Option<&str>) -> NewPerson {
    NewPerson {
        given_name: "Zoé".to_owned(),
        family_name: "Lefèvre".to_owned(),
        login: login.to_owned(),
        profile: profile.map(str::to_owned),
        groups: Vec::new(),
    }
}

async fn enrol(within: &Within<'_>, login: &str) -> MembershipId {
    within.enrol(&person(login, None)).await.unwrap()
}

const LECTURE: Option<Level> = Some(Level::Lecture);

fn bip(level: Option<Level>) -> Vec<DirectRight> {
    vec![DirectRight {
        service: "bip".into(),
        level,
        ends_at: None,
    }]
}

/// Leave to change somebody, at the version that they have now.
async fn leave(town: &Town, within: &Within<'_>, id: &MembershipId) -> (Attribution, i64) {
    let version = within.get(id).await.unwrap().version;
    (town.leave(id).await, version)
}

async fn give(
    town: &Town,
    within: &Within<'_>,
    id: &MembershipId,
    level: Option<Level>,
) -> Result<(), Error> {
    let (leave, version) = leave(town, within, id).await;
    within
        .set_direct_rights(&[(leave, version, bip(level))])
        .await
}

#[track_caller]
fn assert_full(result: Result<(), Error>) {
    let expected = [Seats {
        service: "bip".into(),
        allowed: Some(1),
        used: 2,
    }];
    match result {
        Err(Error::Full(lacking)) => assert_eq!(lacking, expected),
        other => panic!("{other:?}"),
    }
}

async fn used(within: &Within<'_>) -> i64 {
    within.limited_seats().await.unwrap()[0].used
}

async fn no_way_leads_beyond_the_seats(town: Town) {
    allow(&town, Some(1)).await;
    let purview = town.purview(&town.membership).await;
    let within = town.store.within(&purview, &town.renee);
    let first = enrol(&within, "zoe@fontclaire.example").await;
    let second = enrol(&within, "anne@fontclaire.example").await;
    give(&town, &within, &first, LECTURE).await.unwrap();
    // Who sits may have more of it.
    give(&town, &within, &first, Some(Level::Ecriture))
        .await
        .unwrap();
    assert_full(give(&town, &within, &second, LECTURE).await);
    let right = Right {
        service: "bip".into(),
        level: Level::Lecture,
    };
    let profile = within
        .add_profile("BIP", std::slice::from_ref(&right))
        .await
        .unwrap();
    let empty = within.add_profile("Rien", &[]).await.unwrap();
    let (may, version) = leave(&town, &within, &second).await;
    let both = [(may.clone(), version)];
    assert_full(within.try_assignment(&both, Some(&profile)).await);
    assert_full(within.assign_profile(&both, Some(&profile)).await);
    within.assign_profile(&both, Some(&empty)).await.unwrap();
    let wider = Profile {
        id: empty.clone(),
        name: "Rien".to_owned(),
        rights: vec![right],
        version: 1,
        members: 1,
    };
    assert_full(within.try_profile(&wider).await);
    assert_full(within.change_profile(&wider).await);
    let record = Correction {
        given_name: "Anne".to_owned(),
        family_name: "Durand".to_owned(),
        profile: Some(profile.clone()),
        groups: Vec::new(),
        version: version + 1,
    };
    assert_full(within.correct(&may, &record).await);
    let lea = person("lea@fontclaire.example", Some(&profile));
    assert_full(within.enrol(&lea).await.map(drop));
    assert_full(take_in(&within, &profile).await);
    assert_full(grant_a_request(&town, &within, &second).await);
    let grant = Grant {
        membership: second.clone(),
        service: "bip".into(),
        level: Level::Lecture,
        starts_at: None,
        ends_at: None,
    };
    assert_full(town.store.add_grant(&grant, BY).await.map(drop));
    // Nothing of it was written.
    assert_eq!(used(&within).await, 1);
    assert_eq!(within.count(&RollFilter::default()).await.unwrap(), 3);
}

async fn take_in(within: &Within<'_>, profile: &str) -> Result<(), Error> {
    let newcomer = Newcomer {
        given_name: "Léa".to_owned(),
        family_name: "Petit".to_owned(),
        login: "lea@fontclaire.example".to_owned(),
        profile: Some(profile.to_owned()),
        group: None,
        left_at: None,
    };
    let intake = Intake {
        newcomers: vec![newcomer],
        ..Intake::default()
    };
    let file = within.keep_import("f.csv", b"").await.unwrap();
    within.take_in(&file, &intake, "").await
}

async fn grant_a_request(
    town: &Town,
    within: &Within<'_>,
    who: &MembershipId,
) -> Result<(), Error> {
    let member = town.store.member(who).await.unwrap();
    let service = "bip".into();
    let asked = town
        .store
        .request_access(BY, &member, (&service, "BIP"), Level::Lecture, "")
        .await;
    asked.unwrap();
    let requests = within.list_requests().await.unwrap();
    let leave = town.leave(who).await;
    let answer = RequestAnswer::Grant(None);
    let answered = within.answer_request(&leave, &requests[0], "BIP", (&answer, Replacement::Seen));
    let answered = answered.await;
    assert_eq!(within.list_requests().await.unwrap().len(), 1);
    answered
}

async fn two_at_once_do_not_share_the_last_seat(town: Town) {
    allow(&town, Some(1)).await;
    let purview = town.purview(&town.membership).await;
    let within = town.store.within(&purview, &town.renee);
    let first = enrol(&within, "zoe@fontclaire.example").await;
    let second = enrol(&within, "anne@fontclaire.example").await;
    let (one, other) = tokio::join!(
        give(&town, &within, &first, LECTURE),
        give(&town, &within, &second, LECTURE)
    );
    assert_ne!(one.is_ok(), other.is_ok(), "{one:?} {other:?}");
    assert_eq!(used(&within).await, 1);
}

async fn fewer_seats_than_people_keep_everybody_and_let_nobody_in(town: Town) {
    let purview = town.purview(&town.membership).await;
    let within = town.store.within(&purview, &town.renee);
    let mut people = Vec::new();
    for login in ["zoe", "anne", "lea"] {
        people.push(enrol(&within, &format!("{login}@fontclaire.example")).await);
    }
    for id in &people[..2] {
        give(&town, &within, id, LECTURE).await.unwrap();
    }
    allow(&town, Some(1)).await;
    assert_eq!(used(&within).await, 2);
    // Whoever sits keeps what they have, and may have it changed.
    give(&town, &within, &people[0], Some(Level::Ecriture))
        .await
        .unwrap();
    // Nobody takes a place from somebody who goes, while there are too many.
    let mut swap = Vec::new();
    for (id, level) in [(&people[0], None), (&people[2], LECTURE)] {
        let (leave, version) = leave(&town, &within, id).await;
        swap.push((leave, version, bip(level)));
    }
    assert_full(within.set_direct_rights(&swap).await);
    give(&town, &within, &people[0], None).await.unwrap();
    assert_full(give(&town, &within, &people[2], LECTURE).await);
    give(&town, &within, &people[1], None).await.unwrap();
    give(&town, &within, &people[2], LECTURE).await.unwrap();
    allow(&town, None).await;
    give(&town, &within, &people[0], LECTURE).await.unwrap();
    assert_eq!(within.limited_seats().await.unwrap(), []);
    let (leave, corinne) = town.supervision(CORINNE, fontclaire().as_str()).await;
    let record = town.store.over(&leave, &corinne).record().await.unwrap();
    assert_eq!((record.seats[0].allowed, record.seats[0].used), (None, 2));
}

async fn who_is_gone_gives_the_seat_back_and_who_is_suspended_keeps_it(town: Town) {
    allow(&town, Some(1)).await;
    let purview = town.purview(&town.membership).await;
    let within = town.store.within(&purview, &town.renee);
    let first = enrol(&within, "zoe@fontclaire.example").await;
    let second = enrol(&within, "anne@fontclaire.example").await;
    give(&town, &within, &first, LECTURE).await.unwrap();
    let step = async |step: Step| {
        let (leave, version) = leave(&town, &within, &first).await;
        within.take(&leave, version, step).await
    };
    step(Step::Suspend(super::town::NOW)).await.unwrap();
    assert_full(give(&town, &within, &second, LECTURE).await);
    step(Step::Restore).await.unwrap();
    step(Step::Delete).await.unwrap();
    give(&town, &within, &second, LECTURE).await.unwrap();
    // The seat is somebody else's by now.
    assert_full(step(Step::Undelete).await);
    give(&town, &within, &second, None).await.unwrap();
    step(Step::Undelete).await.unwrap();
    assert_eq!(used(&within).await, 1);
}
