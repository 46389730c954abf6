"""Reads the rendered manifests of each overlay."""

from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parents[2]
OVERLAYS = ("test", "test-dry-run", "prod", "prod-dry-run")
VERSIONS = ("1.29", "1.31", "1.33", "1.35", "1.37")  # podReplacementPolicy is there from 1.29 on without a feature gate


def documents(overlay: str) -> list[dict[str, Any]]:
    text = (ROOT / "k8s" / "rendered" / f"{overlay}.yaml").read_text()
    return [document for document in yaml.safe_load_all(text) if document]


def of_kind(overlay: str, kind: str) -> dict[str, Any]:
    [document] = [document for document in documents(overlay) if document["kind"] == kind]
    return document


def pod_spec(overlay: str) -> dict[str, Any]:
    spec: dict[str, Any] = of_kind(overlay, "Job")["spec"]["template"]["spec"]
    return spec


def data_pod() -> dict[str, Any]:
    document: dict[str, Any] = yaml.safe_load((ROOT / "k8s" / "data-pod.yaml").read_text())
    return document
