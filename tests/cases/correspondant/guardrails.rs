//! Guardrails of the CIG: written in a form, shown with the collectivités that they hit, in force at once
//! above every rule, read by référents and never theirs.

mod told;

use super::open;
use convergences_tests::client::{Client, Page};
use convergences_tests::world::{ALAIN, AMINA, CORINNE, PIERRE, REGINE, RENEE, World};
use reqwest::StatusCode;

const CLOSED: &str = "Aucun agent n’accède à BIP.";

/// The page that says whom a guardrail hits; for one collectivité alone, or for all.
async fn preview(world: &World, client: &mut Client, only: &str, filled: &[(&str, &str)]) -> Page {
    let address = format!("/cig/garde-fous/nouveau?collectivite={only}");
    let form = open(world, client, &address).await;
    client.submit(&form, filled).await.unwrap()
}

async fn publish(client: &mut Client, page: &Page) -> Page {
    let filled = [
        ("motif", "décision du CIG"),
        ("confirme", "oui"),
        ("pas", "publier"),
    ];
    client.submit(page, &filled).await.unwrap()
}

/// Closes BIP in one collectivité; gives the address of the guardrail.
pub(crate) async fn close_bip(world: &World, client: &mut Client, only: &str) -> String {
    let filled = [("effet", "restriction"), ("cible", "service:bip")];
    let page = preview(world, client, only, &filled).await;
    let page = publish(client, &page).await;
    page.links("#garde-fous a").remove(0).1
}

async fn bip(world: &World, client: &mut Client) -> Page {
    client.open(&world.url("bip", "/")).await.unwrap()
}

