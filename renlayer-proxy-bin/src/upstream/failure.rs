//! From the client's error chain to the one word that the caller and the trace are told.

use std::error::Error;
use std::io;

use hyper_util::client::legacy;
use renlayer_core::exchange::UpstreamFailure;

use super::connect::ConnectTimeout;
use super::resolve::ResolveError;

/// The kind of failure that lies deepest in the chain; unknown causes count by the phase they happened in.
pub(super) fn of(error: &legacy::Error) -> UpstreamFailure {
    let mut cause: Option<&(dyn Error + 'static)> = error.source();
    while let Some(found) = cause {
        if let Some(kind) = kind(found) {
            return kind;
        }
        cause = inside(found);
    }
    if error.is_connect() { UpstreamFailure::ConnectFailed } else { UpstreamFailure::Reset }
}

fn kind(cause: &(dyn Error + 'static)) -> Option<UpstreamFailure> {
    if cause.is::<ConnectTimeout>() {
        Some(UpstreamFailure::Timeout)
    } else if cause.is::<ResolveError>() {
        Some(UpstreamFailure::Dns)
    } else if cause.is::<rustls::Error>() {
        Some(UpstreamFailure::Tls)
    } else {
        None
    }
}

/// The next cause. An `io::Error` made from another error hides it from `source`, so it is asked first.
fn inside<'a>(error: &'a (dyn Error + 'static)) -> Option<&'a (dyn Error + 'static)> {
    let wrapped = error.downcast_ref::<io::Error>().and_then(io::Error::get_ref);
    wrapped.map(|inner| inner as &(dyn Error + 'static)).or_else(|| error.source())
}
