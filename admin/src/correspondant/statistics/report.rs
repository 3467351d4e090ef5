//! The statistics as sections: each a table, and charts of the same figures.

use super::mask::{Figure, with_sums};
use crate::chart::{Bars, Line};
use crate::correspondant::collectivites::progress;
use crate::correspondant::sheet::kind;
use crate::date;
use crate::portal::Portal;
use accounts::{Error, FollowedFilter, Headcount, Month, Openings, Overseen, Progress, Scope};
use std::collections::BTreeMap;

/// How many months are shown, and of how many services a chart is drawn.
const MONTHS: i64 = 12;
const DRAWN: usize = 4;

/// A section.
pub(crate) struct Section {
    pub(crate) id: &'static str,
    pub(crate) title: &'static str,
    pub(crate) explanation: &'static str,
    pub(crate) bars: Vec<Bars>,
    pub(crate) lines: Vec<Line>,
    pub(crate) table: Table,
}

/// Figures, named in two directions.
pub(crate) struct Table {
    pub(crate) corner: &'static str,
    pub(crate) columns: Vec<String>,
    pub(crate) rows: Vec<(String, Vec<Figure>)>,
}

impl Table {
    /// A column as a chart takes it.
    fn column(&self, place: usize) -> Vec<(String, Figure)> {
        let rows = self.rows.iter();
        rows.filter_map(|(name, figures)| Some((name.clone(), *figures.get(place)?)))
            .collect()
    }
}

/// All sections of a part of those that somebody follows.
pub(crate) async fn sections(
    portal: &Portal,
    overseen: &Overseen<'_>,
    scope: &Scope,
) -> Result<Vec<Section>, Error> {
    let part = !scope.is_everything();
    let people = overseen.headcounts(scope).await?;
    let now = Month::of(portal.store.clock().now());
    let since = now.before(MONTHS - 1);
    let openings = overseen.openings(scope, since).await?;
    let filter = FollowedFilter {
        scope: scope.clone(),
        ..FollowedFilter::default()
    };
    let counts = overseen.count_by_progress(&filter).await?;
    let waiting = overseen.waiting(scope).await?;
    let rows = [
        (
            "Désignations dont le document signé est attendu",
            Figure::Number(waiting.recorded),
        ),
        (
            "Désignations signées à vérifier",
            Figure::Number(waiting.received),
        ),
        (
            "Demandes d’accès sans réponse d’un référent",
            told(waiting.requests, part),
        ),
    ];
    Ok(vec![
        accounts(&people, part),
        collectivites(&counts),
        services(portal, &openings, since, part),
        Section {
            id: "attente",
            title: "En attente",
            explanation: "Ce qui attend le centre de gestion ou un référent, aujourd’hui.",
            bars: Vec::new(),
            lines: Vec::new(),
            table: Table {
                corner: "Quoi",
                columns: vec!["Nombre".to_owned()],
                rows: rows
                    .map(|(name, figure)| (name.to_owned(), vec![figure]))
                    .into(),
            },
        },
    ])
}

/// A number of people, of all or of a part.
fn told(number: i64, part: bool) -> Figure {
    let figure = Figure::alone(number);
    if part { figure.rounded() } else { figure }
}

