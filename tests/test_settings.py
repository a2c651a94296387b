"""Options before environment before project before default, and no key for a project's server."""

import os
import subprocess
from pathlib import Path

import pytest

from assistant.address import is_loopback
from assistant.errors import DraftError, Exit
from assistant.settings import (
    SettingOptions,
    Settings,
    ask_git_for_author,
    needs_embedded_model,
    resolve_settings,
)

KEY = "sk-test-12345"
SERVER = "https://llm.example.com/v1"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A repository below a home, with nothing in it."""
    folder = tmp_path / "home" / "repository"
    (folder / "sub" / "deep").mkdir(parents=True)
    (folder / ".git").mkdir()
    return folder


def made(cwd: Path, options: SettingOptions | None = None, **environ: str) -> Settings:
    home = next(folder for folder in (cwd, *cwd.parents) if folder.name in {"home", "else"})
    user = home / "config.toml"
    return resolve_settings(options or SettingOptions(), {"HOME": str(home), **environ}, cwd, user)


def refused(cwd: Path, options: SettingOptions | None = None, **environ: str) -> DraftError:
    with pytest.raises(DraftError) as caught:
        made(cwd, options, **environ)
    return caught.value


def test_defaults(project: Path) -> None:
    """Where nothing is said, documents are below git's root, and the embedded model answers."""
    settings = made(project / "sub")

    assert settings.dir == project / "memory" / "design"
    assert (settings.concurrency, settings.timeout) == (None, 120.0)
    assert settings.max_tokens_total is None
    assert settings.template is None
    assert (settings.model, settings.base_url, settings.api_key) == ("", "", "")
    assert settings.base_url_source == "default"
    assert needs_embedded_model(settings)


def test_outside_a_repository_documents_are_here(tmp_path: Path) -> None:
    """Without a repository the default folder is below the working directory."""
    (tmp_path / "home").mkdir()

    assert made(tmp_path / "home").dir == tmp_path / "home" / "memory" / "design"


def test_the_order(project: Path) -> None:
    """An option is before the environment, which is before the project."""
    (project / ".draft.toml").write_text('model = "p"\nlanguage = "German"\nconcurrency = 2\n')
    environ = {"DRAFT_MODEL": "e", "DRAFT_LANGUAGE": "", "DRAFT_CONCURRENCY": "3"}

    from_project = made(project)
    assert (from_project.model, from_project.language, from_project.concurrency) == (
        "p",
        "German",
        2,
    )
    from_environment = made(project, None, **environ)
    assert (from_environment.model, from_environment.concurrency) == ("e", 3)
    assert from_environment.language == "German"
    from_option = made(project, SettingOptions(model="o", concurrency=4), **environ)
    assert (from_option.model, from_option.concurrency) == ("o", 4)


def test_empty_is_unset(project: Path) -> None:
    """An empty or blank variable, and an empty option, are as if they were not there."""
    settings = made(
        project,
        SettingOptions(model=""),
        DRAFT_DIR="",
        DRAFT_CONCURRENCY=" ",
        OPENAI_BASE_URL="",
        OPENAI_API_KEY="",
    )

    assert settings == made(project)


def test_paths_start_where_they_were_said(project: Path) -> None:
    """A project's template and GGUF file are beside its configuration, others at the caller's."""
    deep = project / "sub" / "deep"
    (project / "sub" / "pyproject.toml").write_text(
        '[tool.draft]\ndir = "docs"\ntemplate = "t.md"\nmodel = "m/x.gguf"\n'
    )

    settings = made(deep)
    assert settings.dir == project / "sub" / "docs"
    assert settings.template == project / "sub" / "t.md"
    assert settings.model == str(project / "sub" / "m" / "x.gguf")
    said = made(deep, SettingOptions(dir="other", template="t.md", model="x.gguf"))
    assert said.dir == project / "sub" / "other"
    assert said.template == deep / "t.md"
    assert said.model == "x.gguf"
    assert made(deep, DRAFT_DIR="~/x").dir == project.parent / "x"
    assert made(deep, SettingOptions(dir="/x")).dir == Path("/x")


