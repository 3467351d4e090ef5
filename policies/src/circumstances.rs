//! The circumstances of a request in Cedar's words.

use crate::model::is_day_off;
use crate::situation::Situation;
use crate::vocabulary::{Vocabulary, value};
use cedar_policy::{Context, RestrictedExpression};

impl Vocabulary {
    /// `networks` are the names of those that the person is in.
    pub(crate) fn context<'a>(
        &self,
        situation: &Situation,
        networks: impl Iterator<Item = &'a str>,
    ) -> Result<Context, String> {
        let beyond = "the moment lies beyond the calendar";
        let (date, minutes, day) = situation.in_paris().ok_or(beyond)?;
        let now = situation.instant().ok_or(beyond)?;
        let mut pairs = vec![
            (
                "heure".to_owned(),
                RestrictedExpression::new_duration(format!("{minutes}m")),
            ),
            (
                "reseaux".to_owned(),
                RestrictedExpression::new_set(
                    networks.map(|name| RestrictedExpression::new_string(name.to_owned())),
                ),
            ),
            ("jour".to_owned(), value(&self.names.jour, day.as_str())),
            (
                "ferie".to_owned(),
                RestrictedExpression::new_bool(is_day_off(date)),
            ),
            (
                "double_facteur".to_owned(),
                RestrictedExpression::new_bool(situation.second_factor),
            ),
            (
                "maintenant".to_owned(),
                RestrictedExpression::new_datetime(now),
            ),
        ];
        if let Some(address) = situation.address {
            pairs.push((
                "adresse".to_owned(),
                RestrictedExpression::new_ip(address.to_string()),
            ));
        }
        Context::from_pairs(pairs).map_err(|e| e.to_string())
    }
}
