//! Two people for a change of rules, as the store holds it; and the decisions of the past that a change
//! is tried on.

use super::town::{BY, PASSWORD, Town, fontclaire, password};
use accounts::{
    ByTwo, Error, InForce, JournalEntry, NewAccount, NewMembership, Operation, PastDecision,
    Provenance, RuleChange, Within,
};
use policies::{Action, Purview, Role, Rule};

on_both_databases![
    who_saved_a_draft_does_not_publish_it,
    a_rule_ends_once_a_second_person_asks,
    an_operator_goes_past_two_people_only_by_saying_so_and_they_are_told,
    it_takes_two_to_need_one_or_somebody_above,
    who_is_a_referent_there_does_not_end_it_from_above,
    who_is_alone_cannot_need_a_second_person,
    decisions_of_the_past_are_read_as_they_were_written,
];

fn rule() -> Rule {
    Rule {
        id: "a".to_owned(),
        text:
            "permit (principal in Collectivite::\"fontclaire\", action in [Action::\"lecture\"], \
               resource in Service::\"bip\");"
                .to_owned(),
    }
}

/// Rose, another référente: her account and her leave.
async fn rose(town: &Town) -> (String, Purview) {
    let secret = password(PASSWORD);
    let new = NewAccount {
        login: "rose@x.example",
        given_name: "Rose",
        family_name: "Petit",
        password: Some(&secret),
    };
    let account = town.store.add_account(new, BY).await.unwrap();
    let new = NewMembership {
        account: &account,
        collectivite: &fontclaire(),
        role: Role::Referent,
        groups: &[],
    };
    let membership = town.store.add_membership(new, BY).await.unwrap();
    let purview = town.purview(&membership).await;
    (account, purview)
}

async fn beside(within: &Within<'_>) -> InForce {
    InForce::of(&within.list_rules().await.unwrap())
}

async fn who_saved_a_draft_does_not_publish_it(town: Town) {
    let (hers, (account, other)) = (town.purview(&town.membership).await, rose(&town).await);
    let renee = town.store.within(&hers, &town.renee);
    let rose = town.store.within(&other, &account);
    renee.need_two_people().await.unwrap();
    renee
        .save_draft(&town.vocabulary, &rule(), 0, 0)
        .await
        .unwrap();
    let draft = renee.find_draft("a").await.unwrap().unwrap();
    let (seen, shown) = (beside(&renee).await, (&draft.rule, draft.version));
    let own = renee.publish_draft(&town.vocabulary, shown, &seen, "x");
    let own = own.await;
    assert!(matches!(own, Err(Error::SamePerson)), "{own:?}");
    assert!(renee.find_draft("a").await.unwrap().is_some());
    let published = rose.publish_draft(&town.vocabulary, shown, &seen, "x");
    assert_eq!(published.await.unwrap(), 1);
}

async fn an_operator_goes_past_two_people_only_by_saying_so_and_they_are_told(town: Town) {
    let (hers, _) = (town.purview(&town.membership).await, rose(&town).await);
    let renee = town.store.within(&hers, &town.renee);
    renee.need_two_people().await.unwrap();
    let before = town.letters().await.len();
    let change = async |alone| {
        let changes = [RuleChange::Publish(fontclaire(), rule())];
        let operation = Operation {
            by: BY,
            reason: "reprise",
            alone,
            beside: &[],
        };
        let store = &town.store;
        store
            .change_rules(&town.vocabulary, &changes, operation)
            .await
    };
    let refused = change(false).await;
    assert!(matches!(refused, Err(Error::SamePerson)), "{refused:?}");
    assert_eq!(town.letters().await.len(), before);
    change(true).await.unwrap();
    let told = town.letters().await.split_off(before);
    assert_eq!(told.len(), 2, "both référentes");
}

async fn a_rule_ends_once_a_second_person_asks(town: Town) {
    let (hers, (account, other)) = (town.purview(&town.membership).await, rose(&town).await);
    let renee = town.store.within(&hers, &town.renee);
    let rose = town.store.within(&other, &account);
    let (known, rule) = (&town.vocabulary, rule());
    town.store
        .publish_rule(known, &fontclaire(), &rule, BY)
        .await
        .unwrap();
    renee.need_two_people().await.unwrap();
    let seen = beside(&renee).await;
    for reason in ["trop large", "encore"] {
        let asked = renee.withdraw_rule(known, &rule, &seen, reason).await;
        assert_eq!(asked.unwrap(), ByTwo::Asked);
    }
    let version = rose.list_rules().await.unwrap().remove(0);
    assert!(version.is_in_force());
    assert_eq!(version.end_asked.unwrap().reason, "trop large");
    rose.keep_rule("a").await.unwrap();
    let nothing = rose.keep_rule("a").await;
    assert!(matches!(nothing, Err(Error::Stale { .. })), "{nothing:?}");
    let asked = rose.withdraw_rule(known, &rule, &seen, "y").await;
    assert_eq!(asked.unwrap(), ByTwo::Asked);
    let done = renee.withdraw_rule(known, &rule, &seen, "z").await;
    assert_eq!(done.unwrap(), ByTwo::Done);
    assert!(!renee.list_rules().await.unwrap()[0].is_in_force());
}

