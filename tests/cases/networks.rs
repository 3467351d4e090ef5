//! Networks of a collectivité from the form to the gateway: a rule that names one opens from inside,
//! once the CIG has confirmed it, and from nowhere else.

use convergences_tests::client::{Client, Page};
use convergences_tests::operator::withdraw_rule;
use convergences_tests::world::{ALINE, CORINNE, PIERRE, REGINE, RENEE, World};
use gateway::Network;
use policies::Rule;
use reqwest::{Method, StatusCode};

const RULE: &str = r#"permit (principal in Collectivite::"fontclaire", action in [Action::"lecture"], resource in Service::"bip")
    when { context.reseaux.contains("mairie") };"#;

/// A world behind a proxy, which says from where people come; the rule is in force.
async fn world() -> World {
    let world = World::start_with(|config| {
        config.gateway.trusted_proxies = vec![Network {
            address: "127.0.0.0".parse().unwrap(),
            prefix: 8,
        }];
    });
    let world = world.await.unwrap();
    let (vocabulary, rule) = (world.product.directory.vocabulary(), RULE.to_owned());
    let rule = Rule {
        id: "sur-place".to_owned(),
        text: rule,
    };
    let (store, owner) = (&world.product.store, "fontclaire".into());
    store
        .publish_rule(vocabulary, &owner, &rule, "tests")
        .await
        .unwrap();
    world
}

async fn open(world: &World, client: &mut Client, path: &str) -> Page {
    client.open(&world.url("portail", path)).await.unwrap()
}

/// How BIP answers to somebody who comes from an address.
async fn from(world: &World, client: &Client, address: &str) -> StatusCode {
    let request = client.request(Method::GET, &world.url("bip", "/"));
    let request = request.unwrap().header("x-forwarded-for", address);
    request.send().await.unwrap().status()
}

async fn propose(world: &World, client: &mut Client, name: &str, addresses: &str) -> Page {
    let form = open(world, client, "/referent/reseaux").await;
    let filled = [("nom", name), ("adresses", addresses)];
    client.submit(&form, &filled).await.unwrap()
}

