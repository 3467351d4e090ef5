//! The README stays true: its configuration is one, its commands exist.

use std::path::Path;
use std::process::Command;

fn readme() -> String {
    std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("../README.md")).unwrap()
}

fn example() -> String {
    let text = readme();
    let example = text.split("```toml\n").nth(1).unwrap();
    example.split("```").next().unwrap().to_owned()
}

#[test]
fn its_configuration_is_accepted() {
    if let Err(mistakes) = convergences::config::parse("README.md", &example()) {
        panic!("{mistakes}");
    }
}

#[test]
fn what_a_configuration_names_and_is_not_there_is_told_together() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("c.toml");
    let nowhere = folder.path().join("nowhere").display().to_string();
    std::fs::write(&file, example().replace("/etc/convergences", &nowhere)).unwrap();
    let checked = Command::new(env!("CARGO_BIN_EXE_program"))
        .args(["check", "--config"])
        .arg(&file)
        .output()
        .unwrap();
    let said = String::from_utf8(checked.stderr).unwrap();
    assert!(!checked.status.success());
    assert!(said.contains("nowhere/master.key"), "{said}");
    assert!(said.contains("nowhere/chain.pem"), "{said}");
}

#[test]
fn its_commands_exist() {
    for line in readme()
        .lines()
        .filter(|line| line.starts_with("| `convergences "))
    {
        for command in line.split('|').nth(1).unwrap().split(',') {
            let words: Vec<_> = command
                .trim()
                .trim_matches('`')
                .trim_start_matches("convergences ")
                .split(' ')
                .collect();
            assert!(convergences::cli::exists(&words), "{command}");
        }
    }
}

#[test]
fn its_demo_command_is_the_alias() {
    let aliases = std::fs::read_to_string(
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../.cargo/config.toml"),
    )
    .unwrap();
    assert!(aliases.contains("demo = \"run --release --locked --package convergences -- demo\""));
    assert!(readme().contains("    cargo demo\n"));
    assert!(readme().contains("Rust 1.94"));
}
