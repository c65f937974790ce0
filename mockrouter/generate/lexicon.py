"""Words: how names are split and stemmed, and the few lists of words that are known."""

from __future__ import annotations

import re


def word_set(text: str) -> frozenset[str]:
    """Split a list of words, which reads better than as many strings."""
    return frozenset(text.split())


_PIECE = re.compile(r"[^\W\d_]+|\d+")
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_SUFFIXES = sorted(
    word_set("ations ation ators ator ating ated ates ate ings ing ers er ions ion ed es s e y"),
    key=lambda suffix: (-len(suffix), suffix),
)
_SHORTEST_STEM = 3

STOP_WORDS = word_set("""
    a about above after again all also am an and any are as at be been before being below between
    both but by can could did do does doing down during each few for from further get give go had
    has have having he hello help her here hers hey hi him his how i if in into is it its just let
    like list look make many may me more most much my need no nor not now of off on once only or
    other our out over own please same she should show so some such take tell than thanks that the
    their them then there these they this those through to too under until up use using very want
    was we were what when where which while who whom whose why will with would yes you your find
    search lookup fetch retrieve return returns given current currently new tool function value
    specific certain e g etc
    """)
"""What says nothing about which tool or value is meant."""

MONTHS_AND_DAYS = word_set("""
    january february march april may june july august september october november december
    monday tuesday wednesday thursday friday saturday sunday
    """)

NO_PLACES = (
    word_set("""
        today tomorrow yesterday tonight morning afternoon evening night week weekend month year
        day days hours minutes noon midnight celsius fahrenheit kelvin metric imperial degrees
        general detail details english french german spanish italian portuguese russian chinese
        japanese korean arabic hindi dutch swedish turkish polish
        advance addition short mind progress private public bulk stages parallel sequence order
        euros dollars pounds yen usd eur gbp jpy total case fact stock python javascript json
        grad gradi grados graus degrés heute morgen demain mañana hoy domani oggi amanhã hoje
        завтра сегодня
        """)
    | MONTHS_AND_DAYS
    | STOP_WORDS
)
"""What may follow ``in`` or ``for`` and is no place."""

WEATHER_WORDS = word_set("""
    weather forecast temperature time now wetter météo meteo clima tempo погода
    previsioni prévisions pronóstico previsão
    """)
"""What stands beside a place that has no preposition: ``Wetter Berlin``."""

LANGUAGES = word_set("""
    english french german spanish italian portuguese russian chinese mandarin japanese korean
    arabic hindi dutch swedish norwegian danish finnish turkish polish greek hebrew thai vietnamese
    ukrainian czech hungarian romanian indonesian latin
    """)

REGIONS = word_set("""
    alabama alaska arizona california colorado connecticut delaware florida georgia hawaii idaho
    illinois indiana iowa kansas kentucky louisiana maine maryland massachusetts michigan minnesota
    mississippi missouri montana nebraska nevada ohio oklahoma oregon pennsylvania tennessee texas
    utah vermont virginia washington wisconsin wyoming ontario quebec
    argentina australia austria belgium brazil canada chile china colombia denmark egypt england
    finland france germany greece hungary india indonesia ireland israel italy japan kenya korea
    malaysia mexico netherlands nigeria norway pakistan peru philippines poland portugal romania
    russia scotland spain sweden switzerland thailand turkey uk ukraine usa vietnam wales
    """)
"""What follows a city and a comma: ``Austin, Texas``."""

CURRENCIES = word_set(
    """
    AUD BRL CAD CHF CNY CZK DKK EUR GBP HKD HUF IDR ILS INR JPY KRW MXN MYR NOK NZD PHP PLN RON RUB
    SEK SGD THB TRY TWD UAH USD VND ZAR BTC ETH SOL
    """
)

COMPANY_SUFFIXES = word_set(
    "ag co company corp corporation gmbh group inc incorporated labs limited llc ltd plc"
)

SECOND = word_set("b y second right 2 end to until target new replacement dest")
"""Words of a name that mean the second of two values."""

NUMBER_WORDS = {
    word: number
    for number, word in enumerate(
        ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"), start=1
    )
}


def tokens(name: str) -> tuple[str, ...]:
    """Split ``getWeather``, ``get_weather`` or a sentence into lower-case words and numbers."""
    return tuple(piece.lower() for piece in _PIECE.findall(_CAMEL.sub(" ", name)))


def stem(word: str) -> str:
    """Cut a word's ending, so that calculate, calculator and calculations are one."""
    for suffix in _SUFFIXES:
        if word.endswith(suffix) and len(word) - len(suffix) >= _SHORTEST_STEM:
            return word[: -len(suffix)]
    return word


def stems(text: str) -> frozenset[str]:
    """Every stem in a text that may say something."""
    return frozenset(stem(word) for word in tokens(text) if word not in STOP_WORDS)


def labelled(name: str) -> str:
    """Write a pattern for a property's name and the colon behind it."""
    return r"(?i:\b" + r"[\s_-]*".join(map(re.escape, tokens(name))) + r")\s*[:=]\s*"
