//! `catégorie C` keeps its letter: one token `cat:c:`, where the letter alone would be dropped as a stop word.

use tantivy::tokenizer::{Token, TokenFilter, TokenStream, Tokenizer};

/// Stands after folding and before the stop list.
#[derive(Clone)]
pub(crate) struct CategoryFilter;

/// The tokenizer it makes of another.
#[derive(Clone)]
pub(crate) struct Categories<T>(T);

/// The tokens of one text.
pub(crate) struct CategoryStream<T> {
    inner: T,
    /// The last words were `catégorie`, or letters and links after it.
    in_category: bool,
}

impl TokenFilter for CategoryFilter {
    type Tokenizer<T: Tokenizer> = Categories<T>;

    fn transform<T: Tokenizer>(self, tokenizer: T) -> Categories<T> {
        Categories(tokenizer)
    }
}

impl<T: Tokenizer> Tokenizer for Categories<T> {
    type TokenStream<'a> = CategoryStream<T::TokenStream<'a>>;

    fn token_stream<'a>(&'a mut self, text: &'a str) -> Self::TokenStream<'a> {
        CategoryStream {
            inner: self.0.token_stream(text),
            in_category: false,
        }
    }
}

impl<T: TokenStream> TokenStream for CategoryStream<T> {
    fn advance(&mut self) -> bool {
        if !self.inner.advance() {
            return false;
        }
        let word = &mut self.inner.token_mut().text;
        match (word.as_str(), self.in_category) {
            ("categorie" | "categories", _) => self.in_category = true,
            ("a" | "b" | "c", true) => {
                word.insert_str(0, "cat:");
                // The stemmer would take a final vowel for an ending.
                word.push(':');
            }
            ("et" | "ou", true) => {}
            _ => self.in_category = false,
        }
        true
    }

    fn token(&self) -> &Token {
        self.inner.token()
    }

    fn token_mut(&mut self) -> &mut Token {
        self.inner.token_mut()
    }
}
