"""The operator's settings: environment `YIZHAN_*`, or `.env` in the working folder."""

from __future__ import annotations

import re
from functools import cached_property
from pathlib import Path
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

HERE = Path(__file__).resolve().parent
SECRET_TOKEN = re.compile(r"[A-Za-z0-9_-]{1,256}")  # https://core.telegram.org/bots/api#setwebhook
LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")


class BadSettings(Exception):
    """The settings can't be used; the text is one line an operator can act on."""


def packaged(name: str) -> Path:
    """A folder that travels with the package: beside it in a checkout, inside it in a wheel."""
    checkout = HERE.parent / name
    return checkout if checkout.is_dir() else HERE / "_data" / name


class Settings(BaseSettings):
    """All settings; each has a default with which `yizhan run` works."""

    model_config = SettingsConfigDict(env_prefix="YIZHAN_", env_file=".env", extra="ignore", env_ignore_empty=True)

    data_dir: Path = Path("data")
    database_url: str = ""
    secret_keys: SecretStr | None = None
    public_url: str = ""
    content_dir: Path = Field(default_factory=lambda: packaged("content"))
    locale_dir: Path = Field(default_factory=lambda: packaged("locale"))
    timezone: str = "Asia/Shanghai"
    log_level: str = "INFO"

    telegram_token: SecretStr | None = None
    telegram_webhook_secret: SecretStr | None = None
    telegram_api_url: str = "https://api.telegram.org"

    wechat_app_id: str = ""
    wechat_app_secret: SecretStr | None = None
    wechat_token: SecretStr | None = None
    wechat_aes_key: SecretStr | None = None
    wechat_api_url: str = "https://api.weixin.qq.com"

    @field_validator("public_url", "telegram_api_url", "wechat_api_url")
    @classmethod
    def _is_origin(cls, value: str) -> str:
        if not value:
            return value
        try:
            parts = urlsplit(value)
            good = parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
        except ValueError:  # a port that is none, brackets that do not close
            good = False
        if not good:
            raise ValueError("must look like https://host or http://host:port")
        return value.rstrip("/")

    @field_validator("log_level")
    @classmethod
    def _is_level(cls, value: str) -> str:
        if value.upper() not in LEVELS:
            raise ValueError(f"must be one of {', '.join(LEVELS)}")
        return value.upper()

    @field_validator("telegram_webhook_secret")
    @classmethod
    def _is_secret_token(cls, value: SecretStr | None) -> SecretStr | None:
        if value is not None and not SECRET_TOKEN.fullmatch(value.get_secret_value()):
            raise ValueError("must be 1 to 256 of A-Z, a-z, 0-9, _ and -, as Telegram's setWebhook wants it")
        return value

    @field_validator("timezone")
    @classmethod
    def _is_zone(cls, value: str) -> str:
        try:
            ZoneInfo(value)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            raise ValueError("must be the IANA name of a time zone, like Asia/Shanghai") from None
        return value

    @cached_property
    def database(self) -> str:
        """The database URL, the embedded SQLite file when none is set."""
        return self.database_url or f"sqlite:///{(self.data_dir / 'yizhan.sqlite3').resolve()}"

    @property
    def secure(self) -> bool:
        """True when people reach us over TLS, so cookies may be Secure."""
        return self.public_url.startswith("https://")

    @property
    def telegram_on(self) -> bool:
        """True when Telegram is set up; a half-set channel refuses to start."""
        if self.telegram_webhook_secret and not self.telegram_token:
            raise BadSettings(
                "Telegram is half set: YIZHAN_TELEGRAM_WEBHOOK_SECRET is there, YIZHAN_TELEGRAM_TOKEN is missing."
            )
        return self.telegram_token is not None

    @property
    def wechat_on(self) -> bool:
        """True when WeChat is set up; a half-set channel refuses to start. The AES key is optional."""
        needed = {
            "YIZHAN_WECHAT_APP_ID": bool(self.wechat_app_id),
            "YIZHAN_WECHAT_APP_SECRET": self.wechat_app_secret is not None,
            "YIZHAN_WECHAT_TOKEN": self.wechat_token is not None,
        }
        if not any(needed.values()) and self.wechat_aes_key is None:
            return False
        missing = [name for name, there in needed.items() if not there]
        if missing:
            raise BadSettings(f"WeChat is half set: {', '.join(missing)} missing.")
        return True


def load(**overrides: object) -> Settings:
    """Read the settings; raises `BadSettings` with one line that names the bad one."""
    try:
        found = Settings(**{name: value for name, value in overrides.items() if value is not None})  # type: ignore[arg-type]
    except ValidationError as error:
        first = error.errors()[0]
        name = "YIZHAN_" + "_".join(str(part) for part in first["loc"]).upper()
        raise BadSettings(f"{name}: {first['msg'].removeprefix('Value error, ')}") from None
    if not found.content_dir.is_dir():
        raise BadSettings(f"YIZHAN_CONTENT_DIR: {found.content_dir} is no folder")
    return found
