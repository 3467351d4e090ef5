//! Imports: repeated, faulty, interrupted.

use crate::world::{first_page, line, scope};
use policies::Classification;
use search::Bip;

fn import(directory: &std::path::Path, lines: &[String]) -> Result<Bip, search::Error> {
    let corpus = lines.join("\n");
    Bip::import(
        directory,
        corpus.as_bytes(),
        &Classification::default(),
        |_, _| {},
    )
}

#[test]
fn an_empty_directory_holds_no_base() {
    let directory = tempfile::tempdir().unwrap();
    assert!(Bip::open(directory.path()).unwrap().is_none());
    assert!(
        Bip::open(&directory.path().join("absent"))
            .unwrap()
            .is_none()
    );
}

#[test]
fn importing_twice_is_importing_once() {
    let directory = tempfile::tempdir().unwrap();
    let lines = [
        line("a", "fiche", "le détachement", ""),
        line("b", "texte", "détachement", ""),
    ];
    let once = import(directory.path(), &lines).unwrap();
    let twice = import(directory.path(), &lines).unwrap();
    let answer = |bip: &Bip| {
        format!(
            "{:?}",
            first_page(bip, &scope(bip, "c1", &[]), "détachement")
        )
    };
    assert_eq!(answer(&once), answer(&twice));
    assert_eq!(
        std::fs::read_dir(directory.path()).unwrap().count(),
        1,
        "the one before is gone"
    );
    assert_eq!(
        Bip::open(directory.path())
            .unwrap()
            .unwrap()
            .document_count(),
        2
    );
}

#[test]
fn a_faulty_import_leaves_the_base_as_it_was() {
    let directory = tempfile::tempdir().unwrap();
    import(directory.path(), &[line("a", "fiche", "x", "")]).unwrap();
    let error = import(
        directory.path(),
        &[line("b", "fiche", "y", ""), "{".to_owned()],
    )
    .unwrap_err();
    assert_eq!(error.to_string(), "line 2 of the corpus is no document");
    assert_eq!(
        Bip::open(directory.path())
            .unwrap()
            .unwrap()
            .document_count(),
        1
    );
}

#[test]
fn what_an_interrupted_import_left_is_not_opened_and_does_not_hinder() {
    let directory = tempfile::tempdir().unwrap();
    let unfinished = directory.path().join(".importing");
    std::fs::create_dir(&unfinished).unwrap();
    std::fs::write(unfinished.join("meta.json"), "{").unwrap();
    assert!(Bip::open(directory.path()).unwrap().is_none());
    import(directory.path(), &[line("a", "fiche", "x", "")]).unwrap();
    assert!(!unfinished.exists());
}

#[test]
fn progress_goes_from_the_first_document_to_the_last() {
    let directory = tempfile::tempdir().unwrap();
    let lines = [
        line("a", "fiche", "x", ""),
        line("b", "fiche", "y", r#""diffusion":"restreint","#),
    ]
    .join("\n");
    let mut seen = Vec::new();
    let sorts = Classification::default();
    Bip::import(directory.path(), lines.as_bytes(), &sorts, |done, total| {
        seen.push((done, total));
    })
    .unwrap();
    assert_eq!(seen, [(1, 2), (2, 2)]);
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
