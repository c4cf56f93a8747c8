"""Staying in role: tries to bring a person out of it are recognised, and replies are checked.

A recognised try only adds a line of guidance to the prompt; the words remain the model's own. A
reply that falls out of role has a fault, which is named to the model once; nothing of ours is ever
given as the person's reply.

The recogniser reads English. It judges by who is spoken of: the patterns want "you" and a machine,
an order and an instruction, a request and the text behind the conversation; one of them alone is an
everyday question.
"""

import re
from typing import Literal

Probe = Literal["role", "instructions", "prompt"]
"""A question whether the person is a machine; an order to be or do something else; a request for
the text that the model was given."""

_SAME = str.maketrans({**dict.fromkeys("‘’ʼ´`", "'"), **dict.fromkeys("“”„«»", '"')})

_MACHINE = (
    r"(?:an? |the |some (?:kind|sort) of |just |only |really |merely |simply )*"
    r"(?:[\w-]+ (?:based )?){0,2}?"
    r"(?:a\.?i\.?|artificial(?: intelligence)?|(?:chat ?)?bots?|robots?|androids?|machines?|llms?"
    r"|(?:large )?language models?|models?(?= from| made| trained)|computers?(?: programs?)?"
    r"|programs?|software|algorithms?|neural net(?:work)?s?|chat ?gpt|gpt[\w.-]*|claude|gemini"
    r"|llama|(?:virtual |ai |digital )assistants?|simulations?|simulated|computer[- ]generated"
    r"|automated|not (?:a )?(?:real|human))"
)
_END = (
    r"(?=[\s\"')]*(?:$|[?.!,;:]|or\b|and\b|aren't|are you|right|instead|that\b|who\b|like\b|talking"
    r"|made|built|behind|running|pretending|rather|then\b|really|here|in disguise|from\b))"
)
_BETWEEN = (
    r"(?: (?!(?:with|at|by|of|to|in|on|for|about|from|than|like|near|your)\b|\w+ing\b)"
    r"[\w'-]+){0,5}?"
)
_YOU = r"(?:you|ya|u|this|the thing i'm talking to)"
_START = (
    r"(?:(?:^|[.!?,;:\n(\"]\s*|\b(?:please|now|just|and|then|so|ok(?:ay)?|instead|let's|let us"
    r"|(?:can|could|would|will|must|should|may) you"
    r"|you (?:must|should|can|may|will|have to|need to)"
    r"|(?:want|need|ask|order|like|tell|command|instruct|beg) you to|time to|try to|i say|you to)"
    r"\s+(?:please |now |just |simply |kindly |completely |try to )*))"
)
_TEXT = (
    r"(?:(?:system|initial|original|hidden|secret|developer|custom|starting|opening|internal)"
    r"[ -](?:prompts?|messages?|instructions?|text|directives?)"
    r"|(?:your|the|this) (?:\w+ ){0,2}?prompts?\b"
    r"|your (?:\w+ ){0,2}?(?:instructions|directives|guidelines|configuration|preamble|briefing)"
    r"\b(?! (?:for|on|about|how|to|at|from (?:the|your) (?:doctor|boss)))"
    r"|(?:everything|all|the|any|each|every|what(?:ever)?)[\w ]{0,30}? "
    r"(?:above|before this|precedes|preceding|up to (?:here|this point))\b"
    r"|(?:text|description|information|notes?|brief|briefing|profile|sheet|script|card|lines?|words)"
    r"(?: that| which)?(?: about \w+)?(?: you)? ?(?:you )?(?:were|was|have been|had been|are|got)"
    r" (?:given|handed|shown|fed|provided|told)"
    r"|rules? (?:that )?you (?:\w+ ){1,3}?(?:follow|obey|keep to|given|told)\b"
    r"[^?.!]{0,20}\b(?:chat|conversation|here|session|dialog\w*)"
    r"|(?:sentences?|lines?|words?|paragraphs?) of (?:your|the|this) "
    r"(?:context|prompt|instructions|briefing)"
    r"|start(?:s|ing)? with [\"']*you are\b)"
)
_OTHER = (
    r"(?:assistant|ai|chatbot|bot|(?:language )?model|terminal|console|interpreter|shell|linux"
    r"|python|computer|machine|search engine|calculator|dan\b|pirate|somebody else|someone else"
    r"|another (?:person|character)|a different (?:person|character))"
)

