"""Tests of `ask`: asking until an answer can be used, and what is said again of one."""

import asyncio
import json
from dataclasses import dataclass, replace

import pytest

from assistant.editing.answer import CopiedFields, Fault, find_faulty_keys
from assistant.errors import DraftError, Exit
from assistant.llm.model import Completion, FinishReason, Message, Prompt, Usage
from assistant.prompting.ask import (
    BestAnswer,
    CheckedAnswer,
    MeteredModel,
    RequestFailure,
    ask_model,
    merge_answers,
    place_item,
)
from assistant.prompting.form import keep_item, keep_keys
from tests.support.scripted_model import ScriptedModel

PROMPT = Prompt(label="x", messages=(Message(role="user", content="Say A."),), max_tokens=10)


def said(text: str, finish: FinishReason = "stop", thinking: str = "") -> Completion:
    usage = Usage(prompt=5, completion=2)
    return Completion(text=text, finish=finish, usage=usage, seconds=0.1, thinking=thinking)


def wants_a(raw: str) -> CheckedAnswer[str]:
    """Only the letter A will do; a lower case one has a flaw."""
    errors = () if raw.upper() == "A" else (Fault("", f'"{raw}" is not A.'),)
    flaws = () if raw == "A" else (Fault("", "Write a capital."),)
    return CheckedAnswer(result=raw, errors=errors, flaws=flaws)


def asking(*answers: Completion) -> tuple[BestAnswer[str], ScriptedModel]:
    model = ScriptedModel(answers)
    return asyncio.run(ask_model(model, PROMPT, wants_a)), model


def test_good_answer_is_asked_for_once() -> None:
    """An answer without errors ends the asking."""
    asked, model = asking(said("A"))

    assert (asked.result, asked.repairs, len(model.prompts)) == ("A", 0, 1)


def test_exact_error_goes_back() -> None:
    """What is wrong is said to the model in the checker's words."""
    asked, model = asking(said("B"), said("A"))

    assert (asked.result, asked.repairs) == ("A", 1)
    assert '"B" is not A.' in model.prompts[1].messages[-1].content


def test_at_most_two_repairs() -> None:
    """After two repairs the best answer is kept, with what is wrong with it."""
    asked, model = asking(said("B"), said("C"), said("D"))

    assert (asked.result, asked.repairs, len(model.prompts)) == ("B", 2, 3)
    assert asked.errors == (Fault("", '"B" is not A.'),)


def test_reasons_are_told_before_and_kept() -> None:
    """Who watches hears why something is asked for again before it is, and the answer keeps it."""
    heard: list[tuple[int, tuple[str, ...]]] = []
    model = ScriptedModel([said("B"), said("", "length"), said("a"), said("A")])

    def told(reasons: tuple[str, ...]) -> None:
        heard.append((len(model.prompts), reasons))

    asked = asyncio.run(ask_model(model, PROMPT, wants_a, told))

    wrong = ('"B" is not A.', "Write a capital.")
    cut = ("the answer was cut off at 10 tokens",)
    assert heard == [(1, wrong), (2, cut)]
    assert (asked.result, asked.reasons) == ("a", wrong + cut)


def test_any_usable_answer_beats_an_empty_one() -> None:
    """An answer of which something can be used is better than one without, whatever is wrong."""

    def check(raw: str) -> CheckedAnswer[str]:
        said = ("Not JSON.",) if raw == "prose" else ("No name.", "No reason.")
        errors = tuple(Fault("", one) for one in said)
        return CheckedAnswer(result=raw, errors=errors, empty=raw == "prose")

    model = ScriptedModel((said("prose"), said("half"), said("prose")))

    assert asyncio.run(ask_model(model, PROMPT, check)).result == "half"


def test_flaws_alone_are_worth_one_repair() -> None:
    """An answer with flaws only is asked for once more."""
    asked, model = asking(said("a"), said("a"))

    assert (asked.result, len(model.prompts)) == ("a", 2)


def test_cut_off_answer_is_asked_for_with_more_room() -> None:
    """An answer that was cut off is never used; the next may be longer."""
    asked, model = asking(said("A and", "length"), said("A"))

    assert asked.raw == "A"
    assert [prompt.max_tokens for prompt in model.prompts] == [10, 20]


