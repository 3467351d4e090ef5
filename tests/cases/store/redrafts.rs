//! Designations that were written down with a mistake: corrected or abandoned before their check.

use super::designations::designated;
use super::town::Town;
use accounts::{Designation, DesignationState, Error, NewDesignation, Over, Scope, Waiting};

on_both_databases![
    a_correction_goes_before_the_check_and_takes_the_document_away,
    whoever_corrects_does_not_check,
    the_second_to_correct_is_told,
    an_abandoned_case_waits_for_nothing,
    what_is_decided_is_neither_corrected_nor_abandoned,
    a_case_elsewhere_is_neither_corrected_nor_abandoned,
];

const CORINNE: &str = "corinne@cig.example";
const CAMILLE: &str = "camille@cig.example";
const FONTCLAIRE: &str = "fontclaire";

fn zoe() -> NewDesignation {
    designated("Zoé", "zoe@fontclaire.example")
}

fn zoey() -> NewDesignation {
    designated("Zoë", "ZOE.durand@fontclaire.example")
}

async fn read(over: Over<'_>, id: &str) -> Designation {
    over.designation(id).await.unwrap()
}

fn expect_stale(result: &Result<(), Error>) {
    assert!(matches!(result, Err(Error::Stale { .. })), "{result:?}");
}

async fn a_correction_goes_before_the_check_and_takes_the_document_away(town: Town) {
    let (leave, corinne) = town.supervision(CORINNE, FONTCLAIRE).await;
    let over = town.store.over(&leave, &corinne);
    let (leave, camille) = town.supervision(CAMILLE, FONTCLAIRE).await;
    let other = town.store.over(&leave, &camille);
    let id = over.designate(&zoe()).await.unwrap();
    over.receive(&id, "a.pdf", b"%PDF-").await.unwrap();
    let seen = read(over, &id).await;
    assert_eq!((seen.version, seen.reception), (2, 1));
    over.correct_designation(&id, &zoey(), seen.version)
        .await
        .unwrap();
    let case = read(over, &id).await;
    assert_eq!(case.full_name(), "Zoë Durand");
    assert_eq!(case.says.login, "zoe.durand@fontclaire.example");
    assert_eq!(case.state, DesignationState::Recorded);
    assert_eq!((case.received_at, case.reception), (None, 0));
    assert_eq!(town.count("designation_documents").await, 0);
    let gone = other.document(&id).await;
    assert!(matches!(gone, Err(Error::NotFound { .. })), "{gone:?}");
    // The document that a checker had seen names somebody else; the next one is not taken for it.
    expect_stale(&other.check(&id, 1).await);
    over.receive(&id, "b.pdf", b"%PDF-").await.unwrap();
    expect_stale(&other.check(&id, 1).await);
    other.check(&id, 2).await.unwrap();
    let mandates = other.list_mandates().await.unwrap();
    let logins: Vec<_> = mandates.iter().map(|one| one.login.as_str()).collect();
    assert!(
        logins.contains(&"zoe.durand@fontclaire.example"),
        "{logins:?}"
    );
    town.store.verify_journal().await.unwrap().unwrap();
}

async fn whoever_corrects_does_not_check(town: Town) {
    let (leave, corinne) = town.supervision(CORINNE, FONTCLAIRE).await;
    let over = town.store.over(&leave, &corinne);
    let (leave, camille) = town.supervision(CAMILLE, FONTCLAIRE).await;
    let other = town.store.over(&leave, &camille);
    let third = "claude@cig.example";
    let (leave, claude) = town.supervision(third, FONTCLAIRE).await;
    let receiving = town.store.over(&leave, &claude);
    let id = over.designate(&zoe()).await.unwrap();
    other.correct_designation(&id, &zoey(), 1).await.unwrap();
    receiving.receive(&id, "a.pdf", b"%PDF-").await.unwrap();
    let case = read(over, &id).await;
    // Nor does who wrote it down at first: a corrector need not look at every field.
    for (who, account) in [(over, &corinne), (other, &camille), (receiving, &claude)] {
        assert!(!case.may_be_checked_by(account), "{account}");
        let own = who.check(&id, 1).await;
        assert!(matches!(own, Err(Error::SamePerson)), "{own:?}");
    }
    let (leave, colette) = town.supervision("colette@cig.example", FONTCLAIRE).await;
    assert!(case.may_be_checked_by(&colette));
    let fourth = town.store.over(&leave, &colette);
    fourth.check(&id, 1).await.unwrap();
}

