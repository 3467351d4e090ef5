//! How collectivités fare: people counted by where they stand, openings by month, what waits.

use super::town::{BY, HOUR, NOW, Town, fontclaire};
use accounts::{
    Collectivite, CollectiviteKind, FollowedFilter, Headcount, JournalEntry, Month, NewMembership,
    Openings, Scope, Waiting,
};
use policies::{CollectiviteId, Level, Role};

on_both_databases![
    people_are_counted_by_where_they_stand,
    openings_are_counted_by_month_as_the_journal_is_written,
    a_cdg_counts_its_own_ones_only,
    a_part_is_chosen_by_kind_cdg_and_department,
];

const CORINNE: &str = "corinne@cig.example";
const PIERRE: &str = "pierre@cdg.example";
const HALF_A_YEAR: i64 = 184 * 24 * HOUR;

/// Somebody without a password, an agent.
async fn add_agent(town: &Town, collectivite: &CollectiviteId, login: &str) -> String {
    let account = town.add_stranger(login).await;
    let new = NewMembership {
        account: &account,
        collectivite,
        role: Role::Agent,
        groups: &[],
    };
    town.store.add_membership(new, BY).await.unwrap();
    account
}

async fn add_body(town: &Town, id: &str, kind: CollectiviteKind, cdg: Option<&str>) {
    let new = Collectivite {
        id: id.into(),
        name: id.to_owned(),
        kind,
        cdg: cdg.map(Into::into),
        services: Vec::new(),
        active: true,
    };
    town.store.add_collectivite(&new, BY).await.unwrap();
}

fn opened(collectivite: &CollectiviteId, route: &str, outcome: &str) -> JournalEntry {
    let entry = JournalEntry::by("somebody", "ouvrir", route);
    entry.within(collectivite).decided(outcome, &[])
}

async fn people_are_counted_by_where_they_stand(town: Town) {
    add_agent(&town, &fontclaire(), "amina@fontclaire.example").await;
    let oversight = town.oversight(CORINNE).await;
    let overseen = town.store.overseen(&oversight);
    let count = async || {
        let counts = overseen.headcounts(&Scope::default()).await.unwrap();
        assert_eq!(counts.len(), 1, "{counts:?}");
        (counts[0].active, counts[0].dormant, counts[0].waiting)
    };
    // Renée has come, the agent has not answered; the CIG's own people are not counted.
    assert_eq!(count().await, (1, 0, 1));
    town.clock.advance(HALF_A_YEAR);
    assert_eq!(count().await, (0, 1, 1));
    town.log_in().await;
    assert_eq!(count().await, (1, 0, 1));
    let (leave, corinne) = town.supervision(CORINNE, "fontclaire").await;
    let over = town.store.over(&leave, &corinne);
    over.set_closed(true, 1, &oversight).await.unwrap();
    let counts = overseen.headcounts(&Scope::default()).await.unwrap();
    assert_eq!(counts, []);
}

async fn openings_are_counted_by_month_as_the_journal_is_written(town: Town) {
    let november = Month::of(NOW);
    let entries = [
        opened(&fontclaire(), "bip", "permit"),
        opened(&fontclaire(), "bip/fiches", "permit"),
        opened(&fontclaire(), "site", "refusal"),
        JournalEntry::by("somebody", "envoyer", "bip").within(&fontclaire()),
    ];
    town.store.record(&entries).await.unwrap();
    town.clock.advance(30 * 24 * HOUR);
    town.store.record(&entries[..1]).await.unwrap();
    town.store.record(&entries[..1]).await.unwrap();
    let oversight = town.oversight(CORINNE).await;
    let overseen = town.store.overseen(&oversight);
    let of = |month, count| Openings {
        month,
        service: "bip".into(),
        count,
    };
    let scope = Scope::default();
    let december = november.before(-1);
    let all = overseen.openings(&scope, november).await.unwrap();
    assert_eq!(all, [of(november, 2), of(december, 2)]);
    let late = overseen.openings(&scope, december).await.unwrap();
    assert_eq!(late, [of(december, 2)]);
    let verified = town.store.verify_journal().await.unwrap();
    assert!(verified.is_ok(), "{verified:?}");
}

