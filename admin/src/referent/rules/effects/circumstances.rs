//! In which circumstances a change is looked at: when, from where, with how much proof.

use crate::date;
use crate::fields::FieldErrors;
use crate::referent::preview::Pairs;
use crate::referent::rules::fields::spell_minutes;
use policies::{Conditions, Network, Situation, moments};
use std::collections::BTreeSet;
use std::net::IpAddr;
use std::sync::Arc;

/// One set of circumstances.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Circumstances {
    /// When, Unix seconds.
    pub(crate) at: i64,
    /// In which network; none for anywhere else.
    pub(crate) network: Option<String>,
    pub(crate) second_factor: bool,
}

impl Circumstances {
    /// Those that somebody chose, if anybody did. Fields: `jour`, `heure`, `reseau`, `facteur`.
    ///
    /// # Errors
    /// What does not read.
    pub(crate) fn chosen(fields: &Pairs) -> Result<Option<Self>, FieldErrors> {
        let (day, hour) = (fields.one("jour").trim(), fields.one("heure").trim());
        if day.is_empty() && hour.is_empty() {
            return Ok(None);
        }
        let mut errors = FieldErrors::default();
        let start = date::parse(day).and_then(date::start_of);
        let start = start.ok_or_else(|| "Écrivez le jour comme 31/12/2026.".to_owned());
        // A day stands for itself by its morning.
        let hour = if hour.is_empty() { "10:00" } else { hour };
        let minutes = super::super::fields::minutes(hour);
        let minutes = minutes.ok_or_else(|| "Écrivez l’heure comme 10:00.".to_owned());
        let (start, minutes) = (errors.read("jour", start), errors.read("heure", minutes));
        let (Some(start), Some(minutes)) = (start, minutes) else {
            return Err(errors);
        };
        let network = fields.one("reseau");
        Ok(Some(Self {
            at: start + i64::from(minutes) * 60,
            network: (!network.is_empty()).then(|| network.to_owned()),
            second_factor: fields.one("facteur") == "oui",
        }))
    }

    /// As an address carries them.
    pub(crate) fn query(&self) -> String {
        let (day, hour) = self.fields();
        let fields = [
            ("jour", day),
            ("heure", hour),
            ("reseau", self.network.clone().unwrap_or_default()),
            (
                "facteur",
                if self.second_factor { "oui" } else { "" }.to_owned(),
            ),
        ];
        serde_html_form::to_string(fields).unwrap_or_default()
    }

    /// Day and hour, as the form fills them in.
    pub(crate) fn fields(&self) -> (String, String) {
        let (day, minutes) = date::day_and_minutes(self.at);
        (day, spell_minutes(minutes))
    }

    /// « jeudi 15/01/2026 à 10 h 00, depuis le réseau « mairie », avec un second facteur »; from where
    /// and with how much proof only where that matters.
    pub(crate) fn name(&self, (place, proof): (bool, bool)) -> String {
        let network = self.network.as_ref().map_or_else(
            || "hors des réseaux de la collectivité".to_owned(),
            |network| format!("depuis le réseau «\u{a0}{network}\u{a0}»"),
        );
        let factor = if self.second_factor {
            "avec un second facteur"
        } else {
            "sans second facteur"
        };
        let parts = [
            Some(date::with_weekday(self.at)),
            place.then_some(network),
            proof.then(|| factor.to_owned()),
        ];
        parts.into_iter().flatten().collect::<Vec<_>>().join(", ")
    }

    pub(crate) fn situation(&self, networks: &[Network]) -> Situation {
        let network = networks
            .iter()
            .find(|network| Some(&*network.name) == self.network.as_deref());
        let address = network.and_then(|network| network.ranges.first());
        let address: Option<IpAddr> = address.map(policies::Range::first);
        Situation::at(self.at, address, self.second_factor)
    }
}

/// Most that are looked at: everybody is decided about in each.
const MOST: usize = 96;

/// All that matter for rules with these conditions, those of the first rule first: each way in which
/// they hold or not at one time, in these networks, theirs and elsewhere, with a second factor (where
/// `factor` or a rule asks for it) and without. And how many of them are too many.
pub(super) fn those_of(
    rules: &[&Conditions],
    networks: BTreeSet<Arc<str>>,
    factor: bool,
    now: i64,
) -> (Vec<Circumstances>, usize) {
    let named = rules.iter().flat_map(|rule| rule.networks.iter().cloned());
    let networks: BTreeSet<_> = networks.into_iter().chain(named).collect();
    let networks = networks.iter().map(|name| Some(name.to_string()));
    let places: Vec<_> = std::iter::once(None).chain(networks).collect();
    let asked = factor || rules.iter().any(|rule| rule.second_factor);
    let factors: &[bool] = if asked { &[true, false] } else { &[false] };
    let at_one_time = |at: i64| {
        places.iter().flat_map(move |network| {
            factors.iter().map(move |second_factor| Circumstances {
                at,
                network: network.clone(),
                second_factor: *second_factor,
            })
        })
    };
    let mut all: Vec<_> = moments(rules, now)
        .into_iter()
        .flat_map(at_one_time)
        .collect();
    let more = all.len().saturating_sub(MOST);
    all.truncate(MOST);
    (all, more)
}