def test_the_nearest_configuration(project: Path) -> None:
    """The nearest file counts alone, `.draft.toml` before pyproject.toml, none above git's root."""
    (project.parent / ".draft.toml").write_text('model = "above"\n')
    assert made(project).model == ""
    (project / "pyproject.toml").write_text('[tool.draft]\nmodel = "root"\n')
    (project / "sub" / "pyproject.toml").write_text("[tool.other]\nx = 1\n")
    assert made(project / "sub" / "deep").model == "root"
    (project / ".draft.toml").write_text('language = "German"\n')
    assert made(project / "sub").model == ""


def test_outside_a_repository_and_home_only_here_counts(tmp_path: Path) -> None:
    """A file that somebody put above a folder outside of home and git is not read."""
    (tmp_path / "else" / "here").mkdir(parents=True)
    (tmp_path / "else" / ".draft.toml").write_text('model = "planted"\n')
    environ = {"HOME": str(tmp_path / "home")}

    assert (
        resolve_settings(
            SettingOptions(), environ, tmp_path / "else" / "here", tmp_path / "none"
        ).model
        == ""
    )
    assert made(tmp_path / "else" / "here").model == "planted"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("modle = 1", "`modle` is not known"),
        ("model = 1", "`model` must be a string"),
        ('concurrency = "8"', "`concurrency` must be a whole number"),
        ("concurrency = true", "`concurrency` must be a whole number"),
        ("concurrency = 1.5", "`concurrency` must be a whole number"),
        ("concurrency = 0", "between 1 and"),
        ("timeout = nan", "between"),
        ("timeout = inf", "between"),
        ("timeout = false", "a number of seconds"),
        ("max-tokens-total = -1", "between 1 and"),
        ("check = 1", "`check` must be a table"),
        ('api-key = "x"', "only ever read from the environment"),
        ('base-url = "a"\nbase_url = "b"', "twice"),
    ],
)
def test_a_configuration_with_mistakes(text: str, words: str, project: Path) -> None:
    """What is unknown or of the wrong type is wrong usage, with the file and the key named."""
    (project / ".draft.toml").write_text(text)

    error = refused(project)

    assert error.exit_code == Exit.USAGE
    assert words in error.message
    assert str(project / ".draft.toml") in error.where


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('modle = "x"', "Did you mean `model`?"),
        ('Base_Url = "x"', "Did you mean `base-url`?"),
        ("max_token_total = 1", "Did you mean `max-tokens-total`?"),
        ("[tool.draft]\nmodel = 'x'", "Without [tool.draft]"),
        ("[draft]\nmodel = 'x'", "Without [tool.draft]"),
        ("trusted = ['http://a']", "Put it into "),
        ("[prices.m]\ninput = 1", "Put it into "),
    ],
)
def test_a_key_in_the_wrong_place(text: str, words: str, project: Path) -> None:
    """A misspelled key is told the one that was meant, and a misplaced one its place."""
    (project / ".draft.toml").write_text(text)

    assert words in refused(project).hint


def test_keys_may_be_written_either_way(project: Path) -> None:
    """Keys take `-` as the options do, or `_` as Python does; `check` is handed on."""
    (project / "pyproject.toml").write_text(
        '[tool.draft]\nmax_tokens_total = 5\ntimeout = 3\n[tool.draft.check]\nD101 = "off"\n'
    )

    settings = made(project)

    assert (settings.max_tokens_total, settings.timeout) == (5, 3.0)
    assert settings.check == {"D101": "off"}


@pytest.mark.parametrize("content", [b"= broken", b"\xff\xfe"])
def test_a_configuration_that_is_none(content: bytes, project: Path) -> None:
    """A `.draft.toml` that is no TOML is unusable; a pyproject.toml that never names us may be."""
    (project / "pyproject.toml").write_bytes(content)
    assert made(project).model == ""

    (project / ".draft.toml").write_bytes(content)
    assert refused(project).exit_code == Exit.FILE


