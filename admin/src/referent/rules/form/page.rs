//! What the form of a rule offers, with what is chosen of it.

use super::Begun;
use super::live::{Live, so_far};
use crate::entrance::{DOCUMENTS, Entrance};
use crate::fields::FieldErrors;
use crate::page::Person;
use crate::portal::Portal;
use crate::referent::Referent;
use crate::referent::preview::Pairs;
use crate::referent::rules::written::FIELD;
use crate::referent::rules::{names, said};
use accounts::{Error, NetworkRecord};
use askama::Template;
use policies::{
    Collection, Conditions, Day, Effect, GroupId, Hours, Model, Nature, Party, Reach, Rule, Target,
    Theme, Who,
};

/// A value, what it is called, whether it is chosen.
pub(crate) type Choice = (String, String, bool);

#[derive(Template)]
#[template(path = "referent/rule_form.html")]
pub(super) struct FormPage<'a> {
    person: Option<Person>,
    here: &'static str,
    token: String,
    pub(super) errors: FieldErrors,
    /// Where it is posted.
    address: &'a str,
    /// Where it is written in Cedar.
    expert: String,
    /// What the rule says as it was saved; empty for a new one.
    sentence: String,
    /// The sentence as it was typed, or the same.
    phrase: String,
    /// Of the rule that the draft began from, and of the draft itself.
    versions: (i64, i64),
    fields: &'a Pairs,
    effects: Vec<Choice>,
    groups: Vec<Choice>,
    profiles: Vec<Choice>,
    targets: Vec<(String, Vec<Choice>)>,
    sorts: Sorts,
    days: Vec<Choice>,
    networks: Vec<Choice>,
    /// What it says so far.
    live: Live,
    /// A sentence that could be a rule here.
    example: String,
}

/// Reads what there is to choose from.
pub(super) async fn read<'a>(
    portal: &Portal,
    referent: &Referent,
    begun: &Begun,
    fields: &'a Pairs,
    errors: FieldErrors,
    address: &'a str,
) -> Result<FormPage<'a>, Error> {
    let within = referent.within(portal);
    let models: Vec<Model> = begun.rule.iter().filter_map(Rule::model).collect();
    let names = names(portal, referent, &models).await?;
    let choice = |prefix: &str, value: &str, name: &str| choice(fields, prefix, (value, name));
    let (groups, profiles) = (within.list_groups().await?, within.list_profiles().await?);
    let networks = within.list_networks().await?;
    let person = referent.person(portal).await?;
    let sentence = begun
        .rule
        .as_ref()
        .map_or_else(String::new, |rule| said(rule, &names));
    let typed = fields.one(FIELD);
    let confirmed = networks.iter().find(|one| !one.confirmed.is_empty());
    let network = confirmed.map(|network| network.name.as_str());
    let example = example(
        referent,
        portal,
        groups.first().map(|group| &group.id),
        network,
    );
    Ok(FormPage {
        live: so_far(portal, referent, fields).await?,
        example: example.sentence(&names),
        token: person.token.clone(),
        person: Some(person),
        here: "regles",
        errors,
        expert: begun.expert(),
        address,
        phrase: if typed.is_empty() {
            sentence.clone()
        } else {
            typed.to_owned()
        },
        sentence,
        versions: (begun.based_on, begun.version),
        fields,
        effects: effects(fields),
        groups: groups
            .iter()
            .map(|group| choice("groupe-", group.id.as_str(), &group.name))
            .collect(),
        profiles: profiles
            .iter()
            .map(|profile| choice("profil-", &profile.id, &profile.name))
            .collect(),
        targets: targets(&referent.services(portal), fields.one("cible")),
        sorts: Sorts::of(portal, fields),
        days: days(fields),
        networks: networks
            .iter()
            .map(|network| of_network(network, fields))
            .collect(),
    })
}

/// Somebody's office hours, from where they work.
fn example(
    referent: &Referent,
    portal: &Portal,
    group: Option<&GroupId>,
    network: Option<&str>,
) -> Model {
    let services = referent.services(portal);
    let last = services.last().map(|entrance| entrance.id.clone());
    let conditions = Conditions {
        days: Day::ALL.into_iter().take(5).collect(),
        hours: Some(Hours {
            from: 7 * 60,
            until: 20 * 60,
        }),
        networks: network.into_iter().map(Into::into).collect(),
        ..Conditions::default()
    };
    Model {
        effect: Effect::Allow,
        who: Who {
            any_of: group.cloned().map(Party::Group).into_iter().collect(),
            ..Who::default()
        },
        target: Target::Service(last.unwrap_or_else(|| DOCUMENTS.into())),
        reach: Reach::Modify,
        conditions,
    }
}

