"""One upstream and one renlayer for all tests. Each SDK is given a base URL and a key, and nothing else.

The fixture `base` runs a test twice: straight to the upstream, and through renlayer. What an application sees must not
differ.
"""

import anthropic
import openai
import pytest

import samples
from processes import Renlayer, Upstream

CONFIG = """
auth: required
routes:
  - { name: openai, prefix: /openai, upstream: "UPSTREAM", dialect: openai, credential: provider-key }
  - { name: anthropic, prefix: /anthropic, upstream: "UPSTREAM", dialect: anthropic, credential: provider-key }
  - { name: gemini, prefix: /gemini, upstream: "UPSTREAM", dialect: gemini, credential: provider-key }
  - { name: tools, prefix: /tools, upstream: "UPSTREAM", dialect: mcp, credential: provider-key }
declare:
  agents:
    - { name: app, keys: ["${APP_KEY}"] }
    - { name: limited, keys: ["${LIMITED_KEY}"] }
  secrets:
    - { name: provider-key, from: { env: PROVIDER_KEY } }
  policies:
    - name: no-launch-codes
      match: { prompt: { contains: launch codes } }
      action: DENY
      message: Launch codes are not for agents.
    - name: no-shell
      match: { mcp: { tool: shell } }
      action: DENY
      message: The shell is not for agents.
  limits:
    - { name: one-a-day, scope: per_agent, agents: [limited], dimension: requests, window: day, max: 1 }
  dlp:
    detectors: { pii.email: { severity: HIGH, action: redact } }
"""


@pytest.fixture(scope="session")
def the_upstream():
    upstream = Upstream()
    yield upstream
    upstream.stop()


@pytest.fixture
def upstream(the_upstream):
    the_upstream.reset()
    return the_upstream


@pytest.fixture(scope="session")
def renlayer(the_upstream, tmp_path_factory):
    env = {
        "APP_KEY": samples.AGENT_KEY,
        "LIMITED_KEY": samples.LIMITED_KEY,
        "PROVIDER_KEY": samples.PROVIDER_KEY,
    }
    renlayer = Renlayer(tmp_path_factory.mktemp("renlayer"), CONFIG.replace("UPSTREAM", the_upstream.url), env)
    yield renlayer
    renlayer.stop()


class Base:
    """Where the SDKs are pointed: base URLs, and the key that an application would hold."""

    def __init__(self, root: str, through: bool, key: str):
        self.root, self.through, self.key = root, through, key

    def url(self, prefix: str) -> str:
        return f"{self.root}/{prefix}" if self.through else self.root

    def openai(self, **options) -> openai.OpenAI:
        return openai.OpenAI(base_url=self.url("openai") + "/v1", api_key=self.key, max_retries=0, **options)

    def anthropic(self, **options) -> anthropic.Anthropic:
        return anthropic.Anthropic(base_url=self.url("anthropic"), api_key=self.key, max_retries=0, **options)

    def gemini(self):
        from google import genai  # slow to import, and used by few

        options = genai.types.HttpOptions(base_url=self.url("gemini"))
        # Kept: the client closes its connections when it is collected, in the middle of `base.gemini().models.…` too.
        self.client = genai.Client(api_key=self.key, http_options=options)
        return self.client


@pytest.fixture(params=["straight", "through renlayer"])
def base(request, upstream):
    if request.param == "straight":
        return Base(upstream.url, through=False, key=samples.PROVIDER_KEY)
    return Base(request.getfixturevalue("renlayer").url, through=True, key=samples.AGENT_KEY)


@pytest.fixture
def governed(upstream, renlayer):
    """Through renlayer only, for what an application sees of its decisions."""
    return Base(renlayer.url, through=True, key=samples.AGENT_KEY)
