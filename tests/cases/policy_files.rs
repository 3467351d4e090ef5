//! Rules kept as files: written out, checked, held to expectations, and put in force, all or none.

mod changes;
mod granted;

use convergences_tests::operator::withdraw_rule;
use convergences_tests::world::World;
use sqlx::Connection as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// A world's store, as a configuration file names it, and a folder for rules.
struct Desk {
    world: World,
    config: PathBuf,
    rules: PathBuf,
}

impl Desk {
    async fn start() -> Self {
        let world = World::start().await.unwrap();
        let readme = Path::new(env!("CARGO_MANIFEST_DIR")).join("../README.md");
        let readme = std::fs::read_to_string(readme).unwrap();
        let example = readme.split("```toml\n").nth(1).unwrap();
        let example = example.split("```").next().unwrap();
        let key = world.folder().join("master.key").display().to_string();
        let example = example
            .replace(
                "sqlite:///var/lib/convergences/convergences.db",
                &world.config.store.url,
            )
            .replace("/etc/convergences/master.key", &key);
        let config = world.folder().join("files.toml");
        std::fs::write(&config, example).unwrap();
        let rules = world.folder().join("rules");
        Self {
            world,
            config,
            rules,
        }
    }

    /// `convergences policy COMMAND FOLDER …`
    fn run(&self, command: &str, more: &[&str]) -> Output {
        Command::new(env!("CARGO_BIN_EXE_program"))
            .args(["policy", command])
            .arg(&self.rules)
            .arg("--config")
            .arg(&self.config)
            .args(more)
            .output()
            .unwrap()
    }

    /// What it says when it succeeds.
    fn succeed(&self, command: &str, more: &[&str]) -> String {
        let output = self.run(command, more);
        let error = String::from_utf8(output.stderr).unwrap();
        assert!(output.status.success(), "{command}: {error}");
        String::from_utf8(output.stdout).unwrap()
    }

    /// What it complains of.
    fn fail(&self, command: &str, more: &[&str]) -> String {
        let output = self.run(command, more);
        assert!(!output.status.success(), "{command} succeeded");
        String::from_utf8(output.stderr)
            .unwrap()
            .replace('\u{a0}', " ")
    }

    fn write(&self, name: &str, text: &str) {
        let file = self.rules.join("fontclaire").join(name);
        std::fs::write(file, text).unwrap();
    }

    /// As two référents would have asked for.
    async fn want_two_people(&self) {
        let address = &self.world.config.store.url;
        sqlx::any::install_default_drivers();
        let mut raw = sqlx::AnyConnection::connect(address).await.unwrap();
        let wanted =
            sqlx::query("UPDATE collectivites SET rules_by_two = 1 WHERE id = 'fontclaire'");
        wanted.execute(&mut raw).await.unwrap();
    }

    async fn in_force(&self) -> Vec<String> {
        let town = "fontclaire".into();
        let rules = self.world.product.store.list_rules(&town);
        rules
            .await
            .unwrap()
            .into_iter()
            .map(|stored| stored.rule.id)
            .collect()
    }
}

const EVENING: &str = r#"@libelle("Le soir, tout le monde lit BIP")
permit (principal in Collectivite::"fontclaire", action in [Action::"lecture"], resource in Service::"bip")
when { context.heure >= duration("18h") };
"#;

const EXPECTED: &str = r#"services = ["bip"]

[[expect]]
name = "in the evening BIP is open"
agent = "amina"
action = "ouvrir"
what = "bip"
at = 2026-11-27T19:00:00
decision = "allow"
rule = "soir"

[[expect]]
name = "in the morning it is not"
agent = "amina"
action = "lire"
document = "fiche"
what = "bip"
at = 2026-11-27T09:00:00
decision = "deny"
"#;

