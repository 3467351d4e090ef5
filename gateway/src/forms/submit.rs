//! Fills a legacy login form in, as the person would: page, hidden fields, post, cookies.

use super::jar::Jar;
use super::page;
use super::session::names_page;
use crate::services::Service;
use crate::settings::{LoginForm, Upstream};
use accounts::{Clock, LegacyCredential};
use reqwest::header::{COOKIE, HOST, LOCATION, SET_COOKIE};
use reqwest::{Client, RequestBuilder, Response};
use url::Url;

/// Largest login page read.
const PAGE: usize = 1024 * 1024;

/// The application did not answer as expected.
#[derive(Debug)]
pub(crate) struct Failure {
    pub(crate) detail: String,
    /// Whether the password may have been looked at.
    pub(crate) submitted: bool,
}

/// Signs in. `None` when the application refused the credential.
pub(crate) async fn submit(
    client: &Client,
    service: &Service,
    form: &LoginForm,
    secret: &LegacyCredential,
    clock: &Clock,
) -> Result<Option<Jar>, Failure> {
    let before = |detail: String| Failure {
        detail,
        submitted: false,
    };
    let after = |detail: String| Failure {
        detail,
        submitted: true,
    };
    let address = address(service, &form.page).map_err(before)?;
    let jar = Jar::new(clock.clone());
    let shown = send(client.get(address.clone()), service, &jar)
        .await
        .map_err(before)?;
    let shown = text(shown).await.map_err(before)?;
    let found = page::read(&shown, &form.password_field).ok_or_else(|| {
        before(format!(
            "`{}` shows no form with a field `{}`",
            form.page, form.password_field
        ))
    })?;
    let action = if found.action.is_empty() {
        address.clone()
    } else {
        address
            .join(&found.action)
            .map_err(|error| before(error.to_string()))?
    };
    // The password goes to the application and nowhere else, whatever its page says.
    if action.origin() != address.origin() {
        return Err(before("the login form posts to another site".to_owned()));
    }
    let fields = filled_in(found.hidden, form, secret);
    let answer = send(client.post(action).form(&fields), service, &jar)
        .await
        .map_err(after)?;
    let status = answer.status();
    let back = answer
        .headers()
        .get(LOCATION)
        .and_then(|to| to.to_str().ok())
        .is_some_and(|to| names_page(to, &form.page));
    if status.is_server_error() {
        let detail = format!("the login form answered {status}");
        // Words of a proxy in front of the application, which has not seen the password.
        let unseen = matches!(status.as_u16(), 502..=504);
        return Err(if unseen {
            before(detail)
        } else {
            after(detail)
        });
    }
    let shown = text(answer).await.map_err(after)?;
    let refused =
        back || shown.contains(&form.failure) || page::read(&shown, &form.password_field).is_some();
    Ok((!refused && jar.holds(&form.session_cookie)).then_some(jar))
}

/// The form's fields, its hidden ones included.
fn filled_in(
    hidden: Vec<(String, String)>,
    form: &LoginForm,
    secret: &LegacyCredential,
) -> Vec<(String, String)> {
    let mut fields = hidden;
    fields.retain(|(name, _)| *name != form.login_field && *name != form.password_field);
    fields.push((form.login_field.clone(), secret.login.clone()));
    fields.push((
        form.password_field.clone(),
        secret.password.as_str().to_owned(),
    ));
    fields
}

async fn send(request: RequestBuilder, service: &Service, jar: &Jar) -> Result<Response, String> {
    let settings = &service.settings;
    let host = settings.upstream_host.as_ref().unwrap_or(&settings.host);
    let mut request = request.header(HOST, host).timeout(settings.timeouts.read);
    let cookies = jar.header();
    if !cookies.is_empty() {
        request = request.header(COOKIE, cookies);
    }
    let answer = request
        .send()
        .await
        .map_err(|error| error.without_url().to_string())?;
    for cookie in answer
        .headers()
        .get_all(SET_COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
    {
        jar.take(cookie);
    }
    Ok(answer)
}

async fn text(mut answer: Response) -> Result<String, String> {
    let mut bytes = Vec::new();
    while let Some(chunk) = answer
        .chunk()
        .await
        .map_err(|error| error.without_url().to_string())?
    {
        bytes.extend_from_slice(&chunk);
        if bytes.len() > PAGE {
            return Err("the login page is too large".to_owned());
        }
    }
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

fn address(service: &Service, path: &str) -> Result<Url, String> {
    let base = match &service.settings.upstream {
        Upstream::Tcp(address) => format!("http://{address}"),
        Upstream::Tls { address, name } => format!("https://{name}:{}", address.port()),
        Upstream::Unix(_) => {
            return Err("a login form cannot be filled in over a unix socket".to_owned());
        }
    };
    Url::parse(&base)
        .and_then(|base| base.join(path))
        .map_err(|error| error.to_string())
}
