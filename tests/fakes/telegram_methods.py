"""The methods of the Bot API this fake has, by lower-case name (the platform ignores case)."""

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any

from tests.fakes import telegram_rules as rules
from tests.fakes.telegram_mail import checked_webhook
from tests.fakes.telegram_wire import ApiError, Params, bad
from tests.fakes.telegram_world import Chat, Sent, StoredFile

if TYPE_CHECKING:
    from tests.fakes.telegram import FakeTelegram

Method = Callable[["FakeTelegram", Params], Awaitable[Any]]
_NOT_MODIFIED = (
    "message is not modified: specified new message content and reply markup are exactly the same as a current "
    "content and reply markup of the message"
)
_QUERY_GONE = "query is too old and response timeout expired or query ID is invalid"


async def get_me(tg: "FakeTelegram", _: Params) -> dict[str, Any]:
    groups = {"can_join_groups": True, "can_read_all_group_messages": False, "supports_inline_queries": False}
    return tg.world.bot | groups


async def set_webhook(tg: "FakeTelegram", params: Params) -> bool:
    if not params.text("url"):
        return await delete_webhook(tg, params)
    hook = checked_webhook(params.text("url"), params.text("secret_token"), params.integer("max_connections", 40))
    tg.mail.set_webhook(hook, _allowed(params), drop=params.flag("drop_pending_updates"))
    return True


async def delete_webhook(tg: "FakeTelegram", params: Params) -> bool:
    tg.mail.delete_webhook(drop=params.flag("drop_pending_updates"))
    return True


async def get_webhook_info(tg: "FakeTelegram", _: Params) -> dict[str, Any]:
    mail, hook = tg.mail, tg.mail.webhook
    info: dict[str, Any] = {"url": hook.url if hook else "", "has_custom_certificate": False}
    info["pending_update_count"] = len(mail.pending)
    if hook:
        info["max_connections"] = hook.max_connections
    if mail.last_error:
        info["last_error_date"], info["last_error_message"] = mail.last_error
    return info | ({"allowed_updates": mail.allowed} if mail.allowed else {})


async def get_updates(tg: "FakeTelegram", params: Params) -> list[dict[str, Any]]:
    limit, timeout = min(100, max(1, params.integer("limit", 100))), min(50, max(0, params.integer("timeout")))
    return await tg.mail.updates(params.integer("offset"), limit, timeout, _allowed(params))


def _allowed(params: Params) -> list[str] | None:
    listed = params.structure("allowed_updates", "can't parse allowed_updates: Expected an Array of strings")
    return [str(kind) for kind in listed] if listed is not None else None


async def send_message(tg: "FakeTelegram", params: Params) -> dict[str, Any]:
    chat = tg.world.writable(params.text("chat_id"))
    return _send(tg, params, chat, "sendMessage", rules.formatted(params, "text", rules.TEXT_MOST))


async def send_photo(tg: "FakeTelegram", params: Params) -> dict[str, Any]:
    chat = tg.world.writable(params.text("chat_id"))
    caption = rules.formatted(params, "caption", rules.CAPTION_MOST, empty_ok=True)
    stored = _file(tg, params, "photo", "photos", rules.PHOTO_MOST)
    return _send(tg, params, chat, "sendPhoto", {"photo": [stored.json(width=90, height=90)]} | caption, stored)


async def send_document(tg: "FakeTelegram", params: Params) -> dict[str, Any]:
    chat = tg.world.writable(params.text("chat_id"))
    caption = rules.formatted(params, "caption", rules.CAPTION_MOST, empty_ok=True)
    stored = _file(tg, params, "document", "documents", rules.DOCUMENT_MOST)
    document = stored.json(file_name=stored.name, mime_type=stored.mime)
    return _send(tg, params, chat, "sendDocument", {"document": document} | caption, stored)


def _file(tg: "FakeTelegram", params: Params, field: str, folder: str, most: int) -> StoredFile:
    given = params.text(field)
    upload = params.files.get(given.removeprefix("attach://") if given else field)
    if upload is None:
        if given not in tg.world.files:
            raise bad("wrong file identifier/HTTP URL specified")
        return tg.world.files[given]
    name, mime, data = upload
    if not data:
        raise bad("file must be non-empty")
    if len(data) > most:
        raise ApiError(413, "Request Entity Too Large")
    return tg.world.store_file(data, name, mime, folder)


