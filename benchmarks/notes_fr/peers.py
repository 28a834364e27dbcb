"""What else could be used: a keyword search, EDS-NLP (its components, its qualifiers), Presidio for identifiers.

All but the first live in an interpreter of their own, so that the project need not install them:
``PYTHON -m benchmarks.notes_fr.peers edsnlp|qualifiers|presidio`` reads texts (a JSON list; for the qualifiers each
with its spans) and writes what it found (a list of lists), with the seconds of processor it took.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
import tomllib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from importlib import import_module
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent


@dataclass(frozen=True)
class Found:
    """What a peer found, in the shape of `colmate.Finding`."""

    category: str
    assertion: str
    subject: str
    start: int
    end: int
    past: bool = False


def keywords(texts: Iterable[str]) -> Iterator[list[Found]]:
    """Every keyword anywhere, asserted, of the patient."""
    searched = tomllib.loads((HERE / "keywords.toml").read_text(encoding="utf-8"))
    for text in texts:
        lower = f"{text.lower()} "
        yield [
            Found(category, "asserted", "carer" if category == "judgement" else "patient", at, at + len(word.strip()))
            for category, words in searched.items()
            for word in words
            if (at := lower.find(word)) >= 0
        ]


# EDS-NLP 0.23: its disease and behaviour components, and where what they find belongs here
EDSNLP = {
    "aids": "hiv_sti",
    "alcohol": "addiction",
    "suicide_attempt": "suicide",
    "dementia": "serious_illness",
    "solid_tumor": "serious_illness",
    "leukemia": "serious_illness",
    "lymphoma": "serious_illness",
    "hemiplegia": "disability",
    "ckd": "health_other",
    "copd": "health_other",
    "cerebrovascular_accident": "health_other",
    "congestive_heart_failure": "health_other",
    "connective_tissue_disease": "health_other",
    "diabetes": "health_other",
    "liver_disease": "health_other",
    "myocardial_infarction": "health_other",
    "peptic_ulcer_disease": "health_other",
    "peripheral_vascular_disease": "health_other",
}
PRESIDIO = {
    "PHONE_NUMBER": "phone",
    "EMAIL_ADDRESS": "email",
    "PERSON": "name",
    "IBAN_CODE": "iban",
    "LOCATION": "address",
}

# the month in which the notes were written: what is dated earlier is history
WRITTEN = datetime(2026, 11, 15)


def edsnlp(texts: list[str]) -> list[list[dict[str, Any]]]:
    """What EDS-NLP finds, with its own qualifiers."""
    pipe = _pipe(EDSNLP)
    return [[asdict(found) for found in _edsnlp(pipe(_doc(pipe, text)))] for text in texts]


def _pipe(finders: Iterable[str] = (), **common: Any) -> Any:
    """EDS-NLP's pipeline: sentences, dates, what finds, what qualifies (``common``: settings of the latter)."""
    pipe = import_module("edsnlp").blank("eds")
    for name in ("sentences", "normalizer", "dates", *finders):
        pipe.add_pipe(f"eds.{name}")
    for name in ("negation", "hypothesis", "reported_speech", "family"):
        pipe.add_pipe(f"eds.{name}", config=common)
    pipe.add_pipe("eds.history", config={"use_dates": True, **common})
    return pipe


def _doc(pipe: Any, text: str) -> Any:
    doc = pipe.make_doc(text)
    doc._.note_datetime = WRITTEN
    return doc


def _edsnlp(doc: Any) -> Iterator[Found]:
    grouped = (span for name in EDSNLP for span in doc.spans.get(name, ()))
    for span in {(span.label_, span.start, span.end): span for span in (*doc.ents, *grouped)}.values():
        if span.label_ in EDSNLP:
            yield _judged(span, EDSNLP[span.label_], span.start_char, span.end_char)


def _judged(span: Any, category: str, start: int, end: int, own: str = "") -> Found:
    told = span._
    unsure = told.hypothesis or told.reported_speech or own == "hypothetical"
    assertion = "negated" if told.negation or own == "negated" else "hypothetical" if unsure else "asserted"
    subject = "relative" if told.family else "carer" if category == "judgement" else "patient"
    return Found(category, assertion, subject, start, end, bool(told.history))


