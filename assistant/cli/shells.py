"""Shells: their scripts for completion, how they ask for it, and how they are answered.

A script asks by running the program with `_DRAFT_COMPLETE=complete_SHELL`; zsh, fish and PowerShell
give the words as arguments, bash its line as it stands. The first line of an answer says what the
place takes besides (`words`, `files`, `folders`), each further one is a candidate: in bash as it is
to be inserted, elsewhere a value and a description with a tab between them. Nothing of an answer is
ever evaluated: a heading of a document must not run in anybody's shell.
"""

import os
import shlex
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from assistant.errors import DraftError, Exit

BASH = r"""# Completion of draft in bash: source this, or `draft --install-completion bash`.
_draft_completion() {
    local IFS=$'\n' line kind= program=${1:-draft}
    COMPREPLY=()
    while read -r line; do
        if [ -z "$kind" ]; then kind=$line; else COMPREPLY+=("$line"); fi
    done < <(_DRAFT_COMPLETE=complete_bash COMP_LINE="${COMP_LINE-}" COMP_POINT="${COMP_POINT-}" \
        COMP_TYPE="${COMP_TYPE-}" COMP_WORDS="${COMP_WORDS[*]}" COMP_CWORD="$COMP_CWORD" \
        COMP_WORD="${2-${COMP_WORDS[COMP_CWORD]}}" COLUMNS="${COLUMNS-}" \
        "${program/#\~\//$HOME/}" 2>/dev/null)
    case $kind in
    files) compopt -o default 2>/dev/null ||
        while read -r line; do COMPREPLY+=("$line"); done < <(compgen -f -- "${2-}") ;;
    folders) compopt -o dirnames 2>/dev/null ||
        while read -r line; do COMPREPLY+=("$line"); done < <(compgen -d -- "${2-}") ;;
    esac
}
complete -o nosort -F _draft_completion draft 2>/dev/null || complete -F _draft_completion draft
"""

ZSH = r"""#compdef draft
# Completion of draft in zsh: a file _draft in your $fpath, or `draft --install-completion zsh`.
_draft() {
    local -a answer values shown
    local line kind tab=$'\t'
    answer=("${(@f)$(_DRAFT_COMPLETE=complete_zsh ${~words[1]} \
        "${(@Q)words[2,CURRENT-1]}" "${(Q)PREFIX}" 2>/dev/null)}")
    kind=${answer[1]-}
    for line in "${(@)answer[2,-1]}"; do
        values+=("${line%%$tab*}")
        line=${line%$tab}
        shown+=("${line/$tab/  -- }")
    done
    case $kind in
    files) _files ;;
    folders) _files -/ ;;
    *) (( $#values )) && compadd -V draft -M 'm:{[:lower:][:upper:]}={[:upper:][:lower:]}' \
        -l -d shown -a -- values ;;
    esac
}
if [[ $funcstack[1] = _draft ]]; then
    _draft "$@"
elif (( $+functions[compdef] )); then
    compdef _draft draft
fi
"""

FISH = r"""# Completion of draft in fish: a file draft.fish in completions, or
# `draft --install-completion fish`.
function __draft_complete
    set -lx _DRAFT_COMPLETE complete_fish
    set -l words (commandline -opc)
    set -l answer ($words[1] $words[2..-1] (commandline -ct) 2>/dev/null)
    switch "$answer[1]"
        case files
            __fish_complete_path (commandline -ct)
        case folders
            __fish_complete_directories (commandline -ct)
        case '*'
            printf '%s\n' $answer[2..-1]
    end
end
complete -c draft -f -k -a '(__draft_complete)'
"""

POWERSHELL = r"""# Completion of draft in PowerShell: put this into $PROFILE.
Register-ArgumentCompleter -Native -CommandName draft -ScriptBlock {
    param($wordToComplete, $commandAst, $cursorPosition)
    $words = @($commandAst.CommandElements | Select-Object -Skip 1 | ForEach-Object { "$_" })
    if ($wordToComplete -and $words.Count) { $words = @($words | Select-Object -SkipLast 1) }
    $env:_DRAFT_COMPLETE = 'complete_powershell'
    try { $answer = @(draft @words "$wordToComplete" 2>$null) }
    finally { Remove-Item Env:_DRAFT_COMPLETE }
    $answer | Select-Object -Skip 1 | ForEach-Object {
        $value, $about = $_ -split "`t", 2
        $typed = "'" + $value.Replace("'", "''") + "'"
        if ($value -match '^[\w./:-]+$') { $typed = $value }
        if (-not $about) { $about = $value }
        [System.Management.Automation.CompletionResult]::new(
            $typed, $value, 'ParameterValue', $about)
    }
}
"""

SCRIPTS: Mapping[str, str] = {
    "bash": BASH,
    "zsh": ZSH,
    "fish": FISH,
    "powershell": POWERSHELL,
    "pwsh": POWERSHELL,
}

