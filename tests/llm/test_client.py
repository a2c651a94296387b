"""The client against a scripted server."""

import asyncio
import json
import socket
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from itertools import count

import pytest

from assistant.errors import DraftError, Exit
from assistant.llm.client import USAGE_TIMEOUT, Client
from assistant.llm.failures import BUSY_STATUSES
from assistant.llm.model import Completion, Message, Prompt
from assistant.llm.payload import DRY_SETTINGS
from assistant.llm.server import Server
from tests.support.asking import KEY, PROMPT, Heard, ask
from tests.support.scripted import (
    Reply,
    Request,
    Script,
    ScriptedServer,
    always,
    failure,
    plausible,
    sequence,
)

SCHEMA = {"type": "object", "properties": {"a": {"type": "string"}}, "required": ["a"]}
ASKING_DATA = replace(PROMPT, schema=json.dumps(SCHEMA))
GOOD = Reply(text="It is said.")


def failed(script: Script, prompt: Prompt = PROMPT, timeout: float = 5.0) -> DraftError:
    """Return the error of a prompt that cannot be answered."""
    with pytest.raises(DraftError) as caught:
        ask(script, prompt, timeout=timeout)
    assert caught.value.exit_code == Exit.MODEL
    assert KEY not in f"{caught.value} {vars(caught.value)}"
    return caught.value


def test_answer() -> None:
    """An answer arrives as it was said, with the server's counts, and its progress is reported."""
    asked = ask(lambda _: replace(GOOD, usage=(70, 9, 60), rate=30, pieces=("é\u2028", "😀", "c")))

    [one] = asked.completions
    assert (one.text, one.finish, one.thinking) == ("é\u2028😀c", "stop", "")
    assert (one.usage.prompt, one.usage.completion, one.usage.cached) == (70, 9, 60)
    assert not one.usage.estimated
    assert (asked.heard.pieces[0], asked.heard.pieces[-1]) == (0, 3)
    assert (asked.heard.texts[0], asked.heard.texts[-1]) == ("", asked.completions[0].text)


def test_request() -> None:
    """A request is streamed, bounded, carries the key, and nothing of the machine it came from."""
    [request] = ask(always("a"), ASKING_DATA).requests

    assert list(request.body)[:2] == ["model", "messages"]
    assert request.body["stream_options"] == {"include_usage": True}
    assert (request.body["max_tokens"], request.body["temperature"]) == (50, 0.3)
    wanted = {"type": "json_schema", "json_schema": {"name": "answer", "schema": SCHEMA}}
    assert request.body["response_format"] == wanted
    assert request.headers["authorization"] == f"Bearer {KEY}"
    assert not [name for name in request.headers if name.startswith(("x-", "openai"))]


def test_stop_texts() -> None:
    """Ends, grammar and DRY sampler are sent only where the server is known to take them."""
    prompt = replace(PROMPT, stop=("\n# Task",), grammar='root ::= "a"', dry=True)

    optional = {"stop", "grammar", "dry_multiplier"}
    assert not optional & set(ask(always("a"), prompt).requests[0].body)
    body = ask(always("a"), prompt, llama=True).requests[0].body
    assert (body["stop"], body["grammar"]) == (["\n# Task"], 'root ::= "a"')
    assert DRY_SETTINGS.items() <= body.items()
    assert not optional & set(ask(always("a"), PROMPT, llama=True).requests[0].body)


def test_surrogates() -> None:
    """Half a character in a prompt is replaced in what is sent."""
    prompt = replace(PROMPT, messages=(Message(role="user", content="a\udc80b"),))

    [request] = ask(always("a"), prompt).requests

    assert request.text == "a\ufffdb"


def test_split_characters() -> None:
    """A character that the network cut in two survives."""
    choice = {"delta": {"content": "naïve 😀"}, "finish_reason": "stop"}
    data = json.dumps({"choices": [choice]}, ensure_ascii=False).encode()
    wire = b"data: " + data + b"\r\n\r\ndata: [DONE]\r\n\r\n"

    asked = ask(lambda _: Reply(raw=wire, slices=1, content_type="text/event-stream"))

    assert asked.completions[0].text == "naïve 😀"


