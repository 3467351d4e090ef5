//! Rules on documents by theme and collection: from the form to BIP's search, and no further.

use super::{open, page_of, renee};
use convergences_tests::client::{Client, Page};
use convergences_tests::world::{ALINE, AMINA, CORINNE, World};
use policies::Rule;
use reqwest::StatusCode;

/// About health alone, about pay alone, about both.
const HEALTH: &str = "sp-F18085";
const PAY: &str = "sp-F461";
const BOTH: &str = "sp-F12565";

/// Nobody of Fontclaire reads what BIP says of health.
const NO_HEALTH: [(&str, &str); 4] = [
    ("effet", "restriction"),
    ("qui", "tous"),
    ("cible", "documents:bip"),
    ("theme-12", "Santé et inaptitude"),
];

async fn draft(world: &World, client: &mut Client, filled: &[(&str, &str)]) -> Page {
    let form = open(world, client, "/referent/regles/nouvelle").await;
    client.submit(&form, filled).await.unwrap()
}

/// A draft of a sentence.
async fn say(world: &World, client: &mut Client, sentence: &str) -> Page {
    draft(world, client, &[("phrase", sentence)]).await
}

async fn publish(client: &mut Client, page: &Page) -> Page {
    let filled = [("motif", "essai"), ("confirme", "oui"), ("pas", "publier")];
    client.submit(page, &filled).await.unwrap()
}

/// Lets everybody in, and opens no document.
const DOOR: &str = "@libelle(\"La porte de BIP\") permit (principal in Collectivite::\"fontclaire\", action in [Action::\"lecture\"], resource == Route::\"bip\");";

/// Publishes a rule as an operator would.
async fn impose(world: &World, id: &str, text: &str) {
    let rule = Rule {
        id: id.to_owned(),
        text: text.to_owned(),
    };
    let (store, vocabulary) = (&world.product.store, world.product.directory.vocabulary());
    let town = "fontclaire".into();
    let published = store.publish_rule(vocabulary, &town, &rule, "tests");
    published.await.unwrap();
}

async fn reads(world: &World, client: &mut Client, id: &str) -> bool {
    let address = world.url("bip", &format!("/documents/{id}"));
    let page = client.open(&address).await.unwrap();
    assert!([StatusCode::OK, StatusCode::NOT_FOUND].contains(&page.status));
    page.status == StatusCode::OK
}

/// How many documents a search finds.
async fn total(world: &World, client: &mut Client, question: &str) -> u64 {
    let address = world.url("bip", &format!("/api/v1/search?q={question}"));
    let page = client.open(&address).await.unwrap();
    let found: serde_json::Value = serde_json::from_str(&page.text).unwrap();
    found["total"].as_u64().unwrap()
}

fn plain(texts: &[String]) -> String {
    texts.join("|").replace('\u{a0}', " ")
}

