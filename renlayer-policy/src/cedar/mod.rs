//! Cedar policies: what must be permitted beside what native policies decide.
//!
//! A tenant that has Cedar policies asks them of every call: may this agent make it, and may it call each tool that it
//! calls? The stricter of both answers holds ([`merged`]). `docs/cedar.md` is the reference for those who write them; the
//! [`SCHEMA`] is what they are written against.
//!
//! Nothing fails open. Cedar skips a policy that cannot be evaluated, also one that forbids: here any such error denies. What
//! is not known of a call is left out of what policies see, so that asking for it is an error; and no policy may ask whether
//! it is there.
//!
//! ```
//! use renlayer_policy::cedar::{CedarDecided, CedarSet, CedarText, Directory};
//! use renlayer_policy::{Facts, PolicyAction, Upstream};
//!
//! let text = r#"permit (principal == Agent::"billing-bot", action, resource == Upstream::"api.openai.com");"#;
//! let texts = vec![CedarText { name: "billing".into(), text: text.into() }];
//! let cedar = CedarSet::compile(texts, Directory::default()).expect("a valid policy");
//!
//! let upstream = Upstream { scheme: "https", host: "api.openai.com", port: 443, path: "/v1/files" };
//! let facts = Facts { agent_name: Some("billing-bot"), upstream, ..Facts::at(jiff::Timestamp::UNIX_EPOCH) };
//! let CedarDecided::Final(decision) = cedar.decide(&facts) else { panic!("no policy asks about findings") };
//! assert_eq!(decision.action(), PolicyAction::Allow);
//! ```

mod compile;
mod context;
mod decision;
mod directory;
mod error;
pub mod lint;
mod names;
mod question;
mod reads;
mod scope;
mod set;
mod slice;
mod text;

#[cfg(test)]
mod tests;

pub use compile::{CedarText, SCHEMA};
pub use decision::{CedarCheck, CedarDecided, CedarDecision, CedarVerdict, merged};
pub use directory::Directory;
pub use error::CedarError;
pub use set::CedarSet;
