//! Imports, and the index that follows them: repeated, faulty, interrupted, partial, damaged.

use crate::world::{Base, NOW, first_page, ids, line, scope};
use policies::Classification;
use search::{Bip, Coverage, Written};
use std::path::Path;

fn import(base: &Base, lines: &[String]) -> Result<Written, search::Error> {
    let written = base.import(
        &lines.join("\n"),
        &Classification::default(),
        Coverage::Part,
    );
    base.followed();
    written
}

fn found(base: &Base) -> Vec<String> {
    let mut found = ids(&base.bip, &scope(&base.bip, "c1", &[]), "détachement");
    found.sort();
    found
}

fn indexes(folder: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(folder).unwrap();
    let names = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    names
        .filter(|name| !name.starts_with("content.db"))
        .collect()
}

#[test]
fn an_empty_directory_holds_no_index_and_bip_is_not_ready() {
    let directory = tempfile::tempdir().unwrap();
    for path in [directory.path().to_owned(), directory.path().join("absent")] {
        let bip = Bip::new(&path).unwrap();
        assert!(!bip.open().unwrap());
        assert!(!bip.is_ready());
        let base = Base::empty();
        // Nothing is verified of nothing.
        assert!(base.wait(bip.differences(&base.library)).is_err());
    }
}

#[test]
fn importing_twice_is_importing_once() {
    let base = Base::empty();
    let lines = [
        line("a", "fiche", "le détachement", ""),
        line("b", "texte", "détachement", ""),
    ];
    let once = import(&base, &lines).unwrap();
    let answer = || {
        let scope = scope(&base.bip, "c1", &[]);
        format!("{:?}", first_page(&base.bip, &scope, "détachement"))
    };
    let before = answer();
    let twice = import(&base, &lines).unwrap();
    assert_eq!((once.written, once.unchanged), (2, 0));
    assert_eq!((twice.written, twice.unchanged), (0, 2));
    assert_eq!(answer(), before);
    assert_eq!(indexes(&base.folder).len(), 1);
}

#[test]
fn an_import_adds_and_replaces_by_id_and_a_whole_one_withdraws_the_rest() {
    let base = Base::empty();
    let text = |id: &str| line(id, "fiche", "le détachement", "");
    import(&base, &[text("a"), text("b")]).unwrap();
    let other = line("b", "fiche", "la mutation", "");
    import(&base, &[other, text("c")]).unwrap();
    assert_eq!(found(&base), ["a", "c"]);
    let whole = |most| {
        base.import(
            &text("c"),
            &Classification::default(),
            Coverage::Whole { most },
        )
    };
    let refused = whole(false).unwrap_err().to_string();
    assert!(refused.contains("2 of 3 documents"), "{refused}");
    assert_eq!(whole(true).unwrap().withdrawn, 2);
    base.followed();
    assert_eq!(found(&base), ["c"]);
    assert_eq!(base.bip.document_count(), 1);
    // What was withdrawn comes back.
    import(&base, &[text("a")]).unwrap();
    assert_eq!(found(&base), ["a", "c"]);
    let holdings = base.wait(base.library.holdings()).unwrap();
    assert_eq!((holdings.documents, holdings.versions), (2, 3));
}

#[test]
fn a_faulty_import_leaves_the_base_as_it_was() {
    let base = Base::empty();
    import(&base, &[line("a", "fiche", "détachement", "")]).unwrap();
    let error = import(&base, &[line("b", "fiche", "y", ""), "{".to_owned()]).unwrap_err();
    assert_eq!(error.to_string(), "line 2 of the corpus is no document");
    assert_eq!(found(&base), ["a"]);
}

/// As if the program had been killed between two batches.
#[test]
fn an_import_that_was_interrupted_goes_on_when_it_is_made_again() {
    let base = Base::empty();
    let lines: Vec<_> = (0..1200)
        .map(|n| line(&format!("d{n}"), "fiche", "détachement", ""))
        .collect();
    let (corpus, nothing) = (lines.join("\n"), Classification::default());
    let import = base.library.import(
        corpus.as_bytes(),
        &nothing,
        Coverage::Part,
        NOW,
        |done, _| assert!(done <= 500, "killed"),
    );
    let killed = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| base.wait_here(import)));
    assert!(killed.is_err());
    base.followed();
    assert_eq!(base.bip.document_count(), 1000, "whole batches are kept");
    let again = self::import(&base, &lines).unwrap();
    assert_eq!((again.written, again.unchanged), (200, 1000));
    assert_eq!(base.bip.document_count(), 1200);
}

#[test]
fn an_index_that_was_left_unfinished_is_not_opened_and_does_not_hinder() {
    let base = Base::empty();
    let unfinished = base.folder.join(".making-0000000000000001");
    std::fs::create_dir(&unfinished).unwrap();
    std::fs::write(unfinished.join("meta.json"), "{").unwrap();
    assert!(!base.bip.open().unwrap());
    import(&base, &[line("a", "fiche", "détachement", "")]).unwrap();
    assert_eq!(found(&base), ["a"]);
}

#[test]
fn a_damaged_index_is_made_anew_from_the_content() {
    let base = Base::empty();
    import(&base, &[line("a", "fiche", "le détachement", "")]).unwrap();
    let index = base.folder.join(&indexes(&base.folder)[0]);
    for file in std::fs::read_dir(&index)
        .unwrap()
        .map(|entry| entry.unwrap().path())
    {
        if file.extension().is_some_and(|kind| kind == "store") {
            let mut bytes = std::fs::read(&file).unwrap();
            bytes[0] ^= 0xff;
            std::fs::write(&file, bytes).unwrap();
        }
    }
    let other = Base::at(&base.folder);
    assert!(other.bip.open().is_err());
    assert!(!other.bip.is_ready());
    other.followed();
    assert_eq!(found(&other), ["a"]);
    assert_ne!(base.folder.join(&indexes(&base.folder)[0]), index);
    assert_eq!(
        other.wait(other.bip.differences(&other.library)).unwrap(),
        [""; 0]
    );
}

