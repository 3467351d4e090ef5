//! How things of BIP are written in French pages.

use crate::answer::Fragment;
use crate::content::document::Relation;
use crate::paris;
use crate::question::Sort;
use jiff::civil::Date;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};
use policies::Nature;

/// What stays as it is in a path.
const SEGMENT: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

/// A date for people and one for programs.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Day {
    pub(super) machine: String,
    pub(super) french: String,
}

impl Day {
    /// The day in Paris of a moment, Unix seconds.
    pub(super) fn of(moment: i64) -> Self {
        paris::day(moment).into()
    }
}

/// A moment, as the wall clock in Paris says it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Moment {
    pub(super) machine: String,
    pub(super) french: String,
}

impl Moment {
    /// Of Unix seconds.
    pub(super) fn of(moment: i64) -> Self {
        let said = paris::wall_clock(moment);
        let day = Day::from(said.date());
        let time = format!("{:02}:{:02}", said.hour(), said.minute());
        Self {
            machine: format!("{}T{time}", day.machine),
            french: format!("{} à {time}", day.french),
        }
    }
}

impl From<Date> for Day {
    fn from(date: Date) -> Self {
        let french = format!("{:02}/{:02}/{}", date.day(), date.month(), date.year());
        Self {
            machine: date.to_string(),
            french,
        }
    }
}

/// « 23 novembre 2026 ».
pub(super) fn long_date(date: Date) -> String {
    const MONTHS: [&str; 12] = [
        "janvier",
        "février",
        "mars",
        "avril",
        "mai",
        "juin",
        "juillet",
        "août",
        "septembre",
        "octobre",
        "novembre",
        "décembre",
    ];
    let month = usize::try_from(date.month() - 1)
        .ok()
        .and_then(|month| MONTHS.get(month));
    let day = match date.day() {
        1 => "1er".to_owned(),
        day => day.to_string(),
    };
    format!(
        "{day} {} {}",
        month.copied().unwrap_or_default(),
        date.year()
    )
}

/// Text whose dates are written as people read them: « en vigueur au 15/01/2024 ».
pub(super) fn with_french_dates(text: &str) -> String {
    let words = text.split(' ').map(|word| match word.parse::<Date>() {
        Ok(date) => Day::from(date).french,
        Err(_) => word.to_owned(),
    });
    words.collect::<Vec<_>>().join(" ")
}

/// « 12 345 », as French writes it, with narrow spaces that do not break.
pub(super) fn number(count: usize) -> String {
    let digits = count.to_string();
    let mut text = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push('\u{202f}');
        }
        text.push(digit);
    }
    text
}

/// One document's kind.
pub(super) fn kind_name(kind: Nature) -> &'static str {
    match kind {
        Nature::Fiche => "Fiche",
        Nature::Texte => "Texte",
        Nature::Jurisprudence => "Jurisprudence",
        Nature::Actualite => "Actualité",
    }
}

/// The tab of a kind.
pub(super) fn tab_name(kind: Nature) -> &'static str {
    match kind {
        Nature::Fiche => "Fiches",
        Nature::Texte => "Textes",
        Nature::Jurisprudence => "Jurisprudence",
        Nature::Actualite => "Actualités",
    }
}

/// An order of answers.
pub(super) fn sort_name(sort: Sort) -> &'static str {
    match sort {
        Sort::Relevance => "Pertinence",
        Sort::Newest => "Plus récents d’abord",
        Sort::Oldest => "Plus anciens d’abord",
    }
}

/// What was done to a text, as LEGI says it.
pub(super) fn change_name(action: &str) -> &str {
    match action {
        "cree" | "creation" => "Créé",
        "modifie" | "modification" => "Modifié",
        "abroge" | "abrogation" => "Abrogé",
        "transfere" => "Transféré",
        other => other,
    }
}

/// The heading over links of one relation.
pub(super) fn relation_name(relation: Relation) -> &'static str {
    match relation {
        Relation::Cites => "Textes de référence",
        Relation::SeeAlso => "Voir aussi",
        Relation::Modifies => "Articles modifiés",
        Relation::CitedBy => "Cité par",
    }
}

/// A text that fits where a browser shows a page's title, with the apostrophe of print: the other would be
/// escaped, and count as five signs.
pub(super) fn cut(text: &str, most: usize) -> String {
    let text = text.replace('\'', "’");
    if text.chars().count() <= most {
        return text;
    }
    let start: String = text.chars().take(most.saturating_sub(1)).collect();
    format!("{}…", start.trim_end())
}

/// `licence` as people read it.
pub(super) fn licence_name(licence: &str) -> &str {
    match licence {
        "etalab-2.0" => "Licence Ouverte 2.0",
        other => other,
    }
}

/// The address of a document.
pub(super) fn document_href(id: &str) -> String {
    format!("/documents/{}", utf8_percent_encode(id, SEGMENT))
}

/// The id in the address of a document.
pub(super) fn id_in_href(href: &str) -> Option<String> {
    let segment = href.strip_prefix("/documents/")?;
    let id = percent_decode_str(segment).decode_utf8().ok()?;
    (!id.is_empty() && !segment.contains('/')).then(|| id.into_owned())
}

/// An extract as HTML.
pub(super) fn marked_up(fragments: &[Fragment]) -> String {
    let piece = |fragment: &Fragment| {
        let text = escaped(&fragment.text);
        if fragment.marked {
            format!("<mark>{text}</mark>")
        } else {
            text
        }
    };
    fragments.iter().map(piece).collect()
}

/// A text that can stand in an HTML element or attribute.
pub(super) fn escaped(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\'' => safe.push_str("&#39;"),
            other => safe.push(other),
        }
    }
    safe
}

/// An address outside BIP that a page may link to: a script in an import must not run here.
pub(super) fn outside(url: &str) -> Option<&str> {
    (url.starts_with("https://") || url.starts_with("http://")).then_some(url)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn extracts_are_escaped_inside_and_outside_marks() {
        let fragment = |text: &str, marked| Fragment {
            text: text.to_owned(),
            marked,
        };
        let html = marked_up(&[
            fragment("<b>&\"'", false),
            fragment("</mark><script>", true),
        ]);
        assert_eq!(
            html,
            "&lt;b&gt;&amp;&quot;&#39;<mark>&lt;/mark&gt;&lt;script&gt;</mark>"
        );
    }

    #[test]
    fn dates_in_a_text_are_french() {
        assert_eq!(
            with_french_dates("en vigueur au 2024-01-15"),
            "en vigueur au 15/01/2024"
        );
        assert_eq!(
            with_french_dates("abrogation différée"),
            "abrogation différée"
        );
    }

    #[test]
    fn only_web_addresses_are_linked() {
        assert_eq!(
            outside("https://www.legifrance.gouv.fr/"),
            Some("https://www.legifrance.gouv.fr/")
        );
        assert_eq!(outside("javascript:alert(1)"), None);
    }

    #[test]
    fn ids_stay_in_their_path_segment() {
        assert_eq!(document_href("a/../b?c"), "/documents/a%2F..%2Fb%3Fc");
        assert_eq!(
            id_in_href(&document_href("a/../b?é")).as_deref(),
            Some("a/../b?é")
        );
        assert_eq!(id_in_href("/documents/a/changements"), None);
    }
}
