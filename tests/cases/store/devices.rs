//! The portal sessions that a person sees and ends.

use super::town::{BIP, HOUR, LIMITS, PORTAL, RENEE, Town};
use accounts::Error;

on_both_databases![
    open_sessions_are_listed_with_what_the_browser_said,
    one_or_all_others_are_ended,
    nobody_ends_somebody_elses,
];

async fn open_sessions_are_listed_with_what_the_browser_said(town: Town) {
    let first = town.log_in().await;
    town.clock.advance(60);
    let second = town.log_in().await;
    let devices = town.store.list_devices(&town.renee, LIMITS).await.unwrap();
    let ids: Vec<_> = devices
        .iter()
        .map(|device| device.session.as_str())
        .collect();
    assert_eq!(ids, [second.id.as_str(), first.id.as_str()]);
    assert_eq!(devices[0].name, "Firefox sous Windows");
    assert_eq!(devices[0].started_at, devices[1].started_at + 60);
    town.clock.advance(HOUR);
    assert!(
        town.store
            .list_devices(&town.renee, LIMITS)
            .await
            .unwrap()
            .is_empty()
    );
}

async fn one_or_all_others_are_ended(town: Town) {
    let (here, one, other) = (
        town.log_in().await,
        town.log_in().await,
        town.log_in().await,
    );
    town.store.end_device(&town.renee, &one.id).await.unwrap();
    assert!(town.session(&one.token, PORTAL).await.is_none());
    assert!(town.session(&other.token, PORTAL).await.is_some());
    let ended = town.store.end_other_devices(&town.renee, &here.id).await;
    assert_eq!(ended.unwrap(), 1);
    assert!(town.session(&other.token, PORTAL).await.is_none());
    assert!(town.session(&here.token, PORTAL).await.is_some());
    assert!(town.session(&here.token, BIP).await.is_none());
}

async fn nobody_ends_somebody_elses(town: Town) {
    let renee = town.log_in().await;
    let stranger = town.add_stranger("aline@fontclaire.example").await;
    let refused = town.store.end_device(&stranger, &renee.id).await;
    assert!(
        matches!(refused, Err(Error::NotFound { .. })),
        "{refused:?}"
    );
    town.store.end_other_devices(&stranger, "").await.unwrap();
    assert!(
        town.session(&renee.token, PORTAL).await.is_some(),
        "{RENEE} is out"
    );
}
