"""The Kubernetes manifests, as kustomize renders them."""