def test_thinking_that_took_all_tokens_gets_more() -> None:
    """A model that spent its tokens on thinking gets four times as many."""
    _, model = asking(said("", "length", thinking="hm"), said("A"))

    assert [prompt.max_tokens for prompt in model.prompts] == [10, 40]


def test_thinking_that_takes_all_tokens_is_said() -> None:
    """A model that never got beyond thinking fails for that reason."""
    with pytest.raises(
        RequestFailure, match="at last at 160 tokens, all of them spent on thinking"
    ):
        asking(*[said("", "length", thinking="hm")] * 3)


def test_answer_that_is_cut_off_again_and_again_fails() -> None:
    """What is never whole is a failure, not an answer."""
    with pytest.raises(RequestFailure, match="cut off 3 times"):
        asking(*[said("A and", "length")] * 3)


def test_refusal_fails_with_its_reason() -> None:
    """A refusal is not asked again."""
    with pytest.raises(RequestFailure, match="refused: I can't"):
        asking(said("I can't.", "refusal"))


def test_cap_stops_before_sending() -> None:
    """A request that would go over the cap is not sent."""
    model = ScriptedModel((said("A"), said("A")))
    meter = MeteredModel(model=model, estimate=lambda _: 5, cap=20)

    async def twice() -> None:
        await meter.complete(PROMPT)
        await meter.complete(PROMPT)

    with pytest.raises(RequestFailure, match="cap of 20 tokens"):
        asyncio.run(twice())
    assert len(model.prompts) == 1


@dataclass
class Failing:
    """A model whose server fails as often as it may; each attempt costs ten tokens."""

    attempts: int = 0
    name: str = "failing"

    async def complete(self, prompt: Prompt) -> Completion:
        """Try until no more is allowed, at most fifty times."""
        for _ in range(50):
            await asyncio.sleep(0)
            self.attempts += 1
            if not prompt.allow_retry(10):
                break
        raise DraftError("gone", code="server-failed", exit_code=Exit.MODEL)


@pytest.mark.parametrize("side_by_side", [1, 4])
def test_failed_attempts_count_for_the_cap(side_by_side: int) -> None:
    """No attempt is made once those that failed, of all requests together, have used up the cap."""
    model = Failing()
    meter = MeteredModel(model=model, estimate=lambda _: 5, cap=200)

    async def run() -> None:
        requests = (meter.complete(PROMPT) for _ in range(side_by_side))
        for problem in await asyncio.gather(*requests, return_exceptions=True):
            assert isinstance(problem, DraftError)

    asyncio.run(run())

    assert 200 - 15 * side_by_side < meter.usage.wasted <= 200 + 10 * side_by_side
    assert (meter.usage.requests, meter.reserved) == (model.attempts, 0)


OPTIONS = json.dumps(
    {
        "properties": {
            "context": {"type": "string"},
            "options": {"properties": {"A": {}, "B": {}, "C": {}}, "required": ["A", "B", "C"]},
        },
        "required": ["context", "options"],
    }
)
COPIED = '{"context": "why", "options": {"A": "quick", "B": "quick", "C": "quick"}}'


def no_copies(raw: str) -> CheckedAnswer[str]:
    """All options must differ; where they only nearly do it is a flaw."""
    said = list(json.loads(raw)["options"].items())
    copies = [name for n, (name, text) in enumerate(said) if text in [t for _, t in said[:n]]]
    near = len({text.casefold() for _, text in said}) < len(said)
    return CheckedAnswer(
        result=raw,
        errors=(Fault("options", "The same."),) if copies else (),
        flaws=(Fault("options", "Nearly the same."),) if near and not copies else (),
        keys=("options",) if copies or near else (),
        copies=tuple(CopiedFields(key="options", name=name, fields=("pros",)) for name in copies),
    )


def copying(*answers: Completion) -> tuple[BestAnswer[str], ScriptedModel]:
    model = ScriptedModel(answers)
    return asyncio.run(ask_model(model, replace(PROMPT, schema=OPTIONS), no_copies)), model


def test_copies_are_asked_for_one_by_one() -> None:
    """A copy is said anew without the copied text before it, and put beside the rest."""
    b, c = '{"options": {"B": "safe"}}', '{"options": {"C": "cheap"}}'
    asked, model = copying(said(COPIED), said(b), said(c))

    assert json.loads(asked.raw) == {
        "context": "why",
        "options": {"A": "quick", "B": "safe", "C": "cheap"},
    }
    assert (asked.repairs, asked.errors) == (2, ())
    for prompt, name in zip(model.prompts[1:], "BC", strict=True):
        assert len(prompt.messages) == 1
        assert prompt.messages[0].content.startswith("Say A.\n\nAnswer only for ")
        assert json.loads(prompt.schema)["properties"] == {
            "options": {"properties": {name: {}}, "required": [name]}
        }


