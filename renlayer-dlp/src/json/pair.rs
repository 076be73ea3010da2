//! Members of an object that belong together: `{"name": "API_TOKEN", "value": "…"}`, as lists of variables, settings and
//! parameters have them. What the first says is the name of the other. So does the type of a key name its private member
//! (`{"kty": "oct", "k": "…"}`), and that of a value in a keyset of Tink its value, where they are types of keys.
//!
//! A value that stands before its name is read under its own alone.

use std::ops::Range;

use super::LONGEST_NAME;
use super::walk::Frame;
use crate::detector::is_key_type;

/// What members of the object said that the walk is in.
#[derive(Default)]
pub(super) struct Pair {
    /// The last name.
    name: Said,
    /// What says the type of the value, which is a name where it is a type of keys.
    value_type: Said,
    /// The member that may make the object a JSON Web Key, and what it says.
    key_type: Said,
    key_type_said: Said,
    /// What the last key makes of the text after it.
    says: Option<Role>,
}

/// What the types of values in keysets of Tink have in their middle.
const TINK: &[u8] = b"google.crypto.tink";

/// Where something was said, and how deep.
#[derive(Default)]
struct Said {
    at: Range<usize>,
    depth: usize,
}

impl Pair {
    /// Notes what a member says: mostly nothing that matters.
    #[inline]
    pub(super) fn meet(&mut self, frames: &[Frame], text: &Range<usize>) {
        let Some(role) = self.says.take() else { return };
        if text.len() > LONGEST_NAME || !matches!(frames.last(), Some(Frame::Object { .. })) {
            return;
        }
        let said = Said { at: text.clone(), depth: frames.len() };
        match role {
            Role::Names => self.name = said,
            Role::ValueType => self.value_type = said,
            Role::KeyType => self.key_type_said = said,
            Role::Value | Role::Private | Role::Word => {}
        }
    }

    /// What names the value of the member `key`, where that is not the key alone.
    pub(super) fn name_of(
        &mut self,
        bytes: &[u8],
        frames: &[Frame],
        key: &Range<usize>,
    ) -> Option<Range<usize>> {
        let role = Role::of(bytes.get(key.clone()).unwrap_or_default());
        let depth = frames.len();
        let is_other = |said: &Said| depth < said.depth || depth == said.depth && is_first(bytes, key);
        self.says = role;
        if role == Some(Role::Names) || is_other(&self.name) {
            self.name = Said::default();
        }
        if role == Some(Role::ValueType) || is_other(&self.value_type) {
            self.value_type = Said::default();
        }
        if is_other(&self.key_type) {
            (self.key_type, self.key_type_said) = (Said::default(), Said::default());
        }
        let text = |said: &Said| bytes.get(said.at.clone()).unwrap_or_default();
        let is_key = || depth == self.key_type.depth && is_key_type(text(&self.key_type_said));
        // With its quote, which tells the type of a key from the name of its own value; without it no short word is one for a secret.
        let quoted = key.start..key.end + 1;
        match role? {
            Role::Names | Role::ValueType => None,
            // One of the two that is known is enough.
            Role::KeyType if is_key() => {
                self.says = None;
                None
            }
            Role::KeyType => {
                self.key_type = Said { at: quoted, depth };
                None
            }
            Role::Value => {
                let is_of_tink = |said: &&Said| memchr::memmem::find(text(said), TINK).is_some();
                let said = Some(&self.value_type).filter(is_of_tink).unwrap_or(&self.name);
                (depth == said.depth).then(|| said.at.clone())
            }
            Role::Private => is_key().then(|| self.key_type.at.clone()),
            Role::Word => Some(quoted),
        }
    }
}

/// What a member is to others of its object, or to its value.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Role {
    /// It says the name of another's value.
    Names,
    /// It says what kind of value that is.
    ValueType,
    /// It gives the value.
    Value,
    /// JSON Web Keys alone have it (RFC 7517).
    KeyType,
    /// Of these the private or shared ones alone have it.
    Private,
    /// It is what Docker calls a login, or people a password.
    Word,
}