@pytest.mark.parametrize("value", ["x", "0", "-1", "1.5", "9" * 5000])
def test_a_variable_that_is_no_number(value: str, project: Path) -> None:
    """A number in the environment that is none is wrong usage, with the variable named."""
    error = refused(project, DRAFT_CONCURRENCY=value)

    assert (error.exit_code, error.where) == (Exit.USAGE, "DRAFT_CONCURRENCY")


def test_a_key_is_not_for_a_server_that_only_the_project_names(project: Path) -> None:
    """A cloned repository cannot collect keys, and the refusal says how to allow it."""
    (project / ".draft.toml").write_text(f'base-url = "{SERVER}"\n')

    error = refused(project, OPENAI_API_KEY=KEY)

    assert (error.code, error.exit_code) == ("untrusted-server", Exit.USAGE)
    assert "--base-url" in error.hint
    assert "trusted" in error.hint
    assert KEY not in str(error)


@pytest.mark.parametrize("place", ["option", "environment"])
def test_naming_the_server_oneself_allows_it(place: str, project: Path) -> None:
    """A person who names the server, by option or environment, sends the key there."""
    (project / ".draft.toml").write_text(f'base-url = "{SERVER}"\n')
    options = SettingOptions(base_url=SERVER if place == "option" else None)
    environ = {"OPENAI_BASE_URL": SERVER} if place == "environment" else {}

    settings = made(project, options, OPENAI_API_KEY=KEY, **environ)

    assert (settings.base_url, settings.base_url_source) == (SERVER, place)
    assert settings.api_key == KEY
    assert KEY not in repr(settings)


def test_without_a_key_the_project_may_name_a_server(project: Path) -> None:
    """Where there is no key to lose, the project's server is used."""
    (project / ".draft.toml").write_text(f'base-url = "{SERVER}"\n')

    settings = made(project)

    assert (settings.base_url, settings.base_url_source) == (SERVER, "project")
    assert not needs_embedded_model(settings)


@pytest.mark.parametrize(
    ("url", "local"),
    [
        ("http://127.0.0.1:8080/v1", True),
        ("http://localhost/v1", True),
        ("http://[::1]:8080/v1", True),
        ("http://127.0.0.1.evil.com/v1", False),
        ("http://localhost.evil.com", False),
        ("http://127.0.0.1@evil.com/", False),
        ("http://evil.com\\\\@127.0.0.1/", False),
        ("http://evil.com#@127.0.0.1/", False),
        ("http://0x7f.1/", False),
        ("ftp://127.0.0.1/", False),
        ("127.0.0.1:8080", False),
        ("http://127.0.0.1:x/", False),
        ("http://[::1/", False),
        ("\u2113ocalhost", False),
    ],
)
def test_loopback_gets_no_key_and_nothing_else_passes_for_it(
    url: str,
    local: bool,  # noqa: FBT001
    project: Path,
) -> None:
    """A project's server on this machine is used without the key; what only looks local is not."""
    (project / ".draft.toml").write_text(f'base-url = "{url}"\n', encoding="utf-8")

    if local:
        settings = made(project, OPENAI_API_KEY=KEY)
        assert settings.base_url == url
        assert settings.api_key == ""
        assert is_loopback(url)
    else:
        assert refused(project, OPENAI_API_KEY=KEY).code == "untrusted-server"


@pytest.mark.parametrize(
    ("listed", "trusted"),
    [
        (SERVER, True),
        ("https://LLM.example.com:443/v1/", True),
        ("http://llm.example.com/v1", False),
        ("https://llm.example.com/v1/other", False),
        ("https://llm.example.com.evil.com/v1", False),
    ],
)
def test_a_person_may_trust_a_server_once(listed: str, trusted: bool, project: Path) -> None:  # noqa: FBT001
    """A server in the person's own configuration gets the key, and only exactly that one."""
    (project / ".draft.toml").write_text(f'base-url = "{SERVER}"\n')
    (project.parent / "config.toml").write_text(f'trusted = ["{listed}"]\n')

    if trusted:
        assert made(project, OPENAI_API_KEY=KEY).api_key == KEY
    else:
        assert refused(project, OPENAI_API_KEY=KEY).code == "untrusted-server"


