//! The console of the correspondant CIG and of a partner CDG: from a new collectivité to its invited
//! référent; and nobody else's.

mod closing;
mod edit;
pub(crate) mod guardrails;
mod redraft;
mod sole_referents;
mod tenancy;

use convergences_tests::client::{Client, Page};
use convergences_tests::world::{AMINA, CAMILLE, CORINNE, PIERRE, REGINE, RENEE, World};
use reqwest::{Method, StatusCode};

const SIRET: &str = "732 829 320 00074";
const PDF: &[u8] = b"%PDF-1.7\n1 0 obj";

async fn open(world: &World, client: &mut Client, path: &str) -> Page {
    client.open(&world.url("portail", path)).await.unwrap()
}

/// Opens Vauban.
async fn found(world: &World, client: &mut Client) -> Page {
    let form = open(world, client, "/cig/collectivites/nouvelle").await;
    let filled = [
        ("nom", "Ville de Vaubân"),
        ("siret", SIRET),
        ("insee", "2a004"),
        ("genre", "collectivite"),
        ("service", "bip"),
        ("places-bip", "12"),
    ];
    client.submit(&form, &filled).await.unwrap()
}

/// Writes Zoé's designation down.
async fn designate(world: &World, client: &mut Client, collectivite: &str) -> Page {
    let path = format!("/cig/collectivites/{collectivite}/designations");
    let form = open(world, client, &path).await;
    let filled = [
        ("prenom", "Zoé"),
        ("nom", "Durand"),
        ("courriel", "zoe.durand@vauban.example"),
        ("signataire", "Thérèse Vidal"),
        ("qualite", "Maire"),
    ];
    client.submit(&form, &filled).await.unwrap()
}

