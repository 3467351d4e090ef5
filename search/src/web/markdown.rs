//! Markdown as HTML that may stand in a page of ours: no script, no style, no picture of elsewhere, and links
//! that lead to the web or within BIP.

use super::view::{escaped, outside};
use crate::content::markdown::{Levels, events};
use pulldown_cmark::{Event, HeadingLevel, LinkType, Tag, TagEnd, html};

/// A body as HTML.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(crate) struct Rendered {
    pub(crate) html: String,
    /// Its titles, by the number in their `id`: `partie-1`.
    pub(crate) titles: Vec<(usize, String)>,
}

/// Renders a body.
pub(super) fn render(text: &str) -> Rendered {
    shown(events(text))
}

/// Renders a short text that stands within a page: what would be a title is a paragraph.
pub(super) fn render_small(text: &str) -> String {
    let lines = events(text).map(|event| match event {
        Event::Start(Tag::Heading { .. }) => Event::Start(Tag::Paragraph),
        Event::End(TagEnd::Heading(_)) => Event::End(TagEnd::Paragraph),
        other => other,
    });
    shown(lines).html
}

fn shown<'a>(events: impl Iterator<Item = Event<'a>>) -> Rendered {
    let mut page = Page::default();
    let shown: Vec<_> = events.filter_map(|event| page.show(event)).collect();
    let mut html = String::new();
    html::push_html(&mut html, shown.into_iter());
    Rendered {
        html,
        titles: page.titles,
    }
}

/// What was rendered so far.
#[derive(Debug, Default)]
struct Page {
    levels: Levels,
    /// How many titles of whatever level.
    count: usize,
    titles: Vec<(usize, String)>,
    /// The title that is open: its level.
    open: Option<u8>,
    in_head: bool,
    /// For each link that is open, whether it may be followed.
    links: Vec<bool>,
}

impl Page {
    /// What stands for an event; none for what a page does not show.
    fn show<'a>(&mut self, event: Event<'a>) -> Option<Event<'a>> {
        match event {
            Event::Start(tag) => self.start(tag),
            Event::End(tag) => self.end(tag),
            Event::Text(text) | Event::Code(text) if self.open.is_some() => {
                if let (Some(2), Some((_, title))) = (self.open, self.titles.last_mut()) {
                    title.push_str(&text);
                }
                Some(Event::Text(text))
            }
            other => Some(other),
        }
    }

    fn start<'a>(&mut self, tag: Tag<'a>) -> Option<Event<'a>> {
        Some(match tag {
            Tag::Heading { level, .. } => markup(self.title(level)),
            Tag::BlockQuote(_) => markup("<div class=\"notice\">\n".to_owned()),
            Tag::Link {
                dest_url,
                link_type,
                ..
            } => {
                let link = match link_type {
                    LinkType::Email => link(&format!("mailto:{dest_url}")),
                    _ => link(&dest_url),
                };
                self.links.push(link.is_some());
                markup(link?)
            }
            Tag::Image { .. } => return None,
            Tag::Table(_) => markup("<div class=\"table-scroll\">\n<table>\n".to_owned()),
            Tag::TableHead => {
                self.in_head = true;
                markup("<thead><tr>".to_owned())
            }
            Tag::TableRow => markup("<tr>".to_owned()),
            Tag::TableCell => {
                let cell = if self.in_head {
                    "<th scope=\"col\">"
                } else {
                    "<td>"
                };
                markup(cell.to_owned())
            }
            other => Event::Start(other),
        })
    }

    fn end<'a>(&mut self, tag: TagEnd) -> Option<Event<'a>> {
        let end = match tag {
            TagEnd::Heading(_) => format!("</h{}>\n", self.open.take().unwrap_or(2)),
            TagEnd::BlockQuote(_) => "</div>\n".to_owned(),
            TagEnd::Link => {
                let followed = self.links.pop().unwrap_or_default();
                followed.then(|| "</a>".to_owned())?
            }
            TagEnd::Image => return None,
            TagEnd::Table => "</tbody></table>\n</div>\n".to_owned(),
            TagEnd::TableHead => {
                self.in_head = false;
                "</tr></thead><tbody>\n".to_owned()
            }
            TagEnd::TableRow => "</tr>\n".to_owned(),
            TagEnd::TableCell if self.in_head => "</th>".to_owned(),
            TagEnd::TableCell => "</td>".to_owned(),
            other => return Some(Event::End(other)),
        };
        Some(markup(end))
    }

    fn title(&mut self, level: HeadingLevel) -> String {
        let level = self.levels.next(level);
        self.count += 1;
        self.open = Some(level);
        if level == 2 {
            self.titles.push((self.count, String::new()));
        }
        format!("<h{level} id=\"partie-{}\">", self.count)
    }
}

