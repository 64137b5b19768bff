"""Who works in the console, and what it keeps for them. Times are UTC."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.utils import timezone

from privbot.casework.lifecycle import Role as LifecycleRole


class Role(models.TextChoices):
    """What somebody may do; each may all that the one before may."""

    VIEWER = "viewer"
    OPERATOR = "operator"
    LEAD = "lead"
    ADMIN = "admin"

    def includes(self, other: Role) -> bool:
        """Whether this role may do what needs `other`."""
        order = list(Role)
        return order.index(self) >= order.index(other)


class People(BaseUserManager["User"]):
    """Makes users; e-mail addresses are kept in lower case, so that each is there once."""

    def create_user(self, email: str, name: str, password: str | None = None, **more: Any) -> User:
        user: User = self.model(email=email.strip().lower(), name=name, **more)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def get_by_natural_key(self, username: str | None) -> User:
        return self.get(email=(username or "").strip().lower())


class User(AbstractBaseUser):
    """Somebody who signs in."""

    email = models.EmailField(max_length=254, unique=True)
    name = models.CharField(max_length=80, unique=True)
    """As colleagues, owners of requests and the audit trail name them."""
    role = models.CharField(max_length=8, choices=Role.choices, default=Role.VIEWER)
    all_controllers = models.BooleanField(default=False)
    controllers = models.JSONField(default=list)
    """Ids of the controllers whose mail they may see, where it is not all."""
    language = models.CharField(max_length=8, default="")
    """Of the console; empty: as the browser asks."""
    shortcuts = models.BooleanField(default=True)
    """Whether single keys act (WCAG 2.2, 2.1.4 lets people switch them off)."""
    is_active = models.BooleanField(default=True)
    date_joined = models.DateTimeField(default=timezone.now)

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]
    objects = People()

    @property
    def name_for_audit(self) -> str:
        return self.name

    def may(self, role: str) -> bool:
        """Whether their role includes this one."""
        return self.is_active and Role(self.role).includes(Role(role))

    def sees(self, controller: str) -> bool:
        """Whether they may see what belongs to this controller."""
        return self.all_controllers or controller in self.controllers

    @property
    def lifecycle_role(self) -> LifecycleRole:
        """As the life of a request knows them."""
        return LifecycleRole.LEAD if self.may(Role.LEAD) else LifecycleRole.OPERATOR


class Invitation(models.Model):
    """Somebody was asked to join; the link holds the token, and only its hash is kept."""

    email = models.EmailField(max_length=254)
    role = models.CharField(max_length=8, choices=Role.choices)
    all_controllers = models.BooleanField(default=False)
    controllers = models.JSONField(default=list)
    token_hash = models.CharField(max_length=64, unique=True)
    invited_by = models.CharField(max_length=80)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)


class SavedView(models.Model):
    """Filters of the queue that somebody wants again."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="saved_views")
    name = models.CharField(max_length=60)
    query = models.CharField(max_length=500)
    """The filters as in the address of the queue – never a word that was searched for."""

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "name"], name="one_saved_view_per_name")]


class Presence(models.Model):
    """Who is looking at which ticket or review right now."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="presences")
    about = models.CharField(max_length=60)
    """Such as `ticket:LUM-…` or `review:17`."""
    since = models.DateTimeField()
    seen_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["about", "user"], name="present_once")]


class CalendarToken(models.Model):
    """A secret address under which a calendar program reads somebody's deadlines; only its hash is kept."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="calendar_tokens")
    name = models.CharField(max_length=60)
    token_hash = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)
