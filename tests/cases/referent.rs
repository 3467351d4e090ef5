//! The référent's console: agents, profiles, rights, files, requests; and nobody else's.

mod documents;
mod expert;
mod factors;
mod groups;
mod invitations;
mod journal;
mod proposals;
mod referents;
mod replay;
mod rules;
mod tenancy;
mod together;
mod transfers;
mod two_people;
mod why;

use convergences_tests::client::{Client, Page};
use convergences_tests::world::{ALINE, AMINA, REGINE, RENEE, World};
use reqwest::StatusCode;
use std::fmt::Write as _;

async fn renee(world: &World) -> Client {
    world.log_in(RENEE).await.unwrap()
}

/// Régine, who became a référente of Fontclaire too.
pub(crate) async fn regine(world: &World) -> Client {
    let store = &world.product.store;
    let account = store.find_account(REGINE).await.unwrap().unwrap().id;
    let new = accounts::NewMembership {
        account: &account,
        collectivite: &"fontclaire".into(),
        role: policies::Role::Referent,
        groups: &[],
    };
    let membership = store.add_membership(new, "tests").await.unwrap();
    let mut client = world.log_in(REGINE).await.unwrap();
    let page = open(world, &mut client, "/rattachements").await;
    let chosen = [("rattachement", membership.as_str())];
    client.submit(&page, &chosen).await.unwrap();
    client
}

async fn open(world: &World, client: &mut Client, path: &str) -> Page {
    client.open(&world.url("portail", path)).await.unwrap()
}

/// The address of somebody's page, from the list.
async fn page_of(world: &World, client: &mut Client, name: &str) -> String {
    let page = open(world, client, "/referent/agents").await;
    let links = page.links("main th a");
    let found = links.iter().find(|(text, _)| text == name);
    found.map_or_else(
        || panic!("no {name} among {links:?}"),
        |(_, address)| address.clone(),
    )
}

/// Fills in the form with a field, and confirms what it would do.
async fn change(client: &mut Client, page: &Page, filled: &[(&str, &str)]) -> (Page, Page) {
    let shown = client.submit(page, filled).await.unwrap();
    let saved = client.confirm(&shown).await.unwrap();
    (shown, saved)
}

async fn status(world: &World, client: &mut Client, host: &str) -> StatusCode {
    client.open(&world.url(host, "/")).await.unwrap().status
}