fn markup(html: String) -> Event<'static> {
    Event::InlineHtml(html.into())
}

/// The beginning of a link, if it leads to the web, to a mailbox or to a page of BIP.
fn link(address: &str) -> Option<String> {
    // Browsers leave control characters out: `/\t/host` is `//host`.
    let is_odd = |c: char| c.is_control() || c.is_whitespace() || c == '\\';
    if address.contains(is_odd) {
        return None;
    }
    let within = address.starts_with('/') && !address.starts_with("//");
    let rel = match outside(address) {
        Some(_) => " rel=\"noreferrer external\"",
        None if within || address.starts_with("mailto:") => "",
        None => return None,
    };
    Some(format!("<a href=\"{}\"{rel}>", escaped(address)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn html(text: &str) -> String {
        render(text).html
    }

    #[test]
    fn titles_stand_below_the_documents_own_and_make_a_table_of_contents() {
        let page = render("### Seul\n\n# Durée & fin\n\n#### Sous-partie\n\n## *Suite* `a`");
        assert_eq!(
            page.html,
            "<h2 id=\"partie-1\">Seul</h2>\n<h2 id=\"partie-2\">Durée &amp; fin</h2>\n\
             <h3 id=\"partie-3\">Sous-partie</h3>\n<h2 id=\"partie-4\"><em>Suite</em> a</h2>\n"
        );
        let titles = [(1, "Seul"), (2, "Durée & fin"), (4, "Suite a")];
        assert_eq!(page.titles, titles.map(|(at, text)| (at, text.to_owned())));
    }

    #[test]
    fn nothing_of_a_text_runs_in_the_page() {
        for hostile in [
            "<script>alert(1)</script>",
            "a <img src=x onerror=alert(1)> b",
            "[a](javascript:alert(1))",
            "[a](  JavaScript:alert(1))",
            "[a](data:text/html,x)",
            "[a](//example.org)",
            "[a](/\\example.org)",
            "[a](/&#9;/example.org)",
            "![a](https://example.org/x.png)",
            "<https://example.org/\"onclick=alert(1)>",
            "[a](https://example.org/\"onclick=\"alert)",
            "| a |\n|---|\n| <script>b</script> |",
            "# <script>a</script>",
            "[a]: javascript:alert(1)\n\n[a]",
        ] {
            let html = html(hostile);
            let parsed = scraper::Html::parse_fragment(&html);
            for element in parsed.root_element().descendent_elements() {
                let name = element.value().name();
                assert!(
                    !matches!(name, "script" | "img" | "iframe" | "style"),
                    "{hostile}: {html}"
                );
                for (name, value) in element.value().attrs() {
                    assert!(!name.starts_with("on"), "{hostile}: {html}");
                    assert!(
                        name != "href" || value.starts_with("https://"),
                        "{hostile}: {html}"
                    );
                }
            }
        }
    }

    #[test]
    fn links_lead_to_the_web_and_within_bip() {
        assert_eq!(
            html("[le site](https://example.org/?a&b) et [L822-6](/documents/CGFP-L822-6)"),
            "<p><a href=\"https://example.org/?a&amp;b\" rel=\"noreferrer external\">le site</a> et \
             <a href=\"/documents/CGFP-L822-6\">L822-6</a></p>\n"
        );
    }

    #[test]
    fn lines_tables_and_remarks_are_shown_as_they_were_written() {
        assert_eq!(html("un\ndeux"), "<p>un<br />\ndeux</p>\n");
        assert_eq!(
            html("| Âge | Durée |\n|--:|---|\n| 16 ans | 6 jours |"),
            "<div class=\"table-scroll\">\n<table>\n<thead><tr><th scope=\"col\">Âge</th><th scope=\"col\">Durée</th></tr></thead>\
             <tbody>\n<tr><td>16 ans</td><td>6 jours</td></tr>\n</tbody></table>\n</div>\n"
        );
        assert_eq!(
            html("> **Attention**\n>\n> Le délai est de deux mois."),
            "<div class=\"notice\">\n<p><strong>Attention</strong></p>\n<p>Le délai est de deux mois.</p>\n</div>\n"
        );
    }
}