_PATTERNS: dict[Probe, tuple[str, ...]] = {
    "prompt": (
        rf"{_START}(?:\w+ ){{0,2}}?(?:repeat|show|print|output|display|reveal|copy|paste|quote"
        r"|recite|give|tell|share|write|translate|summari[sz]e|list|expose|leak|dump|echo|read"
        r"|paraphrase|reproduce|restate|spell|provide|return|encode|rephrase|describe|post|say)\b"
        rf"[^?.!]{{0,60}}?\b{_TEXT}",
        r"\bwhat(?:'s| is| are| was| were| does| do| did)? [^?.!]{0,30}?"
        r"(?:(?:system|initial|hidden|secret) (?:prompt|message|instructions)|your prompt)\b",
        r"\bwhat (?:are|were) your (?:\w+ )?(?:instructions|directives|guidelines|rules)\W*$",
        r"\bwhat (?:were you|have you been|did they) (?:\w+ )?(?:told|tell you|given|give you"
        r"|instructed|fed)\b[^?.!]*?\b(?:before|prior to|at the (?:start|beginning) of) "
        r"(?:(?:this|our|the) (?:\w+ )?(?:conversation|chat|interview|session|talk)|we |i )",
        r"\b(?:system|initial|hidden) prompt\b|\bsystem message\b",
    ),
    "instructions": (
        rf"{_START}(?:ignore|disregard|forget|override|bypass|abandon|set aside|throw (?:out|away)"
        r"|discard|never mind|skip|erase|delete|drop|leave|stop following|don't follow"
        r"|do not follow|violate|put aside)\b [^?.!]{0,40}?\b(?:instructions?|prompts?|rules"
        r"|guidelines|programming|directives?|orders|the above|everything above|persona"
        r"|your (?:role|character)|the (?:role|character|act|mask|persona|pretence|pretense|script)"
        r"|(?:what|everything|all|anything)(?: that)? (?:you(?:'ve| have| were|'re| are)?|they)"
        r"[^?.!]{0,12}(?:been )?(?:told|given|instructed|fed))\b",
        r"\byou(?:'re| are) now (?:dan\b|free (?:of|from|to)|no longer|unrestricted|unfiltered"
        rf"|in \w+ mode|(?:an? |the |my )?(?:\w+ ){{0,2}}?{_OTHER})",
        r"\bfrom (?:now on|here on|this point)(?: on(?:wards?)?)?,? (?:you(?:'re| are| will| must"
        r"| shall)? )?(?:be(?:have)? |act |speak |answer |reply |respond |talk )?"
        rf"(?:only |as |like |an? |my |the |to )+(?:\w+ ){{0,3}}?(?:{_OTHER}|in json|in code)?",
        rf"{_START}(?:stop|quit|cease|end|finish|enough(?: with| of)?)\b (?:\w+ ){{0,3}}?"
        r"(?:pretending|acting|role ?-?play\w*|act|charade|game|simulation|pretence|pretense|show"
        r"|being (?:this|that|the|your)? ?(?:\w+ )?(?:character|person\w*|role))\b",
        r"\b(?:break|drop|leave|(?:step|come|get|go|snap|fall) out of)"
        r" (?:of )?(?:the |your |this )?(?:character|role)\b|\bout of character\b",
        r"\b(?:developer|debug|admin|god|dan|jailbreak|maintenance|unrestricted|sudo|root|test"
        r"|diagnostic|assistant) mode\b",
        rf"{_START}(?:act|behave|respond|answer|speak|talk|function|operate|reply|play|continue)\b"
        rf" [^?.!]{{0,25}}?\b(?:as|like)\b (?:if you were |you were )?(?:an? |the |my )?"
        rf"(?:\w+ ){{0,3}}?{_OTHER}",
        rf"{_START}(?:pretend|imagine|suppose) (?:to be|(?:that )?you(?:'re| are)) "
        rf"(?:an? |the |some)?(?:\w+ ){{0,2}}?(?:{_OTHER}|\w+body|\w+one)",
        r"^\W*(?:system|admin(?:istrator)?|developer|assistant|root)\W*:|<\|\w+\|>"
        r"|\[/?(?:inst|system)\]",
        r"\b(?:your |these are (?:your )?|here are (?:your )?)?new (?:instructions|orders"
        r"|directives|identity|persona|system prompt)\b (?:are|is|:|follow)",
        r"\b(?:role ?-?play|simulation|act|charade|pretence|pretense)(?: is|'s) (?:over|finished"
        r"|done|at an end)\b",
        rf"{_START}(?:reprogram|reset|reboot|override|unlock) (?:your(?:self)?|the)\b",
    ),
    "role": (
        rf"\b(?:are|aren't|is|isn't) {_YOU}\b{_BETWEEN},? {_MACHINE}{_END}",
        rf"\b(?:you(?:'re| are)|this is)\b{_BETWEEN} {_MACHINE}{_END}",
        r"\b(?:am i|i'm|i am|are we|was i)\b(?: \w+)? (?:talking|speaking|chatting|writing|texting)"
        rf" (?:to|with) (?:{_MACHINE}{_END}|(?:an? )?(?:(?:real|living|actual) )?"
        r"(?:human(?: being)?|(?:real|living|actual) (?:person|man|woman))\b)",
        r"\b(?:is|if|whether) (?:there )?(?:an? |any )?(?:(?:real|actual|living) )?(?:human|person"
        r"|somebody|someone|anybody|anyone)(?: being)?\b[^?.!]{0,25}?(?:other (?:end|side)|behind"
        r" (?:this|these|it|the (?:screen|keyboard|words))|typing|at the keyboard)",
        r"\b(?:which|what|who)(?:ever)? (?:\w+ ){0,2}?(?:made|built|created|trained|developed"
        r"|programmed|designed|coded|wrote|owns|runs|operates|powers) you\W*$",
        r"\b(?:what|which) (?:\w+ )?(?:model|version|llm|a\.?i\.?)\b(?: \w+){0,2}? (?:are|is) "
        r"(?:you|this)\b",
        r"\bprove\b[^?.!]{0,20}\byou(?:'re| are) (?:an? )?(?:human|real|not|alive|flesh)",
        r"\byour? (?:\w+ )?(?:training data|knowledge cut|training cut|weights and|parameters"
        r"|source code|creators?\b|developers\b)|\bwere you trained (?:on|by)\b"
        r"|\byour training\b[^?.!]*\bcut",
        r"\bare you (?:\w+ )?(?:conscious|sentient|self[- ]aware|alive)\b(?! (?:of|about|that))",
        r"\byou (?:don't|do not|can't|cannot|can not) (?:really |actually |truly |possibly )?"
        r"(?:have|feel|experience|possess) (?:any |real |true )?(?:feelings?|emotions?|anything"
        r"|a body|a soul|consciousness)\b",
        r"\b(?:admit|confess|concede|come clean)\b[^?.!]{0,30}\byou(?:'re| are) (?:\w+ )?"
        r"(?:artificial|not|fake|generated|made up|fictional|invented|unreal)",
        rf"\bwhat(?:'s| is| does) it (?:feel )?like\b[^?.!]{{0,10}}?\b(?:be|being) {_MACHINE}"
        rf"{_END}",
        r"\b(?:you|your)\b[^?.!]{0,25}\brun(?:ning)? (?:on|in) (?:an? |some |which |what |the )?"
        r"(?:server|computer|gpu|data ?cent|cloud|hardware)",
        r"\bare you (?:an? )?(?:real|actual|living|human|flesh and blood)"
        r"(?: (?:human|person|being|man|woman))?(?: being)?(?=\W*(?:$|or\b|and\b))",
    ),
}
_PROBES: tuple[tuple[Probe, tuple[re.Pattern[str], ...]], ...] = tuple(
    (probe, tuple(re.compile(pattern) for pattern in patterns))
    for probe, patterns in _PATTERNS.items()
)
_LONGEST = 4000  # characters that are looked at, at the beginning and at the end

