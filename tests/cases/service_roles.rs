//! Roles that a service declares: given like « lecture » and « modification », told to that service.

use convergences_tests::client::{Client, Page};
use convergences_tests::online_service::Received;
use convergences_tests::world::{ALINE, CORINNE, RENEE, World};
use policies::{ASSERTION_HEADER, VerifyingKeys};
use reqwest::StatusCode;

const AREA: &str = "/espace-reserve/";

/// The form of somebody's own rights, and their id.
async fn rights(world: &World, renee: &mut Client, name: &str) -> (String, Page) {
    let list = world.url("portail", "/referent/agents");
    let list = renee.open(&list).await.unwrap();
    let links = list.links("main th a");
    let (_, address) = links.iter().find(|(text, _)| text == name).unwrap();
    let form = world.url("portail", &format!("{address}/droits"));
    let id = address.rsplit('/').next().unwrap().to_owned();
    (id, renee.open(&form).await.unwrap())
}

/// Chooses a level of the site for Aline and shows what it would change.
async fn choose(world: &World, renee: &mut Client, level: &str) -> Page {
    let (id, form) = rights(world, renee, "Petit Aline").await;
    let (_, mut fields) = form.form(&format!("vu-{id}")).unwrap();
    for (name, value) in &mut fields {
        if name.starts_with("droit-") && value.starts_with(&format!("{id}|site|")) {
            *value = format!("{id}|site|{level}");
        }
    }
    let post = world.url("portail", "/referent/droits");
    renee.post(&post, &fields).await.unwrap()
}

async fn visit(world: &World, aline: &mut Client) -> StatusCode {
    let area = world.url("www", AREA);
    aline.open(&area).await.unwrap().status
}

/// What the site was last told of its roles, in the header and in the assertion.
fn told(world: &World) -> (Vec<String>, Vec<String>) {
    let received: Received = world.site.received().pop().unwrap();
    let header = received.header("remote-roles");
    let assertion = received.header(ASSERTION_HEADER)[0].to_owned();
    let keys: VerifyingKeys = (*world.product.directory.verifying_keys()).clone();
    let claims = keys.verify(&assertion, "site", world.clock.now()).unwrap();
    let roles = claims.roles.iter().map(ToString::to_string);
    (
        header.into_iter().map(str::to_owned).collect(),
        roles.collect(),
    )
}

