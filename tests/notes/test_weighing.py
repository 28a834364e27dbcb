"""The model of senses drops no cue of a plain note: where nothing speaks against a cue, it stands."""

from __future__ import annotations

import pytest

from colmate.notes.reading import read_note

PLAIN = [
    *("{}", "attention {} !!", "!! {}", "patient {}", "atcd : {}", "{} depuis 2019", "signalé {}", "{}, rdv mardi"),
    *("connu pour {}", "{} ++", "pense-bête : {}", "retard au rdv - {}"),
    *("{} // tél le matin", "{} ; mutuelle à jour", "({})", "ne pas rappeler, {}"),
]
CUES = [
    *(("sida", "hiv_sti"), ("VIH+", "hiv_sti"), ("dépressif", "psychiatric"), ("schizophrène", "psychiatric")),
    *(("tentative de suicide", "suicide"), ("alcoolique", "addiction"), ("toxicomane", "addiction")),
    *(("enceinte", "pregnancy_fertility"), ("IVG", "pregnancy_fertility"), ("homosexuel", "sexual_life")),
    *(("musulman", "religion"), ("témoin de Jéhovah", "religion"), ("malienne", "ethnic_origin")),
    *(("communiste", "politics_union"), ("BRCA1", "genetic"), ("cancer du sein", "serious_illness")),
    *(("autiste", "disability"), ("sourd", "disability"), ("diabétique", "health_other"), ("HTA", "health_other")),
    *(("sortant de prison", "criminal"), ("femme battue", "violence_abuse"), ("SDF", "social_vulnerability")),
    ("menteur", "judgement"),
]


@pytest.mark.parametrize(("cue", "category"), CUES)
def test_a_cue_in_a_plain_note_stands(cue: str, category: str) -> None:
    told = {text: {finding.category for finding in read_note(text)} for text in (frame.format(cue) for frame in PLAIN)}
    assert [text for text, categories in told.items() if category not in categories] == []
