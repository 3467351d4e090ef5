//! The phrases of conditions, each at most once.

use super::SentenceError;
use super::cursor::Cursor;
use crate::model::phrase::MONTHS;
use crate::model::{Conditions, Day, Hours, Names};
use jiff::civil::Date;

const EXPECTED: &str = "une condition : «\u{a0}du lundi au vendredi\u{a0}», «\u{a0}de 7 h à 20 h\u{a0}», \
    «\u{a0}hors jours fériés\u{a0}», «\u{a0}jusqu’au 31 décembre 2026\u{a0}», «\u{a0}depuis le réseau « … »\u{a0}», \
    «\u{a0}avec un second facteur\u{a0}»";

/// Reads them; `first` when one follows at once, without a comma.
pub(super) fn read(
    cursor: &mut Cursor<'_>,
    names: &Names,
    first: bool,
) -> Result<Conditions, SentenceError> {
    let mut conditions = Conditions::default();
    if first {
        phrase(cursor, names, &mut conditions)?;
    }
    while cursor.eat(", ") {
        phrase(cursor, names, &mut conditions)?;
    }
    Ok(conditions)
}

fn phrase(
    cursor: &mut Cursor<'_>,
    names: &Names,
    conditions: &mut Conditions,
) -> Result<(), SentenceError> {
    if cursor.eat("hors jours fériés") {
        return once(cursor, !conditions.working_days, || {
            conditions.working_days = true;
        });
    }
    if cursor.eat("avec un second facteur") {
        return once(cursor, !conditions.second_factor, || {
            conditions.second_factor = true;
        });
    }
    if cursor.eat("depuis le réseau ") {
        return networks(cursor, names, conditions);
    }
    if cursor.is_before("le ") || is_before_days(cursor) {
        let days = days(cursor)?;
        once(cursor, conditions.days.is_empty(), || {
            conditions.days.extend(days);
        })?;
        return if cursor.eat(" de ") {
            hours(cursor, conditions)
        } else {
            Ok(())
        };
    }
    if cursor.eat("de ") {
        return hours(cursor, conditions);
    }
    dates(cursor, conditions)
}

fn once(cursor: &Cursor<'_>, new: bool, set: impl FnOnce()) -> Result<(), SentenceError> {
    if !new {
        return Err(cursor.wants("une autre condition : celle-ci est dite deux fois"));
    }
    set();
    Ok(())
}

fn networks(
    cursor: &mut Cursor<'_>,
    names: &Names,
    conditions: &mut Conditions,
) -> Result<(), SentenceError> {
    if !conditions.networks.is_empty() {
        return Err(cursor.wants("une autre condition : celle-ci est dite deux fois"));
    }
    let read = |cursor: &mut Cursor<'_>| {
        let networks = cursor.any_named(&names.networks, "aucun réseau de la collectivité")?;
        Ok::<Vec<_>, SentenceError>(networks.into_iter().map(str::to_owned).collect())
    };
    let start = *cursor;
    let mut networks = read(cursor);
    // « de la mairie », whose name is « mairie ».
    let mut behind = start;
    if networks.is_err()
        && ["de la ", "de l’", "du "]
            .iter()
            .any(|article| behind.eat(article))
    {
        networks = read(&mut behind);
        *cursor = behind;
    }
    let networks = networks?;
    conditions.networks = networks.into_iter().map(Into::into).collect();
    Ok(())
}

fn is_before_days(cursor: &Cursor<'_>) -> bool {
    cursor
        .rest()
        .strip_prefix("du ")
        .and_then(Day::at_start_of)
        .is_some()
}

fn days(cursor: &mut Cursor<'_>) -> Result<Vec<Day>, SentenceError> {
    if cursor.eat("du ") {
        let from = day(cursor)?;
        if !cursor.eat(" au ") {
            return Err(cursor.wants("«\u{a0}au\u{a0}» et un jour de la semaine"));
        }
        let to = day(cursor)?;
        return Ok(Day::ALL
            .into_iter()
            .filter(|day| (from..=to).contains(day))
            .collect());
    }
    let mut days = Vec::new();
    while cursor.eat("le ") {
        days.push(day(cursor)?);
        let _ = cursor.eat_before(" et ", "le ") || cursor.eat_before(", ", "le ");
    }
    Ok(days)
}

fn day(cursor: &mut Cursor<'_>) -> Result<Day, SentenceError> {
    let day = Day::at_start_of(cursor.rest());
    let day = day.ok_or_else(|| cursor.wants("un jour de la semaine"))?;
    let _ = cursor.eat(day.as_str());
    Ok(day)
}

fn hours(cursor: &mut Cursor<'_>, conditions: &mut Conditions) -> Result<(), SentenceError> {
    let from = hour(cursor)?;
    if !cursor.eat(" à ") {
        return Err(cursor.wants("«\u{a0}à\u{a0}» et une heure"));
    }
    let until = hour(cursor)?;
    let hours = Hours { from, until };
    once(cursor, conditions.hours.is_none(), || {
        conditions.hours = Some(hours);
    })
}

/// Minutes of `7 h 30`.
fn hour(cursor: &mut Cursor<'_>) -> Result<u16, SentenceError> {
    let start = *cursor;
    let hours = cursor.number::<u16>().filter(|hours| *hours <= 24);
    let hours = hours.filter(|_| cursor.eat(" h") || cursor.eat("h"));
    let hours = hours
        .ok_or_else(|| start.wants("une heure («\u{a0}7 h\u{a0}» ou «\u{a0}7 h 30\u{a0}»)"))?;
    let minutes = if cursor.is_before(" à ") {
        None
    } else {
        minutes(cursor)
    };
    Ok(hours * 60 + minutes.unwrap_or(0))
}

fn minutes(cursor: &mut Cursor<'_>) -> Option<u16> {
    let digits = |rest: &str| rest.trim_start().starts_with(|c: char| c.is_ascii_digit());
    if !digits(cursor.rest()) {
        return None;
    }
    let _ = cursor.eat(" ");
    cursor.number::<u16>().filter(|minutes| *minutes < 60)
}

fn dates(cursor: &mut Cursor<'_>, conditions: &mut Conditions) -> Result<(), SentenceError> {
    let (from, until) = if cursor.eat("du ") {
        let from = date(cursor)?;
        if !cursor.eat(" au ") {
            return Err(cursor.wants("«\u{a0}au\u{a0}» et une date"));
        }
        (Some(from), Some(date(cursor)?))
    } else if cursor.eat("à partir du ") {
        (Some(date(cursor)?), None)
    } else if cursor.eat("jusqu’au ") {
        (None, Some(date(cursor)?))
    } else {
        return Err(cursor.wants(EXPECTED));
    };
    let new = conditions.from.is_none() && conditions.until.is_none();
    once(cursor, new, || {
        (conditions.from, conditions.until) = (from, until);
    })
}

fn date(cursor: &mut Cursor<'_>) -> Result<Date, SentenceError> {
    let wanted = "une date («\u{a0}31 décembre 2026\u{a0}»)";
    let read = |cursor: &mut Cursor<'_>| {
        let day = cursor.number::<i8>()?;
        let _ = cursor.eat("er");
        let _ = cursor.eat(" ");
        let month = (1_i8..).zip(MONTHS).find(|(_, name)| cursor.eat(name))?.0;
        let _ = cursor.eat(" ");
        Date::new(cursor.number::<i16>()?, month, day).ok()
    };
    let start = *cursor;
    read(cursor).ok_or_else(|| start.wants(wanted))
}
