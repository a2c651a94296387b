"""Which model answers, and what is said of it before anything is sent."""

from pathlib import Path

import pytest

from assistant import config
from assistant.errors import DraftError, Exit
from assistant.llm.connect import (
    COMMON_WINDOW,
    OPENAI_WINDOW,
    assume_context_window,
    describe_connection,
    find_model_name,
    require_model_name,
)
from assistant.llm.local import model as local_model
from assistant.settings import SettingOptions, Settings, resolve_settings


def make_settings(folder: Path, address: str = "", model: str = "", **environ: str) -> Settings:
    """Return the settings of a person with these options and variables."""
    options = SettingOptions(base_url=address, model=model)
    return resolve_settings(options, {"HOME": str(folder), **environ}, folder, folder / "none.toml")


@pytest.mark.parametrize(
    "host", ["localhost", "localhost.", "x.localhost", "[::ffff:127.0.0.1]", "[::1]", "0.0.0.0"]
)
def test_this_machine_needs_no_key(host: str, tmp_path: Path) -> None:
    """Every name of this machine is asked without a key, and is said to be this machine."""
    settings = make_settings(tmp_path, f"http://{host}:8000/v1", "m")

    assert require_model_name(settings) == "m"
    assert describe_connection(settings, "m") == f"asking m at {host}:8000, on this machine"


@pytest.mark.parametrize("host", ["example.com", "localhost.example.com", "10.0.0.1", "0x7f.1"])
def test_elsewhere_needs_one(host: str, tmp_path: Path) -> None:
    """A server elsewhere wants a key, whatever its name looks like."""
    with pytest.raises(DraftError) as caught:
        require_model_name(make_settings(tmp_path, f"http://{host}:8000/v1"))

    assert (caught.value.code, caught.value.exit_code) == ("no-key", Exit.USAGE)


def test_a_remote_host_is_named(tmp_path: Path) -> None:
    """With a key alone OpenAI is asked, and the line says its host and the model."""
    settings = make_settings(tmp_path, OPENAI_API_KEY="sk-abcdefghijkl")

    assert (
        describe_connection(settings, require_model_name(settings))
        == f"asking {config.DEFAULT_MODEL} at api.openai.com"
    )


def test_a_rehearsal_names_a_model_that_cannot_answer_yet(tmp_path: Path) -> None:
    """Where no model can answer, its name is what was asked for; else it is the one that will."""
    without_key = make_settings(tmp_path, "http://example.com/v1", "m")

    assert find_model_name(without_key) == "m"
    assert find_model_name(make_settings(tmp_path, "http://127.0.0.1:1/v1", "m")) == "m"


def test_windows_where_no_server_says(tmp_path: Path) -> None:
    """OpenAI's models read much, other servers' are taken to read little, ours what we give it."""
    key = {"OPENAI_API_KEY": "sk-abcdefghijkl"}

    assert assume_context_window(make_settings(tmp_path, **key)) == OPENAI_WINDOW
    other = make_settings(tmp_path, "http://127.0.0.1:1/v1")
    assert assume_context_window(other) == COMMON_WINDOW
    assert assume_context_window(make_settings(tmp_path)) == local_model.CONTEXT_TOKENS


@pytest.mark.parametrize(("content", "code"), [("GGUF", ""), ("words", "bad-gguf")])
def test_a_file_is_named_by_its_stem(tmp_path: Path, content: str, code: str) -> None:
    """A model that is a file answers on this machine, if it is a model."""
    path = tmp_path / "mine.gguf"
    path.write_text(content)
    settings = make_settings(tmp_path, model=str(path))

    if code:
        with pytest.raises(DraftError) as caught:
            require_model_name(settings)
        assert caught.value.code == code
    else:
        name = require_model_name(settings)
        assert name == "mine"
        assert describe_connection(settings, name) == f"asking mine, on this machine ({path})"
