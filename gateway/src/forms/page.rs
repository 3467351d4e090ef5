//! Reads a login page: where its form goes and which hidden fields it carries.

use scraper::{Html, Selector};

/// The form that holds the password field.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct PageForm {
    /// As written; relative to the page. Empty for the page itself.
    pub(crate) action: String,
    /// Hidden fields (tokens against forged requests among them), as they came.
    pub(crate) hidden: Vec<(String, String)>,
}

/// Finds it; `None` when no form of the page has that password field.
pub(crate) fn read(page: &str, password_field: &str) -> Option<PageForm> {
    let (forms, inputs) = (
        Selector::parse("form").ok()?,
        Selector::parse("input[name]").ok()?,
    );
    let page = Html::parse_document(page);
    let form = page.select(&forms).find(|form| {
        form.select(&inputs)
            .any(|input| input.value().attr("name") == Some(password_field))
    })?;
    let hidden = form.select(&inputs).filter(|input| {
        input
            .value()
            .attr("type")
            .is_some_and(|kind| kind.eq_ignore_ascii_case("hidden"))
    });
    let hidden = hidden.filter_map(|input| {
        let value = input.value().attr("value").unwrap_or_default();
        Some((input.value().attr("name")?.to_owned(), value.to_owned()))
    });
    Some(PageForm {
        action: form.value().attr("action").unwrap_or_default().to_owned(),
        hidden: hidden.collect(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_form_with_the_password_is_read_with_its_hidden_fields() {
        let page = r#"<form action="/search"><input name="q"></form>
            <form method="post" action="login.php?x=1"><input type="HIDDEN" name="csrf" value="a&amp;b">
            <input name="user"><input type=password name="pass"></form>"#;
        let form = read(page, "pass").unwrap();
        assert_eq!(form.action, "login.php?x=1");
        assert_eq!(form.hidden, [("csrf".to_owned(), "a&b".to_owned())]);
        assert!(read(page, "other").is_none());
    }
}
