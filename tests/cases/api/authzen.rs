//! Applications ask the same engine by the endpoints of `AuthZEN` 1.0.

use super::{Program, Said, key, key_for, open, program};
use convergences_tests::world::{AMINA, CORINNE, REGINE, RENEE, World};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

/// The ids of Aline, who has nothing, and of Amina, who reads BIP.
async fn people(program: &Program<'_>) -> [String; 2] {
    let mut ids = Vec::new();
    for name in ["petit", "benali"] {
        let found = program.get(&format!("/api/v1/agents?q={name}")).await;
        ids.push(found.body["items"][0]["id"].as_str().unwrap().to_owned());
    }
    ids.try_into().unwrap()
}

fn question(agent: &str, action: &str, resource: &str) -> Value {
    let kind = if action == "lire" {
        "document"
    } else {
        "route"
    };
    json!({
        "subject": {"type": "agent", "id": agent},
        "action": {"name": action},
        "resource": {"type": kind, "id": resource},
        "context": {"time": "2026-11-20T10:00:00+01:00"},
    })
}

async fn decide(program: &Program<'_>, question: &Value) -> Value {
    let said = program.post("/access/v1/evaluation", question).await;
    assert_eq!(said.status, StatusCode::OK, "{}", said.body);
    said.body
}

#[tokio::test(flavor = "multi_thread")]
async fn an_evaluation_is_the_decision_of_the_gateway_with_its_rules() {
    let world = World::start().await.unwrap();
    let (program, _) = program(&world).await;
    let [aline, amina] = people(&program).await;
    let open = decide(&program, &question(&amina, "ouvrir", "bip")).await;
    assert_eq!(open["decision"], true, "{open}");
    assert_eq!(open["context"]["rules"][0], "droit/bip/lecture");
    assert_eq!(
        decide(&program, &question(&amina, "envoyer", "bip")).await["decision"],
        false
    );
    assert_eq!(
        decide(&program, &question(&amina, "lire", "bip:fiche")).await["decision"],
        true
    );
    let closed = decide(&program, &question(&aline, "ouvrir", "bip")).await;
    assert_eq!(closed["decision"], false);
    assert!(closed["context"]["reason"].is_string(), "{closed}");
    // An application knows people by their addresses.
    let by_address = question("Amina.Benali@fontclaire.example", "ouvrir", "bip");
    assert_eq!(decide(&program, &by_address).await["decision"], true);
    // What is not here is not open, and somebody of another collectivité is not here.
    for (other, said) in [
        (question("nobody", "ouvrir", "bip"), "Personne"),
        (question(REGINE, "ouvrir", "bip"), "Personne"),
        (
            question(&amina, "ouvrir", "nulle-part"),
            "Rien ne s’appelle",
        ),
        (question(&amina, "voler", "bip"), "Rien ne s’appelle"),
        (
            question(&amina, "lire", "bip:fiche;theme=Beauté"),
            "Rien ne s’appelle",
        ),
    ] {
        let decided = decide(&program, &other).await;
        assert_eq!(decided["decision"], false, "{other}");
        let reason = decided["context"]["reason"].as_str().unwrap();
        assert!(reason.contains(said), "{other}: {reason}");
    }
    let broken = program
        .post(
            "/access/v1/evaluation",
            &json!({"subject": {"type": "agent"}}),
        )
        .await;
    assert_eq!(broken.status, StatusCode::BAD_REQUEST);
    let nonsense = program.post("/access/v1/evaluation", &json!([])).await;
    assert_eq!(nonsense.status, StatusCode::BAD_REQUEST);
}

#[tokio::test(flavor = "multi_thread")]
async fn evaluations_share_what_they_have_in_common_and_stop_where_asked() {
    let world = World::start().await.unwrap();
    let (program, _) = program(&world).await;
    let [aline, amina] = people(&program).await;
    let subject = |id: &String| json!({"subject": {"type": "agent", "id": id}});
    let mut asked = question(&amina, "ouvrir", "bip");
    asked["evaluations"] = json!([subject(&amina), subject(&aline), subject(&amina)]);
    let decisions = async |asked: &Value| {
        let said = program.post("/access/v1/evaluations", asked).await;
        let all = said.body["evaluations"].as_array().unwrap().clone();
        all.iter()
            .map(|one| one["decision"].as_bool().unwrap())
            .collect::<Vec<_>>()
    };
    assert_eq!(decisions(&asked).await, [true, false, true]);
    asked["options"] = json!({"evaluations_semantic": "deny_on_first_deny"});
    assert_eq!(decisions(&asked).await, [true, false]);
    asked["options"] = json!({"evaluations_semantic": "permit_on_first_permit"});
    assert_eq!(decisions(&asked).await, [true]);
    // Without any it is one question.
    let said = program
        .post("/access/v1/evaluations", &question(&amina, "ouvrir", "bip"))
        .await;
    assert_eq!(said.body["decision"], true, "{}", said.body);
}

