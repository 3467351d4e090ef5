//! The circumstances of a request in Cedar's words.

use crate::model::is_day_off;
use crate::reads::Reads;
use crate::situation::Situation;
use crate::vocabulary::{Vocabulary, value};
use cedar_policy::{Context, RestrictedExpression};

impl Vocabulary {
    /// What policies look at of a situation; `networks` are the names of those that the person is in.
    pub(crate) fn context<'a>(
        &self,
        reads: &Reads,
        situation: &Situation,
        networks: impl Iterator<Item = &'a str>,
    ) -> Result<Context, String> {
        let beyond = "the moment lies beyond the calendar";
        let (date, minutes, day) = situation.in_paris().ok_or(beyond)?;
        let mut pairs = Vec::new();
        let mut add = |name: &str, make: &mut dyn FnMut() -> Option<RestrictedExpression>| {
            let made = reads.includes(name).then(make).flatten();
            pairs.extend(made.map(|value| (name.to_owned(), value)));
        };
        let mut names = networks.map(|name| RestrictedExpression::new_string(name.to_owned()));
        add("heure", &mut || {
            Some(RestrictedExpression::new_duration(format!("{minutes}m")))
        });
        add("reseaux", &mut || {
            Some(RestrictedExpression::new_set(names.by_ref()))
        });
        add("jour", &mut || Some(value(&self.names.jour, day.as_str())));
        add("ferie", &mut || {
            Some(RestrictedExpression::new_bool(is_day_off(date)))
        });
        add("double_facteur", &mut || {
            Some(RestrictedExpression::new_bool(situation.second_factor))
        });
        add("maintenant", &mut || {
            situation.instant().map(RestrictedExpression::new_datetime)
        });
        add("adresse", &mut || {
            let address = situation.address?;
            Some(RestrictedExpression::new_ip(address.to_string()))
        });
        Context::from_pairs(pairs).map_err(|e| e.to_string())
    }
}