#[tokio::test(flavor = "multi_thread")]
async fn a_role_is_given_like_a_level_and_the_service_is_told() {
    let world = World::start().await.unwrap();
    let mut renee = world.log_in(RENEE).await.unwrap();
    let mut aline = world.log_in(ALINE).await.unwrap();
    assert_eq!(visit(&world, &mut aline).await, StatusCode::FORBIDDEN);
    let shown = choose(&world, &mut renee, "contributeur").await;
    let gained = &shown.select("tbody tr")[0];
    assert!(gained.contains("Aline Petit"), "{gained}");
    assert!(gained.contains("Modification (Contributeur)"), "{gained}");
    renee.confirm(&shown).await.unwrap();
    assert_eq!(visit(&world, &mut aline).await, StatusCode::OK);
    let contributes = vec!["contributeur".to_owned()];
    assert_eq!(told(&world), (contributes.clone(), contributes));
    // The role is declared to modify.
    let area = world.url("www", AREA);
    let sent = aline.post(&area, &[("a".into(), "b".into())]).await;
    assert_eq!(sent.unwrap().status, StatusCode::OK);
    // Why, and what the journal keeps of it.
    let (id, _) = rights(&world, &mut renee, "Petit Aline").await;
    let why = format!("/referent/agents/{id}/droits/site");
    let why = renee.open(&world.url("portail", &why)).await.unwrap();
    assert!(
        why.text.contains("modification (contributeur)"),
        "{}",
        why.text
    );
    assert!(why.text.contains("Droit direct"), "{}", why.text);
    let journal = world.url("portail", "/referent/journal");
    let journal = renee.open(&journal).await.unwrap();
    assert!(journal.text.contains("contributeur"), "{}", journal.text);
    // A role taken for the same level is a loss, and the service is told no more.
    let shown = choose(&world, &mut renee, "ecriture").await;
    assert!(
        shown.select("h2").contains(&"1 accès perdu".to_owned()),
        "{}",
        shown.text
    );
    renee.confirm(&shown).await.unwrap();
    assert_eq!(visit(&world, &mut aline).await, StatusCode::OK);
    assert_eq!(told(&world), (vec![String::new()], Vec::new()));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_role_of_a_profile_adds_to_a_direct_right() {
    let world = World::start().await.unwrap();
    let mut renee = world.log_in(RENEE).await.unwrap();
    let mut aline = world.log_in(ALINE).await.unwrap();
    let profiles = world.url("portail", "/referent/profils");
    let page = renee.open(&profiles).await.unwrap();
    let filled = [
        ("nom", "Contributeurs du site"),
        ("droit-site", "site|contributeur"),
    ];
    let page = renee.submit(&page, &filled).await.unwrap();
    assert!(
        page.text.contains("Site Internet du CIG (contributeur)"),
        "{}",
        page.text
    );
    let shown = choose(&world, &mut renee, "lecture").await;
    renee.confirm(&shown).await.unwrap();
    let (id, _) = rights(&world, &mut renee, "Petit Aline").await;
    let sheet = world.url("portail", &format!("/referent/agents/{id}/fiche"));
    let form = renee.open(&sheet).await.unwrap();
    let profile = form.values("select[name=profil] option").pop().unwrap();
    let shown = renee.submit(&form, &[("profil", &profile)]).await.unwrap();
    renee.confirm(&shown).await.unwrap();
    assert_eq!(visit(&world, &mut aline).await, StatusCode::OK);
    assert_eq!(told(&world).0, ["contributeur"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_role_that_the_service_declares_no_more_is_neither_told_nor_lost() {
    let world = World::start_with(|config| {
        for service in &mut config.gateway.services {
            service.roles.clear();
        }
    })
    .await
    .unwrap();
    let store = &world.product.store;
    let account = store.find_account(ALINE).await.unwrap().unwrap();
    let memberships = store.list_memberships(&account.id).await.unwrap();
    let grant = accounts::Grant {
        membership: memberships[0].id.clone(),
        service: "site".into(),
        level: policies::Level::Role("contributeur".into()),
        starts_at: None,
        ends_at: None,
    };
    store.add_grant(&grant, "test").await.unwrap();
    let mut aline = world.log_in(ALINE).await.unwrap();
    assert_eq!(visit(&world, &mut aline).await, StatusCode::FORBIDDEN);
    let mut renee = world.log_in(RENEE).await.unwrap();
    let (id, form) = rights(&world, &mut renee, "Petit Aline").await;
    assert!(
        form.text.contains("contributeur (n’est plus proposé)"),
        "{}",
        form.text
    );
    // The form sent as it is leaves the right as it is.
    let (_, fields) = form.form(&format!("vu-{id}")).unwrap();
    let post = world.url("portail", "/referent/droits");
    let shown = renee.post(&post, &fields).await.unwrap();
    assert!(
        shown.text.contains("Aucun accès ne change"),
        "{}",
        shown.text
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_says_a_role_of_their_own() {
    let world = World::start().await.unwrap();
    let aline = world.log_in(ALINE).await.unwrap();
    for client in [world.browser().unwrap(), aline] {
        // The site's front page is open to all, and read without log-in.
        let request = client.request(reqwest::Method::GET, &world.url("www", "/"));
        let forged = request.unwrap().header("Remote-Roles", "contributeur");
        assert_eq!(forged.send().await.unwrap().status(), StatusCode::OK);
        let received: Received = world.site.received().pop().unwrap();
        let told = received.header("remote-roles");
        assert!(!told.contains(&"contributeur"), "{told:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_role_is_not_told_of_a_service_that_is_closed_to_the_collectivite() {
    let world = World::start().await.unwrap();
    let mut renee = world.log_in(RENEE).await.unwrap();
    let shown = choose(&world, &mut renee, "contributeur").await;
    renee.confirm(&shown).await.unwrap();
    let mut corinne = world.log_in(CORINNE).await.unwrap();
    let edit = world.url("portail", "/cig/collectivites/fontclaire/modifier");
    let form = corinne.open(&edit).await.unwrap();
    let (action, mut fields) = form.form("nom").unwrap();
    fields.retain(|(name, value)| name != "service" || value != "site");
    let action = form.url.join(&action).unwrap();
    corinne.post(action.as_str(), &fields).await.unwrap();
    let mut aline = world.log_in(ALINE).await.unwrap();
    let front = world.url("www", "/");
    assert_eq!(aline.open(&front).await.unwrap().status, StatusCode::OK);
    let received: Received = world.site.received().pop().unwrap();
    let told = received.header("remote-roles");
    assert!(!told.contains(&"contributeur"), "{told:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_program_takes_no_role_away_by_accepting_a_request() {
    let world = World::start().await.unwrap();
    let mut renee = world.log_in(RENEE).await.unwrap();
    let shown = choose(&world, &mut renee, "contributeur").await;
    renee.confirm(&shown).await.unwrap();
    let mut aline = world.log_in(ALINE).await.unwrap();
    let form = world.url("portail", "/demande?service=site");
    let form = aline.open(&form).await.unwrap();
    aline
        .submit(&form, &[("niveau", "ecriture")])
        .await
        .unwrap();
    let key = crate::api::key(&world, &mut renee, RENEE).await;
    let program = |method, path: &str| {
        let url = world.url("portail", path);
        renee.request(method, &url).unwrap().bearer_auth(&key)
    };
    let requests = program(reqwest::Method::GET, "/api/v1/access-requests");
    let requests: serde_json::Value = requests.send().await.unwrap().json().await.unwrap();
    let id = requests["items"][0]["id"].as_str().unwrap();
    let path = format!("/api/v1/access-requests/{id}/answer");
    let answer = program(reqwest::Method::POST, &path)
        .header("Content-Type", "application/json")
        .body("{\"grant\": true}");
    assert_eq!(answer.send().await.unwrap().status(), StatusCode::CONFLICT);
    assert_eq!(visit(&world, &mut aline).await, StatusCode::OK);
    assert_eq!(told(&world).0, ["contributeur"]);
}
