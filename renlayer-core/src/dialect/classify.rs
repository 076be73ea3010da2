//! Which dialect a call speaks, by its route, path, host and headers; bodies are not looked at.

use std::borrow::Cow;

use http::{HeaderMap, Method, header};

use super::{Dialect, Provider, bedrock};

impl Dialect {
    /// The dialect of a call. `provider` is what its route says; without it, path, host and headers tell.
    pub fn of(provider: Option<Provider>, method: &Method, path: &str, headers: &HeaderMap) -> Self {
        let path = plain(path.split(['?', '#']).next().unwrap_or(path));
        let path = path.trim_end_matches('/');
        match provider {
            Some(Provider::Mcp) => Self::Mcp,
            Some(Provider::Http) => Self::Http,
            _ if method != Method::POST => Self::mcp_without_body(provider, headers),
            Some(Provider::OpenAi) => openai(path).or_else(|| anthropic(path)).unwrap_or(Self::Http),
            Some(Provider::Anthropic) => anthropic(path).or_else(|| openai(path)).unwrap_or(Self::Http),
            Some(Provider::Gemini) => gemini(path).or_else(|| openai(path)).unwrap_or(Self::Http),
            Some(Provider::Bedrock) => {
                of_bedrock(path).or_else(|| openai(path)).or_else(|| anthropic(path)).unwrap_or(Self::Http)
            }
            None if speaks_mcp(path, headers) => Self::Mcp,
            None => gemini(path)
                .or_else(|| openai(path))
                .or_else(|| anthropic(path))
                .or_else(|| of_bedrock(path))
                .unwrap_or(Self::Http),
        }
    }

    /// An MCP client also listens with GET and ends its session with DELETE.
    fn mcp_without_body(provider: Option<Provider>, headers: &HeaderMap) -> Self {
        if provider.is_none() && has_mcp_header(headers) { Self::Mcp } else { Self::Http }
    }
}

/// A path as an upstream reads it: percent-encoding undone, except of a slash, which would make other segments. An
/// upstream that is reached by `/%63ompletions` was asked for completions.
pub(crate) fn plain(path: &str) -> Cow<'_, str> {
    if !path.contains('%') {
        return Cow::Borrowed(path);
    }
    let mut pieces = path.split('%');
    let mut decoded = pieces.next().unwrap_or_default().as_bytes().to_vec();
    for piece in pieces {
        let byte = piece.get(..2).and_then(|hex| u8::from_str_radix(hex, 16).ok());
        match byte.filter(|&byte| byte != b'/') {
            Some(byte) => {
                decoded.push(byte);
                decoded.extend_from_slice(piece.get(2..).unwrap_or_default().as_bytes());
            }
            None => {
                decoded.push(b'%');
                decoded.extend_from_slice(piece.as_bytes());
            }
        }
    }
    Cow::Owned(String::from_utf8_lossy(&decoded).into_owned())
}

/// Whether a path ends so; some upstreams, Azure's among them, do not ask for its case.
fn ends(path: &str, ending: &str) -> bool {
    let end = path.len().checked_sub(ending.len()).and_then(|at| path.get(at..));
    end.is_some_and(|end| end.eq_ignore_ascii_case(ending))
}

/// Azure, OpenRouter, Groq and the others put their own prefix before the same endings.
fn openai(path: &str) -> Option<Dialect> {
    if ends(path, "/completions") {
        Some(Dialect::OpenAiChat)
    } else if ends(path, "/responses") {
        Some(Dialect::OpenAiResponses)
    } else if ends(path, "/embeddings") {
        Some(Dialect::OpenAiEmbeddings)
    } else {
        None
    }
}

fn anthropic(path: &str) -> Option<Dialect> {
    let known = ends(path, "/v1/messages") || ends(path, "/messages/count_tokens");
    known.then_some(Dialect::AnthropicMessages)
}

fn gemini(path: &str) -> Option<Dialect> {
    let (_, verb) = path.rsplit('/').next()?.rsplit_once(':')?;
    let known =
        ["generateContent", "streamGenerateContent", "countTokens", "embedContent", "batchEmbedContents"];
    known.iter().any(|known| known.eq_ignore_ascii_case(verb)).then_some(Dialect::Gemini)
}

fn of_bedrock(path: &str) -> Option<Dialect> {
    bedrock::speaks(path).then_some(Dialect::Bedrock)
}

fn speaks_mcp(path: &str, headers: &HeaderMap) -> bool {
    has_mcp_header(headers) || (ends(path, "/mcp") && accepts_both(headers))
}

