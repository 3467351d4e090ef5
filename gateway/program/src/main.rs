//! `convergences`: see `convergences help`.

use std::process::ExitCode;

// A tenth of a forwarded request is memory management; this halves it.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    // mimalloc asks for huge pages, and thousands of small things never fill them: with 10,000
    // sessions they take 20 MiB more. Where the kernel cannot be asked, memory is all it costs.
    #[cfg(target_os = "linux")]
    let _ = nix::sys::prctl::set_thp_disable(true);
    convergences::run()
}