#[tokio::test(flavor = "multi_thread")]
async fn searches_find_who_may_what_they_may_and_on_what_in_pages() {
    let world = World::start().await.unwrap();
    let (program, _) = program(&world).await;
    let [aline, amina] = people(&program).await;
    let search = async |kind: &str, asked: &Value| {
        let said = program
            .post(&format!("/access/v1/search/{kind}"), asked)
            .await;
        assert_eq!(said.status, StatusCode::OK, "{}", said.body);
        said.body
    };
    let mut asked = question("", "ouvrir", "bip");
    let mut found = Vec::new();
    asked["page"] = json!({"limit": 1});
    loop {
        let page = search("subject", &asked).await;
        found.push(page["results"][0]["id"].as_str().unwrap().to_owned());
        let token = page["page"]["next_token"].as_str().unwrap().to_owned();
        if token.is_empty() {
            break;
        }
        asked["page"]["token"] = json!(token);
    }
    assert!(
        found.contains(&amina) && !found.contains(&aline),
        "{found:?}"
    );
    let mut asked = question(&amina, "ouvrir", "");
    let routes = search("resource", &asked).await["results"].to_string();
    assert!(
        routes.contains("\"bip\"") && !routes.contains("net-cotisations"),
        "{routes}"
    );
    asked = question(&amina, "", "bip");
    assert_eq!(
        search("action", &asked).await["results"],
        json!([{"name": "ouvrir"}])
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn another_towns_application_finds_nobody_and_a_stranger_nothing() {
    let world = World::start().await.unwrap();
    let (program, _) = program(&world).await;
    let [_, amina] = people(&program).await;
    let mut regine = world.log_in(REGINE).await.unwrap();
    let regines = Program {
        world: &world,
        key: key(&world, &mut regine, REGINE).await,
    };
    let nobody = decide(&regines, &question("nobody", "ouvrir", "bip")).await;
    assert_eq!(nobody["decision"], false);
    for id in [
        amina.clone(),
        AMINA.to_owned(),
        format!("fontclaire/{amina}"),
        format!("../fontclaire/{amina}"),
    ] {
        let decided = decide(&regines, &question(&id, "ouvrir", "bip")).await;
        assert_eq!(decided, nobody, "{id}");
    }
    let found = regines
        .post("/access/v1/search/subject", &question("", "ouvrir", "bip"))
        .await;
    assert!(!found.body.to_string().contains(&amina), "{}", found.body);
    let stranger = world.browser().unwrap();
    let url = world.url("portail", "/access/v1/evaluation");
    let said = Said::of(stranger.request(Method::POST, &url).unwrap()).await;
    assert_eq!(said.status, StatusCode::UNAUTHORIZED);
    // Where it all is, is told to everybody.
    let url = world.url("portail", "/.well-known/authzen-configuration");
    let told = Said::of(stranger.request(Method::GET, &url).unwrap()).await;
    assert_eq!(
        told.body["access_evaluation_endpoint"],
        world.url("portail", "/access/v1/evaluation")
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn the_key_of_an_application_asks_and_does_nothing_else() {
    let world = World::start().await.unwrap();
    let (own, mut renee) = program(&world).await;
    let [_, amina] = people(&own).await;
    let application = Program {
        world: &world,
        key: key_for(&world, &mut renee, RENEE, "questions").await,
    };
    let asked = question(&amina, "ouvrir", "bip");
    assert_eq!(decide(&application, &asked).await["decision"], true);
    let why = format!("/api/v1/explain?agent={amina}&action=ouvrir&what=bip");
    assert_eq!(application.get(&why).await.body["decision"], "allow");
    let document = application.get("/openapi.json").await.body;
    let mut refused = 0;
    for (path, operations) in document["paths"].as_object().unwrap() {
        let path = path.replace(['{', '}'], "");
        let operations = operations.as_object().unwrap();
        for method in operations.keys().filter(|_| path != "/api/v1/explain") {
            let method = Method::from_bytes(method.to_uppercase().as_bytes()).unwrap();
            let request = application.request(method, &path);
            let said = Said::of(request.json(&json!({}))).await;
            let is_refused = [StatusCode::UNAUTHORIZED, StatusCode::FORBIDDEN];
            assert!(is_refused.contains(&said.status), "{path}: {}", said.body);
            refused += 1;
        }
    }
    assert!(refused > 50, "{refused}");
    let told = application.get("/api/v1/agents").await;
    assert_eq!(told.problem(), "/problems/key-asks-only");
    let list = open(&world, &mut renee, "/compte/cles").await;
    assert!(list.text.contains("Questions seulement"));
}

#[tokio::test(flavor = "multi_thread")]
async fn who_has_no_collectivite_to_ask_about_makes_no_key_for_questions() {
    let world = World::start().await.unwrap();
    let mut corinne = world.log_in(CORINNE).await.unwrap();
    let form = open(&world, &mut corinne, "/compte/cles/nouvelle").await;
    assert!(form.select("input[name=usage]").is_empty());
    let filled = [
        ("nom", "Portail"),
        ("usage", "questions"),
        ("mot_de_passe", world.password(CORINNE)),
    ];
    let page = corinne.submit(&form, &filled).await.unwrap();
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(page.select(".key").is_empty());
}
