"""The page of a report in a real browser: its policy lets its own style in, and nothing is fetched or run."""

from __future__ import annotations

from pathlib import Path

import pytest

from gate import report
from tests.browser import chromium, needs_chromium
from tests.drawn_reviews import HOSTILE, LINKS, VERDICTS, hostile

PAGES = {"failed": VERDICTS["failed"], "hostile": hostile}


@needs_chromium
@pytest.mark.parametrize("width", [1440, 390])
def test_a_page_is_shown_without_a_request_or_an_error_light_and_dark(tmp_path: Path, width: int) -> None:
    with chromium(width) as page:
        said: list[str] = []
        asked: list[str] = []
        page.on("console", lambda message: said.append(message.text))
        page.on("request", lambda request: asked.append(request.url))
        for name, make in PAGES.items():
            file = tmp_path / f"{name}.html"
            file.write_text(report.html(make(), LINKS), encoding="utf-8")
            grounds = []
            for scheme in ("light", "dark"):
                page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
                page.goto(file.as_uri())
                grounds.append(page.evaluate("getComputedStyle(document.body).backgroundColor"))
                assert page.evaluate("document.documentElement.scrollWidth") <= width
            assert grounds == ["rgb(255, 255, 255)", "rgb(13, 17, 23)"], "the style is let in"
            page.get_by_text("Where the two models come from").click()
            assert page.get_by_text("further facts and parameters are equal").is_visible()
        assert page.get_by_text(HOSTILE).first.is_visible()
        assert page.locator("img, script, iframe").count() == 0
        assert said == []
        assert set(asked) == {(tmp_path / f"{name}.html").as_uri() for name in PAGES}
