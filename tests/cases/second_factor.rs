//! The second factor, from the log-in page to the decision: with the codes that an application would
//! show for the key on the page.

use accounts::SecondFactorRequirement;
use convergences_tests::client::{Client, Page};
use convergences_tests::world::{ALAIN, AMINA, RENEE, World};
use policies::{Claims, Role, Rule};
use reqwest::{Method, StatusCode};
use std::time::Duration;
use totp_rs::{Builder, Secret};

const OWN: &str = "/compte/second-facteur";

/// What an application shows at the world's time for the key as the page writes it.
fn code(world: &World, key: &str) -> String {
    let key = key.replace(' ', "");
    let totp = Builder::new().with_secret(Secret::try_from_base32(key).unwrap());
    let now = u64::try_from(world.clock.now()).unwrap();
    totp.build().unwrap().generate(now).to_string()
}

/// The page with the key of a new application.
async fn key_page(world: &World, client: &mut Client, login: &str) -> Page {
    let address = world.url("portail", &format!("{OWN}/application"));
    let page = client.open(&address).await.unwrap();
    let password = world.password(login);
    let filled = [("mot_de_passe", password), ("nom", "Téléphone")];
    client.submit(&page, &filled).await.unwrap()
}

/// Adds an application by the pages, and gives its key.
pub(crate) async fn enrol(world: &World, client: &mut Client, login: &str) -> String {
    let page = key_page(world, client, login).await;
    let key = page.select(".key").join("");
    let first = code(world, &key);
    let page = client.submit(&page, &[("code", &first)]).await.unwrap();
    assert_eq!(page.heading(), "Mes seconds facteurs", "{}", page.url);
    assert_eq!(page.select(".card h2"), ["Téléphone"]);
    world.clock.advance(30);
    key
}

/// The page that asks for the factor, on the way to an address.
async fn ask(world: &World, client: &mut Client, login: &str, address: &str) -> Page {
    let page = client.open(address).await.unwrap();
    let page = world.fill_in(client, &page, login).await.unwrap();
    assert_eq!(page.heading(), "Présentez votre second facteur");
    page
}

async fn log_in(world: &World, login: &str, key: &str) -> Client {
    let mut client = world.browser().unwrap();
    let address = world.url("portail", "/");
    let page = ask(world, &mut client, login, &address).await;
    let now = code(world, key);
    let page = client.submit(&page, &[("code", &now)]).await.unwrap();
    assert_eq!(page.heading(), "Mes services");
    world.clock.advance(30);
    client
}

