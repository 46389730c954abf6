"""The pods keep to Pod Security 'restricted' and hold no secret in plain sight."""

from typing import Any

import pytest

from tests.k8s.manifests import OVERLAYS, data_pod, documents, of_kind, pod_spec

PODS = [pytest.param(pod_spec(overlay), id=overlay) for overlay in OVERLAYS]
PODS.append(pytest.param(data_pod()["spec"], id="data-pod"))


@pytest.mark.parametrize("pod", PODS)
def test_the_pod_is_restricted(pod: dict[str, Any]) -> None:
    assert pod["securityContext"]["runAsNonRoot"] is True
    assert pod["securityContext"]["runAsUser"] > 0
    assert pod["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
    assert pod["automountServiceAccountToken"] is False
    for container in pod["containers"]:
        assert container["securityContext"] == {
            "allowPrivilegeEscalation": False,
            "readOnlyRootFilesystem": True,
            "capabilities": {"drop": ["ALL"]},
        }
        assert {"memory"} <= container["resources"]["limits"].keys()
        assert {"cpu", "memory"} == container["resources"]["requests"].keys()


@pytest.mark.parametrize("overlay", OVERLAYS)
def test_secrets_come_by_reference(overlay: str) -> None:
    assert not [document for document in documents(overlay) if document["kind"] == "Secret"]
    settings = of_kind(overlay, "ConfigMap")["data"]
    secrets = {name for name in settings if "SECRET" in name or "DATABASE_URL" in name}
    assert len(secrets) == 2
    assert all(name.endswith("_FILE") and settings[name].startswith("/run/secrets/") for name in secrets)


@pytest.mark.parametrize("overlay", OVERLAYS)
def test_only_names_clerk_and_postgresql_can_be_reached(overlay: str) -> None:
    policy = of_kind(overlay, "NetworkPolicy")["spec"]
    ports = {(port["protocol"], port["port"]) for rule in policy["egress"] for port in rule["ports"]}
    assert ports == {("UDP", 53), ("TCP", 53), ("TCP", 443), ("TCP", 5432)}
    assert policy["policyTypes"] == ["Ingress", "Egress"]
    assert "ingress" not in policy
    labels = of_kind(overlay, "Job")["spec"]["template"]["metadata"]["labels"]
    assert policy["podSelector"]["matchLabels"].items() <= labels.items()
