"""Logins of Container Registry: how far, in which commands, how bad."""

from __future__ import annotations

import base64

import pytest

from aliscan.finding import Severity
from tests.detect.rules.support import candidates, values
from tests.support import keys

HOST = "registry.cn-hangzhou.aliyuncs.com"


def there(text: str, pw: str) -> bool:
    """Whether the password is told; nothing else may be."""
    told = values("registry", text)
    assert told in ([], [(pw,)]), text
    return bool(told)


@pytest.fixture
def pw() -> str:
    return keys.password()


@pytest.mark.parametrize(("distance", "seen"), [(896, True), (897, False)])
def test_a_flag_begins_within_900_bytes_behind_the_host(pw: str, distance: int, seen: bool) -> None:
    assert there(f"docker login {HOST}{' ' * distance}-p {pw}\n", pw) is seen
    assert there(f"docker login {HOST}{' ' * distance}-p {pw}", pw) is seen, "no line end"


def test_a_command_ends_with_its_line(pw: str) -> None:
    assert there(f"docker login {HOST} -p {pw}", pw)
    assert not there(f"docker login {HOST}\nx -p {pw}", pw)
    assert there(f"docker login -p {pw} \\\n {HOST}", pw), "continued"
    assert there(f"docker login -p {pw} \\\r\n {HOST}", pw), "continued"
    assert not there(f"docker login -p {pw}\n x {HOST}", pw)


@pytest.mark.parametrize(("lines", "seen"), [(5, True), (6, False)])
def test_a_command_is_continued_over_six_lines(pw: str, lines: int, seen: bool) -> None:
    command = f"docker login -p {pw} \\\n" + "x \\\n" * (lines - 1) + HOST
    assert there(f"echo\n{command}\n", pw) is seen
    assert there(f"x -p {keys.password()}\n{command}\n", pw) is seen, "nothing of the line above"


def test_which_commands_log_in(pw: str) -> None:
    for command in (
        "docker login -u a -p {} {}",
        "helm registry login -u a --password {} {}",
        "podman login --password={} {}",
        "skopeo copy --src-creds a:{} docker://{}/x",
        "kubectl create secret docker-registry x --docker-password={} --docker-server={}",
        "echo {} | docker login -u a --password-stdin {}",
        "printf '%s' {} | docker login -u a --password-stdin {}",
        "docker login -ua -p{} {}",
    ):
        assert there(command.format(pw, HOST), pw), command
    for command in (
        "docker run -p {} {}/x",
        "login -p {} {}",
        "echo {} | docker login -u a {}",
        "docker login -u a {1} && docker run -p{0} {1}/x",
        "docker login -u a {1} | x -p{0} {1}/x",
        "docker login -u a {1} ; x -p{0} {1}/x",
        "docker run -p{0} {1}/x && docker login -u a {1}",
    ):
        assert not there(command.format(pw, HOST), pw), command


def test_ports_are_no_passwords() -> None:
    for port in ("8080:8080", "127.0.0.1:8080:80", "8080:80/tcp", "80800", "12345:54321"):
        assert values("registry", f"docker login {HOST} && docker run -p {port} {HOST}/x") == [], port
    word = keys.draw("bcdfghjkmnpqrstvwxz", 9)
    assert values("registry", f"docker login -p{word} {HOST}") == [], "glued to its flag it has a digit"
    assert values("registry", f"docker login -p{word}0 {HOST}") == [(f"{word}0",)]
    assert values("registry", f"docker login -p{word}9 {HOST}") == [(f"{word}9",)]
    assert values("registry", f"docker login -p {word} {HOST}") == [(word,)]


def test_a_login_at_a_host_in_a_variable(pw: str) -> None:
    login = f'docker login -u a -p {pw} "$HUB"\n'
    assert there(f"HUB={HOST}\n{login}", pw)
    assert there(f"{login}HUB={HOST}", pw), "900 bytes above"
    for distance, seen in ((850, True), (950, False)):
        assert there(f"{login}{chr(10) * (distance - len(login))}HUB={HOST}", pw) is seen
    for distance, seen in ((2650, True), (2750, False)):
        assert there(f"HUB={HOST}{chr(10) * (distance - len(login))}{login}", pw) is seen
    assert not there(f"HUB={HOST}\ndocker login -u a -p {pw}\n", pw), "at Docker Hub"


def auth(pw: str, user: str = "a") -> str:
    return '"auth": "' + base64.b64encode(f"{user}:{pw}".encode()).decode() + '"'


