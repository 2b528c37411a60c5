"""A hub that is no demo does not start on a store that the secrets of a demo open."""

from hub.app import wire
from hub.demo.accounts import Opening, furnish
from hub.settings import load_settings
from tests.callers.stand import configure
from tests.commands.running import run


def test_a_store_of_a_demo_is_refused(tmp_path):
    """It says so, in both languages, with exit code 2."""
    config = configure(tmp_path, "http://127.0.0.1:8000")
    furnish(wire(load_settings(config)), Opening("seed"))
    ended = run(tmp_path, "serve", "--port", "0")
    assert ended.returncode == 2
    assert "演示城市" in ended.stderr
    assert "a demo's" in ended.stderr
