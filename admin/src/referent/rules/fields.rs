//! The fields of a rule's form: a model is written into them and read from them, and each mistake is
//! told at its field.

mod target;

use super::people::People;
use crate::date;
use crate::entrance::Entrance;
use crate::fields::FieldErrors;
use crate::portal::Portal;
use crate::referent::preview::Pairs;
use policies::{Classification, Conditions, Day, Effect, Flaw, Hours, Model, Party, Reach, Who};

/// What a rule may be about, and what else its form offers.
pub(crate) struct Choices<'a> {
    /// The services whose rights are given here.
    pub(super) services: Vec<&'a Entrance>,
    /// Whole ids.
    pub(super) groups: Vec<String>,
    pub(super) profiles: Vec<String>,
    pub(super) networks: Vec<String>,
    pub(super) people: People,
    /// By what documents are sorted.
    pub(super) classification: &'a Classification,
}

impl<'a> Choices<'a> {
    /// Those of a form that names nobody.
    pub(crate) fn of_services(portal: &'a Portal) -> Self {
        Self {
            services: portal.entrances.iter().collect(),
            classification: portal.directory.vocabulary().classification(),
            groups: Vec::new(),
            profiles: Vec::new(),
            networks: Vec::new(),
            people: People::default(),
        }
    }
}

impl Choices<'_> {
    /// Something ticked that is not here, or no more.
    pub(super) fn foreign<'f>(&self, fields: &'f Pairs) -> Option<&'f str> {
        let kinds = [
            ("groupe-", &self.groups),
            ("profil-", &self.profiles),
            ("reseau-", &self.networks),
        ];
        kinds.iter().find_map(|(prefix, known)| {
            let mut ticked = fields.prefixed(prefix);
            ticked.find(|id| !known.iter().any(|known| known == id))
        })
    }
}

/// Reads a rule.
///
/// # Errors
/// All that is to be mended.
pub(crate) fn read(fields: &Pairs, choices: &Choices<'_>) -> Result<Model, FieldErrors> {
    let mut errors = FieldErrors::default();
    let effect = Effect::parse(fields.one("effet"));
    let effect = effect.ok_or_else(|| "Choisissez ce que fait la règle.".to_owned());
    let effect = errors.read("effet-acces", effect);
    let who = who(fields, choices, &mut errors);
    let target = errors.read("cible", target::read(fields, choices));
    let conditions = conditions(fields, &mut errors);
    let reach = match fields.one("niveau") {
        "ecriture" => Reach::Modify,
        _ => Reach::Consult,
    };
    let (Some(effect), Some(target), true) = (effect, target, errors.is_empty()) else {
        return Err(errors);
    };
    let model = Model {
        effect,
        who,
        target,
        reach,
        conditions,
    };
    for flaw in model.flaws() {
        let (field, text) = told(flaw);
        errors.add(field, text);
    }
    if errors.is_empty() {
        Ok(model)
    } else {
        Err(errors)
    }
}

/// At which field a flaw is mended, and how.
pub(crate) fn told(flaw: Flaw) -> (&'static str, &'static str) {
    match flaw {
        Flaw::Hours => (
            "de",
            "L’heure de fin vient avant l’heure de début, ou la règle vaut toute la journée. Pour une nuit, écrivez deux règles\u{a0}: jusqu’à minuit, et à partir de 0\u{a0}h. Pour toute la journée, laissez les deux heures vides.",
        ),
        Flaw::Dates => ("jusquau", "Le dernier jour vient avant le premier."),
        Flaw::Nobody => (
            "sauf",
            "Les personnes nommées sont toutes exceptées\u{a0}: la règle ne concernerait personne.",
        ),
        Flaw::NothingRequired => (
            "facteur",
            "Dites ce qui est exigé\u{a0}: des jours, des heures, un second facteur, ou un réseau de la collectivité.",
        ),
        Flaw::SecondFactorPunished => (
            "facteur",
            "Une règle ne ferme pas un accès à qui a donné un second facteur. Pour l’exiger, choisissez «\u{a0}exiger une condition\u{a0}».",
        ),
        Flaw::DocumentsModified => (
            "niveau-ecriture",
            "Des documents se lisent\u{a0}: choisissez la lecture.",
        ),
    }
}

fn who(fields: &Pairs, choices: &Choices<'_>, errors: &mut FieldErrors) -> Who {
    let groups = fields.prefixed("groupe-");
    let groups = groups.map(|id| Party::Group(id.into()));
    let profiles = fields.prefixed("profil-");
    let profiles = profiles.map(|id| Party::Profile(id.into()));
    let mut who = Who {
        any_of: groups.chain(profiles).collect(),
        ..Who::default()
    };
    let named = errors.read("personnes", choices.people.find(fields.one("personnes")));
    who.any_of
        .extend(named.unwrap_or_default().into_iter().map(Party::Agent));
    let except = errors.read("sauf", choices.people.find(fields.one("sauf")));
    who.except.extend(except.unwrap_or_default());
    match fields.one("qui") {
        "tous" if !who.any_of.is_empty() => errors.add(
            "qui-tous",
            "Vous avez aussi désigné des agents. Choisissez «\u{a0}seulement ceux-ci\u{a0}», ou retirez-les.",
        ),
        "certains" if who.any_of.is_empty() && errors.of("personnes").is_none() => errors.add(
            "qui-certains",
            "Cochez au moins un service ou un profil, nommez une personne, ou choisissez «\u{a0}tous les agents\u{a0}».",
        ),
        "tous" | "certains" => {}
        _ => errors.add("qui-tous", "Choisissez qui la règle concerne."),
    }
    who
}