def test_auth_of_dockers_own_file(pw: str) -> None:
    assert there(f'{{"auths": {{"{HOST}": {{{auth(pw)}}}}}}}', pw)
    assert not there(f'{{"auths": {{"{HOST}": {{}}, "harbor.example.cn": {{{auth(pw)}}}}}}}', pw)
    assert not there(f'{{"auths": {{"{HOST}": {{{auth(pw, "")}}}}}}}', pw), "no user"
    assert not there(f'{{"auths": {{"{HOST}": {{{auth("changeme")}}}}}}}', pw)
    assert not there(f'"{HOST}": {{"auth": "{base64.b64encode(pw.encode() * 3).decode()}"}}', pw), "no colon"
    assert not there(f'"{HOST}": {{"auth": "abcdefghi"}}', pw), "no base64"


@pytest.mark.parametrize("gap", [0, 100, 1000])
def test_auth_stands_within_900_bytes(pw: str, gap: int) -> None:
    room = 900 - len(auth(pw)) - len('": {')
    for distance, seen in ((room, True), (room + 1, False)):
        assert there(f'{" " * gap}"{HOST}": {{{" " * distance}{auth(pw)}}}', pw) is seen
    other = "registry.cn-beijing.aliyuncs.com"
    text = f'"{HOST}": {{{auth(pw)}}}, "{other}": {{}}'
    (c,) = candidates("registry", text)
    assert dict(c.notes)["host"] == HOST


def test_what_docker_writes_twice_is_told_once(pw: str) -> None:
    text = f'{{"auths": {{"{HOST}": {{"username": "a", "password": "{pw}", {auth(pw)}}}}}}}'
    (c,) = candidates("registry", text)
    assert text[c.spans[0].start : c.spans[0].end] == pw


def test_plugins_of_build_files(pw: str) -> None:
    assert there(f"<image>{HOST}/x</image><auth><username>a</username><password>{pw}</password></auth>", pw)
    assert there(f"image = '{HOST}/x'\n auth {{\n username = 'a'\n password = '{pw}'\n}}", pw)
    head = f"<image>{HOST}/x</image>"
    body = "<auth><password>"
    for distance, seen in ((900 - len("/x</image>") - len(body) - 1, True), (900 - len(body) - 10, False)):
        assert there(f"{head}{' ' * distance}{body}{pw}</password></auth>", pw) is seen


@pytest.mark.parametrize("distance", [199, 200, 201, 400])
def test_temporary_logins_are_of_low_severity(pw: str, distance: int) -> None:
    mark = "cr_temp_user"
    expected = Severity.LOW if distance <= 200 else Severity.HIGH
    command = "docker login -p "
    (c,) = candidates("registry", f"{mark}{' ' * (distance - len(mark + command))}{command}{pw} {HOST}")
    assert c.severity is expected
    (c,) = candidates("registry", f"docker login {HOST} -p {pw}{' ' * (distance - len(mark))}{mark}")
    assert c.severity is expected
    head = "eyJpbnN0YW5jZUlkIjoi"
    (c,) = candidates("registry", f"docker login -p {head}{keys.draw(keys.BASE62, 60)} {HOST}")
    assert c.severity is Severity.LOW


def test_fields_of_a_configuration(pw: str) -> None:
    assert there(f"image_registry: {HOST}\nusername: a\npassword: {pw}\n", pw)
    assert there(f"docker:\n  server: {HOST}\n  password: {pw}\n", pw)
    assert not there(f"server: {HOST}\npassword: {pw}\n", pw), "no login"
    assert not there(f"docker: {HOST}\nmysql --password={pw}\n", pw), "a flag of another command"
    assert there(f"docker: {HOST}\n\n\n\npassword: {pw}\n", pw)
    assert not there(f"docker: {HOST}\n\n\n\n\npassword: {pw}\n", pw), "four lines"
    assert not there(f"docker: {HOST}\nftp_password: {pw}\n", pw)


def test_the_nearest_host_is_noted(pw: str) -> None:
    other = "registry.cn-beijing.aliyuncs.com"
    for text in (
        f"docker pull {other}/x\ndocker login -p {pw} {HOST}",
        f"docker login -p {pw} {HOST}\ndocker pull {other}/x",
    ):
        (c,) = candidates("registry", text)
        assert dict(c.notes) == {"host": HOST}


def test_whose_registry() -> None:
    pw = keys.password()
    for host in (
        "abc.cr.aliyuncs.com",
        "crpi-a1b2c3.cn-hangzhou.personal.cr.aliyuncs.com",
        HOST,
        f"a-{HOST}",
    ):
        assert there(f"docker login -p {pw} {host}", pw), host
    for host in ("oss-cn-hangzhou.aliyuncs.com", "registry.example.com", "cr.aliyuncs.com"):
        assert not there(f"docker login -p {pw} {host}", pw), host