fn accounts(people: &[Headcount], part: bool) -> Section {
    let numbers: Vec<Vec<i64>> = people
        .iter()
        .map(|count| vec![count.active, count.dormant, count.waiting])
        .collect();
    let names = people.iter().map(|count| kind(count.kind).to_owned());
    let figures = with_sums(&numbers).into_iter().map(|mut row| {
        if part {
            row = row.into_iter().map(Figure::rounded).collect();
        }
        if let [.., waiting, whole] = row.as_slice() {
            row.push(Figure::share(*waiting, *whole));
        }
        row
    });
    let rows = names.chain(["Ensemble".to_owned()]).zip(figures).collect();
    let columns = [
        "Actives",
        "Dormantes",
        "Jamais activées",
        "Total",
        "Taux d’activation",
    ];
    let table = Table {
        corner: "Type",
        columns: columns.map(str::to_owned).into(),
        rows,
    };
    let whole = table.rows.last().map(|(_, figures)| figures.clone());
    let states = columns.iter().zip(whole.unwrap_or_default()).take(3);
    let states = states.map(|(name, figure)| ((*name).to_owned(), figure));
    Section {
        id: "comptes",
        title: "Comptes",
        explanation: "Les personnes des collectivités ouvertes, celles qui sont parties exceptées. Active : connectée ou arrivée depuis moins de six mois. Dormante : sans connexion depuis plus longtemps. Jamais activée : l’invitation n’a pas reçu de réponse. Le taux d’activation compte les actives et les dormantes.",
        bars: vec![
            Bars::new(
                "comptes-taux",
                "Taux d’activation par type",
                table.column(4),
                Some(100),
            ),
            Bars::new(
                "comptes-etats",
                "Personnes, selon leur dernière connexion",
                states.collect(),
                None,
            ),
        ],
        lines: Vec::new(),
        table,
    }
}

fn collectivites(counts: &BTreeMap<Progress, i64>) -> Section {
    let rows = Progress::ALL.map(|state| {
        let count = counts.get(&state).copied().unwrap_or_default();
        (progress(state).to_owned(), vec![Figure::Number(count)])
    });
    let table = Table {
        corner: "État",
        columns: vec!["Collectivités".to_owned()],
        rows: rows.into(),
    };
    Section {
        id: "collectivites",
        title: "Collectivités",
        explanation: "Une collectivité est active quand un référent au moins y est en activité.",
        bars: vec![Bars::new(
            "collectivites-etats",
            "Collectivités, selon leur état",
            table.column(0),
            None,
        )],
        lines: Vec::new(),
        table,
    }
}

fn services(portal: &Portal, openings: &[Openings], since: Month, part: bool) -> Section {
    let months: Vec<Month> = (0..MONTHS).map(|n| since.before(-n)).collect();
    let mut counts: BTreeMap<&str, BTreeMap<Month, i64>> = BTreeMap::new();
    for opening in openings {
        let service = counts.entry(opening.service.as_str()).or_default();
        service.insert(opening.month, opening.count);
    }
    // The most opened first.
    let mut services: Vec<_> = counts.into_iter().collect();
    services.sort_by_key(|(_, counts)| std::cmp::Reverse(counts.values().sum::<i64>()));
    let rows = services.into_iter().map(|(id, counts)| {
        let figure = |month| told(counts.get(month).copied().unwrap_or_default(), part);
        (name(portal, id), months.iter().map(figure).collect())
    });
    let table = Table {
        corner: "Service",
        columns: months.iter().map(|month| date::month(*month)).collect(),
        rows: rows.collect(),
    };
    let drawn = table.rows.iter().zip(1..).take(DRAWN);
    let drawn = drawn.map(|((name, figures), place)| {
        let named = table.columns.iter().cloned().zip(figures.iter().copied());
        let title = format!("{name}\u{a0}: ouvertures par mois");
        Line::new(
            &format!("services-{place}"),
            &title,
            &named.collect::<Vec<_>>(),
        )
    });
    Section {
        id: "services",
        title: "Ouvertures des services",
        explanation: "Une ouverture est comptée par personne, par rubrique et par heure. Les services les plus ouverts sont dessinés ; le tableau les donne tous, sur douze mois.",
        bars: Vec::new(),
        lines: drawn.collect(),
        table,
    }
}

fn name(portal: &Portal, service: &str) -> String {
    if service == portal.own.id.as_str() {
        return portal.own.name.clone();
    }
    let entrance = portal.entrance(service);
    entrance.map_or_else(|| service.to_owned(), |entrance| entrance.name.clone())
}
