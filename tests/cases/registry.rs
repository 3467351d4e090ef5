//! A file of collectivités: shown before anything is written, taken in at once or not at all, and
//! again without effect.

use convergences_tests::client::{Client, Page};
use convergences_tests::world::{ALINE, CORINNE, PIERRE, RENEE, World};
use reqwest::{Method, StatusCode};

const IMPORT: &str = "/cig/collectivites/import";
/// As French Excel writes it, in Windows-1252: Vaubân is new, and two rows are faulty.
const FILE: &[u8] = b"Nom;SIRET;Code INSEE;Type;Services ouverts;Places BIP\r\n\
    Ville de Vaub\xe2n;732 829 320 00074;1004;Commune;BIP, Net Cotisations;12\r\n\
    Ville d'Ailleurs;73282932000075;;Commune;BIP;\r\n\
    CCAS de Vaub\xe2n;356 000 000 00048;;CCAS;Snapi;\r\n";

async fn open(world: &World, client: &mut Client, path: &str) -> Page {
    client.open(&world.url("portail", path)).await.unwrap()
}

async fn upload(world: &World, client: &mut Client, file: &[u8]) -> Page {
    let form = open(world, client, IMPORT).await;
    let file = ("collectivites.csv", file);
    client.upload(&form, "fichier", file).await.unwrap()
}

async fn file(world: &World, client: &Client, path: &str) -> (StatusCode, String) {
    let request = client.request(Method::GET, &world.url("portail", path));
    let answer = request.unwrap().send().await.unwrap();
    (answer.status(), answer.text().await.unwrap())
}

