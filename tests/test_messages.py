"""The catalogue is complete and compiled; what is shown is in the language that was asked for."""

from __future__ import annotations

import ast
import pickle
import re
import string
import sys
import zipfile
from pathlib import Path

import pytest

from aliscan.detect.rules import all_rules
from aliscan.i18n import _, said, use
from tests.conftest import aliscan
from tests.formats.samples import pair
from tests.support.repo import Repo
from tools import messages

_HAN = re.compile(r"[\u4e00-\u9fff]")


def test_every_message_has_a_translation_and_is_compiled() -> None:
    assert messages.faults() == []


def test_the_extractor_sees_every_kind_of_message() -> None:
    found = messages.source_messages()
    for message in (
        "Did you mean {near}?".join((" ", "")),  # _()
        "critical",  # N_() in a table
        "What to do now",  # _() inside an f-string
        "files or directories; - is standard input",  # help=
        "Finds Alibaba Cloud credentials before they leak.",  # description=
        "scan files, directories or standard input",  # COMMANDS
        "the object is missing here; run git fsck",  # Gap()
    ):
        assert message in found, message
    for rule in all_rules():
        assert {rule.title, rule.description} <= set(found)


def fields(text: str) -> list[str]:
    """The names that str.format and % fill in."""
    named = [name for _text, name, _spec, _conv in string.Formatter().parse(text) if name is not None]
    return sorted(named) + sorted(re.findall(r"%(?:\(\w+\))?[rs]", text))


@pytest.mark.parametrize("msgid", sorted(k for k, v in messages.read().items() if v))
def test_a_translation_fills_in_the_same(msgid: str) -> None:
    text = messages.read()[msgid]
    if "%(" in msgid or "%s" in msgid or "%r" in msgid:
        assert sorted(re.findall(r"%(?:\(\w+\))?[rs]", text)) == sorted(
            re.findall(r"%(?:\(\w+\))?[rs]", msgid)
        )
    elif "{" in msgid:
        assert fields(text) == fields(msgid)
    assert text.startswith(" ") == msgid.startswith(" ") or _HAN.search(text)
    assert text.endswith("\n") == msgid.endswith("\n")


def test_help_is_chinese_down_to_the_words_of_argparse(repo: Repo) -> None:
    text = aliscan("scan", "--help", "--lang", "zh", cwd=repo.path).stdout.decode()
    assert text.startswith("用法：aliscan scan")
    for words in ("选项", "显示本帮助并退出", "文件或目录", "报告的格式", "位置参数"):
        assert words in text
    for line in text.splitlines():
        words = re.sub(r"^\s*(-\S+( \S+)?,? ?)*", "", line)
        assert _HAN.search(line) or not re.search(r"[a-z]{3,} [a-z]{3,} [a-z]{3,}", words), line


@pytest.mark.parametrize(
    ("args", "env", "chinese"),
    [
        ((), {}, False),
        ((), {"LANG": "zh_CN.UTF-8", "LC_ALL": ""}, True),
        ((), {"LC_ALL": "zh_TW.UTF-8"}, True),
        ((), {"LC_ALL": "en_US.UTF-8", "LANG": "zh_CN.UTF-8"}, False),
        ((), {"ALISCAN_LANG": "zh"}, True),
        (("--lang", "en"), {"LC_ALL": "zh_CN.UTF-8"}, False),
        (("--lang=zh",), {}, True),
    ],
)
def test_who_decides_the_language(
    args: tuple[str, ...], env: dict[str, str], chinese: bool, tmp_path: Path
) -> None:
    (tmp_path / "a").write_text("x")
    before = aliscan(*args, "scan", "a", cwd=tmp_path, stdin=b"", **env)
    after = aliscan("scan", "a", *args, cwd=tmp_path, stdin=b"", **env)
    assert ("未发现凭据" in before.stdout.decode()) is chinese
    assert ("未发现凭据" in after.stdout.decode()) is chinese


def test_a_wrong_language_is_a_usage_error(tmp_path: Path) -> None:
    done = aliscan("scan", "--lang", "fr", cwd=tmp_path)
    assert done.returncode == 2
    assert b"invalid choice" in done.stderr


def test_a_refused_commit_in_chinese(repo: Repo) -> None:
    _match, ident, secret = pair()
    repo.stage("a.py", f'id = "{ident}"\nsecret = "{secret}"\n')
    text = aliscan("hook", "pre-commit", cwd=repo.path, LC_ALL="zh_CN.UTF-8").stderr.decode()
    for words in ("提交被拒绝", "现在要做的事", "轮换", "RAM 角色或 STS", "指纹", "不是凭据？"):
        assert words in text
    for line in text.splitlines():
        assert _HAN.search(line) or not re.search(r"[a-z]{3,} [a-z]{3,} [a-z]{3,}", line), line


def test_english_imports_no_gettext() -> None:
    import subprocess

    code = "import sys; from aliscan.i18n import _; _('x'); assert 'gettext' not in sys.modules"
    subprocess.run([sys.executable, "-c", code], check=True)


def test_a_message_without_a_translation_is_shown_as_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ALISCAN_LANG", "zh")
    assert _("no such message at all") == "no such message at all"
    assert _("critical") == "严重"


def test_use_wins(monkeypatch: pytest.MonkeyPatch) -> None:
    import contextvars

    monkeypatch.setenv("ALISCAN_LANG", "zh")

    def chosen() -> str:
        use("en")
        return _("critical")

    assert contextvars.copy_context().run(chosen) == "critical"


def test_what_was_not_looked_at_is_told_in_chinese_with_what_stands_in_the_sentence(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr("inner.7z", b"7z\xbc\xaf\x27\x1c" + bytes(64))
    done = aliscan("scan", "--lang", "zh", ".", "nothere", cwd=tmp_path)
    assert done.returncode == 3
    assert "a.zip: inner.7z：7-Zip 压缩包，此处无法打开" in done.stdout.decode()
    assert "nothere: 无法读取：没有该文件或目录" in done.stdout.decode()


def test_a_sentence_with_values_stays_english_and_is_translated_when_shown() -> None:
    words = said("cannot be read: {reason}", reason="Permission denied")
    assert words == "cannot be read: Permission denied"
    use("zh")
    try:
        assert _(words) == "无法读取：权限不足"
        assert _(pickle.loads(pickle.dumps(words))) == "无法读取：权限不足"
    finally:
        use("en")


_TELLING = {"Gap": 1, "AliscanError": 0, "IncompleteError": 0, "Exhausted": 0}


def test_no_sentence_is_english_only() -> None:
    """What a person reads is never a bare f-string: nobody could translate it."""
    bare = []
    for path in sorted(Path(messages.ROOT, "aliscan").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_bytes())):
            if not isinstance(node, ast.Call):
                continue
            name = getattr(node.func, "attr", getattr(node.func, "id", ""))
            at = _TELLING.get(name, len(node.args))
            for argument in node.args[at : at + 1]:
                plain = isinstance(argument, ast.Constant) and name != "Gap"
                if plain or (
                    isinstance(argument, ast.JoinedStr) and not ast.unparse(argument).startswith("f'git: ")
                ):
                    bare.append(f"{path.name}:{node.lineno}")
    assert bare == []
