"""Openings: the first words of a section, which keep a text from announcing what it will say.

A small model that is told what a section is for repeats that; one that has begun with "Today,"
goes on about today.
"""

from collections.abc import Mapping

from assistant.language import base

# ruff: noqa: RUF001  full-width commas are Chinese and Japanese ones

Openings = Mapping[str, tuple[str, ...]]

# By language, then by topic; each with the space behind it, where the language has one.
_OPENINGS: Mapping[str, Openings] = {
    "English": {
        "summary": ("Today, ",),
        "approach": ("When ",),
        "cause": ("First, ",),
        "rollback": ("To undo this, ",),
        "shortcuts": ("For now, ",),
        "goals": ("A user can now ", "An operator can now ", "When a "),
        "cured": ("Every ", "When a ", "No "),
    },
    "German": {
        "summary": ("Heute ",),
        "approach": ("Wenn ",),
        "cause": ("Zuerst ",),
        "rollback": ("Um das rückgängig zu machen, wird ",),
        "shortcuts": ("Vorerst ",),
        "goals": ("Ein Benutzer kann ", "Ein Administrator kann ", "Wenn "),
        "cured": ("Jeder ", "Jede ", "Wenn "),
    },
    "French": {
        "summary": ("Aujourd'hui, ",),
        "approach": ("Lorsque ", "Lorsqu'"),
        "cause": ("D'abord, ",),
        "rollback": ("Pour revenir en arrière, on ",),
        "shortcuts": ("Pour l'instant, ",),
        "goals": ("Un utilisateur peut ", "Un administrateur peut ", "Lorsque ", "Lorsqu'"),
        "cured": ("Chaque ", "Aucun ", "Lorsque ", "Lorsqu'"),
    },
    "Spanish": {
        "summary": ("Hoy ",),
        "approach": ("Cuando ",),
        "cause": ("Primero, ",),
        "rollback": ("Para deshacer el cambio, se ",),
        "shortcuts": ("Por ahora, ",),
        "goals": ("Un usuario puede ", "Un administrador puede ", "Cuando "),
        "cured": ("Cada ", "Cuando ", "Ningún "),
    },
    "Italian": {
        "summary": ("Oggi ",),
        "approach": ("Quando ",),
        "cause": ("Per prima cosa, ",),
        "rollback": ("Per annullare la modifica, si ",),
        "shortcuts": ("Per ora, ",),
        "goals": ("Un utente può ", "Un amministratore può ", "Quando "),
        "cured": ("Ogni ", "Quando ", "Nessun "),
    },
    "Portuguese": {
        "summary": ("Hoje, ",),
        "approach": ("Quando ",),
        "cause": ("Primeiro, ",),
        "rollback": ("Para desfazer a mudança, ",),
        "shortcuts": ("Por enquanto, ",),
        "goals": ("Um usuário pode ", "Um administrador pode ", "Quando "),
        "cured": ("Cada ", "Quando ", "Nenhum "),
    },
    "Dutch": {
        "summary": ("Nu ",),
        "approach": ("Wanneer ",),
        "cause": ("Eerst ",),
        "rollback": ("Om dit terug te draaien, wordt ",),
        "shortcuts": ("Voorlopig ",),
        "goals": ("Een gebruiker kan ", "Een beheerder kan ", "Wanneer "),
        "cured": ("Elke ", "Elk ", "Wanneer ", "Geen "),
    },
    "Russian": {
        "summary": ("Сейчас ",),
        "approach": ("Когда ",),
        "cause": ("Сначала ",),
        "rollback": ("Чтобы отменить изменение, ",),
        "shortcuts": ("На первое время ",),
        "goals": ("Пользователь может ", "Администратор может ", "Когда "),
        "cured": ("Каждый ", "Когда ", "Ни один "),
    },
    "Chinese": {
        "summary": ("目前，",),
        "approach": ("当",),
        "cause": ("首先，",),
        "rollback": ("要撤销这一更改，",),
        "shortcuts": ("暂时",),
        "goals": ("用户可以", "管理员可以", "当"),
        "cured": ("每个", "当", "不会"),
    },
    "Traditional Chinese": {
        "summary": ("目前，",),
        "approach": ("當",),
        "cause": ("首先，",),
        "rollback": ("要撤銷這項變更，",),
        "shortcuts": ("暫時",),
        "goals": ("使用者可以", "管理員可以", "當"),
        "cured": ("每個", "當", "不會"),
    },
    "Korean": {
        "summary": ("현재 ",),
        "approach": ("먼저 ",),
        "cause": ("먼저 ",),
        "rollback": ("이 변경을 되돌리려면 ",),
        "shortcuts": ("우선은 ",),
        "goals": ("사용자는 ", "관리자는 ", "시스템은 "),
        "cured": ("모든 ", "사용자는 ", "시스템은 "),
    },
    "Japanese": {
        "summary": ("現在、",),
        "approach": ("まず、",),
        "cause": ("まず、",),
        "rollback": ("元に戻すには、",),
        "shortcuts": ("当面は、",),
        "goals": ("ユーザーは", "管理者は", "システムは"),
        "cured": ("すべての", "ユーザーは", "システムは"),
    },
}
_OF_A_BUG = {"approach": "cause", "goals": "cured"}
LANGUAGES = tuple(_OPENINGS)


def openings(language: str, topic: str, *, bug: bool) -> tuple[str, ...]:
    """The texts of which a section on a topic, or each item of its list, begins with one.

    None in a language, named in English, that has none here. Each ends with a space where the
    language has spaces, or with an apostrophe.
    """
    own = _OPENINGS.get(language) or _OPENINGS.get(base(language), {})
    return own.get(_OF_A_BUG.get(topic, topic) if bug else topic, ())