fn lost(page: &Page) -> String {
    plain(&page.select("section[aria-label='Accès perdus'] tbody tr"))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_theme_is_closed_by_a_rule_shown_before_and_gone_from_the_search() {
    let world = World::start().await.unwrap();
    let mut renee = renee(&world).await;
    let mut amina = world.log_in(AMINA).await.unwrap();
    let page = draft(&world, &mut renee, &NO_HEALTH).await;
    assert_eq!(
        plain(&page.select("main .lead")[..1]),
        "Aucun agent n’accède aux documents de BIP sur le thème « Santé et inaptitude »."
    );
    let lost = lost(&page);
    let narrowed = "BIP, documents sur le thème « Santé et inaptitude »";
    assert!(
        lost.contains("Amina Benali") && lost.contains(narrowed),
        "{lost}"
    );
    assert!(
        page.text.contains("ne dit pas quels documents"),
        "{}",
        page.text
    );
    for id in [HEALTH, PAY, BOTH] {
        assert!(reads(&world, &mut amina, id).await, "{id} before");
    }
    let before = total(&world, &mut amina, "comité médical").await;
    let results = world.url("bip", "/?q=comité médical");
    let results = amina.open(&results).await.unwrap();
    let page = publish(&mut renee, &page).await;
    // A page of results that was open before: its next click finds what is left.
    let mut clicks = results.links("nav.pagination a").into_iter();
    let (_, next) = clicks.next().unwrap();
    let next = amina.open(&world.url("bip", &next)).await.unwrap();
    assert_eq!(next.status, StatusCode::OK);
    let left = total(&world, &mut amina, "comité médical").await;
    let said = next.select("main output").concat();
    assert!(said.starts_with(&format!("{left} document")), "{said}");
    assert!(page.text.contains("La règle est publiée"), "{}", page.text);
    assert!(!reads(&world, &mut amina, HEALTH).await);
    assert!(!reads(&world, &mut amina, BOTH).await);
    assert!(reads(&world, &mut amina, PAY).await);
    assert!(left < before);
    // Who looks for the reason finds it, and the journal is not made to say what it does not know.
    let why = page_of(&world, &mut renee, "Benali Amina").await + "/droits/bip";
    let why = open(&world, &mut renee, &why).await;
    let told = plain(&why.select("main dl > *"));
    let closed =
        "Lire les documents sur le thème « Santé et inaptitude » : non|Règle de la collectivité";
    assert!(
        told.contains("Consulter : oui") && told.contains(closed),
        "{told}"
    );
    // The form holds what was published.
    let mut links = page.links("main a").into_iter();
    let rule = links.find(|(text, _)| text.contains("Santé et inaptitude"));
    let (_, address) = rule.unwrap();
    let form = open(&world, &mut renee, &format!("{address}/modifier")).await;
    let ticked = form.values("input[name^='theme-'][checked]");
    assert_eq!(ticked, ["Santé et inaptitude"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_preview_names_exactly_the_documents_that_fare_otherwise() {
    let world = World::start().await.unwrap();
    let mut renee = renee(&world).await;
    let page = draft(&world, &mut renee, &NO_HEALTH).await;
    publish(&mut renee, &page).await;
    let nothing =
        "Les agents du service « Ressources humaines » n’accèdent pas aux fiches pratiques de BIP.";
    let shown = lost(&say(&world, &mut renee, nothing).await);
    let except = "BIP, fiches pratiques, sauf sur le thème « Santé et inaptitude »";
    assert!(shown.contains(except), "{shown}");
    // Where a theme and a collection meet, neither alone says it.
    let both = "Les agents du service « Ressources humaines » n’accèdent pas aux fiches pratiques de BIP sur le thème « Rémunération » dans la collection « Secteur privé ».";
    let shown = lost(&say(&world, &mut renee, both).await);
    let met =
        "BIP, fiches pratiques sur le thème « Rémunération » dans la collection « Secteur privé »";
    assert!(shown.contains(met), "{shown}");
    assert_eq!(
        shown.matches("Amina Benali").count(),
        1,
        "told once: {shown}"
    );
    // What nobody could read anyway changes nothing.
    let idle = "Les agents du service « Ressources humaines » n’accèdent pas aux documents de BIP sur le thème « Santé et inaptitude ».";
    let page = say(&world, &mut renee, idle).await;
    assert!(
        page.text.contains("ne change rien aujourd’hui"),
        "{}",
        page.text
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_theme_that_is_none_is_refused_at_its_field() {
    let world = World::start().await.unwrap();
    let mut renee = renee(&world).await;
    let mut filled = NO_HEALTH;
    filled[3].1 = "Santé et beauté";
    let page = draft(&world, &mut renee, &filled).await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    let errors = plain(&page.select(".error-summary li"));
    assert!(errors.contains("« Santé et beauté » n’est ni"), "{errors}");
    // It stays ticked: forgotten, the rule would be about all documents.
    let ticked = page.values("input[name^='theme-'][checked]");
    assert_eq!(ticked, ["Santé et beauté"]);
    let plural = "Tous les agents accèdent aux documents de BIP sur les thèmes « Carrière » ou « Formation ».";
    let page = say(&world, &mut renee, plural).await;
    let errors = plain(&page.select(".error-summary li"));
    assert!(errors.contains("sur l’un des thèmes"), "{errors}");
    let beauty = "Tous les agents accèdent aux documents de BIP sur le thème « Beauté ».";
    let page = say(&world, &mut renee, beauty).await;
    let errors = plain(&page.select(".error-summary li"));
    assert!(
        errors.contains("aucun thème ne s’appelle « Beauté »"),
        "{errors}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_guardrail_closes_a_theme_everywhere_after_it_showed_whom_it_hits() {
    let world = World::start().await.unwrap();
    let mut corinne = world.log_in(CORINNE).await.unwrap();
    let mut amina = world.log_in(AMINA).await.unwrap();
    let form = open(&world, &mut corinne, "/cig/garde-fous/nouveau").await;
    let filled = [NO_HEALTH[0], NO_HEALTH[2], NO_HEALTH[3]];
    let page = corinne.submit(&form, &filled).await.unwrap();
    let hit = plain(&page.select("section[aria-label='Collectivités touchées'] tbody tr"));
    assert!(hit.contains("Fontclaire"), "{hit}");
    publish(&mut corinne, &page).await;
    assert!(!reads(&world, &mut amina, HEALTH).await);
    assert!(reads(&world, &mut amina, PAY).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_stays_closed_or_lies_in_two_themes_is_told() {
    let world = World::start().await.unwrap();
    let mut renee = renee(&world).await;
    let page = draft(&world, &mut renee, &NO_HEALTH).await;
    publish(&mut renee, &page).await;
    let gained = |page: &Page| plain(&page.select("section[aria-label='Accès gagnés'] tbody tr"));
    // A service opens but for what another rule closes in it.
    let service = say(
        &world,
        &mut renee,
        "Tous les agents accèdent à BIP (lecture).",
    )
    .await;
    let shown = gained(&service);
    let except = "BIP, sauf les documents sur le thème « Santé et inaptitude »";
    assert!(shown.contains(except), "{shown}");
    // Two themes meet where a rule opens the one and another closes the other, for who opens BIP at all.
    impose(&world, "porte", DOOR).await;
    for sentence in [
        "Tous les agents accèdent aux documents de BIP sur le thème « Rémunération ».",
        "Tous les agents accèdent aux documents de BIP.",
    ] {
        let page = say(&world, &mut renee, sentence).await;
        publish(&mut renee, &page).await;
    }
    let list = open(&world, &mut renee, "/referent/regles").await;
    let mut links = list.links("main a").into_iter();
    let all = links
        .find(|(text, _)| plain(std::slice::from_ref(text)).ends_with("aux documents de BIP."));
    let (_, address) = all.unwrap();
    let form = open(&world, &mut renee, &format!("{address}/modifier")).await;
    let closed = "Aucun agent n’accède aux documents de BIP sur le thème « Formation ».";
    let page = renee.submit(&form, &[("phrase", closed)]).await.unwrap();
    let shown = lost(&page);
    for told in [
        "BIP, documents, sauf sur le thème « Rémunération »",
        "BIP, documents à la fois sur le thème « Formation » et sur le thème « Rémunération »",
    ] {
        assert!(shown.contains(told), "{told}: {shown}");
    }
}

/// No page shows documents on three themes: who lifts what closes them is nobody whom they open to.
#[tokio::test(flavor = "multi_thread")]
async fn what_a_text_opens_where_nobody_looks_is_not_laid_open_to_oneself() {
    let world = World::start().await.unwrap();
    let text = "@libelle(\"x\") permit (principal in Collectivite::\"fontclaire\", action == Action::\"lire\", resource is Document) \
        when { resource.themes.containsAll([Theme::\"Carrière\", Theme::\"Formation\", Theme::\"Mobilité\"]) };";
    impose(&world, "texte", text).await;
    let mut renee = renee(&world).await;
    let closed = "Aucun agent n’accède aux documents de BIP sur le thème « Formation ».";
    let draft = say(&world, &mut renee, closed).await;
    publish(&mut renee, &draft).await;
    let end = draft.url.path().replace("/brouillon", "/retrait");
    let page = open(&world, &mut renee, &end).await;
    let page = publish(&mut renee, &page).await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    let errors = plain(&page.select(".error-summary li"));
    assert!(errors.contains("propres droits"), "{errors}");
}

#[tokio::test(flavor = "multi_thread")]
async fn documents_are_not_promised_to_who_does_not_open_the_service() {
    let world = World::start().await.unwrap();
    let mut renee = renee(&world).await;
    let sentence = "« Aline Petit » accède aux documents de BIP sur le thème « Carrière ».";
    let page = say(&world, &mut renee, sentence).await;
    assert!(
        page.select("section[aria-label='Accès gagnés'] tbody tr")
            .is_empty()
    );
    assert!(
        page.text
            .contains("n’ouvrent pas le service qui a ces documents"),
        "{}",
        page.text
    );
    let page = say(
        &world,
        &mut renee,
        "Tous les agents accèdent aux documents de Net Cotisations.",
    )
    .await;
    let errors = plain(&page.select(".error-summary li"));
    assert!(errors.contains("n’a pas de documents"), "{errors}");
}

#[tokio::test(flavor = "multi_thread")]
async fn documents_behind_a_closed_door_are_nobodys_to_read_or_to_lose() {
    let world = World::start().await.unwrap();
    let mut corinne = world.log_in(CORINNE).await.unwrap();
    let hit = async |client: &mut Client| {
        let form = open(&world, client, "/cig/garde-fous/nouveau").await;
        let filled = [NO_HEALTH[0], NO_HEALTH[2], NO_HEALTH[3]];
        let page = client.submit(&form, &filled).await.unwrap();
        plain(&page.select("#touchees"))
    };
    let before = hit(&mut corinne).await;
    assert!(before.contains("perd"), "{before}");
    let everywhere = "permit (principal in Collectivite::\"fontclaire\", action == Action::\"lire\", resource in Service::\"bip\");";
    impose(&world, "documents", everywhere).await;
    assert_eq!(hit(&mut corinne).await, before);
    let (program, _) = crate::api::program(&world).await;
    for action in ["ouvrir&what=bip", "lire&what=bip:fiche"] {
        let path = format!("/api/v1/explain?agent={ALINE}&action={action}");
        let said = program.get(&path).await;
        assert_eq!(said.body["decision"], "deny", "{}", said.body);
    }
}