fn choice(fields: &Pairs, prefix: &str, (value, name): (&str, &str)) -> Choice {
    let chosen = fields.prefixed(prefix).any(|chosen| chosen == value);
    (value.to_owned(), name.to_owned(), chosen)
}

/// What narrows documents down; empty where there is nothing to choose from.
pub(crate) struct Sorts {
    pub(crate) natures: Vec<Choice>,
    pub(crate) themes: Vec<Choice>,
    pub(crate) collections: Vec<Choice>,
}

impl Sorts {
    pub(crate) fn of(portal: &Portal, fields: &Pairs) -> Self {
        let classification = portal.directory.vocabulary().classification();
        let natures = Nature::ALL.iter();
        let natures = natures.map(|one| choice(fields, "nature-", (one.as_str(), one.plural())));
        let themes = classification.themes().iter().map(Theme::as_str);
        let collections = classification.collections().iter().map(Collection::as_str);
        Self {
            natures: natures.collect(),
            themes: named(fields, "theme-", themes),
            collections: named(fields, "collection-", collections),
        }
    }
}

/// Nothing where there is one name only. What is ticked and known no more is shown still: a rule that it left
/// without a word would be about everything.
fn named<'a>(fields: &Pairs, prefix: &str, known: impl Iterator<Item = &'a str>) -> Vec<Choice> {
    let mut all: Vec<_> = known
        .map(|name| choice(fields, prefix, (name, name)))
        .collect();
    let gone = fields.prefixed(prefix);
    let gone = gone.filter(|name| !all.iter().any(|(known, ..)| known == name));
    let gone = gone.map(|name| {
        let label = format!("{name} (n’existe plus)");
        (name.to_owned(), label, true)
    });
    let gone: Vec<_> = gone.collect();
    all.extend(gone);
    if all.len() > 1 { all } else { Vec::new() }
}

/// The days of the week.
pub(crate) fn days(fields: &Pairs) -> Vec<Choice> {
    let days = Day::ALL.iter();
    let choice = |day: &Day| choice(fields, "jour-", (day.as_str(), day.as_str()));
    days.map(choice).collect()
}

fn of_network(network: &NetworkRecord, fields: &Pairs) -> Choice {
    let waits = if network.confirmed.is_empty() {
        " (pas encore confirmé par le CIG)"
    } else {
        ""
    };
    let chosen = fields.prefixed("reseau-").any(|name| name == network.name);
    (
        network.name.clone(),
        format!("{}{waits}", network.name),
        chosen,
    )
}

fn effects(fields: &Pairs) -> Vec<Choice> {
    let chosen = fields.one("effet");
    let all = [
        (
            "acces",
            "Ouvrir un accès, à certaines conditions si vous voulez",
        ),
        (
            "exigence",
            "Exiger une condition de ceux qui ont l’accès par ailleurs",
        ),
        (
            "restriction",
            "Fermer un accès, quoi qui l’ouvre par ailleurs",
        ),
    ];
    all.into_iter()
        .map(|(value, name)| (value.to_owned(), name.to_owned(), chosen == value))
        .collect()
}

/// For each service: itself, its areas, its documents.
pub(crate) fn targets(services: &[&Entrance], chosen: &str) -> Vec<(String, Vec<Choice>)> {
    let choice = |value: String, name: String| {
        let is_chosen = value == chosen;
        (value, name, is_chosen)
    };
    services
        .iter()
        .map(|service| {
            let (id, name) = (&service.id, &service.name);
            let mut choices = vec![choice(
                format!("service:{id}"),
                format!("{name}, en entier"),
            )];
            let areas = service.areas.iter();
            choices.extend(areas.map(|area| {
                choice(
                    format!("rubrique:{}", area.route.id),
                    format!("{name}, rubrique «\u{a0}{}\u{a0}»", area.name),
                )
            }));
            if id.as_str() == DOCUMENTS {
                choices.push(choice(
                    format!("documents:{id}"),
                    format!("{name}, ses documents"),
                ));
            }
            (name.clone(), choices)
        })
        .collect()
}
