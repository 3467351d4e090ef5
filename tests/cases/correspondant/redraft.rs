//! A designation with a mistake in it: corrected before its check, or abandoned; the second person who
//! does it is told.

use super::{PDF, designate, open};
use convergences_tests::client::{Client, Page};
use convergences_tests::world::{CAMILLE, CORINNE, RENEE, World};
use reqwest::StatusCode;

async fn correcting(world: &World, client: &mut Client, address: &str) -> Page {
    open(world, client, &format!("{address}/corriger")).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mistake_is_corrected_and_the_signed_document_goes() {
    let world = World::start().await.unwrap();
    let mut corinne = world.log_in(CORINNE).await.unwrap();
    let case = designate(&world, &mut corinne, "fontclaire").await;
    let address = case.url.path().to_owned();
    let page = corinne
        .upload(&case, "fichier", ("a.pdf", PDF))
        .await
        .unwrap();
    assert!(page.text.contains("le document signé sera écarté"));
    let form = correcting(&world, &mut corinne, &address).await;
    assert_eq!(form.heading(), "Corriger la désignation de Zoé Durand");
    assert_eq!(form.values("#courriel"), ["zoe.durand@vauban.example"]);
    assert!(form.text.contains("Le document signé sera écarté"));
    let wrong = [("nom", ""), ("courriel", "mairie@fontclaire.example")];
    let page = corinne.submit(&form, &wrong).await.unwrap();
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(page.select(".error-summary li").len(), 2, "{}", page.text);
    let right = [
        ("nom", "Durant"),
        ("courriel", "zoe.durant@fontclaire.example"),
    ];
    let page = corinne.submit(&page, &right).await.unwrap();
    assert_eq!(page.heading(), "Désignation de Zoé Durant");
    assert!(page.text.contains("La désignation est corrigée"));
    assert!(page.text.contains("Document signé attendu"));
    assert!(!page.text.contains("Télécharger le document signé"));
    // Whoever opened the form before is told.
    let late = corinne.submit(&form, &right).await.unwrap();
    assert_eq!(late.status, StatusCode::CONFLICT);
    let mut renee = world.log_in(RENEE).await.unwrap();
    let journal = open(&world, &mut renee, "/referent/journal").await;
    for told in [
        "Désignation d’un référent corrigée",
        "Désignation signée écartée",
    ] {
        assert!(journal.text.contains(told), "{}", journal.text);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_corrects_is_not_the_one_who_checks() {
    let world = World::start().await.unwrap();
    let mut corinne = world.log_in(CORINNE).await.unwrap();
    let mut camille = world.log_in(CAMILLE).await.unwrap();
    let case = designate(&world, &mut corinne, "fontclaire").await;
    let address = case.url.path().to_owned();
    let form = correcting(&world, &mut camille, &address).await;
    let page = camille.submit(&form, &[("nom", "Durant")]).await.unwrap();
    camille
        .upload(&page, "fichier", ("a.pdf", PDF))
        .await
        .unwrap();
    // Nor does who wrote it down: a third person does.
    for client in [&mut camille, &mut corinne] {
        let page = open(&world, client, &address).await;
        assert!(!page.text.contains("Vérifier et inviter"), "{}", page.text);
        assert!(page.text.contains("une autre personne doit la vérifier"));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_abandoned_case_is_confirmed_stays_in_the_list_and_waits_nowhere() {
    let world = World::start().await.unwrap();
    let mut corinne = world.log_in(CORINNE).await.unwrap();
    let mut camille = world.log_in(CAMILLE).await.unwrap();
    let case = designate(&world, &mut corinne, "fontclaire").await;
    let address = case.url.path().to_owned();
    let page = corinne
        .upload(&case, "fichier", ("a.pdf", PDF))
        .await
        .unwrap();
    let todo = open(&world, &mut camille, "/cig").await;
    assert!(todo.text.contains("Zoé Durand"), "{}", todo.text);
    // The box is not ticked.
    let reason = [("confirme", ""), ("motif", "Candidature retirée")];
    let refused = corinne.submit(&page, &reason).await.unwrap();
    assert_eq!(refused.heading(), "L’abandon n’est pas confirmé");
    let reason = [("confirme", "oui"), ("motif", "Candidature retirée")];
    let done = corinne.submit(&page, &reason).await.unwrap();
    assert!(done.text.contains("Le dossier est abandonné"));
    assert!(done.text.contains("Candidature retirée"), "{}", done.text);
    assert!(done.form("confirme").is_err() && done.form("fichier").is_err());
    let twice = corinne.submit(&page, &reason).await.unwrap();
    assert_eq!(twice.status, StatusCode::CONFLICT);
    let form = correcting(&world, &mut corinne, &address).await;
    assert_eq!(form.heading(), "Cette désignation ne se corrige plus");
    let list = open(
        &world,
        &mut corinne,
        "/cig/collectivites/fontclaire/designations",
    )
    .await;
    assert!(list.select("tbody tr").join(" ").contains("Abandonnée"));
    let todo = open(&world, &mut camille, "/cig").await;
    assert!(!todo.text.contains("Zoé Durand"), "{}", todo.text);
}
