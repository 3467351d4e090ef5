//! Both ends of the way: connections that ask again and again, and the service behind.

use anyhow::Context as _;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::time::{Instant, timeout};

pub(crate) const CONNECTIONS: usize = 32;
/// The status of a redirection to the log-in page.
pub(crate) const REDIRECT: u16 = 302;

const END_OF_HEAD: &[u8] = b"\r\n\r\n";
const SIZE: usize = 1024;

/// Requests to send in turn, and the status that each must be answered with.
#[derive(Clone)]
pub(crate) struct Requests {
    heads: Arc<[Vec<u8>]>,
    status: u16,
}

impl Requests {
    /// One for each cookie; one without, when there is none.
    pub(crate) fn new(path: &str, cookies: &[String], status: u16) -> Self {
        let head = |cookie: &str| {
            let accept = "Accept: text/html";
            format!("GET {path} HTTP/1.1\r\nHost: localhost\r\n{accept}\r\n{cookie}\r\n")
                .into_bytes()
        };
        let mut heads: Vec<Vec<u8>> = cookies
            .iter()
            .map(|cookie| head(&format!("Cookie: {cookie}\r\n")))
            .collect();
        if heads.is_empty() {
            heads.push(head(""));
        }
        Self {
            heads: heads.into(),
            status,
        }
    }

    pub(crate) fn len(&self) -> usize {
        self.heads.len()
    }
}

/// When to stop asking.
#[derive(Clone, Copy)]
pub(crate) enum Goal {
    Requests(usize),
    Until(Duration),
}

/// Asks on every connection until the goal is reached; gives the number of answers.
pub(crate) async fn run(
    address: SocketAddr,
    requests: &Requests,
    goal: Goal,
    patience: Duration,
) -> anyhow::Result<usize> {
    let (asked, started) = (Arc::new(AtomicUsize::new(0)), Instant::now());
    let mut connections = tokio::task::JoinSet::new();
    for _ in 0..CONNECTIONS {
        let (requests, asked) = (requests.clone(), asked.clone());
        let next = move || {
            let number = asked.fetch_add(1, Ordering::Relaxed);
            let more = match goal {
                Goal::Requests(all) => number < all,
                Goal::Until(end) => started.elapsed() < end,
            };
            more.then_some(number)
        };
        connections.spawn(ask(address, requests, next));
    }
    let mut answers = 0;
    let all = async {
        while let Some(done) = connections.join_next().await {
            answers += done??;
        }
        anyhow::Ok(())
    };
    timeout(patience, all).await.context("too slow")??;
    Ok(answers)
}

async fn ask(
    address: SocketAddr,
    requests: Requests,
    next: impl Fn() -> Option<usize>,
) -> anyhow::Result<usize> {
    let mut stream = TcpStream::connect(address).await?;
    stream.set_nodelay(true)?;
    let (mut answer, mut answers) = (Vec::with_capacity(16 * SIZE), 0);
    let expected = format!("HTTP/1.1 {} ", requests.status).into_bytes();
    while let Some(number) = next() {
        let head = requests.heads.get(number % requests.len());
        stream.write_all(head.context("no request")?).await?;
        answer.clear();
        while !is_whole(&answer)? {
            let read = stream.read_buf(&mut answer).await?;
            anyhow::ensure!(read > 0, "the connection ended");
        }
        let said = || String::from_utf8_lossy(&answer).into_owned();
        anyhow::ensure!(answer.starts_with(&expected), "not as expected: {}", said());
        answers += 1;
    }
    Ok(answers)
}

/// Whether head and body are there.
fn is_whole(answer: &[u8]) -> anyhow::Result<bool> {
    let Some(end) = answer.windows(4).position(|window| window == END_OF_HEAD) else {
        return Ok(false);
    };
    let head = std::str::from_utf8(answer.get(..end).unwrap_or_default())?;
    let length = head.lines().find_map(|line| {
        let (name, value) = line.split_once(':')?;
        let length = name.eq_ignore_ascii_case("content-length");
        length.then(|| value.trim().parse::<usize>().ok())?
    });
    let length = length.context("the answer does not say its length")?;
    Ok(answer.len() >= end + END_OF_HEAD.len() + length)
}

/// The service behind: answers everything with 1 KiB.
pub(crate) async fn backend() -> anyhow::Result<SocketAddr> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let address = listener.local_addr()?;
    let mut answer =
        format!("HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: {SIZE}\r\n\r\n")
            .into_bytes();
    answer.resize(answer.len() + SIZE, b'x');
    let answer: Arc<[u8]> = answer.into();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(serve(stream, answer.clone()));
        }
    });
    Ok(address)
}

async fn serve(mut stream: TcpStream, answer: Arc<[u8]>) -> std::io::Result<()> {
    stream.set_nodelay(true)?;
    let mut head = Vec::with_capacity(4096);
    while stream.read_buf(&mut head).await? > 0 {
        if head.ends_with(END_OF_HEAD) {
            head.clear();
            stream.write_all(&answer).await?;
        }
    }
    Ok(())
}
