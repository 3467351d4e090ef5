//! The certification scenario that the `OpenID AuthZEN` working group publishes, run from a folder that
//! holds `authorization-api-1_0-scenario.md` (`CONVERGENCES_AUTHZEN` names it; it is not ours to keep).
//! Its people and things are called as ours are. What its « Properties » levels ask for is left out: we
//! believe nothing that an application says of a person or a thing.

use super::{Program, program};
use accounts::Grant;
use convergences_tests::lane;
use convergences_tests::world::{ALAIN, World};
use policies::Level;
use reqwest::{Method, StatusCode};
use serde_json::Value;

/// A request of the scenario, and what is to come of it.
#[derive(Debug)]
struct Case {
    title: String,
    endpoint: String,
    request: Value,
    status: u16,
    /// A part of the answer.
    expected: Option<Value>,
}

/// Reads the document from its beginning: prose and blocks take turns.
#[derive(Default)]
struct Reader {
    title: String,
    endpoint: String,
    /// A request whose answer is still to be read.
    request: Option<Value>,
    cases: Vec<Case>,
}

impl Reader {
    fn read(text: &str) -> Vec<Case> {
        let mut reader = Self::default();
        for (number, part) in text.split("~~~").enumerate() {
            if number % 2 == 0 {
                part.lines().for_each(|line| reader.prose(line));
            } else {
                reader.block(part);
            }
        }
        reader.cases
    }

    fn prose(&mut self, line: &str) {
        if let Some(heading) = line.strip_prefix('#') {
            heading
                .trim_start_matches('#')
                .trim()
                .clone_into(&mut self.title);
        }
        for kind in ["Subject", "Resource", "Action"] {
            if line.contains(&format!("{kind} Search")) {
                self.endpoint = format!("/access/v1/search/{}", kind.to_lowercase());
            }
        }
        // Pages are shown with subjects.
        if self.title.starts_with("Request with page") {
            "/access/v1/search/subject".clone_into(&mut self.endpoint);
        }
        let request = self.request.take_if(|_| line.starts_with("**Expected:**"));
        let Some(request) = request else { return };
        let alone = request.get("evaluations").is_none();
        let decisions = [true, false].into_iter().filter(|_| alone);
        let mut said = decisions.filter(|it| line.contains(&format!("`\"decision\": {it}`")));
        self.cases.push(Case {
            title: self.title.clone(),
            endpoint: self.endpoint.clone(),
            status: if line.contains("HTTP 400") { 400 } else { 200 },
            expected: said.next().map(|it| serde_json::json!({ "decision": it })),
            request,
        });
    }

    fn block(&mut self, block: &str) {
        if let Some(path) = block.trim().strip_prefix("POST ") {
            let path = path.lines().next();
            path.unwrap_or_default().clone_into(&mut self.endpoint);
        }
        let json = block
            .strip_prefix(" json")
            .map(serde_json::from_str::<Value>);
        let Some(Ok(json)) = json else { return };
        let decides = |json: &Value| json.get("decision").is_some();
        let several = json.get("evaluations").is_some_and(|all| decides(&all[0]));
        if !(decides(&json) || several || json.get("results").is_some()) {
            self.request = Some(json);
        } else if let Some(last) = self.cases.last_mut()
            && last.expected.is_none()
            && self.request.is_none()
        {
            last.expected = Some(json);
        }
    }
}

/// Whether a case is about properties.
fn is_of_properties(case: &Case) -> bool {
    let text = case.request.to_string();
    ["archived", "soft", "\"admin\""]
        .iter()
        .any(|word| text.contains(word))
        || case.title.contains("merging")
}

/// The same with our names.
fn ours(text: &str, alice: &str, bob: &str) -> String {
    let names = [
        ("\"user\"", "\"agent\""),
        ("\"record\"", "\"route\""),
        ("\"alice\"", &*format!("\"{alice}\"")),
        ("\"bob\"", &format!("\"{bob}\"")),
        ("record-1", "bip"),
        ("record-2", "site"),
        ("\"read\"", "\"ouvrir\""),
        ("\"write\"", "\"envoyer\""),
    ];
    names.iter().fold(text.to_owned(), |text, (theirs, ours)| {
        text.replace(theirs, ours)
    })
}

