//! Rules in preparation: published beside the rules that they were looked at with, or not at all.

use super::town::{BY, Town, fontclaire};
use accounts::{Error, InForce, RuleVersion, Within};
use policies::{Purview, Rule, Vocabulary};

on_both_databases![
    a_draft_is_published_beside_the_rules_it_was_looked_at_with_or_not_at_all,
    a_draft_begins_from_the_newest_version_or_is_not_saved,
    a_draft_takes_the_place_of_the_one_that_was_read_or_is_not_saved,
    a_rule_that_holds_no_more_is_mended_before_anything_else_is_published,
];

/// A rule that lets everybody read a service.
fn rule(id: &str, service: &str) -> Rule {
    Rule {
        id: id.to_owned(),
        text: format!(
            "permit (principal in Collectivite::\"fontclaire\", action in [Action::\"lecture\"], \
             resource in Service::\"{service}\");"
        ),
    }
}

async fn purview(town: &Town) -> Purview {
    town.purview(&town.membership).await
}

async fn rules(within: &Within<'_>) -> Vec<RuleVersion> {
    within.list_rules().await.unwrap()
}

async fn beside(within: &Within<'_>) -> InForce {
    InForce::of(&rules(within).await)
}

fn is_stale<T>(result: &Result<T, Error>) -> bool {
    matches!(result, Err(Error::Stale { .. }))
}

async fn a_draft_is_published_beside_the_rules_it_was_looked_at_with_or_not_at_all(town: Town) {
    let purview = purview(&town).await;
    let within = town.store.within(&purview, &town.renee);
    let (known, reading, other) = (&town.vocabulary, rule("a", "bip"), rule("b", "site"));
    within.save_draft(known, &reading, 0, 0).await.unwrap();
    let seen = beside(&within).await;
    town.store
        .publish_rule(known, &fontclaire(), &other, BY)
        .await
        .unwrap();
    let late = within.publish_draft(known, (&reading, 0), &seen, "pour lire");
    assert!(is_stale(&late.await));
    let draft = within.find_draft("a").await.unwrap().unwrap();
    let seen = beside(&within).await;
    let shown = (&reading, draft.version);
    let published = within.publish_draft(known, shown, &seen, "pour lire");
    assert_eq!(published.await.unwrap(), 1);
    assert_eq!(within.find_draft("a").await.unwrap(), None);
    // What was seen then is not what is in force now.
    let withdrawn = within.withdraw_rule(known, &other, &seen, "trop large");
    assert!(is_stale(&withdrawn.await));
    let seen = beside(&within).await;
    let withdrawn = within.withdraw_rule(known, &other, &seen, "trop large");
    withdrawn.await.unwrap();
    let seen = beside(&within).await;
    let again = within.withdraw_rule(known, &other, &seen, "trop large");
    assert!(is_stale(&again.await));
    let kept = rules(&within).await;
    let ended = kept.iter().find(|version| version.rule.id == "b").unwrap();
    assert_eq!(ended.withdrawal.as_ref().unwrap().reason, "trop large");
}

async fn a_draft_begins_from_the_newest_version_or_is_not_saved(town: Town) {
    let purview = purview(&town).await;
    let within = town.store.within(&purview, &town.renee);
    let (known, text) = (&town.vocabulary, rule("a", "bip"));
    assert!(is_stale(&within.save_draft(known, &text, 1, 0).await));
    within.save_draft(known, &text, 0, 0).await.unwrap();
    let draft = within.find_draft("a").await.unwrap().unwrap();
    town.store
        .publish_rule(known, &fontclaire(), &rule("a", "site"), BY)
        .await
        .unwrap();
    let stays = within.save_draft(known, &text, 0, draft.version).await;
    assert!(is_stale(&stays));
    let seen = beside(&within).await;
    let over = within.publish_draft(known, (&text, draft.version), &seen, "x");
    assert!(is_stale(&over.await));
    within
        .save_draft(known, &text, 1, draft.version)
        .await
        .unwrap();
    let draft = within.find_draft("a").await.unwrap().unwrap();
    assert_eq!(draft.based_on, 1);
    let shown = (&text, draft.version);
    let published = within.publish_draft(known, shown, &seen, "x").await;
    assert_eq!(published.unwrap(), 2);
}

async fn a_draft_takes_the_place_of_the_one_that_was_read_or_is_not_saved(town: Town) {
    let purview = purview(&town).await;
    let within = town.store.within(&purview, &town.renee);
    let (known, text) = (&town.vocabulary, rule("a", "bip"));
    let other = rule("a", "site");
    assert!(
        is_stale(&within.save_draft(known, &text, 0, 1).await),
        "no draft"
    );
    within.save_draft(known, &text, 0, 0).await.unwrap();
    assert!(
        is_stale(&within.save_draft(known, &other, 0, 0).await),
        "there is one by now"
    );
    let draft = within.find_draft("a").await.unwrap().unwrap();
    let first = within.save_draft(known, &other, 0, draft.version).await;
    first.unwrap();
    let second = within.save_draft(known, &text, 0, draft.version).await;
    assert!(is_stale(&second));
    assert!(is_stale(&within.discard_draft("a", draft.version).await));
    let kept = within.find_draft("a").await.unwrap().unwrap();
    assert_eq!(kept.rule, other);
}

async fn a_rule_that_holds_no_more_is_mended_before_anything_else_is_published(town: Town) {
    let purview = purview(&town).await;
    let within = town.store.within(&purview, &town.renee);
    let former = Vocabulary::new(&["ancien", "bip"].map(Into::into)).unwrap();
    let known = &town.vocabulary;
    for rule in [rule("gone", "ancien"), rule("held", "bip")] {
        town.store
            .publish_rule(&former, &fontclaire(), &rule, BY)
            .await
            .unwrap();
    }
    let text = rule("a", "site");
    within.save_draft(known, &text, 0, 0).await.unwrap();
    let draft = within.find_draft("a").await.unwrap().unwrap();
    let shown = (&text, draft.version);
    let seen = beside(&within).await;
    let stopped = within.publish_draft(known, shown, &seen, "x").await;
    assert!(matches!(stopped, Err(Error::Policy(_))), "{stopped:?}");
    let held = rule("held", "bip");
    let stopped = within.withdraw_rule(known, &held, &seen, "x").await;
    assert!(matches!(stopped, Err(Error::Policy(_))), "{stopped:?}");
    let gone = rule("gone", "ancien");
    let mended = within.withdraw_rule(known, &gone, &seen, "service fermé");
    mended.await.unwrap();
    let seen = beside(&within).await;
    assert_eq!(
        within
            .publish_draft(known, shown, &seen, "x")
            .await
            .unwrap(),
        1
    );
}