#[tokio::test(flavor = "multi_thread")]
async fn rules_are_exported_tested_and_imported_with_their_deciding_rule() {
    let desk = Desk::start().await;
    desk.succeed("export", &[]);
    assert!(
        desk.rules
            .join("fontclaire/paie-net-cotisations.cedar")
            .is_file()
    );
    assert!(desk.succeed("diff", &[]).contains("as in force"));
    desk.write("soir.cedar", EVENING);
    desk.write("expectations.toml", EXPECTED);
    assert!(desk.succeed("test", &[]).contains("2 expectations hold"));
    let shown = desk.succeed("diff", &[]);
    assert!(
        shown.contains("+ fontclaire/soir Le soir, tout le monde lit BIP"),
        "{shown}"
    );
    let done = desk.succeed("import", &["--reason", "essai"]);
    assert!(done.contains("1 changes are in force"), "{done}");
    assert!(desk.in_force().await.contains(&"soir".to_owned()));
    // Without its file it stays, unless that is asked for.
    std::fs::remove_file(desk.rules.join("fontclaire/soir.cedar")).unwrap();
    std::fs::remove_file(desk.rules.join("fontclaire/expectations.toml")).unwrap();
    assert!(
        desk.succeed("import", &["--reason", "fin"])
            .contains("0 changes")
    );
    desk.succeed("import", &["--reason", "fin", "--withdraw"]);
    assert!(!desk.in_force().await.contains(&"soir".to_owned()));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_does_not_hold_is_told_with_its_line_and_nothing_is_imported() {
    let desk = Desk::start().await;
    desk.succeed("export", &[]);
    let before = desk.in_force().await;
    for (rule, expected, command, said) in [
        (
            EVENING.replace("heure", "heur"),
            EXPECTED.to_owned(),
            "check",
            "soir.cedar:3:8: « heur » n’existe pas",
        ),
        (
            EVENING.replace("\"fontclaire\"", "\"montrieux\""),
            EXPECTED.to_owned(),
            "check",
            "que les agents de votre collectivité",
        ),
        (
            EVENING.replace("18h", "20h"),
            EXPECTED.to_owned(),
            "test",
            "expectations.toml:3: in the evening BIP is open: expected Allow, got Deny",
        ),
        (
            EVENING.to_owned(),
            EXPECTED.replace("\"soir\"", "\"matin\""),
            "test",
            "expected `matin` to decide, it was fontclaire/soir",
        ),
        (
            EVENING.to_owned(),
            EXPECTED.replace("agent", "agnet"),
            "test",
            "expectations.toml:5: unknown field `agnet`",
        ),
        (
            EVENING.to_owned(),
            EXPECTED.replace("what = \"bip\"", "what = \"bib\""),
            "test",
            "`bib` is no service",
        ),
    ] {
        desk.write("soir.cedar", &rule);
        desk.write("expectations.toml", &expected);
        let told = desk.fail(command, &[]);
        assert!(told.contains(said), "{said}: {told}");
        desk.fail("import", &["--reason", "essai"]);
        assert_eq!(desk.in_force().await, before);
    }
}

/// `convergences policy explain …`: what it says, and of what.
fn explain(desk: &Desk, asked: &[&str]) -> (bool, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_program"))
        .args(["policy", "explain"])
        .args(asked)
        .arg("--config")
        .arg(&desk.config)
        .output()
        .unwrap();
    let said = [output.stdout, output.stderr].concat();
    let said = String::from_utf8(said).unwrap().replace('\u{a0}', " ");
    (output.status.success(), said)
}

#[tokio::test(flavor = "multi_thread")]
async fn an_access_is_explained_with_the_rule_its_version_and_its_author() {
    let desk = Desk::start().await;
    let alain = "alain.garnier@fontclaire.example";
    let (done, said) = explain(&desk, &[alain, "net-cotisations", "--send"]);
    assert!(
        done && said.starts_with("`net-cotisations`: allow"),
        "{said}"
    );
    assert!(
        said.contains("fontclaire/paie-net-cotisations, version 1 of 2026-11-20T09:00:00Z"),
        "{said}"
    );
    assert!(said.contains("accèdent à"), "{said}");
    // By the rules of then: the rule ends, and was there before.
    let town = "fontclaire".into();
    desk.world.clock.advance(3600);
    let store = &desk.world.product.store;
    withdraw_rule(store, &town, "paie-net-cotisations")
        .await
        .unwrap();
    let (done, said) = explain(&desk, &[alain, "net-cotisations"]);
    assert!(
        done && said.contains("`net-cotisations`: deny. Aucun droit"),
        "{said}"
    );
    let then = ["--at", "2026-11-20T10:30:00+01:00"];
    let (done, said) = explain(&desk, &[&[alain, "net-cotisations"][..], &then].concat());
    assert!(done && said.contains("allow"), "{said}");
    for (asked, word) in [
        (
            &["personne@nulle-part.example", "bip"][..],
            "there is no account",
        ),
        (&[alain, "https://ailleurs.example/"], "is of no service"),
        (
            &[alain, "bip", "--collectivite", "montrieux"],
            "is in no such collectivité",
        ),
        (
            &["agnes.roux@ccas-fontclaire.example", "bip"],
            "say which with --collectivite",
        ),
        (
            &[alain, "bip", "--at", "2020-01-01T00:00:00Z"],
            "nothing is known of",
        ),
    ] {
        let (done, said) = explain(&desk, asked);
        assert!(!done && said.contains(word), "{asked:?}: {said}");
    }
}