async fn the_second_to_correct_is_told(town: Town) {
    let (leave, corinne) = town.supervision(CORINNE, FONTCLAIRE).await;
    let over = town.store.over(&leave, &corinne);
    let id = over.designate(&zoe()).await.unwrap();
    over.correct_designation(&id, &zoey(), 1).await.unwrap();
    expect_stale(&over.correct_designation(&id, &zoe(), 1).await);
    expect_stale(&over.abandon_designation(&id, "", 1).await);
    assert_eq!(read(over, &id).await.full_name(), "Zoë Durand");
    // A document that was put there meanwhile was not seen.
    over.receive(&id, "a.pdf", b"%PDF-").await.unwrap();
    expect_stale(&over.correct_designation(&id, &zoe(), 2).await);
    assert_eq!(town.count("designation_documents").await, 1);
    over.correct_designation(&id, &zoe(), 3).await.unwrap();
}

async fn an_abandoned_case_waits_for_nothing(town: Town) {
    let (leave, corinne) = town.supervision(CORINNE, FONTCLAIRE).await;
    let over = town.store.over(&leave, &corinne);
    let first = over.designate(&zoe()).await.unwrap();
    let second = over.designate(&zoey()).await.unwrap();
    over.receive(&second, "a.pdf", b"%PDF-").await.unwrap();
    let oversight = town.oversight(CORINNE).await;
    let overseen = town.store.overseen(&oversight);
    let waiting = async || overseen.waiting(&Scope::default()).await.unwrap();
    let both = Waiting {
        recorded: 1,
        received: 1,
        requests: 0,
    };
    assert_eq!(waiting().await, both);
    over.abandon_designation(&first, "Candidature retirée", 1)
        .await
        .unwrap();
    over.abandon_designation(&second, "", 2).await.unwrap();
    assert_eq!(waiting().await, Waiting::default());
    assert_eq!(overseen.list_unchecked().await.unwrap(), []);
    let case = read(over, &first).await;
    assert_eq!(case.state, DesignationState::Abandoned);
    assert_eq!(case.abandonment, "Candidature retirée");
    assert_eq!(over.list_designations().await.unwrap().len(), 2);
    // There is no way on from there.
    expect_stale(&over.receive(&first, "a.pdf", b"%PDF-").await);
    let (leave, camille) = town.supervision(CAMILLE, FONTCLAIRE).await;
    let other = town.store.over(&leave, &camille);
    expect_stale(&other.check(&second, 1).await);
    expect_stale(&other.reject(&second, "Illisible").await);
    expect_stale(&over.correct_designation(&first, &zoey(), 2).await);
    expect_stale(&over.abandon_designation(&first, "", 2).await);
    town.store.verify_journal().await.unwrap().unwrap();
}

async fn what_is_decided_is_neither_corrected_nor_abandoned(town: Town) {
    let (leave, corinne) = town.supervision(CORINNE, FONTCLAIRE).await;
    let over = town.store.over(&leave, &corinne);
    let (leave, camille) = town.supervision(CAMILLE, FONTCLAIRE).await;
    let other = town.store.over(&leave, &camille);
    for accepted in [true, false] {
        let id = over.designate(&zoe()).await.unwrap();
        over.receive(&id, "a.pdf", b"%PDF-").await.unwrap();
        if accepted {
            other.check(&id, 1).await.unwrap();
        } else {
            other.reject(&id, "Illisible").await.unwrap();
        }
        let before = read(over, &id).await;
        expect_stale(&over.correct_designation(&id, &zoey(), before.version).await);
        expect_stale(&over.abandon_designation(&id, "", before.version).await);
        assert_eq!(read(over, &id).await, before);
        assert!(other.document(&id).await.is_ok());
    }
}

async fn a_case_elsewhere_is_neither_corrected_nor_abandoned(town: Town) {
    let (leave, corinne) = town.supervision(CORINNE, FONTCLAIRE).await;
    let over = town.store.over(&leave, &corinne);
    let id = over.designate(&zoe()).await.unwrap();
    let (elsewhere, _) = town.supervision(CORINNE, "732829320").await;
    let elsewhere = town.store.over(&elsewhere, &corinne);
    elsewhere
        .open(&super::designations::vauban())
        .await
        .unwrap();
    for result in [
        elsewhere.correct_designation(&id, &zoey(), 1).await,
        elsewhere.abandon_designation(&id, "", 1).await,
    ] {
        assert!(matches!(result, Err(Error::NotFound { .. })), "{result:?}");
    }
    assert_eq!(read(over, &id).await.version, 1);
}
