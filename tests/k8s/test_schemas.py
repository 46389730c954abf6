"""The manifests against Kubernetes' own schemas, offline, and against what kustomize makes of the overlays."""

import os
import shutil
import subprocess
from pathlib import Path

import kubernetes_validate
import pytest
import yaml

from tests.k8s.manifests import OVERLAYS, ROOT, VERSIONS, data_pod, documents


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("overlay", OVERLAYS)
def test_every_manifest_is_valid_for_kubernetes(overlay: str, version: str) -> None:
    kinds = set()
    for document in documents(overlay):
        kubernetes_validate.validate(document, version, strict=True)
        kinds.add(document["kind"])
    assert kinds == {"ConfigMap", "Job", "NetworkPolicy", "PersistentVolumeClaim"}


@pytest.mark.parametrize("version", VERSIONS)
def test_the_data_pod_is_valid_for_kubernetes(version: str) -> None:
    kubernetes_validate.validate(data_pod(), version, strict=True)


def test_a_mistyped_field_is_found() -> None:
    [job] = [document for document in documents("test") if document["kind"] == "Job"]
    job["spec"]["backofLimit"] = 1
    with pytest.raises(kubernetes_validate.ValidationError):
        kubernetes_validate.validate(job, VERSIONS[-1], strict=True)


@pytest.mark.skipif(shutil.which("kubectl") is None, reason="kubectl is not installed")
@pytest.mark.parametrize("overlay", OVERLAYS)
def test_the_rendered_file_is_what_kustomize_makes_of_the_overlay(overlay: str) -> None:
    command = ["kubectl", "kustomize", str(ROOT / "k8s" / "overlays" / overlay)]
    rendered = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    assert rendered == (ROOT / "k8s" / "rendered" / f"{overlay}.yaml").read_text(), "run: make manifests"


@pytest.mark.skipif(shutil.which("kubectl") is None, reason="kubectl is not installed")
@pytest.mark.parametrize("component", ["argocd", "helm"])
def test_the_hook_components_fit_every_overlay(component: str, tmp_path: Path) -> None:
    for overlay in OVERLAYS:
        folder = tmp_path / overlay
        folder.mkdir()
        paths = {"resources": [f"overlays/{overlay}"], "components": [f"components/{component}"]}
        kustomization = {kind: [os.path.relpath(ROOT / "k8s" / path, folder) for path in paths[kind]] for kind in paths}
        (folder / "kustomization.yaml").write_text(yaml.safe_dump(kustomization))
        command = ["kubectl", "kustomize", "--load-restrictor", "LoadRestrictionsNone", str(folder)]
        rendered = subprocess.run(command, check=True, capture_output=True, text=True).stdout
        for document in yaml.safe_load_all(rendered):
            kubernetes_validate.validate(document, VERSIONS[-1], strict=True)
            assert any("hook" in note or "wave" in note for note in document["metadata"]["annotations"])
