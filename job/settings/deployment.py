"""Where the job runs, so that a message can say what to do there: in Kubernetes, in Compose, or anywhere else."""

import os
from collections.abc import Mapping
from pathlib import Path

from job.settings.model import PREFIX, Settings

ACCOUNT = Path("/var/run/secrets/kubernetes.io")  # where a pod finds its service account, unless that is switched off


def is_kubernetes(environ: Mapping[str, str]) -> bool:
    """Kubernetes gives every container the address of its API server."""
    return "KUBERNETES_SERVICE_HOST" in environ or ACCOUNT.exists()


def explain_missing_secret(path: Path, *, in_kubernetes: bool) -> str:
    """What to do where the file of a secret is not there."""
    if not in_kubernetes:
        return "the file is not there; check its path"
    if path.parent.is_dir():
        return (
            f"the secret mounted at {path.parent} has no key {path.name}; create it again with all its keys:"
            f" kubectl create secret generic … --from-file={path.name}=./{path.name} (docs/kubernetes.md, step 2)"
        )
    return f"no secret is mounted at {path.parent}; the Job needs its volume and its volumeMount (k8s/base/job.yaml)"


def explain_refusal(settings: Settings, path: Path, error: OSError) -> tuple[str, str]:
    """Why `path` cannot be read or written, with uid and owner where rights are missing, and what to do about it."""
    reason = error.strerror or type(error).__name__
    if not isinstance(error, PermissionError):
        return reason, "make sure that the disk is mounted, writable and not full"
    place = next(part for part in (path, *path.parents) if os.path.lexists(part))
    owner, uid, gid = place.stat(), os.geteuid(), os.getegid()
    reason += f": {place} belongs to uid {owner.st_uid}, gid {owner.st_gid}; the job runs as uid {uid}, gid {gid}"
    if settings.in_kubernetes:
        return reason, f"set securityContext.fsGroup: {gid} in the Job's pod, as k8s/base/job.yaml does"
    if not settings.host_data_dir:
        return reason, f"give uid {uid} access to it, or run the job as its owner"
    chown = f"sudo chown -R {uid}:{gid} {settings.as_on_host(place)}"
    if owner.st_uid == 0:
        return reason, f"on the host: {chown} (Docker creates a missing folder as root)"
    return reason, f"set JOB_USER={owner.st_uid}:{owner.st_gid} in .env; or, on the host: {chown}"


def explain_missing_file(settings: Settings, path: Path) -> str:
    """How a file of the operator's gets to `path`."""
    if settings.in_kubernetes:
        return (
            f"copy it onto the volume, to {path}, with the pod of k8s/data-pod.yaml (docs/kubernetes.md, step 3), or"
            f" set {PREFIX}CSV_URL"
        )
    if settings.host_data_dir:
        return f"put it at {settings.as_on_host(path)} on the host"
    return f"put it at {path}"
