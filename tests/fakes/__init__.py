"""Platform fakes with real sockets: as strict as the platforms, and able to fail on demand.

- `telegram.FakeTelegram`: the Bot API, and the people who write to the bot.
- `wechat.FakeWechat` (api.weixin.qq.com) and `wechat.WechatSim` (WeChat's server and the people behind it).
- `clock.ManualClock`: time that moves when a test says so.
- `vectors`: message-crypto vectors published by Tencent.

Both listen on 127.0.0.1 only, in the running loop (`async with FakeTelegram() as tg:`) or as a process of their own.
"""