fn counts(page: &Page) -> Vec<String> {
    page.select("dd")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_opens_collectivites_and_again_changes_nothing() {
    let world = World::start().await.unwrap();
    let mut corinne = world.log_in(CORINNE).await.unwrap();
    let shown = upload(&world, &mut corinne, FILE).await;
    assert_eq!(counts(&shown), ["1", "0", "0", "2"], "{}", shown.text);
    assert!(
        shown.text.contains("BIP (12 places), Net Cotisations"),
        "{}",
        shown.text
    );
    let before = open(&world, &mut corinne, "/cig/collectivites?q=vauban").await;
    assert_eq!(before.select("tbody tr").len(), 0);
    let address = shown.url.path().to_owned();
    let (_, faulty) = file(&world, &corinne, &format!("{address}/a-corriger.csv")).await;
    assert_eq!(faulty.lines().count(), 3, "{faulty}");
    assert!(
        faulty.contains("À corriger") && faulty.contains("SIRET : Écrivez les 14 chiffres"),
        "{faulty}"
    );

    let report = corinne.confirm(&shown).await.unwrap();
    assert!(
        report.text.contains("1 ouverture, 0 modification"),
        "{}",
        report.text
    );
    let sheet = open(&world, &mut corinne, "/cig/collectivites/732829320").await;
    assert_eq!(sheet.heading(), "Ville de Vaubân");
    assert!(
        sheet.text.contains("12 places") && sheet.text.contains("01004"),
        "{}",
        sheet.text
    );
    // The button of a page that is still open does nothing more.
    let twice = corinne.confirm(&shown).await.unwrap();
    assert!(
        twice.text.contains("L’import est terminé"),
        "{}",
        twice.text
    );
    let again = upload(&world, &mut corinne, FILE).await;
    assert_eq!(counts(&again), ["0", "0", "1", "2"], "{}", again.text);
    assert!(again.text.contains("rien à importer"));

    let changed = "Nom;SIRET;Services ouverts;Places BIP\nVauban;73282932000074;BIP;20\n";
    let shown = upload(&world, &mut corinne, changed.as_bytes()).await;
    assert_eq!(counts(&shown), ["0", "1", "0", "0"], "{}", shown.text);
    corinne.confirm(&shown).await.unwrap();
    let sheet = open(&world, &mut corinne, "/cig/collectivites/732829320").await;
    assert_eq!(sheet.heading(), "Vauban");
    assert!(sheet.text.contains("20 places") && !sheet.text.contains("Net Cotisations"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_row_tells_all_that_is_wrong_with_it_and_another_type_is_not_ignored() {
    let world = World::start().await.unwrap();
    let mut corinne = world.log_in(CORINNE).await.unwrap();
    let shown = upload(&world, &mut corinne, FILE).await;
    corinne.confirm(&shown).await.unwrap();
    let wrong = "Nom;SIRET;Type;Services ouverts;Places BIP\n\
        Ville de Vaubân;73282932000074;CCAS;BIP;douze\n\
        CCAS de Vaubân;35600000000048;;BIP;douze\n\
        Ailleurs;1;autre;Snapi;douze\n";
    let shown = upload(&world, &mut corinne, wrong.as_bytes()).await;
    assert_eq!(counts(&shown), ["0", "0", "0", "3"], "{}", shown.text);
    let rows = shown.select("tbody tr");
    let of = |row: &str| rows.iter().filter(|told| told.starts_with(row)).count();
    assert_eq!((of("2"), of("3"), of("4")), (2, 2, 4), "{rows:?}");
    let kind = rows.iter().find(|told| told.starts_with("2Type")).unwrap();
    assert!(
        kind.contains("Collectivité") && kind.contains("corrigez le SIRET"),
        "{kind}"
    );
    let faulty = format!("{}/a-corriger.csv", shown.url.path());
    let (_, faulty) = file(&world, &corinne, &faulty).await;
    let first = faulty.lines().nth(1).unwrap();
    assert!(
        first.contains("Places BIP\u{a0}: ") && first.contains("Type\u{a0}: "),
        "{first}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn what_changed_since_it_was_shown_is_shown_again() {
    let world = World::start().await.unwrap();
    let mut corinne = world.log_in(CORINNE).await.unwrap();
    let first = upload(&world, &mut corinne, FILE).await;
    let second = upload(&world, &mut corinne, FILE).await;
    corinne.confirm(&first).await.unwrap();
    let page = corinne.confirm(&second).await.unwrap();
    assert_eq!(counts(&page), ["0", "0", "1", "2"], "{}", page.text);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cdg_brings_its_own_ones_only() {
    let world = World::start().await.unwrap();
    let mut corinne = world.log_in(CORINNE).await.unwrap();
    let shown = upload(&world, &mut corinne, FILE).await;
    let address = shown.url.path().to_owned();
    corinne.confirm(&shown).await.unwrap();
    let mut pierre = world.log_in(PIERRE).await.unwrap();
    // The SIRET is another one's by now; the name of a service that is not his to open is not known.
    let theirs = upload(&world, &mut pierre, FILE).await;
    assert_eq!(counts(&theirs), ["0", "0", "0", "3"], "{}", theirs.text);
    let own = "Nom;SIRET;Type;CDG\nCCAS d'ici;35600000000048;CCAS;Centre de gestion du Valmont\nCDG;55208131766522;cdg;\n";
    let shown = upload(&world, &mut pierre, own.as_bytes()).await;
    assert_eq!(counts(&shown), ["1", "0", "0", "1"], "{}", shown.text);
    pierre.confirm(&shown).await.unwrap();
    let sheet = open(&world, &mut pierre, "/cig/collectivites/356000000").await;
    assert!(
        sheet.text.contains("Centre de gestion du Valmont"),
        "{}",
        sheet.text
    );
    // The CIG's own file is not there for him.
    for rest in ["", "/a-corriger.csv"] {
        let page = open(&world, &mut pierre, &format!("{address}{rest}")).await;
        assert_eq!(page.status, StatusCode::NOT_FOUND, "{rest}");
    }
    let fields = [page_token(&shown)];
    let url = world.url("portail", &address);
    let page = pierre.post(&url, &fields).await.unwrap();
    assert_eq!(page.status, StatusCode::NOT_FOUND);
}

fn page_token(page: &Page) -> (String, String) {
    page.form("jeton").unwrap().1.swap_remove(0)
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_else_brings_files_and_wrong_ones_say_what_to_do() {
    let world = World::start().await.unwrap();
    let mut corinne = world.log_in(CORINNE).await.unwrap();
    let shown = upload(&world, &mut corinne, FILE).await;
    let address = shown.url.path().to_owned();
    for login in [RENEE, ALINE] {
        let mut client = world.log_in(login).await.unwrap();
        for path in [
            IMPORT.to_owned(),
            format!("{IMPORT}/modele.csv"),
            address.clone(),
            format!("{address}/a-corriger.csv"),
        ] {
            let page = open(&world, &mut client, &path).await;
            assert_eq!(page.status, StatusCode::FORBIDDEN, "{login} {path}");
        }
    }
    let (status, model) = file(&world, &corinne, &format!("{IMPORT}/modele.csv")).await;
    assert_eq!(status, StatusCode::OK);
    assert!(
        model.contains("SIRET") && model.contains("Places BIP"),
        "{model}"
    );
    for (wrong, remedy) in [
        (&b""[..], "Choisissez d’abord"),
        (b"Nom;Ville\nA;B", "Il manque : « SIRET »"),
        (b"PK\x03\x04", "pas un fichier CSV"),
    ] {
        let page = upload(&world, &mut corinne, wrong).await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY, "{remedy}");
        assert!(
            page.select(".error-summary li").join(" ").contains(remedy),
            "{}",
            page.text
        );
    }
}
