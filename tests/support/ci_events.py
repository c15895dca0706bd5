"""What CI providers put into the environment, as their documents list it, cut down to what tells of a change.

``{base}`` is the target's tip, ``{head}`` the end of the change, ``{before}`` what a push found, ``{merge}``
the provider's own test merge, ``{zeros}`` an id of zeros; ``{base:.12}`` is an abbreviation.
"""

from __future__ import annotations

# name -> (variables, the base and the head that must be found)
PULLS: dict[str, tuple[dict[str, str], str, str]] = {
    "GitLab CI": ({
        "GITLAB_CI": "true", "CI_PIPELINE_SOURCE": "merge_request_event", "CI_MERGE_REQUEST_IID": "7",
        "CI_MERGE_REQUEST_TARGET_BRANCH_NAME": "main", "CI_MERGE_REQUEST_DIFF_BASE_SHA": "{fork}",
        "CI_MERGE_REQUEST_SOURCE_BRANCH_NAME": "topic", "CI_COMMIT_BEFORE_SHA": "{zeros}",
        "CI_COMMIT_SHA": "{head}", "CI_DEFAULT_BRANCH": "main",
    }, "base", "head"),
    "GitLab CI merged results": ({
        "GITLAB_CI": "true", "CI_MERGE_REQUEST_IID": "7", "CI_MERGE_REQUEST_DIFF_BASE_SHA": "{fork}",
        "CI_MERGE_REQUEST_TARGET_BRANCH_NAME": "gone", "CI_MERGE_REQUEST_TARGET_BRANCH_SHA": "{base}",
        "CI_MERGE_REQUEST_SOURCE_BRANCH_SHA": "{head}", "CI_COMMIT_SHA": "{merge}",
        "CI_COMMIT_BEFORE_SHA": "{zeros}", "CI_DEFAULT_BRANCH": "main",
    }, "base", "head"),
    "Gitee Go": ({
        "GITEE_PIPELINE_NAME": "gate", "GITEE_PULL_ID": "3", "GITEE_BRANCH": "gone", "GITEE_COMMIT": "{base}",
        "GITEE_SOURCE_BRANCH": "topic", "GITEE_SOURCE_COMMIT": "{head}",
    }, "base", "head"),
    "Bitbucket Pipelines": ({
        "BITBUCKET_COMMIT": "{head}", "BITBUCKET_BRANCH": "topic", "BITBUCKET_PR_ID": "5",
        "BITBUCKET_PR_DESTINATION_BRANCH": "gone", "BITBUCKET_PR_DESTINATION_COMMIT": "{base:.12}",
    }, "base", "head"),
    "Azure Pipelines": ({
        "TF_BUILD": "True", "BUILD_REASON": "PullRequest", "BUILD_SOURCEVERSION": "{merge}",
        "BUILD_SOURCEBRANCH": "refs/pull/9/merge", "SYSTEM_PULLREQUEST_PULLREQUESTID": "9",
        "SYSTEM_PULLREQUEST_TARGETBRANCH": "refs/heads/main", "SYSTEM_PULLREQUEST_SOURCECOMMITID": "{head}",
    }, "base", "head"),
    "Azure Pipelines short branch": ({
        "TF_BUILD": "True", "BUILD_REASON": "PullRequest", "BUILD_SOURCEVERSION": "{merge}",
        "SYSTEM_PULLREQUEST_TARGETBRANCH": "main", "SYSTEM_PULLREQUEST_SOURCECOMMITID": "{head}",
    }, "base", "head"),
    "CODING": ({
        "CI": "true", "CODING": "true", "JENKINS_URL": "http://127.0.0.1:8080/", "GIT_COMMIT": "{merge}",
        "CODING_EVENT": "merge_request", "CODING_BRANCH": "gone", "CODING_COMMIT": "{head}",
        "CODING_MERGE_REQUEST_ID": "12", "CODING_MERGE_REQUEST_SHA": "{head}",
        "CODING_MERGE_REQUEST_TARGET_SHA": "{base}",
    }, "base", "head"),
    "CNB": ({
        "CI": "true", "CNB": "true", "CNB_EVENT": "pull_request", "CNB_BRANCH": "main",
        "CNB_DEFAULT_BRANCH": "main", "CNB_COMMIT": "{merge}", "CNB_PULL_REQUEST": "true",
        "CNB_PULL_REQUEST_SHA": "{head}", "CNB_PULL_REQUEST_TARGET_SHA": "{base}",
    }, "base", "head"),
    "Jenkins with the Gitee plugin": ({
        "JENKINS_URL": "http://127.0.0.1:8080/", "giteeActionType": "MERGE", "giteePullRequestIid": "4",
        "giteeTargetBranch": "main", "giteeSourceBranch": "topic", "giteePullRequestLastCommit": "{head}",
        "GIT_COMMIT": "{merge}", "giteeAfterCommitSha": "null",
    }, "base", "head"),
    "Jenkins": ({
        "JENKINS_URL": "http://127.0.0.1:8080/", "CHANGE_ID": "8", "CHANGE_TARGET": "main",
        "CHANGE_BRANCH": "topic", "BRANCH_NAME": "PR-8", "GIT_COMMIT": "{head}",
        "GIT_PREVIOUS_COMMIT": "{head}",
    }, "base", "head"),
    "Drone": ({
        "CI": "true", "DRONE": "true", "DRONE_BUILD_EVENT": "pull_request", "DRONE_PULL_REQUEST": "2",
        "DRONE_TARGET_BRANCH": "main", "DRONE_SOURCE_BRANCH": "topic", "DRONE_COMMIT": "{head}",
        "DRONE_COMMIT_SHA": "{head}", "DRONE_COMMIT_BEFORE": "{fork}", "DRONE_COMMIT_REF": "refs/pull/2/head",
        "DRONE_REPO_BRANCH": "main",
    }, "base", "head"),
    "Travis CI": ({
        "TRAVIS": "true", "TRAVIS_EVENT_TYPE": "pull_request", "TRAVIS_PULL_REQUEST": "6",
        "TRAVIS_BRANCH": "main", "TRAVIS_PULL_REQUEST_SHA": "{head}", "TRAVIS_COMMIT": "{merge}",
        "TRAVIS_COMMIT_RANGE": "{fork}...{head}",
    }, "base", "head"),
    "CircleCI": ({
        "CIRCLECI": "true", "CIRCLE_SHA1": "{head}", "CIRCLE_BRANCH": "topic",
        "CIRCLE_PULL_REQUEST": "https://github.com/a/b/pull/1",
    }, "base", "head"),
    "Yunxiao Flow with --base": ({
        "PIPELINE_ID": "1", "BUILD_EXECUTOR": "x", "CI_COMMIT_SHA": "{head}", "CI_COMMIT_ID": "{head:.8}",
        "CI_COMMIT_REF_NAME": "topic", "ARGS": "--base=origin/main",
    }, "base", "head"),
    "Yunxiao Flow short id": ({
        "PIPELINE_ID": "1", "BUILD_EXECUTOR": "x", "CI_COMMIT_ID": "{head:.8}", "ARGS": "--base=origin/main",
    }, "base", "head"),
}  # fmt: skip

