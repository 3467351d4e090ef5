//! The yearly review of rights: two référentes decide, nobody about herself; what nobody answers
//! closes accounts; the report is signed.

use accounts::{GRACE, NewAccount, NewMembership, Password, Rounds};
use convergences_tests::client::{Client, Page};
use convergences_tests::world::{ALAIN, AMINA, RENEE, World};
use policies::Role;
use reqwest::StatusCode;
use sqlx::Connection as _;

const ROSE: &str = "rose.petit@fontclaire.example";
const SECRET: &str = "chevaux au bord du lac";
const DAY: i64 = 86_400;

/// A second référente of Fontclaire.
async fn add_rose(world: &World) {
    let store = &world.product.store;
    let secret = Password::from(SECRET.to_owned());
    let new = NewAccount {
        login: ROSE,
        given_name: "Rose",
        family_name: "Petit",
        password: Some(&secret),
    };
    let account = store.add_account(new, "tests").await.unwrap();
    let new = NewMembership {
        account: &account,
        collectivite: &"fontclaire".into(),
        role: Role::Referent,
        groups: &[],
    };
    store.add_membership(new, "tests").await.unwrap();
}

async fn rose(world: &World) -> Client {
    let mut client = world.browser().unwrap();
    let page = client
        .open(&world.url("portail", "/connexion"))
        .await
        .unwrap();
    let filled = [("identifiant", ROSE), ("mot_de_passe", SECRET)];
    let page = client.submit(&page, &filled).await.unwrap();
    assert_eq!(page.heading(), "Mes services");
    client
}

async fn open(world: &World, client: &mut Client, path: &str) -> Page {
    client.open(&world.url("portail", path)).await.unwrap()
}

/// Opens a review that is due in thirty days, and gives its page.
async fn open_review(world: &World, client: &mut Client) -> Page {
    let form = open(world, client, "/referent/revues").await;
    let (_, fields) = form.form("echeance").unwrap();
    let due = fields.iter().find(|(name, _)| name == "echeance").unwrap();
    assert_eq!(due.1, "20/12/2026");
    client.submit(&form, &[("echeance", &due.1)]).await.unwrap()
}

/// Everybody on a page of the review: name and what the forms call them.
fn people(page: &Page) -> Vec<(String, String)> {
    let names = page.select("li.card h2");
    let ids = page.links("li.card form a");
    assert!(names.len() >= ids.len(), "{names:?} {ids:?}");
    ids.into_iter()
        .map(|(name, address)| {
            let id = address.split('/').nth(3).unwrap().to_owned();
            (name, id)
        })
        .collect()
}

fn id_of(page: &Page, name: &str) -> String {
    let people = people(page);
    let found = people.iter().find(|(known, _)| known.contains(name));
    found
        .unwrap_or_else(|| panic!("no {name} among {people:?}"))
        .1
        .clone()
}

/// Presses one of somebody's buttons.
async fn press(client: &mut Client, review: &Page, who: &str, decision: &str) -> Page {
    let token = review.values("input[name=jeton]").pop().unwrap();
    let fields = [
        ("jeton", &*token),
        ("personne", who),
        ("decision", decision),
    ];
    let fields = fields.map(|(name, value)| (name.to_owned(), value.to_owned()));
    let address = format!("{}/decision", review.url.path());
    let address = review.url.join(&address).unwrap();
    client.post(address.as_str(), &fields).await.unwrap()
}

async fn status(world: &World, client: &mut Client, host: &str) -> StatusCode {
    client.open(&world.url(host, "/")).await.unwrap().status
}

#[tokio::test(flavor = "multi_thread")]
async fn two_referents_review_everybody_and_sign() {
    let world = World::start().await.unwrap();
    add_rose(&world).await;
    let (mut renee, mut rose) = (world.log_in(RENEE).await.unwrap(), rose(&world).await);
    let form = open(&world, &mut renee, "/referent/revues").await;
    for wrong in ["demain", "21/11/2026"] {
        let page = renee.submit(&form, &[("echeance", wrong)]).await.unwrap();
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    }
    let review = open_review(&world, &mut renee).await;
    // Aline has no right; the two référentes see each other, and not their own buttons.
    let names = review.select("li.card h2");
    assert_eq!(names.len(), 5, "{names:?}");
    assert!(review.text.contains("À faire par un autre référent"));
    assert_eq!(people(&review).len(), 4);
    let other = open(&world, &mut rose, review.url.path()).await;
    let (rose_id, renee_id) = (id_of(&review, "Petit"), id_of(&other, "Martin"));
    let own = press(&mut renee, &review, &renee_id, "garder").await;
    assert_eq!(own.status, StatusCode::FORBIDDEN);

    let amina = id_of(&review, "Benali");
    let unchanged = press(&mut renee, &review, &amina, "modifier").await;
    assert_eq!(unchanged.heading(), "Les droits n’ont pas changé");
    let page = press(&mut renee, &review, &amina, "garder").await;
    assert!(page.text.contains("Décision notée"), "{}", page.text);
    let late = press(&mut rose, &other, &amina, "garder").await;
    assert_eq!(late.status, StatusCode::CONFLICT);

    let mut alain = world.log_in(ALAIN).await.unwrap();
    assert_eq!(status(&world, &mut alain, "www").await, StatusCode::OK);
    let who = id_of(&review, "Garnier");
    let shown = press(&mut renee, &review, &who, "retirer").await;
    assert_eq!(shown.heading(), "Retirer les droits d’Alain Garnier");
    assert_eq!(status(&world, &mut alain, "www").await, StatusCode::OK);
    let page = renee.confirm(&shown).await.unwrap();
    assert!(page.text.contains("sont retirés"), "{}", page.text);

    change_agnes(&world, &mut renee, &review).await;
    press(&mut renee, &review, &rose_id, "garder").await;
    let early = close(&mut renee, &review).await;
    assert_eq!(early.status, StatusCode::CONFLICT);
    let page = press(&mut rose, &other, &renee_id, "garder").await;
    let closed = close(&mut rose, &page).await;
    assert!(closed.text.contains("est signé"), "{}", closed.text);
    look_at_the_report(&world, &mut rose, &review).await;
}

