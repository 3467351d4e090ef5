//! In which circumstances a rule counts.

use super::calendar::{Day, Hours, is_day_off};
use crate::situation::Situation;
use jiff::civil::Date;
use std::collections::BTreeSet;
use std::sync::Arc;

/// All of these at once; what is not said does not matter.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Conditions {
    /// On any of these days; every day when empty.
    pub days: BTreeSet<Day>,
    /// In this part of the day, in Paris.
    pub hours: Option<Hours>,
    /// Not on days off.
    pub working_days: bool,
    /// From this day on, in Paris.
    pub from: Option<Date>,
    /// To this day, which still belongs to it.
    pub until: Option<Date>,
    /// From any of the collectivité's networks of these names; from anywhere when empty.
    pub networks: BTreeSet<Arc<str>>,
    /// With a second factor.
    pub second_factor: bool,
}

impl Conditions {
    /// The same without those that hold; `None` beyond the calendar. `within` are the names of the
    /// networks that the person is in.
    pub(crate) fn unmet(&self, situation: &Situation, within: &[&str]) -> Option<Self> {
        let (date, minutes, day) = situation.in_paris()?;
        let mut left = self.clone();
        if self.days.contains(&day) {
            left.days.clear();
        }
        left.hours = self
            .hours
            .filter(|hours| !(hours.from..hours.until).contains(&minutes));
        left.working_days &= is_day_off(date);
        left.from = self.from.filter(|from| date < *from);
        left.until = self.until.filter(|until| *until < date);
        if within.iter().any(|name| self.networks.contains(*name)) {
            left.networks.clear();
        }
        left.second_factor &= !situation.second_factor;
        Some(left)
    }
}
