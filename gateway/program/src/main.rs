//! `convergences`: see `convergences help`.

use std::process::ExitCode;

// A tenth of a forwarded request is memory management; this halves it.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    convergences::run()
}
