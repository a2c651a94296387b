"""Where the checkout is, and what of it tests read."""

from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
DATA = ROOT / "tests" / "data"
CASSETTES = ROOT / "cassettes"
BUILT_IN = ROOT / "prompts" / "design_document.md"
SMALL = DATA / "templates" / "small.md"