/// Restored from a backup, the content is behind the index: what the index knows of later writes is not so.
#[test]
fn an_index_of_other_content_is_made_anew() {
    let (base, other) = (Base::empty(), Base::empty());
    let text = |id: &str| line(id, "fiche", "le détachement", "");
    import(&base, &[text("a")]).unwrap();
    import(&base, &[text("b")]).unwrap();
    import(&other, &[text("c")]).unwrap();
    // As if `content` had been pointed at the other's database.
    let exchanged = Base {
        library: other.library.clone(),
        ..Base::at(&base.folder)
    };
    exchanged.followed();
    assert_eq!(found(&exchanged), ["c"]);
    let differences = exchanged.wait(exchanged.bip.differences(&exchanged.library));
    assert_eq!(differences.unwrap(), [""; 0]);
}

/// One that a newer version of the program has written, say.
#[test]
fn a_document_that_cannot_be_read_closes_itself_and_hinders_no_other() {
    let base = Base::empty();
    let text = |id: &str| line(id, "fiche", "le détachement", "");
    import(&base, &[text("a"), text("b")]).unwrap();
    base.spoil("a");
    import(&base, &[text("c")]).unwrap();
    assert_eq!(found(&base), ["b", "c"]);
    base.wait(base.library.reindex()).unwrap();
    base.followed();
    assert_eq!(found(&base), ["b", "c"]);
    let differences = base.wait(base.bip.differences(&base.library)).unwrap();
    assert_eq!(differences, ["`a` is not in the index"]);
}

#[test]
fn a_document_reserved_to_more_than_a_class_can_name_is_refused_by_the_import() {
    let base = Base::empty();
    let readers: Vec<_> = (0..3000)
        .map(|n| format!("\"collectivite-{n:020}\""))
        .collect();
    let more = format!(
        r#""diffusion":"restreint","reserve_a":[{}],"#,
        readers.join(",")
    );
    let refused = import(&base, &[line("a", "fiche", "x", &more)])
        .unwrap_err()
        .to_string();
    assert!(
        refused.starts_with("line 1") && refused.contains("60,000"),
        "{refused}"
    );
}

#[test]
fn an_index_of_an_earlier_epoch_is_made_anew() {
    let base = Base::empty();
    import(&base, &[line("a", "fiche", "détachement", "")]).unwrap();
    let before = indexes(&base.folder);
    base.wait(base.library.reindex()).unwrap();
    base.followed();
    assert_ne!(indexes(&base.folder), before);
    assert_eq!(found(&base), ["a"]);
}

#[test]
fn two_nodes_each_have_their_own_index_of_the_same_content() {
    let (one, folder) = (Base::empty(), tempfile::tempdir().unwrap());
    import(&one, &[line("a", "fiche", "détachement", "")]).unwrap();
    let other = Base::beside(&one, folder.path());
    assert_eq!(found(&other), ["a"]);
    // What one writes the other follows.
    import(&other, &[line("b", "fiche", "détachement", "")]).unwrap();
    one.followed();
    assert_eq!(found(&one), ["a", "b"]);
    // They answer alike, though one made its index at once and the other followed.
    let answer = |base: &Base| {
        let scope = scope(&base.bip, "c1", &[]);
        format!("{:?}", first_page(&base.bip, &scope, "détachement"))
    };
    assert_eq!(answer(&one), answer(&other));
}

/// The process before a restart and the one after overlap for some seconds.
#[test]
fn two_processes_of_one_folder_do_not_disturb_each_other() {
    let base = Base::empty();
    import(&base, &[line("a", "fiche", "détachement", "")]).unwrap();
    let mut before = base.follower();
    base.wait(before.catch_up()).unwrap();
    let after = Base::at(&base.folder);
    let mut follower = after.follower();
    after.wait(follower.catch_up()).unwrap();
    assert_eq!(found(&after), ["a"]);
    let second = line("b", "fiche", "détachement", "");
    base.import(&second, &Classification::default(), Coverage::Part)
        .unwrap();
    base.wait(before.catch_up()).unwrap();
    after.wait(follower.catch_up()).unwrap();
    assert_eq!(
        found(&after),
        ["a", "b"],
        "by the index that the other one writes"
    );
    drop(before);
    let third = line("c", "fiche", "détachement", "");
    base.import(&third, &Classification::default(), Coverage::Part)
        .unwrap();
    after.wait(follower.catch_up()).unwrap();
    assert_eq!(
        found(&after),
        ["a", "b", "c"],
        "once the other one has ended"
    );
}

#[test]
fn progress_goes_to_the_last_document() {
    let base = Base::empty();
    let lines = [line("a", "fiche", "x", ""), line("b", "fiche", "y", "")].join("\n");
    let mut seen = Vec::new();
    let sorts = Classification::default();
    let progress = |done, total| seen.push((done, total));
    base.wait_here(
        base.library
            .import(lines.as_bytes(), &sorts, Coverage::Part, NOW, progress),
    )
    .unwrap();
    assert_eq!(seen, [(2, 2)]);
}

#[test]
fn the_corpus_inside_the_program_reads_to_its_end() {
    use std::io::BufRead as _;
    assert_eq!(
        search::embedded_corpus()
            .unwrap()
            .lines()
            .map_while(Result::ok)
            .count(),
        24_671
    );
}
