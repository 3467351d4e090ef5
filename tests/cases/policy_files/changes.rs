//! One rule published or withdrawn by an operator: proved, with a reason, and not behind two référents.

use super::{Desk, EVENING};
use crate::correspondant::guardrails::close_bip;
use convergences_tests::lane;
use convergences_tests::world::CORINNE;
use std::process::{Command, Output};

/// `convergences policy COMMAND --collectivite fontclaire …`
fn run(desk: &Desk, command: &str, more: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_program"))
        .args(["policy", command, "--collectivite", "fontclaire"])
        .args(["--config".as_ref(), desk.config.as_os_str()])
        .args(more)
        .output()
        .unwrap()
}

fn said(output: &Output) -> (bool, String) {
    let said = [&*output.stdout, &*output.stderr].concat();
    (output.status.success(), String::from_utf8(said).unwrap())
}

/// Publishes a text as the rule `soir`.
fn publish(desk: &Desk, text: &str, more: &[&str]) -> (bool, String) {
    let file = desk.world.folder().join("one.cedar");
    std::fs::write(&file, text).unwrap();
    let file = file.display().to_string();
    let asked = [&["--id", "soir", &file, "--reason", "essai"], more].concat();
    said(&run(desk, "publish", &asked))
}

#[tokio::test(flavor = "multi_thread")]
async fn what_may_fail_is_refuted_and_not_published() {
    let desk = Desk::start().await;
    let fails = EVENING.replace(
        "context.heure >= duration(\"18h\")",
        "context.heure.toMilliseconds() * 9000000000000000000 > 0",
    );
    let solver = lane::program("cvc5", &[]);
    if lane::required("proof", solver, "install cvc5").is_some() {
        let (done, told) = publish(&desk, &fails, &[]);
        assert!(!done && told.contains("refuted: fontclaire/soir"), "{told}");
        let never = EVENING.replace("when {", "when { context.heure < duration(\"7h\") &&");
        let (done, told) = publish(&desk, &never, &[]);
        assert!(!done && told.contains("never applies"), "{told}");
        assert!(!desk.in_force().await.contains(&"soir".to_owned()));
    }
    let beyond = EVENING.replace("\"fontclaire\"", "\"montrieux\"");
    let (done, told) = publish(&desk, &beyond, &[]);
    assert!(
        !done && told.contains("Une règle ne concerne que"),
        "{told}"
    );
    let (done, told) = publish(&desk, EVENING, &[]);
    assert!(done && told.contains("Published `soir`"), "{told}");
    let (done, told) = publish(&desk, EVENING, &[]);
    assert!(done && told.contains("in force as it is"), "{told}");
    let (done, told) = said(&run(&desk, "withdraw", &["--id", "soir", "--reason", " "]));
    assert!(!done && told.contains("`--reason` says why"), "{told}");
    let (done, told) = said(&run(&desk, "withdraw", &["--id", "nuit", "--reason", "x"]));
    assert!(
        !done && told.contains("`nuit` is no rule in force"),
        "{told}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn rules_are_tested_under_the_guardrails_of_their_folder() {
    let desk = Desk::start().await;
    let mut corinne = desk.world.log_in(CORINNE).await.unwrap();
    let address = close_bip(&desk.world, &mut corinne, "").await;
    let guardrail = address.rsplit('/').next().unwrap();
    let guardrail = format!("cig/garde-fou/{guardrail}");
    assert!(desk.succeed("export", &[]).contains("1 guardrails"));
    desk.write("soir.cedar", EVENING);
    let expected = |decision: &str, rule: &str| {
        format!(
            "[[expect]]\nname = \"a Friday evening\"\nagent = \"amina\"\naction = \"ouvrir\"\nwhat = \"bip\"\nat = 2026-11-27T19:00:00\ndecision = \"{decision}\"\nrule = \"{rule}\"\n"
        )
    };
    desk.write("expectations.toml", &expected("deny", &guardrail));
    assert!(desk.succeed("test", &[]).contains("1 expectations hold"));
    desk.write("expectations.toml", &expected("allow", "soir"));
    let told = desk.fail("test", &[]);
    assert!(told.contains(&guardrail), "{told}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_names_nobody_and_nothing_of_the_collectivite_is_not_put_in_force() {
    let desk = Desk::start().await;
    desk.succeed("export", &[]);
    for (named, told) in [
        (
            r#"principal in Groupe::"fontclaire/paye""#,
            "fontclaire/paye",
        ),
        (r#"context.reseaux.contains("mairei")"#, "mairei"),
        (
            r#"principal in Profil::"fontclaire/chefs""#,
            "fontclaire/chefs",
        ),
        (r#"resource == Route::"bip/caves""#, "bip/caves"),
        (
            r#"principal == Agent::"fontclaire/personne""#,
            "fontclaire/personne",
        ),
    ] {
        let text = EVENING.replace("when {", &format!("when {{ {named} &&"));
        assert!(text.contains(named), "{text}");
        let (done, said) = publish(&desk, &text, &[]);
        let place = "fontclaire/soir.cedar:";
        assert!(
            !done && said.contains(place) && said.contains(told),
            "{said}"
        );
        desk.write("soir.cedar", &text);
        let said = desk.fail("import", &["--reason", "essai"]);
        assert!(said.contains(told), "{said}");
        assert!(desk.fail("diff", &[]).contains(told));
    }
    assert!(!desk.in_force().await.contains(&"soir".to_owned()));
    let known = r#"principal in Groupe::"fontclaire/rh""#;
    let text = EVENING.replace("when {", &format!("when {{ {known} &&"));
    let (done, said) = publish(&desk, &text, &[]);
    assert!(done, "{said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn where_two_people_are_wanted_an_operator_says_that_they_are_alone() {
    let desk = Desk::start().await;
    desk.want_two_people().await;
    let (done, told) = publish(&desk, EVENING, &[]);
    assert!(!done && told.contains("wants two people"), "{told}");
    desk.succeed("export", &[]);
    desk.write("soir.cedar", EVENING);
    let told = desk.fail("import", &["--reason", "essai"]);
    assert!(told.contains("`--alone`"), "{told}");
    assert!(!desk.in_force().await.contains(&"soir".to_owned()));
    let (done, told) = publish(&desk, EVENING, &["--alone"]);
    assert!(done, "{told}");
    let end = ["--id", "soir", "--reason", "fin"];
    let (done, told) = said(&run(&desk, "withdraw", &end));
    assert!(!done && told.contains("wants two people"), "{told}");
    let (done, told) = said(&run(&desk, "withdraw", &[&end[..], &["--alone"]].concat()));
    assert!(done && told.contains("Withdrew `soir`"), "{told}");
}
