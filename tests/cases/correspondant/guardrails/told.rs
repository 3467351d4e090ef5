//! What référents are told of guardrails: by letter, in their journal, and wherever one decides.

use super::{bip, close_bip, open, plain, preview, publish};
use crate::api::program;
use convergences_tests::client::Client;
use convergences_tests::world::{AMINA, CORINNE, REGINE, RENEE, World};
use reqwest::StatusCode;

/// The lines of a référent's journal about guardrails.
async fn noted(world: &World, client: &mut Client) -> Vec<String> {
    let page = open(world, client, "/referent/journal?quoi=guardrail.").await;
    page.select("tbody tr")
}

#[tokio::test(flavor = "multi_thread")]
async fn referents_are_written_to_and_read_in_their_journal_what_came_and_went() {
    let world = World::start().await.unwrap();
    let mut corinne = world.log_in(CORINNE).await.unwrap();
    let mut regine = world.log_in(REGINE).await.unwrap();
    let before = world.mailbox.letters_to(RENEE).len();
    let address = close_bip(&world, &mut corinne, "fontclaire").await;
    let letters = world.mailbox.wait_for(RENEE, before + 1).await;
    let letter = &letters[before];
    assert_eq!(letter.subject, "Un garde-fou du CIG change les accès");
    assert!(letter.text.contains("décision du CIG"), "{}", letter.text);
    let page = open(&world, &mut corinne, &format!("{address}/retrait")).await;
    publish(&mut corinne, &page).await;
    let letters = world.mailbox.wait_for(RENEE, before + 2).await;
    assert!(
        letters
            .iter()
            .any(|letter| letter.subject == "Un garde-fou du CIG est retiré")
    );
    let mut renee = world.log_in(RENEE).await.unwrap();
    let noted_here = noted(&world, &mut renee).await;
    assert_eq!(noted_here.len(), 2, "{noted_here:?}");
    let noted_here = plain(&noted_here);
    for line in [
        "Le CIGRetrait du garde-fou « Aucun agent n’accède à BIP »",
        "Le CIGPublication du garde-fou « Aucun agent n’accède à BIP »",
    ] {
        assert!(noted_here.contains(line), "{noted_here}");
    }
    // Montrieux is not concerned.
    assert!(noted(&world, &mut regine).await.is_empty());
    let hers = world.mailbox.letters_to(REGINE);
    assert!(
        !hers
            .iter()
            .any(|letter| letter.subject.contains("garde-fou"))
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn whom_another_text_of_one_frees_is_told_so_and_of_whom_it_is_stays() {
    let world = World::start().await.unwrap();
    let mut corinne = world.log_in(CORINNE).await.unwrap();
    let address = close_bip(&world, &mut corinne, "fontclaire").await;
    // Only the service changes: the field that names the collectivité is not the browser's to change.
    let form = open(&world, &mut corinne, &format!("{address}/modifier")).await;
    let filled = [("cible", "service:site"), ("collectivite", "montrieux")];
    let page = corinne.submit(&form, &filled).await.unwrap();
    assert!(
        page.text.contains("Ville de Fontclaire seulement"),
        "{}",
        page.text
    );
    publish(&mut corinne, &page).await;
    let letters = world.mailbox.wait_for(RENEE, 2).await;
    let last = letters.last().unwrap();
    assert!(last.text.contains("Site Internet du CIG"), "{}", last.text);
    assert!(last.text.contains("Ville de Fontclaire"), "{}", last.text);
    let mut amina = world.log_in(AMINA).await.unwrap();
    assert_eq!(bip(&world, &mut amina).await.status, StatusCode::OK);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rule_that_a_guardrail_closes_at_other_hours_than_now_is_told_by_which() {
    let world = World::start().await.unwrap();
    let mut corinne = world.log_in(CORINNE).await.unwrap();
    let closed = [
        ("effet", "restriction"),
        ("cible", "service:bip"),
        ("de", "20h"),
        ("a", "23h"),
    ];
    let page = preview(&world, &mut corinne, "", &closed).await;
    publish(&mut corinne, &page).await;
    let mut renee = world.log_in(RENEE).await.unwrap();
    let form = open(&world, &mut renee, "/referent/regles/nouvelle").await;
    let evening = [
        ("effet", "acces"),
        ("qui", "certains"),
        ("personnes", "aline.petit@fontclaire.example"),
        ("cible", "service:bip"),
        ("de", "21h"),
        ("a", "22h"),
    ];
    let draft = renee.submit(&form, &evening).await.unwrap();
    let alerts = plain(&draft.select("#alertes p"));
    let named =
        "qui passe avant (garde-fou du CIG : « Aucun agent n’accède à BIP, de 20 h à 23 h »)";
    assert!(alerts.contains(named), "{alerts}");
}

#[tokio::test(flavor = "multi_thread")]
async fn wherever_a_guardrail_decides_its_author_and_reason_are_told() {
    let world = World::start().await.unwrap();
    let (program, mut renee) = program(&world).await;
    let mut corinne = world.log_in(CORINNE).await.unwrap();
    close_bip(&world, &mut corinne, "").await;
    let mut amina = world.log_in(AMINA).await.unwrap();
    assert_eq!(bip(&world, &mut amina).await.status, StatusCode::FORBIDDEN);
    let found = program.get("/api/v1/agents?q=benali").await;
    let id = found.body["items"][0]["id"].as_str().unwrap();
    let path = format!("/api/v1/explain?agent={id}&action=ouvrir&what=bip");
    let said = program.get(&path).await;
    let rule = &said.body["rules"][0];
    assert_eq!(rule["author"], "Corinne Lambert", "{}", said.body);
    assert_eq!(rule["because"], "décision du CIG");
    let page = open(
        &world,
        &mut renee,
        &format!("/referent/agents/{id}/droits/bip"),
    )
    .await;
    let reasons = plain(&page.select("dl dd"));
    assert!(
        reasons.contains("par Corinne Lambert : décision du CIG") && reasons.contains("Garde-fou"),
        "{reasons}"
    );
    // Whoever helps reads it as well.
    let form = open(
        &world,
        &mut corinne,
        "/cig/collectivites/fontclaire/support",
    )
    .await;
    let looked = [("agent", AMINA), ("motif", "appel du 20/11")];
    let page = corinne.submit(&form, &looked).await.unwrap();
    let helped = plain(&page.select("tbody td li"));
    let story = "Garde-fou du CIG : Aucun agent n’accède à BIP. Publié le";
    assert!(
        helped.contains(story) && helped.contains("par Corinne Lambert"),
        "{helped}"
    );
    // A right says what it is, too.
    let path = format!("/api/v1/explain?agent={id}&action=ouvrir&what=site");
    let said = program.get(&path).await;
    let sentence = said.body["rules"][0]["sentence"].as_str();
    assert!(sentence.is_some(), "{}", said.body);
}
