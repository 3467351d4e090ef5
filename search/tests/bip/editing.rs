//! Correspondants write, publish and withdraw documents by the pages of BIP; nobody else does.

use crate::web::{Answer, Site, claims_of};
use crate::world::{Base, Gateway, NOW, agent, correspondant, line, ruleset};
use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use policies::{
    ASSERTION_HEADER, Action, Classification, Level, Principal, Resource, Situation, decide,
};
use search::{Coverage, Planned};
use std::sync::Arc;

/// Content, its pages, and somebody before them.
struct Desk {
    base: Base,
    site: Site,
    corinne: String,
    reader: String,
}

const CONGE: &str = r###"{"id":"conge","kind":"fiche","title":"Congé de longue maladie","body":"## Durée\nTrois ans au plus.","references":[{"rel":"cite","to":"CGFP-L822-6"},{"rel":"voir","to":"autre"}],"source_url":"https://example.org/conge","licence":"l"}"###;
const ARTICLE: &str = r#"{"id":"CGFP-L822-6","kind":"texte","title":"Article L822-6","body":"Le congé de longue maladie.","ref":{"nature":"article","code":"CGFP","num":"L822-6"},"source_url":"https://example.org/l","licence":"l"}"#;

type Form<'a> = &'a [(&'a str, &'a str)];

/// What a sheet's form sends at least.
const SHEET: Form<'_> = &[
    ("title", "Télétravail des agents"),
    (
        "body",
        "## Règle\n\nTrois jours **au plus**, selon l'article L. 822-6 du CGFP.",
    ),
    ("diffusion", "adherents"),
    ("theme", "Santé"),
    ("base", "0"),
    ("revision", "0"),
];

fn with<'a>(form: Form<'a>, others: Form<'a>) -> Vec<(&'a str, &'a str)> {
    let kept = form
        .iter()
        .filter(|(name, _)| others.iter().all(|(other, _)| other != name));
    kept.chain(others).copied().collect()
}

impl Desk {
    fn open() -> Self {
        Self::under(Gateway::new())
    }

    fn under(gateway: Gateway) -> Self {
        let base = Base::empty();
        let corpus = [
            CONGE.to_owned(),
            ARTICLE.to_owned(),
            line("autre", "fiche", "x", ""),
        ];
        base.import(
            &corpus.join("\n"),
            &Classification::default(),
            Coverage::Part,
        )
        .unwrap();
        base.followed();
        let sign = |principal: Principal| gateway.key.sign(&claims_of(principal)).unwrap();
        let corinne = sign(correspondant(Level::Ecriture));
        let reader = sign(agent("c2"));
        let site = Site::behind(base.bip.clone(), base.library.clone(), gateway);
        Self {
            base,
            site,
            corinne,
            reader,
        }
    }

    fn get(&self, address: &str) -> Answer {
        self.base
            .wait_here(self.site.get_as(address, &[&self.corinne]))
    }

    fn read(&self, address: &str) -> Answer {
        self.base.followed();
        self.base
            .wait_here(self.site.get_as(address, &[&self.reader]))
    }

    fn post(&self, address: &str, form: Form<'_>) -> Answer {
        self.post_as(&self.corinne, address, form, "same-origin")
    }

    fn post_as(&self, token: &str, address: &str, form: Form<'_>, from: &str) -> Answer {
        let body = form_text(form);
        let request = Request::post(address)
            .header(ASSERTION_HEADER, token)
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .header("sec-fetch-site", from)
            .body(Body::from(body))
            .unwrap();
        self.base.wait_here(self.site.send(request))
    }

    /// Saves a new sheet; gives its address.
    fn begin(&self, form: Form<'_>) -> String {
        let saved = self.post("/redaction/nouveau?kind=fiche", form);
        assert_eq!(saved.status, StatusCode::SEE_OTHER, "{}", saved.text);
        saved.location.split("/apercu").next().unwrap().to_owned()
    }

    /// Sends what a button of the preview sends.
    fn decide(&self, address: &str, button: &str, more: Form<'_>) -> Answer {
        let preview = self.get(&format!("{address}/apercu")).text;
        let (base, revision) = (hidden(&preview, "base"), hidden(&preview, "revision"));
        let seen = [("base", base.as_str()), ("revision", &revision)];
        self.post(&format!("{address}/{button}"), &with(&seen, more))
    }

