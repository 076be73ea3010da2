#!/usr/bin/env python3
"""An agent as it is written without RenLayer; only the base URL is another.

    pip install openai
    renlayer &
    OPENAI_API_KEY=… OPENAI_BASE_URL=http://127.0.0.1:8080/openai/v1 python3 agent.py "What is a wren?"

A refusal is one of the SDK's own exceptions, with the trace to look up: `renlayer trace show TRACE`.
"""

import os
import sys

import openai


def main() -> int:
    question = " ".join(sys.argv[1:]) or "What is a wren?"
    client = openai.OpenAI()
    try:
        answer = client.chat.completions.create(
            model=os.environ.get("MODEL", "gpt-4.1-mini"),
            messages=[{"role": "user", "content": question}],
            stream=True,
        )
        for chunk in answer:
            if chunk.choices and chunk.choices[0].delta.content:
                print(chunk.choices[0].delta.content, end="", flush=True)
        print()
    except openai.APIStatusError as refused:
        trace = refused.response.headers.get("x-renlayer-trace-id")
        print(f"refused: {refused.message} (trace {trace})", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
