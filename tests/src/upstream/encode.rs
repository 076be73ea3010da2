//! From an answer's chunks to the bytes on the wire: credential echo, re-cutting, content coding.

use std::io::Write as _;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use flate2::Compression;
use flate2::write::{GzEncoder, ZlibEncoder};

use super::script::{Coding, Script};

/// Where a script's text asks for the credential that the request carried.
const CREDENTIAL: &str = "{{credential}}";

/// The script's own bytes, where it gives any instead of words.
pub(super) fn raw_chunks(script: &Script) -> Option<Vec<Bytes>> {
    if let Some(pieces) = &script.raw_base64 {
        return Some(pieces.iter().map(|piece| decode(piece)).collect());
    }
    script.raw.as_ref().map(|pieces| pieces.iter().cloned().map(Bytes::from).collect())
}

/// Bytes that a script carries in base64.
pub(super) fn decode(base64: &str) -> Bytes {
    STANDARD.decode(base64).map_or_else(|_| Bytes::from_static(b"(not base64)"), Bytes::from)
}

/// The script with the credential in place of its marker, everywhere.
pub(super) fn fill_in(script: Script, credential: Option<&str>) -> Script {
    let Ok(text) = serde_json::to_string(&script) else { return script };
    if !text.contains(CREDENTIAL) {
        return script;
    }
    let quoted = serde_json::Value::from(credential.unwrap_or_default()).to_string();
    let inner = quoted.trim_start_matches('"').trim_end_matches('"');
    serde_json::from_str(&text.replace(CREDENTIAL, inner)).unwrap_or(script)
}

/// The chunks as they are to leave.
pub(super) fn finish(chunks: Vec<Bytes>, script: &Script) -> Vec<Bytes> {
    let chunks = match script.coding {
        Coding::Identity => chunks,
        Coding::Gzip => vec![gzip(&chunks.concat())],
        Coding::Deflate => vec![deflate(&chunks.concat())],
    };
    match script.cut_every {
        None | Some(0) => chunks,
        Some(size) => chunks.concat().chunks(size).map(Bytes::copy_from_slice).collect(),
    }
}

/// The `content-encoding` that goes with the coding.
pub(super) fn name(coding: Coding) -> Option<&'static str> {
    match coding {
        Coding::Identity => None,
        Coding::Gzip => Some("gzip"),
        Coding::Deflate => Some("deflate"),
    }
}

fn gzip(plain: &[u8]) -> Bytes {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(plain).and_then(|()| encoder.finish()).expect("gzip into memory").into()
}

fn deflate(plain: &[u8]) -> Bytes {
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(plain).and_then(|()| encoder.finish()).expect("deflate into memory").into()
}