PUSHES: dict[str, tuple[dict[str, str], str, str]] = {
    "GitLab CI": ({
        "GITLAB_CI": "true", "CI_COMMIT_BEFORE_SHA": "{before}", "CI_COMMIT_SHA": "{head}",
        "CI_COMMIT_BRANCH": "topic", "CI_DEFAULT_BRANCH": "main",
    }, "before", "head"),
    "GitLab CI first pipeline of a branch": ({
        "GITLAB_CI": "true", "CI_COMMIT_BEFORE_SHA": "{zeros}", "CI_COMMIT_SHA": "{head}",
        "CI_COMMIT_BRANCH": "topic", "CI_DEFAULT_BRANCH": "main",
    }, "base", "head"),
    "GitLab CI after a force push": ({
        "GITLAB_CI": "true", "CI_COMMIT_BEFORE_SHA": "{unknown}", "CI_COMMIT_SHA": "{head}",
        "CI_COMMIT_BRANCH": "topic", "CI_DEFAULT_BRANCH": "main",
    }, "base", "head"),
    "GitLab CI, the default branch itself": ({
        "GITLAB_CI": "true", "CI_COMMIT_BEFORE_SHA": "{unknown}", "CI_COMMIT_SHA": "{base}",
        "CI_COMMIT_BRANCH": "main", "CI_DEFAULT_BRANCH": "main",
    }, "", "base"),
    "Gitee Go": ({
        "GITEE_PIPELINE_NAME": "gate", "GITEE_COMMIT": "{head}", "GITEE_BRANCH": "topic",
    }, "base", "head"),
    "Bitbucket Pipelines": ({"BITBUCKET_COMMIT": "{head}", "BITBUCKET_BRANCH": "topic"}, "base", "head"),
    "Azure Pipelines": ({
        "TF_BUILD": "True", "BUILD_REASON": "IndividualCI", "BUILD_SOURCEVERSION": "{head}",
        "BUILD_SOURCEBRANCH": "refs/heads/topic",
    }, "base", "head"),
    "CODING": ({
        "CODING": "true", "CODING_EVENT": "push", "CODING_BRANCH": "topic", "CODING_BEFORE_SHA": "{before}",
        "CODING_COMMIT": "{head}",
    }, "before", "head"),
    "CNB": ({
        "CNB": "true", "CNB_EVENT": "push", "CNB_BRANCH": "topic", "CNB_BEFORE_SHA": "{before}",
        "CNB_COMMIT": "{head}", "CNB_DEFAULT_BRANCH": "main", "CNB_PULL_REQUEST": "false",
    }, "before", "head"),
    "Jenkins with the Gitee plugin": ({
        "JENKINS_URL": "x", "giteeActionType": "PUSH", "giteeBeforeCommitSha": "{before}",
        "giteeAfterCommitSha": "{head}", "giteeRef": "refs/heads/topic", "giteePushDeleted": "false",
    }, "before", "head"),
    "Jenkins": ({
        "JENKINS_URL": "x", "GIT_COMMIT": "{head}", "BRANCH_NAME": "topic", "GIT_PREVIOUS_COMMIT": "{head}",
        "GIT_PREVIOUS_SUCCESSFUL_COMMIT": "{before}",
    }, "before", "head"),
    "Jenkins, never built": ({
        "JENKINS_URL": "x", "GIT_COMMIT": "{head}", "BRANCH_NAME": "topic",
    }, "base", "head"),
    "Drone": ({
        "DRONE": "true", "DRONE_COMMIT_BEFORE": "{before}", "DRONE_COMMIT": "{head}",
        "DRONE_COMMIT_REF": "refs/heads/topic", "DRONE_REPO_BRANCH": "main",
    }, "before", "head"),
    "Travis CI": ({
        "TRAVIS": "true", "TRAVIS_PULL_REQUEST": "false", "TRAVIS_BRANCH": "topic",
        "TRAVIS_COMMIT_RANGE": "{before}...{head}", "TRAVIS_COMMIT": "{head}",
    }, "before", "head"),
    "CircleCI": ({
        "CIRCLECI": "true", "CIRCLE_SHA1": "{head}", "CIRCLE_BRANCH": "topic",
        "CIRCLE_RANGE": "{before}...{head}",
    }, "before", "head"),
}  # fmt: skip


