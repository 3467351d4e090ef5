//! The frame of every page, and the pages that show nothing else; the words stand in `templates/`.

use super::view::Day;
use askama::Template;

/// What every page's frame shows.
pub(super) struct Frame {
    pub(super) portal: String,
    pub(super) name: String,
    pub(super) collectivite: String,
    /// Printed, so that a sheet of paper says of which day it is.
    pub(super) today: Day,
    /// « Rédaction » is open to the person.
    pub(super) may_write: bool,
}

#[derive(Template)]
#[template(path = "not_found.html")]
pub(super) struct NotFoundPage {
    pub(super) frame: Frame,
}

#[derive(Template)]
#[template(path = "announced.html")]
pub(super) struct AnnouncedPage {
    pub(super) frame: Frame,
    pub(super) title: String,
}

#[derive(Template)]
#[template(path = "reserved.html")]
pub(super) struct ReservedPage {
    pub(super) frame: Frame,
}

#[derive(Template)]
#[template(path = "foreign.html")]
pub(super) struct ForeignPage {
    pub(super) frame: Frame,
}

#[derive(Template)]
#[template(path = "failed.html")]
pub(super) struct FailedPage {
    pub(super) frame: Frame,
}

#[derive(Template)]
#[template(path = "help.html")]
pub(super) struct HelpPage {
    pub(super) frame: Frame,
}

#[derive(Template)]
#[template(path = "not_ready.html")]
pub(super) struct NotReadyPage {
    pub(super) portal: String,
}
