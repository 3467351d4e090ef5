//! What a decision costs before it is remembered, and what rules cost to load, to check while they are
//! typed, and to look at for a whole town. `cargo bench --package policies --bench decisions`.

#![expect(clippy::print_stdout, reason = "a benchmark tells its figures")]

use policies::{
    Access, Action, CollectiviteId, Level, Member, Model, Names, Principal, Resource, Right, Role,
    Route, Rule, Ruleset, Rulesets, Situation, Tenant, Vocabulary, alike_people, alike_routes,
    decide, expert,
};
use std::collections::HashMap;
use std::hint::black_box;
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

/// Friday 27 November 2026, 10:00 in Paris.
const NOW: i64 = 1_795_770_000;

const RULES: usize = 20;

type Fallible<T> = Result<T, Box<dyn std::error::Error>>;

fn main() -> Fallible<()> {
    if !std::env::args().any(|argument| argument == "--bench") {
        return Ok(());
    }
    let vocabulary = Arc::new(Vocabulary::new(&["bip".into(), "site".into()])?);
    // `-- load` measures that alone.
    let parts: [(&str, Part); 4] = [
        ("decision", decisions),
        ("check", checks),
        ("preview", preview),
        ("load", load),
    ];
    let asked: Vec<_> = std::env::args()
        .skip(1)
        .filter(|word| word != "--bench")
        .collect();
    for (name, part) in parts {
        if asked.is_empty() || asked.iter().any(|word| word == name) {
            part(&vocabulary)?;
        }
    }
    Ok(())
}

type Part = fn(&Arc<Vocabulary>) -> Fallible<()>;

fn names() -> Names {
    let mut names = Names::default();
    names.services.add("bip", "BIP");
    names.services.add("site", "Site");
    for group in 0..RULES {
        names
            .groups
            .add(&format!("ville0/g{group}"), &format!("Service {group}"));
    }
    names
}

/// Rules as référents write them: each for a service of the town hall, in its hours.
fn rules(owner: &CollectiviteId) -> Fallible<Vec<Rule>> {
    static WRITTEN: OnceLock<Vec<Rule>> = OnceLock::new();
    if WRITTEN.get().is_none() {
        let written: Fallible<Vec<_>> = (0..RULES).map(write).collect();
        let _ = WRITTEN.set(written?);
    }
    let written = WRITTEN.get().into_iter().flatten();
    let of_owner = |rule: &Rule| Rule {
        id: rule.id.clone(),
        text: rule.text.replace("ville0", owner.as_str()),
    };
    Ok(written.map(of_owner).collect())
}

/// One of them, of `ville0`.
fn write(number: usize) -> Fallible<Rule> {
    let target = if number.is_multiple_of(2) {
        "Site"
    } else {
        "BIP"
    };
    let sentence = format!(
        "Les agents du service «\u{a0}Service {number}\u{a0}» accèdent à {target} (lecture), du lundi au vendredi de {}\u{a0}h à 20\u{a0}h.",
        number % 9
    );
    let text = Model::parse(&sentence, &names())?.to_cedar(&"ville0".into())?;
    let id = format!("r{number}");
    Ok(Rule { id, text })
}

fn ruleset(vocabulary: &Arc<Vocabulary>, owner: &str) -> Fallible<Ruleset> {
    let id: CollectiviteId = owner.into();
    let tenant = Tenant {
        services: vec!["bip".into(), "site".into()],
        active: true,
        cdg: None,
        id: id.clone(),
    };
    Ok(Ruleset::build(vocabulary, &tenant, &rules(&id)?)?)
}

fn member(owner: &str, number: usize) -> Member {
    let level = Level::Lecture;
    let service = "bip".into();
    Member {
        id: format!("{owner}/a{number}").as_str().into(),
        collectivite: owner.into(),
        active: true,
        role: Role::Agent,
        groups: vec![format!("{owner}/g{}", number % 30).as_str().into()],
        profile: None,
        rights: if number.is_multiple_of(3) {
            vec![Right { service, level }]
        } else {
            Vec::new()
        },
    }
}

fn route(number: usize) -> Route {
    Route {
        id: format!("site/r{number}").into(),
        service: "site".into(),
        access: Access::Granted,
    }
}

/// The median of some rounds, each of `times` runs, per run.
fn median(times: u32, mut work: impl FnMut()) -> Duration {
    let mut rounds: Vec<_> = (0..15)
        .map(|_| {
            let began = Instant::now();
            (0..times).for_each(|_| work());
            began.elapsed() / times
        })
        .collect();
    rounds.sort_unstable();
    rounds.get(7).copied().unwrap_or_default()
}

fn say(what: &str, figure: Duration) {
    println!("{what:64} {:>12.1} µs", figure.as_secs_f64() * 1e6);
}