    /// What is due.
    fn due(&self, now: i64) -> Vec<Planned> {
        self.base.wait(self.base.library.list_due(now)).unwrap()
    }

    /// Publishes it, as the program does; says how much of it became another meanwhile and is not.
    fn publish(&self, due: &[Planned], now: i64) -> (usize, usize) {
        let (library, ruleset) = (&self.base.library, ruleset("cig", &[]));
        let author = correspondant(Level::Ecriture);
        let situation = Situation::at(now, None, false);
        let published = due.iter().filter(|planned| {
            assert_eq!(planned.membership.as_str(), "cig/corinne");
            let class = Resource::Document(&planned.classes[0]);
            let permit = decide(&ruleset, &author, Action::Rediger, class, &situation).unwrap();
            self.base
                .wait(library.publish_planned(planned, &permit, now))
                .unwrap()
        });
        let published = published.count();
        (published, due.len() - published)
    }

    fn publish_due(&self, now: i64) -> usize {
        self.publish(&self.due(now), now).0
    }

    /// What the form of a document holds, as it would be sent again.
    fn seen(&self, address: &str) -> [(&'static str, String); 2] {
        let form = self.get(address).text;
        [
            ("base", hidden(&form, "base")),
            ("revision", hidden(&form, "revision")),
        ]
    }
}

fn form_text(form: Form<'_>) -> String {
    let encode = |text: &str| {
        let bytes = text.bytes().map(|byte| match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' => char::from(byte).to_string(),
            other => format!("%{other:02X}"),
        });
        bytes.collect::<String>()
    };
    let fields = form
        .iter()
        .map(|(name, value)| format!("{name}={}", encode(value)));
    fields.collect::<Vec<_>>().join("&")
}

