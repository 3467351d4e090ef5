//! Two people for a change of rules: who prepares it does not publish it, another référent does; and it
//! takes two to end that.

use super::{open, regine, renee, status};
use convergences_tests::client::{Client, Page};
use convergences_tests::world::{ALAIN, World};
use reqwest::StatusCode;

const RULES: &str = "/referent/regles";

async fn set(world: &World, client: &mut Client, step: &str) -> Page {
    let page = open(world, client, RULES).await;
    client.submit(&page, &[("pas", step)]).await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_one_referent_prepares_another_one_publishes() {
    let world = World::start().await.unwrap();
    let mut renee = renee(&world).await;
    // Nobody can need a second person who is not there.
    let page = open(&world, &mut renee, RULES).await;
    assert!(
        page.text.contains("Avec un deuxième référent"),
        "{}",
        page.text
    );
    let mut regine = regine(&world).await;
    let page = set(&world, &mut renee, "exiger").await;
    assert!(
        page.text.contains("demande désormais deux référents"),
        "{}",
        page.text
    );
    let form = open(&world, &mut renee, "/referent/regles/nouvelle").await;
    let rule = [
        ("effet", "acces"),
        ("qui", "certains"),
        ("groupe-2", "fontclaire/rh"),
        ("cible", "service:site"),
    ];
    let draft = renee.submit(&form, &rule).await.unwrap();
    assert!(
        draft.text.contains("un autre référent doit le publier"),
        "{}",
        draft.text
    );
    assert!(!draft.values("button").contains(&"publier".to_owned()));
    // Not by the post alone either.
    let forced = [("motif", "vite"), ("pas", "publier")];
    let refused = renee.submit(&draft, &forced).await.unwrap();
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    let said = refused.select(".error-summary li").join(" ");
    assert!(said.contains("un autre référent"), "{said}");
    // The other one finds it, and publishes it.
    let todo = open(&world, &mut regine, "/referent").await;
    assert!(
        todo.text.contains("1 changement de règle attend"),
        "{}",
        todo.text
    );
    let page = open(&world, &mut regine, draft.url.path()).await;
    let page = regine.submit(&page, &forced).await.unwrap();
    assert!(page.text.contains("La règle est publiée"), "{}", page.text);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rule_ends_once_two_referents_want_it() {
    let world = World::start().await.unwrap();
    let (mut renee, mut regine) = (renee(&world).await, regine(&world).await);
    let mut alain = world.log_in(ALAIN).await.unwrap();
    set(&world, &mut renee, "exiger").await;
    let end = "/referent/regles/paie-net-cotisations/retrait";
    for _ in 0..2 {
        // Asked twice by one person it is still there.
        let page = open(&world, &mut renee, end).await;
        let reason = [("motif", "fin de mission"), ("pas", "")];
        renee.submit(&page, &reason).await.unwrap();
        assert_eq!(
            status(&world, &mut alain, "cotisations").await,
            StatusCode::OK
        );
    }
    let page = open(&world, &mut regine, RULES).await;
    assert!(
        page.text
            .contains("Renée Martin demande le retrait de cette règle"),
        "{}",
        page.text
    );
    // She may also keep it; then it is asked for anew.
    let page = open(&world, &mut regine, end).await;
    assert!(page.text.contains("fin de mission"), "{}", page.text);
    let page = regine.submit(&page, &[("pas", "garder")]).await.unwrap();
    assert!(page.text.contains("La règle est gardée"), "{}", page.text);
    let page = open(&world, &mut regine, end).await;
    let page = regine
        .submit(&page, &[("motif", "fin de mission")])
        .await
        .unwrap();
    assert!(
        page.text.contains("Le retrait est demandé"),
        "{}",
        page.text
    );
    let page = open(&world, &mut renee, end).await;
    let reason = [("motif", "d’accord"), ("pas", "")];
    let page = renee.submit(&page, &reason).await.unwrap();
    assert!(page.text.contains("La règle est retirée"), "{}", page.text);
    assert_eq!(
        status(&world, &mut alain, "cotisations").await,
        StatusCode::FORBIDDEN
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn it_takes_two_to_be_one_again() {
    let world = World::start().await.unwrap();
    let (mut renee, mut regine) = (renee(&world).await, regine(&world).await);
    set(&world, &mut renee, "exiger").await;
    let page = set(&world, &mut renee, "cesser").await;
    assert!(page.text.contains("C’est demandé"), "{}", page.text);
    let again = open(&world, &mut renee, RULES).await;
    let fields = [
        (
            "jeton".to_owned(),
            again.values("input[name=jeton]")[0].clone(),
        ),
        ("pas".to_owned(), "cesser".to_owned()),
    ];
    let address = world.url("portail", "/referent/regles/a-deux");
    let refused = renee.post(&address, &fields).await.unwrap();
    assert_eq!(refused.status, StatusCode::CONFLICT);
    let page = set(&world, &mut regine, "cesser").await;
    assert!(
        page.text.contains("Un seul référent suffit désormais"),
        "{}",
        page.text
    );
}
