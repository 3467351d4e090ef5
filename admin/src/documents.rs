//! How programs spell documents that are decided alike: `bip:fiche`, or
//! `bip:fiche;theme=Rémunération;collection=Secteur privé` (`theme` may come several times).

use crate::entrance::DOCUMENTS;
use crate::portal::Portal;
use policies::{Collection, DocumentClass, Nature, ServiceId, Theme};

/// Reads a spelling; without a theme or a collection it is of documents that have none. `None` for what is
/// not here.
pub(crate) fn parse(portal: &Portal, text: &str) -> Option<DocumentClass> {
    let mut parts = text.split(';');
    let (service, nature) = parts.next()?.split_once(':')?;
    let holds = service == DOCUMENTS && portal.entrance(service).is_some();
    let nature = Nature::parse(nature).filter(|_| holds)?;
    let mut class = DocumentClass::of(service.into(), nature);
    let classification = portal.directory.vocabulary().classification();
    let (mut themes, mut collection) = (Vec::new(), None);
    for part in parts {
        match part.split_once('=')? {
            ("theme", name) if classification.has_theme(name) => themes.push(name.into()),
            ("collection", name) if collection.is_none() && classification.has_collection(name) => {
                collection = Some(name.into());
            }
            _ => return None,
        }
    }
    class.collection = collection.unwrap_or(class.collection);
    if !themes.is_empty() {
        class.themes = themes.into_iter().collect();
    }
    Some(class)
}

/// The spellings of each kind, on each theme, in each collection.
pub(crate) fn spellings(portal: &Portal) -> Vec<String> {
    let Some(entrance) = portal.entrance(DOCUMENTS) else {
        return Vec::new();
    };
    let classification = portal.directory.vocabulary().classification();
    let mut spelt = Vec::new();
    for nature in Nature::ALL {
        for theme in classification.themes() {
            let each = classification.collections().iter();
            spelt.extend(each.map(|collection| spell(&entrance.id, nature, theme, collection)));
        }
    }
    spelt
}

fn spell(service: &ServiceId, nature: Nature, theme: &Theme, collection: &Collection) -> String {
    let mut spelt = format!("{service}:{}", nature.as_str());
    if theme.as_str() != Theme::OTHER {
        spelt.push_str(";theme=");
        spelt.push_str(theme.as_str());
    }
    if collection.as_str() != Collection::GENERAL {
        spelt.push_str(";collection=");
        spelt.push_str(collection.as_str());
    }
    spelt
}
