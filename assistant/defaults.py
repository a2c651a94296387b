"""Every setting's option, environment variable and default, in one place.

Help prints this table and the settings are resolved by it, so that neither can say what the other
does not do.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final, NamedTuple

DIR: Final = "memory/design"
# OpenAI takes gpt-5-mini, the default until now, off its API on 2026-12-11 and names this one in
# its place (developers.openai.com/api/docs/deprecations). It answers chat completions, streamed.
MODEL: Final = "gpt-6.1-terra"
BASE_URL: Final = "https://api.openai.com/v1"
TIMEOUT: Final = 120.0


class Default(NamedTuple):
    """What holds where an option is not given: a variable of the environment, else a value.

    `variable` is empty where there is none; `words` say what the value is, for people.
    """

    words: str
    variable: str = ""


# By the option's name, without its dashes; a project's file has the same names.
DEFAULTS: Mapping[str, Default] = MappingProxyType(
    {
        "dir": Default(variable="DRAFT_DIR", words=DIR),
        "template": Default(variable="DRAFT_TEMPLATE", words="the built-in one"),
        "model": Default(variable="DRAFT_MODEL", words=f"{MODEL}, or the embedded model"),
        "base-url": Default(variable="OPENAI_BASE_URL", words="OpenAI's, or the embedded model"),
        "concurrency": Default(variable="DRAFT_CONCURRENCY", words="as many as there are"),
        "timeout": Default(words=f"{TIMEOUT:g}"),
        "max-tokens-total": Default(words="no cap"),
        "language": Default(variable="DRAFT_LANGUAGE", words="the description's"),
        "author": Default(words="git's user"),
    }
)
