"""Ten descriptions of different kinds, drafted by the embedded model: time, repairs, what is left.

    python benchmarks/ten.py [--json FILE] [--keep FOLDER] [--only N ...] [--both]

Each is one run of the command, model loaded anew, as its user would run it: about four minutes on
two cores. With `--both` each is drafted a second time with one request in flight (`--concurrency
1`), directly behind the first, so that whatever else the machine does slows down both.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from dataclasses import asdict, dataclass
from pathlib import Path

DESCRIPTIONS = (
    "bug: login timeout",
    "feature: export a report as CSV from the orders page, with the filters the user has set",
    "bug: two workers sometimes send the same invoice e-mail when the queue redelivers a message",
    "feature: rate limiting for the public API per API key, with a header of the requests left",
    "infrastructure: move the nightly batch jobs from cron on one VM to Kubernetes CronJobs",
    "data migration: split the users.name column into given_name and family_name without downtime",
    "security: rotate the signing keys of our JWT access tokens automatically",
    "feature: dark mode for the settings page of the mobile app",
    "Fehler: Beim Hochladen großer Dateien bricht die Verbindung nach einer Minute ab",
    "新功能: 为订单列表增加按日期筛选",
)


AT_ONCE = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """What one description came to; `seconds` is the whole command, the model's start included."""

    description: str
    concurrency: int
    code: int
    seconds: float
    requests: int
    repairs: int
    prompt_tokens: int
    cached_tokens: int
    completion_tokens: int
    tokens_per_second: float
    not_applicable: int
    unwritten: int
    errors: int
    warnings: int
    words: int


def run(description: str, keep: Path, concurrency: int) -> Row:
    """Draft one description in a folder of its own."""
    with tempfile.TemporaryDirectory() as folder:
        program = [sys.executable, "-m", "assistant"]
        command = [*program, "--json", "--output", "-"]
        command += ["--concurrency", str(concurrency), description]
        hidden = ("OPENAI_API_KEY", "OPENAI_BASE_URL")
        environment = {key: value for key, value in os.environ.items() if key not in hidden}
        environment["XDG_STATE_HOME"] = folder
        environment["PYTHONPATH"] = str(Path(__file__).resolve().parent.parent)
        begun = time.monotonic()
        done = subprocess.run(
            command, cwd=folder, env=environment, capture_output=True, check=False, text=True
        )
        seconds = time.monotonic() - begun
    result = json.loads(done.stdout)
    if "text" not in result:
        raise SystemExit(f"{description}: {result}\n{done.stderr}")
    text = result["text"]
    keep.mkdir(parents=True, exist_ok=True)
    number = DESCRIPTIONS.index(description)
    (keep / f"{number:02}-{concurrency}.md").write_text(text, encoding="utf-8")
    usage, findings = result["usage"], result["findings"]
    return Row(
        description=description,
        concurrency=concurrency,
        code=done.returncode,
        seconds=round(seconds, 1),
        requests=usage["requests"],
        repairs=result["repairs"],
        prompt_tokens=usage["prompt_tokens"],
        cached_tokens=usage["cached_tokens"],
        completion_tokens=usage["completion_tokens"],
        tokens_per_second=round(usage["completion_tokens"] / usage["seconds"], 1),
        not_applicable=text.count("\nNot applicable: "),
        unwritten=sum(finding["code"] == "D201" for finding in findings) + len(result["unwritten"]),
        errors=sum(finding["severity"] == "error" for finding in findings),
        warnings=sum(finding["severity"] == "warning" for finding in findings),
        words=len(text.split()),
    )


def main() -> int:
    """Run the descriptions one after another, print a table, write it as JSON where asked."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", type=Path)
    parser.add_argument("--keep", type=Path, default=Path(tempfile.gettempdir()) / "draft-ten")
    parser.add_argument("--only", type=int, nargs="*", default=list(range(len(DESCRIPTIONS))))
    parser.add_argument("--both", action="store_true")
    options = parser.parse_args()
    modes = (AT_ONCE, 1) if options.both else (AT_ONCE,)
    rows: list[Row] = []
    for number in options.only:
        for concurrency in modes:
            row = run(DESCRIPTIONS[number], options.keep, concurrency)
            rows.append(row)
            print(
                f"{number:2} {concurrency} at once: code {row.code} {row.seconds:6.1f} s "
                f"{row.tokens_per_second:5.1f} /s {row.completion_tokens:5} tokens "
                f"{row.requests:3} requests {row.repairs:2} repairs {row.not_applicable} n/a "
                f"{row.unwritten} unwritten {row.errors} errors {row.warnings} warnings "
                f"{row.words} words  {row.description[:40]}",
                flush=True,
            )
            if options.json:  # after each, as the whole takes more than half an hour
                text = json.dumps([asdict(row) for row in rows], indent=2, ensure_ascii=False)
                options.json.write_text(text + "\n", encoding="utf-8")
        if options.both:
            at_once, alone = rows[-2:]
            print(
                f"   one at a time takes {alone.seconds / at_once.seconds:.2f} times as long, at "
                f"{alone.tokens_per_second / at_once.tokens_per_second:.2f} times the tokens/s",
                flush=True,
            )
    return 0


if __name__ == "__main__":
    sys.exit(main())
