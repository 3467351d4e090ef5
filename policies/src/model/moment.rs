//! Moments that stand for all others: whatever rules hold together at some time, and whatever of them
//! does not, is so at one of these. A preview decides at each.

use super::Conditions;
use super::calendar::is_day_off;
use crate::situation::{Situation, paris};
use jiff::ToSpan as _;
use jiff::civil::{Date, Time};
use std::collections::{BTreeSet, HashSet};

/// Minutes after midnight at which people are at work: a day stands for itself by this moment.
const MORNING: u16 = 10 * 60;

/// How long a kind of day is looked for, days: in eleven years every day of the week was a day off.
const AHEAD: i32 = 4_000;

/// Kinds of days: every day of the week, as a day off and not.
const KINDS: usize = 14;

/// For each way in which rules of these conditions hold or not at one time, from `now` on (Unix
/// seconds, to the minute): a moment, on the first day of that kind. Those that the first rule makes
/// come before the others.
pub fn moments(rules: &[&Conditions], now: i64) -> Vec<i64> {
    let Some((today, minutes, _)) = Situation::at(now, None, false).in_paris() else {
        return Vec::new();
    };
    let now = now - now.rem_euclid(60);
    let clock = clock(rules);
    let mut ways = HashSet::new();
    let mut found = Vec::new();
    for day in days_of(rules, today) {
        let first = (day == today).then_some(minutes);
        let hours = first.iter().chain(&clock);
        for moment in hours.filter_map(|minutes| second(day, *minutes)) {
            let way: Vec<_> = rules.iter().map(|rule| rule.is_time(moment)).collect();
            if moment >= now && ways.insert(way.clone()) {
                found.push((moment, way.first().copied()));
            }
        }
    }
    let mut seen = HashSet::new();
    let (first, others): (Vec<_>, Vec<_>) = found
        .into_iter()
        .partition(|(_, holds)| seen.insert(*holds));
    first.into_iter().chain(others).map(|(at, _)| at).collect()
}

/// Times of the day between which nothing begins or ends.
fn clock(rules: &[&Conditions]) -> Vec<u16> {
    let hours: BTreeSet<_> = rules
        .iter()
        .filter_map(|rule| rule.hours)
        .flat_map(|hours| [hours.from, hours.until])
        .collect();
    let midnight = (!hours.is_empty()).then_some(0);
    std::iter::once(MORNING)
        .chain(hours)
        .chain(midnight)
        .collect()
}

/// The days to come that may differ from others, in order: today, and one of each kind between any two
/// days at which a rule begins or ends.
fn days_of(rules: &[&Conditions], today: Date) -> Vec<Date> {
    let bounds = rules.iter().flat_map(|rule| {
        let over = rule.until.and_then(|until| until.checked_add(1.day()).ok());
        [rule.from, over]
    });
    let bounds = bounds.flatten().filter(|bound| *bound > today);
    let starts: BTreeSet<_> = std::iter::once(today).chain(bounds).collect();
    let ends = starts.iter().skip(1).copied().map(Some).chain([None]);
    let spans = starts.iter().zip(ends);
    let days = spans.flat_map(|(start, end)| kinds_of(*start, end, today));
    std::iter::once(today).chain(days).collect()
}

/// A day of each kind from `start` on and before `end`. What is left of today may not be all that there
/// is of such a day, and the day on which clocks change lacks an hour, or has one twice.
fn kinds_of(start: Date, end: Option<Date>, today: Date) -> Vec<Date> {
    let (mut kinds, mut found) = (HashSet::new(), Vec::new());
    let days = (0..AHEAD).filter_map(|days| start.checked_add(days.days()).ok());
    let days = days.take_while(|day| end.is_none_or(|end| *day < end));
    for day in days.filter(|day| *day != today) {
        let whole = has_every_hour(day);
        if kinds.insert((day.weekday(), is_day_off(day), whole)) {
            found.push(day);
        }
        if kinds.iter().filter(|(.., whole)| *whole).count() == KINDS {
            break;
        }
    }
    found
}

fn has_every_hour(day: Date) -> bool {
    let next = day
        .checked_add(1.day())
        .ok()
        .and_then(|next| second(next, 0));
    second(day, 0)
        .zip(next)
        .is_some_and(|(from, until)| until - from == 86_400)
}

impl Conditions {
    /// Whether their days, hours and dates hold at a moment (Unix seconds).
    pub fn is_time(&self, moment: i64) -> bool {
        let time = Self {
            networks: BTreeSet::new(),
            second_factor: false,
            ..self.clone()
        };
        time.unmet(&Situation::at(moment, None, false), &[]) == Some(Self::default())
    }
}

fn second(day: Date, minutes: u16) -> Option<i64> {
    let (hour, minute) = (
        i8::try_from(minutes / 60).ok()?,
        i8::try_from(minutes % 60).ok()?,
    );
    let moment = day.to_datetime(Time::new(hour, minute, 0, 0).ok()?);
    Some(moment.to_zoned(paris()?).ok()?.timestamp().as_second())
}
