//! The journal, filtered by whom it is about and by days.

use super::{open, page_of, renee};
use convergences_tests::world::{ALINE, World};
use reqwest::StatusCode;

#[tokio::test(flavor = "multi_thread")]
async fn the_journal_is_filtered_by_person_and_by_day() {
    let world = World::start().await.unwrap();
    let (mut renee, _) = (renee(&world).await, world.log_in(ALINE).await.unwrap());
    let all = open(&world, &mut renee, "/referent/journal").await;
    let rows = |page: &convergences_tests::client::Page| page.select("tbody tr");
    assert!(rows(&all).iter().any(|row| row.contains("Renée")));
    // What somebody did, and what was done to them.
    let hers = open(&world, &mut renee, "/referent/journal?personne=PETIT").await;
    assert!(!rows(&hers).is_empty(), "{}", hers.text);
    assert!(rows(&hers).iter().all(|row| row.contains("Aline Petit")));
    let address = page_of(&world, &mut renee, "Petit Aline").await;
    let page = open(&world, &mut renee, &address).await;
    let links = page.links("main p a");
    let (_, journal) = links
        .iter()
        .find(|(text, _)| text.contains("journal"))
        .unwrap();
    let page = open(&world, &mut renee, journal).await;
    assert!(
        page.text.contains("Seulement ce qui concerne Aline Petit"),
        "{}",
        page.text
    );
    assert!(!rows(&page).is_empty());
    let past = "/referent/journal?du=01/01/2020&au=31/12/2020";
    let past = open(&world, &mut renee, past).await;
    assert!(
        past.text.contains("Aucune ligne ne correspond"),
        "{}",
        past.text
    );
    let today = open(&world, &mut renee, "/referent/journal?du=01/01/2020").await;
    assert!(!rows(&today).is_empty());
    let wrong = open(&world, &mut renee, "/referent/journal?du=hier").await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(
        wrong.text.contains("jj/mm/aaaa, par exemple"),
        "{}",
        wrong.text
    );
    // The file says the same, or leads to the page that says what is wrong.
    let file = open(&world, &mut renee, "/referent/journal.csv?personne=petit").await;
    assert!(file.text.contains("Aline Petit") && !file.text.contains("Renée"));
    let wrong = open(&world, &mut renee, "/referent/journal.csv?du=hier").await;
    assert_eq!(wrong.url.path(), "/referent/journal");
}
