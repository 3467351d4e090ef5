//! From a file of agents to an agent at work, and to the day she leaves: with real letters.

use convergences_tests::client::Client;
use convergences_tests::world::{RENEE, World};
use reqwest::StatusCode;

const ZOE: &str = "zoe.lefevre@fontclaire.example";
const PASSWORD: &str = "trois chevaux au bord du lac";

#[tokio::test(flavor = "multi_thread")]
async fn an_invited_agent_activates_opens_bip_and_is_cut_off_when_she_leaves() {
    let world = World::start().await.unwrap();
    let portal = |path: &str| world.url("portail", path);
    let mut renee = world.log_in(RENEE).await.unwrap();
    let profiles = renee.open(&portal("/referent/profils")).await.unwrap();
    let filled = [("nom", "Lecture BIP"), ("droit-bip", "bip|lecture")];
    renee.submit(&profiles, &filled).await.unwrap();
    let form = renee.open(&portal("/referent/import")).await.unwrap();
    let file = format!("Prénom;Nom;Courriel;Profil\r\nZoé;Lefèvre;{ZOE};Lecture BIP\r\n");
    let shown = renee
        .upload(&form, "fichier", ("agents.csv", file.as_bytes()))
        .await
        .unwrap();
    assert!(
        shown
            .text
            .contains("BIP, lecture\u{a0}: 1 agent gagne l’accès"),
        "{}",
        shown.text
    );
    renee.confirm(&shown).await.unwrap();

    let mut zoe = activate(&world).await;
    let found = renee
        .open(&portal("/referent/agents?q=lefevre"))
        .await
        .unwrap();
    assert!(
        found.select("tbody td").contains(&"Actif".to_owned()),
        "{}",
        found.text
    );
    let (_, address) = found.links("tbody th a").pop().unwrap();
    let page = renee.open(&portal(&address)).await.unwrap();
    let version = page.values("input[name=version]").remove(0);
    let leaving = [
        ("pas", "suspend"),
        ("date", ""),
        ("version", version.as_str()),
    ];
    renee.submit(&page, &leaving).await.unwrap();
    for host in ["bip", "portail"] {
        let page = zoe.open(&world.url(host, "/")).await.unwrap();
        assert_eq!(page.status, StatusCode::FORBIDDEN, "{host}");
    }
}

/// Zoé follows her invitation, chooses a password, logs in and opens BIP.
async fn activate(world: &World) -> Client {
    let letters = world.mailbox.wait_for(ZOE, 1).await;
    let link = letters[0].link().unwrap().to_owned();
    assert!(
        letters[0].text.contains("Ville de Fontclaire"),
        "{}",
        letters[0].text
    );
    let mut zoe = world.browser().unwrap();
    // A mail scanner opens links, and more than once.
    for _ in 0..2 {
        let opened = zoe.open(&link).await.unwrap();
        assert_eq!(opened.status, StatusCode::OK);
    }
    let page = zoe.open(&link).await.unwrap();
    let weak = [
        ("mot_de_passe", "fontclaire2026"),
        ("confirmation", "fontclaire2026"),
    ];
    let page = zoe.submit(&page, &weak).await.unwrap();
    assert_eq!(
        page.status,
        StatusCode::UNPROCESSABLE_ENTITY,
        "{}",
        page.text
    );
    let strong = [("mot_de_passe", PASSWORD), ("confirmation", PASSWORD)];
    let page = zoe.submit(&page, &strong).await.unwrap();
    // She is not asked who she is again.
    assert_eq!(page.values("#identifiant"), [ZOE]);
    let home = zoe
        .submit(&page, &[("mot_de_passe", PASSWORD)])
        .await
        .unwrap();
    assert_eq!(home.heading(), "Mes services", "{}", home.text);
    let bip = world.url("bip", "/");
    assert_eq!(zoe.open(&bip).await.unwrap().status, StatusCode::OK);
    let used = zoe.open(&link).await.unwrap();
    assert_ne!(used.status, StatusCode::OK);
    zoe
}
