"""What engineers mean by the words that they write of risks with: stems, synonyms, vague words."""

# English endings, each with what stands in its place; of several that fit the first counts.
_ENDING_LIST = """
ications/y ication/y isations/ izations/ isation/ ization/ ations/ ation/ ities/ ments/
ment/ ness/ ings/ ing/ ions/ ion/ ity/ ied/y ies/y ers/ er/ ed/ es/ ly/ s/
"""
_ENDINGS = tuple(pair.partition("/")[::2] for pair in _ENDING_LIST.split())
_MIN_STEM_LENGTH = 3  # letters of a stem: "use" and "log" are words

# Each line is one meaning: its name, and the words or stems that have it.
_SYNONYM_GROUPS = """
fail: fail failure down outage unavailable unreachable crash break broken unresponsive offline die
login: login signin authenticate authentication
logout: logout signout
credential: credential token secret password key
leak: leak expose exposure disclose disclosure
stop: block stall stuck prevent stop lock hang deadlock
overload: overload overwhelm saturate flood storm
exhaust: exhaust oom fill full
remove: remove delete cleanup purge
revert: revert rollback undo
wrong: wrong incorrect inaccurate faulty false
keep: keep retain retention kept
duplicate: duplicate twice double
expire: expire expiry expiration
notice: notice detect undetected monitor alert metric observe unnoticed
reject: reject refuse deny decline
allow: permission unauthorized authorization consent permit
privacy: personal private pii
slow: slow slower latency delay lag longer timeout
clock: clock skew synchronized time-sync
large: large big huge
person: user customer people person tenant everyone anybody
deploy: deploy deployment rollout release
upgrade: upgrade update updated
owner: owner own responsible team decide
disable: disable deactivate
external: external vendor provider upstream third
limit: limit quota throttle throttl
race: race concurrent simultaneous simultaneously
guess: guess enumerate predict enumer
migrate: migrate migration backfill alter
downtime: downtime
attack: attacker attack malicious adversary hacker hostile
lose: lose lost loss vanish disappear
corrupt: corrupt corruption inconsistent incomplete partial torn
early: early soon
steal: steal stolen theft
read: read view see
test: test untested verify verification
stale: stale outdated old older legacy historical obsolete
event: event message
assign: assign allocate allocation
payment: payment charge billing billed bill pay
cache: cache redis memcached
database: database db table
api: api endpoint
record: record entry row
id: id ids identifier
node: node host machine server
load: load traffic
cost: cost budget expense
understand: understand reason confuse confusing unclear misunderstand
write: write written wrote
degrade: degrade degradation worsen worse deteriorate regress regression
collide: collide collision clash conflict
bypass: bypass circumvent evade
spoof: spoof impersonate forge tamper
inject: inject injection
discontinue: discontinue discontinued deprecate deprecated eol sunset
rotate: rotate rotation renew renewal
orphan: orphan orphaned dangling leftover leak-over
interrupt: interrupt kill terminate abort cancel
starve: starve starvation
restore: restore restoration recover recovery
exceed: exceed surpass
compile: compile compiler compilation build
diverge: diverge divergence drift mismatch
round: round rounding precision
access: access accessible reach reachable
notify: notify tell inform announce communicate told
consume: consume process handle
import: import ingest ingestion
encrypt: encrypt encrypted plaintext unencrypted
sign: signature unsigned signed
overwrite: overwrite clobber overwritten
incompatible: incompatible compatibility incompatibility misread
approve: approve approval sign-off
document: documentation
start: start begin launch
add: add new added
instance: instance replica
""".strip()

