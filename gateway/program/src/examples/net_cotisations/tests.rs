//! The legacy application seen by a browser: its form, its cookie, its refusals.
use std::net::SocketAddr;
use std::time::Duration;

use super::super::wire::{Reply, get, post, serve};
use super::NetCotisations;

const LOGIN: &str = "fontclaire-01";
const PASSWORD: &str = "Cerise&bleue=7";

fn application() -> NetCotisations {
    NetCotisations::new(&[
        (LOGIN, PASSWORD, "Ville de Fontclaire"),
        ("valbrume-01", "autre", "Ville de <Valbrume>"),
    ])
}

fn cookie(reply: &Reply) -> String {
    let set = reply.header("set-cookie").unwrap();
    assert!(set.starts_with("PHPSESSID=") && set.ends_with("; Path=/; HttpOnly"));
    set.split(';').next().unwrap().to_owned()
}

fn token(reply: &Reply) -> String {
    let (_, rest) = reply.body.split_once("name=\"csrf\" value=\"").unwrap();
    rest.split('"').next().unwrap().to_owned()
}

async fn try_password(address: SocketAddr, user: &str, pass: &str) -> Reply {
    let form = get(address, "/login.php", &[]).await;
    assert_eq!(form.status, 200);
    let pass = pass.replace('&', "%26").replace('=', "%3D");
    let fields = format!("user={user}&pass={pass}&csrf={}", token(&form));
    post(
        address,
        "/login.php",
        &[("cookie", &cookie(&form))],
        &fields,
    )
    .await
}

async fn logged_in(address: SocketAddr) -> String {
    let reply = try_password(address, LOGIN, PASSWORD).await;
    assert_eq!(
        (reply.status, reply.header("location")),
        (302, Some("/index.php"))
    );
    cookie(&reply)
}

async fn asks_for_login(address: SocketAddr, path: &str, headers: &[(&str, &str)]) -> bool {
    let reply = get(address, path, headers).await;
    reply.status == 302 && reply.header("location") == Some("/login.php")
}

#[tokio::test]
async fn without_own_session_every_page_leads_to_the_form() {
    let address = serve(application().router()).await;
    let identity = [
        ("Remote-User", LOGIN),
        ("Remote-Name", "Élodie Abadie"),
        ("Authorization", "Bearer x"),
        ("Cookie", "PHPSESSID=unknown"),
    ];
    for path in [
        "/",
        "/index.php",
        "/declarations.php",
        "/cotisations.php",
        "/x.php",
    ] {
        assert!(asks_for_login(address, path, &[]).await, "{path}");
        assert!(asks_for_login(address, path, &identity).await, "{path}");
    }
    assert_eq!(get(address, "/style.css", &[]).await.status, 200);
}

#[tokio::test]
async fn right_password_opens_a_new_session() {
    let address = serve(application().router()).await;
    let form = get(address, "/login.php", &[]).await;
    let session = logged_in(address).await;
    assert_ne!(cookie(&form), session);
    let both = format!("other=1; {session}");
    for path in ["/", "/index.php"] {
        let home = get(address, path, &[("cookie", &both)]).await;
        assert_eq!(home.status, 200);
        assert!(home.body.contains("Ville de Fontclaire"));
        assert!(
            home.header("cache-control")
                .is_some_and(|v| v.contains("no-store"))
        );
    }
    let reply = get(address, "/login.php", &[("cookie", &session)]).await;
    assert_eq!(reply.header("location"), Some("/index.php"));
    let reply = get(address, "/x.php", &[("cookie", &session)]).await;
    assert_eq!(reply.status, 404);
}

#[tokio::test]
async fn form_without_its_token_or_cookie_is_shown_again() {
    let handle = application();
    let address = serve(handle.clone().router()).await;
    let form = get(address, "/login.php", &[]).await;
    let before = cookie(&form);
    let with_token = format!("user={LOGIN}&pass=wrong&csrf={}", token(&form));
    let without = format!("user={LOGIN}&pass=wrong");
    for (headers, fields) in [
        (vec![], &with_token),
        (vec![("cookie", before.as_str())], &without),
    ] {
        let reply = post(address, "/login.php", &headers, fields).await;
        assert_eq!(reply.status, 200);
        assert!(reply.body.contains("Votre session a expiré"));
    }
    assert_eq!(handle.failed_attempts(LOGIN), 0);
    let again = get(address, "/login.php", &[("cookie", &before)]).await;
    assert_eq!(token(&again), token(&form));
    assert!(again.header("set-cookie").is_none());
}

