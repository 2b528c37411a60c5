"""What `serve` does: wire a configuration, serve it until stopped, say plainly why it cannot. Shows no colours.

A start that had to change the store's schema starts anew, so that what changes schemas does not stay in memory.
"""

import asyncio
import contextlib
import os
import sys
from collections.abc import Coroutine
from pathlib import Path
from typing import Any

import uvloop

from hub.app import build_app, wire
from hub.callers.client_secrets import is_of_a_demo
from hub.serve import serve_until_stopped, server
from hub.settings import Settings, load_settings
from hub.settings_code import SMALL_HOST, is_long
from hub.settings_mistakes import BadSettings

_ANEW = "CHENGXIN_HUB_STARTED_ANEW"


def serve(config: Path, host: str, port: int) -> int:
    """Exit code: 0 once stopped, 1 where it could not run, 2 where the configuration does not allow it."""
    try:
        hub = wire(load_settings(config))
    except BadSettings as fault:
        _say(fault.report(config))
        return 2
    except OSError as fault:
        return _refuse(fault)
    if hub.settings.hub.deterministic:
        _say("deterministic = true 只用于演示:标识和摘要可被推算 / is for demos only: ids can be derived")
        return 2
    if hub.database.reading(is_of_a_demo):
        _say(
            "存储属于演示城市,其密钥和密码可被推算:请换用新的存储 / the store is a demo's, whose secrets can be derived"
        )
        return 2
    if hub.database.brought_on:
        asyncio.run(hub.close())
        return _start_anew()
    _note_long_address(hub.settings)
    running = server(build_app(hub), host, port)

    def announce() -> None:
        sys.stdout.write(f"GraphQL: http://{host}:{port}/graphql\n")
        sys.stdout.flush()

    return run(serve_until_stopped(running, announce))


def _start_anew() -> int:
    if _ANEW in os.environ:
        _say("无法运行 / cannot run: 存储不保留写入的内容 / the store does not keep what is written to it")
        return 1
    os.environ[_ANEW] = "1"
    sys.stdout.flush()
    try:
        os.execv(sys.executable, sys.orig_argv)  # noqa: S606 - this very command once more
    except OSError as fault:
        return _refuse(fault)


def run(served: Coroutine[Any, Any, None]) -> int:
    """Run until interrupted, with all state for its owner only; the exit code."""
    os.umask(0o077)
    try:
        with contextlib.suppress(KeyboardInterrupt):
            uvloop.run(served)
    except (OSError, BadSettings) as fault:
        return _refuse(fault)
    return 0


def _note_long_address(settings: Settings) -> None:
    """Say at start what the length of the codes' address costs, as long as it may still be changed."""
    origin = settings.code.origin(settings.hub.base_url) if settings.code is not None else ""
    if is_long(origin):
        _say(
            f"码所用地址 {origin} 超过 {SMALL_HOST} 个字符,小尺寸的码更密;首次印制前可在 [code] base_url 换用较短的域名"
            f" / the codes' address has more than {SMALL_HOST} characters, which makes small symbols finer: before the"
            " first print, [code] base_url may name a shorter one"
        )


def _refuse(fault: Exception) -> int:
    _say(f"无法运行 / cannot run: {fault}")
    return 1


def _say(text: str) -> None:
    sys.stderr.write(f"{text}\n")