def test_thinking() -> None:
    """Thoughts are kept apart, whether the server or the text marks them."""
    asked = ask(
        sequence(replace(GOOD, thinking="hm hm"), Reply(text="<think>hm</think>so")), PROMPT
    )
    tagged = ask(always("<think>hm</think>so"))

    assert asked.completions[0].thinking == "hm hm"
    assert asked.completions[0].text == GOOD.text
    assert (tagged.completions[0].thinking, tagged.completions[0].text) == ("hm", "so")


def test_length() -> None:
    """A cut-off answer is marked as one."""
    assert ask(lambda _: replace(GOOD, finish="length")).completions[0].finish == "length"


def test_refusal() -> None:
    """A refusal is one, with its reason as text."""
    [one] = ask(lambda _: Reply(refusal="I will not.")).completions

    assert (one.finish, one.text) == ("refusal", "I will not.")


def test_content_filter() -> None:
    """An answer that a filter stopped is a refusal that says so."""
    [one] = ask(lambda _: replace(GOOD, finish="content_filter")).completions

    assert one.finish == "refusal"
    assert "filter" in one.text


def test_no_usage() -> None:
    """Where the server counts nothing, the usage is an estimate and says so."""
    [one] = ask(lambda _: replace(GOOD, usage=None)).completions

    assert one.usage.estimated
    assert one.usage.prompt > 0
    assert one.usage.completion > 0


def test_not_streamed() -> None:
    """A server that ignores the wish for a stream is understood."""
    [one] = ask(lambda _: replace(GOOD, whole=True, thinking="hm")).completions

    assert (one.text, one.thinking, one.usage.prompt) == (GOOD.text, "hm", 100)


@pytest.mark.parametrize("status", [408, 409, 429, 500, 502, 503, 504, 529])
def test_again(status: int) -> None:
    """What may pass is tried again, later and later, and shown; what was read counts as wasted."""
    bad = failure(status, "busy")

    asked = ask(sequence(bad, bad, GOOD))

    assert asked.completions[0].text == GOOD.text
    assert asked.completions[0].usage.requests == 3
    assert (asked.completions[0].usage.wasted == 0) == (status in BUSY_STATUSES)
    assert [label for label, _, _ in asked.heard.waits] == ["goals", "goals"]
    assert "busy" in asked.heard.waits[0][2]
    assert 0 < asked.heard.slept[0] < asked.heard.slept[1] < 3


def test_failed_attempts_are_told() -> None:
    """Each attempt that came to nothing is told with its tokens, and there may be no more then."""
    told: list[int] = []

    def failed(tokens: int) -> bool:
        told.append(tokens)
        return len(told) < 3

    requests: list[Request] = []

    def script(request: Request) -> Reply:
        requests.append(request)
        return replace(GOOD, cut=2)

    with pytest.raises(DraftError, match="ended in the middle"):
        ask(script, replace(PROMPT, allow_retry=failed))

    assert len(requests) == 3
    assert told == [told[0]] * 3
    assert told[0] > 2


def test_last_failed_attempt_is_told() -> None:
    """An attempt after which nothing is tried again is told like any other."""
    told: list[int] = []

    def failed(tokens: int) -> bool:
        told.append(tokens)
        return True

    with pytest.raises(DraftError):
        ask(lambda _: failure(401, "no"), replace(PROMPT, allow_retry=failed))

    assert len(told) == 1


def test_key_in_an_answer() -> None:
    """A key that a server says itself is in no answer."""
    reply = Reply(text=f"The {KEY} key", thinking=f"{KEY}?", pieces=("The ", KEY[:9], KEY[9:]))
    [one] = ask(lambda _: reply).completions

    assert (one.text, one.thinking) == ("The [key]", "[key]?")


def test_key_in_an_answer_that_is_still_coming() -> None:
    """What is shown of an answer while it comes holds no key, nor much of its beginning."""
    halves = ("The ", KEY[:9], KEY[9:20], KEY[20:], " is it.")

    heard = ask(lambda _: Reply(pieces=halves, rate=8)).heard

    assert heard.texts[-1] == "The [key] is it."
    assert not [text for text in heard.texts if KEY[:9] in text]


