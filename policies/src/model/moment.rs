//! When a rule's days, hours and dates hold, and when they do not: a preview shows both.

use super::Conditions;
use crate::situation::{Situation, paris};
use jiff::ToSpan as _;
use jiff::civil::{Date, Time};
use std::collections::BTreeSet;

/// Minutes after midnight at which people are at work: a day stands for itself by this moment.
const MORNING: u16 = 10 * 60;

/// How far ahead a moment is looked for, days.
const AHEAD: i32 = 400;

impl Conditions {
    /// The first moment from `now` on (Unix seconds, to the minute) at which the conditions of time
    /// hold, or at which they do not; `None` when there is none within a year.
    pub fn next(&self, now: i64, hold: bool) -> Option<i64> {
        let (today, minutes, _) = Situation::at(now, None, false).in_paris()?;
        let clock = self.clock(minutes);
        let days = (0..=AHEAD).filter_map(|days| today.checked_add(days.days()).ok());
        let moments = days.flat_map(|day| clock.iter().filter_map(move |at| second(day, *at)));
        let now = now - now.rem_euclid(60);
        moments
            .filter(|moment| *moment >= now)
            .find(|moment| self.hold_at(*moment) == Some(hold))
    }

    /// Times of the day at which something may begin or end, in order.
    fn clock(&self, now: u16) -> Vec<u16> {
        let hours = self.hours.iter();
        let mut clock: Vec<_> = hours.flat_map(|hours| [hours.from, hours.until]).collect();
        clock.extend([now, MORNING]);
        clock.sort_unstable();
        clock
    }

    fn hold_at(&self, moment: i64) -> Option<bool> {
        let time = Self {
            networks: BTreeSet::new(),
            second_factor: false,
            ..self.clone()
        };
        let unmet = time.unmet(&Situation::at(moment, None, false), &[])?;
        Some(unmet == Self::default())
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