fn plain(texts: &[String]) -> String {
    texts.join("|").replace('\u{a0}', " ")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_guardrail_is_shown_with_whom_it_hits_and_closes_at_once() {
    let world = World::start().await.unwrap();
    let mut corinne = world.log_in(CORINNE).await.unwrap();
    let mut amina = world.log_in(AMINA).await.unwrap();
    assert_eq!(bip(&world, &mut amina).await.status, StatusCode::OK);
    let filled = [("effet", "restriction"), ("cible", "service:bip")];
    let page = preview(&world, &mut corinne, "", &filled).await;
    assert_eq!(plain(&page.select("main .lead")), CLOSED);
    let proof = page.select("#preuve").join("");
    let proved = proof.contains("Prouvé") && proof.contains("ne fait que restreindre");
    assert!(proved || proof.contains("Preuve non exécutée"), "{proof}");
    let rows = page.select("section[aria-label='Collectivités touchées'] tbody tr");
    let hit = rows.iter().find(|row| row.contains("Fontclaire"));
    assert!(hit.is_some_and(|row| !row.contains(" 0 ")), "{rows:?}");
    // Nothing is closed before, and not without a reason or a look at whom it hits.
    assert_eq!(bip(&world, &mut amina).await.status, StatusCode::OK);
    for filled in [
        [("motif", ""), ("confirme", "oui"), ("pas", "publier")],
        [("motif", "décision"), ("confirme", ""), ("pas", "publier")],
    ] {
        let again = corinne.submit(&page, &filled).await.unwrap();
        assert_eq!(again.status, StatusCode::UNPROCESSABLE_ENTITY, "{filled:?}");
    }
    let page = publish(&mut corinne, &page).await;
    assert!(
        page.text.contains("Le garde-fou est publié"),
        "{}",
        page.text
    );
    let refused = bip(&world, &mut amina).await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
    assert!(
        refused.text.contains("Une règle du CIG"),
        "{}",
        refused.text
    );
    // Référents read it, and see why a rule of theirs changes nothing.
    let mut renee = world.log_in(RENEE).await.unwrap();
    let rules = open(&world, &mut renee, "/referent/regles").await;
    assert!(rules.text.contains(CLOSED), "{}", rules.text);
    let form = open(&world, &mut renee, "/referent/regles/nouvelle").await;
    let rule = [
        ("effet", "acces"),
        ("qui", "tous"),
        ("cible", "service:bip"),
    ];
    let draft = renee.submit(&form, &rule).await.unwrap();
    let alerts = plain(&draft.select("#alertes p"));
    assert!(
        alerts.contains("ne change rien") && alerts.contains("Aucun agent n’accède à BIP"),
        "{alerts}"
    );
    // Its end gives back what it took.
    let (_, address) = page.links("#garde-fous a").remove(0);
    let page = open(&world, &mut corinne, &format!("{address}/retrait")).await;
    let said = plain(&page.select("#touchees"));
    assert!(said.contains("retrouve"), "{said}");
    let page = publish(&mut corinne, &page).await;
    assert!(
        page.text.contains("Le garde-fou est retiré"),
        "{}",
        page.text
    );
    assert_eq!(bip(&world, &mut amina).await.status, StatusCode::OK);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_ceiling_is_for_one_collectivite_and_is_taken_up_again_with_its_history() {
    let world = World::start().await.unwrap();
    let mut corinne = world.log_in(CORINNE).await.unwrap();
    let sheet = open(&world, &mut corinne, "/cig/collectivites/fontclaire").await;
    assert!(
        sheet
            .text
            .contains("Écrire un garde-fou pour Ville de Fontclaire"),
        "{}",
        sheet.text
    );
    let filled = [
        ("effet", "restriction"),
        ("cible", "service:net-cotisations"),
        ("niveau", "ecriture"),
    ];
    let page = preview(&world, &mut corinne, "fontclaire", &filled).await;
    let rows = page.select("section[aria-label='Collectivités touchées'] tbody tr");
    assert!(
        rows.len() == 1 && rows[0].contains("Fontclaire"),
        "{rows:?}"
    );
    // What was typed comes back.
    let form = corinne.submit(&page, &[("pas", "modifier")]).await.unwrap();
    assert_eq!(form.heading(), "Écrire un garde-fou");
    assert!(form.text.contains("Ville de Fontclaire"), "{}", form.text);
    let same = [("niveau", "ecriture")];
    let page = corinne.submit(&form, &same).await.unwrap();
    let list = publish(&mut corinne, &page).await;
    assert!(
        list.text.contains("Ville de Fontclaire seulement"),
        "{}",
        list.text
    );
    let mut alain = world.log_in(ALAIN).await.unwrap();
    let home = alain.open(&world.url("cotisations", "/")).await.unwrap();
    assert_eq!(home.status, StatusCode::OK, "consulting stays open");
    let declarations = world.url("cotisations", "/declarations");
    let sent = alain.post(&declarations, &[]).await.unwrap();
    assert_eq!(sent.status, StatusCode::FORBIDDEN);
    // Another version of it asks for a second factor instead; the first can be taken up again.
    let (_, address) = list.links("#garde-fous a").remove(0);
    let form = open(&world, &mut corinne, &format!("{address}/modifier")).await;
    let other = [("effet", "exigence"), ("facteur", "oui")];
    let page = corinne.submit(&form, &other).await.unwrap();
    publish(&mut corinne, &page).await;
    let one = open(&world, &mut corinne, &address).await;
    assert!(
        one.text.contains("Version 2") && one.text.contains("Reprendre la version 1"),
        "{}",
        one.text
    );
    assert!(plain(&one.select("main .lead")).contains("qu’avec un second facteur"));
    is_unknown_elsewhere(&world).await;
}

/// Montrieux reads nothing of a ceiling of Fontclaire, nor does its CDG.
async fn is_unknown_elsewhere(world: &World) {
    let mut regine = world.log_in(REGINE).await.unwrap();
    let rules = open(world, &mut regine, "/referent/regles").await;
    assert!(
        !rules.text.contains("Net Cotisations (modification)"),
        "{}",
        rules.text
    );
    let mut pierre = world.log_in(PIERRE).await.unwrap();
    let list = open(world, &mut pierre, "/cig/garde-fous").await;
    assert_eq!(list.status, StatusCode::OK);
    assert!(
        !list.text.contains("Fontclaire") && !list.text.contains("Écrire un garde-fou"),
        "{}",
        list.text
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_guardrail_is_also_written_as_a_sentence_that_names_nothing_of_one_collectivite() {
    let world = World::start().await.unwrap();
    let mut corinne = world.log_in(CORINNE).await.unwrap();
    let sentence = "Aucun agent n’accède à BIP, le dimanche.";
    let page = preview(&world, &mut corinne, "", &[("phrase", sentence)]).await;
    assert_eq!(plain(&page.select("main .lead")), sentence);
    // Back in the form it is not lost.
    let form = corinne.submit(&page, &[("pas", "modifier")]).await.unwrap();
    assert_eq!(form.select("details[open] textarea"), [sentence]);
    let list = publish(&mut corinne, &page).await;
    assert!(
        list.text
            .contains("Aucun agent n’accède à BIP, le dimanche"),
        "{}",
        list.text
    );
    for (sentence, word) in [
        ("Tous les agents accèdent à BIP.", "Un garde-fou ferme"),
        (
            "Les agents du service « Paie » n’accèdent pas à BIP.",
            "Paie",
        ),
        ("Aucun agent n’accède à Nulle part.", "on attend un service"),
    ] {
        let page = preview(&world, &mut corinne, "", &[("phrase", sentence)]).await;
        let errors = plain(&page.select(".error-summary li"));
        assert!(errors.contains(word), "{sentence}: {errors}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn each_mistake_is_told_at_its_field() {
    let world = World::start().await.unwrap();
    let mut corinne = world.log_in(CORINNE).await.unwrap();
    for (filled, word) in [
        (
            &[("effet", ""), ("cible", "service:bip")][..],
            "Choisissez ce que fait",
        ),
        (
            &[("effet", "acces"), ("cible", "service:bip")],
            "Choisissez ce que fait",
        ),
        (
            &[("effet", "restriction"), ("cible", "")],
            "Choisissez un service",
        ),
        (
            &[("effet", "exigence"), ("cible", "service:bip")],
            "Dites ce qui est exigé",
        ),
        (
            &[
                ("effet", "restriction"),
                ("cible", "service:bip"),
                ("de", "tard"),
            ],
            "Écrivez l’heure",
        ),
    ] {
        let page = preview(&world, &mut corinne, "", filled).await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY, "{filled:?}");
        let errors = plain(&page.select(".error-summary li"));
        assert!(errors.contains(word), "{filled:?}: {errors}");
    }
    let list = open(&world, &mut corinne, "/cig/garde-fous").await;
    assert!(list.links("#garde-fous a").is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_change_opens_again_is_shown_too() {
    let world = World::start().await.unwrap();
    let mut corinne = world.log_in(CORINNE).await.unwrap();
    let address = close_bip(&world, &mut corinne, "").await;
    let form = open(&world, &mut corinne, &format!("{address}/modifier")).await;
    let elsewhere = [("cible", "service:net-cotisations")];
    let page = corinne.submit(&form, &elsewhere).await.unwrap();
    let said = plain(&page.select("#touchees"));
    assert!(said.contains("perd") && said.contains("retrouve"), "{said}");
    let before = plain(&page.select("main p"));
    assert!(
        before.contains("En vigueur jusque-là : Aucun agent n’accède à BIP."),
        "{before}"
    );
    // What changed meanwhile is shown, and not published unseen.
    let mut other = world.log_in(CORINNE).await.unwrap();
    let rule = [("effet", "restriction"), ("cible", "service:site")];
    let beside = preview(&world, &mut other, "", &rule).await;
    publish(&mut other, &beside).await;
    let again = publish(&mut corinne, &page).await;
    assert_eq!(again.heading(), "Modifier un garde-fou");
    assert!(again.text.contains("ont changé depuis"), "{}", again.text);
    assert_eq!(again.values("input[name=motif]"), ["décision du CIG"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn under_a_guardrail_nobody_opens_to_oneself_what_it_hides() {
    let world = World::start().await.unwrap();
    let mut corinne = world.log_in(CORINNE).await.unwrap();
    let factor = [
        ("effet", "exigence"),
        ("cible", "service:site"),
        ("facteur", "oui"),
    ];
    let page = preview(&world, &mut corinne, "", &factor).await;
    publish(&mut corinne, &page).await;
    let mut renee = world.log_in(RENEE).await.unwrap();
    let form = open(&world, &mut renee, "/referent/regles/nouvelle").await;
    let rule = [
        ("effet", "acces"),
        ("qui", "tous"),
        ("cible", "service:site"),
        ("niveau", "ecriture"),
    ];
    let draft = renee.submit(&form, &rule).await.unwrap();
    let alerts = plain(&draft.select("#alertes p"));
    assert!(alerts.contains("vous ouvre un accès"), "{alerts}");
    let lines = draft
        .select("section[aria-label^=Effets] tbody tr")
        .join(" ");
    assert!(lines.contains("avec un second facteur"), "{lines}");
}
