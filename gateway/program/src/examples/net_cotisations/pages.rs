//! The application's pages. Whatever was typed goes through `escape`.
use super::accounts::SignedIn;
use super::declarations::{Declaration, Month, euros};
use super::{Fields, field};
use crate::examples::html::escape;

pub(super) fn login(csrf: &str, login: &str, problem: &str) -> String {
    let body = format!(
        include_str!("login.html"),
        problems = problem_list(&[problem]),
        csrf = escape(csrf),
        login = escape(login),
    );
    layout("Identification", "", &body)
}

pub(super) fn home(person: &SignedIn, declared: &[Declaration]) -> String {
    let last = declared.first().map_or_else(
        || "Aucune déclaration enregistrée.".to_owned(),
        |last| {
            format!(
                "Dernière déclaration : {}, soit {} de cotisations.",
                last.month.label(),
                euros(last.total())
            )
        },
    );
    let body = format!(
        include_str!("home.html"),
        employer = escape(&person.employer),
        last = last
    );
    private("Accueil", person, &body)
}

pub(super) fn declarations(
    person: &SignedIn,
    declared: &[Declaration],
    typed: &Fields,
    problems: &[&str],
) -> String {
    let rows = declared.iter().map(|declaration| {
        format!(
            "<tr><th scope=\"row\"><a href=\"/cotisations.php?mois={}\">{}</a></th><td>{}</td><td>{}</td></tr>\n",
            declaration.month,
            declaration.month.label(),
            euros(declaration.base),
            declaration.headcount,
        )
    });
    let body = format!(
        include_str!("declarations.html"),
        rows = rows.collect::<String>(),
        problems = problem_list(problems),
        month = escape(field(typed, "mois")),
        base = escape(field(typed, "assiette")),
        headcount = escape(field(typed, "effectif")),
    );
    private("Déclarations mensuelles", person, &body)
}

/// The contributions of one month, of the last declared where none was asked for.
pub(super) fn contributions(
    person: &SignedIn,
    declared: &[Declaration],
    month: Option<Month>,
) -> String {
    let chosen = match month {
        Some(month) => declared.iter().find(|one| one.month == month),
        None => declared.first(),
    };
    let Some(chosen) = chosen else {
        let body = "<h1>Cotisations</h1>\n<p>Aucune déclaration pour ce mois. <a href=\"/declarations.php\">Déclarer un mois</a></p>";
        return private("Cotisations", person, body);
    };
    let rows = chosen.contributions().map(|(label, rate, amount)| {
        format!(
            "<tr><th scope=\"row\">{label}</th><td>{},{:02} %</td><td>{}</td></tr>\n",
            rate / 100,
            rate % 100,
            euros(amount)
        )
    });
    let body = format!(
        include_str!("contributions.html"),
        month = chosen.month.label(),
        base = euros(chosen.base),
        headcount = chosen.headcount,
        rows = rows.collect::<String>(),
        total = euros(chosen.total()),
    );
    private("Cotisations", person, &body)
}

pub(super) fn missing(person: &SignedIn) -> String {
    let body = "<h1>Page inconnue</h1>\n<p><a href=\"/index.php\">Retour à l’accueil</a></p>";
    private("Page inconnue", person, body)
}

fn problem_list(problems: &[&str]) -> String {
    problems.iter().copied().map(problem_line).collect()
}

fn problem_line(problem: &str) -> String {
    if problem.is_empty() {
        return String::new();
    }
    format!("<p class=\"erreur\">{}</p>\n", escape(problem))
}

fn private(title: &str, person: &SignedIn, body: &str) -> String {
    let menu = format!(
        include_str!("menu.html"),
        employer = escape(&person.employer),
        login = escape(&person.login),
    );
    layout(title, &menu, body)
}

fn layout(title: &str, menu: &str, body: &str) -> String {
    format!(
        include_str!("layout.html"),
        title = title,
        menu = menu,
        body = body
    )
}
