//! Refusals: small problem documents (RFC 9457) that name a class at most.

use bytes::Bytes;
use http::{HeaderValue, Response, StatusCode, header};
use http_body::Body;
use serde_json::json;

use super::ResponseBody;

/// Why a body does not go through.
#[derive(Debug)]
pub(super) struct Problem {
    status: StatusCode,
    title: &'static str,
    class: Option<String>,
}

impl Problem {
    pub(super) fn blocked(class: &str) -> Self {
        Self {
            class: Some(class.to_owned()),
            ..Self::new(StatusCode::FORBIDDEN, "the body holds sensitive data")
        }
    }

    pub(super) fn unscannable() -> Self {
        Self::new(StatusCode::FORBIDDEN, "a part of the body cannot be scanned")
    }

    pub(super) fn request_too_long() -> Self {
        Self::new(StatusCode::PAYLOAD_TOO_LARGE, "the body is too long to be scanned")
    }

    pub(super) fn request_broken() -> Self {
        Self::new(StatusCode::BAD_REQUEST, "the body broke off")
    }

    pub(super) fn request_encoded() -> Self {
        Self::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "the body is encoded and cannot be scanned")
    }

    pub(super) fn answer_too_long() -> Self {
        Self::new(StatusCode::BAD_GATEWAY, "the answer is too long to be scanned")
    }

    pub(super) fn answer_encoded() -> Self {
        Self::new(StatusCode::BAD_GATEWAY, "the answer is encoded and cannot be scanned")
    }

    fn new(status: StatusCode, title: &'static str) -> Self {
        Self { status, title, class: None }
    }

    pub(super) fn response<R: Body<Data = Bytes>>(self) -> Response<ResponseBody<R>> {
        let mut document = json!({ "title": self.title, "status": self.status.as_u16() });
        if let (Some(class), Some(fields)) = (self.class, document.as_object_mut()) {
            fields.insert("class".to_owned(), class.into());
        }
        let body = Bytes::from(document.to_string());
        let mut response = Response::new(ResponseBody::whole(body.into()));
        *response.status_mut() = self.status;
        let media = HeaderValue::from_static("application/problem+json");
        response.headers_mut().insert(header::CONTENT_TYPE, media);
        response
    }
}
