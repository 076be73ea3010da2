//! Finds sensitive data in bytes and takes it out.
#![forbid(unsafe_code)]
