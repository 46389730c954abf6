"""The smoke Job stands beside the migration's, runs the stage smoke, and can be a hook after Argo CD's sync."""

import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import kubernetes_validate
import pytest
import yaml

from job.core.errors import SettingsError
from job.settings import Settings, Stage, load_settings
from tests.k8s.manifests import ROOT, VERSIONS, documents, of_kind, pod_spec

MODES = ("test", "prod")
ADDRESS = "CLERK_TO_BETTERAUTH_LOBECHAT_URL"
needs_kubectl = pytest.mark.skipif(shutil.which("kubectl") is None, reason="kubectl is not installed")


def settings_of(mode: str, folder: Path, **more: str) -> Settings:
    (folder / "database-url").write_text("postgresql://job:x@database.example.com/lobechat\n")
    given = of_kind(f"{mode}-smoke", "ConfigMap")["data"] | more
    return load_settings(
        {name: text.replace("/run/secrets/clerk-to-betterauth", str(folder)) for name, text in given.items()}, folder
    )


def kustomize(folder: Path) -> list[dict[str, Any]]:
    command = ["kubectl", "kustomize", str(folder)]
    done = subprocess.run(command, check=True, capture_output=True, text=True, env={"PATH": os.environ["PATH"]})
    return [document for document in yaml.safe_load_all(done.stdout) if document]


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("mode", MODES)
def test_the_manifests_are_valid_and_leave_the_migrations_own_alone(mode: str, version: str) -> None:
    for document in documents(f"{mode}-smoke"):
        kubernetes_validate.validate(document, version, strict=True)
    made = {(document["kind"], document["metadata"]["name"]) for document in documents(f"{mode}-smoke")}
    assert {kind for kind, _ in made} == {"ConfigMap", "Job"}
    assert made.isdisjoint((one["kind"], one["metadata"]["name"]) for one in documents(mode))


@pytest.mark.parametrize("mode", MODES)
def test_the_pod_is_the_migrations_but_for_its_settings(mode: str) -> None:
    smoke, migration = pod_spec(f"{mode}-smoke"), pod_spec(mode)
    [container], [other] = smoke.pop("containers"), migration.pop("containers")
    assert smoke == migration
    assert container.pop("envFrom") != other.pop("envFrom")
    added = [one for one in container.pop("env") if one not in other["env"]]
    other.pop("env")
    assert container == other
    assert [one["name"] for one in added] == ["CLERK_TO_BETTERAUTH_SMOKE_EMAIL", "CLERK_TO_BETTERAUTH_SMOKE_PASSWORD"]
    assert all(one["valueFrom"]["secretKeyRef"]["optional"] for one in added)
    ours, theirs = (of_kind(name, "Job")["spec"]["podFailurePolicy"] for name in (f"{mode}-smoke", mode))
    assert ours == theirs


@pytest.mark.parametrize("mode", MODES)
def test_the_job_accepts_the_settings_once_the_address_is_written(mode: str, tmp_path: Path) -> None:
    with pytest.raises(SettingsError) as caught:
        settings_of(mode, tmp_path)
    [problem] = caught.value.details
    assert problem.startswith(ADDRESS)
    settings = settings_of(mode, tmp_path, **{ADDRESS: "https://chat.example.com"})
    assert (settings.mode.value, settings.stages) == (mode, (Stage.SMOKE,))
    assert of_kind(f"{mode}-smoke", "Job")["spec"]["activeDeadlineSeconds"] > settings.stage_timeout_seconds


@needs_kubectl
@pytest.mark.parametrize("mode", MODES)
def test_the_rendered_file_is_what_kustomize_makes_of_the_overlay(mode: str) -> None:
    assert kustomize(ROOT / "k8s" / "overlays" / f"{mode}-smoke") == documents(f"{mode}-smoke")


@needs_kubectl
def test_with_argo_cd_the_migration_comes_with_the_sync_and_smoke_after_it(tmp_path: Path) -> None:
    shutil.copytree(ROOT / "k8s", tmp_path / "k8s")
    resources, components = ("k8s/overlays/prod", "k8s/overlays/prod-smoke"), ("argocd", "argocd-smoke")
    kustomization = {
        "resources": list(resources), "components": [f"k8s/components/{name}" for name in components],
    }  # fmt: skip
    (tmp_path / "kustomization.yaml").write_text(yaml.safe_dump(kustomization))
    jobs = {one["metadata"]["name"]: one for one in kustomize(tmp_path) if one["kind"] == "Job"}
    hooks = {name: job["metadata"]["annotations"]["argocd.argoproj.io/hook"] for name, job in jobs.items()}
    assert hooks == {"clerk-to-betterauth": "Sync", "clerk-to-betterauth-smoke": "PostSync"}
