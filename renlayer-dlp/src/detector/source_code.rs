//! Source code: blocks in Markdown fences, and runs of lines that a language's own words begin.
//!
//! Code is what a firm makes, and much of what agents are given on purpose: LOW. Who must not let code leave raises the
//! severity or the action of `source_code.*`. Marks of ownership, see [`marker`], are MEDIUM.
//!
//! - low: "```rust" and what follows up to the closing fence; `fn main() {` and the lines after it
//! - miss: prose that speaks of code, one line alone, inline code
//! - known mistakes: a block in an unnamed fence is found by its lines only; of a language that is not listed, nothing; a block
//!   is cut at 2 KiB, and what follows is a finding of its own where a line begins one.

mod lines;
pub(super) mod marker;

use super::{About, Anchor, ByteSet, Detector, Match, Need, Page, Probe, Start, shortest};
use crate::{Evidence, Severity};

/// One language.
pub(super) struct Language {
    name: &'static str,
    class: &'static str,
    finds: &'static str,
    /// How fences name it.
    fences: &'static [&'static str],
    /// What a line of it begins with, four bytes or more; where it has a `*`, the line goes on with a name and what follows.
    heads: &'static [&'static str],
}

const LONGEST: usize = 2048;

pub(super) static LANGUAGES: [Language; 10] = [
    Language {
        name: "code_rust",
        class: "source_code.rust",
        finds: "Rust source code",
        fences: &["```rust", "```rs\n"],
        heads: &[
            "pub fn *(",
            "async fn *(",
            "fn main(",
            "impl<",
            "pub struct *{",
            "pub enum *{",
            "use std::",
            "use crate::",
            "#[derive(",
        ],
    },
    Language {
        name: "code_python",
        class: "source_code.python",
        finds: "Python source code",
        fences: &["```python", "```py\n"],
        heads: &[
            "def *(",
            "async def *(",
            "if __name__ ==",
            "from *import ",
            "import numpy",
            "import pandas",
            "import os",
            "import sys",
        ],
    },
    Language {
        name: "code_javascript",
        class: "source_code.javascript",
        finds: "JavaScript or TypeScript source code",
        fences: &["```js", "```javascript", "```ts", "```tsx", "```jsx", "```typescript"],
        heads: &[
            "function *(",
            "async function *(",
            "export default ",
            "export const *",
            "export function *(",
            "module.exports",
            "import {",
            "const {",
            "interface *{",
        ],
    },
    Language {
        name: "code_java",
        class: "source_code.java",
        finds: "Java or C# source code",
        fences: &["```java\n", "```csharp", "```c#", "```kotlin"],
        heads: &[
            "public class *{",
            "public static ",
            "private static ",
            "private final ",
            "public void *(",
            "import java.",
            "import javax.",
            "using System",
            "@Override\n",
        ],
    },
    Language {
        name: "code_c",
        class: "source_code.c",
        finds: "C or C++ source code",
        fences: &["```c\n", "```cpp", "```c++"],
        heads: &[
            "#include <",
            "#include \"",
            "#define *",
            "int main(",
            "static inline ",
            "typedef struct",
            "template <",
            "template<",
            "namespace *{",
        ],
    },
    Language {
        name: "code_go",
        class: "source_code.go",
        finds: "Go source code",
        fences: &["```go\n", "```golang"],
        heads: &["package main", "func *(", "func (", "import (\n"],
    },
    Language {
        name: "code_sql",
        class: "source_code.sql",
        finds: "SQL",
        fences: &["```sql"],
        heads: &[
            "CREATE TABLE ",
            "INSERT INTO ",
            "ALTER TABLE ",
            "CREATE INDEX ",
            "CREATE VIEW ",
            "create table ",
        ],
    },
    Language {
        name: "code_shell",
        class: "source_code.shell",
        finds: "shell scripts",
        fences: &["```bash", "```sh\n", "```shell", "```zsh"],
        heads: &["#!/bin/", "#!/usr/bin/env "],
    },
    Language {
        name: "code_php",
        class: "source_code.php",
        finds: "PHP or Ruby source code",
        fences: &["```php", "```ruby"],
        heads: &["<?php"],
    },
    Language {
        name: "code_markup",
        class: "source_code.markup",
        finds: "HTML, CSS and configuration as code",
        fences: &["```html", "```css", "```xml", "```hcl", "```terraform", "```dockerfile"],
        heads: &["<!DOCTYPE html", "<!doctype html"],
    },
];

impl Detector for &'static Language {
    fn about(&self) -> About {
        About::new(self.name, self.class, Severity::Low, self.finds)
    }

    fn page(&self) -> Page {
        Page {
            basis: "a fence that names it, or lines that begin and end as its lines do",
            mistakes: "cut at 2 KiB; a single line is not found",
        }
    }

    fn anchors(&self) -> Vec<Anchor> {
        let head = |head: &&str| Anchor::literal(head.split('*').next().unwrap_or_default());
        shortest(self.fences.iter().map(Anchor::literal).chain(self.heads.iter().map(head)))
    }

    fn need(&self) -> Need {
        Need::Line
    }

    fn start(&self) -> Start {
        Start::Word
    }

    fn ahead(&self) -> usize {
        LONGEST
    }

    /// Whatever the language, the lines after a head are the same.
    fn notes(&self) -> Option<&'static str> {
        Some("lines of code")
    }

    fn verify(&self, probe: &Probe<'_>) -> Option<Match> {
        let at = probe.at();
        if !lines::begins_line(probe, at) {
            return None;
        }
        let end = if probe.looking_at(at, b"```") {
            let ends = |fence: &str| fence.ends_with('\n') || !probe.is(at + fence.len(), &ByteSet::WORD);
            let fence =
                self.fences.iter().find(|fence| probe.looking_at(at, fence.as_bytes()) && ends(fence))?;
            lines::closing_fence(probe, at + fence.trim_end().len(), at + LONGEST)?
        } else {
            self.heads.iter().find(|head| lines::stands(probe, at, head))?;
            lines::end_of_code(probe, at, at + LONGEST)?
        };
        Some(Match::new(at..end, 0.6).with(Evidence::STRUCTURE))
    }
}

#[cfg(test)]
mod tests {
    use crate::detector::harness::Cases;

    #[test]
    fn code_is_found_by_its_language() {
        let rust = "pub fn add(a: u8, b: u8) -> u8 {\n    a + b\n}";
        let python = "def add(a, b):\n    return a + b\n\nprint(add(1, 2))";
        let fenced = "```python\nprint(1)\n```";
        Cases::of("source_code.rust")
            .low(&format!("See:\n{rust}\n\nIs that right?"), rust)
            .miss("The word pub fn stands in front of functions.")
            .miss("pub fn add(a: u8)")
            .run();
        Cases::of("source_code.python")
            .low(&format!("Why does this fail?\n{python}\n\nPlease tell me what to do."), python)
            .low(&format!("Look: \n{fenced}\nThanks"), fenced)
            .miss("We import os from the kit and def is short for definition.")
            .run();
        let sql = "CREATE TABLE a (\n  id INTEGER,\n  name TEXT\n);";
        Cases::of("source_code.sql").low(sql, sql).miss("CREATE TABLE is a statement of SQL.").run();
        let key = "fn main() {\n    let api_token = \"4bf92f35-77b3-4da6-a3ce-929d0e0e4736\";\n}\n";
        Cases::of("secret.generic").low(key, "4bf92f35-77b3-4da6-a3ce-929d0e0e4736").run();
        let c = "#include <stdio.h>\nint main(void) {\n    return 0;\n}";
        Cases::of("source_code.c").low(c, c).run();
    }
}
