//! Lost second factors: a référente asks, somebody else confirms, the person enrols anew.

use super::{open, page_of, renee};
use crate::second_factor::enrol;
use convergences_tests::client::{Client, Page};
use convergences_tests::world::{AMINA, CAMILLE, CORINNE, PIERRE, RENEE, World};
use reqwest::StatusCode;

const FONTCLAIRE: &str = "/cig/collectivites/fontclaire/facteurs";

/// Presses one of the buttons of the request that waits.
async fn press(client: &mut Client, page: &Page, button: &str) -> Page {
    let (action, mut fields) = page.form("demande").unwrap();
    fields.push(("pas".to_owned(), button.to_owned()));
    let url = page.url.join(&action).unwrap();
    client.post(url.as_str(), &fields).await.unwrap()
}

/// Renée asks for Amina's factors to go.
async fn ask(world: &World, renee: &mut Client) -> Page {
    let address = page_of(world, renee, "Benali Amina").await;
    let agent = open(world, renee, &address).await;
    assert!(agent.text.contains("a perdu ses seconds facteurs"));
    let form = open(world, renee, &format!("{address}/facteurs")).await;
    let nothing = [("motif", ""), ("pas", "demander")];
    let page = renee.submit(&form, &nothing).await.unwrap();
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(page.select(".error-summary li").len(), 2);
    let filled = [
        ("motif", "téléphone perdu"),
        ("identite", "en-personne"),
        ("pas", "demander"),
    ];
    let page = renee.submit(&page, &filled).await.unwrap();
    assert!(
        page.text.contains("Le retrait est demandé"),
        "{}",
        page.text
    );
    page
}

