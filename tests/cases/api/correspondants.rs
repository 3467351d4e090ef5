//! What a correspondant CIG does in the console, done by a program.

use super::{Program, Said, key, open, program, with};
use convergences_tests::world::{AMINA, CAMILLE, CORINNE, RENEE, World};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use std::collections::BTreeSet;

const VAUBAN: &str = "/api/v1/collectivites/732829320";
const PDF: &str = "%PDF-1.7\n1 0 obj";

async fn correspondant<'a>(world: &'a World, login: &str) -> Program<'a> {
    let mut client = world.log_in(login).await.unwrap();
    let key = key(world, &mut client, login).await;
    Program { world, key }
}

fn vauban() -> Value {
    json!({"name": "Ville de Vaubân", "siret": "732 829 320 00074", "insee": "2a004",
        "kind": "collectivite", "services": [{"service": "bip", "seats": 12}]})
}

fn zoe() -> Value {
    json!({"given_name": "Zoé", "family_name": "Durand", "email": "zoe.durand@vauban.example",
        "authority_name": "Thérèse Vidal", "authority_title": "Maire"})
}

fn pointers(said: &Said) -> Vec<&str> {
    assert_eq!(
        said.status,
        StatusCode::UNPROCESSABLE_ENTITY,
        "{}",
        said.body
    );
    assert_eq!(said.problem(), "/problems/invalid");
    let errors = said.body["errors"].as_array().unwrap().iter();
    errors
        .map(|error| error["pointer"].as_str().unwrap())
        .collect()
}

