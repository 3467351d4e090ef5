//! Networks: written down from within, confirmed from above, and what is in force meanwhile.

use super::town::{BY, Town, add_collectivite, fontclaire, join};
use accounts::{Error, Follower};
use policies::{Range, Supervision};
use std::time::Duration;

on_both_databases![
    what_is_confirmed_counts_until_its_change_is_confirmed_too,
    whoever_wrote_a_network_down_does_not_confirm_it,
    a_rejection_says_why_and_changes_nothing,
    whoever_shares_addresses_is_told_from_above_only,
    another_collectivites_network_is_not_there,
    every_node_has_what_was_confirmed_within_a_second,
];

const CORINNE: &str = "corinne@cig.example";
const PIERRE: &str = "pierre@cdg.example";

fn ranges(text: &[&str]) -> Vec<Range> {
    text.iter()
        .map(|text| Range::parse(text).unwrap())
        .collect()
}

/// The ranges in force, and those that wait.
async fn standing(town: &Town) -> (Vec<Range>, Option<Vec<Range>>) {
    let purview = town.purview(&town.membership).await;
    let within = town.store.within(&purview, &town.renee);
    let network = within.list_networks().await.unwrap().remove(0);
    (network.confirmed, network.proposed)
}

async fn propose(town: &Town, name: &str, text: &[&str]) {
    let purview = town.purview(&town.membership).await;
    let within = town.store.within(&purview, &town.renee);
    within.propose_network(name, &ranges(text)).await.unwrap();
}

/// Confirms the only one that waits.
async fn confirm(town: &Town, leave: &Supervision, by: &str) {
    let oversight = town.oversight(CORINNE).await;
    let overseen = town.store.overseen(&oversight);
    let (network, _) = overseen.list_proposed_networks().await.unwrap().remove(0);
    let over = town.store.over(leave, by);
    over.confirm_network(&network.id, network.version)
        .await
        .unwrap();
}

async fn what_is_confirmed_counts_until_its_change_is_confirmed_too(town: Town) {
    propose(&town, "mairie", &["203.0.113.5"]).await;
    let (first, second) = (
        ranges(&["203.0.113.5"]),
        ranges(&["203.0.113.0/28", "2001:db8::/48"]),
    );
    assert_eq!(standing(&town).await, (Vec::new(), Some(first.clone())));
    let (leave, corinne) = town.supervision(CORINNE, "fontclaire").await;
    confirm(&town, &leave, &corinne).await;
    assert_eq!(standing(&town).await, (first.clone(), None));
    // Renée is told.
    assert_eq!(town.letters().await.len(), 1);
    let purview = town.purview(&town.membership).await;
    let within = town.store.within(&purview, &town.renee);
    let network = within.list_networks().await.unwrap().remove(0);
    let change = async |version| within.change_network(&network.id, version, &second).await;
    change(network.version).await.unwrap();
    assert_eq!(standing(&town).await, (first, Some(second.clone())));
    let late = change(network.version).await;
    assert!(matches!(late, Err(Error::Stale { .. })), "{late:?}");
    confirm(&town, &leave, &corinne).await;
    assert_eq!(standing(&town).await, (second, None));
    let again = within
        .propose_network("mairie", &ranges(&["203.0.113.9"]))
        .await;
    assert!(matches!(again, Err(Error::Exists { .. })), "{again:?}");
    let version = within.list_networks().await.unwrap()[0].version;
    within.remove_network(&network.id, version).await.unwrap();
    assert_eq!(within.list_networks().await.unwrap(), []);
    assert!(town.store.verify_journal().await.unwrap().is_ok());
}

async fn whoever_wrote_a_network_down_does_not_confirm_it(town: Town) {
    let (leave, corinne) = town.supervision(CORINNE, "fontclaire").await;
    let purview = town.purview(&town.membership).await;
    let within = town.store.within(&purview, &corinne);
    let range = ranges(&["203.0.113.5"]);
    within.propose_network("mairie", &range).await.unwrap();
    let network = within.list_networks().await.unwrap().remove(0);
    let over = town.store.over(&leave, &corinne);
    let refused = over.confirm_network(&network.id, network.version).await;
    assert!(matches!(refused, Err(Error::SamePerson)), "{refused:?}");
    assert_eq!(standing(&town).await, (Vec::new(), Some(range)));
}

