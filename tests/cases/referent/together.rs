//! Several agents of the list at once: named first, then all or none.

use super::{open, page_of, renee};
use convergences_tests::client::{Client, Page};
use convergences_tests::world::{ALINE, AMINA, World};
use reqwest::StatusCode;

/// Ticks these people on the list and presses a button.
async fn tick(world: &World, client: &mut Client, names: &[&str], button: &str) -> Page {
    let list = open(world, client, "/referent/agents").await;
    let token = list.values("main input[name=jeton]").remove(0);
    let mut fields = vec![("jeton".to_owned(), token)];
    for name in names {
        let address = page_of(world, client, name).await;
        let id = address.rsplit('/').next().unwrap();
        let value = list.values(&format!("input[name=agent-{id}]")).remove(0);
        fields.push((format!("agent-{id}"), value));
    }
    fields.push(("pas".to_owned(), button.to_owned()));
    let url = world.url("portail", "/referent/agents/ensemble");
    client.post(&url, &fields).await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn those_who_were_ticked_are_named_and_then_suspended() {
    let world = World::start().await.unwrap();
    let mut renee = renee(&world).await;
    let mut amina = world.log_in(AMINA).await.unwrap();
    let names = ["Benali Amina", "Petit Aline", "Martin Renée"];
    let shown = tick(&world, &mut renee, &names, "suspendre").await;
    assert_eq!(shown.heading(), "Suspendre l’accès de 2 personnes\u{a0}?");
    // Herself is left aside, and nothing has happened yet.
    let people = shown.select("main li").join("|");
    assert!(people.contains(AMINA) && people.contains(ALINE), "{people}");
    assert!(
        people.contains("Renée Martin\u{a0}: Vos propres droits"),
        "{people}"
    );
    let bip = world.url("bip", "/");
    assert_eq!(amina.open(&bip).await.unwrap().status, StatusCode::OK);
    let done = renee.confirm(&shown).await.unwrap();
    assert!(
        done.text.contains("Les accès sont suspendus"),
        "{}",
        done.text
    );
    assert_ne!(amina.open(&bip).await.unwrap().status, StatusCode::OK);
    // The same once more concerns nobody.
    let again = renee.confirm(&shown).await.unwrap();
    assert_eq!(again.status, StatusCode::UNPROCESSABLE_ENTITY);
    let none = tick(&world, &mut renee, &[], "suspendre").await;
    assert_eq!(none.heading(), "Aucun agent n’est coché");
}

#[tokio::test(flavor = "multi_thread")]
async fn waiting_invitations_are_sent_again_together() {
    let world = World::start().await.unwrap();
    let mut renee = renee(&world).await;
    for (name, login) in [("Zoé", "zoe@x.example"), ("Yves", "yves@x.example")] {
        let form = open(&world, &mut renee, "/referent/agents/nouveau").await;
        let filled = [("prenom", name), ("nom", "Lefèvre"), ("courriel", login)];
        renee.submit(&form, &filled).await.unwrap();
    }
    let names = ["Lefèvre Zoé", "Lefèvre Yves", "Benali Amina"];
    let shown = tick(&world, &mut renee, &names, "relancer").await;
    assert_eq!(shown.heading(), "Relancer 2 invitations\u{a0}?");
    assert!(
        shown.text.contains("n’attend pas d’invitation"),
        "{}",
        shown.text
    );
    let done = renee.confirm(&shown).await.unwrap();
    assert!(
        done.text.contains("Les invitations sont renvoyées"),
        "{}",
        done.text
    );
    let journal = open(&world, &mut renee, "/referent/journal").await;
    let told = journal.text.matches("Nouvelle invitation envoyée").count();
    assert_eq!(told, 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn everybody_on_the_page_is_ticked_and_unticked_by_a_link() {
    let world = World::start().await.unwrap();
    let mut renee = renee(&world).await;
    let list = open(&world, &mut renee, "/referent/agents?q=fontclaire").await;
    let ticked = |page: &Page| page.select("input[type=checkbox][checked]").len();
    let link = |page: &Page, text: &str| {
        let links = page.links("main p a");
        let found = links.into_iter().find(|(known, _)| known == text);
        found.unwrap_or_else(|| panic!("{}", page.text)).1
    };
    assert_eq!(ticked(&list), 0);
    let all = link(&list, "Cocher toute la page");
    let all = open(&world, &mut renee, &all).await;
    // Whoever looks is left out: nobody changes the own rights.
    assert_eq!(ticked(&all), list.select("tbody tr").len() - 1);
    let none = link(&all, "Tout décocher");
    assert_eq!(ticked(&open(&world, &mut renee, &none).await), 0);
}
