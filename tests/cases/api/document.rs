//! `/openapi.json`: valid, public, and all that there is.

use super::Said;
use convergences_tests::world::World;
use reqwest::Method;
use serde_json::Value;
use std::collections::BTreeSet;

pub(super) const METHODS: [&str; 5] = ["get", "post", "put", "patch", "delete"];

/// The document, as anybody reads it.
pub(super) async fn document(world: &World) -> Value {
    let stranger = world.browser().unwrap();
    let url = world.url("portail", "/openapi.json");
    let said = Said::of(stranger.request(Method::GET, &url).unwrap()).await;
    assert_eq!(said.header("content-type"), "application/json");
    said.body
}

/// Path, method and operation of each.
pub(super) fn operations(document: &Value) -> Vec<(String, String, Value)> {
    let paths = document["paths"].as_object().unwrap();
    let of = |(path, item): (&String, &Value)| {
        let item = item.as_object().unwrap().clone();
        let path = path.clone();
        item.into_iter()
            .filter(|(method, _)| METHODS.contains(&method.as_str()))
            .map(move |(method, operation)| (path.clone(), method, operation))
    };
    paths.iter().flat_map(of).collect()
}

/// Every `$ref` in a document.
fn references(value: &Value, found: &mut BTreeSet<String>) {
    match value {
        Value::Object(members) => {
            for (name, value) in members {
                if let ("$ref", Some(to)) = (name.as_str(), value.as_str()) {
                    found.insert(to.to_owned());
                }
                references(value, found);
            }
        }
        Value::Array(items) => items.iter().for_each(|item| references(item, found)),
        _ => {}
    }
}

fn parameters(operation: &Value) -> BTreeSet<String> {
    let listed = operation["parameters"].as_array();
    let in_path = |parameter: &&Value| parameter["in"] == "path" && parameter["required"] == true;
    let listed = listed.into_iter().flatten().filter(in_path);
    listed
        .map(|parameter| parameter["name"].as_str().unwrap().to_owned())
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_document_is_whole_and_holds_together() {
    let world = World::start().await.unwrap();
    let document = document(&world).await;
    assert!(document["openapi"].as_str().unwrap().starts_with("3.1."));
    assert!(document["info"]["title"].is_string() && document["info"]["version"].is_string());
    let mut found = BTreeSet::new();
    references(&document, &mut found);
    assert!(!found.is_empty());
    for reference in found {
        let pointer = reference.strip_prefix('#').unwrap();
        assert!(document.pointer(pointer).is_some(), "{reference}");
    }
    let named = document["security"].as_array().unwrap().iter();
    for name in named.flat_map(|scheme| scheme.as_object().unwrap().keys()) {
        let scheme = &document["components"]["securitySchemes"][name];
        assert!(scheme["type"].is_string(), "{name}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_operation_says_what_it_does_and_what_goes_wrong() {
    let world = World::start().await.unwrap();
    let document = document(&world).await;
    let mut ids = BTreeSet::new();
    let tags: BTreeSet<_> = document["tags"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|tag| tag["description"].is_string())
        .map(|tag| tag["name"].as_str().unwrap())
        .collect();
    for (path, method, operation) in operations(&document) {
        let at = format!("{method} {path}");
        let tag = operation["tags"][0].as_str().unwrap();
        assert!(tags.contains(tag), "{at}: whose is {tag}?");
        let id = operation["operationId"].as_str().unwrap().to_owned();
        assert!(ids.insert(id), "{at}: its operationId is taken");
        assert!(!operation["summary"].as_str().unwrap().is_empty(), "{at}");
        let in_path: BTreeSet<String> = path
            .split('{')
            .skip(1)
            .map(|rest| rest.split('}').next().unwrap().to_owned())
            .collect();
        assert_eq!(parameters(&operation), in_path, "{at}");
        let responses = operation["responses"].as_object().unwrap();
        assert!(
            responses.keys().any(|status| status.starts_with('2')),
            "{at}"
        );
        let writes = method != "get";
        let expected = if writes { "401 403 409 422" } else { "401 403" };
        for status in expected
            .split(' ')
            .chain(path.contains('{').then_some("404"))
        {
            let content = &responses[status]["content"];
            assert!(
                content["application/problem+json"].is_object(),
                "{at}: {status}"
            );
        }
        assert!(
            responses
                .values()
                .all(|response| response["description"].is_string()),
            "{at}"
        );
    }
}

#[test]
fn every_route_of_the_api_is_described_where_it_is_made() {
    let source = include_str!("../../../admin/src/api.rs");
    let flat: String = source.split_whitespace().collect();
    let bare: Vec<_> = flat.split(".route(").skip(1).collect();
    // The answer to any other address, and the document itself.
    assert_eq!(bare.len(), 2, "routes! describes what it routes");
    assert!(bare[0].starts_with("\"/api/{*rest}\",any(") && bare[1].starts_with("DOCUMENT,"));
}
