//! How good the answers are, on questions whose good answers are known. `convergences bip evaluate` prints the
//! same over a whole base.

use crate::world::{base, scope};
use search::{Evaluation, Judged};

const QUERIES: &[u8] = include_bytes!("../../corpus/queries.jsonl");

#[test]
fn the_small_corpus_is_answered_well() {
    let bip = base();
    let judged = Judged::read(QUERIES).unwrap();
    let measured = bip.evaluate(&judged, &scope(&bip, "c1", &[])).unwrap();
    let mean = |of: &dyn Fn(&Judged) -> bool| {
        let of = measured.iter().filter(|(one, _)| of(one));
        Evaluation::mean(&of.map(|(_, evaluation)| *evaluation).collect::<Vec<_>>())
    };
    let all = mean(&|_| true);
    assert_eq!(
        all.questions, 182,
        "questions with a good answer in this corpus"
    );
    assert!(all.ndcg >= 0.78, "{all:?}");
    let references = mean(&|one| one.sort == "référence");
    assert!(references.ndcg >= 0.95, "{references:?}");
}

#[test]
fn a_line_that_is_no_query_is_named() {
    let refused = Judged::read("{}".as_bytes()).unwrap_err().to_string();
    assert_eq!(refused, "line 1 of the queries is no query");
}