/// Writes a designation down in each collectivité, and has Zoé ask for BIP.
async fn designate_and_ask(town: &Town) {
    for collectivite in ["fontclaire", "montrieux"] {
        let (leave, corinne) = town.supervision(CORINNE, collectivite).await;
        let over = town.store.over(&leave, &corinne);
        let new = super::designations::designated("Zoé", "zoe.durand@x.example");
        over.designate(&new).await.unwrap();
        let member = town
            .store
            .find_account("zoe@montrieux.example")
            .await
            .unwrap();
        let memberships = town
            .store
            .list_memberships(&member.unwrap().id)
            .await
            .unwrap();
        let member = town.store.member(&memberships[0].id).await.unwrap();
        let service = (&"bip".into(), "BIP");
        let level = Level::Lecture;
        town.store
            .request_access(BY, &member, service, level, "")
            .await
            .unwrap();
    }
}

async fn a_cdg_counts_its_own_ones_only(town: Town) {
    let oversight = town.oversight(PIERRE).await;
    add_body(
        &town,
        "montrieux",
        CollectiviteKind::Etablissement,
        Some("cdg"),
    )
    .await;
    let montrieux = CollectiviteId::from("montrieux");
    add_agent(&town, &montrieux, "zoe@montrieux.example").await;
    let entries = [
        opened(&fontclaire(), "bip", "permit"),
        opened(&montrieux, "site", "permit"),
    ];
    town.store.record(&entries).await.unwrap();
    designate_and_ask(&town).await;
    let overseen = town.store.overseen(&oversight);
    let scope = Scope::default();
    let counts = overseen.headcounts(&scope).await.unwrap();
    let own = Headcount {
        kind: CollectiviteKind::Etablissement,
        active: 0,
        dormant: 0,
        waiting: 1,
    };
    assert_eq!(counts, [own]);
    let openings = overseen.openings(&scope, Month::of(NOW)).await.unwrap();
    assert_eq!(openings.len(), 1, "{openings:?}");
    assert_eq!(openings[0].service.as_str(), "site");
    let waiting = Waiting {
        recorded: 1,
        received: 0,
        requests: 1,
    };
    assert_eq!(overseen.waiting(&scope).await.unwrap(), waiting);
    // Another one's number asks for nothing.
    let foreign = Scope {
        cdg: "another".to_owned(),
        ..scope
    };
    assert_eq!(overseen.headcounts(&foreign).await.unwrap(), []);
}

async fn a_part_is_chosen_by_kind_cdg_and_department(town: Town) {
    let (leave, corinne) = town.supervision(CORINNE, "732829320").await;
    let mut new = super::designations::vauban();
    new.insee = accounts::CodeInsee::parse("97411");
    town.store.over(&leave, &corinne).open(&new).await.unwrap();
    add_body(&town, "ccas", CollectiviteKind::Etablissement, None).await;
    let oversight = town.oversight(CORINNE).await;
    let overseen = town.store.overseen(&oversight);
    assert_eq!(overseen.list_departments().await.unwrap(), ["974"]);
    let part = |kind: &str, cdg: &str, department: &str| Scope {
        kind: kind.to_owned(),
        cdg: cdg.to_owned(),
        department: department.to_owned(),
    };
    for (scope, found) in [
        (part("", "", "974"), &["Ville de Vaubân"][..]),
        (part("", "", "97"), &["Ville de Vaubân"]),
        (part("etablissement", "", ""), &["ccas"]),
        (part("etablissement", "", "974"), &[]),
        (part("", "montrieux", ""), &[]),
    ] {
        let filter = FollowedFilter {
            unattended: true,
            scope,
            ..FollowedFilter::default()
        };
        let (list, total) = overseen.list(&filter).await.unwrap();
        let names: Vec<_> = list.iter().map(|one| one.name.as_str()).collect();
        assert_eq!(
            (names.as_slice(), total),
            (found, i64::try_from(found.len()).unwrap())
        );
        let counts = overseen.count_by_progress(&filter).await.unwrap();
        assert_eq!(counts.values().sum::<i64>(), total);
    }
}