def test_a_server_that_wants_a_key_where_there_is_none() -> None:
    """Where no key was sent, a server does not refuse the key: it wants one."""
    with pytest.raises(DraftError) as caught:
        ask(lambda _: failure(401, "who are you?"), key="none")

    assert caught.value.message == "The server wants a key (401): who are you?"
    assert "Set OPENAI_API_KEY" in caught.value.hint


def test_a_server_that_sends_elsewhere() -> None:
    """On this machine nobody follows a server elsewhere; where it points is said."""
    reply = Reply(status=307, headers={"Location": "http://me:pw@other.example/v1"}, raw=b"")

    error = failed(lambda _: reply)

    assert error.message == "The server sends elsewhere (307): to http://other.example/v1"


@pytest.mark.parametrize("wait", ["nan", "-nan", "+inf", "Infinity", "1e999", "soon", "-5"])
def test_a_wait_that_is_none(wait: str) -> None:
    """A server that asks to wait for what is no time is asked again as one that names none."""
    busy = replace(failure(429, "slow"), headers={"Retry-After": wait})

    asked = ask(sequence(busy, GOOD))

    assert all(0 <= seconds < 5 for seconds in asked.heard.slept)
    assert len(asked.requests) == 2


def test_five_attempts() -> None:
    """After five attempts the error says what the server said."""
    requests: list[Request] = []

    def script(request: Request) -> Reply:
        requests.append(request)
        return failure(503, f"overloaded, {KEY}")

    error = failed(script)

    assert (error.code, len(requests)) == ("server-failed", 5)
    assert "overloaded" in error.message


@pytest.mark.parametrize(
    ("status", "said", "code"),
    [
        (400, "no such thing", "bad-request"),
        (401, f"Incorrect API key provided: {KEY}", "bad-key"),
        (401, f"Incorrect API key provided: {KEY[:12]}*****{KEY[-4:]}", "bad-key"),
        (402, "pay", "no-quota"),
        (403, "not for you", "forbidden"),
        (404, "The model `tiny` does not exist", "unknown-model"),
        (404, "Invalid URL (POST /chat/completions)", "not-an-api"),
        (422, "unprocessable", "bad-request"),
        (429, "You exceeded your current quota, check your billing", "no-quota"),
        (400, "maximum context length is 4096 tokens; max_tokens too large", "context-exceeded"),
        (413, "large", "context-exceeded"),
    ],
)
def test_not_again(status: int, said: str, code: str) -> None:
    """What cannot get better is not tried again, and its error says what to do, without the key."""
    requests: list[Request] = []

    def script(request: Request) -> Reply:
        requests.append(request)
        return failure(status, said)

    error = failed(script)

    assert (error.code, len(requests)) == (code, 1)
    assert error.hint
    assert "127.0.0.1" in error.where
    assert KEY[-4:] not in str(error)


def test_unknown_model_named() -> None:
    """An unknown model is named."""
    assert "tiny" in failed(lambda _: failure(404, "model not found")).message


@pytest.mark.parametrize("status", [200, 404, 405, 307])
def test_html(status: int) -> None:
    """A page in place of an answer is no API, and its start is shown without control characters."""
    page = b"<html>\x1b[31m<h1>Proxy\nlogin</h1></html>" + b"x" * 500

    error = failed(lambda _: Reply(status=status, raw=page, content_type="text/html"))

    assert error.code == "not-an-api"
    assert "Proxy login" in error.message
    assert error.message.isprintable()
    assert len(error.message) < 200


@pytest.mark.parametrize("body", [b"[]", b'{"hello": 1}', b"hello", b"data: {broken\n\n"])
def test_wrong_json(body: bytes) -> None:
    """JSON that is no chat completion is no API."""
    assert failed(lambda _: Reply(raw=body)).code == "not-an-api"


@pytest.mark.parametrize("error", [{"message": f"broke {KEY}"}, f"broke {KEY}"])
def test_error_event(error: object) -> None:
    """An error inside a stream whose status was 200 is an error."""
    data = b"data: " + json.dumps({"error": error}).encode() + b"\n\n"

    caught = failed(lambda _: Reply(raw=data, content_type="text/event-stream"))

    assert caught.code == "not-an-api"
    assert "broke" in caught.message


