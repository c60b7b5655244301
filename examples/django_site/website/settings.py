"""
The settings of the site. One of them is the platform's: `ESZKOLA_CONFIG`, the path of an ``eszkola.toml``.

Hosts, cookies and language follow from what stands there, so that nothing has to be said twice.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

from eszkola_core import from_config

# The platform.
ESZKOLA_CONFIG: Final = Path(os.environ["ESZKOLA_CONFIG"]).resolve()
ESZKOLA_OPTIONS: dict[str, Any] = {}
"""What `from_config` is given beside: an observer, or what tests put in the stead of the clock and the hasher."""

with from_config(ESZKOLA_CONFIG) as _platform:
    _tenant = _platform.tenant
_address = urlsplit(_tenant.base_url)
IS_ENCRYPTED: Final = _address.scheme == "https"
"""Everywhere but on one's own computer: the configuration takes no other address."""

# Secrets and hosts.
SECRET_KEY = (ESZKOLA_CONFIG.parent / "django.secret").read_text(encoding="ascii").strip()
ALLOWED_HOSTS = [_address.hostname or ""]
DEBUG = False

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.messages",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
    "accounts",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "accounts.headers.Headers",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "accounts.trouble.Trouble",
    "accounts.sessions.PlatformSession",
]
ROOT_URLCONF = "website.urls"
WSGI_APPLICATION = "website.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "accounts.platform.in_templates",
            ],
        },
    },
]

# Django's database knows numbers of people and nothing about them; the platform keeps its own, as its file says.
DATABASES = {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ESZKOLA_CONFIG.parent / "site.db"}}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# Accounts and passwords are the platform's.
AUTH_USER_MODEL = "accounts.Account"
AUTHENTICATION_BACKENDS = ["accounts.backends.PlatformBackend"]
AUTH_PASSWORD_VALIDATORS = [{"NAME": "accounts.validators.PlatformPolicy"}]
LOGIN_URL = "sign-in"
LOGIN_REDIRECT_URL = "children"

# The session of Django is a signed cookie that holds the platform's session key, and nothing of it lies in a database
# in clear. Whether it is over the platform says at each request: what signs out or ends there ends here.
SESSION_ENGINE = "django.contrib.sessions.backends.signed_cookies"
SESSION_COOKIE_AGE = int(_tenant.settings.session_limit.total_seconds())
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = IS_ENCRYPTED
CSRF_COOKIE_HTTPONLY = True
if IS_ENCRYPTED:  # browsers take this prefix from nobody but the host itself, over https
    SESSION_COOKIE_NAME = "__Host-session"
    CSRF_COOKIE_NAME = "__Host-csrf"

# Not no-referrer: with that browsers hide the origin of every form too, and the check against forgery refuses it.
SECURE_REFERRER_POLICY = "same-origin"
SECURE_SSL_REDIRECT = IS_ENCRYPTED
SECURE_HSTS_SECONDS = 31_536_000 if IS_ENCRYPTED else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = IS_ENCRYPTED
X_FRAME_OPTIONS = "DENY"

LANGUAGE_CODE = _tenant.locale
LANGUAGES = [("pl", "polski"), ("sl", "slovenščina"), ("en", "English")]
LANGUAGE_COOKIE_SECURE = IS_ENCRYPTED
LANGUAGE_COOKIE_SAMESITE = "Lax"
TIME_ZONE = _tenant.time_zone
USE_TZ = True

STATIC_URL = "/static/"
STATIC_ROOT = ESZKOLA_CONFIG.parent / "static"

# Links in messages carry a token, and servers write addresses into their logs.
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {"without_tokens": {"()": "accounts.logs.WithoutTokens"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "filters": ["without_tokens"]}},
    "loggers": {
        "django": {"handlers": ["console"], "level": "INFO", "propagate": False},
        "django.server": {"handlers": ["console"], "level": "INFO", "propagate": False},
    },
}