# Phrases are read before words.
PHRASE_MEANINGS: tuple[tuple[str, str], ...] = (
    (r"\blog(?:s|ged|ging)? ?in\b|\bsign(?:s|ed|ing)? ?in\b", "login"),
    (r"\blog(?:s|ged|ging)? ?out\b|\bsign(?:s|ed|ing)? ?out\b", "logout"),
    (r"\bsingle points? of failure\b", "fail onlyone"),
    (r"\broll(?:s|ed|ing)? ?back\b|\bway back\b|\bback ?out\b", "revert"),
    (r"\broll(?:s|ed|ing)? ?out\b", "deploy"),
    (r"\bclean(?:s|ed|ing)? ?up\b", "remove"),
    (r"\b(?:switch|turn)(?:ed|es|s|ing)? (?:\w+ ){0,2}off\b|\bkill switch\b", "disable"),
    (r"\b(?:run|ran|running) out of\b", "exhaust"),
    (r"\bmaintenance windows?\b|\bplanned downtime\b", "downtime"),
    (r"\bend(?:s|ed|ing)? up in\b", "leak"),
    (r"\btim(?:es?|ed|ing) ?out\b", "timeout"),
    (r"\bmore than once\b", "duplicate"),
    (r"\bat once\b|\bat the same time\b|\bin parallel\b", "race"),
    (r"\bhold(?:s|ing)? up\b|\bheld up\b", "stop"),
    (r"\bhow long\b", "longtime"),
    (r"\bgo(?:es|ing)? wrong\b", "fail"),
    (r"\bthird[- ]part(?:y|ies)\b", "external"),
    (r"\bon[- ]call\b|\bget(?:s)? paged\b|\bpager\b", "oncall"),
    (r"\bnobody notices\b|\bwithout (?:anybody|anyone) noticing\b", "notice"),
    (r"(?:\bnot|n't) (?:yet )?(?:been )?(?:upgraded|updated)\b|\bnon-upgraded\b", "stale"),
    (r"\blog files?\b|\blogs\b|\blogging\b", "logfile"),
    (r"\bwhich team\b|\bwho (?:owns|decides)\b|\bwho is (?:responsible|accountable)\b", "owner"),
    (r"\bpermissions?\b|\bconsent\b", "allow"),
    (r"\bpull requests?\b", "change"),
    (r"\bin[- ]?correct\b", "wrong"),
)

# Words that say nothing by themselves; made with the labelled pairs (memory/design/008).
_STOP_WORD_LIST = """
a an the and or but if then else of to in on at by for from with without as into onto than this
that these those it its their there they them we our us you your he she be is are was were been
being am do does did done has have had having will would shall should can could may might must
not no nor so such very any all each every some other another which what who whom whose when
where why how while during because after before until over under again also already only just
still yet up out off can't won't don't doesn't isn't aren't haven't hasn't get gets got happens
happen one two turn per via about between through many much more most own same too let lets long
make makes made come comes use uses used using might be end ends ended
"""

# Meanings that stand in risks of any kind, and so tell little.
_VAGUE_WORD_LIST = """
fail person system servic service chang change featur feature deploy add upgrade ne need possibl
potential potentially caus cause lead result impact risk issu problem applic application process
work time new exist thing way plan describ mean
"""

# What goes wrong, or what is asked: two sentences on the same thing that name different ones of
# these say different things.
_FAILURE_MODE_LIST = """
fail leak stop overload exhaust remove revert wrong keep duplicate expire notice reject allow
privacy slow owner disable limit race guess attack lose corrupt test stale cost understand early
steal read encrypt sign overwrite incompatible approve downtime longtime load degrade collide
bypass spoof inject discontinue rotate orphan interrupt starve restore exceed round notify
"""


# snowballstemmer 3.1.1 in place of this told the same of all sixty labelled pairs of
# benchmarks/suggest.py, at twenty times the time for a word.
def stem_word(word: str) -> str:
    """Return a word without its ending, as far as that can be told without a dictionary."""
    for ending, instead in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= _MIN_STEM_LENGTH:
            word = word[: -len(ending)] + instead
            break
    if len(word) > _MIN_STEM_LENGTH and word[-1] == word[-2] and word[-1] not in "ls":
        word = word[:-1]
    return word[:-1] if len(word) > _MIN_STEM_LENGTH and word.endswith("e") else word


def _parse_groups() -> dict[str, str]:
    found: dict[str, str] = {}
    for line in _SYNONYM_GROUPS.split("\n"):
        name, _, words = line.partition(":")
        for word in words.split():
            found[word] = found[stem_word(word)] = name
    return found


WORD_MEANINGS = _parse_groups()
STOP_WORDS = frozenset(_STOP_WORD_LIST.split())
VAGUE_WORDS = frozenset(_VAGUE_WORD_LIST.split())
FAILURE_MODES = frozenset(_FAILURE_MODE_LIST.split())
