//! The part of forms that says which services are open to a collectivité, and for how many people.

use super::Correspondant;
use crate::fields::FieldErrors;
use crate::portal::Portal;
use crate::referent::preview::Pairs;
use accounts::Seats;
use policies::ServiceId;

/// A service in the form.
pub(crate) struct ServiceChoice {
    pub(super) id: String,
    pub(super) name: String,
    pub(super) open: bool,
    pub(super) seats: String,
}

impl ServiceChoice {
    /// What is wrong with its number of seats, if anything.
    pub(super) fn fault<'a>(&self, errors: &'a FieldErrors) -> Option<&'a str> {
        errors.of(&self.seats_field())
    }

    fn seats_field(&self) -> String {
        format!("places-{}", self.id)
    }
}

/// As they were typed.
pub(super) fn typed(
    portal: &Portal,
    someone: &Correspondant,
    fields: &Pairs,
) -> Vec<ServiceChoice> {
    let offered = someone.offered(portal).into_iter();
    let choices = offered.map(|entrance| {
        let id = entrance.id.as_str();
        ServiceChoice {
            id: id.to_owned(),
            name: entrance.name.clone(),
            open: fields.all("service").any(|chosen| chosen == id),
            seats: fields.one(&format!("places-{id}")).to_owned(),
        }
    });
    choices.collect()
}

/// As a list of ids and seats names them, the others closed.
///
/// # Errors
/// The place of one that this person may not open to others.
pub(crate) fn named(
    portal: &Portal,
    someone: &Correspondant,
    list: &[(String, Option<i64>)],
) -> Result<Vec<ServiceChoice>, usize> {
    let offered = someone.offered(portal);
    let unknown = |(id, _): &(String, Option<i64>)| {
        let mut offered = offered.iter();
        offered.all(|entrance| entrance.id.as_str() != id)
    };
    if let Some(place) = list.iter().position(unknown) {
        return Err(place);
    }
    let choices = offered.into_iter().map(|entrance| {
        let id = entrance.id.as_str();
        let named = list.iter().find(|(known, _)| known == id);
        let seats = named.and_then(|(_, seats)| *seats);
        ServiceChoice {
            id: id.to_owned(),
            name: entrance.name.clone(),
            open: named.is_some(),
            seats: seats.map_or_else(String::new, |seats| seats.to_string()),
        }
    });
    Ok(choices.collect())
}

/// As they stand.
pub(crate) fn standing(
    portal: &Portal,
    someone: &Correspondant,
    seats: &[Seats],
) -> Vec<ServiceChoice> {
    let offered = someone.offered(portal).into_iter();
    let choices = offered.map(|entrance| {
        let open = seats.iter().find(|seats| seats.service == entrance.id);
        let allowed = open.and_then(|seats| seats.allowed);
        ServiceChoice {
            id: entrance.id.to_string(),
            name: entrance.name.clone(),
            open: open.is_some(),
            seats: allowed.map_or_else(String::new, |seats| seats.to_string()),
        }
    });
    choices.collect()
}

/// What is to be open. Services that this person may not open to others stay as they are.
pub(super) fn chosen(
    choices: &[ServiceChoice],
    now: &[Seats],
    errors: &mut FieldErrors,
) -> Vec<(ServiceId, Option<i64>)> {
    let mut chosen = Vec::new();
    for choice in choices.iter().filter(|choice| choice.open) {
        let seats = choice.seats.trim();
        let number = seats
            .parse::<i64>()
            .ok()
            .filter(|n| (1..=100_000).contains(n));
        if !seats.is_empty() && number.is_none() {
            errors.add(
                choice.seats_field(),
                format!(
                    "Saisissez le nombre de places de {} en chiffres, par exemple 25, ou laissez le champ vide.",
                    choice.name
                ),
            );
        }
        chosen.push((ServiceId::from(choice.id.as_str()), number));
    }
    let others = now.iter().filter(|seats| {
        choices
            .iter()
            .all(|choice| choice.id != seats.service.as_str())
    });
    chosen.extend(others.map(|seats| (seats.service.clone(), seats.allowed)));
    chosen
}