/// Presses a button of the first network that waits.
async fn answer(world: &World, client: &mut Client, step: &str, reason: &str) -> Page {
    let page = open(world, client, "/cig/reseaux").await;
    let (_, mut fields) = page.form("reseau").unwrap();
    fields.retain(|(name, _)| name != "pas" && name != "motif");
    fields.extend([
        ("pas".to_owned(), step.to_owned()),
        ("motif".to_owned(), reason.to_owned()),
    ]);
    client
        .post(&world.url("portail", "/cig/reseaux"), &fields)
        .await
        .unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rule_opens_from_the_town_hall_once_the_cig_has_confirmed_it() {
    let world = world().await;
    let mut aline = world.log_in(ALINE).await.unwrap();
    // Her session at BIP, refused from where she is.
    let refused = aline.open(&world.url("bip", "/")).await.unwrap();
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
    let (inside, outside) = ("203.0.113.5", "198.51.100.7");
    let mut renee = world.log_in(RENEE).await.unwrap();
    let written = propose(&world, &mut renee, "Mairie", "203.0.113.0/28").await;
    assert!(written.text.contains("À confirmer"), "{}", written.text);
    assert_eq!(from(&world, &aline, inside).await, StatusCode::FORBIDDEN);

    let mut corinne = world.log_in(CORINNE).await.unwrap();
    let page = answer(&world, &mut corinne, "refuser", "").await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    let page = answer(&world, &mut corinne, "confirmer", "").await;
    assert!(
        page.text.contains("Le réseau est confirmé"),
        "{}",
        page.text
    );
    assert_eq!(from(&world, &aline, inside).await, StatusCode::OK);
    assert_eq!(from(&world, &aline, outside).await, StatusCode::FORBIDDEN);
    assert_eq!(from(&world, &aline, inside).await, StatusCode::OK);

    // It stays while a rule names it: who would lose by its end is shown with the rule's.
    let page = open(&world, &mut renee, "/referent/reseaux").await;
    let (_, mut fields) = page.form("reseau").unwrap();
    fields.retain(|(name, _)| name != "pas");
    fields.push(("pas".to_owned(), "retirer".to_owned()));
    let address = world.url("portail", "/referent/reseaux");
    let kept = renee.post(&address, &fields).await.unwrap();
    assert_eq!(kept.status, StatusCode::CONFLICT, "{}", kept.text);
    let town = "fontclaire".into();
    let ended = withdraw_rule(&world.product.store, &town, "sur-place");
    ended.await.unwrap();
    let gone = renee.post(&address, &fields).await.unwrap();
    assert!(
        gone.text.contains("Le réseau est supprimé"),
        "{}",
        gone.text
    );
    assert_eq!(from(&world, &aline, inside).await, StatusCode::FORBIDDEN);
    let journal = open(&world, &mut renee, "/referent/journal").await;
    assert!(
        journal.text.contains("Réseau de la collectivité confirmé"),
        "{}",
        journal.text
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn another_collectivites_network_of_the_same_name_opens_nothing() {
    let world = world().await;
    let mut aline = world.log_in(ALINE).await.unwrap();
    aline.open(&world.url("bip", "/")).await.unwrap();
    let mut regine = world.log_in(REGINE).await.unwrap();
    propose(&world, &mut regine, "mairie", "203.0.113.0/28").await;
    // Montrieux's own CDG may answer; Fontclaire is none of its business.
    let mut pierre = world.log_in(PIERRE).await.unwrap();
    let page = answer(&world, &mut pierre, "confirmer", "").await;
    assert!(
        page.text.contains("Le réseau est confirmé"),
        "{}",
        page.text
    );
    assert_eq!(
        from(&world, &aline, "203.0.113.5").await,
        StatusCode::FORBIDDEN
    );
    let mut renee = world.log_in(RENEE).await.unwrap();
    let page = propose(&world, &mut renee, "mairie", "203.0.113.5").await;
    assert!(!page.text.contains("Montrieux"), "{}", page.text);
    let page = open(&world, &mut pierre, "/cig/reseaux").await;
    assert!(!page.text.contains("Fontclaire"), "{}", page.text);
    let mut corinne = world.log_in(CORINNE).await.unwrap();
    let page = open(&world, &mut corinne, "/cig/reseaux").await;
    assert!(page.text.contains("Commune de Montrieux"), "{}", page.text);
    let (_, fields) = page.form("reseau").unwrap();
    let fields = token_of(&world, &mut pierre, fields).await;
    let address = world.url("portail", "/cig/reseaux");
    let stolen = pierre.post(&address, &fields).await.unwrap();
    assert_eq!(stolen.status, StatusCode::NOT_FOUND);
}

/// The fields of somebody else's form, under one's own token.
async fn token_of(
    world: &World,
    client: &mut Client,
    mut fields: Vec<(String, String)>,
) -> Vec<(String, String)> {
    let page = open(world, client, "/").await;
    let token = page.values("input[name=jeton]").remove(0);
    fields.retain(|(name, _)| name != "jeton");
    fields.extend([
        ("jeton".to_owned(), token),
        ("pas".to_owned(), "confirmer".to_owned()),
    ]);
    fields
}

#[tokio::test(flavor = "multi_thread")]
async fn addresses_that_cannot_be_a_town_halls_are_sent_back_with_a_remedy() {
    let world = World::start().await.unwrap();
    let mut renee = world.log_in(RENEE).await.unwrap();
    for (name, addresses, remedy) in [
        ("", "203.0.113.5", "nom court"),
        ("mairie", "", "au moins une adresse"),
        ("mairie", "192.168.1.0/24", "l’adresse publique"),
        ("mairie", "203.0.113.5/24", "203.0.113.0/24"),
        ("mairie", "198.50.0.0/15", "trop large"),
    ] {
        let page = propose(&world, &mut renee, name, addresses).await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY, "{remedy}");
        let summary = page.select(".error-summary li").join(" ");
        assert!(summary.contains(remedy), "{summary}");
        assert!(page.text.contains(addresses), "{remedy}");
    }
}
