"""The catalogue: every language has the same sentences with the same places."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from autograd import RULES, Value, draw, explain, step
from autograd.nodes.plain import columns
from autograd.text.catalogue import LANGUAGES, domain, say

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


def test_every_sentence_is_said_somewhere():
    """A key is written out in the code, or is made of a part that is."""
    folders = [ROOT / "autograd", ROOT / "nn"]
    sources = [path for folder in folders for kind in ("py", "js") for path in folder.rglob(f"*.{kind}")]
    code = "\n".join(path.read_text("utf-8") for path in sources if path.parent.name != "catalogue")
    for key in LANGUAGES["en"]:
        part = key.removesuffix("_1").partition(".")[2]
        written = {part, part.removeprefix("more_")}
        asked = part.startswith("ask_") and part[4:] in ("rule", "local", "upstream", "product", "sum")
        assert asked or any(re.search(rf"[\"'.`]{name}[\"'`]", code) for name in written), key


def test_a_language_that_is_not_there_is_refused():
    x = Value(2.0, "x")
    for call in (draw, step):
        with pytest.raises(ValueError, match="lang must be 'en' or 'ja', not 'fr'"):
            call(x * x, lang="fr")
    with pytest.raises(ValueError, match="lang must be"):
        explain(x * x, lang="fr")


def test_what_an_operation_needs_is_said_in_every_language():
    """A phrase of a row has no English word left, but for names of operands and of functions."""
    english = re.compile(r"\b(an?|and|or|with|other|than|if|above|below|whole|finite|index|target)\b")
    phrases = {rule.domain for rule in RULES.values()}
    assert sum(bool(english.search(phrase)) for phrase in phrases) > 5
    for lang in LANGUAGES.keys() - {"en"}:
        for phrase in phrases:
            assert not english.search(domain(phrase, lang).replace("a = 0", "")), (lang, phrase)
    x = Value(2.0, "x")
    assert step(x.sin(), lang="ja").model()["program"]["domains"] == {"sin": "有限の x"}


def test_a_trace_in_japanese_is_aligned_by_the_width_of_its_characters():
    loss = Value(2.0, "損失") * Value(0.5, "w") + Value(0.0, "x").relu()
    lines = explain(loss, lang="ja").splitlines()
    arrows = {columns(line.partition(" → ")[0].rpartition("   ")[0]) for line in lines if " → " in line}
    assert len(arrows) == 1
    assert any(line.strip().startswith("x は relu の折れ点にあります: 左側の傾きは 0") for line in lines)
    picture = draw(loss, lang="ja")
    assert "逆伝播がまだこのノードに届いていません" in picture.source
