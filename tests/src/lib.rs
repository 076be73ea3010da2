//! A local upstream and the end-to-end tests.
#![forbid(unsafe_code)]
