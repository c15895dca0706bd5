"""What continuous integration tells of a change: one table, a row a provider.

Everything here is text from the environment, of which a stranger who opens a pull request may have
written the branch names; nothing is believed before aliscan.sources.revisions has found it in the
repository. docs/ci.md explains the rows; their sources are the providers' own lists of variables
(reference 5.11).
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping

from aliscan.i18n import N_
from aliscan.record import dataclass

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

Environment = Mapping[str, str]

PULL, PUSH, TAG, OTHER, DELETED = N_("pull request"), N_("push"), N_("tag"), N_("run"), "deletion"
MAX_EVENT = 64 << 20


@dataclass(frozen=True, slots=True)
class Candidate:
    """A name for a commit: ``source`` is the variable that said so; ``branch`` if it is a branch's name."""

    source: str
    value: str
    branch: bool = False


@dataclass(frozen=True, slots=True)
class Event:
    """A change as a provider describes it. Candidates come best first.

    ``kind`` is one of PULL, PUSH, TAG, OTHER, DELETED; ``branch`` is the branch that was pushed, ``default``
    the repository's default branch; ``tag`` the tag's name.
    """

    kind: str
    base: tuple[Candidate, ...] = ()
    head: tuple[Candidate, ...] = ()
    branch: str = ""
    default: str = ""
    tag: str = ""


@dataclass(frozen=True, slots=True)
class Provider:
    """A row of the table. ``when``: variables that must be set (``NAME`` or ``NAME=value``).

    ``pull`` makes it a pull request. ``target`` (a branch), ``base`` (an id) and ``head`` are for that case;
    ``before``, ``after`` and ``branch`` for a push; ``tag`` and ``default`` name the tag and the default
    branch. ``cure`` is how to get the whole history there; ``needs_base``: nothing tells the base.
    """

    name: str
    when: tuple[str, ...]
    cure: str
    pull: tuple[str, ...] = ()
    target: tuple[str, ...] = ()
    base: tuple[str, ...] = ()
    head: tuple[str, ...] = ()
    before: tuple[str, ...] = ()
    after: tuple[str, ...] = ()
    branch: tuple[str, ...] = ()
    default: tuple[str, ...] = ()
    tag: tuple[str, ...] = ()
    deleted: tuple[str, ...] = ()
    needs_base: bool = False
    reader: Callable[[Provider, Environment], Event] | None = None

    def event(self, env: Environment) -> Event:
        """The change that ``env`` describes."""
        return self.reader(self, env) if self.reader else self._event(env)

    def _event(self, env: Environment) -> Event:
        default = _first(env, self.default)
        if any(_is(env, c) for c in self.deleted):
            return Event(DELETED)
        if any(_is(env, c) for c in self.pull):
            base = (*_all(env, self.target, branch=True), *_all(env, self.base))
            return Event(PULL, base, _all(env, self.head), default=default)
        before, after, tag = _all(env, self.before), _all(env, self.after), _first(env, self.tag)
        branch = _first(env, self.branch).removeprefix("refs/heads/")
        if branch.startswith("refs/tags/"):
            branch, tag = "", branch.removeprefix("refs/tags/")
        tag = tag.removeprefix("refs/tags/")
        return Event(TAG if tag else PUSH, before, after, branch, default, tag)


def _is(env: Environment, condition: str) -> bool:
    """``NAME``: set to something; ``NAME=value``: to that, in any case of letters; ``NAME!=value``: not."""
    name, equals, value = condition.partition("=")
    given = env.get(name.removesuffix("!"), "").strip()
    if not equals:
        return bool(given)
    same = given.lower() == value.lower()
    return bool(given) and not same if name.endswith("!") else same


def _first(env: Environment, names: tuple[str, ...]) -> str:
    return next((env[n].strip() for n in names if env.get(n, "").strip()), "")


def _all(env: Environment, names: tuple[str, ...], *, branch: bool = False) -> tuple[Candidate, ...]:
    return tuple(Candidate(n, env[n].strip(), branch) for n in names if env.get(n, "").strip())


def _github(row: Provider, env: Environment) -> Event:
    """The event's own JSON is the only place that has the ids (github.event)."""
    event, name = _payload(env.get("GITHUB_EVENT_PATH", "")), env.get("GITHUB_EVENT_NAME", "")
    default = _text(event, "repository", "default_branch")
    if name in ("pull_request", "pull_request_target"):
        head = _candidates(event, ("pull_request", "head", "sha"))
        if name == "pull_request":  # its GITHUB_SHA is the test merge; of pull_request_target the base
            head += _all(env, ("GITHUB_SHA",))
        base = _candidates(event, ("pull_request", "base", "sha"))
        return Event(PULL, (*base, *_all(env, ("GITHUB_BASE_REF",), branch=True)), head, default=default)
    if name == "merge_group":
        base = _candidates(event, ("merge_group", "base_sha"), ("merge_group", "base_ref"))
        return Event(PULL, base, _candidates(event, ("merge_group", "head_sha")), default=default)
    if name in ("push", "create"):
        if event.get("deleted") is True:
            return Event(DELETED)
        ref = env.get("GITHUB_REF", "") or _text(event, "ref")
        tag = ref.removeprefix("refs/tags/") if ref.startswith("refs/tags/") else ""
        head = (*_candidates(event, ("after",)), *_all(env, ("GITHUB_SHA",)))
        branch = ref.removeprefix("refs/heads/")
        return Event(TAG if tag else PUSH, _candidates(event, ("before",)), head, branch, default, tag)
    return Event(OTHER, (), _all(env, ("GITHUB_SHA",)), env.get("GITHUB_REF_NAME", ""), default)


