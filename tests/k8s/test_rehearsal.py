"""The rehearsal on a cluster, and the overlays from a remote repository, as far as no cluster is needed."""

import re
import shutil
import subprocess
import textwrap
from pathlib import Path
from typing import Any, NamedTuple

import kubernetes_validate
import pytest
import yaml

from tests.k8s.manifests import ROOT, VERSIONS

REHEARSAL = ROOT / "examples" / "kubernetes"
WORKFLOWS = [*sorted((ROOT / ".github" / "workflows").glob("*.yml")), ROOT / "examples/ci/github-actions.yml"]
needs_kubectl = pytest.mark.skipif(shutil.which("kubectl") is None, reason="kubectl is not installed")


def kustomize(folder: Path) -> list[dict[str, Any]]:
    done = subprocess.run(["kubectl", "kustomize", str(folder)], check=True, capture_output=True, text=True)
    return [document for document in yaml.safe_load_all(done.stdout) if document]


@needs_kubectl
@pytest.mark.parametrize("overlay", ["test", "test-dry-run"])
def test_the_simulated_clerk_stands_beside_the_job(overlay: str) -> None:
    documents = kustomize(REHEARSAL / overlay)
    for document in documents:
        kubernetes_validate.validate(document, VERSIONS[-1], strict=True)
    [job] = [document for document in documents if document["kind"] == "Job"]
    pod = job["spec"]["template"]["spec"]
    [clerk] = pod["initContainers"]
    assert clerk["restartPolicy"] == "Always"  # a native sidecar: it ends when the job has ended
    assert clerk["image"] == "clerk-to-betterauth-sandbox:local"
    assert pod["containers"][0]["image"] == "clerk-to-betterauth:local"
    [settings] = [document["data"] for document in documents if document["kind"] == "ConfigMap"]
    assert settings["CLERK_API_URL"] == "http://127.0.0.1:8080/v1"
    assert settings["CLERK_TO_BETTERAUTH_DRY_RUN"] == ("1" if overlay == "test-dry-run" else "0")


def test_the_clusters_sandbox_is_valid_for_kubernetes() -> None:
    documents = list(yaml.safe_load_all((REHEARSAL / "sandbox" / "sandbox.yaml").read_text()))
    for document in documents:
        kubernetes_validate.validate(document, VERSIONS[-1], strict=True)
    assert {"Deployment", "Job", "PersistentVolumeClaim", "Secret", "Service"} <= {one["kind"] for one in documents}


@pytest.mark.parametrize(("state", "code"), [("Complete", 0), ("SuccessCriteriaMet Complete", 0), ("Failed", 1)])
def test_the_rehearsal_ends_as_its_jobs_end(state: str, code: int, tmp_path: Path) -> None:
    """`kubectl` is one that says of every Job that it is in this state."""
    kubectl = tmp_path / "kubectl"
    kubectl.write_text(f'#!/bin/sh\ncase "$*" in *"get job"*) printf "%s" "{state}" ;; esac\n')
    kubectl.chmod(0o755)
    environment = {"PATH": f"{tmp_path}:/usr/bin:/bin"}
    done = subprocess.run([str(REHEARSAL / "run")], check=False, capture_output=True, text=True, env=environment)
    assert done.returncode == code
    assert ("failed" in done.stderr) is bool(code)


def read_snippet(page: str, folder: str) -> str:
    """The kustomization.yaml of that folder, as the page has it."""
    found = re.search(
        rf"^( +)# {folder}/kustomization\.yaml\n((?:\1.*\n)+)", (ROOT / "docs" / page).read_text(), re.MULTILINE
    )
    assert found
    return textwrap.dedent(found[2])


@pytest.fixture(scope="module")
def repository(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The manifests at the release that the pages name."""
    repository = tmp_path_factory.mktemp("repository")
    shutil.copytree(ROOT / "k8s", repository / "k8s")
    for arguments in (("init", "--quiet"), ("add", "."), ("commit", "--quiet", "--message", "x"), ("tag", "v0.1.0")):
        identity = ("-c", "user.name=test", "-c", "user.email=test@example.org")
        subprocess.run(["git", *identity, *arguments], check=True, cwd=repository)
    return repository


class Shown(NamedTuple):
    """A folder that a page shows, with the overlay put into it, and what comes out."""

    page: str
    folder: str
    overlay: str
    job: str
    setting: str


SHOWN = (
    Shown("kubernetes.md", "migration", "test", "clerk-to-betterauth", "DATABASE_DRIVER=node"),
    Shown("kubernetes.md", "migration", "test-dry-run", "clerk-to-betterauth-dry-run", "SCHEMA=upgrade"),
    Shown("smoke.md", "smoke", "prod-smoke", "clerk-to-betterauth-smoke", "LOBECHAT_URL=https://chat.example.com"),
)


@needs_kubectl
@pytest.mark.parametrize("shown", SHOWN, ids=lambda shown: shown.overlay)
def test_a_folder_as_the_pages_show_it_uses_an_overlay_of_a_remote_repository(
    repository: Path, tmp_path: Path, shown: Shown
) -> None:
    """Nobody has to copy or edit k8s/: image and settings are given from outside."""
    text = read_snippet(shown.page, shown.folder).replace("<repository>", f"file://{repository}")
    text = text.replace("<image>", "registry.example/migration").replace("overlays/test?", f"overlays/{shown.overlay}?")
    (tmp_path / "kustomization.yaml").write_text(text)
    documents = kustomize(tmp_path)
    [job] = [document for document in documents if document["kind"] == "Job"]
    assert job["metadata"]["name"] == shown.job
    assert job["spec"]["template"]["spec"]["containers"][0]["image"] == "registry.example/migration:0.1.0"
    name, _, value = shown.setting.partition("=")
    [settings] = [document["data"] for document in documents if document["kind"] == "ConfigMap"]
    assert settings[f"CLERK_TO_BETTERAUTH_{name}"] == value
    assert settings["CLERK_TO_BETTERAUTH_MODE"] == shown.overlay.partition("-")[0]


def test_the_pod_for_the_files_gets_the_image_that_was_pushed() -> None:
    replaced = set(re.findall(r"sed \"s\|(image: [^|]+)\|", (ROOT / "docs/kubernetes.md").read_text()))
    [image] = replaced
    assert f"      {image}\n" in (ROOT / "k8s/data-pod.yaml").read_text()


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.stem)
def test_every_action_is_pinned_by_its_commit(path: Path) -> None:
    used = [line.split("uses:")[1].split()[0] for line in path.read_text().splitlines() if "uses:" in line]
    assert used
    assert not [one for one in used if len(one.partition("@")[2]) != 40]


def test_the_projects_own_ci_runs_what_the_example_shows() -> None:
    example = yaml.safe_load((ROOT / "examples/ci/kubernetes.yml").read_text())["jobs"]["job"]
    assert yaml.safe_load((ROOT / ".github/workflows/ci.yml").read_text())["jobs"]["kubernetes"] == example
