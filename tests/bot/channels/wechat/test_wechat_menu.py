"""`yizhan wechat menu` and `yizhan wechat check`, as they are typed, against the platform."""

import asyncio
import shutil
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from bot.channels.wechat.menu import check_menu, load_menu
from bot.cli import app
from bot.content import BrokenContent
from bot.roof import make_registry
from bot.settings import Settings, packaged
from bot.store.media import Blobs
from tests.fakes.wechat import FakeWechat
from tests.wechat_talk import REAL, Account

once = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
Run = Callable[..., Awaitable[Result]]
DIALOGUES = {"menu", "ask", "complaint"}


@pytest.fixture
def content(tmp_path: Path) -> Path:
    """A content folder to spoil."""
    return Path(shutil.copytree(packaged("content"), tmp_path / "content"))


@pytest.fixture
def run(wx: FakeWechat, tmp_path: Path, content: Path, database_url: str, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Type a command, with WeChat set up."""
    values = {
        "DATA_DIR": str(tmp_path / "data"),
        "DATABASE_URL": database_url,
        "CONTENT_DIR": str(content),
        "WECHAT_APP_ID": wx.app_id,
        "WECHAT_APP_SECRET": wx.app_secret,
        "WECHAT_TOKEN": wx.token,
        "WECHAT_API_URL": wx.url,
    }
    monkeypatch.chdir(tmp_path)
    for name, value in values.items():
        monkeypatch.setenv(f"YIZHAN_{name}", value)

    async def go(*words: str) -> Result:
        return await asyncio.to_thread(CliRunner().invoke, app, ["wechat", *words])

    return go


def line(result: Result) -> str:
    """The one line a refusal has."""
    assert result.exit_code == 2
    assert result.stdout == ""
    assert result.stderr.count("\n") == 1
    return result.stderr.strip()


# -- the menu


@once
async def test_the_menu_is_published_and_its_taps_open_dialogues(run: Run, wx: FakeWechat, account: Account) -> None:
    result = await run("menu")
    assert (result.exit_code, result.stderr) == (0, "")
    assert result.stdout == "published: 3 entries, 14 below them; people see it within a day\n"
    assert wx.world.menu is not None
    assert len(wx.world.menu["button"]) == 3
    keys = [below["key"] for button in wx.world.menu["button"] for below in button["sub_button"]]
    assert len(keys) == 14
    async with account.chat(registry=REAL) as (_service, sim):
        outdated = (await sim.new_person().click("go:gone")).text.partition("\n")[0]
        for key in keys:
            heard = await sim.new_person().click(key)
            assert heard.answered
            assert heard.text
            assert outdated not in heard.text, key


def test_the_menu_that_comes_with_us_is_in_order(tmp_path: Path) -> None:
    settings = Settings(_env_file=None, data_dir=tmp_path)
    names = make_registry(settings, Blobs(tmp_path)).by_name
    assert check_menu(settings.content_dir, names) == []


@once
@pytest.mark.parametrize(
    ("spoil", "says"),
    [
        (lambda wx: setattr(wx, "allowed_ips", set()), "errcode 40164; 微信开发者平台"),
        (lambda wx: setattr(wx.tokens, "app_secret", "x"), "errcode 40125; 微信开发者平台"),
        (
            lambda wx: wx.fault("menu/create", errcode=48001, errmsg="api unauthorized"),
            "errcode 48001 api unauthorized",
        ),
        (lambda wx: wx.fault("menu/create", kind="drop"), "WeChat was not reached: "),
        (lambda wx: wx.fault("stable_token", kind="drop"), "is api.weixin.qq.com reached from here?"),
    ],
)
async def test_what_the_platform_does_not_take(
    run: Run, wx: FakeWechat, spoil: Callable[[FakeWechat], None], says: str
) -> None:
    spoil(wx)
    assert says in line(await run("menu"))
    assert wx.world.menu is None


@once
async def test_without_wechat_it_says_so(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("APP_ID", "APP_SECRET", "TOKEN"):
        monkeypatch.delenv(f"YIZHAN_WECHAT_{name}")
    for command in ("menu", "check"):
        assert line(await run(command)).startswith("yizhan: WeChat is not set up: YIZHAN_WECHAT_APP_ID")
    monkeypatch.setenv("YIZHAN_WECHAT_TOKEN", "x")
    assert "half set" in line(await run("menu"))


@once
async def test_a_broken_menu_is_not_published(run: Run, wx: FakeWechat, content: Path) -> None:
    file = content / "wechat_menu.yaml"
    file.write_text(file.read_text("utf-8").replace("go:ask", "go:gone"), "utf-8")
    assert line(await run("menu")).endswith("wechat_menu.yaml:6: there is no dialogue named “gone”")
    file.unlink()
    assert "there is no menu to publish" in line(await run("menu"))
    assert wx.calls == []


TAKES = "- {name: 甲, key: 'go:menu'}\n"


def written(folder: Path, text: str) -> Path:
    folder.mkdir(exist_ok=True)
    (folder / "wechat_menu.yaml").write_text(text, "utf-8")
    return folder


@pytest.mark.parametrize(
    ("text", "at", "says"),
    [
        ("", 1, "a list of 1 to 3 entries"),
        ("a: b\n", 1, "a list of 1 to 3 entries"),
        ("[]\n", 1, "a list of 1 to 3 entries"),
        (TAKES * 4, 1, "a list of 1 to 3 entries"),
        ("- 甲\n", 1, "needs a name"),
        ("- {key: 'go:menu'}\n", 1, "needs a name"),
        ("- {name: '', key: 'go:menu'}\n", 1, "needs a name"),
        ("- {name: 1, key: 'go:menu'}\n", 1, "needs a name"),
        (TAKES + "- name: 六个字的名字\n  key: go:menu\n", 2, "18 bytes, at most 16"),
        ("- {name: 甲}\n", 1, "one of the two"),
        ("- {name: 甲, key: 'go:menu', url: 'https://a.cn'}\n", 1, "one of the two"),
        ("- {name: 甲, key: menu}\n", 1, "must look like go:"),
        (f"- {{name: 甲, key: 'go:menu?{'x' * 130}'}}\n", 1, "at most 128 bytes"),
        ("- {name: 甲, key: 'go:nowhere'}\n", 1, "no dialogue named “nowhere”"),
        ("- {name: 甲, url: 'javascript:x'}\n", 1, "begins with https://"),
        ("- name: 甲\n  entries: []\n", 2, "a list of 1 to 5 entries"),
        ("- name: 甲\n  entries:\n" + "    - {name: 乙, key: 'go:menu'}\n" * 6, 2, "a list of 1 to 5 entries"),
        ("- name: 甲\n  entries:\n    - name: " + "长" * 21 + "\n      key: go:menu\n", 3, "63 bytes, at most 60"),
        ("- name: 甲\n  entries:\n    - {name: 乙, key: 'go:menu'}\n    - {name: 丙, key: 'go:x'}\n", 4, "named “x”"),
        ("- {name: 甲\n", 2, "check indentation"),
    ],
)
def test_every_slip_is_found_where_it_stands(tmp_path: Path, text: str, at: int, says: str) -> None:
    [finding, *_rest] = check_menu(written(tmp_path, text), DIALOGUES)
    assert says in finding.message
    assert finding.line == at
    with pytest.raises(BrokenContent, match=rf"wechat_menu\.yaml:{at}: "):
        load_menu(tmp_path, DIALOGUES)


def test_what_the_platform_allows_at_the_most(tmp_path: Path) -> None:
    top = "- {name: 五个汉字啊, url: 'https://yizhan.example.cn/'}\n"
    below = "- name: ABCDEFGHIJKLMNOP\n  entries:\n" + "    - {name: " + "长" * 20 + ", key: 'go:ask?topic=pay'}\n"
    menu = load_menu(written(tmp_path, top + TAKES + below), DIALOGUES)
    assert [button["name"] for button in menu["button"]] == ["五个汉字啊", "甲", "ABCDEFGHIJKLMNOP"]
    assert menu["button"][0] == {"type": "view", "name": "五个汉字啊", "url": "https://yizhan.example.cn/"}
    assert menu["button"][2]["sub_button"] == [{"type": "click", "name": "长" * 20, "key": "go:ask?topic=pay"}]


def test_no_menu_is_no_mistake_till_it_is_published(tmp_path: Path) -> None:
    assert check_menu(tmp_path, DIALOGUES) == []


# -- the check


@once
async def test_the_check_says_that_all_is_well(run: Run, wx: FakeWechat, monkeypatch: pytest.MonkeyPatch) -> None:
    result = await run("check")
    assert (result.exit_code, result.stderr) == (0, "")
    assert result.stdout == ("WeChat gives a token, good for 7200 s; callbacks are plain (no YIZHAN_WECHAT_AES_KEY)\n")
    monkeypatch.setenv("YIZHAN_WECHAT_AES_KEY", wx.aes_key)
    assert (await run("check")).stdout.endswith("callbacks are encrypted\n")


@once
@pytest.mark.parametrize(
    ("spoil", "says"),
    [
        (
            lambda wx: setattr(wx, "allowed_ips", set()),
            "errcode 40164; 微信开发者平台 → 我的业务 → 公众号/服务号 → 基础信息 → 开发密钥 → IP白名单: "
            "add the address of this server, 127.0.0.1",
        ),
        (lambda wx: setattr(wx.tokens, "app_secret", "x"), "errcode 40125; "),
        (lambda wx: wx.fault("stable_token", errcode=40243, errmsg="frozen"), "the AppSecret is frozen there"),
        (lambda wx: wx.fault("stable_token", errcode=-1), "errcode -1"),
    ],
)
async def test_the_check_names_the_page_to_repair(
    run: Run, wx: FakeWechat, spoil: Callable[[FakeWechat], None], says: str
) -> None:
    spoil(wx)
    said = line(await run("check"))
    assert said.startswith("yizhan: WeChat gives no token: ")
    assert says in said
    assert wx.app_secret not in said