/// A second person looks at the document, which is never shown in the page's place, and checks it.
async fn look_and_check(world: &World, camille: &mut Client, address: &str) {
    let todo = open(world, camille, "/cig").await;
    assert!(
        todo.text.contains("Zoé Durand, Ville de Vaubân"),
        "{}",
        todo.text
    );
    let fetched = camille
        .request(
            Method::GET,
            &world.url("portail", &format!("{address}/document")),
        )
        .unwrap()
        .send()
        .await
        .unwrap();
    let header = |name: &str| fetched.headers()[name].to_str().unwrap().to_owned();
    assert_eq!(header("content-type"), "application/octet-stream");
    assert!(header("content-disposition").starts_with("attachment"));
    assert_eq!(header("x-content-type-options"), "nosniff");
    assert!(header("content-security-policy").contains("sandbox"));
    assert_eq!(fetched.bytes().await.unwrap(), PDF);
    let page = open(world, camille, address).await;
    let token = page.form("jeton").unwrap().1;
    let fields = [
        ("jeton".to_owned(), token[0].1.clone()),
        ("pas".to_owned(), "verifier".to_owned()),
        (
            "document".to_owned(),
            page.values("input[name=document]").remove(0),
        ),
    ];
    let check = world.url("portail", &format!("{address}/controle"));
    let page = camille.post(&check, &fields).await.unwrap();
    assert!(
        page.text.contains("La désignation est vérifiée"),
        "{}",
        page.text
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_correspondant_opens_a_collectivite_and_finds_it_again() {
    let world = World::start().await.unwrap();
    let mut corinne = world.log_in(CORINNE).await.unwrap();
    let page = open(&world, &mut corinne, "/").await;
    assert!(page.text.contains("Gérer les collectivités"));
    let page = found(&world, &mut corinne).await;
    assert_eq!(page.heading(), "Ville de Vaubân");
    assert!(page.url.path().ends_with("/cig/collectivites/732829320"));
    assert!(
        page.text.contains("2A004") && page.text.contains("12 places"),
        "{}",
        page.text
    );
    let list = open(
        &world,
        &mut corinne,
        "/cig/collectivites?q=VAUBAN&etat=a-relancer",
    )
    .await;
    assert_eq!(list.select("tbody tr").len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn from_a_new_collectivite_to_its_invited_referent() {
    let world = World::start().await.unwrap();
    let mut corinne = world.log_in(CORINNE).await.unwrap();
    found(&world, &mut corinne).await;
    let case = designate(&world, &mut corinne, "732829320").await;
    assert_eq!(case.heading(), "Désignation de Zoé Durand");
    let address = case.url.path().to_owned();
    let form = open(&world, &mut corinne, &format!("{address}/formulaire")).await;
    assert!(form.text.contains("Thérèse Vidal") && form.text.contains("zoe.durand@vauban.example"));
    // Whose it is, and where it goes back.
    assert!(form.text.contains("73282932000074"), "{}", form.text);
    let end = form.select("main h2, main p strong").join("|");
    assert!(
        end.contains("À renvoyer une fois signé|CIG de démonstration"),
        "{end}"
    );
    let page = corinne
        .upload(&case, "fichier", ("a.pdf", PDF))
        .await
        .unwrap();
    assert!(page.text.contains("Une deuxième personne"), "{}", page.text);
    // Whoever recorded it sees no button, and is refused without one.
    assert!(page.form("pas").is_err() && !page.text.contains("Vérifier et inviter"));
    let token = page.form("jeton").unwrap().1;
    let fields = [
        ("jeton".to_owned(), token[0].1.clone()),
        ("pas".to_owned(), "verifier".to_owned()),
    ];
    let check = world.url("portail", &format!("{address}/controle"));
    let refused = corinne.post(&check, &fields).await.unwrap();
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
    assert!(
        refused.heading().contains("Une autre personne"),
        "{}",
        refused.heading()
    );

    let mut camille = world.log_in(CAMILLE).await.unwrap();
    look_and_check(&world, &mut camille, &address).await;
    let sheet = open(&world, &mut camille, "/cig/collectivites/732829320").await;
    assert!(sheet.text.contains("Zoé Durand"), "{}", sheet.text);
    let list = open(&world, &mut camille, "/cig/collectivites?q=vauban").await;
    assert!(list.text.contains("Désignation vérifiée"));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_a_signed_document_is_refused_with_a_remedy() {
    let world = World::start().await.unwrap();
    let mut corinne = world.log_in(CORINNE).await.unwrap();
    let case = designate(&world, &mut corinne, "fontclaire").await;
    let large = [PDF, &vec![0; 10 * 1024 * 1024]].concat();
    for (name, content, remedy) in [
        (
            "a.pdf",
            &b"<html><script>alert(1)</script>"[..],
            "PDF, PNG ou JPEG",
        ),
        ("a.pdf", b"", "Choisissez d’abord"),
        ("a.pdf", &large, "10 Mo au plus"),
    ] {
        let page = corinne
            .upload(&case, "fichier", (name, content))
            .await
            .unwrap();
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY, "{remedy}");
        assert!(
            page.select(".error-summary li").join(" ").contains(remedy),
            "{remedy}"
        );
        assert!(page.text.contains("Document signé attendu"), "{remedy}");
    }
    let page = corinne
        .upload(&case, "fichier", ("a.exe", b"\x89PNG\r\n\x1a\n-"))
        .await
        .unwrap();
    assert_eq!(page.status, StatusCode::OK);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_form_with_mistakes_keeps_what_was_typed() {
    let world = World::start().await.unwrap();
    let mut corinne = world.log_in(CORINNE).await.unwrap();
    let form = open(&world, &mut corinne, "/cig/collectivites/nouvelle").await;
    let wrong = [
        ("nom", "Vauban"),
        ("siret", "73282932000075"),
        ("insee", "9305"),
        ("places-bip", "x"),
        ("service", "bip"),
    ];
    let page = corinne.submit(&form, &wrong).await.unwrap();
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(page.select(".error-summary li").len(), 4, "{}", page.text);
    assert!(page.text.contains("value=\"73282932000075\""));
    // Each message stands beside its field, which the summary leads to.
    for (field, message) in [
        ("siret", "ne concorde pas"),
        ("insee", "5 caractères"),
        ("genre", "Choisissez le type"),
        ("places-bip", "nombre de places de BIP"),
    ] {
        let beside = page.select(&format!("#erreur-{field}")).join("");
        assert!(beside.contains(message), "{field}: {beside}");
        let tied = format!("#{field}[aria-describedby^=erreur-{field}]");
        assert_eq!(page.select(&tied).len(), 1, "{field}");
        let links = page.links(".error-summary a");
        let led = links.iter().any(|(_, to)| *to == format!("#{field}"));
        assert!(led, "{links:?}");
    }
    assert_eq!(page.values("[aria-invalid=true]").len(), 3);
    found(&world, &mut corinne).await;
    let again = found(&world, &mut corinne).await;
    assert!(again.text.contains("Ce SIRET est déjà"), "{}", again.text);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cdg_opens_and_follows_its_own_ones_and_sees_no_other() {
    let world = World::start().await.unwrap();
    let mut pierre = world.log_in(PIERRE).await.unwrap();
    let page = found(&world, &mut pierre).await;
    assert!(
        page.text.contains("Centre de gestion du Valmont"),
        "{}",
        page.text
    );
    let list = open(&world, &mut pierre, "/cig/collectivites").await;
    assert_eq!(
        list.select("tbody th"),
        ["Commune de Montrieux", "Ville de Vaubân"]
    );
    assert!(list.text.contains("2 collectivités") && !list.text.contains("Fontclaire"));
    let search = open(&world, &mut pierre, "/cig/collectivites?q=fontclaire&cdg=").await;
    assert_eq!(search.select("tbody tr").len(), 0);
    let mut corinne = world.log_in(CORINNE).await.unwrap();
    let case = designate(&world, &mut corinne, "fontclaire").await;
    let case = case.url.path().to_owned();
    for path in [
        "/cig/collectivites/fontclaire",
        "/cig/collectivites/fontclaire/modifier",
        "/cig/collectivites/fontclaire/designations",
        "/cig/collectivites/fontclaire/support",
        "/cig/collectivites/fontclaire/facteurs",
        "/cig/collectivites/cdg-valmont",
        "/cig/collectivites/cig",
        "/cig/collectivites/nulle-part",
        &case,
        &format!("{case}/formulaire"),
        &format!("{case}/document"),
        // Its own collectivité, another one's case.
        &case.replace("fontclaire", "montrieux"),
    ] {
        let page = open(&world, &mut pierre, path).await;
        assert_eq!(page.status, StatusCode::NOT_FOUND, "{path}");
        assert!(!page.text.contains("Fontclaire"), "{path}");
    }
    let mut renee = world.log_in(RENEE).await.unwrap();
    assert_eq!(
        open(&world, &mut renee, "/referent").await.status,
        StatusCode::OK
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_else_is_led_to_the_console() {
    let world = World::start().await.unwrap();
    for login in [AMINA, RENEE, REGINE] {
        let mut client = world.log_in(login).await.unwrap();
        let page = open(&world, &mut client, "/").await;
        assert!(!page.text.contains("Gérer les collectivités"), "{login}");
    }
    let mut anonymous = world.browser().unwrap();
    let page = open(&world, &mut anonymous, "/cig/collectivites").await;
    assert_eq!(page.heading(), "Connexion");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_closed_service_and_a_closed_collectivite_open_nothing() {
    let world = World::start().await.unwrap();
    let mut corinne = world.log_in(CORINNE).await.unwrap();
    let mut amina = world.log_in(AMINA).await.unwrap();
    let bip = world.url("bip", "/");
    assert_eq!(amina.open(&bip).await.unwrap().status, StatusCode::OK);
    let sheet = open(&world, &mut corinne, "/cig/collectivites/fontclaire").await;
    let version = sheet.form("version").unwrap().1;
    let state = world.url("portail", "/cig/collectivites/fontclaire/etat");
    let mut close = version.clone();
    close.push(("pas".to_owned(), "fermer".to_owned()));
    let page = corinne.post(&state, &close).await.unwrap();
    assert_eq!(page.heading(), "La fermeture n’est pas confirmée");
    assert_eq!(amina.open(&bip).await.unwrap().status, StatusCode::OK);
    close.push(("confirme".to_owned(), "oui".to_owned()));
    let page = corinne.post(&state, &close).await.unwrap();
    assert!(
        page.text.contains("La collectivité est fermée"),
        "{}",
        page.text
    );
    assert_eq!(
        amina.open(&bip).await.unwrap().status,
        StatusCode::FORBIDDEN
    );
    // A form that was opened before says so.
    assert_eq!(
        corinne.post(&state, &close).await.unwrap().status,
        StatusCode::CONFLICT
    );
    let page = open(&world, &mut corinne, "/cig/collectivites/fontclaire").await;
    let mut reopen = page.form("version").unwrap().1;
    reopen.push(("pas".to_owned(), "rouvrir".to_owned()));
    corinne.post(&state, &reopen).await.unwrap();
    assert_eq!(amina.open(&bip).await.unwrap().status, StatusCode::OK);
}

#[tokio::test(flavor = "multi_thread")]
async fn help_needs_a_reason_and_shows_what_the_person_opens() {
    let world = World::start().await.unwrap();
    let mut corinne = world.log_in(CORINNE).await.unwrap();
    let form = open(
        &world,
        &mut corinne,
        "/cig/collectivites/fontclaire/support",
    )
    .await;
    let page = corinne
        .submit(&form, &[("agent", AMINA), ("motif", "")])
        .await
        .unwrap();
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(!page.text.contains("Amina Benali"));
    let page = corinne
        .submit(&form, &[("agent", AMINA), ("motif", "appel du 20/11")])
        .await
        .unwrap();
    assert_eq!(page.select("tbody tr").len(), 3, "{}", page.text);
    assert!(
        page.text.contains("Amina Benali")
            && page
                .text
                .contains("Aucun droit n’est attribué à cette personne"),
        "{}",
        page.text
    );
    let mut renee = world.log_in(RENEE).await.unwrap();
    let journal = open(&world, &mut renee, "/referent/journal").await;
    assert!(
        journal.text.contains("accès consultés pour Amina Benali"),
        "{}",
        journal.text
    );
    let stranger = corinne
        .submit(&form, &[("agent", REGINE), ("motif", "appel du 20/11")])
        .await
        .unwrap();
    assert_eq!(stranger.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(!stranger.text.contains("Morel"));
}
