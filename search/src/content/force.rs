//! What `state` means for « en vigueur », here and nowhere else.

use crate::content::document::Document;
use crate::index::analyzer::fold;
use policies::Nature;

/// Whether a document is in force.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Force {
    /// It applies today, or nothing can repeal it.
    InForce,
    /// Repealed, replaced, or not yet in force.
    NotInForce,
    /// The content does not say.
    Unknown,
}

impl Force {
    /// In the order of their numbers in the index.
    pub(crate) const ALL: [Self; 3] = [Self::InForce, Self::NotInForce, Self::Unknown];

    /// Its number in the index.
    pub(crate) fn number(self) -> u64 {
        match self {
            Self::InForce => 0,
            Self::NotInForce => 1,
            Self::Unknown => 2,
        }
    }

    /// Reads a document's `state`, as LEGI and Légifrance write it. A text without one may have been repealed
    /// unseen; a sheet, a decision or a news item without one stands as it is. « Abrogation différée » applies
    /// until its day comes; « vigueur différée » does not yet.
    pub(crate) fn of(document: &Document) -> Self {
        let Some(state) = document.state.as_deref().map(str::trim) else {
            return match document.kind {
                Nature::Texte => Self::Unknown,
                Nature::Fiche | Nature::Jurisprudence | Nature::Actualite => Self::InForce,
            };
        };
        let state = fold(state).replace('_', " ");
        let starts = |with: &[&str]| with.iter().any(|start| state.starts_with(start));
        if state == "vigueur" || starts(&["en vigueur", "abrogation differee", "abroge diff"]) {
            Self::InForce
        } else if starts(&REPEALED) {
            Self::NotInForce
        } else {
            Self::Unknown
        }
    }
}

/// How a state begins that says « no more » or « not yet ».
const REPEALED: [&str; 9] = [
    "abrog",
    "annul",
    "disjoint",
    "modifi",
    "perim",
    "remplac",
    "retir",
    "transfer",
    "vigueur diff",
];

#[cfg(test)]
mod tests {
    use super::*;

    fn force(kind: &str, state: &str) -> Force {
        let line = format!(
            r#"{{"id":"a","kind":"{kind}","title":"T","body":"",{state}"source_url":"","licence":""}}"#
        );
        Force::of(&serde_json::from_str(&line).unwrap())
    }

    #[test]
    fn states_of_the_official_journal_are_read() {
        let text = |state: &str| force("texte", &format!(r#""state":"{state}","#));
        for state in [
            "en vigueur",
            "en vigueur au 2024-01-15",
            "VIGUEUR",
            "abrogation différée",
        ] {
            assert_eq!(text(state), Force::InForce, "{state}");
        }
        for state in [
            "Abrogé",
            "abrogé au 2025-01-01",
            "vigueur_diff",
            "modifie",
            "PERIME",
        ] {
            assert_eq!(text(state), Force::NotInForce, "{state}");
        }
        assert_eq!(text("inconnu"), Force::Unknown);
    }

    #[test]
    fn without_a_state_only_a_text_is_unknown() {
        assert_eq!(force("texte", ""), Force::Unknown);
        for kind in ["fiche", "jurisprudence", "actualite"] {
            assert_eq!(force(kind, ""), Force::InForce);
        }
    }
}
