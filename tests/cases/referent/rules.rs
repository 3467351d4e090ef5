//! A rule from the form to the gateway: the draft counts for nothing, its page says who gains and who
//! loses, and what is published holds for the next request.

use super::{open, renee, status};
use convergences_tests::client::{Client, Page};
use convergences_tests::world::{ALAIN, ALINE, AMINA, REGINE, World};
use policies::{Labels, Model, Names, Rule, Vocabulary};
use reqwest::StatusCode;
use sqlx::Connection as _;

/// Amina's service consults the reserved pages in office hours.
const OFFICE: [(&str, &str); 7] = [
    ("effet", "acces"),
    ("qui", "certains"),
    ("groupe-2", "fontclaire/rh"),
    ("cible", "service:site"),
    ("jour-5", "vendredi"),
    ("de", "7h"),
    ("a", "20:00"),
];

/// The reserved pages of the CIG's site.
async fn reserved(world: &World, client: &mut Client) -> Page {
    let address = world.url("www", "/espace-reserve/");
    client.open(&address).await.unwrap()
}

/// Sends a new rule; the page of its draft, or the form again.
async fn draft(world: &World, client: &mut Client, filled: &[(&str, &str)]) -> Page {
    let form = open(world, client, "/referent/regles/nouvelle").await;
    client.submit(&form, filled).await.unwrap()
}

async fn publish(client: &mut Client, page: &Page, reason: &str) -> Page {
    let filled = [("motif", reason), ("pas", "publier")];
    client.submit(page, &filled).await.unwrap()
}

/// Withdraws although the page warns.
async fn insist(client: &mut Client, page: &Page, reason: &str) -> Page {
    let filled = [("motif", reason), ("confirme", "oui")];
    client.submit(page, &filled).await.unwrap()
}

/// Publishes a rule as an operator would.
async fn impose(world: &World, vocabulary: &Vocabulary, id: &str, condition: &str, service: &str) {
    let rule = Rule {
        id: id.to_owned(),
        text: format!(
            "permit (principal in Collectivite::\"fontclaire\", action in [Action::\"lecture\"], resource in Service::\"{service}\"){condition};"
        ),
    };
    let town = "fontclaire".into();
    let published = world
        .product
        .store
        .publish_rule(vocabulary, &town, &rule, "test");
    published.await.unwrap();
}

