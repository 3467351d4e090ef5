//! A service as the portal offers it, and the levels that a right on it may have.

use policies::{Level, Member, Route, ServiceId, ServiceRole};
use std::sync::Arc;

/// What is written where nothing is given or open.
pub(crate) const NOTHING: &str = "Aucun";

/// The service whose documents rules may speak of.
pub(crate) const DOCUMENTS: &str = "bip";

const CONSULT: &str = "Lecture";
const MODIFY: &str = "Modification";

/// A service as the portal offers it.
#[derive(Clone, Debug)]
pub struct Entrance {
    /// `net-cotisations`.
    pub id: ServiceId,
    /// « Net Cotisations ».
    pub name: String,
    /// One sentence.
    pub description: String,
    /// `http://cotisations.localhost:8080`, without a trailing slash.
    pub origin: String,
    /// Its host.
    pub host: String,
    /// The path that « Ouvrir » leads to.
    pub path: String,
    /// The area behind that path: whether the service is « open » is decided on it.
    pub route: Arc<Route>,
    /// The whole service: all that no area covers.
    pub whole: Arc<Route>,
    /// Its areas with a door of their own, which rules may name.
    pub areas: Vec<Area>,
    /// The roles that it declares, in the order shown.
    pub roles: Vec<ServiceRole>,
}

/// A part of a service.
#[derive(Clone, Debug)]
pub struct Area {
    /// « Espace réservé ».
    pub name: String,
    /// What decisions know it by.
    pub route: Arc<Route>,
}

impl Entrance {
    /// The whole of it, and its areas.
    pub(crate) fn routes(&self) -> impl Iterator<Item = &Arc<Route>> {
        let areas = self.areas.iter().map(|area| &area.route);
        std::iter::once(&self.whole).chain(areas)
    }

    /// Every level that can be given, as it is called.
    pub(crate) fn levels(&self) -> impl Iterator<Item = (Level, &str)> {
        let own = self.roles.iter();
        [(Level::Lecture, CONSULT), (Level::Ecriture, MODIFY)]
            .into_iter()
            .chain(own.map(|role| (Level::Role(role.id.clone()), role.name.as_str())))
    }

    /// Reads a level that can be given here.
    pub(crate) fn read_level(&self, text: &str) -> Option<Level> {
        let mut levels = self.levels();
        levels
            .find(|(level, _)| level.as_str() == text)
            .map(|(level, _)| level)
    }

    /// What [`Entrance::read_level`] reads, for who wrote something else: « lecture, ecriture ».
    pub(crate) fn spellings(&self) -> String {
        let levels = self.levels();
        let spelt: Vec<_> = levels.map(|(level, _)| level.as_str().to_owned()).collect();
        spelt.join(", ")
    }

    /// « Modification », or the role's name; its id once the service does not declare it any more.
    pub(crate) fn level_name<'a>(&'a self, level: &'a Level) -> &'a str {
        let role = level.role().and_then(|id| self.role(id.as_str()));
        role.map_or_else(|| plain_name(level), |role| &role.name)
    }

    /// The roles that somebody has here.
    pub(crate) fn roles_of(&self, member: &Member) -> Vec<ServiceRole> {
        let held = member.roles_on(&self.id);
        let declared = held.filter_map(|id| self.role(id.as_str()));
        declared.cloned().collect()
    }

    /// What a right of this level opens: to modify, or else to consult.
    pub(crate) fn reach(&self, level: &Level) -> Level {
        let role = level.role().and_then(|id| self.role(id.as_str()));
        match level {
            Level::Role(_) if role.is_some_and(|role| role.modifies) => Level::Ecriture,
            Level::Role(_) => Level::Lecture,
            plain => plain.clone(),
        }
    }

    /// A role that it declares.
    pub(crate) fn role(&self, id: &str) -> Option<&ServiceRole> {
        self.roles.iter().find(|role| role.id.as_str() == id)
    }
}

/// « Lecture », « Modification »; a role by its id.
pub(crate) fn plain_name(level: &Level) -> &str {
    match level {
        Level::Lecture => CONSULT,
        Level::Ecriture => MODIFY,
        Level::Role(role) => role.as_str(),
    }
}

/// « Modification », or « Modification (Valideur) » for who has a role besides.
pub(crate) fn with_roles(level: &Level, roles: &[impl AsRef<str>]) -> String {
    let roles: Vec<&str> = roles.iter().map(AsRef::as_ref).collect();
    if roles.is_empty() {
        return plain_name(level).to_owned();
    }
    format!("{} ({})", plain_name(level), roles.join(", "))
}