def test_what_copies_again_goes_back_with_the_whole() -> None:
    """Then the model is told what is wrong, and may change the other ones too."""
    again = [said('{"options": {"B": "quick"}}'), said('{"options": {"C": "cheap"}}')]
    asked, model = copying(
        said(COPIED), *again, said('{"options": {"A": "a", "B": "b", "C": "c"}}')
    )

    assert json.loads(asked.raw)["options"] == {"A": "a", "B": "b", "C": "c"}
    assert "The same." in model.prompts[3].messages[-1].content
    assert set(json.loads(model.prompts[3].schema)["properties"]["options"]["properties"]) == {
        "A",
        "B",
        "C",
    }


def test_near_copies_are_told_once() -> None:
    """Asking for an item alone is no repair: a flaw that is left goes back as it always does."""
    again = [said('{"options": {"B": "Quick"}}'), said('{"options": {"C": "cheap"}}')]
    asked, model = copying(
        said(COPIED), *again, said('{"options": {"A": "a", "B": "b", "C": "c"}}')
    )

    assert "Nearly the same." in model.prompts[3].messages[-1].content
    assert json.loads(asked.raw)["options"]["B"] == "b"


@pytest.mark.parametrize("cut", [True, False])
def test_first_answer_stands_where_the_item_cannot_be_had(*, cut: bool) -> None:
    """Neither a cut-off item nor a dead server takes back what was answered."""

    @dataclass
    class Once(ScriptedModel):
        async def complete(self, prompt: Prompt) -> Completion:
            """Answer once."""
            if self.prompts and not cut:
                raise DraftError("gone", code="server-failed", exit_code=Exit.MODEL)
            return await ScriptedModel.complete(self, prompt)

    model = Once([said(COPIED), *[said("", "length")] * 9])
    asked = asyncio.run(ask_model(model, replace(PROMPT, schema=OPTIONS), no_copies))

    assert (asked.raw, asked.errors) == (COPIED, (Fault("options", "The same."),))
    # Each of two items and the repair three times; a server that is gone is left alone.
    assert len(model.prompts) == (10 if cut else 1)


def test_item_that_makes_it_worse_is_not_taken() -> None:
    """What is said anew has to be no worse than what it replaces."""
    model = ScriptedModel([said(COPIED), said('{"options": {"B": "worse"}}'), *[said("{}")] * 3])

    def check(raw: str) -> CheckedAnswer[str]:
        worse = (Fault("", "Worse."), Fault("", "Much worse.")) if "worse" in raw else ()
        return replace(no_copies(raw), errors=(*no_copies(raw).errors, *worse))

    asked = asyncio.run(ask_model(model, replace(PROMPT, schema=OPTIONS), check))

    assert "worse" not in asked.raw


def test_copies_of_a_later_answer_are_asked_for_alone_too() -> None:
    """Where the first answer is of no use, the second may still copy."""
    b, c = '{"options": {"B": "safe"}}', '{"options": {"C": "cheap"}}'
    model = ScriptedModel([said("{}"), said(COPIED), said(b), said(c)])

    def check(raw: str) -> CheckedAnswer[str]:
        if raw == "{}":
            return CheckedAnswer(result=raw, errors=(Fault("", "Nothing."),), empty=True)
        return no_copies(raw)

    asked = asyncio.run(ask_model(model, replace(PROMPT, schema=OPTIONS), check))

    assert json.loads(asked.raw)["options"] == {"A": "quick", "B": "safe", "C": "cheap"}
    assert asked.repairs == 3


def test_fault_in_any_words_is_repaired_in_part() -> None:
    """What is said anew is found by a fault's key, however its sentence begins."""

    def check(raw: str) -> CheckedAnswer[str]:
        good = json.loads(raw)["options"] == "two"
        errors = () if good else (Fault("options", "Give two of what one can choose."),)
        return CheckedAnswer(result=raw, errors=errors, keys=find_faulty_keys(errors, ["options"]))

    model = ScriptedModel(
        [said('{"context": "why", "options": "one"}'), said('{"options": "two"}')]
    )
    asked = asyncio.run(ask_model(model, replace(PROMPT, schema=OPTIONS), check))

    assert json.loads(asked.raw) == {"context": "why", "options": "two"}
    assert json.loads(model.prompts[1].schema)["required"] == ["options"]
    assert 'that has only this key, corrected: "options"' in model.prompts[1].messages[-1].content


