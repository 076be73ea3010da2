//! Decides a call by policies and limits.
#![forbid(unsafe_code)]
