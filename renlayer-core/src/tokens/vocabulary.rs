//! Counting with the vocabularies of the models themselves.
//!
//! `o200k` for OpenAI's models since `gpt-4o`, and `cl100k` for those before. All others (Anthropic and Google publish no vocabulary)
//! are counted with `cl100k`, which makes more tokens of most texts than `o200k` does. The crate has vocabularies of other makers,
//! too, under licences that ask for more than attribution: nothing here names them, so that none of them is in a program.
//!
//! A vocabulary is read when it is first asked for, some tenths of a second once, and stays in memory. Any text is counted in a time
//! that grows with its length: in stretches, since merging takes longer the longer a run without a break is, and past
//! [`MOST`] at the rate of what came before.

use std::sync::OnceLock;

use tiktoken::{CoreBpe, encoding, model_to_encoding};

use super::running::last_word;
use super::{CountTokens, alike};

/// The vocabularies of well-known models.
#[derive(Debug, Clone, Copy, Default)]
pub struct Vocabularies;

/// How much of one text is counted, in bytes: the rest is taken to be like it, and no less than is estimated of it.
const MOST: usize = 256 * 1024;

/// How much is counted at once, in bytes.
const STRETCH: usize = 8 * 1024;

static O200K: OnceLock<CoreBpe> = OnceLock::new();
static CL100K: OnceLock<CoreBpe> = OnceLock::new();

impl CountTokens for Vocabularies {
    fn count(&self, model: &str, text: &str) -> u64 {
        let vocabulary = of_model(model);
        let head = text.get(..text.floor_char_boundary(MOST)).unwrap_or(text);
        let counted = stretches(head).map(|stretch| vocabulary.count(stretch) as u64).sum::<u64>();
        counted.saturating_add(alike((text.len() - head.len()) as u64, counted, head.len() as u64))
    }
}

/// The vocabulary of a model; routers and clouds write its maker's name, or a region's, before its own.
fn of_model(model: &str) -> &'static CoreBpe {
    let name = model.rsplit('/').next().unwrap_or(model);
    let name = name.rsplit_once("openai.").map_or(name, |(_, name)| name);
    match model_to_encoding(&name.to_ascii_lowercase()) {
        Some("o200k_base" | "o200k_harmony") => O200K.get_or_init(encoding::o200k_base),
        _ => CL100K.get_or_init(encoding::cl100k_base),
    }
}

/// A text cut where its words begin, or anywhere in what has none.
fn stretches(mut text: &str) -> impl Iterator<Item = &str> {
    std::iter::from_fn(move || {
        if text.is_empty() {
            return None;
        }
        let most = text.get(..text.floor_char_boundary(STRETCH)).unwrap_or(text);
        let cut = if most.len() == text.len() { text.len() } else { last_word(most).unwrap_or(most.len()) };
        let (stretch, rest) = text.split_at_checked(cut)?;
        text = rest;
        Some(stretch)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn count(model: &str, text: &str) -> u64 {
        Vocabularies.count(model, text)
    }

    /// What another implementation says, too (`bpe-openai`).
    #[test]
    fn tokens_are_those_of_the_model() {
        let text = "The quick brown fox jumps over the lazy dog; 12345 apples, naïve café, 日本語のテキスト. \n\n\tfn main() {}";
        for (model, expected) in [
            ("gpt-4o", 31),
            ("gpt-4.1-mini", 31),
            ("o3", 31),
            ("openai/gpt-5", 31),
            ("gpt-4-turbo", 33),
            ("text-embedding-3-small", 33),
            ("claude-sonnet-4", 33),
            ("house", 33),
        ] {
            assert_eq!(count(model, text), expected, "{model}");
        }
        assert_eq!(count("gpt-4o", ""), 0);
    }

    #[test]
    fn a_cut_between_words_costs_nothing() {
        let text = "It was the best of times, it was the worst of times. 1859!\nA tale, told. ".repeat(400);
        let whole = of_model("gpt-4o").count(&text) as u64;
        assert!(text.len() > 3 * STRETCH);
        assert_eq!(count("gpt-4o", &text), whole);
    }

    #[test]
    fn a_run_without_a_break_is_near_and_a_long_text_is_like_its_beginning() {
        for unit in ["a", " ", "\n", "!", "的", "😀", "ab"] {
            let run = unit.repeat(64 * 1024 / unit.len());
            let whole = of_model("gpt-4o").count(&run) as u64;
            let cut = count("gpt-4o", &run);
            assert!(cut.abs_diff(whole) <= 16 + whole / 100, "{unit:?}: {cut}, and {whole} as one");
        }
        let long = "word ".repeat(MOST);
        let words = MOST as u64;
        let counted = count("gpt-4o", &long);
        assert!((words..words + words / 3).contains(&counted), "{counted} of {words}");
    }

    /// What is counted at once is bounded, and so is all of it: the work grows with the length and no faster, up to a bound.
    #[test]
    fn no_text_is_counted_in_one_go() {
        for unit in ["a", " ", "word ", "的", "a b"] {
            let text = unit.repeat(10 * STRETCH / unit.len());
            assert!(
                stretches(&text).all(|stretch| !stretch.is_empty() && stretch.len() <= STRETCH),
                "{unit:?}"
            );
            assert_eq!(stretches(&text).collect::<String>(), text);
        }
    }
}