impl Role {
    const ALL: [(&[u8], Self); 15] = [
        (b"name", Self::Names),
        (b"key", Self::Names),
        (b"variable", Self::Names),
        (b"parameterkey", Self::Names),
        (b"typeurl", Self::ValueType),
        (b"value", Self::Value),
        (b"default", Self::Value),
        (b"defaultvalue", Self::Value),
        (b"parametervalue", Self::Value),
        (b"kty", Self::KeyType),
        (b"crv", Self::KeyType),
        (b"d", Self::Private),
        (b"k", Self::Private),
        (b"auth", Self::Word),
        (b"pw", Self::Word),
    ];
    /// For each length, a bit for each letter that a word of that length begins with.
    const BEGINS: [u32; 16] = {
        let mut begins = [0; 16];
        let mut nth = 0;
        while let Some((word, _)) = Self::ALL.split_at(nth).1.first() {
            if let [first, ..] = word
                && let Some(begins) = begins.split_at_mut(word.len()).1.first_mut()
            {
                *begins |= 1 << (*first & 31);
            }
            nth += 1;
        }
        begins
    };

    /// That of a member with this name, in either case. Every key of a document is asked about, and of nearly all the length and the first letter
    /// tell that it has none.
    #[inline]
    fn of(called: &[u8]) -> Option<Self> {
        let begins = Self::BEGINS.get(called.len()).copied().unwrap_or_default();
        let may_be = begins >> (called.first()? & 31) & 1 == 1;
        may_be.then(|| Self::looked_up(called))?
    }

    #[inline(never)]
    fn looked_up(called: &[u8]) -> Option<Self> {
        Self::ALL.iter().find(|(word, _)| word.eq_ignore_ascii_case(called)).map(|(_, role)| *role)
    }
}