def test_passing_error_event() -> None:
    """An error inside a stream that names a passing status is tried again."""
    data = b'data: {"error": {"message": "upstream", "code": 502}}\n\n'

    asked = ask(sequence(Reply(raw=data, content_type="text/event-stream"), GOOD))

    assert asked.completions[0].text == GOOD.text


def test_cut() -> None:
    """An answer whose connection broke is asked for again, whole."""
    asked = ask(sequence(replace(GOOD, cut=2), GOOD))

    assert asked.completions[0].text == GOOD.text
    assert len(asked.heard.waits) == 1


@pytest.mark.parametrize(
    "reply", [replace(GOOD, finish=None), replace(GOOD, cut=0), Reply(raw=b"")]
)
def test_no_end(reply: Reply) -> None:
    """An answer that merely stops is never taken for a whole one."""
    assert failed(lambda _: reply).code == "cut-off"


def test_hang() -> None:
    """A server that goes silent is asked again, and then given up."""
    requests: list[Request] = []

    def script(request: Request) -> Reply:
        requests.append(request)
        return replace(GOOD, hang=1)

    error = failed(script, timeout=0.5)

    assert (error.code, len(requests)) == ("stalled", 5)


def test_silence_after_the_end() -> None:
    """Whole words are an answer, though nothing comes after them, not even their counts."""
    choice = {"delta": {"content": "whole"}, "finish_reason": "stop"}
    wire = b"data: " + json.dumps({"choices": [choice]}).encode() + b"\n\n"

    asked = ask(lambda _: Reply(raw=wire, headers={"Content-Length": "9999"}), timeout=0.2)

    assert (asked.completions[0].text, asked.completions[0].finish) == ("whole", "stop")


def test_a_connection_that_breaks_after_the_end() -> None:
    """Whole words are an answer, though their connection breaks before the counts come."""
    choice = {"delta": {"content": "whole"}, "finish_reason": "stop"}
    wire = b"data: " + json.dumps({"choices": [choice]}).encode() + b"\n\n"

    asked = ask(lambda _: Reply(raw=wire, headers={"Content-Length": "9999"}, cut=0))

    assert (asked.completions[0].text, asked.completions[0].finish) == ("whole", "stop")
    assert len(asked.requests) == 1


def test_slow_but_steady() -> None:
    """The timeout is about silence, not about the whole answer."""
    asked = ask(lambda _: Reply(text="a b c d e f", rate=2), timeout=2.0)

    assert asked.completions[0].text == "a b c d e f"
    assert not asked.heard.waits


def test_queue() -> None:
    """In a queue of our own server, the wait for the first byte does not count."""
    asked = ask(lambda _: replace(GOOD, delay=2.0), timeout=1.0, queueing=True, alive=lambda: True)

    assert asked.completions[0].text == GOOD.text


def test_queue_ends_with_the_first_word() -> None:
    """In a queue of our own server too, an answer that has begun may not fall silent."""
    looks = count()

    with pytest.raises(DraftError) as caught:
        ask(
            lambda _: replace(GOOD, hang=1),
            timeout=0.5,
            queueing=True,
            alive=lambda: next(looks) < 100,  # so that an endless wait is no endless test
        )

    assert caught.value.code == "stalled"


def test_queue_of_the_dead() -> None:
    """A wait in the queue of a server that is gone ends, and is not tried again."""
    with pytest.raises(DraftError, match="stopped") as caught:
        ask(lambda _: replace(GOOD, hang=0), queueing=True, alive=lambda: False)

    assert caught.value.code == "unreachable"


def test_refused_connection() -> None:
    """A server that is not there is said to be unreachable, soon."""
    with socket.socket() as reserved:
        reserved.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{reserved.getsockname()[1]}/v1"
        heard = Heard()
        server = Server(base_url=url, api_key=KEY)
        client = Client(server, model="tiny", watcher=heard, sleep=heard.sleep)

        with pytest.raises(DraftError) as caught:
            asyncio.run(client.complete(PROMPT))

    assert caught.value.code == "unreachable"
    assert caught.value.where == url
    assert len(heard.slept) == 1


