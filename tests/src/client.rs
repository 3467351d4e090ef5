//! A browser without pictures: cookies by host, redirections followed, forms filled in. Every name
//! is dialled on the loopback address of the world it belongs to.

use anyhow::{Context as _, bail};
use reqwest::header::{COOKIE, HOST, LOCATION, SET_COOKIE};
use reqwest::{Method, RequestBuilder, StatusCode};
use scraper::{Html, Selector};
use std::collections::{BTreeMap, HashMap};
use std::net::SocketAddr;
use url::Url;

/// As long as a browser follows.
const REDIRECTIONS: usize = 12;

/// A browser.
#[derive(Clone, Debug)]
pub struct Client {
    http: reqwest::Client,
    dial: SocketAddr,
    /// Cookies by host, then by name.
    pub cookies: HashMap<String, BTreeMap<String, String>>,
}

/// Where a navigation ended.
#[derive(Debug)]
pub struct Page {
    /// The answer's status.
    pub status: StatusCode,
    /// The address shown.
    pub url: Url,
    /// The answer's headers.
    pub headers: reqwest::header::HeaderMap,
    /// The answer's body.
    pub text: String,
}

impl Client {
    /// A new browser for a world that listens on `dial`.
    ///
    /// # Errors
    /// None in practice.
    pub fn new(dial: SocketAddr) -> anyhow::Result<Self> {
        // The product installs one when it runs in this process; either will do.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let http = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .no_proxy()
            .build()?;
        Ok(Self {
            http,
            dial,
            cookies: HashMap::new(),
        })
    }

    /// A request to a host of the world, with its cookies; nothing is followed.
    ///
    /// # Errors
    /// An address that is none.
    pub fn request(&self, method: Method, url: &str) -> anyhow::Result<RequestBuilder> {
        let url = Url::parse(url)?;
        let host = url.host_str().context("no host")?;
        let mut dialled = url.clone();
        dialled
            .set_ip_host(self.dial.ip())
            .map_err(|()| anyhow::anyhow!("no host"))?;
        let mut request = self
            .http
            .request(method, dialled)
            .header(HOST, authority(&url)?);
        let cookies: Vec<String> = self
            .cookies
            .get(host)
            .into_iter()
            .flatten()
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        if !cookies.is_empty() {
            request = request.header(COOKIE, cookies.join("; "));
        }
        Ok(request)
    }

    /// Opens an address as a person does.
    ///
    /// # Errors
    /// No answer, or redirections without an end.
    pub async fn open(&mut self, url: &str) -> anyhow::Result<Page> {
        self.navigate(Method::GET, url, &[]).await
    }

    /// Posts a form as a person does.
    ///
    /// # Errors
    /// As [`Client::open`].
    pub async fn post(&mut self, url: &str, fields: &[(String, String)]) -> anyhow::Result<Page> {
        self.navigate(Method::POST, url, fields).await
    }

    /// Fills in the form of a page that has a field called `name`, and posts it.
    ///
    /// # Errors
    /// There is no such form.
    pub async fn submit(&mut self, page: &Page, filled: &[(&str, &str)]) -> anyhow::Result<Page> {
        let wanted = filled.first().map_or("jeton", |(name, _)| *name);
        let (action, mut fields) = page.form(wanted)?;
        for (name, value) in filled {
            fields.retain(|(known, _)| known != name);
            fields.push(((*name).to_owned(), (*value).to_owned()));
        }
        let action = page.url.join(&action)?;
        self.post(action.as_str(), &fields).await
    }

    async fn navigate(
        &mut self,
        method: Method,
        url: &str,
        fields: &[(String, String)],
    ) -> anyhow::Result<Page> {
        let (mut url, mut method) = (Url::parse(url)?, method);
        for _ in 0..=REDIRECTIONS {
            let mut request = self
                .request(method.clone(), url.as_str())?
                .header("Sec-Fetch-Mode", "navigate")
                .header("Accept", "text/html");
            if method == Method::POST {
                request = request.form(fields);
            }
            let answer = request.send().await?;
            self.remember(&url, answer.headers());
            let (status, headers) = (answer.status(), answer.headers().clone());
            let Some(to) = headers.get(LOCATION).filter(|_| status.is_redirection()) else {
                return Ok(Page {
                    status,
                    url,
                    headers,
                    text: answer.text().await?,
                });
            };
            url = url.join(to.to_str()?)?;
            if status != StatusCode::TEMPORARY_REDIRECT {
                method = Method::GET;
            }
        }
        bail!("more than {REDIRECTIONS} redirections, the last to {url}")
    }

    /// Takes an answer's cookies in.
    pub fn remember(&mut self, url: &Url, headers: &reqwest::header::HeaderMap) {
        let jar = self
            .cookies
            .entry(url.host_str().unwrap_or_default().to_owned())
            .or_default();
        for cookie in headers
            .get_all(SET_COOKIE)
            .iter()
            .filter_map(|value| value.to_str().ok())
        {
            let mut parts = cookie.split(';');
            let Some((name, value)) = parts.next().and_then(|pair| pair.split_once('=')) else {
                continue;
            };
            if parts.any(|attribute| attribute.trim() == "Max-Age=0") {
                jar.remove(name);
            } else {
                jar.insert(name.to_owned(), value.to_owned());
            }
        }
    }
}

/// Host and port as `Host` says them.
fn authority(url: &Url) -> anyhow::Result<String> {
    let host = url.host_str().context("no host")?;
    Ok(url
        .port()
        .map_or_else(|| host.to_owned(), |port| format!("{host}:{port}")))
}

impl Page {
    /// The heading.
    pub fn heading(&self) -> String {
        self.select("h1").join(" ")
    }

    /// The texts of the elements that a selector finds.
    pub fn select(&self, selector: &str) -> Vec<String> {
        let Ok(selector) = Selector::parse(selector) else {
            return Vec::new();
        };
        let page = Html::parse_document(&self.text);
        page.select(&selector)
            .map(|element| element.text().collect::<String>().trim().to_owned())
            .collect()
    }

    /// Action and fields of the form that has a field called `name`.
    ///
    /// # Errors
    /// There is none.
    pub fn form(&self, name: &str) -> anyhow::Result<(String, Vec<(String, String)>)> {
        let page = Html::parse_document(&self.text);
        let selector =
            |text: &str| Selector::parse(text).map_err(|error| anyhow::anyhow!("{error}"));
        let (forms, inputs) = (selector("form")?, selector("input[name]")?);
        for form in page.select(&forms) {
            let fields: Vec<(String, String)> = form
                .select(&inputs)
                .filter_map(|input| {
                    let value = input.value().attr("value").unwrap_or_default();
                    Some((input.value().attr("name")?.to_owned(), value.to_owned()))
                })
                .collect();
            if fields.iter().any(|(known, _)| known == name) {
                return Ok((
                    form.value().attr("action").unwrap_or_default().to_owned(),
                    fields,
                ));
            }
        }
        bail!("no form with a field `{name}` on {}", self.url)
    }
}
