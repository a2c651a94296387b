"""HTML comments in a text."""


def comment_spans(text: str) -> tuple[tuple[int, int], ...]:
    """Where each HTML comment in the text begins and ends; one that never ends is none."""
    found: list[tuple[int, int]] = []
    start = text.find("<!--")
    while start >= 0:
        # By CommonMark `<!-->` is a comment of its own.
        end = text.find("-->", start + 2)
        if end < 0:
            break
        found.append((start, end + 3))
        start = text.find("<!--", end + 3)
    return tuple(found)


def without_comments(text: str) -> str:
    """The text less its HTML comments."""
    result: list[str] = []
    position = 0
    for start, end in comment_spans(text):
        result.append(text[position:start])
        position = end
    return "".join(result) + text[position:]


def comments(text: str) -> tuple[str, ...]:
    """The words of each HTML comment in the text."""
    return tuple(text[start + 4 : end - 3].strip("- \t\r\n") for start, end in comment_spans(text))
