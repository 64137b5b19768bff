"""What Django needs to serve the console, from the configuration. `records.database.connect` sets it, once per process."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

from privbot import resources
from privbot.config import Config
from privbot.console.passwords import guessable_words
from privbot.records.master_key import derived_key

RECENT_SECONDS = 600
"""How long ago a sign-in may be for what asks for a recent one."""
LANGUAGES = [("en", "English"), ("ja", "日本語"), ("de", "Deutsch")]
CSP = {
    "default-src": ["'none'"],
    "script-src": ["'self'"],
    "style-src": ["'self'"],
    "img-src": ["'self'", "data:"],
    "connect-src": ["'self'"],
    "font-src": ["'self'"],
    "form-action": ["'self'"],
    "frame-src": ["'self'"],
    "frame-ancestors": ["'none'"],
    "base-uri": ["'none'"],
}


def settings_for(config: Config) -> dict[str, Any]:
    """The settings of a process that serves the console. Raises ConfigWrong, SecretMissing."""
    console = config.console
    origin = urlsplit(console.origin)
    secure = origin.scheme == "https"
    prefix = "__Host-" if secure else ""
    return {
        "SECRET_KEY": derived_key(config.master_key.read(), "console").hex(),
        "ROOT_URLCONF": "privbot.console.urls",
        "INSTALLED_APPS": [
            "privbot.records.apps.RecordsConfig",
            "privbot.console.apps.ConsoleConfig",
            "django.contrib.auth",
            "django.contrib.contenttypes",
            "django.contrib.sessions",
            "django.contrib.messages",
            "django.contrib.staticfiles",
            "allauth",
            "allauth.account",
            "allauth.socialaccount",
            "allauth.socialaccount.providers.openid_connect",
            "allauth.mfa",
            "allauth.usersessions",
            "axes",
            "csp",
            "django_htmx",
        ],
        "MIDDLEWARE": [
            "django.middleware.security.SecurityMiddleware",
            "csp.middleware.CSPMiddleware",
            "whitenoise.middleware.WhiteNoiseMiddleware",
            "django.contrib.sessions.middleware.SessionMiddleware",
            "django.middleware.common.CommonMiddleware",
            "django.middleware.csrf.CsrfViewMiddleware",
            "django.contrib.auth.middleware.AuthenticationMiddleware",
            "privbot.console.session_limits.SessionLimits",
            "privbot.console.middleware.Language",
            "django.contrib.messages.middleware.MessageMiddleware",
            "django.middleware.clickjacking.XFrameOptionsMiddleware",
            "django_htmx.middleware.HtmxMiddleware",
            "allauth.account.middleware.AccountMiddleware",
            "privbot.console.middleware.AtTheDesk",
            "privbot.console.session_limits.SecondFactorFirst",
            "axes.middleware.AxesMiddleware",
        ],
        "TEMPLATES": [
            {
                "BACKEND": "django.template.backends.jinja2.Jinja2",
                "DIRS": [str(resources.templates() / "console")],
                "OPTIONS": {
                    "environment": "privbot.console.jinja.environment",
                    "context_processors": ["privbot.console.jinja.around"],
                },
            },
            # For what the libraries bring along and we have no page of our own for.
            {
                "BACKEND": "django.template.backends.django.DjangoTemplates",
                "APP_DIRS": True,
                "OPTIONS": {
                    "context_processors": [
                        "django.template.context_processors.request",
                        "django.contrib.auth.context_processors.auth",
                        "django.contrib.messages.context_processors.messages",
                    ]
                },
            },
        ],
        "FORM_RENDERER": "django.forms.renderers.DjangoTemplates",
        "STATIC_URL": "/static/",
        "STATICFILES_DIRS": [str(resources.templates() / "console" / "static")],
        # Files are found where they lie: there is no collecting step.
        "WHITENOISE_USE_FINDERS": True,
        "WHITENOISE_AUTOREFRESH": False,
        # -- languages ------------------------------------------------------------------------------------------------
        "USE_I18N": True,
        "LANGUAGE_CODE": "en",
        "LANGUAGES": LANGUAGES,
        "LOCALE_PATHS": [str(resources.templates() / "console" / "locale")],
        # -- sign-in --------------------------------------------------------------------------------------------------
        "AUTH_USER_MODEL": "console.User",
        "AUTHENTICATION_BACKENDS": [
            "axes.backends.AxesStandaloneBackend",
            "privbot.console.backends.Backend",
        ],
        "PASSWORD_HASHERS": ["django.contrib.auth.hashers.Argon2PasswordHasher"],
        "AUTH_PASSWORD_VALIDATORS": [
            {
                "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
                "OPTIONS": {"user_attributes": ("email", "name")},
            },
            {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
            {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
            {"NAME": "privbot.console.passwords.GuessableWordValidator", "OPTIONS": {"words": guessable_words(config)}},
            *_breached_passwords(config),
        ],
        # Seconds for which the link of a forgotten password is valid.
        "PASSWORD_RESET_TIMEOUT": 3600,
        "LOGIN_URL": "account_login",
        "LOGIN_REDIRECT_URL": "/",
        "ACCOUNT_ADAPTER": "privbot.console.adapters.AccountAdapter",
        "ACCOUNT_LOGIN_METHODS": {"email"},
        "ACCOUNT_SIGNUP_FIELDS": ["email*", "password1*", "password2*"],
        "ACCOUNT_USER_MODEL_USERNAME_FIELD": None,
        "ACCOUNT_EMAIL_VERIFICATION": "none",
        "ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS": False,
        "ACCOUNT_EMAIL_NOTIFICATIONS": True,
        "ACCOUNT_EMAIL_SUBJECT_PREFIX": "",
        "ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE": True,
        # Nobody is remembered for longer than the browser is open.
        "ACCOUNT_SESSION_REMEMBER": False,
        "ACCOUNT_REAUTHENTICATION_TIMEOUT": RECENT_SECONDS,
        "ACCOUNT_REAUTHENTICATION_REQUIRED": True,
        # No code by mail: it would prove the mailbox, not the person.
        "ACCOUNT_REAUTHENTICATION_METHODS": {"password", "mfa"},
        # Guessed passwords are axes' part: by address and network address, so that nobody locks out somebody else. What stays of the
        # library's own limit is that of codes: five wrong ones in five minutes for an account whose password is known already.
        "MFA_ADAPTER": "privbot.console.adapters.SecondFactorAdapter",
        "MFA_SUPPORTED_TYPES": ["totp", "webauthn", "recovery_codes"],
        "MFA_PASSKEY_LOGIN_ENABLED": True,
        "MFA_TOTP_ISSUER": "privbot",
        "MFA_TOTP_TOLERANCE": 0,
        "SOCIALACCOUNT_ADAPTER": "privbot.console.adapters.ProviderAdapter",
        "SOCIALACCOUNT_PROVIDERS": {
            "openid_connect": {
                "OAUTH_PKCE_ENABLED": True,
                "APPS": [
                    {
                        "provider_id": one.id,
                        "name": one.name,
                        "client_id": one.client_id,
                        "secret": one.client_secret.read(),
                        "settings": {
                            "server_url": f"{one.issuer.rstrip('/')}/.well-known/openid-configuration",
                            "issuer": one.issuer,
                        },
                    }
                    for one in console.oidc
                ],
            }
        },
        "AXES_LOCKOUT_PARAMETERS": [["username", "ip_address"]],
        "AXES_FAILURE_LIMIT": 5,
        "AXES_COOLOFF_TIME": timedelta(minutes=15),
        "AXES_USERNAME_CALLABLE": "privbot.console.tries.account",
        "AXES_SENSITIVE_PARAMETERS": ["login", "email", "username", "ip_address"],
        # The audit trail tells of sign-ins.
        "AXES_DISABLE_ACCESS_LOG": True,
        "AXES_LOCKOUT_CALLABLE": "privbot.console.views.errors.too_many_tries",
        "AXES_VERBOSE": False,
        "AXES_RESET_ON_SUCCESS": True,
        # -- the wire -------------------------------------------------------------------------------------------------
        "ALLOWED_HOSTS": [origin.hostname, "localhost", "127.0.0.1", "[::1]"],
        "CSRF_TRUSTED_ORIGINS": [console.origin],
        "SESSION_COOKIE_NAME": f"{prefix}privbot-session",
        "CSRF_COOKIE_NAME": f"{prefix}privbot-csrf",
        "LANGUAGE_COOKIE_NAME": f"{prefix}privbot-language",
        "SESSION_COOKIE_SECURE": secure,
        "CSRF_COOKIE_SECURE": secure,
        "CSRF_COOKIE_HTTPONLY": True,
        "LANGUAGE_COOKIE_SECURE": secure,
        "LANGUAGE_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "CSRF_COOKIE_SAMESITE": "Lax",
        "LANGUAGE_COOKIE_SAMESITE": "Lax",
        # The longest that a session lasts; the idle limit is `privbot.console.session_limits`.
        "SESSION_COOKIE_AGE": console.session_hours * 3600,
        "SESSION_EXPIRE_AT_BROWSER_CLOSE": True,
        "SESSION_SERIALIZER": "privbot.console.boxes.SealedSession",
        # Not in a cookie of their own.
        "MESSAGE_STORAGE": "django.contrib.messages.storage.session.SessionStorage",
        "EMAIL_BACKEND": "privbot.console.mail.CarrierBackend",
        "DEFAULT_FROM_EMAIL": f"privbot <{config.controller[0].addresses[0]}>",
        "CSRF_FAILURE_VIEW": "privbot.console.views.errors.form_too_old",
        "SECURE_PROXY_SSL_HEADER": ("HTTP_X_FORWARDED_PROTO", "https") if console.proxy else None,
        "SECURE_HSTS_SECONDS": 31_536_000 if secure else 0,
        "SECURE_HSTS_INCLUDE_SUBDOMAINS": secure,
        "SECURE_CONTENT_TYPE_NOSNIFF": True,
        # CSRF on https looks at the referrer of our own pages.
        "SECURE_REFERRER_POLICY": "same-origin",
        "SECURE_CROSS_ORIGIN_OPENER_POLICY": "same-origin",
        "X_FRAME_OPTIONS": "DENY",
        "CONTENT_SECURITY_POLICY": {"DIRECTIVES": CSP},
        "DATA_UPLOAD_MAX_MEMORY_SIZE": 5_000_000,
        "LOGGING_CONFIG": None,
    }


def _breached_passwords(config: Config) -> list[dict[str, Any]]:
    file = config.console.breached_passwords
    name = "privbot.console.breached_passwords.BreachedPasswordValidator"
    return [{"NAME": name, "OPTIONS": {"file": str(config.path(file))}}] if file else []
