//! What becomes of one person's accesses, told once: a part that fares as the whole is told with it.

use super::super::place::Place;
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
            was != is && !self.is_told_with_another(place, &levels, (*was, *is))
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

    /// Whether something wider is told that fares alike, and nothing between the two fares otherwise.
    fn is_told_with_another(&self, place: &Place, levels: &[Levels<'_>], own: Levels<'_>) -> bool {
        let found = |number: &usize| self.places.get(*number);
        // Documents are read; what opens to modify is as open to them.
        let is_service = |it: &Place| place.documents.is_some() && it.documents.is_none();
        let opening = |(was, is): Levels<'_>| (was.is_some(), is.is_some());
        let alike = |number: &usize| {
            let fares = levels.get(*number).copied().zip(found(number));
            fares.is_some_and(|(other, it)| {
                other == own || (is_service(it) && opening(other) == opening(own))
            })
        };
        let otherwise: Vec<_> = place.within.iter().filter(|other| !alike(other)).collect();
        let mut wider = place.within.iter().filter(|other| alike(other));
        wider.any(|number| {
            let between =
                |other: &&usize| found(other).is_some_and(|it| it.within.contains(number));
            let told = |wider: &Place| {
                let own = levels.get(*number).copied().unwrap_or(own);
                !self.is_told_with_another(wider, levels, own)
            };
            found(number).is_some_and(told) && !otherwise.iter().copied().any(|it| between(&it))
        })
    }

    /// « , sauf sur le thème « Santé » »: the documents of a place that fare otherwise; of a service, those that
    /// are open where it is closed, or closed where it is open.
    fn exceptions(&self, number: usize, levels: &[Levels<'_>]) -> String {
        let Some((place, own)) = self.places.get(number).zip(levels.get(number)) else {
            return String::new();
        };
        let is_service = place.documents.is_none();
        let differs = |(was, is): &Levels<'_>| {
            let otherwise = is.is_some() != own.1.is_some();
            otherwise || (!is_service && (*was, *is) != *own)
        };
        let parts = self.places.iter().zip(levels).enumerate();
        let parts = parts.filter(|(_, (part, levels))| {
            part.documents.is_some() && part.within.contains(&number) && differs(levels)
        });
        let parts: Vec<_> = parts.map(|(part, (place, _))| (part, place)).collect();
        let widest = parts.iter().filter(|(_, place)| {
            let mut others = parts.iter();
            !others.any(|(other, _)| place.within.contains(other))
        });
        let told = widest.filter_map(|(_, part)| {
            let (kinds, narrowing) = part.documents.as_ref()?;
            Some(if is_service {
                format!(", sauf les {kinds} {narrowing}")
                    .trim_end()
                    .to_owned()
            } else {
                format!(", sauf {narrowing}")
            })
        });
        told.collect()
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
