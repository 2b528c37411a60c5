"""Where the value of each field of the schema stands in the city's records.

Knows no department: which fields one keeps, and how it writes them, is its own business.
"""

from hub.demo.departments.written import Columns

LICENCE: Columns = {
    "kind": lambda row: row.certificate.kind,
    "itemCode": lambda row: row.certificate.item_code,
    "certificateName": lambda row: row.certificate.name,
    "certificateNo": lambda row: row.certificate.number,
    "decisionNo": lambda row: row.certificate.decision_no,
    "decisionTitle": lambda row: row.certificate.decision_title,
    "category": lambda row: row.certificate.category,
    "scope": lambda row: row.scope,
    "decidedOn": lambda row: row.decided,
    "validFrom": lambda row: row.term.start,
    "validTo": lambda row: row.term.end,
    "longTerm": lambda row: row.term.endless,
    "status": lambda row: row.status,
    "renewalPending": lambda row: row.renewal,
    "authority": lambda row: row.authority,
    "premises": lambda row: row.premises,
}
ITEM: Columns = {
    "code": lambda row: row.code,
    "name": lambda row: row.name,
    "authority": lambda row: row.authority,
    "statutoryDays": lambda row: row.statutory_days,
    "promisedDays": lambda row: row.promised_days,
    "materials": lambda row: row.materials,
    "materialsReplaced": lambda row: row.materials_replaced,
    "creditEvidence": lambda row: row.credit_evidence,
    "since": lambda row: row.since,
    "legalBasis": lambda row: row.basis,
}
CASE: Columns = {
    "caseNo": lambda row: row.case_no,
    "itemCode": lambda row: row.item_code,
    "itemName": lambda row: row.item_name,
    "status": lambda row: row.status,
    "renewal": lambda row: row.renewal,
    "acceptedOn": lambda row: row.accepted,
    "dueOn": lambda row: row.due,
    "decidedOn": lambda row: row.decided,
    "statutoryDays": lambda row: row.statutory_days,
    "promisedDays": lambda row: row.promised_days,
    "authority": lambda row: row.authority,
}
INSPECTION: Columns = {
    "startedAt": lambda row: row.started,
    "department": lambda row: row.department,
    "field": lambda row: row.field,
    "basis": lambda row: row.basis,
    "officers": lambda row: row.officers,
    "noticeNo": lambda row: row.notice_no,
    "items": lambda row: row.items,
    "coverage": lambda row: row.coverage,
    "result": lambda row: row.result,
    "startedByScan": lambda row: row.by_scan,
    "countThisYear": lambda row: row.count,
    "yearCap": lambda row: row.year_cap,
}
CAP: Columns = {
    "industryCode": lambda row: row.industry,
    "department": lambda row: row.department,
    "field": lambda row: row.field,
    "year": lambda row: row.year,
    "yearCap": lambda row: row.cap,
    "legalBasis": lambda row: row.basis,
    "publishedOn": lambda row: row.published,
}
CERTIFICATE: Columns = {
    "number": lambda row: row.certificate_no,
    "holderName": lambda row: row.holder,
    "department": lambda row: row.department,
    "fieldOfLaw": lambda row: row.field_of_law,
    "status": lambda row: row.status,
    "validFrom": lambda row: row.start,
    "validTo": lambda row: row.end,
}
CLINIC: Columns = {
    "registrationNo": lambda row: row.registration_no,
    "name": lambda row: row.name,
    "level": lambda row: row.level,
    "subjects": lambda row: row.subjects,
    "premises": lambda row: row.premises,
    "verifiedOn": lambda row: row.verified,
    "verificationDue": lambda row: row.due,
    "authority": lambda row: row.authority,
}
TRADE: Columns = {
    "campusCode": lambda row: row.campus.code,
    "campusName": lambda row: row.campus.name,
    "school": lambda row: row.campus.school,
    "uscc": lambda row: row.uscc,
    "part": lambda row: row.part,
    "facilityNo": lambda row: row.facility_no,
    "business": lambda row: row.business,
    "licenceNo": lambda row: row.licence_no,
    "contractNo": lambda row: row.contract and row.contract.number,
    "contractFrom": lambda row: row.contract and row.contract.start,
    "contractTo": lambda row: row.contract and row.contract.end,
    "premises": lambda row: row.premises,
}
CODE: Columns = {
    "token": lambda row: row.token,
    "status": lambda row: row.status,
    "statusSince": lambda row: row.status_since,
    "statusReason": lambda row: row.status_reason,
    "issuedTo": lambda row: row.issued_to,
    "issuedOn": lambda row: row.issued,
    "displayedSince": lambda row: row.displayed,
    "printedOn": lambda row: row.printed,
    "places": lambda row: row.places,
    "issuer": lambda row: row.issuer,
}
INSTITUTION: Columns = {
    "licenceNo": lambda row: row.licence_no,
    "institutionKind": lambda row: row.kind,
    "status": lambda row: row.status,
    "approvedOn": lambda row: row.approved,
    "authority": lambda row: row.authority,
}
RATING: Columns = {
    "scheme": lambda row: row.scheme,
    "grade": lambda row: row.grade,
    "label": lambda row: row.label,
    "issuer": lambda row: row.issuer,
    "assessedOn": lambda row: row.assessed,
    "validTo": lambda row: row.valid_to,
}
LISTING: Columns = {
    "list": lambda row: row.listed,
    "name": lambda row: row.name,
    "reason": lambda row: row.reason,
    "decisionNo": lambda row: row.decision_no,
    "authority": lambda row: row.authority,
    "listedOn": lambda row: row.listed_on,
    "removedOn": lambda row: row.removed_on,
    "removalReason": lambda row: row.removal_reason,
}
STATUS: Columns = {
    "subjectName": lambda row: row.subject_name,
    "headline": lambda row: row.headline,
    "labels": lambda row: row.labels,
    "penaltiesInPublication": lambda row: row.penalties,
    "commitmentsFulfilled": lambda row: row.fulfilled,
    "assessedOn": lambda row: row.assessed,
}
HONOUR: Columns = {
    "name": lambda row: row.name,
    "issuer": lambda row: row.issuer,
    "grantedOn": lambda row: row.granted,
    "validTo": lambda row: row.valid_to,
}
COMMITMENT: Columns = {
    "number": lambda row: row.code,
    "kind": lambda row: row.kind,
    "subject": lambda row: row.subject,
    "content": lambda row: row.content,
    "liability": lambda row: row.liability,
    "madeOn": lambda row: row.made,
    "validTo": lambda row: row.valid_to,
    "fulfilment": lambda row: row.fulfilment,
    "publicity": lambda row: row.publicity,
    "acceptedBy": lambda row: row.accepted_by,
}
INCENTIVE: Columns = {
    "measure": lambda row: row.measure.name,
    "measureName": lambda row: row.measure.zh,
    "scenario": lambda row: row.scenario,
    "department": lambda row: row.department,
    "grantedOn": lambda row: row.granted,
    "validTo": lambda row: row.valid_to,
    "status": lambda row: row.status,
    "outcome": lambda row: row.outcome,
    "minutesSaved": lambda row: row.minutes_saved,
    "legalBasis": lambda row: row.basis,
}