def _payload(path: str) -> dict[str, Any]:
    """The JSON object in a file; an empty one where there is none that can be read."""
    import json

    try:
        if not path or os.path.getsize(path) > MAX_EVENT:
            return {}
        with open(path, "rb") as file:
            found = json.loads(file.read().decode("utf-8"))
    except (OSError, ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def _text(event: object, *way: str) -> str:
    for key in way:
        event = event.get(key) if isinstance(event, dict) else None
    return event.strip() if isinstance(event, str) else ""


def _candidates(event: dict[str, Any], *ways: tuple[str, ...]) -> tuple[Candidate, ...]:
    found = ((".".join(way), _text(event, *way)) for way in ways)
    return tuple(Candidate(s, v, v.startswith("refs/")) for s, v in found if v)


def _travis(row: Provider, env: Environment) -> Event:
    """``TRAVIS_COMMIT_RANGE`` is ``old...new``; of a pull request ``TRAVIS_BRANCH`` is the target."""
    old = env.get("TRAVIS_COMMIT_RANGE", "").partition("...")[0].strip()
    given = (Candidate("TRAVIS_COMMIT_RANGE", old),) if old else ()
    if _is(env, "TRAVIS_PULL_REQUEST!=false"):
        base = (*_all(env, ("TRAVIS_BRANCH",), branch=True), *given)
        return Event(PULL, base, _all(env, ("TRAVIS_PULL_REQUEST_SHA", "TRAVIS_COMMIT")))
    tag = env.get("TRAVIS_TAG", "").strip()
    return Event(
        TAG if tag else PUSH, given, _all(env, ("TRAVIS_COMMIT",)), env.get("TRAVIS_BRANCH", ""), "", tag
    )


def _circle(row: Provider, env: Environment) -> Event:
    """A range only where the pipeline's author made one (``CIRCLE_RANGE``: ``old...new``)."""
    old = env.get("CIRCLE_RANGE", "").partition("...")[0].strip()
    given = (Candidate("CIRCLE_RANGE", old),) if old else ()
    pull = bool(env.get("CIRCLE_PULL_REQUEST"))
    tag = env.get("CIRCLE_TAG", "").strip()
    kind = PULL if pull else TAG if tag else PUSH
    return Event(kind, given, _all(env, ("CIRCLE_SHA1",)), env.get("CIRCLE_BRANCH", ""), "", tag)


# In this order: several run on Jenkins and set its variables too, and Yunxiao's CI_... are GitLab's names.
PROVIDERS = (
    Provider(
        "GitHub Actions", ("GITHUB_ACTIONS=true",), "fetch-depth: 0 (actions/checkout)", reader=_github
    ),
    Provider(
        "GitLab CI", ("GITLAB_CI=true",), 'GIT_DEPTH: "0"',
        pull=("CI_MERGE_REQUEST_IID", "CI_MERGE_REQUEST_ID"),
        # the branch before the id: the id is stale once the target has been changed
        target=("CI_MERGE_REQUEST_TARGET_BRANCH_NAME",),
        base=("CI_MERGE_REQUEST_TARGET_BRANCH_SHA", "CI_MERGE_REQUEST_DIFF_BASE_SHA"),
        head=("CI_MERGE_REQUEST_SOURCE_BRANCH_SHA", "CI_COMMIT_SHA"),
        before=("CI_COMMIT_BEFORE_SHA",), after=("CI_COMMIT_SHA",), branch=("CI_COMMIT_BRANCH",),
        default=("CI_DEFAULT_BRANCH",), tag=("CI_COMMIT_TAG",),
    ),
    Provider(
        "Gitee Go", ("GITEE_PIPELINE_NAME",), "git fetch --unshallow",
        pull=("GITEE_PULL_ID", "GITEE_SOURCE_COMMIT"),
        # the reverse of everybody else: of a pull request these two are the target
        target=("GITEE_BRANCH",), base=("GITEE_COMMIT",), head=("GITEE_SOURCE_COMMIT",),
        after=("GITEE_COMMIT",), branch=("GITEE_BRANCH",),
    ),
    Provider(
        "Yunxiao Flow", ("PIPELINE_ID", "BUILD_EXECUTOR"), "git fetch --unshallow",
        after=("CI_COMMIT_SHA", "CI_COMMIT_ID"), branch=("CI_COMMIT_REF_NAME",), needs_base=True,
    ),
    Provider(
        "Bitbucket Pipelines", ("BITBUCKET_COMMIT",), "clone: depth: full",
        pull=("BITBUCKET_PR_ID",), target=("BITBUCKET_PR_DESTINATION_BRANCH",),
        base=("BITBUCKET_PR_DESTINATION_COMMIT",), head=("BITBUCKET_COMMIT",),
        after=("BITBUCKET_COMMIT",), branch=("BITBUCKET_BRANCH",), tag=("BITBUCKET_TAG",),
    ),
    Provider(
        "Azure Pipelines", ("TF_BUILD=true",), "fetchDepth: 0",
        pull=("BUILD_REASON=PullRequest", "SYSTEM_PULLREQUEST_PULLREQUESTID"),
        target=("SYSTEM_PULLREQUEST_TARGETBRANCH", "SYSTEM_PULLREQUEST_TARGETBRANCHNAME"),
        # BUILD_SOURCEVERSION of a pull request is the test merge
        head=("SYSTEM_PULLREQUEST_SOURCECOMMITID", "BUILD_SOURCEVERSION"),
        after=("BUILD_SOURCEVERSION",), branch=("BUILD_SOURCEBRANCH",),
    ),
    Provider(
        "CODING", ("CODING=true",), "git fetch --unshallow",
        pull=("CODING_MERGE_REQUEST_ID", "CODING_MERGE_REQUEST_SHA"),
        # of a merge request CODING_BRANCH is the target
        base=("CODING_MERGE_REQUEST_TARGET_SHA",), target=("CODING_BRANCH",),
        head=("CODING_MERGE_REQUEST_SHA", "CODING_COMMIT"),
        before=("CODING_BEFORE_SHA",), after=("CODING_COMMIT",), branch=("CODING_BRANCH",),
        deleted=("CODING_EVENT=branch.delete",),
    ),
    Provider(
        "CNB", ("CNB=true",), "git fetch --unshallow",
        pull=("CNB_PULL_REQUEST=true", "CNB_PULL_REQUEST_SHA"),
        # of a pull request CNB_BRANCH is the target
        base=("CNB_PULL_REQUEST_TARGET_SHA",), target=("CNB_BRANCH",),
        head=("CNB_PULL_REQUEST_SHA",),
        before=("CNB_BEFORE_SHA",), after=("CNB_COMMIT",), branch=("CNB_BRANCH",),
        default=("CNB_DEFAULT_BRANCH",), deleted=("CNB_EVENT=branch.delete",),
    ),
    Provider(
        "Jenkins with the Gitee plugin", ("JENKINS_URL", "giteeActionType"),
        "Advanced clone behaviours: Shallow clone off",
        pull=("giteeActionType=MERGE", "giteePullRequestIid"), target=("giteeTargetBranch",),
        head=("giteePullRequestLastCommit", "GIT_COMMIT"),
        before=("giteeBeforeCommitSha",), after=("giteeAfterCommitSha", "GIT_COMMIT"), branch=("giteeRef",),
        deleted=("giteePushDeleted=true",),
    ),
    Provider(
        "Jenkins", ("JENKINS_URL",), "Advanced clone behaviours: Shallow clone off",
        pull=("CHANGE_ID",), target=("CHANGE_TARGET",), head=("GIT_COMMIT",),
        # not GIT_PREVIOUS_COMMIT: the next build would pass over what made this one fail
        before=("GIT_PREVIOUS_SUCCESSFUL_COMMIT",), after=("GIT_COMMIT",), branch=("BRANCH_NAME",),
        tag=("TAG_NAME",),
    ),
    Provider(
        "Drone", ("DRONE=true",), "clone: depth: 0",
        pull=("DRONE_PULL_REQUEST",), target=("DRONE_TARGET_BRANCH",), base=("DRONE_COMMIT_BEFORE",),
        head=("DRONE_COMMIT_SHA", "DRONE_COMMIT"), before=("DRONE_COMMIT_BEFORE",),
        after=("DRONE_COMMIT_SHA", "DRONE_COMMIT"), branch=("DRONE_COMMIT_REF", "DRONE_BRANCH"),
        default=("DRONE_REPO_BRANCH",), tag=("DRONE_TAG",),
    ),
    Provider("Travis CI", ("TRAVIS=true",), "git: depth: false", reader=_travis),
    Provider("CircleCI", ("CIRCLECI=true",), "checkout: method: full", reader=_circle),
)  # fmt: skip


def detect(env: Environment) -> Provider | None:
    """The provider we run at, or None."""
    return next((p for p in PROVIDERS if all(_is(env, c) for c in p.when)), None)
