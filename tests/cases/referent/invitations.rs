//! An invitation that went to a wrong address is sent to the right one.

use super::{open, renee};
use convergences_tests::client::Page;
use convergences_tests::world::{AMINA, CORINNE, REGINE, World};
use reqwest::StatusCode;

const WRONG: &str = "zoe.lefebvre@fontclaire.example";
const RIGHT: &str = "zoe.lefevre@fontclaire.example";

/// The form of somebody who waits for an invitation at the wrong address.
async fn misdirected(world: &World) -> (convergences_tests::client::Client, Page) {
    let mut renee = renee(world).await;
    let form = open(world, &mut renee, "/referent/agents/nouveau").await;
    let filled = [("prenom", "Zoé"), ("nom", "Lefèvre"), ("courriel", WRONG)];
    let page = renee.submit(&form, &filled).await.unwrap();
    (renee, page)
}

#[tokio::test(flavor = "multi_thread")]
async fn the_right_address_is_invited_and_the_wrong_one_forgotten() {
    let world = World::start().await.unwrap();
    let (mut renee, page) = misdirected(&world).await;
    let first = world.mailbox.wait_for(WRONG, 1).await;
    let first = first[0].link().unwrap().to_owned();
    for (address, why) in [
        ("zoe", "nom@domaine.fr"),
        (AMINA, "déjà celle d’un agent de votre collectivité"),
    ] {
        let wrong = [("courriel", address), ("pas", "redirect")];
        let refused = renee.submit(&page, &wrong).await.unwrap();
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(refused.text.contains(why), "{}", refused.text);
        assert_eq!(refused.values("#courriel"), [address]);
    }
    let filled = [("courriel", RIGHT), ("pas", "redirect")];
    let done = renee.submit(&page, &filled).await.unwrap();
    assert!(
        done.text.contains("L’adresse est corrigée"),
        "{}",
        done.text
    );
    assert!(done.text.contains(RIGHT) && !done.text.contains(WRONG));
    let second = world.mailbox.wait_for(RIGHT, 1).await;
    let mut zoe = world.browser().unwrap();
    let opened = zoe.open(&link(&world, second[0].link().unwrap())).await;
    assert_eq!(opened.unwrap().heading(), "Choisissez votre mot de passe");
    let closed = zoe.open(&link(&world, &first)).await.unwrap();
    assert_ne!(closed.heading(), "Choisissez votre mot de passe");
    // Whoever still has the page that was corrected is told.
    let stale = renee.submit(&page, &filled).await.unwrap();
    assert_eq!(stale.status, StatusCode::CONFLICT);
    let journal = open(&world, &mut renee, "/referent/journal").await;
    assert!(
        journal.text.contains("Adresse de Zoé Lefèvre corrigée"),
        "{}",
        journal.text
    );
}

/// A letter's link, on this world's port.
fn link(world: &World, letter: &str) -> String {
    let mut parts = letter.rsplit('/');
    let (token, page) = (parts.next().unwrap(), parts.next().unwrap());
    world.url("portail", &format!("/{page}/{token}"))
}

#[tokio::test(flavor = "multi_thread")]
async fn whether_the_right_address_has_an_account_elsewhere_is_not_told() {
    let world = World::start().await.unwrap();
    let (mut renee, page) = misdirected(&world).await;
    let filled = [("courriel", REGINE), ("pas", "redirect")];
    let done = renee.submit(&page, &filled).await.unwrap();
    assert!(done.text.contains("Invitation en attente"), "{}", done.text);
    // Régine is asked, and nothing opens before she answers. Once she is not the one any more, her
    // letter answers for nobody, not even when both were asked in the same second.
    let filled = [("courriel", RIGHT), ("pas", "redirect")];
    renee.submit(&done, &filled).await.unwrap();
    let letters = world.mailbox.wait_for(REGINE, 1).await;
    assert!(
        letters[0].text.contains("vous propose") || letters[0].text.contains("rattacher"),
        "{}",
        letters[0].text
    );
    let (_, path) = letters[0]
        .link()
        .unwrap()
        .split_once("/invitation/")
        .unwrap();
    let mut regine = world.browser().unwrap();
    let link = world.url("portail", &format!("/invitation/{path}"));
    let closed = regine.open(&link).await.unwrap();
    assert_eq!(closed.status, StatusCode::NOT_FOUND);
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_has_answered_keeps_the_address() {
    let world = World::start().await.unwrap();
    let mut renee = renee(&world).await;
    let address = super::page_of(&world, &mut renee, "Benali Amina").await;
    let page = open(&world, &mut renee, &address).await;
    assert!(page.form("courriel").is_err());
    let filled = [
        ("version", "1"),
        ("courriel", RIGHT),
        ("pas", "redirect"),
        ("jeton", &page.values("input[name=jeton]")[0]),
    ]
    .map(|(name, value)| (name.to_owned(), value.to_owned()));
    let to = world.url("portail", &format!("{address}/invitation"));
    let refused = renee.post(&to, &filled).await.unwrap();
    assert_eq!(refused.status, StatusCode::NOT_FOUND);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_another_town_waits_for_stays_whoever_is_redirected() {
    let world = World::start().await.unwrap();
    let mut corinne = world.log_in(CORINNE).await.unwrap();
    let cases = "/cig/collectivites/montrieux/designations";
    let form = open(&world, &mut corinne, cases).await;
    let filled = [
        ("prenom", "Zoé"),
        ("nom", "Lefebvre"),
        ("courriel", WRONG),
        ("signataire", "Thérèse Vidal"),
        ("qualite", "Maire"),
    ];
    let case = corinne.submit(&form, &filled).await.unwrap();
    // Fontclaire awaits the same address, and gives it up: the account goes, the case stays.
    let (mut renee, page) = misdirected(&world).await;
    let right = [("courriel", RIGHT), ("pas", "redirect")];
    renee.submit(&page, &right).await.unwrap();
    let case = corinne.open(case.url.as_str()).await.unwrap();
    assert!(case.text.contains(WRONG), "{}", case.text);
}
