//! Who administers, until when, and the form for a second one or for a stand-in.

use super::{open, renee};
use convergences_tests::world::{REGINE, World};
use reqwest::StatusCode;

#[tokio::test(flavor = "multi_thread")]
async fn a_lone_referent_prints_the_form_for_a_stand_in() {
    let world = World::start().await.unwrap();
    let mut renee = renee(&world).await;
    let page = open(&world, &mut renee, "/referent/referents").await;
    assert!(page.text.contains("Un seul référent est en activité"));
    assert_eq!(page.select("dl dt"), ["Renée Martin"]);
    let filled = [
        ("prenom", "Zoé"),
        ("nom", "Durand"),
        ("courriel", "zoe.durand@fontclaire.example"),
        ("signataire", "Thérèse Vidal"),
        ("qualite", "Maire"),
        ("remplace", "Renée Martin"),
        ("debut", "01/12/2026"),
        ("fin", ""),
    ];
    // A stand-in has a last day.
    let page = renee.submit(&page, &filled).await.unwrap();
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    let errors = page.select(".error-summary li");
    assert!(
        errors.len() == 1 && errors[0].contains("dernier jour"),
        "{errors:?}"
    );
    let page = renee.submit(&page, &[("fin", "31/12/2026")]).await.unwrap();
    assert_eq!(page.heading(), "Désignation d’un référent administrateur");
    for said in [
        "Ville de Fontclaire",
        "zoe.durand@fontclaire.example",
        "du 01/12/2026 au 31/12/2026",
        "Renée Martin, qui reste référent",
    ] {
        assert!(page.text.contains(said), "{said}: {}", page.text);
    }
    // Another town's référente cannot be named.
    let mut regine = world.log_in(REGINE).await.unwrap();
    let form = open(&world, &mut regine, "/referent/referents").await;
    assert!(!form.text.contains("Renée"));
    let page = regine.submit(&form, &filled).await.unwrap();
    assert!(!page.text.contains("qui reste référent"), "{}", page.text);
}
