//! Pages and JSON, as the gateway asks for them.

use crate::world::{Gateway, NOW, agent, base, base_of, line};
use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{Request, StatusCode};
use policies::{ASSERTION_HEADER, Claims, Principal};
use search::{Bip, Library, Tables, router};
use std::sync::Arc;
use tower::ServiceExt as _;

pub(crate) struct Site {
    router: Router,
    token: String,
    /// Of somebody of c2, whom no rule concerns.
    pub(crate) other: String,
}

pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    kind: String,
    /// Where it leads, when it leads on.
    pub(crate) location: String,
    pub(crate) text: String,
}

impl Answer {
    fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.text).unwrap()
    }
}

fn claims(collectivite: &str) -> Claims {
    claims_of(agent(collectivite))
}

pub(crate) fn claims_of(principal: Principal) -> Claims {
    let Principal::Member(member) = principal else {
        unreachable!()
    };
    Claims {
        iss: String::new(),
        aud: "bip".into(),
        sub: "a1".into(),
        name: "Amina <Benali>".into(),
        email: "amina@fontclaire.example".into(),
        collectivite: "Ville de Fontclaire".into(),
        sid: "s1".into(),
        iat: NOW,
        exp: NOW + 60,
        second_factor: false,
        key: false,
        asks_only: false,
        address: None,
        roles: Vec::new(),
        member: Some(member),
    }
}

impl Site {
    async fn of(bip: Arc<Bip>) -> Self {
        Self::behind(bip, library().await, Gateway::new())
    }

    pub(crate) fn behind(bip: Arc<Bip>, library: Library, gateway: Gateway) -> Self {
        let token = gateway.key.sign(&claims("c1")).unwrap();
        let other = gateway.key.sign(&claims("c2")).unwrap();
        let router = router(
            bip,
            library,
            Arc::new(gateway),
            "bip".to_owned(),
            "http://portail.localhost:8080/".to_owned(),
        );
        Self {
            router,
            token,
            other,
        }
    }

    pub(crate) async fn get(&self, address: &str) -> Answer {
        self.get_as(address, &[&self.token]).await
    }

    pub(crate) async fn get_as(&self, address: &str, tokens: &[&str]) -> Answer {
        let mut request = Request::get(address);
        for token in tokens {
            request = request.header(ASSERTION_HEADER, *token);
        }
        self.send(request.body(Body::empty()).unwrap()).await
    }

    pub(crate) async fn send(&self, request: Request<Body>) -> Answer {
        let response = self.router.clone().oneshot(request).await.unwrap();
        let said = |name: &str| {
            let value = response.headers().get(name);
            value.map_or("", |value| value.to_str().unwrap()).to_owned()
        };
        let (kind, location) = (said("content-type"), said("location"));
        let status = response.status();
        let body = to_bytes(response.into_body(), usize::MAX).await.unwrap();
        Answer {
            status,
            kind,
            location,
            text: String::from_utf8(body.to_vec()).unwrap(),
        }
    }
}

/// Content without any document: those of the index had none before them.
pub(crate) async fn library() -> Library {
    let folder = tempfile::tempdir().unwrap().keep();
    let url = format!("sqlite://{}", folder.join("content.db").display());
    Library::open(&url, Tables::Migrate).await.unwrap()
}

