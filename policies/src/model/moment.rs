//! Moments that stand for all others: whatever rules hold together at some time, and whatever of them
//! does not, is so at one of these. A preview decides at each.

use super::Conditions;
use crate::situation::{Situation, paris};
use jiff::ToSpan as _;
use jiff::civil::{Date, Time};
use std::collections::{BTreeSet, HashSet};

/// Minutes after midnight at which people are at work: a day stands for itself by this moment.
const MORNING: u16 = 10 * 60;

/// How long days are told apart from today on, and from each day at which a rule begins or ends: more
/// than a year has all its days off, and every day of the week beside them.
const AHEAD: i32 = 400;

/// For each way in which rules of these conditions hold or not at one time, from `now` on (Unix
/// seconds, to the minute): the moment, on the first day of that kind. Those that the first rule makes
/// come before the others.
pub fn moments(rules: &[&Conditions], now: i64) -> Vec<i64> {
    let Some((today, minutes, _)) = Situation::at(now, None, false).in_paris() else {
        return Vec::new();
    };
    let now = now - now.rem_euclid(60);
    let clock = clock(rules);
    let all_day: Vec<_> = rules.iter().map(|rule| rule.without_hours()).collect();
    let all_day: Vec<_> = all_day.iter().collect();
    let (mut days, mut ways) = (HashSet::new(), HashSet::new());
    let mut found = Vec::new();
    for day in days_of(rules, today) {
        let first = (day == today).then_some(minutes);
        // What is left of today may not be all that there is of such a day.
        let kind = second(day, MORNING).map(|noon| pattern(&all_day, noon));
        if first.is_none() && !days.insert(kind) {
            continue;
        }
        let hours = first.iter().chain(&clock);
        for moment in hours.filter_map(|minutes| second(day, *minutes)) {
            let way = pattern(rules, moment);
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

/// The days to come that may differ from others, in order.
fn days_of(rules: &[&Conditions], today: Date) -> BTreeSet<Date> {
    let bounds = rules.iter().flat_map(|rule| {
        let over = rule.until.and_then(|until| until.checked_add(1.day()).ok());
        [rule.from, rule.until, over]
    });
    let starts = bounds.flatten().filter(|bound| *bound > today);
    let starts: Vec<_> = std::iter::once(today).chain(starts).collect();
    let days = starts
        .iter()
        .flat_map(|start| (0..=AHEAD).filter_map(|days| start.checked_add(days.days()).ok()));
    days.collect()
}

/// Which of the rules hold.
fn pattern(rules: &[&Conditions], moment: i64) -> Vec<bool> {
    rules.iter().map(|rule| rule.is_time(moment)).collect()
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

    fn without_hours(&self) -> Self {
        Self {
            hours: None,
            ..self.clone()
        }
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
