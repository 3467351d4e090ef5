//! Conditions in words: « du lundi au vendredi de 7 h à 20 h », « depuis le réseau « mairie » ».

use super::names::unmarked;
use super::{Conditions, Day, Hours};
use jiff::civil::Date;

pub(super) const MONTHS: [&str; 12] = [
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

impl Conditions {
    /// One phrase for each thing that is asked, in the order of the form.
    pub fn phrases(&self) -> Vec<String> {
        let (days, hours) = (days(self), self.hours.map(hours));
        let when = match (days, hours) {
            (Some(days), Some(hours)) => Some(format!("{days} {hours}")),
            (days, hours) => days.or(hours),
        };
        let networks = self.networks.iter().map(|name| quoted(&unmarked(name)));
        let networks = joined(networks.collect(), " ou ");
        let phrases = [
            when,
            self.working_days.then(|| "hors jours fériés".to_owned()),
            dates(self.from, self.until),
            networks.map(|names| format!("depuis le réseau {names}")),
            self.second_factor
                .then(|| "avec un second facteur".to_owned()),
        ];
        phrases.into_iter().flatten().collect()
    }
}

/// « que du lundi au vendredi », « qu’avec un second facteur ».
pub(crate) fn only(conditions: &Conditions) -> String {
    let phrases = conditions.phrases().join(", ");
    let elided = phrases.starts_with(['a', 'à']);
    format!("{}{phrases}", if elided { "qu’" } else { "que " })
}

/// `« RH »`, with the spaces of French typography.
pub(super) fn quoted(name: &str) -> String {
    format!("«\u{a0}{name}\u{a0}»")
}

/// `a, b et c`; nothing of nothing.
pub(super) fn joined(mut items: Vec<String>, last: &str) -> Option<String> {
    let end = items.pop()?;
    Some(if items.is_empty() {
        end
    } else {
        format!("{}{last}{end}", items.join(", "))
    })
}

fn days(conditions: &Conditions) -> Option<String> {
    let days: Vec<_> = conditions.days.iter().map(|day| day.as_str()).collect();
    let positions = conditions.days.iter().map(|day| *day as usize);
    let first = conditions.days.first().map_or(0, |day| *day as usize);
    let in_a_row = positions
        .zip(first..)
        .all(|(day, expected)| day == expected);
    match (days.first(), days.last()) {
        (Some(from), Some(to)) if in_a_row && days.len() > 2 => Some(format!("du {from} au {to}")),
        _ => joined(days.iter().map(|day| format!("le {day}")).collect(), " et "),
    }
}

fn hours(hours: Hours) -> String {
    format!("de {} à {}", hour(hours.from), hour(hours.until))
}

fn hour(minutes: u16) -> String {
    match (minutes / 60, minutes % 60) {
        (hours, 0) => format!("{hours}\u{a0}h"),
        (hours, minutes) => format!("{hours}\u{a0}h\u{a0}{minutes:02}"),
    }
}

fn dates(from: Option<Date>, until: Option<Date>) -> Option<String> {
    match (from.map(date), until.map(date)) {
        (Some(from), Some(until)) => Some(format!("du {from} au {until}")),
        (Some(from), None) => Some(format!("à partir du {from}")),
        (None, Some(until)) => Some(format!("jusqu’au {until}")),
        (None, None) => None,
    }
}

fn date(date: Date) -> String {
    let day = match date.day() {
        1 => "1er".to_owned(),
        day => day.to_string(),
    };
    let month = usize::try_from(date.month() - 1)
        .ok()
        .and_then(|month| MONTHS.get(month));
    format!("{day}\u{a0}{}\u{a0}{}", month.unwrap_or(&""), date.year())
}

impl Day {
    /// The day at the start of a text.
    pub(super) fn at_start_of(text: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|day| text.starts_with(day.as_str()))
    }
}
