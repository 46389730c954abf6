"""junit.xml: stages, checks and findings as test cases, for the pipeline."""

import re
from xml.etree import ElementTree as ET

from job.report.model import FindingResult, NamedCheck, ReportModel

NOT_IN_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def render_junit(report: ReportModel) -> str:
    """The report as one JUnit document."""
    root = ET.Element("testsuites", name="clerk-to-betterauth", time=f"{report.seconds:.3f}")
    _add_stages(_suite(root, "stages"), report)
    _add_named_checks(_suite(root, "preflight"), report.preflight)
    _add_named_checks(_suite(root, "smoke"), report.smoke)
    checks = _suite(root, "checks")
    for check in report.checks:
        case = _case(checks, check.name)
        if not check.passed:
            _say(case, "failure", check.message)
    findings = _suite(root, "findings")
    for finding in report.findings:
        _add_finding(findings, finding, stopped=report.exit_code != 0)
    for suite in (*root, root):
        _count(suite)
    ET.indent(root)
    text: bytes = ET.tostring(root, encoding="utf-8", xml_declaration=True)
    return text.decode() + "\n"


def _add_stages(suite: ET.Element, report: ReportModel) -> None:
    for stage in report.stages:
        case = _case(suite, stage.name, seconds=stage.seconds)
        if stage.outcome == "failed" and report.error is not None:
            _say(case, "error", report.error.message, "\n".join((report.error.hint, *report.error.details)))
        elif stage.outcome == "failed":
            _say(case, "error", report.meaning)
    if report.exit_code and not any(stage.outcome == "failed" for stage in report.stages):
        message = report.error.message if report.error else report.meaning
        _say(_case(suite, "run"), "error", message)


def _add_named_checks(suite: ET.Element, checks: list[NamedCheck]) -> None:
    for check in checks:
        case = _case(suite, check.name)
        text = "\n".join((check.hint, *check.details)).strip()
        if check.result in {"failed", "skipped"}:
            _say(case, "failure" if check.result == "failed" else "skipped", check.message, text)
        elif check.result == "warning":
            ET.SubElement(case, "system-out").text = _clean(f"warning: {check.message}\n{text}")


def _add_finding(suite: ET.Element, finding: FindingResult, *, stopped: bool) -> None:
    """A blocking finding fails; in a run that went on without such users it is marked as skipped."""
    case = _case(suite, finding.code)
    text = f"{finding.meaning}\n{finding.what_to_do}\nusers: {', '.join(finding.user_ids)}"
    message = f"{finding.count} users: {finding.meaning}"
    if finding.severity == "blocking":
        _say(case, "failure" if stopped else "skipped", message, text)
    else:
        ET.SubElement(case, "system-out").text = _clean(f"{finding.severity}: {message}\n{text}")


def _suite(root: ET.Element, name: str) -> ET.Element:
    return ET.SubElement(root, "testsuite", name=name)


def _case(suite: ET.Element, name: str, seconds: float = 0.0) -> ET.Element:
    return ET.SubElement(
        suite,
        "testcase",
        classname=f"clerk-to-betterauth.{suite.get('name')}",
        name=_clean(name),
        time=f"{seconds:.3f}",
    )


def _say(case: ET.Element, kind: str, message: str, text: str = "") -> None:
    ET.SubElement(case, kind, message=_clean(message)).text = _clean(text) or None


def _count(element: ET.Element) -> None:
    cases = list(element.iter("testcase"))
    element.set("tests", str(len(cases)))
    for kind, tag in (("failures", "failure"), ("errors", "error"), ("skipped", "skipped")):
        element.set(kind, str(sum(case.find(tag) is not None for case in cases)))


def _clean(text: str) -> str:
    return NOT_IN_XML.sub("\N{REPLACEMENT CHARACTER}", text)
