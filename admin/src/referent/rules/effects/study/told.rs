//! What becomes of one person's accesses, told once: a part that fares as the whole is told with it.

use super::super::place::Door;
use super::super::verdict::{Pair, Verdict, Words, name, reach};
use super::Study;
use crate::access::Effect;
use policies::Level;

/// How far a place was open, and is.
type Levels<'a> = (Option<&'a Level>, Option<&'a Level>);

impl Study {
    /// The changes, and whether each is a gain.
    pub(super) fn changed(&self, verdicts: &[Pair]) -> Vec<(bool, Effect)> {
        let levels: Vec<Levels<'_>> = verdicts
            .iter()
            .map(|pair| (reach(&pair.0), reach(&pair.1)))
            .collect();
        let all = self.places.iter().zip(&levels).zip(verdicts).enumerate();
        let changed = all.filter(|(_, ((place, (was, is)), _))| {
            let alike = |wider: &usize| levels.get(*wider) == Some(&(*was, *is));
            was != is && !place.within.iter().any(alike)
        });
        let changed = changed.map(|(number, ((place, (was, is)), pair))| {
            let effect = Effect {
                name: String::new(),
                service: place.name.clone() + &self.exceptions(number, &levels),
                before: name(&pair.0),
                after: name(&pair.1),
                reason: self.reason(&pair.0, &pair.1),
            };
            (is > was, effect)
        });
        changed.collect()
    }

    /// « , sauf sur le thème « Santé » »: the documents of a place that fare otherwise.
    fn exceptions(&self, number: usize, levels: &[Levels<'_>]) -> String {
        let place = self.places.get(number);
        let is_route = place.is_none_or(|place| matches!(place.door, Door::Route(_)));
        let parts = self.places.iter().enumerate().filter(|(part, place)| {
            let is_part = !is_route && place.within.contains(&number);
            is_part && levels.get(*part) != levels.get(number)
        });
        let parts: Vec<_> = parts.collect();
        let widest = parts.iter().filter(|(_, place)| {
            let mut others = parts.iter();
            !others.any(|(other, _)| place.within.contains(other))
        });
        let widest: Vec<_> = widest.map(|(_, place)| &*place.narrowing).collect();
        if widest.is_empty() {
            return String::new();
        }
        format!(", sauf {}", widest.join(" et "))
    }

    /// Because of which rule something opens or closes.
    pub(super) fn reason(&self, was: &Verdict, is: &Verdict) -> String {
        let before = Words {
            ruleset: &self.before,
            names: &self.names,
        };
        if reach(is) > reach(was) {
            self.words().gain(&before, was, is)
        } else {
            self.words().loss(is)
        }
    }
}
