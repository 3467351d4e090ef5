//! The journal shows what somebody with the whole database in hand did to it.

use super::town::{BY, Town, fontclaire};
use accounts::{JournalEntry, Provenance, Tampering};
use sqlx::Executor as _;

on_both_databases![
    an_untouched_journal_holds_and_counts_its_entries,
    an_altered_entry_shows_whatever_its_column,
    a_deleted_entry_shows,
    two_swapped_entries_show,
    a_truncated_journal_shows,
    an_added_entry_shows_even_when_the_head_follows,
    an_entry_copied_from_another_place_shows,
    fields_cannot_run_into_each_other,
];

/// Writes ten more entries and gives the number of the last.
async fn fill(town: &Town) -> i64 {
    let entries: Vec<_> = (0..10)
        .map(|number| {
            JournalEntry::by(&town.renee, "access", &format!("bip/{number}"))
                .within(&fontclaire())
                .decided("permit", &["cig/droit".into(), "paie".into()])
                .asked_from(&Provenance::default())
                .detail("10h")
        })
        .collect();
    town.store.record(&entries).await.unwrap();
    verify(town).await.unwrap()
}

async fn verify(town: &Town) -> Result<i64, Tampering> {
    town.store.verify_journal().await.unwrap()
}

/// Does what only somebody with the database in hand can do.
async fn tamper(town: &Town, statements: &[&str]) {
    let mut connection = town.database.connect().await.unwrap();
    for statement in statements {
        let statement = sqlx::AssertSqlSafe((*statement).to_owned());
        connection.execute(statement).await.unwrap();
    }
}

async fn an_untouched_journal_holds_and_counts_its_entries(town: Town) {
    let before = verify(&town).await.unwrap();
    assert_eq!(fill(&town).await, before + 10);
    let many = vec![JournalEntry::by(BY, "access", "bip"); 2100];
    town.store.record(&many).await.unwrap();
    assert_eq!(verify(&town).await, Ok(before + 2110));
}

async fn an_altered_entry_shows_whatever_its_column(town: Town) {
    fill(&town).await;
    for column in [
        "actor",
        "act",
        "object",
        "collectivite",
        "outcome",
        "rules",
        "detail",
        "provenance",
        "mac",
    ] {
        let alter = format!("UPDATE journal SET {column} = {column} || 'x' WHERE seq = 5");
        tamper(&town, &[&alter]).await;
        assert_eq!(verify(&town).await, Err(Tampering::Altered(5)), "{column}");
        let mend = format!(
            "UPDATE journal SET {column} = SUBSTR({column}, 1, LENGTH({column}) - 1) WHERE seq = 5"
        );
        tamper(&town, &[&mend]).await;
        assert!(verify(&town).await.is_ok(), "{column}");
    }
    tamper(&town, &["UPDATE journal SET at = at + 1 WHERE seq = 5"]).await;
    assert_eq!(verify(&town).await, Err(Tampering::Altered(5)));
}

async fn a_deleted_entry_shows(town: Town) {
    let last = fill(&town).await;
    for seq in [last - 3, 1] {
        tamper(&town, &[&format!("DELETE FROM journal WHERE seq = {seq}")]).await;
        assert_eq!(verify(&town).await, Err(Tampering::Missing(seq)));
    }
}

async fn two_swapped_entries_show(town: Town) {
    fill(&town).await;
    let swap = [
        "UPDATE journal SET seq = -1 WHERE seq = 5",
        "UPDATE journal SET seq = 5 WHERE seq = 6",
        "UPDATE journal SET seq = 6 WHERE seq = -1",
    ];
    tamper(&town, &swap).await;
    assert_eq!(verify(&town).await, Err(Tampering::Altered(5)));
}

async fn a_truncated_journal_shows(town: Town) {
    let last = fill(&town).await;
    tamper(&town, &[&format!("DELETE FROM journal WHERE seq = {last}")]).await;
    assert_eq!(verify(&town).await, Err(Tampering::Missing(last)));
    tamper(&town, &["DELETE FROM journal"]).await;
    assert_eq!(verify(&town).await, Err(Tampering::Missing(1)));
    // Nor when the head is put back to match.
    tamper(&town, &["UPDATE journal_head SET seq = 0, mac = ''"]).await;
    assert_eq!(verify(&town).await, Err(Tampering::Shortened(0)));
    tamper(&town, &["UPDATE journal_head SET seal = ''"]).await;
    assert_eq!(verify(&town).await, Err(Tampering::Shortened(0)));
}

async fn an_added_entry_shows_even_when_the_head_follows(town: Town) {
    let last = fill(&town).await;
    let add = format!(
        "INSERT INTO journal (seq, at, actor, act, object, collectivite, outcome, rules, detail, mac)
         SELECT seq + 1, at, actor, act, object, collectivite, outcome, rules, detail, mac
         FROM journal WHERE seq = {last}"
    );
    tamper(&town, &[&add]).await;
    assert_eq!(verify(&town).await, Err(Tampering::Added(last + 1)));
    tamper(&town, &["UPDATE journal_head SET seq = seq + 1"]).await;
    assert_eq!(verify(&town).await, Err(Tampering::Shortened(last + 1)));
}

async fn an_entry_copied_from_another_place_shows(town: Town) {
    fill(&town).await;
    let copy = "UPDATE journal SET object = (SELECT object FROM journal WHERE seq = 6),
                mac = (SELECT mac FROM journal WHERE seq = 6) WHERE seq = 5";
    tamper(&town, &[copy]).await;
    assert_eq!(verify(&town).await, Err(Tampering::Altered(5)));
}

async fn fields_cannot_run_into_each_other(town: Town) {
    let last = fill(&town).await;
    town.store
        .record(&[JournalEntry::by("ab", "c", "d")])
        .await
        .unwrap();
    let split = format!(
        "UPDATE journal SET actor = 'a', act = 'bc' WHERE seq = {}",
        last + 1
    );
    tamper(&town, &[&split]).await;
    assert_eq!(verify(&town).await, Err(Tampering::Altered(last + 1)));
}
