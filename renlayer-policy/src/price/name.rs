//! Names of models: what providers and brokers put around them.

/// Makers, as Bedrock puts them before a name: `us.anthropic.claude-…`.
const MAKERS: [&str; 8] =
    ["anthropic.", "amazon.", "meta.", "mistral.", "cohere.", "deepseek.", "openai.", "qwen."];

/// The name as its maker gives it: without a broker's path (`openai/gpt-4o`, `models/gemini-…`), region or maker.
pub(super) fn plain(model: &str) -> &str {
    let last = model.rsplit('/').next().unwrap_or(model);
    let of_maker = MAKERS.iter().filter_map(|maker| {
        let at = last.find(maker)?;
        let begins = at == 0 || last.as_bytes().get(at - 1) == Some(&b'.');
        last.get(at + maker.len()..).filter(|_| begins)
    });
    of_maker.min_by_key(|rest| rest.len()).unwrap_or(last)
}

/// Whether what follows a name says which version of it is meant, and not another model: a date, a number of three or more
/// digits, `v1:0`, `latest`.
pub(super) fn is_version(rest: &str) -> bool {
    let mut after_year = false;
    let mut pieces = rest.split(['-', '@', ':']);
    if pieces.next() != Some("") {
        return false;
    }
    let mut after_v = false;
    pieces.all(|piece| {
        let digits = !piece.is_empty() && piece.bytes().all(|byte| byte.is_ascii_digit());
        let numbered = piece.strip_prefix('v').is_some_and(|n| n.bytes().all(|byte| byte.is_ascii_digit()));
        let fits = match piece.len() {
            _ if piece == "latest" => true,
            _ if numbered && piece.len() > 1 => true,
            1 => digits && after_v,
            2 => digits && after_year,
            _ => digits,
        };
        after_year = digits && (piece.len() == 4 || after_year);
        after_v = numbered;
        fits
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_told_from_other_models() {
        for version in ["", "-2024-08-06", "-20250514-v1:0", "@20250514", "-001", "-0613", "-latest", "-2407"]
        {
            assert!(is_version(version), "{version}");
        }
        for other in
            ["-mini", "-", "-1", "-4-5", "x", "-pro-2025-01-01", ":free", "-2024-08-06-mini", "-preview"]
        {
            assert!(!is_version(other), "{other}");
        }
    }

    #[test]
    fn what_stands_around_a_name_is_taken_off() {
        for (model, name) in [
            ("gpt-4o", "gpt-4o"),
            ("openai/gpt-4o", "gpt-4o"),
            ("groq/openai/gpt-oss-20b", "gpt-oss-20b"),
            ("eu.anthropic.claude-3-haiku-20240307-v1:0", "claude-3-haiku-20240307-v1:0"),
            ("amazon.nova-pro-v1:0", "nova-pro-v1:0"),
            ("arn:aws:bedrock:us-east-1::foundation-model/anthropic.claude-3-haiku", "claude-3-haiku"),
            ("notanthropic.claude", "notanthropic.claude"),
        ] {
            assert_eq!(plain(model), name);
        }
    }
}
