"""The vendor's eleven practices for keys, in our words, each with its official page.

Where keys are made: https://usercenter.console.aliyun.com/#/manage/ak or
https://ram.console.aliyun.com/profile/access-keys . The list is the vendor's own; the pages redirect to
today's documentation.
"""

from __future__ import annotations

from dataclasses import dataclass

from aliscan.advice.texts import Text
from aliscan.i18n import language

CONSOLE = "https://usercenter.console.aliyun.com/#/manage/ak"
RAM_CONSOLE = "https://ram.console.aliyun.com/profile/access-keys"
WHAT_HAPPENS = "https://help.aliyun.com/knowledge_detail/54059.html"
BEST_PRACTICE = "https://help.aliyun.com/document_detail/102600.html"

_PAGE = "https://help.aliyun.com/document_detail/{}.html"


@dataclass(frozen=True, slots=True)
class Practice:
    """One practice: what to do, why, where the vendor says so, and what makes it the advice of the hour.

    ``when`` holds rule ids, identity types (``Account``, ``RAMUser``) and ``*`` for every leaked key.
    """

    name: str
    what: Text
    why: Text
    page: str
    when: frozenset[str]

    def __str__(self) -> str:
        return f"{self.what}{'' if language() == 'zh' else ' '}{self.why}"


def _practice(name: str, what: Text, why: Text, page: int, *when: str) -> Practice:
    return Practice(name, what, why, _PAGE.format(page), frozenset(when))


_KEYS = ("alibaba-access-key-pair", "alibaba-access-key-secret", "alibaba-access-key-id",
         "alibaba-serverless-devs-access")  # fmt: skip

PRACTICES = (
    _practice(
        "ram-users",
        Text("Make separate RAM users, and do not use the main account for daily work.",
             "创建独立的 RAM 用户，日常工作不使用主账号。"),
        Text("One account belongs to the company; its rights are divided by person.",
             "账号属于公司，权限按人划分。"),
        93720, "Account", *_KEYS),
    _practice(
        "console-or-api",
        Text("Keep console users and API users apart: no user has both a login password and an AccessKey.",
             "控制台用户与 API 用户分离：同一用户不同时拥有登录密码和 AccessKey。"),
        Text("A program needs only a key, a person only a login.", "应用只需要密钥，员工只需要登录。"),
        93720, "RAMUser", "alibaba-ram-login", *_KEYS),
    _practice(
        "groups",
        Text("Put users of one duty into a group, and give rights to the group.",
             "将职责相同的用户放入用户组，对用户组授权。"),
        Text("Rights follow the duty: who changes it loses them.", "权限跟随职责，岗位变动时随之变更。"),
        93724, "RAMUser"),
    _practice(
        "least-privilege",
        Text("Grant the least: a system or custom policy as narrow as the work, no AdministratorAccess, no *.",
             "最小授权：使用刚好够用的系统策略或自定义策略，不授予 AdministratorAccess，不写 *。"),
        Text("A leaked key can then do only that much.", "即使密钥泄露，也只能做这么多。"),
        93733, "RAMUser", "AssumedRoleUser", "alibaba-sts-token", *_KEYS),
    _practice(
        "password-policy",
        Text("Set a strong password policy for console logins (length, classes of characters, validity), "
             "and change passwords and keys at intervals.",
             "为登录设置高强度密码策略（长度、字符类型、有效期），并定期更换密码和密钥。"),
        Text("It stops guessing and old leaks.", "防止猜测，也使旧的泄露失效。"),
        116414, "*", "alibaba-ram-login", "alibaba-rds-password", "alibaba-mongodb-password",
        "alibaba-redis-password", "alibaba-kafka-password", "alibaba-directmail-password",
        "alibaba-container-registry-password", "alibaba-message-queue-password", "alibaba-packages-password"),
    _practice(
        "mfa",
        Text("Turn on multi-factor authentication for the main account, and for users who log in.",
             "为主账号以及需要登录的用户启用多因素认证（MFA）。"),
        Text("Otherwise one password opens everything.", "否则一个密码就能打开一切。"),
        28635, "Account", "alibaba-ram-login"),
    _practice(
        "sso",
        Text("Let people log in through the company's identity provider (SSO).",
             "让员工通过企业的身份提供商登录（SSO）。"),
        Text("Who leaves loses access at once.", "员工离职后立即失去访问权限。"),
        93684, "alibaba-ram-login", "alibaba-cli-oauth-token"),
    _practice(
        "no-account-key",
        Text("Keep no AccessKey for the main account; make one for a RAM user.",
             "不要为主账号创建 AccessKey，请为 RAM 用户创建。"),
        Text("It has every right of the account and cannot be restricted: it equals the login password.",
             "它拥有账号的全部权限且无法限制，等同于登录密码。"),
        116401, "Account", *_KEYS),
    _practice(
        "conditions",
        Text("Put conditions into policies: secure transport, source IP, hours.",
             "在权限策略中加入条件：安全传输、来源 IP、访问时间。"),
        Text("A leaked key is useless elsewhere.", "泄露的密钥在别处无法使用。"),
        93738, "RAMUser", *_KEYS),
    _practice(
        "central-control",
        Text("Control resources centrally: the account owns them, users only use them; when somebody leaves, "
             "remove the user.",
             "集中控制资源：资源归账号所有，用户只有使用权；员工离职时移除其用户。"),
        Text("Nothing is lost, nothing lingers.", "资源不会丢失，权限不会残留。"),
        116146, "RAMUser"),
    _practice(
        "sts",
        Text("Give temporary rights by STS tokens with a policy and a lifetime of their own.",
             "使用 STS 令牌授予临时权限，限定其策略和有效期。"),
        Text("What leaks has expired.", "泄露时已经过期。"),
        28756, "alibaba-sts-token", "alibaba-vod-auth", *_KEYS),
)  # fmt: skip


def fitting(*signs: str) -> tuple[Practice, ...]:
    """The practices that a rule id or an identity type calls for, in the vendor's order."""
    wanted = {*signs, "*"}
    return tuple(p for p in PRACTICES if p.when & wanted)
