//! What a request finds in memory, by itself: a decision taken before, and the hash of a cookie.

use accounts::Token;
use policies::{
    Access, Action, Decisions, Member, Principal, Role, Route, Rule, Ruleset, Situation, Tenant,
    Vocabulary,
};
use std::hint::black_box;
use std::sync::Arc;
use std::time::Instant;

const CALLS: u32 = 1_000;
const SAMPLES: usize = 301;

pub(crate) fn print() -> anyhow::Result<()> {
    let vocabulary = Arc::new(Vocabulary::new(&["bench".into()])?);
    let tenant = Tenant {
        id: "bench".into(),
        active: true,
        cdg: None,
        services: vec!["bench".into()],
    };
    let text =
        "permit (principal in Collectivite::\"bench\", action, resource == Route::\"bench/app\")
                when { principal in Groupe::\"bench/staff\" };";
    let rule = Rule {
        id: "staff".to_owned(),
        text: text.to_owned(),
    };
    let ruleset = Ruleset::build(&vocabulary, &tenant, &[rule])?;
    let principal = Principal::Member(Arc::new(Member {
        id: "bench/alice".into(),
        collectivite: "bench".into(),
        active: true,
        role: Role::Agent,
        groups: vec!["bench/staff".into()],
        profile: None,
        rights: Vec::new(),
    }));
    let route = Route {
        id: "bench/app".into(),
        service: "bench".into(),
        access: Access::Granted,
    };
    let at = Situation::at(1_795_165_200, None, false);
    let decide =
        |known: &Decisions| known.decide(&ruleset, &principal, Action::Ouvrir, &route, &at);
    let known = Decisions::default();
    anyhow::ensure!(decide(&known).is_ok(), "the rule does not permit");
    let first = nanoseconds(10, || decide(&Decisions::default()).is_ok());
    let again = nanoseconds(CALLS, || decide(&known).is_ok());
    let token = Token::fresh()?;
    let digest = nanoseconds(CALLS, || Token::digest(black_box(token.as_str())));
    println!("Median of a decision: {first:.0} ns the first time, {again:.0} ns from then on;");
    println!("of a cookie's hash: {digest:.0} ns.");
    Ok(())
}

/// The median of one call.
fn nanoseconds<T>(calls: u32, call: impl Fn() -> T) -> f64 {
    let sample = |_| {
        let started = Instant::now();
        for _ in 0..calls {
            black_box(call());
        }
        started.elapsed().as_secs_f64() * 1e9 / f64::from(calls)
    };
    super::median((0..SAMPLES).map(sample))
}
