//! Example of a CIG's public web site, with an area for the authorities it serves.
//! Like many such sites it trusts its front proxy: that proxy decides who enters `/espace-reserve/`
//! and says who it is in `Remote-User`, `Remote-Name`, `Remote-Groups` and `Remote-Roles`. It must not be reachable otherwise.
use axum::Router;
use axum::extract::Path;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;

use super::html::{self, escape};
use content::{CIRCULAIRES, Circulaire, MODELES, Modele};

mod content;

/// The whole web site, public pages and restricted area.
pub fn router() -> Router {
    Router::new()
        .route("/", get(home))
        .route("/actualites", get(news))
        .route("/contact", get(contact))
        .route("/style.css", get(style))
        .route("/espace-reserve", get(to_restricted))
        .route("/espace-reserve/", get(restricted))
        .route("/espace-reserve/circulaires/{number}", get(circulaire))
        .route("/espace-reserve/modeles/{file}", get(modele))
        .fallback(not_found)
}

/// Who is there, according to the front proxy.
#[derive(Debug)]
struct Visitor {
    name: String,
    groups: String,
    /// A role of this site's own.
    contributes: bool,
}

impl Visitor {
    fn from_headers(headers: &HeaderMap) -> Option<Self> {
        let login = text_header(headers, "remote-user")?;
        Some(Self {
            name: text_header(headers, "remote-name").unwrap_or(login),
            groups: text_header(headers, "remote-groups").unwrap_or_default(),
            contributes: text_header(headers, "remote-roles")
                .is_some_and(|roles| roles.split(',').any(|role| role == "contributeur")),
        })
    }
}

/// The proxy sends UTF-8, which `HeaderValue::to_str` would refuse.
fn text_header(headers: &HeaderMap, name: &str) -> Option<String> {
    let text = std::str::from_utf8(headers.get(name)?.as_bytes()).ok()?;
    let text = text.trim();
    (!text.is_empty()).then(|| text.to_owned())
}

async fn home() -> Response {
    page("Accueil", include_str!("site/home.html"))
}

async fn news() -> Response {
    page("Actualités", include_str!("site/news.html"))
}

async fn contact() -> Response {
    page("Contact", include_str!("site/contact.html"))
}

async fn style() -> Response {
    html::style(include_str!("site/style.css"))
}

async fn to_restricted() -> Redirect {
    Redirect::permanent("/espace-reserve/")
}

async fn restricted(headers: HeaderMap) -> Response {
    let body = format!(
        include_str!("site/restricted.html"),
        greeting = greeting(&headers),
        circulaires = CIRCULAIRES.iter().map(circulaire_item).collect::<String>(),
        modeles = MODELES.iter().map(modele_item).collect::<String>(),
    );
    page("Espace réservé", &body)
}

fn circulaire_item(circulaire: &Circulaire) -> String {
    format!(
        "<li><a href=\"/espace-reserve/circulaires/{number}\">Circulaire n° {number} : {title}</a> <span class=\"date\">{date}</span></li>",
        number = circulaire.number,
        title = escape(circulaire.title),
        date = circulaire.date,
    )
}

fn modele_item(modele: &Modele) -> String {
    let title = escape(modele.title);
    format!(
        "<li><a href=\"/espace-reserve/modeles/{}\">{title}</a></li>",
        modele.file
    )
}

fn paragraph(text: &str) -> String {
    format!("<p>{}</p>\n", escape(text))
}

async fn circulaire(Path(number): Path<String>, headers: HeaderMap) -> Response {
    let found = CIRCULAIRES
        .iter()
        .find(|circulaire| circulaire.number == number);
    let Some(circulaire) = found else {
        return not_found().await;
    };
    let body = format!(
        include_str!("site/circulaire.html"),
        greeting = greeting(&headers),
        number = circulaire.number,
        title = escape(circulaire.title),
        date = circulaire.date,
        paragraphs = circulaire
            .paragraphs
            .iter()
            .copied()
            .map(paragraph)
            .collect::<String>(),
    );
    page(&format!("Circulaire n° {}", circulaire.number), &body)
}

