"""The environment variables by which SDKs find a server."""

from __future__ import annotations

from collections.abc import Mapping

from mockrouter.profiles import PROFILES

API_KEY = "mockrouter"
"""What clients are told to send as their key; any other is as good."""

_LOCAL = ("127.0.0.1", "localhost")


def environment(root: str, profile: str, environ: Mapping[str, str]) -> dict[str, str]:
    """
    List the variables that point clients to a server.

    Args:
        root: The server's address, or that of a namespace on it: ``http://host:port/~TOKEN``.

        profile: The provider that the variables of OpenAI's SDKs point to.

        environ: The environment as it is, of which lists are continued.
    """
    made = {"MOCKROUTER_URL": root}
    for each in PROFILES.values():
        made[each.api_key_env] = API_KEY
        made[each.api_key_env.replace("_API_KEY", "_BASE_URL")] = f"{root}{each.base}"
    made["OPENAI_BASE_URL"] = made["OPENAI_API_BASE"] = f"{root}{PROFILES[profile].base}"
    # By this one litellm finds OpenRouter.
    made["OPENROUTER_API_BASE"] = made["OPENROUTER_BASE_URL"]
    # A proxy cannot reach this machine's own address; clients compare names, not addresses.
    for name in ("NO_PROXY", "no_proxy"):
        made[name] = ",".join(filter(None, (environ.get(name), *_LOCAL)))
    return made
