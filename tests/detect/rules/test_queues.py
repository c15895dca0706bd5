"""Logins of message queues and of package repositories: what is near enough, and what is neither."""

from __future__ import annotations

import base64

from aliscan.finding import Confidence, Severity
from tests.detect.rules.support import candidates, values
from tests.support import keys

HOST = "rmq-cn-a1b2c3d4e5f.cn-hangzhou.rmq.aliyuncs.com"
WORDS = ("aB3dE5gH7jK9mN1p", "Qw2Er4Ty6Ui8Op0A")


def signed(hexadecimal: str, time: str = "1749032825509") -> str:
    return base64.b64encode(f"{hexadecimal}:{time}".encode()).decode()


def test_a_static_password_of_rabbitmq_is_told_by_what_it_decodes_to() -> None:
    digits = keys.draw("0123456789ABCDEF", 40)
    (c,) = candidates("message_queue", f'password = "{signed(digits)}"')
    assert (c.severity, c.confidence) == (Severity.HIGH, Confidence.HIGH)
    assert not values("message_queue", signed(digits.lower()))
    assert not values("message_queue", signed(digits, "174903282550x"))
    assert not values("message_queue", signed(digits) + "A")
    assert not values("message_queue", "A" + signed(digits))


def test_a_login_of_rocketmq_stands_beside_its_user_and_within_600_bytes_of_the_host() -> None:
    user, secret = WORDS
    login = f'ak = "{user}"\nsk = "{secret}"'
    assert values("message_queue", f"{login}\n{HOST}") == [(secret,)]
    assert not values("message_queue", f"{login}{' ' * 640}{HOST}")
    assert not values("message_queue", f'sk = "{secret}"\n{HOST}'), "no user"
    assert not values("message_queue", f'ak = "{user}"{" " * 210}sk = "{secret}"\n{HOST}')
    assert not values("message_queue", f'ak = "{user.lower()}"\nsk = "{secret}"\n{HOST}')


def test_a_login_of_a_package_repository_has_a_user_of_24_hex_digits() -> None:
    pw = keys.password()
    assert values("packages", f'username = "{keys.draw(keys.HEX, 24)}"\npassword = "{pw}"') == [(pw,)]
    assert not values("packages", f'username = "{keys.draw(keys.HEX, 23)}"\npassword = "{pw}"')
    assert not values("packages", f'username = "{keys.draw(keys.HEX, 24)}"\npassword = pw')
    assert not values("packages", f'password = "{pw}"\nusername = "{keys.draw(keys.HEX, 24)}"')


def test_a_token_of_a_model_service_stands_within_2000_bytes_of_its_host() -> None:
    token = base64.b64encode(keys.draw(keys.HEX, 40).encode()).decode()
    host = "x.cn-beijing.pai-eas.aliyuncs.com"
    near, far = " " * (2000 - len(token) - 2), " " * 2000
    assert values("pai_eas", f"{host} {near}{token}") == [(token,)]
    assert not values("pai_eas", f"{host} {far}{token}")
    assert not values(
        "pai_eas", f"{host} {base64.b64encode(keys.draw(keys.HEX, 40).upper().encode()).decode()}"
    )
    assert not values("pai_eas", f"{host} {base64.b64encode(b'0123456789' * 4).decode()}")
