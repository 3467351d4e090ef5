//! The demonstration in a real browser: journeys, and every page against WCAG and the HTML standard.

use accounts::Clock;
use convergences::cli::DemoArguments;
use convergences::demo::Demo;
use convergences_tests::lane;
use convergences_tests::letters;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// The scripts that drive the browser.
fn scripts() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("browser")
}

/// Node.js, when everything that the lane needs is there.
fn node() -> Option<PathBuf> {
    let required = |found, advice| lane::required("browser", found, advice);
    let chromium = lane::program("chromium", &["/usr/bin/chromium-browser"]);
    required(chromium, "chromium not found; apt-get install chromium")?;
    let modules = lane::folder(&scripts().join("node_modules/playwright-core"));
    required(modules, "its packages not found; npm ci in tests/browser")?;
    let node = lane::program("node", &["/usr/bin/nodejs"]);
    required(node, "node not found; apt-get install nodejs")
}

#[tokio::test(flavor = "multi_thread")]
async fn every_page_and_journey_holds_in_a_browser() {
    let Some(node) = node() else { return };
    let folder = tempfile::tempdir().unwrap();
    let packed = Path::new(env!("CARGO_MANIFEST_DIR")).join("../search/corpus/small.jsonl.zst");
    let corpus = folder.path().join("small.jsonl");
    let unpacked = zstd::decode_all(std::fs::File::open(packed).unwrap()).unwrap();
    std::fs::write(&corpus, unpacked).unwrap();
    let arguments = DemoArguments {
        listen: "127.0.0.1:0".parse().unwrap(),
        data: folder.path().join("demo"),
    };
    let edge = tokio::runtime::Handle::current();
    let demo = Demo::start(&arguments, Clock::System, Some(&corpus), &edge)
        .await
        .unwrap();
    letters::write_links(&arguments.data).await.unwrap();
    let mut run = Command::new(node);
    run.arg(scripts().join("run.mjs"))
        .arg(arguments.data.join("demo.json"))
        .stdin(Stdio::null());
    // Here, and not on a thread that serves pages.
    let run = tokio::task::spawn_blocking(move || run.output());
    let run = run.await.unwrap().unwrap();
    demo.product.stop().await;
    assert!(
        run.status.success(),
        "{}\n{}",
        String::from_utf8_lossy(&run.stdout),
        String::from_utf8_lossy(&run.stderr)
    );
}
