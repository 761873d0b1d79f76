//! A form that comes back: what was typed, what is wrong with it, and what else there is to say.

use axum::http::{HeaderValue, StatusCode, header};
use claims::{
    actions::Failure,
    intake::{Answers, FieldError, Section},
};
use leptos::prelude::*;

use crate::{
    components::{ErrorSummary, Notice, NoticeKind},
    request::{Answer, Visitor},
    shell::Page,
};

/// What a form shows besides its fields.
#[derive(Debug, Clone, Default)]
pub struct Typed {
    /// What was typed so far.
    pub answers: Answers,
    /// What is wrong with it.
    pub errors: Vec<FieldError>,
    /// Why it was not done, where no field is to blame.
    pub said: Option<String>,
}

impl Typed {
    /// A form with answers to begin with.
    #[must_use]
    pub fn of(answers: Answers) -> Self {
        Self { answers, ..Self::default() }
    }

    /// What stands first in the page: why it was not done, and the errors.
    pub fn top(&self) -> impl IntoView + use<> {
        self.top_of(&[])
    }

    /// The same above a form, whose labels stand before messages that do not name their field.
    pub fn top_of(&self, form: &'static [Section]) -> impl IntoView + use<> {
        let said = self
            .said
            .clone()
            .map(|said| view! { <Notice kind=NoticeKind::Warning title="This was not done">{said}</Notice> });
        view! { {said}<ErrorSummary errors=self.errors.clone() form/> }
    }
}

/// Answers a form that was refused: wrong fields beside what was typed (422), a sentence (409) or a wait (429). What a form
/// cannot show becomes a page of its own.
///
/// # Errors
/// Every other failure, as it came.
pub fn refused(visitor: &Visitor, failure: Failure, answers: Answers, page: impl FnOnce(Typed) -> Page) -> Answer {
    let sentence = failure.to_string();
    match failure {
        Failure::Invalid(errors) => Ok(visitor.again(page(Typed { answers, errors, said: None }))),
        Failure::Said(said) => Ok(visitor.page_with(
            StatusCode::CONFLICT,
            page(Typed { answers, errors: Vec::new(), said: Some(said) }).error(true),
        )),
        Failure::TooOften(wait) => {
            let page = page(Typed { answers, errors: Vec::new(), said: Some(sentence) }).error(true);
            let mut answer = visitor.page_with(StatusCode::TOO_MANY_REQUESTS, page);
            answer.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(wait.num_seconds().max(1)));
            Ok(answer)
        }
        failure => Err(failure.into()),
    }
}
