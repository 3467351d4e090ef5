//! Invitations and forgotten passwords, from the letter to the first page.

use convergences_tests::client::Page;
use convergences_tests::world::{AMINA, World};
use reqwest::StatusCode;

const NEW: &str = "trois girafes lisent le journal";

/// The secret of the last letter to somebody, on a page.
async fn link(world: &World, page: &str, login: &str) -> String {
    let letters = world.mailbox.wait_for(login, 1).await;
    let address = letters.last().and_then(|letter| letter.link()).unwrap();
    let token = address.rsplit('/').next().unwrap();
    world.url("portail", &format!("/{page}/{token}"))
}

/// Asks for another password, as a person does who is not logged in. The answer comes before the
/// letter is written.
async fn forget(world: &World, login: &str) -> Page {
    let mut client = world.browser().unwrap();
    let page = client.open(&world.url("portail", "/oubli")).await.unwrap();
    client
        .submit(&page, &[("identifiant", login)])
        .await
        .unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_forgotten_password_is_replaced_by_a_letter() {
    let world = World::start().await.unwrap();
    let mut elsewhere = world.log_in(AMINA).await.unwrap();
    let asked = forget(&world, AMINA).await;
    assert_eq!(asked.heading(), "Consultez votre messagerie");
    let unknown = forget(&world, "nobody@nowhere.example").await;
    assert_eq!(
        asked.text.replace(AMINA, "LOGIN"),
        unknown.text.replace("nobody@nowhere.example", "LOGIN"),
        "the answer tells who has an account"
    );
    let address = link(&world, "mot-de-passe", AMINA).await;
    let mut client = world.browser().unwrap();
    let page = client.open(&address).await.unwrap();
    assert_eq!(page.heading(), "Choisissez un nouveau mot de passe");
    assert!(page.text.contains("Amina Benali") && page.text.contains("Ville de Fontclaire"));
    assert_eq!(page.headers["referrer-policy"], "no-referrer");
    assert_eq!(page.headers["cache-control"], "no-store");
    let fill =
        |one: &'static str, two: &'static str| [("mot_de_passe", one), ("confirmation", two)];
    for (one, two, why) in [
        (NEW, "trois girafes lisent le livre", "deux saisies"),
        ("Amina Benali 2026", "Amina Benali 2026", "se devinent"),
        ("kxwqpzvmtr", "kxwqpzvmtr", "ajoutez-en 5"),
    ] {
        let page = client.submit(&page, &fill(one, two)).await.unwrap();
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(page.text.contains(why), "{why}: {}", page.text);
        assert!(
            !page.text.contains(one),
            "the page shows the password again"
        );
    }
    let page = client.submit(&page, &fill(NEW, NEW)).await.unwrap();
    assert_eq!(
        (page.status, page.heading().as_str()),
        (StatusCode::OK, "Connexion")
    );
    assert!(page.text.contains("Votre mot de passe est changé"));
    let page = client
        .submit(&page, &[("identifiant", AMINA), ("mot_de_passe", NEW)])
        .await
        .unwrap();
    assert_eq!(page.heading(), "Mes services");
    let page = elsewhere.open(&world.url("portail", "/")).await.unwrap();
    assert_eq!(page.heading(), "Connexion", "the session before goes on");
    let page = client.open(&address).await.unwrap();
    assert_eq!(
        (page.status, page.heading().as_str()),
        (StatusCode::GONE, "Ce lien a déjà servi")
    );
    assert!(page.text.contains("20 novembre 2026"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_link_serves_only_on_the_page_it_is_for_and_in_its_time() {
    let world = World::start().await.unwrap();
    forget(&world, AMINA).await;
    let mut client = world.browser().unwrap();
    let wrong = link(&world, "invitation", AMINA).await;
    let page = client.open(&wrong).await.unwrap();
    assert_eq!(page.status, StatusCode::NOT_FOUND);
    let address = link(&world, "mot-de-passe", AMINA).await;
    world.clock.advance(1800);
    let page = client.open(&address).await.unwrap();
    assert_eq!(
        (page.status, page.heading().as_str()),
        (StatusCode::GONE, "Ce lien a expiré")
    );
    assert!(
        page.text.contains("20 novembre 2026 à 10 h 30"),
        "{}",
        page.text
    );
    assert!(page.text.contains("Demandez-en un nouveau"));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_pages_for_everybody_are_there_and_linked() {
    let world = World::start().await.unwrap();
    let mut client = world.browser().unwrap();
    let login = client
        .open(&world.url("portail", "/connexion"))
        .await
        .unwrap();
    for (path, heading) in [
        ("/oubli", "Mot de passe oublié"),
        ("/aide", "Aide"),
        ("/plan-du-site", "Plan du site"),
        ("/accessibilite", "Accessibilité : non conforme"),
        ("/donnees-personnelles", "Données personnelles"),
        ("/mentions-legales", "Mentions légales"),
    ] {
        assert!(login.text.contains(&format!("href=\"{path}\"")), "{path}");
        let page = client.open(&world.url("portail", path)).await.unwrap();
        let seen = page.heading().replace('\u{a0}', " ");
        assert_eq!((page.status, seen.as_str()), (StatusCode::OK, heading));
    }
}