@pytest.mark.parametrize("text", ["trusted = 1", "trusted = [1]", "other = 1"])
def test_a_personal_configuration_with_mistakes(text: str, project: Path) -> None:
    """Mistakes in the person's own configuration are wrong usage, not trust."""
    (project / ".draft.toml").write_text(f'base-url = "{SERVER}"\n')
    (project.parent / "config.toml").write_text(text)

    assert refused(project, OPENAI_API_KEY=KEY).exit_code == Exit.USAGE


@pytest.mark.parametrize(
    ("options", "environ", "embedded"),
    [
        (SettingOptions(), {}, True),
        (SettingOptions(model="name"), {}, True),
        (SettingOptions(model="x.GGUF"), {"OPENAI_API_KEY": KEY}, True),
        (SettingOptions(), {"OPENAI_API_KEY": KEY}, False),
        (SettingOptions(base_url="http://localhost"), {}, False),
    ],
)
def test_who_answers(
    options: SettingOptions,
    environ: dict[str, str],
    embedded: bool,  # noqa: FBT001
    project: Path,
) -> None:
    """The embedded model answers where neither key nor server is given, or a GGUF file is named."""
    assert embedded == needs_embedded_model(made(project, options, **environ))


def test_the_author_is_gits(tmp_path: Path) -> None:
    """The author is git's user of that repository; nobody where git knows of none."""
    environ = {"PATH": os.environ["PATH"], "GIT_CONFIG_GLOBAL": os.devnull, "HOME": str(tmp_path)}
    environ["GIT_CONFIG_NOSYSTEM"] = "1"
    assert ask_git_for_author(environ, tmp_path) == ""
    assert ask_git_for_author({"PATH": ""}, tmp_path) == ""

    for arguments in (("init", "-q"), ("config", "user.name", "Ada  Löw")):
        subprocess.run(["git", "-C", str(tmp_path), *arguments], check=True, env=environ)
    assert ask_git_for_author(environ, tmp_path) == "Ada Löw"
    assert ask_git_for_author({**environ, "GIT_AUTHOR_NAME": "Bob"}, tmp_path) == "Bob"
    assert ask_git_for_author(environ, tmp_path / "nowhere") == ""


@pytest.mark.parametrize("beside", ["../repository-other", "../repository2", "../repository/../x"])
def test_a_folder_beside_the_project_is_outside(beside: str, project: Path) -> None:
    """A folder that only begins like the project's own is another one, and is not read."""
    (project / beside).mkdir(parents=True)
    (project / ".draft.toml").write_text(f'points-of-view = "{beside}"\n', "utf-8")

    assert "inside of the project" in refused(project).message


@pytest.mark.parametrize("inside", ["sub", ".", "sub/../sub/deep", "../repository/sub"])
def test_a_folder_inside_of_the_project(inside: str, project: Path) -> None:
    """A folder is the project's own however it is spelled."""
    (project / ".draft.toml").write_text(f'points-of-view = "{inside}"\n', "utf-8")

    assert made(project).points_of_view == (project / inside).resolve()


@pytest.mark.parametrize("end", ["?", "#", "?x=1", "#a", "\\"])
def test_an_address_with_more_behind_it_is_not_trusted(end: str, project: Path) -> None:
    """An address that two readers could end in different places gets no key."""
    (project / ".draft.toml").write_text(f"base-url = '{SERVER}{end}'\n", "utf-8")
    (project.parent / "config.toml").write_text(f"trusted = ['{SERVER}{end}']\n", "utf-8")

    assert refused(project, OPENAI_API_KEY=KEY).code == "untrusted-server"
