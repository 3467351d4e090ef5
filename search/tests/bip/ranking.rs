//! What comes first, on the real small corpus.

use crate::world::{base, base_of, first_page, ids, line, scope};
use policies::Nature;
use search::{Filters, Question, Start};

fn of_kinds(kinds: &[Nature]) -> Filters {
    Filters {
        kinds: kinds.to_vec(),
        ..Filters::default()
    }
}

#[track_caller]
fn first(question: &str, id: &str) {
    let bip = base();
    let found = ids(&bip, &scope(&bip, "c1", &[]), question);
    assert_eq!(
        found.first().map(String::as_str),
        Some(id),
        "{question}: {found:?}"
    );
}

#[test]
fn a_reference_in_any_spelling_comes_first() {
    first(
        "article L131-5 du code général de la fonction publique",
        "CGFP-L131-5",
    );
    first("cgfp l131-5", "CGFP-L131-5");
    first("CRPA L 211-3", "CRPA-L211-3");
    first("LOI n° 1984-53", "txt-JORFTEXT000000320434");
    first("décret du 25 août 1995", "txt-LEGITEXT000005619350");
}

#[test]
fn an_article_among_words_still_comes_first() {
    first("mutation article L512-18 cgfp", "CGFP-L512-18");
}

#[test]
fn accents_and_capitals_do_not_matter() {
    let bip = base();
    let scope = scope(&bip, "c1", &[]);
    let plain = ids(&bip, &scope, "conge de longue maladie");
    assert_eq!(plain, ids(&bip, &scope, "CONGÉ DE LONGUE MALADIE"));
    assert!(!plain.is_empty());
}

#[test]
fn the_window_pages_through_without_gap_or_repeat() {
    let bip = base();
    let scope = scope(&bip, "c1", &[]);
    let page = |offset, limit| {
        let question = Question {
            filters: of_kinds(&[Nature::Fiche]),
            start: Start::Offset(offset),
            limit,
            ..Question::of("congé")
        };
        bip.search(&question, &scope).unwrap()
    };
    let whole: Vec<String> = page(0, 20).hits.into_iter().map(|hit| hit.id).collect();
    let parts: Vec<String> = [page(0, 10), page(10, 10)]
        .into_iter()
        .flat_map(|p| p.hits)
        .map(|hit| hit.id)
        .collect();
    assert_eq!(whole, parts);
    assert!(page(0, 20).hits.iter().all(|hit| hit.kind == Nature::Fiche));
    assert!(page(1_000_000, 10).hits.is_empty());
}

#[test]
fn tab_counts_do_not_depend_on_the_tab() {
    let bip = base();
    let scope = scope(&bip, "c1", &[]);
    let of = |kinds: &[Nature]| {
        let question = Question {
            filters: of_kinds(kinds),
            ..Question::of("congé")
        };
        bip.search(&question, &scope).unwrap()
    };
    let (all, fiches) = (of(&[]), of(&[Nature::Fiche]));
    assert_eq!(all.facets.kinds, fiches.facets.kinds);
    assert_eq!(
        all.total,
        all.facets
            .kinds
            .iter()
            .map(|(_, count)| count)
            .sum::<usize>()
    );
    assert_eq!(fiches.total, all.facets.kinds[0].1);
}

#[test]
fn quotes_require_the_words_together() {
    let bip = base_of(&[
        line("together", "fiche", "le congé de longue maladie", ""),
        line(
            "apart",
            "fiche",
            "une longue absence, un congé, une maladie",
            "",
        ),
    ]);
    let scope = scope(&bip, "c1", &[]);
    assert_eq!(
        ids(&bip, &scope, "« congé de longue maladie »"),
        ["together"]
    );
    assert_eq!(ids(&bip, &scope, "congé longue maladie").len(), 2);
}

#[test]
fn a_misspelt_word_is_corrected_unless_it_is_quoted_or_known() {
    let bip = base();
    let scope = scope(&bip, "c1", &[]);
    let corrected = |question| {
        first_page(&bip, &scope, question)
            .corrected
            .map(|correction| correction.text)
    };
    assert_eq!(corrected("licenciemnet"), Some("licenciement".to_owned()));
    assert_eq!(corrected("congé maldie"), Some("congé maladie".to_owned()));
    assert_eq!(corrected("« licenciemnet »"), None);
    assert_eq!(corrected("licenciement"), None);
}

#[test]
fn another_form_of_a_known_word_and_a_stop_word_are_no_corrections() {
    let text = |id: &str| line(id, "fiche", "les vacataires, et entre eux", "");
    let bip = base_of(&[text("a"), text("b")]);
    let scope = scope(&bip, "c1", &[]);
    for word in ["vacataire", "ventre"] {
        assert_eq!(first_page(&bip, &scope, word).corrected, None, "{word}");
    }
}

#[test]
fn a_reference_that_no_document_bears_is_told() {
    let bip = base();
    let scope = scope(&bip, "c1", &[]);
    assert!(first_page(&bip, &scope, "loi 2099-751").is_unheld);
    for held in ["L131-5 CGFP", "mutation article L9999-1", "congé"] {
        assert!(!first_page(&bip, &scope, held).is_unheld, "{held}");
    }
}

#[test]
fn extracts_mark_the_words_found() {
    let bip = base_of(&[line(
        "a",
        "fiche",
        "Avant.\\n## Titre\\n- Les indemnités de <b>fin</b>",
        "",
    )]);
    let results = first_page(&bip, &scope(&bip, "c1", &[]), "indemnite");
    let marked: Vec<&str> = results.hits[0]
        .snippet
        .iter()
        .filter(|f| f.marked)
        .map(|f| f.text.as_str())
        .collect();
    assert_eq!(marked, ["indemnités"]);
}

#[test]
fn odd_questions_are_answered_too() {
    let bip = base();
    let scope = scope(&bip, "c1", &[]);
    for question in [
        "\"",
        "« »",
        "()[]{}+-*~^:",
        "\u{0}\u{7f}",
        "L.",
        "ecli:",
        "n°",
        "\"a\" \"b",
        "😀",
        "le la les",
        &"x".repeat(5000),
    ] {
        first_page(&bip, &scope, question);
    }
}