def _send(
    tg: "FakeTelegram",
    params: Params,
    chat: Chat,
    method: str,
    content: dict[str, Any],
    stored: StoredFile | None = None,
) -> dict[str, Any]:
    keyboard = rules.reply_markup(params)
    tg.law.enforce(chat.id, group=chat.type != "private", now=tg.world.clock())
    shown = keyboard if keyboard and "inline_keyboard" in keyboard else None
    message = tg.world.message(chat, tg.world.bot, **content, reply_markup=shown)
    sent = Sent(chat.id, message["message_id"], method, message, dict(params.values), keyboard, stored)
    tg.world.sent.append(sent)
    tg.world.bell.ring()
    return message


async def edit_message_text(tg: "FakeTelegram", params: Params) -> dict[str, Any]:
    sent = _own(tg, params)
    if sent.method != "sendMessage":
        raise bad("there is no text in the message to edit")
    content = rules.formatted(params, "text", rules.TEXT_MOST)
    return _edit(tg, sent, content, rules.reply_markup(params))


async def edit_message_reply_markup(tg: "FakeTelegram", params: Params) -> dict[str, Any]:
    return _edit(tg, _own(tg, params), {}, rules.reply_markup(params))


def _own(tg: "FakeTelegram", params: Params) -> Sent:
    chat, number = tg.world.writable(params.text("chat_id")), params.integer("message_id")
    for sent in tg.world.sent:
        if (sent.chat_id, sent.message_id) == (chat.id, number):
            return sent
    known = (chat.id, number) in tg.world.messages
    raise bad("message can't be edited" if known else "message to edit not found")


def _edit(tg: "FakeTelegram", sent: Sent, content: dict[str, Any], keyboard: dict[str, Any] | None) -> dict[str, Any]:
    """Replace text and keyboard; an edit without a keyboard takes the old one away, as on the platform."""
    old = sent.message
    kept = {k: v for k, v in old.items() if k not in ("reply_markup", "edit_date")}
    if "text" in content:
        kept.pop("entities", None)
    new = kept | content | ({"reply_markup": keyboard} if keyboard else {})
    if new == {k: v for k, v in old.items() if k != "edit_date"}:
        raise bad(_NOT_MODIFIED)
    tg.law.enforce(sent.chat_id, group=sent.chat_id < 0, now=tg.world.clock())
    sent.history.append(sent.text)
    sent.message, sent.keyboard = new | {"edit_date": int(tg.world.clock())}, keyboard
    tg.world.messages[(sent.chat_id, sent.message_id)] = sent.message
    tg.world.bell.ring()
    return sent.message


async def answer_callback_query(tg: "FakeTelegram", params: Params) -> bool:
    if len(params.text("text")) > rules.ANSWER_MOST:
        raise bad("MESSAGE_TOO_LONG")
    tapped = tg.world.queries.pop(params.text("callback_query_id"), None)
    if tapped is None or tg.world.clock() - tapped > tg.callback_ttl:
        raise bad(_QUERY_GONE)
    tg.world.answers.append(dict(params.values))
    tg.world.bell.ring()
    return True


async def send_chat_action(tg: "FakeTelegram", params: Params) -> bool:
    chat = tg.world.writable(params.text("chat_id"))
    if params.text("action") not in rules.ACTIONS:
        raise bad("wrong parameter action in request")
    tg.world.actions.append((chat.id, params.text("action")))
    return True


async def get_file(tg: "FakeTelegram", params: Params) -> dict[str, Any]:
    stored = tg.world.files.get(params.text("file_id"))
    if stored is None:
        raise bad("wrong file_id or the file is temporarily unavailable")
    if stored.size > rules.DOWNLOAD_MOST:
        raise bad("file is too big")
    return stored.json(file_path=stored.path)


async def set_my_commands(tg: "FakeTelegram", params: Params) -> bool:
    tg.world.commands[(params.text("scope"), params.text("language_code"))] = rules.commands(params)
    return True


async def get_my_commands(tg: "FakeTelegram", params: Params) -> list[dict[str, str]]:
    return tg.world.commands.get((params.text("scope"), params.text("language_code")), [])


async def leave_chat(tg: "FakeTelegram", params: Params) -> bool:
    chat = tg.world.writable(params.text("chat_id"))
    if chat.type == "private":
        raise bad("chat member status can't be changed in private chats")
    chat.left = True
    return True


METHODS: dict[str, Method] = {
    method.__name__.replace("_", ""): method
    for method in (
        get_me, set_webhook, delete_webhook, get_webhook_info, get_updates, send_message, send_photo, send_document,
        edit_message_text, edit_message_reply_markup, answer_callback_query, send_chat_action, get_file,
        set_my_commands, get_my_commands, leave_chat,
    )
}  # fmt: skip
