//! One thing wrong with a text: where, what, and how to mend it.

/// What is wrong at one place of a text.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Fault {
    /// From 1 on.
    pub line: usize,
    /// In characters, from 1 on.
    pub column: usize,
    /// What is wrong, in French.
    pub said: String,
    /// How to mend it, in French; empty when nobody can tell.
    pub remedy: String,
    /// Cedar's own words, to look up; empty for what is not Cedar's to say.
    pub detail: String,
}

impl Fault {
    /// At a place (a byte) of the text.
    pub(super) fn at(text: &str, byte: usize, said: String, remedy: String) -> Self {
        let before = text.get(..byte).unwrap_or(text);
        let line = before.matches('\n').count() + 1;
        let column = before
            .rsplit('\n')
            .next()
            .unwrap_or_default()
            .chars()
            .count()
            + 1;
        Self {
            line,
            column,
            said,
            remedy,
            detail: String::new(),
        }
    }

    /// Nobody knows where.
    pub(super) fn somewhere(detail: String) -> Self {
        Self {
            line: 1,
            column: 1,
            said: "Ce texte n’est pas une règle.".to_owned(),
            remedy: String::new(),
            detail,
        }
    }
}

pub(super) fn too_long(most: usize) -> Fault {
    Fault {
        said: "Ce texte est trop long.".to_owned(),
        remedy: format!("Écrivez moins de {most} caractères, ou plusieurs règles."),
        ..Fault::somewhere(String::new())
    }
}

pub(super) fn too_deep() -> Fault {
    Fault {
        said: "Ce texte est trop imbriqué.".to_owned(),
        remedy: "Mettez moins de parenthèses et de « if », ou écrivez plusieurs règles.".to_owned(),
        ..Fault::somewhere(String::new())
    }
}

pub(super) fn unlabelled(most: usize) -> Fault {
    Fault {
        said: "La règle ne dit pas ce qu’elle fait.".to_owned(),
        remedy: format!(
            "Écrivez au début @libelle(\"…\")\u{a0}: une phrase de {most} caractères au plus, sur une ligne, que liront les autres."
        ),
        ..Fault::somewhere(String::new())
    }
}
