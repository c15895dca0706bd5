"""What to do about a finding, in the order in which it has to be done."""

from __future__ import annotations

from aliscan.advice.texts import Text

DISABLE = Text(
    "Disable it first: `aliscan disable KEYID` with another identity, or the console. Whoever copied it can no longer use it.",
    "首先禁用：使用另一个身份执行 `aliscan disable KEYID`，或在控制台禁用。复制过它的人从此无法使用。",
)
USAGE = Text(
    "Check its use since the leak: the last use (GetAccessKeyLastUsed), ActionTrail for what it did and from where, "
    "and the bill for what it started.",
    "检查泄露以来的使用情况：最近使用记录（GetAccessKeyLastUsed）、操作审计 ActionTrail（做了什么、来自哪里），以及账单。",
)
HISTORY = Text(
    "Take it out of the history: `aliscan rewrite-plan`; amend when it is in the last commit only. Forks and clones keep it.",
    "从历史中清除：`aliscan rewrite-plan`；若只在最近一次提交中，使用 amend。复刻和克隆中仍会保留。",
)
PLATFORM = Text(
    "Tell the platform where it was public: ask it to drop cached views and pull requests, and your security team.",
    "通知曾公开它的平台清除缓存页面和合并请求，并通知安全团队。",
)
DELETE = Text(
    "Delete it when nothing has missed it for some days.",
    "确认数日内没有业务受影响后，删除该密钥。",
)

_REPLACE = {
    "default": Text(
        "Replace it by what needs no secret in a file: a RAM role of the instance or function, else the environment or "
        "~/.alibabacloud/credentials, or KMS Secrets Manager.",
        "用无需在文件中保存密钥的方式代替：实例或函数的 RAM 角色；否则使用环境变量、~/.alibabacloud/credentials 或 KMS 凭据管家。",
    ),
    "kubernetes": Text(
        "Replace it by RRSA (OIDC): the pod gets a role of its own, no Secret holds a key.",
        "使用 RRSA（OIDC）代替：Pod 拥有自己的角色，Secret 中不再保存密钥。",
    ),
    "browser": Text(
        "Replace it by STS tokens from your own server, or for uploads by a policy that the server signs: "
        "nothing in a browser or an app stays secret.",
        "由自己的服务端签发 STS 令牌；上传文件使用服务端签名的 Policy：浏览器和 App 中没有秘密。",
    ),
    "serverless": Text(
        "Replace it by the role of the function: the runtime hands temporary credentials to the code.",
        "使用函数的服务角色代替：运行时会向代码提供临时凭证。",
    ),
    "ci": Text(
        "Replace it by the CI's secret store, better by OIDC with a RAM role that trusts only this repository.",
        "使用 CI 的密钥管理代替；更好的做法是 OIDC，并让 RAM 角色只信任该仓库。",
    ),
}

_SECRET_OF_SERVICE = Text(
    "Change it in the service's console first: whoever copied it loses access.",
    "首先在该服务的控制台修改：复制过它的人从此失去访问权限。",
)
_STS = Text(
    "End it before it expires: take the role's permissions away for sessions older than now, or detach its policies.",
    "在过期之前使其失效：拒绝此刻之前签发的会话，或解除角色的权限策略。",
)
_LOG = Text(
    "Look through the service's access and audit logs for strangers since the leak.",
    "检查泄露以来该服务的访问日志和审计日志，查找陌生的访问。",
)


def place_of(path: bytes) -> str:
    """What kind of place a file is, for the replacement that fits it: a key of the texts above."""
    name = path.lower()
    if any(w in name for w in (b".github/", b".gitlab-ci", b"jenkinsfile", b".workflow", b"/ci/", b".drone")):
        return "ci"
    if any(
        w in name for w in (b"k8s", b"kube", b"helm", b"charts/", b"deployment.y", b"secret.y", b"configmap")
    ):
        return "kubernetes"
    if (
        name.endswith((b".html", b".vue", b".jsx", b".tsx", b".wxml", b".swift", b".dart", b".kt"))
        or b"front" in name
    ):
        return "browser"
    if name.endswith((b"s.yaml", b"s.yml", b"template.yml")) or b"access.y" in name or b"fcli" in name:
        return "serverless"
    return "default"


def steps(rule: str, path: bytes = b"") -> tuple[Text, ...]:
    """The steps for a rule, the most urgent first; the replacement fits the file."""
    replacement = _REPLACE[place_of(path)]
    if rule in ("alibaba-sts-token", "alibaba-vod-auth"):
        return _STS, USAGE, replacement, HISTORY, PLATFORM
    if rule.startswith("alibaba-access-key") or rule == "alibaba-serverless-devs-access":
        return DISABLE, USAGE, replacement, HISTORY, PLATFORM, DELETE
    return _SECRET_OF_SERVICE, _LOG, replacement, HISTORY, PLATFORM


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
                       "该 ID 存在，但密钥不匹配：真正的密钥可能就在附近。"),
    "expired": Text("It has expired; find out what issued it, and whether that still leaks.",
                    "已过期；请查明它由谁签发，以及是否仍在泄露。"),
    "unknown": Text("It could not be told whether it works: treat it as live.", "无法确定是否有效：请按有效处理。"),
}  # fmt: skip
