//! The texts that the operator answers for: accessibility, legal notice, personal data, help, guides. One
//! Markdown file each, in the folder that the configuration names; ours stand in for those that are
//! not there. HTML in them is shown, not obeyed.

use pulldown_cmark::{Event, Parser, Tag, TagEnd, html};
use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock};

/// Name of the file, and of its page if it has one, and the text that is ours.
const OURS: [(&str, &str); 8] = [
    ("accessibilite", include_str!("../texts/accessibilite.md")),
    (
        "donnees-personnelles",
        include_str!("../texts/donnees-personnelles.md"),
    ),
    (
        "mentions-legales",
        include_str!("../texts/mentions-legales.md"),
    ),
    ("aide", include_str!("../texts/aide.md")),
    ("aide-agent", include_str!("../texts/aide-agent.md")),
    ("aide-referent", include_str!("../texts/aide-referent.md")),
    (
        "aide-correspondant",
        include_str!("../texts/aide-correspondant.md"),
    ),
    ("adresse-retour", include_str!("../texts/adresse-retour.md")),
];

/// A text, ready to be shown.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Text {
    /// Its first heading.
    pub(crate) title: String,
    /// The rest, as HTML.
    pub(crate) html: String,
}

/// Why the texts of a folder cannot be taken.
#[derive(Debug, thiserror::Error)]
pub enum TextError {
    /// A file that is there does not read.
    #[error("the text `{file}` cannot be read")]
    Unreadable {
        /// The file.
        file: String,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// Pages need a title.
    #[error("the text `{0}` does not begin with a heading: write `# Title` on its first line")]
    Untitled(String),
}

/// All of them; clones share what was read last.
#[derive(Clone, Debug)]
pub struct Texts {
    folder: Option<PathBuf>,
    read: Arc<RwLock<HashMap<&'static str, Arc<Text>>>>,
}

impl Texts {
    /// Reads those of a folder.
    ///
    /// # Errors
    /// See [`TextError`].
    pub fn read(folder: Option<&Path>) -> Result<Self, TextError> {
        let texts = Self {
            folder: folder.map(Path::to_owned),
            read: Arc::default(),
        };
        texts.reload()?;
        Ok(texts)
    }

    /// Reads them again; those before stay when one does not read.
    ///
    /// # Errors
    /// See [`TextError`].
    pub fn reload(&self) -> Result<(), TextError> {
        let mut read = HashMap::new();
        for (name, ours) in OURS {
            let file = self.folder.as_ref().map(|folder| folder.join(name));
            let file = file.map(|file| file.with_extension("md"));
            let text = match file.as_deref().map(std::fs::read_to_string) {
                None => ours.to_owned(),
                Some(Ok(text)) => text,
                Some(Err(error)) if error.kind() == std::io::ErrorKind::NotFound => ours.to_owned(),
                Some(Err(source)) => {
                    let file = file.map(|file| file.display().to_string());
                    let file = file.unwrap_or_default();
                    return Err(TextError::Unreadable { file, source });
                }
            };
            let text = render(&text).ok_or_else(|| TextError::Untitled(format!("{name}.md")))?;
            read.insert(name, Arc::new(text));
        }
        *self.read.write().unwrap_or_else(PoisonError::into_inner) = read;
        Ok(())
    }

    pub(crate) fn find(&self, name: &str) -> Option<Arc<Text>> {
        let read = self.read.read().unwrap_or_else(PoisonError::into_inner);
        read.get(name).cloned()
    }
}

/// Title and HTML of a text; `None` without a heading at its start.
fn render(markdown: &str) -> Option<Text> {
    let mut events = Parser::new(markdown);
    if !matches!(events.next(), Some(Event::Start(Tag::Heading { .. }))) {
        return None;
    }
    let mut title = String::new();
    for event in events.by_ref() {
        match event {
            Event::End(TagEnd::Heading(_)) => break,
            Event::Text(text) | Event::Code(text) => title.push_str(&text),
            _ => {}
        }
    }
    let harmless = events.map(|event| match event {
        Event::Html(text) | Event::InlineHtml(text) => Event::Text(text),
        other => other,
    });
    let mut body = String::new();
    html::push_html(&mut body, harmless);
    (!title.is_empty()).then_some(Text { title, html: body })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markdown_becomes_a_title_and_html_in_which_html_is_only_text() {
        let text =
            render("# Aide &\n\nUn *mot* <script>alert(1)</script>\n\n<p onclick=x>\n").unwrap();
        assert_eq!(text.title, "Aide &");
        assert!(text.html.contains("<em>mot</em>"), "{}", text.html);
        assert!(
            !text.html.contains("<script") && !text.html.contains("<p onclick"),
            "{}",
            text.html
        );
        assert_eq!(render("Sans titre"), None);
    }

    #[test]
    fn a_file_replaces_our_text_and_a_bad_one_leaves_what_was_there() {
        let folder = tempfile::tempdir().unwrap();
        let write = |text: &str| std::fs::write(folder.path().join("aide.md"), text).unwrap();
        write("# Notre aide\n\nAppelez le 01.\n");
        let texts = Texts::read(Some(folder.path())).unwrap();
        let title = |name| texts.find(name).unwrap().title.clone();
        assert_eq!(title("aide"), "Notre aide");
        assert_eq!(title("mentions-legales"), "Mentions légales");
        write("Sans titre\n");
        assert!(matches!(texts.reload(), Err(TextError::Untitled(_))));
        assert_eq!(title("aide"), "Notre aide");
        write("# Autre aide\n");
        texts.reload().unwrap();
        assert_eq!(title("aide"), "Autre aide");
    }
}
