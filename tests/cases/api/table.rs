//! A request for each operation of the document, and who may ask for it: what has no row here fails
//! the tests.

use super::document::operations;
use convergences_tests::client::Client;
use convergences_tests::world::World;
use reqwest::{Method, RequestBuilder};
use serde_json::{Value, json};

/// Who may ask for an operation.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Whose {
    Everybody,
    Referents,
    Correspondants,
}

/// A request that would do what an operation does.
pub(super) struct Example {
    pub(super) whose: Whose,
    pub(super) method: Method,
    path: String,
    body: Option<String>,
    kind: &'static str,
    /// Whether it names an object of Fontclaire.
    pub(super) foreign: bool,
}

/// What an operation takes as its body: its kind, and the body itself.
type Body = (&'static str, Value);

const NO_BODY: Body = ("", Value::Null);

fn json_of(body: Value) -> Body {
    ("application/json", body)
}

fn csv_of(table: &str) -> Body {
    ("text/csv", Value::String(table.to_owned()))
}

/// The référents' operations without a body.
const WITHIN_BARE: &[&str] = &[
    "listAgents",
    "getAgent",
    "getRights",
    "listProfiles",
    "getProfile",
    "listGroups",
    "listAccessRequests",
    "listJournal",
    "getImport",
    "sendInvitation",
    "revokeInvitation",
    "removeProfile",
    "removeGroup",
    "listNetworks",
    "getNetwork",
    "removeNetwork",
    "listReviews",
    "getReview",
    "closeReview",
    "getReviewReport",
    "listReviewLines",
    "findReceivers",
    "getTransfer",
    "cancelTransfer",
    "listArrivals",
    "listUnconfirmedAddresses",
    "listOwnReferents",
    "explainAccess",
    "listRules",
    "getRule",
    "discardRuleDraft",
    "getTwoPeople",
    "keepRule",
];

/// The référents' operations; bodies name objects as paths do.
fn within(operation: &str) -> Option<Body> {
    let record = json!({"given_name": "A"});
    let profile = json!({"name": "Autre", "rights": []});
    let own = json!([{"service": "bip", "level": "ecriture"}]);
    let rights = json!({"agents": [{"id": "{agent}", "version": 1, "rights": own}]});
    let assignment = json!({"profile": "{profile}", "agents": [{"id": "{agent}", "version": 1}]});
    let new = json!({"given_name": "A", "family_name": "B", "email": "a@b.example", "profile": "{profile}"});
    Some(match operation {
        "proposeNetwork" => json_of(json!({"name": "", "addresses": []})),
        "changeNetwork" => json_of(json!({"addresses": ["198.51.100.7"]})),
        "openReview" => json_of(json!({"due": ""})),
        "previewDecision" | "decideReview" => {
            json_of(json!({"agents": ["{agent}"], "decision": "keep"}))
        }
        "addRule" | "changeRuleDraft" => json_of(json!({"text": "permit"})),
        "setTwoPeople" => json_of(json!({"needed": true})),
        "previewRule" | "previewRuleWithdrawal" => json_of(json!({})),
        "publishRule" | "withdrawRule" => json_of(json!({"proof": "aucune", "reason": "essai"})),
        "releaseAgent" => json_of(json!({"to": "montrieux", "last_day": "2026-12-31"})),
        "answerArrival" => json_of(json!({"accept": true})),
        _ if WITHIN_BARE.contains(&operation) => NO_BODY,
        "enrolAgent" => json_of(new),
        "correctAgent" | "previewRecord" => json_of(record),
        "redirectInvitation" => json_of(json!({"email": "autre@fontclaire.example"})),
        "takeStep" => json_of(json!({"step": "delete"})),
        "previewRights" | "changeRights" => json_of(rights),
        "addProfile" | "previewProfile" | "changeProfile" => json_of(profile),
        "previewAssignment" | "assignProfile" => json_of(assignment),
        "addGroup" => json_of(json!({"name": ""})),
        "renameGroup" => json_of(json!({"name": "Autre"})),
        "answerAccessRequest" => json_of(json!({"grant": true})),
        "takeImport" => csv_of("Prénom;Nom;Courriel\nA;;a@b.example"),
        "applyImport" => json_of(json!({"proof": "aucune"})),
        _ => return None,
    })
}

/// The correspondants' operations.
fn from_above(operation: &str) -> Option<Body> {
    let case = json!({"given_name": "A", "family_name": "B", "email": "a@b.example",
        "authority_name": "C", "authority_title": "Maire"});
    Some(match operation {
        "listCollectivites"
        | "getCollectivite"
        | "listDesignations"
        | "getDesignation"
        | "getDocument"
        | "listReferents"
        | "listProposedNetworks"
        | "getCollectiviteImport"
        | "getStatistics"
        | "listSoleRequests"
        | "listSoleReviewLines" => NO_BODY,
        "openCollectivite" => json_of(json!({"name": "", "siret": "1", "kind": "cdg"})),
        "changeCollectivite" => json_of(json!({"name": "Autre", "services": []})),
        "setCollectiviteState" => json_of(json!({"state": "closed"})),
        "addDesignation" => json_of(case),
        "putDocument" => ("application/pdf", Value::String("%PDF-1.7".to_owned())),
        "correctDesignation" => json_of(json!({"family_name": "Autre"})),
        "abandonDesignation" => json_of(json!({"reason": "Autre"})),
        "checkDesignation" => json_of(json!({"accept": true, "document": 1})),
        "endMandate" => json_of(json!({})),
        "answerSoleRequest" => json_of(json!({"grant": true})),
        "decideSoleReviewLine" => {
            json_of(json!({"review": "{sole-review}", "agent": "{sole}", "withdraw": true}))
        }
        "answerProposedNetwork" => json_of(json!({"confirm": true})),
        "takeCollectiviteImport" => csv_of("Nom;SIRET;Type\nA;1;collectivite"),
        "applyCollectiviteImport" => json_of(json!({"proof": "aucune"})),
        "helpWithInvitation" | "endSessions" => json_of(json!({"email": "a@b.example"})),
        "lookAtAccesses" => json_of(json!({"email": "a@b.example", "reason": "une question"})),
        "askForRenewal" => {
            json_of(json!({"by": "2027-06-30", "collectivites": ["{collectivite}"]}))
        }
        _ => return None,
    })
}

fn row(operation: &str) -> Option<(Whose, Body)> {
    if operation == "getMe" {
        return Some((Whose::Everybody, NO_BODY));
    }
    let within = within(operation).map(|body| (Whose::Referents, body));
    within.or_else(|| Some((Whose::Correspondants, from_above(operation)?)))
}

/// What `{id}` stands for in the paths that begin so.
const NAMED: &[(&str, &str)] = &[
    ("agents", "{agent}"),
    ("groups", "{group}"),
    ("profiles", "{profile}"),
    ("imports", "{import}"),
    ("access-requests", "{request}"),
    ("collectivites", "{collectivite}"),
    ("networks", "{network}"),
    ("reviews", "{review}"),
    ("rules", "{rule}"),
    ("arrivals", "{transfer}"),
    ("proposed-networks", "{network}"),
    ("sole-referents", "{sole-request}"),
    ("collectivite-imports", "{registration}"),
];

/// One for each operation of the document.
pub(super) fn examples(document: &Value, objects: &[(&'static str, String)]) -> Vec<Example> {
    let fill = |text: &str| {
        let replace = |text: String, (name, id): &(&str, String)| text.replace(name, id);
        objects.iter().fold(text.to_owned(), replace)
    };
    let example = |(path, method, operation): (String, String, Value)| {
        let id = operation["operationId"].as_str().unwrap();
        let (whose, (kind, body)) = row(id).unwrap_or_else(|| panic!("{id} has no row"));
        let named = NAMED
            .iter()
            .find(|(kind, _)| path.starts_with(&format!("/api/v1/{kind}/")));
        let path = named.map_or(path.clone(), |(_, name)| path.replace("{id}", name));
        let body = match body {
            Value::Null => None,
            Value::String(text) => Some(text),
            body => Some(body.to_string()),
        };
        let in_body = |body: &String| objects.iter().any(|(name, _)| body.contains(name));
        let example = Example {
            whose,
            method: method.to_uppercase().parse().unwrap(),
            foreign: path.contains('{') || body.as_ref().is_some_and(in_body),
            path: fill(&path),
            body: body.as_deref().map(fill),
            kind,
        };
        assert!(
            !example.path.contains('{'),
            "{} has no object",
            example.at()
        );
        example
    };
    operations(document).into_iter().map(example).collect()
}

impl Example {
    pub(super) fn on(&self, client: &Client, world: &World) -> RequestBuilder {
        let url = world.url("portail", &self.path);
        let request = client.request(self.method.clone(), &url).unwrap();
        let request = request.header("If-Match", "\"1\"");
        match &self.body {
            Some(body) => request.header("Content-Type", self.kind).body(body.clone()),
            None => request,
        }
    }

    pub(super) fn at(&self) -> String {
        format!("{} {}", self.method, self.path)
    }
}
