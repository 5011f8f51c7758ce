"""How a regressor reaches the outcome: channels, mediation, moderation."""

from spatial.mechanisms.channel import channels
from spatial.mechanisms.moderation import Moderation, moderate
from spatial.mechanisms.result import Channels

__all__ = ["Channels", "Moderation", "channels", "moderate"]
