//! A right that an operator gives to somebody of the CIG, whom no référent is above.

use super::{Desk, explain};
use convergences_tests::world::CORINNE;
use sqlx::Connection as _;
use std::process::Command;

/// `convergences account grant LOGIN SERVICE LEVEL`
fn grant(desk: &Desk, asked: [&str; 3]) -> (bool, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_program"))
        .args(["account", "grant"])
        .args(asked)
        .arg("--config")
        .arg(&desk.config)
        .output()
        .unwrap();
    let said = [output.stdout, output.stderr].concat();
    (output.status.success(), String::from_utf8(said).unwrap())
}

#[tokio::test(flavor = "multi_thread")]
async fn an_operator_says_how_far_somebody_of_the_cig_goes_in_a_service() {
    let desk = Desk::start().await;
    // As in a new installation: nobody has opened a service to the CIG itself.
    sqlx::any::install_default_drivers();
    let address = &desk.world.config.store.url;
    let mut raw = sqlx::AnyConnection::connect(address).await.unwrap();
    for closed in [
        "DELETE FROM collectivite_services WHERE collectivite = 'cig'",
        "UPDATE collectivite_versions SET services = '' WHERE collectivite = 'cig'",
    ] {
        sqlx::query(closed).execute(&mut raw).await.unwrap();
    }
    let may_send = || explain(&desk, &[CORINNE, "bip", "--send"]).1;
    for (level, verdict) in [
        ("lecture", "deny"),
        ("ecriture", "allow"),
        ("ecriture", "allow"),
        ("aucun", "deny"),
        ("aucun", "deny"),
    ] {
        let (done, said) = grant(&desk, [CORINNE, "bip", level]);
        assert!(done, "{said}");
        let said = may_send();
        assert!(
            said.starts_with(&format!("`bip`: {verdict}")),
            "{level}: {said}"
        );
    }
    for (asked, remedy) in [
        ([CORINNE, "bib", "lecture"], "no service is called `bib`"),
        (
            [CORINNE, "bip", "redacteur"],
            "write `lecture`, `ecriture` or `aucun`",
        ),
        (
            ["renee.martin@fontclaire.example", "bip", "lecture"],
            "their référents give them rights",
        ),
        (
            ["nobody@cig.example", "bip", "lecture"],
            "there is no account",
        ),
    ] {
        let (done, said) = grant(&desk, asked);
        assert!(!done && said.contains(remedy), "{said}");
    }
}
