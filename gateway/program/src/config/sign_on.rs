//! How a service behind learns who is there: `[service.headers]` or `[service.form]`.

use super::mistakes::problem;
use super::once::Once;
use super::section::Section;
use super::{headers, paths, values};
use gateway::{IdentityHeaders, LoginForm, SignOn};

/// Wrong passwords in a row until the credential must be renewed; more could lock the account there.
const ATTEMPTS: u32 = 2;

/// Reads the one that is there.
pub(super) fn read(service: &Section<'_>) -> Option<SignOn> {
    if service.has("headers") && service.has("form") {
        let at = service.at("headers").max(service.at("form"));
        let message = "the service has both `[service.headers]` and `[service.form]`";
        service.wrong(at, problem(message, "Keep the one it understands"));
    }
    let identity = service.section("headers").map(identity);
    if let (Some(names), false) = (&identity, service.has("role"))
        && names.roles.is_some()
    {
        let message = "`[service.headers]` names a header for roles, and the service declares none";
        let remedy = "Add a `[[service.role]]`, or take `roles` out";
        service.wrong(service.at("headers"), problem(message, remedy));
    }
    let form = service.section("form").map(form);
    match (identity, form) {
        (Some(names), _) => Some(SignOn::Headers(names)),
        (None, Some(form)) => Some(SignOn::Form(Box::new(form?))),
        (None, None) => Some(SignOn::None),
    }
}

fn identity(section: Section<'_>) -> IdentityHeaders {
    let mut once = Once::default();
    let mut header = |key| {
        let name = section.text(key, headers::header)?;
        once.check(&section, section.at(key), "header", name.as_str());
        Some(name)
    };
    let names = IdentityHeaders {
        user: header("user"),
        name: header("name"),
        email: header("email"),
        groups: header("groups"),
        roles: header("roles"),
    };
    if !["user", "name", "email", "groups", "roles"]
        .into_iter()
        .any(|key| section.has(key))
    {
        let message = "`[service.headers]` names no header";
        let remedy = "Add `user = \"Remote-User\"`, or take the table out";
        section.wrong(section.at("user"), problem(message, remedy));
    }
    section.finish();
    names
}

fn form(section: Section<'_>) -> Option<LoginForm> {
    let page = section.required("page", "/login.php", paths::page);
    let login_field = section.required("login_field", "user", values::line);
    let password_field = section.required("password_field", "pass", values::line);
    let session_cookie = section.required("session_cookie", "PHPSESSID", headers::cookie);
    let failure = section.required("failure", "Mot de passe incorrect", values::line);
    let attempts = section.number("attempts", 1..=4);
    if login_field.is_some() && login_field == password_field {
        let message = "`login_field` and `password_field` are the same field";
        let remedy = "Write the `name` of each `<input>` of the login page";
        section.wrong(section.at("password_field"), problem(message, remedy));
    }
    section.finish();
    Some(LoginForm {
        page: page?,
        login_field: login_field?,
        password_field: password_field?,
        session_cookie: session_cookie?,
        failure: failure?,
        attempts: attempts.unwrap_or(ATTEMPTS),
    })
}