_UNQUOTED_CHARACTERS = frozenset("_@%+,./-")  # what bash takes as it is, besides letters and digits
_SPECIAL_IN_DOUBLE_QUOTES = frozenset('\\"$`')
_LISTING_TYPES = frozenset("!?@")  # of COMP_TYPE: the candidates are to be shown, not inserted
_COLUMN_GAP = 1  # between a candidate that bash shows and its description


class ShellWord(NamedTuple):
    """A word of a command line: as it is written, what it means, and the quote open at its end."""

    raw: str
    meaning: str
    quote: str = ""


class ShellLine(NamedTuple):
    """The words before the cursor, and the one at it: what is typed of it, and how bash sees it.

    `kept` is what bash leaves standing of the word, as it is written, and `quote` the quote that is
    open at its end.
    """

    words: tuple[str, ...]
    typed: str
    kept: str = ""
    quote: str = ""


def read_shell_line(
    shell: str, arguments: Sequence[str], environ: Mapping[str, str]
) -> ShellLine | None:
    """Return the line that a shell asks about; None if it says nothing of it."""
    if shell != "bash":
        if not arguments:
            return None
        return ShellLine(tuple(arguments[:-1]), _unquote_word(shell, arguments[-1]))
    if environ.get("COMP_LINE"):
        return _parse_bash_line(environ)
    return _parse_bash_words(environ) if environ.get("COMP_WORDS") else None


def _unquote_word(shell: str, text: str) -> str:
    """Return the word at the cursor, of which fish hands over the quotes too."""
    return split_shell_words(text)[-1].meaning if shell == "fish" and text else text


def _parse_bash_line(environ: Mapping[str, str]) -> ShellLine:
    """Return the line that bash hands over as it stands, up to the cursor."""
    text = environ["COMP_LINE"]
    point = environ.get("COMP_POINT", "")
    if point.isdecimal():  # in characters, as bash 5 counts; more than there are may be bytes
        text = text[: int(point)]
    *before, current = split_shell_words(text)
    seen = environ.get("COMP_WORD", current.raw)
    kept = current.raw[: len(current.raw) - len(seen)] if current.raw.endswith(seen) else ""
    start = split_shell_words(kept)[-1] if kept else ShellWord("", "")
    words = tuple(word.meaning for word in before[1:])
    return ShellLine(words, current.meaning, start.meaning, start.quote)


def _parse_bash_words(environ: Mapping[str, str]) -> ShellLine:
    """Return the line that bash hands over as words: older scripts have no more."""
    found = split_shell_words(environ["COMP_WORDS"].replace("\n", " "))
    words = [word.meaning for word in found if word.meaning]
    at = environ.get("COMP_CWORD", "")
    current = int(at) if at.isdecimal() else len(words) - 1
    typed = words[current] if current < len(words) else ""
    before = words[1:current]
    kept = ""
    if "=" in (typed, *before[-1:]):  # bash parts `--option=value` into three words
        if typed == "=":
            typed = ""
        else:
            before.pop()
        name = before.pop() if before else ""
        kept, typed = f"{name}=", f"{name}={typed}"
    return ShellLine(tuple(before), typed, kept)


def split_shell_words(text: str) -> list[ShellWord]:
    """Return the words of a command line up to the cursor, the last of them perhaps unfinished."""
    words: list[ShellWord] = []
    raw = meaning = quote = ""
    begun = False
    at = 0
    while at < len(text):
        character = text[at]
        following = text[at + 1 : at + 2]
        escapes = not quote or (quote == '"' and following in _SPECIAL_IN_DOUBLE_QUOTES)
        if character == "\\" and escapes:
            raw, meaning, at = raw + character + following, meaning + following, at + 2
            begun = True
            continue
        if character == quote:
            quote = ""
        elif not quote and character in "'\"":
            quote, begun = character, True
        elif not quote and character.isspace():
            if begun:
                words.append(ShellWord(raw, meaning))
            raw, meaning, begun, at = "", "", False, at + 1
            continue
        else:
            meaning, begun = meaning + character, True
        raw, at = raw + character, at + 1
    return [*words, ShellWord(raw, meaning, quote)]


def format_shell_answer(
    shell: str,
    line: ShellLine,
    paths: str,
    found: Sequence[tuple[str, str]],
    environ: Mapping[str, str],
) -> str:
    """Return what a shell reads: the kind of the place, then a line for each candidate.

    `found` has the candidates with their descriptions.
    """
    lines = [paths or "words"]
    if shell != "bash":
        return "\n".join([*lines, *(f"{value}\t{about}" for value, about in found), ""])
    lines = lines if environ.get("COMP_LINE") or "COMP_WORD" in environ else []
    if len(found) > 1 and _read_completion_type(environ) in _LISTING_TYPES:
        return "\n".join([*lines, *_lay_out_candidates(line, found, environ), ""])
    return "".join(f"{one}\n" for one in (*lines, *(_escape_for_bash(line, v) for v, _ in found)))


def _read_completion_type(environ: Mapping[str, str]) -> str:
    """Return the character by which bash says why it completes; empty if it does not say."""
    code = environ.get("COMP_TYPE", "")
    return chr(int(code)) if code.isdecimal() and int(code) < 128 else ""  # noqa: PLR2004  ASCII