def test_retry_after() -> None:
    """What the server asks to wait is waited, and shown."""
    busy = replace(failure(429, "busy"), headers={"Retry-After": "17"})

    asked = ask(sequence(busy, GOOD))

    assert asked.heard.slept == [17]
    assert asked.heard.waits[0][1] == 17


def test_a_wait_is_one_for_all() -> None:
    """Requests of one run that are all turned away wait together, and say so once."""
    busy = replace(failure(429, "busy"), headers={"Retry-After": "17"})

    asked = ask(lambda request: busy if request.count < 8 else GOOD, *[PROMPT] * 8)

    assert [one.text for one in asked.completions] == [GOOD.text] * 8
    assert set(asked.heard.slept) == {17}
    assert len(asked.heard.waits) == 1
    assert sum(one.usage.wasted for one in asked.completions) == 0


def test_a_server_that_takes_few_at_a_time_answers_all() -> None:
    """No request of many is given up by a server that answers 429 to all but a few of them."""
    running: list[Request] = []

    def script(request: Request) -> Reply:
        if request.count < 20 and request.count % 7:
            return failure(429, "too many at once")
        running.append(request)
        return replace(GOOD, delay=0.05)

    asked = ask(script, *[PROMPT] * 20)

    assert len(running) == len(asked.completions) == 20
    assert len(asked.requests) < 60


def test_a_stopped_server_is_one_cause() -> None:
    """Where nobody is there, all requests of a run end with the same error after the same wait."""
    heard = Heard()

    async def run(url: str) -> list[Completion | BaseException]:
        client = Client(
            Server(base_url=url, api_key=KEY), model="m", watcher=heard, sleep=heard.sleep
        )
        try:
            asked = (client.complete(PROMPT) for _ in range(9))
            return await asyncio.gather(*asked, return_exceptions=True)
        finally:
            await client.close()

    with socket.socket() as reserved:
        reserved.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{reserved.getsockname()[1]}/v1"
        errors = asyncio.run(run(url))

    assert {str(error) for error in errors} == {str(errors[0])}
    assert "cannot be reached" in str(errors[0])
    assert len(heard.waits) == len(heard.slept) == 1


def test_a_server_that_answers_others_is_not_silent() -> None:
    """A request in a server's queue is not given up while another one is being answered."""

    def script(request: Request) -> Reply:
        words = Reply(text="word " * 15, rate=3)
        return words if not request.count else replace(GOOD, delay=4.0)

    asked = ask(script, PROMPT, PROMPT, timeout=2.0)

    assert {one.text for one in asked.completions} == {"word " * 15, GOOD.text}
    assert not asked.heard.waits


def test_a_connection_that_stays_open_costs_little() -> None:
    """Behind an answer's end only its counts are waited for, not the whole timeout."""
    choice = {"delta": {"content": "whole"}, "finish_reason": "stop"}
    wire = b"data: " + json.dumps({"choices": [choice]}).encode() + b"\n\n"

    asked = ask(lambda _: Reply(raw=wire, headers={"Content-Length": "9999"}), timeout=60)

    assert asked.completions[0].text == "whole"
    assert USAGE_TIMEOUT <= asked.seconds < USAGE_TIMEOUT + 1


def test_retry_after_date() -> None:
    """A date to come back at is obeyed."""
    moment = format_datetime(datetime.now(UTC) + timedelta(seconds=40), usegmt=True)
    busy = replace(failure(503, "busy"), headers={"Retry-After": moment})

    [slept] = ask(sequence(busy, GOOD)).heard.slept

    assert 10 < slept <= 40  # half a minute for a machine that has other things to do


@pytest.mark.parametrize("wait", ["", "soon", "nan", "-3"])
def test_retry_after_nonsense(wait: str) -> None:
    """A wait that is none is not obeyed literally."""
    busy = replace(failure(503, "busy"), headers={"Retry-After": wait})

    [slept] = ask(sequence(busy, GOOD)).heard.slept

    assert 0 <= slept < 3


def test_retry_after_too_long() -> None:
    """A wait of more than two minutes is not sat out but reported."""
    busy = replace(failure(429, "busy"), headers={"Retry-After": "3600"})

    error = failed(sequence(busy, GOOD))

    assert error.code == "rate-limited"
    assert "3600" in error.hint


