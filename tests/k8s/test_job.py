"""The Job acts on the exit codes, and its settings are ones that the job accepts."""

from pathlib import Path

import pytest

from job.core.errors import ExitCode, SettingsError
from job.settings import Settings, load_settings
from tests.k8s.manifests import OVERLAYS, of_kind, pod_spec

WORTH_ANOTHER_TRY = {ExitCode.TEMPORARY, ExitCode.INTERRUPTED, ExitCode.TERMINATED}


@pytest.mark.parametrize("overlay", OVERLAYS)
def test_every_exit_code_has_its_rule(overlay: str) -> None:
    job = of_kind(overlay, "Job")["spec"]
    disruption, *rules = job["podFailurePolicy"]["rules"]
    codes = {rule["action"]: set(rule["onExitCodes"]["values"]) for rule in rules}
    assert disruption["action"] == "Ignore"
    assert disruption["onPodConditions"][0]["type"] == "DisruptionTarget"
    assert codes == {"FailJob": set(ExitCode) - WORTH_ANOTHER_TRY - {ExitCode.DONE}, "Count": WORTH_ANOTHER_TRY}
    assert {rule["onExitCodes"]["containerName"] for rule in rules} == {"job"}


@pytest.mark.parametrize("overlay", OVERLAYS)
def test_one_pod_at_a_time_tries_again(overlay: str) -> None:
    job = of_kind(overlay, "Job")["spec"]
    assert pod_spec(overlay)["restartPolicy"] == "Never"
    assert job["podReplacementPolicy"] == "Failed"
    assert job["backoffLimit"] > 0
    assert job["ttlSecondsAfterFinished"] > 0


@pytest.mark.parametrize("overlay", OVERLAYS)
def test_the_deadlines_leave_the_job_its_time(overlay: str, tmp_path: Path) -> None:
    settings = settings_of(overlay, tmp_path, confirm="lobechat")
    job = of_kind(overlay, "Job")["spec"]
    assert job["activeDeadlineSeconds"] > settings.stage_timeout_seconds * len(settings.stages)
    assert pod_spec(overlay)["terminationGracePeriodSeconds"] > 10


@pytest.mark.parametrize("overlay", OVERLAYS)
def test_the_job_accepts_the_settings_of_the_overlay(overlay: str, tmp_path: Path) -> None:
    settings = settings_of(overlay, tmp_path, confirm="lobechat")
    assert settings.mode.value == overlay.removesuffix("-dry-run")
    assert settings.dry_run is overlay.endswith("-dry-run")
    mounts = {mount["mountPath"] for mount in pod_spec(overlay)["containers"][0]["volumeMounts"]}
    assert str(settings.data_dir) in mounts


def test_production_asks_for_its_confirmation(tmp_path: Path) -> None:
    assert of_kind("prod", "Job")["spec"]["suspend"] is True
    with pytest.raises(SettingsError) as caught:
        settings_of("prod", tmp_path)
    [problem] = caught.value.details
    assert "CLERK_TO_BETTERAUTH_CONFIRM" in problem


def test_the_dry_run_stands_beside_the_real_run() -> None:
    for mode in ("test", "prod"):
        real, dry = of_kind(mode, "Job"), of_kind(f"{mode}-dry-run", "Job")
        assert real["metadata"]["name"] != dry["metadata"]["name"]
        assert not dry["spec"].get("suspend", False)
        assert (
            of_kind(mode, "ConfigMap")["metadata"]["name"]
            != of_kind(f"{mode}-dry-run", "ConfigMap")["metadata"]["name"]
        )
        assert of_kind(mode, "PersistentVolumeClaim") == of_kind(f"{mode}-dry-run", "PersistentVolumeClaim")


def settings_of(overlay: str, folder: Path, confirm: str | None = None) -> Settings:
    """What the job makes of the overlay's ConfigMap, with the mounted secret files in `folder`."""
    mode = overlay.removesuffix("-dry-run")
    (folder / "database-url").write_text("postgresql://job:x@database.example.com/lobechat\n")
    (folder / "clerk-secret-key").write_text(f"sk_{'live' if mode == 'prod' else 'test'}_{'a' * 40}\n")
    environ = {
        name: value.replace("/run/secrets/clerk-to-betterauth", str(folder))
        for name, value in of_kind(overlay, "ConfigMap")["data"].items()
    }
    if confirm and "CLERK_TO_BETTERAUTH_CONFIRM" in environ:
        environ["CLERK_TO_BETTERAUTH_CONFIRM"] = confirm
    return load_settings(environ, folder)