def _escape_for_bash(line: ShellLine, value: str) -> str:
    """Return what bash has to add to what it keeps of a word, so that the word means the value."""
    rest = value[len(line.kept) :]
    lead = value.partition("=")[0] + "=" if value.startswith("--") and "=" in value else ""
    bare = lead[len(line.kept) :]
    rest = rest[len(bare) :]
    if line.quote == "'":
        return bare + rest.replace("'", "'\\''")
    if line.quote:
        # No `\\!` there: bash would keep the backslash, and without it look for a command.
        rest = "".join(f"\\{c}" if c in _SPECIAL_IN_DOUBLE_QUOTES else c for c in rest)
        return bare + rest.replace("!", '"\\!"')
    return bare + "".join(c if c.isalnum() or c in _UNQUOTED_CHARACTERS else f"\\{c}" for c in rest)


def _lay_out_candidates(
    line: ShellLine, found: Sequence[tuple[str, str]], environ: Mapping[str, str]
) -> list[str]:
    """Return lines for candidates that bash will only show, each with its description."""
    columns = environ.get("COLUMNS", "")
    most = int(columns) if columns.isdecimal() and int(columns) else 80
    values = [_escape_for_bash(line, value) for value, _ in found]
    wide = min(max(map(len, values)) + _COLUMN_GAP, most // 2)
    rows = [
        f"{value.ljust(wide)} ({about})" if about else value
        for value, (_, about) in zip(values, found, strict=True)
    ]
    return [row if len(row) < most else f"{row[: most - 4]}...)" for row in rows]


def detect_shell() -> str:
    """Return the name of the shell that runs this program, or an empty string."""
    import shellingham  # noqa: PLC0415  looks at the processes above this one

    try:
        name = str(shellingham.detect_shell()[0])
    except (shellingham.ShellDetectionFailure, OSError):
        name = Path(os.environ.get("SHELL", "")).name
    return name if name in SCRIPTS else ""


def choose_shell(name: str) -> str:
    """Return the shell that is meant: the one named, else the one that runs this program.

    Raises DraftError (exit code 2) if it is not one of those that draft can complete in.
    """
    shell = name.lower() or detect_shell()
    if shell in SCRIPTS:
        return shell
    message = f"`{name}` is no shell that draft can complete in." if name else "which shell is it?"
    raise DraftError(
        message,
        code="no-such-shell",
        exit_code=Exit.USAGE,
        hint="Name one: bash, zsh, fish or powershell.",
    )


def install_completion(shell: str, environ: Mapping[str, str]) -> Path:
    """Put a shell's script where the shell will find it, and return where that is.

    A start-up file gets at most one line more, at its end. Raises DraftError (exit code 4) if
    nothing can be written, and (2) for PowerShell, whose profile only PowerShell knows.
    """
    if shell in ("powershell", "pwsh"):
        raise DraftError(
            "PowerShell's profile is yours to edit.",
            code="no-such-shell",
            exit_code=Exit.USAGE,
            hint="Add: draft --show-completion powershell | Out-String | Invoke-Expression",
        )
    home = Path(environ.get("HOME") or "~").expanduser()
    try:
        return _INSTALLERS[shell](home, environ)
    except (OSError, RuntimeError) as error:
        raise DraftError(
            f"completion cannot be installed: {getattr(error, 'strerror', None) or error}",
            code="cannot-write",
            exit_code=Exit.FILE,
            where=str(getattr(error, "filename", home)),
            hint=f"`draft --show-completion {shell}` prints the script, to put where you like.",
        ) from error


def _install_bash(home: Path, _environ: Mapping[str, str]) -> Path:
    path = _write_script(home / ".bash_completions" / "draft.sh", BASH)
    _append_line(home / ".bashrc", f"source {shlex.quote(str(path))}")
    return path


def _install_zsh(home: Path, environ: Mapping[str, str]) -> Path:
    path = _write_script(home / ".zfunc" / "_draft", ZSH)
    start = Path(environ.get("ZDOTDIR") or home) / ".zshrc"
    _append_line(start, "fpath+=~/.zfunc; autoload -Uz compinit; compinit")
    return path


def _install_fish(home: Path, environ: Mapping[str, str]) -> Path:
    configuration = Path(environ.get("XDG_CONFIG_HOME") or home / ".config")
    return _write_script(configuration / "fish" / "completions" / "draft.fish", FISH)


_INSTALLERS = {"bash": _install_bash, "zsh": _install_zsh, "fish": _install_fish}


def _write_script(path: Path, script: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(script, "utf-8")
    return path


def _append_line(path: Path, line: str) -> None:
    """Add a line to the end of a file that does not have it yet."""
    before = path.read_bytes() if path.exists() else b""
    if line.encode() not in before:
        gap = b"" if not before or before.endswith(b"\n") else b"\n"
        with path.open("ab") as file:
            file.write(gap + line.encode() + b"\n")