/// « Modifier » leads to the person's rights and comes back.
async fn change_agnes(world: &World, client: &mut Client, review: &Page) {
    let agnes = id_of(review, "Roux");
    let links = review.links("li.card form a");
    let (_, address) = links
        .iter()
        .find(|(_, address)| address.contains(&agnes))
        .unwrap();
    let form = open(world, client, address).await;
    let (action, mut fields) = form.form(&format!("vu-{agnes}")).unwrap();
    for (name, value) in &mut fields {
        if name.starts_with("droit-") && value.starts_with(&format!("{agnes}|bip|")) {
            *value = format!("{agnes}|bip|ecriture");
        }
    }
    let shown = client
        .post(&world.url("portail", &action), &fields)
        .await
        .unwrap();
    let page = client.confirm(&shown).await.unwrap();
    assert_eq!(page.url.path(), review.url.path());
    assert!(
        page.text.contains("Modifier\u{a0}» est notée"),
        "{}",
        page.text
    );
}

async fn close(client: &mut Client, review: &Page) -> Page {
    let token = review.values("input[name=jeton]").pop().unwrap();
    let address = format!("{}/cloture", review.url.path());
    let address = review.url.join(&address).unwrap();
    client
        .post(address.as_str(), &[("jeton".to_owned(), token)])
        .await
        .unwrap()
}

/// It matches its signature until a row is altered.
async fn look_at_the_report(world: &World, client: &mut Client, review: &Page) {
    let report = format!("{}/rapport", review.url.path());
    let page = open(world, client, &report).await;
    assert!(page.text.contains("La signature correspond au contenu"));
    let rows = page.select("tbody tr");
    assert_eq!(rows.len(), 5);
    let alain = rows.iter().find(|row| row.contains("Garnier")).unwrap();
    assert!(alain.contains("Retirer, par Renée Martin"), "{alain}");
    let table = open(world, client, &format!("{report}.csv")).await;
    let alain = table.text.lines().find(|row| row.contains("Garnier"));
    let alain = alain.unwrap();
    assert!(alain.contains("Retirer, par Renée Martin"), "{alain}");
    let file = open(world, client, &format!("{report}.json")).await;
    let file: serde_json::Value = serde_json::from_str(&file.text).unwrap();
    let content = file["contenu"].as_str().unwrap();
    assert_eq!(
        accounts::Token::hash(content),
        file["sha256"].as_str().unwrap()
    );
    let database = world.folder().join("convergences.db");
    let url = format!("sqlite://{}", database.display());
    let mut connection = sqlx::AnyConnection::connect(&url).await.unwrap();
    sqlx::query("UPDATE review_lines SET decision = 'keep' WHERE decision = 'withdraw'")
        .execute(&mut connection)
        .await
        .unwrap();
    let page = open(world, client, &report).await;
    assert!(page.text.contains("ne correspond pas au contenu"));
}

#[tokio::test(flavor = "multi_thread")]
async fn whom_nobody_answers_for_is_suspended_and_can_be_restored() {
    let world = World::start().await.unwrap();
    let mut renee = world.log_in(RENEE).await.unwrap();
    let review = open_review(&world, &mut renee).await;
    assert!(
        review.text.contains("Cela n’empêche pas de clore la revue"),
        "{}",
        review.text
    );
    // All at once, after seeing their names; and taken back for one.
    let token = review.values("input[name=jeton]").pop().unwrap();
    let amina = id_of(&review, "Benali");
    let address = format!("{}/garder", review.url.path());
    let address = review.url.join(&address).unwrap();
    let fields = [
        ("jeton".to_owned(), token),
        ("personne-1".to_owned(), amina.clone()),
    ];
    let shown = renee.post(address.as_str(), &fields).await.unwrap();
    assert_eq!(shown.select("main li").last().unwrap(), "Amina Benali");
    let page = renee.confirm(&shown).await.unwrap();
    assert!(page.text.contains("3 personnes attendent"), "{}", page.text);
    press(&mut renee, &review, &amina, "revenir").await;

    world.clock.advance(31 * DAY);
    world
        .product
        .store
        .daily_round(&Rounds::default())
        .await
        .unwrap();
    let mut renee = world.log_in(RENEE).await.unwrap();
    let todo = open(&world, &mut renee, "/referent").await;
    assert!(todo.text.contains("4 personnes attendent"), "{}", todo.text);
    world.clock.advance(GRACE);
    world
        .product
        .store
        .daily_round(&Rounds::default())
        .await
        .unwrap();
    assert!(world.log_in(AMINA).await.is_err());
    let mut renee = world.log_in(RENEE).await.unwrap();
    let page = open(&world, &mut renee, &format!("/referent/agents/{amina}")).await;
    assert!(
        page.text.contains("Suspendu depuis le 28/12/2026"),
        "{}",
        page.text
    );
    let version = page.values("input[name=version]").pop().unwrap();
    let restore = [("version", &*version), ("pas", "restore")];
    renee.submit(&page, &restore).await.unwrap();
    assert!(world.log_in(AMINA).await.is_ok());
    let journal = open(&world, &mut renee, "/referent/journal?quoi=review.").await;
    assert!(
        journal
            .text
            .contains("sans réponse à la revue des habilitations"),
        "{}",
        journal.text
    );
}
