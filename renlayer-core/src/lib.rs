//! The engine of RenLayer.
#![forbid(unsafe_code)]