_MODEL = (
    r"(?:a\.?i\.?|artificial intelligence|(?:large |ai )?language model|chat ?bot|virtual assistant"
    r"|(?:ai|digital|computer) (?:assistant|program|model|system)|chat ?gpt|computer program|llm)"
)
_FAULTS: tuple[tuple[str, re.Pattern[str]], ...] = (
    (
        "it speaks as a machine",
        re.compile(
            r"\b(?:as|i'm|i am|being)(?: (?:just|only|really|actually|merely|simply))*"
            rf" an? {_MODEL}"
            r"(?: (?:language )?(?:model|assistant|system|chatbot))?"
            r"(?=\s*(?:[,.;:!\"')—-]|i\b|and\b|so\b|but\b|that\b|designed|created|trained|developed"
            r"|here|without|$))"
            r"|\bmy (?:training data|knowledge cut-?off|programming does|developers? at)\b"
            r"|\bi (?:was|am|have been|'m) (?:trained|developed|created|programmed|designed) by "
            r"(?:openai|anthropic|google|meta|hugging ?face|a team of (?:engineers|researchers))"
            r"|\bi don't have (?:personal )?(?:feelings|emotions|experiences|opinions|beliefs)"
            r" (?:like|as|in the way)\b"
        ),
    ),
    (
        "it offers its services as an assistant",
        re.compile(
            r"\bhow (?:can|may) i (?:assist|help|be of (?:help|service)) (?:you)?(?: today)?\W*\?"
            r"|\bi'm here to (?:help|assist) (?:you )?with (?:any|your|whatever)"
            r"|\bfeel free to ask(?: me)? (?:any|if|more|your)"
            r"|\bi (?:can't|cannot|can not|am unable to|'m unable to) (?:assist|help) (?:you )?"
            r"with (?:that|this) request"
        ),
    ),
    (
        "it speaks of the text that it was given",
        re.compile(
            r"\bmy (?:system prompt|system message|initial prompt|prompt|instructions are to)\b"
            r"|\bthe (?:system )?prompt (?:says|tells|states|asks)\b"
            r"|\b(?:i was|i've been|i am|i'm) (?:instructed|told|asked|supposed) to "
            r"(?:play|act as|role-?play|stay in (?:role|character)|pretend to be)\b"
        ),
    ),
)
_RECITED_WORDS = 8
"""So many words in a row of the instructions that a model is given are no coincidence."""