COPY = CopiedFields(key="options", name="B", fields=("pros",))
OLD = {
    "context": "why",
    "options": {"A": {"pros": "quick", "cons": "big"}, "B": {"pros": "quick", "cons": "slow"}},
}


def test_only_the_wrong_keys_are_said_again() -> None:
    """A repair of one key keeps the others, and asks with a schema of that key."""
    schema = json.dumps({"type": "object", "properties": {"a": {}, "b": {}}, "required": ["a"]})

    assert json.loads(merge_answers('{"a": 1, "b": 2}', 'Sure: {"b": 3}')) == {"a": 1, "b": 3}
    assert merge_answers('{"a": 1}', "no JSON") == '{"a": 1}'
    thought = '<thinking>maybe {"b": 9}</thinking>{"a": 1, "b": 2}'
    assert json.loads(merge_answers(thought, '{"b": 3}')) == {"a": 1, "b": 3}
    assert json.loads(keep_keys(schema, ("b",)))["properties"] == {"b": {}}


def test_schema_of_one_item() -> None:
    """A part of a schema has one item of one object."""
    items = {"properties": {"A": {"type": "string"}, "B": {"type": "string"}}}
    schema = json.dumps({"properties": {"options": items, "context": {}}, "required": []})

    assert json.loads(keep_item(schema, COPY)) == {
        "properties": {"options": {"properties": {"B": {"type": "string"}}, "required": ["B"]}},
        "required": ["options"],
    }


@pytest.mark.parametrize(
    "said",
    [
        {"options": {"B": {"pros": "safe", "cons": "other"}}},
        {"B": {"pros": "safe"}},
        {"Options": {"b": {"Pros": "safe"}}},
        {"options": [{"name": "B", "pros": "safe"}]},
        {"context": "", "options": {"A": {"pros": "..."}, "B": {"pros": "safe"}}},
    ],
)
def test_only_the_copied_field_is_replaced(said: dict[str, object]) -> None:
    """Whatever else a server says beside it, the rest of the answer stays."""
    new = json.loads(place_item(json.dumps(OLD), json.dumps(said), COPY))

    assert new["options"]["B"] == {"pros": "safe", "cons": "slow"}
    assert (new["context"], new["options"]["A"]) == ("why", {"pros": "quick", "cons": "big"})


@pytest.mark.parametrize(
    "said",
    [
        "no JSON",
        "[]",
        '{"options": null}',
        '{"options": {"B": null}}',
        '{"options": {"B": {"pros": " "}}}',
        '{"options": {"B": "a text"}}',
        '{"options": [{"name": "C", "pros": "safe"}]}',
    ],
)
def test_nothing_is_lost_where_nothing_is_said(said: str) -> None:
    """An item that is not there, empty or of another form changes nothing."""
    assert json.loads(place_item(json.dumps(OLD), said, COPY)) == OLD


@pytest.mark.parametrize("old", ["no JSON", '{"options": [1]}', '{"Options": {"A": "x"}}', "[]"])
def test_answers_of_another_form_are_kept(old: str) -> None:
    """Where an answer has no such item, it stays as it is."""
    assert place_item(old, '{"options": {"B": {"pros": "safe"}}}', COPY) == old


def test_items_of_one_text() -> None:
    """An item may be a text by itself."""
    old = '{"options": {"A": "quick", "B": "quick"}}'

    assert json.loads(place_item(old, '{"options": {"B": "safe"}}', COPY))["options"]["B"] == "safe"


def test_item_of_a_list_is_found_by_its_name() -> None:
    """Servers without schemas give lists, and keys in capitals."""
    old = '{"Options": [{"name": "A", "pros": "quick"}, {"name": "B", "Pros": "quick"}]}'
    new = json.loads(place_item(old, '{"options": {"B": {"pros": "safe"}}}', COPY))

    assert new == {"Options": [{"name": "A", "pros": "quick"}, {"name": "B", "Pros": "safe"}]}
