//! Whether hyper would take a head: the same parser under the same bounds, and what hyper asks beyond it.

use http::{Method, Uri};
use httparse::{EMPTY_HEADER, Error, Request, Status};
use renlayer_core::exchange::HeadFault;

/// Longer names are no names to `http`.
const MAX_NAME: usize = u16::MAX as usize;

/// Checks a whole head, of at most so many fields.
pub(super) fn head(head: &[u8], max_fields: usize) -> Result<(), HeadFault> {
    let mut fields = vec![EMPTY_HEADER; max_fields];
    let mut request = Request::new(&mut fields);
    match request.parse(head) {
        Ok(Status::Complete(length)) if length == head.len() => {}
        Ok(_) => return Err(HeadFault::Framing),
        Err(Error::TooManyHeaders) => return Err(HeadFault::TooLarge),
        Err(_) => return Err(HeadFault::Malformed),
    }
    let method = request.method.map(|method| Method::from_bytes(method.as_bytes()));
    let target = request.path.map(Uri::try_from);
    if !matches!((method, target), (Some(Ok(_)), Some(Ok(_)))) {
        return Err(HeadFault::Malformed);
    }
    if request.headers.iter().any(|field| field.name.len() >= MAX_NAME) {
        return Err(HeadFault::TooLarge);
    }
    let is_coded = request.headers.iter().any(|field| field.name.eq_ignore_ascii_case("transfer-encoding"));
    // HTTP/1.0 knows no transfer codings: readers differ in whether this one counts (RFC 9112, 6.1).
    if request.version == Some(0) && is_coded { Err(HeadFault::Framing) } else { Ok(()) }
}

/// Method and target of a head that may be anything, where it has them.
pub(super) fn request_line(head: &[u8]) -> (Option<Method>, Option<Box<str>>) {
    let head = head.trim_ascii_start();
    let line = head.split(|&byte| byte == b'\r' || byte == b'\n').next().unwrap_or_default();
    let mut words = line.splitn(3, |&byte| byte == b' ');
    // Methods are short: what is longer is more likely something else, and is not kept.
    let method = words.next().filter(|word| word.len() <= 16).and_then(|word| Method::from_bytes(word).ok());
    let target = words.next().filter(|word| !word.is_empty());
    let is_http = words.next().is_some_and(|version| version.starts_with(b"HTTP/"));
    // Without a version behind them the words may be anything; a path is still one.
    let target = target.filter(|word| is_http || word.starts_with(b"/"));
    (method.filter(|_| is_http), target.map(|word| String::from_utf8_lossy(word).into()))
}