/// A page's text without the spaces of typography.
fn plain(texts: &[String]) -> String {
    texts.join("|").replace('\u{a0}', " ")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rule_is_written_seen_and_published_and_says_why_it_refuses() {
    let world = World::start().await.unwrap();
    let mut renee = renee(&world).await;
    let mut amina = world.log_in(AMINA).await.unwrap();
    let page = draft(&world, &mut renee, &OFFICE).await;
    assert_eq!(
        plain(&page.select("main .lead")[..1]),
        "Les agents du service « Ressources humaines » accèdent à Site Internet du CIG (lecture), le vendredi de 7 h à 20 h."
    );
    // Two moments matter: when the rule holds and when not.
    let lines = page.select("section[aria-label^=Effets] tbody tr");
    assert_eq!(lines.len(), 2, "{lines:?}");
    let gained = plain(&page.select("section[aria-label='Accès gagnés'] tbody tr"));
    assert!(
        gained.contains("Amina Benali") && gained.contains("Aucun"),
        "{gained}"
    );
    assert!(
        gained.contains("Les agents du service « Ressources humaines »"),
        "its rule: {gained}"
    );
    assert!(
        !gained.contains("Renée"),
        "she has a right of her own: {gained}"
    );
    // Nothing is open before.
    let refused = reserved(&world, &mut amina).await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
    let page = publish(&mut renee, &page, "").await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(page.select(".error-summary li")[0].contains("pourquoi"));
    let page = publish(&mut renee, &page, "ouverture du service").await;
    assert!(page.text.contains("La règle est publiée"), "{}", page.text);
    assert!(page.text.contains("ouverture du service"));
    assert_eq!(reserved(&world, &mut amina).await.status, StatusCode::OK);
    // At home in the evening.
    world.clock.advance(11 * 3600);
    let mut amina = world.log_in(AMINA).await.unwrap();
    let page = reserved(&world, &mut amina).await;
    assert_eq!(page.status, StatusCode::FORBIDDEN);
    let said = plain(&page.select(".notice p"));
    assert!(
        said.contains("Cet accès n’est ouvert que de 7 h à 20 h."),
        "{said}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn each_mistake_of_the_form_is_told_at_its_field_and_nothing_typed_is_lost() {
    let world = World::start().await.unwrap();
    let mut renee = renee(&world).await;
    let nothing = draft(&world, &mut renee, &[("effet", "")]).await;
    assert_eq!(nothing.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(
        nothing.select(".error-summary li").len(),
        3,
        "{:?}",
        nothing.select(".error-summary li")
    );
    for (field, value, word) in [
        ("de", "sept heures", "7:00"),
        ("de", "21:00", "Pour une nuit"),
        ("apartir", "31/02/2026", "31/12/2026"),
        ("personnes", "Nadia Inconnue", "n’est le nom ni l’adresse"),
        ("qui", "tous", "désigné des agents"),
        ("nature-1", "fiche", "ses documents"),
        ("theme-1", "Recrutement", "ses documents"),
        ("sauf", "Nadia Inconnue", "n’est le nom ni l’adresse"),
    ] {
        let mut filled = OFFICE.to_vec();
        filled.retain(|(known, _)| *known != field);
        filled.push((field, value));
        let page = draft(&world, &mut renee, &filled).await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY, "{field}");
        let errors = page.select(".error-summary li");
        assert!(
            errors.len() == 1 && errors[0].contains(word),
            "{field}: {errors:?}"
        );
        assert!(
            page.values("input[name=a]").contains(&"20:00".to_owned()),
            "{field}"
        );
    }
    // Nothing was kept of them.
    let list = open(&world, &mut renee, "/referent/regles").await;
    assert!(!list.text.contains("Brouillons"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rule_is_changed_withdrawn_and_taken_up_again_with_its_history() {
    let world = World::start().await.unwrap();
    let mut renee = renee(&world).await;
    let mut alain = world.log_in(ALAIN).await.unwrap();
    let rule = "/referent/regles/paie-net-cotisations";
    assert_eq!(
        status(&world, &mut alain, "cotisations").await,
        StatusCode::OK
    );
    // The form holds the rule; consulting only takes the modification away.
    let form = open(&world, &mut renee, &format!("{rule}/modifier")).await;
    let page = renee.submit(&form, &[("niveau", "lecture")]).await.unwrap();
    assert!(plain(&page.select("main p")).contains("En vigueur jusque-là : Les agents du service « Paie » accèdent à Net Cotisations (modification)."));
    let lost = plain(&page.select("section[aria-label='Accès perdus'] tbody tr"));
    assert!(
        lost.contains("Alain Garnier")
            && lost.contains("plus aucun droit ni aucune règle ne le donne"),
        "{lost}"
    );
    publish(&mut renee, &page, "lecture seulement").await;
    // Its end takes the rest away, from everybody whom it was for.
    let page = open(&world, &mut renee, &format!("{rule}/retrait")).await;
    let lost = plain(&page.select("section[aria-label='Accès perdus'] tbody tr"));
    assert!(lost.contains("plus aucun droit ni aucune règle"), "{lost}");
    let page = renee
        .submit(&page, &[("motif", "fin de mission")])
        .await
        .unwrap();
    assert!(page.text.contains("La règle est retirée"), "{}", page.text);
    assert_eq!(
        status(&world, &mut alain, "cotisations").await,
        StatusCode::FORBIDDEN
    );
    // The first version comes back by a draft that shows what it gives.
    let page = open(&world, &mut renee, rule).await;
    assert_eq!(page.heading(), "Règle retirée");
    assert!(page.text.contains("fin de mission") && page.text.contains("lecture seulement"));
    let page = renee.submit(&page, &[("version", "1")]).await.unwrap();
    let gained = plain(&page.select("section[aria-label='Accès gagnés'] tbody tr"));
    assert!(
        gained.contains("Alain Garnier") && gained.contains("Modification"),
        "{gained}"
    );
    publish(&mut renee, &page, "retour").await;
    assert_eq!(
        status(&world, &mut alain, "cotisations").await,
        StatusCode::OK
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_page_has_not_shown_is_not_published() {
    let world = World::start().await.unwrap();
    let (mut renee, mut other) = (renee(&world).await, renee(&world).await);
    let shown = draft(&world, &mut renee, &OFFICE).await;
    // Somebody else changes the draft meanwhile: the button is for what it showed.
    let address = shown.url.path().replace("brouillon", "modifier");
    let form = open(&world, &mut other, &address).await;
    other.submit(&form, &[("a", "19:00")]).await.unwrap();
    let page = publish(&mut renee, &shown, "à l’aveugle").await;
    assert_eq!(page.heading(), "Brouillon d’une règle");
    // And a post without the page's proof leads to the page.
    let shown = open(&world, &mut renee, shown.url.path()).await;
    let filled = [("motif", "sans voir"), ("pas", "publier"), ("apercu", "")];
    let page = renee.submit(&shown, &filled).await.unwrap();
    assert_eq!(page.heading(), "Brouillon d’une règle");
    let list = open(&world, &mut renee, "/referent/regles").await;
    assert!(!list.text.contains("à l’aveugle") && !list.text.contains("sans voir"));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_shuts_everybody_out_is_asked_again() {
    let world = World::start().await.unwrap();
    let mut renee = renee(&world).await;
    let filled = [
        ("effet", "restriction"),
        ("qui", "tous"),
        ("cible", "service:bip"),
    ];
    let page = draft(&world, &mut renee, &filled).await;
    assert_eq!(
        plain(&page.select("main .lead")[..1]),
        "Aucun agent n’accède à BIP."
    );
    let warnings = plain(&page.select(".notice-warning li"));
    for word in [
        "Vous perdez vous-même",
        "Tous les référents",
        "Plus personne n’accède à « BIP »",
    ] {
        assert!(warnings.contains(word), "{word}: {warnings}");
    }
    assert!(!warnings.contains("certaines circonstances"), "{warnings}");
    // Written once more, it is the same draft.
    let same = draft(&world, &mut renee, &filled).await;
    assert_eq!(same.url, page.url);
    let page = publish(&mut renee, &page, "essai").await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(page.values("input[name=motif]"), ["essai"]);
    let filled = [("motif", "essai"), ("confirme", "oui"), ("pas", "publier")];
    let page = renee.submit(&page, &filled).await.unwrap();
    assert!(page.text.contains("La règle est publiée"), "{}", page.text);
    assert_eq!(
        status(&world, &mut renee, "bip").await,
        StatusCode::FORBIDDEN
    );
    // The console is none of a rule's business.
    assert_eq!(
        open(&world, &mut renee, "/referent/regles").await.status,
        StatusCode::OK
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn another_towns_people_cannot_be_named() {
    let world = World::start().await.unwrap();
    let mut regine = world.log_in(REGINE).await.unwrap();
    let named = [
        ("effet", "acces"),
        ("qui", "certains"),
        ("cible", "service:bip"),
        ("personnes", AMINA),
    ];
    let page = draft(&world, &mut regine, &named).await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(page.select(".error-summary li")[0].contains("d’aucun agent"));
    let group = [
        ("effet", "acces"),
        ("qui", "certains"),
        ("cible", "service:bip"),
        ("groupe-1", "fontclaire/rh"),
    ];
    let page = draft(&world, &mut regine, &group).await;
    assert_eq!(page.status, StatusCode::NOT_FOUND);
    assert_eq!(page.heading(), "Ce choix n’est pas de votre collectivité");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rule_without_effect_says_so_and_why() {
    let world = World::start().await.unwrap();
    let mut renee = renee(&world).await;
    for (filled, words) in [
        // Renée has the right already, and she is the only one named.
        (
            [
                ("effet", "acces"),
                ("qui", "certains"),
                ("personnes", "renee.martin@fontclaire.example"),
                ("cible", "service:bip"),
            ],
            "un droit donne déjà cet accès",
        ),
        (
            [
                ("effet", "exigence"),
                ("qui", "certains"),
                ("personnes", "aline.petit@fontclaire.example"),
                ("cible", "service:bip"),
            ],
            "aucun de ceux qu’elle concerne n’a cet accès",
        ),
    ] {
        let mut filled = filled.to_vec();
        if filled[0].1 == "exigence" {
            filled.push(("facteur", "oui"));
        }
        let page = draft(&world, &mut renee, &filled).await;
        let alerts = plain(&page.select("#alertes p"));
        assert!(alerts.contains(words), "{alerts}");
    }
    // What a rule closes, another one does not open.
    let closed = [
        ("effet", "restriction"),
        ("qui", "tous"),
        ("cible", "service:bip"),
    ];
    let page = draft(&world, &mut renee, &closed).await;
    let filled = [("motif", "essai"), ("confirme", "oui"), ("pas", "publier")];
    renee.submit(&page, &filled).await.unwrap();
    let opened = [
        ("effet", "acces"),
        ("qui", "certains"),
        ("personnes", "aline.petit@fontclaire.example"),
        ("cible", "service:bip"),
    ];
    let page = draft(&world, &mut renee, &opened).await;
    let alerts = plain(&page.select("#alertes p"));
    assert!(alerts.contains("Aucun agent n’accède à BIP"), "{alerts}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_form_says_what_it_would_say_before_anything_is_saved() {
    let world = World::start().await.unwrap();
    let mut renee = renee(&world).await;
    let form = open(&world, &mut renee, "/referent/regles/nouvelle").await;
    assert!(plain(&form.select("main p")).contains("Par exemple : « Les agents du service"));
    let shown = [&OFFICE[..], &[("pas", "voir")]].concat();
    let page = renee.submit(&form, &shown).await.unwrap();
    assert_eq!(page.status, StatusCode::OK);
    let said = plain(&page.select("#phrase-vive"));
    assert_eq!(
        said,
        "Les agents du service « Ressources humaines » accèdent à Site Internet du CIG (lecture), le vendredi de 7 h à 20 h."
    );
    assert!(plain(&page.select("#cedar-vif")).contains("permit ("));
    // What a script asks for while somebody ticks.
    let address = world.url("portail", "/referent/regles/phrase");
    let token = page.values("input[name=jeton]").remove(0);
    let fields = [
        ("jeton", &*token),
        ("effet", "restriction"),
        ("qui", "tous"),
    ];
    let fields = fields.map(|(name, value)| (name.to_owned(), value.to_owned()));
    let answer = renee.post(&address, &fields).await.unwrap();
    assert!(
        answer.text.contains("Choisissez un service"),
        "{}",
        answer.text
    );
    let list = open(&world, &mut renee, "/referent/regles").await;
    assert!(!list.text.contains("Brouillons"), "nothing is saved");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rule_on_a_group_that_is_gone_still_opens_in_the_form() {
    let world = World::start().await.unwrap();
    let mut renee = renee(&world).await;
    let names = Names {
        services: Labels::from_iter([("bip", "BIP")]),
        groups: Labels::from_iter([("fontclaire/parti", "Parti")]),
        ..Names::default()
    };
    let sentence = "Les agents du service « Parti » accèdent à BIP.";
    let (model, town) = (Model::parse(sentence, &names).unwrap(), "fontclaire".into());
    let rule = Rule {
        id: "parti".to_owned(),
        text: model.to_cedar(&town).unwrap(),
    };
    let (store, vocabulary) = (&world.product.store, world.product.directory.vocabulary());
    let published = store.publish_rule(vocabulary, &town, &rule, "tests");
    published.await.unwrap();
    let form = open(&world, &mut renee, "/referent/regles/parti/modifier").await;
    assert_eq!(form.heading(), "Modifier une règle");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rule_that_names_somebody_who_is_gone_says_so_where_it_is_listed() {
    let world = World::start().await.unwrap();
    let mut renee = renee(&world).await;
    let named = [
        ("effet", "acces"),
        ("qui", "certains"),
        ("personnes", ALINE),
        ("cible", "service:bip"),
    ];
    let page = draft(&world, &mut renee, &named).await;
    publish(&mut renee, &page, "essai").await;
    sqlx::any::install_default_drivers();
    let mut database = sqlx::AnyConnection::connect(&world.config.store.url)
        .await
        .unwrap();
    let delete = "UPDATE memberships SET deleted_at = 1 WHERE account = (SELECT id FROM accounts WHERE login = $1)";
    let delete = sqlx::query(delete).bind(ALINE);
    delete.execute(&mut database).await.unwrap();
    let list = open(&world, &mut renee, "/referent/regles").await;
    let notices = plain(&list.select("#regles .notice-warning"));
    assert!(
        notices.contains("nomme Aline Petit, qui n’est plus là"),
        "{notices}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rule_is_also_written_as_a_sentence() {
    let world = World::start().await.unwrap();
    let mut renee = renee(&world).await;
    let sentence = "Les agents du service « Ressources humaines », sauf « Agnès Roux », accèdent à Site Internet du CIG (lecture), du lundi au vendredi de 7 h à 20 h.";
    let form = open(&world, &mut renee, "/referent/regles/nouvelle").await;
    for (wrong, expected) in [
        (
            sentence.replace("Ressources humaines", "Voirie"),
            "aucun service de la collectivité ne s’appelle « Voirie »",
        ),
        (
            sentence.replace("Agnès Roux", "Régine Morel"),
            "aucune personne ne s’appelle « Régine Morel »",
        ),
        (
            sentence.replace("de 7 h à 20 h", "de 20 h à 7 h"),
            "Pour une nuit",
        ),
        (
            sentence.replace("du lundi au vendredi", "en semaine"),
            "on attend une condition",
        ),
    ] {
        let page = renee.submit(&form, &[("phrase", &wrong)]).await.unwrap();
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
        let errors = plain(&page.select(".error-summary li"));
        assert!(errors.contains(expected), "{errors}");
        assert_eq!(plain(&page.select("textarea[name=phrase]")), wrong, "kept");
    }
    let page = renee.submit(&form, &[("phrase", sentence)]).await.unwrap();
    assert_eq!(plain(&page.select("main .lead")[..1]), sentence);
    let gained = plain(&page.select("section[aria-label='Accès gagnés'] tbody th"));
    assert_eq!(gained, "Amina Benali");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_shown_over_other_rules_is_shown_again() {
    let world = World::start().await.unwrap();
    let (mut renee, mut other) = (renee(&world).await, renee(&world).await);
    let shown = draft(&world, &mut renee, &OFFICE).await;
    let restored = open(&world, &mut other, "/referent/regles/paie-net-cotisations").await;
    let withdrawal = format!("{}/retrait", restored.url.path());
    let page = open(&world, &mut other, &withdrawal).await;
    other.submit(&page, &[("motif", "fin")]).await.unwrap();
    // The rules below it are others by now.
    let page = publish(&mut renee, &shown, "ouverture").await;
    assert_eq!(page.heading(), "Brouillon d’une règle");
    assert_eq!(page.values("input[name=motif]"), ["ouverture"]);
    let page = publish(&mut renee, &page, "ouverture").await;
    assert!(page.text.contains("La règle est publiée"), "{}", page.text);
    // Nor does an old version take the place of somebody's draft.
    let page = open(&world, &mut renee, restored.url.path()).await;
    let draft = renee.submit(&page, &[("version", "1")]).await.unwrap();
    assert_eq!(draft.heading(), "Brouillon d’une règle");
    let again = renee.submit(&page, &[("version", "1")]).await.unwrap();
    assert_eq!(again.status, StatusCode::CONFLICT);
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_opens_anything_to_themselves_by_a_rule() {
    let world = World::start().await.unwrap();
    let mut regine = world.log_in(REGINE).await.unwrap();
    let named = [
        ("effet", "acces"),
        ("qui", "certains"),
        ("cible", "service:bip"),
        ("niveau", "ecriture"),
        ("personnes", REGINE),
    ];
    let page = draft(&world, &mut regine, &named).await;
    let page = publish(&mut regine, &page, "pour moi").await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    let errors = plain(&page.select(".error-summary li"));
    assert!(errors.contains("propres droits"), "{errors}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_another_rule_asks_for_is_looked_at_too() {
    let world = World::start().await.unwrap();
    let mut renee = renee(&world).await;
    let required = [
        ("effet", "exigence"),
        ("qui", "tous"),
        ("cible", "service:bip"),
        ("facteur", "oui"),
    ];
    let page = draft(&world, &mut renee, &required).await;
    let filled = [("motif", "essai"), ("confirme", "oui"), ("pas", "publier")];
    renee.submit(&page, &filled).await.unwrap();
    // It opens to whoever has a second factor, and says nothing of one itself.
    let opened = [
        ("effet", "acces"),
        ("qui", "certains"),
        ("personnes", "aline.petit@fontclaire.example"),
        ("cible", "service:bip"),
    ];
    let page = draft(&world, &mut renee, &opened).await;
    let lines = plain(&page.select("section[aria-label^=Effets] tbody tr"));
    assert!(lines.contains("avec un second facteur"), "{lines}");
    let gained = plain(&page.select("section[aria-label='Accès gagnés'] tbody th"));
    assert_eq!(gained, "Aline Petit");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rule_that_holds_no_more_is_marked_and_stops_every_other_change() {
    let world = World::start().await.unwrap();
    let mut renee = renee(&world).await;
    let former = Vocabulary::new(&["ancien".into()]).unwrap();
    impose(&world, &former, "ancienne", "", "ancien").await;
    let list = open(&world, &mut renee, "/referent/regles").await;
    assert_eq!(list.select("#regles .notice").len(), 1);
    let todo = open(&world, &mut renee, "/referent").await;
    assert!(
        todo.text.contains("Une règle ne tient plus"),
        "{}",
        todo.text
    );
    let shown = draft(&world, &mut renee, &OFFICE).await;
    let said = plain(&shown.select("#alertes p"));
    assert!(said.contains("ne tient plus"), "{said}");
    let page = publish(&mut renee, &shown, "le vendredi").await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    // The end of another one that holds no more changes nothing yet.
    impose(&world, &former, "autre", "", "ancien").await;
    let end = open(&world, &mut renee, "/referent/regles/autre/retrait").await;
    assert!(
        end.text.contains("n’a d’effet pour personne") || end.text.contains("Preuve non"),
        "{}",
        end.text
    );
    insist(&mut renee, &end, "service fermé").await;
    // Its own end mends that.
    let end = open(&world, &mut renee, "/referent/regles/ancienne/retrait").await;
    let ended = insist(&mut renee, &end, "service fermé").await;
    assert!(
        ended.text.contains("La règle est retirée"),
        "{}",
        ended.text
    );
    let list = open(&world, &mut renee, "/referent/regles").await;
    assert!(list.select("#regles .notice").is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn an_expert_text_is_never_published_or_withdrawn_without_a_second_thought() {
    let world = World::start().await.unwrap();
    let mut renee = renee(&world).await;
    let vocabulary = convergences::product::vocabulary(&world.config).unwrap();
    let condition = " when { context.double_facteur }";
    impose(&world, &vocabulary, "experte", condition, "bip").await;
    let end = open(&world, &mut renee, "/referent/regles/experte/retrait").await;
    let warned = plain(&end.select(".notice-warning li"));
    assert!(warned.contains("texte expert"), "{warned}");
    let page = publish(&mut renee, &end, "plus besoin").await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    let ended = insist(&mut renee, &page, "plus besoin").await;
    assert!(
        ended.text.contains("La règle est retirée"),
        "{}",
        ended.text
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn lifting_what_closes_a_rule_opens_nothing_to_oneself_either() {
    let world = World::start().await.unwrap();
    let mut regine = world.log_in(REGINE).await.unwrap();
    let closing = [
        ("effet", "restriction"),
        ("qui", "tous"),
        ("cible", "service:bip"),
    ];
    let closing = draft(&world, &mut regine, &closing).await;
    let filled = [
        ("motif", "d’abord"),
        ("confirme", "oui"),
        ("pas", "publier"),
    ];
    let list = regine.submit(&closing, &filled).await.unwrap();
    assert!(list.text.contains("La règle est publiée"), "{}", list.text);
    let opening = [
        ("effet", "acces"),
        ("qui", "tous"),
        ("cible", "service:bip"),
        ("niveau", "ecriture"),
    ];
    let opening = draft(&world, &mut regine, &opening).await;
    let list = publish(&mut regine, &opening, "puis").await;
    assert!(list.text.contains("La règle est publiée"), "{}", list.text);
    let rule = closing.url.path().replace("/brouillon", "/retrait");
    let end = open(&world, &mut regine, &rule).await;
    let page = insist(&mut regine, &end, "ensuite").await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    let errors = plain(&page.select(".error-summary li"));
    assert!(errors.contains("propres droits"), "{errors}");
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_opened_to_oneself_behind_the_hours_of_another_rule() {
    let world = World::start().await.unwrap();
    let mut regine = world.log_in(REGINE).await.unwrap();
    let closing = [
        ("effet", "restriction"),
        ("qui", "tous"),
        ("cible", "service:bip"),
        ("jour-1", "lundi"),
        ("de", "8:00"),
        ("a", "10:00"),
    ];
    let closing = draft(&world, &mut regine, &closing).await;
    let filled = [
        ("motif", "d’abord"),
        ("confirme", "oui"),
        ("pas", "publier"),
    ];
    let list = regine.submit(&closing, &filled).await.unwrap();
    assert!(list.text.contains("La règle est publiée"), "{}", list.text);
    // Its own first moment is one at which the other closes; at 10:00 it is not.
    let opening = [
        ("effet", "acces"),
        ("qui", "certains"),
        ("cible", "service:bip"),
        ("niveau", "ecriture"),
        ("personnes", REGINE),
        ("jour-1", "lundi"),
        ("de", "9:00"),
        ("a", "17:00"),
    ];
    let page = draft(&world, &mut regine, &opening).await;
    let page = publish(&mut regine, &page, "puis").await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    let errors = plain(&page.select(".error-summary li"));
    assert!(errors.contains("propres droits"), "{errors}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_draft_that_holds_no_more_says_so_and_is_thrown_away() {
    let world = World::start().await.unwrap();
    let mut renee = renee(&world).await;
    let page = draft(&world, &mut renee, &OFFICE).await;
    let address = page.url.path().to_owned();
    sqlx::any::install_default_drivers();
    let mut database = sqlx::AnyConnection::connect(&world.config.store.url)
        .await
        .unwrap();
    sqlx::query("UPDATE rule_drafts SET text = replace(text, '\"site\"', '\"ancien\"')")
        .execute(&mut database)
        .await
        .unwrap();
    let page = open(&world, &mut renee, &address).await;
    let said = plain(&page.select("#alertes p"));
    assert!(said.contains("ne peut plus être publié"), "{said}");
    let refused = publish(&mut renee, &page, "le vendredi").await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    let list = renee
        .submit(&refused, &[("pas", "abandonner")])
        .await
        .unwrap();
    assert!(
        list.text.contains("Le brouillon est supprimé"),
        "{}",
        list.text
    );
}
