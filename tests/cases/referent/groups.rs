//! The town hall's own services, and the names of profiles.

use super::{change, open, page_of, renee};
use convergences_tests::client::Client;
use convergences_tests::world::World;
use reqwest::StatusCode;

/// The page of the service of this name, from the list.
async fn page_of_group(world: &World, client: &mut Client, name: &str) -> String {
    let list = open(world, client, "/referent/services").await;
    let row = list.select("main li");
    let at = row.iter().position(|row| row.contains(name)).unwrap();
    let links = list.links("main li a");
    let renames: Vec<_> = links
        .iter()
        .filter(|(_, address)| address.starts_with("/referent/services/"))
        .collect();
    renames[at - (row.len() - renames.len())].1.clone()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_service_of_the_town_hall_is_renamed_and_keeps_its_agents() {
    let world = World::start().await.unwrap();
    let mut renee = renee(&world).await;
    let form = open(&world, &mut renee, "/referent/services").await;
    let page = renee.submit(&form, &[("nom", "État civil")]).await.unwrap();
    assert!(page.text.contains("Le service est créé"), "{}", page.text);
    // What reads the same is the same.
    let again = renee.submit(&form, &[("nom", "etat-CIVIL")]).await.unwrap();
    assert_eq!(again.status, StatusCode::UNPROCESSABLE_ENTITY);
    let address = page_of_group(&world, &mut renee, "État civil").await;
    let amina = page_of(&world, &mut renee, "Benali Amina").await;
    let form = open(&world, &mut renee, &format!("{amina}/fiche")).await;
    let boxes = form.values("input[type=checkbox]");
    let group = boxes.iter().find(|id| id.contains("etat-civil")).unwrap();
    change(
        &mut renee,
        &form,
        &[("prenom", "Amina"), ("groupe-9", group)],
    )
    .await;
    let form = open(&world, &mut renee, &address).await;
    let filled = [("nom", "Population")];
    let renamed = renee.submit(&form, &filled).await.unwrap();
    assert!(
        renamed.text.contains("Population") && renamed.text.contains("1 agent"),
        "{}",
        renamed.text
    );
    let stale = renee.submit(&form, &[("nom", "Autre")]).await.unwrap();
    assert_eq!(stale.status, StatusCode::CONFLICT);
    // The former name is free again.
    let list = open(&world, &mut renee, "/referent/services").await;
    let page = renee.submit(&list, &[("nom", "État civil")]).await.unwrap();
    assert!(page.text.contains("Le service est créé"), "{}", page.text);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_service_goes_unless_a_rule_speaks_of_it() {
    let world = World::start().await.unwrap();
    let mut renee = renee(&world).await;
    let removal = [("version", "1"), ("pas", "supprimer")];
    // Who may open Net Cotisations is a rule about « Paie ».
    let address = page_of_group(&world, &mut renee, "Paie").await;
    let form = open(&world, &mut renee, &address).await;
    let kept = renee.submit(&form, &removal).await.unwrap();
    assert_eq!(kept.status, StatusCode::CONFLICT);
    assert!(kept.text.contains("Une règle parle"), "{}", kept.text);
    let list = open(&world, &mut renee, "/referent/services").await;
    renee.submit(&list, &[("nom", "Archives")]).await.unwrap();
    let amina = page_of(&world, &mut renee, "Benali Amina").await;
    let record = open(&world, &mut renee, &format!("{amina}/fiche")).await;
    let boxes = record.values("input[type=checkbox]");
    let group = boxes.iter().find(|id| id.contains("archives")).unwrap();
    let joins = [("prenom", "Amina"), ("groupe-9", group.as_str())];
    change(&mut renee, &record, &joins).await;
    let address = page_of_group(&world, &mut renee, "Archives").await;
    let form = open(&world, &mut renee, &address).await;
    assert!(form.text.contains("1 agent y est"), "{}", form.text);
    let gone = renee.submit(&form, &removal).await.unwrap();
    assert!(
        gone.text.contains("Le service est supprimé") && !gone.text.contains("Archives"),
        "{}",
        gone.text
    );
    let page = open(&world, &mut renee, &amina).await;
    assert!(!page.text.contains("Archives"), "{}", page.text);
}

#[tokio::test(flavor = "multi_thread")]
async fn two_profiles_do_not_read_the_same() {
    let world = World::start().await.unwrap();
    let mut renee = renee(&world).await;
    let form = open(&world, &mut renee, "/referent/profils").await;
    renee.submit(&form, &[("nom", "Gestion RH")]).await.unwrap();
    let again = renee
        .submit(&form, &[("nom", "gestion  rh")])
        .await
        .unwrap();
    assert_eq!(again.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(again.text.contains("se lit de même"), "{}", again.text);
}
