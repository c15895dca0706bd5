"""What to do about a finding, in the order in which it has to be done."""

from __future__ import annotations

from dataclasses import dataclass

from aliscan.advice.texts import Text


@dataclass(frozen=True, slots=True)
class Step:
    """One thing to do. ``phase`` orders the steps of several findings into one list.

    ``place`` is the kind of place that the step is for, of those that differ by it.
    """

    phase: int
    text: Text
    place: str = ""


DISABLE = Step(
    1,
    Text(
        "Disable it first: `aliscan disable KEYID` with another identity, or the console. Whoever copied it can no longer use it.",
        "首先禁用：用另一个身份执行 `aliscan disable KEYID`，或在控制台禁用。复制过它的人从此无法使用。",
    ),
)
END_SESSION = Step(
    1,
    Text(
        "End it before it expires: take the permissions of its RAM role away until then, and look at what hands out such tokens.",
        "在过期之前使其失效：暂时收回对应 RAM 角色的权限，并检查是谁签发了这样的令牌。",
    ),
)
CHANGE = Step(
    1,
    Text(
        "Change it in the service's console first: whoever copied it loses access.",
        "首先在该服务的控制台更换：复制过它的人从此失去访问权限。",
    ),
)
USAGE = Step(
    2,
    Text(
        "Check its use since the leak: the last use (GetAccessKeyLastUsed), ActionTrail for what it did and from where, "
        "and the bill for what it started.",
        "检查泄露以来的使用情况：最近一次使用（GetAccessKeyLastUsed）、操作审计 ActionTrail（做了什么、来自哪里），以及账单。",
    ),
)
LOG = Step(
    2,
    Text(
        "Look through the service's access and audit logs for strangers since the leak.",
        "检查泄露以来该服务的访问日志和审计日志，查找陌生的访问。",
    ),
)
NO_ACCOUNT_KEY = Step(
    3,
    Text(
        "It is a key of the main account: do not replace it by another one. Make a RAM user with no more rights than the work needs.",
        "这是主账号的密钥：不要再为主账号创建密钥，请创建 RAM 用户，只授予工作所需的权限。",
    ),
)
HISTORY = Step(
    5,
    Text(
        "Take it out of the history: `aliscan rewrite-plan`; amend when it is in the last commit only. Forks and clones keep it.",
        "从历史中清除：`aliscan rewrite-plan`；若只在最近一次提交中，使用 amend。复刻和克隆中仍会保留。",
    ),
)
PLATFORM = Step(
    6,
    Text(
        "Tell the platform where it was public: ask it to drop cached views and pull requests; and tell your security team.",
        "通知曾公开它的平台清除缓存页面和合并请求，并告知本公司的安全团队。",
    ),
)
DELETE = Step(
    7,
    Text(
        "Delete it when nothing has missed it for some days.",
        "确认数日内没有业务受影响后，删除该密钥。",
    ),
)

_REPLACE = {
    "default": Step(
        4,
        Text(
            "Replace it by what needs no secret in a file: a RAM role of the instance or function, else the environment or "
            "~/.alibabacloud/credentials, or KMS Secrets Manager.",
            "改用不需要在文件中保存密钥的方式：实例或函数的 RAM 角色；否则使用环境变量、~/.alibabacloud/credentials 或 KMS 凭据管家。",
        ),
        "default",
    ),
    "kubernetes": Step(
        4,
        Text(
            "Replace it by RRSA (OIDC): the pod gets a role of its own, no Secret holds a key.",
            "改用 RRSA（OIDC）：Pod 拥有自己的角色，Secret 中不再保存密钥。",
        ),
        "kubernetes",
    ),
    "browser": Step(
        4,
        Text(
            "Replace it by STS tokens from your own server, or for uploads to OSS by a policy that the server signs: "
            "nothing in a browser or an app stays secret.",
            "改由自己的服务端签发 STS 令牌；上传 OSS 时使用服务端签名的 Policy：浏览器和 App 中没有秘密。",
        ),
        "browser",
    ),
    "serverless": Step(
        4,
        Text(
            "Replace it by the role of the function: the runtime hands temporary credentials to the code.",
            "改用函数的服务角色：运行时会向代码提供临时凭证。",
        ),
        "serverless",
    ),
    "ci": Step(
        4,
        Text(
            "Replace it by the CI's secret store, better by OIDC with a RAM role that trusts only this repository.",
            "改用 CI 的密钥管理；更好的做法是 OIDC，并让 RAM 角色只信任该仓库。",
        ),
        "ci",
    ),
}