async fn it_takes_two_to_need_one_or_somebody_above(town: Town) {
    let (hers, (account, other)) = (town.purview(&town.membership).await, rose(&town).await);
    let renee = town.store.within(&hers, &town.renee);
    let rose = town.store.within(&other, &account);
    let off = renee.end_two_people().await;
    assert!(matches!(off, Err(Error::Stale { .. })), "{off:?}");
    renee.need_two_people().await.unwrap();
    assert_eq!(renee.end_two_people().await.unwrap(), ByTwo::Asked);
    let again = renee.end_two_people().await;
    assert!(matches!(again, Err(Error::SamePerson)), "{again:?}");
    let state = rose.two_people().await.unwrap();
    assert_eq!(state.ending.unwrap().1.as_deref(), Some("Renée Martin"));
    rose.keep_two_people().await.unwrap();
    assert_eq!(rose.end_two_people().await.unwrap(), ByTwo::Asked);
    assert_eq!(renee.end_two_people().await.unwrap(), ByTwo::Done);
    assert_eq!(renee.two_people().await.unwrap().since, None);
    renee.need_two_people().await.unwrap();
    let (leave, account) = town.supervision("suivi@cig.example", "fontclaire").await;
    let over = town.store.over(&leave, &account);
    let before = town.letters().await.len();
    over.end_two_people().await.unwrap();
    let told = town.letters().await.split_off(before);
    assert_eq!(told.len(), 2, "both référentes are told: {told:?}");
    assert_eq!(renee.two_people().await.unwrap().since, None);
}

async fn who_is_a_referent_there_does_not_end_it_from_above(town: Town) {
    let (hers, _) = (town.purview(&town.membership).await, rose(&town).await);
    let renee = town.store.within(&hers, &town.renee);
    renee.need_two_people().await.unwrap();
    let (leave, account) = town.supervision("suivi@cig.example", "fontclaire").await;
    let as_well = NewMembership {
        account: &account,
        collectivite: &fontclaire(),
        role: Role::Referent,
        groups: &[],
    };
    town.store.add_membership(as_well, BY).await.unwrap();
    let refused = town.store.over(&leave, &account).end_two_people().await;
    assert!(matches!(refused, Err(Error::SamePerson)), "{refused:?}");
    assert!(renee.two_people().await.unwrap().since.is_some());
}

async fn who_is_alone_cannot_need_a_second_person(town: Town) {
    let purview = town.purview(&town.membership).await;
    let within = town.store.within(&purview, &town.renee);
    let refused = within.need_two_people().await;
    assert!(
        matches!(refused, Err(Error::LastReferent(_))),
        "{refused:?}"
    );
}

async fn decisions_of_the_past_are_read_as_they_were_written(town: Town) {
    let provenance = Provenance {
        second_factor: true,
        networks: ["mairie".to_owned()].into(),
    };
    let (old, other) = (fontclaire(), "montrieux".into());
    let entry = |area: &str| JournalEntry::by(&town.renee, "envoyer", area);
    let permitted = |entry: JournalEntry| entry.decided("permit", &["droit/bip".into()]);
    let entries = [
        permitted(entry("bip")).within(&old),
        permitted(entry("site"))
            .within(&old)
            .asked_from(&provenance),
        entry("bip").within(&old),
        permitted(entry("bip")).within(&other),
    ];
    town.store.record(&entries).await.unwrap();
    let purview = town.purview(&town.membership).await;
    let within = town.store.within(&purview, &town.renee);
    let found = within.list_past_decisions(0, 10).await.unwrap();
    let expected = |area: &str, provenance| PastDecision {
        at: town.clock.now(),
        account: town.renee.clone(),
        action: Action::Envoyer,
        area: area.to_owned(),
        permitted: true,
        provenance,
    };
    assert_eq!(
        found,
        [expected("site", Some(provenance)), expected("bip", None)]
    );
    let later = town.clock.now() + 1;
    assert!(
        within
            .list_past_decisions(later, 10)
            .await
            .unwrap()
            .is_empty()
    );
    assert_eq!(within.list_past_decisions(0, 1).await.unwrap().len(), 1);
}
