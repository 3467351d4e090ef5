//! From Fontclaire to Montrieux: one releases, the other accepts, the account stays the same.

use super::{open, page_of, renee};
use convergences_tests::client::{Client, Page};
use convergences_tests::world::{AMINA, REGINE, World};
use reqwest::StatusCode;

/// Renée proposes Amina to Montrieux.
async fn release(world: &World, renee: &mut Client) -> Page {
    let address = page_of(world, renee, "Benali Amina").await;
    let nobody = open(world, renee, &format!("{address}/transfert?q=xyzzy")).await;
    assert_eq!(nobody.status, StatusCode::UNPROCESSABLE_ENTITY);
    let form = open(world, renee, &format!("{address}/transfert?q=montri")).await;
    assert!(form.text.contains("Commune de Montrieux"), "{}", form.text);
    let past = [("dernier-jour", "01/01/2026"), ("pas", "liberer")];
    let page = renee.submit(&form, &past).await.unwrap();
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(page.select(".error-summary li").len(), 1);
    let filled = [("dernier-jour", "31/12/2026"), ("pas", "liberer")];
    let page = renee.submit(&page, &filled).await.unwrap();
    assert!(
        page.text.contains("Le transfert est proposé"),
        "{}",
        page.text
    );
    page
}

async fn answer(client: &mut Client, page: &Page, answer: &str, reason: &str) -> Page {
    let filled = [("transfert", ""), ("motif", reason), ("reponse", answer)];
    let id = page.values("input[name=transfert]").remove(0);
    let filled = filled.map(|(name, value)| match name {
        "transfert" => (name, id.as_str()),
        _ => (name, value),
    });
    client.submit(page, &filled).await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn one_town_releases_and_the_other_accepts() {
    let world = World::start().await.unwrap();
    let mut renee = renee(&world).await;
    release(&world, &mut renee).await;
    let address = page_of(&world, &mut renee, "Benali Amina").await;
    let agent = open(&world, &mut renee, &address).await;
    assert!(
        agent
            .text
            .contains("Un transfert vers Commune de Montrieux"),
        "{}",
        agent.text
    );
    let mut regine = world.log_in(REGINE).await.unwrap();
    let todo = open(&world, &mut regine, "/referent").await;
    assert!(todo.text.contains("1 personne d’une autre collectivité"));
    let page = open(&world, &mut regine, "/referent/arrivees").await;
    assert_eq!(page.select("li h2"), ["Amina Benali"]);
    assert!(page.text.contains("Ville de Fontclaire") && page.text.contains(AMINA));
    let page = answer(&mut regine, &page, "oui", "").await;
    assert_eq!(page.heading(), "Amina Benali");
    assert!(
        page.text.contains("L’arrivée est acceptée"),
        "{}",
        page.text
    );
    // Nothing of Fontclaire came along: no profile, no group, no right.
    assert!(!page.text.contains("Ressources humaines") && !page.text.contains("Lecture"));
    let gone = open(&world, &mut renee, &format!("{address}/transfert")).await;
    assert!(!gone.text.contains("Annuler le transfert"));
    let mut amina = world.log_in(AMINA).await.unwrap();
    let own = open(&world, &mut amina, "/rattachements").await;
    assert!(own.text.contains("Montrieux") && own.text.contains("Fontclaire"));
    for (client, tells) in [
        (&mut renee, "accepté par Commune de Montrieux"),
        (&mut regine, "acceptée, depuis Ville de Fontclaire"),
    ] {
        let journal = open(&world, client, "/referent/journal?quoi=transfer.").await;
        assert!(journal.text.contains(tells), "{}", journal.text);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_town_declines_with_a_reason_and_the_other_takes_back() {
    let world = World::start().await.unwrap();
    let mut renee = renee(&world).await;
    let page = release(&world, &mut renee).await;
    let version = page.values("input[name=version]").remove(0);
    let filled = [("version", version.as_str()), ("pas", "annuler")];
    let page = renee.submit(&page, &filled).await.unwrap();
    assert!(
        page.text.contains("Le transfert est annulé"),
        "{}",
        page.text
    );
    let mut regine = world.log_in(REGINE).await.unwrap();
    let page = open(&world, &mut regine, "/referent/arrivees").await;
    assert!(!page.text.contains("Amina"), "{}", page.text);
    release(&world, &mut renee).await;
    let page = open(&world, &mut regine, "/referent/arrivees").await;
    let refused = answer(&mut regine, &page, "non", "").await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    let page = answer(&mut regine, &page, "non", "poste pourvu").await;
    assert!(page.text.contains("L’arrivée est refusée"), "{}", page.text);
    let people = open(&world, &mut regine, "/referent/agents").await;
    assert!(!people.text.contains("Benali"), "{}", people.text);
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_releases_themselves() {
    let world = World::start().await.unwrap();
    let mut renee = renee(&world).await;
    let address = page_of(&world, &mut renee, "Martin Renée").await;
    let page = open(&world, &mut renee, &format!("{address}/transfert?q=montri")).await;
    assert!(page.text.contains("ni vous-même"), "{}", page.text);
    let token = open(&world, &mut renee, "/").await.form("jeton").unwrap().1;
    let fields = [
        ("pas", "liberer"),
        ("vers", "montrieux"),
        ("dernier-jour", "31/12/2026"),
        ("version", "1"),
    ];
    let fields = fields.map(|(name, value)| (name.to_owned(), value.to_owned()));
    let fields: Vec<_> = fields.into_iter().chain(token).collect();
    let url = world.url("portail", &format!("{address}/transfert"));
    let page = renee.post(&url, &fields).await.unwrap();
    assert_eq!(page.status, StatusCode::FORBIDDEN);
}