def fill(variables: dict[str, str], ids: dict[str, str]) -> dict[str, str]:
    """The variables with real ids in them."""
    return {name: value.format(**ids) for name, value in variables.items()}


def github(event: str, ids: dict[str, str], **more: object) -> tuple[dict[str, str], dict[str, object]]:
    """Variables and event payload of GitHub Actions."""
    repository = {"default_branch": "main", "full_name": "octo/hello"}
    env = {"GITHUB_ACTIONS": "true", "GITHUB_EVENT_NAME": event, "GITHUB_SHA": ids["head"]}
    payload: dict[str, object] = {"repository": repository}
    if event.startswith("pull_request"):
        env |= {"GITHUB_SHA": ids["merge" if event == "pull_request" else "base"], "GITHUB_BASE_REF": "main",
                "GITHUB_REF": "refs/pull/1/merge"}  # fmt: skip
        payload["pull_request"] = {
            "number": 1,
            "base": {"ref": "main", "sha": ids["base"]},
            "head": {"ref": "topic", "sha": ids["head"]},
        }
    elif event == "merge_group":
        payload["merge_group"] = {
            "base_ref": "refs/heads/main", "base_sha": ids["base"],
            "head_ref": "refs/heads/gh-readonly-queue/main/pr-1", "head_sha": ids["head"],
        }  # fmt: skip
    elif event == "push":
        env["GITHUB_REF"] = "refs/heads/topic"
        payload |= {"ref": "refs/heads/topic", "before": ids["before"], "after": ids["head"],
                    "created": False, "deleted": False, "forced": False}  # fmt: skip
    else:
        env["GITHUB_REF_NAME"] = "main"
    payload |= more
    return env, payload