/// What the service behind is told of a request for `address`.
async fn told(world: &World, client: &mut Client, address: &str) -> Claims {
    let page = client.open(address).await.unwrap();
    assert_eq!(page.status, StatusCode::OK, "{}", page.text);
    let received = world.site.received().pop().unwrap();
    let assertion = received.header("x-convergences-assertion")[0];
    let keys = world.product.directory.verifying_keys();
    keys.verify(assertion, "site", world.clock.now()).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_person_adds_an_application_and_is_asked_for_it_on_the_way() {
    let world = World::start().await.unwrap();
    let mut client = world.log_in(AMINA).await.unwrap();
    let page = key_page(&world, &mut client, AMINA).await;
    assert!(page.text.contains("<svg class=\"qr\""), "no picture");
    assert!(!page.text.contains("<script"), "{}", page.text);
    // The page comes back with the same key, after a wrong code as well.
    let key = page.select(".key").join("");
    let page = client.submit(&page, &[("code", "12 34")]).await.unwrap();
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(page.select(".key").join(""), key);
    let key = enrol(&world, &mut client, AMINA).await;
    let mut other = world.browser().unwrap();
    let wanted = world.url("bip", "/?q=cong%C3%A9");
    let page = ask(&world, &mut other, AMINA, &wanted).await;
    assert!(page.text.contains("Pour ouvrir BIP"));
    let now = code(&world, &key);
    let page = other.submit(&page, &[("code", &now)]).await.unwrap();
    assert_eq!((page.status, page.url.as_str()), (StatusCode::OK, &*wanted));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_log_in_that_waits_opens_no_page_of_any_service() {
    let world = World::start().await.unwrap();
    let mut client = world.log_in(RENEE).await.unwrap();
    enrol(&world, &mut client, RENEE).await;
    let mut waiting = world.browser().unwrap();
    let address = world.url("portail", "/");
    ask(&world, &mut waiting, RENEE, &address).await;
    let jar = &waiting.cookies["portail.localhost"];
    assert!(!jar.contains_key("convergences"), "{jar:?}");
    let pending = jar["convergences-pending"].clone();
    for (host, path) in [
        ("portail", "/"),
        ("portail", OWN),
        ("portail", "/rattachements"),
        ("bip", "/"),
        ("www", "/espace-reserve/"),
        ("cotisations", "/"),
    ] {
        let page = waiting.open(&world.url(host, path)).await.unwrap();
        assert_eq!(page.heading(), "Connexion", "{host}{path}");
    }
    // Nor does its secret under the session's name, anywhere.
    for host in ["portail.localhost", "bip.localhost", "www.localhost"] {
        let jar = waiting.cookies.entry(host.to_owned()).or_default();
        jar.insert("convergences".to_owned(), pending.clone());
    }
    for (host, path) in [("portail", "/"), ("bip", "/"), ("www", "/espace-reserve/")] {
        let page = waiting.open(&world.url(host, path)).await.unwrap();
        assert_eq!(page.heading(), "Connexion", "{host}{path}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_code_is_refused_the_second_time() {
    let world = World::start().await.unwrap();
    let mut client = world.log_in(RENEE).await.unwrap();
    let key = enrol(&world, &mut client, RENEE).await;
    let address = world.url("portail", "/");
    let now = code(&world, &key);
    let mut headings = Vec::new();
    for _ in 0..2 {
        let mut client = world.browser().unwrap();
        let page = ask(&world, &mut client, RENEE, &address).await;
        let page = client.submit(&page, &[("code", &now)]).await.unwrap();
        headings.push((page.status, page.heading()));
    }
    assert_eq!(headings[0], (StatusCode::OK, "Mes services".to_owned()));
    assert_eq!(
        headings[1],
        (
            StatusCode::UNPROCESSABLE_ENTITY,
            "Présentez votre second facteur".to_owned()
        )
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn codes_cannot_be_guessed() {
    let world = World::start().await.unwrap();
    let mut client = world.log_in(RENEE).await.unwrap();
    let key = enrol(&world, &mut client, RENEE).await;
    let mut thief = world.browser().unwrap();
    let address = world.url("portail", "/");
    let page = ask(&world, &mut thief, RENEE, &address).await;
    for _ in 0..4 {
        let page = thief.submit(&page, &[("code", "000000")]).await.unwrap();
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert_eq!(page.heading(), "Présentez votre second facteur");
    }
    // The fifth ends it: from the password again, which now waits as well.
    let page = thief.submit(&page, &[("code", "000000")]).await.unwrap();
    assert_eq!(page.heading(), "Connexion");
    assert!(page.text.contains("trop d’essais"), "{}", page.text);
    let page = world.fill_in(&mut thief, &page, RENEE).await.unwrap();
    assert_eq!(page.status, StatusCode::TOO_MANY_REQUESTS);
    assert_eq!(page.headers["retry-after"], "60");
    world.clock.advance(60);
    log_in(&world, RENEE, &key).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn printed_codes_are_shown_once_and_open_once() {
    let world = World::start().await.unwrap();
    let mut client = world.log_in(RENEE).await.unwrap();
    enrol(&world, &mut client, RENEE).await;
    let address = world.url("portail", &format!("{OWN}/codes"));
    let page = client.open(&address).await.unwrap();
    let password = world.password(RENEE);
    let page = client
        .submit(&page, &[("mot_de_passe", password)])
        .await
        .unwrap();
    let codes = page.select(".codes code");
    assert_eq!(codes.len(), 10);
    assert_eq!(page.headers["cache-control"], "no-store");
    let own = client.open(&world.url("portail", OWN)).await.unwrap();
    assert!(!own.text.contains(&codes[0]), "shown twice");
    let portal = world.url("portail", "/");
    for expected in ["Mes services", "Présentez votre second facteur"] {
        let mut client = world.browser().unwrap();
        let page = ask(&world, &mut client, RENEE, &portal).await;
        let page = client
            .submit(&page, &[("secours", &codes[0])])
            .await
            .unwrap();
        assert_eq!(page.heading(), expected);
    }
    let own = client.open(&world.url("portail", OWN)).await.unwrap();
    assert!(
        own.text.contains("<strong>9</strong> sur 10"),
        "{}",
        own.text
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn rules_and_services_learn_whether_a_factor_was_shown() {
    let world = World::start().await.unwrap();
    let rule = Rule {
        id: "double-facteur".to_owned(),
        text: r#"@libelle("Le site demande un second facteur.")
forbid (
  principal in Collectivite::"fontclaire",
  action in [Action::"lecture", Action::"ecriture"],
  resource in Service::"site"
)
unless { context.double_facteur };"#
            .to_owned(),
    };
    let vocabulary = convergences::product::vocabulary(&world.config).unwrap();
    world
        .product
        .store
        .publish_rule(&vocabulary, &"fontclaire".into(), &rule, "tests")
        .await
        .unwrap();
    let reserved = world.url("www", "/espace-reserve/");
    let mut client = world.log_in(RENEE).await.unwrap();
    let page = client.open(&reserved).await.unwrap();
    assert_eq!(page.status, StatusCode::FORBIDDEN);
    // The very session in which the factor is added has shown it, on every host.
    let key = enrol(&world, &mut client, RENEE).await;
    assert!(told(&world, &mut client, &reserved).await.second_factor);
    let mut other = log_in(&world, RENEE, &key).await;
    assert!(told(&world, &mut other, &reserved).await.second_factor);
    // Somebody else of the same town has not.
    let mut alain = world.log_in(ALAIN).await.unwrap();
    let page = alain.open(&reserved).await.unwrap();
    assert_eq!(page.status, StatusCode::FORBIDDEN);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_service_is_told_of_a_session_without_a_factor_too() {
    let world = World::start().await.unwrap();
    let mut client = world.log_in(RENEE).await.unwrap();
    let reserved = world.url("www", "/espace-reserve/");
    assert!(!told(&world, &mut client, &reserved).await.second_factor);
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_must_have_a_factor_opens_nothing_else_before() {
    let world = World::start_with(|config| {
        config.gateway.second_factor = SecondFactorRequirement::of([Role::Referent]);
    })
    .await
    .unwrap();
    // Nobody but référents.
    world.log_in(AMINA).await.unwrap();
    let mut client = world.browser().unwrap();
    let wanted = world.url("bip", "/");
    let page = client.open(&wanted).await.unwrap();
    let page = world.fill_in(&mut client, &page, RENEE).await.unwrap();
    assert_eq!(page.url.path(), OWN);
    assert!(page.text.contains("Un second facteur vous est demandé"));
    for (host, path) in [
        ("portail", "/"),
        ("portail", "/rattachements"),
        ("portail", "/nulle-part"),
        ("bip", "/"),
        ("www", "/espace-reserve/"),
        ("cotisations", "/"),
    ] {
        let page = client.open(&world.url(host, path)).await.unwrap();
        assert_eq!(page.heading(), "Mes seconds facteurs", "{host}{path}");
    }
    // What everybody may read stays open, and so does the way out.
    for (host, path) in [("portail", "/accessibilite"), ("www", "/")] {
        let page = client.open(&world.url(host, path)).await.unwrap();
        assert_eq!(page.url.as_str(), world.url(host, path));
    }
    let programme = client.request(Method::GET, &wanted).unwrap();
    let answer = programme.send().await.unwrap();
    assert_eq!(answer.status(), StatusCode::UNAUTHORIZED);
    adds_one_and_goes_on(&world, &mut client).await;
    // It is the last one, and stays.
    let own = client.open(&world.url("portail", OWN)).await.unwrap();
    let account = account_of_renee(&world).await;
    let factors = world.product.store.list_factors(&account).await;
    let factor = factors.unwrap().remove(0);
    assert!(own.text.contains(&factor.id));
    let removal = format!("{OWN}/retrait?facteur={}", factor.id);
    let page = client.open(&world.url("portail", &removal)).await.unwrap();
    let password = world.password(RENEE);
    let page = client
        .submit(&page, &[("mot_de_passe", password)])
        .await
        .unwrap();
    assert_eq!(page.status, StatusCode::CONFLICT);
    assert!(page.text.contains("est le dernier"), "{}", page.text);
}

/// The way on is kept: that of the last page asked for.
async fn adds_one_and_goes_on(world: &World, client: &mut Client) {
    client
        .open(&world.url("bip", "/?q=cong%C3%A9"))
        .await
        .unwrap();
    enrol(world, client, RENEE).await;
    let page = client
        .open(&world.url("portail", &format!("{OWN}?fait=ajout")))
        .await
        .unwrap();
    let on = page.links(".notice a").pop().unwrap();
    assert_eq!(
        on,
        (
            "Continuer où vous alliez".to_owned(),
            world.url("bip", "/?q=cong%C3%A9")
        )
    );
    let page = client.open(&on.1).await.unwrap();
    assert_eq!((page.status, page.url.as_str()), (StatusCode::OK, &*on.1));
}

async fn account_of_renee(world: &World) -> String {
    let account = world.product.store.find_account(RENEE).await.unwrap();
    account.unwrap().id
}

#[tokio::test(flavor = "multi_thread")]
async fn who_becomes_a_referent_under_way_must_add_a_factor_at_once() {
    let world = World::start_with(|config| {
        config.gateway.second_factor = SecondFactorRequirement::of([Role::Referent]);
    })
    .await
    .unwrap();
    let mut client = world.log_in(AMINA).await.unwrap();
    let wanted = world.url("bip", "/");
    assert_eq!(client.open(&wanted).await.unwrap().url.as_str(), wanted);
    let store = &world.product.store;
    let amina = store.find_account(AMINA).await.unwrap().unwrap().id;
    let new = accounts::NewMembership {
        account: &amina,
        collectivite: &"ccas-fontclaire".into(),
        role: Role::Referent,
        groups: &[],
    };
    store.add_membership(new, "tests").await.unwrap();
    let page = client.open(&wanted).await.unwrap();
    assert_eq!(page.url.path(), OWN);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_factor_is_removed_after_a_page_that_names_it() {
    let world = World::start().await.unwrap();
    let mut client = world.log_in(RENEE).await.unwrap();
    enrol(&world, &mut client, RENEE).await;
    let store = &world.product.store;
    let account = account_of_renee(&world).await;
    let factor = store.list_factors(&account).await.unwrap().remove(0);
    let removal = world.url("portail", &format!("{OWN}/retrait?facteur={}", factor.id));
    let page = client.open(&removal).await.unwrap();
    assert!(page.text.contains("Téléphone"), "{}", page.text);
    // Looking at it removes nothing, nor does a wrong password.
    let wrong = client
        .submit(&page, &[("mot_de_passe", "faux")])
        .await
        .unwrap();
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(store.list_factors(&account).await.unwrap().len(), 1);
    // Nor does somebody else's browser.
    let mut amina = world.log_in(AMINA).await.unwrap();
    let page = amina.open(&removal).await.unwrap();
    assert_eq!(page.status, StatusCode::NOT_FOUND);
    let page = client.open(&removal).await.unwrap();
    let password = world.password(RENEE);
    let page = client
        .submit(&page, &[("mot_de_passe", password)])
        .await
        .unwrap();
    assert!(page.text.contains("a été retiré"), "{}", page.text);
    world.log_in(RENEE).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn only_pages_with_a_passkey_have_a_script_and_it_is_ours() {
    let world = World::start().await.unwrap();
    let mut client = world.log_in(RENEE).await.unwrap();
    let address = world.url("portail", &format!("{OWN}/cle"));
    let page = client.open(&address).await.unwrap();
    assert!(!policy(&page).contains("script-src"));
    let password = world.password(RENEE);
    let page = client
        .submit(&page, &[("mot_de_passe", password)])
        .await
        .unwrap();
    assert_eq!(page.heading(), "Créer la clé d’accès");
    assert!(
        policy(&page).ends_with("; script-src 'self'; connect-src 'self'"),
        "{}",
        policy(&page)
    );
    assert!(page.text.contains("<noscript>"));
    let script = client
        .open(&world.url("portail", "/second-facteur/cle.js"))
        .await
        .unwrap();
    assert_eq!(
        script.headers["content-type"],
        "text/javascript; charset=utf-8"
    );
    // Without it nothing is added, and the page says why.
    let page = client.submit(&page, &[("reponse", "")]).await.unwrap();
    assert!(page.text.contains("JavaScript"), "{}", page.text);
    for path in ["/", OWN, "/compte/second-facteur/application"] {
        let page = client.open(&world.url("portail", path)).await.unwrap();
        assert!(!policy(&page).contains("script-src"), "{path}");
    }
}

fn policy(page: &Page) -> String {
    let policy = &page.headers["content-security-policy"];
    policy.to_str().unwrap().to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn no_service_sees_or_sets_the_cookie_of_a_log_in_that_waits() {
    let world = World::start().await.unwrap();
    let client = world.log_in(RENEE).await.unwrap();
    let url = world.url("www", "/");
    let request = client.request(Method::GET, &url).unwrap();
    let sent = request.header("Cookie", "a=1; convergences-pending=secret");
    sent.timeout(Duration::from_secs(5)).send().await.unwrap();
    let received = world.site.received().pop().unwrap();
    assert_eq!(received.header("cookie"), ["a=1"]);
}
