"""The catalogue: every language has the same sentences with the same places."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from autograd.text.catalogue import LANGUAGES, say

ROOT = Path(__file__).parent.parent
PLACES = re.compile(r"\{(\w+)\}")


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_language_has_every_sentence_with_its_places(lang):
    english, other = LANGUAGES["en"], LANGUAGES[lang]
    assert english.keys() - {key for key in english if key.endswith("_1")} <= other.keys()
    assert other.keys() <= english.keys()
    for key, sentence in other.items():
        assert set(PLACES.findall(sentence)) <= set(PLACES.findall(english[key])), key
        assert PLACES.sub("", sentence).count("{") == 0, key


def test_one_has_its_own_sentence():
    assert say("picture.nodes", count=1) == "1 node"
    assert say("picture.nodes", count=12_345) == "12,345 nodes"
