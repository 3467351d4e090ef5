//! How French text becomes terms: split, lower case, fold accents, drop stop words, stem.
//! Folding comes before stemming so that `indemnite` and `indemnité` are one term.

use super::category::CategoryFilter;
use std::ops::Range;
use tantivy::tokenizer::{
    AsciiFoldingFilter, Language, LowerCaser, RemoveLongFilter, SimpleTokenizer, Stemmer,
    StopWordFilter, TextAnalyzer, TokenizerManager,
};

/// The chain of every searched text field.
pub(crate) const FRENCH: &str = "fr";
/// The same without stop words and stems: words as people write them, for correction.
pub(crate) const WORDS: &str = "fr_words";

const LONGEST: usize = 40;

/// Folded, because folding comes first; elided forms too, because the tokenizer splits at apostrophes.
const STOP_WORDS: &str = "a ai ait as au aux avec avez avons c ce cet cette ces ceux celle celles celui comme d dans de des \
du dont elle elles en entre es est et etait etaient ete etes etre eu eux il ils j je jusqu l la le les leur leurs lorsqu lui m \
ma mais me meme memes mes moi mon n ne ni nos notre nous on ont ou par pas pour puisqu qu quand que quel quelle quelles quels \
qui quoi quoiqu s sa sans se sera seront ses si soit son sont sous suis sur t ta te tes toi ton tu un une vos votre vous y";

/// True for a folded word that carries no meaning of its own.
pub(crate) fn is_stop_word(word: &str) -> bool {
    STOP_WORDS.split_whitespace().any(|stop| stop == word)
}

/// Every analyzer an index of ours needs.
pub(crate) fn tokenizers() -> TokenizerManager {
    let manager = TokenizerManager::default();
    manager.register(FRENCH, french());
    manager.register(WORDS, words());
    manager
}

/// The chain of the searched fields, for documents and queries alike.
pub(crate) fn french() -> TextAnalyzer {
    TextAnalyzer::builder(SimpleTokenizer::default())
        .filter(RemoveLongFilter::limit(LONGEST))
        .filter(LowerCaser)
        .filter(AsciiFoldingFilter)
        .filter(CategoryFilter)
        .filter(StopWordFilter::remove(
            STOP_WORDS.split_whitespace().map(str::to_owned),
        ))
        .filter(Stemmer::new(Language::French))
        .build()
}

/// Words folded, neither dropped nor stemmed.
pub(crate) fn words() -> TextAnalyzer {
    TextAnalyzer::builder(SimpleTokenizer::default())
        .filter(RemoveLongFilter::limit(LONGEST))
        .filter(LowerCaser)
        .filter(AsciiFoldingFilter)
        .build()
}

/// The terms of a text, with their positions.
pub(crate) fn terms(analyzer: &mut TextAnalyzer, text: &str) -> Vec<(usize, String)> {
    let mut terms = Vec::new();
    let mut stream = analyzer.token_stream(text);
    while let Some(token) = stream.next() {
        terms.push((token.position, token.text.clone()));
    }
    terms
}

/// The terms of a text, with the bytes they stand for.
pub(crate) fn spans(analyzer: &mut TextAnalyzer, text: &str) -> Vec<(Range<usize>, String)> {
    let mut spans = Vec::new();
    let mut stream = analyzer.token_stream(text);
    while let Some(token) = stream.next() {
        spans.push((token.offset_from..token.offset_to, token.text.clone()));
    }
    spans
}

/// A text in lower case and without accents, character by character.
pub(crate) fn fold(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    for character in text.chars().flat_map(char::to_lowercase) {
        folded.push_str(match character {
            'à' | 'â' | 'ä' | 'á' | 'ã' => "a",
            'ç' => "c",
            'é' | 'è' | 'ê' | 'ë' => "e",
            'î' | 'ï' | 'í' => "i",
            'ô' | 'ö' | 'ó' => "o",
            'ù' | 'û' | 'ü' | 'ú' => "u",
            'ÿ' => "y",
            'œ' => "oe",
            'æ' => "ae",
            '’' => "'",
            '\u{2010}' | '\u{2011}' | '\u{2012}' | '\u{2013}' => "-",
            '\u{a0}' | '\u{202f}' => " ",
            other => {
                folded.push(other);
                continue;
            }
        });
    }
    folded
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stems(text: &str) -> Vec<String> {
        terms(&mut french(), text)
            .into_iter()
            .map(|(_, term)| term)
            .collect()
    }

    #[test]
    fn accents_capitals_and_plurals_make_one_term() {
        assert_eq!(stems("Indemnités"), stems("INDEMNITE"));
        assert_eq!(stems("congés annuels"), stems("conge annuel"));
    }

    #[test]
    fn elisions_and_stop_words_are_dropped_with_either_apostrophe() {
        assert_eq!(stems("l’agent qu'il a lorsqu'à la même"), stems("agent"));
    }

    #[test]
    fn the_letter_of_a_category_is_a_word_and_other_letters_are_not() {
        let categories = stems("les catégories A, B et C");
        assert!(
            ["cat:a:", "cat:b:", "cat:c:"]
                .iter()
                .all(|letter| categories.iter().any(|s| s == letter)),
            "{categories:?}"
        );
        assert_eq!(stems("c'est à la catégorie qu'a l'agent").len(), 2);
    }

    #[test]
    fn dropped_words_leave_gaps_so_that_phrases_keep_their_distances() {
        let positions: Vec<usize> = terms(&mut french(), "congé de maladie")
            .iter()
            .map(|(at, _)| *at)
            .collect();
        assert_eq!(positions, [0, 2]);
    }
}