fn has_mcp_header(headers: &HeaderMap) -> bool {
    headers.contains_key("mcp-session-id") || headers.contains_key("mcp-protocol-version")
}

/// Streamable HTTP asks its clients to accept a single answer and a stream of them.
fn accepts_both(headers: &HeaderMap) -> bool {
    let accepts = |kind: &str| {
        headers
            .get_all(header::ACCEPT)
            .iter()
            .any(|value| value.to_str().is_ok_and(|value| value.contains(kind)))
    };
    accepts("application/json") && accepts("text/event-stream")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn path_and_route_tell_the_dialect() {
        use Dialect as D;
        use Provider as P;
        let cases = [
            (None, "POST", "/v1/chat/completions", D::OpenAiChat),
            (None, "POST", "/v1/completions", D::OpenAiChat),
            (None, "GET", "/v1/chat/completions", D::Http),
            (None, "POST", "/v1/responses", D::OpenAiResponses),
            (None, "POST", "/v1/embeddings?x=y", D::OpenAiEmbeddings),
            (None, "POST", "/v1/messages", D::AnthropicMessages),
            (None, "POST", "/v1/messages/count_tokens", D::AnthropicMessages),
            (None, "POST", "/v1beta/models/gemini-2.5-pro:generateContent", D::Gemini),
            (None, "POST", "/v1/models/gemini-2.5-pro:streamGenerateContent?alt=sse", D::Gemini),
            (None, "POST", "/v1/models/gemini-2.5-pro%3AgenerateContent", D::Gemini),
            (None, "POST", "/v1/models/gemini-2.5-pro%3agenerateContent", D::Gemini),
            (None, "POST", "/v1/models/gemini-2.5-pro:%67enerateContent", D::Gemini),
            (None, "POST", "/v1/chat/%63ompletions", D::OpenAiChat),
            (None, "POST", "/v1/Chat/Completions", D::OpenAiChat),
            (None, "POST", "/v1/%6D%65ssages", D::AnthropicMessages),
            (None, "POST", "/%ff/chat/%63ompletions", D::OpenAiChat),
            (None, "POST", "/v1/chat%2fcompletions", D::Http),
            (None, "POST", "/v1/chat/completion%", D::Http),
            (None, "POST", "/model/amazon.nova-pro-v1:0/converse", D::Bedrock),
            (None, "POST", "/model/amazon.nova-pro-v1%3A0/converse-stream", D::Bedrock),
            (None, "POST", "/model/arn%3Aaws%3Abedrock%3A%3A%3Ax%2Fy/invoke", D::Bedrock),
            (None, "POST", "/model/arn:aws:bedrock:::x/y/invoke-with-response-%73tream/", D::Bedrock),
            (None, "POST", "/model//converse", D::Http),
            (None, "POST", "/x/converse", D::Http),
            (Some(P::Bedrock), "POST", "/openai/v1/chat/completions", D::OpenAiChat),
            (Some(P::Bedrock), "POST", "/guardrail/g/version/1/apply", D::Http),
            (None, "POST", "/upload", D::Http),
            (
                Some(P::OpenAi),
                "POST",
                "/openai/deployments/gpt/chat/completions?api-version=1",
                D::OpenAiChat,
            ),
            (Some(P::OpenAi), "POST", "/openai/v1/responses/", D::OpenAiResponses),
            (Some(P::OpenAi), "POST", "/v1/files", D::Http),
            (Some(P::Gemini), "POST", "/v1beta/openai/chat/completions", D::OpenAiChat),
            (Some(P::Mcp), "DELETE", "/anything", D::Mcp),
            (Some(P::Http), "POST", "/v1/chat/completions", D::Http),
        ];
        for (provider, method, path, expected) in cases {
            let method: Method = method.parse().unwrap();
            assert_eq!(Dialect::of(provider, &method, path, &HeaderMap::new()), expected, "{method} {path}");
        }
    }

    #[test]
    fn headers_tell_mcp() {
        let mut session = HeaderMap::new();
        session.insert("mcp-session-id", "1".parse().unwrap());
        let mut accept = HeaderMap::new();
        accept.insert("accept", "application/json, text/event-stream".parse().unwrap());
        assert_eq!(Dialect::of(None, &Method::GET, "/x", &session), Dialect::Mcp);
        assert_eq!(Dialect::of(None, &Method::POST, "/mcp", &accept), Dialect::Mcp);
        assert_eq!(Dialect::of(None, &Method::POST, "/x", &accept), Dialect::Http);
    }
}
