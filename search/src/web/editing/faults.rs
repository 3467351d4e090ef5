//! What is wrong with the fields of a form: all of it at once, beside each field.

/// What is wrong with a field, and what to do.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Fault {
    pub(super) field: &'static str,
    pub(super) text: String,
}

/// All that is wrong.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(super) struct Faults(pub(super) Vec<Fault>);

impl Faults {
    pub(super) fn add(&mut self, field: &'static str, text: impl Into<String>) {
        let text = text.into();
        self.0.push(Fault { field, text });
    }

    /// What is wrong with one field.
    pub(super) fn of(&self, field: &str) -> Option<&str> {
        let fault = self.0.iter().find(|fault| fault.field == field);
        fault.map(|fault| fault.text.as_str())
    }
}