async fn a_rejection_says_why_and_changes_nothing(town: Town) {
    propose(&town, "mairie", &["203.0.113.5"]).await;
    let (leave, corinne) = town.supervision(CORINNE, "fontclaire").await;
    let oversight = town.oversight(CORINNE).await;
    let overseen = town.store.overseen(&oversight);
    let (network, overlaps) = overseen.list_proposed_networks().await.unwrap().remove(0);
    assert_eq!(overlaps, []);
    let over = town.store.over(&leave, &corinne);
    let id = network.id.as_str();
    over.reject_network(id, network.version, "pas la vôtre")
        .await
        .unwrap();
    let purview = town.purview(&town.membership).await;
    let within = town.store.within(&purview, &town.renee);
    let rejected = within.list_networks().await.unwrap().remove(0);
    assert_eq!(rejected.rejection, "pas la vôtre");
    assert_eq!((rejected.confirmed, rejected.proposed), (Vec::new(), None));
    // It does not wait any more.
    let twice = over.confirm_network(id, network.version + 1).await;
    assert!(matches!(twice, Err(Error::Stale { .. })), "{twice:?}");
    assert_eq!(overseen.list_proposed_networks().await.unwrap(), []);
}

async fn whoever_shares_addresses_is_told_from_above_only(town: Town) {
    propose(&town, "mairie", &["203.0.113.0/28"]).await;
    let (leave, corinne) = town.supervision(CORINNE, "fontclaire").await;
    confirm(&town, &leave, &corinne).await;
    add_collectivite(&town.store, "montrieux", "Commune de Montrieux")
        .await
        .unwrap();
    let regine = town.add_stranger("regine@montrieux.example").await;
    let regine = join(&town.store, &regine, "montrieux").await.unwrap();
    let purview = town.purview(&regine).await;
    let other = town.store.within(&purview, "regine");
    other
        .propose_network("mairie", &ranges(&["203.0.113.9"]))
        .await
        .unwrap();
    let oversight = town.oversight(CORINNE).await;
    let overseen = town.store.overseen(&oversight);
    let (_, overlaps) = overseen.list_proposed_networks().await.unwrap().remove(0);
    assert_eq!(overlaps.len(), 1);
    assert_eq!(
        overlaps[0].collectivite.as_deref(),
        Some("Ville de Fontclaire")
    );
    // A CDG that follows neither sees neither.
    let oversight = town.oversight(PIERRE).await;
    let overseen = town.store.overseen(&oversight);
    assert_eq!(overseen.list_proposed_networks().await.unwrap(), []);
}

async fn another_collectivites_network_is_not_there(town: Town) {
    propose(&town, "mairie", &["203.0.113.5"]).await;
    add_collectivite(&town.store, "montrieux", "Commune de Montrieux")
        .await
        .unwrap();
    let regine = town.add_stranger("regine@montrieux.example").await;
    let regine = join(&town.store, &regine, "montrieux").await.unwrap();
    let purview = town.purview(&town.membership).await;
    let id = town
        .store
        .within(&purview, &town.renee)
        .list_networks()
        .await
        .unwrap()[0]
        .id
        .clone();
    let purview = town.purview(&regine).await;
    let other = town.store.within(&purview, "regine");
    assert_eq!(other.list_networks().await.unwrap(), []);
    let (leave, corinne) = town.supervision(CORINNE, "montrieux").await;
    let over = town.store.over(&leave, &corinne);
    for result in [
        other
            .change_network(&id, 1, &ranges(&["203.0.113.5"]))
            .await,
        other.remove_network(&id, 1).await,
        over.confirm_network(&id, 1).await,
        over.reject_network(&id, 1, "non").await,
    ] {
        assert!(matches!(result, Err(Error::Stale { .. })), "{result:?}");
    }
    assert_eq!(standing(&town).await.1, Some(ranges(&["203.0.113.5"])));
}

async fn every_node_has_what_was_confirmed_within_a_second(town: Town) {
    let other = town.another_node().await;
    town.store.signing_keys().await.unwrap();
    let follower = Follower::start(other, town.vocabulary.clone())
        .await
        .unwrap();
    let (directory, mut confirmed) = (follower.directory(), follower.confirmed());
    let (tell, mut told) = tokio::sync::mpsc::unbounded_channel();
    tokio::spawn(follower.run(move |_| {
        let _ = tell.send(());
    }));
    confirmed.changed().await.unwrap();
    propose(&town, "mairie", &["203.0.113.5"]).await;
    let networks = || directory.find(&fontclaire()).unwrap().networks.clone();
    assert_eq!(networks(), []);
    let (leave, corinne) = town.supervision(CORINNE, "fontclaire").await;
    while told.try_recv().is_ok() {}
    let version = directory.rulesets();
    confirm(&town, &leave, &corinne).await;
    let waited = async {
        while networks().is_empty() {
            told.recv().await;
        }
    };
    tokio::time::timeout(Duration::from_secs(10), waited)
        .await
        .unwrap();
    assert_eq!(networks()[0].ranges, ranges(&["203.0.113.5"]));
    // With a new version: no decision made before is remembered.
    assert!(!std::sync::Arc::ptr_eq(&version, &directory.rulesets()));
    town.store
        .suspend_account(&town.renee, true, BY)
        .await
        .unwrap();
}