impl Program<'_> {
    async fn once(&self, key: &str, path: &str, body: &Value) -> Said {
        let request = self.request(Method::POST, path);
        Said::of(with(request.header("Idempotency-Key", key), body)).await
    }

    async fn on_version(&self, method: Method, path: &str, seen: i64, body: &Value) -> Said {
        let request = self.request(method, path);
        let request = request.header("If-Match", format!("\"{seen}\""));
        Said::of(with(request, body)).await
    }

    async fn put(&self, path: &str, kind: &str, content: &'static str) -> Said {
        let request = self.request(Method::PUT, path);
        Said::of(request.header("Content-Type", kind).body(content)).await
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_collectivite_is_opened_once() {
    let world = World::start().await.unwrap();
    let corinnes = correspondant(&world, CORINNE).await;
    let me = corinnes.get("/api/v1/me").await;
    assert_eq!(
        (&me.body["role"], &me.body["email"]),
        (&json!("correspondant"), &json!(CORINNE))
    );
    let path = "/api/v1/collectivites";
    let wrong = json!({"name": "", "siret": "1", "insee": "x", "kind": "cig", "cdg": "autre",
        "services": [{"service": "bip", "seats": 0}]});
    let said = corinnes.once("v1", path, &wrong).await;
    assert_eq!(
        pointers(&said),
        ["/cdg", "/name", "/kind", "/siret", "/insee", "/services"]
    );
    let mut unknown = vauban();
    unknown["services"][0]["service"] = json!("autre");
    assert_eq!(
        pointers(&corinnes.post(path, &unknown).await),
        ["/services/0/service"]
    );
    // What was refused was not done: the same key opens it, once.
    let first = corinnes.once("v1", path, &vauban()).await;
    assert_eq!(first.status, StatusCode::CREATED, "{}", first.body);
    assert_eq!(first.header("location"), VAUBAN);
    let again = corinnes.once("v1", path, &vauban()).await;
    assert_eq!((again.status, &again.body), (first.status, &first.body));
    let found = corinnes
        .get(&format!("{path}?q=VAUBAN&progress=a-relancer"))
        .await;
    assert_eq!(found.body["items"].as_array().unwrap().len(), 1);
    assert_eq!(pointers(&corinnes.post(path, &vauban()).await), ["/siret"]);
    let read = corinnes.get(VAUBAN).await;
    assert_eq!((read.header("etag"), &read.body), ("\"1\"", &first.body));
    let services = json!([{"service": "bip", "seats": 12, "used": 0}]);
    assert_eq!(
        (&read.body["insee"], &read.body["services"]),
        (&json!("2A004"), &services)
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_collectivite_is_changed_by_who_has_read_it() {
    let world = World::start().await.unwrap();
    let corinnes = correspondant(&world, CORINNE).await;
    let opened = corinnes.post("/api/v1/collectivites", &vauban()).await;
    let services = opened.body["services"].clone();
    // What is not named stays.
    let change = json!({"name": "Commune de Vaubân"});
    let said = corinnes.request(Method::PATCH, VAUBAN);
    assert_eq!(
        Said::of(with(said, &change)).await.problem(),
        "/problems/version-required"
    );
    let stale = corinnes.on_version(Method::PATCH, VAUBAN, 7, &change).await;
    assert_eq!(
        stale.status,
        StatusCode::PRECONDITION_FAILED,
        "{}",
        stale.body
    );
    let said = corinnes.on_version(Method::PATCH, VAUBAN, 1, &change).await;
    assert_eq!(
        (said.header("etag"), &said.body["name"]),
        ("\"2\"", &json!("Commune de Vaubân"))
    );
    assert_eq!(said.body["services"], services);
    let none = json!({"services": []});
    let said = corinnes.on_version(Method::PATCH, VAUBAN, 2, &none).await;
    assert_eq!(said.body["services"], json!([]), "{}", said.body);
    let wrong = corinnes
        .on_version(Method::PATCH, VAUBAN, 3, &json!({"name": "<"}))
        .await;
    assert_eq!(pointers(&wrong), ["/name"]);
    let typo = json!({"siret": "1"});
    let wrong = corinnes.on_version(Method::PATCH, VAUBAN, 3, &typo).await;
    assert_eq!(pointers(&wrong), ["/siret"]);
    closed_and_opened_again(&corinnes).await;
}

/// Vauban, of which version 3 was read.
async fn closed_and_opened_again(corinnes: &Program<'_>) {
    let path = format!("{VAUBAN}/state");
    let closed = json!({"state": "closed"});
    let stale = corinnes.on_version(Method::POST, &path, 1, &closed).await;
    assert_eq!(
        stale.status,
        StatusCode::PRECONDITION_FAILED,
        "{}",
        stale.body
    );
    let said = corinnes.on_version(Method::POST, &path, 3, &closed).await;
    assert_eq!(said.body["closed"], true, "{}", said.body);
    let said = corinnes
        .on_version(Method::POST, &path, 4, &json!({"state": "x"}))
        .await;
    assert_eq!(pointers(&said), ["/state"]);
    let said = corinnes
        .on_version(Method::POST, &path, 4, &json!({"state": "reopened"}))
        .await;
    assert_eq!(said.body["closed"], false, "{}", said.body);
}

/// Vauban with Zoé's designation; its address.
async fn designated(corinnes: &Program<'_>) -> String {
    let said = corinnes.post("/api/v1/collectivites", &vauban()).await;
    assert_eq!(said.status, StatusCode::CREATED, "{}", said.body);
    let path = format!("{VAUBAN}/designations");
    let first = corinnes.once("d1", &path, &zoe()).await;
    assert_eq!(first.status, StatusCode::CREATED, "{}", first.body);
    let again = corinnes.once("d1", &path, &zoe()).await;
    assert_eq!(again.body, first.body);
    let all = corinnes.get(&path).await;
    assert_eq!(all.body["items"], json!([first.body]), "{}", all.body);
    first.header("location").to_owned()
}

/// After mistakes of every kind.
async fn document_is_put(corinnes: &Program<'_>, document: &str) {
    let mut wrong = zoe();
    wrong["email"] = json!("mairie@vauban.example");
    wrong["ends_on"] = json!("2020-01-01");
    let said = corinnes
        .post(&format!("{VAUBAN}/designations"), &wrong)
        .await;
    assert_eq!(pointers(&said), ["/email", "/ends_on"]);
    // By its bytes, whatever it is called.
    let said = corinnes.put(document, "application/pdf", "<script>").await;
    assert_eq!(pointers(&said), [""]);
    let said = corinnes.put(document, "text/html", PDF).await;
    assert_eq!(said.status, StatusCode::UNSUPPORTED_MEDIA_TYPE);
    let missing = corinnes.get(document).await;
    assert_eq!(missing.problem(), "/problems/not-found");
    let said = corinnes.put(document, "application/pdf", PDF).await;
    assert_eq!(
        (&said.body["state"], &said.body["document"]),
        (&json!("received"), &json!(1))
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn two_people_see_a_designation_whatever_programs_they_have() {
    let world = World::start().await.unwrap();
    let (corinnes, camilles) = (
        correspondant(&world, CORINNE).await,
        correspondant(&world, CAMILLE).await,
    );
    let case = designated(&corinnes).await;
    let (document, check) = (format!("{case}/document"), format!("{case}/check"));
    document_is_put(&corinnes, &document).await;
    // Not by whoever wrote it down.
    let accept = json!({"accept": true, "document": 1});
    for own in [&accept, &json!({"accept": false, "reason": "Illisible"})] {
        let said = corinnes.post(&check, own).await;
        assert_eq!(said.status, StatusCode::FORBIDDEN, "{}", said.body);
        assert_eq!(said.problem(), "/problems/another-person");
    }
    let read = camilles
        .request(Method::GET, &document)
        .send()
        .await
        .unwrap();
    let header = |name: &str| read.headers()[name].to_str().unwrap().to_owned();
    assert!(header("content-disposition").starts_with("attachment"));
    assert_eq!(header("content-type"), "application/octet-stream");
    assert_eq!(header("x-content-type-options"), "nosniff");
    assert_eq!(read.text().await.unwrap(), PDF);
    // The document that was seen, and no other.
    let said = camilles.post(&check, &json!({"accept": true})).await;
    assert_eq!(pointers(&said), ["/document"]);
    let said = camilles
        .post(&check, &json!({"accept": true, "document": 2}))
        .await;
    assert_eq!(said.problem(), "/problems/stale");
    let said = camilles.post(&check, &json!({"accept": false})).await;
    assert_eq!(pointers(&said), ["/reason"]);
    let first = camilles.once("c1", &check, &accept).await;
    assert_eq!(first.body["state"], "checked", "{}", first.body);
    let again = camilles.once("c1", &check, &accept).await;
    assert_eq!((again.status, &again.body), (first.status, &first.body));
    let said = camilles.post(&check, &accept).await;
    assert_eq!(said.problem(), "/problems/stale");
    let referents = corinnes.get(&format!("{VAUBAN}/referents")).await;
    let referent = &referents.body["items"][0];
    assert_eq!(
        referent["email"], "zoe.durand@vauban.example",
        "{}",
        referents.body
    );
    assert_eq!(
        (&referent["active"], &referent["id"]),
        (&json!(false), &first.body["referent"])
    );
    mandate_ends(&corinnes, referent["id"].as_str().unwrap()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_designation_is_corrected_or_abandoned_by_who_has_read_it() {
    let world = World::start().await.unwrap();
    let corinnes = correspondant(&world, CORINNE).await;
    let case = designated(&corinnes).await;
    document_is_put(&corinnes, &format!("{case}/document")).await;
    let read = corinnes.get(&case).await;
    assert_eq!(
        (read.header("etag"), &read.body["version"]),
        ("\"2\"", &json!(2))
    );
    let name = json!({"family_name": "Durant", "ends_on": "2027-12-31"});
    let said = Said::of(with(corinnes.request(Method::PATCH, &case), &name)).await;
    assert_eq!(said.problem(), "/problems/version-required");
    let stale = corinnes.on_version(Method::PATCH, &case, 1, &name).await;
    assert_eq!(stale.status, StatusCode::PRECONDITION_FAILED);
    let wrong = json!({"email": "", "ends_on": "demain"});
    let said = corinnes.on_version(Method::PATCH, &case, 2, &wrong).await;
    assert_eq!(pointers(&said), ["/email", "/ends_on"]);
    // What is not named stays, and the document names somebody else by now.
    let said = corinnes.on_version(Method::PATCH, &case, 2, &name).await;
    assert_eq!(
        (said.status, said.header("etag")),
        (StatusCode::OK, "\"3\"")
    );
    assert_eq!(
        (&said.body["given_name"], &said.body["family_name"]),
        (&json!("Zoé"), &json!("Durant"))
    );
    assert_eq!(
        (&said.body["state"], &said.body["document"]),
        (&json!("recorded"), &json!(0))
    );
    let gone = corinnes.get(&format!("{case}/document")).await;
    assert_eq!(gone.problem(), "/problems/not-found");
    let ends = said.body["ends_at"].clone();
    // A date that was written down reads back as the same date.
    let other = json!({"family_name": "Durand"});
    let said = corinnes.on_version(Method::PATCH, &case, 3, &other).await;
    assert_eq!(said.body["ends_at"], ends, "{}", said.body);
    let abandon = format!("{case}/abandon");
    let reason = json!({"reason": "Candidature retirée"});
    let stale = corinnes
        .on_version(Method::POST, &abandon, 3, &reason)
        .await;
    assert_eq!(stale.status, StatusCode::PRECONDITION_FAILED);
    let said = corinnes
        .on_version(Method::POST, &abandon, 4, &reason)
        .await;
    assert_eq!(
        (&said.body["state"], &said.body["abandonment"]),
        (&json!("abandoned"), &json!("Candidature retirée"))
    );
    let late = corinnes.on_version(Method::PATCH, &case, 5, &other).await;
    assert_eq!(late.problem(), "/problems/stale");
}

/// After elections it is to be renewed, and then it ends.
async fn mandate_ends(corinnes: &Program<'_>, referent: &str) {
    let path = "/api/v1/renewal";
    let said = corinnes
        .post(path, &json!({"by": "2020-01-01", "all": true}))
        .await;
    assert_eq!(pointers(&said), ["/by"]);
    for none in [
        json!({"by": "2027-06-30"}),
        json!({"by": "2027-06-30", "collectivites": ["x"], "all": true}),
    ] {
        assert_eq!(
            pointers(&corinnes.post(path, &none).await),
            ["/collectivites"]
        );
    }
    let elsewhere = json!({"by": "2027-06-30", "collectivites": ["732829320", "ailleurs"]});
    let said = corinnes.post(path, &elsewhere).await;
    assert_eq!(said.problem(), "/problems/not-found");
    let asked = json!({"by": "2027-06-30", "all": true});
    for _ in 0..2 {
        let said = corinnes.once("r1", path, &asked).await;
        assert_eq!(said.body, json!({"designations": 1}));
    }
    let end = format!("{VAUBAN}/referents/{referent}/end");
    let said = corinnes.post(&end, &json!({"date": "demain"})).await;
    assert_eq!(pointers(&said), ["/date"]);
    let said = corinnes.post(&end, &json!({})).await;
    assert_eq!(said.status, StatusCode::NO_CONTENT, "{}", said.body);
    let referents = corinnes.get(&format!("{VAUBAN}/referents")).await;
    assert_eq!(referents.body["items"], json!([]));
    let again = corinnes.post(&end, &json!({})).await;
    assert_eq!(again.problem(), "/problems/not-found");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_last_referent_stays() {
    let world = World::start().await.unwrap();
    let corinnes = correspondant(&world, CORINNE).await;
    let path = "/api/v1/collectivites/fontclaire/referents";
    let referents = corinnes.get(path).await;
    let id = referents.body["items"][0]["id"].as_str().unwrap();
    let said = corinnes.post(&format!("{path}/{id}/end"), &json!({})).await;
    assert_eq!(said.problem(), "/problems/last-referent");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_list_leaves_no_collectivite_out_and_tells_none_twice() {
    let world = World::start().await.unwrap();
    let corinnes = correspondant(&world, CORINNE).await;
    let (mut seen, mut cursor) = (Vec::new(), String::new());
    loop {
        let page = corinnes
            .get(&format!("/api/v1/collectivites?limit=1&cursor={cursor}"))
            .await;
        assert_eq!(page.status, StatusCode::OK, "{}", page.body);
        for one in page.body["items"].as_array().unwrap() {
            seen.push(one["id"].as_str().unwrap().to_owned());
        }
        if seen.len() == 1 {
            // Before the place that the cursor names: an offset would now tell one twice.
            let mut first = vauban();
            first["name"] = json!("Aa");
            let said = corinnes.post("/api/v1/collectivites", &first).await;
            assert_eq!(said.status, StatusCode::CREATED, "{}", said.body);
        }
        match page.body["next_cursor"].as_str() {
            Some(next) => cursor = next.to_owned(),
            None => break,
        }
    }
    let all = corinnes.get("/api/v1/collectivites?limit=200").await;
    let distinct: BTreeSet<_> = seen.iter().collect();
    assert_eq!(distinct.len(), seen.len(), "{seen:?}");
    assert!(seen.len() > 2, "{seen:?}");
    assert_eq!(all.body["items"].as_array().unwrap().len(), seen.len() + 1);
    for wrong in [
        "limit=0",
        "cursor=xyz",
        "progress=autre",
        "kind=autre",
        "unattended=x",
    ] {
        let said = corinnes
            .get(&format!("/api/v1/collectivites?{wrong}"))
            .await;
        assert_eq!(said.problem(), "/problems/bad-parameter", "{wrong}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn help_has_a_reason_that_referents_read() {
    let world = World::start().await.unwrap();
    let corinnes = correspondant(&world, CORINNE).await;
    let path = "/api/v1/collectivites/fontclaire/support";
    let said = corinnes
        .post(path, &json!({"email": "", "reason": " a "}))
        .await;
    assert_eq!(pointers(&said), ["/email", "/reason"]);
    let elsewhere = json!({"email": "x@y.example", "reason": "appel du 24/11"});
    assert_eq!(pointers(&corinnes.post(path, &elsewhere).await), ["/email"]);
    let asked = json!({"email": AMINA, "reason": "appel du 24/11"});
    for _ in 0..2 {
        let said = corinnes.once("s1", path, &asked).await;
        assert_eq!(
            (&said.body["name"], &said.body["standing"]),
            (&json!("Amina Benali"), &json!("actif"))
        );
        let accesses = said.body["accesses"].as_array().unwrap();
        let bip = accesses
            .iter()
            .find(|access| access["service"] == "BIP")
            .unwrap();
        assert_eq!(bip["reason"], "Droit direct", "{}", said.body);
    }
    let ended = json!({"email": AMINA});
    let mut amina = world.log_in(AMINA).await.unwrap();
    let said = corinnes.post(&format!("{path}/sessions"), &ended).await;
    assert_eq!(said.status, StatusCode::NO_CONTENT, "{}", said.body);
    let out = super::open(&world, &mut amina, "/compte").await;
    assert_eq!(out.heading(), "Connexion");
    let active = corinnes.post(&format!("{path}/invitation"), &ended).await;
    assert_eq!(active.status, StatusCode::NOT_FOUND, "{}", active.body);
    let (renees, _) = program(&world).await;
    let journal = renees.get("/api/v1/journal?quoi=support.look").await;
    let entries = journal.body["items"].as_array().unwrap();
    assert_eq!(entries.len(), 1, "{}", journal.body);
}

#[tokio::test(flavor = "multi_thread")]
async fn addresses_are_confirmed_or_rejected_by_who_has_read_them() {
    let world = World::start().await.unwrap();
    let corinnes = correspondant(&world, CORINNE).await;
    let mut renee = world.log_in(RENEE).await.unwrap();
    for (name, addresses) in [("mairie", "203.0.113.5"), ("agence", "203.0.113.6")] {
        let form = open(&world, &mut renee, "/referent/reseaux").await;
        let network = [("nom", name), ("adresses", addresses)];
        renee.submit(&form, &network).await.unwrap();
    }
    let waiting = corinnes.get("/api/v1/proposed-networks").await;
    let waiting = waiting.body["items"].as_array().unwrap().clone();
    let of = |name: &str| {
        waiting
            .iter()
            .find(|network| network["name"] == name)
            .unwrap()
    };
    let answer = |name: &str| {
        let id = of(name)["id"].as_str().unwrap();
        format!("/api/v1/proposed-networks/{id}/answer")
    };
    assert_eq!(of("mairie")["proposed"], json!(["203.0.113.5"]));
    let yes = json!({"confirm": true});
    let said = corinnes.post(&answer("mairie"), &yes).await;
    assert_eq!(said.problem(), "/problems/version-required");
    let version = of("mairie")["version"].as_i64().unwrap();
    let (mairie, agence) = (answer("mairie"), answer("agence"));
    let said = corinnes
        .on_version(Method::POST, &mairie, version + 1, &yes)
        .await;
    assert_eq!(
        said.status,
        StatusCode::PRECONDITION_FAILED,
        "{}",
        said.body
    );
    let said = corinnes
        .on_version(Method::POST, &mairie, version, &yes)
        .await;
    assert_eq!(said.status, StatusCode::NO_CONTENT, "{}", said.body);
    let no = json!({"confirm": false});
    let said = corinnes
        .on_version(Method::POST, &agence, version, &no)
        .await;
    assert_eq!(pointers(&said), ["/reason"]);
    let no = json!({"confirm": false, "reason": "Adresse privée"});
    let said = corinnes
        .on_version(Method::POST, &agence, version, &no)
        .await;
    assert_eq!(said.status, StatusCode::NO_CONTENT, "{}", said.body);
    let page = open(&world, &mut renee, "/referent/reseaux").await;
    assert!(page.text.contains("Adresse privée"), "{}", page.text);
    let said = corinnes
        .on_version(Method::POST, &mairie, version, &yes)
        .await;
    assert_eq!(said.problem(), "/problems/not-found");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_of_collectivites_is_looked_at_then_applied_once() {
    let world = World::start().await.unwrap();
    let corinnes = correspondant(&world, CORINNE).await;
    let take = async |content: &'static str| {
        let request = corinnes.request(Method::POST, "/api/v1/collectivite-imports");
        let request = request.header("Content-Type", "text/csv");
        Said::of(request.header("Idempotency-Key", "i1").body(content)).await
    };
    let said = take("Prénom;Nom\nA;B").await;
    assert_eq!(pointers(&said), [""]);
    let file = "Nom;SIRET;Type\nVille de Vaubân;73282932000074;Collectivité\nAutre;1;Collectivité";
    let taken = take(file).await;
    assert_eq!(taken.status, StatusCode::CREATED, "{}", taken.body);
    assert_eq!(take(file).await.body, taken.body);
    let plan = &taken.body["plan"];
    assert_eq!(
        (&plan["openings"][0]["row"], &plan["errors"][0]["row"]),
        (&json!(2), &json!(3))
    );
    let apply = format!("{}/apply", taken.header("location"));
    let wrong = corinnes.post(&apply, &json!({"proof": "autre"})).await;
    assert_eq!(wrong.problem(), "/problems/preview-required");
    let proof = json!({"proof": plan["proof"]});
    let applied = corinnes.once("i2", &apply, &proof).await;
    assert_eq!(applied.body["state"], "applied", "{}", applied.body);
    assert_eq!(corinnes.once("i2", &apply, &proof).await.body, applied.body);
    let again = corinnes.post(&apply, &proof).await;
    assert_eq!(again.status, StatusCode::CONFLICT, "{}", again.body);
    assert_eq!(corinnes.get(VAUBAN).await.body["name"], "Ville de Vaubân");
}

#[tokio::test(flavor = "multi_thread")]
async fn statistics_are_the_figures_of_the_page() {
    let world = World::start().await.unwrap();
    let corinnes = correspondant(&world, CORINNE).await;
    let mut corinne = world.log_in(CORINNE).await.unwrap();
    let mut masked = false;
    for part in ["", "?kind=collectivite"] {
        let said = corinnes.get(&format!("/api/v1/statistics{part}")).await;
        let mut told = Vec::new();
        for table in said.body["items"].as_array().unwrap() {
            for row in table["rows"].as_array().unwrap() {
                let figures = row["figures"].as_array().unwrap().iter();
                told.extend(figures.map(|figure| {
                    let text = figure["text"].as_str().unwrap().to_owned();
                    assert_eq!(
                        figure["value"].is_null(),
                        !text.starts_with(|c: char| c.is_ascii_digit())
                    );
                    text
                }));
            }
        }
        let part = part.replace("kind", "genre");
        let file = open(
            &world,
            &mut corinne,
            &format!("/cig/statistiques.csv{part}"),
        )
        .await;
        let shown: Vec<_> = file.text.lines().skip(1).collect();
        masked |= told.contains(&"moins de 5".to_owned());
        assert_eq!(told.len(), shown.len());
        for (told, line) in told.iter().zip(shown) {
            assert!(
                line.trim_end_matches('"').ends_with(told.as_str()),
                "{told}: {line}"
            );
        }
    }
    assert!(masked, "no small number was among them");
}