fn conditions(fields: &Pairs, errors: &mut FieldErrors) -> Conditions {
    let days = fields.prefixed("jour-").filter_map(Day::parse);
    let networks = fields.prefixed("reseau-");
    Conditions {
        days: days.collect(),
        hours: hours(fields, errors),
        working_days: fields.one("feries") == "oui",
        from: read_date(fields, "apartir", errors),
        until: read_date(fields, "jusquau", errors),
        networks: networks.map(Into::into).collect(),
        second_factor: fields.one("facteur") == "oui",
    }
}

fn read_date(
    fields: &Pairs,
    field: &'static str,
    errors: &mut FieldErrors,
) -> Option<jiff::civil::Date> {
    let text = fields.one(field).trim();
    if text.is_empty() {
        return None;
    }
    let wrong = || "Écrivez la date comme 31/12/2026.".to_owned();
    errors.read(field, date::parse(text).ok_or_else(wrong))
}

fn hours(fields: &Pairs, errors: &mut FieldErrors) -> Option<Hours> {
    let (from, until) = (fields.one("de").trim(), fields.one("a").trim());
    if from.is_empty() && until.is_empty() {
        return None;
    }
    let wrong = || "Écrivez l’heure comme 7:00 ou 20\u{a0}h\u{a0}30.".to_owned();
    let hour = |text: &str, unsaid: u16| match text {
        "" => Ok(unsaid),
        text => minutes(text).ok_or_else(wrong),
    };
    let from = errors.read("de", hour(from, 0));
    let until = errors.read("a", hour(until, 24 * 60));
    Some(Hours {
        from: from?,
        until: until?,
    })
}

/// Minutes of « 7:30 », « 7h30 », « 7 h » or « 19 ».
pub(super) fn minutes(text: &str) -> Option<u16> {
    let text: String = text.chars().filter(|c| !c.is_whitespace()).collect();
    let (hours, minutes) = text.split_once([':', 'h', 'H']).unwrap_or((&text, ""));
    let minutes = if minutes.is_empty() { "0" } else { minutes };
    let (hours, minutes): (u16, u16) = (hours.parse().ok()?, minutes.parse().ok()?);
    let sum = hours.checked_mul(60)?.checked_add(minutes)?;
    (minutes < 60 && sum <= 24 * 60).then_some(sum)
}

/// « 07:30 ».
pub(super) fn spell_minutes(minutes: u16) -> String {
    format!("{:02}:{:02}", minutes / 60, minutes % 60)
}

/// The fields of a model; people are spelt by whoever knows them.
pub(crate) fn of(model: &Model, people: impl Fn(&policies::MembershipId) -> String) -> Pairs {
    let mut fields = vec![
        ("effet", model.effect.as_str().to_owned()),
        ("cible", target::spell(&model.target)),
    ];
    let reach = match model.reach {
        Reach::Consult => "lecture",
        Reach::Modify => "ecriture",
    };
    fields.push(("niveau", reach.to_owned()));
    let everybody = model.who.any_of.is_empty();
    fields.push((
        "qui",
        if everybody { "tous" } else { "certains" }.to_owned(),
    ));
    let mut named = Vec::new();
    for party in &model.who.any_of {
        match party {
            Party::Group(id) => fields.push(("groupe-", id.as_str().to_owned())),
            Party::Profile(id) => fields.push(("profil-", id.as_str().to_owned())),
            Party::Agent(id) => named.push(people(id)),
        }
    }
    fields.push(("personnes", named.join("\n")));
    let except: Vec<_> = model.who.except.iter().map(people).collect();
    fields.push(("sauf", except.join("\n")));
    fields.extend(target::narrowing(&model.target));
    fields.extend(of_conditions(&model.conditions));
    fields.into_iter().collect()
}

fn of_conditions(conditions: &Conditions) -> Vec<(&'static str, String)> {
    let Conditions { days, networks, .. } = conditions;
    let mut fields: Vec<_> = days
        .iter()
        .map(|day| ("jour-", day.as_str().to_owned()))
        .collect();
    if let Some(hours) = conditions.hours {
        fields.push(("de", spell_minutes(hours.from)));
        fields.push(("a", spell_minutes(hours.until)));
    }
    let date = |date: jiff::civil::Date| date.strftime("%d/%m/%Y").to_string();
    fields.extend(conditions.from.map(|from| ("apartir", date(from))));
    fields.extend(conditions.until.map(|until| ("jusquau", date(until))));
    fields.extend(networks.iter().map(|name| ("reseau-", name.to_string())));
    for (field, said) in [
        ("feries", conditions.working_days),
        ("facteur", conditions.second_factor),
    ] {
        fields.extend(said.then(|| (field, "oui".to_owned())));
    }
    fields
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hours_are_read_as_people_write_them() {
        for (text, expected) in [
            ("7", 420),
            ("07:00", 420),
            ("7h", 420),
            ("7 h 30", 450),
            ("20H05", 1205),
            ("24:00", 1440),
        ] {
            assert_eq!(minutes(text), Some(expected), "{text}");
        }
        for text in ["", "25", "24:01", "7:60", "sept", "7h30m"] {
            assert_eq!(minutes(text), None, "{text}");
        }
    }
}
