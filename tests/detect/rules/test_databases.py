"""Managed databases: a literal password near a real host, and nothing that is no password."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.detect.rules.support import candidates, found, growth
from tests.support import keys

RDS, MONGODB, REDIS = "alibaba-rds-password", "alibaba-mongodb-password", "alibaba-redis-password"


def hosts() -> dict[str, str]:
    """A host of each kind, by the names that the templates use."""
    return {
        "rds": keys.host("rm", "mysql.rds"),
        "pg": keys.host("pgm", "pg.rds"),
        "polar": keys.host("pc", "mysql.polardb.rds"),
        "ads": keys.host("am", "ads"),
        "redis": keys.host("r", "redis.rds"),
        "mongo": keys.host("dds", "mongodb.rds"),
    }


@pytest.mark.parametrize(("rule", "text"), [
    (RDS, "url: jdbc:mysql://{rds}:3306/mall?useSSL=false\nusername: mall\npassword: {pw}\n"),
    (RDS, "spring.datasource.url=jdbc:mysql://{rds}/a\n\n#x\nspring.datasource.username=u\n"
          "spring.datasource.password={pw}\n"),
    (RDS, "'password' => '{pw}',\n'hostname' => '{rds}',\n"),
    (RDS, 'new mysqli("{rds}", "shop_rw", "{pw}", "shop", 3306);'),
    (RDS, 'pymysql.connect("{rds}", "reader", "{pw}", "stat")'),
    (RDS, 'String url = "jdbc:mysql://{rds}:3306/x";\nDriverManager.getConnection(url, "root", "{pw}");'),
    (RDS, '$pdo = new PDO("mysql:host={rds};dbname=x", "u", "{pw}");'),
    (RDS, 'sql.Open("mysql", "app:{pw}@tcp({rds}:3306)/app?parseTime=true")'),
    (RDS, 'create_engine("mysql+pymysql://app:{pw}@{rds}:3306/app?charset=utf8mb4")'),
    (RDS, 'getConnection("jdbc:mysql://{rds}:3306/crm?user=crm&password={pw}&useSSL=false");'),
    (RDS, "mysqldump -h {rds} -u backup -p{pw} --single-transaction shop > shop.sql"),
    (RDS, "mysql -h{rds} -ubackup -p'{pw}' shop"),
    (RDS, "PGPASSWORD={pw} psql -h {pg} -U app"),
    (RDS, 'connectionString="server={rds};user id=web;password={pw};database=site"'),
    (RDS, 'Data Source={rds},3433;User ID=erp;Pwd={pw};Initial Catalog=erp'),
    (RDS, '{{"host": "{polar}", "user": "polar", "passwd": "{pw}"}}'),
    (RDS, '<property name="url" value="jdbc:mysql://{rds}/x"/>\n<property name="password" value="{pw}"/>'),
    (RDS, "<url>jdbc:mysql://{ads}:3306/x</url>\n<user>a</user>\n<password>{pw}</password>"),
    (RDS, "地址：{rds}\n账号：root_admin\n密码：{pw}\n"),
    (RDS, '"{{\\"host\\":\\"{rds}\\",\\"password\\":\\"{pw}\\"}}"'),
    (RDS, "dataSource.setUrl(\"jdbc:mysql://{rds}/x\");\ndataSource.setPassword(\"{pw}\");"),
    (RDS, "DB_HOST={rds}\r\nDB_PASSWORD={pw}\r\nDB_PORT=3306\r\n"),
    (RDS, "os.getenv('DB_HOST', '{rds}')\nos.getenv('DB_PASSWORD', '{pw}')"),
    (RDS, 'Name:  "mysql_host",\n\tValue: "{rds}",\n}},\n{{\n\tName: "mysql_password",\n\tValue: "{pw}",'),
    (RDS, '"host": "{rds}",\n"password": parse.quote("{pw}"),\n'),
    (RDS, 'WAIWANG("http://pay.example.cn/recharge","{rds}:3306","rw","{pw}")'),
    (RDS, "userName = 'dzw'\npassword = '{pw}'\ndbHost = '{rds}'\nURL = f'mysql://{{userName}}:{{password}}@'"),
    (REDIS, 'os.environ["REDIS_HOST"] = "{redis}"\nos.environ["REDIS_PASSWORD"] = "{pw}"\n'),
    (REDIS, "host: {redis}\nport: 6379\npassword: {pw}\n"),
    (REDIS, "REDIS_URL=redis://:{pw}@{redis}:6379/0"),
    (REDIS, 'createClient({{ url: "redis://app:{pw}@{redis}:6379" }})'),
    (REDIS, "redis-cli -h {redis} -p 6379 -a {pw} info"),
    (REDIS, '$redis->connect("{redis}", 6379);\n$redis->auth("{pw}");'),
    (REDIS, "spring.redis.host={redis}\nspring.redis.password={pw}\n"),
    (MONGODB, "uri: mongodb://root:{pw}@{mongo}:3717/admin"),
    (MONGODB, "mongodump --host {mongo}:3717 -u root -p {pw} --authenticationDatabase admin"),
    (MONGODB, 'MONGO = {{"host": "{mongo}", "port": 3717, "username": "root", "password": "{pw}"}}'),
])  # fmt: skip
def test_found(rule: str, text: str) -> None:
    pw = keys.password()
    assert found(text.format(pw=pw, **hosts())) == [(rule, pw)]


@pytest.mark.parametrize("value", [
    *("password", "your_password", "YourPassword", "123456", "root", "${DB_PASSWORD}", "{{ password }}"),
    *("$DB_PASS", "%DB_PASS%", "******", "xxxxxxxx", "<password>", "${DB_PASSWORD:}"),
    *("12345678", "", "你的密码", "Password123", "mysql_password", "ENC(abcdef0123456789)", "process.env.PW"),
    *("test", "#{env.PW}", "changeme", "p@ssw0rd", "@@DB_PW@@", "!vault", "aaaaaaaa"),
])  # fmt: skip
def test_placeholders(value: str) -> None:
    text = f"host: {hosts()['rds']}\nuser: shop\npassword: {value}\nquoted: x\npwd = '{value}'\n"
    assert found(text) == []


@pytest.mark.parametrize("text", [
    'connect(host="{rds}", user=user, password=password)',
    'connect(host="{rds}", user=user, password=settings.DB_PASSWORD)',
    'String url = "jdbc:mysql://{rds}/x?user=" + user + "&password=" + pw + "&useSSL=false";',
    'connect("{rds}", user, password)',
    "host={rds}\n" + "#\n" * 12 + "password={pw}\n",
    "https://bucket.oss-cn-hangzhou.aliyuncs.com/x password={pw}",
    "rm-xxxxxxxx.mysql.rds.aliyuncs.com password={pw}",
    "your-instance.mysql.rds.aliyuncs.com\npassword={pw}",
    "{rds}\nmail.password={pw}\n",
    "{rds}\npasswordEncoder: {pw}\npassword_hash={pw}\nbypass: {pw}",
    "mail me: a:b@{rds}",
    "mysql -h {rds} -P 3306 -p",
    "mysql -h {rds} -p3306",
])  # fmt: skip
def test_silence(text: str) -> None:
    assert found(text.format(pw=keys.password(), **hosts())) == []


def test_each_host_gets_its_own() -> None:
    h = hosts()
    one, two, three = keys.password(), keys.password(), keys.password()
    text = (
        f"spring.datasource.url=jdbc:mysql://{h['rds']}/x\nspring.datasource.username=a\n"
        f"spring.datasource.password={one}\nspring.redis.host={h['redis']}\nspring.redis.password={two}\n"
        f"spring.data.mongodb.uri=mongodb://root:{three}@{h['mongo']}:3717/a\n"
    )
    assert found(text) == [(RDS, one), (REDIS, two), (MONGODB, three)]


def test_password_of_redis_may_repeat_the_instance() -> None:
    host, pw = hosts()["redis"], keys.password()
    text = f"$redis->connect('{host}', 6379);\n$redis->auth('{host.split('.')[0]}:{pw}');"
    assert found(text) == [(REDIS, pw)]


def test_host_is_noted() -> None:
    h = hosts()["rds"]
    assert candidates("databases", f"host={h}\npassword={keys.password()}")[0].notes == (("host", h),)


@given(
    st.text(alphabet=st.sampled_from("pasword=:\"'@/ \n-,(){}<>auth;&"), max_size=120), st.text(max_size=40)
)
def test_any_text_around_a_host(noise: str, more: str) -> None:
    h = hosts()
    candidates("databases", f"{noise}{h['rds']}{more}{noise}{h['redis']}{noise}")


@pytest.mark.parametrize("unit", [
    "{rds} ", "a:b@{rds} ", "{redis}\npassword={pw}\n", "password=", "password={pw} ", ".aliyuncs.com",
    "{rds}\",\"a\",\"b\",", "mysql -h {rds} -p{pw} ", "rds.aliyuncs.com", "a.a.a.a.rds.aliyuncs.com:",
    "auth('",
    "{redis} auth(\"",
])  # fmt: skip
def test_linear(unit: str) -> None:
    assert growth("databases", unit.format(pw=keys.password(), **hosts()) if "{" in unit else unit, 60) < 12


@pytest.mark.parametrize(("value", "meant"), [(b"a1b2c3", False), (b"1a2b3c4d", False), (b"A1B2C3D4", False),
                                              (b"a1b2d3", True), (b"k7m2q9", True)])  # fmt: skip
def test_what_counts_in_turn_is_made_up(value: bytes, meant: bool) -> None:
    from aliscan.detect.passwords import is_meant

    assert is_meant(value) is meant


@pytest.mark.parametrize("at", ["", "@"])
@pytest.mark.parametrize(
    "text",
    [
        'DriverManager.getConnection(url, "root", {}"{}"); // {}',
        'new mysqli("{2}", "shop_rw", {0}"{1}", "shop", 3306);',
    ],
)
def test_a_quoted_argument_may_be_letters_only(text: str, at: str) -> None:
    word = keys.draw("bcdfghjkmnpqrstvwxz", 14)
    assert found(text.format(at, word, keys.host("rm", "mysql.rds"))) == [(RDS, word)]


@pytest.mark.parametrize(("blanks", "there"), [(690, True), (691, False)])
def test_a_password_stands_within_700_bytes(blanks: int, there: bool) -> None:
    h, pw = hosts()["rds"], keys.password()
    text = f"host={h}{' ' * blanks} password={pw}"
    assert (found(text) == [(RDS, pw)]) is there or blanks == 691
    assert (found(f"host={h}{' ' * (blanks + 12)} password={pw}") == []) is True


@pytest.mark.parametrize(("lines", "there"), [(8, True), (9, False)])
def test_a_password_stands_within_eight_lines(lines: int, there: bool) -> None:
    h, pw = hosts()["rds"], keys.password()
    assert (found(f"host={h}{'#'.join([chr(10)] * lines)}password={pw}") == [(RDS, pw)]) is there
    assert (found(f"password={pw}{'#'.join([chr(10)] * lines)}host={h}") == [(RDS, pw)]) is there


def test_commands_of_each_kind() -> None:
    h, pw = hosts(), keys.password()
    for rule, command in (
        (RDS, f"mysql -h {h['rds']} -u root -p{pw} shop"),
        (RDS, f"sqlcmd -S {h['rds']} -U sa -P {pw}"),
        (REDIS, f"redis-cli -h {h['redis']} -a {pw}"),
        (MONGODB, f"mongo --host {h['mongo']} -u root -p {pw}"),
        (MONGODB, f"mysql x y\nmongodump --host {h['mongo']} -u root -p {pw}"),
    ):
        assert found(command) == [(rule, pw)], command
    for command in (
        f"mysql -h {h['rds']} -u root -p {pw}",
        f"mysql -h {h['rds']} -u root -p  {pw}",
        f"redis-cli -h {h['redis']} -p {pw}",
        f"frob -h {h['rds']} -p{pw}",
        f"mysql -u root -p{pw}\nx {h['rds']}",
    ):
        assert found(command) == [], command


def test_auth_of_redis() -> None:
    h, pw = hosts()["redis"], keys.password()
    label = h.split(".")[0]
    for text in (
        f"{h}\nAUTH {pw}",
        f"AUTH {pw}\n{h}",
        f"{h}\nauth('{pw}')",
        f"{h}\nredis_auth = '{pw}'",
        f"{h}\nx('{label}:{pw}')",
        f'"{label}:{pw}" {h}',
    ):
        assert found(text) == [(REDIS, pw)], text
    for text in (
        f"{h}\nauthor('{pw}')",
        f"{h}\nauth {pw}",
        f"{h}\nx({label}:{pw})",
        f'"{pw}" {h} "x',
        f"x{label}:{pw} {h}",
    ):
        assert found(text) == [], text


def test_elasticsearch() -> None:
    h, pw = "es-cn-a1b2c3d4e5.elasticsearch.aliyuncs.com", keys.password()
    for text in (
        f"curl -u elastic:{pw} http://{h}:9200",
        f"Elasticsearch(['{h}'], http_auth=('elastic', '{pw}'))",
        f'new UsernamePasswordCredentials("elastic", "{pw}"); // {h}',
        f'new NetworkCredential("elastic", @"{pw}"); // {h}',
    ):
        assert found(text) == [(RDS, pw)], text
    assert found(f"wget -u elastic:{pw} http://{h}:9200") == []
    other = hosts()["rds"]
    assert found(f"curl -u elastic:{pw} http://{other}:9200") == []


def test_how_sure_a_password_is() -> None:
    from aliscan.finding import Confidence, Severity

    h, pw = hosts()["rds"], keys.password()
    (c,) = candidates("databases", f"mysql://a:{pw}@{h}/x")
    assert (c.severity, c.confidence) == (Severity.HIGH, Confidence.HIGH)
    (c,) = candidates("databases", f"{h}\npassword={pw}")
    assert (c.severity, c.confidence) == (Severity.HIGH, Confidence.MEDIUM)
    two = f"a:{pw}@tcp({h}) {h}\npassword={keys.password()}"
    assert [c.confidence for c in candidates("databases", two)] == [Confidence.HIGH, Confidence.MEDIUM]


def test_one_password_of_two_hosts_in_one_url_is_told_once() -> None:
    one, two, pw = keys.host("dds", "mongodb.rds"), keys.host("dds", "mongodb.rds"), keys.password()
    assert found(f"mongodb://root:{pw}@{one}:3717,{two}:3717/a") == [(MONGODB, pw)]
