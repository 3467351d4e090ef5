//! What one collectivité writes changes nothing in another.

use crate::random::{OWNER, VOCABULARY, model};
use policies::{Error, Rule, Ruleset};
use proptest::prelude::*;

proptest! {
    #![proptest_config(ProptestConfig { cases: 128, failure_persistence: None, ..Default::default() })]

    #[test]
    fn no_rule_is_taken_by_another_collectivite(model in model()) {
        let rule = Rule { id: "r".to_owned(), text: model.to_cedar(&OWNER.into()).unwrap() };
        let taken = Ruleset::check(&VOCABULARY, &"montrieux".into(), &rule);
        prop_assert!(matches!(taken, Err(Error::Reach { .. })), "{:?}", taken);
    }

    #[test]
    fn no_rule_names_another_collectivites_people(model in model()) {
        // Written for the one, naming what is the other's.
        let named = model.who.people().next().is_some() || !model.who.any_of.is_empty();
        let rule = Rule { id: "r".to_owned(), text: model.to_cedar(&"montrieux".into()).unwrap() };
        let taken = Ruleset::check(&VOCABULARY, &"montrieux".into(), &rule);
        prop_assert_eq!(taken.is_err(), named, "{}", rule.text);
    }
}
