"""Which model answers, and what is said of it before anything is sent."""

from pathlib import Path

import pytest

from assistant import config
from assistant.errors import DraftError, Exit
from assistant.llm.connect import describe_connection, require_model_name
from assistant.settings import SettingOptions, Settings, resolve_settings


def made(folder: Path, address: str = "", model: str = "", **environ: str) -> Settings:
    options = SettingOptions(base_url=address, model=model)
    return resolve_settings(options, {"HOME": str(folder), **environ}, folder, folder / "none.toml")


@pytest.mark.parametrize(
    "host", ["localhost", "localhost.", "x.localhost", "[::ffff:127.0.0.1]", "[::1]", "0.0.0.0"]
)
def test_this_machine_needs_no_key(host: str, tmp_path: Path) -> None:
    """Every name of this machine is asked without a key, and is said to be this machine."""
    settings = made(tmp_path, f"http://{host}:8000/v1", "m")

    assert require_model_name(settings) == "m"
    assert describe_connection(settings, "m") == f"asking m at {host}:8000, on this machine"


@pytest.mark.parametrize("host", ["example.com", "localhost.example.com", "10.0.0.1", "0x7f.1"])
def test_elsewhere_needs_one(host: str, tmp_path: Path) -> None:
    """A server elsewhere wants a key, whatever its name looks like."""
    with pytest.raises(DraftError) as caught:
        require_model_name(made(tmp_path, f"http://{host}:8000/v1"))

    assert (caught.value.code, caught.value.exit_code) == ("no-key", Exit.USAGE)


def test_a_remote_host_is_named(tmp_path: Path) -> None:
    """With a key alone OpenAI is asked, and the line says its host and the model."""
    settings = made(tmp_path, OPENAI_API_KEY="sk-abcdefghijkl")

    assert (
        describe_connection(settings, require_model_name(settings))
        == f"asking {config.DEFAULT_MODEL} at api.openai.com"
    )