fn problem(answer: &Answer, status: StatusCode) -> String {
    assert_eq!(answer.status, status, "{}", answer.text);
    assert_eq!(answer.kind, "application/problem+json");
    answer.json()["detail"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn only_the_health_address_answers_without_an_assertion() {
    let site = Site::of(base()).await;
    for address in [
        "/",
        "/?q=congé",
        "/documents/CGFP-L1",
        "/api/v1/search?q=a",
        "/api/v1/documents/CGFP-L1",
        "/nowhere",
    ] {
        let address = address.replace('é', "%C3%A9");
        problem(&site.get_as(&address, &[]).await, StatusCode::UNAUTHORIZED);
        problem(
            &site.get_as(&address, &["forged.assertion.x"]).await,
            StatusCode::UNAUTHORIZED,
        );
        problem(
            &site.get_as(&address, &[&site.token, &site.token]).await,
            StatusCode::UNAUTHORIZED,
        );
    }
    assert_eq!(
        site.get_as("/healthz", &[]).await.status,
        StatusCode::NO_CONTENT
    );
}

#[tokio::test]
async fn an_assertion_for_another_service_or_of_another_time_opens_nothing() {
    let gateway = Gateway::new();
    let other = gateway
        .key
        .sign(&Claims {
            aud: "site".into(),
            ..claims("c1")
        })
        .unwrap();
    let old = gateway
        .key
        .sign(&Claims {
            iat: NOW - 90,
            exp: NOW - 30,
            ..claims("c1")
        })
        .unwrap();
    let nobody = gateway
        .key
        .sign(&Claims {
            member: None,
            ..claims("c1")
        })
        .unwrap();
    let lawless = gateway.key.sign(&claims("c9")).unwrap();
    let router = router(
        base(),
        library().await,
        Arc::new(gateway),
        "bip".to_owned(),
        String::new(),
    );
    let site = Site {
        router,
        token: String::new(),
        other: String::new(),
    };
    for token in [other, old, nobody] {
        problem(&site.get_as("/", &[&token]).await, StatusCode::UNAUTHORIZED);
    }
    problem(&site.get_as("/", &[&lawless]).await, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn a_search_page_shows_hits_counts_and_links_to_the_next_page() {
    let page = Site::of(base())
        .await
        .get("/?q=cong%C3%A9+de+longue+maladie")
        .await;
    assert_eq!(page.status, StatusCode::OK);
    assert_eq!(page.kind, "text/html; charset=utf-8");
    for wanted in [
        "<html lang=\"fr\">",
        "class=\"skip-link\"",
        "Mes services",
        "<mark>",
        "Fiches (",
        "rel=\"next\"",
        "http://portail.localhost:8080/\">",
    ] {
        assert!(page.text.contains(wanted), "{wanted}");
    }
    assert!(page.text.contains("Amina &#60;Benali&#62;"));
}

#[tokio::test]
async fn every_state_of_the_search_is_a_link_that_works() {
    let site = Site::of(base()).await;
    let page = site.get("/?q=cong%C3%A9&kind=fiche&page=2").await;
    assert!(page.text.contains("rel=\"prev\"") && page.text.contains("page 2 sur"));
    let hrefs: Vec<String> = page
        .text
        .split("href=\"/?")
        .skip(1)
        .map(|rest| {
            rest.split('"')
                .next()
                .unwrap()
                .replace("&amp;", "&")
                .replace("&#38;", "&")
        })
        .collect();
    assert!(hrefs.len() >= 7, "{hrefs:?}");
    for href in hrefs {
        assert_eq!(
            site.get(&format!("/?{href}")).await.status,
            StatusCode::OK,
            "{href}"
        );
    }
}

#[tokio::test]
async fn nothing_found_gives_advice_and_nonsense_in_the_address_is_left_out() {
    let site = Site::of(base()).await;
    let page = site.get("/?q=zzzzqqqq").await;
    assert!(page.text.contains("Aucun résultat pour") && page.text.contains("Vérifiez"));
    for nonsense in [
        "/?page=abc",
        "/?kind=nothing",
        "/?q=%FF",
        "/?q=a&q=b",
        "/?page=99999999&q=agent",
        "/?page=0",
    ] {
        assert_eq!(
            site.get(nonsense).await.status,
            StatusCode::OK,
            "{nonsense}"
        );
    }
}

#[tokio::test]
async fn an_empty_form_leads_to_the_address_without_its_empty_fields() {
    let site = Site::of(base()).await;
    let page = site
        .get("/?q=&theme=Formation&in_force=&from=&to=&sort=relevance")
        .await;
    assert_eq!(page.status, StatusCode::SEE_OTHER);
    assert_eq!(page.location, "/?q=&theme=Formation");
    let page = site.get("/?q=&theme=Formation").await;
    assert_eq!(page.status, StatusCode::OK);
    let page = site.get("/?q=a&theme=&theme=%00").await;
    assert_eq!(page.location, "/?q=a&theme=%00");
    assert_eq!(site.get(&page.location).await.status, StatusCode::OK);
    // What could not be read is told, not led away from.
    let page = site.get("/?q=&to=&from=hier").await;
    assert!(page.text.contains("n’est pas un jour"), "{}", page.text);
}

#[tokio::test]
async fn signs_without_effect_are_told() {
    let site = Site::of(base()).await;
    for (typed, told) in [
        ("%22longue+maladie", "Un guillemet n’est pas fermé"),
        ("in*", "L’astérisque de «\u{a0}in*\u{a0}»"),
        ("-maladie", "ajoutez les mots à chercher"),
    ] {
        let page = site.get(&format!("/?q={typed}")).await;
        assert!(page.text.contains(told), "{typed}: {}", page.text);
    }
}

#[tokio::test]
async fn every_route_of_the_api_says_how_it_fails() {
    let site = Site::of(base()).await;
    let document = site.get("/openapi.json").await.json();
    for (path, item) in document["paths"].as_object().unwrap() {
        let responses = &item["get"]["responses"];
        for status in ["401", "403", "500", "503"] {
            assert!(responses[status].is_object(), "{path} {status}");
        }
        let asks = path.ends_with("/search") || path.ends_with("/suggest");
        assert_eq!(responses["400"].is_object(), asks, "{path}");
        let problem = &responses["401"]["content"]["application/problem+json"]["schema"]["$ref"];
        assert_eq!(problem, "#/components/schemas/Problem");
    }
    assert!(document["components"]["schemas"]["Problem"].is_object());
}

#[tokio::test]
async fn what_was_typed_and_imported_is_escaped() {
    let hostile = "<script>alert(1)</script> téléphone";
    let lines = [line(
        "x",
        "fiche",
        hostile,
        r#""references":[{"rel":"cite","label":"<i>L</i>","url":"javascript:alert(1)"}],"#,
    )];
    let site = Site::of(Arc::new(base_of(&lines))).await;
    for address in [
        "/?q=%22%3E%3Cscript%3Ealert(1)%3C/script%3E+t%C3%A9l%C3%A9phone",
        "/documents/x",
    ] {
        let page = site.get(address).await;
        assert_eq!(page.status, StatusCode::OK);
        assert!(
            !page.text.contains("<script>")
                && !page.text.contains("<i>")
                && !page.text.contains("javascript:"),
            "{}",
            page.text
        );
    }
    let hit = site
        .get("/api/v1/search?q=t%C3%A9l%C3%A9phone")
        .await
        .json()["hits"][0]["snippet"]
        .clone();
    assert_eq!(
        hit,
        "&lt;script&gt;alert(1)&lt;/script&gt; <mark>téléphone</mark>"
    );
}

#[tokio::test]
async fn a_document_page_shows_its_text_source_licence_and_links() {
    let page = Site::of(base()).await.get("/documents/CGFP-L131-5").await;
    assert_eq!(page.status, StatusCode::OK);
    for wanted in [
        "<h1>Code général de la fonction publique, article L131-5</h1>",
        "LEGI (DILA)",
        "Licence Ouverte 2.0",
        "À propos",
    ] {
        assert!(page.text.contains(wanted), "{wanted}");
    }
}

#[tokio::test]
async fn an_article_leads_to_its_neighbours_that_one_may_read() {
    let article = |id: &str, diffusion: &str| {
        let number = id.trim_start_matches("CGFP-");
        let more = format!(
            r#""diffusion":"{diffusion}","ref":{{"nature":"article","code":"CGFP","num":"{number}"}},"#
        );
        line(id, "texte", "Un texte.", &more)
    };
    let bip = base_of(&[
        article("CGFP-L822-8", "adherents"),
        article("CGFP-L822-9", "adherents"),
        article("CGFP-L822-10", "restreint"),
        article("CGFP-L822-11", "adherents"),
        article("CGFP-R822-10", "restreint"),
        article("CGFP-D822-10", "adherents"),
        article("CGFP-D822-12", "adherents"),
        article("CGFP-R822-12", "adherents"),
    ]);
    let site = Site::of(Arc::new(bip)).await;
    let page = site.get("/documents/CGFP-L822-9").await.text;
    for (address, label) in [
        ("CGFP-L822-8", "Article précédent : L822-8"),
        ("CGFP-L822-11", "Article suivant : L822-11"),
    ] {
        let link = format!("<a href=\"/documents/{address}\"");
        assert!(page.contains(&link) && page.contains(label), "{page}");
    }
    let last = site.get("/documents/CGFP-L822-11").await.text;
    assert!(last.contains("Article précédent : L822-9") && !last.contains("Article suivant"));
    // Articles R and D are one series; a closed twin hides no open one, and twins lead to each other.
    let twin = site.get("/documents/CGFP-D822-12").await.text;
    assert!(twin.contains("Article précédent : D822-10"), "{twin}");
    assert!(twin.contains("Article suivant : R822-12"), "{twin}");
    let fiche = Site::of(base()).await.get("/documents/sp-F489").await.text;
    assert!(!fiche.contains("Articles voisins"));
}

#[tokio::test]
async fn absent_and_forbidden_documents_are_the_same_answer() {
    let lines = [
        line(
            "secret",
            "fiche",
            "x",
            r#""diffusion":"restreint","reserve_a":["c2"],"#,
        ),
        line(
            "open",
            "fiche",
            "y",
            r#""references":[{"rel":"voir","to":"secret"},{"rel":"cite","to":"absent","label":"Un texte"},{"rel":"cite","label":"Un autre"}],"#,
        ),
    ];
    let site = Site::of(Arc::new(base_of(&lines))).await;
    for (hidden, absent) in [
        ("/documents/secret", "/documents/absent"),
        ("/api/v1/documents/secret", "/api/v1/documents/absent"),
    ] {
        let (hidden, absent) = (site.get(hidden).await, site.get(absent).await);
        assert_eq!(hidden.status, StatusCode::NOT_FOUND);
        assert_eq!(
            (hidden.status, &hidden.kind, &hidden.text),
            (absent.status, &absent.kind, &absent.text)
        );
    }
    let page = site.get("/documents/open").await;
    assert!(!page.text.contains("secret") && !page.text.contains("Un texte"));
    let json = site.get("/api/v1/documents/open").await.json();
    assert_eq!(
        json["references"],
        serde_json::json!([{"rel": "cite", "label": "Un autre"}])
    );
}

#[tokio::test]
async fn the_api_answers_ids_kinds_and_totals() {
    let site = Site::of(base()).await;
    let answer = site
        .get("/api/v1/search?q=cong%C3%A9&limit=3&kind=fiche&kind=texte")
        .await;
    assert_eq!(
        (answer.status, answer.kind.as_str()),
        (StatusCode::OK, "application/json")
    );
    let json = answer.json();
    assert_eq!(json["hits"].as_array().unwrap().len(), 3);
    assert!(json["total"].as_u64().unwrap() > 3);
    let whole = site
        .get("/api/v1/search?q=cong%C3%A9&kind=texte&kind=fiche")
        .await
        .json();
    assert_eq!(whole["hits"][2]["id"], json["hits"][2]["id"]);
    let cursor = json["next_cursor"].as_str().unwrap();
    let next = site
        .get(&format!(
            "/api/v1/search?q=cong%C3%A9&kind=texte&kind=fiche&cursor={cursor}"
        ))
        .await
        .json();
    assert_eq!(whole["hits"][3]["id"], next["hits"][0]["id"]);
    assert_eq!(whole["total"], next["total"]);
    let id = json["hits"][0]["id"].as_str().unwrap();
    assert_eq!(
        site.get(&format!("/api/v1/documents/{id}")).await.json()["id"],
        id
    );
}

#[tokio::test]
async fn bad_parameters_of_the_api_are_explained_in_french() {
    let site = Site::of(base()).await;
    for (query, word) in [
        ("q=a&limit=0", "«\u{a0}limit\u{a0}»"),
        ("q=a&limit=101", "«\u{a0}limit\u{a0}»"),
        ("q=a&limit=dix", "«\u{a0}limit\u{a0}»"),
        ("q=a&offset=1", "inconnu"),
        ("q=a&cursor=1", "«\u{a0}cursor\u{a0}»"),
        ("q=a&sort=best", "«\u{a0}sort\u{a0}»"),
        ("q=a&from=2024-02-31", "«\u{a0}from\u{a0}»"),
        ("q=a&to=hier", "«\u{a0}to\u{a0}»"),
        ("q=a&in_force=oui", "«\u{a0}in_force\u{a0}»"),
        ("q=a&kind=memo", "«\u{a0}kind\u{a0}»"),
        ("q=a&q=b", "deux fois"),
    ] {
        let detail = problem(
            &site.get(&format!("/api/v1/search?{query}")).await,
            StatusCode::BAD_REQUEST,
        );
        assert!(detail.contains(word), "{query}: {detail}");
    }
    let long = "a".repeat(501);
    problem(
        &site.get(&format!("/api/v1/search?q={long}")).await,
        StatusCode::BAD_REQUEST,
    );
    problem(&site.get("/api/v1/nothing").await, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn five_hundred_searches_in_a_row_are_all_answered() {
    let site = Site::of(base()).await;
    for n in 0..500 {
        assert_eq!(
            site.get(&format!("/?q=agent+{n}")).await.status,
            StatusCode::OK
        );
    }
}

#[tokio::test]
async fn what_changed_is_shown_of_the_versions_that_a_person_might_have_read() {
    let library = library().await;
    let versions = [
        ("Durée : un an.", ""),
        (
            "Durée : <b>trois</b> ans, en secret.",
            r#""diffusion":"restreint","reserve_a":["c2"],"#,
        ),
        ("Durée : cinq ans.", ""),
    ];
    let document = |(body, more): (&str, &str)| {
        serde_json::from_str::<search::Document>(&line("a", "fiche", body, more)).unwrap()
    };
    for (moment, version) in (NOW..).zip(versions) {
        library.write(&[document(version)], moment).await.unwrap();
    }
    let lines = [
        line("a", "fiche", versions[2].0, ""),
        line("b", "fiche", "x", ""),
    ];
    let site = Site::behind(Arc::new(base_of(&lines)), library, Gateway::new());
    let page = site.get("/documents/a").await.text;
    assert!(page.contains("/documents/a/changements"), "{page}");
    let page = site.get("/documents/a/changements").await.text;
    assert!(
        page.contains("<del>un an</del>") || page.contains("<del>un</del>"),
        "{page}"
    );
    assert!(page.contains("<ins>cinq"), "{page}");
    assert!(!page.contains("secret"), "{page}");
    let page = site
        .get_as("/documents/a/changements", &[&site.other])
        .await
        .text;
    assert!(page.contains("secret") && !page.contains("<b>"), "{page}");
    // Without versions nothing is said, and what is hidden has none.
    let page = site.get("/documents/b").await.text;
    assert!(!page.contains("changements"), "{page}");
    for address in [
        "/documents/absent/changements",
        "/documents/%FF/changements",
    ] {
        assert_eq!(site.get(address).await.status, StatusCode::NOT_FOUND);
    }
}

#[tokio::test]
async fn hostile_questions_cost_little_and_are_answered() {
    let site = Site::of(base()).await;
    let stars = "abc* ".repeat(1000);
    let articles: Vec<_> = (1..900).map(|n| format!("art {n}")).collect();
    let articles = articles.join(" ");
    let marks = "\"«+-*~^:()[]{}\\/".repeat(700);
    let questions = [
        "congé ".repeat(2000),
        stars,
        marks,
        "\u{0}\u{1b}\u{202e}congé".to_owned(),
        "+".repeat(10_000),
        "-a ".repeat(3000),
        "\"".repeat(9_999),
        "L.1-1 ".repeat(2000),
        "ET ".repeat(3000) + "congé",
        format!("CGFP {articles}"),
    ];
    for question in questions {
        let q =
            percent_encoding::utf8_percent_encode(&question, percent_encoding::NON_ALPHANUMERIC);
        let page = site.get(&format!("/?q={q}&list=1")).await;
        assert_eq!(page.status, StatusCode::OK);
        if question.chars().count() > 500 {
            assert!(
                page.text.contains("trop longue"),
                "it says what was read of it"
            );
        }
        let suggested = site.get(&format!("/api/v1/suggest?q={q}")).await;
        assert_eq!(suggested.status, StatusCode::OK);
    }
    for wild in [
        "page=99999999999999999999",
        "from=9999-99-99&to=0000-00-00",
        "from=-9999-01-01",
        "theme=%00&theme=a",
    ] {
        assert_eq!(
            site.get(&format!("/?q=a&{wild}")).await.status,
            StatusCode::OK,
            "{wild}"
        );
    }
}

#[tokio::test]
async fn an_announced_document_tells_its_title_and_how_to_get_access_and_nothing_else() {
    let restricted = r#""diffusion":"restreint","reserve_a":["c2"],"announced":true,"#;
    let lines = [line("a", "fiche", "le secret", restricted)];
    let site = Site::of(Arc::new(base_of(&lines))).await;
    let page = site.get("/documents/a").await;
    assert_eq!(page.status, StatusCode::FORBIDDEN);
    assert!(page.text.contains("Document a") && page.text.contains("/demande?service=bip"));
    assert!(!page.text.contains("secret"));
    let told = problem(
        &site.get("/api/v1/documents/a").await,
        StatusCode::FORBIDDEN,
    );
    assert!(told.contains("Document a"), "{told}");
    // It is announced at its address, and found nowhere.
    assert_eq!(site.get("/api/v1/search?q=secret").await.json()["total"], 0);
    assert_eq!(
        site.get("/documents/a/changements").await.status,
        StatusCode::NOT_FOUND
    );
    assert_eq!(
        site.get_as("/documents/a", &[&site.other]).await.status,
        StatusCode::OK
    );
}

#[tokio::test]
async fn the_news_stand_week_by_week_and_by_theme() {
    let of = |id: &str, day: &str, theme: &str| {
        line(
            id,
            "actualite",
            "x",
            &format!(r#""date":"{day}","summary":"Résumé {id}","themes":["{theme}"],"#),
        )
    };
    let lines = [
        of("sunday", "2026-11-22", "Santé"),
        of("monday", "2026-11-23", "Santé"),
        of("friday", "2026-11-27", "Formation"),
        line("sheet", "fiche", "x", ""),
    ];
    let site = Site::of(Arc::new(base_of(&lines))).await;
    let page = site.get("/au-fil-de-la-doc").await.text;
    let at = |text: &str| page.find(text).unwrap_or_else(|| panic!("{text}: {page}"));
    let order = [
        "Semaine du 23 novembre 2026",
        "Document friday",
        "Résumé friday",
        "Document monday",
        "Semaine du 16 novembre 2026",
        "Document sunday",
    ];
    assert!(order.map(at).is_sorted());
    assert!(!page.contains("Document sheet"));
    let page = site.get("/au-fil-de-la-doc?theme=Formation").await.text;
    assert!(page.contains("Document friday") && !page.contains("Document monday"));
    let page = site.get("/au-fil-de-la-doc?page=9").await.text;
    assert!(page.contains("Il n’y a pas de page 9"));
}
