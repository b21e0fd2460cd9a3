"""Notices to people: what they say, that they arrive if they can, and that nothing waits for them or fails by them."""

from __future__ import annotations

import json
import re
import time
from email.utils import formatdate

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gate.adapters import webhook
from gate.adapters.webhook import Webhook
from gate.connect import notifier
from gate.notice import EVENTS, LONGEST, Notice, chat, plain_json, slack, unfit
from gate.ports import Silent
from tests.chat import PATH, Answer
from tests.chat import chat as listening

NOTICE = Notice("approved", "skyline/owls", "owls", "run is the best now", "2026-11-22T02:00:00+00:00", "hash")
HOSTILE = (
    "<!everyone> <!channel> <@U012AB3CD> @here @channel <http://evil.example|the review> [the review](http://evil.example)"
    " www.evil.example & ![](https://evil.example/pixel.png) `code` *bold* \u202egnp.exe\n\n# Approved by noor"
)
LETTERS = st.text(st.sampled_from("<>&@!|[]()`*~:/w.hmailto#\n\u202e \u00e9Ａ"), max_size=80)


def sent(url: str, patience: float = 20.0, answer: float = 5.0) -> list[str]:
    """What did not arrive."""
    hook = Webhook(url, "slack", patience, answer)
    hook.post(NOTICE)
    return hook.drain(patience + 5)


# -- what it says


@given(st.one_of(LETTERS, st.just(HOSTILE), st.text(max_size=60)))
def test_what_others_chose_can_neither_call_people_nor_lead_anywhere(text: str) -> None:
    shown = chat(text)
    assert not re.search(r"[<>@\[\]`*~|]|://|\bwww\.|mailto:|&(?!amp;|lt;|gt;)", shown, re.IGNORECASE), shown
    assert shown.isprintable()
    made = slack(Notice("waiting", text, text, text, "", "k", {"Reason": text}, f"http://gate.example/{text}"))
    links = re.findall(r"<[^>]*>", json.dumps(made))
    assert len(links) <= 1
    assert all(re.fullmatch(r"<http://gate\.example/[^<>|]*\|Look at it>", link) for link in links), links


def test_letters_of_all_scripts_and_the_ends_of_a_name_stay_as_they_are() -> None:
    assert chat("Сова_tawny-owl 猫頭鷹 3.5% (é)") == "Сова_tawny-owl 猫頭鷹 3.5% (é)"
    assert chat("Smith & Sons <owls>") == "Smith &amp; Sons &lt;owls&gt;"
    assert len(chat("x" * 5_000)) == LONGEST


def test_a_notice_has_one_line_for_every_receiver_and_blocks_for_slack() -> None:
    notice = Notice(
        "approved", "skyline/owls", "owls", "abc is the best now", "", "k", {"Reason": "good"}, "http://g/r"
    )
    made = slack(notice)
    assert made["text"] == "Approved: abc is the best now (skyline/owls, owls) http://g/r"
    assert [block["type"] for block in made["blocks"]] == ["header", "section", "section"]
    assert made["blocks"][1]["fields"] == [{"type": "plain_text", "text": "Reason\ngood", "emoji": False}]
    assert made["mrkdwn"] is False


def test_the_form_for_programs_has_everything_as_it_is() -> None:
    notice = Notice("rejected", "skyline/owls", "owls", "a & b", "2026-11-22", "k", {"Reason": "<no>", "None": ""}, "u")
    assert plain_json(notice) == {
        "schema": 1,
        "id": notice.id,
        "event": "rejected",
        "title": "Not approved",
        "said": "a & b",
        "repository": "skyline/owls",
        "scope": "owls",
        "url": "u",
        "facts": {"Reason": "<no>"},
        "at": "2026-11-22",
    }


def test_the_same_event_has_the_same_id_whoever_tells_of_it_and_whenever() -> None:
    others = [Notice(event, "skyline/owls", "owls", "", "", "hash") for event in EVENTS]
    assert len({each.id for each in others}) == len(EVENTS)
    assert NOTICE.id == Notice("approved", "skyline/owls", "owls", "other words", "later", "hash").id


# -- where it may be sent


