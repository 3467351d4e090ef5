//! Coming in: the log-in page, the way back, and what must not pass there.

use convergences_tests::world::{AMINA, RENEE, World};
use reqwest::{Method, StatusCode};
use url::Url;

#[tokio::test(flavor = "multi_thread")]
async fn a_person_ends_on_the_page_they_asked_for() {
    let world = World::start().await.unwrap();
    let mut client = world.browser().unwrap();
    let asked = world.url("bip", "/?q=cong%C3%A9+de+maladie&kind=fiche");
    let page = client.open(&asked).await.unwrap();
    assert_eq!(
        (page.status, page.heading().as_str()),
        (StatusCode::OK, "Connexion")
    );
    assert!(page.text.contains("Pour ouvrir BIP"));
    let page = world.fill_in(&mut client, &page, AMINA).await.unwrap();
    assert_eq!(
        (page.status, page.url.as_str()),
        (StatusCode::OK, asked.as_str())
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_password_and_an_unknown_login_get_the_same_answer() {
    let world = World::start().await.unwrap();
    let mut answers = Vec::new();
    for login in [RENEE, "nobody@nowhere.example"] {
        let mut client = world.browser().unwrap();
        let page = client
            .open(&world.url("portail", "/connexion"))
            .await
            .unwrap();
        let page = client
            .submit(&page, &[("identifiant", login), ("mot_de_passe", "wrong")])
            .await
            .unwrap();
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(
            !client
                .cookies
                .values()
                .any(|jar| jar.contains_key("convergences"))
        );
        answers.push(page.text.replace(login, "LOGIN"));
    }
    assert_eq!(answers[0], answers[1]);
    assert!(
        answers[0].contains("value=\"LOGIN\""),
        "what was typed is kept"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn several_tabs_log_in_at_once_and_each_ends_where_it_wanted() {
    let world = World::start().await.unwrap();
    let mut client = world.browser().unwrap();
    let tabs = [
        world.url("bip", "/?q=a"),
        world.url("bip", "/?q=b"),
        world.url("www", "/espace-reserve/c"),
    ];
    let mut pages = Vec::new();
    for tab in &tabs {
        pages.push(client.open(tab).await.unwrap());
    }
    for (tab, page) in tabs.iter().zip(&pages).rev() {
        let page = world.fill_in(&mut client, page, RENEE).await.unwrap();
        assert_eq!(
            (page.status, page.url.as_str()),
            (StatusCode::OK, tab.as_str())
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bookmarked_log_in_page_starts_again_silently() {
    let world = World::start().await.unwrap();
    let mut client = world.browser().unwrap();
    // The state of another browser, long gone.
    let stale = format!("/connexion?pour=bip&vers=/%3Fq%3Da&etat={}", "0".repeat(64));
    let page = client.open(&world.url("portail", &stale)).await.unwrap();
    let page = world.fill_in(&mut client, &page, AMINA).await.unwrap();
    assert_eq!(page.status, StatusCode::OK);
    assert_eq!(page.url.as_str(), world.url("bip", "/?q=a"));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_way_back_never_leads_to_another_site() {
    let world = World::start().await.unwrap();
    for way in [
        "pour=evil&vers=/a",
        "pour=bip&vers=//evil.example/",
        "pour=bip&vers=https://evil.example/",
        "pour=&vers=//evil.example",
        "pour=bip&vers=/%5Cevil.example",
        "vers=https:evil.example",
        "pour=bip&vers=%0d%0aLocation:%20https://evil.example",
    ] {
        let mut client = world.browser().unwrap();
        let page = client
            .open(&world.url("portail", &format!("/connexion?{way}")))
            .await
            .unwrap();
        let page = world.fill_in(&mut client, &page, RENEE).await.unwrap();
        let host = page.url.host_str().unwrap().to_owned();
        assert!(host.ends_with(".localhost"), "{way} led to {}", page.url);
        assert!(
            !page.url.as_str().contains("evil"),
            "{way} led to {}",
            page.url
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_code_opens_one_host_in_one_browser_once() {
    let world = World::start().await.unwrap();
    let renee = world.log_in(RENEE).await.unwrap();
    // Another browser begins a log-in at BIP; Renée's portal session is lured into finishing it.
    let mut thief = world.browser().unwrap();
    let login = thief.open(&world.url("bip", "/")).await.unwrap();
    let answer = renee
        .request(Method::GET, login.url.as_str())
        .unwrap()
        .header("Sec-Fetch-Mode", "navigate");
    let answer = answer.send().await.unwrap();
    let back = answer.headers()["location"].to_str().unwrap().to_owned();
    assert!(back.contains("/.convergences/retour?code="), "{back}");
    // In a browser that did not begin it, the code is worth nothing, and is burnt.
    let mut victim = world.browser().unwrap();
    victim.open(&world.url("bip", "/")).await.unwrap();
    let opens = |client: &convergences_tests::client::Client| {
        client.cookies["bip.localhost"].contains_key("convergences")
    };
    victim.open(&back).await.unwrap();
    assert!(!opens(&victim));
    thief.open(&back).await.unwrap();
    assert!(!opens(&thief), "a code shown to the wrong browser is burnt");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_browser_that_keeps_no_cookies_is_told_so_instead_of_going_round() {
    let world = World::start().await.unwrap();
    let mut client = world.browser().unwrap();
    let page = client
        .open(&world.url("bip", "/.convergences/cookies"))
        .await
        .unwrap();
    assert_eq!(page.heading(), "La connexion tourne en rond");
    let mut client = world.browser().unwrap();
    client.open(&world.url("bip", "/")).await.unwrap();
    for _ in 0..22 {
        let url = Url::parse(&world.url("bip", "/")).unwrap();
        let answer = client
            .request(Method::GET, url.as_str())
            .unwrap()
            .header("Accept", "text/html")
            .send()
            .await
            .unwrap();
        if answer.status().as_u16() == 508 {
            return;
        }
        client.remember(&url, answer.headers());
    }
    panic!("the loop was not noticed");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_that_was_there_before_does_not_become_the_persons() {
    let world = World::start().await.unwrap();
    let mut client = world.browser().unwrap();
    let planted = "A".repeat(43);
    let page = client
        .open(&world.url("portail", "/connexion"))
        .await
        .unwrap();
    client
        .cookies
        .entry("portail.localhost".into())
        .or_default()
        .insert("convergences".into(), planted.clone());
    let page = world.fill_in(&mut client, &page, RENEE).await.unwrap();
    assert_eq!(page.heading(), "Mes services");
    assert_ne!(client.cookies["portail.localhost"]["convergences"], planted);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_form_that_another_site_posts_is_not_obeyed() {
    let world = World::start().await.unwrap();
    let mut renee = world.log_in(RENEE).await.unwrap();
    let url = world.url("portail", "/deconnexion");
    for (name, value) in [
        ("Origin", "https://evil.example"),
        ("Sec-Fetch-Site", "cross-site"),
        ("X", "no word of where from"),
    ] {
        let request = renee
            .request(Method::POST, &url)
            .unwrap()
            .header(name, value)
            .form(&[("jeton", "guessed")]);
        assert_eq!(
            request.send().await.unwrap().status(),
            StatusCode::FORBIDDEN,
            "{name}"
        );
    }
    assert_eq!(
        renee
            .open(&world.url("portail", "/"))
            .await
            .unwrap()
            .heading(),
        "Mes services"
    );
}
