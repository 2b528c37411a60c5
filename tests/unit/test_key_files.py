"""Files that hold keys: whole or not there, private, and the first one stays."""

import threading

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from hub.key_files import pem_of, put_new, read_ed25519


def test_a_key_goes_there_and_back(tmp_path):
    """What is written is read, by its owner alone."""
    key, path = Ed25519PrivateKey.generate(), tmp_path / "log.pem"
    put_new(path, pem_of(key))
    assert read_ed25519(path).private_bytes_raw() == key.private_bytes_raw()
    assert path.stat().st_mode & 0o777 == 0o600


def test_whoever_comes_second_changes_nothing(tmp_path):
    """A key that others may have signed with already is never replaced; no draft is left behind."""
    path = tmp_path / "log.pem"
    put_new(path, b"first")
    with pytest.raises(FileExistsError):
        put_new(path, b"second")
    assert path.read_bytes() == b"first"
    assert [one.name for one in tmp_path.iterdir()] == ["log.pem"]


def test_of_many_that_come_together_one_is_first(tmp_path):
    """The file holds what exactly one of them wrote, whole."""
    path, refused = tmp_path / "log.pem", []
    gate = threading.Barrier(8)

    def write(number: int) -> None:
        gate.wait()
        try:
            put_new(path, bytes([number]) * 50_000)
        except FileExistsError:
            refused.append(number)

    threads = [threading.Thread(target=write, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    (first,) = set(range(8)) - set(refused)
    assert path.read_bytes() == bytes([first]) * 50_000


@pytest.mark.parametrize("content", [b"", b"x", b"-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"])
def test_what_is_no_key_is_said(tmp_path, content):
    """The name of the file, in both languages, and none of what it holds."""
    path = tmp_path / "log.pem"
    path.write_bytes(content)
    with pytest.raises(OSError, match=r"^log\.pem: 不是 Ed25519 私钥 / is not a private key of Ed25519$"):
        read_ed25519(path)
