//! `[[service.role]]`: roles of the service's own that rights on it may have, and what they let through.

use super::mistakes::problem;
use super::once::Once;
use super::section::Section;
use super::values;
use policies::{Level, ServiceRole};

const ACCESS: [(&str, bool); 2] = [("read", false), ("write", true)];

/// Every role; `None` for one that is badly written.
pub(super) fn read(service: &Section<'_>) -> Vec<Option<ServiceRole>> {
    let (mut ids, mut names) = (Once::default(), Once::default());
    let role = |section: Section<'_>| {
        let id = section.required("id", "valideur", values::id);
        let name = section.required("name", "Valideur", values::line);
        let modifies = section.required("access", "write", values::word(&ACCESS));
        if let Some(id) = &id {
            ids.check(&section, section.at("id"), "role id", id);
            if Level::parse(id).is_none_or(|level| level.role().is_none()) {
                let message = format!("`id`: `{id}` already has a meaning for every service");
                section.wrong(section.at("id"), problem(message, "Choose another name"));
            }
        }
        if let Some(name) = &name {
            names.check(&section, section.at("name"), "role name", name);
        }
        section.finish();
        Some(ServiceRole {
            id: id?.into(),
            name: name?,
            modifies: modifies?,
        })
    };
    service.sections("role").into_iter().map(role).collect()
}
