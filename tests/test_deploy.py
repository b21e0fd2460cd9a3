"""The files of deploy/: linters find nothing, and they say together what the dashboard is and needs."""

from __future__ import annotations

import configparser
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import yaml

from gate.operation import STOPPING
from gate.secrecy import VARIABLES

ROOT = Path(__file__).parents[1]
DEPLOY = ROOT / "deploy"
DOCKERFILE = (DEPLOY / "Dockerfile").read_text(encoding="utf-8")
NGINX = (DEPLOY / "nginx.conf").read_text(encoding="utf-8")
BIN = Path(sys.executable).parent


def linted(*line: object) -> str:
    done = subprocess.run([str(part) for part in line], cwd=ROOT, capture_output=True, text=True, check=False)
    return "" if done.returncode == 0 else f"{done.stdout}{done.stderr}" or "it failed"


def service() -> dict[str, Any]:
    found = yaml.safe_load((DEPLOY / "compose.yaml").read_text(encoding="utf-8"))["services"]["dashboard"]
    return dict(found)


def unit() -> configparser.SectionProxy:
    parser = configparser.RawConfigParser(strict=False, delimiters=("=",), comment_prefixes=("#",))
    parser.optionxform = str  # type: ignore[assignment,method-assign]
    parser.read(DEPLOY / "promotion-gate.service", encoding="utf-8")
    return parser["Service"]


def test_hadolint_finds_nothing_in_the_dockerfile() -> None:
    assert linted(BIN / "hadolint", "--no-color", DEPLOY / "Dockerfile") == ""


def test_the_compose_file_fits_the_schema_of_compose() -> None:
    assert linted(BIN / "check-jsonschema", "--builtin-schema", "vendor.compose-spec", DEPLOY / "compose.yaml") == ""


def test_the_container_runs_as_nobody_in_particular_and_writes_nowhere_but_in_memory() -> None:
    last = DOCKERFILE.rpartition("\nFROM ")[2]
    (user,) = re.findall(r"^USER (\d+):\d+$", last, re.M)
    assert int(user) > 0
    told = service()
    assert told["read_only"] is True
    assert told["cap_drop"] == ["ALL"]
    written = {mount.partition(":")[0] for mount in told["tmpfs"]}
    homes = re.findall(r"(?:HOME|XDG_CACHE_HOME)=(\S+)", last)
    assert set(homes) <= written
    assert f"uid={user}" in " ".join(told["tmpfs"])


def test_everything_that_is_copied_exists_and_is_let_through() -> None:
    copied = [word for line in re.findall(r"^COPY (?!--)(.*)$", DOCKERFILE, re.M) for word in line.split()[:-1]]
    ignore = (DEPLOY / "Dockerfile.dockerignore").read_text(encoding="utf-8").splitlines()
    assert ignore[0] == "**"
    assert copied == [name for name in copied if (ROOT / name).exists() and f"!{name}" in ignore]
    assert {"gate", "pages", "app.py", ".streamlit"} <= set(copied)


def test_what_checks_the_container_s_health_asks_for_what_is_served() -> None:
    (port,) = re.findall(r"^EXPOSE (\d+)$", DOCKERFILE, re.M)
    assert f"http://127.0.0.1:{port}/healthz" in DOCKERFILE
    assert service()["ports"] == [f"127.0.0.1:{port}:{port}"]


def test_whoever_stops_it_waits_longer_than_it_takes() -> None:
    assert float(service()["stop_grace_period"].removesuffix("s")) > STOPPING
    assert float(unit()["TimeoutStopSec"]) > STOPPING


def test_no_secret_and_no_host_of_ours_is_in_the_files() -> None:
    for file in DEPLOY.iterdir():
        text = file.read_text(encoding="utf-8")
        assert not re.search(rf"(?:{'|'.join(VARIABLES)})\s*[=:]\s*\S", text), file.name
    assert re.findall(r"^FROM (\S+)", DOCKERFILE, re.M) == ["python:3.13-slim-bookworm"] * 2


def test_the_unit_leaves_it_no_rights_that_it_does_not_need() -> None:
    found = unit()
    needed = {
        "DynamicUser": "yes",
        "ProtectSystem": "strict",
        "ProtectHome": "yes",
        "NoNewPrivileges": "yes",
        "CapabilityBoundingSet": "",
        "PrivateTmp": "yes",
        "PrivateDevices": "yes",
        "RestrictNamespaces": "yes",
    }
    assert {key: found[key] for key in needed} == needed
    assert found["ExecStart"].endswith("gate dashboard")
    assert f"/var/cache/{found['CacheDirectory']}" in found["Environment"]


def test_the_proxy_keeps_a_visitor_at_one_replica_and_names_them_itself() -> None:
    assert "ip_hash;" in NGINX
    assert "proxy_set_header X-Forwarded-User $gate_user;" in NGINX
    assert "proxy_set_header Upgrade $http_upgrade;" in NGINX
    (inside,) = re.findall(r"location ~ (\S+) \{\n\s+return 404;", NGINX)
    assert all(re.match(inside, path) for path in ("/healthz", "/readyz", "/metrics", "/_stcore/metrics"))
    assert not any(re.match(inside, path) for path in ("/", "/review", "/_stcore/stream", "/_stcore/health"))
    assert NGINX.count("{") == NGINX.count("}")