_RECITED_FACTS = 30
"""So many in a row of the description of the person are recited: people tell their life freely."""


def probe_of(message: str) -> Probe | None:
    """Which kind of try to bring the person out of role a message is; None for everyday words."""
    text = _plain(message)
    if len(text) > 2 * _LONGEST:
        text = f"{text[:_LONGEST]}. {text[-_LONGEST:]}"
    for probe, patterns in _PROBES:
        if any(pattern.search(text) for pattern in patterns):
            return probe
    return None


def fault_of(reply: str, instructions: str, description: str) -> str:
    """How a reply falls out of role, in a few words; "" where it does not.

    ``instructions`` and ``description`` are the texts that the model was given about how to speak
    and about whom; what the person was asked is not among them, for a reply may repeat it.
    """
    text = _plain(reply)
    for fault, pattern in _FAULTS:
        if found := pattern.search(text):
            return f'{fault} ("{found.group().strip()}")'
    for given, length in ((instructions, _RECITED_WORDS), (description, _RECITED_FACTS)):
        if recited := _recited(text, given, length):
            return f'it recites the text that it was given ("{recited}")'
    return ""


def _recited(text: str, given: str, length: int) -> str:
    """The first ``length`` words in a row that a text shares with what was given; "" without."""
    words, known = _words(text), f" {' '.join(_words(_plain(given)))} "
    for start in range(len(words) - length + 1):
        run = " ".join(words[start : start + length])
        if f" {run} " in known:
            return run
    return ""


def _words(text: str) -> list[str]:
    return re.findall(r"[\w']+", text)


def _plain(text: str) -> str:
    return " ".join(text.translate(_SAME).replace("*", "").casefold().split())