# category, start, end, and the reading that the cue has of itself ("VIH négatif", a mere test), or ""
Span = tuple[str, int, int, str]


def qualifiers(given: list[tuple[str, list[Span]]]) -> list[list[dict[str, Any]]]:
    """What EDS-NLP's negation, hypothesis, reported speech, family and history make of spans found by another.

    The spans may overlap. What a cue denies or leaves open by itself stays so: the qualifiers read around it.
    """
    pipe = _pipe(span_getter="cues")
    return [[asdict(found) for found in _qualified(pipe, text, spans)] for text, spans in given]


def _qualified(pipe: Any, text: str, spans: Sequence[Span]) -> Iterator[Found]:
    if not spans:
        return
    doc = _doc(pipe, text)
    doc.spans["cues"] = [
        doc.char_span(start, end, alignment_mode="expand", label=category, span_id=str(place))
        for place, (category, start, end, _) in enumerate(spans)
    ]
    for _, component in pipe.pipeline:
        doc = component(doc)
    for (category, start, end, own), span in zip(spans, doc.spans["cues"], strict=True):
        yield _judged(span, category, start, end, own)


def presidio(texts: list[str]) -> list[list[dict[str, Any]]]:
    """What Presidio's own recognisers find with the small French model of spaCy."""
    package = import_module("presidio_analyzer")
    engines = import_module("presidio_analyzer.nlp_engine")
    models = [{"lang_code": "fr", "model_name": "fr_core_news_sm"}]
    nlp = engines.NlpEngineProvider(nlp_configuration={"nlp_engine_name": "spacy", "models": models}).create_engine()
    registry = package.RecognizerRegistry(supported_languages=["fr"])
    registry.load_predefined_recognizers(languages=["fr"], nlp_engine=nlp)
    recognisers = import_module("presidio_analyzer.predefined_recognizers")
    registry.remove_recognizer("PhoneRecognizer")
    # leniency 0: numbers kept for fiction are possible, not valid
    phones = recognisers.PhoneRecognizer(supported_language="fr", supported_regions=("FR",), leniency=0)
    registry.add_recognizer(phones)
    analyser = package.AnalyzerEngine(nlp_engine=nlp, registry=registry, supported_languages=["fr"])
    return [
        [
            {"type": PRESIDIO[found.entity_type], "start": found.start, "end": found.end}
            for found in analyser.analyze(text, language="fr")
            if found.entity_type in PRESIDIO
        ]
        for text in texts
    ]


@dataclass(frozen=True)
class Answer:
    """What a peer found in each text and the seconds of processor it took, models loaded included."""

    found: list[list[dict[str, Any]]]
    seconds: float


def ask(peer: str, interpreter: Path, given: Sequence[Any]) -> Answer | str:
    """Run a peer in its interpreter on texts (or texts with spans); a sentence when it cannot be run there."""
    command = [str(interpreter), "-W", "ignore", "-m", "benchmarks.notes_fr.peers", peer]
    home = HERE.parent.parent
    try:
        done = subprocess.run(command, input=json.dumps(given), capture_output=True, text=True, check=False, cwd=home)
    except OSError as error:
        return f"{peer} was not run: {interpreter} cannot be started ({error.strerror})."
    if done.returncode:
        reason = (done.stderr.strip().splitlines() or ["no reason given"])[-1]
        return f"{peer} was not run: {reason}"
    return Answer(**json.loads(done.stdout.splitlines()[-1]))


def main(peer: str) -> int:
    """The worker's side of `ask`."""
    given = json.load(sys.stdin)
    begun = time.process_time()
    readers: dict[str, Callable[[Any], list[list[dict[str, Any]]]]]
    readers = {"edsnlp": edsnlp, "qualifiers": qualifiers, "presidio": presidio}
    found = readers[peer](given)
    print(json.dumps({"found": found, "seconds": time.process_time() - begun}))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
