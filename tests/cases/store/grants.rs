//! Grants: rights with dates.

use super::town::{BY, HOUR, NOW, PORTAL, Town};
use accounts::{Error, Grant};
use policies::{Level, Right};

on_both_databases![
    a_grant_without_dates_holds_until_it_is_revoked,
    a_grant_holds_between_its_dates,
    a_session_says_until_when_its_rights_stay_what_they_are,
    several_grants_on_one_service_are_revoked_together,
    a_grant_to_nobody_is_refused,
    roles_add_to_the_higher_of_the_two_levels,
];

fn grant(town: &Town, service: &str, level: Level) -> Grant {
    Grant {
        membership: town.membership.clone(),
        service: service.into(),
        level,
        starts_at: None,
        ends_at: None,
    }
}

async fn rights(town: &Town) -> Vec<Right> {
    town.store
        .member(&town.membership)
        .await
        .unwrap()
        .rights
        .clone()
}

fn right(service: &str, level: Level) -> Right {
    Right {
        service: service.into(),
        level,
    }
}

async fn a_grant_without_dates_holds_until_it_is_revoked(town: Town) {
    town.store
        .add_grant(&grant(&town, "bip", Level::Lecture), BY)
        .await
        .unwrap();
    assert_eq!(rights(&town).await, [right("bip", Level::Lecture)]);
    town.clock.advance(24 * 365 * HOUR);
    assert_eq!(rights(&town).await, [right("bip", Level::Lecture)]);
    let bip = "bip".into();
    town.store
        .revoke_grants(&town.membership, &bip, BY)
        .await
        .unwrap();
    assert_eq!(rights(&town).await, []);
    let again = town.store.revoke_grants(&town.membership, &bip, BY).await;
    assert!(matches!(again, Err(Error::NotFound { .. })), "{again:?}");
}

async fn a_grant_holds_between_its_dates(town: Town) {
    let dated = Grant {
        starts_at: Some(NOW + HOUR),
        ends_at: Some(NOW + 2 * HOUR),
        ..grant(&town, "net-cotisations", Level::Ecriture)
    };
    town.store.add_grant(&dated, BY).await.unwrap();
    for (seconds, holds) in [
        (0, false),
        (HOUR - 1, false),
        (1, true),
        (HOUR - 1, true),
        (1, false),
    ] {
        town.clock.advance(seconds);
        let held = rights(&town).await == [right("net-cotisations", Level::Ecriture)];
        assert_eq!(held, holds, "{} s later", town.clock.now() - NOW);
    }
}

async fn a_session_says_until_when_its_rights_stay_what_they_are(town: Town) {
    let opened = town.log_in().await;
    let session = async || town.session(&opened.token, PORTAL).await.unwrap();
    assert_eq!(session().await.fresh_until, i64::MAX);
    let dated = Grant {
        starts_at: Some(NOW + 10),
        ends_at: Some(NOW + 20),
        ..grant(&town, "bip", Level::Lecture)
    };
    town.store.add_grant(&dated, BY).await.unwrap();
    assert_eq!(session().await.fresh_until, NOW + 10);
    town.clock.advance(10);
    let begun = session().await;
    assert_eq!(
        (begun.fresh_until, begun.member.rights.len()),
        (NOW + 20, 1)
    );
    town.clock.advance(10);
    let over = session().await;
    assert_eq!((over.fresh_until, over.member.rights.len()), (i64::MAX, 0));
}

async fn several_grants_on_one_service_are_revoked_together(town: Town) {
    for level in [Level::Lecture, Level::Ecriture] {
        town.store
            .add_grant(&grant(&town, "bip", level), BY)
            .await
            .unwrap();
    }
    town.store
        .add_grant(&grant(&town, "net-cotisations", Level::Lecture), BY)
        .await
        .unwrap();
    town.store
        .revoke_grants(&town.membership, &"bip".into(), BY)
        .await
        .unwrap();
    assert_eq!(
        rights(&town).await,
        [right("net-cotisations", Level::Lecture)]
    );
}

async fn a_grant_to_nobody_is_refused(town: Town) {
    let before = town.store.verify_journal().await.unwrap();
    let to_nobody = Grant {
        membership: "fontclaire/nobody".into(),
        ..grant(&town, "bip", Level::Lecture)
    };
    assert!(town.store.add_grant(&to_nobody, BY).await.is_err());
    assert_eq!(town.store.verify_journal().await.unwrap(), before);
}

async fn roles_add_to_the_higher_of_the_two_levels(town: Town) {
    let role = |id: &str| Level::Role(id.into());
    for level in [
        role("valideur"),
        Level::Lecture,
        role("declarant"),
        Level::Ecriture,
        role("valideur"),
    ] {
        let given = grant(&town, "net-cotisations", level);
        town.store.add_grant(&given, BY).await.unwrap();
    }
    let held = [Level::Ecriture, role("declarant"), role("valideur")];
    assert_eq!(
        rights(&town).await,
        held.map(|level| right("net-cotisations", level))
    );
}
