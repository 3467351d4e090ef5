//! A text cut into words, numbers and marks, folded, for the reader of references.

use crate::index::analyzer::fold;

/// What an atom is.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum Kind {
    /// Letters.
    Word(String),
    /// Digits.
    Number(String),
    /// Anything else but a space.
    Mark(char),
}

/// A piece of text.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Atom {
    pub(super) kind: Kind,
    /// Follows the atom before it without a space.
    pub(super) glued: bool,
}

impl Atom {
    pub(super) fn word(&self) -> Option<&str> {
        if let Kind::Word(word) = &self.kind {
            Some(word)
        } else {
            None
        }
    }

    pub(super) fn number(&self) -> Option<&str> {
        if let Kind::Number(number) = &self.kind {
            Some(number)
        } else {
            None
        }
    }

    pub(super) fn is_mark(&self, mark: char) -> bool {
        self.kind == Kind::Mark(mark)
    }

    pub(super) fn is_word(&self, word: &str) -> bool {
        self.word() == Some(word)
    }
}

/// Cuts a text.
pub(super) fn cut(text: &str) -> Vec<Atom> {
    let mut atoms: Vec<Atom> = Vec::new();
    let mut glued = false;
    for character in fold(text).chars() {
        if character.is_whitespace() {
            glued = false;
            continue;
        }
        match (
            atoms
                .last_mut()
                .filter(|_| glued)
                .map(|atom| &mut atom.kind),
            character,
        ) {
            (Some(Kind::Word(word)), c) if c.is_alphabetic() => word.push(c),
            (Some(Kind::Number(number)), c) if c.is_ascii_digit() => number.push(c),
            (_, c) => atoms.push(Atom {
                kind: kind_of(c),
                glued,
            }),
        }
        glued = true;
    }
    atoms
}

fn kind_of(character: char) -> Kind {
    if character.is_ascii_digit() {
        Kind::Number(character.into())
    } else if character.is_alphabetic() {
        Kind::Word(character.into())
    } else {
        Kind::Mark(character)
    }
}
