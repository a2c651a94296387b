"""A server's address: what is wrong with it, where it leads, by which proxy and certificates."""

import os
import re
from contextlib import suppress
from urllib.parse import SplitResult, urlsplit

from assistant.errors import DraftError, Exit

EXAMPLE_ADDRESS = "An address looks like https://api.openai.com/v1 or http://localhost:8080/v1."
_CALL_PATH = re.compile(r"/(?:chat/)?completions/?$")
DEFAULT_PORTS = {"http": 80, "https": 443}
_CERTIFICATE_VARIABLES = ("SSL_CERT_FILE", "SSL_CERT_DIR")


def check_base_url(text: str) -> str:
    """Return the address without outer blanks and last slash. Raises DraftError if it is none."""
    address = text.strip()
    try:
        parts = urlsplit(address)
        problem = find_address_flaw(address, parts)
    except ValueError as error:
        # Python's own words for a wrong port or bracket repeat the address, and a password with it.
        problem = "has a wrong port" if "ort" in str(error) else "has a wrong host"
    if problem:
        raise DraftError(
            f"The server's address {problem}.",
            code="bad-base-url",
            exit_code=Exit.USAGE,
            where=redact_address(address),
            hint=EXAMPLE_ADDRESS,
        )
    return address.rstrip("/")


def find_address_flaw(address: str, parts: SplitResult) -> str:
    """Return what is wrong with an address, as the end of a sentence. Raises ValueError."""
    host = parts.hostname or ""
    checks = (
        (not address, "is empty"),
        (re.search(r"[\s\x00-\x1f\x7f]", address) is not None, "holds white space"),
        (parts.scheme not in ("http", "https"), "does not start with http:// or https://"),
        ("@" in parts.netloc, "holds a name or a password; the key belongs in OPENAI_API_KEY"),
        (not host, "names no host"),
        (re.search(r"[^\w.:%-]", host) is not None or ".." in host, "has a wrong host"),
        (parts.port == 0, "has a wrong port"),
        (bool(parts.query or parts.fragment), "holds a query (? or #)"),
        (_CALL_PATH.search(parts.path) is not None, "names one call: leave out /chat/completions"),
    )
    found = next((problem for wrong, problem in checks if wrong), "")
    if not found and ":" not in host:
        host.encode("idna")
    return found


def format_host(base_url: str) -> str:
    """Return a server's host as a person is told it, with the port where one is named."""
    try:
        parts = urlsplit(base_url)
        port = f":{parts.port}" if parts.port else ""
        host = parts.hostname or ""
    except ValueError:
        return redact_address(base_url)
    return redact_address(f"[{host}]{port}" if ":" in host else f"{host}{port}")


def redact_address(base_url: str) -> str:
    """Return an address as it may be printed: no name, password or query, nothing unprintable."""
    scheme, mark, rest = base_url.strip().rpartition("://")
    # A password may itself hold a slash or a question mark: all up to the last @ goes.
    rest = re.split(r"[?#]", rest.rpartition("@")[2])[0]
    return "".join(one if one.isprintable() else "?" for one in f"{scheme}{mark}{rest}")[:200]


def read_address(base_url: str) -> tuple[str, str, int, str] | None:
    """Return scheme, host, port and path; None for what two readers could read differently.

    Who is trusted with a key, and what is this machine, is decided by these and by nothing else.
    """
    if not base_url.isascii() or not base_url.isprintable() or set(base_url) & set("\\ @?#"):
        return None
    try:
        parts = urlsplit(base_url)
        port = parts.port or DEFAULT_PORTS[parts.scheme]
    except (ValueError, KeyError):
        return None
    return (parts.scheme, parts.hostname, port, parts.path.rstrip("/")) if parts.hostname else None


def is_loopback(base_url: str) -> bool:
    """Whether an address certainly leads to this machine: the one definition there is.

    No key is needed there, requests pass by any proxy, and no key is sent where only a project's
    file names it. So a name counts that always means this machine (RFC 6761), and the address
    that servers print for it, but nothing that only some readers take for it (`0x7f.1`).
    """
    known = read_address(base_url)
    if known is None:
        return False
    host = known[1].removesuffix(".")
    if host == "localhost" or host.endswith(".localhost"):
        return True
    from ipaddress import IPv6Address, ip_address  # noqa: PLC0415  most commands ask no server

    with suppress(ValueError):
        address = ip_address(host)
        if isinstance(address, IPv6Address) and address.ipv4_mapped:
            address = address.ipv4_mapped
        # Servers print 0.0.0.0 as their address, and a connection to it stays on this machine.
        return address.is_loopback or address.is_unspecified
    return False


def find_proxy(url: str) -> tuple[str, str]:
    """Return the variable that names the proxy for an address, and the proxy; empty for none."""
    from urllib.request import getproxies, proxy_bypass  # noqa: PLC0415  httpx asks these too

    parts = urlsplit(url)
    proxies = getproxies()
    if not parts.hostname or proxy_bypass(parts.hostname):
        return "", ""
    for name in (parts.scheme, "all"):
        if proxy := proxies.get(name):
            spellings = (f"{name}_proxy", f"{name}_proxy".upper())
            set_here = (variable for variable in spellings if os.environ.get(variable))
            return next(set_here, "the system's settings"), proxy
    return "", ""


def find_certificates_variable() -> str:
    """Return the variable that says which certificates are trusted, or nothing."""
    return next((name for name in _CERTIFICATE_VARIABLES if os.environ.get(name)), "")


def make_proxy_error(url: str) -> DraftError:
    """Return the error for a proxy that no connection can be made through."""
    variable, proxy = find_proxy(url)
    scheme = proxy.partition("://")[0]
    hint = "Name a proxy as http://HOST:PORT, unset the variable, or put the server into NO_PROXY."
    if scheme.startswith("socks5"):
        message = "a SOCKS proxy can be used only where the package socksio is installed"
        hint = "`pip install socksio` brings it; or put the server into NO_PROXY."
    elif scheme in ("http", "https"):  # its other parts may hold a password
        message = "this is no address of a proxy"
    else:
        message = f"a proxy of the kind {ascii(scheme[:20])[1:-1]}:// cannot be used"
    return _make_environment_error(variable, message, hint)


def make_certificates_error(error: OSError) -> DraftError:
    """Return the error for certificates that can't be read."""
    variable = find_certificates_variable()
    named = os.environ.get(variable, "the system's folder")
    said = error.strerror or "no certificate is in it"
    if getattr(error, "reason", ""):  # an SSLError: there is a file, and it is another's
        said = "no certificate is in it"
    return _make_environment_error(
        variable,
        f"no certificates can be read from {named}: {said.lower()}",
        "Name a file of certificates (PEM), or unset the variable.",
    )


def advise_on_environment(url: str, *, certificate: bool) -> str:
    """Return what of the environment to look at where a server cannot be reached, or nothing."""
    if certificate:
        variable = find_certificates_variable()
        trusted = f"{variable} says which are trusted" if variable else "it is not trusted here"
        return f"This is about its certificate: {trusted}; SSL_CERT_FILE can name a file of them."
    variable, _ = find_proxy(url)
    return f"It is asked through the proxy of {variable}." if variable else ""


def _make_environment_error(variable: str, message: str, hint: str) -> DraftError:
    return DraftError(
        message, code="bad-environment", exit_code=Exit.USAGE, where=variable, hint=hint
    )
