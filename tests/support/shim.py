"""A proxy that makes a real server behave in a certain way, for recording cassettes.

`python -m tests.support.shim URL KEY no-schema` answers 400 to `response_format` json_schema;
`python -m tests.support.shim URL KEY prose` lets the first answer to a section be prose instead of
JSON. Prints its own address.
"""

import json
import sys
import urllib.error
import urllib.request
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

REFUSED = {
    "error": {
        "message": "response_format of type json_schema is not supported",
        "type": "invalid_request_error",
        "param": "response_format",
        "code": None,
    }
}


class Handler(BaseHTTPRequestHandler):
    """Passes on what it is asked, changed as `how` says."""

    url = key = how = ""
    spoiled = False

    def do_GET(self) -> None:
        """Pass on a GET."""
        self._answer(*self._forwarded(None))

    def do_POST(self) -> None:
        """Pass on a POST, or refuse it."""
        body = json.loads(self.rfile.read(int(self.headers["content-length"])))
        wanted = (body.get("response_format") or {}).get("type")
        if self.how == "no-schema" and wanted == "json_schema":
            self._answer(400, "application/json", json.dumps(REFUSED).encode())
            return
        first = "Task: Decision" in body["messages"][-1]["content"]
        if self.how == "prose" and first and not Handler.spoiled:
            Handler.spoiled = True
            del body["response_format"]
            body["messages"][-1]["content"] += "\n\nAnswer with two sentences of prose, no JSON."
        self._answer(*self._forwarded(body))

    def _forwarded(self, body: dict[str, Any] | None) -> tuple[int, str, bytes]:
        path = self.path.removeprefix("/v1")
        request = urllib.request.Request(  # noqa: S310  the address that was given
            self.url + path,
            data=None if body is None else json.dumps(body).encode(),
            headers={"Authorization": f"Bearer {self.key}", "Content-Type": "application/json"},
        )
        direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        try:
            with direct.open(request) as answer:
                return answer.status, answer.headers["content-type"], answer.read()
        except urllib.error.HTTPError as error:
            return error.code, error.headers["content-type"], error.read()

    def _answer(self, status: int, kind: str, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


def main() -> None:
    """Serve until stopped."""
    Handler.url, Handler.key, Handler.how = sys.argv[1:4]
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    print(f"http://127.0.0.1:{server.server_port}/v1", flush=True)  # noqa: T201  its one result
    server.serve_forever()


if __name__ == "__main__":
    main()