/// Whether an answer holds what is expected: lists of results may hold more.
fn holds(answer: &Value, expected: &Value) -> bool {
    match (answer, expected) {
        (Value::Object(answer), Value::Object(expected)) => expected.iter().all(|(key, value)| {
            answer
                .get(key)
                .is_some_and(|found| match (key.as_str(), value.as_array()) {
                    ("results", Some(wanted)) if !wanted.is_empty() => {
                        let found = found.as_array().unwrap();
                        wanted
                            .iter()
                            .all(|one| found.iter().any(|found| holds(found, one)))
                    }
                    _ => holds(found, value),
                })
        }),
        (Value::Array(answer), Value::Array(expected)) => {
            answer.len() == expected.len()
                && answer
                    .iter()
                    .zip(expected)
                    .all(|(one, other)| holds(one, other))
        }
        (answer, expected) => answer == expected,
    }
}

async fn id_of(program: &Program<'_>, name: &str) -> String {
    let found = program.get(&format!("/api/v1/agents?q={name}")).await;
    found.body["items"][0]["id"].as_str().unwrap().to_owned()
}

/// What is wrong with the answer to a case; nothing when it holds.
async fn fault(program: &Program<'_>, case: &Case, (alice, bob): (&str, &str)) -> Option<String> {
    let read = |value: &Value| serde_json::from_str(&ours(&value.to_string(), alice, bob));
    let request: Value = read(&case.request).unwrap();
    let expected: Option<Value> = case.expected.as_ref().map(|value| read(value).unwrap());
    let said = program.post(&case.endpoint, &request).await;
    let right = expected
        .as_ref()
        .is_none_or(|expected| holds(&said.body, expected));
    let same = said.status.as_u16() == case.status && right;
    (!same).then(|| {
        format!(
            "{} {request}: {} {} instead of {expected:?}",
            case.title, said.status, said.body
        )
    })
}

#[tokio::test(flavor = "multi_thread")]
async fn the_certification_scenario_passes() {
    let advice = "set CONVERGENCES_AUTHZEN to a folder with authorization-api-1_0-scenario.md";
    let Some(folder) = lane::given("authzen", "CONVERGENCES_AUTHZEN", advice) else {
        return;
    };
    let file = folder.join("authorization-api-1_0-scenario.md");
    let text = std::fs::read_to_string(file).unwrap();
    let world = World::start().await.unwrap();
    let store = &world.product.store;
    let account = store.find_account(ALAIN).await.unwrap().unwrap().id;
    let membership = store.list_memberships(&account).await.unwrap().remove(0).id;
    let grant = Grant {
        membership,
        service: "bip".into(),
        level: Level::Ecriture,
        starts_at: None,
        ends_at: None,
    };
    store.add_grant(&grant, "tests").await.unwrap();
    let (program, _) = program(&world).await;
    let alice = id_of(&program, "garnier").await;
    let bob = id_of(&program, "benali").await;
    let (of_properties, cases): (Vec<_>, Vec<_>) =
        Reader::read(&text).into_iter().partition(is_of_properties);
    let mut faults = Vec::new();
    for case in &cases {
        faults.extend(fault(&program, case, (&alice, &bob)).await);
    }
    let (held, left) = (cases.len() - faults.len(), of_properties.len());
    eprintln!(
        "authzen: {held} of {} cases hold, {left} of properties left out",
        cases.len()
    );
    assert!(cases.len() > 25, "{} cases were read", cases.len());
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_json_is_refused_and_answers_are_called_as_their_questions() {
    let world = World::start().await.unwrap();
    let (program, _) = program(&world).await;
    for (body, kind) in [
        ("{", "application/json"),
        ("", "application/json"),
        ("{}", "text/plain"),
    ] {
        let request = program.request(Method::POST, "/access/v1/evaluation");
        let request = request
            .header("content-type", kind)
            .header("x-request-id", "harness-1");
        let answer = request.body(body).send().await.unwrap();
        assert_eq!(answer.status(), StatusCode::BAD_REQUEST, "{body} {kind}");
        assert_eq!(answer.headers()["x-request-id"], "harness-1");
    }
}
