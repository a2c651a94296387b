"""What the environment says of connections to a server: by which proxy, and which certificates."""

import os
from urllib.parse import urlsplit

from assistant.errors import DraftError, Exit

_CERTIFICATES = ("SSL_CERT_FILE", "SSL_CERT_DIR")


def proxy_of(url: str) -> tuple[str, str]:
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


def certificates_variable() -> str:
    """Return the variable that says which certificates are trusted, or nothing."""
    return next((name for name in _CERTIFICATES if os.environ.get(name)), "")


def refuse_proxy(url: str) -> DraftError:
    """Return the error for a proxy that no connection can be made through."""
    variable, proxy = proxy_of(url)
    scheme = proxy.partition("://")[0]
    hint = "Name a proxy as http://HOST:PORT, unset the variable, or put the server into NO_PROXY."
    if scheme.startswith("socks5"):
        message = "a SOCKS proxy can be used only where the package socksio is installed"
        hint = "`pip install socksio` brings it; or put the server into NO_PROXY."
    elif scheme in ("http", "https"):  # its other parts may hold a password
        message = "this is no address of a proxy"
    else:
        message = f"a proxy of the kind {ascii(scheme[:20])[1:-1]}:// cannot be used"
    return _wrong(variable, message, hint)


def refuse_certificates(error: OSError) -> DraftError:
    """Return the error for certificates that can't be read."""
    variable = certificates_variable()
    named = os.environ.get(variable, "the system's folder")
    said = error.strerror or "no certificate is in it"
    if getattr(error, "reason", ""):  # an SSLError: there is a file, and it is another's
        said = "no certificate is in it"
    return _wrong(
        variable,
        f"no certificates can be read from {named}: {said.lower()}",
        "Name a file of certificates (PEM), or unset the variable.",
    )


def advice(url: str, *, certificate: bool) -> str:
    """Return what of the environment to look at where a server cannot be reached, or nothing."""
    if certificate:
        variable = certificates_variable()
        trusted = f"{variable} says which are trusted" if variable else "it is not trusted here"
        return f"This is about its certificate: {trusted}; SSL_CERT_FILE can name a file of them."
    variable, _ = proxy_of(url)
    return f"It is asked through the proxy of {variable}." if variable else ""


def _wrong(variable: str, message: str, hint: str) -> DraftError:
    return DraftError(
        message, code="bad-environment", exit_code=Exit.USAGE, where=variable, hint=hint
    )