/// Whether an object begins with this member.
fn is_first(bytes: &[u8], key: &Range<usize>) -> bool {
    let before = bytes.get(..key.start.saturating_sub(1)).unwrap_or_default();
    before.trim_ascii_end().ends_with(b"{")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::detector::ByteSet;
    use crate::detector::harness::Random;
    use crate::{Direction, Format, Input, Scanner, Severity};

    fn found(body: &str) -> Vec<(String, Option<String>)> {
        let input = Input { format: Format::Json, direction: Direction::Request, known: None };
        let findings = Scanner::builtin().scan(body.as_bytes(), input).findings;
        let severe = findings.into_iter().filter(|finding| finding.severity > Severity::Low);
        severe.map(|f| (body[f.start..f.end].to_owned(), f.pointer.as_deref().map(str::to_owned))).collect()
    }

    #[test]
    fn a_member_is_the_name_of_another() {
        let key = ["Zf3D0LXCM3EIMbgJ", "pUNnkRtOfOueHznB"].concat();
        for body in [
            json!({ "name": "API_TOKEN", "value": key }),
            json!({ "Name": "API_TOKEN", "Type": "String", "Value": key }),
            json!({ "key": "api_token", "secret": true, "value": key }),
            json!({ "ParameterKey": "ApiToken", "ParameterValue": key }),
        ] {
            let value = body.as_object().and_then(|members| members.keys().next_back().cloned()).unwrap();
            assert_eq!(found(&body.to_string()), [(key.clone(), Some(format!("/{value}")))], "{body}");
        }
        let nested =
            json!({ "env": [{ "name": "PATH", "value": "/bin" }, { "name": "API_TOKEN", "value": key }] });
        assert_eq!(found(&nested.to_string()), [(key.clone(), Some("/env/1/value".to_owned()))]);
    }

    #[test]
    fn a_member_says_what_kind_of_value_another_is() {
        let mut random = Random::new(43);
        let (x, d) = (random.text(ByteSet::BASE64URL, 43), random.text(ByteSet::BASE64URL, 43));
        let (login, tink) = (["am9lOk", "s3anE5elhwMlB3"].concat(), random.text(ByteSet::ALNUM, 40));
        let word = ["Kx72", "hHq9"].concat();
        let hash = random.text(ByteSet::HEX_LOWER, 40);
        for (body, secret, pointer) in [
            (format!(r#"{{"kty": "oct", "k": "{d}"}}"#), &d, "/k"),
            (format!(r#"{{"crv": "P-256", "d": "{d}", "kty": "EC", "x": "{x}"}}"#), &d, "/d"),
            (
                format!(r#"{{"keys": [{{"kty": "EC", "x": "{x}"}}, {{"kty": "EC", "d": "{d}"}}]}}"#),
                &d,
                "/keys/1/d",
            ),
            (
                format!(
                    r#"{{"keyData": {{"typeUrl": "type.googleapis.com/google.crypto.tink.AesGcmKey", "value": "{tink}"}}}}"#
                ),
                &tink,
                "/keyData/value",
            ),
            (format!(r#"{{"auths": {{"corp.io": {{"auth": "{login}"}}}}}}"#), &login, "/auths/corp.io/auth"),
            (format!(r#"{{"id": "joe", "pw": "{word}"}}"#), &word, "/pw"),
            (format!(r#"{{"name": "API_TOKEN", "typeUrl": "x", "value": "{tink}"}}"#), &tink, "/value"),
            (format!(r#"{{"typeUrl": "x", "name": "API_TOKEN", "value": "{tink}"}}"#), &tink, "/value"),
            (format!(r#"{{"kty": "EC", "crv": "another", "d": "{d}"}}"#), &d, "/d"),
            (format!(r#"{{"kty": "none", "crv": "Ed25519", "d": "{d}"}}"#), &d, "/d"),
        ] {
            assert_eq!(found(&body), [(secret.clone(), Some(pointer.to_owned()))], "{body}");
        }
        for body in [
            format!(r#"{{"kty": "EC", "x": "{d}"}}"#),
            format!(r#"[{{"kty": "EC"}}, {{"d": "{d}"}}]"#),
            format!(r#"{{"d": "{d}", "k": "{d}"}}"#),
            format!(r#"{{"crv": "{d}"}}"#),
            format!(r#"{{"auth": "{d}", "typeUrl": "order", "value": "{d}"}}"#),
            format!(r#"{{"typeUrl": "token", "value": "{tink}"}}"#),
            format!(r#"{{"kty": "ticket", "k": "{hash}"}}"#),
            format!(r#"{{"kty": "ticket", "k": "{d}"}}"#),
            format!(r#"{{"crv": "motion", "d": "{d}"}}"#),
        ] {
            assert!(found(&body).is_empty(), "{body}");
        }
    }

    /// Not even below `HIGH`.
    #[test]
    fn a_type_of_something_else_is_no_name() {
        let mut random = Random::new(44);
        let (d, hash) = (random.text(ByteSet::BASE64URL, 43), random.text(ByteSet::HEX_LOWER, 40));
        for body in [
            format!(r#"{{"typeUrl": "/osmosis.tokenfactory.v1beta1.MsgMint", "value": "{d}"}}"#),
            format!(r#"{{"typeUrl": "/google.iam.v1.AccessToken", "value": "{d}"}}"#),
            format!(r#"{{"typeUrl": "/secret.compute.v1beta1.MsgExecuteContract", "value": "{d}"}}"#),
            format!(r#"{{"kty": "ticket", "k": "{hash}"}}"#),
            format!(r#"{{"kty": "ticket", "k": "{}-b5e3-4086-980d-{}"}}"#, &hash[..8], &hash[8..20]),
        ] {
            let input = Input { format: Format::Json, direction: Direction::Request, known: None };
            let findings = Scanner::builtin().scan(body.as_bytes(), input).findings;
            assert!(findings.iter().all(|finding| !finding.class.starts_with("secret")), "{body}");
        }
    }

    #[test]
    fn members_of_other_objects_are_no_names() {
        let key = ["Zf3D0LXCM3EIMbgJ", "pUNnkRtOfOueHznB"].concat();
        for body in [
            format!(r#"{{"name": "order", "value": "{key}"}}"#),
            format!(r#"[{{"name": "API_TOKEN"}}, {{"value": "{key}"}}]"#),
            format!(r#"{{"a": {{"name": "API_TOKEN"}}, "value": "{key}"}}"#),
            format!(r#"{{"name": "API_TOKEN", "a": {{"value": "{key}"}}}}"#),
            format!(r#"{{"value": "{key}", "name": "API_TOKEN"}}"#),
            format!(r#"{{"name": "API_TOKEN", "name": "caf\u00e9", "value": "{key}"}}"#),
            format!(r#"{{"name": "API_TOKEN {}", "value": "{key}"}}"#, "of a text ".repeat(8)),
        ] {
            assert!(found(&body).is_empty(), "{body}");
        }
    }
}
