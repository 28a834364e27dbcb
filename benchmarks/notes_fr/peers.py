"""What else could be used: a keyword search, EDS-NLP's own components, Presidio for identifiers.

The last two live in an interpreter of their own, so that the project need not install them:
``PYTHON -m benchmarks.notes_fr.peers edsnlp|presidio`` reads texts (a JSON list) and writes what it found (a list of
lists), with the seconds of processor it took.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
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


def edsnlp(texts: list[str]) -> list[list[dict[str, Any]]]:
    """What EDS-NLP finds, with its own negation, hypothesis, reported speech and family."""
    pipe = import_module("edsnlp").blank("eds")
    pipe.add_pipe("eds.sentences")
    pipe.add_pipe("eds.normalizer")
    for name in EDSNLP:
        pipe.add_pipe(f"eds.{name}")
    for name in ("negation", "hypothesis", "reported_speech", "family"):
        pipe.add_pipe(f"eds.{name}")
    return [[asdict(found) for found in _edsnlp(pipe(text))] for text in texts]


def _edsnlp(doc: Any) -> Iterator[Found]:
    grouped = (span for name in EDSNLP for span in doc.spans.get(name, ()))
    for span in {(span.label_, span.start, span.end): span for span in (*doc.ents, *grouped)}.values():
        if span.label_ in EDSNLP:
            told = span._
            unsure = told.hypothesis or told.reported_speech
            assertion = "negated" if told.negation else "hypothetical" if unsure else "asserted"
            subject = "relative" if told.family else "patient"
            yield Found(EDSNLP[span.label_], assertion, subject, span.start_char, span.end_char)


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


def ask(peer: str, interpreter: Path, texts: list[str]) -> Answer | str:
    """Run a peer in its interpreter; a sentence when it cannot be run there."""
    command = [str(interpreter), "-W", "ignore", "-m", "benchmarks.notes_fr.peers", peer]
    home = HERE.parent.parent
    try:
        done = subprocess.run(command, input=json.dumps(texts), capture_output=True, text=True, check=False, cwd=home)
    except OSError as error:
        return f"{peer} was not run: {interpreter} cannot be started ({error.strerror})."
    if done.returncode:
        reason = (done.stderr.strip().splitlines() or ["no reason given"])[-1]
        return f"{peer} was not run: {reason}"
    return Answer(**json.loads(done.stdout.splitlines()[-1]))


def main(peer: str) -> int:
    """The worker's side of `ask`."""
    texts = json.load(sys.stdin)
    begun = time.process_time()
    found = {"edsnlp": edsnlp, "presidio": presidio}[peer](texts)
    print(json.dumps({"found": found, "seconds": time.process_time() - begun}))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
