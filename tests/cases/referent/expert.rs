//! A rule in Cedar: checked with its place and its remedy, and inside its own collectivité like any other.

use super::{open, renee};
use convergences_tests::client::{Client, Page};
use convergences_tests::world::{REGINE, World};
use reqwest::StatusCode;

const NEW: &str = "/referent/regles/expert";

const EVENING: &str = r#"@libelle("Le soir, le RH lit le site avec un second facteur")
permit (principal in Collectivite::"fontclaire", action in [Action::"lecture"], resource in Service::"site")
when { principal in Groupe::"fontclaire/rh" && context.double_facteur && context.heure > duration("18h") };"#;

/// Sends a text with one of the two buttons.
async fn send(world: &World, client: &mut Client, address: &str, text: &str, step: &str) -> Page {
    let form = open(world, client, address).await;
    let filled = [("texte", text), ("pas", step)];
    client.submit(&form, &filled).await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_text_is_checked_laid_out_saved_and_studied_and_never_shown_by_the_form() {
    let world = World::start().await.unwrap();
    let mut renee = renee(&world).await;
    let checked = send(&world, &mut renee, NEW, EVENING, "verifier").await;
    assert_eq!(checked.status, StatusCode::OK);
    assert!(checked.text.contains("La règle tient"));
    let draft = send(&world, &mut renee, NEW, EVENING, "enregistrer").await;
    assert!(draft.url.path().ends_with("/brouillon"), "{}", draft.url);
    assert_eq!(
        draft.select("main .lead")[0],
        "Le soir, le RH lit le site avec un second facteur (texte expert)"
    );
    let text = draft.select("pre code")[0].clone();
    assert!(
        text.contains("  principal in Collectivite::\"fontclaire\",\n"),
        "{text}"
    );
    let address = draft.url.path().replace("/brouillon", "/modifier");
    let again = open(&world, &mut renee, &address).await;
    assert!(again.url.path().ends_with("/expert"), "{}", again.url);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_wrong_is_told_with_its_line_and_nothing_typed_is_lost() {
    let world = World::start().await.unwrap();
    let mut renee = renee(&world).await;
    for (from, to, said) in [
        ("context.heure", "context.heur", "Ligne 3"),
        ("fontclaire/rh", "montrieux/rh", "pas à votre collectivité"),
        (
            "Collectivite::\"fontclaire\"",
            "Collectivite::\"montrieux\"",
            "que les agents de votre collectivité",
        ),
        (
            "permit (principal in Collectivite::\"fontclaire\"",
            "permit (principal",
            "que les agents de votre collectivité",
        ),
        ("@libelle", "@titre", "ne dit pas ce qu’elle fait"),
        ("};", "", "Attendu"),
    ] {
        let text = EVENING.replace(from, to);
        let page = send(&world, &mut renee, NEW, &text, "enregistrer").await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY, "{to}");
        let errors = page
            .select(".error-summary li")
            .join("|")
            .replace('\u{a0}', " ");
        assert!(errors.contains(said), "{to}: {errors}");
        assert!(page.select("textarea")[0].contains(to), "{to}");
    }
    let list = open(&world, &mut renee, "/referent/regles").await;
    assert!(!list.text.contains("Brouillons"), "{}", list.text);
}

#[tokio::test(flavor = "multi_thread")]
async fn whatever_a_text_names_must_be_there() {
    let world = World::start().await.unwrap();
    let mut renee = renee(&world).await;
    for (from, to, said) in [
        (
            "fontclaire/rh",
            "fontclaire/drh",
            "« fontclaire/drh » n’est pas un service",
        ),
        (
            "context.double_facteur",
            "context.reseaux.contains(\"mairi\")",
            "« mairi » n’est pas un réseau",
        ),
        (
            "context.double_facteur",
            "principal != Agent::\"fontclaire/personne\"",
            "n’est pas une personne de votre collectivité",
        ),
        (
            "resource in Service::\"site\"",
            "resource == Route::\"site/nulle-part\"",
            "n’est pas une rubrique",
        ),
    ] {
        let text = EVENING.replace(from, to);
        let page = send(&world, &mut renee, NEW, &text, "enregistrer").await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
        let errors = page
            .select(".error-summary li")
            .join("|")
            .replace('\u{a0}', " ");
        assert!(
            errors.contains("Ligne") && errors.contains(said),
            "{errors}"
        );
    }
    let reserved = EVENING.replace(
        "resource in Service::\"site\"",
        "resource == Route::\"site/espace-reserve\"",
    );
    let checked = send(&world, &mut renee, NEW, &reserved, "verifier").await;
    assert!(checked.text.contains("La règle tient"), "{}", checked.text);
}

/// The last part of the id of somebody whom a search finds alone.
async fn id_of(world: &World, client: &mut Client, search: &str) -> String {
    let list = open(world, client, &format!("/referent/agents?q={search}")).await;
    let mut links = list.links("tbody a").into_iter();
    let (_, address) = links
        .find(|(_, to)| to.contains("/referent/agents/"))
        .unwrap();
    address.rsplit('/').next().unwrap().to_owned()
}

/// Tries to publish, with every box ticked.
async fn publish(client: &mut Client, page: &Page) -> Page {
    let filled = [("motif", "essai"), ("confirme", "oui"), ("pas", "publier")];
    client.submit(page, &filled).await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_text_opens_nothing_to_oneself_for_later_either() {
    let world = World::start().await.unwrap();
    let mut regine = world.log_in(REGINE).await.unwrap();
    let own = id_of(&world, &mut regine, "morel").await;
    let later = r#"@libelle("Plus tard")
permit (principal in Collectivite::"montrieux", action in [Action::"lecture", Action::"ecriture"], resource in Service::"bip")
when { context.maintenant > datetime("2026-12-01T00:00:00Z") };"#;
    let draft = send(&world, &mut regine, NEW, later, "enregistrer").await;
    let refused = publish(&mut regine, &draft).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    let errors = refused.select(".error-summary li").join("|");
    assert!(errors.contains("propres droits"), "{errors}");
    // Who is excepted may publish it for the others.
    let clause = format!("unless {{ principal == Agent::\"montrieux/{own}\" }};");
    let excepted = later.replace("};", &format!("}}\n{clause}"));
    let draft = send(&world, &mut regine, NEW, &excepted, "enregistrer").await;
    let list = publish(&mut regine, &draft).await;
    assert!(list.text.contains("La règle est publiée"), "{}", list.text);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_network_that_is_not_confirmed_hides_nothing() {
    let world = World::start().await.unwrap();
    let mut regine = world.log_in(REGINE).await.unwrap();
    let form = open(&world, &mut regine, "/referent/reseaux").await;
    let network = [("nom", "domicile"), ("adresses", "203.0.113.78")];
    regine.submit(&form, &network).await.unwrap();
    let form = open(&world, &mut regine, "/referent/regles/nouvelle").await;
    let filled = [
        ("effet", "acces"),
        ("qui", "certains"),
        ("personnes", REGINE),
        ("cible", "service:bip"),
        ("niveau", "ecriture"),
        ("reseau-1", "domicile"),
    ];
    let draft = regine.submit(&form, &filled).await.unwrap();
    let refused = publish(&mut regine, &draft).await;
    let errors = refused.select(".error-summary li").join("|");
    assert!(errors.contains("propres droits"), "{errors}");
}
