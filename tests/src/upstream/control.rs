//! The control endpoints, for tests in other languages.
//!
//! | request | does |
//! |---|---|
//! | `PUT /__script` with one script or a list | answers by these from now on |
//! | `POST /__release` with a number | lets so many gated chunks go |
//! | `GET /__requests` | the requests so far |
//! | `DELETE /__requests` | forgets them |

use bytes::Bytes;
use hyper::Method;
use serde_json::{Value, json};

use super::desk::Desk;
use super::script::Script;

/// Status and body, when the path is a control path.
pub(super) fn answer(desk: &Desk, method: &Method, path: &str, body: &Bytes) -> Option<(u16, Value)> {
    let done = (200, json!({"ok": true}));
    Some(match (method, path) {
        (&Method::PUT | &Method::POST, "/__script") => match scripts(body) {
            Ok(scripts) => {
                desk.replace(scripts);
                done
            }
            Err(error) => (400, json!({"error": error.to_string()})),
        },
        (&Method::POST, "/__release") => {
            let chunks = std::str::from_utf8(body).ok().and_then(|text| text.trim().parse().ok());
            desk.gate.add_permits(chunks.unwrap_or(1));
            done
        }
        (&Method::GET, "/__requests") => {
            (200, desk.requests().iter().map(super::desk::Received::to_json).collect::<Vec<_>>().into())
        }
        (&Method::DELETE, "/__requests") => {
            desk.forget();
            done
        }
        _ if path.starts_with("/__") => (404, json!({"error": "no such control path"})),
        _ => return None,
    })
}

fn scripts(body: &[u8]) -> Result<Vec<Script>, serde_json::Error> {
    match serde_json::from_slice(body)? {
        Value::Array(list) => list.into_iter().map(serde_json::from_value).collect(),
        one => Ok(vec![serde_json::from_value(one)?]),
    }
}
