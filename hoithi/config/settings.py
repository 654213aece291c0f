"""Django settings of the desk, read from the environment; no work at import."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import parse_qsl, unquote, urlsplit

from csp.constants import NONE, SELF

from hoithi.config.environment import Environment

_env = Environment()

ROOT = Path(__file__).resolve().parents[2]
VAR = Path(_env.text("HOITHI_VAR", str(ROOT / "var")))
PRODUCTION = _env.production
DEBUG = False

# Addresses: the only sources of absolute links (docs/operations.md).
DESK_PORT = _env.port("HOITHI_DESK_PORT", 8000)
HALL_PORT = _env.port("HOITHI_HALL_PORT", 8001)
PUBLIC_URL = _env.text("HOITHI_PUBLIC_URL", f"http://127.0.0.1:{DESK_PORT}").rstrip("/")
HALL_URL = _env.text("HOITHI_HALL_URL", f"http://127.0.0.1:{HALL_PORT}/thi/")
_HTTPS = PUBLIC_URL.startswith("https://")

SECRET_KEY = _env.secret("HOITHI_SECRET_KEY", "development-only")
# National ids and phones (hoithi.people.vault); access codes (hoithi.rules.codes).
DATA_KEY = _env.secret("HOITHI_DATA_KEY", "development-data-key")
CODE_KEY = _env.secret("HOITHI_CODE_KEY", "development-code-key")
HALL_SECRET = _env.secret("HOITHI_HALL_SECRET", "development-hall-secret")
HALL_CONTROL = _env.text("HOITHI_HALL_CONTROL", str(VAR / "hall/control.sqlite3"))
HALL_JOURNAL = _env.text("HOITHI_HALL_JOURNAL", str(VAR / "hall/journal.sqlite3"))
HALL_CAPACITY = _env.number("HOITHI_HALL_CAPACITY", 0)  # rehearsed as the hall has it

ALLOWED_HOSTS = (
    [urlsplit(PUBLIC_URL).hostname or ""]
    if PRODUCTION
    else ["*"]  # a developer reaches the desk by any name of the machine
)
CSRF_TRUSTED_ORIGINS = [PUBLIC_URL]

INSTALLED_APPS = [
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "csp",
    "django_htmx",
    "hoithi.web",
    "hoithi.audit",
    "hoithi.jobs",
    "hoithi.people",  # before allauth, whose templates it replaces
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "hoithi.documents",
    "hoithi.bank",
    "hoithi.contests",
    "hoithi.entries",
    "hoithi.results",
    "hoithi.exam",
    "hoithi.stage",
    "hoithi.portal",
    "hoithi.desk",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "hoithi.web.addresses.only_reading_and_sending",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "hoithi.web.addresses.without_nul",
    "hoithi.web.addresses.with_a_way_back",
]
ROOT_URLCONF = "hoithi.config.urls"
ASGI_APPLICATION = "hoithi.config.asgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "hoithi.contests.notices.site_notice",
            ],
        },
    },
]


def _database() -> dict[str, object]:
    """SQLite in the folder of data, or what HOITHI_DATABASE_URL names (docs/decisions/0010)."""
    url = _env.text("HOITHI_DATABASE_URL", "")
    if url:
        parts = urlsplit(url)
        return {
            "ENGINE": "django.db.backends.postgresql",
            "NAME": parts.path.lstrip("/"),
            "USER": unquote(parts.username or ""),
            "PASSWORD": unquote(parts.password or ""),
            "HOST": parts.hostname or "",
            "PORT": str(parts.port or ""),
            "OPTIONS": dict(parse_qsl(parts.query)),  # sslmode and its like, as the hall reads them
        }
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": str(VAR / "desk.sqlite3"),
        "OPTIONS": {
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,
            "init_command": "PRAGMA journal_mode=DELETE; PRAGMA synchronous=FULL;",
        },
    }


DATABASES = {"default": _database()}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
AUTH_USER_MODEL = "people.User"
FILES = VAR / "files"

LANGUAGE_CODE = "vi"
LANGUAGES = [("vi", "Tiếng Việt"), ("en", "English")]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "Asia/Ho_Chi_Minh"
LOCALE_PATHS = [ROOT / "hoithi/config/locale"]

STATIC_URL = "/static/"
STATIC_ROOT = VAR / "static"
WHITENOISE_USE_FINDERS = WHITENOISE_AUTOREFRESH = not PRODUCTION
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": (
            "whitenoise.storage.CompressedManifestStaticFilesStorage"
            if PRODUCTION
            else "django.contrib.staticfiles.storage.StaticFilesStorage"
        )
    },
}

AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
ACCOUNT_ADAPTER = "hoithi.people.accounts.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"  # people come by invitation, which went to the address
ACCOUNT_LOGOUT_REDIRECT_URL = "/"
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False  # no letters to addresses that anybody types in
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_SESSION_REMEMBER = False  # offices share machines: closing the browser ends the session
ACCOUNT_EMAIL_SUBJECT_PREFIX = "[hoithi] "
ACCOUNT_FORMS = {
    "login": "hoithi.people.account_forms.LoginForm",
    "change_password": "hoithi.people.account_forms.ChangePasswordForm",
    "reset_password": "hoithi.people.account_forms.ResetPasswordForm",
    "reset_password_from_key": "hoithi.people.account_forms.ResetPasswordKeyForm",
    "reauthenticate": "hoithi.people.account_forms.ReauthenticateForm",
}
MFA_FORMS = {
    "authenticate": "hoithi.people.account_forms.AuthenticateForm",
    "reauthenticate": "hoithi.people.account_forms.ReauthenticateByCodeForm",
    "activate_totp": "hoithi.people.account_forms.ActivateForm",
}
MFA_ALLOW_UNVERIFIED_EMAIL = True  # as above
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_TOTP_ISSUER = "hoithi"
MFA_TOTP_TOLERANCE = 1  # clocks of phones and of a machine without internet drift
MFA_ADAPTER = "hoithi.people.accounts.SecondFactorAdapter"
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/ban-lam-viec/"
EMAIL_BACKEND = (
    "django.core.mail.backends.smtp.EmailBackend"
    if _env.text("HOITHI_SMTP_HOST", "")
    else "django.core.mail.backends.filebased.EmailBackend"
)
EMAIL_FILE_PATH = VAR / "mail"
EMAIL_HOST = _env.text("HOITHI_SMTP_HOST", "")
EMAIL_PORT = _env.port("HOITHI_SMTP_PORT", 587)
EMAIL_HOST_USER = _env.text("HOITHI_SMTP_USER", "")
EMAIL_HOST_PASSWORD = _env.text("HOITHI_SMTP_PASSWORD", "")
EMAIL_USE_TLS = bool(EMAIL_HOST_USER)
EMAIL_TIMEOUT = 10  # seconds; a mail server that hangs must not hold a page
DEFAULT_FROM_EMAIL = _env.text("HOITHI_MAIL_FROM", "hoithi@localhost")

# Cookies know no ports: a demo beside `make run` would sign its people out.
_BESIDE = "" if PRODUCTION else f"_{DESK_PORT}"
SESSION_COOKIE_NAME, CSRF_COOKIE_NAME = f"sessionid{_BESIDE}", f"csrftoken{_BESIDE}"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = _HTTPS
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_AGE = 12 * 3600
LANGUAGE_COOKIE_NAME = "language"
SECURE_HSTS_SECONDS = 31_536_000 if _HTTPS and PRODUCTION else 0
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "img-src": [SELF, "data:"],
        "object-src": [NONE],
        "base-uri": [NONE],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    }
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 12_000_000
FILE_UPLOAD_MAX_MEMORY_SIZE = 12_000_000

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"plain": {"format": "{asctime} {name} {levelname} {message}", "style": "{"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "plain"}},
    "filters": {"refusals": {"()": "hoithi.config.log_lines.Refusals"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
    "loggers": {"hoithi": {"level": "INFO"}, "django.request": {"filters": ["refusals"]}},
}
