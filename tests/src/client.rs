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

/// A form: where it is posted, and its fields.
type Form = (String, Vec<(String, String)>);

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

    /// Presses the button of the last form of a page's content, as it is filled in.
    ///
    /// # Errors
    /// There is no form.
    pub async fn confirm(&mut self, page: &Page) -> anyhow::Result<Page> {
        let (action, fields) = page.forms("main form")?.pop().context("no form")?;
        let action = page.url.join(&action)?;
        self.post(action.as_str(), &fields).await
    }

    /// Sends a file as a form does, with the fields of the form that has `name`.
    ///
    /// # Errors
    /// As [`Client::submit`].
    pub async fn upload(
        &mut self,
        page: &Page,
        name: &'static str,
        file: (&str, &[u8]),
    ) -> anyhow::Result<Page> {
        let (action, fields) = page.form(name)?;
        let part = reqwest::multipart::Part::bytes(file.1.to_vec()).file_name(file.0.to_owned());
        let mut body = reqwest::multipart::Form::new().part(name, part);
        for (field, value) in fields.into_iter().filter(|(field, _)| field != name) {
            body = body.text(field, value);
        }
        let url = page.url.join(&action)?;
        let answer = self
            .request(Method::POST, url.as_str())?
            .header("Sec-Fetch-Mode", "navigate")
            .multipart(body)
            .send()
            .await?;
        if let Some(to) = answer.headers().get(LOCATION) {
            let to = url.join(to.to_str()?)?;
            return self.open(to.as_str()).await;
        }
        let (status, headers) = (answer.status(), answer.headers().clone());
        Ok(Page {
            status,
            url,
            headers,
            text: answer.text().await?,
        })
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

    /// Text and address of the links that a selector finds.
    pub fn links(&self, selector: &str) -> Vec<(String, String)> {
        let Ok(selector) = Selector::parse(selector) else {
            return Vec::new();
        };
        let page = Html::parse_document(&self.text);
        page.select(&selector)
            .filter_map(|link| {
                let text = link.text().collect::<String>().trim().to_owned();
                Some((text, link.value().attr("href")?.to_owned()))
            })
            .collect()
    }

    /// The values of the elements that a selector finds.
    pub fn values(&self, selector: &str) -> Vec<String> {
        let Ok(selector) = Selector::parse(selector) else {
            return Vec::new();
        };
        let page = Html::parse_document(&self.text);
        page.select(&selector)
            .filter_map(|element| element.value().attr("value").map(str::to_owned))
            .collect()
    }

    /// Action and fields of the form that has a field called `name`.
    ///
    /// # Errors
    /// There is none.
    pub fn form(&self, name: &str) -> anyhow::Result<Form> {
        let with_field = format!("form:has([name={name}])");
        let found = self.forms(&with_field)?.into_iter().next();
        found.with_context(|| format!("no form with a field `{name}` on {}", self.url))
    }

    /// Action and fields, as a browser would send them, of the forms that a selector finds.
    fn forms(&self, selector: &str) -> anyhow::Result<Vec<Form>> {
        let parse = |text: &str| Selector::parse(text).map_err(|error| anyhow::anyhow!("{error}"));
        let (forms, options) = (parse(selector)?, parse("option")?);
        let inputs = parse("input[name], select[name], textarea[name]")?;
        let page = Html::parse_document(&self.text);
        let read = |form: scraper::ElementRef<'_>| {
            let action = form.value().attr("action").unwrap_or_default();
            let fields = form
                .select(&inputs)
                .filter_map(|input| field(input, &options));
            (action.to_owned(), fields.collect())
        };
        Ok(page.select(&forms).map(read).collect())
    }
}

/// What a browser sends of a field; nothing for one that is disabled or not ticked.
fn field(input: scraper::ElementRef<'_>, options: &Selector) -> Option<(String, String)> {
    let element = input.value();
    if element.attr("disabled").is_some() {
        return None;
    }
    let value = match (element.name(), element.attr("type")) {
        ("input", Some("checkbox" | "radio")) if element.attr("checked").is_none() => return None,
        ("select", _) => {
            let mut all = input.select(options);
            let chosen = all
                .clone()
                .find(|option| option.value().attr("selected").is_some());
            chosen
                .or_else(|| all.next())?
                .value()
                .attr("value")?
                .to_owned()
        }
        ("textarea", _) => input.text().collect(),
        _ => element.attr("value").unwrap_or_default().to_owned(),
    };
    Some((element.attr("name")?.to_owned(), value))
}
