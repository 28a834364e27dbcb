"""FHIR R4 in JSON: bundles, single resources, and bulk exports (a resource a line).

Each resource is a record of the table of its type (`resources`), laid out by the shape of its data types (`datatypes`,
`persons`) under keys that join over files (`references`); what the standard says of the columns is in `meanings`.
The text is cut into resources by the same code as any JSON (`colmate.intake.readers.json_data`).
"""

from __future__ import annotations

import re
from typing import Final

from colmate.intake.readers.fhir.reader import read
from colmate.intake.readers.fhir.resources import kind_of
from colmate.intake.readers.json_data.layout import opens_json, partial
from colmate.intake.reading import Format, Head

__all__ = ["FORMATS", "sniff"]

# a little more than the likelihood of any JSON
SURE: Final = 0.97
# the resource types of R4 (https://hl7.org/fhir/R4/resourcelist.html) that hold data, not definitions
TYPES: Final = re.split(
    r"\s+",
    """
    Account AdverseEvent AllergyIntolerance Appointment AppointmentResponse AuditEvent Basic Binary BodyStructure Bundle
    CarePlan CareTeam ChargeItem Claim ClaimResponse ClinicalImpression Communication CommunicationRequest Composition
    Condition Consent Contract Coverage CoverageEligibilityRequest CoverageEligibilityResponse DetectedIssue Device
    DeviceMetric DeviceRequest DeviceUseStatement DiagnosticReport DocumentManifest DocumentReference Encounter Endpoint
    EnrollmentRequest EnrollmentResponse EpisodeOfCare ExplanationOfBenefit FamilyMemberHistory Flag Goal Group
    GuidanceResponse HealthcareService ImagingStudy Immunization ImmunizationEvaluation ImmunizationRecommendation
    InsurancePlan Invoice Linkage List Location Media Medication MedicationAdministration MedicationDispense
    MedicationRequest MedicationStatement MessageHeader MolecularSequence NutritionOrder Observation OperationOutcome
    Organization OrganizationAffiliation Parameters Patient PaymentNotice PaymentReconciliation Person Practitioner
    PractitionerRole Procedure Provenance QuestionnaireResponse RelatedPerson RequestGroup ResearchStudy ResearchSubject
    RiskAssessment Schedule ServiceRequest Slot Specimen Substance SupplyDelivery SupplyRequest Task VisionPrescription
""".strip(),
)
RESOURCE: Final = re.compile(rf'"resourceType"\s*:\s*"(?:{"|".join(TYPES)})"'.encode())


def sniff(head: Head) -> float:
    """Return how likely the content is FHIR: JSON that names the type of a resource near its beginning."""
    if not opens_json(head.text) or not RESOURCE.search(head.text, 0, 1 << 16):
        return 0.0
    text = head.text.lstrip()
    top = partial(text.split(b"\n", 1)[0]) or partial(text)
    if type(top) is list:
        top = top[0] if top else None
    # resources may be wrapped by what is not FHIR (a search engine's hits): that is any JSON
    wrapped = type(top) is dict and not kind_of(top) and type(top.get("entry")) is not list
    return 0.0 if wrapped else SURE


FORMATS: Final = (Format("fhir", sniff, read, family=True),)
