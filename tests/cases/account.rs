//! « Mon compte »: what a person sees and changes of the own account.

mod tenancy;

use convergences_tests::client::{Client, Page};
use convergences_tests::world::{ALAIN, AMINA, RENEE, World};
use reqwest::{Method, StatusCode};

const NEW: &str = "trois girafes lisent le journal";

async fn open(client: &mut Client, world: &World, path: &str) -> Page {
    client.open(&world.url("portail", path)).await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_sees_an_account_without_logging_in() {
    let world = World::start().await.unwrap();
    for path in [
        "",
        "/mot-de-passe",
        "/appareils",
        "/historique",
        "/acces",
        "/donnees",
        "/donnees/detail",
        "/donnees/export.json",
    ] {
        let mut nobody = world.browser().unwrap();
        let page = open(&mut nobody, &world, &format!("/compte{path}")).await;
        assert_eq!(page.heading(), "Connexion", "{path}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_person_changes_name_and_password_and_is_the_only_one_left() {
    let world = World::start().await.unwrap();
    let (mut amina, mut elsewhere) = (
        world.log_in(AMINA).await.unwrap(),
        world.log_in(AMINA).await.unwrap(),
    );
    let page = open(&mut amina, &world, "/compte").await;
    assert!(page.text.contains(AMINA));
    let page = amina
        .submit(&page, &[("prenom", "Amina"), ("nom", "1234")])
        .await
        .unwrap();
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    let page = amina
        .submit(&page, &[("prenom", "Amina"), ("nom", "Benali-Roux")])
        .await
        .unwrap();
    assert_eq!(page.select(".notice p"), ["Votre nom est corrigé."]);
    assert!(
        page.select(".who")[0].contains("Benali-Roux"),
        "the header has the old name"
    );
    let page = open(&mut amina, &world, "/compte/mot-de-passe").await;
    let fill = |current| {
        [
            ("actuel", current),
            ("mot_de_passe", NEW),
            ("confirmation", NEW),
            ("autres", "1"),
        ]
    };
    let refused = amina.submit(&page, &fill("guessed")).await.unwrap();
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(refused.text.contains("mot de passe actuel"));
    let own = world.password(AMINA);
    let same = [
        ("actuel", own),
        ("mot_de_passe", own),
        ("confirmation", own),
    ];
    let refused = amina.submit(&page, &same).await.unwrap();
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(
        refused.text.contains("choisissez-en un autre"),
        "{}",
        refused.text
    );
    let page = amina
        .submit(&page, &fill(world.password(AMINA)))
        .await
        .unwrap();
    assert_eq!(page.heading(), "Changer mon mot de passe");
    assert!(page.text.contains("est changé"), "{}", page.text);
    let page = open(&mut elsewhere, &world, "/").await;
    assert_eq!(page.heading(), "Connexion", "the other session goes on");
    world.product.store.verify_journal().await.unwrap().unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_person_ends_the_session_of_another_device() {
    let world = World::start().await.unwrap();
    let (mut here, mut lost) = (
        world.log_in(AMINA).await.unwrap(),
        world.log_in(AMINA).await.unwrap(),
    );
    let page = open(&mut here, &world, "/compte/appareils").await;
    assert_eq!(page.select("main .tag"), ["Ce poste"]);
    assert_eq!(page.select("main .hit").len(), 2);
    // The button's own value is not an input: take it off the page.
    let session = page.text.split("name=\"session\" value=\"").nth(1).unwrap();
    let session = session.split('"').next().unwrap();
    let fields = [
        ("jeton".to_owned(), jeton(&page)),
        ("session".to_owned(), session.to_owned()),
    ];
    let page = here.post(page.url.as_str(), &fields).await.unwrap();
    assert!(
        page.text.contains("La session est terminée"),
        "{}",
        page.text
    );
    assert_eq!(page.select("main .hit").len(), 1);
    assert_eq!(open(&mut lost, &world, "/").await.heading(), "Connexion");
}

/// The token of the forms in the content, which act for this session.
fn jeton(page: &Page) -> String {
    let (_, fields) = page.form("jeton").unwrap();
    fields
        .into_iter()
        .find(|(name, _)| name == "jeton")
        .unwrap()
        .1
}

#[tokio::test(flavor = "multi_thread")]
async fn accesses_say_why() {
    let world = World::start().await.unwrap();
    let mut alain = world.log_in(ALAIN).await.unwrap();
    let page = open(&mut alain, &world, "/compte/acces").await;
    let rows = page.select("main tbody tr");
    let row = |name: &str| rows.iter().find(|row| row.starts_with(name)).unwrap();
    assert!(row("Net Cotisations").contains("Règle de votre collectivité"));
    assert!(row("Site").contains("Droit direct"), "{rows:?}");
    assert!(row("BIP").contains("Aucun"), "{rows:?}");
    assert!(page.text.contains(RENEE));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_person_reads_and_takes_away_what_is_kept_and_nobody_elses() {
    let world = World::start().await.unwrap();
    let mut amina = world.log_in(AMINA).await.unwrap();
    world.log_in(RENEE).await.unwrap();
    let history = open(&mut amina, &world, "/compte/historique").await;
    assert!(history.text.contains("Connexion</td>"), "{}", history.text);
    let answer = amina
        .request(
            Method::GET,
            &world.url("portail", "/compte/donnees/export.json"),
        )
        .unwrap()
        .send()
        .await
        .unwrap();
    assert_eq!(answer.headers()["content-type"], "application/json");
    let dossier: serde_json::Value = answer.json().await.unwrap();
    assert_eq!(dossier["compte"]["courriel"], AMINA);
    assert_eq!(dossier["droits_directs"][0]["service"], "bip");
    assert_eq!(
        dossier["rattachements"][0]["collectivite"],
        "Ville de Fontclaire"
    );
    let opened = dossier["compte"]["ouvert_le"].as_str().unwrap();
    assert!(opened.contains('T') && opened.ends_with(":00"), "{opened}");
    for part in ["seconds_facteurs", "transferts", "cles_de_programmes"] {
        assert!(dossier[part].is_array(), "{part}: {dossier}");
    }
    assert!(!dossier.to_string().contains("Martin"), "{dossier}");
    assert!(!dossier.to_string().contains("argon2"));
    let page = open(&mut amina, &world, "/compte/donnees/detail").await;
    assert!(page.text.contains("Benali"));
    let page = open(&mut amina, &world, "/compte/donnees").await;
    let fields = [
        ("jeton".to_owned(), jeton(&page)),
        ("message".to_owned(), "Mon adresse a changé.".to_owned()),
    ];
    let address = world.url("portail", "/compte/donnees");
    let page = amina.post(&address, &fields).await.unwrap();
    assert!(
        page.text.contains("Votre demande est partie"),
        "{}",
        page.text
    );
    let letters = world.mailbox.wait_for(RENEE, 1).await;
    assert!(letters[0].text.contains("Mon adresse a changé."));
    let forged = [
        ("jeton".to_owned(), "guessed".to_owned()),
        fields[1].clone(),
    ];
    assert_eq!(
        amina.post(&address, &forged).await.unwrap().status,
        StatusCode::FORBIDDEN
    );
}