async fn modele(Path(file): Path<String>) -> Response {
    let Some(modele) = MODELES.iter().find(|modele| modele.file == file) else {
        return not_found().await;
    };
    let headers = [
        (header::CONTENT_TYPE, "text/plain; charset=utf-8".to_owned()),
        (
            header::CONTENT_DISPOSITION,
            format!("attachment; filename=\"{}\"", modele.file),
        ),
    ];
    (headers, modele.text).into_response()
}

async fn not_found() -> Response {
    let body = include_str!("site/not_found.html");
    html::page(StatusCode::NOT_FOUND, layout("Page introuvable", body))
}

fn greeting(headers: &HeaderMap) -> String {
    let Some(visitor) = Visitor::from_headers(headers) else {
        return String::new();
    };
    let groups = if visitor.groups.is_empty() {
        String::new()
    } else {
        format!(" <span>({})</span>", escape(&visitor.groups))
    };
    let role = if visitor.contributes {
        " – vous êtes contributeur de cet espace"
    } else {
        ""
    };
    format!(
        "<p class=\"greeting\">Bonjour {}{groups}{role}</p>",
        escape(&visitor.name)
    )
}

fn page(title: &str, body: &str) -> Response {
    html::page(StatusCode::OK, layout(title, body))
}

fn layout(title: &str, body: &str) -> String {
    format!(
        include_str!("site/layout.html"),
        title = escape(title),
        body = body
    )
}

#[cfg(test)]
mod tests {
    use super::super::wire::{get, serve};
    use super::router;

    #[tokio::test]
    async fn public_pages_answer_everybody() {
        let site = serve(router()).await;
        for path in ["/", "/actualites", "/contact"] {
            let reply = get(site, path, &[]).await;
            assert_eq!(reply.status, 200, "{path}");
            assert!(reply.body.contains("<html lang=\"fr\">"), "{path}");
            assert!(!reply.body.contains("Bonjour"), "{path}");
        }
        let style = get(site, "/style.css", &[]).await;
        assert_eq!(
            style.header("content-type"),
            Some("text/css; charset=utf-8")
        );
    }

    #[tokio::test]
    async fn restricted_area_greets_whom_the_proxy_names() {
        let site = serve(router()).await;
        let headers = [
            ("Remote-User", "elodie@fontclaire.example"),
            ("Remote-Name", "Élodie <Abadie>"),
            ("Remote-Groups", "Service RH"),
            ("Remote-Roles", "lecteur,contributeur"),
        ];
        let reply = get(site, "/espace-reserve/", &headers).await;
        assert_eq!(reply.status, 200);
        assert!(reply.body.contains(
            "Bonjour Élodie &lt;Abadie&gt; <span>(Service RH)</span> – vous êtes contributeur"
        ));
        let reply = get(site, "/espace-reserve/circulaires/2026-14", &headers[..1]).await;
        assert!(reply.body.contains("Bonjour elodie@fontclaire.example</p>"));
    }

    #[tokio::test]
    async fn links_of_the_restricted_area_lead_somewhere() {
        let site = serve(router()).await;
        let reply = get(site, "/espace-reserve/", &[]).await;
        assert!(!reply.body.contains("Bonjour"));
        let links: Vec<&str> = reply
            .body
            .split("href=\"")
            .skip(1)
            .map(|rest| rest.split('"').next().unwrap())
            .filter(|link| link.starts_with('/'))
            .collect();
        assert!(links.len() > 8, "{links:?}");
        for link in links {
            assert_eq!(get(site, link, &[]).await.status, 200, "{link}");
        }
    }

    #[tokio::test]
    async fn unknown_pages_are_not_found() {
        let site = serve(router()).await;
        for path in [
            "/nulle-part",
            "/espace-reserve/circulaires/9999",
            "/espace-reserve/modeles/x.txt",
        ] {
            let reply = get(site, path, &[]).await;
            assert_eq!(reply.status, 404, "{path}");
            assert!(reply.body.contains("<h1>Page introuvable</h1>"), "{path}");
        }
        let reply = get(site, "/espace-reserve", &[]).await;
        assert_eq!(
            (reply.status, reply.header("location")),
            (308, Some("/espace-reserve/"))
        );
    }
}