#[tokio::test(flavor = "multi_thread")]
async fn two_people_take_lost_factors_away_and_the_person_enrols_anew() {
    let world = World::start().await.unwrap();
    let mut amina = world.log_in(AMINA).await.unwrap();
    enrol(&world, &mut amina, AMINA).await;
    let mut renee = renee(&world).await;
    let asked = ask(&world, &mut renee).await;
    // She sees no button to confirm her own request, and is refused without one.
    assert!(
        !asked.text.contains("Confirmer le retrait"),
        "{}",
        asked.text
    );
    let refused = press(&mut renee, &asked, "confirmer").await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
    assert_eq!(refused.heading(), "Une autre personne doit confirmer");
    let todo = open(&world, &mut renee, "/referent").await;
    assert!(
        todo.text
            .contains("une autre personne que vous doit confirmer")
    );

    let mut corinne = world.log_in(CORINNE).await.unwrap();
    let todo = open(&world, &mut corinne, "/cig").await;
    assert!(todo.text.contains("Amina Benali, Ville de Fontclaire"));
    let page = open(&world, &mut corinne, FONTCLAIRE).await;
    assert!(page.text.contains("téléphone perdu"), "{}", page.text);
    let page = press(&mut corinne, &page, "confirmer").await;
    assert!(
        page.text.contains("seconds facteurs sont retirés"),
        "{}",
        page.text
    );

    let out = open(&world, &mut amina, "/compte").await;
    assert_eq!(out.heading(), "Connexion");
    let mut amina = world.log_in(AMINA).await.unwrap();
    let own = open(&world, &mut amina, "/compte/second-facteur").await;
    assert!(
        own.text.contains("Vous n’en avez pas encore"),
        "{}",
        own.text
    );
    let journal = open(&world, &mut renee, "/referent/journal?quoi=factor.").await;
    assert!(
        journal
            .text
            .contains("Seconds facteurs d’Amina Benali retirés")
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_lost_nothing_says_so() {
    let world = World::start().await.unwrap();
    let mut renee = renee(&world).await;
    ask(&world, &mut renee).await;
    let mut amina = world.log_in(AMINA).await.unwrap();
    let own = open(&world, &mut amina, "/compte/second-facteur").await;
    assert!(
        own.text.contains("Renée Martin l’a demandé"),
        "{}",
        own.text
    );
    // Nobody else's request.
    let mut stranger = world.log_in(RENEE).await.unwrap();
    let url = world.url("portail", "/compte/second-facteur/demande");
    let (_, mut fields) = own.form("demande").unwrap();
    let token = open(&world, &mut stranger, "/")
        .await
        .form("jeton")
        .unwrap()
        .1;
    fields.retain(|(name, _)| name != "jeton");
    fields.extend(token.into_iter().filter(|(name, _)| name == "jeton"));
    let page = stranger.post(&url, &fields).await.unwrap();
    assert_eq!(page.status, StatusCode::NOT_FOUND);
    let page = amina
        .submit(&own, &[("demande", &fields[0].1)])
        .await
        .unwrap();
    assert!(
        page.text.contains("La demande est annulée"),
        "{}",
        page.text
    );
    let todo = open(&world, &mut renee, "/referent").await;
    assert!(!todo.text.contains("Seconds facteurs perdus"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_correspondants_factors_are_for_two_colleagues() {
    let world = World::start().await.unwrap();
    let mut corinne = world.log_in(CORINNE).await.unwrap();
    let todo = open(&world, &mut corinne, "/cig").await;
    let links = todo.links("main li a");
    let colleagues = links
        .iter()
        .find(|(text, _)| text.contains("correspondant du CIG"));
    let form = open(&world, &mut corinne, &colleagues.unwrap().1).await;
    let lost = |who: &'static str| {
        [
            ("agent", who),
            ("motif", "téléphone perdu"),
            ("identite", "telephone"),
            ("pas", "demander"),
        ]
    };
    let own = corinne.submit(&form, &lost(CORINNE)).await.unwrap();
    assert_eq!(own.status, StatusCode::FORBIDDEN);
    let asked = corinne.submit(&form, &lost(CAMILLE)).await.unwrap();
    assert!(
        asked.text.contains("Le retrait est demandé"),
        "{}",
        asked.text
    );
    let refused = press(&mut corinne, &asked, "confirmer").await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
    // A CDG has no such page.
    let mut pierre = world.log_in(PIERRE).await.unwrap();
    let form = world.url("portail", &colleagues.unwrap().1);
    assert_eq!(
        pierre.open(&form).await.unwrap().status,
        StatusCode::NOT_FOUND
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_referents_factors_are_for_two_correspondants() {
    let world = World::start().await.unwrap();
    let mut corinne = world.log_in(CORINNE).await.unwrap();
    let form = open(&world, &mut corinne, FONTCLAIRE).await;
    let filled = [
        ("agent", RENEE),
        ("motif", "téléphone perdu"),
        ("identite", "telephone"),
        ("pas", "demander"),
    ];
    let page = corinne.submit(&form, &filled).await.unwrap();
    assert!(
        page.text.contains("Le retrait est demandé"),
        "{}",
        page.text
    );
    let refused = press(&mut corinne, &page, "confirmer").await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
    let mut camille = world.log_in(CAMILLE).await.unwrap();
    let page = open(&world, &mut camille, FONTCLAIRE).await;
    let page = press(&mut camille, &page, "confirmer").await;
    assert!(
        page.text.contains("seconds facteurs sont retirés"),
        "{}",
        page.text
    );
    // A CDG helps agents, and tells whom else to ask.
    let mut pierre = world.log_in(PIERRE).await.unwrap();
    let form = open(&world, &mut pierre, "/cig/collectivites/montrieux/facteurs").await;
    let regine = [
        ("agent", convergences_tests::world::REGINE),
        ("motif", "téléphone perdu"),
        ("identite", "telephone"),
        ("pas", "demander"),
    ];
    let page = pierre.submit(&form, &regine).await.unwrap();
    assert_eq!(page.heading(), "Deux correspondants du CIG s’en chargent");
}
