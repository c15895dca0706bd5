"""Before and after, in the language of the file: one pair of files a language in snippets/."""

from __future__ import annotations

from dataclasses import dataclass

from aliscan.advice.steps import place_of
from aliscan.advice.texts import Text


@dataclass(frozen=True, slots=True)
class Language:
    """A language with an example: its name, the ends of the file names where it fits, and what to know."""

    title: str
    ends: tuple[str, ...]
    note: Text


LANGUAGES = {
    "java": Language("Java", (".java", ".kt", ".scala", ".groovy"), Text(
        "the provider reads OSS_ACCESS_KEY_ID and OSS_ACCESS_KEY_SECRET; on ECS use the provider of the instance's role",
        "Provider 从环境变量 OSS_ACCESS_KEY_ID 和 OSS_ACCESS_KEY_SECRET 读取；在 ECS 上使用实例 RAM 角色的 Provider")),
    "python": Language("Python", (".py", ".ipynb", ".pyw"), Text(
        "OSS_ACCESS_KEY_ID and OSS_ACCESS_KEY_SECRET stand in the environment",
        "OSS_ACCESS_KEY_ID 和 OSS_ACCESS_KEY_SECRET 放在环境变量中")),
    "go": Language("Go", (".go",), Text(
        "the provider reads OSS_ACCESS_KEY_ID and OSS_ACCESS_KEY_SECRET",
        "Provider 从环境变量 OSS_ACCESS_KEY_ID 和 OSS_ACCESS_KEY_SECRET 读取")),
    "node": Language("Node.js", (".js", ".ts", ".vue", ".mjs", ".cjs", ".jsx", ".tsx"), Text(
        "on a server from the environment; in a browser only STS tokens that your server hands out",
        "服务端从环境变量读取；浏览器中只使用服务端签发的 STS 令牌")),
    "php": Language("PHP", (".php",), Text(
        "the provider reads OSS_ACCESS_KEY_ID and OSS_ACCESS_KEY_SECRET",
        "Provider 从环境变量 OSS_ACCESS_KEY_ID 和 OSS_ACCESS_KEY_SECRET 读取")),
    "csharp": Language("C#", (".cs", ".config"), Text(
        "OSS_ACCESS_KEY_ID and OSS_ACCESS_KEY_SECRET stand in the environment",
        "OSS_ACCESS_KEY_ID 和 OSS_ACCESS_KEY_SECRET 放在环境变量中")),
    "spring": Language("Spring", (".yml", ".properties"), Text(
        "no default value behind the colon",
        "冒号后不写默认值")),
    "terraform": Language("Terraform", (".tf", ".tfvars"), Text(
        "a role, assumed with what the environment or the ECS instance gives",
        "用环境变量或 ECS 实例提供的身份扮演 RAM 角色")),
    "shell": Language("Shell", (".sh", ".env", ".bash", ".ossutilconfig"), Text(
        "the instance's role; nothing is written down",
        "使用实例的 RAM 角色，不写入任何密钥")),
    "kubernetes": Language("Kubernetes", (".yaml",), Text(
        "RRSA: the pod's service account is mapped to a RAM role",
        "RRSA：Pod 的服务账户对应一个 RAM 角色")),
}  # fmt: skip


def language_of(path: bytes) -> str:
    """The language whose example fits a file, or empty."""
    name = path.lower().decode("utf-8", "replace")
    base = name.rpartition("/")[2]
    if base.endswith((".yml", ".yaml")):
        if base.startswith(("application", "bootstrap")):
            return "spring"
        place = place_of(path)
        if place in ("ci", "serverless") or base.startswith(("docker-compose", "compose")):
            return ""
        if place == "kubernetes":
            return "kubernetes"
    return next((key for key, language in LANGUAGES.items() if name.endswith(language.ends)), "")


def example(language: str) -> tuple[str, str]:
    """The texts before and after; raises KeyError for a language without an example."""
    if language not in LANGUAGES:
        raise KeyError(language)
    from importlib.resources import files

    found = {}
    for entry in files("aliscan.advice").joinpath("snippets").iterdir():
        name, _, rest = entry.name.partition(".")
        if name == language:
            found[rest.partition(".")[0]] = entry.read_text(encoding="utf-8")
    return found["before"], found["after"]
