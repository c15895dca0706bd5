"""Before and after, in the language of the file: one pair of files a language in snippets/."""

from __future__ import annotations

from importlib.resources import files

# language -> the endings (or ends of names) of files in which its example fits
LANGUAGES = {
    "java": (".java", ".kt", ".scala", ".groovy"),
    "python": (".py", ".ipynb"),
    "go": (".go",),
    "node": (".js", ".ts", ".vue", ".mjs", ".jsx", ".tsx"),
    "php": (".php",),
    "csharp": (".cs", ".config"),
    "spring": (".yml", ".properties"),
    "terraform": (".tf", ".tfvars"),
    "shell": (".sh", ".env", ".bash", ".ossutilconfig"),
    "kubernetes": (".yaml",),
}


def language_of(path: bytes) -> str:
    """The language whose example fits a file, or empty."""
    name = path.lower().decode("utf-8", "replace")
    return next((lang for lang, ends in LANGUAGES.items() if name.endswith(ends)), "")


def example(language: str) -> tuple[str, str]:
    """The texts before and after; raises KeyError for a language without an example."""
    if language not in LANGUAGES:
        raise KeyError(language)
    found = {}
    for entry in files("aliscan.advice").joinpath("snippets").iterdir():
        name, _, rest = entry.name.partition(".")
        if name == language:
            found[rest.partition(".")[0]] = entry.read_text(encoding="utf-8")
    return found["before"], found["after"]
