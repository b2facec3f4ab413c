"""The operator's settings: environment `YIZHAN_*`, or `.env` in the working folder (DESIGN section 7)."""

from __future__ import annotations

from functools import cached_property
from pathlib import Path
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

HERE = Path(__file__).resolve().parent


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
        parts = urlsplit(value)
        if parts.scheme not in {"http", "https"} or not parts.netloc:
            raise ValueError("must look like https://host or http://host:port")
        return value.rstrip("/")

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
        return Settings(**{name: value for name, value in overrides.items() if value is not None})  # type: ignore[arg-type]
    except ValidationError as error:
        first = error.errors()[0]
        name = "YIZHAN_" + "_".join(str(part) for part in first["loc"]).upper()
        raise BadSettings(f"{name}: {first['msg']}") from None