/// One decision, in memory with 10 and with 2,000 collectivités.
fn decisions(vocabulary: &Arc<Vocabulary>) -> Fallible<()> {
    let place = route(1);
    let now = Situation::at(NOW, None, false);
    for towns in [10, 2_000] {
        let rulesets = (0..towns).map(|town| {
            let owner = format!("ville{town}");
            Ok((
                owner.as_str().into(),
                Arc::new(ruleset(vocabulary, &owner)?),
            ))
        });
        let rulesets: HashMap<_, _> = rulesets.collect::<Fallible<_>>()?;
        let all = Rulesets::new(Arc::new(Ruleset::anonymous(vocabulary)), rulesets);
        let everywhere = Member {
            groups: (0..RULES)
                .map(|group| format!("ville7/g{group}").as_str().into())
                .collect(),
            ..member("ville7", 1)
        };
        for (who, member) in [
            ("allowed by a rule", member("ville7", 2)),
            ("refused", member("ville7", 29)),
            ("in every group", everywhere),
        ] {
            let principal = Principal::Member(Arc::new(member));
            let figure = median(2_000, || {
                let ruleset = all.of(&principal);
                let decided = ruleset.and_then(|ruleset| {
                    decide(
                        ruleset,
                        &principal,
                        Action::Ouvrir,
                        Resource::Route(&place),
                        &now,
                    )
                });
                let _ = black_box(decided);
            });
            say(
                &format!("decision, {RULES} rules, {towns} collectivités, {who}"),
                figure,
            );
        }
    }
    Ok(())
}

/// One check of a text, as while it is typed.
fn checks(vocabulary: &Arc<Vocabulary>) -> Fallible<()> {
    let owner: CollectiviteId = "ville0".into();
    let rules = rules(&owner)?;
    let rule = rules.first().ok_or("no rule")?;
    let figure = median(50, || {
        let _ = black_box(expert::read(vocabulary, &owner, &rule.text));
    });
    say("check of a text that holds", figure);
    let broken = rule.text.replace("context.heure", "context.heur");
    let figure = median(50, || {
        let _ = black_box(expert::read(vocabulary, &owner, &broken));
    });
    say("check of a text that does not", figure);
    Ok(())
}

/// A town of 1,000 agents and 500 areas before and after a rule, in one situation: everybody's access to
/// everything, by those whom no rule tells apart.
fn preview(vocabulary: &Arc<Vocabulary>) -> Fallible<()> {
    let (before, after) = (
        ruleset(vocabulary, "ville0")?,
        ruleset(vocabulary, "ville0")?,
    );
    let members: Vec<_> = (0..1_000).map(|number| member("ville0", number)).collect();
    let routes: Vec<_> = (0..500).map(route).collect();
    let now = Situation::at(NOW, None, false);
    let figure = median(1, || {
        let rulesets = [&before, &after];
        let routes: Vec<_> = routes.iter().collect();
        let people = alike_people(&rulesets, &members);
        let doors = alike_routes(&rulesets, &routes);
        for member in people
            .iter()
            .filter_map(|class| members.get(*class.first()?))
        {
            let principal = Principal::Member(Arc::new(member.clone()));
            for door in doors.iter().filter_map(|class| routes.get(*class.first()?)) {
                for ruleset in rulesets {
                    for action in [Action::Ouvrir, Action::Envoyer] {
                        let resource = Resource::Route(door);
                        let _ = black_box(decide(ruleset, &principal, action, resource, &now));
                    }
                }
            }
        }
    });
    say("preview, 1,000 agents × 500 areas, one situation", figure);
    Ok(())
}

/// The rules of a whole CIG.
fn load(vocabulary: &Arc<Vocabulary>) -> Fallible<()> {
    let towns: Vec<_> = (0..2_000).map(|town| format!("ville{town}")).collect();
    let towns = towns.iter().map(|owner| {
        let id: CollectiviteId = owner.as_str().into();
        let rules = rules(&id)?;
        let tenant = Tenant {
            active: true,
            services: vec!["bip".into(), "site".into()],
            cdg: None,
            id,
        };
        Ok((tenant, rules))
    });
    let towns = towns.collect::<Fallible<Vec<_>>>()?;
    let resident = resident();
    let began = Instant::now();
    let built = Ruleset::build_all(vocabulary, &towns);
    let built: Vec<_> = built.into_iter().collect::<Result<_, _>>()?;
    say("load of 2,000 collectivités × 20 rules", began.elapsed());
    println!(
        "{:64} {:>12} MiB",
        "memory of them",
        self::resident().saturating_sub(resident) / 1024
    );
    drop(black_box(built));
    Ok(())
}

/// Memory of this process in KiB; 0 where the system does not tell.
fn resident() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let number = line.and_then(|line| line.split_whitespace().next()?.parse().ok());
    number.unwrap_or_default()
}