#[tokio::test(flavor = "multi_thread")]
async fn a_referent_takes_somebody_on_in_three_fields() {
    let world = World::start().await.unwrap();
    let mut renee = renee(&world).await;
    let form = open(&world, &mut renee, "/referent/agents/nouveau").await;
    let wrong = [("prenom", "Zoé"), ("nom", ""), ("courriel", "zoe")];
    let page = renee.submit(&form, &wrong).await.unwrap();
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    let errors = page.select(".error-summary li");
    assert_eq!(errors.len(), 2, "{errors:?}");
    let right = [
        ("prenom", "Zoé"),
        ("nom", "Lefèvre"),
        ("courriel", "Zoe.Lefevre@fontclaire.example"),
    ];
    let page = renee.submit(&page, &right).await.unwrap();
    assert_eq!(page.heading(), "Zoé Lefèvre");
    assert!(page.text.contains("Invitation en attente"), "{}", page.text);
    let found = open(&world, &mut renee, "/referent/agents?q=LEFEVRE+zoe").await;
    assert_eq!(found.select("tbody tr").len(), 1);
    // The same address again is the same person.
    let page = renee.submit(&form, &right).await.unwrap();
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(
        page.text.contains("Est-ce la même personne"),
        "{}",
        page.text
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn who_gains_and_who_loses_is_shown_before_a_right_is_saved() {
    let world = World::start().await.unwrap();
    let (mut renee, mut aline) = (renee(&world).await, world.log_in(ALINE).await.unwrap());
    assert_eq!(
        status(&world, &mut aline, "bip").await,
        StatusCode::FORBIDDEN
    );
    let address = page_of(&world, &mut renee, "Petit Aline").await;
    let form = open(&world, &mut renee, &format!("{address}/droits")).await;
    let id = address.rsplit('/').next().unwrap();
    let wanted = format!("{id}|bip|lecture");
    let (_, mut fields) = form.form(&format!("vu-{id}")).unwrap();
    for (name, value) in &mut fields {
        if name.starts_with("droit-") && value.starts_with(&format!("{id}|bip|")) {
            value.clone_from(&wanted);
        }
    }
    let post = world.url("portail", "/referent/droits");
    // An end that is no date is mended without choosing again.
    let mut mistaken = fields.clone();
    for (name, value) in &mut mistaken {
        if name == "fin-bip" {
            "demain".clone_into(value);
        }
    }
    let refused = renee.post(&post, &mistaken).await.unwrap();
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    let (_, kept) = refused.form(&format!("vu-{id}")).unwrap();
    assert!(kept.iter().any(|(_, value)| *value == wanted), "{kept:?}");
    assert!(kept.iter().any(|(_, value)| value == "demain"), "{kept:?}");
    for (name, value) in &mut fields {
        if name == "fin-bip" {
            "31/12/2026".clone_into(value);
        }
    }
    let shown = renee.post(&post, &fields).await.unwrap();
    assert_eq!(shown.select("h2").first().unwrap(), "1 accès gagné");
    let rows = shown.select("tbody tr");
    assert!(rows[0].contains("jusqu’au 31/12/2026"), "{rows:?}");
    assert!(
        rows[0].contains("Aline Petit") && rows[0].contains("BIP"),
        "{rows:?}"
    );
    // Shown is not saved.
    assert_eq!(
        status(&world, &mut aline, "bip").await,
        StatusCode::FORBIDDEN
    );
    let saved = renee.confirm(&shown).await.unwrap();
    assert!(
        saved.text.contains("Les droits sont enregistrés"),
        "{}",
        saved.text
    );
    assert_eq!(status(&world, &mut aline, "bip").await, StatusCode::OK);
    // The same once more changes nothing.
    let again = renee.confirm(&shown).await.unwrap();
    assert!(
        again.text.contains("Aucun accès ne change"),
        "{}",
        again.text
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_profile_gives_its_rights_to_all_who_have_it() {
    let world = World::start().await.unwrap();
    let (mut renee, mut aline) = (renee(&world).await, world.log_in(ALINE).await.unwrap());
    let page = open(&world, &mut renee, "/referent/profils").await;
    let page = renee
        .submit(
            &page,
            &[("nom", "Lecture BIP"), ("droit-bip", "bip|lecture")],
        )
        .await
        .unwrap();
    assert!(page.text.contains("Le profil est créé"), "{}", page.text);
    let address = page_of(&world, &mut renee, "Petit Aline").await;
    let form = open(&world, &mut renee, &format!("{address}/fiche")).await;
    let profile = form.values("select[name=profil] option").pop().unwrap();
    let (shown, saved) = change(&mut renee, &form, &[("profil", &profile)]).await;
    assert_eq!(shown.select("h2").first().unwrap(), "1 accès gagné");
    assert!(
        saved.text.contains("La fiche est enregistrée"),
        "{}",
        saved.text
    );
    assert_eq!(status(&world, &mut aline, "bip").await, StatusCode::OK);
    // Whoever loses by a change of the profile is named first.
    let list = open(&world, &mut renee, "/referent/profils").await;
    let (_, address) = list.links("main th a").pop().unwrap();
    let form = open(&world, &mut renee, &address).await;
    let (shown, _) = change(
        &mut renee,
        &form,
        &[("nom", "Lecture BIP"), ("droit-bip", "bip|aucun")],
    )
    .await;
    assert!(
        shown.select("h2").contains(&"1 accès perdu".to_owned()),
        "{}",
        shown.text
    );
    assert!(shown.select("tbody tr")[0].contains("Aline Petit"));
    assert_eq!(
        status(&world, &mut aline, "bip").await,
        StatusCode::FORBIDDEN
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_leaver_is_cut_off_at_once_and_can_be_called_back() {
    let world = World::start().await.unwrap();
    let (mut renee, mut amina) = (renee(&world).await, world.log_in(AMINA).await.unwrap());
    assert_eq!(status(&world, &mut amina, "bip").await, StatusCode::OK);
    let address = page_of(&world, &mut renee, "Benali Amina").await;
    for (step, undo) in [("suspend", "restore"), ("delete", "undelete")] {
        let page = open(&world, &mut renee, &address).await;
        renee
            .submit(&page, &[("pas", step), ("version", &version(&page))])
            .await
            .unwrap();
        assert_eq!(
            status(&world, &mut amina, "bip").await,
            StatusCode::FORBIDDEN,
            "{step}"
        );
        let page = open(&world, &mut renee, &address).await;
        renee
            .submit(&page, &[("pas", undo), ("version", &version(&page))])
            .await
            .unwrap();
        assert_eq!(
            status(&world, &mut amina, "bip").await,
            StatusCode::OK,
            "{undo}"
        );
    }
}

/// The version that a page's forms carry.
fn version(page: &Page) -> String {
    page.values("input[name=version]").first().unwrap().clone()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_departure_closes_by_itself_once_its_last_day_is_over() {
    let world = World::start().await.unwrap();
    let (mut renee, mut amina) = (renee(&world).await, world.log_in(AMINA).await.unwrap());
    let address = page_of(&world, &mut renee, "Benali Amina").await;
    let page = open(&world, &mut renee, &address).await;
    let wrong = [
        ("pas", "leave"),
        ("date", "31/02/2026"),
        ("version", &version(&page)),
    ];
    let page = renee.submit(&page, &wrong).await.unwrap();
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    let right = [
        ("pas", "leave"),
        ("date", "20/11/2026"),
        ("version", &version(&page)),
    ];
    let page = renee.submit(&page, &right).await.unwrap();
    assert!(
        page.text.contains("Le départ est enregistré"),
        "{}",
        page.text
    );
    assert_eq!(status(&world, &mut amina, "bip").await, StatusCode::OK);
    // It is ten in the morning; the day ends at midnight.
    world.clock.advance(14 * 3600 - 1);
    let mut amina = world.log_in(AMINA).await.unwrap();
    assert_eq!(status(&world, &mut amina, "bip").await, StatusCode::OK);
    world.clock.advance(1);
    assert_eq!(
        status(&world, &mut amina, "bip").await,
        StatusCode::FORBIDDEN
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_overwrites_what_somebody_else_changed_meanwhile() {
    let world = World::start().await.unwrap();
    let mut renee = renee(&world).await;
    let address = page_of(&world, &mut renee, "Benali Amina").await;
    let form = open(&world, &mut renee, &format!("{address}/fiche")).await;
    let first = renee
        .submit(&form, &[("nom", "Ben Ali"), ("prenom", "Amina")])
        .await
        .unwrap();
    assert!(
        first.text.contains("La fiche est enregistrée"),
        "{}",
        first.text
    );
    let second = renee
        .submit(&form, &[("nom", "Autre"), ("prenom", "Amina")])
        .await
        .unwrap();
    assert_eq!(second.status, StatusCode::CONFLICT);
    let page = open(&world, &mut renee, &address).await;
    assert_eq!(page.heading(), "Amina Ben Ali");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_referent_changes_neither_the_own_rights_nor_leaves_nobody_behind() {
    let world = World::start().await.unwrap();
    let mut renee = renee(&world).await;
    let address = page_of(&world, &mut renee, "Martin Renée").await;
    let page = open(&world, &mut renee, &address).await;
    assert!(
        page.text
            .contains("Vos propres droits sont donnés par un autre référent"),
        "{}",
        page.text
    );
    let id = address.rsplit('/').next().unwrap();
    let fields = [
        ("vu-1", format!("{id}|1")),
        ("droit-1", format!("{id}|bip|ecriture")),
    ];
    let fields: Vec<_> = fields
        .into_iter()
        .map(|(name, value)| (name.to_owned(), value))
        .collect();
    for (path, fields) in [
        ("/referent/droits".to_owned(), fields),
        (
            format!("{address}/etat"),
            vec![
                ("pas".to_owned(), "delete".to_owned()),
                ("version".to_owned(), "1".to_owned()),
            ],
        ),
    ] {
        let page = renee
            .post(&world.url("portail", &path), &fields)
            .await
            .unwrap();
        assert_eq!(page.status, StatusCode::FORBIDDEN, "{path}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_with_faulty_rows_takes_the_others_in_and_hands_these_back() {
    let world = World::start().await.unwrap();
    let mut renee = renee(&world).await;
    let mut text = "Prénom;Nom;Courriel;Service\r\n".to_owned();
    for n in 0..200 {
        let name = letters(n);
        let _ = write!(
            text,
            "Zoé;Essai{name};zoe{n}@fontclaire.example;État civil\r\n"
        );
    }
    text.push_str("Paul;;paul@fontclaire.example;\r\nPaul;Durand;paul;\r\nPaul;Durand;zoe1@fontclaire.example;\r\n");
    let file = encode(&text);
    let form = open(&world, &mut renee, "/referent/import").await;
    let shown = renee
        .upload(&form, "fichier", ("agents.csv", &file))
        .await
        .unwrap();
    assert_eq!(shown.heading(), "Vérifier l’import", "{}", shown.text);
    assert_eq!(shown.select("dd"), ["200", "0", "0", "3"]);
    let faulty: Vec<_> = shown.select("[aria-label='Lignes à corriger'] tbody tr td:first-child");
    assert_eq!(faulty, ["202", "203", "204"]);
    let (_, download) = shown.links(".notice a").pop().unwrap();
    let handed = open(&world, &mut renee, &download).await;
    assert_eq!(handed.text.lines().count(), 4, "{}", handed.text);
    renee.confirm(&shown).await.unwrap();
    let report = loop {
        let page = open(&world, &mut renee, shown.url.path()).await;
        if !page.text.contains("en cours") {
            break page;
        }
    };
    assert!(report.text.contains("200 ajouts"), "{}", report.text);
    let list = open(&world, &mut renee, "/referent/agents?q=essai").await;
    assert_eq!(list.select("[role=status]"), ["200 agents"]);
    assert_eq!(list.select("tbody tr").len(), 50);
    // Once more, and nothing is left to do.
    let again = renee
        .upload(&form, "fichier", ("agents.csv", &file))
        .await
        .unwrap();
    assert_eq!(again.select("dd"), ["0", "0", "200", "3"]);
}

/// As Windows writes it.
fn encode(text: &str) -> Vec<u8> {
    text.chars()
        .map(|c| u8::try_from(u32::from(c)).unwrap())
        .collect()
}

fn letters(n: usize) -> String {
    [n / 26, n % 26]
        .iter()
        .map(|n| char::from(b'a' + u8::try_from(*n).unwrap()))
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_refused_asks_and_the_referent_answers_in_two_clicks() {
    let world = World::start().await.unwrap();
    let (mut renee, mut aline) = (renee(&world).await, world.log_in(ALINE).await.unwrap());
    let refused = aline.open(&world.url("bip", "/")).await.unwrap();
    let (_, ask) = refused
        .links("main a")
        .into_iter()
        .find(|(_, a)| a.contains("/demande"))
        .unwrap();
    let form = aline.open(&ask).await.unwrap();
    let page = aline
        .submit(&form, &[("message", "Pour la paie")])
        .await
        .unwrap();
    assert!(page.text.contains("Demande envoyée"), "{}", page.text);
    let list = open(&world, &mut renee, "/referent/demandes").await;
    assert!(
        list.text.contains("Aline Petit demande BIP"),
        "{}",
        list.text
    );
    let effect = "son accès passe de «\u{a0}Aucun\u{a0}» à «\u{a0}Lecture\u{a0}»";
    assert!(list.text.contains(effect), "{}", list.text);
    let page = renee
        .submit(&list, &[("reponse", "non"), ("motif", "")])
        .await
        .unwrap();
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    let mistaken = [("reponse", "oui"), ("fin", "hier")];
    let page = renee.submit(&list, &mistaken).await.unwrap();
    assert_eq!(page.values("input#fin"), ["hier"]);
    let (_, mut fields) = list.form("demande").unwrap();
    fields.push(("reponse".to_owned(), "oui".to_owned()));
    let post = world.url("portail", "/referent/demandes");
    let page = renee.post(&post, &fields).await.unwrap();
    assert!(
        page.text.contains("La demande est acceptée"),
        "{}",
        page.text
    );
    assert_eq!(status(&world, &mut aline, "bip").await, StatusCode::OK);
    let again = renee.post(&post, &fields).await.unwrap();
    assert_eq!(again.status, StatusCode::NOT_FOUND);
}