#[tokio::test]
async fn five_wrong_passwords_block_the_account() {
    let handle = application();
    let address = serve(handle.clone().router()).await;
    for _ in 0..4 {
        let reply = try_password(address, LOGIN, "faux").await;
        assert_eq!(reply.status, 200);
        assert!(reply.body.contains("Identifiant ou mot de passe incorrect"));
    }
    assert_eq!(handle.failed_attempts(LOGIN), 4);
    logged_in(address).await;
    assert_eq!(handle.failed_attempts(LOGIN), 0);
    for _ in 0..5 {
        try_password(address, LOGIN, "faux").await;
    }
    let reply = try_password(address, LOGIN, PASSWORD).await;
    assert_eq!(reply.status, 200);
    assert!(reply.body.contains("Compte bloqué"));
    assert_eq!(handle.failed_attempts(LOGIN), 6);
    let reply = try_password(address, "inconnu\"<", "faux").await;
    assert!(reply.body.contains("Identifiant ou mot de passe incorrect"));
    assert!(reply.body.contains("value=\"inconnu&quot;&lt;\""));
    assert_eq!(handle.failed_attempts("inconnu"), 0);
}

#[tokio::test]
async fn sessions_end_by_logout_idleness_or_restart() {
    let handle = application();
    let address = serve(handle.clone().router()).await;
    let session = logged_in(address).await;
    let headers = [("cookie", session.as_str())];
    assert_eq!(get(address, "/", &headers).await.status, 200);
    let reply = get(address, "/logout.php", &headers).await;
    assert!(reply.header("set-cookie").unwrap().contains("Max-Age=0"));
    assert!(asks_for_login(address, "/", &headers).await);

    let session = logged_in(address).await;
    handle.expire_sessions();
    assert!(asks_for_login(address, "/", &[("cookie", &session)]).await);

    let address = serve(application().with_idle(Duration::ZERO).router()).await;
    let session = logged_in(address).await;
    assert!(asks_for_login(address, "/", &[("cookie", &session)]).await);
}

#[tokio::test]
async fn declaration_is_checked_then_listed_for_its_employer_only() {
    let address = serve(application().router()).await;
    let session = logged_in(address).await;
    let headers = [("cookie", session.as_str())];
    let path = "/declarations.php";
    let bad = "mois=2026-10&assiette=%3Cb%3E&effectif=0";
    let reply = post(address, path, &headers, bad).await;
    assert_eq!(reply.status, 200);
    for text in [
        "déjà déclaré",
        "Assiette",
        "Effectif",
        "value=\"&lt;b&gt;\"",
    ] {
        assert!(reply.body.contains(text), "{text}");
    }
    let good = "mois=2026-11&assiette=125+430%2C50&effectif=43";
    let reply = post(address, path, &headers, good).await;
    assert_eq!(
        (reply.status, reply.header("location")),
        (302, Some("/declarations.php"))
    );
    let list = get(address, path, &headers).await.body;
    assert!(list.contains("novembre 2026") && list.contains("125\u{a0}430,50\u{a0}€"));
    let due = get(address, "/cotisations.php?mois=2026-11", &headers).await;
    assert!(due.body.contains("1\u{a0}003,44\u{a0}€"), "{}", due.body);

    let reply = try_password(address, "valbrume-01", "autre").await;
    let other = cookie(&reply);
    let list = get(address, path, &[("cookie", &other)]).await.body;
    assert!(!list.contains("novembre 2026") && list.contains("Ville de &lt;Valbrume&gt;"));
    let none = get(
        address,
        "/cotisations.php?mois=2026-11",
        &[("cookie", &other)],
    )
    .await;
    assert!(none.body.contains("Aucune déclaration pour ce mois"));
}
