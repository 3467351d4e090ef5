//! Writes `links.json` beside the summary of a running demonstration: the links of an invitation, of
//! a forgotten password, and of one that a newer has replaced. `letter_links DEMO_FOLDER`

use std::path::PathBuf;

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let folder = std::env::args_os().nth(1).map(PathBuf::from);
    let folder = folder.ok_or_else(|| anyhow::anyhow!("usage: letter_links DEMO_FOLDER"))?;
    convergences_tests::letters::write_links(&folder).await
}
