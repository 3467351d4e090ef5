//! Example of a mail server that delivers nothing: it takes every letter, keeps the last ones in memory and shows
//! them on web pages. For people who try a program that sends mail, and for its tests; never for real mail.
use axum::Router;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::get;
use jiff::Timestamp;
use std::collections::VecDeque;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::net::TcpListener;
use tokio::sync::watch;

use super::html::{self, escape};
pub use letter::Letter;

mod letter;
mod smtp;

/// As many letters as are kept.
const KEPT: usize = 200;

/// The mailbox of everybody. Clones share everything.
#[derive(Clone, Debug)]
pub struct Mailbox {
    letters: Arc<Mutex<VecDeque<Letter>>>,
    /// How many have arrived so far.
    arrived: Arc<watch::Sender<usize>>,
    /// What recipients are answered with, if they are not taken.
    refusal: Arc<Mutex<Option<String>>>,
}

impl Mailbox {
    /// Listens for SMTP on a free port of this machine, as long as the process lives.
    ///
    /// # Errors
    /// No port is free.
    pub async fn start() -> std::io::Result<(Self, SocketAddr)> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let address = listener.local_addr()?;
        let mailbox = Self {
            letters: Arc::default(),
            arrived: Arc::new(watch::Sender::new(0)),
            refusal: Arc::default(),
        };
        tokio::spawn(smtp::listen(listener, mailbox.clone()));
        Ok((mailbox, address))
    }

    /// Its web pages.
    pub fn router(self) -> Router {
        Router::new()
            .route("/", get(list))
            .route("/courriels/{number}", get(show))
            .route("/style.css", get(style))
            .fallback(not_found)
            .with_state(self)
    }

    /// Answers every recipient with this (`550 5.1.1 no such mailbox`), or takes letters again.
    pub fn refuse_recipients(&self, reply: Option<&str>) {
        *self.refusal.lock().unwrap_or_else(PoisonError::into_inner) = reply.map(str::to_owned);
    }

    /// The letters to an address, the oldest first.
    pub fn letters_to(&self, address: &str) -> Vec<Letter> {
        let letters = self.letters();
        let to = |letter: &&Letter| letter.to.iter().any(|to| to.eq_ignore_ascii_case(address));
        letters.iter().filter(to).cloned().collect()
    }

    /// Waits until an address has at least so many letters.
    pub async fn wait_for(&self, address: &str, count: usize) -> Vec<Letter> {
        let mut arrived = self.arrived.subscribe();
        loop {
            arrived.mark_unchanged();
            let letters = self.letters_to(address);
            // The sender is ours: it never ends before us.
            if letters.len() >= count || arrived.changed().await.is_err() {
                return letters;
            }
        }
    }

    fn letter(&self, number: Option<usize>) -> Option<Letter> {
        let letters = self.letters();
        let found = letters.iter().find(|letter| Some(letter.number) == number);
        found.cloned()
    }

    fn refusal(&self) -> Option<String> {
        let refusal = self.refusal.lock();
        refusal.unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn take(&self, to: Vec<String>, message: &[u8]) {
        self.arrived.send_modify(|arrived| {
            let mut letters = self.letters();
            *arrived += 1;
            letters.push_back(Letter::read(*arrived, to, message));
            if letters.len() > KEPT {
                letters.pop_front();
            }
        });
    }

    fn letters(&self) -> MutexGuard<'_, VecDeque<Letter>> {
        self.letters.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

async fn list(State(mailbox): State<Mailbox>) -> Response {
    let letters = mailbox.letters();
    let rows: String = letters.iter().rev().map(row).collect();
    let body = if letters.is_empty() {
        include_str!("mailbox/empty.html").to_owned()
    } else {
        format!(include_str!("mailbox/list.html"), rows = rows)
    };
    page(StatusCode::OK, "Boîte aux lettres", &body)
}

fn row(letter: &Letter) -> String {
    format!(
        "<tr><td>{}</td><td>{}</td><td><a href=\"/courriels/{}\">{}</a></td></tr>\n",
        when(letter),
        escape(&letter.to.join(", ")),
        letter.number,
        escape(&letter.subject)
    )
}

fn when(letter: &Letter) -> String {
    let there = Timestamp::from_second(letter.sent_at).and_then(|at| at.in_tz("Europe/Paris"));
    there.map_or_else(
        |_| String::new(),
        |there| there.strftime("%d/%m/%Y à %H\u{a0}h\u{a0}%M").to_string(),
    )
}

async fn show(State(mailbox): State<Mailbox>, Path(number): Path<String>) -> Response {
    let number = number.parse::<usize>().ok();
    let Some(letter) = mailbox.letter(number) else {
        return not_found().await;
    };
    let body = format!(
        include_str!("mailbox/letter.html"),
        subject = escape(&letter.subject),
        from = escape(&letter.from),
        to = escape(&letter.to.join(", ")),
        date = when(&letter),
        text = letter.text_with_links(),
    );
    page(StatusCode::OK, &letter.subject, &body)
}

async fn style() -> Response {
    html::style(include_str!("mailbox/style.css"))
}

async fn not_found() -> Response {
    let body = include_str!("mailbox/not_found.html");
    page(StatusCode::NOT_FOUND, "Courriel introuvable", body)
}

fn page(status: StatusCode, title: &str, body: &str) -> Response {
    html::page(
        status,
        format!(
            include_str!("mailbox/layout.html"),
            title = escape(title),
            body = body
        ),
    )
}

#[cfg(test)]
mod tests;
