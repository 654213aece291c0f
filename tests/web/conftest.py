"""Pages rendered without a database: an engine with this room's templates and filters only."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from django.http import HttpRequest
from django.template import Context, Engine, RequestContext
from django.utils.translation import override
from pytest_django import Settings

from hoithi.web.catalogues import compile_catalogues

ROOM = Path(__file__).parents[2] / "hoithi" / "web"
LIBRARIES = {
    "django_htmx": "django_htmx.templatetags.django_htmx",
    "i18n": "django.templatetags.i18n",
    "static": "django.templatetags.static",
    "wording": "hoithi.web.templatetags.wording",
}
Render = Callable[..., str]


@pytest.fixture(scope="session")
def catalogue(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The room's Vietnamese catalogue, compiled outside the source tree."""
    root = tmp_path_factory.mktemp("catalogue")
    shutil.copytree(ROOM / "locale", root / "locale")
    compile_catalogues(root)
    return root / "locale"


@pytest.fixture
def render(settings: Settings, catalogue: Path) -> Render:
    """`render(source, request=…, language=…, **context)`; source is a template's name or text."""
    settings.LANGUAGES = [("vi", "Tiếng Việt"), ("en", "English")]
    settings.LANGUAGE_CODE = "vi"
    settings.USE_I18N = True
    settings.LOCALE_PATHS = [str(catalogue)]
    settings.STATIC_URL = "/static/"
    settings.STORAGES = {
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    }
    settings.ROOT_URLCONF = "tests.web.addresses"
    engine = Engine(
        dirs=[str(ROOM / "templates")],
        libraries=LIBRARIES,
        context_processors=["django.template.context_processors.request"],
    )

    def rendered(
        source: str, *, request: HttpRequest | None = None, language: str = "vi", **context: object
    ) -> str:
        text = source.endswith(".html")
        template = engine.get_template(source) if text else engine.from_string(source)
        with override(language):
            return template.render(
                RequestContext(request, context) if request else Context(context)
            )

    return rendered
