//! The C ABI of RenLayer.