/// The value of a hidden field.
fn hidden(page: &str, name: &str) -> String {
    let start = format!(r#"name="{name}" value=""#);
    let value = page
        .split(&start)
        .nth(1)
        .unwrap_or_else(|| panic!("{name}: {page}"));
    value.split('"').next().unwrap().to_owned()
}

#[test]
fn a_new_sheet_is_read_by_others_only_once_it_is_published() {
    let desk = Desk::open();
    let address = desk.begin(SHEET);
    assert_eq!(address, "/redaction/documents/cig-teletravail-des-agents");
    let preview = desk.get(&format!("{address}/apercu"));
    assert_eq!(preview.status, StatusCode::OK);
    assert!(
        preview.text.contains("<strong>au plus</strong>"),
        "{}",
        preview.text
    );
    assert!(
        desk.get("/redaction")
            .text
            .contains("Télétravail des agents")
    );
    let page = "/documents/cig-teletravail-des-agents";
    assert_eq!(desk.read(page).status, StatusCode::NOT_FOUND);
    assert!(
        !desk
            .read("/?q=teletravail")
            .text
            .contains("Télétravail des agents")
    );
    let published = desk.decide(&address, "publication", &[]);
    assert_eq!(
        published.status,
        StatusCode::SEE_OTHER,
        "{}",
        published.text
    );
    let read = desk.read(page);
    assert_eq!(read.status, StatusCode::OK);
    // The text that it names is one click away, and knows of it.
    assert!(
        read.text.contains(r#"href="/documents/CGFP-L822-6""#),
        "{}",
        read.text
    );
    assert!(read.text.contains("15/01/2027"), "{}", read.text);
    assert!(
        !read.text.contains("Réviser") && !read.text.contains("Rédaction"),
        "{}",
        read.text
    );
    assert!(
        desk.read("/documents/CGFP-L822-6")
            .text
            .contains("Télétravail des agents")
    );
    assert!(
        desk.read("/?q=teletravail")
            .text
            .contains("Télétravail des agents")
    );
    assert!(
        desk.get("/redaction?fait=publie&id=x")
            .text
            .contains("Le document est publié")
    );
}

#[test]
fn a_sheet_of_an_import_is_revised_and_the_next_import_leaves_it_alone() {
    let desk = Desk::open();
    let form = desk.get("/redaction/documents/conge").text;
    assert!(
        form.contains("Trois ans au plus.") && form.contains("Article L822-6"),
        "{form}"
    );
    let seen = desk.seen("/redaction/documents/conge");
    let revised = [
        ("title", "Congé de longue maladie"),
        ("body", "## Durée\n\nCinq ans au plus."),
        (
            "references",
            "Article L822-6\nGuide https://example.org/guide",
        ),
        ("base", &seen[0].1),
        ("revision", &seen[1].1),
    ];
    let address = "/redaction/documents/conge";
    let saved = desk.post(address, &with(SHEET, &revised));
    assert_eq!(saved.status, StatusCode::SEE_OTHER, "{}", saved.text);
    let preview = desk.get(&format!("{address}/apercu")).text;
    assert!(preview.contains("<ins>Cinq</ins>"), "{preview}");
    assert!(desk.read("/documents/conge").text.contains("Trois ans"));
    desk.decide(address, "publication", &[]);
    let page = desk.read("/documents/conge").text;
    assert!(
        page.contains("Cinq ans") && page.contains("/documents/conge/changements"),
        "{page}"
    );
    assert!(page.contains(r#"href="/documents/CGFP-L822-6""#), "{page}");
    assert!(
        page.contains(r#"href="https://example.org/guide""#),
        "{page}"
    );
    // What it is beside its text stays: a link to see also, where it came from.
    assert!(page.contains(r#"href="/documents/autre""#), "{page}");
    assert!(page.contains("https://example.org/conge"), "{page}");
    for coverage in [Coverage::Part, Coverage::Whole { most: true }] {
        let written = desk
            .base
            .import(CONGE, &Classification::default(), coverage)
            .unwrap();
        assert_eq!((written.written, written.kept), (0, 1));
        assert!(desk.read("/documents/conge").text.contains("Cinq ans"));
    }
    let history = desk.get(&format!("{address}/versions")).text;
    let resume = history.split("?version=").nth(1).unwrap();
    let version = resume.split('"').next().unwrap();
    let read = desk.get(&format!("{address}/versions/{version}")).text;
    assert!(read.contains("<p>Trois ans au plus.</p>"), "{read}");
    let again = desk.get(&format!("{address}?version={version}")).text;
    assert!(again.contains("Trois ans au plus."), "{again}");
}

#[test]
fn a_correction_keeps_the_date_and_what_it_says_of_cited_texts() {
    let desk = Desk::open();
    let dated = CONGE.replace(r#""source_url""#, r#""updated":"2020-01-01","source_url""#);
    desk.base
        .import(&dated, &Classification::default(), Coverage::Part)
        .unwrap();
    let address = "/redaction/documents/conge";
    for (reviewed, day) in [
        (&[][..], "01/01/2020"),
        (&[("reviewed", "on")], "15/01/2027"),
    ] {
        let seen = desk.seen(address);
        let seen = [("base", seen[0].1.as_str()), ("revision", &seen[1].1)];
        let dated = hidden(&desk.get(address).text, "updated");
        let dated = [("updated", dated.as_str())];
        let dated = with(&seen, &dated);
        let seen = with(&dated, reviewed);
        let form = with(SHEET, &seen);
        assert_eq!(desk.post(address, &form).status, StatusCode::SEE_OTHER);
        desk.decide(address, "publication", &[]);
        let page = desk.read("/documents/conge").text;
        assert!(page.contains(&format!(">{day}<")), "{day}: {page}");
    }
}

#[test]
fn of_several_notices_of_a_text_the_one_in_force_is_cited() {
    let desk = Desk::open();
    let notice = |id: &str, body: &str, more: &str| {
        let reference = r#""ref":{"nature":"decret","num":"88-145"},"#;
        line(id, "texte", body, &format!("{reference}{more}"))
    };
    let notices = [
        notice("zzz", "Abrogé.", r#""state":"abrogé","#),
        notice("notice", "", r#""state":"en vigueur","#),
        notice("text", "Le décret.", r#""state":"en vigueur","#),
    ];
    desk.base
        .import(
            &notices.join("\n"),
            &Classification::default(),
            Coverage::Part,
        )
        .unwrap();
    desk.base.followed();
    let listed = [("references", "décret n° 88-145 du 15 février 1988")];
    let address = desk.begin(&with(SHEET, &listed));
    let preview = desk.get(&format!("{address}/apercu")).text;
    assert!(preview.contains(r#"href="/documents/text""#), "{preview}");
    assert!(!preview.contains("pas reconnu"), "{preview}");
}

#[test]
fn a_withdrawn_document_is_gone_for_everybody_and_can_be_taken_up_again() {
    let desk = Desk::open();
    let address = "/redaction/documents/conge";
    let asked = desk.get(&format!("{address}/retrait")).text;
    let base = hidden(&asked, "base");
    let stale = desk.post(&format!("{address}/retrait"), &[("base", "0")]);
    assert_eq!(stale.status, StatusCode::CONFLICT);
    let gone = desk.post(&format!("{address}/retrait"), &[("base", &base)]);
    assert_eq!(gone.status, StatusCode::SEE_OTHER, "{}", gone.text);
    assert_eq!(desk.read("/documents/conge").status, StatusCode::NOT_FOUND);
    let written = desk
        .base
        .import(CONGE, &Classification::default(), Coverage::Part)
        .unwrap();
    assert_eq!((written.written, written.kept), (0, 1));
    assert!(desk.get("/redaction").text.contains("retiré"));
    let form = desk.get(address).text;
    assert!(form.contains("Trois ans au plus."), "{form}");
    let seen = desk.seen(address);
    let seen = [("base", seen[0].1.as_str()), ("revision", &seen[1].1)];
    desk.post(address, &with(SHEET, &seen));
    let back = desk.decide(address, "publication", &[]);
    assert_eq!(back.status, StatusCode::SEE_OTHER, "{}", back.text);
    assert_eq!(desk.read("/documents/conge").status, StatusCode::OK);
}

#[test]
fn a_draft_is_published_at_its_moment() {
    let desk = Desk::open();
    let address = desk.begin(SHEET);
    for (date, time) in [
        ("", ""),
        ("2027-01-15", "08:00"),
        ("2027-02-30", "08:00"),
        ("2031-01-01", "08:00"),
    ] {
        let wrong = desk.decide(&address, "programmation", &[("date", date), ("time", time)]);
        assert_eq!(
            wrong.status,
            StatusCode::UNPROCESSABLE_ENTITY,
            "{date} {time}"
        );
        assert!(
            wrong.text.contains(&format!(r#"value="{date}""#)),
            "{}",
            wrong.text
        );
    }
    let planned = desk.decide(
        &address,
        "programmation",
        &[("date", "2027-01-16"), ("time", "08:00")],
    );
    assert_eq!(planned.status, StatusCode::SEE_OTHER, "{}", planned.text);
    assert!(desk.get("/redaction").text.contains("16/01/2027 à 08:00"));
    let due = |at| desk.publish_due(at);
    let eight: i64 = 1_800_082_800;
    assert!(eight > NOW);
    assert_eq!(due(eight - 1), 0);
    assert_eq!(due(eight), 1);
    assert_eq!(due(eight), 0);
    let page = desk.read("/documents/cig-teletravail-des-agents").text;
    assert!(page.contains("16/01/2027"), "{page}");
    // Saved again, it waits to be planned again.
    let other = desk.begin(&with(SHEET, &[("title", "Autre")]));
    desk.decide(
        &other,
        "programmation",
        &[("date", "2027-01-16"), ("time", "08:00")],
    );
    let seen = desk.seen(&other);
    let again = [("title", "Autre"), ("revision", &*seen[1].1)];
    assert_eq!(
        desk.post(&other, &with(SHEET, &again)).status,
        StatusCode::SEE_OTHER
    );
    assert_eq!(due(eight), 0);
    desk.decide(
        &other,
        "programmation",
        &[("date", "2027-01-16"), ("time", "08:00")],
    );
    desk.decide(&other, "programmation", &[("cancel", "oui")]);
    assert_eq!(due(eight), 0);
}

#[test]
fn what_becomes_another_while_it_is_published_is_not_lost() {
    let desk = Desk::open();
    let conge = "/redaction/documents/conge";
    let planned = [("date", "2027-01-16"), ("time", "08:00")];
    let eight = 1_800_082_800;
    let save = |title: &str| {
        let seen = desk.seen(conge);
        let form = [
            ("title", title),
            ("base", &*seen[0].1),
            ("revision", &*seen[1].1),
        ];
        let saved = desk.post(conge, &with(SHEET, &form));
        assert_eq!(saved.status, StatusCode::SEE_OTHER, "{}", saved.text);
    };
    // Somebody saves it again between the node's reading and its writing.
    save("Le premier");
    desk.decide(conge, "programmation", &planned);
    let due = desk.due(eight);
    save("Le second");
    assert_eq!(desk.publish(&due, eight), (0, 1));
    assert!(desk.get(conge).text.contains("Le second"));
    // An import replaces the document.
    desk.decide(conge, "programmation", &planned);
    let due = desk.due(eight);
    let changed = CONGE.replace("Trois", "Quatre");
    desk.base
        .import(&changed, &Classification::default(), Coverage::Part)
        .unwrap();
    assert_eq!(desk.publish(&due, eight), (0, 1));
    assert!(desk.read("/documents/conge").text.contains("Quatre ans"));
    assert!(desk.get(conge).text.contains("Le second"));
}

#[test]
fn nobody_overwrites_what_they_have_not_seen() {
    let desk = Desk::open();
    let address = desk.begin(SHEET);
    let mine = with(SHEET, &[("title", "Le mien"), ("revision", "1")]);
    assert_eq!(desk.post(&address, &mine).status, StatusCode::SEE_OTHER);
    let theirs = with(SHEET, &[("title", "Le leur"), ("revision", "1")]);
    let refused = desk.post(&address, &theirs);
    assert_eq!(refused.status, StatusCode::CONFLICT);
    // What was typed is there beside what the other wrote, and may be saved knowingly.
    for text in ["Le leur", "<del>mien</del>"] {
        assert!(refused.text.contains(text), "{text}: {}", refused.text);
    }
    assert_eq!(hidden(&refused.text, "revision"), "2");
    for button in ["publication", "programmation", "abandon"] {
        let decided = [
            ("base", "0"),
            ("revision", "1"),
            ("date", "2027-01-16"),
            ("time", "08:00"),
        ];
        let late = desk.post(&format!("{address}/{button}"), &decided);
        assert_eq!(late.status, StatusCode::CONFLICT, "{button}");
        assert!(late.text.contains("Le mien"), "{button}");
    }
    // A document that became another since is not replaced unseen, by hand or by the clock.
    let conge = "/redaction/documents/conge";
    let seen = desk.seen(conge);
    desk.post(conge, &with(SHEET, &[("base", &seen[0].1)]));
    let planned = [("date", "2027-01-16"), ("time", "08:00")];
    desk.decide(conge, "programmation", &planned);
    let changed = CONGE.replace("Trois", "Quatre");
    desk.base
        .import(&changed, &Classification::default(), Coverage::Part)
        .unwrap();
    let late = desk.post(
        &format!("{conge}/publication"),
        &[("base", &seen[0].1), ("revision", "2")],
    );
    assert_eq!(late.status, StatusCode::CONFLICT);
    assert!(
        late.text.contains("Le document a été changé depuis"),
        "{}",
        late.text
    );
    assert_eq!(desk.publish_due(1_900_000_000), 0);
    assert!(desk.read("/documents/conge").text.contains("Quatre ans"));
    assert_eq!(
        desk.decide(conge, "publication", &[]).status,
        StatusCode::SEE_OTHER
    );
}

#[test]
fn a_draft_that_was_thrown_away_and_begun_anew_is_another() {
    let desk = Desk::open();
    let address = desk.begin(SHEET);
    let seen = desk.seen(&address);
    desk.decide(&address, "abandon", &[]);
    assert_eq!(desk.begin(SHEET), address);
    let late = [("title", "Trop tard"), ("revision", &*seen[1].1)];
    let late = with(SHEET, &late);
    assert_eq!(desk.post(&address, &late).status, StatusCode::CONFLICT);
    let late = [("base", "0"), ("revision", &*seen[1].1)];
    for button in ["publication", "abandon"] {
        let late = desk.post(&format!("{address}/{button}"), &late);
        assert_eq!(late.status, StatusCode::CONFLICT, "{button}");
    }
}

#[test]
fn what_an_import_brought_is_written_on_by_those_who_may_read_it() {
    let desk = Desk::open();
    let reserved = r#""diffusion":"restreint","reserve_a":["c1"],"#;
    let reserved = line("reserve", "fiche", "secret", reserved);
    // A text takes the place that a draft was meant for.
    let address = desk.begin(SHEET);
    let text = line("cig-teletravail-des-agents", "texte", "x", "");
    let lines = [reserved, text].join("\n");
    desk.base
        .import(&lines, &Classification::default(), Coverage::Part)
        .unwrap();
    desk.base.followed();
    let seen = [
        ("base", "1"),
        ("revision", "1"),
        ("number", "0"),
        ("body", "x"),
    ];
    for document in ["/redaction/documents/reserve", &address] {
        for page in ["", "/apercu", "/retrait", "/versions"] {
            let page = desk.get(&format!("{document}{page}"));
            assert_eq!(page.status, StatusCode::NOT_FOUND, "{document}");
            assert!(!page.text.contains("secret"), "{document}");
        }
        for button in ["", "/publication", "/programmation", "/abandon", "/retrait"] {
            let done = desk.post(&format!("{document}{button}"), &with(SHEET, &seen));
            assert_eq!(done.status, StatusCode::NOT_FOUND, "{document}{button}");
        }
    }
    let notes = desk.get("/redaction/notes/documents/reserve");
    assert_eq!(notes.status, StatusCode::NOT_FOUND);
    assert_eq!(
        desk.read("/documents/cig-teletravail-des-agents").status,
        StatusCode::OK
    );
}

#[test]
fn a_former_version_is_shown_to_those_who_may_write_the_document_of_today() {
    let desk = Desk::open();
    let reserved = CONGE.replace(
        r#""source_url""#,
        r#""diffusion":"restreint","reserve_a":["c1"],"source_url""#,
    );
    desk.base
        .import(&reserved, &Classification::default(), Coverage::Part)
        .unwrap();
    for page in ["/versions/1", "/versions", "?version=1"] {
        let page = desk.get(&format!("/redaction/documents/conge{page}"));
        assert_eq!(page.status, StatusCode::NOT_FOUND);
        assert!(!page.text.contains("Trois ans"), "{}", page.text);
    }
}

#[test]
fn what_is_wrong_is_told_and_nothing_that_was_typed_is_lost() {
    let desk = Desk::open();
    let wrong = with(
        SHEET,
        &[
            ("title", ""),
            ("body", "Un texte <script>"),
            ("theme", "Beauté"),
            ("diffusion", "restreint"),
            ("reserve_a", "Nulle part"),
        ],
    );
    let told = desk.post("/redaction/nouveau?kind=fiche", &wrong);
    assert_eq!(told.status, StatusCode::UNPROCESSABLE_ENTITY);
    for text in [
        "Écrivez un titre",
        "Beauté",
        "Nulle part",
        "Un texte &#60;script&#62;",
    ] {
        assert!(told.text.contains(text), "{text}: {}", told.text);
    }
    assert!(desk.get("/redaction").text.contains("Aucun brouillon"));
    let endless = "a".repeat(3_000_000);
    let told = desk.post(
        "/redaction/nouveau?kind=fiche",
        &with(SHEET, &[("body", &endless)]),
    );
    assert_eq!(told.status, StatusCode::UNPROCESSABLE_ENTITY);
    for odd in ["/redaction/documents/%FF", "/redaction?page=1&page=2"] {
        let told = desk.get(odd);
        assert_eq!(told.status, StatusCode::NOT_FOUND, "{odd}");
        assert!(told.text.contains("Page introuvable"), "{}", told.text);
    }
    for nowhere in [
        "/redaction/nouveau?kind=texte",
        "/redaction/nouveau?kind=%FF",
        "/redaction/documents/absent",
        "/redaction/documents/absent/apercu",
        "/redaction/documents/absent/retrait",
        "/redaction/documents/CGFP-L822-6",
        "/redaction/documents/conge?version=77",
        "/redaction/documents/conge/versions/77",
    ] {
        assert_eq!(desk.get(nowhere).status, StatusCode::NOT_FOUND, "{nowhere}");
    }
    // A draft that is gone leads back to the desk.
    assert!(
        desk.get("/redaction/documents/conge/apercu")
            .location
            .contains("fait=disparu")
    );
}

#[test]
fn a_note_stands_beside_its_text_and_stays_when_the_text_is_imported_anew() {
    let desk = Desk::open();
    let (page, notes) = (
        "/documents/CGFP-L822-6",
        "/redaction/notes/documents/CGFP-L822-6",
    );
    assert!(desk.get(page).text.contains(notes));
    assert!(!desk.read(page).text.contains("Annoter"));
    let elsewhere = [
        ("passage", "congé de maternité"),
        ("body", "Une note."),
        ("number", "0"),
        ("revision", "0"),
    ];
    let told = desk.post(notes, &elsewhere);
    assert_eq!(told.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(
        told.text.contains("Une note.") && told.text.contains("congé de maternité"),
        "{}",
        told.text
    );
    let note = with(
        &elsewhere,
        &[
            ("passage", "Congé de  longue maladie"),
            ("body", "# Voir\n\n**Fiche** <script>"),
        ],
    );
    assert_eq!(desk.post(notes, &note).status, StatusCode::SEE_OTHER);
    let read = desk.read(page).text;
    assert!(
        read.contains("<strong>Fiche</strong> &lt;script&gt;"),
        "{read}"
    );
    assert!(read.contains(r##"href="#note-1""##), "{read}");
    // Nothing of it is an import's.
    let changed = ARTICLE.replace("longue maladie", "longue durée");
    desk.base
        .import(&changed, &Classification::default(), Coverage::Part)
        .unwrap();
    let read = desk.read(page).text;
    assert!(
        read.contains("Le passage annoté a changé") && read.contains("longue durée"),
        "{read}"
    );
}

#[test]
fn nobody_overwrites_a_note_that_they_have_not_seen() {
    let desk = Desk::open();
    let notes = "/redaction/notes/documents/CGFP-L822-6";
    let first = [("body", "Une note."), ("number", "0"), ("revision", "0")];
    assert_eq!(desk.post(notes, &first).status, StatusCode::SEE_OTHER);
    let revised = [
        ("number", "1"),
        ("revision", "1"),
        ("passage", "longue maladie"),
        ("body", "Revue."),
    ];
    assert_eq!(desk.post(notes, &revised).status, StatusCode::SEE_OTHER);
    let late = desk.post(notes, &with(&revised, &[("body", "Trop tard.")]));
    assert_eq!(late.status, StatusCode::CONFLICT);
    assert!(
        late.text.contains("Trop tard.") && late.text.contains("Revue."),
        "{}",
        late.text
    );
    let gone = desk.post(
        notes,
        &[("number", "1"), ("revision", "2"), ("remove", "oui")],
    );
    assert_eq!(gone.status, StatusCode::SEE_OTHER);
    let page = desk.read("/documents/CGFP-L822-6").text;
    assert!(!page.contains("Notes du CIG"), "{page}");
    // Another note in its place is not the one that somebody still sees.
    assert_eq!(desk.post(notes, &first).status, StatusCode::SEE_OTHER);
    assert_eq!(desk.post(notes, &revised).status, StatusCode::CONFLICT);
    // Sheets say themselves what there is to say.
    assert_eq!(
        desk.get("/redaction/notes/documents/conge").status,
        StatusCode::NOT_FOUND
    );
}

#[test]
fn questions_without_answer_reach_those_who_write() {
    let desk = Desk::open();
    // It is written down beside the answer: the next page of the desk tells of it, or one soon after.
    let told = |times: &str| {
        let cell = format!(r#"<td class="number">{times}</td>"#);
        (0..1000).any(|_| desk.get("/redaction/recherches").text.contains(&cell))
    };
    desk.read("/?q=xyzzyqwk");
    assert!(told("1"));
    for answered in [
        "/?q=cong%C3%A9",
        "/?q=xyzzyqwk&from=2030-01-01",
        "/?q=&kind=actualite",
    ] {
        desk.read(answered);
    }
    desk.read("/?q=Xyzzyqwk");
    assert!(told("2"));
    let page = desk.get("/redaction/recherches").text;
    assert!(
        page.contains("Xyzzyqwk") && !page.contains("congé") && !page.contains("c2"),
        "{page}"
    );
    let done = desk.post("/redaction/recherches", &[("question", "xyzzyqwk")]);
    assert_eq!(done.status, StatusCode::SEE_OTHER);
    assert!(
        desk.get("/redaction/recherches")
            .text
            .contains("Aucune pour le moment")
    );
}

/// Every address of the desk, and what a form would send there.
const DOORS: [(&str, &str); 17] = [
    ("GET", "/redaction"),
    ("GET", "/redaction/nouveau?kind=fiche"),
    ("POST", "/redaction/nouveau?kind=fiche"),
    ("GET", "/redaction/documents/conge"),
    ("POST", "/redaction/documents/conge"),
    ("GET", "/redaction/documents/conge/apercu"),
    ("POST", "/redaction/documents/conge/publication"),
    ("POST", "/redaction/documents/conge/programmation"),
    ("POST", "/redaction/documents/conge/abandon"),
    ("GET", "/redaction/documents/conge/retrait"),
    ("POST", "/redaction/documents/conge/retrait"),
    ("GET", "/redaction/documents/conge/versions"),
    ("GET", "/redaction/documents/conge/versions/1"),
    ("GET", "/redaction/recherches"),
    ("POST", "/redaction/recherches"),
    ("GET", "/redaction/notes/documents/CGFP-L822-6"),
    ("POST", "/redaction/notes/documents/CGFP-L822-6"),
];

#[test]
fn every_door_of_the_desk_is_closed_to_others_and_to_other_sites() {
    let gateway = Gateway::new();
    let sign = |principal: Principal| gateway.key.sign(&claims_of(principal)).unwrap();
    let Principal::Member(reader) = agent("c2") else {
        unreachable!()
    };
    let modifies = policies::Member {
        rights: vec![policies::Right {
            service: "bip".into(),
            level: Level::Ecriture,
        }],
        ..policies::Member::clone(&reader)
    };
    let others = [
        sign(agent("c2")),
        sign(Principal::Member(Arc::new(modifies))),
        sign(correspondant(Level::Lecture)),
    ];
    let desk = Desk::under(gateway);
    let form = with(
        SHEET,
        &[("base", "1"), ("date", "2027-01-16"), ("time", "08:00")],
    );
    for (method, address) in DOORS {
        for other in &others {
            let refused = match method {
                "GET" => desk.base.wait_here(desk.site.get_as(address, &[other])),
                _ => desk.post_as(other, address, &form, "same-origin"),
            };
            assert_eq!(refused.status, StatusCode::FORBIDDEN, "{method} {address}");
        }
        if method == "POST" {
            for from in ["cross-site", "same-site"] {
                let refused = desk.post_as(&desk.corinne, address, &form, from);
                assert_eq!(refused.status, StatusCode::FORBIDDEN, "{from} {address}");
            }
        }
    }
    assert!(desk.get("/redaction").text.contains("Aucun brouillon"));
    assert_eq!(desk.read("/documents/conge").status, StatusCode::OK);
}

#[test]
fn what_a_rule_of_the_cig_closes_is_neither_written_nor_shown() {
    let closed = r#"forbid (principal in Collectivite::"cig", action == Action::"rediger", resource is Document) when { resource.themes.contains(Theme::"Retraite") };"#;
    let desk = Desk::under(Gateway::of([("c2", &[]), ("cig", &[closed])]));
    desk.begin(SHEET);
    let moved = with(SHEET, &[("theme", "Retraite"), ("revision", "1")]);
    for address in [
        "/redaction/nouveau?kind=fiche",
        "/redaction/documents/cig-teletravail-des-agents",
    ] {
        assert_eq!(
            desk.post(address, &moved).status,
            StatusCode::FORBIDDEN,
            "{address}"
        );
    }
    let retired = line("retraite", "fiche", "x", r#""themes":["Retraite"],"#);
    desk.base
        .import(&retired, &Classification::default(), Coverage::Part)
        .unwrap();
    desk.base.followed();
    for address in [
        "/redaction/documents/retraite",
        "/redaction/documents/retraite/retrait",
    ] {
        assert_eq!(desk.get(address).status, StatusCode::FORBIDDEN, "{address}");
    }
    let page = desk.get("/documents/retraite");
    assert!(
        page.status == StatusCode::OK && !page.text.contains("Réviser"),
        "{}",
        page.text
    );
}

#[test]
fn a_reserved_document_is_read_where_it_is_meant_and_nowhere_else() {
    let desk = Desk::open();
    let reserved = [
        ("diffusion", "restreint"),
        ("reserve_a", "Commune de Montrieux"),
    ];
    let address = desk.begin(&with(SHEET, &reserved));
    desk.decide(&address, "publication", &[]);
    let page = "/documents/cig-teletravail-des-agents";
    assert_eq!(desk.read(page).status, StatusCode::OK);
    // Its author may not read it, and goes on writing it.
    assert_eq!(desk.get(page).status, StatusCode::NOT_FOUND);
    assert!(desk.get(&address).text.contains("Commune de Montrieux"));
    // No page of theirs leads where they may not read.
    for theirs in [
        "/redaction?fait=publie&id=cig-teletravail-des-agents",
        &address,
        &format!("{address}/versions"),
        &format!("{address}/retrait"),
    ] {
        let text = desk.get(theirs).text;
        assert!(!text.contains(&format!(r#"href="{page}""#)), "{theirs}");
    }
}
