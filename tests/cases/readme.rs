//! The README stays true: its configuration is one, its commands exist.

use std::path::Path;

fn readme() -> String {
    std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("../README.md")).unwrap()
}

#[test]
fn its_configuration_is_accepted() {
    let text = readme();
    let example = text
        .split("```toml\n")
        .nth(1)
        .unwrap()
        .split("```")
        .next()
        .unwrap();
    if let Err(mistakes) = convergences::config::parse("README.md", example) {
        panic!("{mistakes}");
    }
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
