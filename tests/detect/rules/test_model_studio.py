"""Model Studio: four shapes, and whose the hex key is where another vendor has the same shape."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.detect.rules.support import candidates, found, growth, values
from tests.support import keys

NAME = "model_studio"


def only(text: str, path: bytes = b"") -> list[str]:
    """The keys that are found, {0} and {1} filled in beforehand by the test."""
    return [v for (v,) in values(NAME, text, path)]


@pytest.mark.parametrize("text", [
    'dashscope.api_key = "{0}"',
    "export DASHSCOPE_API_KEY={0}\n",
    "DASHSCOPE_API_KEY: {0}",
    "dash_scope_key={0}",
    'private static final String QWEN_API_KEY = "{0}";',
    "BAILIAN_API_KEY='{0}'",
    "通义千问 API Key：{0}",
    "百炼的 key: {0}",
    'apiKey: "{0}",\n baseURL: "https://dashscope.aliyuncs.com/compatible-mode/v1"',
    'OPENAI_API_KEY="{0}"\nOPENAI_BASE_URL="https://dashscope-intl.aliyuncs.com/compatible-mode/v1"',
    'os.getenv("DASHSCOPE_API_KEY", "{0}")',
    'curl https://dashscope.aliyuncs.com/api/v1/x -H "Authorization: Bearer {0}"',
    '# DeepSeek on Bailian\nclient = OpenAI(api_key="{0}",\n'
    '  base_url="https://dashscope.aliyuncs.com/compatible-mode/v1")\nmodel="deepseek-r1"',
    "<td>DashScope</td><td>{0}</td>",
    "import dashscope\n" + "x = 1\n" * 300 + 'key = "{0}"\n' + "y = 2\n" * 300,
    "spring:\n  ai:\n    dashscope:\n      api-key: {0}",
    "spring.ai.dashscope.api-key={0}",
    "setx TONGYI_KEY {0}",
])  # fmt: skip
def test_hex_key_with_context(text: str) -> None:
    key = keys.model_key()
    assert only(text.format(key)) == [key]


@pytest.mark.parametrize("text", [
    "DEEPSEEK_API_KEY={0}\nDASHSCOPE_API_KEY=",
    'QWEN_KEY = os.environ["QWEN_KEY"]\ndeepseek_key = "{0}"',
    'base_url="https://api.deepseek.com", api_key="{0}"\n\n\n# qwen: https://dashscope.aliyuncs.com/',
    "api_key={0}",
    "BOCHA_API_KEY={0}\n# aliyun",
    "search_key = '{0}'  # 博查\n\n\nmodel = 'qwen-plus'",
    'client = OpenAI(api_key="{0}", base_url="https://api.deepseek.com/v1")\n# 或者用阿里云百炼',
    "x" * 3000 + "qwen" + "deepseek" + "x" * 3000 + "\nkey: {0}",
])  # fmt: skip
def test_hex_key_of_somebody_else(text: str) -> None:
    assert only(text.format(keys.model_key())) == []


@pytest.mark.parametrize("text", [
    'DEEPSEEK_API_KEY = "{0}"\nDEEPSEEK_BASE_URL = "https://api.deepseek.com"\n\nQWEN_API_KEY = "{1}"\n',
    'LLM_API_KEY = "{0}"\nLLM_BASE_URL = "https://api.deepseek.com/v1"\n\nTTS = "alibaba"\n'
    'dashscope.api_key = "{1}"',
    '{{"deepseek": {{"key": "{0}"}}, "qwen": {{"key": "{1}"}}}}',
    'qwen:\n  api_key: {1}\n  base_url: https://dashscope.aliyuncs.com/compatible-mode/v1\n'
    "deepseek:\n  api_key: {0}\n  base_url: https://api.deepseek.com\n",
    "# api_key={0}\n# base_url=https://api.deepseek.com\napi_key={1}\nbase_url=https://dashscope.aliyuncs.com/v1\n",
    "deepseek:\n  api-key: {0}\n  url: https://api.deepseek.com\nqwen:\n  api-key: {1}\n"
    "  url: https://dashscope.aliyuncs.com/compatible-mode/v1\n",
    '{{"deepseek_api_key":"{0}","qwen_api_key":"{1}"}}',
])  # fmt: skip
def test_both_vendors_in_one_file(text: str) -> None:
    theirs, ours = keys.model_key(), keys.model_key()
    assert only(text.format(theirs, ours)) == [ours]


def test_the_path_is_context() -> None:
    key = keys.model_key()
    assert only(f'API_KEY = "{key}"', b"src/dashscope_client.py") == [key]


def test_shapes_that_need_no_context() -> None:
    workspace, plan = keys.signed_model_key(), keys.signed_model_key("sp-D")
    coding = "sk-sp-" + keys.draw(keys.HEX, 32)
    text = f"a={workspace}\nb='{plan}'\nc: {coding}\n"
    assert found(text) == [("alibaba-model-studio-key", k) for k in (workspace, plan, coding)]


def test_cut_and_starred_keys_are_none() -> None:
    workspace = keys.signed_model_key()
    key = keys.model_key()
    assert (
        only(f"{workspace[:-4]} {workspace[:60]}... qwen {key[:-4]} {key}0 x{key} ta{key} sk-xxxxxxxx") == []
    )


@pytest.mark.parametrize("value", [
    "0123456789abcdef" * 2, "1234567890" * 3 + "12", "x" * 32, "0" * 32, "a1b2c3d4e5f6" * 2 + "a1b2c3d4",
    "deadbeef" * 4, "abcd" * 8,
])  # fmt: skip
def test_made_up_keys(value: str) -> None:
    assert only(f"DASHSCOPE_API_KEY=sk-{value}") == []


@given(st.randoms(use_true_random=False))
def test_random_hex_keys_are_not_called_made_up(rng: object) -> None:
    import random

    assert isinstance(rng, random.Random)
    from aliscan.detect.hexes import is_made_up

    seed = rng.getrandbits(64)
    source = random.Random(seed)
    lost = sum(is_made_up(keys.draw(keys.HEX, 32, source).encode()) for _ in range(200))
    assert lost <= 2


@given(
    st.lists(st.sampled_from(["qwen", "deepseek", "sk-", "\n", " ", "dashscope.aliyuncs.com", "KEY", "é"]))
)
def test_any_mixture(words: list[str]) -> None:
    text = " ".join(keys.model_key() if w == "KEY" else w for w in words)
    assert len(candidates(NAME, text)) <= words.count("KEY")


@pytest.mark.parametrize("unit", [
    "sk-", "dashscope ", "dashscope {} ", "{},", "deepseek qwen ", "sk-ws-H.ABCDEF.1234.MEQC", "qwen\n\n{}\n",
])  # fmt: skip
def test_linear(unit: str) -> None:
    assert growth(NAME, unit.format(keys.model_key())) < 12
