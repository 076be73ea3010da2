"""The MCP client over streamable HTTP."""

import asyncio

import httpx2
import mcp
import pytest
from mcp.client.streamable_http import streamable_http_client

from processes import text


def session(base, use):
    """Runs `use` with a client that is connected through `base`."""

    async def run():
        headers = {"authorization": f"Bearer {base.key}"}
        async with httpx2.AsyncClient(headers=headers, timeout=20) as http:
            transport = streamable_http_client(base.url("tools") + "/mcp", http_client=http)
            async with mcp.Client(transport) as client:
                return await use(client)

    return asyncio.run(run())


def test_tools_are_listed_and_called(base, upstream):
    upstream.play(text("forty", "-two"))

    async def use(client):
        tools = await client.list_tools()
        answer = await client.call_tool("say", {"text": "Hi!"})
        return tools.tools[0].name, answer.content[0].text

    assert session(base, use) == ("say", "forty-two")


def test_a_denied_tool_is_an_error_of_the_protocol(governed, upstream):
    async def use(client):
        with pytest.raises(mcp.MCPError) as refusal:
            await client.call_tool("shell", {"command": "ls"})
        return str(refusal.value)

    assert "The shell is not for agents." in session(governed, use)
    assert "shell" not in [request["body"] for request in upstream.requests() if "tools/call" in request["body"]]
