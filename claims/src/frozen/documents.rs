//! The documents of a sent version, and what changed in them from one version to the next.

use serde::Deserialize;

use super::FrozenDocument;

/// The documents of a sent version alone. Only these are what was signed: the portal keeps one description of a document, which an
/// amendment that nobody has sent may have changed.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct FrozenDocuments {
    /// Documents in order.
    pub documents: Vec<FrozenDocument>,
}

impl FrozenDocuments {
    /// Reads a canonical text.
    ///
    /// # Errors
    /// If it is not one.
    pub fn read(text: &str) -> Result<Self, serde_json::Error> {
        serde_json::from_str(text)
    }

    /// What the document with this hash proves, as signed; `None` if the version has none such.
    #[must_use]
    pub fn proves(&self, sha256: &str) -> Option<&str> {
        self.documents.iter().find(|document| document.sha256 == sha256).map(|document| document.proves.as_str())
    }
}

/// What changed between the documents of two versions, in words, one change each.
pub(super) fn changes(before: &[FrozenDocument], after: &[FrozenDocument]) -> Vec<String> {
    let mut changes = Vec::new();
    for document in after {
        let name = &document.name;
        let Some(old) = before.iter().find(|old| old.sha256 == document.sha256) else {
            changes.push(format!("Document added: {name}."));
            continue;
        };
        if old.name != document.name {
            changes.push(format!("Document {}: its name became {name}.", old.name));
        }
        if old.proves != document.proves {
            changes.push(match (old.proves.as_str(), document.proves.as_str()) {
                ("", new) => format!("Document {name}, what it proves: “{new}” was added."),
                (old, "") => format!("Document {name}, what it proves: “{old}” was taken out."),
                (old, new) => format!("Document {name}, what it proves: “{old}” became “{new}”."),
            });
        }
    }
    let removed = before.iter().filter(|old| !after.iter().any(|document| document.sha256 == old.sha256));
    changes.extend(removed.map(|old| format!("Document removed: {}.", old.name)));
    changes
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::frozen::example;

    fn document(sha256: &str, name: &str, proves: &str) -> FrozenDocument {
        FrozenDocument {
            name: name.to_owned(),
            media_type: "text/plain".to_owned(),
            bytes: 1,
            pages: None,
            sha256: sha256.to_owned(),
            proves: proves.to_owned(),
        }
    }

    #[test]
    fn what_a_document_proves_is_compared_too() {
        let (mut before, mut after) = (example(), example());
        before.documents = vec![
            document("1", "a.txt", "Sales"),
            document("2", "b.txt", ""),
            document("3", "c.txt", "Stock"),
            document("4", "d.txt", "The same"),
            document("5", "e.txt", "Gone"),
        ];
        after.documents = vec![
            document("1", "a.txt", "Sales of 2015"),
            document("2", "b.txt", "Returns"),
            document("3", "new.txt", ""),
            document("4", "d.txt", "The same"),
            document("6", "f.txt", "New"),
        ];
        assert_eq!(
            crate::frozen::changes(&before, &after),
            [
                "Document a.txt, what it proves: “Sales” became “Sales of 2015”.",
                "Document b.txt, what it proves: “Returns” was added.",
                "Document c.txt: its name became new.txt.",
                "Document new.txt, what it proves: “Stock” was taken out.",
                "Document added: f.txt.",
                "Document removed: e.txt.",
            ]
        );
    }

    #[test]
    fn the_documents_alone_are_those_of_the_whole() {
        let mut claim = example();
        claim.documents = vec![document("1", "a.txt", "Sales"), document("2", "b.txt", "")];
        let alone = FrozenDocuments::read(&claim.canonical().unwrap()).unwrap();
        assert_eq!(alone.documents, claim.documents);
        assert_eq!([alone.proves("1"), alone.proves("2"), alone.proves("3")], [Some("Sales"), Some(""), None]);
    }
}
