//! Nothing to build: the presence of this script is what `links` asks for.
fn main() {}
