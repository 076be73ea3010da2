//! From an error's chain to the one word that the caller and the trace are told, and to the error that tells an operator
//! most.

use std::error::Error;
use std::io;

use hyper_util::client::legacy;
use renlayer_core::exchange::UpstreamFailure;
use rustls::CertificateError;

use super::connect::ConnectTimeout;
use super::resolve::ResolveError;

type Cause<'a> = &'a (dyn Error + 'static);

/// The kind of failure that lies deepest in the chain; unknown causes count by the phase they happened in.
pub(super) fn of(error: &legacy::Error) -> UpstreamFailure {
    let known = causes(error).find_map(kind);
    known.unwrap_or(if error.is_connect() { UpstreamFailure::ConnectFailed } else { UpstreamFailure::Reset })
}

/// Why there is no connection: in a word, and as the error that says most of it.
pub(super) fn of_connection(error: Cause<'_>) -> (UpstreamFailure, Cause<'_>) {
    let known = causes(error).find_map(|cause| kind(cause).map(|kind| (kind, cause)));
    known.unwrap_or_else(|| (UpstreamFailure::ConnectFailed, causes(error).last().unwrap_or(error)))
}

fn kind(cause: Cause<'_>) -> Option<UpstreamFailure> {
    if cause.is::<ConnectTimeout>() {
        Some(UpstreamFailure::Timeout)
    } else if cause.is::<ResolveError>() {
        Some(UpstreamFailure::Dns)
    } else {
        cause.downcast_ref().map(tls)
    }
}

fn tls(error: &rustls::Error) -> UpstreamFailure {
    use CertificateError as Fault;
    let rustls::Error::InvalidCertificate(fault) = error else { return UpstreamFailure::Tls };
    match fault {
        Fault::Expired
        | Fault::ExpiredContext { .. }
        | Fault::NotValidYet
        | Fault::NotValidYetContext { .. } => UpstreamFailure::CertificateDates,
        Fault::NotValidForName | Fault::NotValidForNameContext { .. } => UpstreamFailure::CertificateName,
        _ => UpstreamFailure::CertificateUntrusted,
    }
}

/// The error and what caused it. An `io::Error` made from another error hides it from `source`, so it is asked first.
fn causes<'a>(error: Cause<'a>) -> impl Iterator<Item = Cause<'a>> {
    std::iter::successors(Some(error), |&error: &Cause<'a>| {
        let wrapped = error.downcast_ref::<io::Error>().and_then(io::Error::get_ref);
        wrapped.map(|inner| inner as Cause<'a>).or_else(|| error.source())
    })
}
