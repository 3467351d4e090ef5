//! The moments that a preview looks at stand for all others.

use crate::random::model;
use policies::{Conditions, Day, Hours, moments};
use proptest::prelude::*;
use std::collections::HashSet;

/// Friday 27 November 2026, 14:30 in Paris.
const FRIDAY: i64 = 1_795_786_200;

fn ways(rules: &[&Conditions], moments: &[i64]) -> HashSet<Vec<bool>> {
    let way = |at: &i64| rules.iter().map(|rule| rule.is_time(*at)).collect();
    moments.iter().map(way).collect()
}

#[test]
fn a_moment_is_found_where_one_rule_holds_and_another_does_not() {
    let monday = |from, until| Conditions {
        days: [Day::Monday].into(),
        hours: Some(Hours { from, until }),
        ..Conditions::default()
    };
    let (open, closed) = (monday(9 * 60, 17 * 60), monday(8 * 60, 10 * 60));
    let rules = [&open, &closed];
    let found = moments(&rules, FRIDAY);
    let expected = [[false, false], [true, false], [true, true], [false, true]];
    let expected: HashSet<_> = expected.map(Vec::from).into();
    assert_eq!(ways(&rules, &found), expected);
    assert_eq!(found.len(), 4, "each once");
    assert_eq!(found[0], FRIDAY, "now comes first");
}

#[test]
fn rules_that_ask_for_no_time_are_looked_at_now() {
    assert_eq!(moments(&[], FRIDAY), [FRIDAY]);
    assert_eq!(moments(&[&Conditions::default()], FRIDAY), [FRIDAY]);
}

#[test]
fn an_hour_that_one_sunday_lacks_is_looked_at_on_the_next() {
    let night = Conditions {
        days: [Day::Sunday].into(),
        hours: Some(Hours {
            from: 120,
            until: 180,
        }),
        ..Conditions::default()
    };
    // Saturday 27 March 2027: on the next day two o'clock is three.
    let found = moments(&[&night], 1_806_145_200);
    assert!(found.iter().any(|at| night.is_time(*at)), "{found:?}");
}

#[test]
fn a_day_off_is_found_on_every_day_of_the_week() {
    let tuesdays = Conditions {
        days: [Day::Tuesday].into(),
        ..Conditions::default()
    };
    let working = Conditions {
        working_days: true,
        ..Conditions::default()
    };
    let rules = [&tuesdays, &working];
    assert!(ways(&rules, &moments(&rules, FRIDAY)).contains(&vec![true, false]));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 128, failure_persistence: None, ..Default::default() })]

    #[test]
    fn whatever_holds_together_at_some_time_is_looked_at(
        models in proptest::collection::vec(model(), 1..4),
        // Twenty years: longer than any date of the rules is away.
        minutes in proptest::collection::vec(0..20 * 366 * 1440_i64, 64),
    ) {
        let rules: Vec<_> = models.iter().map(|model| &model.conditions).collect();
        let looked_at = ways(&rules, &moments(&rules, FRIDAY));
        for minute in minutes {
            let at = FRIDAY + minute * 60;
            let way = ways(&rules, &[at]);
            prop_assert!(way.is_subset(&looked_at), "{rules:?} at {at}");
        }
    }
}
