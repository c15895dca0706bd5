"""The examples are code: parsed by their languages' own tools, and checked against the vendor's real SDKs.

Parsers are used where this machine has them. The SDKs come from the registries by `make examples`
(.cache/examples); without them those tests are skipped and say so.
"""

from __future__ import annotations

import ast
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from aliscan.advice import examples
from aliscan.detect import detect
from aliscan.finding import Severity
from tests.support import keys

SDKS = Path(__file__).resolve().parents[2] / ".cache" / "examples"
BOTH = ("before", "after")


def code(language: str, when: str) -> str:
    return dict(zip(BOTH, examples.example(language), strict=True))[when]


def tool(name: str) -> str:
    found = shutil.which(name)
    if found is None:
        pytest.skip(f"no {name} here")
    return found


def sdk(folder: str) -> Path:
    if not (SDKS / folder).exists():
        pytest.skip(f"the vendor's SDK ({folder}) is not here: make examples")
    return SDKS / folder


def accepts(*command: str | Path, cwd: Path | None = None, **env: str) -> str:
    done = subprocess.run(
        [str(word) for word in command], cwd=cwd, capture_output=True, text=True, check=False,
        env={**os.environ, **env},
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout + done.stderr


def test_ten_languages() -> None:
    assert set(examples.LANGUAGES) == {
        "java", "python", "go", "node", "php", "csharp", "spring", "terraform", "shell", "kubernetes",
    }  # fmt: skip


@pytest.mark.parametrize("language", examples.LANGUAGES)
def test_aliscan_itself_finds_the_before_and_not_the_after(language: str) -> None:
    """The placeholders replaced by a pair: what is shown as wrong is what a scan refuses."""
    before, after = examples.example(language)
    key_id, secret = keys.key_id(), keys.secret()
    filled = before.replace("<AccessKey id>", key_id).replace("<AccessKey secret>", secret)
    assert filled.count(key_id) == filled.count(secret) == 1
    found = detect(filled.encode(), b"a" + examples.LANGUAGES[language].ends[0].encode()).matches
    assert [(m.rule, m.severity) for m in found] == [("alibaba-access-key-pair", Severity.CRITICAL)]
    assert not detect(after.encode(), b"a").matches
    assert "<AccessKey" not in after


# -- parsed ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("when", BOTH)
def test_python_parses(when: str) -> None:
    ast.parse(code("python", when))


@pytest.mark.parametrize("when", BOTH)
def test_go_parses_and_is_formatted(when: str, tmp_path: Path) -> None:
    (tmp_path / "a.go").write_text(code("go", when))
    assert accepts(tool("gofmt"), "-e", "-l", tmp_path / "a.go") == ""


@pytest.mark.parametrize("when", BOTH)
def test_java_parses(when: str, tmp_path: Path) -> None:
    """Without the SDK only its packages and classes may be missing."""
    (tmp_path / "Storage.java").write_text(code("java", when))
    command = [tool("javac"), "-proc:none", "-d", str(tmp_path), str(tmp_path / "Storage.java")]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    errors = [line for line in done.stderr.splitlines() if "error:" in line]
    assert all("does not exist" in e or "cannot find symbol" in e for e in errors), done.stderr


@pytest.mark.parametrize("when", BOTH)
@pytest.mark.parametrize(
    ("language", "ending", "command"),
    [
        ("node", "js", ("node", "--check")),
        ("php", "php", ("php", "-l")),
        ("csharp", "cs", ("mcs", "--parse")),
        ("shell", "sh", ("sh", "-n")),
        ("shell", "sh", ("shellcheck",)),
    ],
)
def test_parses(language: str, ending: str, command: tuple[str, ...], when: str, tmp_path: Path) -> None:
    name, *options = command
    file = tmp_path / f"a.{ending}"
    file.write_text(code(language, when))
    accepts(tool(name), *options, file)


@pytest.mark.parametrize("when", BOTH)
def test_terraform_parses_and_is_formatted(when: str, tmp_path: Path) -> None:
    (tmp_path / "a.tf").write_text(code("terraform", when))
    accepts(tool("terraform"), "fmt", "-check", "-diff", "a.tf", cwd=tmp_path, TF_CLI_CONFIG_FILE=os.devnull)


@pytest.mark.parametrize("when", BOTH)
def test_terraform_is_hcl(when: str) -> None:
    hcl2 = pytest.importorskip("hcl2", reason="python-hcl2 is not installed")
    (provider,) = hcl2.loads(code("terraform", when))["provider"]
    assert [name.strip('"') for name in provider] == ["alicloud"]


@pytest.mark.parametrize("when", BOTH)
def test_spring_is_yaml_with_its_property_names(when: str) -> None:
    (document,) = yaml.safe_load_all(code("spring", when))
    assert set(document["spring"]["cloud"]["alicloud"]) == {"access-key", "secret-key"}
    if when == "after":
        for value in document["spring"]["cloud"]["alicloud"].values():
            assert re.fullmatch(r"\$\{[A-Z_]+\}", value), "no default behind a colon"


@pytest.mark.parametrize("when", BOTH)
def test_kubernetes_is_yaml_of_its_kinds(when: str) -> None:
    kinds = [d["kind"] for d in yaml.safe_load_all(code("kubernetes", when))]
    assert kinds == {"before": ["Secret"], "after": ["Namespace", "ServiceAccount", "Pod"]}[when]


# -- checked against what they call -------------------------------------------------------------------


@pytest.mark.parametrize("when", BOTH)
def test_kubernetes_is_valid_by_its_schemas(when: str) -> None:
    validate: Any = pytest.importorskip(
        "kubernetes_validate", reason="kubernetes-validate is not here: make examples"
    )
    for document in yaml.safe_load_all(code("kubernetes", when)):
        validate.validate(document, validate.latest_version(), strict=True)


@pytest.mark.parametrize("when", BOTH)
def test_java_compiles_with_the_sdk(when: str, tmp_path: Path) -> None:
    jars = sdk("java/lib")
    (tmp_path / "Storage.java").write_text(code("java", when))
    command = [tool("javac"), "-proc:none", "-Xlint:all", "-Werror", "-cp", f"{jars}/*", "-d", str(tmp_path)]
    accepts(*command, tmp_path / "Storage.java")


@pytest.mark.parametrize("when", BOTH)
def test_go_vets_with_the_sdk(when: str, tmp_path: Path) -> None:
    module = sdk("go/go.sum").parent
    for name in ("go.mod", "go.sum"):
        shutil.copy(module / name, tmp_path)
    (tmp_path / "a.go").write_text(code("go", when))
    accepts(
        tool("go"), "vet", ".", cwd=tmp_path, GOFLAGS="-mod=mod", GOPROXY="off",
        GOMODCACHE=str(module / "modules"), GOCACHE=str(module / "build"),
    )  # fmt: skip


@pytest.mark.parametrize("when", BOTH)
def test_node_types_with_the_sdk(when: str, tmp_path: Path) -> None:
    """A variable of the environment may be missing, which its type says: that alone is taken as given."""
    modules = sdk("node/node_modules")
    (tmp_path / "node_modules").symlink_to(modules)
    text = re.sub(r"process\.env\.\w+", r"String(\g<0>)", code("node", when))
    (tmp_path / "a.js").write_text(text)
    options = ["--allowJs", "--checkJs", "--noEmit", "--strict", "--skipLibCheck", "--types", "node"]
    resolve = ["--module", "nodenext", "--moduleResolution", "nodenext"]
    compiler = modules / "typescript" / "bin" / "tsc"
    accepts(tool("node"), compiler, *options, *resolve, "a.js", cwd=tmp_path)


@pytest.mark.parametrize("when", BOTH)
def test_node_runs_with_the_sdk(when: str, tmp_path: Path) -> None:
    modules = sdk("node/node_modules")
    (tmp_path / "node_modules").symlink_to(modules)
    (tmp_path / "a.js").write_text(code("node", when))
    (tmp_path / "b.js").write_text("console.log(typeof require('./a.js').put)")
    shown = accepts(tool("node"), "b.js", cwd=tmp_path, OSS_ACCESS_KEY_ID="i", OSS_ACCESS_KEY_SECRET="s")
    assert "function" in shown


@pytest.mark.parametrize("when", BOTH)
def test_python_runs_with_the_sdk(when: str) -> None:
    pytest.importorskip("oss2", reason="oss2 is not here: make examples")
    script = code("python", when) + "\nprint(bucket.bucket_name, type(bucket.auth).__name__)\n"
    shown = accepts(
        sys.executable,
        "-W",
        "error::SyntaxWarning",
        "-c",
        script,
        OSS_ACCESS_KEY_ID="i",
        OSS_ACCESS_KEY_SECRET="s",
    )
    assert shown.split() == ["my-bucket", {"before": "Auth", "after": "ProviderAuthV4"}[when]]