# What those places are called, where one report speaks of several.
PLACES = {
    "default": Text("other files", "其他文件"),
    "kubernetes": Text("Kubernetes", "Kubernetes 配置"),
    "browser": Text("browsers and apps", "浏览器和 App"),
    "serverless": Text("functions", "函数计算"),
    "ci": Text("CI", "CI 配置"),
}

# What a verification has made needless.
_NEEDLESS = {
    "dead": frozenset({DISABLE, END_SESSION, CHANGE, DELETE}),
    "disabled": frozenset({DISABLE}),
    "expired": frozenset({END_SESSION}),
}


def place_of(path: bytes) -> str:
    """What kind of place a file is, for the replacement that fits it: a key of the texts above."""
    name = path.lower()
    base = name.rpartition(b"/")[2]
    if any(w in name for w in (b".github/", b".gitlab-ci", b"jenkinsfile", b".workflow", b"/ci/", b".drone")):
        return "ci"
    if base in (b"s.yaml", b"s.yml", b"template.yml") or b"access.y" in name or b"fcli" in name:
        return "serverless"
    kubernetes = (
        b"k8s",
        b"kube",
        b"helm",
        b"charts/",
        b"deployment.y",
        b"secret.y",
        b"secrets.y",
        b"configmap",
    )
    if base in (b"values.yaml", b"values.yml") or any(w in name for w in kubernetes):
        return "kubernetes"
    shown = (b".html", b".vue", b".jsx", b".tsx", b".wxml", b".swift", b".dart", b".plist", b".m")
    if base.endswith(shown) or b"front" in name or b"android" in name or b"miniprogram" in name:
        return "browser"
    return "default"


def steps(rule: str, path: bytes = b"", verified: str = "", identity: str = "") -> tuple[Step, ...]:
    """The steps for a rule, the most urgent first; the replacement fits the file.

    ``verified`` and ``identity`` are what a verification said, or empty: a dead key needs no disabling.
    """
    replacement = _REPLACE[place_of(path)]
    if rule in ("alibaba-sts-token", "alibaba-vod-auth"):
        found = [END_SESSION, USAGE, replacement, HISTORY, PLATFORM]
    elif rule.startswith("alibaba-access-key") or rule == "alibaba-serverless-devs-access":
        found = [DISABLE, USAGE, replacement, HISTORY, PLATFORM, DELETE]
    else:
        found = [CHANGE, LOG, replacement, HISTORY, PLATFORM]
    if identity == "Account":
        found.insert(2, NO_ACCOUNT_KEY)
    needless = _NEEDLESS.get(verified, frozenset())
    return tuple(step for step in found if step not in needless)


RESULTS = {
    "live": Text("It works right now: act on it before anything else.", "密钥当前有效：请立即处理。"),
    "flagged": Text(
        "The vendor knows that it leaked and bars some calls; data in OSS can still be read. It cannot be lifted: disable and replace it.",
        "阿里云已发现该密钥泄露并限制了部分操作，但 OSS 等数据仍可被读取。限制无法解除：请禁用并更换。",
    ),
    "disabled": Text("It is disabled: make sure that nobody enables it again, then delete it.",
                     "已被禁用：请确保不会再次启用，然后删除。"),
    "dead": Text("It does not exist any more; the file and the history still tell who you are.",
                 "密钥已不存在；但文件和历史仍会暴露账号信息。"),
    "wrong-pair": Text("The id exists, but this is not its secret: look for the right one, it may be near.",
                       "该 ID 存在，但 Secret 不匹配：真正的 Secret 可能就在附近。"),
    "expired": Text("It has expired; find out what issued it, and whether that still leaks.",
                    "已过期；请查明它由谁签发，以及是否仍在泄露。"),
    "unknown": Text("It could not be told whether it works: treat it as live.", "无法确定是否有效：请按有效处理。"),
}  # fmt: skip
