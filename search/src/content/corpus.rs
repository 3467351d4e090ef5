//! The corpus that the program carries, and the reading of any corpus: all of it, or an error with its line.

use crate::content::document::Document;
use crate::error::Error;
use policies::Classification;
use std::collections::HashSet;
use std::io::{BufRead, BufReader};

/// Real open data; see `corpus/LICENCE.md`.
static EMBEDDED: &[u8] = include_bytes!("../../corpus/corpus.jsonl.zst");

/// The themes of its documents, beside that of those without one.
pub const EMBEDDED_THEMES: [&str; 13] = [
    "Carrière",
    "Contractuels",
    "Déontologie et discipline",
    "Dialogue social",
    "Fin de fonctions",
    "Formation",
    "Mobilité",
    "Procédure et contentieux",
    "Recrutement",
    "Rémunération",
    "Retraite et protection sociale",
    "Santé et inaptitude",
    "Temps de travail et congés",
];

/// Its collections, beside that of the documents in none.
pub const EMBEDDED_COLLECTIONS: [&str; 1] = ["Secteur privé"];

/// The corpus inside the program, unpacked as it is read.
///
/// # Errors
/// When the decoder cannot be made.
pub fn embedded_corpus() -> Result<impl BufRead, Error> {
    let decoder = zstd::Decoder::with_buffer(EMBEDDED).map_err(Error::Corpus)?;
    Ok(BufReader::with_capacity(1 << 16, decoder))
}

/// Reads every document before anything is written: a fault on the last line leaves no trace.
pub(crate) fn read(
    corpus: impl BufRead,
    classification: &Classification,
) -> Result<Vec<Document>, Error> {
    let mut documents: Vec<Document> = Vec::new();
    let mut seen: HashSet<String> = HashSet::new();
    for (index, text) in corpus.lines().enumerate() {
        let line = index + 1;
        let text = text.map_err(Error::Corpus)?;
        if text.trim().is_empty() {
            continue;
        }
        let document = Document::parse(&text, line, classification)?;
        if !seen.insert(document.id.clone()) {
            let reason = format!("`id` `{}` was already given", document.id);
            return Err(Error::Rejected { line, reason });
        }
        documents.push(document);
    }
    Ok(documents)
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str =
        r#"{"id":"a","kind":"fiche","title":"T","body":"","source_url":"https://x","licence":"l"}"#;

    fn fault(corpus: &str) -> String {
        let classification = Classification::default();
        let read = read(corpus.as_bytes(), &classification);
        read.unwrap_err().to_string()
    }

    #[test]
    fn a_theme_or_a_collection_that_no_rule_could_name_is_refused() {
        let owned = |name: &str| [name.to_owned()];
        let sorted = Classification::new(owned("Santé"), owned("Annales")).unwrap();
        let line = |sorts: &str| GOOD.replace("\"licence\"", &format!("{sorts},\"licence\""));
        for sorts in [
            r#""themes":["Santé","Autre"],"collection":"Annales""#,
            r#""themes":[]"#,
        ] {
            assert!(read(line(sorts).as_bytes(), &sorted).is_ok(), "{sorts}");
        }
        for (sorts, named) in [
            (r#""themes":["Santé","Sante"]"#, "`Sante`"),
            (r#""collection":"Annale""#, "`Annale`"),
        ] {
            let corpus = format!("{}\n{}", line(r#""themes":["Santé"]"#), line(sorts));
            let refused = read(corpus.as_bytes(), &sorted).unwrap_err().to_string();
            assert!(
                refused.starts_with("line 2") && refused.contains(named),
                "{refused}"
            );
            let anything = read(line(sorts).as_bytes(), &Classification::default());
            assert!(anything.is_ok(), "nothing is named by rules there");
        }
    }

    #[test]
    fn the_least_document_is_read_with_the_default_diffusion() {
        let documents = read(GOOD.as_bytes(), &Classification::default()).unwrap();
        assert_eq!(documents[0].diffusion, policies::Diffusion::Adherents);
    }

    #[test]
    fn the_embedded_corpus_is_sorted_by_its_own_lists() {
        let owned = |names: &[&str]| names.iter().map(ToString::to_string).collect::<Vec<_>>();
        let (themes, collections) = (owned(&EMBEDDED_THEMES), owned(&EMBEDDED_COLLECTIONS));
        let sorted = Classification::new(themes, collections).unwrap();
        let documents = read(embedded_corpus().unwrap(), &sorted).unwrap();
        let private = documents.iter().filter(|one| one.collection.is_some());
        assert_eq!((documents.len(), private.count()), (24_671, 780));
    }

    #[test]
    fn a_malformed_line_is_named_by_its_number() {
        assert_eq!(
            fault(&format!("{GOOD}\n\nnot json\n")),
            "line 3 of the corpus is no document"
        );
    }

    #[test]
    fn an_unknown_field_a_bad_date_and_an_unknown_kind_are_refused() {
        for bad in [
            GOOD.replace("\"licence\"", "\"difusion\":\"public\",\"licence\""),
            GOOD.replace("\"licence\"", "\"date\":\"2024-02-31\",\"licence\""),
            GOOD.replace("fiche", "memo"),
        ] {
            assert_eq!(fault(&bad), "line 1 of the corpus is no document");
        }
    }

    #[test]
    fn an_id_given_twice_is_refused_at_the_second_line() {
        assert_eq!(
            fault(&format!("{GOOD}\n{GOOD}")),
            "line 2 of the corpus cannot stand: `id` `a` was already given"
        );
    }

    #[test]
    fn readers_named_without_a_restriction_are_refused() {
        let bad = GOOD.replace("\"licence\"", "\"reserve_a\":[\"c1\"],\"licence\"");
        assert!(fault(&bad).contains("`reserve_a` needs"));
    }
}