@pytest.mark.parametrize(
    ("url", "fits"),
    [
        ("https://hooks.slack.com/services/x", True),
        ("http://127.0.0.1:8065/hooks/x", True),
        ("http://localhost/x", True),
        ("http://[::1]:1/x", True),
        ("http://hooks.slack.com/services/x", False),
        ("http://127.0.0.1.evil.example/x", False),
        ("ftp://127.0.0.1/x", False),
        ("hooks.slack.com/services/x", False),
        ("https://", False),
        ("https://host:port/x", False),
        ("https://[::1/x", False),
    ],
)
def test_only_an_encrypted_way_or_this_machine_will_do(url: str, fits: bool) -> None:
    assert (unfit(url) == "") is fits
    assert "services/x" not in unfit(url)


def test_an_address_that_will_not_do_stops_nothing_and_is_told() -> None:
    made = notifier({"GATE_WEBHOOK_URL": "http://chat.example/secret"}, 1)
    assert isinstance(made, Silent)
    assert made.drain(1) == [], "nothing was to be told"
    made.post(NOTICE)
    assert ["https://" in said and "secret" not in said for said in made.drain(1)] == [True]
    assert notifier({"GATE_WEBHOOK_URL": "https://c/", "GATE_WEBHOOK_FORMAT": "xml"}, 1).drain(1) == []
    unset = notifier({}, 1)
    unset.post(NOTICE)
    assert unset.drain(1) == []


# -- that it arrives if it can


def test_what_fails_is_tried_again() -> None:
    with listening(Answer(500), Answer(503)) as receiver:
        assert sent(receiver.url + PATH) == []
    assert [path for path, _ in receiver.heard] == [PATH] * 3


def test_a_pause_that_the_receiver_asks_for_is_kept() -> None:
    with listening(Answer(429, {"Retry-After": "2"})) as receiver:
        assert sent(receiver.url + PATH) == []
    assert receiver.times[1] - receiver.times[0] >= 2


@pytest.mark.parametrize("pause", ["3600", formatdate(time.time() + 7_200, usegmt=True)], ids=["seconds", "date"])
def test_a_pause_beyond_all_patience_is_not_waited_for(pause: str) -> None:
    with listening(Answer(429, {"Retry-After": pause})) as receiver:
        began = time.monotonic()
        assert sent(receiver.url + PATH) == ["approved: 127.0.0.1 answered 429"]
    assert (len(receiver.heard), time.monotonic() - began < 5) == (1, True)


@pytest.mark.parametrize("status", [400, 403, 404, 410])
def test_a_refusal_is_not_repeated(status: int) -> None:
    with listening(*[Answer(status)] * 3) as receiver:
        assert sent(receiver.url + PATH) == [f"approved: 127.0.0.1 answered {status}"]
    assert len(receiver.heard) == 1


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_nothing_is_sent_where_an_answer_leads(status: int) -> None:
    with listening() as other, listening(Answer(status, {"Location": other.url + "/x"})) as receiver:
        (said,) = sent(receiver.url + PATH)
    assert "redirects elsewhere" in said
    assert other.heard == []


def test_a_receiver_that_hangs_or_is_gone_is_given_up_in_time() -> None:
    with listening(*[Answer(seconds=3)] * 9) as receiver:
        began = time.monotonic()
        (said,) = sent(receiver.url + PATH, patience=1, answer=0.3)
        assert time.monotonic() - began < 4
    assert said == "approved: 127.0.0.1 does not answer (ReadTimeout)"
    (gone,) = sent(receiver.url + PATH, patience=1)
    assert gone == "approved: 127.0.0.1 does not answer (ConnectionError)"
    assert "secret" not in said + gone


def test_whoever_posts_waits_for_nothing_and_whoever_drains_only_so_long() -> None:
    with listening(Answer(seconds=2)) as receiver:
        hook = Webhook(receiver.url + PATH, "json", 10)
        began = time.monotonic()
        hook.post(NOTICE)
        assert time.monotonic() - began < 0.2
        assert hook.drain(0.2) == ["127.0.0.1 did not take 1 within 0.2 s"]
        assert time.monotonic() - began < 1
        assert hook.drain(10) == [], "it arrived in the meantime"
    assert receiver.heard[0][1]["event"] == "approved"


def test_notices_arrive_in_their_order_and_too_many_are_dropped_and_told() -> None:
    with listening(Answer(seconds=0.5)) as receiver:
        hook = Webhook(receiver.url + PATH, "json", 10)
        many = [Notice("approved", "", "", str(number), "", str(number)) for number in range(webhook.MOST + 3)]
        for each in many:
            hook.post(each)
        troubles = hook.drain(30)
    assert [body["said"] for _, body in receiver.heard] == [each.said for each in many[: webhook.MOST]]
    assert troubles == [f"approved: 127.0.0.1 {webhook.MOST} others wait already"] * 3
