//! Which optional-content groups (layers) are switched off.

use std::collections::BTreeSet;

use lopdf::{Dictionary, Document, Object, ObjectId};

use super::document::catalog_value;
use super::{dictionary_value, value};

/// Visibility expressions inside each other, and terms of one, that are followed.
const MAX_NESTING: usize = 16;
const MAX_TERMS: usize = 1_000;

/// Layers hidden by the file's default configuration (ISO 32000-1, 8.11.4.3).
#[derive(Debug, Default)]
pub(in crate::ingest) struct HiddenLayers {
    hidden: BTreeSet<ObjectId>,
}

impl HiddenLayers {
    pub(in crate::ingest) fn read(document: &Document) -> HiddenLayers {
        let Some(Object::Dictionary(properties)) = catalog_value(document, b"OCProperties") else {
            return HiddenLayers::default();
        };
        let Some(config) = dictionary_value(document, properties, b"D") else {
            return HiddenLayers::default();
        };
        let mut hidden = BTreeSet::new();
        let base = value(document, config, b"BaseState").and_then(|state| state.as_name().ok());
        if base == Some(b"OFF".as_slice()) {
            hidden.extend(references(document, properties, b"OCGs"));
            for shown in references(document, config, b"ON") {
                hidden.remove(&shown);
            }
        }
        hidden.extend(references(document, config, b"OFF"));
        HiddenLayers { hidden }
    }

    /// Whether content marked with `tag`, a layer or a membership dictionary, is hidden.
    pub(in crate::ingest) fn hides(&self, document: &Document, tag: &Object) -> bool {
        if self.hidden.is_empty() {
            return false;
        }
        if let Object::Reference(id) = tag
            && self.hidden.contains(id)
        {
            return true;
        }
        let Ok((_, Object::Dictionary(membership))) = document.dereference(tag) else {
            return false;
        };
        if !membership.has_type(b"OCMD") {
            return false;
        }
        if let Some(expression) = value(document, membership, b"VE") {
            // An expression stands above the list and its policy (ISO 32000-1, 8.11.2.2).
            let mut left = MAX_TERMS;
            return !self.shows(document, expression, MAX_NESTING, &mut left);
        }
        self.membership_hides(document, membership)
    }

    /// Whether a visibility expression shows: a layer, or `[/And ...]`, `[/Or ...]`, `[/Not x]`.
    /// What makes no sense shows.
    fn shows(
        &self,
        document: &Document,
        expression: &Object,
        nesting: usize,
        terms: &mut usize,
    ) -> bool {
        if nesting == 0 || *terms == 0 {
            return true;
        }
        *terms -= 1;
        if let Object::Reference(id) = expression
            && self.hidden.contains(id)
        {
            return false;
        }
        let Ok((_, Object::Array(parts))) = document.dereference(expression) else {
            return true;
        };
        let Some((Object::Name(operator), terms_of)) = parts.split_first() else {
            return true;
        };
        let mut shown = |term: &Object| self.shows(document, term, nesting - 1, terms);
        match operator.as_slice() {
            b"And" => terms_of.iter().all(&mut shown),
            b"Or" => terms_of.iter().any(&mut shown),
            b"Not" => terms_of.first().is_none_or(|term| !shown(term)),
            _ => true,
        }
    }

    /// The policy of a membership dictionary; its default is that any visible layer shows it.
    fn membership_hides(&self, document: &Document, membership: &Dictionary) -> bool {
        let layers = match membership.get(b"OCGs") {
            Ok(Object::Reference(id))
                if !matches!(document.get_object(*id), Ok(Object::Array(_))) =>
            {
                vec![*id]
            }
            _ => references(document, membership, b"OCGs"),
        };
        if layers.is_empty() {
            return false;
        }
        let hidden = layers.iter().filter(|id| self.hidden.contains(id)).count();
        let policy = value(document, membership, b"P").and_then(|policy| policy.as_name().ok());
        match policy.unwrap_or(b"AnyOn") {
            b"AllOn" => hidden > 0,
            b"AnyOff" => hidden == 0,
            b"AllOff" => hidden < layers.len(),
            _ => hidden == layers.len(),
        }
    }
}

fn references(document: &Document, dictionary: &Dictionary, key: &[u8]) -> Vec<ObjectId> {
    let Some(Object::Array(items)) = value(document, dictionary, key) else {
        return Vec::new();
    };
    items
        .iter()
        .filter_map(|item| item.as_reference().ok())
        .collect()
}
