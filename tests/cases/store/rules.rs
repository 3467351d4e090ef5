//! Rules: published, replaced, withdrawn, and refused when they reach beyond their collectivité.

use super::town::{BY, Town, add_collectivite, fontclaire};
use accounts::{Error, InForce, Operation, RuleChange, StoredRule};
use convergences_tests::operator::withdraw_rule;
use policies::Rule;

on_both_databases![
    a_rule_is_published_in_versions_and_the_last_one_counts,
    a_withdrawn_rule_is_gone_until_it_is_published_again,
    rules_belong_to_their_collectivite,
    a_rule_that_reaches_beyond_is_refused_and_nothing_is_written,
    a_text_that_is_no_rule_is_refused_and_nothing_is_written,
    changes_looked_at_beside_other_rules_are_not_made,
];

/// A rule that lets everybody of `collectivite` read `service`.
fn rule(collectivite: &str, service: &str) -> Rule {
    Rule {
        id: "lecture".to_owned(),
        text: format!(
            "permit (principal in Collectivite::\"{collectivite}\", action in [Action::\"lecture\"], \
             resource in Service::\"{service}\");"
        ),
    }
}

async fn publish(town: &Town, rule: &Rule) -> Result<i64, Error> {
    let to = fontclaire();
    town.store
        .publish_rule(&town.vocabulary, &to, rule, BY)
        .await
}

async fn rules(town: &Town) -> Vec<StoredRule> {
    town.store.list_rules(&fontclaire()).await.unwrap()
}

async fn a_rule_is_published_in_versions_and_the_last_one_counts(town: Town) {
    assert_eq!(publish(&town, &rule("fontclaire", "bip")).await.unwrap(), 1);
    town.clock.advance(60);
    let second = rule("fontclaire", "net-cotisations");
    assert_eq!(publish(&town, &second).await.unwrap(), 2);
    let expected = StoredRule {
        rule: second,
        version: 2,
        author: BY.to_owned(),
        created_at: town.clock.now(),
    };
    assert_eq!(rules(&town).await, [expected]);
}

async fn a_withdrawn_rule_is_gone_until_it_is_published_again(town: Town) {
    for _ in 0..2 {
        publish(&town, &rule("fontclaire", "bip")).await.unwrap();
    }
    withdraw_rule(&town.store, &fontclaire(), "lecture")
        .await
        .unwrap();
    assert_eq!(rules(&town).await, []);
    let again = withdraw_rule(&town.store, &fontclaire(), "lecture").await;
    assert!(matches!(again, Err(Error::NotFound { .. })), "{again:?}");
    assert_eq!(publish(&town, &rule("fontclaire", "bip")).await.unwrap(), 3);
    assert_eq!(rules(&town).await.len(), 1);
}

async fn rules_belong_to_their_collectivite(town: Town) {
    add_collectivite(&town.store, "montrieux", "Commune de Montrieux")
        .await
        .unwrap();
    publish(&town, &rule("fontclaire", "bip")).await.unwrap();
    let montrieux = "montrieux".into();
    assert_eq!(town.store.list_rules(&montrieux).await.unwrap(), []);
    let refused = withdraw_rule(&town.store, &montrieux, "lecture").await;
    assert!(
        matches!(refused, Err(Error::NotFound { .. })),
        "{refused:?}"
    );
    let own = rule("montrieux", "bip");
    let version = town
        .store
        .publish_rule(&town.vocabulary, &montrieux, &own, BY)
        .await;
    assert_eq!(version.unwrap(), 1);
    assert_eq!(rules(&town).await.len(), 1);
}

async fn refused_without_a_trace(town: &Town, text: &str) {
    let before = town.store.verify_journal().await.unwrap();
    let refused = publish(
        town,
        &Rule {
            id: "lecture".to_owned(),
            text: text.to_owned(),
        },
    )
    .await;
    assert!(
        matches!(refused, Err(Error::Policy(_))),
        "{text}: {refused:?}"
    );
    assert_eq!(rules(town).await, []);
    assert_eq!(town.store.verify_journal().await.unwrap(), before);
}

async fn a_rule_that_reaches_beyond_is_refused_and_nothing_is_written(town: Town) {
    add_collectivite(&town.store, "montrieux", "Commune de Montrieux")
        .await
        .unwrap();
    refused_without_a_trace(&town, &rule("montrieux", "bip").text).await;
    refused_without_a_trace(&town, "permit (principal, action, resource);").await;
    let inside = rule("fontclaire", "bip")
        .text
        .replace(");", ") when { principal in Groupe::\"montrieux/rh\" };");
    refused_without_a_trace(&town, &inside).await;
}

async fn a_text_that_is_no_rule_is_refused_and_nothing_is_written(town: Town) {
    for text in [
        "",
        "permit",
        "permit (principal in Collectivite::\"fontclaire\", action, resource) when { principal.age > 3 };",
    ] {
        refused_without_a_trace(&town, text).await;
    }
    refused_without_a_trace(&town, &rule("fontclaire", "no-such-service").text).await;
}

async fn changes_looked_at_beside_other_rules_are_not_made(town: Town) {
    let seen = [(fontclaire(), InForce::among(&rules(&town).await))];
    publish(&town, &rule("fontclaire", "bip")).await.unwrap();
    let other = Rule {
        id: "autre".to_owned(),
        ..rule("fontclaire", "site")
    };
    let changes = [RuleChange::Publish(fontclaire(), other)];
    let operation = |beside| Operation {
        by: BY,
        reason: "essai",
        alone: false,
        beside,
    };
    let change = |beside| {
        let store = &town.store;
        store.change_rules(&town.vocabulary, &changes, operation(beside))
    };
    let late = change(&seen).await;
    assert!(matches!(late, Err(Error::Stale { .. })), "{late:?}");
    assert_eq!(rules(&town).await.len(), 1);
    let now = [(fontclaire(), InForce::among(&rules(&town).await))];
    change(&now).await.unwrap();
    assert_eq!(rules(&town).await.len(), 2);
}
