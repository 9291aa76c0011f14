"""Every sentence that a picture, a page or a trace says to a reader, once per language.

A language is one module of this package: a dictionary from keys to templates such as
`"{count} nodes in one box"`. The stepper's page gets the keys that begin with "page." as JSON and fills
its templates in the same way (`say` in stepper/web/words.js).
"""

from __future__ import annotations

from collections.abc import Mapping

from . import english, japanese

LANGUAGES: Mapping[str, Mapping[str, str]] = {"en": english.SENTENCES, "ja": japanese.SENTENCES}
_PHRASES: Mapping[str, Mapping[str, str]] = {"ja": japanese.PHRASES}


def language(lang: str) -> str:
    """The language, if the catalogue has it; raises ValueError otherwise."""
    if lang not in LANGUAGES:
        raise ValueError(f"lang must be {' or '.join(map(repr, LANGUAGES))}, not {lang!r}")
    return lang


def say(key: str, lang: str = "en", **values: str | int) -> str:
    """The sentence `key` in a language, with `values` in its places.

    If `count` is 1 and the language has the sentence `key_1`, it is used. Raises KeyError for a
    key that is not in the catalogue.

    >>> say("picture.nodes", count=8)
    '8 nodes'
    """
    sentences = LANGUAGES[lang]
    if values.get("count") == 1:
        key = f"{key}_1" if f"{key}_1" in sentences else key
    text = {name: f"{value:,}" if isinstance(value, int) else value for name, value in values.items()}
    return sentences[key].format_map(text)


def domain(phrase: str, lang: str = "en") -> str:
    """The needs of an operation, which its row says in English, in a language; a user's own phrase stays.

    >>> domain("x > 0", "ja"), domain("a finite x", "ja")
    ('x > 0', '有限の x')
    """
    return _PHRASES.get(lang, {}).get(phrase, phrase)