def picky(*names: str) -> Script:
    """Return a server that refuses these parameters, one at a time."""

    def script(request: Request) -> Reply:
        body = json.dumps(request.body)
        for name in names:
            if f'"{name}"' in body:
                return failure(
                    400, f"Unsupported parameter: '{name}' is not supported.", param=name
                )
        return GOOD

    return script


def test_optional_parameters() -> None:
    """Whatever optional parameter is refused is left out or swapped, at once and noted once."""
    asked = ask(
        picky("json_schema", "json_object", "stream_options", "temperature", "max_tokens"),
        ASKING_DATA,
    )

    last = asked.requests[-1].body
    assert set(last) == {"model", "messages", "stream", "max_completion_tokens"}
    assert len(asked.heard.notes) == len(set(asked.heard.notes)) == 5
    assert not asked.heard.slept


def test_form_without_a_schema() -> None:
    """Where a server takes no schema, the prompt itself shows the form of the answer."""
    first, *_, last = ask(picky("json_schema"), ASKING_DATA).requests

    form = '{"a": "..."}'
    assert form not in str(first.body["messages"])
    assert last.body["response_format"] == {"type": "json_object"}
    assert form in str(last.body["messages"])


def test_both_limits_refused() -> None:
    """A server that takes no limit at all gets none."""
    last = ask(picky("max_tokens", "max_completion_tokens")).requests[-1]

    assert not {"max_tokens", "max_completion_tokens"} & set(last.body)


def test_concurrent_refusals() -> None:
    """Requests in flight that are all refused for the same reason all recover, with one note."""
    script = picky("json_schema", "temperature")
    slow: Script = lambda request: replace(script(request), delay=0.05)  # noqa: E731

    asked = ask(slow, *[ASKING_DATA] * 8)

    assert [one.text for one in asked.completions] == [GOOD.text] * 8
    assert len(asked.heard.notes) == 2
    assert asked.requests[-1].body["response_format"] == {"type": "json_object"}


def test_fastapi_refusal() -> None:
    """A 422 that repeats the whole request is read by the place it names."""
    places = ["body", "temperature"]
    detail = [{"loc": places, "msg": "Extra inputs", "input": {"stream_options": 1}}]

    def script(request: Request) -> Reply:
        if "temperature" in request.body:
            return Reply(status=422, raw=json.dumps({"detail": detail}).encode())
        return GOOD

    last = ask(script).requests[-1]

    assert "temperature" not in last.body
    assert "stream_options" in last.body


def test_refused_what_was_not_sent() -> None:
    """A refusal of something that was not sent is an error and no endless loop."""
    error = failed(lambda _: failure(400, "response_format is wrong", param="response_format"))

    assert error.code == "bad-request"


@pytest.mark.parametrize(
    ("models", "expected"),
    [
        ({"data": [{"id": "x.gguf", "meta": {"n_ctx": 4096, "n_ctx_train": 32768}}]}, 4096),
        ({"data": [{"id": "x.gguf", "meta": {"n_ctx_train": 32768}}]}, 32768),
        ({"data": [{"id": "other"}, {"id": "tiny", "max_model_len": 8192}]}, 8192),
        ({"data": [{"id": "other", "max_model_len": 1}, {"id": "more"}]}, None),
        ({"data": [{"id": "tiny", "meta": {"n_ctx": "many"}}]}, None),
        ({"data": [{"id": "tiny", "meta": None}]}, None),
        ({"data": "none"}, None),
        (None, None),
    ],
)
def test_context_window(models: dict[str, object] | None, expected: int | None) -> None:
    """The context window is what the server says of the model, or unknown."""

    async def run(url: str) -> int | None:
        server = Server(base_url=url, api_key=KEY)
        client = Client(server, model="tiny", watcher=Heard())
        try:
            return await client.context_window()
        finally:
            await client.close()

    with ScriptedServer(models=models) as server:
        assert asyncio.run(run(server.url)) == expected
    assert asyncio.run(run(server.url)) is None


def test_plausible() -> None:
    """The plausible responder answers a schema with an instance of it."""
    [one] = ask(plausible, ASKING_DATA).completions

    assert isinstance(json.loads(one.text)["a"], str)
